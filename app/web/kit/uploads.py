"""A photo that came with a form, read before anything is written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from starlette.datastructures import FormData

from app.kit.ids import digest
from app.kit.pictures import PHOTO_BYTES, BadPhoto, Photo, photo_from
from app.web.kit.forms import Submitted, files
from app.web.kit.hop import FORM_KEY_LENGTHS

UPLOAD_BYTES: Final = 48 * 1024 * 1024
"""More than a photo may have, so that one that is too large gets its sentence at the field."""


@dataclass(frozen=True)
class Chosen:
    """The file as it came in. `sent_key`: what its sender calls it, the same when the same is sent again."""

    content: bytes
    sent_key: str | None


def chosen_photo(form: Submitted[Any], data: FormData, name: str = "photo") -> Chosen | None:
    """The file under `name`; None with a sentence at the field when there is none, or the rest is not right."""
    chosen = next(iter(files(data, name)), None)
    if chosen is None:
        form.add(name, "photo_missing")
        return None
    if not form.valid:
        return None
    content = chosen.file.read(PHOTO_BYTES + 1)
    known = len(form.key) in FORM_KEY_LENGTHS and "form_key" in form.raw
    return Chosen(content, digest(f"{form.key}|{hashlib.sha256(content).hexdigest()}") if known else None)


def picture_of(form: Submitted[Any], chosen: Chosen, name: str = "photo") -> Photo | None:
    """The photo, decoded in a child process; None with a sentence at the field when it cannot be used."""
    try:
        return photo_from(chosen.content)
    except BadPhoto as bad:
        form.add(name, bad.code, **bad.facts)
        return None
