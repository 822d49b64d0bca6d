// One question and its reply: the status, the verified sentences with their numbers, quotations, sides, choices,
// passages, sources, and what can be done with them. Parts stay where they are while the answer comes.

import { actsOf } from "./acts.js";
import { make, pressable, told } from "./base.js";
import { byNumber } from "./clean.js";
import { Passages, oneLine } from "./passages.js";
import { joined } from "./words.js";

const LONGEST_SHOWN = 600;
const ABSTAINED = /^Not in the documents(?: chosen)?\./; // how the server opens an abstention

export class Reply {
  // `does` is what its buttons do: cite, ask, retry, copy, rate, choose.
  constructor(exchange, words, does) {
    this.exchange = exchange;
    this.words = words;
    this.does = does;
    this.passages = new Passages(words, (cited, button) => does.cite(cited, exchange, button));
    const asked = exchange.question;
    const question = asked.length > LONGEST_SHOWN ? `${asked.slice(0, LONGEST_SHOWN)} …` : asked;
    this.element = make("section", "turn");
    this.heading = make("h3", "question", oneLine(question), { dir: "auto", tabindex: "-1" });
    this.status = make("p", "status");
    this.understood = make("p", "understood");
    this.body = make("div", "body");
    this.after = make("div", "after");
    this.acts = make("div", "acts");
    this.references = make("details", "references");
    this.element.append(this.heading);
    if (exchange.only) this.element.append(make("p", "only", this.say("chat.only", { what: exchange.only })));
    this.element.append(this.status, this.understood, this.body, this.after, this.acts, this.references);
    this.#standing("busy", this.say("status.waiting"));
  }

  say(key, values = null) {
    return this.words.say(key, values);
  }

  // While it comes

  sources(cited) {
    const reports = this.#reports(cited);
    const reading = reports ? this.say("status.reading_reports", { reports }) : this.say("status.reading");
    this.#standing("busy", reading);
    this.#listSources(cited);
    this.references.open = true;
  }

  sentence(found, known) {
    this.#addSentence(found, known);
  }

  // Its end: whole, stopped, failed or lost. `last` offers to ask again.
  end(last) {
    const { answer, ended } = this.exchange;
    const { references } = this;
    references.open = references.contains(references.getRootNode().activeElement);
    if (ended === "whole") this.#whole(answer);
    else this.#unfinished(answer);
    this.acts.replaceChildren(...actsOf(this.exchange, this.words, this.does, last));
  }

