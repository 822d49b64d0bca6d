// Asks the server: one request, its events as they come, and every way in which it can fail as one kind of error.

import { fromJson, own, toJson } from "./base.js";
import * as clean from "./clean.js";

const FIRST_MS = 120_000; // until the server begins to answer
const STALL_MS = 60_000; // without any sign of life; the server sends one every fifteen seconds
const MOST_CHARS = 8_000_000;
const LONGEST_WAIT = 86_400;
const fetched = globalThis.fetch;

// `status` is that of HTTP, 0 where none came; `wait` the seconds after which it is worth asking again, or 0.
export class Failure extends Error {
  constructor(code, message = "", hint = "", status = 0, wait = 0) {
    super(message || code);
    this.code = code;
    this.told = message;
    this.hint = hint;
    this.status = status;
    this.wait = wait;
  }
}

// Where the documents of the widget's collection are, or one of them.
export function documentsAt({ collection }, id = "") {
  const path = id ? `/api/documents/${encodeURIComponent(id)}` : "/api/documents";
  return collection ? `${path}?collection=${encodeURIComponent(collection)}` : path;
}

export async function request(server, path, body = null, signal = null) {
  const headers = { __proto__: null };
  if (body) headers["content-type"] = "application/json";
  if (server.site) headers["x-dateline-site"] = server.site;
  const init = {
    __proto__: null,
    method: body ? "POST" : "GET",
    mode: "cors",
    credentials: "omit",
    cache: "no-store",
    headers,
  };
  if (body) init.body = toJson(body);
  if (signal) init.signal = signal;
  let response;
  try {
    response = await fetched.call(globalThis, `${server.api}${path}`, init);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Failure("offline");
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

async function refusal(response) {
  let told = "";
  try {
    told = await response.text();
  } catch {
    // The status alone has to do.
  }
  const { code, message, hint } = clean.problem(own(fromJson(told), "error"));
  const { status } = response;
  const wait = status === 429 || status === 503 ? waitOf(response.headers.get("retry-after")) : 0;
  return new Failure(code || "other", message || `${status} ${response.statusText}`.trim(), hint, status, wait);
}

// Seconds, from a number of them or from a date; five where nothing can be read.
function waitOf(header) {
  const given = /^\d+$/.test(header || "") ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(given) ? Math.min(Math.max(Math.ceil(given), 1), LONGEST_WAIT) : 5;
}

// Asks `question`; calls `on.sources` and `on.sentence` as they come and gives back the answer as it was sent.
export async function answerTo(server, question, on, signal) {
  const watch = new Watch(signal);
  try {
    watch.expect(FIRST_MS);
    const response = await request(server, "/api/ask", question, watch.signal);
    const found = await finalOf(response, on, watch);
    if (!clean.answer(found)) throw new Failure("lost");
    return found;
  } catch (error) {
    if (error instanceof Failure || signal.aborted) throw error;
    throw new Failure("lost");
  } finally {
    watch.end();
  }
}

async function finalOf(response, on, watch) {
  if (!(response.headers.get("content-type") || "").startsWith("text/event-stream")) {
    return fromJson(await response.text()); // a server between that waits for the whole answer
  }
  let known = new Map();
  for await (const event of eventsOf(response.body, watch)) {
    const data = fromJson(event.data);
    if (event.name === "sources") {
      const cited = clean.citations(own(data, "citations"));
      known = clean.byNumber(cited);
      on.sources(cited);
    } else if (event.name === "sentence") {
      const found = clean.sentence(data, known);
      if (found) on.sentence(found);
    } else if (event.name === "error") {
      const { code, message, hint } = clean.problem(own(data, "error"));
      throw new Failure(code || "other", message, hint);
    } else if (event.name === "final") {
      return data;
    }
  }
  return null;
}

// Server-sent events; one that is not ended by an empty line was cut off and does not count.
async function* eventsOf(body, watch) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let [rest, name, data] = ["", "", ""];
  try {
    for (;;) {
      watch.expect(STALL_MS);
      const step = await reader.read();
      if (step.done) return;
      rest += decoder.decode(step.value, { __proto__: null, stream: true });
      const lines = rest.split(/\r\n|\n|\r(?!$)/); // a last \r may be half of \r\n
      rest = lines.pop();
      for (const line of lines) {
        const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line);
        if (field === "event") name = value;
        if (field === "data") data += (data && "\n") + value;
        if (line) continue;
        if (data) yield { __proto__: null, name, data };
        [name, data] = ["", ""];
      }
      if (rest.length + data.length > MOST_CHARS) throw new Failure("lost");
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

// Ends the request when the reader stops it, or when nothing comes for too long.
class Watch {
  #abort = new AbortController();
  #clock = 0;

  constructor(signal) {
    signal.addEventListener("abort", () => this.#abort.abort());
    if (signal.aborted) this.#abort.abort();
  }

  get signal() {
    return this.#abort.signal;
  }

  expect(milliseconds) {
    clearTimeout(this.#clock);
    this.#clock = setTimeout(() => this.#abort.abort(), milliseconds);
  }

  end() {
    clearTimeout(this.#clock);
  }
}
