"""What follows an answer: moves, cancellations, attendance, learning points; on both databases."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.intervision.actions import learning as taking_home
from app.intervision.actions import rounds as planned
from app.intervision.inputs import LearningPointGiven, RoundGiven, SessionGiven
from app.intervision.queries import facts, own, rounds
from app.intervision.rules import Half, Invitees, RoundState
from app.intervision.tables import LearningPoint
from app.kit.errors import NotFound, Refused
from app.kit.localtime import instant
from app.ledger.tables import LedgerContent
from app.meetings import queries as meetings
from app.meetings.actions import attendance, planning
from app.meetings.rules import Attendance, Mark, MeetingState
from app.meetings.tables import Meeting
from tests.intervision import DAY, FACTS, add_session, place_of, publish
from tests.intervision_stage import END, START, Stage
from tests.people import KEYRING

# Changing and calling off


def nobody(_first: date, _last: date) -> dict[int, str]:
    """Nobody owes a meeting."""
    return {}


def changed(stage: Stage, *, version: int | None = None, **changes: Any) -> list[int]:
    given = SessionGiven(**(FACTS | changes))
    told: list[int] = stage.do(
        lambda db: planned.change_session(
            db,
            by=stage.cast.fatma,
            meeting_id=stage.meeting_id,
            given=given,
            version=version or db.get_one(Meeting, stage.meeting_id).version,
            keyring=KEYRING,
            trainers=Invitees(frozenset({stage.cast.noor.id})),
            now=stage.now,
        )
    )
    return told


def test_a_move_tells_everybody_with_a_seat_once(stage: Stage) -> None:
    stage.answer(stage.cast.noor.id, "yes")
    uid = stage.signup(stage.cast.noor.id).uid
    assert changed(stage, day=date(2026, 12, 17), venue="De Esdoorn") == [stage.cast.noor.id]
    signup = stage.signup(stage.cast.noor.id)
    assert (signup.uid, signup.sequence) == (uid, 2)
    assert stage.meeting().starts_at == instant(date(2026, 12, 17), time(13, 30))
    assert stage.messages("meetings.moved") == [("meetings.moved", stage.cast.noor.id)]
    assert stage.events("meetings.moved") == 1


def test_a_change_that_moves_nothing_tells_nobody(stage: Stage) -> None:
    stage.answer(stage.cast.noor.id, "yes")
    assert changed(stage, food="Soep en brood", seats=20, facilitators=[stage.cast.ruben.id]) == []
    assert stage.messages("meetings.moved") == []
    assert stage.meeting().food == "Soep en brood"
    assert stage.see(lambda db: rounds.session_page(db, stage.meeting_id, now=stage.now)).session.facilitators == (
        stage.cast.ruben.name,
    )


def test_another_leader_takes_the_seat_of_the_first(stage: Stage) -> None:
    cast = stage.cast
    changed(stage, facilitators=[cast.ruben.id])
    assert stage.meeting().taken == 1
    assert stage.messages("meetings.seat_confirmed") == [("meetings.seat_confirmed", cast.ruben.id)]
    stage.clock.set(instant(date(2026, 12, 8), time(9)))  # sign-up has closed
    changed(stage, facilitators=[cast.noor.id])
    assert stage.meeting().taken == 1
    assert stage.signup(cast.noor.id).answer == "yes"
    assert stage.messages("meetings.seat_given_up") == [("meetings.seat_given_up", cast.ruben.id)]
    assert changed(stage, day=date(2026, 12, 17), facilitators=[cast.noor.id]) == [cast.noor.id]
    assert called_off(stage, stage.meeting_id) == [cast.noor.id, cast.joris.id]


def test_a_full_meeting_has_no_seat_for_another_leader(stage: Stage) -> None:
    with stage.database.writing() as db:
        meeting = db.get_one(Meeting, stage.meeting_id)
        meeting.seats, meeting.taken = 8, 8
    with pytest.raises(Refused, match="no_seat_for_leader"):
        changed(stage, facilitators=[stage.cast.ruben.id], seats=8)
    assert stage.messages("meetings.seat_confirmed") == []


def test_a_change_on_top_of_another_is_refused(stage: Stage) -> None:
    version = stage.meeting().version
    changed(stage, food="Soep")
    with pytest.raises(Refused, match="stale"):
        changed(stage, version=version, food="Taart")
    assert stage.meeting().food == "Soep"


def test_seats_cannot_be_fewer_than_people(stage: Stage) -> None:
    with stage.database.writing() as db:
        db.get_one(Meeting, stage.meeting_id).taken = 9
    with pytest.raises(Refused, match="fewer_seats_than_taken") as refused:
        changed(stage, seats=8)
    assert refused.value.facts == {"taken": 9}


def test_a_meeting_cannot_move_to_the_past(stage: Stage) -> None:
    with pytest.raises(Refused, match="day_in_past"):
        changed(stage, day=date(2026, 11, 20))


def test_calling_off_tells_seats_and_the_silent_but_not_who_declined(stage: Stage) -> None:
    cast = stage.cast
    stage.do(
        lambda db: publish(db, cast.fatma, stage.round_id, cast.noor.id, cast.joris.id, cast.ruben.id, now=stage.now)
    )
    stage.answer(cast.noor.id, "yes")
    stage.answer(cast.joris.id, "no")
    told = stage.do(
        lambda db: planning.cancel(db, by=cast.fatma, meeting_id=stage.meeting_id, own_text="Griep.", now=stage.now)
    )
    assert sorted(told) == sorted([cast.noor.id, cast.ruben.id])
    assert stage.messages("meetings.cancelled") == [
        ("meetings.cancelled", cast.noor.id),
        ("meetings.cancelled", cast.ruben.id),
    ]
    assert stage.signup(cast.noor.id).sequence == 2
    with pytest.raises(Refused, match="meeting_cancelled"):
        stage.do(lambda db: planning.cancel(db, by=cast.fatma, meeting_id=stage.meeting_id, own_text="", now=stage.now))


def second_day(stage: Stage) -> int:
    """Another meeting in the round, to which Noor and Joris are invited too."""
    cast = stage.cast
    made = stage.do(lambda db: add_session(db, cast.fatma, stage.round_id, now=stage.now, day=date(2026, 12, 15)))
    stage.do(lambda db: publish(db, cast.fatma, stage.round_id, cast.noor.id, cast.joris.id, now=stage.now))
    return int(made)


def called_off(stage: Stage, meeting_id: int) -> list[int]:
    told: list[int] = stage.do(
        lambda db: planned.cancel_session(db, by=stage.cast.fatma, meeting_id=meeting_id, own_text="", now=stage.now)
    )
    return told


def test_one_answer_is_enough_for_the_whole_round(stage: Stage) -> None:
    cast = stage.cast
    second = second_day(stage)
    stage.answer(cast.noor.id, "yes")
    page = stage.see(lambda db: rounds.session_page(db, second, now=stage.now))
    assert page.elsewhere == {cast.noor.id}
    assert page.silent == 1
    assert called_off(stage, second) == [cast.joris.id]
    assert stage.see(lambda db: rounds.round_page(db, stage.round_id, now=stage.now)).silent == 1


def test_who_was_there_has_nothing_left_to_choose(stage: Stage) -> None:
    cast = stage.cast
    second = second_day(stage)
    stage.answer(cast.noor.id, "yes")
    stage.answer(cast.joris.id, "yes")
    stage.clock.set(END)
    marks = {
        stage.place(cast.noor.id): Mark(Attendance.PRESENT),
        stage.place(cast.joris.id): Mark(Attendance.ABSENT_NOTIFIED),
    }
    stage.do(
        lambda db: attendance.mark_attendance(db, by=cast.fatma, meeting_id=stage.meeting_id, marks=marks, now=END)
    )
    later = date(2026, 12, 14)
    stage.do(lambda db: planned.change_closing(db, by=cast.fatma, round_id=stage.round_id, day=later, now=END))
    (noor,) = stage.see(lambda db: own.own_page(db, cast.noor, now=END)).rounds
    (joris,) = stage.see(lambda db: own.own_page(db, cast.joris, now=END)).rounds
    assert (noor.open, noor.to_answer) == (False, False)
    assert (joris.open, joris.to_answer) == (True, True)  # he had to stay away and may still come
    assert stage.see(lambda db: rounds.session_page(db, second, now=END)).elsewhere == {cast.noor.id}
    third = stage.do(lambda db: add_session(db, cast.fatma, stage.round_id, now=END, day=date(2026, 12, 17)))
    stage.do(lambda db: publish(db, cast.fatma, stage.round_id, cast.noor.id, cast.joris.id, now=END))
    assert [line.person_id for line in stage.see(lambda db: meetings.roll(db, third, now=stage.now))] == [cast.joris.id]
    assert called_off(stage, second) == [cast.joris.id]


def test_a_round_is_not_finished_while_people_lost_their_place(stage: Stage) -> None:
    cast = stage.cast
    stage.answer(cast.noor.id, "yes")
    called_off(stage, stage.meeting_id)
    page = stage.see(lambda db: rounds.round_page(db, stage.round_id, now=stage.now))
    assert (page.state, page.seated, page.without_place) == (RoundState.UNPLACED, 0, 2)
    assert "no_place" in [one.what for one in stage.see(lambda db: rounds.waiting(db, nobody, now=stage.now))]
    assert stage.see(lambda db: rounds.without_place(db, stage.round_id, now=stage.now)) == {
        cast.noor.id,
        cast.joris.id,
    }
    second = second_day(stage)
    page = stage.see(lambda db: rounds.round_page(db, stage.round_id, now=stage.now))
    assert (page.state, page.without_place) == (RoundState.OPEN, 0)
    stage.answer(cast.noor.id, "yes", second)
    stage.clock.set(END + timedelta(days=6))
    assert stage.see(lambda db: rounds.without_place(db, stage.round_id, now=stage.now)) == {cast.joris.id}


def test_a_place_in_a_later_round_makes_up_for_a_day_that_was_called_off(stage: Stage) -> None:
    called_off(stage, stage.meeting_id)

    def next_round(db: Session) -> None:
        given = RoundGiven(intervention=1, year=2027, half=Half.SPRING, signup_closes_on=date(2027, 3, 1))
        by, now = stage.cast.fatma, stage.now
        made = planned.make_round(db, by=by, given=given, now=now)
        add_session(db, by, made, now=now, day=date(2027, 3, 10))
        publish(db, by, made, stage.cast.noor.id, now=now)

    stage.clock.advance(timedelta(days=1))
    stage.do(next_round)
    page = stage.see(lambda db: rounds.round_page(db, stage.round_id, now=stage.now))
    assert (page.state, page.without_place) == (RoundState.SETTLED, 0)


def test_a_draft_is_called_off_in_silence(stage: Stage) -> None:
    draft = stage.do(lambda db: add_session(db, stage.cast.fatma, stage.round_id, now=stage.now, venue="Zaal"))
    told = stage.do(lambda db: planning.cancel(db, by=stage.cast.fatma, meeting_id=draft, own_text="", now=stage.now))
    assert told == []
    assert stage.meeting(draft).cancelled_at is not None


# Afterwards


def marked(stage: Stage, **marks: Mark) -> list[int]:
    places = {stage.place(getattr(stage.cast, name).id): mark for name, mark in marks.items()}
    changed_people: list[int] = stage.do(
        lambda db: attendance.mark_attendance(
            db, by=stage.cast.fatma, meeting_id=stage.meeting_id, marks=places, now=stage.now
        )
    )
    return changed_people


def test_attendance_counts_for_whoever_was_there(stage: Stage) -> None:
    stage.answer(stage.cast.noor.id, "yes")
    stage.clock.set(END)
    people = marked(stage, noor=Mark(Attendance.PRESENT), joris=Mark(Attendance.PRESENT, 99))
    assert sorted(people) == sorted([stage.cast.noor.id, stage.cast.joris.id])
    people = [stage.cast.noor.id, stage.cast.joris.id, stage.cast.ruben.id]
    found = stage.see(lambda db: facts.counting(db, people, [])).attended
    (noor,), (joris,) = found[stage.cast.noor.id], found[stage.cast.joris.id]
    assert (noor.day, noor.minutes, noor.full) == (DAY, 125, True)
    assert (joris.minutes, joris.full) == (99, False)  # less than four fifths of 125
    assert found[stage.cast.ruben.id] == []
    assert marked(stage, noor=Mark(Attendance.PRESENT)) == []
    assert stage.events("meetings.attendance_marked") == 2


def test_the_list_waits_for_the_start_and_takes_only_its_own_people(stage: Stage) -> None:
    with pytest.raises(Refused, match="not_held_yet"):
        marked(stage, noor=Mark(Attendance.PRESENT))
    stage.clock.set(END)
    with pytest.raises(NotFound):
        stage.do(
            lambda db: attendance.mark_attendance(
                db, by=stage.cast.fatma, meeting_id=stage.meeting_id, marks={9999: Mark(Attendance.PRESENT)}, now=END
            )
        )


def test_closing_the_list_asks_for_a_mark_for_each_seat(stage: Stage) -> None:
    stage.answer(stage.cast.noor.id, "yes")
    stage.clock.set(START)

    def settle() -> None:
        stage.do(lambda db: attendance.settle(db, by=stage.cast.fatma, meeting_id=stage.meeting_id, now=stage.now))

    with pytest.raises(Refused, match="not_ended_yet"):
        settle()
    stage.clock.set(END)
    with pytest.raises(Refused, match="marks_missing"):
        settle()
    marked(stage, noor=Mark(Attendance.ABSENT_NOTIFIED))
    settle()
    with pytest.raises(Refused, match="meeting_settled"):
        marked(stage, noor=Mark(Attendance.PRESENT))
    page = stage.see(lambda db: rounds.round_page(db, stage.round_id, now=stage.now))
    assert (page.state, page.sessions[0].meeting.state) == (RoundState.SETTLED, MeetingState.SETTLED)
    stage.do(lambda db: attendance.reopen(db, by=stage.cast.fatma, meeting_id=stage.meeting_id, now=stage.now))
    assert marked(stage, noor=Mark(Attendance.PRESENT)) == [stage.cast.noor.id]


def test_a_learning_point_is_written_after_the_meeting_by_oneself(stage: Stage) -> None:
    stage.answer(stage.cast.noor.id, "yes")
    signup_id = stage.place(stage.cast.noor.id)
    given = LearningPointGiven(learned="Stilte laten vallen.", next_step="Volgende keer tel ik tot tien.")

    def write(by: Any = stage.cast.noor) -> None:
        stage.do(
            lambda db: taking_home.write_learning_point(db, by=by, signup_id=signup_id, given=given, now=stage.now)
        )

    with pytest.raises(Refused, match="not_held_yet"):
        write()
    stage.clock.set(END)
    with pytest.raises(NotFound):
        write(stage.cast.fatma)
    write()
    write()
    page = stage.see(lambda db: own.own_page(db, stage.cast.noor, now=stage.now))
    assert [item.learned for item in page.past] == ["Stilte laten vallen."]
    with stage.database.reading() as db:
        for content in db.scalars(select(LedgerContent.content)):
            assert "Stilte" not in str(content)
    stage.do(lambda db: taking_home.remove_learning_point(db, by=stage.cast.noor, signup_id=signup_id, now=stage.now))
    assert stage.see(lambda db: db.scalar(select(func.count()).select_from(LearningPoint))) == 0


def test_who_was_absent_writes_no_learning_point(stage: Stage) -> None:
    stage.answer(stage.cast.noor.id, "yes")
    stage.clock.set(END)
    marked(stage, noor=Mark(Attendance.ABSENT))
    with pytest.raises(Refused, match="was_not_there"):
        stage.do(
            lambda db: taking_home.write_learning_point(
                db,
                by=stage.cast.noor,
                signup_id=place_of(db, stage.cast.noor.id, stage.meeting_id),
                given=LearningPointGiven(learned="x", next_step="y"),
                now=stage.now,
            )
        )
