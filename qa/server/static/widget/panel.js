// The widget's frame: the button that opens it, the panel with conversation and question box, and where focus goes.

import { make, named, pressable } from "./base.js";
import { ICONS } from "./given.js";
import { Tip } from "./tip.js";

const FULL = "(max-width: 599px), (max-height: 459px)"; // windows that the panel fills
const WIDE = 820; // from this width on a report stands beside the conversation
const FOCUSABLE = "button, textarea, summary, [tabindex='0']";
const NOTE_MS = 4000;

export class Panel {
  #noteClock = 0;
  #opened = false;
  #gone = null;

  // `does` is what is done with it: ask, stop, reset, open, close, back.
  constructor(root, log, report, does) {
    this.root = root;
    this.log = log;
    this.report = report;
    this.does = does;
    this.full = matchMedia(FULL);
    this.viewport = new CSSStyleSheet();
    this.#build();
    this.#listen();
  }

  #build() {
    this.frame = make("div", "frame");
    this.launcher = pressable("launcher", " ", () => this.does.open(), ICONS.chat);
    this.panel = make("section", "panel", "", { id: "panel", "aria-labelledby": "heading" });
    this.launcher.setAttribute("aria-controls", "panel");
    this.launcher.setAttribute("aria-haspopup", "dialog");
    this.heading = make("h2", "", "", { id: "heading", dir: "auto" });
    this.fresh = pressable("tool fresh", "", () => this.does.reset(), ICONS.new);
    this.shut = pressable("tool shut", "", () => this.does.close(), ICONS.close);
    const header = make("header", "top");
    header.append(this.heading, this.fresh, this.shut);
    this.talk = make("div", "talk");
    this.talk.append(this.log.element, this.#form());
    this.views = make("div", "views");
    this.views.append(this.talk, this.report.element);
    this.live = make("div", "unseen", "", { role: "status" });
    this.note = make("p", "note", "", { "aria-hidden": "true" });
    this.panel.append(header, this.views, this.note, this.live);
    this.tip = new Tip(this.panel);
    this.frame.append(this.launcher, this.panel);
    this.root.append(this.frame);
  }

