// Thumbs: sent at once, with a comment if the reader adds one; taken back by pressing the same thumb again.

import { announce, element, state, tell, word } from "./state.js";
import { keep } from "./talk.js";

export function feedback({ verdict }, button) {
  const reply = button.closest(".dl-reply");
  const turn = Number(reply.dataset.turn);
  const chosen = button.getAttribute("aria-pressed") === "true" ? "" : verdict;
  rate(turn, chosen, "");
  reply.querySelectorAll(".dl-thumb").forEach((thumb) => {
    thumb.setAttribute("aria-pressed", String(thumb.dataset.verdict === chosen));
  });
  reply.querySelector(".dl-comment")?.remove();
  if (chosen) reply.querySelector(".dl-acts").after(form(turn, chosen, button));
  announce(word(chosen ? "thanks" : "undone"));
}

function rate(turn, verdict, comment) {
  keep(state.exchanges.map((one, number) => (number === turn ? { ...one, verdict } : one)));
  tell("rated", { exchanges: state.exchanges.slice(0, turn + 1), verdict, comment });
}

function form(turn, verdict, thumb) {
  const made = element("form", "dl-comment");
  const name = `dl-comment-${turn}`;
  const field = element("textarea", "", "", { id: name, rows: "2", maxlength: "2000", dir: "auto" });
  const send = element("button", "", word("send_comment"), { type: "submit" });
  const undo = element("button", "dl-quiet", word("undo"), { type: "button" });
  const row = element("div", "dl-row");
  row.append(send, undo);
  made.append(element("p", "dl-thanks", word("thanks")), element("label", "", word("comment"), { for: name }), field, row);
  undo.addEventListener("click", () => thumb.click() || thumb.focus());
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!field.value.trim()) return field.focus();
    rate(turn, verdict, field.value.trim());
    made.replaceChildren(element("p", "dl-thanks", word("thanks")));
    return thumb.focus();
  });
  return made;
}
