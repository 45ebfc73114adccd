"""Scholingsdagen as admins and professionals see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, func, select
from sqlalchemy.orm import Session

from app.courses.editions import editions_of
from app.courses.tables import Cohort, CourseEdition, Enrolment
from app.courses.training_days.rules import MakeUp
from app.courses.training_days.tables import MadeUpDay, TrainingDay
from app.kit.errors import NotFound
from app.kit.text import fold
from app.meetings import queries as meetings
from app.meetings.queries import MeetingView, Place
from app.meetings.rules import AnswerTo, Attendance, MeetingState
from app.meetings.tables import Meeting, MeetingSignup
from app.people.queries import cards
from app.people.rules import PersonCard, Viewer

IN_TRAINING = and_(
    Enrolment.confirmed_at.is_not(None),
    Enrolment.completed_at.is_(None),
    Enrolment.withdrawn_at.is_(None),
    Enrolment.expired_at.is_(None),
)


@dataclass(frozen=True)
class DayLine:
    """One scholingsdag of a cohort. `no`: how many said that they cannot come."""

    id: int
    meeting: MeetingView
    yes: int
    no: int


@dataclass(frozen=True)
class CohortDays:
    """The days of a cohort, and how many the training asks of everybody (0: none)."""

    cohort_id: int
    needed: int
    lines: tuple[DayLine, ...]

    @property
    def still_to_plan(self) -> int:
        """How many days are missing in the plan."""
        return max(0, self.needed - sum(not line.meeting.cancelled for line in self.lines))


@dataclass(frozen=True)
class DayRow:
    """One person on the list of a day. `guest`: of another cohort. `enrolment_id` is None when she stopped."""

    enrolment_id: int | None
    person: PersonCard
    signup_id: int | None
    answer: AnswerTo
    attendance: Attendance
    minutes: int | None
    made_up: MakeUp | None
    guest: bool

    @property
    def missing(self) -> bool:
        """Whether nothing shows yet that she had what was done that day."""
        return self.attendance is not Attendance.PRESENT and self.made_up is None and not self.guest


@dataclass(frozen=True)
class DayPage:
    """One day with everybody in it, and the days of other cohorts that somebody may go to instead."""

    id: int
    cohort_id: int
    cohort: str
    course: str
    meeting: MeetingView
    rows: tuple[DayRow, ...]
    others: tuple[tuple[int, str, datetime], ...]

    @property
    def seated(self) -> int:
        return sum(row.answer is AnswerTo.YES for row in self.rows)

    @property
    def to_make_up(self) -> tuple[DayRow, ...]:
        """Who has this day still to make up for, once it has been and we know that she was not there (all day)."""
        held = self.meeting.state in {MeetingState.HELD, MeetingState.SETTLED}
        seen = [row for row in self.rows if row.attendance is not Attendance.UNKNOWN or row.answer is not AnswerTo.YES]
        return tuple(row for row in seen if row.missing and row.enrolment_id is not None) if held else ()


@dataclass(frozen=True)
class OwnDay:
    """One scholingsdag of somebody."""

    place: Place
    made_up: MakeUp | None

    @property
    def meeting(self) -> MeetingView:
        return self.place.meeting


@dataclass(frozen=True)
class OwnDays:
    """All of somebody's scholingsdagen. `asked`: per training that asks for days, how many and how many she has."""

    ahead: tuple[OwnDay, ...]
    past: tuple[OwnDay, ...]
    asked: tuple[tuple[str, int, int], ...]


def days_of(db: Session, viewer: Viewer, cohort_id: int, *, now: datetime) -> CohortDays:
    """The days of a cohort, for admins. Raises: NotFound."""
    rows = db.execute(
        select(
            Cohort.edition_id,
            TrainingDay.id,
            Meeting,
            func.count().filter(MeetingSignup.answer == AnswerTo.YES).label("yes"),
            func.count().filter(MeetingSignup.answer == AnswerTo.NO).label("no"),
        )
        .select_from(Cohort)
        .outerjoin(TrainingDay, TrainingDay.cohort_id == Cohort.id)
        .outerjoin(Meeting, Meeting.id == TrainingDay.meeting_id)
        .outerjoin(MeetingSignup, MeetingSignup.meeting_id == Meeting.id)
        .where(Cohort.id == cohort_id)
        .group_by(Cohort.id, TrainingDay.id, Meeting.id)
        .order_by(Meeting.starts_at, TrainingDay.id)
    ).all()
    if not rows or not viewer.is_admin:
        raise NotFound
    planned = [row for row in rows if row.Meeting is not None]  # a cohort without days is one row
    lines = tuple(DayLine(row.id, meetings.view_of(row.Meeting, now), row.yes, row.no) for row in planned)
    edition_id = rows[0].edition_id
    needed = editions_of(db, [edition_id])[edition_id].policy.training_days_min
    return CohortDays(cohort_id, needed, lines)


