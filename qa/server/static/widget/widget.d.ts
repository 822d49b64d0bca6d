// Types of the Dateline widget: the element <dateline-chat>, its properties, methods and events.

/** What a number in an answer points to: the report's text from `start` to `end`, counted in code points. */
export interface DatelineCitation {
  number: number;
  document_id: string;
  title: string;
  publisher: string | null;
  /** ISO 8601, or null. */
  published: string | null;
  uri: string;
  start: number;
  end: number;
  quote: string;
  event_date: string | null;
  event_place: string | null;
}

/** The answer object of `POST /api/ask`, as the server sent it. */
export interface DatelineAnswer {
  question: string;
  standalone_question: string;
  status: "answered" | "abstained" | "ambiguous";
  answer: string;
  sentences: { text: string; citations: number[]; origin: string }[];
  citations: DatelineCitation[];
  disagreements: { about: string; values: { value: string; citation: number }[] }[];
  nearest: DatelineCitation[];
  choices: { label: string; citation: number }[];
  model: string;
  degraded: boolean;
  notice: string;
  answer_id: string;
  timings_ms: { retrieve: number; first_token: number; total: number };
}

/** `code` is that of the server, or "offline", "lost", "too_large"; `status` is 0 where no response came. */
export interface DatelineProblem {
  question: string;
  code: string;
  message: string;
  hint: string;
  status: number;
  /** Seconds after which it is worth asking again, 0 where the server named none. */
  wait: number;
}

export interface DatelineChatEventMap {
  "dateline-open": CustomEvent<Record<string, never>>;
  "dateline-close": CustomEvent<Record<string, never>>;
  "dateline-answer": CustomEvent<{ question: string; answer: DatelineAnswer }>;
  /** A number was pressed. After `preventDefault()` the widget does not open the report itself. */
  "dateline-citation": CustomEvent<{ citation: DatelineCitation; question: string; answer_id: string }>;
  "dateline-error": CustomEvent<DatelineProblem>;
}

export interface DatelineChatElement extends HTMLElement {
  /** The server that is asked; without it the one that the script came from. */
  apiBase: string;
  mode: "launcher" | "inline";
  position: "bottom-right" | "bottom-left" | "top-right" | "top-left";
  theme: "auto" | "light" | "dark";
  heading: string;
  placeholder: string;
  /** Questions offered before the first one is asked; the attribute is a JSON list. */
  starters: string[];
  storage: "session" | "local" | "none";
  collection: string;
  /** A public site id; no secret. */
  site: string;

  /** Opens the panel and puts the focus into the question box. */
  open(): void;
  close(): void;
  /** Asks a question; null where no answer came, or one is on its way already. */
  ask(text: string): Promise<DatelineAnswer | null>;
  /** Begins a new conversation; what was kept of the old one is gone. */
  reset(): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "dateline-chat": DatelineChatElement;
  }
  interface HTMLElementEventMap extends DatelineChatEventMap {}
  interface DocumentEventMap extends DatelineChatEventMap {}
}
