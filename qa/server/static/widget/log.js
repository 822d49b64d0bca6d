// The conversation as it is shown: a welcome with questions to start with, or every question with its reply.

import { calm, make, pressable } from "./base.js";
import { Reply } from "./reply.js";

const MOST_STARTERS = 8;

export class Log {
  #replies = new Map(); // by exchange

  // `does` is what the buttons of replies do, and `announce` says a line to screen readers.
  constructor(does, announce) {
    this.does = does;
    this.announce = announce;
    this.element = make("div", "log", "", { tabindex: "0", role: "region" });
  }

  // Everything anew.
  draw(exchanges, words, starters) {
    this.words = words;
    this.starters = starters;
    this.element.setAttribute("aria-label", words.say("script.conversation"));
    this.#replies.clear();
    this.element.replaceChildren();
    if (!exchanges.length) this.element.append(this.#welcome());
    for (const exchange of exchanges) {
      const reply = this.#add(exchange);
      reply.end(exchange === exchanges[exchanges.length - 1]);
    }
  }

  toEnd() {
    this.element.scrollTop = this.element.scrollHeight;
  }

  #welcome() {
    const made = make("section", "welcome");
    made.append(make("h3", "", this.words.say("welcome.heading")), make("p", "", this.words.say("welcome.line")));
    const list = make("ul", "", "", { "aria-label": this.words.say("welcome.starters") });
    for (const question of this.starters.slice(0, MOST_STARTERS)) {
      const press = pressable("choice", "", () => this.does.ask(question));
      press.append(make("span", "", question, { dir: "auto" }));
      list.appendChild(make("li")).append(press);
    }
    if (list.hasChildNodes()) made.append(list);
    return made;
  }

  #add(exchange) {
    const reply = new Reply(exchange, this.words, this.does);
    this.#replies.set(exchange, reply);
    this.element.append(reply.element);
    return reply;
  }

  // What an answer on its way is shown by; `earlier` is the exchange before it, `replaced` the one it takes the place of.
  begin(exchange, earlier, replaced) {
    const pressed = this.element.getRootNode().activeElement;
    this.element.querySelector(".welcome")?.remove();
    if (replaced) this.#replies.get(replaced)?.element.remove();
    else this.#replies.get(earlier)?.end(false);
    const reply = this.#add(exchange);
    this.element.scrollTo({ __proto__: null, top: reply.element.offsetTop + 1, behavior: calm() });
    // With what was pressed the focus would be gone; a page that asks itself keeps its own.
    if (pressed && !pressed.isConnected) reply.heading.focus({ __proto__: null, preventScroll: true });
    return {
      sources: (cited) => reply.sources(cited),
      sentence: (found, known) => {
        reply.sentence(found, known);
        this.announce(found.text);
      },
      end: () => {
        reply.end(true);
        this.announce(reply.standing);
      },
    };
  }
}
