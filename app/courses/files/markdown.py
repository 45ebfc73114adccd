"""Markdown of lessons and scripts to clean HTML: own containers, ascii ids, and an allow-list at the end.

Authored text is never a template and never HTML: tags that somebody types are shown as text and told as a
problem. What comes out holds only the tags and classes named here; pictures of containers are put in by the
page, where `KERN_SPOT` and `ATTENTION_SPOT` stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.courses.files.models import Rendered
from app.courses.files.problems import Problems
from app.courses.rules import ATTENTION_SPOT, KERN_SPOT
from app.kit.text import fold

KINDS: Final = ("kern", "let-op", "voorbeeld", "stappen", "denk", "citaat")
UNTITLED: Final = frozenset({"stappen"})
OPENS: Final = re.compile(r"^:::\s*([a-z-]+)(?:\s+(.*?))?\s*$")
CLOSES: Final = re.compile(r"^:::\s*$")
TYPED_TAG: Final = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]*(?:\s[^<>]*)?/?>")
BY_LINE: Final = re.compile(r"^[—–-]{1,2}\s+")

TAGS: Final = {
    "a", "aside", "blockquote", "br", "code", "div", "em", "footer", "h2", "h3", "h4", "hr", "li", "ol", "p",
    "pre", "section", "span", "strong", "ul",
}  # fmt: skip
CLASSES: Final = {
    "aside": {"kern", "note", "is-tomato"},
    "div": {"stack", "g1", "g3", "note", "is-tomato"},
    "ol": {"bigsteps"},
    "p": {"muted"},
    "section": {"reflect", "sheet", "tint-sky"},
    "span": {"tile", "icon"},
}
ATTRIBUTES: Final = {
    "a": {"href", "title"},
    "h2": {"id"},
    "ol": {"start"},
    "section": {"aria-labelledby"},
}


@dataclass(frozen=True)
class Part:
    """A run of plain Markdown (`kind` is empty) or one container, with the line it begins on (from 0)."""

    kind: str
    title: str
    text: str
    line: int


@dataclass
class Writing:
    """One text being rendered."""

    file: str
    first_line: int
    problems: Problems
    headings: list[tuple[str, str]] = field(default_factory=list)

    def problem(self, line: int, sentence: str, hint: str = "") -> None:
        self.problems.add(self.file, self.first_line + line + 1, 1, sentence, hint)

    def new_id(self, title: str) -> str:
        """An ascii id that this text does not have yet, and its place in the list of headings."""
        base = re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[:60] or "kop"
        taken = {known for known, _ in self.headings} | {"inhoud", "menu", "toasts", "fouten"}
        id_, count = base, 1
        while id_ in taken:
            count += 1
            id_ = f"{base}-{count}"
        self.headings.append((id_, title))
        return id_


def render(text: str, *, file: str, first_line: int, problems: Problems) -> Rendered:
    """The text as clean HTML with the headings to jump to. `first_line` is where it begins, from 0."""
    writing = Writing(file, first_line, problems)
    written = [_CONTAINERS.get(part.kind, _plain)(part, writing) for part in _parts(text, writing)]
    return Rendered(_cleaned("\n".join(written)), tuple(writing.headings))


def _parts(text: str, writing: Writing) -> list[Part]:
    """Cut the text at its containers; a container in a container or without an end is a problem."""
    parts: list[Part] = []
    kind, title, start, lines = "", "", 0, list[str]()

    def close(line: int) -> None:
        nonlocal kind, title, start, lines
        if kind or any(content.strip() for content in lines):
            parts.append(Part(kind, title, "\n".join(lines), start))
        kind, title, start, lines = "", "", line + 1, []

    for line, content in enumerate(text.split("\n")):
        if not content.startswith(":::"):
            lines.append(content)
        elif CLOSES.match(content):
            if not kind:
                writing.problem(line, "Hier sluit een blok dat nergens begint.", "Haal deze regel ‘:::’ weg.")
            close(line)
        else:
            if kind:
                writing.problem(start - 1, f"Het blok ‘{kind}’ is niet gesloten.", "Zet ‘:::’ op de regel eronder.")
            close(line)
            kind, title = _opened(content, line, writing)
    if kind:
        writing.problem(start - 1, f"Het blok ‘{kind}’ is niet gesloten.", "Zet ‘:::’ op de regel eronder.")
    close(len(text))
    return parts


def _opened(content: str, line: int, writing: Writing) -> tuple[str, str]:
    found = OPENS.match(content)
    kind, title = (found.group(1), found.group(2) or "") if found else ("", "")
    if kind not in KINDS:
        writing.problem(
            line, f"Het blok ‘{kind or content[3:].strip()}’ kennen we niet.", f"Kies uit: {', '.join(KINDS)}."
        )
        return "voorbeeld", title
    if not title and kind not in UNTITLED:
        writing.problem(line, f"Het blok ‘{kind}’ heeft geen titel.", f"Schrijf bijvoorbeeld ‘::: {kind} Een titel’.")
    return kind, title


# Containers, in the classes of the design


def _plain(part: Part, writing: Writing) -> str:
    return _markdown(part, writing, headings=True)


def _kern(part: Part, writing: Writing) -> str:
    body = _markdown(part, writing)
    return (
        f'<aside class="kern">{KERN_SPOT}<div class="stack g1"><p class="muted">Kernelement</p>'
        f"<h3>{escape(part.title)}</h3>{body}</div></aside>"
    )


def _attention(part: Part, writing: Writing) -> str:
    body = _markdown(part, writing)
    return (
        f'<aside class="note is-tomato">{ATTENTION_SPOT}<strong>{escape(part.title)}</strong>'
        f'<div class="stack g3">{body}</div></aside>'
    )


def _example(part: Part, writing: Writing) -> str:
    return f'<section class="sheet tint-sky"><h3>{escape(part.title)}</h3>{_markdown(part, writing)}</section>'


def _think(part: Part, writing: Writing) -> str:
    id_ = writing.new_id(part.title or "Denk na")
    body = _markdown(part, writing)
    return f'<section class="reflect" aria-labelledby="{id_}"><h2 id="{id_}">{escape(part.title)}</h2>{body}</section>'


def _quote(part: Part, writing: Writing) -> str:
    return f"<blockquote>{_markdown(part, writing)}<footer>{escape(part.title)}</footer></blockquote>"


def _steps(part: Part, writing: Writing) -> str:
    """One ordered list; each item `**Kop.** tekst`."""
    tokens = _parser().parse(part.text)
    top = [token for token in tokens if token.level == 0]
    if [token.type for token in top] != ["ordered_list_open", "ordered_list_close"]:
        writing.problem(part.line - 1, "In het blok ‘stappen’ hoort één genummerde lijst.", "Begin elke stap met ‘1.’.")
        return _markdown(part, writing)
    _look(tokens, part, writing)
    items: list[str] = []
    begin = 0
    for index, token in enumerate(tokens):
        if token.type == "list_item_open" and token.level == 1:
            begin = index + 1
        elif token.type == "list_item_close" and token.level == 1:
            items.append(_step(tokens[begin:index], part, writing))
    return f'<ol class="bigsteps">{"".join(items)}</ol>'


def _step(tokens: list[Token], part: Part, writing: Writing) -> str:
    first = next((token for token in tokens if token.type == "inline"), None)
    children = [child for child in (first.children or []) if child.type != "text" or child.content] if first else []
    kinds = [child.type for child in children[:3]]
    if first is None or kinds != ["strong_open", "text", "strong_close"]:
        line = part.line + (tokens[0].map[0] if tokens and tokens[0].map else 0)
        writing.problem(line, "Deze stap heeft geen kop.", "Schrijf hem zo: 1. **Kop.** Wat je doet.")
        return f"<li>{_render(tokens)}</li>"
    title = children[1].content.strip().rstrip(".")
    rest = children[3:]
    if rest and rest[0].type == "text":
        rest[0].content = rest[0].content.lstrip()
    first.children = rest
    for token in tokens:
        token.hidden = False  # a tight list hides its paragraphs
    return f'<li><h3>{escape(title)}</h3><div class="stack g3">{_render(tokens)}</div></li>'


Container = Callable[[Part, Writing], str]
_CONTAINERS: Final[dict[str, Container]] = {
    "kern": _kern,
    "let-op": _attention,
    "voorbeeld": _example,
    "stappen": _steps,
    "denk": _think,
    "citaat": _quote,
}


# Markdown itself


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "linkify": False}).disable(["html_block", "html_inline"])


def _markdown(part: Part, writing: Writing, *, headings: bool = False) -> str:
    tokens = _parser().parse(part.text)
    _look(tokens, part, writing, headings=headings)
    return _render(_sign_quotes(tokens))


def _render(tokens: Sequence[Token]) -> str:
    parser = _parser()
    return str(parser.renderer.render(tokens, parser.options, {})).strip()


def _look(tokens: list[Token], part: Part, writing: Writing, *, headings: bool = False) -> None:
    """Find what an author may not use, and give headings their ids."""
    for index, token in enumerate(tokens):
        line = part.line + (token.map[0] if token.map else 0)
        if token.type == "heading_open":
            title = _words(tokens[index + 1])
            if token.tag not in {"h2", "h3"} or not headings:
                hint = "Gebruik ## of ###." if headings else "Haal de kop uit het blok."
                writing.problem(line, "Deze kop mag hier niet.", hint)
            elif token.tag == "h2":
                token.attrSet("id", writing.new_id(title))
        if token.type == "inline":
            _look_inside(token, line, writing)


def _look_inside(token: Token, line: int, writing: Writing) -> None:
    for child in token.children or []:
        if child.type == "image":
            writing.problem(line, "Een beeld in de tekst kan nog niet.", "Zet het in de kop van de les, bij image.")
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


def _words(token: Token) -> str:
    return "".join(child.content for child in token.children or [] if child.type in {"text", "code_inline"}).strip()


def link_is_safe(href: str) -> bool:
    """An address within the program, a place on the page, a secure page elsewhere, or a mail address."""
    if href.startswith(("https://", "http://", "mailto:", "#")):
        return True
    return href.startswith("/") and not href.startswith(("//", "/\\"))


def _cleaned(html: str) -> str:
    """Only what the lists above name; links that lead astray lose their address."""

    def keep(tag: str, attribute: str, value: str) -> str | None:
        return value if (tag, attribute) != ("a", "href") or link_is_safe(value) else None

    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        attribute_filter=keep,
        url_schemes={"https", "http", "mailto"},
        link_rel="noopener noreferrer",
    )
