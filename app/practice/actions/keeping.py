"""How long the work is kept, and what somebody may take along or have removed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, String, cast, delete, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.courses.tables import Enrolment
from app.delivery.tables import DeliveryDate
from app.kit.storage import Storage
from app.ledger.actions import forget, record
from app.practice.actions.noting import forget_notes_about
from app.practice.actions.reflections import handed_reflections_of, let_go, reflection_drafts_of
from app.practice.actions.talking import empty_talks, talks_of
from app.practice.evidence_view import attested_for, to_take_along
from app.practice.going import finished_before
from app.practice.rules.evidence import ATTESTED
from app.practice.rules.states import FILES_KEPT, ORPHAN_AGE
from app.practice.tables.coaching import AgreementKept, Assessment, CoachNote, DraftDevice
from app.practice.tables.evidence import Evidence, Upload, UploadPiece
from app.practice.tables.proof import (
    Correction,
    ResultSeen,
    SignOff,
    SignOffContent,
    SignOffWithdrawal,
    SignOffWithdrawalContent,
)
from app.practice.tables.work import AssignmentRecord, CoachVisit, Preparation, Submission

AREA: Final = "evidence/"
HOUR: Final = "%Y%m%d%H"


@dataclass(frozen=True)
class Expired:
    """What the retention job found: rows whose files may go, and those files."""

    photos: int
    keys: tuple[str, ...]


def expire_files(db: Session, *, now: datetime) -> Expired:
    """Take evidence and preparations out of sight, 90 days after the final decision or the end of the training.

    The files themselves go after this is committed; the hashes stay with the sign-off.
    """
    records = select(AssignmentRecord.id).where(AssignmentRecord.id.in_(finished_before(now - FILES_KEPT)))
    photos = db.execute(
        select(Evidence.id, Evidence.storage_key, Evidence.thumb_key).where(
            Evidence.record_id.in_(records), Evidence.removed_at.is_(None)
        )
    ).all()
    _hide(db, [photo.id for photo in photos], now=now)
    db.execute(delete(Preparation).where(Preparation.record_id.in_(records)))
    let_go(db, records=records)
    db.execute(update(Submission).where(Submission.record_id.in_(records), Submission.note != "").values(note=""))
    db.execute(delete(DraftDevice).where(DraftDevice.sent_at < now - FILES_KEPT))
    known = or_(CoachVisit.directions != "", CoachVisit.venue_contact != "")
    ways = update(CoachVisit).where(CoachVisit.record_id.in_(records), known)
    db.execute(ways.values(directions="", venue_contact=""))
    if photos:
        record(
            db,
            "practice.files_expired",
            actor_id=None,
            subject=("evidence", None),
            now=now,
            count=len(photos),
        )
    keys = tuple(key for photo in photos for key in (photo.storage_key, photo.thumb_key) if key)
    return Expired(len(photos), keys)


def empty_scores(db: Session, *, records: Select[int]) -> dict[str, int]:
    """Take scores and words away from records, on all sides; gives how much.

    The rows stay, with who and when; a decision with its digest.
    """
    scored = cast(Submission.self_scores, String) != "{}"
    signed = select(SignOff.id).where(SignOff.record_id.in_(records))
    emptied: tuple[tuple[str, Any, InstrumentedAttribute[int]], ...] = (
        (
            "assessments",
            update(Assessment)
            .where(Assessment.record_id.in_(records), cast(Assessment.form, String) != "{}")
            .values(form={}),
            Assessment.id,
        ),
        (
            "submissions",
            update(Submission)
            .where(Submission.record_id.in_(records), or_(scored, Submission.note != ""))
            .values(self_scores={}, note=""),
            Submission.id,
        ),
        (
            "visits",
            update(CoachVisit)
            .where(
                CoachVisit.record_id.in_(records),
                or_(CoachVisit.cancel_reason != "", CoachVisit.directions != "", CoachVisit.venue_contact != ""),
            )
            .values(cancel_reason="", directions="", venue_contact=""),
            CoachVisit.id,
        ),
        (
            "sign_offs",
            delete(SignOffContent).where(SignOffContent.sign_off_id.in_(signed)),
            SignOffContent.sign_off_id,
        ),
        (
            "withdrawals",
            delete(SignOffWithdrawalContent).where(
                SignOffWithdrawalContent.withdrawal_id.in_(
                    select(SignOffWithdrawal.id).where(SignOffWithdrawal.sign_off_id.in_(signed))
                )
            ),
            SignOffWithdrawalContent.withdrawal_id,
        ),
        (
            "corrections",
            update(Correction)
            .where(Correction.sign_off_id.in_(signed), or_(Correction.reason != "", Correction.answer != ""))
            .values(reason="", answer=""),
            Correction.id,
        ),
    )
    empty_talks(db, records=records)
    counted = {}
    for name, change, key in emptied:
        silent = change.returning(key).execution_options(synchronize_session=False)
        counted[name] = len(db.execute(silent).all())
    return counted


def files_of(db: Session, evidence_id: int) -> tuple[str, ...]:
    """The files of a photo that was taken back; none while it still counts."""
    row = db.execute(
        select(Evidence.storage_key, Evidence.thumb_key).where(
            Evidence.id == evidence_id, Evidence.removed_at.is_not(None)
        )
    ).first()
    return tuple(filter(None, (row.storage_key, row.thumb_key))) if row else ()


def old_keys(keys: Iterable[str], *, now: datetime) -> list[str]:
    """The files of evidence that stand long enough to be judged; younger ones may be about to get their row."""
    return [key for key in keys if _stored_at(key) < now - ORPHAN_AGE]


def orphans(db: Session, keys: Iterable[str]) -> list[str]:
    """Those of `keys` that no photo uses."""
    used = set(db.scalars(select(Evidence.storage_key).where(Evidence.removed_at.is_(None))))
    used |= set(db.scalars(select(Evidence.thumb_key).where(Evidence.removed_at.is_(None))))
    return [key for key in keys if key not in used]


def _stored_at(key: str) -> datetime:
    """The end of the hour in which the file was stored: a file may be kept a little longer, never shorter."""
    hour = datetime.strptime(key.split("/")[1], HOUR).replace(tzinfo=UTC)
    return hour + timedelta(hours=1)


def _hide(db: Session, photo_ids: list[int], *, now: datetime) -> None:
    db.execute(update(Evidence).where(Evidence.id.in_(photo_ids)).values(removed_at=now, caption="", words="", link=""))


def export_of(db: Session, person_id: int) -> dict[str, Any]:
    """What somebody wrote, added and got back, and what she assessed as a coach."""
    own = select(Enrolment.id).where(Enrolment.person_id == person_id)
    records = select(AssignmentRecord.id).where(AssignmentRecord.enrolment_id.in_(own))
    kept = db.scalars(select(AgreementKept).where(AgreementKept.kept_by_id == person_id).order_by(AgreementKept.id))
    prepared = db.scalars(select(Preparation).where(Preparation.record_id.in_(records))).all()
    handed_in = db.scalars(select(Submission).where(Submission.record_id.in_(records)).order_by(Submission.id)).all()
    photos = db.scalars(select(Evidence).where(Evidence.id.in_(to_take_along(person_id))).order_by(Evidence.id)).all()
    consents = attested_for(db, [one.id for one in photos if one.recognisable == ATTESTED])
    taken = db.execute(
        select(Evidence.uploaded_at, Evidence.caption)
        .where(Evidence.added_by_id == person_id, Evidence.record_id.not_in(records), Evidence.removed_at.is_(None))
        .order_by(Evidence.id)
    )
    as_coach = db.scalars(select(SignOff).where(SignOff.coach_id == person_id).order_by(SignOff.id)).all()
    return {
        "preparations": [
            {
                "goal": one.goal,
                "session_plan": one.session_plan,
                "learning_question": one.learning_question,
                "own_scores_so_far": one.draft_scores,
                "own_note_so_far": one.draft_note,
            }
            for one in prepared
        ],
        "submissions": [
            {"at": one.submitted_at.isoformat(), "self_scores": one.self_scores, "note": one.note} for one in handed_in
        ],
        "reflections": handed_reflections_of(db, records),
        "reflections_so_far": reflection_drafts_of(db, records),
        "talks": talks_of(db, records),
        "photos": [
            {
                "at": one.uploaded_at.isoformat(),
                "kind": one.kind,
                "words": one.words,
                "link": one.link,
                "caption": one.caption,
                "recognisable": one.recognisable,
                "purposes": [str(purpose) for purpose in consents.get(one.id, ())],
            }
            for one in photos
        ],
        "photos_as_coach": [{"at": one.uploaded_at.isoformat(), "caption": one.caption} for one in taken],
        "visits": _visits(db, records),
        "decisions": _decisions_of(db, records),
        "notes_about_you": _notes(db, CoachNote.enrolment_id.in_(own)),
        "notes_by_you": _notes(db, CoachNote.author_id == person_id),
        "agreements_kept": [{"at": one.kept_at.isoformat(), "record": one.sign_off_id} for one in kept],
        "signed_as_coach": [
            {"at": one.signed_at.isoformat(), "decision": one.decision, "record": one.record_id} for one in as_coach
        ],
    }


def _decisions_of(db: Session, records: Select[int]) -> list[dict[str, Any]]:
    """What was decided about the work, with when she read it, and why it was taken back if it was."""
    rows = db.execute(
        select(
            SignOff.signed_at,
            SignOff.decision,
            SignOffContent.content,
            ResultSeen.seen_at,
            SignOffWithdrawal.withdrawn_at,
            SignOffWithdrawalContent.content.label("why"),
        )
        .outerjoin(SignOffContent, SignOffContent.sign_off_id == SignOff.id)
        .outerjoin(ResultSeen, ResultSeen.sign_off_id == SignOff.id)
        .outerjoin(SignOffWithdrawal, SignOffWithdrawal.sign_off_id == SignOff.id)
        .outerjoin(SignOffWithdrawalContent, SignOffWithdrawalContent.withdrawal_id == SignOffWithdrawal.id)
        .where(SignOff.record_id.in_(records))
        .order_by(SignOff.id)
    )
    found: list[dict[str, Any]] = []
    for row in rows:
        one = {"at": row.signed_at.isoformat(), "decision": row.decision, "content": row.content}
        if row.seen_at is not None:
            one["seen_at"] = row.seen_at.isoformat()
        if row.withdrawn_at is not None:
            one |= {"taken_back_at": row.withdrawn_at.isoformat(), "reason": (row.why or {}).get("reason", "")}
        found.append(one)
    return found


def _visits(db: Session, records: Select[int]) -> list[dict[str, Any]]:
    found = db.execute(
        select(CoachVisit, DeliveryDate.starts_at)
        .join(DeliveryDate, DeliveryDate.id == CoachVisit.date_id)
        .where(CoachVisit.record_id.in_(records))
        .order_by(DeliveryDate.starts_at, CoachVisit.id)
    )
    return [
        {
            "at": starts_at.isoformat(),
            "directions": one.directions,
            "venue_contact": one.venue_contact,
            "cancel_reason": one.cancel_reason,
        }
        for one, starts_at in found
    ]


def _notes(db: Session, which: ColumnElement[bool]) -> list[dict[str, Any]]:
    return [
        {
            "at": one.written_at.isoformat(),
            "text": one.text,
            "come_back_on": one.come_back_on.isoformat() if one.come_back_on else None,
            "settled_at": one.settled_at.isoformat() if one.settled_at else None,
        }
        for one in db.scalars(select(CoachNote).where(which).order_by(CoachNote.id))
    ]


def erase(db: Session, *, person_id: int, storage: Storage, now: datetime) -> None:
    """Remove what the columns' marks say: files, words and scores. Decisions stay as ids and a digest."""
    records = select(AssignmentRecord.id).join(Enrolment).where(Enrolment.person_id == person_id)
    photos = db.execute(
        select(Evidence.id, Evidence.storage_key, Evidence.thumb_key).where(Evidence.record_id.in_(records))
    ).all()
    _hide(db, [photo.id for photo in photos], now=now)
    db.execute(delete(Preparation).where(Preparation.record_id.in_(records)))
    let_go(db, records=records)
    forget_notes_about(db, person_id=person_id)
    empty_scores(db, records=records)
    forget(db, kind="assignment_record", ids=records)  # the scores that a coach gave
    pieces = select(Upload.id).where(Upload.person_id == person_id)
    keys = list(db.scalars(select(UploadPiece.storage_key).where(UploadPiece.upload_id.in_(pieces))))
    silent = {"synchronize_session": False}
    db.execute(delete(UploadPiece).where(UploadPiece.upload_id.in_(pieces)).execution_options(**silent))
    db.execute(delete(Upload).where(Upload.person_id == person_id).execution_options(**silent))
    for photo in photos:
        keys += [photo.storage_key, photo.thumb_key]
    for key in filter(None, keys):
        storage.delete(key)