def day_page(db: Session, viewer: Viewer, day_id: int, *, now: datetime) -> DayPage:
    """One day, for admins. Raises: NotFound."""
    row = db.execute(
        select(TrainingDay, Meeting, Cohort.name, CourseEdition.title, CourseEdition.course_id)
        .join(Meeting, Meeting.id == TrainingDay.meeting_id)
        .join(Cohort, Cohort.id == TrainingDay.cohort_id)
        .join(CourseEdition, CourseEdition.id == Cohort.edition_id)
        .where(TrainingDay.id == day_id)
        .execution_options(populate_existing=True)
    ).first()
    if row is None or not viewer.is_admin:
        raise NotFound
    others = db.execute(
        select(TrainingDay.id, Cohort.name, Meeting.starts_at)
        .join(Meeting, Meeting.id == TrainingDay.meeting_id)
        .join(Cohort, Cohort.id == TrainingDay.cohort_id)
        .join(CourseEdition, CourseEdition.id == Cohort.edition_id)
        .where(
            CourseEdition.course_id == row.course_id,
            TrainingDay.id != day_id,
            Meeting.starts_at > now,
            Meeting.cancelled_at.is_(None),
        )
        .order_by(Meeting.starts_at)
    )
    return DayPage(
        id=day_id,
        cohort_id=row.TrainingDay.cohort_id,
        cohort=row.name,
        course=row.title,
        meeting=meetings.view_of(row.Meeting, now),
        rows=_rows(db, row.TrainingDay),
        others=tuple((row.id, row.name, row.starts_at) for row in others),
    )


def _rows(db: Session, day: TrainingDay) -> tuple[DayRow, ...]:
    """Everybody of the cohort who is in training, and everybody with a place, by name. Three statements."""
    enrolled = db.execute(
        select(Enrolment.id, Enrolment.person_id, MadeUpDay.how)
        .outerjoin(MadeUpDay, and_(MadeUpDay.enrolment_id == Enrolment.id, MadeUpDay.training_day_id == day.id))
        .where(Enrolment.cohort_id == day.cohort_id, IN_TRAINING)
    ).all()
    own = {row.person_id: row for row in enrolled}
    places = {
        row.person_id: row
        for row in db.execute(
            select(
                MeetingSignup.id,
                MeetingSignup.person_id,
                MeetingSignup.answer,
                MeetingSignup.attendance,
                MeetingSignup.attended_minutes,
            ).where(MeetingSignup.meeting_id == day.meeting_id)
        )
    }
    people = cards(db, own.keys() | places.keys())
    rows = []
    for person_id, person in people.items():
        mine, place = own.get(person_id), places.get(person_id)
        if mine is None and place is not None and place.answer != AnswerTo.YES and not place.attendance:
            continue  # stopped, and neither comes nor came
        rows.append(
            DayRow(
                enrolment_id=mine.id if mine is not None else None,
                person=person,
                signup_id=place.id if place is not None else None,
                answer=AnswerTo(place.answer) if place is not None else AnswerTo.NONE,
                attendance=Attendance(place.attendance) if place is not None else Attendance.UNKNOWN,
                minutes=place.attended_minutes if place is not None else None,
                made_up=MakeUp(mine.how) if mine is not None and mine.how else None,
                guest=mine is None,
            )
        )
    return tuple(sorted(rows, key=lambda row: (fold(row.person.name), row.person.id)))


