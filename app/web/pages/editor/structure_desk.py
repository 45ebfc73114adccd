"""The shape of a draft on the desk of its author: read for the forms, and kept when one of them changes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.orm import Session

from app.courses.differing import Passage, passages_between
from app.courses.drafts import actions, queries
from app.courses.drafts.queries import FileFacts
from app.courses.drafts.structure import SHAPE, digest
from app.kit.errors import NotFound, Refused
from app.web.kit.ask import Answer, Ask, redirect
from app.web.kit.forms import Submitted
from app.web.words.shared import N_

if TYPE_CHECKING:
    from app.courses.files.course_text import CourseText, HalfModule

Change = Callable[["CourseText"], "CourseText | None"]
Write = Callable[[Session, str, int], object]
Form = Submitted[Any]
TRIES: Final = 3
"""So often a change is made anew when somebody else kept another one in that very moment."""


@dataclass(frozen=True)
class ShapeDesk:
    """The shape as it stood at one moment."""

    course: str
    file: FileFacts
    sheet: CourseText

    @property
    def here(self) -> str:
        return here(self.course)

    @property
    def title(self) -> str:
        return self.sheet.course.title or self.course

    def module(self, slug: str) -> HalfModule:
        """Raises: NotFound."""
        found = self.sheet.module(slug)
        if found is None:
            raise NotFound
        return found


class Elsewhere(Refused):
    """Somebody else kept other facts since the form was opened. `passages`: both beside each other, where they fit."""

    def __init__(self, passages: tuple[Passage, ...] | None) -> None:
        super().__init__("stale_question")
        self.passages = passages or ()


class ShapeAsText(Exception):
    """The shape cannot be shown in fields."""


def here(course: str) -> str:
    return f"/beheer/opleidingen/{course}/opbouw"


def desk_of(ask: Ask, course: str) -> ShapeDesk:
    """Raises: NotFound; ShapeAsText for a text that no form can show."""
    actions.must_write(ask.viewer)
    with ask.services.database.reading(snapshot=True) as db:
        found = queries.file_named(db, course, SHAPE)
    return desk_at(course, found)


def desk_at(course: str, file: FileFacts) -> ShapeDesk:
    """Raises: ShapeAsText."""
    from app.courses.files.course_text import read_course  # noqa: PLC0415 - few requests read courses

    sheet = read_course(file.text or "")
    if sheet is None:
        raise ShapeAsText
    return ShapeDesk(course, file, sheet)


def as_text(ask: Ask, course: str) -> Answer:
    """The page of the file as it is."""
    with ask.services.database.reading() as db:
        file = queries.file_named(db, course, SHAPE)
    toast = N_("De opbouw is nu niet in vakjes te tonen. Herstel eerst wat hieronder staat.")
    return redirect(f"/beheer/opleidingen/{course}/bestand/{file.id}", toast=toast)


def kept(ask: Ask, desk: ShapeDesk, change: Change, *, back_to: str = "", write: Write | None = None) -> None:
    """Change the shape as it stands now. Two authors at two things do not hinder each other.

    `change`: asked anew of each text, so that it can say no to what somebody else kept at the same thing. `write`:
    keeps the text, made of that version, with what goes along. `back_to`: where the form leads when it is sent a
    second time. Raises: Refused, with "check_odd" where the lines are too odd to change, and as `keep_text`.
    """
    for tries in range(TRIES):
        made = change(desk.sheet)
        if made is None:
            raise Refused("check_odd")
        if made is desk.sheet:
            return
        try:
            with ask.writing(back_to=back_to or desk.here) as db:
                (write or _writer(ask, desk))(db, made.text, desk.file.version)
        except Refused as refused:
            if refused.code != "stale_text" or tries == TRIES - 1:
                raise
            desk = desk_of(ask, desk.course)
        else:
            return


def _writer(ask: Ask, desk: ShapeDesk) -> Write:
    def write(db: Session, text: str, version: int) -> None:
        actions.keep_text(
            db, by=ask.viewer, slug=desk.course, file_id=desk.file.id, text=text, version=version, now=ask.now
        )

    return write


# What somebody else did meanwhile


def must_have_seen(form: Form, mine: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Whether the facts are those that she read, or wants. Asked of each text that a change is made of.

    Raises: Elsewhere; the form then holds what stands there, so that sending it again is a choice.
    """
    from app.courses.files.course_text import in_words  # noqa: PLC0415

    if form.get("seen") == digest(now) or mine == now:
        return
    form.raw["seen"] = [digest(now)]
    raise Elsewhere(passages_between(in_words(now), in_words(mine)))


def beside(refused: Refused) -> tuple[Passage, ...] | None:
    """What a form shows of somebody else; None where nobody was in the way."""
    return refused.passages if isinstance(refused, Elsewhere) else None
