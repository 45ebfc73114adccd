"""Reading courses: editions, and who follows them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from sqlalchemy import Select, and_, bindparam, exists, false, func, select
from sqlalchemy.orm import Session, aliased

from app.courses.editions import Edition, edition_of
from app.courses.rules import EnrolmentFacts, Outline
from app.courses.tables import (
    CoachAssignment,
    Cohort,
    Course,
    CourseEdition,
    Enrolment,
    Intervention,
    Lesson,
)
from app.kit.db import fetch
from app.kit.errors import NotFound
from app.people.rules import Role, Viewer


@dataclass(frozen=True)
class InterventionFacts:
    """An intervention that courses train for."""

    id: int
    slug: str
    name: str


def interventions(db: Session) -> list[InterventionFacts]:
    rows = db.execute(select(Intervention.id, Intervention.slug, Intervention.name).order_by(Intervention.name))
    return [InterventionFacts(row.id, row.slug, row.name) for row in rows]


def enrolments_visible_to(viewer: Viewer) -> Select[int]:
    """The enrolments a viewer may know of: her own, those she coaches now for its intervention, all for an admin."""
    ids = select(Enrolment.id)
    if viewer.is_admin:
        return ids
    if viewer.person_id is None:
        return ids.where(false())
    seen = Enrolment.person_id == viewer.person_id
    if viewer.coach_of:
        coached = enrolments_assigned_to(viewer.person_id)
        if "" not in viewer.coach_of:
            coached = (
                coached.join(Enrolment, Enrolment.id == CoachAssignment.enrolment_id)
                .join(Course, Course.id == Enrolment.course_id)
                .join(Intervention, Intervention.id == Course.intervention_id)
                .where(Intervention.slug.in_(viewer.coach_of))
            )
        seen = seen | Enrolment.id.in_(coached)
    return ids.where(seen)


def is_coach_of(viewer: Viewer, enrolment: EnrolmentFacts) -> bool:
    """Whether she coaches this training now, and has the role for its intervention."""
    return enrolment.coach_id == viewer.person_id and viewer.may_coach(enrolment.intervention_slug)


def enrolments_assigned_to(coach_id: int) -> Select[int]:
    """The enrolments that somebody was given to coach now, also when she lost the role since."""
    return select(CoachAssignment.enrolment_id).where(
        CoachAssignment.coach_id == coach_id, CoachAssignment.until.is_(None)
    )


PRACTICE_EDITION: Final = func.coalesce(Enrolment.practice_edition_id, Enrolment.edition_id)
"""The edition whose assignments, form and practice numbers count for an enrolment."""
ENROLMENTS: Final = (
    select(
        Enrolment.id,
        Enrolment.person_id,
        Course.slug.label("course_slug"),
        CourseEdition.title.label("course_title"),
        Intervention.id.label("intervention_id"),
        Intervention.slug.label("intervention_slug"),
        Intervention.name.label("intervention_name"),
        Enrolment.edition_id,
        PRACTICE_EDITION.label("practice_edition_id"),
        Cohort.id.label("cohort_id"),
        Cohort.name.label("cohort_name"),
        Cohort.contact_id,
        Cohort.starts_on,
        CourseEdition.sample,
        CoachAssignment.coach_id,
        Enrolment.created_at,
        Enrolment.confirmed_at,
        Enrolment.paused_at,
        Enrolment.completed_at,
        Enrolment.withdrawn_at,
        Enrolment.expired_at,
    )
    .join(Cohort, Cohort.id == Enrolment.cohort_id)
    .join(CourseEdition, CourseEdition.id == Enrolment.edition_id)
    .join(Course, Course.id == Enrolment.course_id)
    .join(Intervention, Intervention.id == Course.intervention_id)
    .outerjoin(
        CoachAssignment,
        and_(CoachAssignment.enrolment_id == Enrolment.id, CoachAssignment.until.is_(None)),
    )
)
"""The columns of `EnrolmentFacts`, in its order; other queries add conditions and columns of their own."""
_COLUMNS: Final = len(fields(EnrolmentFacts))
_BY_ID: Final = ENROLMENTS.where(Enrolment.id.in_(bindparam("enrolments", expanding=True)))
_GOING_ON: Final = ENROLMENTS.where(
    Enrolment.person_id == bindparam("person"), Enrolment.withdrawn_at.is_(None), Enrolment.expired_at.is_(None)
)
_CURRENT: Final = _GOING_ON.order_by(Enrolment.created_at.desc(), Enrolment.id.desc()).limit(1)
_CURRENT_LOCKED: Final = _CURRENT.with_for_update(of=Enrolment)
_IN_COURSE: Final = _GOING_ON.where(Course.slug == bindparam("course"))
_IN_COURSE_LOCKED: Final = _IN_COURSE.with_for_update(of=Enrolment)
_newer = aliased(Enrolment)
_LATEST_OF: Final = ENROLMENTS.where(
    Enrolment.person_id.in_(bindparam("people", expanding=True)),
    Enrolment.withdrawn_at.is_(None),
    Enrolment.expired_at.is_(None),
    ~exists().where(
        _newer.person_id == Enrolment.person_id,
        _newer.id > Enrolment.id,
        _newer.withdrawn_at.is_(None),
        _newer.expired_at.is_(None),
    ),
)
_COACHED: Final = ENROLMENTS.where(
    CoachAssignment.coach_id == bindparam("coach"), Enrolment.withdrawn_at.is_(None), Enrolment.expired_at.is_(None)
)


def enrolment_facts(db: Session, ids: Collection[int]) -> dict[int, EnrolmentFacts]:
    """What other domains ask of enrolments; the caller has made sure that they may be seen."""
    if not ids:
        return {}
    return {facts.id: facts for facts in _facts(db, _BY_ID, enrolments=list(ids))}


def current_enrolment(db: Session, person_id: int, *, to_change: bool = False) -> EnrolmentFacts | None:
    """The latest enrolment of somebody that was neither withdrawn nor ran out; locked as in `enrolment_of`."""
    found = _held(db, _CURRENT_LOCKED, person=person_id) if to_change else _facts(db, _CURRENT, person=person_id)
    return found[0] if found else None


def enrolment_of(db: Session, person_id: int, course_slug: str, *, to_change: bool = False) -> EnrolmentFacts | None:
    """Somebody's open enrolment in one course; locked when it is read to change something of it."""
    given = {"person": person_id, "course": course_slug}
    found = _held(db, _IN_COURSE_LOCKED, **given) if to_change else _facts(db, _IN_COURSE, **given)
    return found[0] if found else None


