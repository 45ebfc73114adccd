"""Several gespreksleiders for one meeting, and what cannot be at the same time; on both databases."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.pool import NullPool

from app.intervision.actions import own_data
from app.intervision.actions import rounds as planned
from app.intervision.inputs import RoundGiven, SessionGiven
from app.intervision.queries import facts, own, rounds
from app.intervision.rules import Half, Invitees
from app.intervision.tables import SessionFacilitator
from app.kit.errors import Refused
from app.kit.migrate import downgrade, upgrade
from app.people.actions import accounts
from app.people.rules import Role
from tests.intervision import FACTS, add_session, make_intervention, publish
from tests.intervision_stage import at_once
from tests.people import KEYRING, Cast, make_cast, make_person

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from tests.intervision_stage import Stage


def second_leader(db: Session, cast: Cast, now: datetime) -> int:
    person_id = make_person(db, "Marloes van Dijk", now=now)
    accounts.grant_role(
        db,
        by=cast.fatma,
        person_id=person_id,
        role=Role.FACILITATOR,
        organisation_id=None,
        intervention="",
        now=now,
    )
    return person_id


def test_two_leaders_each_have_a_seat_and_a_letter(stage: Stage) -> None:
    cast, now = stage.cast, stage.now
    marloes = stage.do(lambda db: second_leader(db, cast, now))
    both = [cast.ruben.id, marloes]
    meeting = stage.do(
        lambda db: add_session(db, cast.fatma, stage.round_id, now=now, day=date(2026, 12, 15), facilitators=both)
    )
    stage.do(lambda db: publish(db, cast.fatma, stage.round_id, cast.noor.id, cast.ruben.id, now=now))
    assert stage.meeting(meeting).taken == 2
    assert {id_ for _, id_ in stage.messages("meetings.seat_confirmed")} == set(both)
    for person_id in both:
        with pytest.raises(Refused, match="leads_it"):
            stage.answer(person_id, "no", meeting)
    line = stage.see(lambda db: rounds.session_page(db, meeting, now=now)).session
    assert line.facilitators == ("Marloes van Dijk", cast.ruben.name)
    mine = stage.see(lambda db: own.own_page(db, cast.ruben, now=now)).rounds[0]
    assert (mine.led.facilitators, mine.led.leads) == (("Marloes van Dijk", cast.ruben.name), True)
    theirs = stage.see(lambda db: own.own_page(db, cast.noor, now=now)).rounds[0]
    assert [(one.facilitators, one.leads) for one in theirs.places][1] == (("Marloes van Dijk", cast.ruben.name), False)
    led = stage.see(lambda db: facts.export_of(db, marloes))["geleide_bijeenkomsten"]
    assert [one["plek"] for one in led] == ["De Brede Brug"]
    stage.do(lambda db: own_data.erase(db, person_id=marloes, storage=None, now=now))  # type: ignore[arg-type]
    assert stage.see(lambda db: db.scalars(select(SessionFacilitator.person_id)).all()) == [cast.ruben.id]


def other_round(db: Session, by: Any, now: datetime) -> int:
    given = RoundGiven(
        intervention=make_intervention(db), year=2026, half=Half.SPRING, signup_closes_on=date(2026, 12, 4)
    )
    return planned.make_round(db, by=by, given=given, now=now)


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"venue": "de brede brug ", "starts": time(15, 59), "ends": time(18)}, "room_taken"),
        ({"venue": "De Esdoorn", "starts": time(12), "ends": time(13, 31), "net_minutes": 60}, "leader_busy"),
        ({"venue": "De Esdoorn", "facilitators": ["joris"]}, "may_not_lead"),
        ({"venue": "De Esdoorn", "facilitators": [9999]}, "unknown_facilitator"),
        ({"starts": time(16), "ends": time(18), "net_minutes": 90}, None),  # right after it
        ({"venue": "De Esdoorn", "facilitators": ["noor"]}, None),  # a trainer
        ({"day": date(2026, 12, 11)}, None),
    ],
)
def test_a_room_and_a_leader_are_in_one_place_at_a_time(
    stage: Stage, changes: dict[str, Any], code: str | None
) -> None:
    cast, now = stage.cast, stage.now
    with stage.database.writing() as db:
        add_session(db, cast.fatma, stage.round_id, now=now, day=date(2026, 12, 17), facilitators=[cast.ruben.id])
        elsewhere = other_round(db, cast.fatma, now)
    named = [getattr(cast, one).id if isinstance(one, str) else one for one in changes.get("facilitators", ["ruben"])]
    given = SessionGiven(**(FACTS | {"day": date(2026, 12, 17)} | changes | {"facilitators": named}))

    def add(db: Session) -> int:
        trainers = Invitees(frozenset({cast.noor.id}))
        return planned.add_session(db, by=cast.fatma, round_id=elsewhere, given=given, now=now, trainers=trainers)

    if code is None:
        assert stage.do(add)
        return
    with pytest.raises(Refused, match=code):
        stage.do(add)


def test_a_meeting_is_not_in_its_own_way_and_called_off_is_free(stage: Stage) -> None:
    cast = stage.cast
    given = SessionGiven(**(FACTS | {"facilitators": [cast.ruben.id], "starts": time(14)}))
    change = partial(
        planned.change_session,
        by=cast.fatma,
        meeting_id=stage.meeting_id,
        given=given,
        keyring=KEYRING,
        now=stage.now,
    )
    for _ in range(2):
        stage.do(partial(change, version=stage.meeting().version))
    stage.do(
        lambda db: planned.cancel_session(db, by=cast.fatma, meeting_id=stage.meeting_id, own_text="", now=stage.now)
    )
    stage.do(lambda db: add_session(db, cast.fatma, stage.round_id, now=stage.now, facilitators=[cast.ruben.id]))


def test_two_admins_give_one_room_away_once(database: Database, clock: MovableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        cast = make_cast(db, now=now)
        rounds_ = [other_round(db, cast.fatma, now)]
        given = RoundGiven(
            intervention=make_intervention(db), year=2027, half=Half.SPRING, signup_closes_on=date(2026, 12, 4)
        )
        rounds_.append(planned.make_round(db, by=cast.fatma, given=given, now=now))

    def plan(round_id: int) -> str:
        with database.writing() as db:
            add_session(db, cast.fatma, round_id, now=now)
        return "made"

    assert at_once([lambda: plan(rounds_[0]), lambda: plan(rounds_[1])]) == {"made": 1, "room_taken": 1}


def test_the_one_leader_of_before_stays(stage: Stage, database_url: str, tmp_path: Path) -> None:
    """Down to one column and up again; of two the first one stays."""
    ruben, now = stage.cast.ruben, stage.now
    marloes = stage.do(lambda db: second_leader(db, stage.cast, now))
    day = date(2026, 12, 15)
    stage.do(
        lambda db: add_session(db, stage.cast.fatma, stage.round_id, now=now, day=day, facilitators=[marloes, ruben.id])
    )
    stage.database.close()
    downgrade(database_url, revision="0035")
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    with engine.connect() as connection:
        led = connection.execute(text("SELECT facilitator_id FROM intervision_session ORDER BY id")).scalars().all()
    engine.dispose()
    assert led == [None, ruben.id]
    upgrade(database_url, data_dir=tmp_path)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT person_id FROM session_facilitator")).scalars().all() == [ruben.id]
    engine.dispose()
