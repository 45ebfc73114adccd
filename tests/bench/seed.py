"""A full house to measure in: many people at every stage, in a data directory of its own.

What is measured is reached by the real actions; the crowd around it is written as rows, since walking a
hundred thousand people down the whole road would take a day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from app.certification.actions import take_over
from app.courses.actions import cohorts
from app.courses.commands import publish_folder
from app.courses.editions import edition_of
from app.courses.inputs import NewCohort
from app.courses.tables import CoachAssignment, Course, CourseEdition, Enrolment, Lesson
from app.delivery.tables import Delivery, DeliveryDate
from app.kit.clock import SystemClock
from app.kit.db import Database
from app.kit.ids import digest, new_token
from app.kit.localtime import local_day
from app.kit.migrate import upgrade
from app.main import make_parts
from app.people.actions import accounts
from app.people.queries import viewer_for
from app.people.rules import Role
from app.people.tables import Account, Membership, Person, RoleGrant, SignIn
from app.practice.tables.work import AssignmentRecord, CoachVisit, Preparation, Submission
from app.settings import Settings
from app.theory.tables import LessonCompletion
from tests.bench.answers import invite

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

ROOT: Final = Path(__file__).parents[2]
COURSE: Final = "mijn-verhaal"
CHUNK: Final = 500
ORGANISATIONS: Final = 20
PER_COACH: Final = 20
QUEUE: Final = 500  # people of one coach beside the others, each with open work
SENDERS: Final = 8  # of them, whose files are still to come
TAKEN_OVER_MOST: Final = 500


@dataclass
class House:
    """What was made: who can come in with which token, and what stands in the course.

    `records`: work that waits for the measured coach. `busy_coach`: the one with very many people. `senders`: who
    may add files, and to which work. `answers`: the secrets of links that answer one meeting.
    """

    professionals: list[str] = field(default_factory=list)
    coach: str = ""
    coach_id: int = 0
    records: list[int] = field(default_factory=list)
    busy_coach: str = ""
    senders: list[tuple[str, int]] = field(default_factory=list)
    admin: str = ""
    lessons: list[str] = field(default_factory=list)
    read: int = 0
    answers: list[str] = field(default_factory=list)


def seed(data_dir: Path, *, people: int, url: str = "") -> House:
    """Fill an empty data directory."""
    settings = Settings(data_dir=data_dir, database_url=url)
    upgrade(settings.database, data_dir=data_dir)
    parts = make_parts(settings, SystemClock())
    now = parts.clock.now()
    house = House()
    with parts.database.writing() as db:
        admin_id = _somebody(db, "Fatma Admin", Role.ADMIN, now)
        publish_folder(db, ROOT / "courses" / COURSE, storage=parts.storage, now=now, by_id=admin_id)
        course = _course(db)
        house.lessons = list(db.scalars(select(Lesson.slug).order_by(Lesson.position)))
        house.read = len(house.lessons) // 2
        organisations = [
            accounts.ensure_organisation(db, name=f"Welzijn {number}", city="Rotterdam", now=now)
            for number in range(ORGANISATIONS)
        ]
        house.admin = _token(db, admin_id, now)
    crowd = _Crowd(parts.database, course, organisations, admin_id, house, now)
    for first in range(0, people, CHUNK):
        crowd.add(first, min(CHUNK, people - first))
    crowd.add_queue(people)
    with parts.database.writing() as db:
        _take_over_some(db, course, admin_id, people, now)
        by = viewer_for(db, admin_id)
        invite(db, house, by=by, intervention=course.intervention, keyring=parts.keyring, now=now)
    parts.database.close()
    return house


@dataclass(frozen=True)
class _CourseIds:
    id: int
    edition: int
    intervention: int
    assignments: tuple[int, ...]


def _course(db: Session) -> _CourseIds:
    course = db.scalars(select(Course).where(Course.slug == COURSE)).one()
    edition = db.scalars(select(CourseEdition.id).where(CourseEdition.course_id == course.id)).one()
    return _CourseIds(
        course.id, edition, course.intervention_id, tuple(id_ for id_, _ in edition_of(db, edition).assignments)
    )


def _somebody(db: Session, name: str, role: Role, now: datetime) -> int:
    address = f"{name.lower().replace(' ', '.')}@demo.example"
    person_id = accounts.add_person(db, by_id=None, name=name, email=address, organisation_id=None, now=now)
    accounts.create_account(db, person_id=person_id, now=now)
    accounts.grant_role(db, by=None, person_id=person_id, role=role, now=now)
    return person_id


def _token(db: Session, person_id: int, now: datetime) -> str:
    token = new_token("ss")
    db.add(
        SignIn(
            person_id=person_id,
            token_hash=digest(token),
            device="bench",
            created_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(days=1),
            factor_at=now,
        )
    )
    return token


@dataclass
class _Crowd:
    """Professionals in cohorts of the size of a chunk, each with a coach, half-way through theory."""

    database: Database
    course: _CourseIds
    organisations: list[int]
    admin_id: int
    house: House
    now: datetime

    def add(self, first: int, count: int) -> None:
        """A cohort of `count` people."""
        with self.database.writing() as db:
            if first == 0:
                self._measured_coach(db)
            coach_id = 0
            for number, enrolment in enumerate(self._cohort(db, first, count)):
                if number % PER_COACH == 0:
                    coach_id = self._coach(db, first + number)
                db.add(CoachAssignment(enrolment_id=enrolment.id, coach_id=coach_id, since=self.now))
                self._theory(db, enrolment.id)
                if number % 4 == 0:
                    self._waiting(db, enrolment, coach_id)

    def add_queue(self, first: int) -> None:
        """A cohort of one coach, of whom everybody has open work."""
        with self.database.writing() as db:
            coach_id = _somebody(db, "Drukke Coach", Role.COACH, self.now)
            self.house.busy_coach = _token(db, coach_id, self.now)
            enrolments = self._cohort(db, first, QUEUE)
            tokens = self.house.professionals[-QUEUE:]
            for number, enrolment in enumerate(enrolments):
                db.add(CoachAssignment(enrolment_id=enrolment.id, coach_id=coach_id, since=self.now))
                self._theory(db, enrolment.id)
                record = self._waiting(db, enrolment, coach_id, handed_in=number >= SENDERS)
                if number < SENDERS:
                    self.house.senders.append((tokens[number], record))

    def _cohort(self, db: Session, first: int, count: int) -> list[Enrolment]:
        admin = viewer_for(db, self.admin_id)
        today = local_day(self.now)
        given = NewCohort(
            edition_id=self.course.edition,
            name=f"Groep {first}",
            starts_on=today - timedelta(days=30),
            ends_on=today + timedelta(days=200),
            seats=CHUNK,
            contact_id=self.admin_id,
        )
        cohort = cohorts.make_cohort(db, by=admin, given=given, now=self.now)
        people = [self._person(first + number) for number in range(count)]
        db.add_all(people)
        db.flush()
        for number, person in enumerate(people):
            self._belongings(db, person.id, first + number)
        enrolments = [self._enrolment(person.id, cohort) for person in people]
        db.add_all(enrolments)
        db.flush()
        return enrolments

    def _measured_coach(self, db: Session) -> None:
        self._first_coach = _somebody(db, "Ruben Coach", Role.COACH, self.now)
        self.house.coach, self.house.coach_id = _token(db, self._first_coach, self.now), self._first_coach

    def _coach(self, db: Session, number: int) -> int:
        return self._first_coach if number == 0 else _somebody(db, f"Coach {number}", Role.COACH, self.now)

    def _person(self, number: int) -> Person:
        name = f"Noor van Groep {number}"
        return Person(name=name, folded_name=name.lower(), email=f"p{number}@demo.example", created_at=self.now)

    def _belongings(self, db: Session, person_id: int, number: int) -> None:
        organisation_id = self.organisations[number % len(self.organisations)]
        db.add(Membership(person_id=person_id, organisation_id=organisation_id, since=local_day(self.now)))
        db.add(Account(person_id=person_id, activated_at=self.now, notice_read_at=self.now))
        db.add(RoleGrant(person_id=person_id, role=Role.PROFESSIONAL.value, granted_at=self.now))
        self.house.professionals.append(_token(db, person_id, self.now))

    def _enrolment(self, person_id: int, cohort: int) -> Enrolment:
        return Enrolment(
            person_id=person_id,
            cohort_id=cohort,
            course_id=self.course.id,
            edition_id=self.course.edition,
            created_at=self.now,
            confirmed_at=self.now,
        )

    def _theory(self, db: Session, enrolment_id: int) -> None:
        for slug in self.house.lessons[: self.house.read]:
            db.add(
                LessonCompletion(
                    enrolment_id=enrolment_id,
                    edition_id=self.course.edition,
                    lesson_slug=slug,
                    completed_at=self.now,
                )
            )

    def _waiting(self, db: Session, enrolment: Enrolment, coach_id: int, *, handed_in: bool = True) -> int:
        """A group, a visit that was, and work handed in; gives the record."""
        then = self.now - timedelta(days=5)
        group = Delivery(
            leader_id=enrolment.person_id,
            intervention_id=self.course.intervention,
            place="Huis van de Wijk",
            address="Plein 1",
            municipality="Rotterdam",
            created_at=then,
            enrolment_id=enrolment.id,
        )
        record = AssignmentRecord(enrolment_id=enrolment.id, assignment_id=self.course.assignments[1], created_at=then)
        db.add_all([group, record])
        db.flush()
        if coach_id == self._first_coach:
            self.house.records.append(record.id)
        date = DeliveryDate(delivery_id=group.id, kind="session", starts_at=then, ends_at=then + timedelta(hours=2))
        db.add(date)
        db.flush()
        db.add(
            CoachVisit(
                record_id=record.id,
                attempt=1,
                date_id=date.id,
                coach_id=coach_id,
                uid=f"bench-{record.id}",
                planned_at=then - timedelta(days=5),
            )
        )
        db.add(
            Preparation(
                record_id=record.id, goal="Beeld", session_plan="Maken", learning_question="Tempo", written_at=then
            )
        )
        if handed_in:
            after = then + timedelta(days=1)
            db.add(Submission(record_id=record.id, number=1, attempt=1, self_scores={}, note="", submitted_at=after))
        return record.id


def _take_over_some(db: Session, course: _CourseIds, admin_id: int, people: int, now: datetime) -> None:
    """Every tenth person was trained before, so that lists show standings too."""
    ids = db.scalars(select(Enrolment.person_id).where(Enrolment.id % 10 == 0).limit(TAKEN_OVER_MOST)).all()
    for person_id in ids:
        take_over(
            db,
            by_id=admin_id,
            person_id=person_id,
            intervention_id=course.intervention,
            since=local_day(now) - timedelta(days=400),
            intervisions=1,
            now=now,
        )
    assert db.scalar(select(func.count()).select_from(Enrolment)) == people + QUEUE
