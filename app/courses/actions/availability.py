"""What a coach can take on and when she is away; she says so herself, or an admin does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from app.courses.inputs import AwayGiven, Room
from app.courses.tables import CoachAbsence, CoachProfile
from app.kit.errors import NotFound, Refused
from app.kit.localtime import local_day
from app.ledger.actions import record
from app.people.rules import Role, Viewer
from app.people.tables import Person, RoleGrant

KEPT: Final = timedelta(days=90)
"""How long days away are remembered after the last of them."""


def set_room(db: Session, *, by: Viewer, person_id: int, given: Room, now: datetime) -> None:
    """Write down how many people and visits a week a coach can take on, and where.

    Raises: NotFound for whom it is not to say; Refused("stale_room") when somebody changed it in the meantime.
    """
    _hold_coach(db, by=by, person_id=person_id)
    profile = db.get(CoachProfile, person_id, populate_existing=True)
    facts: dict[str, Any] = {
        "people_max": given.people_max,
        "visits_per_week": given.visits_per_week,
        "regions": list(given.places()),
    }
    if profile is not None and all(getattr(profile, name) == fact for name, fact in facts.items()):
        return
    if (profile.version if profile else 0) != (given.version or 0):
        raise Refused("stale_room")
    if profile is None:
        db.add(CoachProfile(person_id=person_id, **facts))
    else:
        for name, fact in facts.items():
            setattr(profile, name, fact)
    db.flush()
    record(db, "courses.coach_room_changed", actor_id=by.id, subject=("person", person_id), now=now, **facts)


def note_absence(db: Session, *, by: Viewer, person_id: int, given: AwayGiven, now: datetime) -> int:
    """Write down that a coach is away, and give the absence.

    Raises: NotFound for whom it is not to say; Refused for days that cannot be.
    """
    _hold_coach(db, by=by, person_id=person_id)
    if given.ends_on is not None and given.ends_on < given.starts_on:
        raise Refused("away_ends_first", "ends_on")
    if given.ends_on is not None and given.ends_on < local_day(now):
        raise Refused("away_over", "ends_on")
    theirs = [CoachAbsence.person_id == person_id]
    theirs.append(or_(CoachAbsence.ends_on.is_(None), CoachAbsence.ends_on >= given.starts_on))
    if given.ends_on is not None:
        theirs.append(CoachAbsence.starts_on <= given.ends_on)
    if db.scalar(select(CoachAbsence.id).where(*theirs).limit(1)) is not None:
        raise Refused("away_twice", "starts_on")
    absence = CoachAbsence(person_id=person_id, **given.model_dump(), noted_at=now, noted_by_id=by.id)
    db.add(absence)
    db.flush()
    record(
        db,
        "courses.coach_away",
        actor_id=by.id,
        subject=("person", person_id),
        now=now,
        starts_on=given.starts_on,
        ends_on=given.ends_on,
    )
    return absence.id


def end_absence(db: Session, *, by: Viewer, person_id: int, absence_id: int, now: datetime) -> None:
    """She is there again from today; what had not begun yet goes away altogether.

    Raises: NotFound, also for an absence that is over.
    """
    _hold_coach(db, by=by, person_id=person_id)
    today = local_day(now)
    absence = db.get(CoachAbsence, absence_id, populate_existing=True)
    if absence is None or absence.person_id != person_id or (absence.ends_on is not None and absence.ends_on < today):
        raise NotFound
    if absence.starts_on < today:
        absence.ends_on = today - timedelta(days=1)
    else:
        db.delete(absence)
    db.flush()
    record(db, "courses.coach_back", actor_id=by.id, subject=("person", person_id), now=now)


def forget_absences(db: Session, *, now: datetime) -> int:
    """Let go of days away that were over long ago; gives how many."""
    old = delete(CoachAbsence).where(CoachAbsence.ends_on < local_day(now - KEPT)).returning(CoachAbsence.id)
    return len(db.execute(old.execution_options(synchronize_session=False)).all())


def _hold_coach(db: Session, *, by: Viewer, person_id: int) -> None:
    """Keep others off until the transaction ends. Raises: NotFound unless it is a coach: oneself, or as an admin."""
    if not (by.is_admin or (by.person_id == person_id and by.has(Role.COACH))):
        raise NotFound
    coaches = exists().where(
        RoleGrant.person_id == Person.id, RoleGrant.role == Role.COACH, RoleGrant.revoked_at.is_(None)
    )
    held = select(Person.id).where(Person.id == person_id, Person.erased_at.is_(None), coaches)
    if db.scalar(held.with_for_update(key_share=True)) is None:
        raise NotFound
