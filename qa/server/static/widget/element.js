// <dateline-chat>: attributes, methods and events of the widget.

import { copied, transcript } from "./copy.js";
import { fromJson, own } from "./base.js";
import * as clean from "./clean.js";
import { STYLES } from "./given.js";
import { Log } from "./log.js";
import { Panel } from "./panel.js";
import { Report } from "./report.js";
import { forget, keyOf, load, save } from "./store.js";
import { Talk } from "./talk.js";
import { Words } from "./words.js";

const HERE = new URL(".", import.meta.url).href;
const MODES = ["launcher", "inline"];
const POSITIONS = ["bottom-right", "bottom-left", "top-right", "top-left"];
const THEMES = ["auto", "light", "dark"];
const STORAGES = ["session", "local", "none"];
const SERVER = ["api-base", "site", "collection"];
const LOOK = ["mode", "position", "theme"];
const WORDS = ["lang", "heading", "placeholder", "starters"];
const PROPERTIES = {
  __proto__: null,
  apiBase: "api-base",
  mode: "mode",
  position: "position",
  theme: "theme",
  heading: "heading",
  placeholder: "placeholder",
  storage: "storage",
  collection: "collection",
  site: "site",
};

class DatelineChat extends HTMLElement {
  #log;
  #report;
  #panel = null;
  #talk;
  #words;
  #opener = null; // what had the focus before the panel was opened
  #citer = null; // the number that opened the report
  #kind = "session";
  #key = "";

  static get observedAttributes() {
    return [...SERVER, ...LOOK, ...WORDS, "storage"];
  }

  connectedCallback() {
    if (!this.#panel) this.#build();
    this.#look();
  }

  disconnectedCallback() {
    queueMicrotask(() => this.isConnected || this.#talk.stop()); // moved elsewhere it goes on
  }

  attributeChangedCallback(name, before, now) {
    if (!this.#panel || before === now) return;
    if (SERVER.indexOf(name) >= 0) this.#resume();
    else if (LOOK.indexOf(name) >= 0) this.#look();
    else if (name === "storage") this.#restore();
    else this.#speak();
  }

  #build() {
    for (const [property] of [...Object.entries(PROPERTIES), ["starters"]]) {
      // Set before this script was there: the field would hide the accessor.
      if (!Object.hasOwn(this, property)) continue;
      const value = this[property];
      delete this[property];
      this[property] = value;
    }
    const root = this.shadowRoot || this.attachShadow({ __proto__: null, mode: "open" });
    const announce = (text, shown) => this.#panel.announce(text, shown);
    this.#log = new Log(this.#replyDoes(), announce);
    this.#report = new Report(() => this.#back());
    this.#panel = new Panel(root, this.#log, this.#report, this.#panelDoes());
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    root.adoptedStyleSheets = [sheet, this.#panel.viewport];
    this.#talk = new Talk(this.#server(), this.#view(), []);
    this.#words = new Words(this.#language());
    this.#resume();
    this.#speak();
  }

  // Attributes

  #chosen(name, among) {
    const value = (this.getAttribute(name) || "").trim().toLowerCase();
    return among.indexOf(value) < 0 ? among[0] : value;
  }

  #language() {
    const near = this.getAttribute("lang") || this.closest("[lang]")?.getAttribute("lang");
    return near || document.documentElement.lang || navigator.language;
  }

  #server() {
    let api = HERE;
    try {
      const given = new URL(this.getAttribute("api-base")?.trim() || HERE, document.baseURI);
      if (given.protocol === "https:" || given.protocol === "http:") api = `${given.origin}${given.pathname}`;
    } catch {
      // Not an address: the script's own server is asked.
    }
    const { site, collection } = this;
    return { __proto__: null, api: api.replace(/\/+$/, ""), site, collection };
  }

  get starters() {
    const given = fromJson(this.getAttribute("starters") || "[]");
    return clean.listed(given, (one) => clean.text(one, 500).trim() || null, 20);
  }

  set starters(value) {
    this.setAttribute("starters", typeof value === "string" ? value : JSON.stringify([...(value ?? [])]));
  }

