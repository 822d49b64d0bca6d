// What every part uses. Pages may have changed Object.prototype and Array.prototype: objects that the browser reads
// have no prototype, lists are walked with for...of, and JSON is put together without looking for toJSON.

const SVG = "http://www.w3.org/2000/svg";

// An element with text, never HTML.
export function make(tag, classes = "", text = "", attributes = null) {
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  if (text) made.textContent = text;
  if (attributes) for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

// Text of a report, a question or a model: in its own direction.
export function told(tag, classes, text, language = "en") {
  return make(tag, classes, text, { lang: language, dir: "auto" });
}

export function drawn(paths) {
  const made = document.createElementNS(SVG, "svg");
  made.setAttribute("class", "icon");
  made.setAttribute("viewBox", "0 0 16 16");
  made.setAttribute("aria-hidden", "true");
  made.setAttribute("focusable", "false");
  for (const path of paths) made.appendChild(document.createElementNS(SVG, "path")).setAttribute("d", path);
  return made;
}

export function pressable(classes, label, press, icon = null) {
  const made = make("button", classes, "", { type: "button" });
  if (icon) made.append(drawn(icon));
  if (label) made.append(make("span", "", label));
  made.addEventListener("click", press);
  return made;
}

export function named(button, label) {
  button.setAttribute("aria-label", label);
  button.title = label;
  return button;
}

// A field of the object itself, not of its prototype.
export function own(from, key) {
  return from !== null && typeof from === "object" && Object.hasOwn(from, key) ? from[key] : undefined;
}

export function toJson(value) {
  if (value === undefined || value === null) return "null";
  if (typeof value !== "object") return JSON.stringify(value);
  let parts = "";
  if (Array.isArray(value)) {
    for (const one of value) parts += (parts && ",") + toJson(one);
    return `[${parts}]`;
  }
  for (const key of Object.keys(value)) {
    if (value[key] !== undefined) parts += `${parts && ","}${JSON.stringify(key)}:${toJson(value[key])}`;
  }
  return `{${parts}}`;
}

export function fromJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
}
