"""What the professional has with her coach beside the work itself: agreements and notes, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.courses.queries import current_enrolment
from app.people.rules import Viewer
from app.practice.agreements import AgreementView, agreements_of
from app.practice.notes import NoteView, notes_of


@dataclass(frozen=True)
class TogetherPage:
    """The agreements and notes of the viewer's own training."""

    sample: bool
    agreements: tuple[AgreementView, ...]
    notes: tuple[NoteView, ...]


def together_page(db: Session, viewer: Viewer) -> TogetherPage | None:
    """None when she follows no training."""
    enrolment = current_enrolment(db, viewer.id)
    if enrolment is None:
        return None
    return TogetherPage(
        sample=enrolment.sample,
        agreements=agreements_of(db, [enrolment.id]).get(enrolment.id, ()),
        notes=notes_of(db, enrolment.id, viewer_id=viewer.id),
    )
