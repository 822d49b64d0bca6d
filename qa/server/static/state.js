// What this tab knows: its conversation, what the next question is narrowed to, and the words of the interface.
// Nothing of it is shared with other tabs; `store.js` keeps conversations beyond the tab's life.

export const state = {
  say: () => {}, // to the server: (event, data)
  language: "",
  strings: {},
  lost: "", // the reply shown when the connection breaks, as the server words it
  collection: "", // the name of the one that is asked
  first: "", // the one that is asked when none is named
  conversation: "", // its key in the store
  home: "", // the collection that it belongs to; another one, where that is no longer there
  exchanges: [], // as qa/server/kept.py describes them
  within: [], // ids of the reports that the next question is narrowed to
  only: "", // what that narrowing is called
  editing: false, // the next question replaces the last one
  busy: false,
  early: "", // asked before the page was drawn: asked once it is
  ready: false,
  call: 0, // numbers what is said to the server, so that late answers can be told from new ones
};

export const byId = (id) => document.getElementById(id);

export function word(key, values = {}) {
  const found = state.strings[key] || "";
  return found.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

export function tell(event, data = {}) {
  state.call += 1;
  state.say(event, { call: state.call, language: state.language, collection: state.collection, ...data });
  return state.call;
}

// An address of the server's, for the collection that is asked or another one.
export function addressOf(path, collection = state.collection) {
  const address = new URL(path, document.baseURI);
  address.searchParams.set("collection", collection);
  return address;
}

export function wide() {
  return window.matchMedia("(min-width: 900px)").matches;
}

export function pace() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
}

// An element with text, never HTML.
export function element(tag, classes = "", text = "", attributes = {}) {
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  if (text) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

// Says a line to screen readers, and with `shown` to everyone for a moment.
export function announce(text, shown = false) {
  const live = byId("dl-live") || document.body.appendChild(element("div", "dl-unseen", "", { id: "dl-live", role: "status" }));
  live.append(element("p", "", text));
  while (live.childElementCount > 5) live.firstElementChild.remove();
  if (!shown) return;
  const note = byId("dl-note") || document.body.appendChild(element("div", "", "", { id: "dl-note", "aria-hidden": "true" }));
  note.textContent = text;
  note.classList.add("dl-shown");
  clearTimeout(note.timer);
  note.timer = setTimeout(() => note.classList.remove("dl-shown"), 4000);
}
