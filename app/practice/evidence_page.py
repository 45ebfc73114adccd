"""The pages on which people add evidence and take it back: the professional of her work, the coach of her visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.editions import edition_of
from app.courses.queries import enrolment_facts
from app.courses.rules import EnrolmentFacts
from app.kit.errors import NotFound
from app.kit.localtime import local_day
from app.people.queries import person_names
from app.people.rules import Viewer
from app.practice.coming import UploadView, uploads_of
from app.practice.evidence_view import PhotoView, evidence_of
from app.practice.going import finished_at
from app.practice.paths import RecordPath, paths_of, records_visible_to
from app.practice.rules.states import FILES_KEPT, PHOTOS_MAX, may_be_observed, may_change_work
from app.practice.sight import sight_of
from app.practice.tables.work import AssignmentRecord


@dataclass(frozen=True)
class EvidencePage:
    """What a professional shows of her work for one assignment.

    `earlier`: of attempts before this one. `goes_on`: the day on which all files go; None before the decision.
    """

    sample: bool
    id: int
    number: int
    title: str
    pieces: tuple[PhotoView, ...]
    earlier: tuple[PhotoView, ...]
    uploads: tuple[UploadView, ...]
    withdrawn: int
    may_add: bool
    asks_photo: bool
    goes_on: date | None


@dataclass(frozen=True)
class CoachPhotosPage:
    """The photos that a coach took for her form. `open_to_add`: the form is not signed yet."""

    sample: bool
    record_id: int
    person: str
    number: int
    title: str
    photos: tuple[PhotoView, ...]
    photos_max: int
    open_to_add: bool


def evidence_page(db: Session, viewer: Viewer, record_id: int, *, now: datetime) -> EvidencePage:
    """Raises: NotFound for everybody but the professional whose work it is."""
    path, enrolment = _loaded(db, viewer, record_id)
    if enrolment.person_id != viewer.person_id:
        raise NotFound
    number, title = _assignment(db, path, enrolment)
    shown = evidence_of(db, viewer, path, enrolment, sight=sight_of(db, viewer, path, enrolment), all_attempts=True)
    ended = db.scalar(finished_at(AssignmentRecord.id == path.id))
    return EvidencePage(
        sample=enrolment.sample,
        id=path.id,
        number=number,
        title=title,
        pieces=tuple(one for one in (*shown.photos, *shown.files) if one.attempt == path.attempt),
        earlier=tuple(one for one in (*shown.photos, *shown.files) if one.attempt != path.attempt),
        uploads=uploads_of(db, viewer, record_id, now=now),
        withdrawn=shown.withdrawn,
        may_add=may_change_work(path.state),
        asks_photo=dict(edition_of(db, enrolment.practice_edition_id).assignments)[path.assignment_id].needs_photo,
        goes_on=local_day(ended + FILES_KEPT) if ended else None,
    )


def coach_photos_page(db: Session, viewer: Viewer, record_id: int) -> CoachPhotosPage:
    """Raises: NotFound for everybody but the present coach of the professional."""
    path, enrolment = _loaded(db, viewer, record_id)
    if enrolment.coach_id != viewer.person_id:
        raise NotFound
    number, title = _assignment(db, path, enrolment)
    shown = evidence_of(db, viewer, path, enrolment, sight=sight_of(db, viewer, path, enrolment))
    own = tuple(one for one in shown.photos if one.by_coach)
    return CoachPhotosPage(
        sample=enrolment.sample,
        record_id=path.id,
        person=person_names(db, {enrolment.person_id}).get(enrolment.person_id, ""),
        number=number,
        title=title,
        photos=own,
        photos_max=PHOTOS_MAX,
        open_to_add=may_be_observed(path.state) and len(own) < PHOTOS_MAX,
    )


def _loaded(db: Session, viewer: Viewer, record_id: int) -> tuple[RecordPath, EnrolmentFacts]:
    visible = select(AssignmentRecord.id).where(
        AssignmentRecord.id == record_id, AssignmentRecord.id.in_(records_visible_to(viewer))
    )
    path = next(iter(paths_of(db, visible)), None)
    if path is None:
        raise NotFound
    return path, enrolment_facts(db, [path.enrolment_id])[path.enrolment_id]


def _assignment(db: Session, path: RecordPath, enrolment: EnrolmentFacts) -> tuple[int, str]:
    """Its number in the training, and its title."""
    return next(
        (number, definition.title)
        for number, (id_, definition) in enumerate(edition_of(db, enrolment.practice_edition_id).assignments, start=1)
        if id_ == path.assignment_id
    )
