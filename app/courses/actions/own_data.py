"""What courses know of one person: to hand over, and to forget."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from app.courses.drafts.actions import changed_texts_of
from app.courses.drafts.intakes import intakes_of
from app.courses.tables import CoachAbsence, CoachAssignment, CoachProfile, Cohort, CourseEdition, Enrolment
from app.courses.training_days.tables import MadeUpDay
from app.kit.storage import Storage
from app.ledger import actions as ledger

MOMENTS: Final = ("created_at", "confirmed_at", "paused_at", "completed_at", "withdrawn_at", "expired_at")


def export_of(db: Session, person_id: int) -> dict[str, Any]:
    """Everything that courses know of somebody."""
    enrolments = db.execute(
        select(Enrolment, Cohort.name, CourseEdition.title)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(CourseEdition, CourseEdition.id == Enrolment.edition_id)
        .where(Enrolment.person_id == person_id)
        .order_by(Enrolment.id)
    )
    made_up: dict[int, list[datetime]] = defaultdict(list)
    for row in db.execute(
        select(MadeUpDay.enrolment_id, MadeUpDay.made_up_at)
        .join(Enrolment, Enrolment.id == MadeUpDay.enrolment_id)
        .where(Enrolment.person_id == person_id)
        .order_by(MadeUpDay.made_up_at)
    ):
        made_up[row.enrolment_id].append(row.made_up_at)
    coaching = db.scalars(
        select(CoachAssignment).where(CoachAssignment.coach_id == person_id).order_by(CoachAssignment.since)
    )
    contact_of = db.scalars(select(Cohort.name).where(Cohort.contact_id == person_id).order_by(Cohort.id))
    rooms = db.scalars(select(CoachProfile).where(CoachProfile.person_id == person_id))
    away = db.scalars(select(CoachAbsence).where(CoachAbsence.person_id == person_id).order_by(CoachAbsence.starts_on))
    return {
        "enrolments": [
            {
                "course": row.title,
                "cohort": row.name,
                "days_made_up": [moment.isoformat() for moment in made_up.get(row.Enrolment.id, ())],
                **{name: moment.isoformat() if (moment := getattr(row.Enrolment, name)) else None for name in MOMENTS},
            }
            for row in enrolments
        ],
        "coaching": [
            {"since": row.since.isoformat(), "until": row.until.isoformat() if row.until else None} for row in coaching
        ],
        "contact_of": list(contact_of),
        "texts_written": changed_texts_of(db, person_id),
        "zips_sent": intakes_of(db, person_id),
        "coach_room": [
            {"people_max": row.people_max, "visits_per_week": row.visits_per_week, "regions": row.regions}
            for row in rooms
        ],
        "coach_away": [
            {
                "from": row.starts_on.isoformat(),
                "until": row.ends_on.isoformat() if row.ends_on else None,
                "why_away": row.reason,
            }
            for row in away
        ],
    }


def erase(db: Session, *, person_id: int, storage: Storage, now: datetime) -> None:  # noqa: ARG001 - one shape for all domains
    """Forget what was written about somebody's coaching, and let go of what is still open."""
    own = select(Enrolment.id).where(Enrolment.person_id == person_id)
    ledger.forget(db, kind="enrolment", ids=own)  # why a certificate was granted alone, or refused
    hers = or_(CoachAssignment.coach_id == person_id, CoachAssignment.enrolment_id.in_(own))
    silent = {"synchronize_session": False}
    db.execute(update(CoachAssignment).where(hers).values(reason="").execution_options(**silent))
    db.execute(
        update(CoachAssignment)
        .where(hers, CoachAssignment.until.is_(None))
        .values(until=now)
        .execution_options(**silent)
    )
    for table in (CoachProfile, CoachAbsence):
        db.execute(delete(table).where(table.person_id == person_id).execution_options(**silent))
    db.execute(
        update(Enrolment)
        .where(
            Enrolment.person_id == person_id,
            Enrolment.completed_at.is_(None),
            Enrolment.withdrawn_at.is_(None),
            Enrolment.expired_at.is_(None),
        )
        .values(withdrawn_at=now)
        .execution_options(**silent)
    )
