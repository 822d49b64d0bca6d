// A sentence with its numbers, a quotation with its source: the pieces that every kind of answer is made of.

import { make, pressable } from "./base.js";
import { remember } from "./tip.js";
import { ENGLISH, joined } from "./words.js";

export const oneLine = (text) => text.replace(/\s+/g, " ").trim();

export class Passages {
  // `cite` is called with the citation and the button of a number that is pressed.
  constructor(words, cite) {
    this.words = words;
    this.cite = cite;
  }

  // The dateline that a sentence opens with is set off, or left out where it is `shown` already.
  fillSentence(element, { text, citations }, known, shown = "") {
    const first = known.get(citations[0]);
    let said = oneLine(text);
    const event = ENGLISH.event(first);
    for (const opening of event ? [event, `${event} (${first.publisher})`] : []) {
      if (!said.startsWith(`${opening} — `)) continue;
      said = said.slice(opening.length + 3);
      if (opening !== shown) element.append(make("span", "dateline", `${opening} —`), " ");
    }
    element.append(said, this.numbers(citations, known));
  }

  // The numbers, held to the sentence's last word by a space that does not break.
  numbers(citations, known, tipped = true) {
    const held = make("span", "numbers");
    for (const number of citations) {
      const cited = known.get(number);
      if (cited) held.append("\u00a0", this.number(cited, tipped));
    }
    return held;
  }

  // With `tipped` its quotation shows beside it; else it stands there already.
  number(cited, tipped = true) {
    const press = (event) => this.cite(cited, event.currentTarget);
    const made = pressable("cite", String(cited.number), press);
    const about = joined(" · ", oneLine(cited.title), this.words.meta(cited));
    made.setAttribute("aria-label", joined(": ", this.words.say("answer.source", { number: cited.number }), about));
    if (tipped) remember(made, cited, about);
    return made;
  }

  quotation(text, source) {
    const made = make("blockquote", "quote");
    const line = make("p");
    line.append(text);
    made.append(line);
    if (source) made.append(make("footer", "", source));
    return made;
  }
}
