"""Reading cohorts: what an admin sees of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from app.courses.tables import Cohort, Course, CourseEdition, Enrolment, Intervention
from app.kit.errors import NotFound
from app.kit.text import fold
from app.people.rules import Role, Viewer
from app.people.tables import Invitation, Membership, Organisation, Person, RoleGrant


@dataclass(frozen=True)
class CohortLine:
    """A cohort in the list of an admin."""

    id: int
    name: str
    course_title: str
    starts_on: date
    seats: int
    taken: int
    confirmed: int
    completed: int


@dataclass(frozen=True)
class CohortFacts:
    """One cohort as its own page needs it."""

    name: str
    course_title: str
    intervention_slug: str
    intervention_name: str
    sample: bool
    starts_on: date
    ends_on: date
    seats: int
    contact_id: int
    newest_href: str
    enrolment_ids: tuple[int, ...]
    invited_at: dict[int, datetime]
    """When each enrolment was last invited, by enrolment."""

    @property
    def free(self) -> int:
        return max(self.seats - len(self.enrolment_ids), 0)


@dataclass(frozen=True)
class EditionChoice:
    """An edition that a new cohort may follow: the latest of each course."""

    id: int
    title: str
    number: int
    sample: bool


@dataclass(frozen=True)
class FoundPerson:
    """Somebody in the register who may get a seat."""

    id: int
    name: str
    organisation: str


def cohorts(db: Session, viewer: Viewer) -> list[CohortLine]:
    """All cohorts, newest first, with how full they are: one statement. For admins."""
    if not viewer.is_admin:
        return []
    open_ = and_(Enrolment.cohort_id == Cohort.id, Enrolment.withdrawn_at.is_(None), Enrolment.expired_at.is_(None))
    rows = db.execute(
        select(
            Cohort.id,
            Cohort.name,
            CourseEdition.title.label("course_title"),
            Cohort.starts_on,
            Cohort.seats,
            func.count(Enrolment.id).label("taken"),
            func.count(Enrolment.confirmed_at).label("confirmed"),
            func.count(Enrolment.completed_at).label("completed"),
        )
        .join(CourseEdition, CourseEdition.id == Cohort.edition_id)
        .outerjoin(Enrolment, open_)
        .group_by(Cohort.id, CourseEdition.title)
        .order_by(Cohort.starts_on.desc(), Cohort.id.desc())
    )
    return [CohortLine(**row) for row in rows.mappings()]


def cohort_facts(db: Session, viewer: Viewer, cohort_id: int) -> CohortFacts:
    """One cohort with its open enrolments. For admins; raises NotFound otherwise."""
    newer = aliased(CourseEdition)
    row = db.execute(
        select(
            Cohort,
            CourseEdition,
            Intervention.slug.label("slug"),
            Intervention.name.label("intervention"),
            Course.slug.label("course"),
            select(func.max(newer.number)).where(newer.course_id == Course.id).scalar_subquery().label("newest"),
        )
        .join(CourseEdition, CourseEdition.id == Cohort.edition_id)
        .join(Course, Course.id == CourseEdition.course_id)
        .join(Intervention, Intervention.id == Course.intervention_id)
        .where(Cohort.id == cohort_id)
    ).first()
    if row is None or not viewer.is_admin:
        raise NotFound
    enrolled = db.execute(
        select(Enrolment.id, Invitation.created_at)
        .outerjoin(Invitation, Invitation.id == Enrolment.invitation_id)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.withdrawn_at.is_(None), Enrolment.expired_at.is_(None))
        .order_by(Enrolment.id)
    ).all()
    cohort, edition = row.Cohort, row.CourseEdition
    return CohortFacts(
        name=cohort.name,
        course_title=edition.title,
        intervention_slug=row.slug,
        intervention_name=row.intervention,
        sample=edition.sample,
        starts_on=cohort.starts_on,
        ends_on=cohort.ends_on,
        seats=cohort.seats,
        contact_id=cohort.contact_id,
        newest_href=f"/beheer/opleidingen/{row.course}/edities/{row.newest}" if row.newest > edition.number else "",
        enrolment_ids=tuple(one.id for one in enrolled),
        invited_at={one.id: one.created_at for one in enrolled if one.created_at is not None},
    )


@dataclass(frozen=True)
class CohortName:
    """A cohort as pages about its people name it."""

    id: int
    name: str
    course_title: str
    starts_on: date
    ends_on: date


def cohort_name(db: Session, viewer: Viewer, cohort_id: int) -> CohortName:
    """For admins. Raises: NotFound."""
    row = db.execute(
        select(Cohort.id, Cohort.name, CourseEdition.title, Cohort.starts_on, Cohort.ends_on)
        .join(CourseEdition, CourseEdition.id == Cohort.edition_id)
        .where(Cohort.id == cohort_id)
    ).first()
    if row is None or not viewer.is_admin:
        raise NotFound
    return CohortName(*row)


def editions_to_follow(db: Session) -> list[EditionChoice]:
    """The latest edition of each course."""
    latest = select(func.max(CourseEdition.id)).group_by(CourseEdition.course_id)
    rows = db.execute(
        select(CourseEdition.id, CourseEdition.title, CourseEdition.number, CourseEdition.sample)
        .where(CourseEdition.id.in_(latest))
        .order_by(CourseEdition.title)
    )
    return [EditionChoice(**row) for row in rows.mappings()]


def people_to_add(db: Session, viewer: Viewer, cohort_id: int, text: str, *, limit: int = 50) -> list[FoundPerson]:
    """People of the register who do not follow this course now, found by name, address or organisation."""
    if not viewer.is_admin:
        return []
    course_id = (
        select(CourseEdition.course_id)
        .join(Cohort, Cohort.edition_id == CourseEdition.id)
        .where(Cohort.id == cohort_id)
        .scalar_subquery()
    )
    following = select(Enrolment.person_id).where(
        Enrolment.course_id == course_id, Enrolment.withdrawn_at.is_(None), Enrolment.expired_at.is_(None)
    )
    query = (
        select(Person.id, Person.name, Organisation.name.label("organisation"))
        .outerjoin(Membership, and_(Membership.person_id == Person.id, Membership.until.is_(None)))
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .where(Person.erased_at.is_(None), Person.email.is_not(None), Person.id.not_in(following))
        .order_by(Person.folded_name, Person.id)
        .limit(limit)
    )
    if not text.strip():  # coaches and admins are found by searching; they do not stand in the way
        staff = select(RoleGrant.person_id).where(RoleGrant.revoked_at.is_(None), RoleGrant.role != Role.PROFESSIONAL)
        query = query.where(Person.id.not_in(staff))
    for word in fold(text).split():
        query = query.where(
            Person.folded_name.contains(word, autoescape=True)
            | Person.email.contains(word, autoescape=True)
            | Organisation.folded_name.contains(word, autoescape=True)
        )
    return [FoundPerson(row.id, row.name, row.organisation or "") for row in db.execute(query)]
