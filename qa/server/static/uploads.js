// Documents brought in and taken out: files are sent to the HTTP API, a few at a time, each with its state.

import { addressOf, announce, byId, element, state, tell, word } from "./state.js";

const MOST_AT_ONCE = 16;
const DONE = ["added", "replaced", "unchanged"]; // states that the server names, and words for them
let allowed = "no"; // "free", "key" or "no"
let key = ""; // kept no longer than the page
let waiting = []; // files that were chosen, each with its row
let request = null; // the one under way
let narrowed = () => {};

// Draws the place that files are chosen in or dropped on, where documents may be changed at all.
export function offer(changing, onRemoved) {
  allowed = changing;
  narrowed = onRemoved;
  const place = byId("dl-add");
  const rows = byId("dl-incoming") || element("ul", "", "", { id: "dl-incoming" });
  place.replaceChildren();
  place.hidden = allowed === "no";
  if (place.hidden) return;
  const input = element("input", "dl-unseen", "", { type: "file", multiple: "", id: "dl-files" });
  input.addEventListener("change", () => {
    take(input.files);
    input.value = "";
  });
  const choose = element("label", "dl-choose", word("add"), { for: "dl-files" });
  const told = byId("dl-progress") || element("p", "dl-meta", "", { id: "dl-progress", role: "status", hidden: "" });
  place.append(input, choose, element("span", "dl-meta", word("drop")), told, rows);
}

function take(files) {
  for (const file of files) waiting.push({ file, row: row(file), collection: state.collection });
  if (!request) sendAll();
}

function row(file) {
  const made = element("li");
  const cancel = element("button", "dl-remove", "×", { type: "button", "aria-label": `${word("cancel")}: ${file.name}`, title: word("cancel") });
  cancel.addEventListener("click", () => stop(made));
  made.append(element("span", "dl-file", file.name, { dir: "auto" }), element("span", "dl-fate", word("waiting")), cancel);
  byId("dl-incoming").append(made);
  return made;
}

// One that waits is taken out of the row; of those under way all end, as they are one request.
function stop(made) {
  const at = waiting.findIndex((one) => one.row === made);
  if (at < 0) {
    if (request) request.abort();
    return;
  }
  waiting.splice(at, 1);
  fate(made, word("cancelled"), "over");
}

function fate(made, text, kind = "") {
  made.querySelector(".dl-fate").textContent = text;
  made.className = kind ? `dl-${kind}` : "";
  if (kind) made.querySelector("button")?.remove();
}

async function sendAll() {
  let all = 0;
  let added = 0;
  const begun = performance.now();
  while (waiting.length) {
    progress(all, begun);
    const other = waiting.findIndex((one) => one.collection !== waiting[0].collection);
    const batch = waiting.splice(0, Math.min(MOST_AT_ONCE, other < 0 ? MOST_AT_ONCE : other));
    const { status, body } = await send(batch);
    if (status === 401 && (await askKey())) {
      waiting.unshift(...batch);
      continue;
    }
    all += batch.length;
    added += settle(batch, status, body);
  }
  progress(0, begun);
  if (!all) return;
  announce(word("finished", { added, all }), true);
  changed();
}

// How many files are done of how many, how many come a minute, and how long the rest may take.
function progress(done, begun) {
  const place = byId("dl-progress");
  const left = waiting.length;
  place.hidden = !done || !left;
  const minutes = (performance.now() - begun) / 60_000;
  const rate = done / Math.max(minutes, 0.001);
  if (!place.hidden) place.textContent = word("progress", { done, all: done + left, rate: Math.round(rate), left: Math.max(1, Math.round(left / rate)) });
}

