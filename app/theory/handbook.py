"""Reading the handbook: its overview, and the script of one meeting, with what is new to who knows an older one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session

from app.courses.changes import EditionLine, differences, editions_in, sessions_of
from app.courses.editions import Edition, edition_of, editions_of
from app.courses.handbook_parts import Fresh, SessionText, fresh_parts
from app.courses.queries import Reading, courses_for, reading_of
from app.courses.rules import EnrolmentStage, OutlineSession
from app.kit.errors import NotFound
from app.kit.localtime import local
from app.people.rules import Viewer
from app.theory.updating import before, known_by


@dataclass(frozen=True)
class Version:
    """One version of the handbook: since when, and what changed in it."""

    version: str
    published_at: datetime
    notes: str


@dataclass(frozen=True)
class SessionLine:
    """A meeting in the overview. `new`: there is something in it that she does not know yet."""

    session: OutlineSession
    new: bool


@dataclass(frozen=True)
class HandbookPage:
    """The handbook of a course. `since`: the version that she knows, when this one is newer.

    `course_href`: the course, for who may read it.
    """

    course_slug: str
    course_title: str
    course_href: str
    sample: bool
    version: str
    since: str
    intro: str
    sessions: tuple[SessionLine, ...]
    versions: tuple[Version, ...]


@dataclass(frozen=True)
class Thing:
    """Something to lay ready."""

    words: str
    new: bool


@dataclass(frozen=True)
class Step:
    """One part of a meeting: from when until when, on the clock or counted from its beginning."""

    start: str
    end: str
    minutes: int
    title: str
    text: str
    new: bool


@dataclass(frozen=True)
class Otherwise:
    """What to do when it goes another way."""

    when: str
    then: str
    new: bool


@dataclass(frozen=True)
class WorkingForm:
    """A card with a working form, and the core element that it serves."""

    title: str
    text: str
    minutes: int
    element: str
    motif: str
    materials: tuple[str, ...]
    new: bool


@dataclass(frozen=True)
class SessionPage:
    """The script of one meeting. `course_href`: the course, for who may read it.

    `starts_at`: when it begins, where it was opened for a date; then the times are those of the clock, and `date_id`
    goes along to the meetings beside it. `new_ids`: the paragraphs of the background that are new.
    """

    course_slug: str
    course_title: str
    course_href: str
    sample: bool
    slug: str
    number: int
    title: str
    minutes: int
    goal: str
    goal_new: bool
    materials: tuple[Thing, ...]
    steps: tuple[Step, ...]
    otherwise: tuple[Otherwise, ...]
    forms: tuple[WorkingForm, ...]
    html: Markup
    new_ids: frozenset[str]
    version: str
    since: str
    others: tuple[OutlineSession, ...]
    starts_at: datetime | None
    date_id: int | None

    @property
    def query(self) -> str:
        """What an address needs to stay with this date."""
        return f"?datum={self.date_id}" if self.date_id is not None else ""

    @property
    def previous(self) -> OutlineSession | None:
        return self._beside(-1)

    @property
    def following(self) -> OutlineSession | None:
        return self._beside(1)

    def _beside(self, step: int) -> OutlineSession | None:
        place = [one.slug for one in self.others].index(self.slug) + step
        return self.others[place] if 0 <= place < len(self.others) else None


@dataclass(frozen=True)
class Held:
    """Made above from the certificates: the interventions that the viewer may run now."""

    intervention_ids: frozenset[int]


@dataclass(frozen=True)
class HandbookLine:
    """A handbook in a list."""

    slug: str
    course_title: str
    intro: str


@dataclass(frozen=True)
class _Own:
    """The handbook that somebody reads, and the edition that she knows; None when nothing is marked.

    `course_href`: the course, for who may read it.
    """

    edition: Edition
    line: EditionLine
    editions: tuple[EditionLine, ...]
    known: EditionLine | None
    course_href: str

    @property
    def since(self) -> str:
        return self.known.handbook_version if self.known else ""


def handbook_page(db: Session, viewer: Viewer, course_slug: str, held: Held) -> HandbookPage:
    """The overview. Raises: NotFound, also for a course without a handbook."""
    own = _own(db, viewer, course_slug, held)
    outline = own.edition.outline
    if not outline.sessions:
        raise NotFound
    found = differences(db, own.known.id, own.line.id).sessions if own.known else ()
    new = {one.slug for one in found if one.news}
    return HandbookPage(
        course_slug=course_slug,
        course_title=outline.title,
        course_href=own.course_href,
        sample=own.edition.sample,
        version=outline.handbook_version,
        since=own.since,
        intro=outline.handbook_intro,
        sessions=tuple(SessionLine(session, session.slug in new) for session in outline.sessions),
        versions=_versions(own.editions),
    )


def handbooks_beside(db: Session, held: Held, courses: Collection[str]) -> list[HandbookLine]:
    """The handbooks of a trainer for which she has no course to read: she was taken over with her certificate."""
    taught = courses_for(db, held.intervention_ids)
    editions = editions_of(db, (one.edition_id for one in taught if one.slug not in courses))
    found = [one.outline for one in editions.values() if one.outline.sessions]
    return [HandbookLine(one.slug, one.title, one.handbook_intro) for one in found]


def session_page(
    db: Session,
    viewer: Viewer,
    course_slug: str,
    session_slug: str,
    held: Held,
    *,
    date_id: int | None = None,
    starts_at: datetime | None = None,
) -> SessionPage:
    """One script, for a date of a group when it is opened from there. Raises: NotFound."""
    own = _own(db, viewer, course_slug, held)
    page = script(db, own.edition, own.known, session_slug, date_id=date_id, starts_at=starts_at)
    return replace(page, course_href=own.course_href)


def script(
    db: Session,
    edition: Edition,
    known: EditionLine | None,
    session_slug: str,
    *,
    date_id: int | None = None,
    starts_at: datetime | None = None,
) -> SessionPage:
    """The script of a meeting in an edition, with what is new to who knows another. Raises: NotFound."""
    handbooks = sessions_of(db, {edition.id, known.id} if known else {edition.id})
    session = _session(handbooks[edition.id], session_slug)
    if session is None:
        raise NotFound
    fresh = fresh_parts(_session(handbooks[known.id], session_slug), session) if known else Fresh()
    facts = session.script
    return SessionPage(
        course_slug=edition.outline.slug,
        course_title=edition.outline.title,
        course_href="",
        sample=edition.sample,
        slug=session.slug,
        number=session.number,
        title=session.title,
        minutes=facts["minutes"],
        goal=facts["goal"],
        goal_new="goal" in fresh.kinds,
        materials=tuple(Thing(thing, fresh.has("materials", n)) for n, thing in enumerate(facts["materials"])),
        steps=_steps(facts["steps"], fresh, starts_at),
        otherwise=tuple(
            Otherwise(each["when"], each["then"], fresh.has("otherwise", n))
            for n, each in enumerate(facts["otherwise"])
        ),
        forms=_forms(facts["working_forms"], fresh, edition),
        html=Markup(session.html),  # noqa: S704 - cleaned against an allow-list when it was published
        new_ids=fresh.ids,
        version=edition.outline.handbook_version,
        since=known.handbook_version if known else "",
        others=edition.outline.sessions,
        starts_at=starts_at,
        date_id=date_id,
    )


def _session(sessions: Collection[SessionText], slug: str) -> SessionText | None:
    return next((one for one in sessions if one.slug == slug), None)


def _own(db: Session, viewer: Viewer, course_slug: str, held: Held) -> _Own:
    """Who is in training reads her own edition; trainers, coaches, authors and admins the newest.

    Marked is what is new to a trainer since her training, or since she last read what was new. Raises: NotFound.
    """
    editions = editions_in(db, course_slug)
    if not editions:
        raise NotFound
    newest = editions[0]
    trainer = newest.intervention_id in held.intervention_ids
    reading = _reading(db, viewer, course_slug, trainer=trainer)
    course_href = f"/opleiding/{course_slug}" if reading is not None else ""
    if reading is not None and keeps_her_edition(reading, trainer=trainer):
        line = next(one for one in editions if one.id == reading.edition.id)
        older = tuple(one for one in editions if one.number <= line.number)
        return _Own(reading.edition, line, older, None, course_href)
    known = _known(db, viewer, course_slug, editions) if trainer else None
    return _Own(edition_of(db, newest.id), newest, editions, known, course_href)


def keeps_her_edition(reading: Reading, *, trainer: bool) -> bool:
    """Whether somebody uses the handbook of her own training: while it runs, and after it without a certificate."""
    if reading.enrolment is None:
        return False
    return reading.enrolment.stage is not EnrolmentStage.COMPLETED or not trainer


def _reading(db: Session, viewer: Viewer, course_slug: str, *, trainer: bool) -> Reading | None:
    """What she may read as who follows, or looks along; a trainer needs neither."""
    try:
        return reading_of(db, viewer, course_slug)
    except NotFound:
        if trainer:
            return None
        raise


def _known(db: Session, viewer: Viewer, course_slug: str, editions: tuple[EditionLine, ...]) -> EditionLine | None:
    """The edition that a trainer knows; None for the newest, and for who was taken over and read nothing here yet."""
    known = known_by(db, before(editions, editions[0]), course_slug, [viewer.id])[viewer.id]
    if not known.sure or known.edition_id == editions[0].id:
        return None
    return next((one for one in editions if one.id == known.edition_id), None)


def _versions(editions: tuple[EditionLine, ...]) -> tuple[Version, ...]:
    """Every version of the handbook, newest first; of editions with the same version the first counts."""
    found: dict[str, Version] = {}
    for one in reversed(editions):
        if one.handbook_version:
            found.setdefault(one.handbook_version, Version(one.handbook_version, one.published_at, one.handbook_notes))
    return tuple(reversed(found.values()))


def _steps(steps: list[dict[str, Any]], fresh: Fresh, starts_at: datetime | None) -> tuple[Step, ...]:
    """The steps with their times: of the clock, or counted from 0.00, when the meeting begins."""
    passed, found = 0, []
    for number, step in enumerate(steps):
        minutes = int(step["minutes"])
        start, end = _time(passed, starts_at), _time(passed + minutes, starts_at)
        found.append(Step(start, end, minutes, step["title"], step["text"], fresh.has("steps", number)))
        passed += minutes
    return tuple(found)


def _time(minutes: int, starts_at: datetime | None) -> str:
    if starts_at is None:
        return f"{minutes // 60}.{minutes % 60:02d}"
    moment = local(starts_at + timedelta(minutes=minutes))
    return f"{moment.hour}.{moment.minute:02d}"


def _forms(forms: list[dict[str, Any]], fresh: Fresh, edition: Edition) -> tuple[WorkingForm, ...]:
    elements = {element.slug: element for element in edition.rubric.core_elements}
    found = []
    for number, form in enumerate(forms):
        element = elements.get(form["core_element"] or "")
        found.append(
            WorkingForm(
                title=form["title"],
                text=form["text"],
                minutes=form["minutes"],
                element=element.title if element else "",
                motif=element.motif if element else "hand",
                materials=tuple(form.get("materials", ())),
                new=fresh.has("forms", number),
            )
        )
    return tuple(found)


def session_for(sessions: tuple[OutlineSession, ...], *, nth: int, presentation: bool) -> OutlineSession | None:
    """The meeting of the handbook for the nth date of a group; the last one for its end presentation. Pure.

    Past the last one it is the last; a handbook without meetings has none.
    """
    if not sessions:
        return None
    if presentation:
        return sessions[-1]
    return next((one for one in sessions if one.number == nth), sessions[min(nth, len(sessions)) - 1])
