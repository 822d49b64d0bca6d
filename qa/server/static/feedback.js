// Thumbs: held for a moment, so that they can be taken back, then sent; a comment sends them at once.

import { announce, element, state, tell, word } from "./state.js";
import { keep } from "./talk.js";

const HELD_MS = 10_000;
const held = new Map(); // by the turn: what is still to be sent, and the clock that sends it

export function feedback({ verdict }, button) {
  const turn = Number(button.closest(".dl-reply").dataset.turn);
  const chosen = button.getAttribute("aria-pressed") === "true" ? "" : verdict;
  clearTimeout((held.get(turn) || {}).clock);
  held.delete(turn);
  show(turn, chosen);
  if (!chosen) return announce(word("undone"));
  held.set(turn, { verdict: chosen, clock: setTimeout(() => send(turn), HELD_MS) });
  replyOf(turn).querySelector(".dl-acts").after(form(turn));
  return announce(word("thanks"));
}

const replyOf = (turn) => document.querySelector(`.dl-reply[data-turn="${turn}"]`);

// Keeps a verdict with the conversation, and shows it.
function show(turn, verdict) {
  keep(state.exchanges.map((one, number) => (number === turn ? { ...one, verdict } : one)));
  const reply = replyOf(turn);
  if (!reply) return;
  reply.querySelectorAll(".dl-thumb").forEach((thumb) => {
    thumb.setAttribute("aria-pressed", String(thumb.dataset.verdict === verdict));
  });
  reply.querySelector(".dl-comment")?.remove();
}

function send(turn, comment = "") {
  const { verdict: waiting, clock } = held.get(turn) || {};
  const verdict = waiting || (comment && (state.exchanges[turn] || {}).verdict); // a comment may come after its verdict
  if (!verdict) return;
  clearTimeout(clock);
  held.delete(turn);
  replyOf(turn)?.querySelector(".dl-undo")?.remove();
  tell("rated", { turn, verdict, comment, answer_id: answerId(turn) });
}

const answerId = (turn) => ((state.exchanges[turn] || {}).answer || {}).answer_id || "";

// The server's word on it: what could not be kept is not shown as given.
export function rated({ turn, kept }) {
  if (kept) return;
  show(turn, "");
  announce(word("not_sent"), true);
}

export function sendHeld() {
  for (const turn of [...held.keys()]) send(turn);
}

// A page that is left sends what it still holds.
export function sendOnLeaving() {
  for (const [turn, { verdict, clock }] of held) {
    clearTimeout(clock);
    const body = JSON.stringify({ answer_id: answerId(turn), verdict, comment: "" });
    const headers = { "Content-Type": "application/json" };
    fetch(new URL("api/feedback", document.baseURI), { method: "POST", keepalive: true, headers, body }).catch(() => {});
  }
  held.clear();
}

function form(turn) {
  const made = element("form", "dl-comment");
  const name = `dl-comment-${turn}`;
  const field = element("textarea", "", "", { id: name, rows: "2", maxlength: "2000", dir: "auto" });
  const undo = element("button", "dl-undo", word("undo"), { type: "button" });
  const row = element("div", "dl-row");
  row.append(element("button", "", word("send_comment"), { type: "submit" }), undo);
  made.append(element("p", "dl-thanks", word("thanks")), element("label", "", word("comment"), { for: name }), field, row);
  const thumb = () => replyOf(turn).querySelector(".dl-thumb[aria-pressed='true']") || replyOf(turn).querySelector(".dl-thumb");
  undo.addEventListener("click", () => {
    const pressed = thumb();
    pressed.click();
    pressed.focus();
  });
  field.addEventListener("input", () => clearTimeout((held.get(turn) || {}).clock)); // not while one writes
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    send(turn, field.value.trim());
    made.replaceChildren(element("p", "dl-thanks", word("thanks")));
    thumb().focus();
  });
  return made;
}
