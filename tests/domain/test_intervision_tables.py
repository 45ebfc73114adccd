"""Who sits at which table: everybody at one until tables are made, nobody who gave up her seat, forgotten in time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.intervision.actions import own_data
from app.intervision.queries.facts import export_of
from app.intervision.queries.groups import Group, group_of, seating
from app.intervision.tables import GroupSeat, IntervisionGroup, IntervisionSession
from app.kit.storage import folder
from app.meetings.tables import MeetingSignup
from tests.intervision_stage import END, Stage


def _table(stage: Stage, number: int, *people: int, facilitator: int | None = None) -> int:
    signups = [stage.place(person_id) for person_id in people]

    def make(db: Session) -> int:
        session_id = db.scalars(
            select(IntervisionSession.id).where(IntervisionSession.meeting_id == stage.meeting_id)
        ).one()
        group = IntervisionGroup(session_id=session_id, number=number, facilitator_id=facilitator)
        db.add(group)
        db.flush()
        db.add_all(GroupSeat(group_id=group.id, signup_id=signup_id) for signup_id in signups)
        return group.id

    return int(stage.do(make))


def _at(stage: Stage, person_id: int) -> Group | None:
    signup_id = stage.place(person_id)
    found: Group | None = stage.see(lambda db: group_of(db, signup_id))
    return found


def test_without_tables_everybody_with_a_seat_sits_together(stage: Stage) -> None:
    noor, joris = stage.cast.noor.id, stage.cast.joris.id
    assert _at(stage, noor) is None
    stage.answer(noor, "yes")
    stage.answer(joris, "yes")
    together = _at(stage, noor)
    assert together is not None
    assert (together.id, together.person_ids) == (None, frozenset({noor, joris}))
    assert not stage.see(lambda db: seating(db, stage.meeting_id)).made


def test_who_gives_up_her_seat_leaves_the_table(stage: Stage) -> None:
    noor, joris = stage.cast.noor.id, stage.cast.joris.id
    stage.answer(noor, "yes")
    first = _table(stage, 1, noor, facilitator=stage.cast.ruben.id)
    stage.answer(joris, "yes")
    found = stage.see(lambda db: seating(db, stage.meeting_id))
    assert [(group.id, group.facilitator_id, group.person_ids) for group in found.groups] == [
        (first, stage.cast.ruben.id, {noor})
    ]
    assert [one.person_id for one in found.loose] == [joris]
    assert _at(stage, joris) is None
    stage.answer(noor, "no")
    assert _at(stage, noor) is None


def test_where_she_sat_is_told_and_forgotten(stage: Stage, data_dir: Path) -> None:
    noor, joris = stage.cast.noor.id, stage.cast.joris.id
    stage.answer(noor, "yes")
    stage.answer(joris, "yes")
    _table(stage, 1, noor, joris)
    told = stage.see(lambda db: export_of(db, noor))["tafels"]
    assert [(one["titel"], one["tafel"]) for one in told] == [("Intervisie Mijn Verhaal", 1)]
    stage.do(lambda db: own_data.erase(db, person_id=noor, storage=folder(data_dir), now=stage.now))
    left = select(MeetingSignup.person_id).join(GroupSeat, GroupSeat.signup_id == MeetingSignup.id)
    assert stage.see(lambda db: db.scalars(left).all()) == [joris]
    assert stage.do(lambda db: own_data.clear_tables(db, before=END)) == 0
    assert stage.do(lambda db: own_data.clear_tables(db, before=END + timedelta(minutes=1))) == 1
    assert stage.see(lambda db: db.scalar(select(func.count()).select_from(GroupSeat))) == 0
