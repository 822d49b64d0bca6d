"""The program itself in a real browser: seeds, index, tiny model, page."""

from __future__ import annotations

import embedding
import httpx
from embedding import Elsewhere
from playwright.sync_api import expect
from served import Served
from visiting import Visit, box

QUESTION = "What did Israel want Russia to halt?"


def test_answers_a_question_and_opens_its_evidence(visit: Visit, real: Served) -> None:
    """A question on the reports is answered with numbers that open exactly the cited sentence."""
    page = visit(real)
    box(page).fill(QUESTION)
    box(page).press("Enter")
    expect(page.locator("#dl-sources a.dl-source").first).to_be_visible(timeout=30_000)
    expect(page.locator(".dl-answered")).to_be_visible(timeout=60_000)
    link = page.locator(".dl-answer a.dl-cite").first
    quote = link.get_attribute("data-quote")
    link.click()
    cited = page.locator("#dl-reader mark")
    expect(cited.first).to_be_in_viewport()
    assert quote
    assert " ".join(" ".join(cited.all_text_contents()).split()) == quote


def test_page_and_api_give_the_same_answer(visit: Visit, real: Served) -> None:
    """What the page shows is what the API returns."""
    body = {"question": QUESTION}
    answer = httpx.post(f"{real.url}/api/ask", json=body, timeout=120).json()
    page = visit(real)
    box(page).fill(QUESTION)
    box(page).press("Enter")
    expect(page.locator(".dl-answered")).to_be_visible(timeout=60_000)
    shown = " ".join(page.locator(".dl-answer").inner_text().split())
    for sentence in answer["sentences"]:
        assert sentence["text"] in shown


def test_says_so_when_the_reports_do_not_tell(visit: Visit, real: Served) -> None:
    """A question about something that no report mentions gets no claim."""
    page = visit(real)
    box(page).fill("What does the bakery on Mulberry Lane charge for croissants?")
    box(page).press("Enter")
    expect(page.locator(".dl-abstained")).to_be_visible(timeout=60_000)
    expect(page.locator(".dl-answered")).to_have_count(0)


def test_examples_come_from_the_collection(visit: Visit, real: Served) -> None:
    """The first page offers questions and lists the reports."""
    page = visit(real)
    expect(page.locator(".dl-ask-this").first).to_be_visible(timeout=60_000)
    expect(page.locator("#dl-sources a.dl-source")).to_have_count(5)


def test_the_widget_opens_the_evidence_from_another_site(visit: Visit, real: Served, site: Elsewhere) -> None:
    """On a page of another origin: the marked sentence is the text of the report that the citation names."""
    page = visit(site.url, path=site.embed(real.url, 'mode="inline"'))
    page.evaluate("addEventListener('dateline-citation', (event) => { window.cited = event.detail.citation; })")
    reply = embedding.ask(page, QUESTION)
    expect(reply.locator(".status.answered")).to_be_visible()
    reply.locator(".body .cite").first.click()
    marked = page.locator(".report mark")
    expect(marked.first).to_be_in_viewport()
    cited = page.evaluate("window.cited")
    text = httpx.get(f"{real.url}/api/documents/{cited['document_id']}").json()["text"]
    assert text[cited["start"] : cited["end"]] == cited["quote"]
    assert "".join(marked.all_text_contents()).split() == cited["quote"].split()
