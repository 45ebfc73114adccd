"""What must always be true of the data (security.md 2). Asked by tests, `doctor`, after a restore and every night.

Constraints of the database hold most of it already; here it is looked at again from outside, so that a bug, a
mended row or a damaged file shows. Rules that need many rows read them in pieces.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, text
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.attributes import InstrumentedAttribute

from app.certification.queries import held
from app.certification.rules import certificate_number, timeline
from app.certification.tables import (
    Certificate,
    Certification,
    CertificationDecision,
    CertificationPeriod,
    NumberSeries,
    StandingSpan,
)
from app.courses.queries import PRACTICE_EDITION
from app.courses.tables import CoachAssignment, Course, Enrolment, PracticalAssignment
from app.courses.without_coach import without_coach
from app.jobs.tables import Job
from app.ledger import chain
from app.ledger.tables import LedgerContent, LedgerEvent
from app.meetings.tables import Meeting, MeetingSignup
from app.outbox.tables import Message
from app.people.tables import Account, Membership, Person, SignIn
from app.practice.tables.proof import SignOff, SignOffContent, SignOffWithdrawal, SignOffWithdrawalContent
from app.practice.tables.work import AssignmentRecord, CoachVisit, Submission
from app.theory.tables import ChangedLesson

PIECE: Final = 1_000
SPANS_AT_ONCE: Final = 200
CHECKED: Final = "upkeep.checked"
SENDING: Final = "outbox.send"
FROZEN: Final = (
    "ledger_event",
    "quiz_attempt",
    "sign_off",
    "submission",
    "course_edition",
    "certification_decision",
    "lesson",
    "quiz",
    "practical_assignment",
    "handbook_session",
    "course_image",
    "course_file",
    "ledger_seal",
    "reflection",
    "sign_off_withdrawal",
    "result_seen",
)
"""Tables whose rows never change; a test holds this equal to the migrations."""


@dataclass(frozen=True)
class Violation:
    """Something that is not as it must be: which rule, which row, and what is wrong in half a Dutch sentence."""

    rule: str
    subject: str
    subject_id: int | None
    what: str

    def __str__(self) -> str:
        return f"{self.rule} {self.subject} {self.subject_id or ''}: {self.what}"


def invariants(db: Session, *, now: datetime | None = None) -> list[Violation]:
    """Everything that is not as it must be; empty when all is well. `db` sees one moment.

    With `now` also what may not last too long.
    """
    lasting = somebody_beside_her(db, now) if now is not None else ()
    return [*(violation for check in CHECKS for violation in check(db)), *lasting]


def proofs(db: Session) -> list[Violation]:
    """Everything that was changed behind the program's back: in the ledger, its chain, and what was signed."""
    return [violation for check in PROOFS for violation in check(db)]


def seats(db: Session) -> Iterator[Violation]:
    """I-1: the counter of a meeting is the number of people who said yes, or for whom a seat is kept."""
    kept = and_(MeetingSignup.waiting_since.is_not(None), MeetingSignup.offered_until.is_not(None))
    held = func.count(MeetingSignup.id).filter(or_(MeetingSignup.answer == "yes", kept))
    rows = db.execute(
        select(Meeting.id, Meeting.taken, held.label("held"))
        .outerjoin(MeetingSignup, MeetingSignup.meeting_id == Meeting.id)
        .group_by(Meeting.id, Meeting.taken)
        .having(held != Meeting.taken)
    )
    for row in rows:
        detail = f"{row.taken} plaatsen geteld, {row.held} mensen hebben er een of kunnen er een krijgen"
        yield Violation("I-1", "meeting", row.id, detail)


def open_once(db: Session) -> Iterator[Violation]:
    """I-1: one open enrolment a course, one coach, one employer, one planned visit."""
    only: tuple[tuple[str, tuple[InstrumentedAttribute[Any], ...], ColumnElement[bool]], ...] = (
        (
            "enrolment",
            (Enrolment.person_id, Enrolment.course_id),
            and_(Enrolment.withdrawn_at.is_(None), Enrolment.expired_at.is_(None)),
        ),
        ("coach_assignment", (CoachAssignment.enrolment_id,), CoachAssignment.until.is_(None)),
        ("membership", (Membership.person_id,), Membership.until.is_(None)),
        ("coach_visit", (CoachVisit.record_id, CoachVisit.attempt), CoachVisit.cancelled_at.is_(None)),
    )
    for table, columns, is_open in only:
        for row in db.execute(select(columns[0]).where(is_open).group_by(*columns).having(func.count() > 1)):
            yield Violation("I-1", table, None, f"meer dan één tegelijk open voor {columns[0].key} {row[0]}")


