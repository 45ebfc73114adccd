"""What shows the work: files are kept in the store first, then visible by their row; words and links are the row."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from app.jobs.actions import enqueue
from app.kit.errors import NotFound, Refused
from app.kit.pictures import Photo
from app.kit.storage import Storage, StoredFile
from app.ledger.actions import record
from app.people.rules import Viewer
from app.people.tables import Membership, Organisation, Person
from app.practice import inputs
from app.practice.actions.cases import Case, must_be_open, own_case
from app.practice.coming import open_at
from app.practice.rules.evidence import MOST, ORGANISATION_BYTES, QUOTA_BYTES, TWICE, Kind, Purpose
from app.practice.tables.evidence import ConsentAttestation, Evidence, Upload

MEDIA_TYPE = "image/webp"


class Note(Protocol):
    """What somebody says of a piece of evidence."""

    @property
    def recognisable(self) -> str: ...
    @property
    def purposes(self) -> list[Purpose]: ...
    @property
    def caption(self) -> str: ...


@dataclass(frozen=True)
class StoredPhoto:
    """A photo whose files stand in the store; nobody sees it before its row is committed."""

    large: StoredFile
    small: StoredFile
    width: int
    height: int


@dataclass(frozen=True)
class Kept:
    """A piece of evidence of any kind, ready to get its row. Words and links have no file."""

    kind: Kind
    sha256: str
    bytes: int
    media_type: str
    key: str = ""
    thumb: str = ""
    width: int | None = None
    height: int | None = None
    words: str = ""
    link: str = ""

    @classmethod
    def photo(cls, stored: StoredPhoto) -> Kept:
        """`bytes` counts both sizes: that is what it takes in the store."""
        return cls(
            Kind.PHOTO,
            stored.large.sha256,
            stored.large.bytes + stored.small.bytes,
            MEDIA_TYPE,
            key=stored.large.key,
            thumb=stored.small.key,
            width=stored.width,
            height=stored.height,
        )

    @classmethod
    def written(cls, kind: Kind, text: str) -> Kept:
        """Words, or the address of something elsewhere, which nobody here ever opens."""
        content = text.encode()
        words, link = (text, "") if kind is Kind.TEXT else ("", text)
        return cls(kind, hashlib.sha256(content).hexdigest(), len(content), "text/plain", words=words, link=link)


def store_photo(storage: Storage, photo: Photo, *, now: datetime) -> StoredPhoto:
    """Put both sizes in the store."""
    return StoredPhoto(
        storage.put(area(now), photo.large, suffix=".webp"),
        storage.put(area(now), photo.small, suffix=".webp"),
        photo.width,
        photo.height,
    )


def area(now: datetime) -> str:
    """Where files go. The hour in the key tells the cleaner how old a file without a row is."""
    return f"evidence/{now:%Y%m%d%H}"


def must_accept(db: Session, *, by: Viewer, record_id: int, kind: Kind, now: datetime) -> None:
    """Asked before the work of decoding. Raises: NotFound, Refused."""
    _case_with_room(db, by=by, record_id=record_id, kind=kind, now=now, hold=False)


def add(db: Session, *, by: Viewer, record_id: int, given: Note, kept: Kept, now: datetime) -> int:
    """Make it evidence; gives its id. Raises: Refused when there is no room or it is there already."""
    case = _case_with_room(db, by=by, record_id=record_id, kind=kept.kind, now=now, hold=True)
    return keep(db, case, by=by, given=given, kept=kept, sent_key=None, now=now)


def add_photo(
    db: Session, *, by: Viewer, record_id: int, given: inputs.PhotoNote, stored: StoredPhoto, now: datetime
) -> int:
    """Make a stored photo evidence; gives its id. Raises: as `add`."""
    return add(db, by=by, record_id=record_id, given=given, kept=Kept.photo(stored), now=now)


def keep(
    db: Session,
    case: Case,
    *,
    by: Viewer,
    given: Note,
    kept: Kept,
    sent_key: str | None,
    now: datetime,
    but: int | None = None,
) -> int:
    """Write the row; from here on it is seen. `but`: the upload that it came by, whose room it takes over.

    Raises: Refused when the same person has it there already, or has used up her room.
    """
    _must_be_new(db, case, by=by, kept=kept)
    must_fit(db, by.id, more=kept.bytes, now=now, but=but)
    piece = Evidence(
        record_id=case.record.id,
        attempt=case.record.attempt,
        kind=kept.kind.value,
        storage_key=kept.key,
        thumb_key=kept.thumb,
        media_type=kept.media_type,
        sha256=kept.sha256,
        bytes=kept.bytes,
        caption=given.caption,
        recognisable=given.recognisable,
        uploaded_at=now,
        width=kept.width,
        height=kept.height,
        added_by_id=by.id,
        sent_key=sent_key,
        words=kept.words,
        link=kept.link,
    )
    db.add(piece)
    db.flush()
    for purpose in given.purposes:
        db.add(ConsentAttestation(evidence_id=piece.id, purpose=purpose, attested_by_id=by.id, attested_at=now))
    record(
        db,
        "practice.photo_added" if kept.kind is Kind.PHOTO else "practice.evidence_added",
        actor_id=by.id,
        subject=("evidence", piece.id),
        now=now,
        kind=kept.kind.value,
        recognisable=given.recognisable,
        purposes=list(given.purposes),
    )
    return piece.id


def _must_be_new(db: Session, case: Case, *, by: Viewer, kept: Kept) -> None:
    same = db.scalar(
        select(Evidence.id).where(
            Evidence.record_id == case.record.id,
            Evidence.attempt == case.record.attempt,
            Evidence.sha256 == kept.sha256,
            Evidence.removed_at.is_(None),
            func.coalesce(Evidence.added_by_id, case.enrolment.person_id) == by.id,
        )
    )
    if same is not None:
        raise Refused(TWICE[kept.kind], "photo")


def remove_photo(db: Session, *, by: Viewer, record_id: int, photo_id: int, now: datetime) -> None:
    """Take something of one's own back, until it was handed in; a job removes the files.

    Raises: NotFound, Refused.
    """
    case = own_case(db, by=by, record_id=record_id)
    piece = piece_of(db, case, photo_id, by_id=by.id)
    must_be_open(case)
    if case.path.submitted_at is not None and piece.uploaded_at <= case.path.submitted_at:
        raise Refused("photo_handed_in")
    take_away(db, piece, by=by, now=now)


def piece_of(db: Session, case: Case, evidence_id: int, *, by_id: int) -> Evidence:
    """Evidence that somebody added herself. Raises: NotFound."""
    piece = db.scalar(
        select(Evidence).where(
            Evidence.id == evidence_id,
            Evidence.record_id == case.record.id,
            Evidence.removed_at.is_(None),
            func.coalesce(Evidence.added_by_id, case.enrolment.person_id) == by_id,
        )
    )
    if piece is None:
        raise NotFound
    return piece


def take_away(db: Session, piece: Evidence, *, by: Viewer, now: datetime) -> None:
    """Out of sight at once; the files go in a job of the same transaction."""
    piece.removed_at = now
    piece.caption = piece.words = piece.link = ""
    enqueue(db, "practice.remove_photo", now=now, key=f"practice.remove_photo:{piece.id}", evidence_id=piece.id)
    record(db, "practice.photo_removed", actor_id=by.id, subject=("evidence", piece.id), now=now)


def must_have_room(db: Session, case: Case, *, by_id: int, kind: Kind, now: datetime, but: int | None = None) -> None:
    """Raises: Refused when somebody has as much of a kind in this attempt as there may be, or on its way."""
    there = db.scalar(
        select(func.count())
        .select_from(Evidence)
        .where(
            Evidence.record_id == case.record.id,
            Evidence.attempt == case.record.attempt,
            Evidence.kind == kind.value,
            Evidence.removed_at.is_(None),
            func.coalesce(Evidence.added_by_id, case.enrolment.person_id) == by_id,
        )
    )
    coming = db.scalar(
        select(func.count())
        .select_from(Upload)
        .where(Upload.record_id == case.record.id, Upload.kind == kind.value, _coming(by_id, now, but))
    )
    if (there or 0) + (coming or 0) >= MOST[kind]:
        raise Refused("photos_full" if kind is Kind.PHOTO else "evidence_full", "photo", max=MOST[kind])


def must_fit(db: Session, person_id: int, *, more: int, now: datetime, but: int | None = None) -> None:
    """Hold the room of somebody until the transaction ends: two uploads at once cannot both take the last of it.

    Raises: Refused when she, or the organisation where she works, has not so much left (security.md 1.2 #23).
    """
    db.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    if _room_taken(db, Evidence.added_by_id == person_id, Upload.person_id == person_id, now, but) + more > QUOTA_BYTES:
        raise Refused("no_room", "photo", gigabytes=QUOTA_BYTES // 1_000_000_000)
    works_at = select(Membership.organisation_id).where(Membership.person_id == person_id, Membership.until.is_(None))
    held = select(Organisation.id).where(Organisation.id.in_(works_at)).with_for_update(key_share=True)
    if (organisation_id := db.scalar(held)) is None:
        return
    staff = select(Membership.person_id).where(
        Membership.organisation_id == organisation_id, Membership.until.is_(None)
    )
    taken = _room_taken(db, Evidence.added_by_id.in_(staff), Upload.person_id.in_(staff), now, but)
    if taken + more > ORGANISATION_BYTES:
        raise Refused("no_room_at_work", "photo", gigabytes=ORGANISATION_BYTES // 1_000_000_000)


def _room_taken(
    db: Session, theirs: ColumnElement[bool], coming: ColumnElement[bool], now: datetime, but: int | None
) -> int:
    """What stands in the store for some people, and what is on its way there."""
    there = select(func.coalesce(func.sum(Evidence.bytes), 0)).where(theirs, Evidence.removed_at.is_(None))
    on_its_way = select(func.coalesce(func.sum(Upload.length), 0)).where(coming, open_at(now), Upload.id != (but or 0))
    return int(db.scalar(select(there.scalar_subquery() + on_its_way.scalar_subquery())) or 0)


def _coming(person_id: int, now: datetime, but: int | None) -> ColumnElement[bool]:
    """The uploads of somebody that hold room."""
    return and_(Upload.person_id == person_id, open_at(now), Upload.id != (but or 0))


def _case_with_room(db: Session, *, by: Viewer, record_id: int, kind: Kind, now: datetime, hold: bool) -> Case:
    case = own_case(db, by=by, record_id=record_id, hold=hold)
    must_be_open(case)
    must_have_room(db, case, by_id=by.id, kind=kind, now=now)
    return case
