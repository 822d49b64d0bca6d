// The conversation: what was asked and what came of it, one question at a time. It tells its view what changes.

import { own } from "./base.js";
import * as clean from "./clean.js";
import { Failure, answerTo, documentsAt, request } from "./stream.js";

const MOST_TURNS_SENT = 6; // exchanges that go along with a question
const LONGEST_TURN = 4000;
const LONGEST_QUESTION = 8000; // the server's own limit is lower; this keeps a pasted book from being sent

export class Talk {
  #abort = null;

  // `server` holds api, site and collection; `view` shows exchanges, `view.kept()` is told when to keep them.
  constructor(server, view, exchanges) {
    this.server = server;
    this.view = view;
    this.exchanges = exchanges;
  }

  get busy() {
    return this.#abort !== null;
  }

  // Gives back the answer as the server sent it, or null where none came. `again` replaces the last exchange.
  async ask(question, { within, only, again } = { __proto__: null }) {
    if (this.busy || !question.trim()) return null;
    const replaced = again ? this.exchanges.pop() : null;
    const before = this.exchanges[this.exchanges.length - 1];
    const made = {
      __proto__: null,
      question,
      within: within || [],
      only: only || "",
      ended: "lost",
      answer: null,
      problem: null,
      verdict: "",
    };
    const earlier = this.#history();
    this.exchanges.push(made);
    const abort = (this.#abort = new AbortController());
    const shown = this.view.asked(made, before, replaced);
    const partial = { __proto__: null, cited: [], sentences: [] };
    let given = null;
    try {
      given = await this.#answer(made, earlier, shown, partial, abort.signal);
      made.answer = clean.answer(given);
      made.ended = "whole";
    } catch (error) {
      this.#failed(made, error, abort.signal.aborted, partial);
    }
    if (this.#abort === abort) this.#abort = null;
    if (this.exchanges.indexOf(made) < 0) return null; // the conversation was left meanwhile
    this.view.ended(made, shown, given);
    return given;
  }

  #answer(made, earlier, shown, partial, signal) {
    if (made.question.length > LONGEST_QUESTION) throw new Failure("too_large");
    const body = { __proto__: null, question: made.question, history: earlier, stream: true };
    if (made.within.length) body.within = made.within;
    if (this.server.collection) body.collection = this.server.collection;
    const on = {
      sources: (cited) => {
        partial.cited = cited;
        if (!signal.aborted) shown.sources(cited);
      },
      sentence: (found) => {
        partial.sentences.push(found);
        if (!signal.aborted) shown.sentence(found, clean.byNumber(partial.cited));
      },
    };
    return answerTo(this.server, body, on, signal);
  }

  // What was verified before the end stays.
  #failed(made, error, stopped, { cited, sentences }) {
    const failure = error instanceof Failure ? error : new Failure("lost");
    made.ended = stopped ? "stopped" : failure.code === "lost" ? "lost" : "failed";
    if (sentences.length) made.answer = clean.answer(unfinished(made.question, cited, sentences));
    if (stopped) return;
    const { code, told: message, hint, status, wait } = failure;
    made.problem = { __proto__: null, code, message, hint, status, wait };
  }

  #history() {
    const turns = [];
    const whole = [];
    for (const one of this.exchanges) if (one.ended === "whole") whole.push(one);
    for (const one of whole.slice(-MOST_TURNS_SENT)) {
      turns.push({ __proto__: null, role: "user", content: one.question.slice(0, LONGEST_TURN) });
      turns.push({ __proto__: null, role: "assistant", content: one.answer.answer.slice(0, LONGEST_TURN) });
    }
    return turns;
  }

  stop() {
    this.#abort?.abort();
  }

  leave(exchanges = []) {
    this.stop();
    this.#abort = null;
    this.exchanges = exchanges;
  }

  // The event that a choice names: all its reports, or where these cannot be listed those that the answer cites.
  async reportsOf(made, choice) {
    const { citations } = made.answer;
    const meant = clean.byNumber(citations).get(choice.citation);
    if (!meant) return [];
    const dated = meant.event_date || meant.event_place;
    const found = new Set([meant.document_id]);
    if (!dated) return [...found];
    for (const one of citations) {
      if (one.event_date === meant.event_date && one.event_place === meant.event_place) found.add(one.document_id);
    }
    try {
      const listed = await (await request(this.server, documentsAt(this.server))).json();
      for (const one of own(listed, "documents") ?? []) {
        const event = own(one, "event");
        const same = own(event, "date") === meant.event_date && own(event, "place") === meant.event_place;
        if (same) found.add(clean.text(own(one, "id"), 200));
      }
    } catch {
      // Those that are cited have to do.
    }
    return [...found];
  }

  async rate(made, verdict) {
    const body = { __proto__: null, answer_id: made.answer.answer_id, verdict };
    try {
      await request(this.server, "/api/feedback", body);
      made.verdict = verdict;
    } catch {
      return false;
    }
    return true;
  }
}

function unfinished(question, citations, sentences) {
  let answer = "";
  for (const one of sentences) answer += (answer && "\n") + one.text;
  const used = new Set();
  for (const one of sentences) for (const number of one.citations) used.add(number);
  const cited = [];
  for (const one of citations) if (used.has(one.number)) cited.push(one);
  return { question, standalone_question: question, status: "answered", answer, sentences, citations: cited };
}
