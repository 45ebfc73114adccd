"""Writing to people in training: to exactly those who were chosen, each her own letter, once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from pydantic import ValidationError
from sqlalchemy import select, update

from app.courses.actions import cohorts
from app.courses.actions.coaching import assign_coach
from app.courses.actions.writing import OWN_LETTER, write_to
from app.courses.inputs import NewCohort, OwnLetter
from app.courses.writing import receivers
from app.kit.errors import Forbidden, Refused
from app.kit.storage import folder
from app.ledger.tables import LedgerContent, LedgerEvent
from app.letters.desk import Desk, Letter, NotDue, write
from app.outbox.tables import Message
from app.people.actions import own_data
from app.people.actions.accounts import grant_role
from app.people.queries import viewer_for
from app.people.rules import Role, Viewer
from app.people.tables import Person
from app.settings import Settings
from tests.following import FIRST, crowd
from tests.people import KEYRING, make_person
from tests.trained import Training, in_training

if TYPE_CHECKING:
    from pathlib import Path

    from app.kit.clock import MovableClock
    from app.kit.db import Database

DAY: Final = timedelta(days=1)
WORDS: Final = {"subject": "Hoe gaat het, {voornaam}?", "own_text": "Dag {voornaam},\n\nLukt het? <b>Bel</b> me."}


class World:
    """Noor and three more in the cohort, coached by Ruben."""

    def __init__(self, database: Database, clock: MovableClock, place: Path) -> None:
        self.database, self.clock, self.storage = database, clock, folder(place)
        with database.writing() as db:
            self.training: Training = in_training(db, self.storage, now=clock.now())
            crowd(db, self.training, 3, now=clock.now())
            self.ruben = viewer_for(db, self.training.cast.ruben.id)
        self.noor, self.fatma = self.training.enrolment_id, self.training.cast.fatma
        self.everybody = [self.noor, FIRST, FIRST + 1, FIRST + 2]

    def write(self, by: Viewer, to: list[int], *, cohort: bool = True, **changed: str) -> int:
        given = OwnLetter.model_validate(WORDS | changed | {"to": [str(id_) for id_ in to]})
        cohort_id = self.training.cohort_id if cohort else None
        with self.database.writing() as db:
            return write_to(db, by=by, cohort_id=cohort_id, given=given, now=self.clock.now())

    def refused(self, by: Viewer, to: list[int], **how: Any) -> str:
        with pytest.raises(Refused) as refused:
            self.write(by, to, **how)
        return refused.value.code

    def messages(self) -> list[Message]:
        with self.database.reading() as db:
            return list(db.scalars(select(Message).where(Message.kind == OWN_LETTER).order_by(Message.id)))

    def letter(self, message: Message) -> Letter:
        with self.database.reading() as db:
            return write(db, message, Desk(Settings(public_url="https://academie.test"), KEYRING, self.clock.now()))


@pytest.fixture
def world(database: Database, clock: MovableClock, tmp_path: Path) -> World:
    return World(database, clock, tmp_path / "files")


def test_each_gets_her_own_letter_and_the_ledger_says_to_whom(world: World) -> None:
    assert world.write(world.fatma, world.everybody) == 4
    messages = world.messages()
    assert len({message.person_id for message in messages}) == len(messages) == 4
    assert {message.reply_to_id for message in messages} == {world.fatma.id}
    letter = world.letter(next(one for one in messages if one.data["enrolment_id"] == world.noor))
    assert (letter.to_name, letter.subject) == ("Noor de Wit", "Hoe gaat het, Noor?")
    assert letter.reply_to == "fatma@demo.example"
    assert "Dag Noor," in letter.text
    assert "https://academie.test/traject" in letter.text
    assert "&lt;b&gt;Bel&lt;/b&gt;" in letter.html
    assert "Extra" not in letter.text + letter.html + letter.subject  # nobody sees who else gets it
    with world.database.reading() as db:
        told, content = db.execute(
            select(LedgerEvent, LedgerContent.content)
            .join(LedgerContent, LedgerContent.event_id == LedgerEvent.id)
            .where(LedgerEvent.action == "courses.own_letter_sent")
        ).one()
    assert (told.actor_id, told.subject_kind, told.subject_id) == (world.fatma.id, "cohort", world.training.cohort_id)
    assert content["number"] == 4
    assert content["enrolment_ids"] == [*world.everybody[1:], world.noor]  # by name
    assert set(content["message_ids"]) == {message.id for message in messages}
    assert "Lukt het" not in str(content)


def test_the_same_letter_goes_once_a_day(world: World) -> None:
    assert world.write(world.fatma, [world.noor]) == 1
    assert world.refused(world.fatma, [world.noor]) == "already_written"
    assert world.write(world.fatma, world.everybody) == 3  # who had it is left out, the others get it
    assert len(world.messages()) == 4
    assert world.write(world.fatma, [world.noor], own_text="Iets anders") == 1
    assert world.write(world.ruben, [world.noor], cohort=False) == 1  # another writer is another letter
    world.clock.advance(DAY)
    assert world.write(world.fatma, [world.noor]) == 1


def test_nobody_writes_to_who_is_not_hers(world: World) -> None:
    cast = world.training.cast
    for by, cohort in ((world.ruben, True), (cast.noor, True), (cast.noor, False), (cast.sanne, False)):
        with pytest.raises(Forbidden):
            world.write(by, [world.noor], cohort=cohort)
    with world.database.writing() as db:
        els = make_person(db, "Els Vermeer", now=world.clock.now())
        grant_role(db, by=None, person_id=els, role=Role.COACH, intervention="kort", now=world.clock.now())
        coach = viewer_for(db, els)
    assert world.refused(coach, [world.noor], cohort=False) == "receivers_changed"
    with world.database.writing() as db:
        to = receivers(db, coach, None, [world.noor, 999])
        assert (to.people, to.not_invited, to.no_address, to.gone) == ((), (), (), 2)  # unnamed: not hers to know
        other = cohorts.make_cohort(db, by=world.fatma, given=_like(world), now=world.clock.now())
        assert receivers(db, world.fatma, other, world.everybody).gone == 4
        assert receivers(db, world.ruben, world.training.cohort_id, world.everybody).gone == 4
    assert world.messages() == []


def _like(world: World) -> NewCohort:
    day = world.clock.now().date()
    return NewCohort(
        edition_id=world.training.edition_id,
        name="Twee",
        starts_on=day,
        ends_on=day,
        seats=3,
        contact_id=world.fatma.id,
    )


def test_who_left_meanwhile_is_told_of_and_left_out(world: World) -> None:
    """Nothing goes to anybody until the writer saw the list as it is now."""
    now = world.clock.now()
    with world.database.writing() as db:
        cohorts.withdraw(db, by=world.fatma, cohort_id=world.training.cohort_id, enrolment_id=FIRST, now=now)
        db.execute(update(Person).where(Person.id == FIRST + 1).values(email=None))
        lies = make_person(db, "Lies Bos", now=now)
        [listed] = cohorts.enrol(db, by=world.fatma, cohort_id=world.training.cohort_id, person_ids=[lies], now=now)
    asked = [*world.everybody, listed]
    assert world.refused(world.fatma, asked) == "receivers_changed"
    assert world.messages() == []
    with world.database.reading() as db:
        to = receivers(db, world.fatma, world.training.cohort_id, asked)
    assert [one.name for one in to.people] == ["Extra 0002 Mens", "Noor de Wit"]
    assert (to.not_invited, to.no_address, to.gone) == (("Lies Bos",), ("Extra 0001 Mens",), 1)
    assert world.write(world.fatma, [one.enrolment_id for one in to.people]) == 2


def test_a_letter_is_not_due_once_somebody_left_or_has_another_coach(world: World) -> None:
    world.write(world.ruben, [world.noor, FIRST], cohort=False)
    world.write(world.fatma, [FIRST])
    now = world.clock.now()
    with world.database.writing() as db:
        els = make_person(db, "Els Vermeer", now=now)
        grant_role(db, by=None, person_id=els, role=Role.COACH, intervention="kort", now=now)
        assign_coach(db, by=world.fatma, enrolment_id=world.noor, coach_id=els, now=now)
        cohorts.withdraw(db, by=world.fatma, cohort_id=world.training.cohort_id, enrolment_id=FIRST, now=now)
    reasons = []
    for message in world.messages():
        with pytest.raises(NotDue) as not_due:
            world.letter(message)
        reasons.append(not_due.value.reason)
    assert sorted(reasons) == ["De coach is intussen iemand anders.", *["Deze inschrijving is gestopt."] * 2]


def test_who_never_came_in_reads_how(world: World) -> None:
    now = world.clock.now()
    with world.database.writing() as db:
        ida = make_person(db, "Ida Vos", now=now, account=False)
        [invited] = cohorts.enrol(db, by=world.fatma, cohort_id=world.training.cohort_id, person_ids=[ida], now=now)
        cohorts.invite(
            db,
            by=world.fatma,
            cohort_id=world.training.cohort_id,
            enrolment_ids=[invited],
            own_text="Welkom",
            keyring=KEYRING,
            now=now,
        )
    world.write(world.fatma, [invited])
    letter = world.letter(world.messages()[0])
    assert "De link staat in je uitnodiging" in letter.text
    assert "/traject" not in letter.text + letter.html


def test_words_go_with_whom_they_were_for(world: World) -> None:
    """Erasure empties them; ninety days after it was sent the outbox forgets the letter (test_people_keeping)."""
    world.write(world.fatma, [world.noor])
    with world.database.writing() as db:
        own_data.erase(db, person_id=world.training.cast.noor.id, storage=world.storage, now=world.clock.now())
    [message] = world.messages()
    assert (message.data, message.own_text) == ({}, "")
    assert message.suppressed_at is not None


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"subject": ""}, "string_too_short"),
        ({"subject": "Dag {naam}"}, "unknown_place"),
        ({"own_text": "{achternaam}"}, "unknown_place"),
        ({"own_text": "x" * 2_001}, "string_too_long"),
        ({"to": [""]}, "too_short"),
        ({"to": ["1,twee"]}, "int_parsing"),
        ({"to": [",".join(["7"] * 501)]}, "too_long"),
        ({"cc": "iemand@demo.example"}, "extra_forbidden"),
    ],
)
def test_what_a_letter_may_say(changed: dict[str, Any], code: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        OwnLetter.model_validate(WORDS | {"to": ["1,2", "3"]} | changed)
    assert [error["type"] for error in wrong.value.errors()][:1] == [code]
    assert OwnLetter.model_validate(WORDS | {"to": ["1,2", "3"]}).to == [1, 2, 3]
