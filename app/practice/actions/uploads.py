"""Files that come in piece by piece: begun, gone on with after the connection was lost, finished by a job.

Nobody sees anything of an upload but who sends it, before its evidence is committed: the pieces stand in the store's
`incoming/`, where no page looks, and are gone within a day (security.md I-7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from app.jobs.actions import enqueue
from app.kit.errors import NotFound, Refused
from app.kit.storage import StoredFile
from app.ledger.actions import record
from app.people.queries import viewer_for
from app.people.rules import Viewer
from app.practice import inputs
from app.practice.actions.cases import Case, must_be_open, own_case
from app.practice.actions.evidence import Kept, keep, must_fit, must_have_room
from app.practice.coming import open_at
from app.practice.rules.evidence import BYTES_MOST, MEGABYTE, TOO_LARGE, TWICE, UPLOAD_KEPT, Kind
from app.practice.tables.evidence import Evidence, Upload, UploadPiece
from app.practice.tables.work import AssignmentRecord

AREA: Final = "incoming/"


def area(now: datetime) -> str:
    """Where pieces go. The hour in the key tells the cleaner how old a piece without a row is."""
    return f"{AREA}{now:%Y%m%d%H}"


@dataclass(frozen=True)
class Standing:
    """How far an upload is: so many bytes of so many."""

    received: int
    length: int


@dataclass(frozen=True)
class Whole:
    """An upload of which every byte is there. `pieces`: key, where it begins and where it ends, in order."""

    kind: Kind
    length: int
    pieces: tuple[tuple[str, int, int], ...]


def begin(db: Session, *, by: Viewer, record_id: int, given: inputs.UploadNote, now: datetime) -> int:
    """Say what will come; gives the upload, the same one when this very file was begun before: what is said now counts.

    The room that it needs is held from now on. Raises: NotFound, Refused.
    """
    case = own_case(db, by=by, record_id=record_id)
    must_be_open(case)
    if given.length == 0:
        raise Refused("photo_empty", "photo")
    known = _begun_before(db, by=by, record_id=record_id, given=given, now=now)
    if known is not None:
        return known
    if _is_evidence(db, by=by, case=case, given=given, now=now):
        raise Refused(TWICE[given.kind], "photo")
    if given.length > BYTES_MOST[given.kind]:
        raise Refused(TOO_LARGE[given.kind], "photo", megabytes=BYTES_MOST[given.kind] // MEGABYTE)
    must_have_room(db, case, by_id=by.id, kind=given.kind, now=now)
    must_fit(db, by.id, more=given.length, now=now)
    begun = Upload(
        record_id=record_id,
        person_id=by.id,
        attempt=case.record.attempt,
        kind=given.kind,
        length=given.length,
        fingerprint=given.fingerprint,
        begun_at=now,
        expires_at=now + UPLOAD_KEPT,
        **_answers(given),
    )
    db.add(begun)
    db.flush()
    record(db, "practice.upload_begun", actor_id=by.id, subject=("upload", begun.id), now=now, kind=given.kind.value)
    return begun.id


def standing(db: Session, *, by: Viewer, record_id: int, upload_id: int, now: datetime) -> Standing:
    """Where to go on; at its end when all is in, also when it became evidence since: the phone may not have heard.

    Raises: NotFound when it is not hers, was stopped or is too old.
    """
    row = db.execute(
        select(Upload.received, Upload.length).where(_hers(by, record_id, upload_id), Upload.expires_at > now)
    ).first()
    if row is None:
        raise NotFound
    return Standing(row.received, row.length)


def take_piece(
    db: Session, *, by: Viewer, record_id: int, upload_id: int, at: int, stored: StoredFile, now: datetime
) -> Standing:
    """A stored piece becomes part of an upload, if it begins where the upload ended; the last one sets a job to work.

    One conditional UPDATE: a piece that comes twice, too early, or from two windows at once counts once or not at all.
    Raises: NotFound; Refused("upload_elsewhere") when it does not fit.
    """
    row = db.execute(
        update(Upload)
        .where(
            _hers(by, record_id, upload_id),
            open_at(now),
            Upload.received == at,
            Upload.length >= at + stored.bytes,
        )
        .values(received=at + stored.bytes)
        .returning(Upload.length)
        .execution_options(synchronize_session=False)
    ).first()
    if row is None:
        standing(db, by=by, record_id=record_id, upload_id=upload_id, now=now)
        raise Refused("upload_elsewhere")
    db.add(UploadPiece(upload_id=upload_id, starts_at=at, bytes=stored.bytes, storage_key=stored.key))
    if at + stored.bytes == row.length:
        enqueue(db, "practice.finish_upload", now=now, key=f"practice.finish_upload:{upload_id}", upload_id=upload_id)
    db.flush()
    return Standing(at + stored.bytes, row.length)


def stop(db: Session, *, by: Viewer, record_id: int, upload_id: int, now: datetime) -> None:
    """Give up on an upload, or clear away one that was refused; not one that just became evidence. Raises: NotFound.

    One conditional UPDATE: it waits for the job that finishes this upload, and then finds that it is evidence.
    """
    stopped = db.scalar(
        update(Upload)
        .where(_hers(by, record_id, upload_id), Upload.evidence_id.is_(None))
        .values(expires_at=now)
        .returning(Upload.id)
        .execution_options(synchronize_session=False)
    )
    if stopped is None:
        raise NotFound
    enqueue(db, "practice.clear_uploads", now=now, key=f"practice.clear_uploads:stop:{upload_id}")
    record(db, "practice.upload_stopped", actor_id=by.id, subject=("upload", upload_id), now=now)


def whole_upload(db: Session, upload_id: int, *, now: datetime) -> Whole | None:
    """An upload that waits to be finished; None when it is finished, refused, stopped, or not whole."""
    found = db.execute(
        select(Upload.kind, Upload.length).where(Upload.id == upload_id, open_at(now), Upload.received == Upload.length)
    ).first()
    if found is None:
        return None
    pieces = db.execute(
        select(UploadPiece.storage_key, UploadPiece.starts_at, UploadPiece.bytes)
        .where(UploadPiece.upload_id == upload_id)
        .order_by(UploadPiece.starts_at)
    )
    stretches = tuple((one.storage_key, one.starts_at, one.starts_at + one.bytes) for one in pieces)
    return Whole(Kind(found.kind), found.length, stretches)


def finish(db: Session, upload_id: int, *, kept: Kept, now: datetime) -> bool:
    """Make the file evidence, in the name of who sent it: seen from here on. Gives whether it did.

    When the work was handed in meanwhile, or there is no room any more, the upload says so instead.
    """
    its_record = AssignmentRecord.id.in_(select(Upload.record_id).where(Upload.id == upload_id))
    db.execute(select(AssignmentRecord.id).where(its_record).with_for_update())  # the record first, as everywhere
    upload = db.scalar(select(Upload).where(Upload.id == upload_id, open_at(now)).with_for_update())
    if upload is None:
        return False
    by = viewer_for(db, upload.person_id)
    given = inputs.PhotoNote.model_validate(
        {"recognisable": upload.recognisable, "purposes": upload.purposes, "caption": upload.caption}
    )
    try:
        case = own_case(db, by=by, record_id=upload.record_id)
        must_be_open(case)
        must_have_room(db, case, by_id=by.id, kind=Kind(upload.kind), now=now, but=upload_id)
        upload.evidence_id = keep(db, case, by=by, given=given, kept=kept, sent_key=None, now=now, but=upload_id)
    except (Refused, NotFound) as refused:
        upload.refused = refused.code if isinstance(refused, Refused) else "training_closed"
        upload.refused_facts = dict(refused.facts) if isinstance(refused, Refused) else {}
    upload.finished_at = now
    upload.caption = ""
    db.flush()
    return upload.evidence_id is not None


def refuse(
    db: Session, upload_id: int, *, code: str, facts: Mapping[str, object] = MappingProxyType({}), now: datetime
) -> None:
    """The file is not one that we take; who sent it reads why."""
    db.execute(
        update(Upload)
        .where(Upload.id == upload_id, open_at(now))
        .values(refused=code, refused_facts=dict(facts), finished_at=now, caption="")
    )


def pieces_to_clear(db: Session, *, now: datetime) -> list[tuple[int, str]]:
    """The pieces that nobody needs any more: id and file."""
    rows = db.execute(
        select(UploadPiece.id, UploadPiece.storage_key)
        .join(Upload, Upload.id == UploadPiece.upload_id)
        .where(or_(Upload.finished_at.is_not(None), Upload.expires_at <= now))
    )
    return [(row.id, row.storage_key) for row in rows]


def forget_pieces(db: Session, ids: Sequence[int]) -> None:
    """The files are gone."""
    db.execute(delete(UploadPiece).where(UploadPiece.id.in_(ids)).execution_options(synchronize_session=False))


def forget_uploads(db: Session, *, now: datetime) -> int:
    """Uploads that are over, once their pieces are gone; gives how many."""
    without = ~select(UploadPiece.id).where(UploadPiece.upload_id == Upload.id).exists()
    gone = db.execute(
        delete(Upload)
        .where(Upload.expires_at <= now, without)
        .returning(Upload.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def without_row(db: Session, keys: Sequence[str]) -> list[str]:
    """Those of the files that no upload counts."""
    known = set(db.scalars(select(UploadPiece.storage_key)))
    return [key for key in keys if key not in known]


def _begun_before(db: Session, *, by: Viewer, record_id: int, given: inputs.UploadNote, now: datetime) -> int | None:
    """The open upload of this very file. Who corrected her answers and sent the form again is held to the new ones."""
    return db.scalar(
        update(Upload)
        .where(
            Upload.record_id == record_id,
            Upload.person_id == by.id,
            Upload.kind == given.kind,
            Upload.fingerprint == given.fingerprint,
            Upload.length == given.length,
            open_at(now),
        )
        .values(**_answers(given))
        .returning(Upload.id)
        .execution_options(synchronize_session=False)
    )


def _is_evidence(db: Session, *, by: Viewer, case: Case, given: inputs.UploadNote, now: datetime) -> bool:
    """Whether this very file came in today and is there: better told before she sends 500 MB again than after."""
    there = (
        select(Upload.id)
        .join(Evidence, Evidence.id == Upload.evidence_id)
        .where(
            Upload.record_id == case.record.id,
            Upload.person_id == by.id,
            Upload.attempt == case.record.attempt,
            Upload.kind == given.kind,
            Upload.fingerprint == given.fingerprint,
            Upload.length == given.length,
            Upload.expires_at > now,
            Evidence.removed_at.is_(None),
        )
    )
    return db.scalar(there.limit(1)) is not None


def _answers(given: inputs.UploadNote) -> dict[str, Any]:
    """What goes with the file, as a row keeps it."""
    purposes = [str(one) for one in given.purposes]
    return {"caption": given.caption, "recognisable": given.recognisable, "purposes": purposes}


def _hers(by: Viewer, record_id: int, upload_id: int) -> ColumnElement[bool]:
    return and_(Upload.id == upload_id, Upload.record_id == record_id, Upload.person_id == by.id)
