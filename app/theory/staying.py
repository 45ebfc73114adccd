"""An admin decides that an edition asks nothing: who follows an older one stays there, or trainers need not read it.

And who waits for such a decision, or for a move: what of editions asks for an admin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from app.courses.changes import EditionLine
from app.courses.tables import Course, CourseEdition, Enrolment
from app.kit.errors import Forbidden, Refused
from app.ledger.actions import record
from app.ledger.tables import LedgerContent
from app.people.queries import person_names
from app.people.rules import Viewer
from app.theory.moving import edition_in
from app.theory.tables import EditionStay, TrainerUpdate

PEOPLE: Final = "people"
TRAINERS: Final = "trainers"
LEFT: Final = "theory.left_on_edition"
LEFT_NO_MORE: Final = "theory.left_on_edition_no_more"


@dataclass(frozen=True)
class Decided:
    """Who decided that an edition asks nothing, when and why. `reason` is empty once the ledger forgot it."""

    by: str
    at: datetime
    reason: str


def stays_of(db: Session, edition_id: int) -> Mapping[str, Decided]:
    """What was decided of an edition and stands, by whom it is about: two statements."""
    rows = db.execute(
        select(
            EditionStay.about,
            EditionStay.decided_by_id,
            EditionStay.decided_at,
            LedgerContent.content["reason"].as_string().label("reason"),
        )
        .outerjoin(LedgerContent, LedgerContent.event_id == EditionStay.event_id)
        .where(EditionStay.edition_id == edition_id, EditionStay.withdrawn_at.is_(None))
    ).all()
    names = person_names(db, {row.decided_by_id for row in rows})
    return {row.about: Decided(names.get(row.decided_by_id, ""), row.decided_at, row.reason or "") for row in rows}


def leave(db: Session, *, by: Viewer, course_slug: str, number: int, about: str, reason: str, now: datetime) -> None:
    """The newest edition asks nothing of who follows an older one (`people`), or of `trainers`. Until a newer comes.

    Raises: Forbidden; NotFound; Refused("not_newest" | "asked_already" | "stays_already").
    """
    edition = _newest_held(db, by, course_slug, number)
    asked = select(TrainerUpdate.edition_id).where(TrainerUpdate.edition_id == edition.id)
    if about == TRAINERS and db.scalar(asked) is not None:
        raise Refused("asked_already")
    if stands(db, edition.id, about):
        raise Refused("stays_already")
    event_id = record(db, LEFT, actor_id=by.id, subject=("edition", edition.id), now=now, about=about, reason=reason)
    db.add(EditionStay(edition_id=edition.id, about=about, decided_by_id=by.id, decided_at=now, event_id=event_id))
    db.flush()


def leave_no_more(db: Session, *, by: Viewer, course_slug: str, number: int, about: str, now: datetime) -> None:
    """Take such a decision back, if it stands: what waited, waits again. Raises: Forbidden; NotFound."""
    if not by.is_admin:
        raise Forbidden
    _, edition = edition_in(db, by, course_slug, number)
    done = db.execute(
        update(EditionStay)
        .where(EditionStay.edition_id == edition.id, EditionStay.about == about, EditionStay.withdrawn_at.is_(None))
        .values(withdrawn_at=now, withdrawn_by_id=by.id)
        .returning(EditionStay.id)
        .execution_options(synchronize_session=False)
    ).all()
    if done:
        record(db, LEFT_NO_MORE, actor_id=by.id, subject=("edition", edition.id), now=now, about=about)


def stands(db: Session, edition_id: int, about: str) -> bool:
    """Whether it was decided that an edition asks nothing of them."""
    found = select(EditionStay.id).where(
        EditionStay.edition_id == edition_id, EditionStay.about == about, EditionStay.withdrawn_at.is_(None)
    )
    return db.scalar(found) is not None


def _newest_held(db: Session, by: Viewer, course_slug: str, number: int) -> EditionLine:
    """The course is held: who decides, who asks and who publishes come one after the other."""
    if not by.is_admin:
        raise Forbidden
    db.execute(select(Course.id).where(Course.slug == course_slug).with_for_update()).all()
    editions, edition = edition_in(db, by, course_slug, number)
    if edition is not editions[0]:
        raise Refused("not_newest")
    return edition


# What asks for an admin --------------------------------------------------------------------------------------


_later = aliased(CourseEdition)
NEWEST: Final = ~exists().where(_later.course_id == CourseEdition.course_id, _later.number > CourseEdition.number)
_followed = aliased(CourseEdition)


def left(about: str) -> Any:
    """Whether it was decided that the edition at hand asks nothing of them, as a condition."""
    return exists().where(
        EditionStay.edition_id == CourseEdition.id, EditionStay.about == about, EditionStay.withdrawn_at.is_(None)
    )


_TO_MOVE: Final = (
    select(
        Course.slug,
        CourseEdition.title,
        CourseEdition.number,
        CourseEdition.published_at,
        Enrolment.id.label("enrolment_id"),
        Enrolment.person_id,
    )
    .select_from(Enrolment)
    .join(Course, Course.id == Enrolment.course_id)
    .join(CourseEdition, and_(CourseEdition.course_id == Course.id, NEWEST))
    .join(_followed, _followed.id == Enrolment.edition_id)
    .where(
        _followed.number < CourseEdition.number,
        ~left(PEOPLE),
        Enrolment.withdrawn_at.is_(None),
        Enrolment.expired_at.is_(None),
        Enrolment.completed_at.is_(None),
    )
    .order_by(CourseEdition.published_at, CourseEdition.id, Enrolment.id)
)
TO_MOVE: Final = _TO_MOVE.order_by(None).with_only_columns(func.count()).scalar_subquery()
"""How many people follow an older edition, while nobody decided that they stay; as a column."""


def to_move(db: Session) -> Sequence[Any]:
    """Who follows an older edition, while nobody decided that they stay there; the longest waiting edition first."""
    return db.execute(_TO_MOVE).all()
