"""What a professional sees of her practice beside one assignment: the list, and her group with its visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.editions import edition_of, newest_editions
from app.courses.queries import current_enrolment, interventions
from app.courses.rules import IN_TRAINING, EnrolmentFacts
from app.delivery.queries import EndedGroup, OwnGroup, ended_groups, other_groups, own_group
from app.delivery.rules import Barred, Certificates, DateFacts, DateKind, grounds
from app.kit.errors import NotFound
from app.kit.localtime import local_day
from app.people.queries import person_names
from app.people.rules import Viewer
from app.practice.queries import pinned_dates, progress_of
from app.practice.rules.progress import PracticeStep
from app.practice.rules.states import RecordState
from app.practice.tables.work import AssignmentRecord, CoachVisit
from app.theory.queries import progress_of as theory_progress_of


@dataclass(frozen=True)
class AssignmentRow:
    """One assignment on the list of the own training."""

    assignment_id: int
    record_id: int | None
    number: int
    title: str
    summary: str
    state: RecordState


@dataclass(frozen=True)
class PracticeList:
    """The assignments of the own training. `safety_done`: they may begin."""

    sample: bool
    rows: tuple[AssignmentRow, ...]
    safety_done: bool

    @property
    def current(self) -> AssignmentRow | None:
        """The assignment that is at hand: the first that is not signed off."""
        return next((row for row in self.rows if row.state is not RecordState.SIGNED_OFF), None)


def practice_list(db: Session, viewer: Viewer) -> PracticeList | None:
    """The assignments of the viewer's training; None when she follows none."""
    enrolment = current_enrolment(db, viewer.id)
    if enrolment is None:
        return None
    theory = theory_progress_of(db, [enrolment])
    progress = progress_of(db, [enrolment], theory=theory)[enrolment.id]
    summaries = {
        id_: definition.summary for id_, definition in edition_of(db, enrolment.practice_edition_id).assignments
    }
    return PracticeList(
        sample=enrolment.sample,
        rows=tuple(
            AssignmentRow(one.assignment_id, one.record_id, number, one.title, summaries[one.assignment_id], one.state)
            for number, one in enumerate(progress.assignments, start=1)
        ),
        safety_done=theory[enrolment.id].safety_done,
    )


@dataclass(frozen=True)
class GroupDate:
    """One date of the group; `coach` comes to it when there is a visit, for `record_id`.

    `called_off`: it does not go on. `uncounted`: it has been, and nobody said how many were there.
    """

    id: int
    end_presentation: bool
    starts_at: datetime
    ends_at: datetime
    past: bool
    coach: str
    record_id: int | None
    called_off: bool
    attended: int | None
    uncounted: bool
    today: bool


@dataclass(frozen=True)
class OtherGroup:
    """A group that somebody leads beside the one on the page."""

    id: int
    intervention: str
    place: str


@dataclass(frozen=True)
class GroupPage:
    """The own group, or the way to one.

    `choices`: the interventions that she may start a group of, by id and name; `training` is that of the training
    which runs. `barred`: a certificate that does not permit to start one. `coached`: a coach comes to the dates;
    `coach` is her name, when there is one now. `others`: what she leads beside it; `asked`: she chose this one.
    """

    sample: bool
    group: OwnGroup | None
    intervention: str
    dates: tuple[GroupDate, ...]
    pinned: frozenset[int]
    earlier: tuple[EndedGroup, ...]
    choices: tuple[tuple[int, str], ...]
    training: int | None
    barred: Barred | None
    coached: bool
    coach: str
    next: PracticeStep | None
    has_scripts: bool
    others: tuple[OtherGroup, ...] = ()
    asked: bool = False

    @property
    def today(self) -> GroupDate | None:
        """The date of today, when it goes on."""
        return next((date for date in self.dates if date.today and not date.called_off), None)

    @property
    def query(self) -> str:
        """What an address needs to stay with this group."""
        return f"?groep={self.group.id}" if self.asked and self.group else ""

    @property
    def all_past(self) -> bool:
        """Whether nothing is to come: the group can be closed."""
        return bool(self.dates) and all(date.past for date in self.dates if not date.called_off)

    @property
    def to_count(self) -> tuple[GroupDate, ...]:
        """The dates of which the numbers lack, the latest first: that is the one she remembers."""
        return tuple(date for date in reversed(self.dates) if date.uncounted)

    @property
    def presented(self) -> bool:
        """Whether there was, or is to be, an end presentation."""
        return any(date.end_presentation and not date.called_off for date in self.dates)

    def date(self, date_id: int) -> GroupDate:
        """One of the dates. Raises: NotFound."""
        found = next((one for one in self.dates if one.id == date_id), None)
        if found is None:
            raise NotFound
        return found


