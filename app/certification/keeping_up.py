"""Who keeps up with an intervention: what lower domains may know of certificates, and who is late with reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Select, and_, bindparam, exists, func, or_, select, union
from sqlalchemy.orm import Session

from app.certification.queries import HOLDING, candidates, invitees, standings
from app.certification.tables import Certification, StandingSpan
from app.courses.changes import editions_in
from app.courses.editions import editions_of
from app.courses.queries import enrolment_facts
from app.courses.tables import Course, CourseEdition, Enrolment, Intervention
from app.intervision.rules import Needs
from app.theory.handbook import Held
from app.theory.moving import PRACTICE_PINNED
from app.theory.staying import NEWEST, TRAINERS, left
from app.theory.tables import TrainerUpdate, UpdateTask
from app.theory.updates import offer
from app.theory.updating import Trainers, before, known_by, pieces


def held_by(db: Session, person_id: int, on: date) -> Held:
    """The interventions that somebody has a certificate for, that holds on a day."""
    return Held(frozenset(db.scalars(_held(person_id, on))))


def _held(person_id: int, on: date) -> Select[int]:
    return (
        select(Certification.intervention_id)
        .join(StandingSpan, StandingSpan.certification_id == Certification.id)
        .where(
            Certification.person_id == person_id,
            StandingSpan.state.in_(HOLDING),
            StandingSpan.starts_on <= on,
            or_(StandingSpan.ends_on.is_(None), StandingSpan.ends_on >= on),
        )
    )


def read_by(db: Session, person_id: int, on: date) -> frozenset[int]:
    """The interventions of which somebody reads as a trainer: with a certificate, or asked to read what is new."""
    asked = select(UpdateTask.intervention_id).where(UpdateTask.person_id == person_id)
    return frozenset(db.scalars(union(_held(person_id, on), asked)))


def trainers(db: Session, intervention_id: int, on: date) -> Trainers:
    """Who keeps up with an intervention: everybody whose certificate holds that day, also in grace."""
    return Trainers(intervention_id, invitees(db, intervention_id, on).person_ids)


def deciding(db: Session, enrolment_ids: Collection[int]) -> dict[int, date]:
    """Which of these enrolments wait for a decision about the certificate, since when. A fixed number of statements."""
    found = candidates(db, enrolment_facts(db, enrolment_ids).values())
    return {one.enrolment.id: one.ready_on for one in found if one.waits and one.ready_on is not None}


def season_needs(db: Session, intervention_id: int, on: date) -> Needs:
    """Who needs a meeting that day: whose certificate holds and does not have its meetings yet. All others may come."""
    welcome = invitees(db, intervention_id, on).person_ids
    needing = {
        person_id
        for person_id, held in standings(db, welcome, on).items()
        for one in held
        if one.intervention_id == intervention_id and not all(ask.met for ask in one.standing.requirements)
    }
    return Needs(frozenset(needing), welcome)


def owing_meetings(db: Session, first: date, last: date) -> Mapping[int, str]:
    """The interventions, with their names, of which somebody owes a meeting between two days.

    Who has a certificate then; and who works in practice now, since she may be a trainer before the half-year is over.
    Where the newest edition asks no meetings, nobody owes one. One statement, and editions that the process does not
    know yet.
    """
    holding = (
        select(Certification.intervention_id)
        .join(StandingSpan, StandingSpan.certification_id == Certification.id)
        .where(
            StandingSpan.state.in_(HOLDING),
            StandingSpan.starts_on <= last,
            or_(StandingSpan.ends_on.is_(None), StandingSpan.ends_on >= first),
        )
    )
    coming = (
        select(Course.intervention_id)
        .join(Enrolment, Enrolment.course_id == Course.id)
        .where(
            PRACTICE_PINNED.is_not(None),
            Enrolment.completed_at.is_(None),
            Enrolment.withdrawn_at.is_(None),
            Enrolment.expired_at.is_(None),
        )
    )
    newest = (
        select(func.max(CourseEdition.id))
        .join(Course, Course.id == CourseEdition.course_id)
        .where(Course.intervention_id == Intervention.id)
        .correlate(Intervention)
        .scalar_subquery()
    )
    rows = db.execute(
        select(Intervention.id, Intervention.name, newest)
        .where(Intervention.id.in_(union(holding, coming)))
        .order_by(Intervention.name)
    ).all()
    known = editions_of(db, [edition_id for *_, edition_id in rows if edition_id is not None])
    return {
        id_: name for id_, name, edition_id in rows if edition_id is None or known[edition_id].policy.intervisions_min
    }


_UNASKED: Final = (
    select(Course.slug, CourseEdition.id, CourseEdition.title, Certification.person_id)
    .select_from(Course)
    .join(CourseEdition, and_(CourseEdition.course_id == Course.id, NEWEST))
    .join(Certification, Certification.intervention_id == Course.intervention_id)
    .join(StandingSpan, StandingSpan.certification_id == Certification.id)
    .where(
        CourseEdition.number > 1,
        ~exists().where(TrainerUpdate.edition_id == CourseEdition.id),
        ~left(TRAINERS),
        StandingSpan.state.in_(HOLDING),
        StandingSpan.starts_on <= bindparam("today"),
        or_(StandingSpan.ends_on.is_(None), StandingSpan.ends_on >= bindparam("today")),
    )
    .order_by(CourseEdition.published_at, CourseEdition.id, Certification.person_id)
)
UNASKED: Final = _UNASKED.order_by(None).with_only_columns(func.count()).scalar_subquery()
"""How many trainers were not asked to read a newest edition; whether it holds news for them, the rule knows."""


@dataclass(frozen=True)
class Unasked:
    """A newest edition with news for trainers that nobody asked them to read. `people`: whom it is news to."""

    course_slug: str
    title: str
    number: int
    published_at: datetime
    people: tuple[int, ...]


def unasked(db: Session, on: date) -> list[Unasked]:
    """The newest editions that trainers could be asked to read, longest first. Three statements for each course."""
    people: dict[tuple[str, int, str], list[int]] = defaultdict(list)
    for row in db.execute(_UNASKED, {"today": on}):
        people[row.slug, row.id, row.title].append(row.person_id)
    found = []
    for (slug, _, title), whose in people.items():
        editions = editions_in(db, slug)
        edition = editions[0]
        news = offer(db, editions, edition)
        if news is None:
            continue
        known = known_by(db, before(editions, edition), slug, whose)
        whom = tuple(id_ for id_ in whose if pieces(db, known[id_], edition.id, news.all))
        if whom:
            found.append(Unasked(slug, title, edition.number, edition.published_at, whom))
    return found


_LATE: Final = (
    select(UpdateTask.id)
    .join(
        Certification,
        and_(
            Certification.person_id == UpdateTask.person_id,
            Certification.intervention_id == UpdateTask.intervention_id,
        ),
    )
    .join(StandingSpan, StandingSpan.certification_id == Certification.id)
    .where(
        UpdateTask.done_at.is_(None),
        UpdateTask.replaced_at.is_(None),
        UpdateTask.due_on < bindparam("today"),
        StandingSpan.state.in_(HOLDING),
        StandingSpan.starts_on <= bindparam("today"),
        or_(StandingSpan.ends_on.is_(None), StandingSpan.ends_on >= bindparam("today")),
    )
)
LATE_READERS: Final = _LATE.with_only_columns(func.count()).scalar_subquery()
"""How many tasks of people with a certificate are past their day, on `today`, as a column."""


def late_reading(db: Session, on: date) -> tuple[str, int, date] | None:
    """The edition of which something should have been read longest ago: its course, its number, and that day.

    None when nobody is late any more.
    """
    found = db.execute(
        _LATE.join(CourseEdition, CourseEdition.id == UpdateTask.edition_id)
        .join(Course, Course.id == CourseEdition.course_id)
        .with_only_columns(Course.slug, CourseEdition.number, UpdateTask.due_on)
        .order_by(UpdateTask.due_on)
        .limit(1),
        {"today": on},
    ).first()
    return (found[0], found[1], found[2]) if found is not None else None