// Says of each file what came of it; gives back how many are indexed.
function settle(batch, status, body) {
  if (status === 0) {
    for (const one of batch) fate(one.row, word(body === null ? "cancelled" : "offline"), "over");
    return 0;
  }
  const trouble = body.error ? [body.error.message, body.error.hint].filter(Boolean).join(" ") : "";
  const came = body.files || [];
  batch.forEach(({ row: made }, at) => {
    const lost = trouble || !DONE.includes(came[at].state);
    const told = trouble ? [trouble] : [lost ? "" : word(came[at].state), came[at].reason];
    fate(made, told.filter(Boolean).join(": "), lost ? "failed" : "over");
  });
  return trouble ? 0 : came.filter((one) => DONE.includes(one.state)).length;
}

// The status and the body; status 0 with null when it was cancelled, with {} when the server is not there.
function send(batch) {
  return new Promise((done) => {
    const form = new FormData();
    for (const { file } of batch) form.append("files", file, file.name);
    request = new XMLHttpRequest();
    request.open("POST", addressOf("api/documents", batch[0].collection));
    if (key) request.setRequestHeader("Authorization", `Bearer ${key}`);
    request.upload.addEventListener("progress", (event) => {
      const percent = Math.floor((100 * event.loaded) / Math.max(event.total, 1));
      for (const one of batch) fate(one.row, percent < 100 ? word("sending", { percent }) : word("reading"));
    });
    const end = (status, body) => {
      request = null;
      done({ status, body });
    };
    request.addEventListener("load", (event) => end(event.target.status, parsed(event.target.responseText)));
    request.addEventListener("error", () => end(0, {}));
    request.addEventListener("abort", () => end(0, null));
    request.send(form);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text) || {};
  } catch {
    return { error: { message: text.slice(0, 200), hint: "" } };
  }
}

// Takes a document out, when that is meant.
export async function takeOut(id, title) {
  if (!window.confirm(word("take_out_sure", { title }))) return;
  const { body } = await call("DELETE", `api/documents/${encodeURIComponent(id)}`);
  if (!body) return;
  announce(body.error ? body.error.message : word("taken_out", { title }), true);
  if (!body.error) narrowed(id);
}

// Asks the API, with the key once it wants one; the page shows what it changed. Without `body` nothing came back,
// which was told.
export async function call(method, path, given = null) {
  const headers = key ? { Authorization: `Bearer ${key}` } : {};
  if (given) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(addressOf(path), { method, headers, body: given && JSON.stringify(given) });
  } catch {
    announce(word("offline"), true);
    return {};
  }
  if (response.status === 401) return (await askKey()) ? call(method, path, given) : {};
  const body = parsed(await response.text());
  if (method !== "GET") changed();
  return { body };
}

function changed() {
  tell("changed", { exchanges: state.exchanges, within: state.within });
}

// The key from whoever sits there; false when they would rather not.
function askKey() {
  return new Promise((done) => {
    const dialog = element("dialog", "dl-key");
    const form = element("form", "", "", { method: "dialog" });
    const input = element("input", "", "", { type: "password", id: "dl-admin-key", autocomplete: "off", required: "" });
    const buttons = element("div", "dl-row");
    const cancel = element("button", "dl-quiet", word("cancel"), { type: "button" });
    cancel.addEventListener("click", () => dialog.close());
    buttons.append(cancel, element("button", "dl-choose", word("go_on"), { type: "submit" }));
    form.append(element("label", "", word("admin_key"), { for: "dl-admin-key" }), input, buttons);
    let given = "";
    form.addEventListener("submit", () => (given = input.value.trim()));
    dialog.append(form);
    dialog.addEventListener("close", () => {
      dialog.remove();
      key = given || key;
      done(Boolean(given));
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

const carriesFiles = (event) => allowed !== "no" && event.dataTransfer && [...event.dataTransfer.types].includes("Files");

// Files may be dropped anywhere on the page; `show` brings up the place where their state is seen.
export function watchDrops(show) {
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    document.body.classList.add("dl-dropping");
  });
  for (const name of ["dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      if (name === "drop" || !event.relatedTarget) document.body.classList.remove("dl-dropping");
    });
  }
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    show();
    take(event.dataTransfer.files);
  });
}
