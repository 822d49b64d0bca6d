"""The web chat's page: widgets and wiring. What they show is decided in `answer_html` and `evidence_html`.

Importing this module imports Gradio, which takes seconds: import it where a page is about to be served.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import gradio as gr

from qa.records import Document, Turn
from qa.server import evidence_html
from qa.server.asking import Desk
from qa.server.chat import Message, Reply

if TYPE_CHECKING:
    from fastapi import FastAPI

CONCURRENT_ANSWERS = 16
QUEUED_QUESTIONS = 64
SANS = (
    "-apple-system",
    "BlinkMacSystemFont",
    "Segoe UI",
    "Roboto",
    "Noto Sans",
    "Ubuntu",
    "Arial",
    "sans-serif",
)
MONO = ("ui-monospace", "Menlo", "Consolas", "monospace")


def mount_page(app: FastAPI, documents: Sequence[Document], examples: Sequence[str]) -> gr.routes.App:
    """Put the chat at / of `app`, which `create_app` made; returns Gradio's own application."""
    page = build_page(app.state.desk, documents, examples)
    page.queue(default_concurrency_limit=CONCURRENT_ANSWERS, max_size=QUEUED_QUESTIONS, api_open=False)
    script = (evidence_html.STATIC / "page.js").read_text(encoding="utf-8")
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        theme=theme(),
        css=(evidence_html.STATIC / "page.css").read_text(encoding="utf-8"),
        head=f"<script>{script}</script>",
        footer_links=[],
        ssr_mode=False,
        show_error=False,
        enable_monitoring=False,
    )
    return page.app


def build_page(desk: Desk, documents: Sequence[Document], examples: Sequence[str]) -> gr.Blocks:
    """The conversation on the left, its evidence on the right."""
    page = gr.Blocks(title="Dateline", analytics_enabled=False, fill_width=True, fill_height=True)
    with page:
        turns = gr.State(())
        with gr.Row(elem_id="dl-top"):
            gr.HTML(evidence_html.header(documents), js_on_load=None)
            clear = gr.Button("New chat", variant="secondary", size="sm", elem_id="dl-new", scale=0)
        with gr.Row(elem_id="dl-main", equal_height=False):
            with gr.Column(elem_id="dl-talk", scale=3, min_width=320):
                chat = _chatbot(examples)
                with gr.Row(elem_id="dl-ask"):
                    question = _question_box()
                    ask = gr.Button("Ask", variant="primary", elem_id="dl-send", scale=0, min_width=84)
                    stop = gr.Button("Stop", visible=False, elem_id="dl-stop", scale=0, min_width=84)
            with gr.Column(elem_id="dl-side", scale=2, min_width=300):
                panel = gr.HTML(evidence_html.collection(documents), elem_id="dl-sources", js_on_load=None)
                gr.HTML('<div id="dl-reader" tabindex="-1"></div>', js_on_load=None)
        Wiring(desk, documents, chat, question, ask, stop, clear, panel, turns).connect()
    return page


def _chatbot(examples: Sequence[str]) -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="dl-chat",
        label="Conversation",
        show_label=False,
        container=False,
        height=None,
        layout="panel",
        buttons=[],
        feedback_options=None,
        latex_delimiters=[],
        placeholder=evidence_html.WELCOME,
        examples=[{"text": example} for example in examples],
    )


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        elem_id="dl-question",
        label="Question",
        show_label=False,
        container=False,
        placeholder="Ask about the reports",
        lines=1,
        max_lines=6,
        autofocus=True,
        scale=1,
    )


