"""Who waits for a seat gets the next one, in order and in time; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.intervision.actions import answering, rounds
from app.intervision.inputs import SessionGiven
from app.intervision.rules import Invitees
from app.jobs.tables import Job
from app.kit.db import DatabaseBusy
from app.kit.errors import Refused
from app.kit.localtime import end_of, instant
from app.kit.storage import folder
from app.ledger.tables import LedgerEvent
from app.meetings.actions import own_data, waiting
from app.meetings.queries import place
from app.meetings.rules import OFFER_LASTS, OFFERS_END, SHORTEST_OFFER, AnswerTo
from app.meetings.tables import Meeting, MeetingSignup
from app.upkeep.invariants import seats as miscounted
from tests.intervision import CLOSES, FACTS, place_of
from tests.intervision_stage import START, Stage, at_once
from tests.people import KEYRING

OFFERED = "meetings.seat_offered"


@pytest.fixture
def full(stage: Stage) -> tuple[Stage, list[int]]:
    """Two seats, taken by the first two of six people; the third, fourth and fifth wait."""
    people = stage.people(6)
    stage.seats(2)
    for person_id in people[:2]:
        stage.answer(person_id, "yes")
    for person_id in people[2:5]:
        assert stage.wait(person_id)
    return stage, people


def _change(stage: Stage, leads: int | None = None, **changes: Any) -> None:
    facilitators = frozenset() if leads is None else frozenset({leads})
    given = SessionGiven(**(FACTS | {"seats": 8, "facilitators": facilitators} | changes))

    def work(db: Any) -> None:
        version = db.get_one(Meeting, stage.meeting_id).version
        how = {"meeting_id": stage.meeting_id, "given": given, "version": version, "keyring": KEYRING}
        trainers = Invitees(facilitators)
        rounds.change_session(db, by=stage.cast.fatma, trainers=trainers, now=stage.now, **how)

    stage.do(work)


def _wants(stage: Stage, person_id: int) -> Callable[[], str]:
    """What people do: say yes, and join the line when it is full."""

    def work() -> str:
        try:
            _again_when_busy(lambda: stage.answer(person_id, "yes"))
        except Refused:
            _again_when_busy(lambda: stage.wait(person_id))
            return "waits"
        return "comes"

    return work


def _again_when_busy(act: Callable[[], Any]) -> Any:
    """A hundred on one lane may wait too long: the program says so, and the same form is sent again."""
    while True:
        try:
            return act()
        except DatabaseBusy:
            continue


def test_a_hundred_at_once_are_twelve_seats_and_a_line_in_order(stage: Stage) -> None:
    people = stage.people(100)
    assert at_once([_wants(stage, person_id) for person_id in people]) == {"comes": 12, "waits": 88}
    assert stage.meeting().taken == 12
    line = stage.line()
    assert len(line) == 88
    assert not any(offered for _, offered in line)
    joined = select(LedgerEvent.actor_id).where(LedgerEvent.action == "meetings.line_joined").order_by(LedgerEvent.id)
    assert [person_id for person_id, _ in line] == stage.see(lambda db: db.scalars(joined).all())
    assert len(stage.messages("meetings.seat_confirmed")) == 12


def test_a_seat_that_comes_free_is_kept_for_the_first_in_line(full: tuple[Stage, list[int]]) -> None:
    stage, people = full
    assert not stage.wait(people[3])  # she stands there already
    stage.answer(people[0], "no")
    assert stage.meeting().taken == 2
    assert stage.line() == [(people[2], True), (people[3], False), (people[4], False)]
    assert stage.messages(OFFERED) == [(OFFERED, people[2])]
    until = stage.now + OFFER_LASTS
    jobs = stage.see(lambda db: db.scalars(select(Job).where(Job.kind == "meetings.expire_offer")).all())
    assert [job.run_at for job in jobs] == [until]
    for person_id, code in ((people[5], "join_the_line"), (people[3], "wait_your_turn"), (people[0], "join_the_line")):
        with pytest.raises(Refused, match=code):
            stage.answer(person_id, "yes")
    assert stage.answer(people[2], "yes")
    assert stage.meeting().taken == 2
    assert stage.line() == [(people[3], False), (people[4], False)]
    assert stage.messages("meetings.seat_confirmed")[-1] == ("meetings.seat_confirmed", people[2])
    assert not stage.expire(people[2])


def test_declined_or_not_answered_in_time_it_goes_to_the_next(full: tuple[Stage, list[int]]) -> None:
    stage, people = full
    stage.answer(people[0], "no")
    stage.answer(people[2], "no")
    assert stage.line() == [(people[3], True), (people[4], False)]
    assert not stage.expire(people[3])  # too early
    stage.clock.advance(OFFER_LASTS)
    with pytest.raises(Refused, match="offer_passed"):
        stage.answer(people[3], "yes")  # also while the job is late
    assert stage.expire(people[3])
    assert not stage.expire(people[3])  # twice
    assert stage.line() == [(people[4], True)]
    assert stage.events("meetings.offer_passed") == 1
    assert stage.messages(OFFERED) == [(OFFERED, person_id) for person_id in people[2:5]]
    with pytest.raises(Refused, match="join_the_line"):
        stage.answer(people[3], "yes")
    assert stage.wait(people[3])  # at the end of the line
    assert stage.line() == [(people[4], True), (people[3], False)]
    stage.clock.advance(OFFER_LASTS * 3)  # the worker was away: nobody is skipped, each has her own time
    assert stage.expire(people[4])
    assert stage.line() == [(people[3], True)]
    assert stage.answer(people[3], "no")
    assert stage.meeting().taken == 1
    assert stage.see(lambda db: list(miscounted(db))) == []


def test_a_place_in_line_says_where_and_until_when(full: tuple[Stage, list[int]]) -> None:
    stage, people = full
    stage.answer(people[0], "no")
    with stage.database.reading() as db:
        places = [place(db, place_of(db, one, stage.meeting_id), now=stage.now) for one in people]
    assert [(one.offered, one.waiting, one.number, one.queue) for one in places[2:5]] == [
        (True, False, 0, 2),
        (False, True, 1, 2),
        (False, True, 2, 2),
    ]
    assert places[2].offered_until == stage.now + OFFER_LASTS
    assert [(one.may_come, one.may_wait, one.may_decline) for one in places] == [
        (False, True, False),
        (False, False, True),
        (True, False, True),
        (False, False, True),
        (False, False, True),
        (False, True, True),
    ]


def test_a_seat_elsewhere_stays_while_she_waits_and_cascades_when_she_comes(full: tuple[Stage, list[int]]) -> None:
    stage, people = full
    second = stage.another(date(2026, 12, 15))
    stage.seats(1, second)
    stage.answer(people[2], "yes", second)
    assert stage.line()[0] == (people[2], False)
    stage.wait(people[5], second)
    stage.answer(people[0], "no")
    stage.answer(people[2], "yes")
    assert (stage.meeting().taken, stage.meeting(second).taken) == (2, 1)
    assert stage.line(second) == [(people[5], True)]
    assert stage.messages(OFFERED) == [(OFFERED, people[2]), (OFFERED, people[5])]


def test_after_sign_up_closed_the_line_goes_on(full: tuple[Stage, list[int]]) -> None:
    stage, people = full
    stage.clock.set(end_of(CLOSES))
    with pytest.raises(Refused, match="signup_closed"):
        stage.wait(people[5])
    stage.answer(people[0], "no")
    assert stage.answer(people[2], "yes")
    assert stage.answer(people[3], "no")
    assert stage.line() == [(people[4], False)]


def test_near_the_start_offers_are_shorter_and_then_end(full: tuple[Stage, list[int]]) -> None:
    stage, people = full
    stage.clock.set(START - OFFERS_END - timedelta(hours=10))
    stage.answer(people[0], "no")
    [until] = stage.see(
        lambda db: db.scalars(select(MeetingSignup.offered_until).where(MeetingSignup.offered_until.is_not(None))).all()
    )
    assert until == START - OFFERS_END
    stage.clock.set(START - OFFERS_END - SHORTEST_OFFER + timedelta(seconds=1))
    stage.answer(people[2], "no")
    assert stage.line() == [(people[3], False), (people[4], False)]
    assert stage.meeting().taken == 1
    assert stage.answer(people[4], "yes")  # who still waits may take what is left
    with pytest.raises(Refused, match="wait_your_turn"):
        stage.answer(people[3], "yes")
    stage.clock.set(START)
    for act in (stage.wait, lambda one: stage.answer(one, "yes")):
        with pytest.raises(Refused, match="meeting_past"):
            act(people[3])


def test_more_seats_go_down_the_line_and_fewer_than_taken_are_refused(full: tuple[Stage, list[int]]) -> None:
    stage, people = full
    _change(stage, leads=stage.cast.ruben.id)  # eight seats: one for who leads it, three for the line
    assert stage.line() == [(person_id, True) for person_id in people[2:5]]
    assert stage.meeting().taken == 6
    for person_id in stage.people(4):
        _wants(stage, person_id)()
    _change(stage, seats=9, leads=stage.cast.ruben.id)
    with pytest.raises(Refused, match="fewer_seats_than_taken") as refused:
        _change(stage, seats=8)
    assert refused.value.facts == {"taken": 9}


def test_who_leads_it_goes_before_the_line(stage: Stage) -> None:
    people = stage.people(9)
    stage.seats(8)
    for person_id in people[:8]:
        stage.answer(person_id, "yes")
    stage.wait(people[8])
    _change(stage, seats=9, leads=stage.cast.ruben.id)
    assert (stage.meeting().taken, stage.line()) == (9, [(people[8], False)])
    _change(stage, seats=9, leads=stage.cast.sanne.id)  # she comes in the place of Ruben, not of the line
    assert (stage.meeting().taken, stage.line()) == (9, [(people[8], False)])
    _change(stage, seats=9)
    assert (stage.meeting().taken, stage.line()) == (9, [(people[8], True)])


def test_another_day_asks_again_and_calling_off_ends_the_line(full: tuple[Stage, list[int]]) -> None:
    stage, people = full
    second = stage.another(date(2026, 12, 15))
    stage.answer(people[3], "yes", second)  # goes elsewhere, and still waits here
    stage.answer(people[0], "no")
    _change(stage, seats=8, day=date(2026, 12, 11))
    with_mail = stage.messages(OFFERED)
    assert with_mail[:2] == [(OFFERED, people[2])] * 2  # for the old day and for the new one
    assert [person_id for _, person_id in with_mail[2:]] == people[3:5]
    stage.do(
        lambda db: rounds.cancel_session(
            db, by=stage.cast.fatma, meeting_id=stage.meeting_id, own_text="", now=stage.now
        )
    )
    assert stage.line() == []
    told = [person_id for _, person_id in stage.messages("meetings.cancelled")]
    assert sorted(told) == sorted({*told})
    assert {people[1], *people[2:5]} <= set(told)
    assert people[0] not in told
    assert stage.see(lambda db: list(miscounted(db))) == []
    assert not stage.expire(people[2])


def test_who_is_forgotten_leaves_the_line_and_her_offer_goes_on(full: tuple[Stage, list[int]], tmp_path: Any) -> None:
    stage, people = full
    for gone in (people[3], people[0], people[2]):  # in line, with a seat, with the offer of it
        with stage.database.writing() as db:
            own_data.erase(db, person_id=gone, storage=folder(tmp_path), now=stage.now)
    assert stage.line() == [(people[4], True)]
    assert stage.meeting().taken == 2


def test_an_admin_takes_somebody_off_the_list(full: tuple[Stage, list[int]]) -> None:
    stage, people = full
    stage.answer(people[0], "no")
    places = [stage.place(one) for one in people]
    for at in (3, 2):
        with stage.database.writing() as db:
            waiting.take_off(db, by=stage.cast.fatma, signup_id=places[at], now=stage.now)
    assert stage.line() == [(people[4], True)]
    assert stage.messages("meetings.off_the_list") == [("meetings.off_the_list", people[at]) for at in (3, 2)]
    with pytest.raises(Refused, match="not_in_line"):
        stage.do(lambda db: waiting.take_off(db, by=stage.cast.fatma, signup_id=places[2], now=stage.now))


def test_who_leads_a_meeting_waits_for_no_other(full: tuple[Stage, list[int]]) -> None:
    stage, people = full
    second = stage.another(date(2026, 12, 15))
    _change(stage, seats=8, leads=people[5])
    stage.seats(0, second)
    with pytest.raises(Refused, match="leads_it"):
        stage.wait(people[5], second)


# At once


def test_an_offer_raced_by_its_end_and_by_yes(full: tuple[Stage, list[int]]) -> None:
    stage, people = full
    stage.answer(people[0], "no")
    until = stage.now + OFFER_LASTS
    signup_id = stage.place(people[2])

    def yes(now: datetime) -> Callable[[], bool]:
        return lambda: bool(
            stage.do(lambda db: answering.answer(db, signup_id=signup_id, answer=AnswerTo.YES, actor_id=None, now=now))
        )

    def end() -> str:
        return f"ended {stage.do(lambda db: waiting.expire_offer(db, signup_id=signup_id, now=until))}"

    ends = at_once([yes(until - timedelta(seconds=1)), end, yes(until - timedelta(seconds=1)), end])
    came = ends["True"] == 1
    assert (ends["ended True"] == 1) is not came
    assert stage.meeting().taken == 2
    assert stage.line()[0] == ((people[3], not came))
    assert len(stage.messages(OFFERED)) == (1 if came else 2)
    assert stage.see(lambda db: list(miscounted(db))) == []


def test_two_seats_that_come_free_at_once_go_to_two_people(full: tuple[Stage, list[int]]) -> None:
    stage, people = full
    ends = at_once(
        [
            lambda: stage.answer(people[0], "no"),
            lambda: stage.answer(people[1], "no"),
            lambda: stage.answer(people[5], "yes"),
        ]
    )
    assert (ends["True"], ends["join_the_line"] + ends["meeting_full"]) == (2, 1)
    assert stage.line() == [(people[2], True), (people[3], True), (people[4], False)]
    assert stage.meeting().taken == 2


def test_two_offers_taken_at_once_are_one_seat(full: tuple[Stage, list[int]]) -> None:
    stage, people = full
    second = stage.another(date(2026, 12, 15))
    stage.seats(1, second)
    stage.answer(people[5], "yes", second)
    stage.wait(people[2], second)
    stage.answer(people[0], "no")
    stage.answer(people[5], "no", second)
    jobs: list[Callable[[], Any]] = [
        lambda: stage.answer(people[2], "yes"),
        lambda: stage.answer(people[2], "yes", second),
        lambda: stage.answer(people[3], "no"),
    ]
    at_once(jobs * 2)
    mine = stage.see(
        lambda db: db.scalars(
            select(MeetingSignup.answer).where(MeetingSignup.person_id == people[2], MeetingSignup.answer == "yes")
        ).all()
    )
    assert len(mine) == 1
    assert stage.see(lambda db: list(miscounted(db))) == []


def test_a_swap_after_sign_up_closed_while_both_days_are_far(stage: Stage) -> None:
    noor, joris = stage.cast.noor.id, stage.cast.joris.id
    third, fourth = stage.another(date(2026, 12, 22)), stage.another(date(2026, 12, 29))
    stage.answer(noor, "yes", third)
    stage.answer(joris, "yes")
    stage.clock.set(instant(date(2026, 12, 8), time(9)))  # two weeks before the 22nd
    assert stage.answer(noor, "yes", fourth)
    assert (stage.meeting(third).taken, stage.meeting(fourth).taken) == (0, 1)
    for person_id, meeting_id in ((noor, stage.meeting_id), (joris, third)):  # one of the days is too near
        with pytest.raises(Refused, match="signup_closed"):
            stage.answer(person_id, "yes", meeting_id)
    stage.clock.set(instant(date(2026, 12, 9), time(9)))
    with pytest.raises(Refused, match="signup_closed"):
        stage.answer(noor, "yes", third)
    stage.clock.set(instant(date(2026, 12, 8), time(9)))
    stage.seats(1, third)
    with pytest.raises(Refused, match="signup_closed"):
        stage.answer(joris, "yes", third)
    assert stage.answer(noor, "yes", third)
    assert stage.see(lambda db: list(miscounted(db))) == []
