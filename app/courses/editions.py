"""Published editions, read once: an edition never changes, so a process keeps what it decides with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.courses.rules import AssignmentDefinition, Outline, Policy, Rubric
from app.courses.tables import Course, CourseEdition, PracticalAssignment
from app.kit.db import fetch, kept
from app.kit.errors import NotFound


@dataclass(frozen=True)
class Edition:
    """What an edition holds besides its texts. `assignments`: the practical ones with their ids, in order."""

    id: int
    sample: bool
    outline: Outline
    policy: Policy
    rubric: Rubric
    assignments: tuple[tuple[int, AssignmentDefinition], ...]

    @cached_property
    def motifs(self) -> dict[str, str]:
        """The drawing of each core element."""
        return {element.slug: element.motif for element in self.rubric.core_elements}


def numbers_of(followed: Edition, practice: Edition) -> Policy:
    """The numbers that count for a training of which practice goes on in another edition than theory.

    How long it lasts, and after how many days it is quiet, are of the edition that is followed; all others of the one
    in which practice began.
    """
    theirs = followed.policy
    return replace(practice.policy, enrolment_max_days=theirs.enrolment_max_days, quiet_days=theirs.quiet_days)


_EDITIONS: Final = select(
    CourseEdition.id, CourseEdition.sample, CourseEdition.outline, CourseEdition.policy, CourseEdition.rubric
).where(CourseEdition.id.in_(bindparam("editions", expanding=True)))
_ASSIGNMENTS: Final = (
    select(PracticalAssignment.id, PracticalAssignment.edition_id, PracticalAssignment.definition)
    .where(PracticalAssignment.edition_id.in_(bindparam("editions", expanding=True)))
    .order_by(PracticalAssignment.position)
)
_NEWEST: Final = (
    select(Course.intervention_id, func.max(CourseEdition.id).label("edition_id"))
    .join(Course, Course.id == CourseEdition.course_id)
    .where(Course.intervention_id.in_(bindparam("interventions", expanding=True)))
    .group_by(Course.intervention_id)
)


def editions_of(db: Session, ids: Iterable[int]) -> dict[int, Edition]:
    """Editions by id: two statements for those that this process did not meet before, none for the others."""
    wanted, place = set(ids), kept(db)
    unknown = [id_ for id_ in wanted if (Edition, id_) not in place]
    if unknown:
        for edition in _read(db, unknown):
            place[Edition, edition.id] = edition
    return {id_: place[Edition, id_] for id_ in wanted if (Edition, id_) in place}


def edition_of(db: Session, edition_id: int) -> Edition:
    """One edition. Raises: NotFound."""
    found: Edition | None = kept(db).get((Edition, edition_id)) or editions_of(db, [edition_id]).get(edition_id)
    if found is None:
        raise NotFound
    return found


def newest_editions(db: Session, intervention_ids: Iterable[int]) -> dict[int, Edition]:
    """What is taught now for each intervention that has a course."""
    wanted = sorted(set(intervention_ids))
    if not wanted:
        return {}
    ids = {row.intervention_id: row.edition_id for row in fetch(db, _NEWEST, interventions=wanted)}
    found = editions_of(db, ids.values())
    return {intervention_id: found[edition_id] for intervention_id, edition_id in ids.items()}


def _read(db: Session, ids: list[int]) -> list[Edition]:
    assignments: dict[int, list[tuple[int, AssignmentDefinition]]] = defaultdict(list)
    for row in fetch(db, _ASSIGNMENTS, editions=ids):
        assignments[row.edition_id].append((row.id, AssignmentDefinition.from_facts(row.definition)))
    return [
        Edition(
            id=row.id,
            sample=row.sample,
            outline=Outline.from_facts(row.outline),
            policy=Policy.from_facts(row.policy),
            rubric=Rubric.from_facts(row.rubric),
            assignments=tuple(assignments[row.id]),
        )
        for row in fetch(db, _EDITIONS, editions=ids)
    ]
