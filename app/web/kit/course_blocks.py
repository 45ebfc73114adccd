"""A text as it will be read, with what a page fills in: pictures as they are, the rest as what it will be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from markupsafe import Markup

from app.courses.rules import ATTENTION_SPOT, KERN_SPOT, SPOT
from app.web.kit.icons import icon
from app.web.kit.motifs import motif

TAG: Final = re.compile(r"<[a-z][a-z0-9]*\b[^>]*>")
NAMED: Final = re.compile(r' (?:id|aria-labelledby)="[^"]*"')


def illustrated(html: str, found: Iterable[Mapping[str, Any]], address: Callable[[str], str]) -> Markup:
    """The text with its blocks. `address`: where a picture or media is found, by its name.

    Nothing in it has a name: it stands beside a form whose fields have theirs.
    """
    blocks: dict[str, Mapping[str, Any]] = {str(block["id"]): block for block in found}
    filled = SPOT.sub(lambda spot: str(_block(blocks.get(spot[1]), address)), html)
    filled = TAG.sub(lambda tag: NAMED.sub("", tag[0]), filled)
    tile = Markup('<span class="tile">%s</span>') % motif("hand")
    return Markup(filled.replace(KERN_SPOT, tile).replace(ATTENTION_SPOT, icon("triangle-alert")))  # noqa: S704 - cleaned by the renderer


def _block(block: Mapping[str, Any] | None, address: Callable[[str], str]) -> Markup:
    if block is None:
        return Markup()
    match block:
        case {"kind": "picture"}:
            source = address(block["file"])
            told = "" if block["decorative"] else block["alt"]
            frame = Markup('<img src="%s" width="%s" height="%s" alt="%s">')
            shown = frame % (source, block["width"], block["height"], told)
            below = Markup("<figcaption>%s</figcaption>") % block["caption"] if block["caption"] else Markup()
            return Markup("<figure>%s%s</figure>") % (shown, below)
        case {"kind": "video"}:
            return _sheet("video", block["title"], block["file"])
        case {"kind": "audio"}:
            return _sheet("play", block["title"], block["file"])
        case {"kind": "download"}:
            return _sheet("file-down", block["title"], block["file"])
        case {"kind": "reflection"}:
            return _sheet("pen-line", block["title"], "", _cleaned(block["html"]))
        case {"kind": "question"}:
            options = block["question"].get("options") or []
            lines = Markup().join(Markup("<li>%s</li>") % option["text"] for option in options)
            return _sheet("circle-help", block["question"]["text"], "", Markup("<ul>%s</ul>") % lines if lines else "")
    return Markup()


def _sheet(pic: str, title: str, name: str, inside: str = "") -> Markup:
    """A block that only works when the course is published: what it is, and what it holds."""
    told = Markup('<span class="muted">%s</span>') % name if name else ""
    return Markup('<div class="note">%s<strong>%s</strong>%s%s</div>') % (icon(pic), title, told, inside)


def _cleaned(html: str) -> Markup:
    from app.courses.files.markdown import cleaned  # noqa: PLC0415 - few requests read courses

    return Markup(cleaned(html))  # noqa: S704 - through the allow-list
