"""Evidence of the work: added and taken back by the professional, looked at by her coach and an admin too."""

from __future__ import annotations

from typing import Any, Final

from app.access import Permission
from app.kit.errors import NotFound, Refused
from app.practice import inputs
from app.practice.actions import consent, evidence
from app.practice.evidence_page import evidence_page
from app.practice.evidence_view import photo_keys
from app.web.kit.ask import Answer, Ask, Content, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.kit.uploads import UPLOAD_BYTES, chosen_photo, picture_of
from app.web.words.evidence import PURPOSE_WORDS
from app.web.words.shared import N_

area = Area()
Form = Submitted[Any]
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@area.get("/praktijk/{record:id}/bewijs", policy=Permission.FOLLOW_TRAINING, name="evidence.list")
def show_all(ask: Ask, record: int) -> Answer:
    page = evidence_page(ask.db, ask.viewer, record)
    photo: Form = Submitted.blank(ask.viewer.locale)
    return render("practice/evidence.html", page, photo=photo, lost=None, purpose_words=PURPOSE_WORDS)


@area.post(
    "/praktijk/{record:id}/foto",
    policy=Permission.FOLLOW_TRAINING,
    name="evidence.add_photo",
    own_transactions=True,
    heavy=True,
    body_bytes=UPLOAD_BYTES,
    back="/praktijk/{record:id}/bewijs",
)
def add_photo(ask: Ask, record: int) -> Answer:
    """Ask first whether she may, decode while no transaction is open, store the files, then write the row."""
    database = ask.services.database
    form: Form = Submitted.read(inputs.PhotoNote, ask.form, ask.viewer.locale)
    try:
        with database.reading() as db:
            evidence.must_accept_photo(db, by=ask.viewer, record_id=record)
        chosen = chosen_photo(form, ask.form)
        photo = picture_of(form, chosen) if chosen is not None else None
        if photo is not None:
            stored = evidence.store_photo(ask.services.storage, photo, now=ask.now)
            with database.writing() as db:
                evidence.add_photo(db, by=ask.viewer, record_id=record, given=form.given, stored=stored, now=ask.now)
            return redirect(f"/praktijk/{record}/bewijs", toast=N_("Je foto staat erbij."))
    except Refused as refused:
        form.refuse(refused)
    with database.reading() as db:
        page = evidence_page(db, ask.viewer, record)
    lost = None if page.may_add else form
    return render("practice/evidence.html", page, status=422, photo=form, lost=lost, purpose_words=PURPOSE_WORDS)


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
    back="/praktijk/{record:id}/bewijs",
)
def remove(ask: Ask, record: int, photo: int) -> Answer:
    evidence.remove_photo(ask.db, by=ask.viewer, record_id=record, photo_id=photo, now=ask.now)
    return redirect(f"/praktijk/{record}/bewijs", toast=N_("De foto is weg."))


@area.post(
    "/praktijk/{record:id}/foto/{photo:id}/intrekken",
    policy=Permission.SIGNED_IN,
    name="evidence.withdraw",
    back="/praktijk/{record:id}",
)
def withdraw(ask: Ask, record: int, photo: int) -> Answer:
    """One click: consent is taken back, and the file goes."""
    own = consent.withdraw_consent(ask.db, by=ask.viewer, record_id=record, evidence_id=photo, now=ask.now)
    to = f"/praktijk/{record}/bewijs" if own else f"/praktijk/{record}"
    return redirect(to, toast=N_("De toestemming is ingetrokken. De foto is weg."))


def _picture(ask: Ask, record: int, photo: int, *, small: bool) -> Content:
    """The file comes from the store after the database said who may see it; no transaction waits for it."""
    with ask.services.database.reading() as db:
        keys = photo_keys(db, ask.viewer, record_id=record, photo_id=photo)
    try:
        body = ask.services.storage.get(keys.small if small else keys.large)
    except FileNotFoundError as gone:
        raise NotFound from gone
    return Content(body=body, media_type=keys.media_type, headers=dict(HEADERS))
