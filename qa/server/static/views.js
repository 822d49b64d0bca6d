// The two views, questions and documents; the documents' table sorts and filters here.

import { byId, word } from "./state.js";

export function view(name, focus = false) {
  for (const tab of document.querySelectorAll(".dl-tabs [role='tab']")) {
    const chosen = tab.dataset.view === name;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    if (chosen && focus) tab.focus();
    const panel = byId(`dl-view-${tab.dataset.view}`);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    panel.classList.toggle("dl-away", !chosen);
  }
  document.body.dataset.view = name;
}

export function moveTab(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const tab = event.target.closest && event.target.closest(".dl-tabs [role='tab']");
  if (!step || !tab) return;
  const tabs = [...document.querySelectorAll(".dl-tabs [role='tab']")];
  view(tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length].dataset.view, true);
}

export function sort(button) {
  const head = button.closest("th");
  const order = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
  head.parentElement.querySelectorAll("th").forEach((one) => one.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", order);
  const body = head.closest("table").tBodies[0];
  const key = (row) => row.cells[Number(button.dataset.column)].dataset.key;
  const rows = [...body.rows].sort((one, other) => key(one).localeCompare(key(other)));
  body.append(...(order === "ascending" ? rows : rows.reverse()));
}

export function filter(text) {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = [...document.querySelectorAll(".dl-documents tbody tr")];
  for (const row of rows) row.hidden = !wanted.every((one) => row.dataset.find.includes(one));
  const shown = rows.filter((row) => !row.hidden).length;
  byId("dl-matches").textContent = word("matches", { n: shown, all: rows.length });
}
