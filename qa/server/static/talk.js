// Asking: what is sent, what is kept, and what is done when no answer comes.

import * as store from "./store.js";
import { close } from "./reader.js";
import { announce, byId, element, pace, state, tell, wide, word } from "./state.js";

const ALIVE_MS = 4000;
let asked = 0; // the call of the question that is being answered
let instance = "";
let offline = false;
let eventShown = "";
let told = { turn: -1, sentences: 0, status: "" };

export function box() {
  return document.querySelector("#dl-question textarea");
}

export function setQuestion(text) {
  const field = box();
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
  field.setSelectionRange(text.length, text.length);
}

// Asks, with the conversation so far; false where there is nothing to ask or an answer is on its way.
export function ask(question, { within = state.within, only = state.only, again = state.editing } = {}) {
  if (state.busy) return false;
  if (!question.trim()) {
    box().focus();
    return false;
  }
  if (!state.ready) {
    state.early = question;
    return true;
  }
  if (state.home !== state.collection) begin(); // what is asked of another collection is a conversation of its own
  const earlier = (again ? state.exchanges.slice(0, -1) : state.exchanges).slice(1 - store.MOST_EXCHANGES);
  narrow(within, only);
  edit(false);
  close();
  store.draft("");
  keep([...earlier, { question, within, ended: "lost" }]);
  asked = tell("asked", { question, within, exchanges: earlier });
  setBusy(true);
  return true;
}

function begin() {
  state.conversation = "";
  state.exchanges = [];
  state.home = state.collection;
}

export function retry() {
  const last = state.exchanges[state.exchanges.length - 1];
  if (last) ask(last.question, { within: last.within || [], only: nameOf(last.within || []), again: true });
}

export function stop() {
  if (state.busy) tell("stopped");
}

// What the server has of the answer; `over` with its last word on the question.
export function answered(call, exchange, over) {
  if (call !== asked) return;
  keep([...state.exchanges.slice(0, -1), exchange]);
  if (!over) return;
  asked = 0;
  setBusy(false);
  suggest();
}

export function suggest() {
  tell("next", { exchanges: state.exchanges });
}

export function keep(exchanges) {
  state.exchanges = exchanges;
  if (!state.conversation) {
    state.conversation = store.current(crypto.randomUUID ? crypto.randomUUID() : String(Date.now() + Math.random()));
    store.hold(state.conversation, () => {});
  }
  if (!store.save(state.conversation, state.home, exchanges) && exchanges.length === 1) announce(word("not_stored"), true);
}

function setBusy(busy) {
  if (state.busy === busy) return;
  state.busy = busy;
  document.body.classList.toggle("dl-busy-now", busy);
  byId("dl-chat").setAttribute("aria-busy", String(busy));
  if (busy) watchServer();
}

// While an answer is awaited: whether the server is there, and still the same.
async function watchServer() {
  const call = asked;
  await new Promise((done) => setTimeout(done, ALIVE_MS));
  if (call !== asked) return;
  const now = await alive();
  if (call !== asked) return;
  if (now && (!instance || now === instance)) {
    instance = now;
    watchServer();
  } else {
    lost();
  }
}

export async function alive() {
  try {
    const response = await fetch(new URL("page/alive", document.baseURI), { cache: "no-store" });
    return response.ok ? (await response.json()).instance : "";
  } catch {
    return "";
  }
}

export async function noteServer() {
  instance = await alive();
}

// The conversation is left while an answer is on its way: what there is of it stays with the conversation.
export function abandon() {
  const last = state.exchanges[state.exchanges.length - 1];
  if (state.busy && last) keep([...state.exchanges.slice(0, -1), { ...last, ended: "stopped" }]);
  asked = 0;
  setBusy(false);
}

// Gradio complains: an answer that is awaited will not come; else it matters only if the server is gone.
export async function troubled() {
  if (state.busy || !(await alive())) lost();
}

