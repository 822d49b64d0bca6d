// The cited sentence beside its number, while the number is pointed at or has the focus.

import { make, told } from "./base.js";

const DELAY_MS = 120;
const cites = new WeakMap(); // what each number stands for, and the line on its source

export function remember(button, cited, source) {
  cites.set(button, { __proto__: null, cited, source });
}

export class Tip {
  #button = null;
  #clock = 0;

  constructor(panel) {
    this.panel = panel;
    this.sheet = new CSSStyleSheet(); // where it stands
    this.element = make("div", "tip", "", { id: "tip", role: "tooltip", hidden: "" });
    panel.append(this.element);
    panel.addEventListener("pointerover", (event) => this.#over(event));
    panel.addEventListener("pointerout", (event) => this.#out(event));
    panel.addEventListener("focusin", ({ target }) => {
      if (cites.has(target) && target.matches(":focus-visible")) this.#show(target);
      else this.hide();
    });
    panel.addEventListener("focusout", () => this.hide());
    panel.addEventListener("scroll", () => this.hide(), true);
  }

  #over({ target, pointerType }) {
    if (pointerType === "touch" || !this.#holds(target)) return;
    clearTimeout(this.#clock);
    if (cites.has(target) && target !== this.#button) this.#clock = setTimeout(() => this.#show(target), DELAY_MS);
  }

  #out({ target, relatedTarget }) {
    if (!this.#holds(target) || this.#holds(relatedTarget)) return;
    clearTimeout(this.#clock);
    this.#clock = setTimeout(() => this.hide(), DELAY_MS);
  }

  #holds(target) {
    return cites.has(target) || this.element.contains(target);
  }

  #show(button) {
    this.hide();
    if (!button.isConnected) return;
    const { cited, source } = cites.get(button);
    this.#button = button;
    this.element.replaceChildren(told("q", "said", cited.quote), make("span", "meta", source));
    this.element.hidden = false;
    button.setAttribute("aria-describedby", "tip");
    const [at, around] = [button.getBoundingClientRect(), this.panel.getBoundingClientRect()];
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const left = Math.max(10, Math.min(at.left - around.left - 24, around.width - width - 12));
    const above = at.top - around.top - height - 8;
    const top = above > 8 ? above : at.bottom - around.top + 8;
    this.sheet.replaceSync(`.tip { inset: ${top}px auto auto ${left}px; }`);
  }

  // Whether there was one to hide.
  hide() {
    clearTimeout(this.#clock);
    if (!this.#button) return false;
    this.#button.removeAttribute("aria-describedby");
    this.#button = null;
    this.element.hidden = true;
    return true;
  }
}
