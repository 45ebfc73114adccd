"""The pictures of courses: the same for ever, for who is signed in."""

from __future__ import annotations

from app.access import Permission
from app.courses.queries import image_key
from app.kit.errors import NotFound
from app.web.kit.ask import Answer, Ask, Content
from app.web.kit.route import Area

area = Area()


@area.get(
    "/opleiding/beeld/{edition:id}/{name:file}",
    policy=Permission.SIGNED_IN,
    name="courses.image",
    own_transactions=True,
)
def image(ask: Ask, edition: int, name: str) -> Answer:
    """An edition never changes, so a browser may keep its pictures; no transaction waits for the store."""
    with ask.services.database.reading() as db:
        key = image_key(db, edition, name)
    try:
        content = ask.services.storage.get(key)
    except FileNotFoundError as gone:
        raise NotFound from gone
    return Content(
        body=content,
        media_type="image/webp",
        headers={
            "Cache-Control": "private, max-age=31536000, immutable",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )
