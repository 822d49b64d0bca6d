// The page's script: starts the other parts and hands every press to the one that acts on it.

import * as menu from "./menu.js";
import * as store from "./store.js";
import * as talk from "./talk.js";
import { close, open, reportLink } from "./reader.js";
import { offer, takeOut, watchDrops } from "./uploads.js";
import { putRight } from "./corrections.js";
import { filter, moveTab, sort, view } from "./views.js";
import { hide, watchQuotes } from "./quotes.js";
import { announce, byId, state, tell, word } from "./state.js";
import { feedback, rated, sendHeld, sendOnLeaving } from "./feedback.js";

let link = null; // a question that the page's address asks
let opening = 0; // the call that the page as shown answers
let choosing = false; // another collection was just chosen: the chooser, drawn anew, keeps the focus

export async function start(say, hear) {
  state.say = say;
  hear(told);
  while (!(byId("dl-chat") && byId("dl-side") && talk.box())) await new Promise(requestAnimationFrame); // Gradio builds on
  const address = new URL(location.href);
  state.language = address.searchParams.get("lang") || store.preference("language");
  if (address.searchParams.has("q")) {
    const within = (address.searchParams.get("within") || "").split(",").filter(Boolean);
    link = { question: address.searchParams.get("q"), within };
  }
  const collection = address.searchParams.get("collection");
  for (const name of ["q", "within", "collection"]) address.searchParams.delete(name);
  history.replaceState(history.state, "", address);
  talk.noteServer();
  if (link) show("", { within: link.within, collection: collection || "" });
  else if (collection && collection !== store.load(store.current()).collection) show("", { collection });
  else show(store.current());
}

// Has the server draw the page with a conversation of this browser, or with a new one of a collection.
function show(id, { within = [], collection = store.preference("collection") } = {}) {
  sendHeld();
  talk.abandon();
  state.conversation = store.current(id);
  const kept = id ? store.load(id) : { collection, exchanges: [] };
  state.exchanges = kept.exchanges;
  state.collection = kept.collection;
  store.hold(id, () => {
    if (state.conversation === id) state.conversation = ""; // what is asked here becomes one of its own
  });
  state.ready = false;
  talk.narrow([], "");
  talk.edit(false);
  close();
  opening = tell("opened", { exchanges: state.exchanges, within });
}

function told(value) {
  if (!value || !value.kind) return;
  if (value.kind === "opened") opened(value);
  else if (value.kind === "changed") requestAnimationFrame(() => view(document.body.dataset.view)); // the tabs are new
  else if (value.kind === "kept") talk.answered(value.call, value.exchange, value.over);
  else if (value.kind === "rated") rated(value);
  else if (value.kind === "file") menu.download(value.name, value.content);
}

function opened(value) {
  if (value.call !== opening) return;
  state.strings = value.strings;
  state.language = value.language;
  if (state.collection && state.collection !== value.collection) announce(word("no_collection", { name: state.collection }), true);
  state.home = state.exchanges.length ? state.collection || value.collection : value.collection;
  state.collection = value.collection;
  state.first = value.first;
  store.preference("collection", value.collection);
  state.lost = value.lost;
  state.exchanges = state.exchanges.slice(-value.exchanges || state.exchanges.length);
  document.documentElement.lang = value.language;
  talk.box().dir = "auto";
  menu.applyScheme();
  view(document.body.dataset.view || "ask");
  offer(value.changing, (id) => state.within.includes(id) && talk.narrow([], ""));
  byId("dl-scroll").setAttribute("role", "region");
  byId("dl-scroll").setAttribute("aria-label", word("conversation"));
  document.body.classList.add("dl-ready");
  talk.narrow(value.within, value.only);
  talk.bringUp();
  state.ready = true;
  if (choosing) requestAnimationFrame(() => byId("dl-collection")?.focus());
  choosing = false;
  if (store.draft() && !talk.box().value) talk.setQuestion(store.draft());
  const question = link ? link.question : state.early;
  link = null;
  state.early = "";
  if (!question || !talk.ask(question, { within: value.within, only: value.only })) talk.suggest();
}

