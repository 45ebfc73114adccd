"""Markdown itself: what an author may use of it, and where each paragraph can be found again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.courses.files.writing import Part, Writing

TYPED_TAG: Final = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]*(?:\s[^<>]*)?/?>")
BY_LINE: Final = re.compile(r"^[—–-]{1,2}\s+")
FOUND_AGAIN: Final = frozenset({"paragraph_open", "bullet_list_open", "ordered_list_open", "blockquote_open"})


@cache
def parser() -> MarkdownIt:
    """The reader of Markdown, made once: making it takes as long as reading a page."""
    return MarkdownIt("commonmark", {"html": False, "linkify": False}).disable(["html_block", "html_inline"])


def markdown(part: Part, writing: Writing, *, headings: bool = False) -> str:
    """The text of a part; `headings`: whether it may have them."""
    tokens = parser().parse(part.text)
    look(tokens, part, writing, headings=headings, marks=True)
    return rendered(_sign_quotes(tokens))


def rendered(tokens: Sequence[Token]) -> str:
    writer = parser()
    return str(writer.renderer.render(tokens, writer.options, {})).strip()


def _within(tokens: Sequence[Token], index: int) -> Iterator[Token]:
    """The texts between an opening token at the top and its end."""
    for place in range(index + 1, len(tokens)):  # a slice would copy all that follows, for each paragraph
        token = tokens[place]
        if token.level == 0:
            return
        if token.type == "inline":
            yield token


def look(tokens: Sequence[Token], part: Part, writing: Writing, *, headings: bool = False, marks: bool = False) -> None:
    """Find what an author may not use. `marks`: headings, paragraphs, lists and quotes get an id, in their order."""
    for index, token in enumerate(tokens):
        line = part.line + (token.map[0] if token.map else 0)
        if token.type == "heading_open":
            title = said(tokens[index + 1])
            if token.tag not in {"h2", "h3"} or not headings:
                hint = "Gebruik ## of ###." if headings else "Haal de kop uit het blok."
                writing.problem(line, "Deze kop mag hier niet.", hint)
            elif marks:
                token.attrSet("id", writing.new_id(title) if token.tag == "h2" else writing.anchor(title))
        elif token.type == "inline":
            _look_inside(token, line, writing)
        elif marks and token.level == 0 and token.type in FOUND_AGAIN:
            words = " ".join(said(inline) for inline in _within(tokens, index))
            if words:
                token.attrSet("id", writing.anchor(words))


def _look_inside(token: Token, line: int, writing: Writing) -> None:
    for child in token.children or []:
        if child.type == "image":
            writing.problem(line, "Een beeld krijgt een eigen blok.", "Schrijf ‘::: beeld naam.webp’ met alt eronder.")
        if child.type == "link_open" and not link_is_safe(str(child.attrGet("href") or "")):
            writing.problem(line, "Deze link kan niet.", "Gebruik https://, mailto: of een adres dat met / begint.")
        if child.type == "text" and (typed := TYPED_TAG.search(child.content)):
            writing.problem(
                line, f"‘{typed.group()}’ is HTML, en dat werkt hier niet.", "Gebruik Markdown of een blok."
            )


def _sign_quotes(tokens: list[Token]) -> list[Token]:
    """The last line of a quote that begins with a dash says whose words they are."""
    signed: list[Token] = []
    for token in tokens:
        if token.type == "blockquote_close" and (who := _signature(signed)):
            signed.append(Token("html_block", "", 0, content=f"<footer>{escape(who)}</footer>\n"))
        signed.append(token)
    return signed


def _signature(quoted: list[Token]) -> str:
    """Take the signature out of the last line of a quote; empty when it has none."""
    last = next((token for token in reversed(quoted) if token.type == "inline"), None)
    children = last.children if last is not None else None
    if not children or children[-1].type != "text" or not BY_LINE.match(children[-1].content):
        return ""
    who = BY_LINE.sub("", children.pop().content)
    while children and children[-1].type in {"softbreak", "hardbreak"}:
        children.pop()
    return who


def plain(text: str) -> str:
    """A text as one line of words."""
    return " ".join(said(token) for token in parser().parse(text) if token.type == "inline")


def said(token: Token) -> str:
    """The words of a line of text, without what makes them bold or a link."""
    words = (child.content if child.type in {"text", "code_inline"} else " " for child in token.children or [])
    return " ".join("".join(words).split())


def link_is_safe(href: str) -> bool:
    """An address within the program, a place on the page, a secure page elsewhere, or a mail address."""
    if href.startswith(("https://", "mailto:", "#")):
        return True
    return href.startswith("/") and not href.startswith(("//", "/\\"))
