// A document's values put right: a dialog with each of them, where it stands, and what came of saving.

import { call } from "./uploads.js";
import { announce, element, word } from "./state.js";

const FIELDS = {
  title: "field_title",
  publisher: "field_publisher",
  author: "field_author",
  published: "field_published",
  event_date: "field_event_date",
  event_place: "field_event_place",
  language: "field_language",
};
const DAYS = ["published", "event_date"];

export async function putRight(id) {
  const path = `api/documents/${encodeURIComponent(id)}`;
  const { body } = await call("GET", path);
  if (!body) return;
  if (body.error) announce(body.error.message, true);
  else show(path, body);
}

function show(path, known) {
  const dialog = element("dialog", "dl-key dl-correct", "", { "aria-labelledby": "dl-correct-heading" });
  const form = element("form", "", "", { method: "dialog" });
  form.append(element("h2", "", word("correct"), { id: "dl-correct-heading" }));
  const inputs = Object.keys(FIELDS).map((field) => row(form, field, known));
  const trouble = element("p", "dl-trouble", "", { role: "alert" });
  const buttons = element("div", "dl-row");
  const cancel = element("button", "dl-quiet", word("cancel"), { type: "button" });
  cancel.addEventListener("click", () => dialog.close());
  buttons.append(cancel, element("button", "dl-choose", word("save"), { type: "submit" }));
  form.append(element("p", "dl-meta", word("correct_hint")), trouble, buttons);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(path, changes(inputs, known), dialog, trouble);
  });
  dialog.addEventListener("close", () => dialog.remove());
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
}

function row(form, field, known) {
  const name = `dl-correct-${field}`;
  const value = known[field] || "";
  const input = element("input", "", "", { id: name, name: field, type: DAYS.includes(field) ? "date" : "text", maxlength: "500", "aria-describedby": `${name}-basis` });
  input.value = value;
  const basis = known.corrected.includes(field) ? word("corrected") : known.basis[field] || "";
  form.append(element("label", "", word(FIELDS[field]), { for: name }), input, element("p", "dl-meta", basis, { id: `${name}-basis` }));
  return input;
}

// What was typed anew; a correction whose field was emptied is taken back.
function changes(inputs, known) {
  const given = {};
  for (const input of inputs) {
    const value = input.value.trim();
    if (value === (known[input.name] || "")) continue;
    if (value || known.corrected.includes(input.name)) given[input.name] = value || null;
  }
  return given;
}

async function save(path, given, dialog, trouble) {
  if (!Object.keys(given).length) {
    dialog.close();
    return;
  }
  const { body } = await call("PATCH", path, given);
  if (!body) return;
  if (body.error) {
    trouble.textContent = [body.error.message, body.error.hint].filter(Boolean).join(" ");
    return;
  }
  dialog.close();
  announce(word("put_right", { title: body.title }), true);
}
