"""The page on which a coach plans her visit, observes, and decides."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.editions import edition_of
from app.courses.queries import enrolment_facts
from app.courses.rules import AdherenceCheck, AssignmentDefinition, EnrolmentFacts, Rubric
from app.delivery.queries import groups_of
from app.delivery.rules import DateFacts, GroupFacts
from app.kit.errors import NotFound
from app.kit.localtime import local_day
from app.people.queries import cards
from app.people.rules import PersonCard, Viewer
from app.practice.basis import Basis, basis_of
from app.practice.evidence_view import PhotoView, evidence_of
from app.practice.paths import RecordPath, Way, paths_of, records_visible_to
from app.practice.record_page import PreparationView
from app.practice.reflection_page import HandedReflection, handed_reflections
from app.practice.results import CriterionView, Mark, Result, criterion_views, marks_of, results_of
from app.practice.rules.forms import Observation, checks_of, criteria_of, decisions_for, suggestion
from app.practice.rules.states import Decision, RecordState, Step, may, may_be_observed, waits_for_coach
from app.practice.rules.talks import Agreed
from app.practice.sight import sight_of
from app.practice.tables.coaching import Assessment
from app.practice.tables.work import AssignmentRecord, Preparation, Submission
from app.practice.talk_page import EarlierTalk, talk_of

OUTSIDE = ""  # criteria and checks that belong to no core element


@dataclass(frozen=True)
class Fold:
    """One core element on the form, or what stands outside of them. `filled`: criteria with a level."""

    title: str
    summary: str
    motif: str
    criteria: tuple[CriterionView, ...]
    checks: tuple[AdherenceCheck, ...]
    filled: int
    total: int

    def counting(self, answered: Collection[str]) -> Fold:
        """The same with what stands in these fields of the form."""
        names = [f"score_{one.code}" for one in self.criteria] + [f"check_{one.slug}" for one in self.checks]
        return replace(self, filled=sum(name in answered for name in names))


@dataclass(frozen=True)
class ObservationPage:
    """Everything on the page of a coach about one assignment of somebody.

    `last`: of the time before this one; `earlier`: confirmed with a former coach about the work that lies here.
    `basis`: what she signs with her form.
    """

    sample: bool
    record_id: int
    enrolment_id: int
    person: PersonCard
    number: int
    attempt: int
    title: str
    state: RecordState
    decides: bool
    needs_visit: bool
    visit: DateFacts | None
    visit_started: bool
    dates: tuple[DateFacts, ...]
    place: str
    address: str
    way: Way
    preparation: PreparationView | None
    photos: tuple[PhotoView, ...]
    files: tuple[PhotoView, ...]
    withdrawn: int
    reflection: HandedReflection | None
    folds: tuple[Fold, ...]
    filled: int
    total: int
    saved: Observation
    version: int
    saved_at: datetime | None
    finished: bool
    last: Result | None
    taken_back: Result | None
    results: tuple[Result, ...]
    marks: tuple[Mark, ...]
    talk: Agreed | None
    earlier: EarlierTalk | None
    self_note: str
    submission_id: int | None
    may_plan: bool
    may_cancel: bool
    may_observe: bool
    basis: Basis | None
    suggested: Decision
    reasons: tuple[tuple[str, str], ...]
    decisions: tuple[Decision, ...]

    @property
    def may_sign(self) -> bool:
        return self.basis is not None

    @property
    def agreed_before(self) -> tuple[str, ...]:
        """The agreement that the form opens with."""
        return self.earlier.agreements if self.earlier else self.last.agreements if self.last else ()

    def counting(self, answered: Collection[str]) -> ObservationPage:
        """The same with other counts: of a form that came back what was typed counts, not what is saved."""
        folds = tuple(fold.counting(answered) for fold in self.folds)
        return replace(self, folds=folds, filled=sum(fold.filled for fold in folds))


@dataclass(frozen=True)
class _Loaded:
    path: RecordPath
    enrolment: EnrolmentFacts
    number: int
    definition: AssignmentDefinition
    rubric: Rubric
    form: Assessment | None


def observation_page(db: Session, viewer: Viewer, record_id: int, *, now: datetime) -> ObservationPage:
    """Raises: NotFound for everybody but the present coach of the professional."""
    loaded = _load(db, viewer, record_id)
    path, enrolment, form = loaded.path, loaded.enrolment, loaded.form
    definition, rubric = loaded.definition, loaded.rubric
    group = groups_of(db, [enrolment.id]).get(enrolment.id)
    saved = Observation.from_facts(form.form) if form else Observation()
    folds = _folds(definition, rubric, saved)
    sight = sight_of(db, viewer, path, enrolment)
    shown = evidence_of(db, viewer, path, enrolment, sight=sight)
    results = results_of(db, viewer, path, enrolment, rubric, sight=sight)
    both_in = form is not None and form.finished_at is not None and path.submission_id is not None
    suggested = suggestion(saved, definition, rubric)
    talk = talk_of(db, viewer, path, enrolment, sight=sight)
    return ObservationPage(
        sample=enrolment.sample,
        record_id=path.id,
        enrolment_id=enrolment.id,
        person=cards(db, [enrolment.person_id], local_day(now))[enrolment.person_id],
        number=loaded.number,
        attempt=path.attempt,
        title=definition.title,
        state=path.state,
        decides=definition.decides,
        needs_visit=definition.needs_visit,
        visit=path.visit.date if path.visit else None,
        visit_started=path.visit is not None and path.visit.date.starts_at <= now,
        dates=tuple(date for date in group.coming if date.starts_at > now) if group else (),
        place=f"{group.place}, {group.municipality}" if group else "",
        address=f"{group.address}, {group.municipality}" if group else "",
        way=path.way,
        preparation=_preparation(db, path),
        photos=shown.photos,
        files=shown.files,
        withdrawn=shown.withdrawn,
        reflection=next(iter(handed_reflections(db, path.id)), None) if definition.needs_reflection else None,
        folds=folds,
        filled=sum(fold.filled for fold in folds),
        total=sum(fold.total for fold in folds),
        saved=saved,
        version=form.version if form else 0,
        saved_at=form.saved_at if form else None,
        finished=form is not None and form.finished_at is not None,
        last=next((one for one in results if one.after.stands), None) if path.decision is None else None,
        taken_back=results[0] if results and path.reopened else None,
        results=results,
        marks=marks_of(db, path, enrolment, definition, rubric, sight=sight),
        talk=talk.agreed,
        earlier=talk.earlier,
        self_note=_self_note(db, path) if both_in else "",
        submission_id=path.submission_id,
        may_plan=definition.needs_visit and may(path.state, Step.PLAN_VISIT),
        may_cancel=may(path.state, Step.CANCEL_VISIT),
        may_observe=may_be_observed(path.state),
        basis=_basis(db, loaded, group),
        suggested=suggested.decision,
        reasons=tuple((reason.code, _about(reason.about, rubric)) for reason in suggested.reasons),
        decisions=decisions_for(definition),
    )


def _basis(db: Session, loaded: _Loaded, group: GroupFacts | None) -> Basis | None:
    """What she may sign: once the work lies with her and her form is whole."""
    path, form = loaded.path, loaded.form
    if not waits_for_coach(path.state) or form is None or form.finished_at is None:
        return None
    return basis_of(db, path, loaded.enrolment, coach_id=form.coach_id, form=form.form, group=group)


def _load(db: Session, viewer: Viewer, record_id: int) -> _Loaded:
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
        for index, (id_, found) in enumerate(edition_of(db, enrolment.practice_edition_id).assignments, start=1)
        if id_ == path.assignment_id
    )
    form = db.scalar(
        select(Assessment).where(
            Assessment.record_id == path.id, Assessment.attempt == path.attempt, Assessment.coach_id == viewer.id
        )
    )
    rubric = edition_of(db, form.edition_id if form else enrolment.practice_edition_id).rubric
    return _Loaded(path, enrolment, number, definition, rubric, form)


def _folds(definition: AssignmentDefinition, rubric: Rubric, saved: Observation) -> tuple[Fold, ...]:
    """Criteria and checks by core element, in the order of the rubric; what stands outside comes last."""
    if not definition.decides:
        return ()
    views = {view.code: view for view in criterion_views(definition, rubric)}
    heads = [(one.slug, one.title, one.summary, one.motif) for one in rubric.core_elements]
    folds = []
    for slug, title, summary, motif in [*heads, (OUTSIDE, "", "", "")]:
        criteria = [one for one in criteria_of(definition, rubric) if (one.core_element or OUTSIDE) == slug]
        checks = [one for one in checks_of(definition, rubric) if (one.core_element or OUTSIDE) == slug]
        if criteria or checks:
            folds.append(
                Fold(
                    title,
                    summary,
                    motif,
                    tuple(views[one.code] for one in criteria),
                    tuple(checks),
                    sum(one.code in saved.scores for one in criteria) + sum(one.slug in saved.checks for one in checks),
                    len(criteria) + len(checks),
                )
            )
    return tuple(folds)


def _about(about: str, rubric: Rubric) -> str:
    """The words for what a reason is about: a criterion, a check or a core element."""
    known = {one.code: one.title for one in rubric.criteria}
    known |= {one.slug: one.text for one in rubric.adherence}
    known |= {one.slug: one.title for one in rubric.core_elements}
    return known.get(about, "")


def _preparation(db: Session, path: RecordPath) -> PreparationView | None:
    written = db.get(Preparation, path.id)
    if written is None or not path.prepared:
        return None
    return PreparationView(written.goal, written.session_plan, written.learning_question, written.version)


def _self_note(db: Session, path: RecordPath) -> str:
    return db.scalars(select(Submission.note).where(Submission.id == path.submission_id)).one()
