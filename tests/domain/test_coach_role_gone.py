"""The role of coach is for an intervention: who lost it hears nothing more about people, and an admin hears of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from app.conversation import actions as conversation
from app.conversation.queries import new_for, talk_of
from app.courses.without_coach import WithoutReason, without_coach
from app.delivery.presentations import settle_of_enrolment
from app.delivery.tables import PresentationEntry
from app.kit.errors import NotFound
from app.kit.storage import Storage, folder
from app.outbox.tables import Message
from app.people.actions.accounts import grant_role, revoke_role
from app.people.queries import viewer_for
from app.people.rules import Role
from app.practice import inputs
from app.practice.actions import talking
from app.practice.observation_page import observation_page
from app.practice.worklines import practice_work
from tests.correcting import take_back
from tests.handing import hand_over, mails, make_coach
from tests.practising import OBSERVED, Practising, begin, sign

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.people.rules import Viewer

ABOUT_PEOPLE = ("courses.", "practice.", "delivery.", "handover.")


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


def due(database: Database, clock: MovableClock, person_id: int) -> set[str]:
    """What would go out to somebody about people, now."""
    with database.reading() as db:
        kinds = set(db.scalars(select(Message.kind).where(Message.person_id == person_id)))
    return {kind for kind in kinds if kind.startswith(ABOUT_PEOPLE) and mails(database, clock, kind).get(person_id)}


def only_elsewhere(database: Database, at_work: Practising, clock: MovableClock) -> Viewer:
    """Ruben may coach something else from now on, and not this."""
    ruben, now = at_work.ruben, clock.now()
    with database.writing() as db:
        for slug in ruben.coach_of:
            revoke_role(db, by=None, person_id=ruben.id, role=Role.COACH, intervention=slug, now=now)
        grant_role(db, by=None, person_id=ruben.id, role=Role.COACH, intervention="iets-anders", now=now)
        return viewer_for(db, ruben.id)


def test_no_letter_about_people_and_a_line_for_the_admin(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="planned")
    ruben = at_work.ruben.id
    assert {"courses.coachees_assigned", "practice.visit_planned", "delivery.presentation_planned"} <= due(
        database, clock, ruben
    )
    only_elsewhere(database, at_work, clock)
    assert due(database, clock, ruben) == set()
    assert "practice.visit_planned" in due(database, clock, at_work.noor.id)
    clock.advance(timedelta(days=1))
    with database.reading() as db:
        (lacking,) = without_coach(db, now=clock.now())
        assert (lacking.person_id, lacking.coach_id, lacking.why) == (at_work.noor.id, ruben, WithoutReason.NO_ROLE)
        assert [line.people for line in practice_work(db, now=clock.now()) if line.what == "no_coach"] == [
            (at_work.noor.id,)
        ]


def test_nor_that_work_waits_or_what_was_agreed(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    with database.writing() as db:
        version = observation_page(db, at_work.ruben, at_work.record_id, now=clock.now()).version
        given = inputs.Agreement(version=version, agreement_1=OBSERVED["agreement_1"])
        talking.agree(db, by=at_work.noor, record_id=at_work.record_id, given=given, now=clock.now())
    assert {"practice.submitted", "practice.agreed"} <= due(database, clock, at_work.ruben.id)
    only_elsewhere(database, at_work, clock)
    assert due(database, clock, at_work.ruben.id) == set()


def test_nor_that_a_decision_was_taken_back(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    take_back(database, at_work, clock, sign(database, at_work, clock))
    assert "practice.sign_off_withdrawn" in due(database, clock, at_work.ruben.id)
    only_elsewhere(database, at_work, clock)
    assert due(database, clock, at_work.ruben.id) == set()
    assert "practice.sign_off_withdrawn" in due(database, clock, at_work.noor.id)


def test_nor_who_took_over(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="planned")
    with database.writing() as db:
        bram = make_coach(db, "Bram de Boer", now=clock.now())
    hand_over(database, at_work, clock, bram)
    assert "handover.gives" in due(database, clock, at_work.ruben.id)
    only_elsewhere(database, at_work, clock)
    assert due(database, clock, at_work.ruben.id) == set()
    assert "handover.takes" in due(database, clock, bram)


def test_the_end_presentation_leaves_her_calendar_without_a_name(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="planned")
    only_elsewhere(database, at_work, clock)
    with database.writing() as db:
        settle_of_enrolment(db, enrolment_id=at_work.training.enrolment_id, now=clock.now())
    with database.reading() as db:
        gone = db.scalars(select(PresentationEntry.person_id).where(PresentationEntry.gone_at.is_not(None))).all()
    assert gone == [at_work.ruben.id]
    (letter,) = mails(database, clock, "delivery.presentation_cancelled")[at_work.ruben.id]
    assert "Noor" not in letter.as_string()


def test_her_conversation_is_closed_to_who_coaches_something_else(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="planned")
    with database.writing() as db:
        conversation.say(db, by=at_work.noor, record_id=at_work.record_id, body="Kom je donderdag?", now=clock.now())
        assert len(new_for(db, at_work.ruben.id)) == 1
    ruben = only_elsewhere(database, at_work, clock)
    with database.reading() as db:
        assert new_for(db, ruben.id) == []
        with pytest.raises(NotFound):
            talk_of(db, ruben, at_work.record_id)
    with database.writing() as db, pytest.raises(NotFound):
        conversation.say(db, by=ruben, record_id=at_work.record_id, body="Ja.", now=clock.now())
    with database.writing() as db:  # for all interventions is for this one too
        grant_role(db, by=None, person_id=ruben.id, role=Role.COACH, now=clock.now())
        assert talk_of(db, viewer_for(db, ruben.id), at_work.record_id).party
        assert len(new_for(db, ruben.id)) == 1
