"""What is remembered beside the forms: notes of coaches and admins, and which agreements were kept."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session

from app.courses.queries import enrolment_facts, is_coach_of
from app.courses.rules import IN_TRAINING, EnrolmentFacts
from app.courses.tables import Enrolment
from app.kit.errors import NotFound, Refused
from app.kit.localtime import local_day
from app.ledger.actions import forget, record
from app.people.rules import Viewer
from app.practice import inputs
from app.practice.agreements import agreed_in
from app.practice.paths import STANDS
from app.practice.tables.coaching import AgreementKept, CoachNote
from app.practice.tables.proof import SignOff, SignOffContent
from app.practice.tables.work import AssignmentRecord

SUBJECT = "coach_note"


def coached_enrolment(db: Session, *, by: Viewer, enrolment_id: int) -> EnrolmentFacts:
    """The training of somebody one coaches now. Raises: NotFound for everybody but the present coach."""
    enrolment = enrolment_facts(db, [enrolment_id]).get(enrolment_id)
    if enrolment is None or not is_coach_of(by, enrolment):
        raise NotFound
    return enrolment


def noting_as(db: Session, *, by: Viewer, enrolment_id: int) -> tuple[EnrolmentFacts, bool]:
    """The training that somebody may write notes about, and whether she does so as an admin.

    Raises: NotFound for everybody but its present coach and admins; nobody notes about her own training.
    """
    enrolment = enrolment_facts(db, [enrolment_id]).get(enrolment_id)
    if enrolment is None or enrolment.person_id == by.person_id:
        raise NotFound
    if is_coach_of(by, enrolment):
        return enrolment, False
    if not by.is_admin:
        raise NotFound
    return enrolment, True


def write_note(db: Session, *, by: Viewer, enrolment_id: int, given: inputs.Note, now: datetime) -> int:
    """Write something down about somebody's training; gives the note.

    Raises: Refused when it has ended, or when the day to come back has passed.
    """
    enrolment, as_admin = noting_as(db, by=by, enrolment_id=enrolment_id)
    if enrolment.stage not in IN_TRAINING:  # a training that stands still may need one most of all
        raise Refused("training_closed")
    _must_come(given.come_back_on, now=now)
    note = CoachNote(
        enrolment_id=enrolment_id,
        author_id=by.id,
        text=given.text,
        written_at=now,
        come_back_on=given.come_back_on,
        by_admin=as_admin,
    )
    db.add(note)
    db.flush()
    record(db, "practice.note_written", actor_id=by.id, subject=(SUBJECT, note.id), now=now, enrolment_id=enrolment_id)
    return note.id


def change_note(db: Session, *, by: Viewer, enrolment_id: int, note_id: int, given: inputs.Note, now: datetime) -> None:
    """Correct a note of one's own, or its day; what it said before stands in the ledger.

    A new day makes it wait again. Raises: NotFound; Refused when another window changed it in the meantime.
    """
    note = _own_note(db, by=by, enrolment_id=enrolment_id, note_id=note_id)
    if (given.text, given.come_back_on) == (note.text, note.come_back_on):
        return
    if given.version is not None and given.version != note.version:
        raise Refused("stale_note")
    if given.come_back_on != note.come_back_on:
        _must_come(given.come_back_on, now=now)
    record(
        db,
        "practice.note_changed",
        actor_id=by.id,
        subject=(SUBJECT, note.id),
        now=now,
        was=note.text,
        was_for=note.come_back_on,
    )
    if given.come_back_on != note.come_back_on:
        note.come_back_on, note.settled_at = given.come_back_on, None
    if given.text != note.text:
        note.text, note.changed_at = given.text, now
    db.flush()


def remove_note(db: Session, *, by: Viewer, enrolment_id: int, note_id: int, now: datetime) -> None:
    """Take a note of one's own away, also what it said before: somebody may have been named in it.

    Raises: NotFound.
    """
    note = _own_note(db, by=by, enrolment_id=enrolment_id, note_id=note_id)
    _let_go(db, select(CoachNote.id).where(CoachNote.id == note.id))
    record(db, "practice.note_removed", actor_id=by.id, subject=(SUBJECT, note_id), now=now, enrolment_id=enrolment_id)


def settle_note(db: Session, *, by: Viewer, enrolment_id: int, note_id: int, now: datetime) -> None:
    """Say that one came back to a note; also to one of a former coach, or of another admin. Twice is once.

    Raises: NotFound, also for a coach when an admin wrote it, and the other way round.
    """
    _, as_admin = noting_as(db, by=by, enrolment_id=enrolment_id)
    note = _note(db, enrolment_id=enrolment_id, note_id=note_id)
    if not by.is_admin if note.by_admin else as_admin:
        raise NotFound
    if note.come_back_on is None or note.settled_at is not None:
        return
    note.settled_at = now
    db.flush()
    record(db, "practice.note_settled", actor_id=by.id, subject=(SUBJECT, note.id), now=now)


def mark_agreement(db: Session, *, by: Viewer, given: inputs.KeptAgreement, now: datetime) -> None:
    """Say that an agreement was kept, or that it was not yet after all. Both sides may; twice is once.

    Raises: NotFound for an agreement of others, one that is not there, or of a sign-off that was taken back.
    """
    row = db.execute(
        select(SignOffContent.content, Enrolment.id, Enrolment.person_id)
        .join(SignOff, SignOff.id == SignOffContent.sign_off_id)
        .join(AssignmentRecord, AssignmentRecord.id == SignOff.record_id)
        .join(Enrolment, Enrolment.id == AssignmentRecord.enrolment_id)
        .where(SignOff.id == given.sign_off_id, STANDS)
        .with_for_update(of=Enrolment)
    ).first()
    if row is None or given.number > len(agreed_in(row.content)):
        raise NotFound
    if row.person_id != by.person_id:
        coached_enrolment(db, by=by, enrolment_id=row.id)
    which = AgreementKept.sign_off_id == given.sign_off_id, AgreementKept.number == given.number
    known = db.scalar(select(AgreementKept).where(*which))
    if (known is not None) == (given.kept == "yes"):
        return
    if known is not None:
        db.delete(known)
    else:
        db.add(AgreementKept(sign_off_id=given.sign_off_id, number=given.number, kept_at=now, kept_by_id=by.id))
    db.flush()
    action = "practice.agreement_kept" if known is None else "practice.agreement_reopened"
    record(db, action, actor_id=by.id, subject=("sign_off", given.sign_off_id), now=now, number=given.number)


def note_looking(db: Session, *, by: Viewer, enrolment_id: int, now: datetime) -> None:
    """An admin looked at what coach and professional wrote to each other: who, whose and when."""
    record(db, "practice.notes_read", actor_id=by.id, subject=("enrolment", enrolment_id), now=now)


def remove_notes(db: Session, *, before: datetime) -> int:
    """Let the notes about trainings that ended before a moment go; gives how many."""
    ends = (Enrolment.completed_at, Enrolment.withdrawn_at, Enrolment.expired_at)
    ended = select(Enrolment.id).where(or_(*(end < before for end in ends)))
    return _let_go(db, select(CoachNote.id).where(CoachNote.enrolment_id.in_(ended)))


def forget_notes_about(db: Session, *, person_id: int) -> None:
    """All notes about somebody go, with what they said before."""
    own = select(Enrolment.id).where(Enrolment.person_id == person_id)
    _let_go(db, select(CoachNote.id).where(CoachNote.enrolment_id.in_(own)))


def _must_come(day: date | None, *, now: datetime) -> None:
    if day is not None and day < local_day(now):
        raise Refused("come_back_past", "come_back_on")


def _own_note(db: Session, *, by: Viewer, enrolment_id: int, note_id: int) -> CoachNote:
    """A note of her own, about somebody she coaches or looks after now. Raises: NotFound."""
    noting_as(db, by=by, enrolment_id=enrolment_id)
    note = _note(db, enrolment_id=enrolment_id, note_id=note_id)
    if note.author_id != by.person_id:
        raise NotFound
    return note


def _note(db: Session, *, enrolment_id: int, note_id: int) -> CoachNote:
    note = db.scalar(
        select(CoachNote).where(CoachNote.id == note_id, CoachNote.enrolment_id == enrolment_id).with_for_update()
    )
    if note is None:
        raise NotFound
    return note


def _let_go(db: Session, which: Select[int]) -> int:
    ids = db.scalars(which).all()
    if ids:
        forget(db, kind=SUBJECT, ids=select(CoachNote.id).where(CoachNote.id.in_(ids)))
        db.execute(delete(CoachNote).where(CoachNote.id.in_(ids)))
    return len(ids)