// The connection broke: what was shown stays, a message and a way to ask again come under it. Gradio loads the
// page anew once the server is back.
export function lost() {
  if (!offline) announce(word("offline"), true);
  offline = true;
  if (!state.busy) return;
  asked = 0;
  setBusy(false);
  const replies = document.querySelectorAll(".dl-reply");
  const reply = replies[replies.length - 1];
  if (!reply) return;
  const parts = element("div");
  parts.innerHTML = state.lost; // from the server
  reply.querySelector(".dl-busy")?.replaceWith(parts.querySelector(".dl-status"));
  reply.querySelector(".dl-answer")?.append(parts.querySelector(".dl-hint"));
  reply.append(parts.querySelector(".dl-acts"));
}

// Narrowing and editing: shown as chips above the box, each of which takes itself back.

export function narrow(within, only) {
  state.within = within;
  state.only = only;
  apply();
}

export function edit(editing) {
  state.editing = editing;
  apply();
}

export function nameOf(within) {
  const key = within.join(" ");
  const entry = [...document.querySelectorAll(".dl-entry")].find((one) => one.dataset.within === key);
  return entry ? entry.dataset.name : key ? state.only || String(within.length) : "";
}

function chip(what, does, remove) {
  const made = element("button", "dl-chip", "", { type: "button", "aria-label": `${what}. ${does}`, title: does });
  made.append(element("span", "", what), element("span", "dl-cross", "×", { "aria-hidden": "true" }));
  made.addEventListener("click", () => {
    remove();
    box().focus();
  });
  return made;
}

// Brings the first event of the answer, or the chosen one, into the timeline's view.
function showEvent() {
  const strip = document.querySelector(".dl-timeline");
  const pressed = document.querySelector(".dl-entry[aria-pressed='true']");
  const entry = pressed || document.querySelector(".dl-entry.dl-lit");
  const key = entry ? `${entry.dataset.within} ${Boolean(pressed)}` : "";
  if (!strip || key === eventShown) return;
  eventShown = key;
  if (!entry) return;
  const away = entry.getBoundingClientRect().left - strip.getBoundingClientRect().left;
  if (away < 0 || away > strip.clientWidth - entry.offsetWidth) strip.scrollTo({ left: strip.scrollLeft + away - 40, behavior: pace() });
}

// Brings what the server drew in line with what this tab knows; may be called at any time.
export function apply() {
  const key = state.within.join(" ");
  document.querySelectorAll(".dl-entry[data-within]").forEach((entry) => {
    const pressed = String(Boolean(key) && entry.dataset.within === key);
    if (entry.getAttribute("aria-pressed") !== pressed) entry.setAttribute("aria-pressed", pressed);
  });
  showEvent();
  const chips = byId("dl-chips");
  const shown = `${state.editing}|${key}|${state.only}|${state.language}`;
  if (!chips || chips.dataset.shown === shown) return;
  chips.dataset.shown = shown;
  chips.replaceChildren();
  if (state.editing) chips.append(chip(word("editing"), word("cancel_editing"), () => edit(false)));
  if (key) chips.append(chip(word("only", { what: state.only }), word("remove_only"), () => narrow([], "")));
}

// What changed in the conversation: said aloud by the sentence, and the newest question brought to the top.
export function follow() {
  const replies = document.querySelectorAll(".dl-reply");
  const turn = replies.length - 1;
  if (turn < 0) return;
  const reply = replies[turn];
  const sentences = reply.querySelectorAll(".dl-sentence, .dl-quote > p");
  const status = reply.querySelector(".dl-status:not(.dl-busy)");
  if (told.turn !== turn) {
    told = { turn, sentences: 0, status: "" };
    if (state.busy) bringUp();
  }
  if (state.busy) for (const one of [...sentences].slice(told.sentences)) announce(one.innerText);
  const said = status ? status.innerText : "";
  if (said && said !== told.status && turn === state.exchanges.length - 1) announce(said);
  told = { turn, sentences: sentences.length, status: said };
}

export function bringUp() {
  const questions = document.querySelectorAll(".dl-asked");
  const last = questions[questions.length - 1];
  if (!last) return;
  if (wide()) {
    const scroll = byId("dl-scroll");
    const away = last.getBoundingClientRect().top - scroll.getBoundingClientRect().top;
    scroll.scrollTo({ top: scroll.scrollTop + away + 1, behavior: pace() });
  } else {
    last.scrollIntoView({ block: "start", behavior: pace() });
  }
}
