"""What both sides said of the work, and what was decided, in as many words as the viewer may read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.rules import AssignmentDefinition, Criterion, EnrolmentFacts, Rubric
from app.people.queries import person_names
from app.people.rules import Viewer
from app.practice.afterwards import After, after_results
from app.practice.paths import RecordPath
from app.practice.rules.forms import UNSEEN, Observation, criteria_of
from app.practice.rules.states import Decision
from app.practice.sight import Sight
from app.practice.tables.coaching import Assessment
from app.practice.tables.proof import ReturnExtension, SignOff, SignOffContent
from app.practice.tables.work import Submission

StepState = Literal["done", "now", "later"]


@dataclass(frozen=True)
class CriterionView:
    """One criterion as ui/rubric.html takes it."""

    code: str
    title: str
    element: str
    levels: tuple[tuple[str, str], ...]
    descriptors: tuple[str, ...]


@dataclass(frozen=True)
class Own:
    """One criterion as she saw it herself. `level` is empty when it did not occur."""

    title: str
    level: str
    text: str


@dataclass(frozen=True)
class Mark:
    """One criterion as both saw it; shown only when both are in. `own` is empty when it did not occur to her."""

    title: str
    own: str
    own_text: str
    coach: str
    coach_text: str


@dataclass(frozen=True)
class Result:
    """What a coach decided, in the words that were signed.

    `emptied`: they are no longer kept. `held_back`: the viewer writes her own view first.
    """

    decision: Decision
    signed_at: datetime
    coach: str
    strong: tuple[str, ...]
    growing: tuple[str, ...]
    agreements: tuple[str, ...]
    notes: tuple[tuple[str, str], ...]
    reason: str
    by_when: date | None
    emptied: bool
    after: After
    held_back: bool = False

    def agreement_only(self) -> Result:
        """Without the judgement in it; why the agreement stays is told in `app.practice.sight`."""
        after = replace(self.after, why="")
        return replace(self, strong=(), growing=(), notes=(), reason="", after=after, held_back=not self.emptied)


def criterion_views(definition: AssignmentDefinition, rubric: Rubric) -> tuple[CriterionView, ...]:
    """The criteria of an assignment with their described levels; none for a kijkbezoek."""
    if not definition.decides:
        return ()
    elements = {element.slug: element.title for element in rubric.core_elements}
    return tuple(
        CriterionView(
            criterion.code,
            criterion.title,
            elements.get(criterion.core_element or "", ""),
            tuple((str(level), name) for level, name in enumerate(rubric.level_names, start=1)),
            criterion.levels,
        )
        for criterion in criteria_of(definition, rubric)
    )


def own_of(
    db: Session, path: RecordPath, definition: AssignmentDefinition, rubric: Rubric
) -> tuple[tuple[Own, ...], str]:
    """What she handed in with the work of this attempt: her scores and her note."""
    if path.submission_id is None:
        return (), ""
    scores, note = db.execute(
        select(Submission.self_scores, Submission.note).where(Submission.id == path.submission_id)
    ).one()
    given = criteria_of(definition, rubric) if definition.decides and scores else []
    return tuple(Own(one.title, *own_words(one, rubric, scores.get(one.code))) for one in given), note


def own_words(criterion: Criterion, rubric: Rubric, level: int | None) -> tuple[str, str]:
    """As `level_words`, of oneself: what did not occur was not unseen, so there is no level to name."""
    return level_words(criterion, rubric, level) if level else ("", "")


def marks_of(
    db: Session,
    path: RecordPath,
    enrolment: EnrolmentFacts,
    definition: AssignmentDefinition,
    rubric: Rubric,
    *,
    sight: Sight,
) -> tuple[Mark, ...]:
    """Both views side by side; empty until she handed in and the coach's whole form is in, and after both went."""
    coach_id = path.signed_by or enrolment.coach_id
    if path.submission_id is None or not definition.decides or not sight.shows(coach_id, attempt=path.attempt):
        return ()
    form = db.scalar(
        select(Assessment.form).where(
            Assessment.record_id == path.id,
            Assessment.attempt == path.attempt,
            Assessment.coach_id == coach_id,
            Assessment.finished_at.is_not(None),
        )
    )
    if not form:
        return ()
    own = db.scalars(select(Submission.self_scores).where(Submission.id == path.submission_id)).one()
    coach = Observation.from_facts(form).scores
    return tuple(
        Mark(
            criterion.title,
            *own_words(criterion, rubric, own.get(criterion.code)),
            *level_words(criterion, rubric, coach.get(criterion.code)),
        )
        for criterion in criteria_of(definition, rubric)
    )


def level_words(criterion: Criterion, rubric: Rubric, level: int | None) -> tuple[str, str]:
    """The name of a level and what it means."""
    if level is None or level == UNSEEN:
        return rubric.not_seen, ""
    return rubric.level_names[level - 1], criterion.levels[level - 1]


def results_of(
    db: Session, viewer: Viewer, path: RecordPath, enrolment: EnrolmentFacts, rubric: Rubric, *, sight: Sight
) -> tuple[Result, ...]:
    """What was decided so far, the latest first, in as many words as the viewer may read."""
    rows = db.execute(
        select(SignOff, SignOffContent.content)
        .outerjoin(SignOffContent, SignOffContent.sign_off_id == SignOff.id)
        .where(SignOff.record_id == path.id)
        .order_by(SignOff.id.desc())
    ).all()
    names = person_names(db, {signed.coach_id for signed, _ in rows})
    titles = {criterion.code: criterion.title for criterion in rubric.criteria}
    after = after_results(db, viewer, path.id, enrolment)
    later = later_days(db, [signed.id for signed, _ in rows])
    each = ((signed, _result(signed, content or {}, names, titles, after[signed.id])) for signed, content in rows)
    results = (
        (signed, replace(result, by_when=later[signed.id]) if signed.id in later else result) for signed, result in each
    )
    return tuple(
        result if sight.shows(signed.coach_id, attempt=signed.attempt) else result.agreement_only()
        for signed, result in results
    )


def later_days(db: Session, sign_off_ids: Sequence[int]) -> dict[int, date]:
    """The day that an admin gave since, for a piece that was asked for."""
    if not sign_off_ids:
        return {}
    rows = db.execute(
        select(ReturnExtension.sign_off_id, ReturnExtension.by_when)
        .where(ReturnExtension.sign_off_id.in_(sign_off_ids))
        .order_by(ReturnExtension.id)
    )
    return {row.sign_off_id: row.by_when for row in rows}


def _result(
    signed: SignOff, content: dict[str, object], names: dict[int, str], titles: dict[str, str], after: After
) -> Result:
    form = content.get("form")
    observation = Observation.from_facts(form if isinstance(form, dict) else {})
    by_when = content.get("by_when")
    return Result(
        decision=Decision(signed.decision),
        signed_at=signed.signed_at,
        coach=names.get(signed.coach_id, ""),
        strong=observation.strong,
        growing=observation.growing,
        agreements=observation.agreements,
        notes=tuple((titles.get(code, code), text) for code, text in observation.notes.items()),
        reason=str(content.get("reason") or ""),
        by_when=date.fromisoformat(by_when) if isinstance(by_when, str) else None,
        emptied=not content,
        after=after,
    )
