"""What a coach's phone keeps for a hall without signal: which visits, and all that one form needs.

As little as the form can do with: who, where, the preparation, what was agreed and the last notes. Never how the
professional scored herself, not even when that may be shown: a phone gets lost, and the form is about what the coach
saw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.queries import enrolments_coached
from app.people.rules import Viewer
from app.practice.inputs import filled_in
from app.practice.notes import NoteView, marks_of_notes
from app.practice.observation_page import Fold, ObservationPage
from app.practice.paths import RecordPath, paths_of_enrolments
from app.practice.rules.states import PHOTOS_MAX, may_be_observed, waits_for_coach
from app.practice.tables.coaching import Assessment

NOTES_KEPT: Final = 5


@dataclass(frozen=True)
class OpenForm:
    """A form that may be filled in now. The phone asks for it again when the mark is another one."""

    record_id: int
    mark: str


def open_forms(db: Session, viewer: Viewer) -> tuple[OpenForm, ...]:
    """The forms that are open for somebody as a coach; the statements do not grow with them."""
    coached = enrolments_coached(db, viewer.id)
    stages = {one.id: one.stage for one in coached if viewer.may_coach(one.intervention_slug)}
    paths = [
        path
        for path in paths_of_enrolments(db, stages)
        if may_be_observed(path.state) and path.at_hand(stages[path.enrolment_id])
    ]
    versions = {
        (row.record_id, row.attempt): row.version
        for row in db.execute(
            select(Assessment.record_id, Assessment.attempt, Assessment.version).where(
                Assessment.coach_id == viewer.id, Assessment.record_id.in_([path.id for path in paths])
            )
        )
    }
    noted = marks_of_notes(db, {path.enrolment_id for path in paths})

    def mark(path: RecordPath) -> str:
        version = versions.get((path.id, path.attempt), 0)
        return f"{path.attempt}.{version}.{_moment(path.since)}.{noted.get(path.enrolment_id, '')}"

    return tuple(OpenForm(path.id, mark(path)) for path in paths)


def form_for_phone(page: ObservationPage, notes: Sequence[NoteView]) -> dict[str, Any]:
    """All that the form of one visit needs, as plain data; the page made sure that it is hers to see.

    `notes`: those about the training, the latest first.
    """
    return {
        "record": page.record_id,
        "attempt": page.attempt,
        "person": {"name": page.person.name, "first": page.person.first_name, "phone": page.person.phone},
        "number": page.number,
        "title": page.title,
        "decides": page.decides,
        "open": page.may_observe,
        "handed_in": waits_for_coach(page.state),
        "visit": {"starts": _moment(page.visit.starts_at), "ends": _moment(page.visit.ends_at)} if page.visit else None,
        "place": page.place,
        "address": page.address,
        "preparation": [page.preparation.goal, page.preparation.session_plan, page.preparation.learning_question]
        if page.preparation
        else [],
        "agreed": list(page.agreed_before),
        "notes": [{"text": one.text, "by": one.author, "at": _moment(one.written_at)} for one in notes[:NOTES_KEPT]],
        "folds": [_fold(one) for one in page.folds],
        "photos": sum(one.by_coach for one in page.photos),
        "photos_most": PHOTOS_MAX,
        **form_as_saved(page),
    }


def form_as_saved(page: ObservationPage) -> dict[str, Any]:
    """The form as it stands with us, field by field."""
    return {
        "fields": {name: str(value) for name, value in filled_in(page.saved).items()},
        "version": page.version,
        "saved": _moment(page.saved_at) if page.saved_at else "",
        "finished": page.finished,
    }


def _fold(fold: Fold) -> dict[str, Any]:
    return {
        "title": fold.title,
        "summary": fold.summary,
        "motif": fold.motif,
        "criteria": [
            {"code": one.code, "title": one.title, "levels": one.levels, "descriptors": one.descriptors}
            for one in fold.criteria
        ],
        "checks": [{"slug": one.slug, "text": one.text} for one in fold.checks],
    }


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
