"""What others ask of intervision: facts, what waits, what is erased and what ends; on both databases."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import select, update

from app.intervision.actions import own_data as intervision_data
from app.intervision.queries import facts, rounds
from app.intervision.rules import Half
from app.intervision.tables import IntervisionRound
from app.kit.localtime import instant
from app.kit.storage import folder
from app.meetings import queries as meetings
from app.meetings.actions import own_data, planning
from app.meetings.tables import MeetingSignup
from app.people.tables import Person
from tests.intervision import DAY, add_session
from tests.intervision_stage import END, Stage


def test_what_was_offered_and_who_was_there_this_year(stage: Stage) -> None:
    draft = stage.do(lambda db: add_session(db, stage.cast.fatma, stage.round_id, now=stage.now, venue="Zaal"))
    intervention = stage.see(lambda db: db.get_one(IntervisionRound, stage.round_id)).intervention_id
    assert [
        item.day for item in stage.see(lambda db: facts.counting(db, [], [intervention])).offered[intervention]
    ] == [DAY]
    noor = MeetingSignup.person_id == stage.cast.noor.id
    people = select(Person.id).where(Person.id.in_([stage.cast.noor.id, stage.cast.ruben.id]))

    def year() -> list[tuple[int, bool, int]]:
        return sorted(stage.see(lambda db: facts.yearly(db, people, now=stage.now)))

    assert year() == [(0, False, 2)]  # times, with a seat to come, how many people
    stage.do(lambda db: db.execute(update(MeetingSignup).where(noor).values(answer="yes")))
    assert year() == [(0, False, 1), (0, True, 1)]
    stage.do(lambda db: db.execute(update(MeetingSignup).where(noor).values(attendance="present")))
    assert year() == [(0, False, 1), (1, True, 1)]
    assert draft
    stage.do(
        lambda db: planning.cancel(db, by=stage.cast.fatma, meeting_id=stage.meeting_id, own_text="", now=stage.now)
    )
    assert [
        item.cancelled for item in stage.see(lambda db: facts.counting(db, [], [intervention])).offered[intervention]
    ] == [True]
    assert year() == [(0, False, 2)]


def test_what_waits_for_an_admin(stage: Stage) -> None:
    asked: list[tuple[date, date]] = []
    of_round = stage.see(lambda db: db.get_one(IntervisionRound, stage.round_id)).intervention_id

    def whats(wanted: dict[int, str]) -> list[tuple[str, Half]]:
        def needs(first: date, last: date) -> dict[int, str]:
            asked.append((first, last))
            return wanted

        return [(item.what, item.half) for item in stage.see(lambda db: rounds.waiting(db, needs, now=stage.now))]

    alone = ("no_leader", Half.AUTUMN)
    assert whats({of_round: "Kort"}) == [alone, ("to_plan", Half.SPRING)]  # 23 November is within 120 days of 1 March
    assert asked == [(date(2027, 3, 1), date(2027, 6, 30))]
    assert whats({}) == [alone]  # nobody owes a meeting
    stage.clock.set(instant(date(2026, 12, 5), time(9)))  # sign-up has closed, and nobody comes
    assert whats({}) == [alone, ("too_small", Half.AUTUMN), ("to_place", Half.AUTUMN)]
    stage.clock.set(END)
    assert whats({of_round: "Kort"}) == [("to_settle", Half.AUTUMN), ("to_plan", Half.SPRING)]


def test_erasing_frees_the_seat_and_kills_the_link(stage: Stage, data_dir: Any) -> None:
    stage.answer(stage.cast.noor.id, "yes")
    storage = folder(data_dir / "files")
    stage.do(lambda db: own_data.erase(db, person_id=stage.cast.noor.id, storage=storage, now=stage.now))
    stage.do(lambda db: intervision_data.erase(db, person_id=stage.cast.noor.id, storage=storage, now=stage.now))
    signup = stage.signup(stage.cast.noor.id)
    assert (stage.meeting().taken, signup.answer, signup.nonce) == (0, "no", "")
    assert signup.token_hash == f"erased-{signup.id}"
    exported = stage.see(
        lambda db: meetings.export_of(db, stage.cast.noor.id) | facts.export_of(db, stage.cast.noor.id)
    )
    assert [line["antwoord"] for line in exported["bijeenkomsten"]] == ["no"]


def test_links_stop_90_days_after_the_meeting(stage: Stage) -> None:
    stage.answer(stage.cast.noor.id, "yes")
    before = stage.signup(stage.cast.noor.id)
    stage.clock.set(END + own_data.LINKS_KEPT)
    assert stage.do(lambda db: own_data.expire_links(db, now=stage.now)) == 0
    stage.clock.advance(timedelta(seconds=1))
    assert stage.do(lambda db: own_data.expire_links(db, now=stage.now)) == 2
    after = stage.signup(stage.cast.noor.id)
    assert (after.nonce, after.token_hash) == ("", f"expired-{after.id}")
    assert (after.answer, after.uid) == (before.answer, before.uid)
    assert stage.do(lambda db: own_data.expire_links(db, now=stage.now)) == 0
