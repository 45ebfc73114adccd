"""Pictures by drag or by choosing, and films, sounds, captions and papers: looked at, made anew or sniffed, kept.

A script asks for the block that shows one in a text: of a new file, or of one that the course has.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from starlette.datastructures import UploadFile

from app.access import Permission
from app.courses.drafts import actions, blocks, inputs, media, queries
from app.courses.drafts.blocks import KnownPicture
from app.courses.drafts.reading import Stored, named_in_draft, stored_in_draft
from app.kit.errors import NotFound, Refused
from app.web.kit.ask import Answer, Ask, Content, Page, redirect, render
from app.web.kit.forms import Submitted, files
from app.web.kit.route import Area
from app.web.kit.uploads import UPLOAD_BYTES, chosen_photo, picture_of
from app.web.words.drafts import CHOICES, Choice
from app.web.words.shared import N_

area = Area()
Form = Submitted[Any]
MEDIA_BODY: Final = media.MEDIA_BYTES + 10_000_000
"""More than a film may have, so that one that is too large gets its sentence at the field."""


@dataclass(frozen=True)
class MediaPage:
    """Where pictures and media are added, or chosen for a text.

    `wanted`: the block that it is for, and `look` the words for it. `choices`: films, sounds or papers for it.
    """

    slug: str
    title: str
    wanted: str
    look: Choice
    pictures: tuple[KnownPicture, ...]
    names: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]
    captions: tuple[tuple[str, str], ...]


@area.get(
    "/beheer/opleidingen/{course:slug}/media",
    policy=Permission.EDIT_CONTENT,
    name="editor.media",
    own_transactions=True,
    at_length=True,
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
    there = _must_be_there(ask, course)
    if form.valid and not form.given.alt and not form.given.decorative:
        form.add("alt", "picture_without_words")
    known = form.get("name")
    if known and not any(files(ask.form, "photo")):
        if f"images/{known}" not in there:
            form.add("name", "photo_missing")
        if form.valid:
            return _added(ask, course, form, known)
        return _refused(ask, course, picture=form)
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
    there = _must_be_there(ask, course)
    chosen = next(iter(files(ask.form, "media")), None)
    subtitles = next(iter(files(ask.form, "subtitles")), None)
    if form.valid and form.given.kind:
        _look(form, there, chosen=chosen is not None, subtitles=subtitles is not None)
    elif chosen is None:
        form.add("media", "media_missing")
    if not form.valid:
        return _refused(ask, course, film=form)
    try:
        kept = [_kept(ask, one) for one in (chosen, subtitles) if one is not None]
        if form.given.kind and chosen is not None:
            _must_be(kept[0][0], form.given.kind)
        names = _written(ask, course, kept, beside=bool(form.given.kind))
    except Refused as refused:
        return _refused(ask, course, film=form.refuse(refused))
    if not form.given.kind or not _wants_json(ask):
        return redirect(f"/beheer/opleidingen/{course}/media", toast=N_("Het bestand staat erbij."))
    name = names[0] if chosen is not None else form.given.name
    captions = names[-1] if subtitles is not None else form.given.captions
    return _json(201, name=name, block=blocks.of_media(name, form.given, captions))


def _must_be(name: str, kind: str) -> None:
    """Raises: Refused for a sound where a film should be, and the like."""
    if blocks.SUFFIXES.get(name.rpartition(".")[2]) != kind:
        raise Refused("media_of_another_kind", "media")


def _written(ask: Ask, course: str, kept: list[tuple[str, dict[str, Any]]], *, beside: bool) -> list[str]:
    with ask.writing(back_to=f"/beheer/opleidingen/{course}/media") as db:
        return [
            actions.add_media(db, by=ask.viewer, slug=course, wanted=name, found=facts, beside=beside, now=ask.now)
            for name, facts in kept
        ]


def _kept(ask: Ask, file: UploadFile) -> tuple[str, dict[str, Any]]:
    """Raises: Refused."""
    return media.keep_media(file.file, file.filename or "", file.size or 0, ask.services.storage)


def _look(form: Form, there: dict[str, Stored], *, chosen: bool, subtitles: bool) -> None:
    """Note what a block of this kind cannot do without."""
    given: inputs.MediaGiven = form.given
    if given.kind not in blocks.SUFFIXES.values():
        raise NotFound
    if not chosen and given.name not in blocks.media_for(given.kind, there):
        form.add("media", "media_missing")
    if not given.title:
        form.add("title", "missing")
    if given.kind == "download" and not given.text:
        form.add("text", "missing")
    if given.kind != "download" and not given.transcript:
        form.add("transcript", "missing")
    if given.kind == "video" and not (subtitles or given.silent or given.captions in blocks.captions_in(there)):
        form.add("captions", "film_without_captions")


def _must_be_there(ask: Ask, course: str) -> dict[str, Stored]:
    """What is in the draft. Raises: NotFound without one."""
    actions.must_write(ask.viewer)
    with ask.services.database.reading() as db:
        draft = queries.draft_id_of(db, course)
        if draft is None:
            raise NotFound
        return named_in_draft(db, draft)


def _wants_json(ask: Ask) -> bool:
    return ask.request.headers.get("accept") == "application/json"


def _json(status: int, **facts: object) -> Content:
    body = json.dumps(facts, ensure_ascii=False).encode()
    return Content(status=status, body=body, media_type="application/json")


def _added(ask: Ask, course: str, form: Form, name: str) -> Answer:
    if not _wants_json(ask):
        return redirect(f"/beheer/opleidingen/{course}/media", toast=N_("Het beeld staat erbij."))
    return _json(201, name=name, block=blocks.picture(name, form.given))


def _refused(ask: Ask, course: str, *, picture: Form | None = None, film: Form | None = None) -> Answer:
    if _wants_json(ask):
        typed = picture or film
        return _json(422, problems=[{"field": name, "error": words} for name, words in typed.problems] if typed else [])
    return _shown(ask, course, picture, film)


def _shown(ask: Ask, course: str, picture: Form | None = None, film: Form | None = None) -> Page:
    """The page; for a desk that asks for one kind the part with the choice."""
    locale = ask.viewer.locale
    page = _page(ask, course)
    return render(
        "editor/media.html",
        page,
        part="editor/_ask.html" if page.wanted == "vraag" else "editor/_choose.html",
        status=422 if picture or film else 200,
        picture=picture or Submitted.blank(locale),
        # a question begins with one answer that is right
        film=film or Submitted.blank(locale, kind="one", **{"o0-right": "on"}),
    )


def _page(ask: Ask, course: str) -> MediaPage:
    actions.must_write(ask.viewer)
    asked = ask.query.get("soort", "")
    wanted = asked if asked in CHOICES else "beeld"
    with ask.services.database.reading() as db:
        draft = queries.draft_id_of(db, course)
        if draft is None:
            raise NotFound
        there = stored_in_draft(db, draft)
    return MediaPage(
        slug=course,
        title=queries.title_of_course(there.get("course.yaml"), course),
        wanted=wanted,
        look=CHOICES[wanted],
        pictures=blocks.pictures_of(there),
        names=tuple(path.removeprefix("media/") for path in there if path.startswith("media/")),
        choices=tuple((name, name) for name in blocks.media_for(wanted, there)),
        captions=tuple((name, name) for name in blocks.captions_in(there)),
    )
