"""The evidence of a record as somebody may see it, and where its files stand.

What a coach adds is part of her view, so it is hidden as her scores are: the professional sees it once both sides are
in or the decision is there, another coach not before it was signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from app.courses.editions import edition_of
from app.courses.queries import enrolment_facts
from app.courses.rules import EnrolmentFacts
from app.courses.tables import Enrolment
from app.kit.errors import NotFound
from app.people.queries import person_names
from app.people.rules import Viewer
from app.practice.paths import RecordPath, paths_of, records_visible_to
from app.practice.rules.states import PHOTOS_MAX, may_be_observed, may_change_work
from app.practice.sight import Sight, sight_of
from app.practice.tables import Assessment, AssignmentRecord, Evidence, SignOff, Submission


@dataclass(frozen=True)
class PhotoView:
    """One photo. `removable`: still the viewer's to take back. `by_coach`: taken during a visit."""

    id: int
    caption: str
    recognisable: str
    removable: bool
    by_coach: bool


@dataclass(frozen=True)
class PhotoKeys:
    """Where the files of a photo stand."""

    large: str
    small: str
    media_type: str


_SIGNED: Final = (
    select(SignOff.id)
    .where(
        SignOff.record_id == Evidence.record_id,
        SignOff.attempt == Evidence.attempt,
        SignOff.coach_id == Evidence.added_by_id,
        SignOff.signed_at >= Evidence.uploaded_at,
    )
    .exists()
    .label("signed")
)
_BOTH_IN: Final = and_(
    select(Assessment.id)
    .where(
        Assessment.record_id == Evidence.record_id,
        Assessment.attempt == Evidence.attempt,
        Assessment.coach_id == Evidence.added_by_id,
        Assessment.finished_at.is_not(None),
    )
    .exists(),
    select(Submission.id)
    .where(Submission.record_id == Evidence.record_id, Submission.attempt == Evidence.attempt)
    .exists(),
).label("both_in")
_KEPT: Final = select(
    Evidence.id,
    Evidence.attempt,
    Evidence.caption,
    Evidence.recognisable,
    Evidence.uploaded_at,
    Evidence.added_by_id,
    Evidence.storage_key,
    Evidence.thumb_key,
    Evidence.media_type,
    _SIGNED,
    _BOTH_IN,
).where(Evidence.removed_at.is_(None))


def shows(row: Any, viewer: Viewer, enrolment: EnrolmentFacts, sight: Sight) -> bool:
    """Whether a viewer who may see the record may see this piece of evidence."""
    author = row.added_by_id
    if author in {None, enrolment.person_id, viewer.person_id}:
        return True
    if viewer.person_id == enrolment.person_id:
        return bool(row.signed or (row.both_in and author == enrolment.coach_id))
    if sight.coach_id is not None:
        return bool(row.signed) and sight.shows(author, attempt=row.attempt)
    return True


def photos_of(
    db: Session, viewer: Viewer, path: RecordPath, enrolment: EnrolmentFacts, *, sight: Sight
) -> tuple[PhotoView, ...]:
    """The photos of the present attempt that the viewer may see."""
    rows = db.execute(
        _KEPT.where(Evidence.record_id == path.id, Evidence.attempt == path.attempt).order_by(Evidence.id)
    )
    return tuple(
        PhotoView(
            row.id,
            row.caption,
            row.recognisable,
            _removable(row, viewer, path, enrolment),
            row.added_by_id not in {None, enrolment.person_id},
        )
        for row in rows
        if shows(row, viewer, enrolment, sight)
    )


def photo_keys(db: Session, viewer: Viewer, *, record_id: int, photo_id: int) -> PhotoKeys:
    """Raises: NotFound when the photo is not the viewer's to see, or gone."""
    row = db.execute(
        _KEPT.add_columns(AssignmentRecord.enrolment_id, Enrolment.person_id)
        .join(AssignmentRecord, AssignmentRecord.id == Evidence.record_id)
        .join(Enrolment, Enrolment.id == AssignmentRecord.enrolment_id)
        .where(
            Evidence.id == photo_id,
            Evidence.record_id == record_id,
            Evidence.record_id.in_(records_visible_to(viewer)),
        )
    ).first()
    if row is None:
        raise NotFound
    if row.added_by_id not in {None, row.person_id, viewer.person_id}:
        enrolment = enrolment_facts(db, [row.enrolment_id])[row.enrolment_id]
        path = paths_of(db, select(AssignmentRecord.id).where(AssignmentRecord.id == record_id))[0]
        if not shows(row, viewer, enrolment, sight_of(db, viewer, path, enrolment)):
            raise NotFound
    return PhotoKeys(row.storage_key, row.thumb_key, row.media_type)


def to_take_along(person_id: int) -> Select[int]:
    """The evidence that somebody gets a copy of: of her own records, but for what a coach did not sign yet."""
    hers = or_(Evidence.added_by_id.is_(None), Evidence.added_by_id == person_id)
    return (
        select(Evidence.id)
        .join(AssignmentRecord, AssignmentRecord.id == Evidence.record_id)
        .join(Enrolment, Enrolment.id == AssignmentRecord.enrolment_id)
        .where(Enrolment.person_id == person_id, Evidence.removed_at.is_(None), or_(hers, _SIGNED))
    )


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


def coach_photos_page(db: Session, viewer: Viewer, record_id: int) -> CoachPhotosPage:
    """Raises: NotFound for everybody but the present coach of the professional."""
    visible = select(AssignmentRecord.id).where(
        AssignmentRecord.id == record_id, AssignmentRecord.id.in_(records_visible_to(viewer))
    )
    path = next(iter(paths_of(db, visible)), None)
    if path is None:
        raise NotFound
    enrolment = enrolment_facts(db, [path.enrolment_id])[path.enrolment_id]
    if enrolment.coach_id != viewer.person_id:
        raise NotFound
    number, definition = next(
        (index, found)
        for index, (id_, found) in enumerate(edition_of(db, enrolment.edition_id).assignments, start=1)
        if id_ == path.assignment_id
    )
    photos = photos_of(db, viewer, path, enrolment, sight=sight_of(db, viewer, path, enrolment))
    own = tuple(one for one in photos if one.by_coach)
    return CoachPhotosPage(
        sample=enrolment.sample,
        record_id=path.id,
        person=person_names(db, {enrolment.person_id}).get(enrolment.person_id, ""),
        number=number,
        title=definition.title,
        photos=own,
        photos_max=PHOTOS_MAX,
        open_to_add=may_be_observed(path.state) and len(own) < PHOTOS_MAX,
    )


def _removable(row: Any, viewer: Viewer, path: RecordPath, enrolment: EnrolmentFacts) -> bool:
    """The professional takes back until she hands in, the coach until she signs."""
    if row.added_by_id in {None, enrolment.person_id}:
        fresh = path.submitted_at is None or row.uploaded_at > path.submitted_at
        return viewer.person_id == enrolment.person_id and may_change_work(path.state) and fresh
    mine = row.added_by_id == viewer.person_id == enrolment.coach_id
    return mine and may_be_observed(path.state) and not row.signed
