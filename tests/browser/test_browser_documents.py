"""Documents brought in and taken out in the chat's own page, with the program itself behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from served import ROOT, Served, served
from support import write_reports
from visiting import PHONE, Visit, ask, assert_no_sideways_scroll, whole

KEY = "let-me-in"
FIRST = "The ferry to Hald sank on Monday. Captain Ida Vey was not on board."
NEW = "Mayor Ada Brook opened the new lock in Reval on Friday. The lock cost 12 million crowns."
DROP = """([name, text]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], name, { type: "text/plain" }));
  for (const kind of ["dragover", "drop"])
    document.body.dispatchEvent(
      new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: carried }));
}"""


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The program over one report; changing its documents takes a key."""
    folder = tmp_path_factory.mktemp("keyed")
    write_reports(folder / "reports", {"ferry.txt": FIRST}, '["ferry.txt"]\npublished = 2014-03-03\n')
    settings = {"QA_LLM_TIER": "none", "QA_SEED_DIR": str(folder / "reports"), "QA_ADMIN_KEY": KEY}
    with served(ROOT / "app.py", folder, **settings) as server:
        yield server


def choose(page: Page, *files: tuple[str, bytes]) -> None:
    """Choose files to bring in."""
    page.get_by_label("Add documents").set_input_files(
        [{"name": name, "mimeType": "text/plain", "buffer": content} for name, content in files]
    )


def give_key(page: Page, key: str) -> None:
    """Type the key that the page asks for."""
    page.get_by_label("Key for changing documents").fill(key)
    page.get_by_role("button", name="Go on").click()


def test_documents_come_and_go(visit: Visit, keyed: Served) -> None:
    """Each file's fate is told, the page shows what is there, and answers draw on it."""
    page = visit(keyed)
    page.get_by_role("tab", name="Documents").click()
    rows = page.locator(".dl-documents tbody tr")
    expect(rows).to_have_count(1)
    choose(page, ("lock.txt", NEW.encode()), ("empty.txt", b""), ("<b>broken</b>.txt", b"\x00\xff\xfe\x00"))
    give_key(page, "not this one")
    give_key(page, KEY)
    came = page.locator("#dl-incoming li")
    expect(came.filter(has_text="lock.txt").locator(".dl-fate")).to_have_text("added")
    expect(came.filter(has_text="empty.txt")).to_contain_text("empty.txt is empty")
    expect(came.filter(has_text="broken").locator(".dl-file")).to_have_text("<b>broken</b>.txt")
    expect(came.filter(has_text="broken")).to_have_class("dl-failed")
    expect(rows).to_have_count(2)
    expect(page.locator(".dl-header")).to_contain_text("2 reports")
    expect(page.get_by_role("tab", name="Documents")).to_have_attribute("aria-selected", "true")
    page.get_by_role("tab", name="Chat").click()
    ask(page, "What did the new lock in Reval cost?")
    expect(whole(page, 0)).to_contain_text("12 million crowns")
    page.evaluate(DROP, ["lock.txt", NEW])
    expect(came.last.locator(".dl-fate")).to_have_text("unchanged")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Remove: Mayor Ada Brook").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("ferry")
    visit.complaints[:] = [said for said in visit.complaints if "401" not in said]  # of the wrong key


def test_what_is_known_of_a_document_is_put_right(visit: Visit, keyed: Served) -> None:
    """A dialog shows each value and where it stands; what is wrong is said there, what is saved is seen."""
    page = visit(keyed)
    page.get_by_role("tab", name="Documents").click()
    row = page.locator(".dl-documents tbody tr").filter(has_text="ferry to Hald")
    row.get_by_role("button", name="Correct: ").click()
    dialog = page.get_by_role("dialog", name="Correct what is known of this document")
    title = dialog.get_by_label("Title")
    expect(dialog.get_by_label("Published")).to_have_value("2014-03-03")
    expect(title).to_have_accessible_description("inferred: first line of the text")
    assert [
        one for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")
    ] == []
    dialog.get_by_label("Language").fill("Norse")
    title.fill("Ferry sunk off Hald")
    dialog.get_by_role("button", name="Save").click()
    give_key(page, KEY)
    expect(dialog.get_by_role("alert")).to_contain_text("not a language")
    dialog.get_by_label("Language").fill("en")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    row = page.locator(".dl-documents tbody tr").filter(has_text="Ferry sunk off Hald")
    expect(row).to_contain_text("corrected")
    row.get_by_role("button", name="Correct: Ferry sunk off Hald").click()
    expect(title).to_have_accessible_description("corrected here")
    title.fill("")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator(".dl-documents tbody tr").filter(has_text="ferry to Hald")).to_have_count(1)
    visit.complaints[:] = [said for said in visit.complaints if "401" not in said and "422" not in said]


def test_whoever_has_no_key_changes_nothing(visit: Visit, keyed: Served) -> None:
    """The files wait no longer once the question for the key is closed; a phone shows all of it."""
    page = visit(keyed, PHONE)
    page.get_by_role("tab", name="Documents").click()
    choose(page, ("later.txt", b"It snowed in Reval."))
    dialog = page.locator("dialog.dl-key")
    expect(dialog).to_be_visible()
    assert [
        one for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")
    ] == []
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.locator("#dl-incoming .dl-fate")).to_contain_text("admin key only")
    expect(page.locator(".dl-documents tbody tr")).to_have_count(1)
    assert_no_sideways_scroll(page)
    assert [
        one for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")
    ] == []
    visit.complaints[:] = [said for said in visit.complaints if "401" not in said]


def test_many_files_tell_how_far_they_are(visit: Visit, keyed: Served) -> None:
    """Their number, how many come a minute and what is left stand there until the last of them is in."""
    page = visit(keyed)
    page.get_by_role("tab", name="Documents").click()
    page.evaluate(
        "new MutationObserver(([change]) => (window.told = change.target.textContent || window.told))"
        ".observe(document.getElementById('dl-progress'), { childList: true })"
    )
    choose(page, *((f"{number}.txt", f"Ship {number} came into Reval.".encode()) for number in range(20)))
    give_key(page, KEY)
    expect(page.locator(".dl-documents tbody tr")).to_have_count(21)
    assert re.fullmatch(r"16 of 20 files, \d+ a minute; about \d+ min left", page.evaluate("window.told"))
    expect(page.locator("#dl-progress")).to_be_hidden()
    visit.complaints[:] = [said for said in visit.complaints if "401" not in said]
