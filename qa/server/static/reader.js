// Opens a report beside the conversation (over it on a narrow screen) at the sentence that was pressed. Without
// this script the same links open the report as a page of its own.

import { byId, element, pace, state, wide, word } from "./state.js";

const LINKS = "a[href*='reader/']";
let opener = null;
let latest = 0;

export const reportLink = (target) => target.closest(LINKS);

function mark(link) {
  document.querySelectorAll(`${LINKS}[aria-current]`).forEach((other) => other.removeAttribute("aria-current"));
  if (link) link.setAttribute("aria-current", "true");
}

function behind(away) {
  for (const id of ["dl-top", "dl-time", "dl-talk"]) byId(id).toggleAttribute("inert", away && !wide());
}

function show(html) {
  const reader = byId("dl-reader");
  reader.innerHTML = html; // escaped by the server
  const back = element("button", "dl-back", word("back"), { type: "button", "aria-label": word("back_label") });
  back.addEventListener("click", () => close(true));
  (reader.querySelector("header") || reader).prepend(back);
  byId("dl-side").classList.add("dl-reading");
  behind(true);
  const cited = reader.querySelector("#cited");
  (cited || reader).scrollIntoView({ block: cited ? "center" : "start", behavior: pace() });
  (cited || reader).focus({ preventScroll: true });
}

export async function open(link) {
  const turn = ++latest;
  const url = new URL(link.href);
  url.hash = "";
  url.searchParams.set("part", "true");
  url.searchParams.set("lang", state.language);
  let html = "";
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(response.statusText);
    html = await response.text();
  } catch {
    const problem = element("p", "dl-empty", word("no_report"), { role: "alert" });
    html = problem.outerHTML;
  }
  if (turn !== latest) return; // another one was pressed meanwhile
  opener = link;
  mark(link);
  show(html);
  // On a narrow screen the report is like a page of its own: the browser's way back leads to the answer.
  if (!wide() && !history.state?.report) history.pushState({ report: true }, "");
}

export function close(giveFocusBack = false) {
  latest += 1;
  const side = byId("dl-side");
  if (!side || !side.classList.contains("dl-reading")) return false;
  side.classList.remove("dl-reading");
  behind(false);
  mark(null);
  if (history.state?.report) history.back();
  if (giveFocusBack && opener && opener.isConnected) opener.focus();
  opener = null;
  return true;
}