class Wiring:
    """What happens when something is pressed."""

    def __init__(
        self,
        desk: Desk,
        documents: Sequence[Document],
        chat: gr.Chatbot,
        question: gr.Textbox,
        ask: gr.Button,
        stop: gr.Button,
        clear: gr.Button,
        panel: gr.HTML,
        turns: gr.State,
    ) -> None:
        self.desk, self.documents = desk, documents
        self.chat, self.question, self.panel, self.turns = chat, question, panel, turns
        self.ask, self.stop, self.clear = ask, stop, clear
        self._replies: dict[str, Reply] = {}  # by page: the answers that are on their way

    def connect(self) -> None:
        """Wire asking, examples, stopping and starting anew."""
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        inputs, outputs = [self.question, self.chat, self.turns], [self.chat, self.panel, self.turns]
        waiting, shown = [self.question, self.ask, self.stop], [self.ask, self.stop]
        pressed = [self.question.submit, self.ask.click]
        example = self.chat.example_select(self._example, None, self.question, queue=False, **private)
        running = [
            gr.on(pressed, self._answer, inputs, [*outputs, *waiting], trigger_mode="once", **private),
            example.then(self._answer, inputs, [*outputs, *waiting], **private),
        ]
        for answered in running:
            answered.then(self._at_rest, None, shown, queue=False, **private)
        close_reader = "() => window.dateline && window.dateline.close()"
        gr.on([*pressed, self.clear.click], None, None, None, js=close_reader, **private)
        self.stop.click(self._stop, None, None, queue=False, **private)
        stopped = self.clear.click(self._stop, None, None, queue=False, **private)
        stopped.then(self._anew, None, [*outputs, *shown], queue=False, **private)

    async def _answer(
        self, question: str, messages: list[Message], turns: Sequence[Turn], request: gr.Request
    ) -> AsyncIterator[dict[Any, Any]]:
        page, reply = str(request.session_hash), Reply()
        self._replies[page] = reply
        yield {
            self.question: "",
            self.ask: gr.update(visible=False),
            self.stop: gr.update(visible=True),
        }
        try:
            async with aclosing(reply.views(self.desk, question or "", messages or [], turns)) as views:
                async for view in views:
                    shown = {self.chat: list(view.messages), self.turns: view.turns}
                    yield shown if view.panel is None else {**shown, self.panel: view.panel}
        finally:
            reply.over.set()
            if self._replies.get(page) is reply:
                del self._replies[page]

    async def _stop(self, request: gr.Request) -> None:
        reply = self._replies.get(str(request.session_hash))
        if reply is not None:
            reply.stop()
            await reply.over.wait()

    def _anew(self) -> list[Any]:
        return [[], evidence_html.collection(self.documents), (), *self._at_rest()]

    @staticmethod
    def _example(chosen: gr.SelectData) -> str:
        return str(chosen.value["text"])

    @staticmethod
    def _at_rest() -> list[Any]:
        return [gr.update(visible=True), gr.update(visible=False)]


def theme() -> gr.themes.Base:
    """Colours and type of the page, from the machine's own fonts; the rest is in page.css."""
    return gr.themes.Base(
        primary_hue="slate", secondary_hue="slate", neutral_hue="stone", font=SANS, font_mono=MONO
    ).set(
        body_background_fill="var(--dl-paper)",
        body_background_fill_dark="var(--dl-paper)",
        body_text_color="var(--dl-ink)",
        body_text_color_dark="var(--dl-ink)",
        background_fill_primary="var(--dl-paper)",
        background_fill_primary_dark="var(--dl-paper)",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_shadow="none",
        input_background_fill="var(--dl-card)",
        input_background_fill_dark="var(--dl-card)",
        input_border_color="var(--dl-line)",
        input_border_color_dark="var(--dl-line)",
        input_border_color_focus="var(--dl-accent)",
        input_border_color_focus_dark="var(--dl-accent)",
        button_primary_background_fill="var(--dl-accent)",
        button_primary_background_fill_dark="var(--dl-accent)",
        button_primary_background_fill_hover="var(--dl-accent-strong)",
        button_primary_background_fill_hover_dark="var(--dl-accent-strong)",
        button_primary_text_color="var(--dl-on-accent)",
        button_primary_text_color_dark="var(--dl-on-accent)",
    )
