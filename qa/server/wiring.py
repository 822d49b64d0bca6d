"""What happens when something is pressed: what the page's script says, and what the widgets then show.

The script speaks through one widget, the bridge: each event carries what it is about, the conversation with
it, because the server holds none. Answers to the script itself come back as the bridge's value.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import gradio as gr

from qa.config import Settings
from qa.errors import DatelineError, NotFoundError
from qa.feedback import Verdict
from qa.server import access, conversation_html, evidence_html, shell_html, timeline, transcript
from qa.server.answer_html import Shown, shown_with
from qa.server.asking import Desk
from qa.server.chat import Asked, Reply, evidence_of, known_only, lit_of, read_asked
from qa.server.documents_html import Table, documents_table
from qa.server.kept import Exchange, turns_of
from qa.server.language import Texts, texts_for
from qa.server.pages import Pages

_log = logging.getLogger(__name__)

EVENTS = ("opened", "changed", "asked", "next", "exported", "rated", "stopped")
Update = dict[Any, Any]


@dataclass(frozen=True, slots=True)
class Widgets:
    """The page's widgets."""

    header: gr.HTML
    timeline: gr.HTML
    past: gr.HTML
    chat: gr.HTML
    more: gr.HTML
    question: gr.Textbox
    ask: gr.Button
    stop: gr.Button
    documents: gr.HTML
    panel: gr.HTML
    bridge: gr.HTML


def connect(desk: Desk, settings: Settings, widgets: Widgets, pages: Pages) -> None:
    """Wire opening the page, asking, stopping, suggestions, saving, and other documents."""
    act, to = Acts(desk, settings, widgets, pages), widgets
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    at_once = {**private, "queue": False}
    answer = [to.past, to.chat, to.more, to.panel, to.timeline, to.bridge]
    whole = [*answer, to.header, to.question, to.ask, to.stop, to.documents]
    to.bridge.opened(act.open, None, whole, trigger_mode="multiple", **at_once)
    of_all = [to.header, to.timeline, to.documents, to.panel, to.bridge]
    to.bridge.changed(act.change, None, of_all, trigger_mode="multiple", **at_once)
    to.bridge.asked(act.ask, None, answer, trigger_mode="multiple", **private)
    to.bridge.next(act.suggest, None, to.more, trigger_mode="multiple", **private)
    to.bridge.exported(act.export, None, to.bridge, **at_once)
    to.bridge.rated(act.rate, None, to.bridge, trigger_mode="multiple", **at_once)
    to.bridge.stopped(act.stop, None, None, **at_once)
    gr.on(
        [to.question.submit, to.ask.click],
        None,
        to.question,
        to.question,
        js="(question) => (window.dateline ? window.dateline.submit(question) : question)",
        **private,
    )
    to.stop.click(None, None, None, js="() => window.dateline.stop()", **private)


