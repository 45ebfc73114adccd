"""The list of people and one person, over everything that the domains know of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Select, Subquery, func, select
from sqlalchemy.orm import Session

from app.certification.queries import PersonStanding, people_standing, standings, state_counts
from app.certification.rules import State
from app.courses.queries import interventions, latest_enrolments
from app.courses.rules import EnrolmentFacts, EnrolmentStage
from app.kit.ids import read_id
from app.people import listing as people
from app.people.listing import InvitationLine, PersonLine, RoleLine
from app.people.queries import SecondFactorFacts, second_factor_of
from app.people.rules import Role, Viewer, may_manage
from app.reports.training import in_training
from app.theory.queries import progress_of

TRAINING: Final = "training"
OUTSIDE: Final = "outside"
FILTERS: Final[dict[str, tuple[State, ...]]] = {
    "certified": (State.VALID, State.EXPIRING, State.IN_GRACE),
    "expiring": (State.EXPIRING, State.IN_GRACE),
    "lapsed": (State.LAPSED,),
}
CHIPS: Final = ("", TRAINING, *FILTERS, OUTSIDE)


@dataclass(frozen=True)
class Stage:
    """How far somebody is: a code for words and tone, the step of the road (0: not on it), and the last day.

    `intervention`: what the certificate is for, when it is a certificate that says how far.
    """

    code: str
    step: int
    until: date | None = None
    intervention: str = ""


@dataclass(frozen=True)
class PersonRow:
    """One person in the list."""

    person: PersonLine
    stage: Stage


@dataclass(frozen=True)
class PeoplePage:
    """The list with what was asked of it. `counts` by chip; `after` and `before` lead on."""

    rows: tuple[PersonRow, ...]
    counts: dict[str, int]
    organisations: int
    organisation_choices: tuple[tuple[int, str], ...]
    q: str
    chip: str
    after: str
    before: str


@dataclass(frozen=True)
class PersonPage:
    """One person for an admin."""

    person: PersonLine
    stage: Stage
    enrolment: EnrolmentFacts | None
    standings: tuple[PersonStanding, ...]
    roles: tuple[RoleLine, ...]
    invitations: tuple[InvitationLine, ...]
    sessions: int
    second: SecondFactorFacts
    may_reset: bool
    grantable: tuple[Role, ...]
    organisation_choices: tuple[tuple[int, str], ...]
    interventions: tuple[tuple[str, str], ...]


def people_page(
    db: Session,
    *,
    q: str,
    role: str,
    organisation: str,
    chip: str,
    after: str,
    before: str,
    on: date,
) -> PeoplePage:
    """The list; the number of statements does not grow with the people."""
    found = people.lines(
        db,
        q=q,
        role=role,
        organisation_id=read_id(organisation),
        only=_only(chip, on),
        outside=chip == OUTSIDE,
        after=after,
        before=before,
    )
    ids = [line.id for line in found.lines]
    stages, _ = stages_of(db, ids, on=on, lines={line.id: line for line in found.lines})
    choices = people.organisation_choices(db)
    return PeoplePage(
        rows=tuple(PersonRow(line, stages[line.id]) for line in found.lines),
        counts=_counts(db, on),
        organisations=len(choices),
        organisation_choices=tuple(choices),
        q=q,
        chip=chip,
        after=found.after,
        before=found.before,
    )


def person_page(db: Session, viewer: Viewer, person_id: int, *, on: date, now: datetime) -> PersonPage:
    """One person. Raises: NotFound."""
    line = people.line_of(db, person_id)
    stages, enrolments = stages_of(db, [person_id], on=on, lines={person_id: line})
    roles = tuple(people.role_lines(db, person_id))
    held = frozenset(role.role for role in roles)
    return PersonPage(
        person=line,
        stage=stages[person_id],
        enrolment=enrolments.get(person_id),
        standings=tuple(standings(db, [person_id], on)[person_id]),
        roles=roles,
        invitations=tuple(people.invitation_lines(db, person_id, now=now)),
        sessions=people.open_sessions(db, person_id, now=now),
        second=second_factor_of(db, person_id, held),
        may_reset=viewer.id != person_id and may_manage(viewer, held, person_id),
        grantable=people.grantable(viewer, person_id),
        organisation_choices=tuple(people.organisation_choices(db)),
        interventions=tuple((one.slug, one.name) for one in interventions(db)),
    )


def stages_of(
    db: Session, ids: Collection[int], *, on: date, lines: dict[int, PersonLine]
) -> tuple[dict[int, Stage], dict[int, EnrolmentFacts]]:
    """How far people are, and the training they follow."""
    certified = standings(db, ids, on)
    enrolments = _enrolments(db, ids)
    theory = progress_of(db, enrolments.values())
    stages = {}
    for person_id in ids:
        enrolment = enrolments.get(person_id)
        done = theory.get(enrolment.id) if enrolment else None
        stages[person_id] = stage_of(
            certified[person_id], enrolment, theory_done=done is not None and done.complete, line=lines[person_id]
        )
    return stages, enrolments


def stage_of(
    certified: list[PersonStanding], enrolment: EnrolmentFacts | None, *, theory_done: bool, line: PersonLine
) -> Stage:
    """One word for where somebody is: the certificate first, then the training, then whether she came in."""
    order = list(State)
    best = max(certified, key=lambda one: order.index(one.standing.state), default=None)
    if best is not None and best.standing.state != State.NONE:
        return Stage(best.standing.state.value, 4, best.standing.until, best.intervention)
    if enrolment is not None and enrolment.stage != EnrolmentStage.COMPLETED:
        if enrolment.stage == EnrolmentStage.FOLLOWING:
            return Stage("practice", 2) if theory_done else Stage("theory", 1)
        return Stage(enrolment.stage.value, 1)
    if not line.has_account:
        return Stage("invited" if line.invited else "outside", 0)
    return Stage("in", 0)


def _only(chip: str, on: date) -> Select[int] | None:
    """The people of a chip, as a condition."""
    if chip == TRAINING:
        return select(_training(on).c.person_id)
    return people_standing(on, FILTERS[chip]) if chip in FILTERS else None


def _counts(db: Session, on: date) -> dict[str, int]:
    """How many people each chip would show."""
    states = state_counts(db, on)
    totals = people.totals(db)
    training = db.scalars(select(func.count()).select_from(_training(on))).one()
    counts = {"": totals.people, TRAINING: training, OUTSIDE: totals.outside}
    return counts | {name: sum(states.get(state, 0) for state in which) for name, which in FILTERS.items()}


def _training(on: date) -> Subquery:
    """Who follows a training now: came in, and no pause."""
    each = in_training(on).subquery()
    return select(each.c.person_id).where(each.c.kind == "training").subquery()


def _enrolments(db: Session, ids: Collection[int]) -> dict[int, EnrolmentFacts]:
    """The latest enrolment of each that was neither withdrawn nor ran out."""
    return {facts.person_id: facts for facts in latest_enrolments(db, ids)}