def latest_enrolments(db: Session, person_ids: Collection[int]) -> list[EnrolmentFacts]:
    """The latest enrolment of each that was neither withdrawn nor ran out."""
    return _facts(db, _LATEST_OF, people=list(person_ids)) if person_ids else []


def enrolments_coached(db: Session, coach_id: int) -> list[EnrolmentFacts]:
    """The enrolments that somebody coaches now and that were neither withdrawn nor ran out.

    Also those for whose intervention she has the role no longer: they wait for another coach.
    """
    return _facts(db, _COACHED, coach=coach_id)


def _held(db: Session, query: Select[*tuple[Any, ...]], **given: Any) -> list[EnrolmentFacts]:
    """Who waited while somebody was moved to another edition looks again: PostgreSQL judged before the wait."""
    return _facts(db, query, **given) or _facts(db, query, **given)


def _facts(db: Session, query: Select[*tuple[Any, ...]], **given: Any) -> list[EnrolmentFacts]:
    return [EnrolmentFacts(*row) for row in fetch(db, query, **given)]


def facts_in(row: Sequence[Any]) -> EnrolmentFacts:
    """The facts in a row of `ENROLMENTS` to which columns were added."""
    return EnrolmentFacts(*row[:_COLUMNS])


@dataclass(frozen=True)
class Reading:
    """What somebody reads: her own edition, or a preview of the latest one (`enrolment` is None)."""

    edition: Edition
    enrolment: EnrolmentFacts | None

    @property
    def outline(self) -> Outline:
        return self.edition.outline

    @property
    def sample(self) -> bool:
        return self.edition.sample

    @property
    def preview(self) -> bool:
        return self.enrolment is None


