"""Both views on somebody's work, each time that both were in: per core element, over attempts and assignments.

Nothing of one side is here before the other side is in; what a former coach wrote opens as `app.practice.sight` says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.courses.editions import Edition, edition_of
from app.courses.queries import enrolment_facts
from app.courses.rules import EnrolmentFacts, Rubric
from app.kit.errors import NotFound
from app.people.queries import person_names
from app.people.rules import Viewer
from app.practice.paths import STANDS, RecordPath, paths_of, paths_of_enrolments, records_visible_to
from app.practice.results import level_words, own_words
from app.practice.rules.forms import Observation
from app.practice.rules.views import OUTSIDE, Pair, Place, pairs_of, place_of
from app.practice.sight import Sight, sights_of
from app.practice.tables.coaching import Assessment
from app.practice.tables.proof import SignOff, SignOffContent
from app.practice.tables.work import AssignmentRecord, Submission


@dataclass(frozen=True)
class Round:
    """One time that both views were in. `number`: of the submission within its record; `coach`: who looked."""

    record_id: int
    assignment_id: int
    number: int
    attempt: int
    submitted_at: datetime
    pairs: tuple[Pair, ...]
    coach: str


@dataclass(frozen=True)
class BarView:
    """One side on one core element, once: how far the bar goes, and the names of the levels that it lies between."""

    share: float
    low: str
    high: str


@dataclass(frozen=True)
class LineView:
    """One criterion in words; `own` is empty where it did not occur to her."""

    title: str
    own: str
    coach: str


@dataclass(frozen=True)
class TurnView:
    """Both sides on one core element, once. A side is None when it saw nothing of it; `looked`: the coach's name."""

    assignment: str
    looked: str
    day: datetime
    attempt: int
    own: BarView | None
    coach: BarView | None
    lines: tuple[LineView, ...]


@dataclass(frozen=True)
class ElementView:
    """One core element over time, the first time first. `title` is empty for what belongs to none."""

    title: str
    motif: str
    turns: tuple[TurnView, ...]


@dataclass(frozen=True)
class ProfilePage:
    """How somebody grows, per core element over all assignments of a training."""

    sample: bool
    record_id: int
    mine: bool
    person: str
    levels: tuple[str, ...]
    elements: tuple[ElementView, ...]


def profile_page(db: Session, viewer: Viewer, record_id: int) -> ProfilePage:
    """Raises: NotFound when the record is not the viewer's to see."""
    visible = select(AssignmentRecord.id).where(
        AssignmentRecord.id == record_id, AssignmentRecord.id.in_(records_visible_to(viewer))
    )
    path = next(iter(paths_of(db, visible)), None)
    if path is None:
        raise NotFound
    enrolment = enrolment_facts(db, [path.enrolment_id])[path.enrolment_id]
    edition = edition_of(db, enrolment.practice_edition_id)
    paths = paths_of_enrolments(db, [enrolment.id])
    sights = sights_of(db, viewer, paths, enrolment)
    names = person_names(db, {enrolment.person_id})
    return ProfilePage(
        sample=enrolment.sample,
        record_id=record_id,
        mine=enrolment.person_id == viewer.person_id,
        person=names.get(enrolment.person_id, ""),
        levels=edition.rubric.level_names,
        elements=element_views(rounds_of(db, paths, enrolment, edition, sights=sights), edition),
    )