def followed(db: Session) -> Iterator[Violation]:
    """I-6: work belongs to the edition in which practice goes on, what is read again to the one that is followed."""
    work = (
        select(AssignmentRecord.id)
        .join(Enrolment, Enrolment.id == AssignmentRecord.enrolment_id)
        .join(PracticalAssignment, PracticalAssignment.id == AssignmentRecord.assignment_id)
        .where(PracticalAssignment.edition_id != PRACTICE_EDITION)
    )
    again = (
        select(ChangedLesson.id)
        .join(Enrolment, Enrolment.id == ChangedLesson.enrolment_id)
        .where(ChangedLesson.done_at.is_(None), ChangedLesson.edition_id != Enrolment.edition_id)
    )
    for table, rows in (("assignment_record", work), ("changed_lesson", again)):
        for id_ in db.scalars(rows):
            yield Violation("I-6", table, id_, "hoort bij een andere editie dan die iemand volgt")


def ledger_digests(db: Session) -> Iterator[Violation]:
    """I-4: what an event says is what was written then; content that was erased says nothing."""
    query = select(LedgerEvent.id, LedgerEvent.digest, LedgerContent.salt, LedgerContent.content).join(
        LedgerContent, LedgerContent.event_id == LedgerEvent.id
    )
    yield from _changed("I-4", "ledger_event", _in_pieces(db, query, LedgerEvent.id))


def ledger_chain(db: Session) -> Iterator[Violation]:
    """I-4: every event is as it was sealed, in the order it was sealed in."""
    for broken in chain.breaks(db):
        subject = "ledger_event" if broken.event_id is not None else "ledger_seal"
        yield Violation("I-4", subject, broken.event_id or broken.seq, broken.what)


def sign_off_digests(db: Session) -> Iterator[Violation]:
    """I-2: a sign-off says what the coach signed."""
    query = select(SignOff.id, SignOff.digest, SignOffContent.salt, SignOffContent.content).join(
        SignOffContent, SignOffContent.sign_off_id == SignOff.id
    )
    yield from _changed("I-2", "sign_off", _in_pieces(db, query, SignOff.id))


def withdrawal_digests(db: Session) -> Iterator[Violation]:
    """I-2: why a sign-off was taken back says what was written then."""
    query = select(
        SignOffWithdrawal.id,
        SignOffWithdrawal.digest,
        SignOffWithdrawalContent.salt,
        SignOffWithdrawalContent.content,
    ).join(SignOffWithdrawalContent, SignOffWithdrawalContent.withdrawal_id == SignOffWithdrawal.id)
    yield from _changed("I-2", "sign_off_withdrawal", _in_pieces(db, query, SignOffWithdrawal.id))


def standing_once(db: Session) -> Iterator[Violation]:
    """I-2: of a submission one sign-off stands, and only what was taken back is replaced."""
    stands = ~exists().where(SignOffWithdrawal.sign_off_id == SignOff.id)
    twice = select(SignOff.submission_id).where(stands).group_by(SignOff.submission_id).having(func.count() > 1)
    for submission_id in db.scalars(twice):
        yield Violation("I-2", "submission", submission_id, "heeft meer dan één aftekening die geldt")
    before = aliased(SignOff)
    wrong = (
        select(SignOff.id)
        .join(before, before.id == SignOff.replaces_id)
        .outerjoin(SignOffWithdrawal, SignOffWithdrawal.sign_off_id == before.id)
        .where(or_(SignOffWithdrawal.id.is_(None), before.submission_id != SignOff.submission_id))
    )
    for sign_off_id in db.scalars(wrong):
        yield Violation("I-2", "sign_off", sign_off_id, "komt in de plaats van iets dat niet is teruggenomen")


def sign_offs(db: Session) -> Iterator[Violation]:
    """I-2: a sign-off is about a submission of its own record, and nobody signs own work."""
    rows = db.execute(
        select(SignOff.id, SignOff.coach_id, Enrolment.person_id)
        .join(Submission, Submission.id == SignOff.submission_id)
        .join(AssignmentRecord, AssignmentRecord.id == SignOff.record_id)
        .join(Enrolment, Enrolment.id == AssignmentRecord.enrolment_id)
        .where(or_(SignOff.record_id != Submission.record_id, SignOff.coach_id == Enrolment.person_id))
    )
    for row in rows:
        own = row.coach_id == row.person_id
        yield Violation("I-2", "sign_off", row.id, "eigen werk afgetekend" if own else "hoort bij ander werk")


