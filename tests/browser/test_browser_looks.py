"""How the page looks and behaves: accessibility by axe, languages, contrast schemes, print, no jumps."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from served import Served
from stub_dateline import SPAN
from visiting import DESKTOP, NARROW, Visit, ask, ask_and_wait, assert_no_sideways_scroll, box, whole

SERIOUS = {"serious", "critical"}


def findings(page: Page) -> list[str]:
    """What axe finds seriously wrong with the page as it is."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['html'][:120]}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("size", [DESKTOP, NARROW], ids=["desktop", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit: Visit, scripted: Served, size: tuple[int, int], scheme: str) -> None:
    """On the empty page, with every kind of answer, with a report, the menu, the documents, and a comment."""
    page = visit(scripted, size, scheme)
    expect(page.locator(".dl-ask-this").first).to_be_visible()
    assert findings(page) == []
    for question in ("How long is the bridge?", "Disagree?", "Which one?", "fail", "What did nobody report?"):
        reply = ask_and_wait(page, question)
    reply.get_by_role("button", name="Not helpful").click()
    page.locator(".dl-entry").first.click()
    assert findings(page) == []
    reply.locator(".dl-answer a.dl-cite").first.click()
    expect(page.locator("#cited")).to_be_visible()
    assert findings(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Documents").click()
    page.get_by_role("button", name="Menu").click()
    assert findings(page) == []


def test_a_report_of_its_own_passes_axe(visit: Visit, scripted: Served) -> None:
    """The page that a number leads to without the script."""
    page = visit(scripted, path=f"/reader/{SPAN.document_id}?start={SPAN.start}&end={SPAN.end}#cited")
    assert findings(page) == []


def test_the_page_speaks_german_where_the_browser_does(visit: Visit, scripted: Served) -> None:
    """Everything of the interface and nothing of the reports; the address overrides the browser."""
    page = visit(scripted, locale="de-DE")
    field = page.get_by_role("textbox", name="Frage")
    field.fill("How long is the bridge?")
    field.press("Enter")
    reply = whole(page, 0)
    expect(reply).to_contain_text("Beantwortet aus 2 Berichten")
    expect(reply).to_contain_text("The bridge is 412 metres long.")
    expect(reply.locator(".dl-quote").first).to_contain_text("Harbour Post · 6. Mai 2021")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    reply.locator(".dl-answer a.dl-cite").first.click()
    expect(page.locator("#dl-reader")).to_contain_text("Ereignis: Porto Novo, 4. Mai 2021")
    for word in ("Answered", "New chat", "Event:", "Sources", "Documents"):
        expect(page.locator("body")).not_to_contain_text(word)
    english = visit(scripted, locale="de-DE", path="/?lang=en")
    expect(english.get_by_role("button", name="New chat")).to_be_visible()
    expect(english.locator("html")).to_have_attribute("lang", "en")


def test_the_menu_changes_appearance_and_language(visit: Visit, scripted: Served) -> None:
    """Both are remembered by the browser."""
    page = visit(scripted)
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("body.dark")).to_have_count(1)
    visit.reload(page)
    expect(page.locator("body.dark.dl-ready")).to_have_count(1)
    page.get_by_role("button", name="Menu").click()
    with visit.leaving():
        page.get_by_role("link", name="Deutsch").click()
        expect(page.get_by_role("button", name="Neuer Chat")).to_be_visible()
        page.goto(scripted.url)
    expect(page.get_by_role("button", name="Neuer Chat")).to_be_visible()


def test_paper_shows_answers_and_sources_alone(visit: Visit, scripted: Served) -> None:
    """Printed, the chrome is gone and the sources are open."""
    page = visit(scripted, color_scheme="dark")
    reply = ask_and_wait(page, "How long is the bridge?")
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(reply.locator(".dl-references")).to_contain_text(SPAN.quote)
    expect(reply.locator(".dl-references .dl-said").first).to_be_visible()
    for gone in ("#dl-ask", "#dl-time", "#dl-side", ".dl-acts", ".dl-tools", ".dl-suggestions"):
        expect(page.locator(gone).first).to_be_hidden()
    colour = page.locator(".dl-question").evaluate("one => getComputedStyle(one).color")
    assert colour == "rgb(0, 0, 0)"


def test_nothing_jumps_while_an_answer_comes(visit: Visit, scripted: Served) -> None:
    """The question stays where it is from the first sentence to the suggestions, and so does the box."""
    page = visit(scripted)
    ask_and_wait(page, "What did nobody report?")
    ask(page, "endless answer, please")
    expect(page.locator(".dl-sentence").first).to_be_visible()
    places = [page.locator(".dl-question").last.bounding_box(), box(page).bounding_box()]
    shifts = """() => new Promise((done) => {
      const found = [];
      new PerformanceObserver((list) => found.push(...list.getEntries().map((one) => one.value)))
        .observe({ type: "layout-shift", buffered: false });
      window.shifts = found;
      done();
    })"""
    page.evaluate(shifts)
    page.wait_for_function("document.querySelectorAll('.dl-sentence').length > 8")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".dl-stopped")).to_be_visible()
    assert [page.locator(".dl-question").last.bounding_box(), box(page).bounding_box()] == places
    assert page.evaluate("window.shifts.reduce((sum, one) => sum + one, 0)") < 0.02


def test_right_to_left_text_runs_its_own_way(visit: Visit, scripted: Served) -> None:
    """In the box, in the question and in a report."""
    page = visit(scripted)
    ask_and_wait(page, "שלום עולם?")
    direction = "one => getComputedStyle(one).direction"
    assert page.locator(".dl-question").evaluate(direction) == "rtl"
    box(page).fill("שלום")
    assert box(page).evaluate(direction) == "rtl"
    reply = ask_and_wait(page, "hostile")
    reply.locator(".dl-answer a.dl-cite").first.click()
    assert page.locator("#dl-reader .dl-text p").last.evaluate(direction) == "rtl"


def test_the_skip_link_leads_to_the_box(visit: Visit, scripted: Served) -> None:
    """It is the first stop of the keyboard."""
    page = visit(scripted)
    expect(page.locator(".dl-ask-this").first).to_be_visible()
    page.locator(".dl-skip").focus()
    expect(page.locator(".dl-skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(box(page)).to_be_focused()


def test_a_narrow_page_never_scrolls_sideways(visit: Visit, scripted: Served) -> None:
    """At 360 pixels: every kind of answer, a report, the documents, the menu."""
    page = visit(scripted, NARROW)
    for question in ("How long is the bridge?", "Disagree?", "Which one?", "hostile", "x" * 300):
        ask_and_wait(page, question)
        assert_no_sideways_scroll(page)
    page.locator(".dl-reply .dl-answer a.dl-cite").last.click()
    expect(page.locator("#cited")).to_be_in_viewport()
    assert_no_sideways_scroll(page)
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Documents").click()
    assert_no_sideways_scroll(page)
