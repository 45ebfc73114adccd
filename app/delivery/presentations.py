"""The end presentation in calendars: of who leads the group, and of her coach. Each change is told once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.coaches import coaches_now
from app.courses.queries import enrolment_facts
from app.delivery.rules import DateKind
from app.delivery.tables import Delivery, DeliveryDate, PresentationEntry
from app.outbox.actions import post


@dataclass(frozen=True)
class _Presentation:
    """When and where it is."""

    starts_at: datetime
    ends_at: datetime
    location: str


def settle_presentation(db: Session, *, group: Delivery, now: datetime) -> None:
    """Bring calendars in line with the group, which the caller holds: one letter for each entry that changes.

    Safe to repeat: what everybody was told already is not told again. What is over stays as it was.
    """
    presentation = _standing(db, group, now=now)
    coach_id = _coach_of(db, group)
    people = {group.leader_id} | ({coach_id} if coach_id is not None else set())
    entries = _entries(db, group)
    for person_id in sorted(people | set(entries)):
        entry = entries.get(person_id)
        kind = None
        if presentation is not None and person_id in people:
            entry, kind = _put(db, group, entry, presentation, person_id=person_id)
        elif entry is not None and _take_away(entry, now=now):
            kind = "delivery.presentation_cancelled"
        if entry is not None and kind is not None:
            db.flush()
            _tell(db, kind, entry, reply_to_id=coach_id if person_id == group.leader_id else group.leader_id, now=now)


def leave_calendars(db: Session, *, group: Delivery, now: datetime) -> None:
    """Whoever leads the group is forgotten: the end presentation leaves the calendar of everybody else."""
    for person_id, entry in _entries(db, group).items():
        if _take_away(entry, now=now) and person_id != group.leader_id:
            db.flush()
            _tell(db, "delivery.presentation_cancelled", entry, reply_to_id=None, now=now)


def settle_of_enrolment(db: Session, *, enrolment_id: int, now: datetime) -> None:
    """The coach of a training changed: the new one gets what is planned, it leaves the calendar of the former."""
    groups = select(Delivery).where(Delivery.enrolment_id == enrolment_id, Delivery.ended_at.is_(None))
    for group in db.scalars(groups.order_by(Delivery.id).with_for_update()).all():
        settle_presentation(db, group=group, now=now)


def _coach_of(db: Session, group: Delivery) -> int | None:
    """Who coaches whoever leads it; nobody while the one who stands there may not."""
    if group.enrolment_id is None:
        return None
    enrolment = enrolment_facts(db, [group.enrolment_id])[group.enrolment_id]
    coach_id = enrolment.coach_id
    return coach_id if coach_id is not None and coaches_now(db, coach_id, enrolment) else None


def _entries(db: Session, group: Delivery) -> dict[int, PresentationEntry]:
    known = select(PresentationEntry).where(PresentationEntry.delivery_id == group.id)
    held = known.order_by(PresentationEntry.person_id).with_for_update()
    return {entry.person_id: entry for entry in db.scalars(held)}


def _take_away(entry: PresentationEntry, *, now: datetime) -> bool:
    """Whether there was something to take away: not what left before, nor what is over."""
    if entry.gone_at is not None or entry.ends_at <= now:
        return False
    entry.gone_at = now
    entry.sequence += 1
    return True


def _standing(db: Session, group: Delivery, *, now: datetime) -> _Presentation | None:
    """The end presentation that is still to come, if there is one."""
    date = db.execute(
        select(DeliveryDate.starts_at, DeliveryDate.ends_at).where(
            DeliveryDate.delivery_id == group.id,
            DeliveryDate.kind == DateKind.END_PRESENTATION,
            DeliveryDate.cancelled_at.is_(None),
            DeliveryDate.ends_at > now,
        )
    ).first()
    where = f"{group.place}, {group.address}, {group.municipality}"
    return _Presentation(date.starts_at, date.ends_at, where) if date else None


def _put(
    db: Session, group: Delivery, entry: PresentationEntry | None, wanted: _Presentation, *, person_id: int
) -> tuple[PresentationEntry, str | None]:
    """The entry as it should be, and what to tell about it: nothing when it was right."""
    if entry is None:
        entry = PresentationEntry(
            delivery_id=group.id,
            person_id=person_id,
            uid=secrets.token_hex(16),
            starts_at=wanted.starts_at,
            ends_at=wanted.ends_at,
            location=wanted.location,
        )
        db.add(entry)
        return entry, "delivery.presentation_planned"
    if entry.gone_at is None and _Presentation(entry.starts_at, entry.ends_at, entry.location) == wanted:
        return entry, None
    kind = "delivery.presentation_moved" if entry.gone_at is None else "delivery.presentation_planned"
    entry.starts_at, entry.ends_at, entry.location = wanted.starts_at, wanted.ends_at, wanted.location
    entry.gone_at = None
    entry.sequence += 1
    return entry, kind


def _tell(db: Session, kind: str, entry: PresentationEntry, *, reply_to_id: int | None, now: datetime) -> None:
    post(
        db,
        kind,
        person_id=entry.person_id,
        key=f"{kind}:{entry.id}:{entry.sequence}",
        data={"entry_id": entry.id, "sequence": entry.sequence},
        reply_to_id=reply_to_id,
        not_after=None if entry.gone_at is not None else entry.ends_at,
        now=now,
    )
