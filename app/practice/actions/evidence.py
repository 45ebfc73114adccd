"""Photos of the work: kept in the file store first, then visible by their row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.jobs.actions import enqueue
from app.kit.errors import NotFound, Refused
from app.kit.pictures import Photo
from app.kit.storage import Storage, StoredFile
from app.ledger.actions import record
from app.people.rules import Viewer
from app.practice import inputs
from app.practice.actions.cases import Case, must_be_open, own_case
from app.practice.actions.records import photos_in
from app.practice.rules.states import PHOTOS_MAX
from app.practice.tables import ConsentAttestation, Evidence

MEDIA_TYPE = "image/webp"


@dataclass(frozen=True)
class StoredPhoto:
    """A photo whose files stand in the store; nobody sees it before its row is committed."""

    large: StoredFile
    small: StoredFile
    width: int
    height: int


def store_photo(storage: Storage, photo: Photo, *, now: datetime) -> StoredPhoto:
    """Put both sizes in the store. The hour in the key tells the cleaner how old a file without a row is."""
    area = f"evidence/{now:%Y%m%d%H}"
    return StoredPhoto(
        storage.put(area, photo.large, suffix=".webp"),
        storage.put(area, photo.small, suffix=".webp"),
        photo.width,
        photo.height,
    )


def must_accept_photo(db: Session, *, by: Viewer, record_id: int) -> None:
    """Asked before the work of decoding. Raises: NotFound, Refused."""
    _case_with_room(db, by=by, record_id=record_id, hold=False)


def add_photo(
    db: Session, *, by: Viewer, record_id: int, given: inputs.PhotoNote, stored: StoredPhoto, now: datetime
) -> int:
    """Make a stored photo evidence; gives its id. Raises: Refused when there is no room or it is there already."""
    case = _case_with_room(db, by=by, record_id=record_id, hold=True)
    return keep_photo(db, case, by=by, given=given, stored=stored, sent_key=None, now=now)


def keep_photo(
    db: Session,
    case: Case,
    *,
    by: Viewer,
    given: inputs.PhotoNote | inputs.VisitPhotoNote,
    stored: StoredPhoto,
    sent_key: str | None,
    now: datetime,
) -> int:
    """Write the row of a photo; from here on it is seen. Raises: Refused when the same person has it there already."""
    same = db.scalar(
        select(Evidence.id).where(
            Evidence.record_id == case.record.id,
            Evidence.attempt == case.record.attempt,
            Evidence.sha256 == stored.large.sha256,
            Evidence.removed_at.is_(None),
            func.coalesce(Evidence.added_by_id, case.enrolment.person_id) == by.id,
        )
    )
    if same is not None:
        raise Refused("photo_twice", "photo")
    photo = Evidence(
        record_id=case.record.id,
        attempt=case.record.attempt,
        kind="photo",
        storage_key=stored.large.key,
        thumb_key=stored.small.key,
        media_type=MEDIA_TYPE,
        sha256=stored.large.sha256,
        bytes=stored.large.bytes,
        caption=given.caption,
        recognisable=given.recognisable,
        uploaded_at=now,
        width=stored.width,
        height=stored.height,
        added_by_id=by.id,
        sent_key=sent_key,
    )
    db.add(photo)
    db.flush()
    for purpose in given.purposes:
        db.add(ConsentAttestation(evidence_id=photo.id, purpose=purpose, attested_by_id=by.id, attested_at=now))
    record(
        db,
        "practice.photo_added",
        actor_id=by.id,
        subject=("evidence", photo.id),
        now=now,
        recognisable=given.recognisable,
        purposes=list(given.purposes),
    )
    return photo.id


def remove_photo(db: Session, *, by: Viewer, record_id: int, photo_id: int, now: datetime) -> None:
    """Take an own photo back, until it was handed in; a job removes the files.

    Raises: NotFound, Refused.
    """
    case = own_case(db, by=by, record_id=record_id)
    photo = photo_of(db, case, photo_id, by_id=by.id)
    must_be_open(case)
    if case.path.submitted_at is not None and photo.uploaded_at <= case.path.submitted_at:
        raise Refused("photo_handed_in")
    take_away(db, photo, by=by, now=now)


def photo_of(db: Session, case: Case, photo_id: int, *, by_id: int) -> Evidence:
    """A photo that somebody added herself. Raises: NotFound."""
    photo = db.scalar(
        select(Evidence).where(
            Evidence.id == photo_id,
            Evidence.record_id == case.record.id,
            Evidence.removed_at.is_(None),
            func.coalesce(Evidence.added_by_id, case.enrolment.person_id) == by_id,
        )
    )
    if photo is None:
        raise NotFound
    return photo


def take_away(db: Session, photo: Evidence, *, by: Viewer, now: datetime) -> None:
    """Out of sight at once; the files go in a job of the same transaction."""
    photo.removed_at = now
    photo.caption = ""
    enqueue(db, "practice.remove_photo", now=now, key=f"practice.remove_photo:{photo.id}", evidence_id=photo.id)
    record(db, "practice.photo_removed", actor_id=by.id, subject=("evidence", photo.id), now=now)


def must_have_room(db: Session, case: Case, *, by_id: int) -> None:
    """Raises: Refused when somebody has as many photos in this attempt as there may be."""
    if photos_in(db, case, by_id=by_id) >= PHOTOS_MAX:
        raise Refused("photos_full", "photo", max=PHOTOS_MAX)


def _case_with_room(db: Session, *, by: Viewer, record_id: int, hold: bool) -> Case:
    case = own_case(db, by=by, record_id=record_id, hold=hold)
    must_be_open(case)
    must_have_room(db, case, by_id=by.id)
    return case