  #whole(answer) {
    const { status, disagreements } = answer;
    this.#standing(status === "answered" && disagreements.length ? "disagree" : status, this.#statusWords(answer));
    this.#tellUnderstood(answer);
    this.#fillBody(answer);
    this.after.replaceChildren();
    for (const found of disagreements) this.#addSides(found, answer);
    if (status === "abstained") this.#addNearest(answer.nearest);
    if (answer.notice) this.after.append(told("p", "notice", answer.notice));
    let worded = false;
    for (const sentence of answer.sentences) worded ||= sentence.origin === "model";
    if (worded) this.after.append(make("p", "origin", this.say("chat.worded", { model: answer.model })));
    this.#listSources(answer.citations);
  }

  #statusWords(answer) {
    if (answer.disagreements.length) return this.say("status.disagree");
    if (answer.status === "ambiguous") return this.say("status.ambiguous");
    if (answer.status === "abstained") {
      return this.say(answer.within.length ? "status.abstained_within" : "status.abstained");
    }
    let quoted = true;
    for (const sentence of answer.sentences) quoted &&= sentence.origin === "quote";
    const reports = this.#reports(answer.citations);
    return this.say(quoted ? "status.quoted" : "status.answered", { reports });
  }

  #unfinished(answer) {
    const { problem, ended } = this.exchange;
    if (answer) this.#fillBody(answer);
    this.after.replaceChildren();
    this.#listSources(answer ? answer.citations : []);
    if (ended === "stopped") return this.#standing("stopped", this.say("status.stopped"));
    const [heading, line, hint] = this.#troubleOf(problem);
    this.#standing("problem", heading);
    if (line) this.after.append(line === problem?.message ? told("p", "hint", line) : make("p", "hint", line));
    if (hint) this.after.append(hint === problem?.hint ? told("p", "hint", hint) : make("p", "hint", hint));
    return undefined;
  }

  // What is wrong in the reader's language, then the server's own line and what to do.
  #troubleOf(problem) {
    const { say } = this.words;
    const code = problem?.code || "lost";
    const words = (key) => say.call(this.words, key);
    if (code === "lost") return [words("status.lost"), words("hint.lost"), ""];
    if (code === "offline") return [words("script.offline"), words("widget.offline_hint"), ""];
    if (code === "internal") return [words("status.broken"), words("hint.broken"), ""];
    const { status, message, hint } = problem;
    let key = `problem.${code}`;
    if (status === 429) key = "widget.busy";
    else if (status === 503) key = "widget.not_ready";
    else if (status === 401 || status === 403) key = "widget.refused";
    else if (!this.words.has(key)) key = "problem.other";
    return [words(key), message, hint];
  }

  #standing(kind, text) {
    this.status.className = `status ${kind}`;
    this.status.textContent = text;
    this.element.setAttribute("aria-busy", String(kind === "busy"));
  }

  #reports(cited) {
    const found = new Set();
    for (const citation of cited) found.add(citation.document_id);
    return found.size ? this.words.count("counts.from_reports", found.size) : "";
  }

  #tellUnderstood({ standalone_question: meant, question }) {
    this.understood.replaceChildren();
    if (!meant || meant === question) return;
    this.understood.append(`${this.say("chat.understood")} `, told("span", "", oneLine(meant)));
  }

  // How it stands, in one line; for what went wrong with what to do.
  get standing() {
    let line = this.status.textContent;
    for (const hint of this.after.querySelectorAll(".hint")) line += ` ${hint.textContent}`;
    return line;
  }

  // Sentences

  #fillBody(answer) {
    if (answer.status === "ambiguous" && answer.choices.length) {
      this.body.replaceChildren(this.#choices(answer));
      return;
    }
    const known = byNumber(answer.citations);
    const drawn = this.body.querySelectorAll(".sentence").length;
    // What stands there already stays: someone may be on one of its numbers.
    if (!drawn || this.drawn !== drawnAs(answer.sentences)) {
      this.body.replaceChildren();
      this.drawn = "";
      for (const sentence of answer.sentences) this.#addSentence(sentence, known);
    }
    const said = oneLine(answer.answer.replace(ABSTAINED, ""));
    if (!answer.sentences.length && said) this.body.append(told("p", "", said));
  }

  #addSentence(sentence, known) {
    this.drawn = (this.drawn || "") + drawnAs([sentence]);
    const first = known.get(sentence.citations[0]);
    const text = told("span", "sentence", "");
    this.passages.fillSentence(text, sentence, known);
    if (sentence.origin === "quote") {
      this.body.append(this.passages.quotation(text, this.words.meta(first)));
      return;
    }
    // Each event has a paragraph of its own.
    const opening = text.querySelector(".dateline")?.textContent || "";
    let worded = this.body.lastElementChild;
    const another = opening && worded?.querySelector(".dateline")?.textContent !== opening;
    if (!worded || worded.localName !== "p" || another) worded = this.body.appendChild(make("p", "worded"));
    if (worded.hasChildNodes()) worded.append(" ");
    worded.append(text);
  }

  // Sides, choices, passages, sources

  #addSides({ about, values }, answer) {
    const known = byNumber(answer.citations);
    const asked = !about.trim() || about.trim().endsWith("?"); // the question itself: it has just been read
    const list = make("ul");
    for (const { value, citation } of values) {
      const cited = known.get(citation);
      const item = list.appendChild(make("li"));
      item.append(told("strong", "", oneLine(value)));
      if (!cited) continue;
      if (cited.publisher) item.append(make("span", "meta", cited.publisher));
      const source = item.appendChild(make("span", "meta", this.words.day(cited.published)));
      source.append(this.passages.numbers([citation], known));
    }
    const heading = asked ? this.say("answer.sides") : this.say("answer.sides_about", { about });
    this.#group("sides", heading, list);
  }

  #choices(answer) {
    const known = byNumber(answer.citations);
    const made = make("div", "choices");
    const list = make("ul");
    for (const choice of answer.choices) {
      const item = list.appendChild(make("li"));
      const press = pressable("choice", "", () => this.does.choose(this.exchange, choice));
      press.append(told("span", "", oneLine(choice.label)));
      item.append(press);
      for (const sentence of answer.sentences) {
        if (sentence.citations.indexOf(choice.citation) < 0) continue;
        this.passages.fillSentence(item.appendChild(told("p", "", "")), sentence, known, choice.label);
        break;
      }
    }
    made.append(make("h4", "", this.say("answer.choose")), list);
    return made;
  }

  #addNearest(nearest) {
    if (!nearest.length) return;
    const known = byNumber(nearest);
    const passages = make("div");
    for (const cited of nearest) {
      const text = told("span", "", oneLine(cited.quote));
      text.append(this.passages.numbers([cited.number], known, false));
      passages.append(this.passages.quotation(text, joined(" · ", oneLine(cited.title), this.words.meta(cited))));
    }
    this.#group("nearest", this.say("answer.nearest"), passages);
  }

  #group(classes, heading, content) {
    const made = this.after.appendChild(make("div", classes));
    made.append(make("h4", "", heading), content);
  }

  #listSources(cited) {
    this.references.hidden = !cited.length;
    const list = make("ol");
    for (const citation of cited) {
      const item = list.appendChild(make("li"));
      const about = make("div");
      about.append(
        told("p", "title", oneLine(citation.title)),
        make("p", "meta", this.words.meta(citation)),
        told("p", "said", oneLine(citation.quote)),
      );
      item.append(this.passages.number(citation, false), about);
    }
    this.references.replaceChildren(make("summary", "", `${this.say("answer.sources")} (${cited.length})`), list);
  }
}

function drawnAs(sentences) {
  let all = "";
  for (const { text, citations, origin } of sentences) all += `${origin} ${text} ${citations.join()}\n`;
  return all;
}
