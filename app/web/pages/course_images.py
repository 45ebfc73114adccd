"""The pictures of courses: the same for ever, for who is signed in."""

from __future__ import annotations

from app.access import Permission
from app.courses.queries import image_key
from app.web.kit.ask import Answer, Ask, Content
from app.web.kit.route import Area

area = Area()


@area.get("/opleiding/beeld/{edition:id}/{name:file}", policy=Permission.SIGNED_IN, name="courses.image")
def image(ask: Ask, edition: int, name: str) -> Answer:
    """An edition never changes, so a browser may keep its pictures."""
    content = ask.services.storage.get(image_key(ask.db, edition, name))
    return Content(
        body=content,
        media_type="image/webp",
        headers={
            "Cache-Control": "private, max-age=31536000, immutable",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )
