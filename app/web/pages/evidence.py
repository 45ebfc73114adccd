"""Evidence of the work: added and taken back by the professional, looked at by her coach and an admin too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, Final, NamedTuple

from sqlalchemy.orm import Session

from app.access import Permission
from app.kit.errors import NotFound, Refused
from app.kit.storage import pieces_of
from app.practice import inputs
from app.practice.actions import consent, evidence
from app.practice.actions.evidence import Kept
from app.practice.evidence_page import evidence_page
from app.practice.evidence_view import file_of, photo_keys
from app.practice.rules.evidence import NOBODY, Kind
from app.web.kit.ask import Answer, Ask, Content, Page, Streamed, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.kit.uploads import UPLOAD_BYTES, chosen_photo, picture_of
from app.web.kit.words import sentence
from app.web.words.evidence import PURPOSE_WORDS
from app.web.words.shared import N_

area = Area()
Form = Submitted[Any]


class Forms(NamedTuple):
    """The forms on the page; the one that came back was typed."""

    photo: Form | None = None
    text: Form | None = None
    link: Form | None = None


HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@area.get("/praktijk/{record:id}/bewijs", policy=Permission.FOLLOW_TRAINING, name="evidence.list")
def show_all(ask: Ask, record: int) -> Answer:
    return _shown(ask, ask.db, record, Forms())


@area.post(
    "/praktijk/{record:id}/bewijs/foto",
    policy=Permission.FOLLOW_TRAINING,
    name="evidence.add_photo",
    own_transactions=True,
    heavy=True,
    body_bytes=UPLOAD_BYTES,
)
def add_photo(ask: Ask, record: int) -> Answer:
    """Ask first whether she may, decode while no transaction is open, store the files, then write the row."""
    database = ask.services.database
    form: Form = Submitted.read(inputs.PhotoNote, ask.form, ask.viewer.locale)
    try:
        with database.reading() as db:
            evidence.must_accept(db, by=ask.viewer, record_id=record, kind=Kind.PHOTO, now=ask.now)
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
        return _shown(ask, db, record, Forms(photo=form))


@area.post(
    "/praktijk/{record:id}/bewijs/tekst",
    policy=Permission.FOLLOW_TRAINING,
    name="evidence.add_text",
)
def add_text(ask: Ask, record: int) -> Answer:
    form: Form = Submitted.read(inputs.TextNote, ask.form, ask.viewer.locale)
    kept = Kept.written(Kind.TEXT, form.given.words) if form.valid else None
    return _written(ask, record, form, kept) or _shown(ask, ask.db, record, Forms(text=form))


@area.post(
    "/praktijk/{record:id}/bewijs/link",
    policy=Permission.FOLLOW_TRAINING,
    name="evidence.add_link",
)
def add_link(ask: Ask, record: int) -> Answer:
    """The address is kept as words: nobody here ever opens it."""
    form: Form = Submitted.read(inputs.LinkNote, ask.form, ask.viewer.locale)
    kept = Kept.written(Kind.LINK, form.given.link) if form.valid else None
    return _written(ask, record, form, kept) or _shown(ask, ask.db, record, Forms(link=form))


@area.get(
    "/praktijk/{record:id}/bestand/{photo:id}",
    policy=Permission.SIGNED_IN,
    name="evidence.file",
    own_transactions=True,
)
def show_file(ask: Ask, record: int, photo: int) -> Answer:
    """Film and sound play in the page, from any place in them; all else is only saved."""
    with ask.services.database.reading() as db:
        found = file_of(db, ask.viewer, record_id=record, evidence_id=photo)
    plays = found.kind in {Kind.VIDEO, Kind.AUDIO}
    storage = ask.services.storage

    def pieces(start: int, end: int) -> Iterator[bytes]:
        try:
            yield from pieces_of(storage, found.key, start, end)
        except FileNotFoundError as gone:
            raise NotFound from gone

    return Streamed(
        size=found.bytes,
        pieces=pieces,
        tag=found.sha256,
        media_type=found.media_type,
        filename=None if plays else f"bewijs-{photo}{PurePosixPath(found.key).suffix}",
        headers=dict(HEADERS),
    )


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
    "/praktijk/{record:id}/bewijs/foto/{photo:id}/weg",
    policy=Permission.FOLLOW_TRAINING,
    name="evidence.remove",
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
    return redirect(to, toast=N_("De toestemming is ingetrokken. Niemand ziet dit nog."))


def _written(ask: Ask, record: int, form: Form, kept: Kept | None) -> Answer | None:
    """Add words or a link; None with a sentence at the form when it cannot be."""
    if kept is None:
        return None
    note = inputs.PhotoNote(recognisable=NOBODY, caption=getattr(form.given, "caption", ""))
    try:
        evidence.add(ask.db, by=ask.viewer, record_id=record, given=note, kept=kept, now=ask.now)
    except Refused as refused:
        form.refuse(refused)
        return None
    return redirect(f"/praktijk/{record}/bewijs", toast=N_("Het staat erbij."))


def _shown(ask: Ask, db: Session, record: int, forms: Forms) -> Page:
    """The page; the form that came back carries its sentences and makes the status 422."""
    page = evidence_page(db, ask.viewer, record, now=ask.now)
    typed = forms.photo or forms.text or forms.link
    locale = ask.viewer.locale
    return render(
        "practice/evidence.html",
        page,
        status=422 if typed else 200,
        photo=forms.photo or Submitted.blank(locale),
        text=forms.text or Submitted.blank(locale),
        link=forms.link or Submitted.blank(locale),
        lost=typed if typed and not page.may_add else None,
        purpose_words=PURPOSE_WORDS,
        sentences={one.id: sentence(one.refused, one.facts, locale) for one in page.uploads if one.refused},
    )


def _picture(ask: Ask, record: int, photo: int, *, small: bool) -> Content:
    """The file comes from the store after the database said who may see it; no transaction waits for it."""
    with ask.services.database.reading() as db:
        keys = photo_keys(db, ask.viewer, record_id=record, photo_id=photo)
    try:
        body = ask.services.storage.get(keys.small if small else keys.large)
    except FileNotFoundError as gone:
        raise NotFound from gone
    return Content(body=body, media_type=keys.media_type, headers=dict(HEADERS))
