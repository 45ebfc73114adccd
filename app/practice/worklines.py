"""What practice asks of an admin: nobody beside somebody, who is stuck or over time, what to come back to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.courses.tables import CoachAssignment, CoachHandover, CoachHandoverMove, Enrolment
from app.courses.terms import overdue
from app.courses.without_coach import without_coach
from app.kit.localtime import local_day, start_of
from app.practice.notes import due_for_admins
from app.practice.paths import STANDS
from app.practice.rules.states import Decision
from app.practice.tables.proof import SignOff
from app.practice.tables.work import AssignmentRecord


@dataclass(frozen=True)
class PracticeWork:
    """One line: what, how many, where to act, since when, and whom it is about."""

    what: str
    count: int
    href: str
    since: datetime
    people: tuple[int, ...]


def practice_work(db: Session, *, now: datetime) -> list[PracticeWork]:
    """The lines of this moment; the number of statements does not grow with the people."""
    found: list[PracticeWork] = []
    lacking = without_coach(db, now=now)
    if lacking:
        coaches, cohorts = {one.coach_id for one in lacking}, {one.cohort_id for one in lacking}
        if len(coaches) == 1 and None not in coaches:
            href = f"/beheer/coaches/{lacking[0].coach_id}/overdragen"
        else:
            href = f"/beheer/opleidingsgroepen/{lacking[0].cohort_id}" if len(cohorts) == 1 else "/beheer/praktijk"
        people = tuple(one.person_id for one in lacking)
        found.append(PracticeWork("no_coach", len(lacking), href, lacking[0].since, people))
    late = _not_back(db, now=now)
    if late:
        first = late[0]
        href = f"/beheer/coaches/{first.coach_id}/overdragen/{first.id}"
        coaches_of_them = tuple(one.coach_id for one in late)
        found.append(PracticeWork("not_back", sum(one.people for one in late), href, first.made_at, coaches_of_them))
    if blocked := _blocked(db):
        href = f"/beheer/praktijk/{blocked[0].id}" if len(blocked) == 1 else "/beheer/praktijk"
        who = tuple(row.person_id for row in blocked)
        found.append(PracticeWork("blocked", len(blocked), href, blocked[0].signed_at, who))
    if late_trainings := overdue(db, now=now):
        href = f"/beheer/mensen/{late_trainings[0].person_id}" if len(late_trainings) == 1 else "/beheer/praktijk"
        who = tuple(one.person_id for one in late_trainings)
        since = start_of(late_trainings[0].ended_on)
        found.append(PracticeWork("over_time", len(late_trainings), href, since, who))
    if notes := due_for_admins(db, on=local_day(now)):
        href = f"{notes[0].href}#notities" if len(notes) == 1 else "/beheer/praktijk#terugkomen"
        who = tuple(one.person_id for one in notes)
        found.append(PracticeWork("come_back", len(notes), href, start_of(notes[0].since), who))
    return found


def _blocked(db: Session) -> Sequence[Row[int, int, datetime]]:
    """Assignments of trainings that run of which the last attempt was not enough: a talk, then an admin decides."""
    return db.execute(
        select(AssignmentRecord.id, Enrolment.person_id, SignOff.signed_at)
        .join(SignOff, (SignOff.record_id == AssignmentRecord.id) & (SignOff.attempt == AssignmentRecord.attempt))
        .join(Enrolment, Enrolment.id == AssignmentRecord.enrolment_id)
        .where(
            SignOff.decision == Decision.NOT_MET,
            STANDS,
            Enrolment.completed_at.is_(None),
            Enrolment.withdrawn_at.is_(None),
            Enrolment.expired_at.is_(None),
        )
        .order_by(SignOff.signed_at)
    ).all()


def _not_back(db: Session, *, now: datetime) -> Sequence[Row[int, int, datetime, int]]:
    """Hand-overs that should be over while people are still on loan by them."""
    return db.execute(
        select(CoachHandover.id, CoachHandover.coach_id, CoachHandover.made_at, func.count().label("people"))
        .join(CoachHandoverMove, CoachHandoverMove.handover_id == CoachHandover.id)
        .join(CoachAssignment, CoachAssignment.id == CoachHandoverMove.assignment_id)
        .where(
            CoachHandover.ended_at.is_(None), CoachHandover.back_on <= local_day(now), CoachAssignment.until.is_(None)
        )
        .group_by(CoachHandover.id)
        .order_by(CoachHandover.back_on, CoachHandover.id)
    ).all()
