"""Cohorts: seats that hold, one mail for one invitation, coaches from - until."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import func, select

from app.courses.actions import coaching, cohorts
from app.courses.actions.own_data import erase, export_of
from app.courses.cohorts import cohort_facts, people_to_add
from app.courses.cohorts import cohorts as all_cohorts
from app.courses.commands import publish_folder
from app.courses.inputs import NewCohort
from app.courses.queries import current_enrolment, enrolment_facts, enrolments_visible_to
from app.courses.rules import EnrolmentStage
from app.courses.tables import CoachAssignment, Enrolment
from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.storage import ObjectStorage, folder
from app.ledger.tables import LedgerEvent
from app.letters.desk import Desk, NotDue, write
from app.outbox.tables import Message
from app.people.actions.accounts import grant_role, roles_of
from app.people.actions.invitations import accept_invitation
from app.people.queries import viewer_for
from app.people.rules import Role
from app.people.tables import Invitation
from app.settings import Settings
from tests.people import KEYRING, Cast, link_of, make_cast, make_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database

SHORT: Final = Path(__file__).parents[1] / "courses" / "kort"


class World:
    """Fatma's cohort of three seats in the tiny course, with Ruben as a coach of it."""

    def __init__(self, db: Session, storage: ObjectStorage, clock: MovableClock) -> None:
        now = clock.now()
        self.clock = clock
        self.cast: Cast = make_cast(db, now=now)
        grant_role(db, by=None, person_id=self.cast.ruben.id, role=Role.COACH, intervention="kort", now=now)
        self.edition_id = publish_folder(db, SHORT, storage=storage, now=now)
        self.cohort_id = self.make(db)

    def make(self, db: Session, **other: Any) -> int:
        given: dict[str, Any] = {
            "edition_id": self.edition_id,
            "name": "Winter",
            "starts_on": date(2026, 12, 7),
            "ends_on": date(2027, 6, 30),
            "seats": 3,
            "contact_id": self.cast.fatma.id,
        }
        return cohorts.make_cohort(db, by=self.cast.fatma, given=NewCohort(**given | other), now=self.clock.now())

    def enrol(self, db: Session, *people: int, cohort_id: int | None = None) -> list[int]:
        return cohorts.enrol(
            db, by=self.cast.fatma, cohort_id=cohort_id or self.cohort_id, person_ids=people, now=self.clock.now()
        )

    def invite(self, db: Session, *ids: int) -> int:
        return cohorts.invite(
            db,
            by=self.cast.fatma,
            cohort_id=self.cohort_id,
            enrolment_ids=ids,
            own_text="Fijn dat je meedoet.",
            keyring=KEYRING,
            now=self.clock.now(),
        )

    def desk(self) -> Desk:
        return Desk(Settings(public_url="https://academie.test"), KEYRING, self.clock.now())


@pytest.fixture
def world(database: Database, clock: MovableClock, tmp_path: Path) -> World:
    with database.writing() as db:
        return World(db, folder(tmp_path / "files"), clock)


def messages(db: Session, kind: str) -> list[Message]:
    return list(db.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))


