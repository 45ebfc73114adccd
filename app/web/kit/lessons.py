"""A lesson as a page shows it: our own pictures in its text, and a form at each block that asks for one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from markupsafe import Markup

from app.courses.rules import ATTENTION_SPOT, KERN_SPOT
from app.kit.i18n import Locale, translations
from app.theory.lesson_page import LessonPage
from app.theory.lesson_parts import Asked, Paper, Part, Playable, Reflecting, Text
from app.web.kit.ask import Ask, Page, render
from app.web.kit.forms import Submitted
from app.web.kit.icons import icon
from app.web.kit.motifs import motif
from app.web.kit.news import marked

LESSON = "lessons/lesson.html"
_ID: Final = re.compile(r' (?:id|aria-labelledby)="[^"]*"')
Form = Submitted[Any]


@dataclass(frozen=True)
class Typed:
    """A form of one block as it came in.

    `elsewhere`: what another window saved in the meantime; `left`: words for which there is no place in the lesson.
    """

    block_id: str
    form: Form
    elsewhere: str = ""
    left: str = ""


@dataclass(frozen=True)
class Keeping:
    """What became of words that a page sent by itself. `state`: "kept", "stale" (another window was first), "failed".

    `shared`: her coach reads along; `withdrawn`: no longer, since nothing is left to read.
    """

    course_slug: str
    lesson_slug: str
    block_id: str
    state: str
    saved_at: datetime | None = None
    shared: bool = False
    withdrawn: bool = False


def shown(
    ask: Ask,
    page: LessonPage,
    form: Form | None = None,
    *,
    typed: Typed | None = None,
    status: int = 200,
) -> Page:
    """The lesson, with what was typed where it did not fit. `form`: that of the whole lesson, at its end."""
    forms = forms_of(page.parts, ask.viewer.locale)
    if typed is not None:
        forms[typed.block_id] = typed.form
    form = form or Submitted.blank(ask.viewer.locale)
    for one in page.parts:
        if isinstance(one, Playable | Reflecting | Asked) and one.needed:
            form.drawn(f"blok-{one.id}", one.question.text if isinstance(one, Asked) else one.title, f"f-{one.id}")
    return render(
        LESSON,
        page,
        status=status,
        form=form,
        forms=forms,
        typed=typed,
        parts=tuple(with_news(illustrated(one, page.motif), page.new_ids, ask.viewer.locale) for one in page.parts),
        keeper=ask.viewer.id,
    )


def forms_of(parts: Iterable[Part], locale: Locale) -> dict[str, Form]:
    """A form for each block that asks for one, with what the reader did at it."""
    return {one.id: _form(locale, one) for one in parts if isinstance(one, Reflecting | Asked)}


def _form(locale: Locale, one: Reflecting | Asked) -> Form:
    if isinstance(one, Reflecting):
        return Submitted.blank(locale, words=one.words, version=one.version)
    return Submitted.blank(locale, **{one.id: [str(index) for index in one.chosen]})


def illustrated(part: Part, name: str) -> Part:
    """The text with our own pictures in the spots that publishing left for them. `name`: the module's motif."""
    if not isinstance(part, Text):
        return part
    tile = Markup('<span class="tile">%s</span>') % motif(name)
    html = part.html.replace(KERN_SPOT, tile).replace(ATTENTION_SPOT, icon("triangle-alert"))
    return replace(part, html=Markup(html))  # noqa: S704 - cleaned when published, and the pictures are ours


def with_news(part: Part, ids: Collection[str], locale: Locale) -> Part:
    """The text with the word *Nieuw* above what is new to its reader."""
    return (
        replace(part, html=marked(part.html, ids, translations(locale).gettext("Nieuw")))
        if isinstance(part, Text)
        else part
    )


def on_paper(part: Part, name: str) -> Part:
    """The same where several lessons stand on one page, so without ids: they would be there twice."""
    part = illustrated(part, name)
    if isinstance(part, Text | Paper | Reflecting):
        return replace(part, html=_without_ids(part.html))
    return replace(part, transcript=_without_ids(part.transcript)) if isinstance(part, Playable) else part


def at_the_desk(parts: Iterable[Part], name: str) -> tuple[Part, ...]:
    """The same for a text that is still being written. Nothing in it is called as anything else on the page.

    Also not when its author gave two blocks one name: the page says that, and shows both.
    """
    return tuple(_called(on_paper(part, name), f"zo--{place}") for place, part in enumerate(parts))


def _called(part: Part, id_: str) -> Part:
    match part:
        case Text():
            return part
        case Reflecting():
            return replace(part, id=id_, heading=f"{id_}-kop")
        case Asked():
            return replace(part, id=id_, question=replace(part.question, id=id_))
    return replace(part, id=id_)


def _without_ids(html: Markup) -> Markup:
    return Markup(_ID.sub("", html))  # noqa: S704 - what was cleaned, and less of it
