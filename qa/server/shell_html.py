"""The page's frame as HTML: its header with views and menu, and the places that the script fills."""

from __future__ import annotations

from collections.abc import Sequence

from qa.config import DEFAULT_COLLECTION
from qa.ingest.collections import Held
from qa.records import Document
from qa.server import icons
from qa.server.language import LANGUAGES, Texts
from qa.server.markup import line, text


def header(documents: Sequence[Document], say: Texts, held: Sequence[Held] = (), chosen: str = "") -> str:
    """Name, what the collection holds, the two views, a new chat and the menu; where several are `held`, a
    chooser of them, on the `chosen` one.
    """
    skip, views, menu = (line(say, f"header.{key}") for key in ("skip", "views", "menu"))
    tabs = _tab("ask", say) + _tab("documents", say)
    return (
        f'<a class="dl-skip" href="#dl-question" data-do="skip">{skip}</a>'
        f'<header class="dl-header"><div class="dl-name"><h1>Dateline</h1>'
        f"{_chooser(held, chosen, say)}<p>{_about(documents, say)}</p></div>"
        f'<div class="dl-tabs" role="tablist" aria-label="{views}">{tabs}</div>'
        f'<div class="dl-tools"><button type="button" class="dl-tool" data-do="new">{icons.NEW}'
        f"<span>{line(say, 'header.new')}</span></button>"
        f'<button type="button" class="dl-tool" popovertarget="dl-menu" aria-label="{menu}">'
        f"{icons.MENU}</button>{_menu(say)}</div></header>"
    )


def _chooser(held: Sequence[Held], chosen: str, say: Texts) -> str:
    if len(held) < 2:
        return ""
    options = "".join(
        f'<option value="{text(one.name)}"{" selected" if one.name == chosen else ""}>'
        f"{line(say, 'header.default') if one.name == DEFAULT_COLLECTION else text(one.name)}</option>"
        for one in held
    )
    return (
        f'<label class="dl-unseen" for="dl-collection">{line(say, "header.collection")}</label>'
        f'<select id="dl-collection">{options}</select>'
    )


def _about(documents: Sequence[Document], say: Texts) -> str:
    dates = sorted(found for item in documents if (found := item.event.date or item.published))
    reports = say.count("counts.from_reports", len(documents))
    if len(dates) < 2:
        return line(say, "header.about_undated", reports=reports)
    return line(say, "header.about", reports=reports, first=say.day(dates[0]), last=say.day(dates[-1]))


def _tab(name: str, say: Texts) -> str:
    chosen = name == "ask"
    index = 0 if chosen else -1
    return (
        f'<button type="button" role="tab" id="dl-tab-{name}" data-do="view" data-view="{name}" '
        f'aria-selected="{str(chosen).lower()}" aria-controls="dl-view-{name}" tabindex="{index}">'
        f"{line(say, f'header.{name}')}</button>"
    )


def _menu(say: Texts) -> str:
    """Conversations of this browser, saving, appearance and language."""
    schemes = "".join(
        _choice("scheme", name, line(say, f"header.{name}")) for name in ("system", "light", "dark")
    )
    languages = "".join(
        f'<a href="?lang={code}" hreflang="{code}" lang="{code}"'
        f"{' aria-current=true' if code == say.language else ''}>{text(name)}</a>"
        for code, name in LANGUAGES.items()
    )
    return (
        f'<div id="dl-menu" popover role="dialog" aria-label="{line(say, "header.menu")}">'
        f'<section><h2>{line(say, "header.conversations")}</h2><div id="dl-conversations"></div></section>'
        f'<section><h2>{line(say, "header.export")}</h2><div class="dl-row">'
        '<button type="button" data-do="export" data-form="md">Markdown</button>'
        '<button type="button" data-do="export" data-form="json">JSON</button>'
        f'<button type="button" data-do="print">{line(say, "header.print")}</button></div></section>'
        f'<section><h2>{line(say, "header.appearance")}</h2><div class="dl-row" role="group" '
        f'aria-label="{line(say, "header.appearance")}">{schemes}</div></section>'
        f'<section><h2>{line(say, "header.language")}</h2><div class="dl-row">{languages}</div></section></div>'
    )


def _choice(do: str, value: str, shown: str) -> str:
    return f'<button type="button" data-do="{do}" data-value="{value}" aria-pressed="false">{shown}</button>'
