"""Photos that a coach takes during her visit, by a form of their own or from the form that works without signal."""

from __future__ import annotations

import json
from typing import Any

from app.access import Permission
from app.kit.errors import Refused
from app.practice import inputs
from app.practice.actions import evidence, observed_photos
from app.practice.evidence_page import coach_photos_page
from app.web.kit.ask import Answer, Ask, Content, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.kit.uploads import UPLOAD_BYTES, chosen_photo, picture_of
from app.web.words.evidence import PURPOSE_WORDS
from app.web.words.shared import N_

area = Area()
Form = Submitted[Any]


@area.get("/coach/{record:id}/foto", policy=Permission.COACH, name="coach_photos.show")
def show(ask: Ask, record: int) -> Answer:
    page = coach_photos_page(ask.db, ask.viewer, record)
    return render("coach/photos.html", page, photo=Submitted.blank(ask.viewer.locale), purpose_words=PURPOSE_WORDS)


@area.post(
    "/coach/{record:id}/foto",
    policy=Permission.COACH,
    name="coach_photos.add",
    own_transactions=True,
    heavy=True,
    body_bytes=UPLOAD_BYTES,
)
def add(ask: Ask, record: int) -> Answer:
    """Add a photo; the same `form_key` with the same file again has no second effect, however late it comes.

    Who asks for JSON gets 200 with `{"id": 12}`, 422 with `{"field": "photo", "error": "..."}` for what can be
    mended, or 409 with `{"error": "..."}` when there is nothing to add to any more. Who may not gets the usual pages.
    """
    form: Form = Submitted.read(inputs.VisitPhotoNote, ask.form, ask.viewer.locale)
    try:
        photo_id = _keep(ask, record, form)
    except Refused as refused:
        photo_id = None
        form.refuse(refused)
    if photo_id is not None:
        return _json(200, id=photo_id) if ask.by_script else redirect(f"/coach/{record}#fotos", toast=ADDED)
    if ask.by_script:
        field, words = next((told for told in form.problems if told[0]), form.problems[0])
        return _json(422, field=field, error=words) if field else _json(409, error=words)
    with ask.services.database.reading() as db:
        page = coach_photos_page(db, ask.viewer, record)
        return render("coach/photos.html", page, status=422, photo=form, purpose_words=PURPOSE_WORDS)


@area.post(
    "/coach/{record:id}/foto/{photo:id}/weg",
    policy=Permission.COACH,
    name="coach_photos.remove",
    back="/coach/{record:id}/foto",
)
def remove(ask: Ask, record: int, photo: int) -> Answer:
    observed_photos.remove_photo(ask.db, by=ask.viewer, record_id=record, photo_id=photo, now=ask.now)
    return redirect(f"/coach/{record}/foto", toast=N_("De foto is weg."))


ADDED = N_("Je foto staat erbij.")


def _keep(ask: Ask, record: int, form: Form) -> int | None:
    """The photo's id; None with sentences at the form. Nothing is open while the picture is decoded."""
    database, services = ask.services.database, ask.services
    chosen = chosen_photo(form, ask.form)
    sent_key = chosen.sent_key if chosen else None
    with database.reading() as db:
        known = observed_photos.photo_sent_before(db, by=ask.viewer, record_id=record, sent_key=sent_key, now=ask.now)
    if known is not None or chosen is None:
        return known
    photo = picture_of(form, chosen)
    if photo is None:
        return None
    stored = evidence.store_photo(services.storage, photo, now=ask.now)
    with database.writing() as db:
        return observed_photos.add_photo(
            db, by=ask.viewer, record_id=record, given=form.given, stored=stored, sent_key=sent_key, now=ask.now
        )


def _json(status: int, **facts: object) -> Content:
    return Content(status=status, body=json.dumps(facts, ensure_ascii=False).encode(), media_type="application/json")
