"""One of a coach's people: her road, the group, what was agreed, and the notes that both of them read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.editions import edition_of, numbers_of
from app.courses.queries import enrolment_facts, is_coach_of
from app.courses.rules import EnrolmentFacts, EnrolmentStage
from app.delivery.queries import groups_of
from app.delivery.rules import DateFacts, GroupFacts
from app.delivery.tables import DeliveryDate
from app.kit.errors import NotFound
from app.kit.localtime import local_day
from app.people.queries import cards
from app.people.rules import PersonCard, Viewer
from app.practice.agreements import AgreementView, agreements_of
from app.practice.attention import risks_of
from app.practice.notes import NoteView, beside_of, notes_of
from app.practice.paths import RecordPath, paths_of_enrolments
from app.practice.queries import practice_of
from app.practice.record_page import PreparationView, preparation_view
from app.practice.rules.progress import PracticeProgress, PracticeStep
from app.practice.rules.risks import Risk, ends_on
from app.practice.rules.states import RecordState, waits_for_coach
from app.practice.tables.work import AssignmentRecord, CoachVisit, Preparation
from app.theory.open_answers import OpenAnswerView, open_answers_of
from app.theory.queries import progress_of as theory_progress_of
from app.theory.rules import NextLesson, on_day
from app.theory.shared import SharedWords, shared_words

SHOWN = frozenset({EnrolmentStage.FOLLOWING, EnrolmentStage.PAUSED, EnrolmentStage.COMPLETED})


@dataclass(frozen=True)
class AssignmentRow:
    """One assignment. `record_id`: once it was begun; `waits`: it lies with the coach."""

    number: int
    title: str
    state: RecordState
    since: datetime | None
    record_id: int | None
    waits: bool


@dataclass(frozen=True)
class VisitRow:
    """A visit that was, or that is to come."""

    record_id: int
    number: int
    starts_at: datetime
    ends_at: datetime
    past: bool


@dataclass(frozen=True)
class GroupView:
    """Where the group meets, and the dates that are still to come, with those that were called off."""

    place: str
    address: str
    municipality: str
    ahead: tuple[DateFacts, ...]


@dataclass(frozen=True)
class PersonPage:
    """Everything that a coach looks at before she calls or comes.

    `mine`: the viewer is the coach; an admin reads along, writes notes and changes nothing else. `preparation` is of
    the assignment that is at hand.
    """

    sample: bool
    enrolment_id: int
    person: PersonCard
    mine: bool
    may_note: bool
    course: str
    cohort: str
    stage: EnrolmentStage
    started_on: date
    ends_on: date
    lessons_done: int
    lessons_total: int
    theory_done_on: date | None
    next_lesson: NextLesson | None
    opens_on: date | None
    next: PracticeStep | None
    assignments: tuple[AssignmentRow, ...]
    visits: tuple[VisitRow, ...]
    group: GroupView | None
    preparation: PreparationView | None
    risks: tuple[Risk, ...]
    agreements: tuple[AgreementView, ...]
    answers: tuple[OpenAnswerView, ...]
    notes: tuple[NoteView, ...]
    shared: tuple[SharedWords, ...]

    @property
    def unread(self) -> int:
        """How many open answers nobody read yet."""
        return sum(answer.read_at is None for answer in self.answers)

    @property
    def current(self) -> AssignmentRow | None:
        """The assignment that is at hand: the first that was begun and is not signed off."""
        begun = (row for row in self.assignments if row.record_id and row.state is not RecordState.SIGNED_OFF)
        return next(begun, None)


def person_page(db: Session, viewer: Viewer, enrolment_id: int, *, now: datetime) -> PersonPage:
    """Raises: NotFound for everybody but the present coach of this training, and admins."""
    one = _found(db, viewer, enrolment_id)
    edition, today = edition_of(db, one.edition_id), local_day(now)
    policy = numbers_of(edition, edition_of(db, one.practice_edition_id))
    theory = theory_progress_of(db, [one])
    paths = paths_of_enrolments(db, [one.id])
    groups = groups_of(db, [one.id])
    group = groups.get(one.id)
    practice = practice_of(db, [one], theory=theory, paths=paths, groups=groups)[one.id]
    outline, mine = edition_of(db, one.edition_id).outline, is_coach_of(viewer, one)
    read = on_day(outline, theory[one.id], starts_on=one.starts_on, today=today)
    beside = beside_of(db, [one.id], coach_id=viewer.id, on=today)
    added = beside.added.get(one.id, 0)
    risks = risks_of(
        one,
        policy,
        theory=read,
        practice=practice,
        paths=paths,
        group=group,
        added=added,
        looks=one.id in beside.looks,
        today=today,
    )
    started_on = local_day(one.confirmed_at or one.created_at)
    rows = _assignments(practice)
    return PersonPage(
        sample=one.sample,
        enrolment_id=one.id,
        person=cards(db, [one.person_id], today)[one.person_id],
        mine=mine,
        may_note=one.stage is not EnrolmentStage.COMPLETED,
        course=one.course_title,
        cohort=one.cohort_name,
        stage=one.stage,
        started_on=started_on,
        ends_on=ends_on(started_on, policy, added=added),
        lessons_done=read.lessons_done,
        lessons_total=read.lessons_total,
        theory_done_on=read.completed_on,
        next_lesson=read.next,
        opens_on=read.opens_on,
        next=practice.next,
        assignments=rows,
        visits=_visits(db, paths, rows, now=now),
        group=_group(group, now=now),
        preparation=_preparation(db, rows),
        risks=risks if one.stage is not EnrolmentStage.COMPLETED else (),
        agreements=agreements_of(db, [one.id]).get(one.id, ()),
        answers=open_answers_of(db, one.id, viewer_id=viewer.id),
        notes=notes_of(db, one.id, viewer_id=viewer.id, settles=_settles(viewer, mine=mine)),
        shared=shared_words(db, one) if mine else (),
    )


def _found(db: Session, viewer: Viewer, enrolment_id: int) -> EnrolmentFacts:
    one = enrolment_facts(db, [enrolment_id]).get(enrolment_id)
    if one is None or one.stage not in SHOWN:
        raise NotFound
    if not is_coach_of(viewer, one) and (not viewer.is_admin or one.person_id == viewer.person_id):
        raise NotFound
    return one


def _settles(viewer: Viewer, *, mine: bool) -> set[bool]:
    """Which notes wait for the viewer: those of coaches, those by admins, or both when she is both."""
    return ({False} if mine else set()) | ({True} if viewer.is_admin else set())


def _assignments(practice: PracticeProgress) -> tuple[AssignmentRow, ...]:
    return tuple(
        AssignmentRow(number, item.title, item.state, item.since, item.record_id, waits=waits_for_coach(item.state))
        for number, item in enumerate(practice.assignments, start=1)
    )


def _visits(
    db: Session, paths: list[RecordPath], rows: tuple[AssignmentRow, ...], *, now: datetime
) -> tuple[VisitRow, ...]:
    """All visits that were not called off, of every attempt, in order."""
    numbers = {row.record_id: row.number for row in rows}
    found = db.execute(
        select(CoachVisit.record_id, DeliveryDate.starts_at, DeliveryDate.ends_at)
        .join(DeliveryDate, DeliveryDate.id == CoachVisit.date_id)
        .join(AssignmentRecord, AssignmentRecord.id == CoachVisit.record_id)
        .where(AssignmentRecord.id.in_([path.id for path in paths]), CoachVisit.cancelled_at.is_(None))
        .order_by(DeliveryDate.starts_at, CoachVisit.id)
    )
    return tuple(
        VisitRow(row.record_id, numbers[row.record_id], row.starts_at, row.ends_at, past=row.ends_at <= now)
        for row in found
    )


def _group(group: GroupFacts | None, *, now: datetime) -> GroupView | None:
    if group is None:
        return None
    ahead = tuple(date for date in group.dates if date.shown and date.ends_at > now)
    return GroupView(group.place, group.address, group.municipality, ahead)


def _preparation(db: Session, rows: tuple[AssignmentRow, ...]) -> PreparationView | None:
    """What she wrote for the assignment that is at hand."""
    begun = [row.record_id for row in rows if row.record_id and row.state is not RecordState.SIGNED_OFF]
    return preparation_view(db.get(Preparation, begun[0])) if begun else None
