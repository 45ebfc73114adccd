"""Pictures by drag or by choosing, and films, sounds, captions and papers: looked at, made anew or sniffed, kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from app.access import Permission
from app.courses.drafts import actions, inputs, media, queries
from app.courses.drafts.reading import named_in_draft
from app.kit.errors import NotFound, Refused
from app.web.kit.ask import Answer, Ask, Content, Page, redirect, render
from app.web.kit.forms import Submitted, files
from app.web.kit.route import Area
from app.web.kit.uploads import UPLOAD_BYTES, chosen_photo, picture_of
from app.web.words.shared import N_

area = Area()
Form = Submitted[Any]
MEDIA_BODY: Final = media.MEDIA_BYTES + 10_000_000
"""More than a film may have, so that one that is too large gets its sentence at the field."""


@dataclass(frozen=True)
class MediaPage:
    """Where pictures and media are added. `names`: what is there already."""

    slug: str
    title: str
    names: tuple[str, ...]


@area.get(
    "/beheer/opleidingen/{course:slug}/media",
    policy=Permission.EDIT_CONTENT,
    name="editor.media",
    own_transactions=True,
)
def show(ask: Ask, course: str) -> Answer:
    return _shown(ask, course)


@area.post(
    "/beheer/opleidingen/{course:slug}/media/beeld",
    policy=Permission.EDIT_CONTENT,
    name="editor.add_picture",
    own_transactions=True,
    heavy=True,
    body_bytes=UPLOAD_BYTES,
)
def add_picture(ask: Ask, course: str) -> Answer:
    """Ask first whether there is a draft, decode while no transaction is open, store the file, then write the row.

    A script that puts it in a text gets the block; a browser without script is led back to where the form stood.
    """
    form: Form = Submitted.read(inputs.PictureGiven, ask.form, ask.viewer.locale)
    _must_be_there(ask, course)
    if form.valid and not form.given.alt and not form.given.decorative:
        form.add("alt", "picture_without_words")
    chosen = chosen_photo(form, ask.form)
    photo = picture_of(form, chosen) if chosen is not None else None
    if photo is not None:
        given = next(iter(files(ask.form, "photo"))).filename or ""
        facts = media.keep_picture(photo, ask.services.storage)
        try:
            with ask.services.database.writing() as db:
                name = actions.add_picture(
                    db, by=ask.viewer, slug=course, wanted=media.name_for(given, "webp"), found=facts, now=ask.now
                )
        except Refused as refused:
            form.refuse(refused)
        else:
            return _added(ask, course, form, name)
    return _refused(ask, course, picture=form)


@area.post(
    "/beheer/opleidingen/{course:slug}/media/bestand",
    policy=Permission.EDIT_CONTENT,
    name="editor.add_media",
    own_transactions=True,
    heavy=True,
    body_bytes=MEDIA_BODY,
)
def add_media(ask: Ask, course: str) -> Answer:
    """In one piece: an author sits at a desk, and who is cut off chooses the file again. It waits on disk meanwhile."""
    form: Form = Submitted.read(inputs.MediaGiven, ask.form, ask.viewer.locale)
    _must_be_there(ask, course)
    chosen = next(iter(files(ask.form, "media")), None)
    if chosen is None:
        form.add("media", "media_missing")
    if form.valid and chosen is not None:
        try:
            name, facts = media.keep_media(chosen.file, chosen.filename or "", chosen.size or 0, ask.services.storage)
            with ask.writing(back_to=f"/beheer/opleidingen/{course}/media") as db:
                actions.add_media(db, by=ask.viewer, slug=course, wanted=name, found=facts, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/beheer/opleidingen/{course}/media", toast=N_("Het bestand staat erbij."))
    return _refused(ask, course, film=form)


def _must_be_there(ask: Ask, course: str) -> None:
    """Raises: NotFound without a draft."""
    actions.must_write(ask.viewer)
    with ask.services.database.reading() as db:
        if queries.draft_id_of(db, course) is None:
            raise NotFound


def _wants_json(ask: Ask) -> bool:
    return ask.request.headers.get("accept") == "application/json"


def _json(status: int, **facts: object) -> Content:
    body = json.dumps(facts, ensure_ascii=False).encode()
    return Content(status=status, body=body, media_type="application/json")


def _added(ask: Ask, course: str, form: Form, name: str) -> Answer:
    if not _wants_json(ask):
        return redirect(f"/beheer/opleidingen/{course}/media", toast=N_("Het beeld staat erbij."))
    lines = [f"::: beeld {name}"]
    if form.given.decorative:
        lines.append("decorative: true")
    else:
        lines.append(f"alt: {json.dumps(form.given.alt, ensure_ascii=False)}")
    if form.given.caption:
        lines.append(f"caption: {json.dumps(form.given.caption, ensure_ascii=False)}")
    return _json(201, name=name, block="\n".join([*lines, ":::"]))


def _refused(ask: Ask, course: str, *, picture: Form | None = None, film: Form | None = None) -> Answer:
    if _wants_json(ask):
        typed = picture or film
        return _json(422, problems=[{"field": name, "error": words} for name, words in typed.problems] if typed else [])
    return _shown(ask, course, picture, film)


def _shown(ask: Ask, course: str, picture: Form | None = None, film: Form | None = None) -> Page:
    actions.must_write(ask.viewer)
    with ask.services.database.reading() as db:
        page = _page(db, course)
    locale = ask.viewer.locale
    return render(
        "editor/media.html",
        page,
        status=422 if picture or film else 200,
        picture=picture or Submitted.blank(locale),
        film=film or Submitted.blank(locale),
    )


def _page(db: Session, course: str) -> MediaPage:
    draft = queries.draft_id_of(db, course)
    if draft is None:
        raise NotFound
    there = named_in_draft(db, draft)
    names = tuple(path.partition("/")[2] for path in there if path.startswith(("images/", "media/")))
    return MediaPage(course, queries.title_of_course(there.get("course.yaml"), course), names)