def certificates(db: Session) -> Iterator[Violation]:
    """I-3: each period has its document, with a number that was really given out."""
    without = (
        select(CertificationPeriod.id)
        .outerjoin(Certificate, Certificate.period_id == CertificationPeriod.id)
        .where(Certificate.id.is_(None))
    )
    for period_id in db.scalars(without):
        yield Violation("I-3", "certification_period", period_id, "er is geen certificaat bij")
    last = {row.year: row.last for row in db.execute(select(NumberSeries.year, NumberSeries.last))}
    for row in _in_pieces(db, select(Certificate.id, Certificate.number), Certificate.id):
        if not _given_out(row.number, last):
            yield Violation("I-3", "certificate", row.id, "het nummer is nooit uitgegeven")


def periods(db: Session) -> Iterator[Violation]:
    """I-3: at most one period holds on a day."""
    later = aliased(CertificationPeriod)
    rows = db.execute(
        select(CertificationPeriod.id, later.id.label("other"))
        .join(later, later.certification_id == CertificationPeriod.certification_id)
        .where(
            CertificationPeriod.id < later.id,
            CertificationPeriod.starts_on <= later.ends_on,
            later.starts_on <= CertificationPeriod.ends_on,
        )
    )
    for row in rows:
        yield Violation("I-3", "certification_period", row.id, f"loopt door periode {row.other} heen")


def decisions(db: Session) -> Iterator[Violation]:
    """I-3: who is certified through a training was granted it, and who was granted it is certified."""
    granted = (
        select(Enrolment.person_id, Course.intervention_id)
        .join(CertificationDecision, CertificationDecision.enrolment_id == Enrolment.id)
        .join(Course, Course.id == Enrolment.course_id)
        .where(CertificationDecision.kind == "granted")
        .distinct()
        .subquery("granted")
    )
    the_same = and_(
        granted.c.person_id == Certification.person_id, granted.c.intervention_id == Certification.intervention_id
    )
    undecided = (
        select(Certification.id)
        .outerjoin(granted, the_same)
        .where(Certification.source == "training", granted.c.person_id.is_(None))
    )
    for certification_id in db.scalars(undecided):
        yield Violation("I-3", "certification", certification_id, "er is geen besluit bij")
    uncertified = (
        select(granted.c.person_id)
        .select_from(granted)
        .outerjoin(Certification, the_same)
        .where(Certification.id.is_(None))
    )
    for person_id in db.scalars(uncertified):
        yield Violation("I-3", "person", person_id, "kreeg een besluit, maar geen certificering")


