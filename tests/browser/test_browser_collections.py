"""Several collections in the chat's own page and in the widget, with the program itself behind them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from embedding import Elsewhere
from embedding import ask as ask_widget
from playwright.sync_api import Locator, Page, expect
from served import ROOT, Served, environment, served
from support import free_port
from visiting import NARROW, Visit, ask, ask_and_wait, assert_no_sideways_scroll, whole

FERRY = "The ferry Alma sank at Hald on Monday. Captain Ida Vey was not on board."
BARGE = "The barge Otto sank at Reval on Friday. Captain Jon Rask swam ashore."
LOCK = "Mayor Ada Brook opened the new lock in Reval on Sunday. The lock cost 12 million crowns."
QUESTION = "What sank?"


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory, site: Elsewhere) -> Iterator[Served]:
    """The program over two collections, of one report each; pages of one site may use it."""
    folder = tmp_path_factory.mktemp("several")
    for name, text in (("ferry", FERRY), ("barge", BARGE)):
        (folder / name).mkdir()
        (folder / name / f"{name}.txt").write_text(text)
    settings = {"QA_LLM_TIER": "none", "QA_SEED_DIR": str(folder / "ferry"), "QA_SITES": f"news={site.url}"}
    subprocess.run(
        [sys.executable, "-m", "qa", "ingest", "--collection", "river", str(folder / "barge")],
        env=environment(folder / "data", **settings),
        cwd=folder,
        check=True,
    )
    with served(ROOT / "app.py", folder, **settings, QA_PORT=str(free_port())) as server:
        yield server


def chooser(page: Page, label: str = "Collection") -> Locator:
    """What chooses the collection."""
    return page.get_by_label(label, exact=True)


def test_a_collection_is_chosen_and_kept(visit: Visit, several: Served) -> None:
    """By keyboard; panel, suggestions, answers and their reports are its own, and the browser remembers it."""
    page = visit(several)
    expect(chooser(page)).to_have_value("default")
    assert "Alma" in ask_and_wait(page, QUESTION).inner_text()
    chooser(page).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#dl-sources")).to_contain_text("Otto")
    expect(page.locator("#dl-sources")).not_to_contain_text("Alma")
    expect(chooser(page)).to_be_focused()
    expect(page.locator(".dl-reply")).to_have_count(0)
    reply = ask_and_wait(page, QUESTION)
    expect(reply).to_contain_text("Otto")
    reply.locator("a.dl-cite").first.click()
    expect(page.locator("#dl-reader #cited")).to_contain_text("The barge Otto sank")
    visit.reload(page)
    expect(chooser(page)).to_have_value("river")
    expect(whole(page, 0)).to_contain_text("Otto")
    other = visit.tab(page.context, several)
    expect(chooser(other)).to_have_value("river")
    expect(other.locator(".dl-reply")).to_have_count(0)


def test_a_conversation_belongs_to_one_collection(visit: Visit, several: Served) -> None:
    """Opened again it brings its collection back; its links lead there."""
    page = visit(several)
    ask_and_wait(page, QUESTION)
    chooser(page).select_option("river")
    expect(page.locator("#dl-sources")).to_contain_text("Otto")
    reply = ask_and_wait(page, QUESTION)
    reply.get_by_role("button", name="Copy Link").click()
    expect(page.locator("#dl-note.dl-shown")).to_have_text("Copied")
    link = page.evaluate("navigator.clipboard.readText()")
    assert parse_qs(urlsplit(link).query) == {"q": [QUESTION], "collection": ["river"]}
    page.get_by_role("button", name="Menu").click()
    rows = page.locator(".dl-conversation")
    expect(rows.filter(has_text="river")).to_have_count(1)
    rows.filter(has_text="Default").click()
    expect(chooser(page)).to_have_value("default")
    expect(whole(page, 0)).to_contain_text("Alma")
    fresh = visit(several, path=link.removeprefix(several.url))
    expect(whole(fresh, 0)).to_contain_text("Otto")
    expect(chooser(fresh)).to_have_value("river")
    assert fresh.url == f"{several.url}/"


def test_documents_come_into_the_one_that_is_shown(visit: Visit, several: Served) -> None:
    """The table follows the chooser, and so does what is added and removed; all of it in German, on a phone."""
    page = visit(several, NARROW, path="/?lang=de&collection=river")
    expect(chooser(page, "Sammlung")).to_have_value("river")
    page.get_by_role("tab", name="Dokumente").click()
    rows = page.locator(".dl-documents tbody tr")
    expect(rows).to_have_count(1)
    page.get_by_label("Dokumente hinzufügen").set_input_files(
        [{"name": "lock.txt", "mimeType": "text/plain", "buffer": LOCK.encode()}]
    )
    expect(rows).to_have_count(2)
    assert_no_sideways_scroll(page)
    found = Axe().run(page).response["violations"]
    assert [one for one in found if one["impact"] in ("serious", "critical")] == []
    chooser(page, "Sammlung").select_option("default")
    expect(rows).to_have_count(1)
    expect(chooser(page, "Sammlung").locator("option").first).to_have_text("Standard")
    chooser(page, "Sammlung").select_option("river")
    expect(rows).to_have_count(2)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Entfernen: Mayor Ada Brook").click()
    expect(rows).to_have_count(1)


def test_one_that_is_gone_is_told(visit: Visit, several: Served) -> None:
    """What was asked of it is shown, unchecked; what is asked then is a conversation of another collection."""
    page = visit(several)
    page.request.post(f"{several.url}/api/collections/brief")
    visit.reload(page)
    chooser(page).select_option("brief")
    page.get_by_role("tab", name="Documents").click()
    page.get_by_label("Add documents").set_input_files(
        [{"name": "lock.txt", "mimeType": "text/plain", "buffer": LOCK.encode()}]
    )
    expect(page.locator(".dl-documents tbody tr")).to_contain_text("Mayor Ada Brook")
    page.get_by_role("tab", name="Chat").click()
    expect(ask_and_wait(page, "What did the lock cost?")).to_contain_text("12 million")
    assert page.request.delete(f"{several.url}/api/collections/brief").ok
    visit.reload(page)
    expect(page.locator("#dl-note.dl-shown")).to_have_text("The collection “brief” is no longer there.")
    expect(whole(page, 0)).to_contain_text("removed from the collection")
    expect(chooser(page)).to_have_value("default")
    ask(page, QUESTION)
    expect(page.locator(".dl-question")).to_have_text([QUESTION])
    expect(whole(page, 0)).to_contain_text("Alma")


def test_the_widget_asks_the_collection_of_its_attribute(
    visit: Visit, several: Served, site: Elsewhere
) -> None:
    """On a page of another origin: its answers and the reports behind them; one that is not there is told."""
    path = site.embed(several.url, 'mode="inline" site="news" collection="river"')
    page = visit(site.url, path=path)
    reply = ask_widget(page, QUESTION)
    expect(reply).to_contain_text("Otto")
    reply.locator(".body .cite").first.click()
    expect(page.locator(".report mark")).to_contain_text("The barge Otto sank")
    page.locator("dateline-chat").evaluate("one => { one.collection = ''; }")
    expect(ask_widget(page, QUESTION)).to_contain_text("Alma")
    page.locator("dateline-chat").evaluate("one => { one.collection = 'nope'; }")
    expect(ask_widget(page, QUESTION)).to_contain_text("There is no collection 'nope'")
    visit.complaints[:] = [said for said in visit.complaints if "404" not in said]
