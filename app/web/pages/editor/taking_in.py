"""A zip becomes a draft: it is kept as it came, and a job reads it."""

from __future__ import annotations

import hashlib
from typing import IO, Any, Final

from app.access import Permission
from app.courses.drafts import actions, inputs, intakes
from app.kit.ids import digest
from app.kit.storage import PIECE
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted, files
from app.web.kit.hop import FORM_KEY_LENGTHS
from app.web.kit.route import Area
from app.web.kit.words import sentence

area = Area()
Form = Submitted[Any]
HERE: Final = "/beheer/opleiding-inlezen"
BODY_BYTES: Final = intakes.ZIP_BYTES + 10_000_000
"""More than a zip may have, so that one that is too large gets its sentence at the field."""
MEGABYTES: Final = intakes.ZIP_BYTES // 1_000_000


@area.get(HERE, policy=Permission.EDIT_CONTENT, name="editor.send_form")
def send_form(ask: Ask) -> Answer:
    return _shown(ask)


@area.post(
    HERE,
    policy=Permission.EDIT_CONTENT,
    name="editor.send",
    own_transactions=True,
    heavy=True,
    body_bytes=BODY_BYTES,
)
def send(ask: Ask) -> Answer:
    """Nothing is read here: the zip goes to the store as it is, then its row and its job are written."""
    actions.must_write(ask.viewer)
    form: Form = Submitted.read(inputs.ZipGiven, ask.form, ask.viewer.locale)
    chosen = next(iter(files(ask.form, "zip")), None)
    if chosen is None or not chosen.size:
        form.add("zip", "zip_missing")
    elif chosen.size > intakes.ZIP_BYTES:
        form.add("zip", "zip_too_large", megabytes=MEGABYTES)
    if not form.valid or chosen is None:
        return _shown(ask, form)
    sent_key = _sent_key(form, chosen.file)
    stored = ask.services.storage.put_stream(intakes.AREA, iter(lambda: chosen.file.read(PIECE), b""), suffix=".zip")
    with ask.services.database.writing() as db:
        intake, kept = intakes.send(
            db,
            by=ask.viewer,
            key=stored.key,
            size=stored.bytes,
            replaces=bool(form.given.replaces),
            sent_key=sent_key,
            now=ask.now,
        )
    if not kept:
        ask.services.storage.delete(stored.key)
    return redirect(f"{HERE}/{intake}")


@area.get(f"{HERE}/{{intake:id}}", policy=Permission.EDIT_CONTENT, name="editor.intake")
def intake(ask: Ask, intake: int) -> Answer:
    """How it stands; asked again by itself while it waits."""
    page = intakes.intake_page(ask.db, ask.viewer, intake)
    why = sentence(page.refused, {"slug": page.slug}, ask.viewer.locale) if page.refused else ""
    return render("editor/intake.html", page, part="editor/_intake.html", why=why)


def _sent_key(form: Form, file: IO[bytes]) -> str | None:
    """What its sender calls this zip: the same form with the same content is the same."""
    if len(form.key) not in FORM_KEY_LENGTHS or "form_key" not in form.raw:
        return None
    found = hashlib.sha256()
    while piece := file.read(PIECE):
        found.update(piece)
    file.seek(0)
    return digest(f"{form.key}|{found.hexdigest()}")


def _shown(ask: Ask, form: Form | None = None) -> Page:
    blank: Form = Submitted.blank(ask.viewer.locale)
    status = 422 if form is not None else 200
    return render("editor/send.html", None, status=status, form=form or blank, megabytes=MEGABYTES)
