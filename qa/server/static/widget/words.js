// The interface's words in one language, with dates and plurals as it has them. Reports are never translated.

import { own } from "./base.js";
import { WORDS } from "./given.js";

export class Words {
  constructor(language) {
    const wanted = String(language).toLowerCase().split("-")[0];
    this.language = Object.hasOwn(WORDS, wanted) ? wanted : "en";
    this.strings = WORDS[this.language];
  }

  say(key, values = null) {
    const filled = (whole, name) => String(own(values, name) ?? whole);
    return String(own(this.strings, key) ?? key).replace(/\{(\w+)\}/g, filled);
  }

  has(key) {
    return Object.hasOwn(this.strings, key);
  }

  count(key, n) {
    return this.strings[key][n === 1 ? 0 : 1].replace("{n}", String(n));
  }

  // 14 May 2013, from 2013-05-14; nothing for null.
  day(iso) {
    const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso || "");
    const month = found && this.strings["dates.months"][Number(found[2]) - 1];
    return month ? this.say("dates.day", { day: Number(found[3]), month, year: Number(found[1]) }) : "";
  }

  // Publisher and date of publication.
  meta(known) {
    return joined(" · ", known.publisher, this.day(known.published).replaceAll(" ", "\u00a0"));
  }

  // Where and when it happened.
  event(known) {
    return joined(", ", known.event_place, this.day(known.event_date));
  }
}

export function joined(between, ...parts) {
  let all = "";
  for (const part of parts) if (part) all += (all && between) + part;
  return all;
}

export const ENGLISH = new Words("en"); // the language of answers: how they name an event
