"""Looking back (STARR) as pages show it: to write for her, to read once it is handed in for her coach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.editions import edition_of
from app.courses.queries import enrolment_facts
from app.courses.rules import AssignmentDefinition, EnrolmentFacts
from app.kit.errors import NotFound
from app.people.queries import person_names
from app.people.rules import Viewer
from app.practice.paths import RecordPath, paths_of, records_visible_to
from app.practice.rules.reflections import NEEDED, Starr
from app.practice.rules.states import may_change_work
from app.practice.tables.work import (
    AssignmentRecord,
    Preparation,
    Reflection,
    ReflectionDraft,
    ReflectionWords,
    Submission,
)


@dataclass(frozen=True)
class HandedReflection:
    """What was handed in. `removed_at`: she took it away; `emptied` without it: kept long enough."""

    submitted_at: datetime
    attempt: int
    words: Starr
    removed_at: datetime | None

    @property
    def emptied(self) -> bool:
        return self.words == Starr()


@dataclass(frozen=True)
class ReflectionView:
    """How far looking back is, on the page of the assignment. `filled` and `total`: parts that are needed."""

    filled: int
    total: int
    latest: HandedReflection | None


@dataclass(frozen=True)
class ReflectionPage:
    """Everything on the page to look back on. `words` and `version` are of the draft, and hers alone."""

    sample: bool
    record_id: int
    attempt: int
    title: str
    mine: bool
    person: str
    coach: str
    may_write: bool
    words: Starr
    version: int
    saved_at: datetime | None
    learning_question: str
    handed_in: tuple[HandedReflection, ...]

    @property
    def removable(self) -> bool:
        """Whether there is anything left of hers to take away or along."""
        return self.mine and (self.words != Starr() or any(not one.emptied for one in self.handed_in))


def reflection_page(db: Session, viewer: Viewer, record_id: int) -> ReflectionPage:
    """Raises: NotFound when the record is not the viewer's to see, or nobody asks to look back on it."""
    visible = select(AssignmentRecord.id).where(
        AssignmentRecord.id == record_id, AssignmentRecord.id.in_(records_visible_to(viewer))
    )
    path = next(iter(paths_of(db, visible)), None)
    if path is None:
        raise NotFound
    enrolment = enrolment_facts(db, [path.enrolment_id])[path.enrolment_id]
    definition = dict(edition_of(db, enrolment.practice_edition_id).assignments)[path.assignment_id]
    if not definition.needs_reflection:
        raise NotFound
    mine = enrolment.person_id == viewer.person_id
    draft = db.get(ReflectionDraft, path.id) if mine else None
    names = person_names(db, {enrolment.person_id, *([enrolment.coach_id] if enrolment.coach_id else [])})
    return ReflectionPage(
        sample=enrolment.sample,
        record_id=path.id,
        attempt=path.attempt,
        title=definition.title,
        mine=mine,
        person=names.get(enrolment.person_id, ""),
        coach=names.get(enrolment.coach_id, "") if enrolment.coach_id else "",
        may_write=mine and may_change_work(path.state),
        words=_present(draft, path),
        version=draft.version if draft else 0,
        saved_at=draft.saved_at if draft and draft.attempt == path.attempt else None,
        learning_question=(
            db.scalar(select(Preparation.learning_question).where(Preparation.record_id == path.id)) or ""
        )
        if mine
        else "",
        handed_in=handed_reflections(db, path.id),
    )


def reflection_view(
    db: Session, path: RecordPath, enrolment: EnrolmentFacts, definition: AssignmentDefinition, *, viewer: Viewer
) -> ReflectionView | None:
    """How far looking back is; None where nobody asks for it. Only she knows of her draft."""
    if not definition.needs_reflection:
        return None
    draft = db.get(ReflectionDraft, path.id) if enrolment.person_id == viewer.person_id else None
    handed_in = handed_reflections(db, path.id)
    return ReflectionView(_present(draft, path).filled, len(NEEDED), handed_in[0] if handed_in else None)


def handed_reflections(db: Session, record_id: int) -> tuple[HandedReflection, ...]:
    """What was handed in with each submission that had something, the latest first."""
    rows = db.execute(
        select(Submission.submitted_at, Submission.attempt, ReflectionWords)
        .join(Reflection, Reflection.submission_id == Submission.id)
        .outerjoin(ReflectionWords, ReflectionWords.submission_id == Submission.id)
        .where(Submission.record_id == record_id)
        .order_by(Submission.number.desc())
    )
    return tuple(_handed(*row) for row in rows)


def _handed(submitted_at: datetime, attempt: int, words: ReflectionWords | None) -> HandedReflection:
    if words is None:
        return HandedReflection(submitted_at, attempt, Starr(), None)
    return HandedReflection(submitted_at, attempt, Starr.of(words), words.removed_at)


def _present(draft: ReflectionDraft | None, path: RecordPath) -> Starr:
    """The words of a draft as far as it is about the present attempt; each attempt begins empty."""
    return Starr.of(draft) if draft is not None and draft.attempt == path.attempt else Starr()
