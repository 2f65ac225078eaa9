// Texts with names and times in them.

/** Replaces `{name}` by `values.name`. */
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** "Anne, Bo og dig". */
export const joinNames = (names, and) =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${and} ${names.at(-1)}`;

/** "1. december 2026", of a day as the service writes it. */
export function dayOf(day, texts) {
  const language = texts.language === "da" ? "da-DK" : "en-GB";
  // Noon: no zone makes another day of it.
  return new Date(`${day}T12:00:00Z`).toLocaleDateString(language, {
    timeZone: "Europe/Copenhagen", day: "numeric", month: "long", year: "numeric",
  });
}

/** "i dag kl. 10.00", "i morgen kl. 10.00", "torsdag den 3. december kl. 10.00", in Danish time. */
export function whenOf(instant, texts, now = new Date()) {
  const zone = { timeZone: "Europe/Copenhagen" };
  const language = texts.language === "da" ? "da-DK" : "en-GB";
  const date = new Date(instant);
  const dayOf = (moment) => moment.toLocaleDateString("sv-SE", zone);
  const time = date.toLocaleTimeString(language, { ...zone, hour: "2-digit", minute: "2-digit" });
  if (dayOf(date) === dayOf(now)) return fill(texts.today, { time });
  if (dayOf(date) === dayOf(new Date(now.getTime() + 86_400_000))) return fill(texts.tomorrow, { time });
  const day = date.toLocaleDateString(language, { ...zone, weekday: "long", day: "numeric", month: "long" });
  return fill(texts.onDay, { day, time });
}