  #look() {
    const mode = this.#chosen("mode", MODES);
    this.#panel.look(mode, this.#chosen("position", POSITIONS), this.#chosen("theme", THEMES));
  }

  #speak() {
    this.#words = new Words(this.#language());
    this.#panel.words(this.#words, this.getAttribute("heading"), this.getAttribute("placeholder"));
    if (!this.#talk.busy) this.#draw();
  }

  #draw() {
    this.#closeReport();
    this.#log.draw(this.#talk.exchanges, this.#words, this.starters);
  }

  // Another server, site or collection: another conversation.
  #resume() {
    this.#talk.server = this.#server();
    this.#kind = this.#chosen("storage", STORAGES);
    this.#key = keyOf(this, this.#talk.server);
    const kept = load(this.#kind, this.#key);
    this.#talk.leave(kept.exchanges);
    this.#report.forget();
    this.#panel.busy(false);
    this.#draw();
    this.#log.toEnd();
    const reopen = kept.open && this.#kind === "session" && !this.#panel.full.matches;
    if (reopen && !this.#panel.opened) this.#panel.show(true);
  }

  #restore() {
    forget(this.#kind, this.#key);
    this.#kind = this.#chosen("storage", STORAGES);
    this.#keep();
  }

  #keep() {
    save(this.#kind, this.#key, this.#talk.exchanges, this.#panel.opened);
  }

  // Methods

  open() {
    if (!this.#panel || !this.isConnected) return;
    if (this.#panel.floating && !this.#panel.opened) {
      const focused = document.activeElement;
      this.#opener = focused === document.body || focused === this ? null : focused;
      this.#panel.show(true);
      this.#keep();
      this.#tell("dateline-open", {});
    }
    this.#panel.focus();
  }

  close() {
    if (!this.#panel?.floating || !this.#panel.opened) return;
    const inside = this.shadowRoot.activeElement;
    this.#panel.show(false);
    this.#keep();
    this.#tell("dateline-close", {});
    if (!inside) return;
    if (this.#opener?.isConnected) this.#opener.focus();
    else this.#panel.launcher.focus();
  }

  async ask(text) {
    const question = String(text ?? "");
    if (!this.#panel || !this.isConnected || this.#talk.busy || !question.trim()) return null;
    if (this.#panel.floating && !this.#panel.opened) this.open();
    return this.#ask(question);
  }

  reset() {
    if (!this.#panel) return;
    this.#talk.leave();
    this.#panel.busy(false);
    this.#report.forget();
    this.#draw();
    this.#keep();
    if (this.shadowRoot.activeElement || document.activeElement === this) this.#panel.focus();
  }

  // What is done

  async #ask(question, more) {
    this.#closeReport();
    const asking = this.#talk.ask(question, more);
    this.#panel.busy(this.#talk.busy);
    return asking;
  }

  #view() {
    return {
      asked: (made, again) => {
        const { exchanges } = this.#talk;
        this.#keep();
        return this.#log.begin(made, again ? this.#replaced : exchanges[exchanges.length - 2], again);
      },
      ended: (made, shown, given) => {
        this.#panel.busy(false);
        shown.end();
        this.#keep();
        const { question, problem } = made;
        if (given) this.#tell("dateline-answer", { question, answer: given });
        if (problem) this.#tell("dateline-error", { question, ...problem });
      },
    };
  }

  #replaced = null;

  #replyDoes() {
    return {
      ask: (question) => this.#ask(question),
      cite: (cited, made, button) => this.#cite(cited, made, button),
      copy: async (made) => {
        const done = await copied(transcript(made, this.#words), this.#panel.panel);
        this.#panel.announce(this.#words.say(done ? "script.copied" : "script.not_copied"), true);
      },
      retry: () => this.#retry(),
      choose: async (made, choice) => {
        const within = await this.#talk.reportsOf(made, choice);
        const question = made.answer.standalone_question || made.question;
        this.#ask(question, { __proto__: null, within, only: choice.label });
      },
      rate: (made, verdict, pair) => this.#rate(made, verdict, pair),
    };
  }

  #retry() {
    const { exchanges, busy } = this.#talk;
    if (busy || !exchanges.length) return;
    this.#replaced = exchanges[exchanges.length - 1];
    const { question, within, only } = this.#replaced;
    this.#ask(question, { __proto__: null, within, only, again: true });
  }

  #panelDoes() {
    return {
      ask: (text) => {
        if (this.#talk.busy) return;
        if (text.trim()) {
          this.#panel.clear();
          this.#ask(text);
        }
        this.#panel.focus();
      },
      stop: () => this.#talk.stop(),
      reset: () => this.reset(),
      open: () => this.open(),
      close: () => this.close(),
      back: () => this.#back(),
    };
  }

  async #cite(cited, made, button) {
    const detail = { citation: { ...cited }, question: made.question, answer_id: made.answer?.answer_id ?? "" };
    if (!this.#tell("dateline-citation", detail, true)) return; // the page shows it itself
    if (!(await this.#report.show(this.#talk.server, cited, this.#words))) return;
    this.#mark(button);
    this.#panel.settle();
  }

  #mark(button) {
    this.#citer?.removeAttribute("aria-current");
    this.#citer = button;
    button?.setAttribute("aria-current", "true");
  }

  #back() {
    const citer = this.#citer;
    this.#closeReport();
    if (citer?.isConnected) citer.focus();
    else this.#panel.focus();
  }

  #closeReport() {
    this.#report.hide();
    this.#mark(null);
    this.#panel.settle();
  }

  async #rate(made, verdict, pair) {
    const show = (chosen) => {
      for (const one of pair.children) one.setAttribute("aria-pressed", String(one.dataset.verdict === chosen));
    };
    show(verdict);
    const done = await this.#talk.rate(made, verdict);
    if (!done) show(made.verdict);
    else this.#keep();
    this.#panel.announce(this.#words.say(done ? "script.thanks" : "script.not_sent"), true);
  }

  #tell(name, detail, cancelable = false) {
    const init = { __proto__: null, bubbles: true, composed: true, cancelable, detail };
    return this.dispatchEvent(new CustomEvent(name, init));
  }
}

for (const [property, attribute] of Object.entries(PROPERTIES)) {
  Object.defineProperty(DatelineChat.prototype, property, {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get() {
      return this.getAttribute(attribute) ?? "";
    },
    set(value) {
      if (value === null || value === undefined) this.removeAttribute(attribute);
      else this.setAttribute(attribute, String(value));
    },
  });
}

if (!customElements.get("dateline-chat")) customElements.define("dateline-chat", DatelineChat);
