"""Markdown of lessons and scripts to clean HTML: own containers, ascii ids, and an allow-list at the end.

Authored text is never a template and never HTML: tags that somebody types are shown as text and told as a
problem. What comes out holds only the tags and classes named here; pictures of containers are put in by the
page, where `KERN_SPOT` and `ATTENTION_SPOT` stand.
"""

from __future__ import annotations

from typing import Final

import nh3

from app.courses.files.containers import CONTAINERS, plain
from app.courses.files.doing import DOING
from app.courses.files.models import Rendered
from app.courses.files.problems import Problems
from app.courses.files.prose import link_is_safe
from app.courses.files.writing import Library, Writing, parts_of

TAGS: Final = {
    "a", "aside", "blockquote", "br", "code", "div", "em", "footer", "h2", "h3", "h4", "hr", "li", "ol", "p",
    "pre", "section", "span", "strong", "ul",
}  # fmt: skip
CLASSES: Final = {
    "aside": {"kern", "note", "is-tomato"},
    "div": {"stack", "g1", "g3", "note", "is-tomato", "spot"},
    "ol": {"bigsteps"},
    "p": {"muted"},
    "section": {"reflect", "sheet", "tint-sky"},
    "span": {"tile", "icon"},
}
ATTRIBUTES: Final = {
    "a": {"href", "title"},
    "blockquote": {"id"},
    "div": {"id"},
    "h2": {"id"},
    "h3": {"id"},
    "li": {"id"},
    "ol": {"id", "start"},
    "p": {"id"},
    "strong": {"id"},
    "ul": {"id"},
    "section": {"aria-labelledby"},
}


def render(text: str, *, file: str, first_line: int, problems: Problems, library: Library | None = None) -> Rendered:
    """The text as clean HTML with the headings to jump to. `first_line` is where it begins, from 0."""
    writing = Writing(file, first_line, problems, library or Library())
    makers = CONTAINERS | DOING
    written = [makers.get(part.kind, plain)(part, writing) for part in parts_of(text, writing)]
    return Rendered(
        cleaned("\n".join(written)), tuple(writing.headings), tuple(writing.blocks), tuple(writing.passages)
    )


def cleaned(html: str) -> str:
    """Only what the lists above name; links that lead astray lose their address."""

    def keep(tag: str, attribute: str, value: str) -> str | None:
        return value if (tag, attribute) != ("a", "href") or link_is_safe(value) else None

    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        attribute_filter=keep,
        url_schemes={"https", "mailto"},
        link_rel="noopener noreferrer",
    )
