"""The coach comes to a group: planned, moved, called off. Both get a letter with a calendar entry, and reminders."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.delivery.actions import hold_groups
from app.delivery.queries import groups_of
from app.delivery.rules import DateFacts
from app.kit.errors import NotFound, Refused
from app.ledger.actions import record
from app.outbox.actions import post
from app.people.rules import Viewer
from app.practice import inputs
from app.practice.actions.cases import Case, coached_case, own_case
from app.practice.actions.reminding import forget_reminders, remind_of
from app.practice.rules.states import Step, may
from app.practice.tables.work import CoachVisit


def plan_visit(db: Session, *, by: Viewer, record_id: int, date_id: int, now: datetime) -> int:
    """Come to one of the group's dates, or to another one than planned; gives the visit.

    Raises: Refused.
    """
    case = coached_case(db, by=by, record_id=record_id, now=now)
    if not case.definition.needs_visit:
        raise Refused("no_visit_needed")
    if not may(case.path.state, Step.PLAN_VISIT):
        raise Refused("visit_too_late")
    date = _date(db, case, date_id=date_id, now=now)
    visit = _current(db, case)
    kind = "practice.visit_planned"
    if visit is None:
        visit = CoachVisit(
            record_id=record_id,
            attempt=case.record.attempt,
            date_id=date.id,
            coach_id=by.id,
            uid=secrets.token_hex(16),
            planned_at=now,
        )
        db.add(visit)
    elif visit.date_id == date.id and visit.coach_id == by.id:
        return visit.id
    else:
        kind = "practice.visit_moved"
        visit.date_id = date.id
        visit.coach_id = by.id
        visit.planned_at = now
        visit.sequence += 1
    db.flush()
    record(
        db,
        kind,
        actor_id=by.id,
        subject=("coach_visit", visit.id),
        now=now,
        date_id=date.id,
        sequence=visit.sequence,
    )
    tell_both(db, kind, case, visit, now=now, not_after=date.ends_at)
    remind_of(db, visit, starts_at=date.starts_at, people=(case.enrolment.person_id, visit.coach_id), now=now)
    return visit.id


def cancel_visit(db: Session, *, by: Viewer, record_id: int, reason: str, now: datetime) -> None:
    """The visit does not go on. Raises: Refused when there is none, or the work is handed in."""
    case = coached_case(db, by=by, record_id=record_id, now=now)
    visit = _current(db, case)
    if visit is None or not may(case.path.state, Step.CANCEL_VISIT):
        raise Refused("visit_too_late")
    visit.cancelled_at = now
    visit.cancel_reason = reason
    visit.sequence += 1
    db.flush()
    record(db, "practice.visit_cancelled", actor_id=by.id, subject=("coach_visit", visit.id), now=now)
    tell_both(db, "practice.visit_cancelled", case, visit, now=now, not_after=None)
    forget_reminders(db, visit, now=now)


def note_the_way(db: Session, *, by: Viewer, record_id: int, given: inputs.TheWay, now: datetime) -> None:
    """Keep how to get to a visit and who is there to meet the coach. Both may write it, and both read it.

    Raises: NotFound for others; Refused when no visit is planned.
    """
    case = _case_of_either(db, by=by, record_id=record_id, now=now)
    visit = _current(db, case)
    if visit is None:
        raise Refused("visit_first")
    visit.directions, visit.venue_contact = given.directions, given.venue_contact
    db.flush()
    record(db, "practice.way_noted", actor_id=by.id, subject=("coach_visit", visit.id), now=now)


def _case_of_either(db: Session, *, by: Viewer, record_id: int, now: datetime) -> Case:
    try:
        return own_case(db, by=by, record_id=record_id)
    except NotFound:
        return coached_case(db, by=by, record_id=record_id, now=now)


def _current(db: Session, case: Case) -> CoachVisit | None:
    return db.scalar(
        select(CoachVisit).where(
            CoachVisit.record_id == case.record.id,
            CoachVisit.attempt == case.record.attempt,
            CoachVisit.cancelled_at.is_(None),
        )
    )


def _date(db: Session, case: Case, *, date_id: int, now: datetime) -> DateFacts:
    hold_groups(db, leader_id=case.enrolment.person_id)
    group = groups_of(db, [case.enrolment.id]).get(case.enrolment.id)
    date = next((one for one in group.coming if one.id == date_id), None) if group else None
    if date is None:
        raise Refused("date_unknown", "date_id")
    if date.starts_at <= now:
        raise Refused("date_past", "date_id")
    return date


def tell_of_another_place(db: Session, case: Case, visit: CoachVisit, *, now: datetime, not_after: datetime) -> None:
    """The same day in another place: the entry in both calendars changes."""
    tell_both(db, "practice.visit_elsewhere", case, visit, now=now, not_after=not_after)


def tell_both(
    db: Session,
    kind: str,
    case: Case,
    visit: CoachVisit,
    *,
    now: datetime,
    not_after: datetime | None,
    with_date: bool = False,
) -> None:
    """Write to professional and coach. `with_date`: the visit is off since its date is, not by the coach."""
    for person_id in (case.enrolment.person_id, visit.coach_id):
        post(
            db,
            kind,
            person_id=person_id,
            key=f"{kind}:{visit.id}:{visit.sequence}:{person_id}",
            now=now,
            data={"visit_id": visit.id, "sequence": visit.sequence} | ({"with_date": True} if with_date else {}),
            reply_to_id=visit.coach_id if person_id != visit.coach_id else case.enrolment.person_id,
            not_after=not_after,
        )
