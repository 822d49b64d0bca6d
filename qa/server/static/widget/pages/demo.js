// The demonstration page: options become attributes, the snippet follows them, events are listed.

const MOST_EVENTS = 100;
const EVENTS = ["dateline-open", "dateline-close", "dateline-answer", "dateline-citation", "dateline-error"];
const PLAIN = { mode: "launcher", position: "bottom-right", theme: "auto", lang: "en", heading: "", accent: "" };
const address = new URL("../widget.js", import.meta.url).href;
const options = document.getElementById("options");
const corner = document.getElementById("corner");
const inline = document.getElementById("inline");
const snippet = document.getElementById("snippet");
const usual = options.elements.accent.value;

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

function chosen() {
  const found = Object.fromEntries(new FormData(options));
  if (found.accent === usual) found.accent = "";
  return found;
}

function show() {
  const { accent, mode, ...attributes } = chosen();
  for (const widget of [corner, inline]) {
    for (const [name, value] of Object.entries(attributes)) {
      if (value) widget.setAttribute(name, value);
      else widget.removeAttribute(name);
    }
    for (const name of ["--dateline-accent", "--dateline-accent-strong"]) {
      if (accent) widget.style.setProperty(name, accent);
      else widget.style.removeProperty(name);
    }
  }
  let written = "";
  for (const [name, value] of Object.entries({ mode, ...attributes })) {
    if (value !== PLAIN[name]) written += ` ${name}="${escaped(value)}"`;
  }
  const style = accent ? `\n<style>dateline-chat { --dateline-accent: ${accent}; }</style>` : "";
  snippet.textContent =
    `<script type="module" src="${escaped(address)}"></script>\n<dateline-chat${written}></dateline-chat>${style}`;
}

async function copy() {
  const said = document.getElementById("copied");
  try {
    await navigator.clipboard.writeText(snippet.textContent);
    said.textContent = "Copied.";
  } catch {
    said.textContent = "The browser did not allow copying.";
  }
}

function note(event) {
  const list = document.getElementById("events");
  const line = document.createElement("li");
  line.textContent = `#${event.target.id} ${event.type} ${JSON.stringify(event.detail).slice(0, 300)}`;
  list.prepend(line);
  while (list.childElementCount > MOST_EVENTS) list.lastElementChild.remove();
}

// Where the server asks for a key, `/widget/demo?site=ID` shows the widgets of a site.
const site = new URLSearchParams(location.search).get("site");
for (const widget of site ? [corner, inline] : []) widget.setAttribute("site", site);
options.addEventListener("input", show);
options.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("copy").addEventListener("click", copy);
for (const name of EVENTS) document.addEventListener(name, note);
show();
