"""Files that come in piece by piece: a server of tus 1.0 (core), and how far they are for the page.

Beginning is a form like all others, so that what is wrong is said in a sentence before the first byte.
"""

from __future__ import annotations

import json
from contextlib import suppress
from functools import partial
from typing import Final

from app.access import Permission
from app.kit.errors import NotFound, Refused
from app.kit.storage import StorageTrouble
from app.practice import inputs
from app.practice.actions import uploads
from app.practice.coming import upload_state
from app.practice.rules.evidence import BYTES_MOST, PIECE_BYTES
from app.web.kit.ask import Answer, Ask, Content, redirect
from app.web.kit.forms import Submitted
from app.web.kit.incoming import Incoming
from app.web.kit.route import Area
from app.web.kit.words import sentence
from app.web.words.shared import N_

area = Area()
VERSION: Final = "1.0.0"
TUS: Final = {"Tus-Resumable": VERSION}
BODY: Final = "application/offset+octet-stream"


@area.options("/praktijk/{record:id}/upload", policy=Permission.FOLLOW_TRAINING, name="uploads.able")
def able(ask: Ask, record: int) -> Answer:  # noqa: ARG001 - the same for each record
    most = str(max(BYTES_MOST.values()))
    return Answer(status=204, headers=TUS | {"Tus-Version": VERSION, "Tus-Max-Size": most})


@area.post("/praktijk/{record:id}/upload", policy=Permission.FOLLOW_TRAINING, name="uploads.begin")
def begin(ask: Ask, record: int) -> Answer:
    """Say what will come. Answers as JSON: where to send it, or at which field what is wrong."""
    form: Submitted[inputs.UploadNote] = Submitted.read(inputs.UploadNote, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            upload = uploads.begin(ask.db, by=ask.viewer, record_id=record, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            href = f"/praktijk/{record}/upload/{upload}"
            return _json(201, TUS | {"Location": href}, href=href)
    problems = [{"field": name, "error": words} for name, words in form.problems]
    return _json(422, {}, problems=problems)


@area.head("/praktijk/{record:id}/upload/{upload:id}", policy=Permission.FOLLOW_TRAINING, name="uploads.how_far")
def how_far(ask: Ask, record: int, upload: int) -> Answer:
    if (wrong := _other_version(ask.request.headers.get("tus-resumable"))) is not None:
        return wrong
    stands = uploads.standing(ask.db, by=ask.viewer, record_id=record, upload_id=upload, now=ask.now)
    found = {"Upload-Offset": str(stands.received), "Upload-Length": str(stands.length)}
    return Answer(headers=TUS | found | {"Cache-Control": "no-store"})


@area.patch("/praktijk/{record:id}/upload/{upload:id}", policy=Permission.FOLLOW_TRAINING, name="uploads.receive")
async def receive(incoming: Incoming, record: int, upload: int) -> Answer:
    """Keep what comes, piece by piece; what stands when the connection is cut is where the next one goes on.

    A second one for the same upload is told to wait (423, as tus says): it would only be read for nothing.
    """
    headers = incoming.request.headers
    if (wrong := _other_version(headers.get("tus-resumable"))) is not None:
        return wrong
    if headers.get("content-type") != BODY:
        return Answer(status=415, headers=dict(TUS))
    given = headers.get("upload-offset", "")
    if not (given.isascii() and given.isdigit() and len(given) <= 15):
        return Answer(status=400, headers=dict(TUS))
    with incoming.alone() as alone:
        if not alone:
            return Answer(status=423, headers=dict(TUS))
        return await _received(incoming, record, upload, at=int(given))


@area.get("/praktijk/{record:id}/upload/{upload:id}/stand", policy=Permission.FOLLOW_TRAINING, name="uploads.state")
def state(ask: Ask, record: int, upload: int) -> Answer:
    """Whether it is still coming, being looked at, ready or refused; with the sentence."""
    found = upload_state(ask.db, ask.viewer, record, upload, now=ask.now)
    error = sentence(found.refused, found.facts, ask.viewer.locale) if found.refused else ""
    return _json(200, {}, state=found.state, error=error)


@area.post(
    "/praktijk/{record:id}/bewijs/upload/{upload:id}/weg",
    policy=Permission.FOLLOW_TRAINING,
    name="uploads.stop",
)
def stop(ask: Ask, record: int, upload: int) -> Answer:
    uploads.stop(ask.db, by=ask.viewer, record_id=record, upload_id=upload, now=ask.now)
    return redirect(f"/praktijk/{record}/bewijs", toast=N_("Gestopt. Er is niets van bewaard."))


async def _received(incoming: Incoming, record: int, upload: int, *, at: int) -> Answer:
    stands = await incoming.in_lane(partial(_stands, incoming, record, upload))
    if at != stands.received:
        return Answer(status=409, headers=TUS | {"Upload-Offset": str(stands.received)})
    async for piece in incoming.pieces(PIECE_BYTES, stands.length - stands.received):
        stands = await _kept(incoming, record, upload, at=stands.received, piece=piece)
    return Answer(status=204, headers=TUS | {"Upload-Offset": str(stands.received)})


def _stands(incoming: Incoming, record: int, upload: int) -> uploads.Standing:
    with incoming.services.database.reading() as db:
        return uploads.standing(db, by=incoming.viewer, record_id=record, upload_id=upload, now=incoming.now)


async def _kept(incoming: Incoming, record: int, upload: int, *, at: int, piece: bytes) -> uploads.Standing:
    """First the store, then the row that counts it: what fails in between is a file that nobody knows of.

    A piece that is refused goes again at once: it is in nobody's room, so it must not stay.
    """
    store = incoming.services.storage
    stored = await incoming.aside(partial(store.put, uploads.area(incoming.now), piece))

    def counted() -> uploads.Standing:
        with incoming.services.database.writing() as db:
            return uploads.take_piece(
                db, by=incoming.viewer, record_id=record, upload_id=upload, at=at, stored=stored, now=incoming.now
            )

    try:
        return await incoming.in_lane(counted)
    except (NotFound, Refused):
        with suppress(StorageTrouble):  # the cleaner takes it tomorrow
            await incoming.aside(partial(store.delete, stored.key))
        raise


def _other_version(given: str | None) -> Answer | None:
    return None if given == VERSION else Answer(status=412, headers=TUS | {"Tus-Version": VERSION})


def _json(status: int, headers: dict[str, str], **facts: object) -> Content:
    body = json.dumps(facts, ensure_ascii=False).encode()
    return Content(status=status, headers=dict(headers), body=body, media_type="application/json")
