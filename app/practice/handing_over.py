"""What handing over is decided with: who is coached with what is planned, and who can take over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Row, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from app.courses.coaches import people_of, rooms_of
from app.courses.rules import EnrolmentFacts
from app.courses.tables import CoachAssignment, CoachHandover, CoachHandoverMove, Enrolment
from app.delivery.queries import groups_of
from app.delivery.tables import DeliveryDate
from app.kit.db import fetch
from app.kit.localtime import local_day
from app.people.rules import PersonCard, Role
from app.people.tables import Account, LineManager, Organisation, Person, RoleGrant
from app.practice.rules.handover import Candidate, Charge, Loan, PlannedVisit, Span
from app.practice.tables.work import AssignmentRecord, CoachVisit, Submission

_COMING: Final = (
    select(
        CoachVisit.id,
        CoachVisit.record_id,
        AssignmentRecord.enrolment_id,
        CoachVisit.coach_id,
        DeliveryDate.starts_at,
        DeliveryDate.ends_at,
    )
    .join(AssignmentRecord, AssignmentRecord.id == CoachVisit.record_id)
    .join(DeliveryDate, DeliveryDate.id == CoachVisit.date_id)
    .where(
        CoachVisit.cancelled_at.is_(None),
        CoachVisit.attempt == AssignmentRecord.attempt,
        DeliveryDate.cancelled_at.is_(None),
        DeliveryDate.starts_at > bindparam("now"),
        ~exists().where(Submission.record_id == AssignmentRecord.id, Submission.attempt == AssignmentRecord.attempt),
    )
    .order_by(DeliveryDate.starts_at, CoachVisit.id)
)
_OF_ENROLMENTS: Final = _COMING.where(AssignmentRecord.enrolment_id.in_(bindparam("enrolments", expanding=True)))
_OF_COACHES: Final = _COMING.where(CoachVisit.coach_id.in_(bindparam("coaches", expanding=True)))
_MANAGERS: Final = select(LineManager.person_id, LineManager.manager_id).where(
    LineManager.person_id.in_(bindparam("people", expanding=True)),
    LineManager.since <= bindparam("today"),
    or_(LineManager.until.is_(None), LineManager.until >= bindparam("today")),
)
_COACHED_BEFORE: Final = (
    select(Enrolment.person_id, CoachAssignment.coach_id)
    .join(CoachAssignment, CoachAssignment.enrolment_id == Enrolment.id)
    .where(Enrolment.person_id.in_(bindparam("people", expanding=True)))
    .union(
        select(Enrolment.person_id, CoachVisit.coach_id)
        .join(AssignmentRecord, AssignmentRecord.enrolment_id == Enrolment.id)
        .join(CoachVisit, CoachVisit.record_id == AssignmentRecord.id)
        .where(Enrolment.person_id.in_(bindparam("people", expanding=True)))
    )
)
_LOANS: Final = (
    select(CoachAssignment.enrolment_id, CoachHandover.id, CoachHandover.coach_id, CoachHandover.back_on)
    .join(CoachHandoverMove, CoachHandoverMove.assignment_id == CoachAssignment.id)
    .join(CoachHandover, CoachHandover.id == CoachHandoverMove.handover_id)
    .where(
        CoachAssignment.enrolment_id.in_(bindparam("enrolments", expanding=True)),
        CoachAssignment.until.is_(None),
        CoachHandover.ended_at.is_(None),
        CoachHandover.back_on.is_not(None),
    )
)
_CITIES: Final = select(Organisation.id, Organisation.city).where(
    Organisation.id.in_(bindparam("organisations", expanding=True))
)
_COACHES: Final = (
    select(RoleGrant.person_id, RoleGrant.intervention, Person.name)
    .join(Person, Person.id == RoleGrant.person_id)
    .outerjoin(Account, Account.person_id == Person.id)
    .where(
        RoleGrant.role == Role.COACH,
        RoleGrant.revoked_at.is_(None),
        Person.erased_at.is_(None),
        Account.blocked_at.is_(None),
    )
    .order_by(Person.folded_name, Person.id)
)


@dataclass(frozen=True)
class Coaches:
    """Everybody who may coach now, by name; `names` by id."""

    candidates: tuple[Candidate, ...]
    names: Mapping[int, str]

    def one(self, coach_id: int) -> Candidate | None:
        return next((one for one in self.candidates if one.id == coach_id), None)


def coming_visits(db: Session, enrolment_ids: Collection[int], *, now: datetime) -> list[PlannedVisit]:
    """The visits that are still to come, in order: one statement."""
    rows = fetch(db, _OF_ENROLMENTS, enrolments=list(enrolment_ids), now=now) if enrolment_ids else ()
    return [_visit(row) for row in rows]


def able_coaches(db: Session, *, now: datetime) -> Coaches:
    """Who may coach something now, with what she has: five statements, however many there are."""
    interventions: dict[int, set[str]] = defaultdict(set)
    names: dict[int, str] = {}
    for row in fetch(db, _COACHES):
        interventions[row.person_id].add(row.intervention)
        names[row.person_id] = row.name
    rooms, people = rooms_of(db, names, today=local_day(now)), people_of(db, names)
    busy: dict[int, list[Span]] = defaultdict(list)
    for visit in fetch(db, _OF_COACHES, coaches=list(names), now=now) if names else ():
        busy[visit.coach_id].append(Span(visit.starts_at, visit.ends_at))
    found = (Candidate(id_, frozenset(interventions[id_]), rooms[id_], people[id_], tuple(busy[id_])) for id_ in names)
    return Coaches(tuple(found), names)


def charges_of(
    db: Session,
    enrolments: Iterable[EnrolmentFacts],
    people: Mapping[int, PersonCard],
    *,
    now: datetime,
    loans_before: int | None = None,
) -> list[Charge]:
    """What decides who can take over, for each enrolment: six statements. `people`: their cards, by person.

    `loans_before`: as in `move_people`, only loans by a hand-over that was made before this one will stand.
    """
    ours = list(enrolments)
    ids = [one.id for one in ours]
    if not ours:
        return []
    person_ids = list({one.person_id for one in ours})
    managers, known = defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
    for row in fetch(db, _MANAGERS, people=person_ids, today=local_day(now)):
        managers[row.person_id].add(row.manager_id)
    for row in fetch(db, _COACHED_BEFORE, people=person_ids):
        known[row.person_id].add(row.coach_id)
    groups = groups_of(db, ids)
    employers = {card.organisation_id for card in people.values() if card.organisation_id is not None}
    cities = {row.id: row.city for row in fetch(db, _CITIES, organisations=list(employers))} if employers else {}
    visits: dict[int, list[PlannedVisit]] = defaultdict(list)
    for visit in coming_visits(db, ids, now=now):
        visits[visit.enrolment_id].append(visit)
    loans: dict[int, list[Loan]] = defaultdict(list)
    for loan in fetch(db, _LOANS, enrolments=ids):
        if loan.back_on is not None and (loans_before is None or loan.id < loans_before):
            loans[loan.enrolment_id].append(Loan(loan.coach_id, loan.back_on))

    def places(one: EnrolmentFacts) -> frozenset[str]:
        """Where she works with her group; before she has one, where her employer is."""
        card = people.get(one.person_id)
        if one.id in groups:
            return frozenset({groups[one.id].municipality})
        return frozenset({cities.get(card.organisation_id or 0, "")} - {""}) if card else frozenset()

    return [
        Charge(
            one.id,
            one.person_id,
            one.intervention_slug,
            places(one),
            frozenset(managers[one.person_id]),
            frozenset(known[one.person_id] - {one.coach_id}),
            tuple(visits[one.id]),
            tuple(loans[one.id]),
        )
        for one in ours
    ]


def _visit(row: Row[int, int, int, int, datetime, datetime]) -> PlannedVisit:
    """The row is one of `_COMING`."""
    id_, record_id, enrolment_id, coach_id, starts_at, ends_at = row
    return PlannedVisit(id_, record_id, enrolment_id, coach_id, Span(starts_at, ends_at))
