"""What is shown is what is signed: what changes between opening the page and pressing is never signed unseen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, update

from app.courses.tables import Intervention
from app.delivery.tables import Delivery, DeliveryDate
from app.kit.errors import NotFound, Refused
from app.kit.storage import Storage, folder
from app.ledger.tables import LedgerEvent
from app.outbox.tables import Message
from app.people.actions.accounts import revoke_role
from app.people.rules import Role
from app.practice import inputs
from app.practice.actions import assessing, observed_photos, reflections, talking
from app.practice.actions.consent import withdraw_consent
from app.practice.observation_page import observation_page
from app.practice.tables.evidence import Evidence
from app.practice.tables.proof import SignOff, SignOffContent
from app.upkeep.invariants import invariants
from tests.correcting import take_back
from tests.domain.test_at_once import at_once
from tests.practising import Practising, add_photo, add_visit_photo, begin, fresh, hand_over, observe, sign, signature

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database

ROUNDS = 4
Change = Callable[["Session", Practising, "MovableClock"], object]


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


@pytest.fixture
def at_work(database: Database, storage: Storage, clock: MovableClock) -> Practising:
    """Ruben has the signing page before him, with a photo of Noor and one of his own; they talked."""
    at_work = begin(database, storage, clock, until="observed")
    add_visit_photo(database, at_work, clock)
    with database.writing() as db:
        version = observation_page(db, at_work.ruben, at_work.record_id, now=clock.now()).version
        agreed = inputs.Agreement(version=version, agreement_1="Noor schrijft voor donderdag drie vragen op")
        talking.agree(db, by=at_work.ruben, record_id=at_work.record_id, given=agreed, now=clock.now())
    return at_work


def opened(database: Database, at_work: Practising) -> inputs.Signature:
    with database.reading() as db:
        return signature(db, at_work)


def press(database: Database, at_work: Practising, clock: MovableClock, given: inputs.Signature) -> int:
    with database.writing() as db:
        ruben = fresh(at_work.ruben, clock)
        return assessing.sign(db, by=ruben, record_id=at_work.record_id, given=given, now=clock.now())


def effects(database: Database) -> tuple[int, int, int]:
    """Signatures, what the ledger says of them, and letters."""
    with database.reading() as db:
        return (
            db.scalar(select(func.count()).select_from(SignOff)) or 0,
            db.scalar(select(func.count()).where(LedgerEvent.action == "practice.signed_off")) or 0,
            db.scalar(select(func.count()).where(Message.kind == "practice.decided")) or 0,
        )


def signed_evidence(db: Session) -> set[int]:
    content = db.scalars(select(SignOffContent.content).order_by(SignOffContent.sign_off_id.desc())).first()
    return {one["id"] for one in (content or {})["evidence"]}


def evidence_by(db: Session, person_id: int) -> int:
    return db.scalars(select(Evidence.id).where(Evidence.added_by_id == person_id)).one()


# Between opening and pressing


def _consent_taken_back(db: Session, at_work: Practising, clock: MovableClock) -> None:
    photo = evidence_by(db, at_work.noor.id)
    withdraw_consent(db, by=at_work.noor, record_id=at_work.record_id, evidence_id=photo, now=clock.now())


def _removed_by_an_admin(db: Session, at_work: Practising, clock: MovableClock) -> None:
    photo, fatma = evidence_by(db, at_work.ruben.id), at_work.training.cast.fatma
    withdraw_consent(db, by=fatma, record_id=at_work.record_id, evidence_id=photo, now=clock.now())


def _removed_by_the_night(db: Session, at_work: Practising, clock: MovableClock) -> None:
    db.execute(update(Evidence).where(Evidence.added_by_id == at_work.noor.id).values(removed_at=clock.now()))


def _taken_away_on_another_device(db: Session, at_work: Practising, clock: MovableClock) -> None:
    photo = evidence_by(db, at_work.ruben.id)
    observed_photos.remove_photo(db, by=at_work.ruben, record_id=at_work.record_id, photo_id=photo, now=clock.now())


def _agreement_confirmed(db: Session, at_work: Practising, clock: MovableClock) -> None:
    given = inputs.Confirmation(version=1)
    talking.confirm(db, by=at_work.noor, record_id=at_work.record_id, given=given, now=clock.now())


def _reflection_taken_away(db: Session, at_work: Practising, clock: MovableClock) -> None:
    reflections.remove_reflection(db, by=at_work.noor, record_id=at_work.record_id, now=clock.now())


def _another_place(db: Session, at_work: Practising, _clock: MovableClock) -> None:
    group = select(DeliveryDate.delivery_id).where(DeliveryDate.id == at_work.dates[0]).scalar_subquery()
    db.execute(update(Delivery).where(Delivery.id == group).values(place="De Linde"))


CHANGES: dict[str, Change] = {
    "consent taken back": _consent_taken_back,
    "removed by an admin": _removed_by_an_admin,
    "removed by the night": _removed_by_the_night,
    "taken away on another device": _taken_away_on_another_device,
    "agreement confirmed": _agreement_confirmed,
    "reflection taken away": _reflection_taken_away,
    "another place": _another_place,
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_changed_since_is_not_signed_unseen(
    database: Database, at_work: Practising, clock: MovableClock, what: str
) -> None:
    given = opened(database, at_work)
    clock.advance(timedelta(minutes=1))
    with database.writing() as db:
        CHANGES[what](db, at_work, clock)
    with pytest.raises(Refused) as told:
        press(database, at_work, clock, given)
    assert (told.value.code, told.value.field) == ("evidence_changed", None)
    assert effects(database) == (0, 0, 0)
    press(database, at_work, clock, opened(database, at_work))
    assert effects(database) == (1, 1, 1)
    with database.reading() as db:
        there = set(db.scalars(select(Evidence.id).where(Evidence.removed_at.is_(None))))
        assert signed_evidence(db) == there
        assert invariants(db, now=clock.now()) == []


@pytest.mark.parametrize("basis", ["", "0" * 64, "onzin"])
def test_a_signature_that_does_not_say_what_it_is_about(
    database: Database, at_work: Practising, clock: MovableClock, basis: str
) -> None:
    with pytest.raises(Refused, match="evidence_changed"):
        press(database, at_work, clock, opened(database, at_work).model_copy(update={"basis": basis}))
    assert effects(database) == (0, 0, 0)


def test_the_page_counts_what_is_signed(database: Database, storage: Storage, clock: MovableClock) -> None:
    """Not what she added for a next time, before the decision was taken back."""
    at_work = begin(database, storage, clock, until="observed")
    first = sign(database, at_work, clock, "returned", reason="Anders bekeken.")
    clock.advance(timedelta(hours=1))
    later = add_photo(database, at_work, clock, shade=30)
    take_back(database, at_work, clock, first)
    observe(database, at_work, clock, version=2)
    add_visit_photo(database, at_work, clock)
    with database.reading() as db:
        basis = observation_page(db, at_work.ruben, at_work.record_id, now=clock.now()).basis
        assert basis is not None
        assert (basis.photos, basis.files, basis.later) == (2, 0, 1)
    sign(database, at_work, clock)
    with database.reading() as db:
        assert signed_evidence(db) == {one.id for one in basis.evidence}
        assert later not in signed_evidence(db)


def test_where_and_when_she_looked_is_signed_along(
    database: Database, at_work: Practising, clock: MovableClock
) -> None:
    sign(database, at_work, clock)
    with database.reading() as db:
        visit = db.scalars(select(SignOffContent.content)).one()["visit"]
        assert (visit["starts_at"], visit["place"]) == ("2026-12-03T12:30:00+00:00", "De Esdoorn, Rotterdam")


def test_who_may_no_longer_coach_signs_nothing(database: Database, at_work: Practising, clock: MovableClock) -> None:
    """Also with a right that was read before it was taken away."""
    given = opened(database, at_work)
    with database.writing() as db:
        _revoke(db, at_work, clock)
    with pytest.raises(Refused, match="not_coach_of_intervention"):
        press(database, at_work, clock, given)
    assert effects(database) == (0, 0, 0)


def test_who_handed_her_over_signs_nothing(database: Database, at_work: Practising, clock: MovableClock) -> None:
    given = opened(database, at_work)
    hand_over(database, at_work, clock, "fatima")
    with pytest.raises(NotFound):
        press(database, at_work, clock, given)
    assert effects(database) == (0, 0, 0)


# At the same moment


def _revoke(db: Session, at_work: Practising, clock: MovableClock) -> None:
    """For what this training is about; he may coach something else."""
    slug = db.scalars(select(Intervention.slug)).one()
    revoke_role(db, by=None, person_id=at_work.ruben.id, role=Role.COACH, intervention=slug, now=clock.now())


def _signing(at_work: Practising, clock: MovableClock, given: inputs.Signature) -> Callable[[Session], int]:
    ruben = fresh(at_work.ruben, clock)
    return lambda db: assessing.sign(db, by=ruben, record_id=at_work.record_id, given=given, now=clock.now())


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_two_devices_at_once_sign_once(database: Database, at_work: Practising, clock: MovableClock, turn: int) -> None:
    given = opened(database, at_work)
    ended = at_once(database, [_signing(at_work, clock, given)] * (2 + turn))
    assert ended == {"done": 1, "already_decided": 1 + turn}
    assert effects(database) == (1, 1, 1)
    with database.reading() as db:
        assert invariants(db, now=clock.now()) == []


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_consent_goes_before_or_after_a_signature(
    database: Database, at_work: Practising, clock: MovableClock, turn: int
) -> None:
    given = opened(database, at_work)
    with database.reading() as db:
        photo = evidence_by(db, at_work.noor.id)
    both = [_signing(at_work, clock, given), lambda db: _consent_taken_back(db, at_work, clock)]
    ended = at_once(database, both if turn % 2 else both[::-1])
    assert ended in ({"done": 2}, {"done": 1, "evidence_changed": 1})
    with database.reading() as db:
        assert db.get_one(Evidence, photo).withdrawn_at is not None
        signed = db.scalar(select(func.count()).select_from(SignOff))
        assert signed == ended["done"] - 1
        assert not signed or photo in signed_evidence(db)
        assert invariants(db, now=clock.now()) == []


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_right_goes_before_or_after_a_signature(
    database: Database, at_work: Practising, clock: MovableClock, turn: int
) -> None:
    given = opened(database, at_work)
    both = [_signing(at_work, clock, given), lambda db: _revoke(db, at_work, clock)]
    ended = at_once(database, both if turn % 2 else both[::-1])
    assert ended in ({"done": 2}, {"done": 1, "not_coach_of_intervention": 1})
    named = ("practice.signed_off", "people.role_revoked")
    with database.reading() as db:
        told = db.scalars(select(LedgerEvent.action).where(LedgerEvent.action.in_(named)).order_by(LedgerEvent.id))
        assert list(told) == list(named)[2 - ended["done"] :]
