"""The evidence of a record as somebody may see it, and where its files stand.

What a coach adds is part of her view, so it is hidden as her scores are: the professional sees it once both sides are
in or the decision is there, another coach not before it was signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from app.courses.queries import enrolment_facts
from app.courses.rules import EnrolmentFacts
from app.courses.tables import Enrolment
from app.kit.errors import NotFound
from app.people.rules import Viewer
from app.practice.paths import RecordPath, paths_of, records_visible_to
from app.practice.rules.evidence import ATTESTED, Kind, Purpose, may_be_used
from app.practice.rules.states import may_be_observed, may_change_work
from app.practice.sight import Sight, sight_of
from app.practice.tables.coaching import Assessment
from app.practice.tables.evidence import ConsentAttestation, Evidence
from app.practice.tables.proof import SignOff
from app.practice.tables.work import AssignmentRecord, Submission


@dataclass(frozen=True)
class PhotoView:
    """One photo, or another piece of evidence. `by_coach`: taken during a visit. `host`: of a link.

    `removable`: still the viewer's to take back. `may_withdraw`: she may say that consent is taken back.
    """

    id: int
    caption: str
    recognisable: str
    purposes: tuple[Purpose, ...]
    removable: bool
    may_withdraw: bool
    by_coach: bool
    attempt: int
    kind: Kind
    bytes: int
    words: str
    link: str
    host: str


@dataclass(frozen=True)
class Shown:
    """The evidence that a viewer sees. `files`: what is no photo.

    `withdrawn`: how many went because consent was taken back.
    """

    photos: tuple[PhotoView, ...]
    files: tuple[PhotoView, ...]
    withdrawn: int


@dataclass(frozen=True)
class PhotoKeys:
    """Where the files of a photo stand."""

    large: str
    small: str
    media_type: str


@dataclass(frozen=True)
class FileOf:
    """Where the file of any kind of evidence stands, and what it is."""

    key: str
    kind: Kind
    media_type: str
    bytes: int
    sha256: str


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
    Evidence.withdrawn_at,
    Evidence.kind,
    Evidence.sha256,
    Evidence.bytes,
    Evidence.words,
    Evidence.link,
    _SIGNED,
    _BOTH_IN,
).where(or_(Evidence.removed_at.is_(None), Evidence.withdrawn_at.is_not(None)))


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


def evidence_of(
    db: Session,
    viewer: Viewer,
    path: RecordPath,
    enrolment: EnrolmentFacts,
    *,
    sight: Sight,
    all_attempts: bool = False,
) -> Shown:
    """The evidence of the present attempt, or of all of them, that the viewer may see."""
    query = _KEPT.where(Evidence.record_id == path.id).order_by(Evidence.id)
    rows = [
        row
        for row in db.execute(query if all_attempts else query.where(Evidence.attempt == path.attempt))
        if shows(row, viewer, enrolment, sight)
    ]
    purposes = attested_for(db, [row.id for row in rows if row.recognisable == ATTESTED])
    pieces = tuple(
        PhotoView(
            id=row.id,
            caption=row.caption,
            recognisable=row.recognisable,
            purposes=purposes.get(row.id, ()),
            removable=_removable(row, viewer, path, enrolment),
            may_withdraw=viewer.id in {enrolment.person_id, row.added_by_id} or viewer.is_admin,
            by_coach=row.added_by_id not in {None, enrolment.person_id},
            attempt=row.attempt,
            kind=Kind(row.kind),
            bytes=row.bytes,
            words=row.words,
            link=row.link,
            host=urlsplit(row.link).hostname or "",
        )
        for row in rows
        if row.withdrawn_at is None
    )
    photos = tuple(one for one in pieces if one.kind is Kind.PHOTO)
    return Shown(photos, tuple(one for one in pieces if one.kind is not Kind.PHOTO), len(rows) - len(pieces))


def visible_evidence(db: Session, viewer: Viewer, *, record_id: int, evidence_id: int) -> Any | None:
    """The row of a piece of evidence whose file is there and that the viewer may see; None for all others."""
    row = db.execute(
        _KEPT.add_columns(AssignmentRecord.enrolment_id, Enrolment.person_id)
        .join(AssignmentRecord, AssignmentRecord.id == Evidence.record_id)
        .join(Enrolment, Enrolment.id == AssignmentRecord.enrolment_id)
        .where(
            Evidence.id == evidence_id,
            Evidence.record_id == record_id,
            Evidence.removed_at.is_(None),
            Evidence.record_id.in_(records_visible_to(viewer)),
        )
    ).first()
    if row is None or row.added_by_id in {None, row.person_id, viewer.person_id}:
        return row
    enrolment = enrolment_facts(db, [row.enrolment_id])[row.enrolment_id]
    path = paths_of(db, select(AssignmentRecord.id).where(AssignmentRecord.id == record_id))[0]
    return row if shows(row, viewer, enrolment, sight_of(db, viewer, path, enrolment)) else None


def photo_keys(
    db: Session, viewer: Viewer, *, record_id: int, photo_id: int, purpose: Purpose = Purpose.ASSESSMENT
) -> PhotoKeys:
    """Raises: NotFound when the photo is not the viewer's to see, is gone, or may not be used for the purpose."""
    row = _usable(db, viewer, record_id, photo_id, purpose)
    if row.kind != Kind.PHOTO:
        raise NotFound
    return PhotoKeys(row.storage_key, row.thumb_key, row.media_type)


