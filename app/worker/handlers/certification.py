"""Making the PDF of a certificate, and keeping the spans of the register true."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from app.certification import actions, issuing
from app.certification.documents import document
from app.certification.paper.sheet import sheet
from app.certification.tables import Certification
from app.kit import child
from app.kit.localtime import local_day
from app.worker.work import Handler, Periodic, Work

PRESS: Final = "app.certification.paper.press:certificate"
AT_ONCE: Final = 200


def render(work: Work, payload: dict[str, Any]) -> None:
    """Set the A4 in a child process and keep it; harmless when repeated."""
    certificate_id = int(payload["certificate_id"])
    with work.database.reading() as db:
        found = document(db, certificate_id)
    if found is None:
        return
    words = sheet(found, address=work.settings.address, provider=work.settings.provider_name)
    _, pdf = child.call(PRESS, json.dumps(words).encode(), made_at=int(work.now.timestamp()))
    stored = work.storage.put("certificates", pdf, suffix=".pdf")
    with work.database.writing() as db:
        kept = issuing.attach_pdf(db, certificate_id=certificate_id, stored=stored)
    if not kept:
        work.storage.delete(stored.key)


def reassess(work: Work, payload: dict[str, Any]) -> None:
    """Write the spans again, of some certifications or of all; short transactions, so that pages go on."""
    if "certification_ids" in payload:
        ids = [int(id_) for id_ in payload["certification_ids"]]
    else:
        with work.database.reading() as db:
            ids = list(db.scalars(select(Certification.id).order_by(Certification.id)))
    for start in range(0, len(ids), AT_ONCE):
        with work.database.writing() as db:
            actions.reassess(db, certification_ids=ids[start : start + AT_ONCE])


def _nightly(now: datetime) -> str:
    return local_day(now).isoformat()


HANDLERS: Final[dict[str, Handler]] = {"certification.render": render, "certification.reassess": reassess}
PERIODIC: Final = (Periodic("certification.reassess", _nightly),)
