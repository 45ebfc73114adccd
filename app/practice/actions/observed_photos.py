"""Photos that a coach takes during her visit: part of what she signs, and hers to take back until then."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.errors import Refused
from app.people.rules import Viewer
from app.practice import inputs
from app.practice.actions.cases import Case, coached_case
from app.practice.actions.evidence import Kept, StoredPhoto, keep, must_have_room, piece_of, take_away
from app.practice.rules.evidence import Kind
from app.practice.rules.states import may_be_observed
from app.practice.tables.evidence import Evidence
from app.practice.tables.proof import SignOff


def photo_sent_before(db: Session, *, by: Viewer, record_id: int, sent_key: str | None, now: datetime) -> int | None:
    """Asked before the work of decoding: the photo that this very sending made before, also when it was taken back.

    Raises: NotFound; Refused when no photo can be added now.
    """
    case = coached_case(db, by=by, record_id=record_id, now=now, hold=False)
    if (known := _sent(db, case, by=by, sent_key=sent_key)) is not None:
        return known
    _must_be_open(db, case, by=by, now=now)
    return None


def add_photo(
    db: Session,
    *,
    by: Viewer,
    record_id: int,
    given: inputs.VisitPhotoNote,
    stored: StoredPhoto,
    sent_key: str | None,
    now: datetime,
) -> int:
    """Add a stored photo to one's observation; gives its id, the same one when a phone sends it again.

    Raises: NotFound, Refused.
    """
    case = coached_case(db, by=by, record_id=record_id, now=now)
    if (known := _sent(db, case, by=by, sent_key=sent_key)) is not None:
        return known
    _must_be_open(db, case, by=by, now=now)
    if given.attempt not in {None, case.record.attempt}:
        raise Refused("form_closed")
    return keep(db, case, by=by, given=given, kept=Kept.photo(stored), sent_key=sent_key, now=now)


def remove_photo(db: Session, *, by: Viewer, record_id: int, photo_id: int, now: datetime) -> None:
    """Take a photo back. Raises: NotFound; Refused once it was signed."""
    case = coached_case(db, by=by, record_id=record_id, now=now)
    photo = piece_of(db, case, photo_id, by_id=by.id)
    signed = db.scalar(
        select(SignOff.id).where(
            SignOff.record_id == record_id,
            SignOff.attempt == photo.attempt,
            SignOff.coach_id == by.id,
            SignOff.signed_at >= photo.uploaded_at,
        )
    )
    if signed is not None:
        raise Refused("photo_signed")
    take_away(db, photo, by=by, now=now)


def _sent(db: Session, case: Case, *, by: Viewer, sent_key: str | None) -> int | None:
    if sent_key is None:
        return None
    return db.scalar(
        select(Evidence.id).where(
            Evidence.record_id == case.record.id, Evidence.added_by_id == by.id, Evidence.sent_key == sent_key
        )
    )


def _must_be_open(db: Session, case: Case, *, by: Viewer, now: datetime) -> None:
    if not may_be_observed(case.path.state):
        raise Refused("not_observable")
    must_have_room(db, case, by_id=by.id, kind=Kind.PHOTO, now=now)
