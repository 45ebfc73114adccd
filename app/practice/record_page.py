"""What the page of one assignment shows, to the professional, her coach and an admin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.editions import edition_of
from app.courses.queries import enrolment_facts
from app.courses.rules import AssignmentDefinition, Criterion, EnrolmentFacts, Rubric
from app.delivery.queries import groups_of
from app.delivery.rules import GroupFacts
from app.kit.errors import NotFound
from app.people.queries import person_names
from app.people.rules import Viewer
from app.practice.queries import RecordPath, paths_of, records_visible_to
from app.practice.rules import (
    PHOTOS_MAX,
    UNSEEN,
    Decision,
    Observation,
    RecordState,
    criteria_of,
    may_change_work,
)
from app.practice.sight import Sight, sight_of
from app.practice.tables import (
    Assessment,
    AssignmentRecord,
    Evidence,
    Preparation,
    SignOff,
    SignOffContent,
    Submission,
)

StepState = Literal["done", "now", "later"]


@dataclass(frozen=True)
class StepView:
    """One step on the way; `day` when there is one."""

    code: str
    state: StepState
    day: date | datetime | None = None


@dataclass(frozen=True)
class CriterionView:
    """One criterion as ui/rubric.html takes it."""

    code: str
    title: str
    element: str
    levels: tuple[tuple[str, str], ...]
    descriptors: tuple[str, ...]


@dataclass(frozen=True)
class PhotoView:
    """One photo. `removable`: still hers to take back."""

    id: int
    caption: str
    recognisable: str
    removable: bool


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
    held_back: bool = False

    def agreement_only(self) -> Result:
        """Without the judgement in it; why the agreement stays is told in `app.practice.sight`."""
        return replace(self, strong=(), growing=(), notes=(), reason="", held_back=not self.emptied)


@dataclass(frozen=True)
class PreparationView:
    """What she wrote beforehand."""

    goal: str
    session_plan: str
    learning_question: str
    version: int


@dataclass(frozen=True)
class RecordPage:
    """Everything on the page of one assignment."""

    sample: bool
    id: int
    number: int
    of: int
    title: str
    summary: str
    state: RecordState
    mine: bool
    person: str
    coach: str
    what: Markup
    good: Markup
    coach_looks_at: Markup
    bring: tuple[str, ...]
    steps: tuple[StepView, ...]
    preparation: PreparationView | None
    draft_scores: dict[str, int]
    draft_note: str
    own: tuple[Own, ...]
    own_note: str
    criteria: tuple[CriterionView, ...]
    photos: tuple[PhotoView, ...]
    photos_max: int
    visit_at: datetime | None
    visit_until: datetime | None
    place: str
    marks: tuple[Mark, ...]
    results: tuple[Result, ...]
    review_days: int
    attempt: int
    attempts_max: int
    open_to_work: bool

    @property
    def step(self) -> str:
        """The step that is at hand; empty when all is done."""
        return next((step.code for step in self.steps if step.state == "now"), "")

    @property
    def may_prepare(self) -> bool:
        return self.mine and self.open_to_work

    @property
    def may_hand_in(self) -> bool:
        """Whether the forms for evidence and self-scores stand open."""
        return self.may_prepare and self.step == "hand_in"


def record_page(db: Session, viewer: Viewer, record_id: int, *, now: datetime) -> RecordPage:
    """Raises: NotFound when the record is not the viewer's to see."""
    visible = select(AssignmentRecord.id).where(
        AssignmentRecord.id == record_id, AssignmentRecord.id.in_(records_visible_to(viewer))
    )
    path = next(iter(paths_of(db, visible)), None)
    if path is None:
        raise NotFound
    enrolment = enrolment_facts(db, [path.enrolment_id])[path.enrolment_id]
    assignments = edition_of(db, enrolment.edition_id).assignments
    number, definition = next(
        (index, found) for index, (id_, found) in enumerate(assignments, start=1) if id_ == path.assignment_id
    )
    rubric, policy = edition_of(db, enrolment.edition_id).rubric, edition_of(db, enrolment.edition_id).policy
    group = groups_of(db, [enrolment.id]).get(enrolment.id)
    people = person_names(db, {enrolment.person_id, *([enrolment.coach_id] if enrolment.coach_id else [])})
    mine = enrolment.person_id == viewer.person_id
    written = db.get(Preparation, path.id)
    sight = sight_of(db, viewer, path, enrolment)
    own, own_note = _own(db, path, definition, rubric) if mine else ((), "")
    return RecordPage(
        sample=enrolment.sample,
        id=path.id,
        number=number,
        of=len(assignments),
        title=definition.title,
        summary=definition.summary,
        state=path.state,
        mine=mine,
        person=people.get(enrolment.person_id, ""),
        coach=people.get(enrolment.coach_id, "") if enrolment.coach_id else "",
        what=Markup(definition.what_html),  # noqa: S704 - cleaned when the course was published
        good=Markup(definition.good_html),  # noqa: S704 - the same
        coach_looks_at=Markup(definition.coach_looks_at_html),  # noqa: S704 - the same
        bring=definition.bring,
        steps=_steps(definition, path, group, now=now),
        preparation=_preparation(written),
        draft_scores=dict(written.draft_scores) if written and mine else {},
        draft_note=written.draft_note if written and mine else "",
        own=own,
        own_note=own_note,
        criteria=criterion_views(definition, rubric),
        photos=photos_of(db, path),
        photos_max=PHOTOS_MAX,
        visit_at=path.visit.date.starts_at if path.visit else None,
        visit_until=path.visit.date.ends_at if path.visit else None,
        place=f"{group.place}, {group.municipality}" if group else "",
        marks=marks_of(db, path, enrolment, definition, rubric, sight=sight),
        results=results_of(db, path, rubric, sight=sight),
        review_days=policy.review_within_working_days,
        attempt=path.attempt,
        attempts_max=policy.assignment_attempts_max,
        open_to_work=may_change_work(path.state),
    )


