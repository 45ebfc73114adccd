"""Reading the handbook: its overview, and the script of one meeting with a group."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.queries import reading_of
from app.courses.rules import OutlineSession
from app.courses.tables import HandbookSession
from app.kit.errors import NotFound
from app.people.rules import Viewer


@dataclass(frozen=True)
class HandbookPage:
    """The handbook of a course: which meetings it describes."""

    course_slug: str
    course_title: str
    sample: bool
    version: str
    notes: str
    intro: str
    sessions: tuple[OutlineSession, ...]


@dataclass(frozen=True)
class Step:
    """One part of a meeting, from minute to minute."""

    start: str
    end: str
    minutes: int
    title: str
    text: str


@dataclass(frozen=True)
class Otherwise:
    """What to do when it goes another way."""

    when: str
    then: str


@dataclass(frozen=True)
class WorkingForm:
    """A card with a working form, and the core element that it serves."""

    title: str
    text: str
    minutes: int
    element: str
    motif: str


@dataclass(frozen=True)
class SessionPage:
    """The script of one meeting."""

    course_slug: str
    course_title: str
    sample: bool
    number: int
    title: str
    minutes: int
    goal: str
    materials: tuple[str, ...]
    steps: tuple[Step, ...]
    otherwise: tuple[Otherwise, ...]
    forms: tuple[WorkingForm, ...]
    html: Markup
    version: str


def handbook_page(db: Session, viewer: Viewer, course_slug: str) -> HandbookPage:
    """The overview. Raises: NotFound, also for a course without a handbook."""
    reading = reading_of(db, viewer, course_slug)
    outline = reading.outline
    if not outline.sessions:
        raise NotFound
    return HandbookPage(
        course_slug=course_slug,
        course_title=outline.title,
        sample=reading.sample,
        version=outline.handbook_version,
        notes=outline.handbook_notes,
        intro=outline.handbook_intro,
        sessions=outline.sessions,
    )


def session_page(db: Session, viewer: Viewer, course_slug: str, session_slug: str) -> SessionPage:
    """One script. Raises: NotFound."""
    reading = reading_of(db, viewer, course_slug)
    session = db.scalar(
        select(HandbookSession).where(
            HandbookSession.edition_id == reading.edition.id, HandbookSession.slug == session_slug
        )
    )
    if session is None:
        raise NotFound
    script = session.script
    elements = {element.slug: element for element in reading.edition.rubric.core_elements}
    forms = []
    for form in script["working_forms"]:
        element = elements.get(form["core_element"])
        forms.append(
            WorkingForm(
                form["title"],
                form["text"],
                form["minutes"],
                element.title if element else "",
                element.motif if element else "hand",
            )
        )
    return SessionPage(
        course_slug=course_slug,
        course_title=reading.outline.title,
        sample=reading.sample,
        number=session.number,
        title=session.title,
        minutes=script["minutes"],
        goal=script["goal"],
        materials=tuple(script["materials"]),
        steps=_steps(script["steps"]),
        otherwise=tuple(Otherwise(each["when"], each["then"]) for each in script["otherwise"]),
        forms=tuple(forms),
        html=Markup(session.html),  # noqa: S704 - cleaned against an allow-list when it was published
        version=reading.outline.handbook_version,
    )


def _steps(steps: list[dict[str, object]]) -> tuple[Step, ...]:
    """The steps with the time that passed: 0.00 is when the meeting begins."""
    passed, found = 0, []
    for step in steps:
        minutes = int(str(step["minutes"]))
        found.append(Step(_time(passed), _time(passed + minutes), minutes, str(step["title"]), str(step["text"])))
        passed += minutes
    return tuple(found)


def _time(minutes: int) -> str:
    return f"{minutes // 60}.{minutes % 60:02d}"
