"""Vandaag, the work list of a coach: who waits for her, what to come back to, who may get stuck, which visits come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from app.courses.editions import Edition, editions_of, numbers_of
from app.courses.queries import enrolments_coached
from app.courses.rules import AssignmentDefinition, CoachRoom, EnrolmentFacts, EnrolmentStage
from app.delivery.queries import groups_of
from app.delivery.rules import GroupFacts
from app.kit.localtime import local, local_day, working_days_between
from app.people.queries import cards
from app.people.rules import PersonCard, Viewer
from app.practice.attention import risks_of
from app.practice.capacity import monday_of
from app.practice.notes import Beside, DueNote, DueRow, beside_of
from app.practice.paths import RecordPath, Way, paths_of_enrolments
from app.practice.queries import practice_of
from app.practice.rules.progress import NextCode, PracticeProgress
from app.practice.rules.risks import Risk, RiskCode
from app.practice.rules.states import RecordState, waits_for_coach
from app.theory.queries import progress_of as theory_progress_of
from app.theory.rules import TheoryProgress, on_day

WORKING = frozenset({EnrolmentStage.FOLLOWING, EnrolmentStage.PAUSED})


@dataclass(frozen=True)
class QueueRow:
    """Somebody who waits: for a review, or for a date to be picked. `days`: working days."""

    record_id: int
    href: str
    person: str
    organisation: str
    number: int
    due: Literal["review", "plan"]
    begun: bool
    days: int
    late: bool


@dataclass(frozen=True)
class AtRisk:
    """Somebody who may be getting stuck, and why; the first reason presses most."""

    href: str
    person: str
    organisation: str
    phone: str
    email: str
    risks: tuple[Risk, ...]


@dataclass(frozen=True)
class ComingVisit:
    """A visit that is to come, or that is today. `this_week`: up to and including Sunday."""

    record_id: int
    href: str
    person: str
    starts_at: datetime
    ends_at: datetime
    place: str
    address: str
    way: Way
    phone: str
    today: bool
    this_week: bool


@dataclass(frozen=True)
class Coachee:
    """One of the coach's people. `done`: how many of the four stages; `risk`: the one that presses most."""

    person: str
    organisation: str
    done: int
    number: int
    next: NextCode | None
    day: datetime | None
    lessons_done: int
    lessons_total: int
    href: str
    risk: Risk | None


@dataclass(frozen=True)
class ToRead:
    """Somebody whose open answers nobody read yet, or who shared something from a lesson that was not opened yet."""

    href: str
    person: str
    organisation: str
    answers: int
    shared: int


@dataclass(frozen=True)
class CoachPage:
    """The work list of a coach.

    `promised`: the working days within which she answers. `has`: the people in training whom she coaches, as her room
    is counted in; `visits_this_week` also counts those that have been.
    """

    sample: bool
    first_name: str
    hour: int
    today: datetime
    promised: int
    room: CoachRoom
    has: int
    visits_this_week: int
    queue: tuple[QueueRow, ...]
    notes: tuple[DueNote, ...]
    to_read: tuple[ToRead, ...]
    at_risk: tuple[AtRisk, ...]
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
    editions: dict[int, Edition]
    has: int

    def person_of(self, enrolment_id: int) -> PersonCard:
        return self.people[self.facts[enrolment_id].person_id]


def href_of(enrolment_id: int) -> str:
    """The page of one of the coach's people."""
    return f"/coach/mensen/{enrolment_id}"


def coach_page(db: Session, viewer: Viewer, *, now: datetime) -> CoachPage:
    """What waits for the viewer as a coach; the number of statements does not grow with her people."""
    desk = _desk(db, viewer, now=now)
    today = local_day(now)
    theory = {
        id_: on_day(
            desk.editions[desk.facts[id_].edition_id].outline,
            state,
            starts_on=desk.facts[id_].starts_on,
            today=today,
        )
        for id_, state in theory_progress_of(db, desk.facts.values()).items()
    }
    practice = practice_of(db, desk.facts.values(), theory=theory, paths=desk.paths, groups=desk.groups)
    beside = beside_of(db, desk.facts, coach_id=viewer.id, on=today)
    risks = _risks(desk, beside, theory=theory, practice=practice, today=today)
    queue = [row for path in desk.paths if (row := _queue_row(desk, path, now=now)) is not None]
    return CoachPage(
        sample=any(one.sample for one in desk.facts.values()),
        first_name=viewer.first_name,
        hour=local(now).hour,
        today=now,
        promised=min((one.policy.review_within_working_days for one in desk.editions.values()), default=5),
        room=beside.room,
        has=desk.has,
        visits_this_week=sum(
            path.visit is not None and monday_of(local_day(path.visit.date.starts_at)) == monday_of(today)
            for path in desk.paths
        ),
        queue=tuple(sorted(queue, key=lambda row: (not row.late, row.due != "review", -row.days))),
        notes=_notes(desk, beside.due),
        to_read=_to_read(desk, beside),
        at_risk=_at_risk(desk, risks),
        visits=_visits(desk, now=now),
        people=_people(desk, theory=theory, practice=practice, risks=risks),
    )


def _desk(db: Session, viewer: Viewer, *, now: datetime) -> _Desk:
    coached = [one for one in enrolments_coached(db, viewer.id) if viewer.may_coach(one.intervention_slug)]
    facts = {one.id: one for one in coached if one.stage in WORKING}
    wanted = {id_ for one in facts.values() for id_ in (one.edition_id, one.practice_edition_id)}
    editions = editions_of(db, wanted)
    return _Desk(
        facts=facts,
        people=cards(db, {one.person_id for one in facts.values()}, local_day(now)),
        paths=paths_of_enrolments(db, facts),
        definitions={
            id_: (number, definition)
            for edition in editions.values()
            for number, (id_, definition) in enumerate(edition.assignments, start=1)
        },
        groups=groups_of(db, facts),
        editions=editions,
        has=sum(one.completed_at is None for one in coached),
    )


