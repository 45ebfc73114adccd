"""Photos of the work: looked at by the professional, her coach and an admin; taken back by the professional."""

from __future__ import annotations

from typing import Final

from app.access import Permission
from app.kit.errors import NotFound
from app.practice.actions import evidence
from app.practice.evidence_view import photo_keys
from app.web.kit.ask import Answer, Ask, Content, redirect
from app.web.kit.route import Area
from app.web.words.shared import N_

area = Area()
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@area.get(
    "/praktijk/{record:id}/foto/{photo:id}", policy=Permission.SIGNED_IN, name="evidence.show", own_transactions=True
)
def show(ask: Ask, record: int, photo: int) -> Answer:
    return _picture(ask, record, photo, small=False)


@area.get(
    "/praktijk/{record:id}/foto/{photo:id}/klein",
    policy=Permission.SIGNED_IN,
    name="evidence.show_small",
    own_transactions=True,
)
def show_small(ask: Ask, record: int, photo: int) -> Answer:
    return _picture(ask, record, photo, small=True)


@area.post(
    "/praktijk/{record:id}/foto/{photo:id}/weg",
    policy=Permission.FOLLOW_TRAINING,
    name="evidence.remove",
    back="/praktijk/{record:id}",
)
def remove(ask: Ask, record: int, photo: int) -> Answer:
    evidence.remove_photo(ask.db, by=ask.viewer, record_id=record, photo_id=photo, now=ask.now)
    return redirect(f"/praktijk/{record}#fotos", toast=N_("De foto is weg."))


def _picture(ask: Ask, record: int, photo: int, *, small: bool) -> Content:
    """The file comes from the store after the database said who may see it; no transaction waits for it."""
    with ask.services.database.reading() as db:
        keys = photo_keys(db, ask.viewer, record_id=record, photo_id=photo)
    try:
        body = ask.services.storage.get(keys.small if small else keys.large)
    except FileNotFoundError as gone:
        raise NotFound from gone
    return Content(body=body, media_type=keys.media_type, headers=dict(HEADERS))
