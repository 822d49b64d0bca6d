// Conversations kept in this browser, under one key whose name says in which form. Every change reads the
// whole, changes its own conversation and writes it back, so that tabs do not undo each other's.

const KEY = "dateline.conversations.v1";
const MOST_CONVERSATIONS = 40;
const MOST_EXCHANGES = 60;
const MOST_CHARACTERS = 3_000_000;
const LONGEST_TITLE = 80;

function read() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) || "[]");
    return Array.isArray(found) ? found.filter(usable) : [];
  } catch {
    return [];
  }
}

function usable(one) {
  return Boolean(one) && typeof one.id === "string" && Array.isArray(one.exchanges);
}

// Writes the newest conversations that fit; false where the browser keeps nothing.
function write(conversations) {
  const kept = conversations.sort((one, other) => (other.changed || 0) - (one.changed || 0)).slice(0, MOST_CONVERSATIONS);
  for (;;) {
    const text = JSON.stringify(kept);
    try {
      if (text.length <= MOST_CHARACTERS) {
        localStorage.setItem(KEY, text);
        return true;
      }
    } catch {
      if (kept.length <= 1) return false;
    }
    if (!kept.length) return false;
    if (kept.length > 1) kept.pop();
    else kept[0].exchanges.shift();
  }
}

export function conversations() {
  return read().map((one) => ({ id: one.id, changed: Number(one.changed) || 0, title: title(one) }));
}

function title(one) {
  const question = String((one.exchanges[0] || {}).question || "…").replace(/\s+/g, " ").trim();
  return question.length > LONGEST_TITLE ? `${question.slice(0, LONGEST_TITLE)} …` : question;
}

export function load(id) {
  const found = read().find((one) => one.id === id);
  return found ? found.exchanges : [];
}

export function save(id, exchanges) {
  const others = read().filter((one) => one.id !== id);
  const mine = { id, changed: Date.now(), exchanges: exchanges.slice(-MOST_EXCHANGES) };
  return write(exchanges.length ? [mine, ...others] : others);
}

export function remove(id) {
  return write(read().filter((one) => one.id !== id));
}

export function removeAll() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // a browser that keeps nothing has nothing to remove
  }
}

// Which conversation this tab shows: it survives a reload and belongs to no other tab.
export function current(id) {
  try {
    if (id !== undefined) sessionStorage.setItem("dateline.conversation", id);
    return sessionStorage.getItem("dateline.conversation") || "";
  } catch {
    return "";
  }
}

// What stands in the question box, should the page be loaded anew.
export function draft(text) {
  try {
    if (text !== undefined) sessionStorage.setItem("dateline.draft", text);
    return sessionStorage.getItem("dateline.draft") || "";
  } catch {
    return "";
  }
}

export function preference(name, value) {
  try {
    if (value !== undefined) localStorage.setItem(`dateline.${name}`, value);
    return localStorage.getItem(`dateline.${name}`) || "";
  } catch {
    return "";
  }
}
