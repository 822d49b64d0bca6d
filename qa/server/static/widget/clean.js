// What a server or this browser's storage says, checked: texts are texts, numbers numbers, lists of bounded length.
// A sentence whose number leads to no citation is left out, for nothing is shown without its evidence.

import { own } from "./base.js";

const LONGEST = 200_000;
const MOST = 200;
const STATUSES = new Set(["answered", "abstained", "ambiguous"]);
const ENDINGS = new Set(["whole", "stopped", "failed", "lost"]);

export function text(value, longest = LONGEST) {
  return typeof value === "string" ? value.slice(0, longest) : "";
}

export function listed(value, each, most = MOST) {
  const found = [];
  for (const one of Array.isArray(value) ? value : []) {
    const made = found.length < most ? each(one) : null;
    if (made !== null) found.push(made);
  }
  return found;
}

const whole = (value) => (Number.isInteger(value) ? value : null);
const words = (value) => text(value, 4000) || null;

function citation(given) {
  const made = {
    __proto__: null,
    number: whole(own(given, "number")),
    document_id: text(own(given, "document_id"), 200),
    title: text(own(given, "title"), 2000),
    publisher: words(own(given, "publisher")),
    published: words(own(given, "published")),
    uri: text(own(given, "uri"), 4000),
    start: whole(own(given, "start")),
    end: whole(own(given, "end")),
    quote: text(own(given, "quote")),
    event_date: words(own(given, "event_date")),
    event_place: words(own(given, "event_place")),
  };
  return made.number !== null && made.document_id && made.quote ? made : null;
}

export function citations(given) {
  return listed(given, citation);
}

export function byNumber(cited) {
  const found = new Map();
  for (const one of cited) found.set(one.number, one);
  return found;
}

export function sentence(given, known) {
  const cited = (number) => (known.has(number) ? number : null);
  const made = {
    __proto__: null,
    text: text(own(given, "text")),
    citations: listed(own(given, "citations"), cited),
    origin: text(own(given, "origin"), 20),
  };
  return made.text && made.citations.length ? made : null;
}

function disagreement(given) {
  const side = (one) => ({
    __proto__: null,
    value: text(own(one, "value"), 4000),
    citation: whole(own(one, "citation")),
  });
  return {
    __proto__: null,
    about: text(own(given, "about"), 4000),
    values: listed(own(given, "values"), side, 20),
  };
}

function choice(given) {
  const made = {
    __proto__: null,
    label: text(own(given, "label"), 4000),
    citation: whole(own(given, "citation")),
  };
  return made.label ? made : null;
}

// The answer object of the API; null where it is none.
export function answer(given) {
  const status = text(own(given, "status"), 20);
  if (!STATUSES.has(status)) return null;
  const cited = citations(own(given, "citations"));
  const known = byNumber(cited);
  const made = {
    __proto__: null,
    status,
    question: text(own(given, "question")),
    standalone_question: text(own(given, "standalone_question"), 8000),
    answer: text(own(given, "answer")),
    sentences: listed(own(given, "sentences"), (one) => sentence(one, known)),
    citations: cited,
    disagreements: listed(own(given, "disagreements"), disagreement, 20),
    nearest: citations(own(given, "nearest")),
    choices: listed(own(given, "choices"), choice, 50),
    model: text(own(given, "model"), 300),
    degraded: own(given, "degraded") === true,
    notice: text(own(given, "notice"), 4000),
    within: listed(own(given, "within"), (one) => words(one)),
    answer_id: text(own(given, "answer_id"), 200),
  };
  return status === "answered" && !made.sentences.length ? null : made;
}

export function problem(given) {
  return {
    __proto__: null,
    code: text(own(given, "code"), 60),
    message: text(own(given, "message"), 2000),
    hint: text(own(given, "hint"), 2000),
    status: whole(own(given, "status")) || 0,
  };
}

// One question with what came of it, as it is kept; null where it cannot be read.
export function exchange(given) {
  const question = text(own(given, "question"), 8000);
  const found = own(given, "answer");
  const ended = text(own(given, "ended"), 20);
  const verdict = own(given, "verdict");
  const made = {
    __proto__: null,
    question,
    within: listed(own(given, "within"), (one) => words(one)),
    only: text(own(given, "only"), 400),
    ended: ENDINGS.has(ended) ? ended : "lost",
    answer: found ? answer(found) : null,
    problem: own(given, "problem") ? problem(own(given, "problem")) : null,
    verdict: verdict === "up" || verdict === "down" ? verdict : "",
  };
  if (made.ended === "whole" && !made.answer) made.ended = "lost";
  return question ? made : null;
}