def group_page(
    db: Session, viewer: Viewer, certificates: Certificates, *, group_id: int | None = None, now: datetime
) -> GroupPage:
    """The group that the viewer leads, with the visits of her coach; or what she may start one on.

    `group_id`: that group instead of the one that her training is about. Raises: NotFound when it is not hers.
    """
    enrolment = current_enrolment(db, viewer.id)
    following = enrolment if enrolment is not None and enrolment.stage in IN_TRAINING else None
    progress = progress_of(db, [following])[following.id] if following is not None else None
    training = following.intervention_id if following is not None else None
    group = first = own_group(db, viewer.id, training=training)
    if group_id is not None and (first is None or first.id != group_id):
        group = own_group(db, viewer.id, group_id=group_id)
        if group is None:
            raise NotFound
    found = grounds(certificates, person_id=viewer.id, training=training, on=local_day(now))
    names = {one.id: one.name for one in interventions(db)}
    coach_id = following.coach_id if following is not None else None
    return GroupPage(
        sample=enrolment is not None and enrolment.sample,
        group=group,
        intervention=names[group.intervention_id] if group else "",
        dates=_group_dates(db, tuple(date for date in group.dates if date.shown), now=now) if group else (),
        pinned=pinned_dates(db, group.id) if group else frozenset(),
        earlier=ended_groups(db, viewer.id),
        choices=tuple((id_, names[id_]) for id_ in found.choices),
        training=training,
        barred=next(iter(found.barred), None),
        coached=group.enrolment_id is not None if group else found.choices[:1] == (training,),
        coach=person_names(db, [coach_id]).get(coach_id, "") if coach_id is not None else "",
        next=progress.next if progress else None,
        has_scripts=group is not None and _has_scripts(db, group, following),
        others=tuple(
            OtherGroup(id_, names[of], place)
            for id_, of, place in other_groups(db, viewer.id, but=group.id if group else None)
        ),
        asked=group is not first,
    )


def _has_scripts(db: Session, group: OwnGroup, following: EnrolmentFacts | None) -> bool:
    """Whether the handbook that counts for a group describes its meetings."""
    if following is not None and following.id == group.enrolment_id:
        return bool(edition_of(db, following.edition_id).outline.sessions)
    newest = newest_editions(db, [group.intervention_id]).get(group.intervention_id)
    return newest is not None and bool(newest.outline.sessions)


def _group_dates(db: Session, dates: tuple[DateFacts, ...], *, now: datetime) -> tuple[GroupDate, ...]:
    visits = {
        row.date_id: row
        for row in db.execute(
            select(CoachVisit.date_id, CoachVisit.coach_id, CoachVisit.record_id)
            .join(AssignmentRecord, AssignmentRecord.id == CoachVisit.record_id)
            .where(CoachVisit.date_id.in_([date.id for date in dates]), CoachVisit.cancelled_at.is_(None))
        )
    }
    names = person_names(db, {row.coach_id for row in visits.values()})
    return tuple(
        GroupDate(
            id=date.id,
            end_presentation=date.kind is DateKind.END_PRESENTATION,
            starts_at=date.starts_at,
            ends_at=date.ends_at,
            past=date.ends_at <= now,
            coach=names.get(visits[date.id].coach_id, "") if date.id in visits else "",
            record_id=visits[date.id].record_id if date.id in visits else None,
            called_off=date.called_off,
            attended=date.attended,
            uncounted=date.uncounted(now),
            today=local_day(date.starts_at) == local_day(now),
        )
        for date in dates
    )
