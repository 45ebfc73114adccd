"""Scholingsdagen: a seat for everybody in training, who was there, and when theory is complete with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.courses.actions import cohorts
from app.courses.training_days import actions
from app.courses.training_days.inputs import Coming, MadeUp, OtherDay
from app.courses.training_days.queries import DayPage, day_page, own_days
from app.courses.training_days.rules import MakeUp
from app.courses.training_days.waiting import days_work
from app.jobs.tables import Job
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.localtime import instant, local_day
from app.kit.storage import folder
from app.ledger.tables import LedgerEvent
from app.meetings.inputs import MeetingGiven
from app.meetings.rules import AnswerTo, Attendance, Mark
from app.meetings.tables import Meeting, MeetingSignup
from app.outbox.tables import Message
from app.people.rules import Viewer
from app.theory.actions import note_completed
from tests.people import KEYRING
from tests.trained import Training, finish_theory, in_training, make_cohort, theory_of

DAY = date(2026, 12, 8)
FACTS: dict[str, Any] = {
    "day": DAY,
    "starts": time(9, 30),
    "ends": time(16, 30),
    "net_minutes": 360,
    "seats": 8,
    "venue": "De Klimop",
    "address": "Kade 3, Rotterdam",
}


@dataclass
class School:
    """Noor in a training that needs one day; Joris follows it too."""

    database: Database
    clock: MovableClock
    training: Training

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def do(self, work: Any) -> Any:
        with self.database.writing() as db:
            return work(db)

    def see(self, work: Any) -> Any:
        with self.database.reading() as db:
            return work(db)

    def plan(self, cohort_id: int | None = None, **changes: Any) -> int:
        """Plan a day and let the job give seats."""
        fatma, cohort = self.training.cast.fatma, cohort_id or self.training.cohort_id
        given = MeetingGiven(**(FACTS | changes))
        day = self.do(lambda db: actions.add_day(db, by=fatma, cohort_id=cohort, given=given, now=self.now))
        self.seats(cohort)
        return int(day)

    def seats(self, cohort_id: int | None = None) -> int:
        cohort = cohort_id or self.training.cohort_id
        return int(self.do(lambda db: actions.give_seats(db, cohort_id=cohort, keyring=KEYRING, now=self.now)))

    def jobs(self) -> int:
        query = select(func.count()).select_from(Job).where(Job.kind == actions.SEATS)
        return int(self.see(lambda db: db.scalar(query)))

    def page(self, day: int) -> DayPage:
        page: DayPage = self.see(lambda db: day_page(db, self.training.cast.fatma, day, now=self.now))
        return page

    def held(self) -> None:
        self.clock.set(instant(DAY, time(16, 30)))

    def mark(self, day: int, *marks: Attendance, settle: bool = True) -> None:
        """Who was there, in the order of the list."""
        by = [row.signup_id for row in self.page(day).rows]
        given = {id_: Mark(mark) for id_, mark in zip(by, marks, strict=True) if id_ is not None}
        fatma = self.training.cast.fatma
        self.do(lambda db: actions.mark(db, by=fatma, day_id=day, marks=given, settle=settle, now=self.now))

    def kinds(self, person_id: int) -> list[str]:
        query = select(Message.kind).where(Message.person_id == person_id, Message.kind.startswith("meetings."))
        return list(self.see(lambda db: db.scalars(query.order_by(Message.id)).all()))

    def complete(self) -> bool:
        return bool(self.see(lambda db: theory_of(db, self.training.enrolment_id).complete))

    def missing(self) -> int:
        return int(self.see(lambda db: theory_of(db, self.training.enrolment_id).days_missing))

    def work(self) -> dict[str, int]:
        return {one.what: one.count for one in self.see(lambda db: days_work(db, today=local_day(self.now)))}


@pytest.fixture
def school(database: Database, clock: MovableClock, data_dir: Path) -> School:
    now = clock.now()
    with database.writing() as db:
        training = in_training(db, folder(data_dir), now=now, training_days_min=1)
        people = [training.cast.joris.id]
        cohorts.enrol(db, by=training.cast.fatma, cohort_id=training.cohort_id, person_ids=people, now=now)
        cohorts.confirm_enrolments(db, person_id=training.cast.joris.id, now=now)
    return School(database, clock, training)


def test_everybody_in_training_gets_a_seat_once_and_one_mail(school: School) -> None:
    assert school.work() == {"days_to_plan": 1}
    day = school.plan()
    cast = school.training.cast
    assert school.seats() == 0  # the job came twice
    assert [(row.person.id, row.answer) for row in school.page(day).rows] == [
        (cast.joris.id, AnswerTo.YES),
        (cast.noor.id, AnswerTo.YES),
    ]
    assert school.kinds(cast.noor.id) == school.kinds(cast.joris.id) == ["meetings.seat_confirmed"]
    assert school.work() == {}


def test_who_comes_in_later_gets_a_seat_and_who_is_not_in_yet_none(school: School) -> None:
    day = school.plan()
    peter = school.training.cast.ruben.id  # somebody else in the register
    ids = [peter]
    fatma, cohort = school.training.cast.fatma, school.training.cohort_id
    school.do(lambda db: cohorts.enrol(db, by=fatma, cohort_id=cohort, person_ids=ids, now=school.now))
    assert school.seats() == 0
    school.do(lambda db: cohorts.confirm_enrolments(db, person_id=peter, now=school.now))
    assert school.seats() == 1
    assert len(school.page(day).rows) == 3


def test_who_cannot_come_says_so_and_keeps_that_answer(school: School) -> None:
    day = school.plan()
    noor = school.training.cast.noor
    (place,) = [one.place.id for one in school.see(lambda db: own_days(db, noor, now=school.now)).ahead]
    given = Coming(shown=[place], coming=[place], none="none")
    assert school.do(lambda db: actions.answer_days(db, by=noor, given=given, now=school.now)) == 1
    assert school.seats() == 0
    (row,) = [one for one in school.page(day).rows if one.person.id == noor.id]
    assert row.answer is AnswerTo.NO
    assert school.page(day).meeting.taken == 1
    assert school.kinds(noor.id) == ["meetings.seat_confirmed", "meetings.seat_given_up"]
    with pytest.raises(NotFound):  # nobody answers for somebody else
        school.do(lambda db: actions.answer_days(db, by=school.training.cast.joris, given=given, now=school.now))


def test_theory_is_complete_only_with_the_day(school: School) -> None:
    day = school.plan()
    school.do(lambda db: finish_theory(db, school.training, now=school.now))
    assert not school.complete()
    assert school.missing() == 1
    school.held()
    school.mark(day, Attendance.PRESENT, Attendance.PRESENT)
    assert school.complete()
    assert school.see(lambda db: theory_of(db, school.training.enrolment_id).completed_on) == DAY
    people = [school.training.cast.noor.id, school.training.cast.joris.id]
    for _ in range(2):  # the job came twice
        school.do(lambda db: note_completed(db, person_ids=people, now=school.now))
    query = select(LedgerEvent.subject_id).where(LedgerEvent.action == "theory.completed")
    assert school.see(lambda db: db.scalars(query).all()) == [school.training.enrolment_id]  # Joris read nothing


def test_half_a_day_is_made_up_for(school: School) -> None:
    day = school.plan()
    school.do(lambda db: finish_theory(db, school.training, now=school.now))
    fatma, noor = school.training.cast.fatma, school.training.cast.noor
    given = MadeUp(enrolment_id=school.training.enrolment_id, how=MakeUp.COACH)

    def make_up(by: Viewer = fatma) -> None:
        school.do(lambda db: actions.make_up(db, by=by, day_id=day, given=given, now=school.now))

    with pytest.raises(Refused, match="not_held_yet"):
        make_up()
    school.held()
    school.mark(day, Attendance.PRESENT, Attendance.ABSENT)
    school.clock.advance(timedelta(days=1))
    assert school.work() == {"days_to_make_up": 1}
    assert [row.person.id for row in school.page(day).to_make_up] == [noor.id]
    with pytest.raises(Forbidden):
        make_up(noor)
    make_up()
    make_up()
    assert school.complete()
    assert school.work() == {}
    assert [one.made_up for one in school.see(lambda db: own_days(db, noor, now=school.now)).past] == [MakeUp.COACH]
    school.do(
        lambda db: actions.take_back(
            db, by=fatma, day_id=day, enrolment_id=school.training.enrolment_id, now=school.now
        )
    )
    assert not school.complete()


def test_a_list_that_was_not_closed_waits_for_an_admin(school: School) -> None:
    day = school.plan()
    school.held()
    assert school.work() == {}  # the same day she may still do it
    school.clock.advance(timedelta(days=1))
    assert school.work() == {"days_to_settle": 1}
    school.mark(day, Attendance.PRESENT, Attendance.PRESENT)
    assert school.work() == {}


def test_who_was_there_has_nothing_to_make_up_for(school: School) -> None:
    day = school.plan()
    school.held()
    school.mark(day, Attendance.PRESENT, Attendance.PRESENT)
    given = MadeUp(enrolment_id=school.training.enrolment_id, how=MakeUp.OTHER)
    with pytest.raises(Refused, match="was_there_already"):
        school.do(
            lambda db: actions.make_up(db, by=school.training.cast.fatma, day_id=day, given=given, now=school.now)
        )


def test_a_day_with_another_group_counts(school: School) -> None:
    fatma, noor = school.training.cast.fatma, school.training.cast.noor
    other = school.do(lambda db: make_cohort(db, fatma, school.training.edition_id, now=school.now))
    mine = school.plan(day=date(2026, 12, 1))
    theirs = school.plan(other)
    given = OtherDay(enrolment_id=school.training.enrolment_id, day_id=theirs)
    for _ in range(2):  # pressed twice
        school.do(
            lambda db: actions.go_elsewhere(db, by=fatma, day_id=mine, given=given, keyring=KEYRING, now=school.now)
        )
    assert [(row.person.id, row.guest) for row in school.page(theirs).rows] == [(noor.id, True)]
    school.held()
    school.mark(theirs, Attendance.PRESENT)
    assert school.missing() == 0


def test_who_stops_gives_her_seat_back(school: School) -> None:
    day = school.plan()
    fatma, training = school.training.cast.fatma, school.training
    school.do(
        lambda db: cohorts.withdraw(
            db, by=fatma, cohort_id=training.cohort_id, enrolment_id=training.enrolment_id, now=school.now
        )
    )
    assert school.page(day).meeting.taken == 1
    assert [row.person.id for row in school.page(day).rows] == [training.cast.joris.id]
    assert school.kinds(training.cast.noor.id)[-1] == "meetings.seat_given_up"


def test_more_people_than_seats_leaves_the_rest_without(school: School) -> None:
    """Never overbooked: the page shows who is left, and more seats let the job go on."""
    day = school.plan()
    fatma, cohort = school.training.cast.fatma, school.training.cohort_id
    meeting_id = school.page(day).meeting.id
    with school.database.writing() as db:
        db.get_one(Meeting, meeting_id).seats = 2
    people = [school.training.cast.ruben.id]
    school.do(lambda db: cohorts.enrol(db, by=fatma, cohort_id=cohort, person_ids=people, now=school.now))
    school.do(lambda db: cohorts.confirm_enrolments(db, person_id=people[0], now=school.now))
    assert school.seats() == 0
    assert sum(row.answer is AnswerTo.NONE for row in school.page(day).rows) == 1
    given = MeetingGiven(**FACTS)
    version = school.page(day).meeting.version
    school.do(lambda db: actions.change_day(db, by=fatma, day_id=day, given=given, version=version, now=school.now))
    assert school.seats() == 1


def test_a_seat_that_comes_free_goes_to_who_had_none(school: School) -> None:
    day = school.plan()
    meeting_id = school.page(day).meeting.id
    with school.database.writing() as db:
        db.get_one(Meeting, meeting_id).seats = 2
    fatma, joris, cohort = school.training.cast.fatma, school.training.cast.joris, school.training.cohort_id
    people = [school.training.cast.ruben.id]
    school.do(lambda db: cohorts.enrol(db, by=fatma, cohort_id=cohort, person_ids=people, now=school.now))
    school.do(lambda db: cohorts.confirm_enrolments(db, person_id=people[0], now=school.now))
    assert school.seats() == 0
    asked = school.jobs()
    (place,) = [one.place.id for one in school.see(lambda db: own_days(db, joris, now=school.now)).ahead]
    school.do(lambda db: actions.answer_days(db, by=joris, given=Coming(shown=[place]), now=school.now))
    assert school.jobs() == asked + 1
    assert school.seats() == 1


def test_a_moved_day_stays_open_for_answers_until_it_begins(school: School) -> None:
    day = school.plan()
    fatma = school.training.cast.fatma
    version = school.page(day).meeting.version
    given = MeetingGiven(**(FACTS | {"day": date(2026, 12, 15)}))
    told = school.do(
        lambda db: actions.change_day(db, by=fatma, day_id=day, given=given, version=version, now=school.now)
    )
    assert sorted(told) == sorted([school.training.cast.noor.id, school.training.cast.joris.id])
    school.clock.set(instant(date(2026, 12, 14), time(12)))
    assert school.page(day).meeting.open


def test_a_day_that_is_called_off_asks_for_another(school: School) -> None:
    day = school.plan()
    fatma = school.training.cast.fatma
    school.do(lambda db: actions.cancel_day(db, by=fatma, day_id=day, own_text="Ziek.", now=school.now))
    assert school.work() == {"days_to_plan": 1}
    assert school.kinds(school.training.cast.noor.id)[-1] == "meetings.cancelled"


def test_nobody_but_an_admin_plans(school: School) -> None:
    day = school.plan()
    noor, given = school.training.cast.noor, MeetingGiven(**FACTS)
    with pytest.raises(Forbidden):
        school.do(
            lambda db: actions.add_day(db, by=noor, cohort_id=school.training.cohort_id, given=given, now=school.now)
        )
    with pytest.raises(Forbidden):
        school.do(lambda db: actions.cancel_day(db, by=noor, day_id=day, own_text="", now=school.now))
    with pytest.raises(NotFound):
        school.see(lambda db: day_page(db, noor, day, now=school.now))
    assert school.see(lambda db: db.scalar(select(MeetingSignup.answer).limit(1))) == AnswerTo.YES