def _own(
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


def _preparation(written: Preparation | None) -> PreparationView | None:
    if written is None or not written.goal:
        return None
    return PreparationView(written.goal, written.session_plan, written.learning_question, written.version)


def _steps(
    definition: AssignmentDefinition, path: RecordPath, group: GroupFacts | None, *, now: datetime
) -> tuple[StepView, ...]:
    """The steps of this assignment; the first that is not done is the one at hand."""
    handed_in = path.submitted_at is not None and path.decision is not Decision.RETURNED
    visited = path.visit is not None and path.visit.date.starts_at <= now
    planned: list[tuple[str, bool, date | datetime | None]] = []
    if definition.needs_group:
        planned.append(("group", group is not None and bool(group.coming), None))
    planned.append(("prepare", path.prepared, None))
    if definition.needs_visit:
        visit_at = path.visit.date.starts_at if path.visit else None
        planned.append(("visit", visited or handed_in, visit_at))
    planned.append(("hand_in", handed_in, path.submitted_at if handed_in else None))
    signed_at = path.signed_at if path.decision is Decision.SIGNED_OFF else None
    planned.append(("review", path.decision is Decision.SIGNED_OFF, signed_at))
    steps: list[StepView] = []
    for code, done, day in planned:
        found_now = any(step.state == "now" for step in steps)
        # Once the work is handed in nothing before it is asked for any more.
        is_done = done or (handed_in and code not in {"hand_in", "review"})
        steps.append(StepView(code, "done" if is_done else "later" if found_now else "now", day))
    return tuple(steps)


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


def photos_of(db: Session, path: RecordPath) -> tuple[PhotoView, ...]:
    """The photos of the present attempt."""
    rows = db.execute(
        select(Evidence.id, Evidence.caption, Evidence.recognisable, Evidence.uploaded_at)
        .where(Evidence.record_id == path.id, Evidence.attempt == path.attempt, Evidence.removed_at.is_(None))
        .order_by(Evidence.id)
    )
    open_to_work = may_change_work(path.state)
    return tuple(
        PhotoView(
            row.id,
            row.caption,
            row.recognisable,
            open_to_work and (path.submitted_at is None or row.uploaded_at > path.submitted_at),
        )
        for row in rows
    )


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


def results_of(db: Session, path: RecordPath, rubric: Rubric, *, sight: Sight) -> tuple[Result, ...]:
    """What was decided so far, the latest first, in as many words as the viewer may read."""
    rows = db.execute(
        select(SignOff, SignOffContent.content)
        .outerjoin(SignOffContent, SignOffContent.sign_off_id == SignOff.id)
        .where(SignOff.record_id == path.id)
        .order_by(SignOff.id.desc())
    ).all()
    names = person_names(db, {signed.coach_id for signed, _ in rows})
    titles = {criterion.code: criterion.title for criterion in rubric.criteria}
    results = ((signed, _result(signed, content or {}, names, titles)) for signed, content in rows)
    return tuple(
        result if sight.shows(signed.coach_id, attempt=signed.attempt) else result.agreement_only()
        for signed, result in results
    )


def _result(signed: SignOff, content: dict[str, object], names: dict[int, str], titles: dict[str, str]) -> Result:
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
    )