def events(db: Session, action: str) -> int:
    return db.scalar(select(func.count(LedgerEvent.id)).where(LedgerEvent.action == action)) or 0


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"ends_on": date(2026, 12, 6)}, "cohort_ends_first"),
        ({"edition_id": 999}, "unknown_edition"),
        ({"contact_id": 999}, "contact_without_address"),
    ],
)
def test_a_cohort_must_make_sense(database: Database, world: World, other: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused, database.writing() as db:
        world.make(db, **other)
    assert refused.value.code == code


def test_only_admins_plan(database: Database, world: World) -> None:
    for who in (world.cast.noor, world.cast.ruben, world.cast.sanne):
        with pytest.raises(Forbidden), database.writing() as db:
            cohorts.enrol(
                db, by=who, cohort_id=world.cohort_id, person_ids=[world.cast.joris.id], now=world.clock.now()
            )
        with database.reading() as db:
            assert all_cohorts(db, who) == []
            with pytest.raises(NotFound):
                cohort_facts(db, who, world.cohort_id)


def test_enrolling_gives_a_seat_and_the_role(database: Database, world: World) -> None:
    with database.writing() as db:
        mila = make_person(db, "Mila Jansen", now=world.clock.now())
        ids = world.enrol(db, world.cast.noor.id, mila)
        assert world.enrol(db, mila) == [ids[1]]
    with database.reading() as db:
        facts = enrolment_facts(db, ids)
        assert {one.stage for one in facts.values()} == {EnrolmentStage.INVITED}
        assert facts[ids[0]].cohort_name == "Winter"
        assert facts[ids[0]].contact_id == world.cast.fatma.id
        assert Role.PROFESSIONAL in roles_of(db, mila)
        assert events(db, "courses.enrolled") == 2
        (line,) = all_cohorts(db, world.cast.fatma)
        assert (line.taken, line.seats, line.confirmed) == (2, 3, 0)
        assert {one.id for one in people_to_add(db, world.cast.fatma, world.cohort_id, "")} & {mila} == set()
        assert [one.name for one in people_to_add(db, world.cast.fatma, world.cohort_id, "linde JORIS")] == [
            "Joris van Leeuwen"
        ]


def test_seats_are_all_or_none(database: Database, world: World) -> None:
    with database.writing() as db:
        four = [make_person(db, f"Persoon{n} Jansen", now=world.clock.now()) for n in range(4)]
    with pytest.raises(Refused) as refused, database.writing() as db:
        world.enrol(db, *four)
    assert (refused.value.code, refused.value.facts) == ("cohort_full", {"free": 3, "asked": 4})
    with database.reading() as db:
        assert db.scalar(select(func.count(Enrolment.id))) == 0


def test_the_last_seat_goes_to_one(database: Database, world: World) -> None:
    """Several admins at once: never more people than seats."""
    with database.writing() as db:
        people = [make_person(db, f"Persoon{n} Jansen", now=world.clock.now()) for n in range(6)]
    refused: list[str] = []
    start = threading.Barrier(6)

    def take(person_id: int) -> None:
        start.wait()
        try:
            with database.writing() as db:
                world.enrol(db, person_id)
        except Refused as told:
            refused.append(told.code)

    threads = [threading.Thread(target=take, args=(person_id,)) for person_id in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["cohort_full"] * 3
    with database.reading() as db:
        assert db.scalar(select(func.count(Enrolment.id))) == 3


def test_one_open_enrolment_in_a_course(database: Database, world: World) -> None:
    with database.writing() as db:
        (first,) = world.enrol(db, world.cast.noor.id)
        other = world.make(db, name="Lente")
    with pytest.raises(Refused) as refused, database.writing() as db:
        world.enrol(db, world.cast.noor.id, cohort_id=other)
    assert refused.value.code == "already_enrolled"
    with database.writing() as db:
        cohorts.withdraw(db, by=world.cast.fatma, cohort_id=world.cohort_id, enrolment_id=first, now=world.clock.now())
        (second,) = world.enrol(db, world.cast.noor.id, cohort_id=other)
        current = current_enrolment(db, world.cast.noor.id)
        assert current is not None
        assert current.id == second


def test_who_stopped_may_come_back(database: Database, world: World) -> None:
    with database.writing() as db:
        (first,) = world.enrol(db, world.cast.noor.id)
        world.invite(db, first)
        now = world.clock.now()
        coaching.assign_coach(db, by=world.cast.fatma, enrolment_id=first, coach_id=world.cast.ruben.id, now=now)
        cohorts.withdraw(db, by=world.cast.fatma, cohort_id=world.cohort_id, enrolment_id=first, now=now)
        db.flush()
        facts = enrolment_facts(db, [first])[first]
        assert (facts.stage, facts.coach_id) == (EnrolmentStage.WITHDRAWN, None)
        assert db.scalars(select(Invitation.withdrawn_at).order_by(Invitation.id.desc())).first() == now
        assert world.enrol(db, world.cast.noor.id) == [first]
        assert enrolment_facts(db, [first])[first].stage == EnrolmentStage.INVITED
        assert world.invite(db, first) == 1


def test_inviting_twice_is_one_mail(database: Database, world: World) -> None:
    with database.writing() as db:
        ids = world.enrol(db, world.cast.noor.id, world.cast.joris.id)
        assert world.invite(db, ids[0]) == 1
        assert world.invite(db, *ids) == 1
        assert world.invite(db, *ids) == 0
        assert [message.person_id for message in messages(db, "courses.invitation")] == [
            world.cast.noor.id,
            world.cast.joris.id,
        ]


def test_the_invitation_opens_the_door(database: Database, world: World) -> None:
    with database.writing() as db:
        (enrolment_id,) = world.enrol(db, world.cast.noor.id)
        world.invite(db, enrolment_id)
        (message,) = messages(db, "courses.invitation")
        letter = write(db, message, world.desk())
        token = link_of(db, int(message.data["invitation_id"]))
        assert letter.to_address == "noor@demo.example"
        assert letter.reply_to == "fatma@demo.example"
        for text in (letter.text, letter.html):
            assert f"https://academie.test/uitnodiging/{token}" in text
            assert "Fijn dat je meedoet." in text
            assert "maandag 7 december 2026" in text
            assert "Noor" in text
        assert token not in str(message.data)
        assert message.not_after == world.clock.now() + timedelta(days=14)
        accept_invitation(db, token=token, now=world.clock.now(), device="x", proved=True)
        cohorts.confirm_enrolments(db, person_id=world.cast.noor.id, now=world.clock.now())
        cohorts.confirm_enrolments(db, person_id=world.cast.noor.id, now=world.clock.now())
        assert enrolment_facts(db, [enrolment_id])[enrolment_id].stage == EnrolmentStage.FOLLOWING
        assert events(db, "courses.confirmed") == 1
        with pytest.raises(NotDue):
            write(db, message, world.desk())
        with pytest.raises(Refused, match="enrolled_is_in"):
            cohorts.invite_again(
                db,
                by=world.cast.fatma,
                cohort_id=world.cohort_id,
                enrolment_id=enrolment_id,
                own_text="x",
                keyring=KEYRING,
                now=world.clock.now(),
            )


def test_a_new_link_for_who_lost_hers(database: Database, world: World) -> None:
    with database.writing() as db:
        (enrolment_id,) = world.enrol(db, world.cast.noor.id)
        world.invite(db, enrolment_id)
        world.clock.advance(timedelta(days=15))
        cohorts.invite_again(
            db,
            by=world.cast.fatma,
            cohort_id=world.cohort_id,
            enrolment_id=enrolment_id,
            own_text="Nog een keer.",
            keyring=KEYRING,
            now=world.clock.now(),
        )
        first, second = messages(db, "courses.invitation")
        with pytest.raises(NotDue):
            write(db, first, world.desk())
        assert "Nog een keer." in write(db, second, world.desk()).text


def test_a_coach_is_told_once_about_everybody(database: Database, world: World) -> None:
    cast, now = world.cast, world.clock.now()
    with database.writing() as db:
        ids = world.enrol(db, cast.noor.id, cast.joris.id)
        assert coaching.assign_coaches(db, by=cast.fatma, enrolment_ids=ids, coach_id=cast.ruben.id, now=now) == 2
        assert coaching.assign_coaches(db, by=cast.fatma, enrolment_ids=ids, coach_id=cast.ruben.id, now=now) == 0
        (letter,) = messages(db, "courses.coachees_assigned")
        text = write(db, letter, world.desk()).text
        assert "Noor de Wit" in text
        assert "Joris van Leeuwen" in text
        assert messages(db, "courses.coach_assigned") == []
        cohorts.confirm_enrolments(db, person_id=cast.noor.id, now=now)
        (told,) = messages(db, "courses.coach_assigned")
        assert told.person_id == cast.noor.id
        assert "Ruben Haddad" in write(db, told, world.desk()).text
        assert set(db.scalars(enrolments_visible_to(viewer_for(db, cast.ruben.id)))) == set(ids)
        assert set(db.scalars(enrolments_visible_to(cast.noor))) == {ids[0]}
        assert set(db.scalars(enrolments_visible_to(cast.sanne))) == set()
        assert set(db.scalars(enrolments_visible_to(cast.fatma))) == set(ids)


def test_another_coach_takes_over(database: Database, world: World) -> None:
    cast, now = world.cast, world.clock.now()
    with database.writing() as db:
        (enrolment_id,) = world.enrol(db, cast.noor.id)
        petra = make_person(db, "Petra Vos", now=now)
        grant_role(db, by=None, person_id=petra, role=Role.COACH, intervention="kort", now=now)
        coaching.assign_coach(db, by=cast.fatma, enrolment_id=enrolment_id, coach_id=cast.ruben.id, now=now)
        coaching.assign_coach(db, by=cast.fatma, enrolment_id=enrolment_id, coach_id=petra, now=now)
        rows = db.scalars(select(CoachAssignment).order_by(CoachAssignment.id)).all()
        assert [(row.coach_id, row.until) for row in rows] == [(cast.ruben.id, now), (petra, None)]
        assert set(db.scalars(enrolments_visible_to(cast.ruben))) == set()
        (to_ruben, _) = messages(db, "courses.coachees_assigned")
        with pytest.raises(NotDue):
            write(db, to_ruben, world.desk())


def test_not_everybody_may_coach(database: Database, world: World) -> None:
    cast, now = world.cast, world.clock.now()
    with database.writing() as db:
        (enrolment_id,) = world.enrol(db, cast.noor.id)
        grant_role(db, by=None, person_id=cast.noor.id, role=Role.COACH, intervention="kort", now=now)
        grant_role(db, by=None, person_id=cast.joris.id, role=Role.COACH, intervention="anders", now=now)
    for coach_id, code in ((cast.noor.id, "coach_is_self"), (cast.joris.id, "not_a_coach"), (999, "not_a_coach")):
        with pytest.raises(Refused) as refused, database.writing() as db:
            coaching.assign_coach(db, by=cast.fatma, enrolment_id=enrolment_id, coach_id=coach_id, now=now)
        assert refused.value.code == code
    with pytest.raises(NotFound), database.writing() as db:
        coaching.assign_coach(db, by=cast.fatma, enrolment_id=999, coach_id=cast.ruben.id, now=now)


def test_completing_happens_once(database: Database, world: World) -> None:
    now = world.clock.now()
    with database.writing() as db:
        (enrolment_id,) = world.enrol(db, world.cast.noor.id)
        cohorts.complete(db, enrolment_id=enrolment_id, now=now)
        assert enrolment_facts(db, [enrolment_id])[enrolment_id].stage == EnrolmentStage.COMPLETED
        with pytest.raises(Refused, match="already_complete"):
            cohorts.complete(db, enrolment_id=enrolment_id, now=now)
        with pytest.raises(Refused, match="already_complete"):
            cohorts.withdraw(db, by=world.cast.fatma, cohort_id=world.cohort_id, enrolment_id=enrolment_id, now=now)


def test_own_data_is_handed_over_and_let_go(database: Database, world: World, tmp_path: Path) -> None:
    cast, now = world.cast, world.clock.now()
    with database.writing() as db:
        (enrolment_id,) = world.enrol(db, cast.noor.id)
        coaching.assign_coach(db, by=cast.fatma, enrolment_id=enrolment_id, coach_id=cast.ruben.id, now=now)
        db.flush()
        assert [one["cohort"] for one in export_of(db, cast.noor.id)["enrolments"]] == ["Winter"]
        assert len(export_of(db, cast.ruben.id)["coaching"]) == 1
        assert export_of(db, cast.fatma.id)["contact_of"] == ["Winter"]
        erase(db, person_id=cast.noor.id, storage=folder(tmp_path / "files"), now=now)
        db.expire_all()
        assert db.scalars(select(Enrolment.withdrawn_at)).one() == now
        assert db.scalars(select(CoachAssignment.until)).one() == now
