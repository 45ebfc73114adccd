"""Files that are still coming in: how far they are, for who sends them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from app.kit.errors import NotFound
from app.people.rules import Viewer
from app.practice.tables.evidence import Upload

State = Literal["coming", "working", "ready", "refused"]


@dataclass(frozen=True)
class UploadView:
    """One file on its way. `percent` of it is here; `refused` and `facts`: why it cannot be evidence."""

    id: int
    kind: str
    caption: str
    length: int
    percent: int
    fingerprint: str
    state: State
    refused: str
    facts: dict[str, Any]


def open_at(now: datetime) -> ColumnElement[bool]:
    """Still coming in, or waiting to be finished."""
    return and_(Upload.finished_at.is_(None), Upload.expires_at > now)


def on_the_way(db: Session, *, record_id: int, now: datetime) -> int:
    """How many files of a record are still coming in."""
    counted = select(func.count()).select_from(Upload).where(Upload.record_id == record_id, open_at(now))
    return db.scalar(counted) or 0


def uploads_of(db: Session, viewer: Viewer, record_id: int, *, now: datetime) -> tuple[UploadView, ...]:
    """What the viewer sends to a record and is no evidence yet, or cannot be."""
    rows = db.scalars(
        select(Upload)
        .where(
            Upload.record_id == record_id,
            Upload.person_id == viewer.id,
            Upload.expires_at > now,
            or_(Upload.finished_at.is_(None), Upload.refused != ""),
        )
        .order_by(Upload.id)
    )
    return tuple(_view(row) for row in rows)


def upload_state(db: Session, viewer: Viewer, record_id: int, upload_id: int, *, now: datetime) -> UploadView:
    """Raises: NotFound when it is somebody else's, was stopped, or is too old."""
    found = db.scalar(
        select(Upload).where(
            Upload.id == upload_id,
            Upload.record_id == record_id,
            Upload.person_id == viewer.id,
            Upload.expires_at > now,
        )
    )
    if found is None:
        raise NotFound
    return _view(found)


def _view(row: Upload) -> UploadView:
    state: State = "coming" if row.received < row.length else "working"
    if row.finished_at is not None:
        state = "refused" if row.refused else "ready"
    percent = 100 * row.received // row.length
    return UploadView(
        row.id, row.kind, row.caption, row.length, percent, row.fingerprint, state, row.refused, row.refused_facts
    )
