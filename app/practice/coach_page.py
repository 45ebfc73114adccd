"""The work list of a coach: who waits for her, which visits come, how her people are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from app.courses.editions import editions_of
from app.courses.queries import enrolments_coached
from app.courses.rules import AssignmentDefinition, EnrolmentFacts, EnrolmentStage
from app.delivery.queries import groups_of
from app.delivery.rules import GroupFacts
from app.kit.localtime import local, local_day, working_days_between
from app.people.queries import cards
from app.people.rules import PersonCard, Viewer
from app.practice.paths import RecordPath, paths_of_enrolments
from app.practice.queries import practice_of
from app.practice.rules.progress import NextCode, PracticeProgress
from app.practice.rules.states import RecordState, waits_for_coach
from app.theory.queries import progress_of as theory_progress_of
from app.theory.rules import TheoryProgress

WORKING = frozenset({EnrolmentStage.FOLLOWING, EnrolmentStage.PAUSED})


@dataclass(frozen=True)
class QueueRow:
    """Somebody who waits: for a review, or for a date to be picked. `days`: working days."""

    record_id: int
    person: str
    organisation: str
    number: int
    due: Literal["review", "plan"]
    begun: bool
    days: int
    late: bool


@dataclass(frozen=True)
class ComingVisit:
    """A visit that is to come, or that is today."""

    record_id: int
    person: str
    starts_at: datetime
    ends_at: datetime
    place: str
    address: str
    phone: str
    today: bool


@dataclass(frozen=True)
class Coachee:
    """One of the coach's people. `done`: how many of the four stages; `href`: empty before practice."""

    person: str
    organisation: str
    done: int
    number: int
    next: NextCode | None
    day: datetime | None
    lessons_done: int
    lessons_total: int
    href: str


@dataclass(frozen=True)
class CoachPage:
    """The work list of a coach. `promised`: the working days within which she answers."""

    sample: bool
    first_name: str
    hour: int
    today: datetime
    promised: int
    queue: tuple[QueueRow, ...]
    visits: tuple[ComingVisit, ...]
    people: tuple[Coachee, ...]

    @property
    def late(self) -> int:
        return sum(row.late for row in self.queue)


@dataclass(frozen=True)
class _Desk:
    """All facts of the page, loaded once."""

    facts: dict[int, EnrolmentFacts]
    people: dict[int, PersonCard]
    paths: list[RecordPath]
    definitions: dict[int, tuple[int, AssignmentDefinition]]
    groups: dict[int, GroupFacts]
    promised: dict[int, int]

    def person_of(self, path: RecordPath) -> PersonCard:
        return self.people[self.facts[path.enrolment_id].person_id]


def coach_page(db: Session, viewer: Viewer, *, now: datetime) -> CoachPage:
    """What waits for the viewer as a coach; the number of statements does not grow with her people."""
    desk = _desk(db, viewer, now=now)
    theory = theory_progress_of(db, desk.facts.values())
    queue = [row for path in desk.paths if (row := _queue_row(desk, path, now=now)) is not None]
    return CoachPage(
        sample=any(one.sample for one in desk.facts.values()),
        first_name=viewer.first_name,
        hour=local(now).hour,
        today=now,
        promised=min(desk.promised.values(), default=5),
        queue=tuple(sorted(queue, key=lambda row: (not row.late, row.due != "review", -row.days))),
        visits=_visits(desk, now=now),
        people=_people(
            desk,
            theory=theory,
            practice=practice_of(db, desk.facts.values(), theory=theory, paths=desk.paths, groups=desk.groups),
        ),
    )


def _desk(db: Session, viewer: Viewer, *, now: datetime) -> _Desk:
    facts = {one.id: one for one in enrolments_coached(db, viewer.id) if one.stage in WORKING}
    editions = editions_of(db, (one.edition_id for one in facts.values())).values()
    return _Desk(
        facts=facts,
        people=cards(db, {one.person_id for one in facts.values()}, local_day(now)),
        paths=paths_of_enrolments(db, facts),
        definitions={
            id_: (number, definition)
            for edition in editions
            for number, (id_, definition) in enumerate(edition.assignments, start=1)
        },
        groups=groups_of(db, facts),
        promised={edition.id: edition.policy.review_within_working_days for edition in editions},
    )


def _queue_row(desk: _Desk, path: RecordPath, *, now: datetime) -> QueueRow | None:
    """The row of a record that waits for the coach; None when it waits for somebody else."""
    number, definition = desk.definitions[path.assignment_id]
    group = desk.groups.get(path.enrolment_id)
    dates_ahead = group is not None and any(date.starts_at > now for date in group.coming)
    if waits_for_coach(path.state) and path.lies_with_coach_since is not None:
        due: Literal["review", "plan"] = "review"
        since = path.lies_with_coach_since
    elif path.state is RecordState.OPEN and definition.needs_visit and path.prepared_at is not None and dates_ahead:
        due, since = "plan", path.prepared_at
    else:
        return None
    days = working_days_between(local_day(since), local_day(now))
    promised = desk.promised[desk.facts[path.enrolment_id].edition_id]
    person = desk.person_of(path)
    return QueueRow(
        path.id,
        person.name,
        person.organisation,
        number,
        due,
        path.reviewed_at is not None,
        days,
        days > promised,
    )


def _visits(desk: _Desk, *, now: datetime) -> tuple[ComingVisit, ...]:
    found = []
    for path in desk.paths:
        group = desk.groups.get(path.enrolment_id)
        if path.visit is None or group is None or local_day(path.visit.date.ends_at) < local_day(now):
            continue
        date, person = path.visit.date, desk.person_of(path)
        found.append(
            ComingVisit(
                path.id,
                person.name,
                date.starts_at,
                date.ends_at,
                group.place,
                f"{group.address}, {group.municipality}",
                person.phone,
                local_day(date.starts_at) == local_day(now),
            )
        )
    return tuple(sorted(found, key=lambda visit: visit.starts_at))


def _people(
    desk: _Desk, *, theory: Mapping[int, TheoryProgress], practice: Mapping[int, PracticeProgress]
) -> tuple[Coachee, ...]:
    found = []
    for id_, one in desk.facts.items():
        person, read, practised = desk.people[one.person_id], theory[id_], practice[id_]
        numbered = enumerate(practised.assignments, start=1)
        number, current = next(
            ((n, item) for n, item in numbered if item.state is not RecordState.SIGNED_OFF), (practised.required, None)
        )
        opened = [item.record_id for item in practised.assignments if item.record_id is not None]
        record_id = current.record_id if current and current.record_id else (opened[-1] if opened else None)
        visit = next((path.visit for path in desk.paths if path.id == record_id and path.visit), None)
        found.append(
            Coachee(
                person.name,
                person.organisation,
                0 if not read.complete and not opened else 2 if practised.complete and read.complete else 1,
                number,
                practised.next.code if practised.next else None,
                visit.date.starts_at if visit else None,
                read.lessons_done,
                read.lessons_total,
                f"/coach/{record_id}" if record_id else "",
            )
        )
    return tuple(sorted(found, key=lambda coachee: coachee.person))
