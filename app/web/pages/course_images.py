"""The pictures, films, sounds and papers of courses: the same for ever, for who may read the course."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from app.access import Permission
from app.certification.keeping_up import read_by
from app.courses.shown import Kept, media_of, picture_key
from app.kit.errors import NotFound
from app.kit.storage import pieces_of
from app.web.kit.ask import Answer, Ask, Content, Streamed
from app.web.kit.route import Area

area = Area()
HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@area.get(
    "/opleiding/beeld/{edition:id}/{name:file}",
    policy=Permission.SIGNED_IN,
    name="courses.image",
    own_transactions=True,
)
def image(ask: Ask, edition: int, name: str) -> Answer:
    """An edition never changes, so a browser may keep its pictures; no transaction waits for the store."""
    with ask.services.database.reading() as db:
        key = picture_key(db, ask.viewer, edition, name, _kept(ask, db))
    try:
        content = ask.services.storage.get(key)
    except FileNotFoundError as gone:
        raise NotFound from gone
    return Content(body=content, media_type="image/webp", headers=dict(HEADERS))


@area.get(
    "/opleiding/bestand/{edition:id}/{name:file}",
    policy=Permission.SIGNED_IN,
    name="courses.file",
    own_transactions=True,
)
def file(ask: Ask, edition: int, name: str) -> Answer:
    """A film or sound is sent in the parts that a player asks for; a paper is downloaded, never shown by us."""
    storage = ask.services.storage
    with ask.services.database.reading() as db:
        found = media_of(db, ask.viewer, edition, name, _kept(ask, db))

    def pieces(start: int, end: int) -> Iterator[bytes]:
        try:
            yield from pieces_of(storage, found.key, start, end)
        except FileNotFoundError as gone:
            raise NotFound from gone

    return Streamed(
        size=found.size,
        pieces=pieces,
        tag=found.sha256,
        media_type=found.media_type,
        filename=name if found.media_type == "application/pdf" else None,
        headers=dict(HEADERS),
    )


def _kept(ask: Ask, db: Session) -> Kept:
    return lambda: read_by(db, ask.viewer.id, ask.today)
