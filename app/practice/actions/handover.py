"""A coach is away or stops: her people go to others, until a day or for good, with the visits that are planned."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.actions.coaching import assign_coaches, move_people, must_be_coach_for
from app.courses.queries import enrolment_facts, enrolments_coached
from app.courses.rules import EnrolmentFacts, EnrolmentStage
from app.courses.tables import CoachAssignment, CoachHandover, CoachHandoverMove, Enrolment
from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.localtime import local_day
from app.ledger.actions import record
from app.people.queries import cards
from app.people.rules import Viewer
from app.practice import admin_inputs
from app.practice.actions.easing import not_her_own
from app.practice.actions.handover_letters import tell, tell_of_visits
from app.practice.actions.handover_visits import settle
from app.practice.handing_over import able_coaches, charges_of
from app.practice.rules.handover import Charge, may_coach
from app.practice.tables.work import AssignmentRecord

COACHED = frozenset({EnrolmentStage.INVITED, EnrolmentStage.FOLLOWING, EnrolmentStage.PAUSED})
"""The training is still to come or runs: somebody has to be there."""


def people_of_coach(db: Session, coach_id: int) -> dict[int, EnrolmentFacts]:
    """The open enrolments that somebody coaches now, by id."""
    return {one.id: one for one in enrolments_coached(db, coach_id) if one.stage in COACHED}


def hand_over(db: Session, *, by: Viewer, coach_id: int, given: admin_inputs.Handover, now: datetime) -> int:
    """Give the people of a coach to others, and give the hand-over. All as the form says, or nothing.

    Who gets nobody else in the form stays with her. Visits go along where the new coach can be there.
    Raises: Forbidden; Refused, with "handover_changed" when the form is not about the people she has now.
    """
    _only_admins(by)
    back_on = _checked_day(given.back_on if given.how == "until" else None, how=given.how, today=local_day(now))
    chosen = given.chosen()
    _hold(db, chosen)
    ours = people_of_coach(db, coach_id)
    if set(ours) != set(chosen):
        raise Refused("handover_changed")
    moved = {id_: to for id_, to in chosen.items() if to is not None and to != coach_id}
    for id_ in moved:
        not_her_own(ours[id_], by=by)
    if not moved:
        raise Refused("handover_of_nobody")
    handover = CoachHandover(coach_id=coach_id, made_at=now, made_by_id=by.id, back_on=back_on)
    handover.ended_at = now if back_on is None else None
    _take_over(db, handover, moved, {id_: ours[id_] for id_ in moved}, by_id=by.id, now=now)
    record(
        db,
        "courses.handed_over",
        actor_id=by.id,
        subject=("person", coach_id),
        now=now,
        handover_id=handover.id,
        reason=given.reason.noted,
        back_on=back_on,
        people=len(moved),
    )
    return handover.id


def give_first_coach(db: Session, *, by: Viewer, enrolment_ids: Collection[int], coach_id: int, now: datetime) -> None:
    """A coach for people who have none; visits that a coach who is gone had planned are hers now.

    Raises: as assign_coaches.
    """
    assign_coaches(db, by=by, enrolment_ids=enrolment_ids, coach_id=coach_id, now=now)
    known = enrolment_facts(db, enrolment_ids)
    to = {one.id: coach_id for one in known.values() if one.coach_id == coach_id}
    coaches = able_coaches(db, now=now).candidates
    changes = settle(db, _charges(db, known, now=now), to, coaches=coaches, by_id=by.id, back_on=None, now=now)
    tell_of_visits(db, known, changes, now=now)


def give_coach(db: Session, *, by: Viewer, enrolment_id: int, coach_id: int, reason: str, now: datetime) -> None:
    """Another coach for one person, chosen anew: she does not go back with an earlier hand-over.

    The same coach again changes nothing. Raises: Forbidden; NotFound; Refused.
    """
    _only_admins(by)
    _hold(db, [enrolment_id])
    one = enrolment_facts(db, [enrolment_id]).get(enrolment_id)
    if one is None:
        raise NotFound
    not_her_own(one, by=by)
    if one.coach_id == coach_id:
        return
    must_be_coach_for(db, coach_id, db.get_one(Enrolment, enrolment_id))
    if one.coach_id is None:
        give_first_coach(db, by=by, enrolment_ids=[one.id], coach_id=coach_id, now=now)
    else:
        handover = CoachHandover(coach_id=one.coach_id, made_at=now, made_by_id=by.id, ended_at=now)
        _take_over(db, handover, {one.id: coach_id}, {one.id: one}, by_id=by.id, now=now, field="coach_id", anew=True)
    record(db, "courses.reassigned", actor_id=by.id, subject=("enrolment", one.id), now=now, reason=reason)


def change_back_on(db: Session, *, by: Viewer, handover_id: int, given: admin_inputs.BackOn, now: datetime) -> None:
    """People come back on another day, now, or not at all. Raises: Forbidden; NotFound when it is over; Refused."""
    _only_admins(by)
    if given.how == "now":
        if not go_back(db, handover_id=handover_id, by_id=by.id, now=now):
            raise Refused("former_coach_cannot", "how")
        return
    handover, standing = _held(db, handover_id)
    today = local_day(now)
    handover.back_on = _checked_day(given.back_on if given.how == "until" else None, how=given.how, today=today)
    handover.ended_at = now if handover.back_on is None else None
    db.flush()
    charges = _charges(db, standing, now=now)
    coaches = able_coaches(db, now=now).candidates
    now_with = {one.id: one.coach_id for one in standing.values() if one.coach_id is not None}
    changes = settle(db, charges, now_with, coaches=coaches, by_id=by.id, back_on=handover.back_on, now=now)
    if handover.back_on is not None:  # those after that day are hers again
        hers = [_from_day(charge, handover.back_on) for charge in charges]
        to = dict.fromkeys(now_with, handover.coach_id)
        changes += settle(db, hers, to, coaches=coaches, by_id=by.id, back_on=None, now=now)
    record(
        db,
        "courses.handover_changed",
        actor_id=by.id,
        subject=("person", handover.coach_id),
        now=now,
        handover_id=handover.id,
        back_on=handover.back_on,
    )
    phase = f"day{handover.version}"
    tell(db, handover, phase=phase, people=standing, to=now_with, changes=changes, now=now)


def go_back(db: Session, *, handover_id: int, by_id: int | None, now: datetime) -> bool:
    """People who are still on loan go back to their own coach. False: she cannot take them (yet), all stays as it is.

    Raises: NotFound when it is over already.
    """
    handover, standing = _held(db, handover_id)
    today = local_day(now)
    charges = _charges(db, standing, now=now, loans_before=handover.id)
    coaches = able_coaches(db, now=now)
    own = coaches.one(handover.coach_id)
    able = [one for one in charges if own is not None and may_coach(own, one, today=today)]
    to = {one.enrolment_id: handover.coach_id for one in able}
    if standing and not to:
        return False
    handover.ended_at = now
    db.flush()
    former = {id_: one for id_, one in standing.items() if id_ in to}
    if to:
        move_people(db, by_id=by_id, to=to, handover_id=None, loans_before=handover.id, now=now)
    changes = settle(db, able, to, coaches=coaches.candidates, by_id=by_id, back_on=None, now=now)
    subject = ("person", handover.coach_id)
    facts = {"handover_id": handover.id, "people": len(to)}
    record(db, "courses.handed_back", actor_id=by_id, subject=subject, now=now, **facts)
    tell(db, handover, phase="back", people=former, to=to, changes=changes, now=now)
    db.flush()
    return True


def due_handovers(db: Session, *, today: date) -> list[int]:
    """Hand-overs whose people come back today, or should have before."""
    return list(
        db.scalars(
            select(CoachHandover.id)
            .where(CoachHandover.ended_at.is_(None), CoachHandover.back_on <= today)
            .order_by(CoachHandover.id)
        )
    )


def _only_admins(by: Viewer) -> None:
    if not by.is_admin:
        raise Forbidden


def _checked_day(day: date | None, *, how: str, today: date) -> date | None:
    """Raises: Refused for no day, or one that has been."""
    if how == "until" and day is None:
        raise Refused("missing", "back_on")
    if day is not None and day <= today:
        raise Refused("back_on_past", "back_on")
    return day


def _take_over(
    db: Session,
    handover: CoachHandover,
    moved: Mapping[int, int],
    former: Mapping[int, EnrolmentFacts],
    *,
    by_id: int,
    now: datetime,
    field: str = "",
    anew: bool = False,
) -> None:
    """Let each go to her new coach, with the visits, and tell everybody. Raises: Refused("cannot_take_over")."""
    loans_before = 0 if anew else None
    charges = _charges(db, former, now=now, loans_before=loans_before)
    coaches = able_coaches(db, now=now)
    for charge in charges:
        candidate = coaches.one(moved[charge.enrolment_id])
        if candidate is None or not may_coach(candidate, charge, today=local_day(now)):
            raise Refused("cannot_take_over", field or f"to_{charge.enrolment_id}")
    db.add(handover)
    db.flush()
    loan = handover.id if handover.back_on is not None else None
    move_people(db, by_id=by_id, to=moved, handover_id=loan, loans_before=loans_before, now=now)
    changes = settle(db, charges, moved, coaches=coaches.candidates, by_id=by_id, back_on=handover.back_on, now=now)
    tell(db, handover, phase="out", people=former, to=moved, changes=changes, now=now)


def _hold(db: Session, enrolment_ids: Collection[int]) -> None:
    """Keep others off these enrolments and their work until the transaction ends: a signature comes before or after."""
    enrolments = select(Enrolment.id).where(Enrolment.id.in_(enrolment_ids))
    db.execute(enrolments.order_by(Enrolment.id).with_for_update(key_share=True))
    records = select(AssignmentRecord.id).where(AssignmentRecord.enrolment_id.in_(enrolment_ids))
    db.execute(records.order_by(AssignmentRecord.id).with_for_update(key_share=True))


def _held(db: Session, handover_id: int) -> tuple[CoachHandover, dict[int, EnrolmentFacts]]:
    """A hand-over that is not over, and who is still on loan by it; both held. Raises: NotFound."""
    held = select(CoachHandover).where(CoachHandover.id == handover_id, CoachHandover.ended_at.is_(None))
    handover = db.scalar(held.with_for_update().execution_options(populate_existing=True))
    if handover is None:
        raise NotFound
    on_loan = (
        select(CoachAssignment.enrolment_id)
        .join(CoachHandoverMove, CoachHandoverMove.assignment_id == CoachAssignment.id)
        .where(CoachHandoverMove.handover_id == handover_id, CoachAssignment.until.is_(None))
    )
    _hold(db, db.scalars(on_loan).all())
    known = enrolment_facts(db, db.scalars(on_loan).all())  # read again: somebody may have changed it before we held it
    return handover, {id_: one for id_, one in known.items() if one.stage in COACHED}


def _charges(
    db: Session, enrolments: Mapping[int, EnrolmentFacts], *, now: datetime, loans_before: int | None = None
) -> list[Charge]:
    people = cards(db, [one.person_id for one in enrolments.values()])
    return charges_of(db, enrolments.values(), people, now=now, loans_before=loans_before)


def _from_day(charge: Charge, day: date) -> Charge:
    """Only with the visits from a day on."""
    visits = tuple(visit for visit in charge.visits if visit.day >= day)
    return Charge(charge.enrolment_id, charge.person_id, charge.intervention, managers=charge.managers, visits=visits)
