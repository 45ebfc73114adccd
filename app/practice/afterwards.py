"""What happened to a result after it was signed: read by the professional, asked back, taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, bindparam, exists, literal, select
from sqlalchemy.orm import Session

from app.courses.editions import edition_of
from app.courses.queries import enrolment_facts
from app.courses.rules import EnrolmentFacts, EnrolmentStage
from app.courses.tables import Enrolment, PracticalAssignment
from app.kit.db import fetch
from app.kit.errors import Forbidden, NotFound
from app.kit.localtime import local_day
from app.people.queries import admin_ids, person_names
from app.people.rules import Viewer
from app.practice.paths import STANDS, records_visible_to
from app.practice.rules.corrections import alone
from app.practice.rules.states import Decision
from app.practice.tables.proof import Correction, ResultSeen, SignOff, SignOffWithdrawal, SignOffWithdrawalContent
from app.practice.tables.work import AssignmentRecord

SETTLED_SHOWN: Final = 30


@dataclass(frozen=True)
class After:
    """What became of one result. `path`: where it is seen and asked back. `why`: empty when it is no longer kept.

    `object_until`: the last day to object.

    `may_see`: it is hers and she did not say yet that she read it. `may_ask`: the viewer may ask to take it back.
    """

    path: str
    seen_at: datetime | None
    withdrawn_at: datetime | None
    why: str
    asked_at: datetime | None
    object_until: date
    may_see: bool
    may_ask: bool

    @property
    def stands(self) -> bool:
        return self.withdrawn_at is None


_AFTER: Final = (
    select(
        SignOff.id,
        SignOff.coach_id,
        SignOff.signed_at,
        ResultSeen.seen_at,
        SignOffWithdrawal.withdrawn_at,
        SignOffWithdrawalContent.content,
        Correction.asked_at,
    )
    .outerjoin(ResultSeen, ResultSeen.sign_off_id == SignOff.id)
    .outerjoin(SignOffWithdrawal, SignOffWithdrawal.sign_off_id == SignOff.id)
    .outerjoin(SignOffWithdrawalContent, SignOffWithdrawalContent.withdrawal_id == SignOffWithdrawal.id)
    .outerjoin(Correction, and_(Correction.sign_off_id == SignOff.id, Correction.settled_at.is_(None)))
    .where(SignOff.record_id == bindparam("record"))
    .order_by(SignOff.id.desc())
)


def after_results(db: Session, viewer: Viewer, record_id: int, enrolment: EnrolmentFacts) -> dict[int, After]:
    """By sign-off what became of each result of a record: one statement."""
    rows = fetch(db, _AFTER, record=record_id).all()
    mine = enrolment.person_id == viewer.person_id
    days = edition_of(db, enrolment.practice_edition_id).policy.appeal_days
    found = {}
    for number, row in enumerate(rows):
        stands = row.withdrawn_at is None
        found[row.id] = After(
            path=f"/praktijk/{record_id}/besluit/{row.id}",
            seen_at=row.seen_at,
            withdrawn_at=row.withdrawn_at,
            why=str((row.content or {}).get("reason", "")),
            asked_at=row.asked_at,
            object_until=local_day(row.signed_at) + timedelta(days=days),
            may_see=mine and stands and row.seen_at is None,
            may_ask=number == 0
            and stands
            and row.asked_at is None
            and not mine
            and (viewer.is_admin or viewer.person_id == row.coach_id),
        )
    return found


@dataclass(frozen=True)
class CorrectionView:
    """A result that somebody wants taken back, or that was. `settled_at`: None while it waits."""

    id: int
    record_id: int
    sign_off_id: int
    person_id: int
    person: str
    assignment: str
    decision: Decision
    coach: str
    signed_at: datetime
    asked_by_id: int
    asked_by: str
    asked_at: datetime
    reason: str
    settled_at: datetime | None
    settled_by: str
    granted: bool
    answer: str
    certified: bool


@dataclass(frozen=True)
class CorrectionsPage:
    """The list: what waits for a second pair of eyes, and what became of what did."""

    waiting: tuple[CorrectionView, ...]
    settled: tuple[CorrectionView, ...]


@dataclass(frozen=True)
class CorrectionPage:
    """One request. `mine`: the viewer asked herself, so somebody else looks."""

    one: CorrectionView
    mine: bool
    own: bool


@dataclass(frozen=True)
class AskPage:
    """A result that the viewer may ask back. `at_once`: nobody else needs to look."""

    record_id: int
    sign_off_id: int
    person: str
    assignment: str
    decision: Decision
    coach: str
    signed_at: datetime
    at_once: bool
    certified: bool


_CORRECTIONS: Final = (
    select(
        Correction,
        SignOff.record_id,
        SignOff.decision,
        SignOff.coach_id,
        SignOff.signed_at,
        Enrolment.person_id,
        Enrolment.completed_at,
        PracticalAssignment.definition["title"].as_string().label("title"),
    )
    .join(SignOff, SignOff.id == Correction.sign_off_id)
    .join(AssignmentRecord, AssignmentRecord.id == SignOff.record_id)
    .join(Enrolment, Enrolment.id == AssignmentRecord.enrolment_id)
    .join(PracticalAssignment, PracticalAssignment.id == AssignmentRecord.assignment_id)
)


def corrections_page(db: Session) -> CorrectionsPage:
    """The list of this moment."""
    waiting = _views(db, db.execute(_CORRECTIONS.where(Correction.settled_at.is_(None)).order_by(Correction.id)))
    settled = _CORRECTIONS.where(Correction.settled_at.is_not(None)).order_by(Correction.settled_at.desc())
    return CorrectionsPage(waiting, _views(db, db.execute(settled.limit(SETTLED_SHOWN))))


def correction_page(db: Session, viewer: Viewer, correction_id: int) -> CorrectionPage:
    """Raises: NotFound."""
    found = _views(db, db.execute(_CORRECTIONS.where(Correction.id == correction_id)))
    if not found:
        raise NotFound
    return CorrectionPage(found[0], found[0].asked_by_id == viewer.person_id, found[0].person_id == viewer.person_id)


def ask_page(db: Session, viewer: Viewer, record_id: int, sign_off_id: int) -> AskPage:
    """Raises: NotFound; Forbidden for who neither signed it nor is an admin, and for her own result."""
    row = db.execute(
        select(SignOff, AssignmentRecord.enrolment_id, PracticalAssignment.definition)
        .join(AssignmentRecord, AssignmentRecord.id == SignOff.record_id)
        .join(PracticalAssignment, PracticalAssignment.id == AssignmentRecord.assignment_id)
        .where(
            SignOff.id == sign_off_id,
            AssignmentRecord.id == record_id,
            AssignmentRecord.id.in_(records_visible_to(viewer)),
        )
    ).first()
    if row is None:
        raise NotFound
    enrolment = enrolment_facts(db, [row.enrolment_id])[row.enrolment_id]
    signed = row.SignOff
    if enrolment.person_id == viewer.person_id or not (viewer.is_admin or viewer.person_id == signed.coach_id):
        raise Forbidden
    names = person_names(db, {enrolment.person_id, signed.coach_id})
    four_eyes = edition_of(db, enrolment.practice_edition_id).policy.four_eyes
    return AskPage(
        record_id=record_id,
        sign_off_id=signed.id,
        person=names.get(enrolment.person_id, ""),
        assignment=row.definition["title"],
        decision=Decision(signed.decision),
        coach=names.get(signed.coach_id, ""),
        signed_at=signed.signed_at,
        at_once=alone(four_eyes, is_admin=viewer.is_admin, admins=len(admin_ids(db))),
        certified=enrolment.stage is EnrolmentStage.COMPLETED,
    )


@dataclass(frozen=True)
class WaitingCorrections:
    """What the work list says: whose results somebody wants taken back, and the day of the first request."""

    person_ids: tuple[int, ...]
    since: datetime | None


def corrections_work(db: Session) -> tuple[WaitingCorrections, WaitingCorrections]:
    """Requests that wait for a second pair of eyes; and results taken back although there is a certificate.

    The second are people whose training gave a certificate and of whom no other result came in its place.
    """
    asked = (
        select(literal("asked").label("what"), Enrolment.person_id, Correction.asked_at.label("since"))
        .select_from(Correction)
        .join(SignOff, SignOff.id == Correction.sign_off_id)
        .join(AssignmentRecord, AssignmentRecord.id == SignOff.record_id)
        .join(Enrolment, Enrolment.id == AssignmentRecord.enrolment_id)
        .where(Correction.settled_at.is_(None))
    )
    anew = exists().where(SignOff.record_id == AssignmentRecord.id, SignOff.decision == Decision.SIGNED_OFF, STANDS)
    taken = (
        select(SignOffWithdrawal.withdrawn_at, SignOff.record_id)
        .join(SignOff, SignOff.id == SignOffWithdrawal.sign_off_id)
        .subquery("taken")
    )
    certified = (
        select(literal("certified"), Enrolment.person_id, taken.c.withdrawn_at)
        .join(AssignmentRecord, AssignmentRecord.enrolment_id == Enrolment.id)
        .join(taken, taken.c.record_id == AssignmentRecord.id)
        .where(Enrolment.completed_at.is_not(None), ~anew)
    )
    rows = db.execute(asked.union_all(certified).order_by("since")).all()
    first, second = ([row for row in rows if row.what == what] for what in ("asked", "certified"))
    return _waiting(first), _waiting(second)


def _waiting(rows: Sequence[Any]) -> WaitingCorrections:
    people = dict.fromkeys(row.person_id for row in rows)
    return WaitingCorrections(tuple(people), rows[0].since if rows else None)


def _views(db: Session, rows: Iterable[Any]) -> tuple[CorrectionView, ...]:
    found = list(rows)
    people: set[int] = set()
    for row in found:
        people |= {row.person_id, row.coach_id, row.Correction.asked_by_id, row.Correction.settled_by_id or 0}
    names = person_names(db, people - {0})
    return tuple(
        CorrectionView(
            id=row.Correction.id,
            record_id=row.record_id,
            sign_off_id=row.Correction.sign_off_id,
            person_id=row.person_id,
            person=names.get(row.person_id, ""),
            assignment=row.title,
            decision=Decision(row.decision),
            coach=names.get(row.coach_id, ""),
            signed_at=row.signed_at,
            asked_by_id=row.Correction.asked_by_id,
            asked_by=names.get(row.Correction.asked_by_id, ""),
            asked_at=row.Correction.asked_at,
            reason=row.Correction.reason,
            settled_at=row.Correction.settled_at,
            settled_by=names.get(row.Correction.settled_by_id or 0, ""),
            granted=row.Correction.granted,
            answer=row.Correction.answer,
            certified=row.completed_at is not None,
        )
        for row in found
    )
