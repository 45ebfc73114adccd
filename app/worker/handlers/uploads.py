"""Making evidence of what came in piece by piece, and clearing away what nobody finished."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from app.kit.media import BadMedia, Media, blanked, sniffed
from app.kit.pictures import BadPhoto, photo_from
from app.kit.storage import Storage
from app.practice.actions import keeping, uploads
from app.practice.actions.evidence import Kept, area, store_photo
from app.practice.rules.evidence import Kind
from app.worker.work import Handler, Periodic, Work


def finish_upload(work: Work, payload: dict[str, Any]) -> None:
    """Look what it is, make it whole in the store, then give it its row. Each step may be cut off and done again."""
    upload_id = int(payload["upload_id"])
    with work.database.reading() as db:
        whole = uploads.whole_upload(db, upload_id, now=work.now)
    if whole is None:
        return
    try:
        kept = made(work.storage, whole, now=work.now)
    except FileNotFoundError:  # put back from a backup, which has no pieces
        with work.database.writing() as db:
            uploads.refuse(db, upload_id, code="upload_lost", now=work.now)
    except (BadMedia, BadPhoto) as bad:
        with work.database.writing() as db:
            uploads.refuse(db, upload_id, code=bad.code, facts=getattr(bad, "facts", {}), now=work.now)
    else:
        with work.database.writing() as db:
            seen = uploads.finish(db, upload_id, kept=kept, now=work.now)
        if not seen:
            for key in filter(None, (kept.key, kept.thumb)):
                work.storage.delete(key)
    clear_uploads(work, {})


def made(storage: Storage, whole: uploads.Whole, *, now: datetime) -> Kept:
    """The file of an upload, in the store as it will be seen. Raises: BadMedia, BadPhoto."""
    if whole.kind is Kind.PHOTO:
        photo = photo_from(b"".join(storage.get(key) for key, _, _ in whole.pieces))
        return Kept.photo(store_photo(storage, photo, now=now))
    media = _looked_at(storage, whole)
    pieces = blanked((storage.get(key) for key, _, _ in whole.pieces), media.blanks)
    stored = storage.put_stream(area(now), pieces, suffix=media.suffix)
    return Kept(whole.kind, stored.sha256, stored.bytes, media.media_type, key=stored.key)


def _looked_at(storage: Storage, whole: uploads.Whole) -> Media:
    """What the pieces are together. Only some bytes of each are read."""

    def read(start: int, end: int) -> bytes:
        found = b""
        for key, first, after in whole.pieces:
            if first < end and after > start:
                found += storage.read(key, max(start, first) - first, min(end, after) - first)
        return found

    return sniffed(whole.kind.value, read, whole.length)


def clear_uploads(work: Work, _payload: dict[str, Any]) -> None:
    """Remove the pieces that nobody needs, then their rows; and pieces that never got a row, after a day."""
    with work.database.reading() as db:
        pieces = uploads.pieces_to_clear(db, now=work.now)
    for _, key in pieces:
        work.storage.delete(key)
    with work.database.writing() as db:
        uploads.forget_pieces(db, [id_ for id_, _ in pieces])
        uploads.forget_uploads(db, now=work.now)
    old = keeping.old_keys(work.storage.keys(uploads.AREA), now=work.now)
    with work.database.reading() as db:
        unused = uploads.without_row(db, old)
    for key in unused:
        work.storage.delete(key)


def _hourly(now: datetime) -> str:
    return f"{now:%Y%m%d%H}"


HANDLERS: Final[dict[str, Handler]] = {
    "practice.finish_upload": finish_upload,
    "practice.clear_uploads": clear_uploads,
}
PERIODIC: Final = (Periodic("practice.clear_uploads", _hourly),)
