// A report with the cited sentence marked. Reports are told in code points, scripts count in half pairs.

import { calm, make, own, pressable, told } from "./base.js";
import * as clean from "./clean.js";
import { ICONS } from "./given.js";
import { documentsAt, request } from "./stream.js";
import { joined } from "./words.js";

const MOST_KEPT = 8;
const AROUND = 60_000; // characters shown on either side of the sentence in a very long report

export class Report {
  #kept = new Map();
  #latest = 0;

  // `back` is called when the reader wants to return to the answer.
  constructor(back) {
    this.back = back;
    this.element = make("section", "report", "", { hidden: "" });
  }

  get shown() {
    return !this.element.hidden;
  }

  // `shown` is called once it stands there, before it gets the focus.
  async show(server, cited, words, shown) {
    this.#latest += 1;
    const turn = this.#latest;
    let text = null;
    try {
      text = await this.#textOf(server, cited.document_id);
    } catch {
      // Said below, with the quotation itself.
    }
    if (turn !== this.#latest) return; // another one was pressed meanwhile
    this.#fill(cited, text, words);
    this.element.hidden = false;
    shown();
    const mark = this.element.querySelector("mark");
    (mark || this.element).scrollIntoView({ __proto__: null, block: mark ? "center" : "start", behavior: calm() });
    (mark || this.element.querySelector("button")).focus({ __proto__: null, preventScroll: true });
  }

  hide() {
    this.#latest += 1;
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  forget() {
    this.#kept.clear();
    this.hide();
  }

  async #textOf(server, id) {
    if (this.#kept.has(id)) return this.#kept.get(id);
    const found = await (await request(server, documentsAt(server, id))).json();
    const text = own(found, "text");
    if (typeof text !== "string") throw new TypeError("no text");
    if (this.#kept.size >= MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value);
    this.#kept.set(id, text);
    return text;
  }

  #fill(cited, text, words) {
    const header = make("header");
    const back = pressable("back", words.say("script.back"), this.back, ICONS.back);
    back.setAttribute("aria-label", words.say("script.back_label"));
    header.append(back, told("h3", "", clean.text(cited.title)), make("p", "meta", words.meta(cited)));
    const event = words.event(cited);
    if (event) header.append(make("p", "meta", words.say("panel.event", { what: event })));
    const body = make("div", "text", "", { lang: "en" });
    const [start, end] = text === null ? [-1, -1] : [unitOf(text, cited.start), unitOf(text, cited.end)];
    if (text !== null && start >= 0 && text.slice(start, end) === cited.quote) fillText(body, text, start, end, words);
    else fillQuote(body, cited, words.say(text === null ? "script.no_report" : "widget.moved"));
    this.element.setAttribute("aria-label", joined(" · ", cited.title, words.meta(cited)));
    this.element.replaceChildren(header, body);
  }
}

// Where a code point begins, counted in UTF-16; -1 where the text is shorter.
function unitOf(text, point) {
  let unit = 0;
  for (let left = point; left > 0; left -= 1) {
    if (unit >= text.length) return -1;
    unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
  }
  return point === null || point < 0 ? -1 : unit;
}

// Each line with text as a paragraph; the marked span may reach over several.
function fillText(body, text, start, end, words) {
  const from = start > AROUND ? text.lastIndexOf("\n", start - AROUND) + 1 : 0;
  const found = text.length - end > AROUND ? text.indexOf("\n", end + AROUND) : -1;
  const to = found < 0 ? text.length : found;
  let offset = from;
  for (const row of text.slice(from, to).split("\n")) {
    const low = Math.min(Math.max(start - offset, 0), row.length);
    const high = Math.min(Math.max(end - offset, 0), row.length);
    offset += row.length + 1;
    if (!row.trim()) continue;
    const line = body.appendChild(make("p", "", "", { dir: "auto" }));
    line.append(row.slice(0, low));
    if (high > low) line.append(make("mark", "", row.slice(low, high), { tabindex: "-1" }));
    line.append(row.slice(high));
  }
  if (from > 0 || to < text.length) body.append(make("p", "notice", words.say("widget.shortened")));
}

function fillQuote(body, cited, why) {
  body.append(make("p", "notice", why, { role: "alert" }), told("blockquote", "quote", cited.quote));
}
