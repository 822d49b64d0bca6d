// Conversations kept in this browser, each under a key of its own, so that tabs do not undo each other's; the
// keys' beginning says in which form.

const PREFIX = "dateline.conversation.v1.";
const MOST_CONVERSATIONS = 40;
export const MOST_EXCHANGES = 60;
const MOST_CHARACTERS = 3_000_000;
const LONGEST_TITLE = 80;

// The keys of all conversations, with what is kept under each; what cannot be read is passed over.
function kept() {
  const found = [];
  try {
    for (let at = 0; at < localStorage.length; at += 1) {
      const key = localStorage.key(at);
      if (!key || !key.startsWith(PREFIX)) continue;
      const text = localStorage.getItem(key) || "";
      found.push({ id: key.slice(PREFIX.length), size: text.length, ...read(text) });
    }
  } catch {
    return [];
  }
  return found.sort((one, other) => other.changed - one.changed);
}

function read(text) {
  try {
    const { changed, collection, exchanges } = JSON.parse(text);
    const kept = Array.isArray(exchanges) ? exchanges : [];
    return { changed: Number(changed) || 0, collection: String(collection || ""), exchanges: kept };
  } catch {
    return { changed: 0, collection: "", exchanges: [] };
  }
}

export function conversations() {
  return kept()
    .filter((one) => one.exchanges.length)
    .map((one) => ({ id: one.id, changed: one.changed, collection: one.collection, title: title(one) }));
}

function title(one) {
  const question = String((one.exchanges[0] || {}).question || "…").replace(/\s+/g, " ").trim();
  return question.length > LONGEST_TITLE ? `${question.slice(0, LONGEST_TITLE)} …` : question;
}

// A conversation's exchanges, and the collection that it belongs to.
export function load(id) {
  try {
    return read(localStorage.getItem(PREFIX + id) || "");
  } catch {
    return read("");
  }
}

// Keeps a conversation, and as many of the others as there is room for; false where the browser keeps nothing.
export function save(id, collection, exchanges) {
  const mine = { changed: Date.now(), collection, exchanges: exchanges.slice(-MOST_EXCHANGES) };
  while (JSON.stringify(mine).length > MOST_CHARACTERS && mine.exchanges.length > 1) mine.exchanges.shift();
  const text = JSON.stringify(mine);
  const others = kept().filter((one) => one.id !== id);
  let room = MOST_CHARACTERS - text.length;
  others.forEach((one, place) => {
    room -= one.size;
    if (room < 0 || place >= MOST_CONVERSATIONS - 1) remove(one.id);
  });
  for (;;) {
    try {
      localStorage.setItem(PREFIX + id, text);
      return true;
    } catch {
      const oldest = kept().filter((one) => one.id !== id).pop();
      if (!oldest || !remove(oldest.id)) return false;
    }
  }
}

export function remove(id) {
  try {
    localStorage.removeItem(PREFIX + id);
    return true;
  } catch {
    return false;
  }
}

export function removeAll() {
  for (const one of kept()) remove(one.id);
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

let release = () => {};

// Holds a conversation for this tab until it shows another or closes; calls `refused` where another tab of this
// browser holds it already, as after a tab was duplicated.
export function hold(id, refused) {
  release();
  release = () => {};
  if (!id || !navigator.locks) return;
  navigator.locks.request(PREFIX + id, { ifAvailable: true }, (lock) => {
    if (lock) return new Promise((done) => (release = done));
    return refused();
  });
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
