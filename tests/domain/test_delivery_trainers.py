"""Trainers enter groups of their own: on a certificate that permits it, for the intervention that it is about."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from app.certification import actions as certification
from app.certification.queries import authorised
from app.courses.tables import Enrolment, Intervention
from app.delivery import actions as delivery
from app.delivery.inputs import Group
from app.delivery.rules import Authorised, Barred
from app.delivery.tables import Delivery
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import NotFound, Refused
from app.kit.localtime import local_day
from app.kit.storage import Storage, folder
from app.people.rules import Viewer
from app.practice.own_practice import group_page
from tests.conftest import START
from tests.practising import DAY, group_form
from tests.trained import Training, in_second_course, in_training, make_ready

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

END = date(2028, 11, 23)  # of a certificate that begins with the tests; its grace lasts 60 days more


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


def take_over(db: Session, training: Training, person: Viewer, intervention_id: int) -> None:
    certification.take_over(
        db,
        by_id=training.cast.fatma.id,
        person_id=person.id,
        intervention_id=intervention_id,
        since=date(2024, 1, 1),
        intervisions=0,
        now=START,
    )


def enter(db: Session, by: Viewer, clock: MovableClock, **changes: Any) -> Delivery:
    """Enter a group as the page does: with what certificates say in the same transaction."""
    proofs = authorised(db, by.id, local_day(clock.now()))
    given = Group.model_validate(group_form(**changes))
    group_id = delivery.save_group(db, by=by, given=given, authorised=proofs, pinned=frozenset(), now=clock.now())
    return db.get_one(Delivery, group_id)


def refused(database: Database, by: Viewer, clock: MovableClock, **changes: Any) -> tuple[str, str | None]:
    with pytest.raises(Refused) as told, database.writing() as db:
        enter(db, by, clock, **changes)
    with database.reading() as db:
        assert db.scalars(select(Delivery).where(Delivery.leader_id == by.id)).all() == []
    return told.value.code, told.value.field


def test_who_was_taken_over_enters_a_group(database: Database, storage: Storage, clock: MovableClock) -> None:
    with database.writing() as db:
        training = in_training(db, storage, now=START)
        joris = training.cast.joris
        take_over(db, training, joris, training.intervention_id)
        assert authorised(db, joris.id, local_day(START)) == (Authorised(joris.id, training.intervention_id, END),)
        group = enter(db, joris, clock)
        assert (group.leader_id, group.intervention_id, group.enrolment_id) == (
            joris.id,
            training.intervention_id,
            None,
        )


def test_who_was_certified_here_enters_a_group_that_is_not_her_training(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    with database.writing() as db:
        training = make_ready(db, storage, now=START)
        noor = training.cast.noor
        certification.grant(db, by=training.cast.fatma, enrolment_id=training.enrolment_id, now=START)
        during = db.scalars(select(Delivery)).one()
        during.ended_at = START
        db.flush()
        group = enter(db, noor, clock)
        assert (group.intervention_id, group.enrolment_id) == (training.intervention_id, None)


@pytest.mark.parametrize(
    "days, code",
    [(0, None), (1, "certificate_in_grace"), (60, "certificate_in_grace"), (61, "certificate_over")],
)
def test_in_grace_a_group_is_finished_and_not_begun(
    database: Database, storage: Storage, clock: MovableClock, days: int, code: str | None
) -> None:
    with database.writing() as db:
        training = in_training(db, storage, now=START)
        joris = training.cast.joris
        take_over(db, training, joris, training.intervention_id)
    later = END + timedelta(days=days)
    clock.set(datetime(later.year, later.month, later.day, 9, 0, tzinfo=START.tzinfo))
    dates = {f"day_{number}": later + timedelta(days=number) for number in (1, 2)}
    if code is None:
        assert refused(database, joris, clock, **dates) == ("date_after_certificate", "day_1")
        days_of = {"day_1": later - timedelta(days=7), "day_2": later}
        clock.set(datetime(later.year, later.month, later.day, 9, 0, tzinfo=START.tzinfo) - timedelta(days=9))
        with database.writing() as db:
            enter(db, joris, clock, **days_of)
        clock.advance(timedelta(days=30))
        with database.writing() as db:  # in grace it is finished: what it has may change, nothing comes after it
            group = db.scalars(select(Delivery)).one()
            known = {"group_id": group.id, "version": group.version}
            enter(db, joris, clock, **known, place="Elders", **days_of)
            assert group.place == "Elders"
        for moved, told in ((30, "certificate_in_grace"), (100, "certificate_over")):
            clock.advance(timedelta(days=moved))
            again = {
                "group_id": group.id,
                "version": group.version,
                "day_1": later,
                "day_2": later + timedelta(days=200),
            }
            with pytest.raises(Refused) as no, database.writing() as db:
                enter(db, joris, clock, **again)
            assert no.value.code == told
        return
    assert refused(database, joris, clock, **dates) == (code, None)
    with database.reading() as db:
        (barred,) = authorised(db, joris.id, later)
    assert barred == Barred(joris.id, training.intervention_id, in_grace=code == "certificate_in_grace")


def test_with_two_certificates_she_chooses(database: Database, storage: Storage, clock: MovableClock) -> None:
    with database.writing() as db:
        training = in_training(db, storage, now=START)
        other = in_second_course(db, storage, training, intervention="langer", now=START)
        joris = training.cast.joris
        for intervention_id in (training.intervention_id, other.intervention_id):
            take_over(db, training, joris, intervention_id)
    assert refused(database, joris, clock) == ("missing", "intervention_id")
    assert refused(database, joris, clock, intervention_id=99_999) == ("group_not_allowed", "intervention_id")
    with database.writing() as db:
        group = enter(db, joris, clock, intervention_id=other.intervention_id)
        assert (group.intervention_id, group.enrolment_id) == (other.intervention_id, None)


def test_a_training_and_a_certificate_for_something_else(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    with database.writing() as db:
        training = in_training(db, storage, now=START)
        other = Intervention(slug="langer", name="Langer traject")
        db.add(other)
        db.flush()
        noor, other_id = training.cast.noor, other.id
        take_over(db, training, noor, other_id)
    assert refused(database, noor, clock, intervention_id=other_id) == ("group_not_allowed", None)
    with database.writing() as db:
        own = Delivery(
            leader_id=noor.id,
            intervention_id=other_id,
            place="Het Anker",
            address="Kade 1",
            municipality="Rotterdam",
            created_at=START,
        )
        db.add(own)  # from before the training
    with database.writing() as db:
        certificates = authorised(db, noor.id, local_day(START))
        assert group_page(db, noor, certificates, now=START).group is None
        group = enter(db, noor, clock)  # it belongs to the training, whose coach waits for dates
        assert (group.intervention_id, group.enrolment_id) == (training.intervention_id, training.enrolment_id)
        shown = group_page(db, noor, certificates, now=START).group
        assert shown is not None
        assert shown.id == group.id
        page = group_page(db, noor, certificates, now=START)
        assert [(one.id, one.place) for one in page.others] == [(own.id, "Het Anker")]
        beside = group_page(db, noor, certificates, group_id=own.id, now=START)
        assert beside.group is not None
        assert (beside.group.id, beside.query, beside.coached) == (own.id, f"?groep={own.id}", False)
        with pytest.raises(NotFound):
            group_page(db, noor, certificates, group_id=999_999, now=START)


def test_a_training_goes_before_a_certificate_that_ran_out(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    """She follows the training once more: her group belongs to it."""
    with database.writing() as db:
        training = in_training(db, storage, now=START)
        noor = training.cast.noor
        take_over(db, training, noor, training.intervention_id)
    clock.set(START.replace(year=2030))
    with database.writing() as db:
        group = enter(db, noor, clock, **{f"day_{n}": DAY.replace(year=2030, day=2 + n) for n in (1, 2)})
        assert group.enrolment_id == training.enrolment_id


def test_the_proof_of_somebody_else_proves_nothing(database: Database, storage: Storage, clock: MovableClock) -> None:
    with database.writing() as db:
        training = in_training(db, storage, now=START)
        cast = training.cast
        take_over(db, training, cast.joris, training.intervention_id)
        db.get_one(Enrolment, training.enrolment_id).withdrawn_at = START
        proofs = authorised(db, cast.joris.id, local_day(START))
        given = Group.model_validate(group_form())
        late = (Authorised(cast.noor.id, training.intervention_id, until=START.date() - timedelta(days=1)),)
        for borrowed in (proofs, late):
            with pytest.raises(Refused, match="group_not_allowed"):
                delivery.save_group(
                    db, by=cast.noor, given=given, authorised=borrowed, pinned=frozenset(), now=clock.now()
                )
