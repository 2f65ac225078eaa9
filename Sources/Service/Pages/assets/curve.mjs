// What somebody marked over time, as a line: for the eye, and as a list for who cannot see it.

import { fill } from "./words.mjs";

const svgNamespace = "http://www.w3.org/2000/svg";
/** The drawing's size and its margin, in units of its own; it is as wide as the page lets it be. */
const [width, height, margin] = [320, 120, 12];

const draw = (name, attributes) => {
  const node = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
};

/** The times on which something was marked, oldest first: `{ at, mean }`. */
export const pointsOf = ({ answers }) => answers.filter(({ mean }) => mean !== undefined && mean !== null);

/** Where the points lie in the drawing, from left to right in equal steps and by their marks from below. */
export function placesOf(points, { lowest, highest }) {
  const step = points.length > 1 ? (width - 2 * margin) / (points.length - 1) : 0;
  return points.map(({ mean }, index) => ({
    x: margin + (points.length > 1 ? index * step : width / 2 - margin),
    y: height - margin - ((mean - lowest) / (highest - lowest)) * (height - 2 * margin),
  }));
}

/** A figure of one scale's answers; undefined where nothing was marked yet. */
export function curveOf(scores, texts) {
  const points = pointsOf(scores).slice(-12);
  if (points.length === 0) return undefined;
  const { title, lowest, highest } = scores.scale;
  const language = texts.language === "da" ? "da-DK" : "en-GB";
  const figure = document.createElement("figure");
  const image = draw("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
  for (const y of [margin, height - margin]) {
    image.append(draw("line", { class: "frame", x1: margin, y1: y, x2: width - margin, y2: y }));
  }
  const places = placesOf(points, scores.scale);
  image.append(draw("polyline", { class: "curve", points: places.map(({ x, y }) => `${x},${y}`).join(" ") }));
  for (const { x, y } of places) image.append(draw("circle", { class: "mark", cx: x, cy: y, r: 5 }));
  const caption = document.createElement("figcaption");
  caption.textContent = fill(texts.curveTitle, { title, lowest, highest });
  const list = document.createElement("ol");
  for (const { at, mean } of points) {
    const item = document.createElement("li");
    const day = new Date(at).toLocaleDateString(language, { timeZone: "Europe/Copenhagen", day: "numeric", month: "long" });
    item.textContent = fill(texts.curvePoint, { day, mark: mean.toLocaleString(language, { maximumFractionDigits: 1 }) });
    list.append(item);
  }
  figure.append(caption, image, list);
  return figure;
}
