"""What Noor and Tessa did in practice, as the world of the matrix has it: handed in, observed, signed, asked back."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.conversation import actions as conversation
from app.delivery.tables import Delivery
from app.kit.localtime import local_day
from app.people.queries import viewer_for
from app.practice import inputs
from app.practice.actions import correcting, noting, reflections, talking, visits
from app.practice.tables.proof import Correction
from app.theory.tables import OpenAnswer
from tests.authz.steps import Assignment, begin_upload, enter_group, fresh, learn, newest_edition
from tests.authz.tries import GROUP_DAYS
from tests.practising import basis_now

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.kit.storage import Storage
    from tests.authz.world import World
    from tests.people import Cast


def first_half(db: Session, world: World, cast: Cast, present: datetime, *, now: datetime) -> None:
    """Theory done, a group entered, the first assignment signed off, a visit planned for the second."""
    learn(db, cast.noor, world.things["course"], now)
    world.things["open_answer"] = db.scalars(select(OpenAnswer.id).order_by(OpenAnswer.id)).first()
    dates = enter_group(db, cast.noor, days=GROUP_DAYS, around=present, now=now)
    group = db.scalars(select(Delivery).where(Delivery.leader_id == cast.noor.id)).one()
    world.things |= {"group": group.id, "group_version": group.version}
    edition = world.things["edition"]
    first, second = (Assignment.number(db, edition, position) for position in (0, 1))
    signed = first.begin(cast.noor, now)
    submission = first.hand_in(cast.noor, signed, now)
    world.things["sign_off"] = first.sign_off(fresh(db, cast.ruben.id, now), signed, submission, now)
    remember = inputs.Note(text="Vroeg om meer tijd voor de voorbereiding.", come_back_on=local_day(present))
    world.things["note"] = noting.write_note(
        db, by=cast.ruben, enrolment_id=world.things["enrolment"], given=remember, now=now
    )
    waiting = second.begin(cast.noor, now)
    visits.plan_visit(db, by=cast.ruben, record_id=waiting, date_id=dates[0], now=now)
    world.things |= {"dates": dates, "signed_record": signed, "record": waiting}


def second_half(db: Session, world: World, cast: Cast, *, storage: Storage, now: datetime) -> None:
    """After the visit: handed in and observed, only Ruben's signature is missing. The third is prepared."""
    edition, waiting = world.things["edition"], world.things["record"]
    second, third = (Assignment.number(db, edition, position) for position in (1, 2))
    world.things["photo"] = second.photograph(cast.noor, waiting, storage, now)
    world.things["pdf"] = second.attach(cast.noor, waiting, storage, now)
    world.things["submission"] = second.hand_in(cast.noor, waiting, now)
    world.things["version"] = second.observe(fresh(db, cast.ruben.id, now), waiting, now)
    world.things["visit_photo"] = second.photograph_visit(fresh(db, cast.ruben.id, now), waiting, storage, now)
    _talk(db, world, cast, waiting, now)
    agreed = inputs.Agreement.model_validate({"version": world.things["version"], "agreement_1": "Samen kijken"})
    talking.agree(db, by=cast.ruben, record_id=waiting, given=agreed, now=now)
    world.things |= {"version": world.things["version"] + 1, "talk_version": 1}
    world.things["basis"] = basis_now(db, cast.ruben, waiting)
    world.things["upload"] = begin_upload(db, cast.noor.id, waiting, now)
    begun = third.begin(cast.noor, now)
    visits.plan_visit(db, by=cast.ruben, record_id=begun, date_id=world.things["dates"][1], now=now)
    looked_back = inputs.Reflection(situation="Iemand wilde stoppen met de collage.")
    reflections.keep_reflection(db, by=cast.noor, record_id=begun, given=looked_back, now=now)
    world.things |= {
        "own_record": begun,
        "assignment": third.id,
        "loose_photo": third.photograph(cast.noor, begun, storage, now),
    }


def _talk(db: Session, world: World, cast: Cast, record: int, now: datetime) -> None:
    """Noor asked something and Ruben answered; both read it."""
    talk = partial(conversation.say, db, record_id=record, now=now)
    world.things["said"] = talk(by=cast.noor, body="Zal ik de foto’s meenemen?")
    answered = talk(by=fresh(db, cast.ruben.id, now), body="Ja, graag.")
    for by in (cast.noor, cast.ruben):
        conversation.read_to(db, by=by, record_id=record, message_id=answered)


def candidate(db: Session, world: World, *, storage: Storage, course: str, now: datetime) -> None:
    """Tessa walked the small course to its end and waits for a decision."""
    tessa, daan = viewer_for(db, world.people["tessa"]), fresh(db, world.people["daan"], now)
    long_ago, visited = now - timedelta(days=20), now - timedelta(days=9)
    learn(db, tessa, course, long_ago)
    dates = enter_group(db, tessa, days=(-10,), around=now, now=long_ago)
    only = Assignment.number(db, newest_edition(db, course), 0)
    record = only.begin(tessa, long_ago)
    visits.plan_visit(db, by=daan, record_id=record, date_id=dates[0], now=long_ago)
    only.photograph(tessa, record, storage, visited)
    submission = only.hand_in(tessa, record, visited)
    signed = only.sign_off(fresh(db, daan.id, visited), record, submission, visited)
    correcting.ask_correction(
        db, by=fresh(db, daan.id, now), record_id=record, sign_off_id=signed, reason="De verkeerde dag.", now=now
    )
    world.things["correction"] = db.scalars(select(Correction.id)).one()
