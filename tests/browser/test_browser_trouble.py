"""What goes wrong between browser and server: the page stays usable, says so, and offers to ask again."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect
from served import STUB, served
from support import free_port
from visiting import ANSWER_MS, ask, ask_and_wait, box, whole


def test_a_server_that_dies_and_comes_back(browser: Browser, tmp_path: Path) -> None:
    """The cut-off answer keeps what was verified; what was typed meanwhile stays; asking again works."""
    port = str(free_port())
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    with served(STUB, tmp_path, QA_PORT=port) as server:
        page.goto(server.url)
        ask(page, "slow answer, please")
        expect(page.locator(".dl-sentence").first).to_be_visible()
        server.process.kill()
        expect(page.locator(".dl-problem")).to_contain_text("The connection was lost", timeout=ANSWER_MS)
        expect(page.locator(".dl-busy")).to_have_count(0)
        expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
        box(page).fill("half a question")
    with served(STUB, tmp_path, QA_PORT=port):
        page.wait_for_event("load", timeout=ANSWER_MS)  # Gradio loads the page anew once the server is back
        reply = whole(page, 0)
        expect(reply.locator(".dl-sentence").first).to_be_visible()
        expect(reply.locator(".dl-problem")).to_contain_text("The connection was lost")
        expect(box(page)).to_have_value("half a question")
        reply.get_by_role("button", name="Ask again").click()
        expect(page.locator(".dl-busy")).to_be_visible()
        page.get_by_role("button", name="Stop", exact=True).click()
        expect(page.locator(".dl-stopped")).to_be_visible()
        expect(ask_and_wait(page, "How long is the bridge?")).to_contain_text("412 metres")
    context.close()


def test_a_restart_between_questions_is_not_noticed(browser: Browser, tmp_path: Path) -> None:
    """The conversation goes on with a new process: it was never the server's."""
    port = str(free_port())
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    with served(STUB, tmp_path, QA_PORT=port) as server:
        page.goto(server.url)
        ask_and_wait(page, "How long is the bridge?")
        expect(page.locator(".dl-suggestions")).to_be_visible()  # nothing is on its way any more
    with served(STUB, tmp_path, QA_PORT=port):
        expect(ask_and_wait(page, "What did nobody report?")).to_contain_text("Not in the documents")
        assert page.locator(".dl-question").all_inner_texts() == [
            "How long is the bridge?",
            "What did nobody report?",
        ]
    context.close()


def test_a_page_without_storage_still_answers(browser: Browser, tmp_path: Path) -> None:
    """Where the browser keeps nothing, questions are answered and it is said that nothing is kept."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.add_init_script(
        "for (const name of ['getItem', 'setItem', 'removeItem'])"
        " Storage.prototype[name] = () => { throw new DOMException('no storage', 'SecurityError'); };"
    )
    with served(STUB, tmp_path) as server:
        page.goto(server.url)
        expect(ask_and_wait(page, "How long is the bridge?")).to_contain_text("412 metres")
        expect(ask_and_wait(page, "What did nobody report?")).to_contain_text("Not in the documents")
        expect(page.locator("#dl-live")).to_contain_text("This browser keeps no conversations.")
    context.close()
