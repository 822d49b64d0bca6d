// Keeps a conversation in this browser, where the page wants that. Without storage everything works, unkept.

import { fromJson, own, toJson } from "./base.js";
import * as clean from "./clean.js";

const PREFIX = "dateline.widget.v1";
const MOST_EXCHANGES = 30;
const MOST_CHARS = 1_000_000;

function place(kind) {
  try {
    if (kind === "local") return window.localStorage;
    return kind === "session" ? window.sessionStorage : null;
  } catch {
    return null; // the browser keeps nothing for this page
  }
}

// Tells widgets apart: by the server they ask, and by their id or, without one, their place among the page's.
export function keyOf(element, { api, site, collection }) {
  let place = element.id && `#${element.id}`;
  if (!place) {
    let number = 0;
    for (const other of element.getRootNode().querySelectorAll(element.localName)) {
      if (other === element) break;
      number += 1;
    }
    place = String(number);
  }
  return `${PREFIX} ${api} ${site} ${collection} ${place}`;
}

export function load(kind, key) {
  let kept = null;
  try {
    kept = fromJson(place(kind)?.getItem(key) ?? "null");
  } catch {
    // As if nothing were kept.
  }
  return {
    __proto__: null,
    exchanges: clean.listed(own(kept, "exchanges"), clean.exchange, MOST_EXCHANGES),
    open: own(kept, "open") === true,
  };
}

export function save(kind, key, exchanges, open) {
  let kept = exchanges.slice(-MOST_EXCHANGES);
  try {
    const there = place(kind);
    if (!there) return;
    if (!kept.length && !open) {
      there.removeItem(key);
      return;
    }
    let json = toJson({ exchanges: kept, open });
    while (json.length > MOST_CHARS && kept.length > 1) {
      kept = kept.slice(1);
      json = toJson({ exchanges: kept, open });
    }
    there.setItem(key, json);
  } catch {
    // Full, or not allowed: the conversation stays in the page.
  }
}

export function forget(kind, key) {
  try {
    place(kind)?.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}
