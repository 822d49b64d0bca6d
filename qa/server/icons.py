"""The page's icons: drawn inline, in the colour of the text beside them, hidden from screen readers."""

from __future__ import annotations

FAVICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" '
    'fill="#1f4b6e"/><path d="M9 8h6a8 8 0 0 1 0 16H9z" fill="none" stroke="#fff" stroke-width="3"/>'
    '<path d="M13 16h6" stroke="#f4d35e" stroke-width="3"/></svg>'
)


def _icon(*paths: str) -> str:
    drawn = "".join(f'<path d="{path}"/>' for path in paths)
    return f'<svg class="dl-icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{drawn}</svg>'


COPY = _icon("M5.5 5.5h8v8h-8z", "M10.5 5.5v-3h-8v8h3")
LINK = _icon(
    "M7 9a2.8 2.8 0 0 0 4 0l2-2a2.8 2.8 0 0 0-4-4l-.8.8", "M9 7a2.8 2.8 0 0 0-4 0L3 9a2.8 2.8 0 0 0 4 4l.8-.8"
)
RETRY = _icon("M13 8a5 5 0 1 1-1.5-3.6", "M13.2 2.2v2.9h-2.9")
EDIT = _icon("M3 13l.6-2.8 7-7 2.2 2.2-7 7z", "M9.4 4.4l2.2 2.2")
UP = _icon(
    "M5.4 13.4V7.2L8.2 2.3c.9 0 1.5.6 1.5 1.5v2.6h3.1c.8 0 1.4.7 1.2 1.5l-1 4.3c-.2.7-.7 1.2-1.4 1.2z",
    "M2.4 7.2h3v6.2h-3z",
)
DOWN = _icon(
    "M5.4 2.6v6.2l2.8 4.9c.9 0 1.5-.6 1.5-1.5V9.6h3.1c.8 0 1.4-.7 1.2-1.5l-1-4.3c-.2-.7-.7-1.2-1.4-1.2z",
    "M2.4 8.8h3V2.6h-3z",
)
MENU = _icon("M2.5 4h11", "M2.5 8h11", "M2.5 12h11")
NEW = _icon("M8 3v10", "M3 8h10")
BACK = _icon("M9.5 3.5L5 8l4.5 4.5")
CLOSE = _icon("M4 4l8 8", "M12 4l-8 8")
CHAT = _icon("M2.8 3.2h10.4v7.4H7.2l-3 2.6v-2.6H2.8z", "M5.4 6h5.2", "M5.4 8h3.4")
