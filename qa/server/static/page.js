// Opens a report in the evidence panel when one of its citations is pressed. Without this script the same
// links open the report as a page of its own.
(() => {
  const links = "a[href*='reader/']";
  let opener = null;
  let latest = 0;

  const byId = (id) => document.getElementById(id);

  function calm() {
    return window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  }

  function mark(link) {
    document.querySelectorAll(links).forEach((other) => other.removeAttribute("aria-current"));
    if (link) link.setAttribute("aria-current", "true");
  }

  function backButton() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "dl-back";
    button.textContent = "Back";
    button.setAttribute("aria-label", "Back to the sources");
    button.addEventListener("click", () => close(true));
    return button;
  }

  function show(reader, html) {
    reader.innerHTML = html; // escaped by the server
    (reader.querySelector("header") || reader).prepend(backButton());
    byId("dl-side").classList.add("dl-reading");
    const cited = reader.querySelector("#cited");
    (cited || reader).scrollIntoView({ block: cited ? "center" : "start", behavior: calm() });
    (cited || reader).focus({ preventScroll: true });
  }

  async function open(link) {
    const reader = byId("dl-reader");
    const turn = ++latest;
    const url = new URL(link.href);
    url.hash = "";
    url.searchParams.set("part", "true");
    let html = "";
    try {
      const response = await fetch(url);
      if (!response.ok) throw new Error(response.statusText);
      html = await response.text();
    } catch {
      html = '<p class="dl-empty" role="alert">The report could not be loaded. Press the number again.</p>';
    }
    if (turn !== latest) return; // another one was pressed meanwhile
    opener = link;
    mark(link);
    show(reader, html);
  }

  function close(giveFocusBack) {
    latest += 1;
    const side = byId("dl-side");
    if (!side || !side.classList.contains("dl-reading")) return;
    side.classList.remove("dl-reading");
    mark(null);
    if (giveFocusBack && opener && opener.isConnected) opener.focus();
    opener = null;
  }

  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest && event.target.closest(links);
      if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      open(link);
    },
    true,
  );
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close(true);
  });
  let asked = 0;
  new MutationObserver(() => {
    // Gradio labels every message with its source text, here HTML; its content is the better label.
    document.querySelectorAll("#dl-chat [data-testid][aria-label]").forEach((message) => {
      message.removeAttribute("aria-label");
    });
    // In one column the page itself scrolls: bring each new question to its top.
    const questions = document.querySelectorAll("#dl-chat .dl-question");
    if (questions.length > asked && !window.matchMedia("(min-width: 900px)").matches) {
      questions[questions.length - 1].scrollIntoView({ block: "start", behavior: calm() });
    }
    asked = questions.length;
  }).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["aria-label"] });
  window.dateline = { close: () => close(false) };
})();
