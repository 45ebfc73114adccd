"""Reading courses: editions, and who follows them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, false, func, select
from sqlalchemy.orm import Session

from app.courses.rules import AssignmentDefinition, EnrolmentFacts, Outline, Policy, Rubric
from app.courses.tables import (
    CoachAssignment,
    Cohort,
    Course,
    CourseEdition,
    CourseImage,
    Enrolment,
    Intervention,
    PracticalAssignment,
)
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
    """The enrolments a viewer may know of: her own, those she coaches now, all for an admin."""
    ids = select(Enrolment.id)
    if viewer.is_admin:
        return ids
    if viewer.person_id is None:
        return ids.where(false())
    seen = Enrolment.person_id == viewer.person_id
    if viewer.has(Role.COACH):
        coached = select(CoachAssignment.enrolment_id).where(
            CoachAssignment.coach_id == viewer.person_id, CoachAssignment.until.is_(None)
        )
        seen = seen | Enrolment.id.in_(coached)
    return ids.where(seen)


def enrolment_facts(db: Session, ids: Collection[int]) -> dict[int, EnrolmentFacts]:
    """What other domains ask of enrolments; the caller has made sure that they may be seen."""
    if not ids:
        return {}
    return {facts.id: facts for facts in _facts(db, _enrolments().where(Enrolment.id.in_(ids)))}


def current_enrolment(db: Session, person_id: int) -> EnrolmentFacts | None:
    """The latest enrolment of somebody that was neither withdrawn nor ran out."""
    found = _facts(
        db,
        _enrolments()
        .where(
            Enrolment.person_id == person_id,
            Enrolment.withdrawn_at.is_(None),
            Enrolment.expired_at.is_(None),
        )
        .order_by(Enrolment.created_at.desc(), Enrolment.id.desc())
        .limit(1),
    )
    return found[0] if found else None


def enrolment_of(db: Session, person_id: int, course_slug: str) -> EnrolmentFacts | None:
    """Somebody's open enrolment in one course."""
    found = _facts(
        db,
        _enrolments().where(
            Enrolment.person_id == person_id,
            Course.slug == course_slug,
            Enrolment.withdrawn_at.is_(None),
            Enrolment.expired_at.is_(None),
        ),
    )
    return found[0] if found else None


def _enrolments() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Enrolment.id,
            Enrolment.person_id,
            Course.slug.label("course_slug"),
            CourseEdition.title.label("course_title"),
            Intervention.id.label("intervention_id"),
            Intervention.slug.label("intervention_slug"),
            Intervention.name.label("intervention_name"),
            Enrolment.edition_id,
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


def _facts(db: Session, query: Select[*tuple[Any, ...]]) -> list[EnrolmentFacts]:
    return [EnrolmentFacts(**row) for row in db.execute(query).mappings()]


def policy_of(db: Session, edition_id: int) -> Policy:
    return Policy.from_facts(_edition_column(db, edition_id, CourseEdition.policy))


def rubric_of(db: Session, edition_id: int) -> Rubric:
    return Rubric.from_facts(_edition_column(db, edition_id, CourseEdition.rubric))


def outlines(db: Session, edition_ids: Iterable[int]) -> dict[int, Outline]:
    """The outlines of editions, in one statement."""
    wanted = set(edition_ids)
    if not wanted:
        return {}
    rows = db.execute(select(CourseEdition.id, CourseEdition.outline).where(CourseEdition.id.in_(wanted)))
    return {row.id: Outline.from_facts(row.outline) for row in rows}


def assignments_of(db: Session, edition_id: int) -> list[tuple[int, AssignmentDefinition]]:
    """The practical assignments of an edition, in order."""
    rows = db.execute(
        select(PracticalAssignment.id, PracticalAssignment.definition)
        .where(PracticalAssignment.edition_id == edition_id)
        .order_by(PracticalAssignment.position)
    )
    return [(row.id, AssignmentDefinition.from_facts(row.definition)) for row in rows]


@dataclass(frozen=True)
class Reading:
    """What somebody reads: her own edition, or a preview of the latest one (`enrolment` is None)."""

    edition_id: int
    outline: Outline
    sample: bool
    enrolment: EnrolmentFacts | None

    @property
    def preview(self) -> bool:
        return self.enrolment is None


def reading_of(db: Session, viewer: Viewer, course_slug: str) -> Reading:
    """The edition of a course that the viewer may read.

    Who follows the course reads her own edition. Admins, authors and the coaches of its intervention look
    along in the latest one. Raises: NotFound for everybody else.
    """
    enrolment = enrolment_of(db, viewer.id, course_slug)
    if enrolment is not None:
        outline = outlines(db, [enrolment.edition_id])[enrolment.edition_id]
        return Reading(enrolment.edition_id, outline, enrolment.sample, enrolment)
    row = db.execute(
        select(CourseEdition.id, CourseEdition.outline, CourseEdition.sample, Intervention.slug)
        .join(Course, Course.id == CourseEdition.course_id)
        .join(Intervention, Intervention.id == Course.intervention_id)
        .where(Course.slug == course_slug)
        .order_by(CourseEdition.number.desc())
        .limit(1)
    ).first()
    if row is None or not _reads_along(viewer, row.slug):
        raise NotFound
    return Reading(row.id, Outline.from_facts(row.outline), row.sample, None)


def _reads_along(viewer: Viewer, intervention_slug: str) -> bool:
    if viewer.is_admin or viewer.has(Role.AUTHOR):
        return True
    return viewer.has(Role.COACH) and bool(viewer.coach_of & {intervention_slug, ""})


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
        if row.own or _reads_along(viewer, row.intervention):
            found.setdefault(row.slug, CourseLine(row.slug, row.title, row.summary))
    return list(found.values())


def image_key(db: Session, edition_id: int, name: str) -> str:
    """Where a picture of an edition is stored; the same for everybody. Raises: NotFound."""
    key = db.scalar(
        select(CourseImage.storage_key).where(CourseImage.edition_id == edition_id, CourseImage.name == name)
    )
    if key is None:
        raise NotFound
    return key


def _edition_column(db: Session, edition_id: int, column: Any) -> dict[str, Any]:
    found = db.execute(select(column).where(CourseEdition.id == edition_id)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return dict(found)
