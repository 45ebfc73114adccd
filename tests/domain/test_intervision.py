"""A round from plan to learning point, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.intervision.actions import answering, rounds
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import Refused
from app.kit.localtime import end_of
from app.meetings.actions import planning
from app.meetings.rules import AnswerTo
from app.meetings.tables import Meeting, MeetingSignup
from app.outbox.tables import Message
from tests.intervision import CLOSES, add_session, make_round, place_of, publish
from tests.intervision_stage import START, Stage, at_once
from tests.people import make_cast, make_person


def test_a_round_is_made_once_for_each_half_year(stage: Stage) -> None:
    with pytest.raises(Refused, match="round_exists"):
        stage.do(lambda db: make_round(db, stage.cast.fatma, now=stage.now))
    assert stage.events("intervision.round_made") == 1


def test_a_last_day_in_the_past_is_refused(stage: Stage) -> None:
    with pytest.raises(Refused, match="day_in_past"):
        stage.do(
            lambda db: rounds.change_closing(
                db, by=stage.cast.fatma, round_id=stage.round_id, day=date(2026, 11, 22), now=stage.now
            )
        )


def test_another_last_day_holds_for_published_meetings_too(stage: Stage) -> None:
    later = CLOSES + timedelta(days=3)
    stage.do(
        lambda db: rounds.change_closing(db, by=stage.cast.fatma, round_id=stage.round_id, day=later, now=stage.now)
    )
    assert stage.meeting().signup_closes_at == end_of(later)


def test_publishing_invites_each_trainer_once(stage: Stage) -> None:
    assert stage.messages() == [
        ("intervision.invitation", stage.cast.noor.id),
        ("intervision.invitation", stage.cast.joris.id),
    ]
    assert stage.meeting().published_at == stage.now
    assert stage.meeting().signup_closes_at == end_of(CLOSES)
    with pytest.raises(Refused, match="nobody_to_invite"):
        stage.do(lambda db: publish(db, stage.cast.fatma, stage.round_id, stage.cast.noor.id, now=stage.now))


def test_a_new_trainer_and_a_new_meeting_are_invited_afterwards(stage: Stage) -> None:
    cast = stage.cast
    sent = stage.do(
        lambda db: publish(db, cast.fatma, stage.round_id, cast.noor.id, cast.joris.id, cast.ruben.id, now=stage.now)
    )
    assert sent == 1
    second = stage.do(lambda db: add_session(db, cast.fatma, stage.round_id, now=stage.now, day=date(2026, 12, 15)))
    sent = stage.do(lambda db: publish(db, cast.fatma, stage.round_id, cast.noor.id, cast.joris.id, now=stage.now))
    assert sent == 2
    assert stage.meeting(second).published_at is not None
    assert Counter(stage.messages("intervision.invitation"))[("intervision.invitation", cast.noor.id)] == 2


def test_who_leads_a_meeting_has_a_seat_and_is_not_asked(stage: Stage) -> None:
    cast = stage.cast
    second = stage.do(
        lambda db: add_session(
            db, cast.fatma, stage.round_id, now=stage.now, day=date(2026, 12, 15), facilitators=[cast.ruben.id]
        )
    )
    people = (cast.noor.id, cast.joris.id, cast.ruben.id)  # he is a trainer too
    sent = stage.do(lambda db: publish(db, cast.fatma, stage.round_id, *people, now=stage.now))
    assert sent == 3
    assert [one for one in stage.messages() if one[1] == cast.ruben.id] == [("meetings.seat_confirmed", cast.ruben.id)]
    assert stage.meeting(second).taken == 1
    with pytest.raises(Refused, match="leads_it"):
        stage.answer(cast.ruben.id, "no", second)
    assert stage.meeting(second).taken == 1


def test_two_admins_publishing_at_once_send_each_mail_once(database: Database, clock: MovableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        cast = make_cast(db, now=now)
        people = [make_person(db, f"Trainer{n} Test", now=now, account=False) for n in range(12)]
        round_id = make_round(db, cast.fatma, now=now)
        add_session(db, cast.fatma, round_id, now=now)

    def work() -> int:
        with database.writing() as db:
            return publish(db, cast.fatma, round_id, *people, now=now)

    assert at_once([work, work]) == {"12": 1, "nobody_to_invite": 1}
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Message)) == 12
        assert db.scalar(select(func.count()).select_from(MeetingSignup)) == 12


def test_nothing_goes_out_without_a_meeting_or_after_the_last_day(stage: Stage) -> None:
    stage.clock.set(end_of(CLOSES))
    with pytest.raises(Refused, match="closing_passed"):
        stage.do(lambda db: publish(db, stage.cast.fatma, stage.round_id, stage.cast.ruben.id, now=stage.now))
    stage.clock.set(START)
    with pytest.raises(Refused, match="no_meeting_ahead"):
        stage.do(lambda db: publish(db, stage.cast.fatma, stage.round_id, stage.cast.ruben.id, now=stage.now))


# Answering


def test_yes_takes_a_seat_and_is_confirmed(stage: Stage) -> None:
    assert stage.answer(stage.cast.noor.id, "yes")
    assert stage.meeting().taken == 1
    signup = stage.signup(stage.cast.noor.id)
    assert (signup.answer, signup.sequence) == ("yes", 1)
    assert stage.messages("meetings.seat_confirmed") == [("meetings.seat_confirmed", stage.cast.noor.id)]
    assert stage.events("meetings.answered") == 1


def test_the_same_answer_again_changes_nothing(stage: Stage) -> None:
    stage.answer(stage.cast.noor.id, "yes")
    assert not stage.answer(stage.cast.noor.id, "yes")
    assert stage.meeting().taken == 1
    assert len(stage.messages("meetings.seat_confirmed")) == 1


def test_no_gives_the_seat_back_and_the_last_answer_counts(stage: Stage) -> None:
    for answer in ("yes", "no", "yes", "no"):
        stage.answer(stage.cast.noor.id, answer)
    assert stage.meeting().taken == 0
    assert stage.signup(stage.cast.noor.id).sequence == 4
    assert len(stage.messages("meetings.seat_given_up")) == 2


def test_declining_without_a_seat_sends_nothing(stage: Stage) -> None:
    stage.answer(stage.cast.noor.id, "no")
    assert stage.messages("meetings.seat_given_up", "meetings.seat_confirmed") == []


def test_after_the_last_day_a_seat_can_only_be_given_up(stage: Stage) -> None:
    stage.answer(stage.cast.noor.id, "yes")
    stage.clock.set(end_of(CLOSES))
    with pytest.raises(Refused, match="signup_closed"):
        stage.answer(stage.cast.joris.id, "yes")
    with pytest.raises(Refused, match="signup_closed"):
        stage.answer(stage.cast.joris.id, "no")
    assert stage.answer(stage.cast.noor.id, "no")
    with pytest.raises(Refused, match="signup_closed"):
        stage.answer(stage.cast.noor.id, "yes")
    assert stage.meeting().taken == 0


def test_a_meeting_that_began_or_was_called_off_takes_no_answers(stage: Stage) -> None:
    stage.answer(stage.cast.noor.id, "yes")
    stage.clock.set(START)
    with pytest.raises(Refused, match="meeting_past"):
        stage.answer(stage.cast.noor.id, "no")
    stage.clock.set(START - timedelta(days=8))
    stage.do(
        lambda db: planning.cancel(db, by=stage.cast.fatma, meeting_id=stage.meeting_id, own_text="", now=stage.now)
    )
    with pytest.raises(Refused, match="meeting_cancelled"):
        stage.answer(stage.cast.joris.id, "yes")


def test_a_full_meeting_refuses_and_keeps_the_answer_as_it_was(stage: Stage) -> None:
    with stage.database.writing() as db:
        meeting = db.get_one(Meeting, stage.meeting_id)
        meeting.seats, meeting.taken = 8, 8
    with pytest.raises(Refused, match="meeting_full"):
        stage.answer(stage.cast.noor.id, "yes")
    assert stage.signup(stage.cast.noor.id).answer == ""
    assert stage.messages("meetings.seat_confirmed") == []


def test_thirty_people_on_twelve_seats_are_exactly_twelve(database: Database, clock: MovableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        cast = make_cast(db, now=now)
        people = [make_person(db, f"Trainer{n} Test", now=now, account=False) for n in range(30)]
        round_id = make_round(db, cast.fatma, now=now)
        meeting_id = add_session(db, cast.fatma, round_id, now=now)
        publish(db, cast.fatma, round_id, *people, now=now)
        places = [place_of(db, person_id, meeting_id) for person_id in people]

    def yes(signup_id: int) -> Callable[[], bool]:
        def work() -> bool:
            with database.writing() as db:
                return answering.answer(db, signup_id=signup_id, answer=AnswerTo.YES, actor_id=None, now=now)

        return work

    assert at_once([yes(signup_id) for signup_id in places]) == {"True": 12, "meeting_full": 18}
    with database.reading() as db:
        assert db.get_one(Meeting, meeting_id).taken == 12
        seated = select(func.count()).select_from(MeetingSignup).where(MeetingSignup.answer == "yes")
        assert db.scalar(seated) == 12
        confirmed = select(func.count()).select_from(Message).where(Message.kind == "meetings.seat_confirmed")
        assert db.scalar(confirmed) == 12


def test_one_person_twice_at_once_gets_one_seat(stage: Stage) -> None:
    jobs: list[Callable[[], Any]] = [lambda: stage.answer(stage.cast.noor.id, "yes")] * 8
    assert at_once(jobs) == {"True": 1, "False": 7}
    assert stage.meeting().taken == 1
    assert len(stage.messages("meetings.seat_confirmed")) == 1


def test_another_day_in_the_round_gives_the_first_seat_back(stage: Stage) -> None:
    cast = stage.cast
    second = stage.do(lambda db: add_session(db, cast.fatma, stage.round_id, now=stage.now, day=date(2026, 12, 15)))
    stage.do(lambda db: publish(db, cast.fatma, stage.round_id, cast.noor.id, now=stage.now))
    stage.answer(cast.noor.id, "yes")
    stage.answer(cast.noor.id, "yes", second)
    assert (stage.meeting().taken, stage.meeting(second).taken) == (0, 1)
    assert stage.messages("meetings.seat_confirmed", "meetings.seat_given_up") == [
        ("meetings.seat_confirmed", cast.noor.id),
        ("meetings.seat_confirmed", cast.noor.id),
        ("meetings.seat_given_up", cast.noor.id),
    ]
    jobs: list[Callable[[], Any]] = [
        lambda: stage.answer(cast.noor.id, "yes"),
        lambda: stage.answer(cast.noor.id, "yes", second),
    ]
    at_once(jobs * 4)
    assert stage.meeting().taken + stage.meeting(second).taken == 1