class Acts:
    """The server's side of every event; holds no conversation."""

    def __init__(self, desk: Desk, settings: Settings, widgets: Widgets, pages: Pages) -> None:
        self._desk, self._settings, self._on = desk, settings, widgets
        self._pages = pages

    async def open(self, event: gr.EventData, request: gr.Request) -> Update:
        """The whole page, with the conversation that the browser kept."""
        await self._pages.end(str(request.session_hash), _call(event), "left")
        say, asked = _say(event, request), read_asked(event._data)
        there = asked.collection if asked.collection in self._desk.names() else ""
        shown, on = await self._shown(say, there), self._on
        documents = tuple(shown.documents.values())
        latest = evidence_of(asked.earlier)
        panel = (
            evidence_html.panel_of(latest, say, shown.collection)
            if latest
            else evidence_html.collection(documents, say, shown.collection)
        )
        messages = conversation_html.messages(asked.earlier, shown)
        return {
            on.header: await self._header(shown),
            on.timeline: timeline.timeline(shown.entries, say, lit_of(asked.earlier), asked.within),
            on.past: list(messages[:-2]),
            on.chat: list(messages[-2:]) or [conversation_html.welcome(shown)],
            on.more: "",
            on.panel: panel,
            on.documents: await self._table(shown, request),
            on.question: gr.update(label=say("ask.label"), placeholder=say("ask.placeholder")),
            on.ask: gr.update(value=say("ask.send")),
            on.stop: gr.update(value=say("ask.stop")),
            on.bridge: {**self._hello(event, shown, asked), "changing": self._changing(request)},
        }

    async def change(self, event: gr.EventData, request: gr.Request) -> Update:
        """What the page shows of the collection, after documents came or went."""
        say, asked = _say(event, request), read_asked(event._data)
        shown, on = await self._shown(say, asked.collection), self._on
        update: Update = {
            on.header: await self._header(shown),
            on.timeline: timeline.timeline(shown.entries, say, lit_of(asked.earlier), asked.within),
            on.documents: await self._table(shown, request),
            on.bridge: {"call": _call(event), "kind": "changed"},
        }
        if evidence_of(asked.earlier) is None:
            update[on.panel] = evidence_html.collection(shown.documents.values(), say, shown.collection)
        return update

    async def _shown(self, say: Texts, collection: str) -> Shown:
        """The collection as it is now; one that is not there any more shows nothing."""
        name = "" if collection == self._desk.names()[0] else collection
        try:
            return shown_with(say, await self._desk.documents(name), name)
        except NotFoundError:
            return Shown(say, collection=name)

    async def _header(self, shown: Shown) -> str:
        held = await self._desk.held()
        return shell_html.header(
            tuple(shown.documents.values()), shown.say, held, shown.collection or held[0].name
        )

    async def _table(self, shown: Shown, request: gr.Request) -> str:
        try:
            copies = await self._desk.at(lambda dateline: dateline.copies(), shown.collection)
        except NotFoundError:
            copies = {}
        table = Table(shown.say, shown.collection, copies, self._changing(request) != "no")
        return documents_table(shown.documents.values(), table)

    def _changing(self, request: gr.Request) -> access.Changing:
        asked = request.request
        return access.changing(asked.headers, asked.scope, self._settings) if asked else "no"

    def _hello(self, event: gr.EventData, shown: Shown, asked: Asked) -> dict[str, Any]:
        """What the page's script needs to know: its words, and what the narrowing is called."""
        return {
            "call": _call(event),
            "kind": "opened",
            "language": shown.say.language,
            "strings": shown.say.for_script(),
            "lost": conversation_html.reply(Exchange(""), shown, last=True),
            "exchanges": len(asked.earlier),
            "within": [one for one in asked.within if one in shown.documents],
            "only": timeline.narrowing(asked.within, shown.entries, shown.say),
            "collection": shown.collection or self._desk.names()[0],
            "first": self._desk.names()[0],
        }

    async def ask(self, event: gr.EventData, request: gr.Request) -> AsyncIterator[Update]:
        """The conversation and its evidence while the answer comes, then what the browser is to keep."""
        page, reply, on = str(request.session_hash), Reply(), self._on
        say, asked = _say(event, request), read_asked(event._data)
        async with self._pages.answering(page, _call(event), reply) as ended:
            yield {on.more: gr.skip() if ended == "left" else ""}
            if ended == "left":
                return
            shown = await self._shown(say, asked.collection)
            asked = known_only(asked, shown.documents)
            async with aclosing(reply.views(self._desk, asked, shown, who=f"page {page}")) as views:
                async for view in views:
                    update: Update = {on.chat: list(view.messages)}
                    if view.earlier is not None:
                        update[on.past] = list(view.earlier)
                    if view.panel is not None:
                        update[on.panel] = view.panel
                    if view.lit is not None:
                        update[on.timeline] = timeline.timeline(shown.entries, say, view.lit, asked.within)
                    if view.kept is not None:
                        kept = {"kind": "kept", "exchange": view.kept.as_dict(), "over": view.over}
                        update[on.bridge] = {"call": _call(event), **kept}
                    yield update

    async def stop(self, event: gr.EventData, request: gr.Request) -> None:
        """End the page's answer with what has come."""
        await self._pages.end(str(request.session_hash), _call(event), "stopped")

    async def suggest(self, event: gr.EventData, request: gr.Request) -> str:
        """Questions to begin with or to go on with; none where they cannot be found."""
        say, asked = _say(event, request), read_asked(event._data)
        last = asked.earlier[-1] if asked.earlier else None
        try:
            if last is None:
                starters = await self._desk.starters(asked.collection)
                return conversation_html.suggestions(starters, say("welcome.starters"))
            if last.answer is None or last.ended != "whole":
                return ""
            turns = turns_of(asked.earlier[:-1])
            found = await self._desk.suggestions(last.answer, turns, asked.collection)
            return conversation_html.suggestions(found, say("chat.suggestions"))
        except Exception:  # a bug there must not look like one of the answer
            _log.exception("Suggestions for the chat failed.")
            return ""

    async def rate(self, event: gr.EventData) -> dict[str, Any]:
        """Keep a thumb and its comment; says whether that worked."""
        sent = event._data if isinstance(event._data, dict) else {}
        verdict: Verdict = "up" if sent.get("verdict") == "up" else "down"
        kept = True
        try:
            await self._desk.feedback(str(sent.get("answer_id")), verdict, str(sent.get("comment") or ""))
        except DatelineError:
            kept = False
        return {"call": _call(event), "kind": "rated", "turn": sent.get("turn"), "kept": kept}

    def export(self, event: gr.EventData, request: gr.Request) -> dict[str, Any]:
        """The conversation as a file's content."""
        say, asked = _say(event, request), read_asked(event._data)
        as_json = event._data.get("form") == "json"
        content = (
            transcript.conversation_json(asked.earlier)
            if as_json
            else transcript.conversation_markdown(asked.earlier, say)
        )
        return {
            "call": _call(event),
            "kind": "file",
            "name": f"dateline.{'json' if as_json else 'md'}",
            "content": content,
        }


def _say(event: gr.EventData, request: gr.Request) -> Texts:
    chosen = event._data.get("language") if isinstance(event._data, dict) else ""
    return texts_for(request.headers.get("accept-language", ""), str(chosen or ""))


def _call(event: gr.EventData) -> int:
    """The number that the script gave its event: answers to it carry it."""
    sent = event._data.get("call") if isinstance(event._data, dict) else None
    return sent if isinstance(sent, int) else 0
