"""Planning scholingsdagen with a cohort, who comes, and what was made up for.

Everybody who follows the training has a seat from the start: the day belongs to it. She says so when she cannot come.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.orm import Session

from app.courses.tables import Cohort, CourseEdition, Enrolment
from app.courses.training_days.inputs import Coming, MadeUp, OtherDay
from app.courses.training_days.tables import MadeUpDay, TrainingDay
from app.jobs.actions import enqueue
from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.ids import Keyring
from app.ledger.actions import record
from app.meetings.actions import answering, attendance, planning
from app.meetings.inputs import MeetingGiven
from app.meetings.rules import AnswerTo, Attendance, Mark, over
from app.meetings.tables import Meeting, MeetingSignup
from app.people.rules import Viewer

SEATS: Final = "courses.training_day_seats"
COMPLETED: Final = "theory.days_marked"


def add_day(db: Session, *, by: Viewer, cohort_id: int, given: MeetingGiven, now: datetime) -> int:
    """Plan a scholingsdag; a job gives everybody in training a seat, with a mail. Gives its id.

    Raises: Forbidden; NotFound; Refused when it lies in the past.
    """
    cohort = _cohort(db, by, cohort_id)
    title = db.scalars(select(CourseEdition.title).where(CourseEdition.id == cohort.edition_id)).one()
    meeting_id = planning.make_meeting(db, by=by, title=f"Scholingsdag {title}", given=given, now=now)
    planning.publish(db, by=by, meeting_ids=[meeting_id], signup_closes_at=given.starts_at, now=now)
    day = TrainingDay(cohort_id=cohort_id, meeting_id=meeting_id)
    db.add(day)
    db.flush()
    ask_for_seats(db, cohort_id=cohort_id, now=now)
    record(db, "courses.training_day_planned", actor_id=by.id, subject=("cohort", cohort_id), now=now, day=day.id)
    return day.id


def change_day(db: Session, *, by: Viewer, day_id: int, given: MeetingGiven, version: int, now: datetime) -> list[int]:
    """Change a day. Gives the people who are told that it moved. Raises: as `planning.change`; Forbidden."""
    day = _day(db, by, day_id)
    told = planning.change(db, by=by, meeting_id=day.meeting_id, given=given, version=version, now=now)
    meeting = db.get_one(Meeting, day.meeting_id)
    meeting.signup_closes_at = meeting.starts_at
    ask_for_seats(db, cohort_id=day.cohort_id, now=now)  # there may be room now for who had none
    return told


def cancel_day(db: Session, *, by: Viewer, day_id: int, own_text: str, now: datetime) -> list[int]:
    """Call a day off. Gives the people who are told. Raises: as `planning.cancel`; Forbidden."""
    day = _day(db, by, day_id)
    return planning.cancel(db, by=by, meeting_id=day.meeting_id, own_text=own_text, now=now)


def ask_for_seats(db: Session, *, cohort_id: int, now: datetime) -> None:
    """Let a job give seats, where somebody of a cohort may have none yet."""
    enqueue(db, SEATS, now=now, cohort_id=cohort_id)


def give_seats(db: Session, *, cohort_id: int, keyring: Keyring, now: datetime) -> int:
    """A seat on each day ahead for who is in training and did not answer yet; gives how many. Harmless when repeated.

    Who said that she cannot come keeps that answer. When a day is full the rest stay without, and the page says so.
    """
    people = list(db.scalars(select(Enrolment.person_id).where(Enrolment.cohort_id == cohort_id, *_in_training())))
    given = 0
    for meeting_id in db.scalars(_ahead(now).where(TrainingDay.cohort_id == cohort_id)).all():
        meeting = planning.locked(db, meeting_id)
        if over(meeting, now) is not None:
            continue
        answering.invite(db, places=[(meeting_id, person_id) for person_id in people], keyring=keyring, now=now)
        waiting = db.scalars(
            select(MeetingSignup.id)
            .where(
                MeetingSignup.meeting_id == meeting_id,
                MeetingSignup.person_id.in_(people),
                MeetingSignup.answer == AnswerTo.NONE,
            )
            .order_by(MeetingSignup.id)
        ).all()
        for signup_id in waiting[: meeting.seats - meeting.taken]:
            answering.answer(db, signup_id=signup_id, answer=AnswerTo.YES, actor_id=None, now=now)
            given += 1
    return given


def give_back_seats(db: Session, *, enrolment_id: int, now: datetime) -> None:
    """Who stops comes to no day that is still ahead: her seats are free, and the entries leave her calendar."""
    enrolment = db.get_one(Enrolment, enrolment_id)
    same_course = _days_of_course(enrolment.course_id)
    for signup_id in _own_ahead(db, enrolment.person_id, same_course, now, AnswerTo.YES):
        answering.answer(db, signup_id=signup_id, answer=AnswerTo.NO, actor_id=None, now=now, closed_too=True)


def answer_days(db: Session, *, by: Viewer, given: Coming, now: datetime) -> int:
    """Say on which days she comes; of the others that were shown, that she cannot. Gives how many answers changed.

    Raises: NotFound for somebody else's place; Refused as for any meeting.
    """
    rows = db.execute(
        select(MeetingSignup.id, MeetingSignup.meeting_id)
        .join(TrainingDay, TrainingDay.meeting_id == MeetingSignup.meeting_id)
        .where(MeetingSignup.person_id == by.id, MeetingSignup.id.in_(given.shown))
    )
    mine = {row.id: row.meeting_id for row in rows}
    if set(given.shown) - mine.keys() or given.places - set(given.shown):
        raise NotFound
    changed = 0
    for signup_id in sorted(mine, key=lambda id_: mine[id_]):
        wanted = AnswerTo.YES if signup_id in given.places else AnswerTo.NO
        changed += answering.answer(db, signup_id=signup_id, answer=wanted, actor_id=by.id, now=now)
    if changed:  # who had no seat may have one now
        days = select(TrainingDay.cohort_id).where(TrainingDay.meeting_id.in_(mine.values())).distinct()
        for cohort_id in db.scalars(days).all():
            ask_for_seats(db, cohort_id=cohort_id, now=now)
    return changed


def go_elsewhere(db: Session, *, by: Viewer, day_id: int, given: OtherDay, keyring: Keyring, now: datetime) -> None:
    """Give somebody of the cohort a seat on the day of another cohort of the same training.

    Raises: Forbidden; NotFound; Refused as for any meeting, also when it is full.
    """
    day = _day(db, by, day_id)
    enrolment = _of_cohort(db, day, given.enrolment_id)
    meeting_id = db.scalar(
        _ahead(now).where(TrainingDay.id == given.day_id, TrainingDay.id.in_(_days_of_course(enrolment.course_id)))
    )
    if meeting_id is None or given.day_id == day_id:
        raise NotFound
    answering.invite(db, places=[(meeting_id, enrolment.person_id)], keyring=keyring, now=now)
    signup_id = db.scalars(
        select(MeetingSignup.id).where(
            MeetingSignup.meeting_id == meeting_id, MeetingSignup.person_id == enrolment.person_id
        )
    ).one()
    answering.answer(db, signup_id=signup_id, answer=AnswerTo.YES, actor_id=by.id, now=now)


def mark(db: Session, *, by: Viewer, day_id: int, marks: dict[int, Mark], settle: bool, now: datetime) -> None:
    """Note who was there, by place, and close the list when asked; theory may be complete with it.

    Raises: Forbidden; NotFound; Refused as for any meeting.
    """
    day = _day(db, by, day_id)
    people = attendance.mark_attendance(db, by=by, meeting_id=day.meeting_id, marks=marks, now=now)
    if settle:
        attendance.settle(db, by=by, meeting_id=day.meeting_id, now=now)
    if people:
        _look_at(db, people, now=now)


def reopen(db: Session, *, by: Viewer, day_id: int, now: datetime) -> None:
    """Open a closed list again. Raises: Forbidden; NotFound; Refused when it is not closed."""
    attendance.reopen(db, by=by, meeting_id=_day(db, by, day_id).meeting_id, now=now)


def make_up(db: Session, *, by: Viewer, day_id: int, given: MadeUp, now: datetime) -> None:
    """Note that somebody made up for a day. Twice changes nothing.

    Raises: Forbidden; NotFound; Refused before the day, or for who was there.
    """
    day = _day(db, by, day_id)
    enrolment = _of_cohort(db, day, given.enrolment_id)
    meeting = planning.locked(db, day.meeting_id)
    if meeting.cancelled_at is None and now < meeting.starts_at:
        raise Refused("not_held_yet")
    seen = db.scalar(
        select(MeetingSignup.attendance).where(
            MeetingSignup.meeting_id == day.meeting_id, MeetingSignup.person_id == enrolment.person_id
        )
    )
    if seen == Attendance.PRESENT:
        raise Refused("was_there_already")
    known = (MadeUpDay.training_day_id == day_id) & (MadeUpDay.enrolment_id == enrolment.id)
    if db.scalar(select(func.count()).select_from(MadeUpDay).where(known)):
        return
    db.add(
        MadeUpDay(training_day_id=day_id, enrolment_id=enrolment.id, how=given.how, made_up_at=now, noted_by_id=by.id)
    )
    _note(db, "day_made_up", by, enrolment.id, now, day=day_id, how=given.how.value)
    _look_at(db, [enrolment.person_id], now=now)


def take_back(db: Session, *, by: Viewer, day_id: int, enrolment_id: int, now: datetime) -> None:
    """It was not made up for after all. Raises: Forbidden; NotFound."""
    day = _day(db, by, day_id)
    gone = db.execute(
        delete(MadeUpDay)
        .where(MadeUpDay.training_day_id == day.id, MadeUpDay.enrolment_id == enrolment_id)
        .returning(MadeUpDay.id)
    ).first()
    if gone is None:
        raise NotFound
    _note(db, "day_not_made_up", by, enrolment_id, now, day=day_id)


def _look_at(db: Session, person_ids: Collection[int], *, now: datetime) -> None:
    """Theory stands above courses: a job there sees whether it is complete now."""
    enqueue(db, COMPLETED, now=now, person_ids=sorted(person_ids))


def _note(db: Session, what: str, by: Viewer, enrolment_id: int, now: datetime, **content: object) -> None:
    record(db, f"courses.{what}", actor_id=by.id, subject=("enrolment", enrolment_id), now=now, **content)


def _cohort(db: Session, by: Viewer, cohort_id: int) -> Cohort:
    if not by.is_admin:
        raise Forbidden
    cohort = db.scalar(select(Cohort).where(Cohort.id == cohort_id).with_for_update())
    if cohort is None:
        raise NotFound
    return cohort


def _day(db: Session, by: Viewer, day_id: int) -> TrainingDay:
    if not by.is_admin:
        raise Forbidden
    day = db.scalar(select(TrainingDay).where(TrainingDay.id == day_id))
    if day is None:
        raise NotFound
    return day


def _of_cohort(db: Session, day: TrainingDay, enrolment_id: int) -> Enrolment:
    found = db.scalar(
        select(Enrolment).where(Enrolment.id == enrolment_id, Enrolment.cohort_id == day.cohort_id, *_in_training())
    )
    if found is None:
        raise NotFound
    return found


def _in_training() -> tuple[ColumnElement[bool], ...]:
    """Who came in and still follows the training; whoever did not come in yet is asked when she does."""
    return (
        Enrolment.confirmed_at.is_not(None),
        Enrolment.completed_at.is_(None),
        Enrolment.withdrawn_at.is_(None),
        Enrolment.expired_at.is_(None),
    )


def _ahead(now: datetime) -> Select[int]:
    """The meetings of scholingsdagen that are still to come."""
    return (
        select(TrainingDay.meeting_id)
        .join(Meeting, Meeting.id == TrainingDay.meeting_id)
        .where(Meeting.starts_at > now, Meeting.cancelled_at.is_(None))
        .order_by(Meeting.id)
    )


def _days_of_course(course_id: int) -> Select[int]:
    return (
        select(TrainingDay.id)
        .join(Cohort, Cohort.id == TrainingDay.cohort_id)
        .join(CourseEdition, CourseEdition.id == Cohort.edition_id)
        .where(CourseEdition.course_id == course_id)
    )


def _own_ahead(db: Session, person_id: int, days: Select[int], now: datetime, answer: AnswerTo) -> list[int]:
    return list(
        db.scalars(
            select(MeetingSignup.id)
            .join(TrainingDay, TrainingDay.meeting_id == MeetingSignup.meeting_id)
            .where(
                MeetingSignup.person_id == person_id,
                MeetingSignup.answer == answer,
                TrainingDay.id.in_(days),
                MeetingSignup.meeting_id.in_(_ahead(now).order_by(None)),
            )
            .order_by(MeetingSignup.meeting_id)
        )
    )