const acts = {
  ask: ({ question }) => talk.ask(question),
  choose: ({ question, within, name }) => talk.ask(question, { within: within.split(" "), only: name }),
  retry: () => talk.retry(),
  edit: ({ question }) => {
    if (state.busy) return;
    const last = state.exchanges[state.exchanges.length - 1];
    if (last && (last.within || []).length) talk.narrow(last.within, talk.nameOf(last.within));
    talk.edit(true);
    talk.setQuestion(question);
  },
  narrow: ({ within, name }, button) => {
    const pressed = button.getAttribute("aria-pressed") === "true";
    talk.narrow(pressed ? [] : within.split(" "), pressed ? "" : name);
  },
  year: (_, button) => {
    const shown = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!shown));
    button.nextElementSibling.hidden = shown;
  },
  copy: ({ copy }) => menu.copy(copy),
  link: ({ question, within }) => {
    const address = new URL(location.pathname, location.href);
    address.searchParams.set("q", question);
    if (within) address.searchParams.set("within", within.split(" ").join(","));
    if (state.home !== state.first) address.searchParams.set("collection", state.home);
    menu.copy(address.href);
  },
  feedback,
  new: () => {
    view("ask");
    show("", { collection: state.collection });
    talk.box().focus();
  },
  view: (data) => view(data.view),
  takeOut: ({ id, title }) => takeOut(id, title),
  correct: ({ id }) => putRight(id),
  sort: (_, button) => sort(button),
  export: ({ form }) => tell("exported", { exchanges: state.exchanges, form }),
  print: () => window.print(),
  scheme: ({ value }) => {
    store.preference("scheme", value);
    menu.applyScheme();
  },
  skip: () => {
    view("ask");
    talk.box().focus();
  },
};

function pressed(event) {
  if (!(event.target instanceof Element) || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const report = reportLink(event.target);
  const button = event.target.closest("[data-do]");
  const language = event.target.closest("#dl-menu a[hreflang]");
  if (language) store.preference("language", language.hreflang);
  if (!report && !button) return;
  event.preventDefault();
  hide();
  if (report) open(report);
  else acts[button.dataset.do](button.dataset, button);
}

document.addEventListener("click", pressed);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !hide() && !document.querySelector("#dl-menu:popover-open")) close(true);
  moveTab(event);
});
document.addEventListener("input", (event) => {
  if (event.target.id === "dl-filter") filter(event.target.value);
  if (event.target === talk.box()) store.draft(event.target.value);
});
document.addEventListener("change", (event) => {
  if (event.target.id !== "dl-collection") return;
  choosing = true;
  show("", { collection: event.target.value });
});
document.addEventListener(
  "toggle",
  (event) => {
    if (event.target.id !== "dl-menu" || event.newState !== "open") return;
    menu.applyScheme();
    menu.listConversations(openKept, removed);
  },
  true,
);
window.addEventListener("popstate", () => close(true)); // the way back, on a narrow screen
window.addEventListener("pagehide", sendOnLeaving);
window.addEventListener("beforeprint", () => {
  document.querySelectorAll("details.dl-references").forEach((one) => (one.open = true));
});
watchQuotes();
watchDrops(() => view("documents"));
menu.watchScheme();

function openKept(id) {
  byId("dl-menu").hidePopover();
  view("ask");
  show(id);
}

function removed(id) {
  if (!id || id === state.conversation) show("", { collection: state.collection });
}

new MutationObserver(() => {
  talk.apply();
  talk.follow();
  const toast = document.querySelector(".toast-body.error:not([data-seen])");
  if (!toast) return;
  toast.dataset.seen = "true";
  talk.troubled(); // how Gradio says that the server is gone, or that an event failed
}).observe(document.body, { childList: true, subtree: true, characterData: true });

window.dateline = {
  // The question box and its button: what comes back is what the box then holds.
  submit: (question) => (talk.ask(question || "") ? "" : question),
  stop: talk.stop,
  word,
};
