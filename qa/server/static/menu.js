// The menu: conversations of this browser, saving one as a file, appearance.

import * as store from "./store.js";
import { announce, byId, element, state, word } from "./state.js";

export function listConversations(onOpen, onRemoved) {
  const place = byId("dl-conversations");
  if (!place) return;
  const found = store.conversations();
  place.replaceChildren();
  if (!found.length) {
    place.append(element("p", "dl-empty", word("no_conversations")));
    return;
  }
  const list = place.appendChild(element("ul"));
  for (const one of found) list.append(row(one, onOpen, onRemoved));
  const all = place.appendChild(element("button", "dl-quiet", word("remove_all"), { type: "button" }));
  all.addEventListener("click", () => {
    if (!window.confirm(word("remove_all_sure"))) return;
    store.removeAll();
    onRemoved("");
    listConversations(onOpen, onRemoved);
  });
}

function row(one, onOpen, onRemoved) {
  const item = element("li");
  const open = element("button", "dl-conversation", "", { type: "button" });
  const when = new Date(one.changed).toLocaleDateString(state.language, { day: "numeric", month: "short" });
  const named = byId("dl-collection") ? [...byId("dl-collection").options].find((option) => option.value === one.collection) : null;
  const where = named ? `${named.textContent} · ` : "";
  open.append(element("span", "", one.title, { dir: "auto" }), element("span", "dl-meta", where + when));
  if (one.id === state.conversation) open.setAttribute("aria-current", "true");
  open.addEventListener("click", () => onOpen(one.id));
  const remove = element("button", "dl-remove", "×", { type: "button", "aria-label": `${word("remove")}: ${one.title}`, title: word("remove") });
  remove.addEventListener("click", () => {
    store.remove(one.id);
    onRemoved(one.id);
    listConversations(onOpen, onRemoved);
    (document.querySelector("#dl-conversations button") || byId("dl-menu")).focus();
  });
  item.append(open, remove);
  return item;
}

export function download(name, content) {
  const link = element("a", "", "", { download: name });
  link.href = URL.createObjectURL(new Blob([content], { type: "text/plain;charset=utf-8" }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copyByHand(text)) return announce(word("not_copied"), true);
  }
  return announce(word("copied"), true);
}

// Where the page is not served over HTTPS or from this machine, browsers offer only the old way.
function copyByHand(text) {
  const focused = document.activeElement;
  const area = document.body.appendChild(element("textarea", "dl-unseen"));
  area.value = text;
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (focused) focused.focus();
  return done;
}

const system = window.matchMedia("(prefers-color-scheme: dark)");

export function applyScheme() {
  const chosen = store.preference("scheme") || "system";
  document.body.classList.toggle("dark", chosen === "dark" || (chosen === "system" && system.matches));
  document.querySelectorAll("[data-do='scheme']").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.value === chosen));
  });
}

export function watchScheme() {
  system.addEventListener("change", applyScheme);
}
