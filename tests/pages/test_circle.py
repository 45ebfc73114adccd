"""The gespreksleider on her phone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import select

from app.intervision.room.inputs import StepGiven
from app.intervision.room.leading import go_to_step
from app.intervision.room.tables import CircleTalk, IntervisionCase
from app.intervision.tables import GroupSeat, IntervisionGroup, IntervisionSession
from app.ledger.tables import LedgerEvent
from app.meetings.tables import Meeting, MeetingSignup
from app.people.actions import accounts
from app.people.rules import Role
from tests.intervision import place_of
from tests.intervision_stage import END, START
from tests.pages.test_case_room import WORDS, Room

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from tests.page import Site, Visitor

STEP: Final = {"method": "incident", "ago": "0"}


@pytest.fixture
def room(site: Site, clock: MovableClock) -> Room:
    made = Room(site, clock)
    site.visitor(made.cast.noor.id).post(made.path, WORDS)
    return made


def leader(room: Room) -> Visitor:
    return room.site.visitor(room.cast.ruben.id)


def mark(room: Room, person_id: int) -> str:
    with room.site.parts.database.reading() as db:
        return f"mark-{place_of(db, person_id, room.meeting)}"


def attendance(room: Room) -> dict[int, str]:
    with room.site.parts.database.reading() as db:
        rows = db.execute(
            select(MeetingSignup.person_id, MeetingSignup.attendance).where(MeetingSignup.answer == "yes")
        )
        return {row.person_id: row.attendance for row in rows}


def test_a_whole_afternoon_on_one_page(room: Room) -> None:
    ruben, path, cast = leader(room), f"/gesprek/{room.meeting}", room.cast
    assert f'href="{path}"' in ruben.get("/intervisie").text
    before = ruben.get(path).text
    assert "Aantikken kan vanaf het begin" in before
    assert "Een grap op elk antwoord" in before
    here = {mark(room, cast.noor.id): "present", mark(room, cast.joris.id): "absent_notified"}
    assert "Dit kan pas als de bijeenkomst is begonnen." in ruben.post(f"{path}/lijst", here, status=422).text
    ruben.post(f"{path}/methode", {"method": "incident"}, status=422)

    room.site.visitor(cast.noor.id).post("/intervisie/afspraken", {"version": "1"})
    room.clock.set(START)
    ruben = leader(room)
    assert "1 van 3 mensen zijn akkoord" in ruben.get(path).text
    ruben.post(f"{path}/lijst", here | {"do": "save"})
    assert attendance(room) == {cast.noor.id: "present", cast.joris.id: "absent_notified", cast.ruben.id: ""}

    case = room.case()
    assert "Kies deze casus" in ruben.get(case).text
    ruben.post(f"{case}/besluit", {"do": "choose"})
    ruben.post(f"{path}/methode", {"method": "incident"})
    room.clock.advance(timedelta(minutes=5))
    assert 'data-step="0" data-since="300"' in ruben.get(path).text  # from a moment, not from ticks
    ruben.post(f"{path}/stap", STEP | {"step": "1"})
    assert 'data-step="1" data-since="0"' in ruben.get(path).text
    room.clock.advance(timedelta(minutes=60))
    ruben.post(f"{case}/besluit", {"do": "discussed", "agreed": "Vrijdag eerst zelf iets laten zien."})
    assert "Vrijdag eerst zelf iets laten zien." in room.site.visitor(cast.noor.id).get(case).text
    assert "al besproken" in ruben.post(f"{case}/besluit", {"do": "park"}, status=422).text
    assert "Rond de lijst af" not in ruben.get(path).text

    room.clock.set(END)
    ruben = leader(room)
    lacking = ruben.post(f"{path}/lijst", {"do": "settle"}, status=422).text
    assert "Van 1 mensen met een plek weten we nog niet" in lacking
    ruben.post(f"{path}/lijst", here | {mark(room, cast.ruben.id): "present", "do": "settle"})
    assert "De lijst is afgerond." in ruben.get(path).text
    with room.site.parts.database.reading() as db:
        assert db.get_one(Meeting, room.meeting).settled_at == END
        wanted = ("intervision.case_chosen", "intervision.case_discussed", "meetings.settled")
        told = db.execute(select(LedgerEvent.action, LedgerEvent.actor_id).where(LedgerEvent.action.in_(wanted))).all()
    assert [tuple(one) for one in told] == [(action, cast.ruben.id) for action in wanted]


def test_only_who_leads_comes_in(room: Room) -> None:
    """Not a table mate, an admin, nor a gespreksleider of another meeting; a role is not asked for either."""
    room.clock.set(START)
    path, case, cast = f"/gesprek/{room.meeting}", room.case(), room.cast
    with room.site.parts.database.writing() as db:
        accounts.grant_role(db, by=None, person_id=cast.joris.id, role=Role.FACILITATOR, now=room.clock.now())
    for person_id in (cast.joris.id, cast.fatma.id, cast.sanne.id):
        visitor = room.site.visitor(person_id)
        visitor.get(path, status=404)
        visitor.post(f"{path}/lijst", {mark(room, cast.noor.id): "absent", "do": "settle"}, status=404)
        visitor.post(f"{path}/methode", {"method": "incident"}, status=404)
        visitor.post(f"{path}/stap", STEP | {"step": "1"}, status=404)
        visitor.post(f"{case}/besluit", {"do": "choose"}, status=403 if person_id == cast.joris.id else 404)
    assert set(attendance(room).values()) == {""}
    with room.site.parts.database.writing() as db:  # tables: Joris leads his own, a professional without more
        session_id = db.scalars(select(IntervisionSession.id)).one()
        for number, (lead, who) in enumerate(((None, cast.noor.id), (cast.joris.id, cast.joris.id)), start=1):
            group = IntervisionGroup(session_id=session_id, number=number, facilitator_id=lead)
            db.add(group)
            db.flush()
            db.add(GroupSeat(group_id=group.id, signup_id=place_of(db, who, room.meeting)))
    joris = room.site.visitor(cast.joris.id)
    text = joris.get(path).text
    assert "Noor de Wit" not in text
    assert WORDS["title"] not in text
    joris.post(f"{path}/lijst", {mark(room, cast.noor.id): "absent", mark(room, cast.joris.id): "present"})
    assert attendance(room)[cast.noor.id] == ""
    assert attendance(room)[cast.joris.id] == "present"


def test_bad_input_changes_nothing(room: Room) -> None:
    room.clock.set(START)
    ruben, path = leader(room), f"/gesprek/{room.meeting}"
    ruben.post(f"{path}/lijst", {mark(room, room.cast.noor.id): "everywhere"}, status=422)
    for words in ({}, {"method": "toveren"}, {"method": "x" * 31}):
        ruben.post(f"{path}/methode", words, status=422)
    ruben.post(f"{path}/stap", STEP | {"step": "1"}, status=422)  # no method runs
    ruben.post(f"{path}/methode", {"method": "incident"})
    for wrong in ({"step": "-1"}, {"step": "x"}, {"step": "1", "ago": "999999"}, {"step": "1", "method": "balint"}):
        ruben.post(f"{path}/stap", STEP | wrong, status=422)
    ruben.post(f"{room.case()}/besluit", {"do": "publish"}, status=422)
    with room.site.parts.database.reading() as db:
        assert (db.scalars(select(CircleTalk.step)).one(), db.scalars(select(IntervisionCase.chosen_at)).one()) == (
            0,
            None,
        )


def test_a_step_said_without_a_connection_counts_from_then(room: Room) -> None:
    room.clock.set(START)
    ruben, path = leader(room), f"/gesprek/{room.meeting}"
    ruben.post(f"{path}/methode", {"method": "incident"})
    room.clock.advance(timedelta(minutes=10))
    ruben.post(f"{path}/stap", STEP | {"step": "2", "ago": "240"})
    assert 'data-step="2" data-since="240"' in ruben.get(path).text
    with room.site.parts.database.writing() as db:  # an older one, which another phone held back
        late = StepGiven(method="incident", step=1, ago=500)
        go_to_step(db, by=room.cast.ruben, meeting_id=room.meeting, given=late, now=room.clock.now())
    assert 'data-step="2" data-since="240"' in ruben.get(path).text
