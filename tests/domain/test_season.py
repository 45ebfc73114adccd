"""Making a season from last year's, on both databases."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, update

from app.intervision.actions.clashing import refuse_unknown_venue
from app.intervision.actions.seasons import make_season
from app.intervision.places import Region
from app.intervision.proposing import VENUE_TO_COME, Why
from app.intervision.queries.rounds import round_page, rounds
from app.intervision.rules import Half, RoundState
from app.intervision.tables import IntervisionRound
from app.kit.errors import Refused
from app.kit.localtime import local_day
from app.ledger.tables import LedgerEvent
from app.meetings.tables import Meeting
from app.outbox.tables import Message
from tests.intervision_stage import at_once
from tests.seasons import THEN, chosen, last_year, looked_at, wanted

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database


def test_both_rounds_come_from_last_year_in_draft(database: Database, clock: MovableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        past = last_year(db)
    with database.reading() as db:
        page = looked_at(db, past, now=now, extra=4)
    (season,) = page.seasons
    spring, autumn = season.rounds
    assert [(one.day, one.why, one.weeks) for one in spring.proposals] == [
        (date(2027, 3, 11), Why.SAME_WEEK, 0),
        (date(2027, 3, 19), Why.MOVED, -1),  # 26 March is Good Friday
    ]
    (moved,) = autumn.proposals
    assert (moved.day, moved.free.name if moved.free else "") == (date(2027, 10, 14), "herfstvakantie")
    assert spring.closes_on == date(2027, 2, 25)
    assert {(one.region, one.needing, one.seats) for one in spring.counts} == {
        (Region.MIDDLE, 1, 12),
        (Region.SOUTH, 0, 12),
        (None, 1, 0),
    }
    assert (spring.whole.needing, spring.whole.expected, spring.whole.tables) == (2, 6, 1)
    assert (season.unknown, season.without_place) == (["Nergenshuizen"], 0)
    with database.writing() as db:
        made = make_season(db, by=past.cast.fatma, given=chosen(page), wanted=wanted(db, past, now.date()), now=now)
    with database.reading() as db:
        first = round_page(db, made[0], now=now)
        assert (first.state, first.round.half, first.round.signup_closes_on) == (
            RoundState.PLANNED,
            Half.SPRING,
            date(2027, 2, 25),
        )
        line = first.sessions[0]
        assert (local_day(line.meeting.starts_at), line.meeting.place, line.meeting.food) == (
            date(2027, 3, 11),
            "De Propeller, Oldegaarde 200, 3083 AB Rotterdam",
            "Soep en brood",
        )
        assert line.facilitators == (past.cast.ruben.name,)
        assert len(rounds(db, now=now)) == 4
        assert db.scalar(select(func.count()).where(LedgerEvent.action == "intervision.season_made")) == 2
        assert db.scalar(select(func.count()).select_from(Message)) == 0
        again = looked_at(db, past, now=now)
        assert [one.round_id for one in again.seasons[0].rounds] == made
        assert again.to_make == []
    with database.writing() as db, pytest.raises(Refused, match="season_exists"):
        make_season(db, by=past.cast.fatma, given=chosen(page), wanted=wanted(db, past, now.date()), now=now)


def test_two_admins_at_once_make_one_season(database: Database, clock: MovableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        past = last_year(db)
    with database.reading() as db:
        page = looked_at(db, past, now=now)

    def press() -> str:
        with database.writing() as db:
            make_season(db, by=past.cast.fatma, given=chosen(page), wanted=wanted(db, past, now.date()), now=now)
        return "made"

    assert at_once([press, press]) == {"made": 1, "season_exists": 1}
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(IntervisionRound)) == 4
        assert db.scalar(select(func.count()).select_from(Meeting)) == 6


def test_what_was_not_looked_at_is_not_made(database: Database, clock: MovableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        past = last_year(db)
    with database.reading() as db:
        page = looked_at(db, past, now=now)
    with database.writing() as db:
        db.execute(update(Meeting).where(Meeting.venue == "De Propeller").values(seats=20))
    with database.writing() as db, pytest.raises(Refused, match="season_changed"):
        make_season(db, by=past.cast.fatma, given=chosen(page), wanted=wanted(db, past, now.date()), now=now)


def test_without_last_year_the_count_proposes_and_asks_for_a_room(database: Database, clock: MovableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        past = last_year(db)
        page = looked_at(db, past, now=now, year=2028)  # in 2027 there is nothing yet
        spring = page.seasons[0].rounds[0]
        found = {(one.why, one.meeting.venue, one.meeting.address) for one in spring.proposals}
        assert found == {(Why.FROM_COUNT, VENUE_TO_COME, town) for town in ("Rotterdam", "Nergenshuizen")}
        assert spring.whole.seats >= spring.whole.expected
        made = make_season(db, by=past.cast.fatma, given=chosen(page), wanted=wanted(db, past, now.date()), now=now)
        meetings = [line.meeting.id for line in round_page(db, made[0], now=now).sessions]
        with pytest.raises(Refused, match="venue_to_come"):
            refuse_unknown_venue(db, meetings)


def test_an_empty_round_is_filled_and_one_with_meetings_is_left(database: Database, clock: MovableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        past = last_year(db)
        _empty_round(db, past.intervention)
        page = looked_at(db, past, now=now)
        made = make_season(db, by=past.cast.fatma, given=chosen(page), wanted=wanted(db, past, now.date()), now=now)
        assert len(made) == 2
        assert db.scalar(select(func.count()).select_from(IntervisionRound)) == 4


def _empty_round(db: Session, intervention: int) -> None:
    db.add(
        IntervisionRound(
            intervention_id=intervention,
            year=2027,
            half=Half.SPRING,
            signup_closes_on=date(2027, 2, 20),
            created_at=THEN,
        )
    )
    db.flush()
