"""Contrast as WCAG 2.2 has it, of everything a page shows: text (1.4.3) and the edges of controls (1.4.11)."""

MEASURE = """() => {
  const parse = (text) => {
    const parts = text.match(/^rgba?\\(([^)]+)\\)$/)?.[1].split(/[ ,/]+/).map(Number);
    if (!parts) throw new Error(`a colour this test does not know: ${text}`);
    return [...parts.slice(0, 3), parts[3] ?? 1];
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
  const luminance = (colour) => {
    const [r, g, b] = colour.map((one) => (one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (light + 0.05) / (dark + 0.05);
  };
  // What stands behind an element: its own and its ancestors' backgrounds down to one that hides the rest.
  const ground = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) {
      layers.push(parse(getComputedStyle(one).backgroundColor));
      if (layers.at(-1)[3] === 1) return layers.reverse().slice(1).reduce((below, layer) => over(layer, below), layers[0].slice(0, 3));
    }
    throw new Error("nothing opaque behind a text");
  };
  const opacity = (element) => {
    let value = 1;
    for (let one = element; one; one = one.parentElement) value *= Number(getComputedStyle(one).opacity);
    return value;
  };
  const isShown = (element) => {
    const box = element.getBoundingClientRect();
    return element.checkVisibility({ visibilityProperty: true }) && box.width > 0 && box.height > 0 && box.right > 0;
  };
  const seen = [];
  const note = (what, colour, element, needed) => {
    const behind = ground(element);
    const [r, g, b, a] = parse(colour);
    const worth = ratio(over([r, g, b, a * opacity(element)], behind), behind);
    seen.push({ what: what.trim().slice(0, 50), ratio: Math.round(worth * 100) / 100, needed });
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const element = text.parentElement;
    if (!text.data.trim() || ["SCRIPT", "NOSCRIPT", "STYLE", "OPTION"].includes(element.tagName) || !isShown(element)) continue;
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    note(text.data, style.color, element, size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5);
  }
  for (const field of document.querySelectorAll("textarea, select")) {
    if (!isShown(field)) continue;
    note(`in ${field.id}`, getComputedStyle(field).color, field, 4.5);
    if (field.placeholder) note(`placeholder of ${field.id}`, getComputedStyle(field, "::placeholder").color, field, 4.5);
  }
  for (const control of document.querySelectorAll("button, a[href^=tel], textarea, select")) {
    if (!isShown(control)) continue;
    const style = getComputedStyle(control);
    const around = ground(control.parentElement);
    const edges = [ratio(ground(control), around)];
    if (parseFloat(style.borderTopWidth) > 0) edges.push(ratio(over(parse(style.borderTopColor), around), around));
    seen.push({ what: `edge of ${control.id || control.textContent.trim()}`, ratio: Math.round(100 * Math.max(...edges)) / 100, needed: 3 });
  }
  for (const range of document.querySelectorAll("input[type=range], input[type=checkbox]")) {
    if (isShown(range)) note(`mark of ${range.id}`, getComputedStyle(range).accentColor, range.parentElement, 3);
  }
  const probe = document.querySelector("main").appendChild(document.createElement("i"));
  probe.style.outline = "1px solid var(--focus)";
  note("focus", getComputedStyle(probe).outlineColor, probe, 3);
  probe.remove();
  return seen;
}"""


def measure(page):
    """Everything that is shown now, with its contrast and what it needs."""
    return page.evaluate(MEASURE)


def check(page, state, least=3):
    """Fails where anything shown has too little contrast, by day or by night; returns the least there was."""
    lowest = 21
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        seen = measure(page)
        assert len(seen) >= least, (state, scheme, seen)
        poor = [one for one in seen if one["ratio"] < one["needed"]]
        assert not poor, (state, scheme, poor)
        lowest = min([lowest] + [one["ratio"] for one in seen])
    return lowest