def spans(db: Session) -> Iterator[Violation]:
    """I-3: the spans for lists say what the rule says; every night the next ones."""
    how_many = db.scalar(select(func.count()).select_from(Certification)) or 0
    nights = db.scalar(select(func.count()).select_from(LedgerEvent).where(LedgerEvent.action == CHECKED)) or 0
    turn = nights % max(1, -(-how_many // SPANS_AT_ONCE))
    query = select(Certification.id).order_by(Certification.id).offset(turn * SPANS_AT_ONCE).limit(SPANS_AT_ONCE)
    known = held(db, db.scalars(query).all())
    written: dict[int, list[tuple[Any, ...]]] = {one.id: [] for one in known}
    for row in db.scalars(
        select(StandingSpan).where(StandingSpan.certification_id.in_(written)).order_by(StandingSpan.starts_on)
    ):
        written[row.certification_id].append((row.state, row.starts_on, row.ends_on))
    for one in known:
        rule = timeline(one.record, one.policy)
        if written[one.id] != [(span.state.value, span.starts_on, span.ends_on) for span in rule]:
            yield Violation("I-3", "standing_span", one.id, "de lijst zegt iets anders dan de regel")


def messages(db: Session) -> Iterator[Violation]:
    """I-5: each message has at most one end, and without one a job that will send it."""
    ends = (Message.sent_at, Message.bounced_at, Message.expired_at, Message.suppressed_at)
    waiting = set(db.scalars(select(Message.id).where(*(end.is_(None) for end in ends))))
    jobs = db.scalars(select(Job.payload).where(Job.kind == SENDING, Job.ended_at.is_(None)))
    for message_id in sorted(waiting - {int(payload["message_id"]) for payload in jobs}):
        yield Violation("I-5", "message", message_id, "wacht, maar niemand gaat het versturen")
    pairs = [and_(one.is_not(None), other.is_not(None)) for one in ends for other in ends if one.key < other.key]
    for message_id in db.scalars(select(Message.id).where(or_(*pairs))):
        yield Violation("I-5", "message", message_id, "is op meer dan één manier afgelopen")


def erased(db: Session) -> Iterator[Violation]:
    """I-8: who is erased has no address, no account and no session."""
    left = (
        (select(Person.id).where(Person.erased_at.is_not(None), Person.email.is_not(None)), "een mailadres"),
        (select(Person.id).join(Account).where(Person.erased_at.is_not(None)), "een account"),
        (select(Person.id).join(SignIn).where(Person.erased_at.is_not(None), SignIn.ended_at.is_(None)), "een sessie"),
    )
    for query, what in left:
        for person_id in db.scalars(query.distinct()):
            yield Violation("I-8", "person", person_id, f"is gewist, maar heeft nog {what}")


def worn_out_jobs(db: Session) -> Iterator[Violation]:
    """I-12: a job that was tried too often is over; one that keeps killing its worker is not."""
    for job_id in db.scalars(select(Job.id).where(Job.ended_at.is_(None), Job.attempts > Job.max_attempts)):
        yield Violation("I-12", "job", job_id, "is te vaak begonnen en nooit afgemaakt")


def frozen_tables(db: Session) -> Iterator[Violation]:
    """I-2, I-4: the triggers that keep rows as they were are in place."""
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if db.get_bind().dialect.name == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'"
    there = set(db.scalars(text(query)))
    for table in FROZEN:
        for verb in ("update", "delete"):
            if f"frozen_{table}_{verb}" not in there:
                yield Violation("I-4", table, None, f"is niet meer beschermd tegen {verb}")


def foreign_keys(db: Session) -> Iterator[Violation]:
    """I-14: every row has its parent. PostgreSQL cannot lose one; SQLite can when a tool switches the check off."""
    if db.get_bind().dialect.name == "sqlite":
        for table, row_id, parent, _ in db.execute(text("PRAGMA foreign_key_check")):
            yield Violation("I-14", table, row_id, f"wijst naar een rij die niet bestaat in {parent}")


def somebody_beside_her(db: Session, now: datetime) -> Iterator[Violation]:
    """I-17: nobody who follows a training is without a coach for more than a working day."""
    for one in without_coach(db, now=now):
        if one.too_long:
            yield Violation("I-17", "enrolment", one.enrolment_id, f"heeft al {one.days} werkdagen geen coach")


CHECKS: Final[tuple[Callable[[Session], Iterator[Violation]], ...]] = (
    seats,
    open_once,
    followed,
    ledger_digests,
    ledger_chain,
    sign_off_digests,
    withdrawal_digests,
    standing_once,
    sign_offs,
    certificates,
    periods,
    decisions,
    spans,
    messages,
    erased,
    worn_out_jobs,
    frozen_tables,
    foreign_keys,
)


PROOFS: Final = (ledger_digests, ledger_chain, sign_off_digests, withdrawal_digests, standing_once, frozen_tables)


def _in_pieces(db: Session, query: Any, key: InstrumentedAttribute[int]) -> Iterator[Any]:
    """The rows of a query by id, some at a time: memory and statements stay small, in any kind of transaction."""
    last = 0
    while rows := db.execute(query.where(key > last).order_by(key).limit(PIECE)).all():
        yield from rows
        last = rows[-1].id


def _changed(rule: str, table: str, rows: Iterable[Any]) -> Iterator[Violation]:
    for row in rows:
        body = json.dumps(row.content, sort_keys=True, ensure_ascii=False)
        if hashlib.sha256((row.salt + body).encode()).hexdigest() != row.digest:
            yield Violation(rule, table, row.id, "de inhoud is veranderd nadat hij werd vastgelegd")


def _given_out(number: str, last: Mapping[int, int]) -> bool:
    try:
        _, year, serial, _ = number.split("-")
        return number == certificate_number(int(year), int(serial)) and int(serial) <= last.get(int(year), 0)
    except ValueError:
        return False
