"""What a hand-over does to visits that are planned: another coach goes, or the two plan again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.ledger.actions import record_each
from app.practice.rules.handover import Candidate, Charge, Fate, fates
from app.practice.tables.work import CoachVisit


@dataclass(frozen=True)
class VisitChange:
    """A visit that another coach goes to, or that is to be planned again; with its number in calendars since."""

    visit_id: int
    enrolment_id: int
    former_id: int
    coach_id: int
    sequence: int
    again: bool


def settle(
    db: Session,
    charges: Collection[Charge],
    to: Mapping[int, int],
    *,
    coaches: Collection[Candidate],
    by_id: int | None,
    back_on: date | None,
    now: datetime,
) -> list[VisitChange]:
    """Let planned visits follow the new coaches (`to`, by enrolment), as `rules.handover.fates` says."""
    decided = fates(charges, to, coaches, back_on=back_on)
    touched = [v for charge in charges for v in charge.visits if decided.get(v.id) in {Fate.MOVES, Fate.AGAIN}]
    if not touched:
        return []
    going: dict[int, list[int]] = defaultdict(list)
    for visit in touched:
        if decided[visit.id] is Fate.MOVES:
            going[to[visit.enrolment_id]].append(visit.id)
    for coach_id, ids in going.items():
        _change(db, ids, coach_id=coach_id)
    _change(db, [visit.id for visit in touched if decided[visit.id] is Fate.AGAIN], cancelled_at=now)
    numbers = dict(
        db.execute(select(CoachVisit.id, CoachVisit.sequence).where(CoachVisit.id.in_([v.id for v in touched]))).all()
    )
    changes = [
        VisitChange(
            visit.id,
            visit.enrolment_id,
            visit.coach_id,
            to[visit.enrolment_id],
            numbers[visit.id],
            again=decided[visit.id] is Fate.AGAIN,
        )
        for visit in touched
    ]
    _note(db, changes, by_id=by_id, now=now)
    return changes


def _change(db: Session, visit_ids: Sequence[int], **values: Any) -> None:
    if visit_ids:
        db.execute(
            update(CoachVisit)
            .where(CoachVisit.id.in_(visit_ids))
            .values(sequence=CoachVisit.sequence + 1, **values)
            .execution_options(synchronize_session=False)
        )


def _note(db: Session, changes: Collection[VisitChange], *, by_id: int | None, now: datetime) -> None:
    for again, action in ((False, "practice.visit_handed_over"), (True, "practice.visit_cancelled")):
        about = [
            (("coach_visit", one.visit_id), {"coach_id": one.coach_id, "former_coach_id": one.former_id})
            for one in changes
            if one.again is again
        ]
        if about:
            record_each(db, action, actor_id=by_id, about=about, now=now)
