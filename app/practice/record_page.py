"""What the page of one assignment shows, to the professional, her coach and an admin."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.editions import edition_of
from app.courses.queries import enrolment_facts
from app.courses.rules import AssignmentDefinition
from app.delivery.queries import groups_of
from app.delivery.rules import GroupFacts
from app.kit.errors import NotFound
from app.people.queries import person_names
from app.people.rules import Viewer
from app.practice.both_views import ElementView, element_views, rounds_of
from app.practice.evidence_view import PhotoView, evidence_of
from app.practice.paths import RecordPath, Way, paths_of, records_visible_to
from app.practice.reflection_page import ReflectionView, reflection_view
from app.practice.results import CriterionView, Mark, Own, Result, criterion_views, marks_of, own_of, results_of
from app.practice.rules.states import Decision, RecordState, may_change_work
from app.practice.rules.talks import Agreed
from app.practice.sight import sight_of
from app.practice.tables.work import AssignmentRecord, Preparation
from app.practice.talk_page import EarlierTalk, talk_of

StepState = Literal["done", "now", "later"]


@dataclass(frozen=True)
class StepView:
    """One step on the way; `day` when there is one."""

    code: str
    state: StepState
    day: date | datetime | None = None


@dataclass(frozen=True)
class PreparationView:
    """What she wrote beforehand."""

    goal: str
    session_plan: str
    learning_question: str
    version: int


@dataclass(frozen=True)
class SelfDraft:
    """How she sees her own work so far, in the present attempt; `version` counts all attempts."""

    scores: dict[str, int] = field(default_factory=dict)
    note: str = ""
    version: int = 0
    saved_at: datetime | None = None


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
    draft: SelfDraft
    reflection: ReflectionView | None
    own: tuple[Own, ...]
    own_note: str
    criteria: tuple[CriterionView, ...]
    photos: tuple[PhotoView, ...]
    files: tuple[PhotoView, ...]
    withdrawn: int
    asks_photo: bool
    asks_visit: bool
    visit_at: datetime | None
    visit_until: datetime | None
    place: str
    way: Way
    marks: tuple[Mark, ...]
    levels: tuple[str, ...]
    elements: tuple[ElementView, ...]
    talk: Agreed | None
    earlier: EarlierTalk | None
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
    def at_beginning(self) -> bool:
        """Whether she still has to find out what the assignment is."""
        return self.mine and self.step in {"group", "prepare"} and not self.results

    @property
    def may_prepare(self) -> bool:
        return self.mine and self.open_to_work

    @property
    def may_note_way(self) -> bool:
        """Whether a visit is ahead of her, of which she may tell how to get there."""
        return self.may_prepare and self.step == "visit" and self.visit_at is not None

    @property
    def may_hand_in(self) -> bool:
        """Whether the forms for evidence and self-scores stand open."""
        return self.may_prepare and self.step == "hand_in"


def record_page(db: Session, viewer: Viewer, record_id: int, *, now: datetime) -> RecordPage:
    """Raises: NotFound when the record is not the viewer's to see."""
    path = _path(db, viewer, record_id)
    enrolment = enrolment_facts(db, [path.enrolment_id])[path.enrolment_id]
    edition = edition_of(db, enrolment.practice_edition_id)
    number, definition = next(
        (index, found) for index, (id_, found) in enumerate(edition.assignments, start=1) if id_ == path.assignment_id
    )
    group, rubric = groups_of(db, [enrolment.id]).get(enrolment.id), edition.rubric
    people = person_names(db, {enrolment.person_id, *([enrolment.coach_id] if enrolment.coach_id else [])})
    mine = enrolment.person_id == viewer.person_id
    written = db.get(Preparation, path.id)
    sight = sight_of(db, viewer, path, enrolment)
    shown = evidence_of(db, viewer, path, enrolment, sight=sight)
    own, own_note = own_of(db, path, definition, rubric) if mine else ((), "")
    talk = talk_of(db, viewer, path, enrolment, sight=sight)
    return RecordPage(
        sample=enrolment.sample,
        id=path.id,
        number=number,
        of=len(edition.assignments),
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
        preparation=preparation_view(written),
        draft=_draft(written, path) if mine else SelfDraft(),
        reflection=reflection_view(db, path, enrolment, definition, viewer=viewer),
        own=own,
        own_note=own_note,
        criteria=criterion_views(definition, rubric),
        photos=shown.photos,
        files=shown.files,
        withdrawn=shown.withdrawn,
        asks_photo=definition.needs_photo,
        asks_visit=definition.needs_visit,
        visit_at=path.visit.date.starts_at if path.visit else None,
        visit_until=path.visit.date.ends_at if path.visit else None,
        place=f"{group.place}, {group.municipality}" if group else "",
        way=path.way,
        marks=marks_of(db, path, enrolment, definition, rubric, sight=sight),
        levels=rubric.level_names,
        elements=element_views(rounds_of(db, [path], enrolment, edition, sights={path.id: sight}), edition),
        talk=talk.agreed,
        earlier=talk.earlier,
        results=results_of(db, viewer, path, enrolment, rubric, sight=sight),
        review_days=edition.policy.review_within_working_days,
        attempt=path.attempt,
        attempts_max=edition.policy.assignment_attempts_max,
        open_to_work=may_change_work(path.state),
    )


def preparation_view(written: Preparation | None) -> PreparationView | None:
    if written is None or not written.goal:
        return None
    return PreparationView(written.goal, written.session_plan, written.learning_question, written.version)


def _path(db: Session, viewer: Viewer, record_id: int) -> RecordPath:
    visible = select(AssignmentRecord.id).where(
        AssignmentRecord.id == record_id, AssignmentRecord.id.in_(records_visible_to(viewer))
    )
    path = next(iter(paths_of(db, visible)), None)
    if path is None:
        raise NotFound
    return path


def _draft(written: Preparation | None, path: RecordPath) -> SelfDraft:
    if written is None:
        return SelfDraft()
    if written.draft_attempt != path.attempt:  # each attempt begins without the scores of the last one
        return SelfDraft(version=written.draft_version)
    return SelfDraft(dict(written.draft_scores), written.draft_note, written.draft_version, written.draft_at)


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