def _queue_row(desk: _Desk, path: RecordPath, *, now: datetime) -> QueueRow | None:
    """The row of a record that waits for the coach; None when it waits for somebody else."""
    number, definition = desk.definitions[path.assignment_id]
    state, handed_in = path.state, path.lies_with_coach_since
    if waits_for_coach(state) and handed_in is not None:
        due: Literal["review", "plan"] = "review"
        since = handed_in
    elif state is RecordState.OPEN and definition.needs_visit and path.prepared_at is not None:
        group = desk.groups.get(path.enrolment_id)
        if group is None or not any(date.starts_at > now for date in group.coming):
            return None
        due, since = "plan", path.prepared_at
    else:
        return None
    days = working_days_between(local_day(since), local_day(now))
    promised = desk.editions[desk.facts[path.enrolment_id].practice_edition_id].policy.review_within_working_days
    person = desk.person_of(path.enrolment_id)
    return QueueRow(
        path.id,
        href_of(path.enrolment_id),
        person.name,
        person.organisation,
        number,
        due,
        path.reviewed_by is not None and path.reviewed_by == desk.facts[path.enrolment_id].coach_id,
        days,
        days > promised,
    )


def _notes(desk: _Desk, due: Iterable[DueRow]) -> tuple[DueNote, ...]:
    found = []
    for row in due:
        person = desk.person_of(row.enrolment_id)
        href = href_of(row.enrolment_id)
        found.append(DueNote(row.id, href, person.id, person.name, person.organisation, row.text, row.day))
    return tuple(found)


def _to_read(desk: _Desk, beside: Beside) -> tuple[ToRead, ...]:
    people = [(desk.person_of(id_), id_) for id_ in beside.answers.keys() | beside.shared.keys()]
    return tuple(
        ToRead(href_of(id_), one.name, one.organisation, beside.answers.get(id_, 0), beside.shared.get(id_, 0))
        for one, id_ in sorted(people, key=lambda row: (row[0].name, row[1]))
    )


def _risks(
    desk: _Desk,
    beside: Beside,
    *,
    theory: Mapping[int, TheoryProgress],
    practice: Mapping[int, PracticeProgress],
    today: date,
) -> dict[int, tuple[Risk, ...]]:
    """The risks of each of the coach's people, by enrolment."""
    paths: dict[int, list[RecordPath]] = defaultdict(list)
    for path in desk.paths:
        paths[path.enrolment_id].append(path)
    return {
        id_: risks_of(
            one,
            numbers_of(desk.editions[one.edition_id], desk.editions[one.practice_edition_id]),
            theory=theory[id_],
            practice=practice[id_],
            paths=paths[id_],
            group=desk.groups.get(id_),
            added=beside.added.get(id_, 0),
            looks=id_ in beside.looks,
            today=today,
        )
        for id_, one in desk.facts.items()
    }


def _at_risk(desk: _Desk, risks: Mapping[int, tuple[Risk, ...]]) -> tuple[AtRisk, ...]:
    """Who may be getting stuck: by how much it presses, then by how long."""
    order = list(RiskCode)
    pressing = sorted(
        (id_ for id_, found in risks.items() if found),
        key=lambda id_: (order.index(risks[id_][0].code), risks[id_][0].since, id_),
    )
    people = [(id_, desk.person_of(id_)) for id_ in pressing]
    return tuple(
        AtRisk(href_of(id_), one.name, one.organisation, one.phone, one.email, risks[id_]) for id_, one in people
    )


def _visits(desk: _Desk, *, now: datetime) -> tuple[ComingVisit, ...]:
    found, today = [], local_day(now)
    for path in desk.paths:
        group = desk.groups.get(path.enrolment_id)
        if path.visit is None or group is None or local_day(path.visit.date.ends_at) < today:
            continue
        date, person = path.visit.date, desk.person_of(path.enrolment_id)
        found.append(
            ComingVisit(
                path.id,
                href_of(path.enrolment_id),
                person.name,
                date.starts_at,
                date.ends_at,
                group.place,
                f"{group.address}, {group.municipality}",
                path.way,
                person.phone,
                local_day(date.starts_at) == today,
                local_day(date.starts_at) < monday_of(today) + timedelta(days=7),
            )
        )
    return tuple(sorted(found, key=lambda visit: visit.starts_at))


def _people(
    desk: _Desk,
    *,
    theory: Mapping[int, TheoryProgress],
    practice: Mapping[int, PracticeProgress],
    risks: Mapping[int, tuple[Risk, ...]],
) -> tuple[Coachee, ...]:
    found, visits = [], {path.id: path.visit for path in desk.paths}
    for id_, one in desk.facts.items():
        person, read, practised = desk.people[one.person_id], theory[id_], practice[id_]
        numbered = enumerate(practised.assignments, start=1)
        number, current = next(
            ((n, item) for n, item in numbered if item.state is not RecordState.SIGNED_OFF), (practised.required, None)
        )
        opened = [item.record_id for item in practised.assignments if item.record_id is not None]
        record_id = current.record_id if current and current.record_id else (opened[-1] if opened else None)
        visit = visits.get(record_id) if record_id else None
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
                href_of(id_),
                risks[id_][0] if risks[id_] else None,
            )
        )
    return tuple(sorted(found, key=lambda coachee: coachee.person))