  #form() {
    this.form = make("form", "ask");
    this.label = make("label", "unseen", "", { for: "question" });
    this.box = make("textarea", "", "", { id: "question", rows: "1", dir: "auto", enterkeyhint: "send" });
    this.send = make("button", "send", "", { type: "submit" });
    this.stop = pressable("stop", " ", () => this.does.stop());
    this.stop.hidden = true;
    this.form.append(this.label, this.box, this.send, this.stop);
    return this.form;
  }

  #listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.does.ask(this.box.value);
    });
    this.box.addEventListener("input", () => this.fit());
    this.box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.does.ask(this.box.value);
    });
    this.frame.addEventListener("keydown", (event) => this.#key(event));
    for (const kind of ["keydown", "keypress", "keyup"]) {
      // Typing is not for the page's own shortcuts.
      this.frame.addEventListener(kind, (event) => event.target === this.box && event.stopPropagation());
    }
  }

  // Watches the window for as long as the element is in the page.
  connect() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    const sized = new ResizeObserver(() => this.settle());
    sized.observe(this.panel);
    signal.addEventListener("abort", () => sized.disconnect());
    this.full.addEventListener("change", () => this.settle(), { __proto__: null, signal });
    visualViewport?.addEventListener("resize", () => this.#fitViewport(), { __proto__: null, signal });
  }

  disconnect() {
    this.#gone.abort();
  }

  #key(event) {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === "Escape" && this.#leave()) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Tab" && this.floating && this.opened) {
      this.#keepFocus(event);
    }
  }

  #leave() {
    if (this.tip.hide()) return true;
    if (this.report.shown) this.does.back();
    else if (this.floating && this.opened) this.does.close();
    else return false;
    return true;
  }

  // Tab goes round inside the open panel.
  #keepFocus(event) {
    const there = [];
    for (const one of this.panel.querySelectorAll(FOCUSABLE)) {
      if (!one.disabled && !one.closest("[inert]") && one.getClientRects().length) there.push(one);
    }
    const [first, last] = [there[0], there[there.length - 1]];
    const at = this.root.activeElement;
    if (event.shiftKey ? at !== first && there.indexOf(at) >= 0 : at !== last) return;
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }

  get floating() {
    return this.frame.dataset.mode === "launcher";
  }

  get opened() {
    return this.#opened;
  }

  look(mode, position, theme) {
    Object.assign(this.frame.dataset, { __proto__: null, mode, position, theme });
    const floating = mode === "launcher";
    this.launcher.hidden = !floating || this.#opened;
    this.panel.hidden = floating && !this.#opened;
    this.shut.hidden = !floating;
    this.panel.setAttribute("role", floating ? "dialog" : "region");
    this.#raise(floating);
    this.settle();
  }

  // Above everything of the page, whatever its own elements do with transforms and z-index.
  #raise(floating) {
    if (!this.frame.showPopover) return;
    if (!floating) this.frame.removeAttribute("popover");
    else {
      this.frame.setAttribute("popover", "manual");
      if (this.frame.isConnected && !this.frame.matches(":popover-open")) this.frame.showPopover();
    }
  }

  words(words, heading, placeholder) {
    const { say } = words;
    const word = (key) => say.call(words, key);
    this.frame.lang = words.language;
    this.heading.textContent = heading || word("widget.heading");
    this.launcher.lastChild.textContent = this.heading.textContent;
    this.launcher.setAttribute("aria-label", this.heading.textContent);
    named(this.fresh, word("header.new"));
    named(this.shut, word("widget.close"));
    this.label.textContent = word("ask.label");
    this.box.placeholder = placeholder || word("ask.placeholder");
    this.send.textContent = word("ask.send");
    this.stop.lastChild.textContent = word("ask.stop");
  }

  // Layout and what can be reached with the keyboard, after a change of either.
  settle() {
    const wide = !this.floating && this.panel.clientWidth >= WIDE;
    this.frame.classList.toggle("wide", wide);
    this.frame.classList.toggle("reading", this.report.shown);
    this.talk.inert = this.report.shown && !wide;
    this.launcher.setAttribute("aria-expanded", String(this.#opened));
    if (this.floating && this.full.matches) this.panel.setAttribute("aria-modal", "true");
    else this.panel.removeAttribute("aria-modal");
    this.#fitViewport();
  }

  // A phone's keyboard covers the lower part of the window: the panel keeps to what is left.
  #fitViewport() {
    const seen = visualViewport;
    const covered = this.floating && this.full.matches && seen?.scale === 1 && seen.height < innerHeight - 60;
    const box = covered ? `inset-block: ${seen.offsetTop}px auto; block-size: ${seen.height}px;` : "";
    this.viewport.replaceSync(box && `.frame[data-mode="launcher"] .panel { ${box} }`);
  }

  show(opened) {
    this.#opened = opened;
    this.launcher.hidden = !this.floating || opened;
    this.panel.hidden = this.floating && !opened;
    this.settle();
  }

  busy(busy) {
    const focused = this.root.activeElement;
    this.stop.hidden = !busy;
    this.send.hidden = busy;
    this.log.element.setAttribute("aria-busy", String(busy));
    if (focused === this.send || focused === this.stop) this.focus();
  }

  // Into the open panel: to the box, but not where that would bring up a keyboard over it.
  enter() {
    const covering = this.floating && this.full.matches && matchMedia("(pointer: coarse)").matches;
    if (covering) this.log.element.focus({ __proto__: null, preventScroll: true });
    else this.focus();
  }

  focus() {
    this.box.focus({ __proto__: null, preventScroll: true });
  }

  clear() {
    this.box.value = "";
    this.fit();
  }

  // As many lines as are written, up to six.
  fit() {
    this.box.rows = 1;
    while (this.box.scrollHeight > this.box.clientHeight + 1 && this.box.rows < 6) this.box.rows += 1;
  }

  // Says a line to screen readers, and with `shown` to everyone for a moment.
  announce(text, shown = false) {
    this.live.append(make("p", "", text, { dir: "auto" }));
    while (this.live.childElementCount > 5) this.live.firstElementChild.remove();
    if (!shown) return;
    this.note.textContent = text;
    this.note.classList.add("shown");
    clearTimeout(this.#noteClock);
    this.#noteClock = setTimeout(() => this.note.classList.remove("shown"), NOTE_MS);
  }
}
