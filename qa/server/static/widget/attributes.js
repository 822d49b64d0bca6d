// What a page says by attributes, with their defaults; properties of the same meaning set and read them.

import { fromJson } from "./base.js";
import * as clean from "./clean.js";

const HERE = new URL(".", import.meta.url).href; // the script's own server
const CHOICES = {
  __proto__: null,
  mode: ["launcher", "inline"],
  position: ["bottom-right", "bottom-left", "top-right", "top-left"],
  theme: ["auto", "light", "dark"],
  storage: ["session", "local", "none"],
};
const TEXTS = ["api-base", "site", "collection", "heading", "placeholder"];

export const SERVER = ["api-base", "site", "collection"];
export const LOOK = ["mode", "position", "theme"];
export const OBSERVED = [...SERVER, ...LOOK, "storage", "lang", "heading", "placeholder", "starters"];

const warned = new Set();

// Tells whoever made the page, once.
function warn(name, value, what) {
  const line = `<dateline-chat>: ${name}="${String(value).slice(0, 100)}" ${what}`;
  if (!warned.has(line)) console.warn(line);
  warned.add(line);
}

// One of the values that there are; the first of them where the attribute says none.
export function chosen(element, name) {
  const value = (element.getAttribute(name) || "").trim().toLowerCase();
  const among = CHOICES[name];
  if (among.indexOf(value) >= 0) return value;
  if (value) warn(name, value, `is none of ${among.join(", ")}; ${among[0]} is used.`);
  return among[0];
}

// Its own, that of what it stands in, that of the browser.
export function languageOf(element) {
  const near = element.closest("[lang]")?.getAttribute("lang");
  return near || document.documentElement.lang || navigator.language;
}

// Whom it asks, and for what; what is no address of the web counts as none.
export function serverOf(element) {
  const text = (name) => (element.getAttribute(name) || "").trim();
  let api = HERE;
  try {
    const given = new URL(text("api-base") || HERE, document.baseURI);
    if (!/^https?:$/.test(given.protocol)) throw new TypeError("another protocol");
    api = `${given.origin}${given.pathname}`;
  } catch {
    warn("api-base", text("api-base"), `is no address of the web; ${HERE} is asked.`);
  }
  return { __proto__: null, api: api.replace(/\/+$/, ""), site: text("site"), collection: text("collection") };
}

function startersOf(element) {
  const value = element.getAttribute("starters") || "[]";
  const given = fromJson(value);
  if (!Array.isArray(given)) warn("starters", value, 'is no JSON list such as ["A question?"]; none are shown.');
  return clean.listed(given, (one) => clean.text(one, 500).trim() || null, 20);
}

export function addProperties(prototype) {
  for (const name of [...Object.keys(CHOICES), ...TEXTS, "starters"]) {
    const property = name.replace(/-(\w)/, (_, letter) => letter.toUpperCase());
    Object.defineProperty(prototype, property, {
      __proto__: null,
      configurable: true,
      enumerable: true,
      get() {
        if (name === "starters") return startersOf(this);
        return CHOICES[name] ? chosen(this, name) : (this.getAttribute(name) ?? "");
      },
      set(value) {
        const list = name === "starters" && typeof value !== "string";
        if (value === null || value === undefined) this.removeAttribute(name);
        else this.setAttribute(name, list ? JSON.stringify([...value]) : String(value));
      },
    });
  }
}

// Properties that were set before the script was there hide the accessors: they are set anew.
export function adoptProperties(element, prototype) {
  for (const property of Object.keys(prototype)) {
    if (!Object.hasOwn(element, property)) continue;
    const value = element[property];
    delete element[property];
    element[property] = value;
  }
}
