"""A check on the desk of its author: read for the forms, and kept in the draft when one of them changes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.courses.drafts import actions, queries
from app.courses.drafts.queries import FileFacts
from app.courses.drafts.reading import Stored, named_in_draft
from app.courses.drafts.rules import Kind
from app.kit.errors import NotFound, Refused
from app.web.kit.ask import Answer, Ask, redirect
from app.web.kit.forms import Submitted
from app.web.words.shared import N_

if TYPE_CHECKING:
    from app.courses.files.check_text import CheckText, HalfQuestion

Change = Callable[["CheckText"], "CheckText | None"]
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
TRIES: Final = 3
"""So often a change is made anew when somebody else kept another question in that very moment."""


@dataclass(frozen=True)
class Desk:
    """A check as it stood at one moment."""

    course: str
    file: FileFacts
    stored: dict[str, Stored]
    sheet: CheckText

    @property
    def here(self) -> str:
        return here(self.course, self.file.id)

    @property
    def title(self) -> str:
        return queries.title_of_course(self.stored.get("course.yaml"), self.course)

    def question(self, id_: str) -> HalfQuestion:
        """Raises: NotFound."""
        place = self.sheet.place_of(id_)
        if place is None:
            raise NotFound
        return self.sheet.cuts[place].question


class AsText(Exception):
    """The check cannot be shown as questions."""


def here(course: str, file: int) -> str:
    return f"/beheer/opleidingen/{course}/bestand/{file}"


def desk_of(ask: Ask, course: str, file: int) -> Desk:
    """Raises: NotFound; AsText for one that no form can show."""
    from app.courses.files.check_text import read_check  # noqa: PLC0415 - few requests read courses

    actions.must_write(ask.viewer)
    with ask.services.database.reading(snapshot=True) as db:
        found = queries.file_facts(db, course, file)
        stored = named_in_draft(db, found.draft_id)
    if found.kind is not Kind.CHECK:
        raise NotFound
    sheet = read_check(found.text or "") if not found.removed else None
    if sheet is None:
        raise AsText
    return Desk(course, found, stored, sheet)


def as_text(ask: Ask, course: str, file: int) -> Answer:
    """The page of the file as it is, at the line that somebody came for."""
    line = ask.query.get("regel", "")
    place = f"?regel={line}" if line.isascii() and line.isdigit() and len(line) < 7 else ""
    toast = N_("Deze toets is nu niet als vragen te tonen. Herstel eerst wat hieronder staat.")
    return redirect(f"{here(course, file)}{place}", toast=toast)


def done(form: Submitted[Any]) -> str:
    """What lets the device forget what it kept of a form, behind the address of the page after it (js/keep.js)."""
    return f"?klaar={form.key}" if _KEY.fullmatch(form.key) else ""


def done_before(ask: Ask) -> str:
    """The key of the form that was kept, on the page after it; empty when no form was."""
    return key if _KEY.fullmatch(key := ask.query.get("klaar", "")) else ""


def listed(desk: Desk, form: Submitted[Any], question: str = "") -> str:
    """The list after a form was kept."""
    return f"{desk.here}/vragen{done(form)}#{question}" if question else f"{desk.here}/vragen{done(form)}"


def kept(ask: Ask, desk: Desk, change: Change) -> None:
    """Change the check as it stands now. Two authors at two questions do not hinder each other.

    `change`: asked anew of each text, so it also says no to what somebody else kept at the same question.
    Raises: NotFound; AsText; Refused, with "check_odd" where the lines are too odd to change, and as `keep_text`.
    """
    for tries in range(TRIES):
        made = change(desk.sheet)
        if made is None:
            raise Refused("check_odd")
        if made is desk.sheet:
            return
        try:
            with ask.services.database.writing() as db:
                actions.keep_text(
                    db,
                    by=ask.viewer,
                    slug=desk.course,
                    file_id=desk.file.id,
                    text=made.text,
                    version=desk.file.version,
                    now=ask.now,
                )
        except Refused as refused:
            if refused.code != "stale_text" or tries == TRIES - 1:
                raise
            desk = desk_of(ask, desk.course, desk.file.id)
        else:
            return
