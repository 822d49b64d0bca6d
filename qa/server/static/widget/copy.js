// An answer as text to keep, with its numbered sources.

import { make } from "./base.js";
import { oneLine } from "./passages.js";
import { joined } from "./words.js";

export function transcript({ question, answer }, words) {
  const blocks = [oneLine(question)];
  if (answer.status !== "answered") blocks.push(`${words.say(`status.${answer.status}`)}.`);
  else if (answer.disagreements.length) blocks.push(`${words.say("status.disagree")}.`);
  for (const { text, citations, origin } of answer.sentences) {
    const said = origin === "quote" ? `“${oneLine(text)}”` : oneLine(text);
    blocks.push(joined(" ", said, marks(citations)));
  }
  if (answer.notice) blocks.push(answer.notice);
  const cited = answer.citations.length ? answer.citations : answer.nearest;
  let listed = cited.length ? `${words.say(answer.citations.length ? "answer.sources" : "answer.nearest")}:` : "";
  for (const one of cited) {
    const date = words.day(one.published) || words.say("transcript.undated");
    listed += `\n[${one.number}] ${joined(", ", oneLine(one.title), one.publisher, date)}`;
    listed += `\n    “${oneLine(one.quote)}”`;
  }
  if (listed) blocks.push(listed);
  return blocks.join("\n\n");
}

function marks(citations) {
  let all = "";
  for (const number of citations) all += `${all && " "}[${number}]`;
  return all;
}

// Whether the text lies on the clipboard now. Pages without a secure connection have only the old way.
export async function copied(text, root) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = root.appendChild(make("textarea", "unseen", "", { "aria-hidden": "true", tabindex: "-1" }));
    const before = root.getRootNode().activeElement;
    field.value = text;
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    before?.focus();
    return done;
  }
}
