// What every part of the page writes on.

export const element = (id) => document.getElementById(id);

/** Writes a text in its place, which is hidden while there is none. */
export function say(id, text) {
  const node = element(id);
  // Written anew, a screen reader would say it again.
  if (node.textContent !== text) node.textContent = text;
  node.hidden = text === "";
}
