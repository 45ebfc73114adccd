"""The blocks of a text that only show something, in the classes of the design."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Final

from markdown_it.token import Token

from app.courses.files.prose import look, markdown, parser, rendered, said
from app.courses.files.writing import Part, Writing
from app.courses.rules import ATTENTION_SPOT, KERN_SPOT

Container = Callable[[Part, Writing], str]


def plain(part: Part, writing: Writing) -> str:
    return markdown(part, writing, headings=True)


def _kern(part: Part, writing: Writing) -> str:
    title, body = _title("h3", part, writing), markdown(part, writing)
    return (
        f'<aside class="kern">{KERN_SPOT}<div class="stack g1"><p class="muted">Kernelement</p>'
        f"{title}{body}</div></aside>"
    )


def _attention(part: Part, writing: Writing) -> str:
    title, body = _title("strong", part, writing), markdown(part, writing)
    return f'<aside class="note is-tomato">{ATTENTION_SPOT}{title}<div class="stack g3">{body}</div></aside>'


def _example(part: Part, writing: Writing) -> str:
    return f'<section class="sheet tint-sky">{_title("h3", part, writing)}{markdown(part, writing)}</section>'


def _title(tag: str, part: Part, writing: Writing) -> str:
    return f'<{tag} id="{writing.anchor(part.title)}">{escape(part.title)}</{tag}>'


def _think(part: Part, writing: Writing) -> str:
    id_ = writing.new_id(part.title or "Denk na")
    body = markdown(part, writing)
    return f'<section class="reflect" aria-labelledby="{id_}"><h2 id="{id_}">{escape(part.title)}</h2>{body}</section>'


def _quote(part: Part, writing: Writing) -> str:
    return f"<blockquote>{markdown(part, writing)}<footer>{escape(part.title)}</footer></blockquote>"


def _steps(part: Part, writing: Writing) -> str:
    """One ordered list; each item `**Kop.** tekst`."""
    tokens = parser().parse(part.text)
    top = [token for token in tokens if token.level == 0]
    if [token.type for token in top] != ["ordered_list_open", "ordered_list_close"]:
        writing.problem(part.line - 1, "In het blok ‘stappen’ hoort één genummerde lijst.", "Begin elke stap met ‘1.’.")
        return markdown(part, writing)
    look(tokens, part, writing)
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
        return f"<li>{rendered(tokens)}</li>"
    id_ = writing.anchor(" ".join(said(token) for token in tokens if token.type == "inline"))
    title = children[1].content.strip().rstrip(".")
    rest = children[3:]
    if rest and rest[0].type == "text":
        rest[0].content = rest[0].content.lstrip()
    first.children = rest
    for token in tokens:
        token.hidden = False  # a tight list hides its paragraphs
    return f'<li id="{id_}"><h3>{escape(title)}</h3><div class="stack g3">{rendered(tokens)}</div></li>'


CONTAINERS: Final[dict[str, Container]] = {
    "kern": _kern,
    "let-op": _attention,
    "voorbeeld": _example,
    "stappen": _steps,
    "denk": _think,
    "citaat": _quote,
}