def rounds_of(
    db: Session,
    paths: Collection[RecordPath],
    enrolment: EnrolmentFacts,
    edition: Edition,
    *,
    sights: Mapping[int, Sight],
) -> list[Round]:
    """Each time that both were in on these records, the first one first: three statements, however many there are."""
    known = {path.id: path for path in paths}
    definitions = dict(edition.assignments)
    handed_in = db.execute(
        select(
            Submission.id,
            Submission.record_id,
            Submission.number,
            Submission.attempt,
            Submission.self_scores,
            Submission.submitted_at,
            SignOff.id.label("signed"),
            SignOff.coach_id,
            SignOffContent.content,
        )
        .select_from(Submission)
        .outerjoin(SignOff, and_(SignOff.submission_id == Submission.id, STANDS))
        .outerjoin(SignOffContent, SignOffContent.sign_off_id == SignOff.id)
        .where(Submission.record_id.in_(known))
        .order_by(Submission.submitted_at, Submission.id)
    ).all()
    waiting = _waiting_forms(db, known.values(), enrolment)
    authors = {row.coach_id if row.signed else enrolment.coach_id for row in handed_in}
    names = person_names(db, {author for author in authors if author is not None})
    found = []
    for row in handed_in:
        path, sight = known[row.record_id], sights[row.record_id]
        author = row.coach_id if row.signed else enrolment.coach_id
        form = _signed_form(row) if row.signed else waiting.get(path.id) if row.id == path.submission_id else None
        if not form or not row.self_scores or not sight.shows(author, attempt=row.attempt):
            continue
        pairs = pairs_of(
            row.self_scores, Observation.from_facts(form).scores, definitions[path.assignment_id], edition.rubric
        )
        coach = names.get(author or 0, "")
        found.append(Round(path.id, path.assignment_id, row.number, row.attempt, row.submitted_at, pairs, coach))
    return found


def _signed_form(row: Any) -> dict[str, Any] | None:
    """What was signed; None when it is no longer kept."""
    form = (row.content or {}).get("form")
    return form if isinstance(form, dict) else None


def _waiting_forms(db: Session, paths: Iterable[RecordPath], enrolment: EnrolmentFacts) -> dict[int, dict[str, Any]]:
    """Whole forms of the present coach on work that is not decided yet, by record."""
    attempts = {path.id: path.attempt for path in paths}
    rows = db.execute(
        select(Assessment.record_id, Assessment.attempt, Assessment.form).where(
            Assessment.record_id.in_(attempts),
            Assessment.coach_id == (enrolment.coach_id or 0),
            Assessment.finished_at.is_not(None),
        )
    )
    return {row.record_id: row.form for row in rows if row.attempt == attempts[row.record_id]}


def element_views(rounds: Iterable[Round], edition: Edition) -> tuple[ElementView, ...]:
    """The rounds by core element, in the order of the rubric; what belongs to none comes last."""
    told = list(rounds)
    heads = [(one.slug, one.title, one.motif) for one in edition.rubric.core_elements]
    found = []
    for slug, title, motif in [*heads, (OUTSIDE, "", "")]:
        turns = tuple(turn for one in told if (turn := _turn(one, slug, edition)) is not None)
        if turns:
            found.append(ElementView(title, motif, turns))
    return tuple(found)


def _turn(one: Round, element: str, edition: Edition) -> TurnView | None:
    pairs = [pair for pair in one.pairs if pair.element == element]
    if not pairs:
        return None
    rubric, titles = edition.rubric, {id_: definition.title for id_, definition in edition.assignments}
    criteria = {criterion.code: criterion for criterion in rubric.criteria}
    return TurnView(
        assignment=titles[one.assignment_id],
        looked=one.coach,
        day=one.submitted_at,
        attempt=one.attempt,
        own=_bar(place_of([pair.own for pair in pairs], len(rubric.level_names)), rubric),
        coach=_bar(place_of([pair.coach for pair in pairs], len(rubric.level_names)), rubric),
        lines=tuple(
            LineView(
                criteria[pair.code].title,
                own_words(criteria[pair.code], rubric, pair.own)[0],
                level_words(criteria[pair.code], rubric, pair.coach)[0],
            )
            for pair in pairs
        ),
    )


def _bar(place: Place | None, rubric: Rubric) -> BarView | None:
    if place is None:
        return None
    return BarView(place.share, rubric.level_names[place.low - 1], rubric.level_names[place.high - 1])
