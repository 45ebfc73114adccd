"""What a coach can take on and when she is away: who may say so, what cannot be, and how full she is."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.courses import inputs
from app.courses.actions import availability, own_data
from app.courses.coaches import rooms_of
from app.courses.tables import CoachAbsence, CoachProfile
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import NotFound, Refused
from app.kit.localtime import local_day
from app.kit.storage import Storage, folder
from app.ledger.tables import LedgerContent, LedgerEvent
from app.people.rules import Viewer
from app.practice.capacity import capacity_of
from app.worker.run import run_due
from tests.page import make_test_parts
from tests.people import Cast, make_cast
from tests.practising import begin

TODAY = date(2026, 11, 23)


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


@pytest.fixture
def cast(database: Database, clock: MovableClock) -> Cast:
    with database.writing() as db:
        return make_cast(db, now=clock.now())


def room(**given: object) -> inputs.Room:
    return inputs.Room.model_validate({"people_max": "8", "visits_per_week": "2", "regions": "Rotterdam"} | given)


def away(first: str, last: str = "", reason: str = "ill") -> inputs.AwayGiven:
    return inputs.AwayGiven.model_validate({"reason": reason, "starts_on": first, "ends_on": last})


def note(database: Database, by: Viewer, coach: Viewer, given: inputs.AwayGiven, clock: MovableClock) -> int:
    with database.writing() as db:
        return availability.note_absence(db, by=by, person_id=coach.id, given=given, now=clock.now())


def test_who_said_nothing_has_the_usual_room(database: Database, cast: Cast, clock: MovableClock) -> None:
    with database.reading() as db:
        capacity = capacity_of(db, [cast.ruben.id], now=clock.now())[cast.ruben.id]
    assert (capacity.room.told, capacity.room.people_max, capacity.people) == (False, 12, 0)
    assert [week.number for week in capacity.weeks] == [48, 49, 50, 51, 52, 53, 1, 2]  # 2026 has 53 weeks


def test_she_and_an_admin_say_so_and_nobody_else(database: Database, cast: Cast, clock: MovableClock) -> None:
    for by, version, most in ((cast.ruben, "", 8), (cast.fatma, "1", 6)):
        with database.writing() as db:
            given = room(people_max=most, regions=" Rotterdam,  schiedam;Rotterdam\nSchiedam", version=version)
            availability.set_room(db, by=by, person_id=cast.ruben.id, given=given, now=clock.now())
    with database.reading() as db:
        known = rooms_of(db, [cast.ruben.id], today=TODAY)[cast.ruben.id]
        events = db.execute(
            select(LedgerEvent.actor_id, LedgerContent.content)
            .join(LedgerContent, LedgerContent.event_id == LedgerEvent.id)
            .where(LedgerEvent.action == "courses.coach_room_changed")
            .order_by(LedgerEvent.id)
        ).all()
    assert (known.people_max, known.regions, known.told) == (6, ("Rotterdam", "schiedam"), True)
    assert [known.is_near([place]) for place in ("SCHIEDAM", "rotterdam", "Breda", "")] == [True, True, False, False]
    assert [(row.actor_id, row.content["people_max"]) for row in events] == [(cast.ruben.id, 8), (cast.fatma.id, 6)]
    for by, whose in ((cast.noor, cast.ruben), (cast.noor, cast.noor), (cast.fatma, cast.joris)):
        with pytest.raises(NotFound), database.writing() as db:
            availability.set_room(db, by=by, person_id=whose.id, given=room(), now=clock.now())
        with pytest.raises(NotFound):
            note(database, by, whose, away("2026-11-23"), clock)


def test_two_who_change_it_at_once_find_out(database: Database, cast: Cast, clock: MovableClock) -> None:
    with database.writing() as db:
        availability.set_room(db, by=cast.ruben, person_id=cast.ruben.id, given=room(), now=clock.now())
    with pytest.raises(Refused, match="stale_room"), database.writing() as db:
        availability.set_room(db, by=cast.fatma, person_id=cast.ruben.id, given=room(people_max=5), now=clock.now())
    with database.writing() as db:  # the same words again change nothing and are no quarrel
        availability.set_room(db, by=cast.fatma, person_id=cast.ruben.id, given=room(), now=clock.now())
        assert db.scalars(select(CoachProfile.version)).one() == 1


@pytest.mark.parametrize(
    ("days", "code"),
    [
        (("2026-11-25", "2026-11-24"), "away_ends_first"),
        (("2026-11-01", "2026-11-22"), "away_over"),
        (("2026-12-10", "2026-12-20"), "away_twice"),
        (("2026-12-01", ""), "away_twice"),
        (("2026-12-15", "2026-12-15"), "away_twice"),
    ],
)
def test_days_that_cannot_be(
    database: Database, cast: Cast, clock: MovableClock, days: tuple[str, str], code: str
) -> None:
    note(database, cast.ruben, cast.ruben, away("2026-12-14", "2026-12-18", "holiday"), clock)
    with pytest.raises(Refused, match=code):
        note(database, cast.ruben, cast.ruben, away(*days), clock)
    note(database, cast.ruben, cast.ruben, away("2026-12-19"), clock)


def test_coming_back_ends_it_yesterday_and_takes_away_what_had_not_begun(
    database: Database, cast: Cast, clock: MovableClock
) -> None:
    ill = note(database, cast.fatma, cast.ruben, away("2026-11-20"), clock)
    with database.reading() as db:
        known = rooms_of(db, [cast.ruben.id], today=TODAY)[cast.ruben.id]
        assert [known.away_on(TODAY + timedelta(days=ahead)) is not None for ahead in (-4, -3, 0, 90)] == [
            False,
            True,
            True,
            True,
        ]
    with pytest.raises(NotFound), database.writing() as db:
        availability.end_absence(db, by=cast.noor, person_id=cast.ruben.id, absence_id=ill, now=clock.now())
    with database.writing() as db:
        availability.end_absence(db, by=cast.ruben, person_id=cast.ruben.id, absence_id=ill, now=clock.now())
    holiday = note(database, cast.ruben, cast.ruben, away("2026-12-21", "2026-12-31", "holiday"), clock)
    with database.writing() as db:
        availability.end_absence(db, by=cast.ruben, person_id=cast.ruben.id, absence_id=holiday, now=clock.now())
    with database.reading() as db:
        assert [row.ends_on for row in db.scalars(select(CoachAbsence))] == [TODAY - timedelta(days=1)]
        assert rooms_of(db, [cast.ruben.id], today=TODAY)[cast.ruben.id].away == ()
    with pytest.raises(NotFound), database.writing() as db:  # it is over
        availability.end_absence(db, by=cast.ruben, person_id=cast.ruben.id, absence_id=ill, now=clock.now())


def test_how_full_she_is_counts_people_and_the_visits_of_each_week(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="planned")  # a visit on Thursday of next week
    with database.reading() as db:
        capacity = capacity_of(db, [at_work.ruben.id, at_work.noor.id], now=clock.now())
    assert [week.visits for week in capacity[at_work.ruben.id].weeks] == [0, 1, 0, 0, 0, 0, 0, 0]
    assert (capacity[at_work.ruben.id].people, capacity[at_work.ruben.id].free) == (1, 11)
    assert capacity[at_work.noor.id].people == 0


def test_days_away_go_ninety_days_after_the_last_and_with_her_all_at_once(
    database: Database, cast: Cast, clock: MovableClock, data_dir: Path, storage: Storage
) -> None:
    parts = make_test_parts(database, data_dir, clock)
    note(database, cast.ruben, cast.ruben, away("2026-11-20", "2026-11-24"), clock)
    note(database, cast.ruben, cast.ruben, away("2027-06-01"), clock)
    with database.writing() as db:
        availability.set_room(db, by=cast.ruben, person_id=cast.ruben.id, given=room(), now=clock.now())
    for ahead, left in ((90, 2), (2, 1)):
        clock.advance(timedelta(days=ahead))
        run_due(parts.work)
        with database.reading() as db:
            assert db.scalar(select(func.count()).select_from(CoachAbsence)) == left
    assert local_day(clock.now()) == date(2027, 2, 23)  # 24 November and 91 days
    with database.writing() as db:
        copy = own_data.export_of(db, cast.ruben.id)
        assert copy["coach_room"] == [{"people_max": 8, "visits_per_week": 2, "regions": ["Rotterdam"]}]
        assert copy["coach_away"] == [{"from": "2027-06-01", "until": None, "why_away": "ill"}]
        own_data.erase(db, person_id=cast.ruben.id, storage=storage, now=clock.now())
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(CoachAbsence)) == 0
        assert db.scalar(select(func.count()).select_from(CoachProfile)) == 0
