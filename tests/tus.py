"""A phone at work over tus: begin, send, ask how far it is."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from sqlalchemy import select

from app.practice.tables.evidence import Evidence
from app.worker.run import run_due
from tests.page import SAME_ORIGIN, Site, Visitor
from tests.practising import Practising

TUS: Final = {"tus-resumable": "1.0.0"}
BODY: Final = TUS | {"content-type": "application/offset+octet-stream"}


def start(noor: Visitor, at_work: Practising, content: bytes, kind: str = "video", **more: Any) -> str:
    given = {"kind": kind, "length": str(len(content)), "recognisable": "nobody", "caption": "De finale"}
    given |= {"fingerprint": hashlib.sha256(content).hexdigest()} | more
    answer = noor.post(f"/praktijk/{at_work.record_id}/upload", given, status=201)
    assert answer.headers["location"] == answer.json()["href"]
    return str(answer.json()["href"])


def patch(noor: Visitor, href: str, at: int, content: bytes, *, status: int = 204, **headers: str) -> Any:
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    given = SAME_ORIGIN | BODY | {"upload-offset": str(at)} | more
    answer = noor.client.patch(href, content=content, headers=given, follow_redirects=False)
    assert answer.status_code == status, answer.text[:300]
    return answer


def asked(noor: Visitor, path: str, status: int, **headers: str) -> Any:
    answer = noor.client.get(path, headers=headers)
    assert answer.status_code == status
    return answer


def offset(noor: Visitor, href: str) -> int:
    answer = noor.client.head(href, headers=TUS)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return int(answer.headers["upload-offset"])


def sent(site: Site, noor: Visitor, at_work: Practising, content: bytes, kind: str = "video") -> str:
    """A whole file, made into evidence; gives its address."""
    href = start(noor, at_work, content, kind)
    patch(noor, href, 0, content)
    run_due(site.parts.work)
    assert noor.get(f"{href}/stand").json() == {"state": "ready", "error": ""}
    with site.parts.database.reading() as db:
        newest = db.scalars(select(Evidence.id).order_by(Evidence.id.desc())).first()
    return f"/praktijk/{at_work.record_id}/bestand/{newest}"