_LATEST: Final = (
    select(CourseEdition.id, Intervention.slug)
    .join(Course, Course.id == CourseEdition.course_id)
    .join(Intervention, Intervention.id == Course.intervention_id)
    .where(Course.slug == bindparam("course"))
    .order_by(CourseEdition.number.desc())
    .limit(1)
)


def reading_of(db: Session, viewer: Viewer, course_slug: str) -> Reading:
    """The edition of a course that the viewer may read.

    Who follows the course reads her own edition. Admins, authors and the coaches of its intervention look
    along in the latest one. Raises: NotFound for everybody else.
    """
    enrolment = enrolment_of(db, viewer.id, course_slug)
    if enrolment is not None:
        return Reading(edition_of(db, enrolment.edition_id), enrolment)
    row = fetch(db, _LATEST, course=course_slug).first()
    if row is None or not reads_along(viewer, row.slug):
        raise NotFound
    return Reading(edition_of(db, row.id), None)


def reads_along(viewer: Viewer, intervention_slug: str) -> bool:
    """Whether somebody looks along in the courses of an intervention: admins, authors, and its coaches."""
    if viewer.is_admin or viewer.has(Role.AUTHOR):
        return True
    return viewer.may_coach(intervention_slug)


@dataclass(frozen=True)
class CourseLine:
    """A course in a list."""

    slug: str
    title: str
    summary: str


def courses_to_read(db: Session, viewer: Viewer) -> list[CourseLine]:
    """The courses that somebody follows, and those that she may look along in."""
    latest = select(func.max(CourseEdition.id)).group_by(CourseEdition.course_id)
    own = select(Enrolment.edition_id).where(
        Enrolment.person_id == viewer.id, Enrolment.withdrawn_at.is_(None), Enrolment.expired_at.is_(None)
    )
    rows = db.execute(
        select(
            Course.slug,
            CourseEdition.title,
            CourseEdition.summary,
            CourseEdition.id.in_(own).label("own"),
            Intervention.slug.label("intervention"),
        )
        .join(Course, Course.id == CourseEdition.course_id)
        .join(Intervention, Intervention.id == Course.intervention_id)
        .where(CourseEdition.id.in_(latest) | CourseEdition.id.in_(own))
        .order_by(CourseEdition.title, CourseEdition.id.in_(own).desc())
    ).all()
    found: dict[str, CourseLine] = {}
    for row in rows:
        if row.own or reads_along(viewer, row.intervention):
            found.setdefault(row.slug, CourseLine(row.slug, row.title, row.summary))
    return list(found.values())


@dataclass(frozen=True)
class TaughtCourse:
    """A course as it is taught now."""

    slug: str
    edition_id: int


_TAUGHT: Final = (
    select(Course.slug, func.max(CourseEdition.id))
    .join(CourseEdition, CourseEdition.course_id == Course.id)
    .where(Course.intervention_id.in_(bindparam("interventions", expanding=True)))
    .group_by(Course.slug)
    .order_by(Course.slug)
)


def courses_for(db: Session, intervention_ids: Collection[int]) -> list[TaughtCourse]:
    """The courses of interventions, each in its newest edition."""
    wanted = list(intervention_ids)
    return [TaughtCourse(*row) for row in fetch(db, _TAUGHT, interventions=wanted)] if wanted else []


def passages_of(db: Session, edition_id: int, lesson_slug: str) -> dict[str, str]:
    """The words of each paragraph of a lesson, by its id."""
    found = db.scalar(select(Lesson.passages).where(Lesson.edition_id == edition_id, Lesson.slug == lesson_slug))
    return {str(id_): str(words) for id_, words in found or ()}