def file_of(
    db: Session, viewer: Viewer, *, record_id: int, evidence_id: int, purpose: Purpose = Purpose.ASSESSMENT
) -> FileOf:
    """Raises: NotFound, as `photo_keys`, and for words and links, which have no file."""
    row = _usable(db, viewer, record_id, evidence_id, purpose)
    if row.kind == Kind.PHOTO or not row.storage_key:
        raise NotFound
    return FileOf(row.storage_key, Kind(row.kind), row.media_type, row.bytes, row.sha256)


def _usable(db: Session, viewer: Viewer, record_id: int, evidence_id: int, purpose: Purpose) -> Any:
    row = visible_evidence(db, viewer, record_id=record_id, evidence_id=evidence_id)
    if row is None:
        raise NotFound
    attested = attested_for(db, [row.id])[row.id] if row.recognisable == ATTESTED else ()
    if not may_be_used(row.recognisable, attested, purpose):
        raise NotFound
    return row


def attested_for(db: Session, evidence_ids: list[int]) -> dict[int, tuple[Purpose, ...]]:
    """What people in each piece said yes to, in the order of the form.

    What the version before this one took while both ran has no row: it was for the assessment.
    """
    found: dict[int, list[Purpose]] = {id_: [] for id_ in evidence_ids}
    taken_back = set()
    if evidence_ids:
        for row in db.execute(
            select(ConsentAttestation.evidence_id, ConsentAttestation.purpose, ConsentAttestation.withdrawn_at).where(
                ConsentAttestation.evidence_id.in_(evidence_ids)
            )
        ):
            if row.withdrawn_at is None:
                found[row.evidence_id].append(Purpose(row.purpose))
            else:
                taken_back.add(row.evidence_id)
    order = list(Purpose)
    return {
        id_: tuple(sorted(given or ([] if id_ in taken_back else [Purpose.ASSESSMENT]), key=order.index))
        for id_, given in found.items()
    }


def to_take_along(person_id: int) -> Select[int]:
    """The evidence that somebody gets a copy of: of her own records, but for what a coach did not sign yet."""
    hers = or_(Evidence.added_by_id.is_(None), Evidence.added_by_id == person_id)
    return (
        select(Evidence.id)
        .join(AssignmentRecord, AssignmentRecord.id == Evidence.record_id)
        .join(Enrolment, Enrolment.id == AssignmentRecord.enrolment_id)
        .where(Enrolment.person_id == person_id, Evidence.removed_at.is_(None), or_(hers, _SIGNED))
    )


def _removable(row: Any, viewer: Viewer, path: RecordPath, enrolment: EnrolmentFacts) -> bool:
    """The professional takes back until she hands in, the coach until she signs."""
    if row.added_by_id in {None, enrolment.person_id}:
        fresh = path.submitted_at is None or row.uploaded_at > path.submitted_at
        return viewer.person_id == enrolment.person_id and may_change_work(path.state) and fresh
    mine = row.added_by_id == viewer.person_id == enrolment.coach_id
    return mine and may_be_observed(path.state) and not row.signed
