// Shows the cited sentence beside its number while the number is hovered over or focused.

import { byId, element } from "./state.js";

const DELAY = 120;
let link = null;
let timer = 0;

function tip() {
  return byId("dl-tip") || document.body.appendChild(element("div", "", "", { id: "dl-tip", role: "tooltip", hidden: "" }));
}

function show(target) {
  hide();
  link = target;
  const box = tip();
  box.replaceChildren(
    element("q", "dl-said", target.dataset.quote, { lang: "en", dir: "auto" }),
    element("span", "dl-meta", target.dataset.source),
  );
  box.hidden = false;
  target.setAttribute("aria-describedby", "dl-tip");
  const at = target.getBoundingClientRect();
  const size = box.getBoundingClientRect();
  const left = Math.min(Math.max(8, at.left - 24), document.documentElement.clientWidth - size.width - 8);
  const above = at.top - size.height - 8;
  box.style.left = `${Math.max(8, left)}px`;
  box.style.top = `${above > 8 ? above : at.bottom + 8}px`;
}

export function hide() {
  clearTimeout(timer);
  if (!link) return false;
  link.removeAttribute("aria-describedby");
  link = null;
  tip().hidden = true;
  return true;
}

const cite = (target) => target instanceof Element && target.closest("a.dl-cite[data-quote]");
const over = (target) => cite(target) || (target instanceof Element && target.closest("#dl-tip"));

export function watchQuotes() {
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch" || !over(event.target)) return;
    clearTimeout(timer);
    const found = cite(event.target);
    if (found && found !== link) timer = setTimeout(() => show(found), DELAY);
  });
  document.addEventListener("pointerout", (event) => {
    if (!over(event.target) || over(event.relatedTarget)) return;
    clearTimeout(timer);
    timer = setTimeout(hide, DELAY);
  });
  document.addEventListener("focusin", (event) => {
    const found = cite(event.target);
    if (found && found.matches(":focus-visible")) show(found);
    else hide();
  });
  window.addEventListener("scroll", hide, { capture: true, passive: true });
}
