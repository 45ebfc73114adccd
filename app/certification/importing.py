"""Taking over many certifications at once: a few right away, a long list in pieces by jobs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.certification.actions import take_over
from app.certification.tables import Certification
from app.jobs.actions import enqueue
from app.people.actions.accounts import grant_role
from app.people.rules import Role

AT_ONCE: Final = 25  # each takes some ten milliseconds, and a request has five seconds
JOB: Final = "certification.take_over"


@dataclass(frozen=True)
class TakenOver:
    """Somebody who was certified before this system."""

    person_id: int
    since: date
    intervisions: int


def take_over_many(
    db: Session, *, by_id: int, intervention_id: int, people: Sequence[TakenOver], key: str, now: datetime
) -> bool:
    """Take over everybody; True when it is done now, False when jobs go on with it. `key` names the list."""
    if len(people) <= AT_ONCE:
        take_over_some(db, by_id=by_id, intervention_id=intervention_id, people=people, now=now)
        return True
    for start in range(0, len(people), AT_ONCE):
        piece = [[one.person_id, one.since.isoformat(), one.intervisions] for one in people[start : start + AT_ONCE]]
        enqueue(
            db,
            JOB,
            now=now,
            key=f"{JOB}:{key}:{start}",
            by_id=by_id,
            intervention_id=intervention_id,
            people=piece,
        )
    return False


def certified_for_all(db: Session, *, person_ids: Collection[int], intervention_ids: Collection[int]) -> set[int]:
    """Who of these has a certification for each of these: a list changes nothing for her."""
    return set(
        db.scalars(
            select(Certification.person_id)
            .where(Certification.person_id.in_(person_ids), Certification.intervention_id.in_(intervention_ids))
            .group_by(Certification.person_id)
            .having(func.count() == len(intervention_ids))
        )
    )


def take_over_some(
    db: Session, *, by_id: int | None, intervention_id: int, people: Sequence[TakenOver], now: datetime
) -> None:
    """Take over one piece of a list, and let everybody in it be a professional here."""
    for one in people:
        take_over(
            db,
            by_id=by_id,
            person_id=one.person_id,
            intervention_id=intervention_id,
            since=one.since,
            intervisions=one.intervisions,
            now=now,
        )
        grant_role(db, by=None, person_id=one.person_id, role=Role.PROFESSIONAL, now=now)


def piece_of(payload: dict[str, Any]) -> list[TakenOver]:
    """The people in the payload of a job."""
    return [TakenOver(person_id, date.fromisoformat(since), number) for person_id, since, number in payload["people"]]
