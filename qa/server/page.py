"""The web chat's page: its widgets and its theme; `wiring` says what happens when something is pressed.

Importing this module imports Gradio, which takes seconds: import it where a page is about to be served.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import gradio as gr

from qa.config import Settings
from qa.server import assets
from qa.server.asking import Desk
from qa.server.pages import Pages
from qa.server.wiring import EVENTS, Widgets, connect

if TYPE_CHECKING:
    from fastapi import FastAPI

CONCURRENT_ANSWERS = 256  # more than may wait: the desk has the queue, and shows each its place
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
JOINED = "${value.join('')}"  # each question and each reply is an element of its own
# What the script of the page says and hears through one widget; the events' names have to stand in it.
BRIDGE = """
const events = EVENTS;
const say = (name, data) => events.includes(name) && trigger(name, data);
const hear = (told) => watch("value", () => told(props.value));
import(new URL("ADDRESS", document.baseURI)).then((page) => page.start(say, hear));
"""


def mount_page(app: FastAPI) -> gr.routes.App:
    """Put the chat at / of `app`, which `create_app` made; returns Gradio's own application."""
    pages = Pages()
    page = build_page(app.state.desk, app.state.settings, pages)
    page.queue(default_concurrency_limit=CONCURRENT_ANSWERS, max_size=QUEUED_QUESTIONS, api_open=False)
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        theme=theme(),
        head=assets.head(),
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        show_error=False,
        enable_monitoring=False,
    )
    app.add_middleware(pages.listening)
    return page.app


def build_page(desk: Desk, settings: Settings, pages: Pages) -> gr.Blocks:
    """Header and timeline over two columns: the conversation or the documents, and their evidence."""
    page = gr.Blocks(title="Dateline", analytics_enabled=False, fill_width=True, fill_height=True)
    with page:
        header = _html(elem_id="dl-top")
        timeline = _html(elem_id="dl-time")
        with gr.Row(elem_id="dl-main", equal_height=False):
            with gr.Column(elem_id="dl-talk", scale=3, min_width=280):
                with gr.Column(elem_id="dl-view-ask", elem_classes="dl-view"):
                    with gr.Column(elem_id="dl-scroll"):
                        past = _html([], elem_id="dl-past", html_template=JOINED)
                        chat = _html([], elem_id="dl-chat", html_template=JOINED)
                        more = _html(elem_id="dl-more")
                    _html('<div id="dl-chips"></div>', elem_id="dl-chip-row")
                    with gr.Row(elem_id="dl-ask"):
                        question = _question_box()
                        ask = gr.Button("", variant="primary", elem_id="dl-send", scale=0, min_width=84)
                        stop = gr.Button("", elem_id="dl-stop", scale=0, min_width=84)
                with gr.Column(elem_id="dl-view-documents", elem_classes="dl-view"):
                    _html('<div id="dl-add"></div>')
                    documents = _html(elem_id="dl-documents")
            with gr.Column(elem_id="dl-side", scale=2, min_width=280):
                panel = _html(elem_id="dl-sources")
                _html('<div id="dl-reader" tabindex="-1"></div>')
        bridge = _html(
            None,
            elem_id="dl-bridge",
            html_template="",
            js_on_load=BRIDGE.replace("EVENTS", json.dumps(EVENTS)).replace(
                "ADDRESS", assets.address("main.js")
            ),
        )
        connect(
            desk,
            settings,
            Widgets(header, timeline, past, chat, more, question, ask, stop, documents, panel, bridge),
            pages,
        )
    return page


def _html(
    value: object = "", html_template: str = "${value}", js_on_load: str | None = None, **named: Any
) -> gr.HTML:
    """Our own HTML, as it is: every text in it was escaped where it was made."""
    return gr.HTML(value, html_template=html_template, js_on_load=js_on_load, apply_default_css=False, **named)


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        elem_id="dl-question",
        show_label=False,
        container=False,
        lines=1,
        max_lines=6,
        autofocus=True,
        scale=1,
    )


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
