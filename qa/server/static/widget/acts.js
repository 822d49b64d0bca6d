// What can be done with a reply: copy it, ask again, say whether it helped.

import { make, named, pressable } from "./base.js";
import { ICONS } from "./given.js";

// The row's buttons, for an exchange that is over; `last` offers to ask again.
export function actsOf(exchange, words, does, last) {
  const made = [];
  const whole = exchange.ended === "whole";
  if (whole) {
    const copy = pressable("act", words.say("widget.copy"), () => does.copy(exchange), ICONS.copy);
    made.push(named(copy, words.say("widget.copy_label")));
  }
  if (last) made.push(again(exchange, words, does));
  if (whole && exchange.answer.answer_id) made.push(thumbs(exchange, words, does));
  return made;
}

// Until the time that the server named has passed, asking again is of no use.
function again(exchange, words, does) {
  const button = pressable("act retry", words.say("chat.retry"), () => does.retry(), ICONS.retry);
  const until = Date.now() + (exchange.problem?.wait || 0) * 1000;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    const label = left > 0 ? words.say("widget.retry_in", { wait: span(left, words) }) : words.say("chat.retry");
    button.disabled = left > 0;
    button.lastChild.textContent = label;
    if (left > 0) setTimeout(() => button.isConnected && tick(), 500);
  };
  tick();
  return button;
}

function span(seconds, words) {
  if (seconds > 5400) return words.count("widget.hours", Math.ceil(seconds / 3600));
  if (seconds > 90) return words.count("widget.minutes", Math.ceil(seconds / 60));
  return words.count("widget.seconds", seconds);
}

function thumbs(exchange, words, does) {
  const pair = make("span", "thumbs");
  for (const [verdict, key, icon] of [
    ["up", "chat.helpful", ICONS.up],
    ["down", "chat.unhelpful", ICONS.down],
  ]) {
    const thumb = pressable("act thumb", "", () => does.rate(exchange, verdict, pair), icon);
    thumb.setAttribute("aria-pressed", String(exchange.verdict === verdict));
    thumb.dataset.verdict = verdict;
    pair.append(named(thumb, words.say(key)));
  }
  return pair;
}
