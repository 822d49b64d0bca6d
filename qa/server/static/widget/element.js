// <dateline-chat>: its life, methods and events.

import { LOOK, OBSERVED, SERVER, addProperties, adoptProperties, chosen, languageOf, serverOf } from "./attributes.js";
import { copied, transcript } from "./copy.js";
import { STYLES } from "./given.js";
import { Log } from "./log.js";
import { Panel } from "./panel.js";
import { Report } from "./report.js";
import { forget, keyOf, load, save } from "./store.js";
import { Talk } from "./talk.js";
import { Words } from "./words.js";

const NAME = "dateline-chat";

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
  #stale = false; // the log is to be drawn anew once the answer on its way is there

  static get observedAttributes() {
    return OBSERVED;
  }

  connectedCallback() {
    if (!this.#panel) this.#build();
    this.#panel.connect();
    this.#look();
  }

  disconnectedCallback() {
    this.#panel.disconnect();
    queueMicrotask(() => this.isConnected || this.#talk.stop()); // moved elsewhere it goes on
  }

  attributeChangedCallback(name, before, now) {
    if (!this.#panel || before === now) return;
    if (SERVER.indexOf(name) >= 0) this.#resume();
    else if (LOOK.indexOf(name) >= 0) this.#look();
    else if (name === "storage") this.#keepElsewhere();
    else this.#speak();
  }

  #build() {
    adoptProperties(this, DatelineChat.prototype);
    const root = this.attachShadow({ __proto__: null, mode: "open" });
    this.#log = new Log(this.#replyDoes(), (text) => this.#panel.announce(text));
    this.#report = new Report(() => this.#back());
    this.#panel = new Panel(root, this.#log, this.#report, this.#panelDoes());
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    root.adoptedStyleSheets = [sheet, this.#panel.viewport, this.#panel.tip.sheet];
    this.#talk = new Talk(serverOf(this), this.#view(), []);
    this.#speak();
    this.#resume();
  }

  #look() {
    this.#panel.look(chosen(this, "mode"), chosen(this, "position"), chosen(this, "theme"));
  }

  #speak() {
    this.#words = new Words(languageOf(this));
    this.#panel.words(this.#words, this.getAttribute("heading"), this.getAttribute("placeholder"));
    this.#stale = this.#talk.busy;
    if (!this.#stale) this.#draw();
  }

  #draw() {
    this.#stale = false;
    this.#closeReport();
    this.#log.draw(this.#talk.exchanges, this.#words, this.starters);
  }

  // With a server, site or collection comes its conversation.
  #resume() {
    this.#talk.server = serverOf(this);
    this.#kind = chosen(this, "storage");
    this.#key = keyOf(this, this.#talk.server);
    const kept = load(this.#kind, this.#key);
    this.#talk.leave(kept.exchanges);
    this.#report.forget();
    this.#panel.busy(false);
    this.#draw();
    this.#log.toEnd();
    if (kept.open && this.#kind === "session" && !this.#panel.full.matches) this.#panel.show(true);
  }

  #keepElsewhere() {
    forget(this.#kind, this.#key);
    this.#kind = chosen(this, "storage");
    this.#keep();
  }

  #keep() {
    save(this.#kind, this.#key, this.#talk.exchanges, this.#panel.opened);
  }

  // Methods

  open() {
    if (!this.isConnected) return;
    if (this.#panel.floating && !this.#panel.opened) {
      const focused = document.activeElement;
      this.#opener = focused === document.body || focused === this ? null : focused;
      this.#panel.show(true);
      this.#keep();
      this.#tell("open", { __proto__: null });
    }
    this.#panel.enter();
  }

  close() {
    if (!this.#panel?.floating || !this.#panel.opened) return;
    const inside = this.shadowRoot.activeElement;
    this.#panel.show(false);
    this.#keep();
    this.#tell("close", { __proto__: null });
    if (!inside) return;
    if (this.#opener?.isConnected) this.#opener.focus();
    else this.#panel.launcher.focus();
  }

  async ask(text) {
    const question = String(text ?? "");
    if (!this.isConnected || this.#talk.busy || !question.trim()) return null;
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

  #ask(question, more) {
    this.#closeReport();
    const asking = this.#talk.ask(question, more);
    this.#panel.busy(this.#talk.busy);
    return asking;
  }

  #view() {
    return {
      asked: (made, earlier, replaced) => {
        this.#keep();
        return this.#log.begin(made, earlier, replaced);
      },
      ended: (made, shown, given) => {
        this.#panel.busy(false);
        shown.end();
        if (this.#stale) this.#draw();
        this.#keep();
        const { question, problem } = made;
        if (given) this.#tell("answer", { __proto__: null, question, answer: given });
        if (problem) this.#tell("error", { __proto__: null, question, ...problem });
      },
    };
  }

  #replyDoes() {
    return {
      ask: (question) => this.#ask(question),
      cite: (cited, made, button) => this.#cite(cited, made, button),
      copy: async (made) => {
        const done = await copied(transcript(made, this.#words), this.#panel.panel);
        this.#panel.announce(this.#words.say(done ? "script.copied" : "script.not_copied"), true);
      },
      retry: () => {
        const { exchanges } = this.#talk;
        const { question, within, only } = exchanges[exchanges.length - 1];
        this.#ask(question, { __proto__: null, within, only, again: true });
      },
      choose: async (made, choice) => {
        const within = await this.#talk.reportsOf(made, choice);
        const question = made.answer.standalone_question || made.question;
        this.#ask(question, { __proto__: null, within, only: choice.label });
      },
      rate: (made, verdict, pair) => this.#rate(made, verdict, pair),
    };
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
    const answer = made.answer?.answer_id ?? "";
    const detail = { __proto__: null, citation: { ...cited }, question: made.question, answer_id: answer };
    if (!this.#tell("citation", detail, true)) return; // the page shows it itself
    await this.#report.show(this.#talk.server, cited, this.#words, () => {
      this.#mark(button);
      this.#panel.settle();
    });
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
    if (made.verdict === verdict) return;
    const show = (given) => {
      for (const one of pair.children) one.setAttribute("aria-pressed", String(one.dataset.verdict === given));
    };
    show(verdict);
    const done = await this.#talk.rate(made, verdict);
    if (done) this.#keep();
    else show(made.verdict);
    this.#panel.announce(this.#words.say(done ? "script.thanks" : "script.not_sent"), true);
  }

  #tell(name, detail, cancelable = false) {
    const init = { __proto__: null, bubbles: true, composed: true, cancelable, detail };
    return this.dispatchEvent(new CustomEvent(`dateline-${name}`, init));
  }
}

addProperties(DatelineChat.prototype);
if (!customElements.get(NAME)) customElements.define(NAME, DatelineChat);