def own_days(db: Session, viewer: Viewer, *, now: datetime) -> OwnDays:
    """The scholingsdagen of the viewer; nobody else's."""
    rows = db.execute(
        select(MeetingSignup, Meeting, MadeUpDay.how)
        .join(Meeting, Meeting.id == MeetingSignup.meeting_id)
        .join(TrainingDay, TrainingDay.meeting_id == Meeting.id)
        .join(Cohort, Cohort.id == TrainingDay.cohort_id)
        .outerjoin(Enrolment, and_(Enrolment.cohort_id == Cohort.id, Enrolment.person_id == MeetingSignup.person_id))
        .outerjoin(MadeUpDay, and_(MadeUpDay.enrolment_id == Enrolment.id, MadeUpDay.training_day_id == TrainingDay.id))
        .where(MeetingSignup.person_id == viewer.id)
        .order_by(Meeting.starts_at, Meeting.id)
        .execution_options(populate_existing=True)
    )
    days = [
        OwnDay(meetings.place_of(row.MeetingSignup, row.Meeting, now), MakeUp(row.how) if row.how else None)
        for row in rows
    ]
    ahead = tuple(day for day in days if day.meeting.starts_at > now)
    past = tuple(day for day in days if day.meeting.starts_at <= now and not day.meeting.cancelled)
    return OwnDays(ahead, past[::-1], _asked(db, viewer.id))


def _asked(db: Session, person_id: int) -> tuple[tuple[str, int, int], ...]:
    mine = db.execute(
        select(Enrolment.id, Enrolment.edition_id, CourseEdition.title)
        .join(CourseEdition, CourseEdition.id == Enrolment.edition_id)
        .where(Enrolment.person_id == person_id, IN_TRAINING)
        .order_by(Enrolment.id)
    ).all()
    known = editions_of(db, {row.edition_id for row in mine})
    had = days_had(db, [row.id for row in mine])
    needed = [(row.title, known[row.edition_id].policy.training_days_min, len(had[row.id])) for row in mine]
    return tuple(one for one in needed if one[1])


def attended(*which: ColumnElement[bool]) -> Any:
    """The days that enrolments had, as (enrolment, meeting as text, moment): were there in full, or made up for.

    A day counts with any cohort of the same training. `which`: conditions on Enrolment.
    """
    same_course = and_(CourseEdition.id == Cohort.edition_id, CourseEdition.course_id == Enrolment.course_id)
    there = (
        select(Enrolment.id.label("enrolment_id"), cast(Meeting.id, String).label("slug"), Meeting.ends_at)
        .select_from(TrainingDay)
        .join(Meeting, Meeting.id == TrainingDay.meeting_id)
        .join(
            MeetingSignup,
            and_(MeetingSignup.meeting_id == Meeting.id, MeetingSignup.attendance == Attendance.PRESENT),
        )
        .join(Enrolment, Enrolment.person_id == MeetingSignup.person_id)
        .join(Cohort, Cohort.id == TrainingDay.cohort_id)
        .join(CourseEdition, same_course)
        .where(*which)
    )
    made_up = (
        select(MadeUpDay.enrolment_id, cast(TrainingDay.meeting_id, String), MadeUpDay.made_up_at)
        .join(TrainingDay, TrainingDay.id == MadeUpDay.training_day_id)
        .join(Enrolment, Enrolment.id == MadeUpDay.enrolment_id)
        .where(*which)
    )
    return there, made_up


def days_had(db: Session, enrolment_ids: Collection[int]) -> dict[int, set[str]]:
    """The days that each enrolment had. One statement."""
    there, made_up = attended(Enrolment.id.in_(enrolment_ids))
    found: dict[int, set[str]] = defaultdict(set)
    for row in db.execute(there.union_all(made_up)):
        found[row.enrolment_id].add(row.slug)
    return found


def open_enrolments_of(db: Session, person_ids: Collection[int]) -> list[int]:
    """The trainings that these people follow now."""
    return list(db.scalars(select(Enrolment.id).where(Enrolment.person_id.in_(person_ids), IN_TRAINING)))


def is_training_day(db: Session, meeting_id: int) -> bool:
    """Whether a meeting is a scholingsdag."""
    return db.scalar(select(TrainingDay.id).where(TrainingDay.meeting_id == meeting_id)) is not None


def next_day(person_id: int, *, now: datetime) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """When and where somebody's next scholingsdag is, as columns for a statement that is asked anyway."""
    first = (
        select(Meeting.id)
        .join(MeetingSignup, MeetingSignup.meeting_id == Meeting.id)
        .join(TrainingDay, TrainingDay.meeting_id == Meeting.id)
        .where(
            MeetingSignup.person_id == person_id,
            MeetingSignup.answer == AnswerTo.YES,
            Meeting.cancelled_at.is_(None),
            Meeting.ends_at > now,
        )
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(Meeting.starts_at).where(Meeting.id == first).scalar_subquery(),
        select(Meeting.venue).where(Meeting.id == first).scalar_subquery(),
    )
