"""One assignment as an admin sees it: where it stands, and what she may do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.editions import edition_of
from app.courses.queries import enrolment_facts
from app.courses.rules import IN_TRAINING
from app.courses.terms import Term, term_of
from app.kit.errors import NotFound
from app.kit.localtime import local_day
from app.people.queries import cards, person_names
from app.people.rules import Viewer
from app.practice.handing_over import able_coaches, charges_of
from app.practice.paths import STANDS, paths_of
from app.practice.results import later_days
from app.practice.rules.handover import may_coach
from app.practice.rules.states import RecordState, Step, may
from app.practice.tables.proof import SignOff, SignOffContent
from app.practice.tables.work import AssignmentRecord


@dataclass(frozen=True)
class AdminRecord:
    """Everything on the page. `coaches`: who may take over, with how full each is; `piece_by`: the day of the piece."""

    record_id: int
    enrolment_id: int
    person_id: int
    person: str
    title: str
    cohort: str
    coach: str
    coach_id: int | None
    state: RecordState
    since: datetime
    attempt: int
    attempts_max: int
    visit_at: datetime | None
    piece_by: date | None
    coaches: tuple[tuple[int, str], ...]
    term: Term | None
    today: date
    runs: bool

    @property
    def blocked(self) -> bool:
        return may(self.state, Step.ALLOW_AGAIN)

    @property
    def overdue(self) -> bool:
        return self.term is not None and self.term.ends_on < self.today


def admin_record(db: Session, viewer: Viewer, record_id: int, *, now: datetime) -> AdminRecord:
    """Raises: NotFound, also for who is no admin."""
    found = select(AssignmentRecord.id).where(AssignmentRecord.id == record_id)
    path = next(iter(paths_of(db, found)), None)
    if path is None or not viewer.is_admin:
        raise NotFound
    enrolment = enrolment_facts(db, [path.enrolment_id])[path.enrolment_id]
    edition, people = edition_of(db, enrolment.practice_edition_id), cards(db, [enrolment.person_id])
    (charge,) = charges_of(db, [enrolment], people, now=now)
    coaches = able_coaches(db, now=now)
    able = [one for one in coaches.candidates if may_coach(one, charge, today=local_day(now))]
    names = person_names(db, [enrolment.coach_id] if enrolment.coach_id else [])
    return AdminRecord(
        record_id=record_id,
        enrolment_id=enrolment.id,
        person_id=enrolment.person_id,
        person=people[enrolment.person_id].name,
        title=next(one.title for id_, one in edition.assignments if id_ == path.assignment_id),
        cohort=enrolment.cohort_name,
        coach=names.get(enrolment.coach_id or 0, ""),
        coach_id=enrolment.coach_id,
        state=path.state,
        since=path.since,
        attempt=path.attempt,
        attempts_max=edition.policy.assignment_attempts_max,
        visit_at=path.visit.date.starts_at if path.visit else None,
        piece_by=_piece_by(db, path.submission_id) if path.state is RecordState.RETURNED else None,
        coaches=tuple(
            (one.id, f"{coaches.names[one.id]} ({one.people}/{one.room.people_max})")
            for one in able
            if one.id != enrolment.coach_id
        ),
        term=term_of(db, enrolment),
        today=local_day(now),
        runs=enrolment.stage in IN_TRAINING,
    )


def _piece_by(db: Session, submission_id: int | None) -> date | None:
    """The day on which the piece is due, as it stands now."""
    row = db.execute(
        select(SignOff.id, SignOffContent.content)
        .outerjoin(SignOffContent, SignOffContent.sign_off_id == SignOff.id)
        .where(SignOff.submission_id == submission_id, STANDS)
    ).first()
    if row is None:
        return None
    later = later_days(db, [row.id]).get(row.id)
    signed = (row.content or {}).get("by_when")
    return later or (date.fromisoformat(signed) if isinstance(signed, str) else None)
