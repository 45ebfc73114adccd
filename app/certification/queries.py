"""Reading certifications: standings for lists and pages, proofs for lower domains, the documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Select, Subquery, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from app.certification.rules import (
    Attended,
    DecisionFacts,
    Offered,
    Period,
    Record,
    Standing,
    State,
    standing,
    unmet,
)
from app.certification.tables import (
    Certificate,
    Certification,
    CertificationDecision,
    CertificationPeriod,
    StandingSpan,
)
from app.courses.editions import edition_of, editions_of
from app.courses.queries import enrolment_facts
from app.courses.rules import EnrolmentFacts, EnrolmentStage, Policy
from app.courses.tables import Course, CourseEdition, Enrolment, Intervention
from app.delivery.rules import Authorised, Barred
from app.intervision.queries import facts as intervision
from app.intervision.rules import Invitees
from app.kit.db import fetch
from app.kit.errors import NotFound
from app.kit.localtime import local_day
from app.practice.queries import enrolments_signed
from app.practice.queries import progress_of as practice_of
from app.practice.rules.progress import PracticeProgress
from app.theory.queries import open_task, own_progress
from app.theory.queries import progress_of as theory_of
from app.theory.rules import TheoryProgress
from app.theory.tables import UpdateTask

HOLDING = (State.VALID, State.EXPIRING, State.IN_GRACE)


@dataclass(frozen=True)
class PersonStanding:
    """One certification of one person as it stands on a day, with its newest document."""

    intervention_id: int
    intervention: str
    source: str
    since: date
    standing: Standing
    starts_on: date
    certificate_id: int | None
    issued_at: datetime | None
    to_read: ToRead | None = None

    def may_start_group(self, on: date) -> bool:
        """Whether she may begin with a group: the certificate is good for it, and what she had to read is not late.

        domain.md 8.3, rule 1. A group that runs is finished.
        """
        return self.standing.state.may_start_group and not (self.to_read and self.to_read.is_late(on))


@dataclass(frozen=True)
class ToRead:
    """What a trainer was asked to read and did not finish: the task, and the day it is due."""

    task_id: int
    due_on: date

    def is_late(self, on: date) -> bool:
        return self.due_on < on


@dataclass(frozen=True)
class Held:
    """One certification with every fact that its standing follows from, and its newest document.

    `policy` is the one in force now: of the newest edition, the defaults where nothing is taught (yet).
    """

    id: int
    person_id: int
    intervention_id: int
    intervention: str
    source: str
    since: date
    record: Record
    policy: Policy
    certificate_id: int | None
    issued_at: datetime | None
    to_read: ToRead | None

    def on(self, day: date) -> PersonStanding:
        """How it stands on a day."""
        return PersonStanding(
            intervention_id=self.intervention_id,
            intervention=self.intervention,
            source=self.source,
            since=self.since,
            standing=standing(self.record, self.policy, day),
            starts_on=min((period.starts_on for period in self.record.periods), default=self.since),
            certificate_id=self.certificate_id,
            issued_at=self.issued_at,
            to_read=self.to_read,
        )


_HELD: Final = (
    select(
        Certification.id,
        Certification.person_id,
        Certification.intervention_id,
        Intervention.name,
        Certification.source,
        Certification.certified_since,
        CertificationPeriod.starts_on,
        CertificationPeriod.ends_on,
        CertificationPeriod.policy,
        CertificationPeriod.imported_intervisions,
        Certificate.id.label("certificate_id"),
        Certificate.issued_at,
        select(func.max(CourseEdition.id))
        .join(Course, Course.id == CourseEdition.course_id)
        .where(Course.intervention_id == Certification.intervention_id)
        .correlate(Certification)
        .scalar_subquery()
        .label("newest"),
        open_task(Certification.person_id, Certification.intervention_id, UpdateTask.id).label("task_id"),
        open_task(Certification.person_id, Certification.intervention_id, UpdateTask.due_on).label("due_on"),
    )
    .join(Intervention, Intervention.id == Certification.intervention_id)
    .outerjoin(CertificationPeriod, CertificationPeriod.certification_id == Certification.id)
    .outerjoin(Certificate, Certificate.period_id == CertificationPeriod.id)
    .order_by(Certification.id, CertificationPeriod.number)
)
_HELD_BY: Final = _HELD.where(Certification.person_id.in_(bindparam("people", expanding=True)))
_HELD_IDS: Final = _HELD.where(Certification.id.in_(bindparam("certifications", expanding=True)))


def standings(db: Session, person_ids: Collection[int], on: date) -> dict[int, list[PersonStanding]]:
    """How people stand; everybody asked for is in the answer. The statements do not grow with the people."""
    found: dict[int, list[PersonStanding]] = {person_id: [] for person_id in person_ids}
    for one in _with_facts(db, fetch(db, _HELD_BY, people=list(found)).all()) if found else ():
        found[one.person_id].append(one.on(on))
    return found


def standing_of(db: Session, certification_id: int, on: date) -> PersonStanding:
    """How one certification stands. Raises: NotFound."""
    found = held(db, [certification_id])
    if not found:
        raise NotFound
    return found[0].on(on)


def held(db: Session, certification_ids: Collection[int]) -> list[Held]:
    """Certifications with their facts; the statements do not grow with the list."""
    if not certification_ids:
        return []
    return _with_facts(db, fetch(db, _HELD_IDS, certifications=list(certification_ids)).all())


def _with_facts(db: Session, rows: Sequence[Any]) -> list[Held]:
    """The rows are those of `_HELD`: one for each period with its document, in order."""
    if not rows:
        return []
    periods: dict[int, list[Period]] = defaultdict(list)
    for row in rows:
        if row.starts_on is not None:
            policy = Policy.from_facts(row.policy)
            periods[row.id].append(Period(row.starts_on, row.ends_on, policy, row.imported_intervisions))
    counts = intervision.counting(db, {row.person_id for row in rows}, {row.intervention_id for row in rows})
    newest = editions_of(db, {row.newest for row in rows} - {None})
    documents = {row.id: row for row in rows if row.certificate_id is not None}  # the last one counts
    found = []
    for id_, row in {row.id: row for row in rows}.items():
        document = documents.get(id_)
        edition = newest.get(row.newest)
        found.append(
            Held(
                id=id_,
                person_id=row.person_id,
                intervention_id=row.intervention_id,
                intervention=row.name,
                source=row.source,
                since=row.certified_since,
                record=Record(
                    periods=tuple(periods[id_]),
                    attended=tuple(
                        Attended(seen.day, seen.full)
                        for seen in counts.attended[row.person_id]
                        if seen.intervention_id == row.intervention_id
                    ),
                    offered=tuple(Offered(one.day, one.cancelled) for one in counts.offered[row.intervention_id]),
                ),
                policy=edition.policy if edition else Policy(),
                certificate_id=document.certificate_id if document else None,
                issued_at=document.issued_at if document else None,
                to_read=ToRead(row.task_id, row.due_on) if row.task_id is not None else None,
            )
        )
    return found


# Proofs for lower domains, and lists over many people: from the spans that the rule itself computed ----------


def invitees(db: Session, intervention_id: int, on: date) -> Invitees:
    """Who is invited for intervision: everybody whose certificate holds that day, also in grace."""
    people = (
        _on_day(select(StandingSpan.person_id), on)
        .join(Certification, Certification.id == StandingSpan.certification_id)
        .where(Certification.intervention_id == intervention_id, StandingSpan.state.in_(HOLDING))
    )
    return Invitees(frozenset(db.scalars(people)))


def authorised(db: Session, person_id: int, on: date) -> tuple[Authorised | Barred, ...]:
    """What each certificate of somebody says of starting a group: the proof that she may, or that she may not."""
    return tuple(
        Authorised(person_id, one.intervention_id, one.standing.until)
        if one.may_start_group(on) and one.standing.until is not None
        else Barred(
            person_id,
            one.intervention_id,
            in_grace=one.standing.state is State.IN_GRACE,
            to_read=one.to_read.task_id if one.to_read and one.standing.state.may_start_group else None,
        )
        for one in standings(db, [person_id], on)[person_id]
    )


_RANKS: Final = {state.value: rank for rank, state in enumerate(State)}
_BY_RANK: Final = tuple(State)


def best_states(on: date) -> Subquery:
    """Everybody who was ever certified with the best of her states on a day: `person_id`, `rank` (see `ranks`)."""
    rank = func.max(case(_RANKS, value=StandingSpan.state))
    return _on_day(select(StandingSpan.person_id, rank.label("rank")), on).group_by(StandingSpan.person_id).subquery()


def ranks(states: Iterable[State]) -> list[int]:
    """States as `best_states` counts them."""
    return [_RANKS[state] for state in states]


def state_counts(db: Session, on: date) -> dict[State, int]:
    """How many people stand where on a day; each once, by the best state when she has several."""
    best = best_states(on)
    rows = db.execute(select(best.c.rank, func.count()).group_by(best.c.rank))
    return {_BY_RANK[rank]: count for rank, count in rows}


def people_standing(on: date, states: Iterable[State]) -> Select[int]:
    """The people whose best state on a day is one of `states`, as a condition for a list."""
    best = best_states(on)
    return select(best.c.person_id).where(best.c.rank.in_(ranks(states)))


def _on_day(query: Select[*tuple[Any, ...]], on: date) -> Select[*tuple[Any, ...]]:
    return query.where(StandingSpan.starts_on <= on, or_(StandingSpan.ends_on.is_(None), StandingSpan.ends_on >= on))


# Decisions ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """Somebody in training, with everything a decision about the certificate rests on."""

    enrolment: EnrolmentFacts
    theory: TheoryProgress
    practice: PracticeProgress
    policy: Policy
    refused_on: date | None = None
    has_scripts: bool = False
    """Whether the handbook of her edition describes meetings."""

    @property
    def facts(self) -> DecisionFacts:
        return DecisionFacts(
            theory_complete=self.theory.complete,
            assignments=self.practice.required,
            signed_off=self.practice.signed_off,
            visits_done=self.practice.visits_done,
            signed_final=self.practice.final_signed_by,
        )

    @property
    def unmet(self) -> tuple[str, ...]:
        return unmet(self.facts, self.policy)

    @property
    def ready_on(self) -> date | None:
        """Since when everything is done; None while something is open."""
        days = [day for day in (self.theory.completed_on, self.practice.completed_on) if day is not None]
        return max(days) if days and not self.unmet else None

    @property
    def waits(self) -> bool:
        """Whether a decision is due: all is done, and not refused since."""
        return self.ready_on is not None and (self.refused_on is None or self.refused_on < self.ready_on)


_REFUSED: Final = (
    select(CertificationDecision.enrolment_id, func.max(CertificationDecision.decided_at).label("at"))
    .where(
        CertificationDecision.enrolment_id.in_(bindparam("enrolments", expanding=True)),
        CertificationDecision.kind == "refused",
    )
    .group_by(CertificationDecision.enrolment_id)
)


def candidates(db: Session, enrolments: Collection[EnrolmentFacts]) -> list[Candidate]:
    """The facts for a decision about each enrolment; the statements do not grow with the list."""
    theory = theory_of(db, enrolments)
    return judged(db, enrolments, theory=theory, practice=practice_of(db, enrolments, theory=theory))


def own_candidate(db: Session, enrolment: EnrolmentFacts) -> Candidate:
    """The same for her own page: what comes next is where she stopped reading."""
    theory = {enrolment.id: own_progress(db, enrolment)}
    return judged(db, [enrolment], theory=theory, practice=practice_of(db, [enrolment], theory=theory))[0]


def judged(
    db: Session,
    enrolments: Collection[EnrolmentFacts],
    *,
    theory: Mapping[int, TheoryProgress],
    practice: Mapping[int, PracticeProgress],
) -> list[Candidate]:
    """The same, where the caller knows how far each is: one statement at most."""
    open_ones = [one for one in enrolments if one.stage is not EnrolmentStage.COMPLETED]
    ended = [one.id for one in open_ones if practice[one.id].complete]  # earlier nothing can have been refused
    refused = fetch(db, _REFUSED, enrolments=ended) if ended else ()
    refused_on = {row.enrolment_id: local_day(row.at) for row in refused}
    return [
        Candidate(
            one,
            theory[one.id],
            practice[one.id],
            edition_of(db, one.practice_edition_id).policy,
            refused_on.get(one.id),
            has_scripts=bool(edition_of(db, one.edition_id).outline.sessions),
        )
        for one in enrolments
    ]


def ready_for_decision(db: Session) -> list[Candidate]:
    """Everybody who has done everything and waits for a decision, longest first; also who was refused before."""
    following = select(Enrolment.id).where(
        Enrolment.confirmed_at.is_not(None),
        Enrolment.completed_at.is_(None),
        Enrolment.withdrawn_at.is_(None),
        Enrolment.expired_at.is_(None),
        Enrolment.paused_at.is_(None),
        Enrolment.id.in_(enrolments_signed()),
    )
    return ready_of(candidates(db, enrolment_facts(db, db.scalars(following).all()).values()))


def ready_of(found: Iterable[Candidate]) -> list[Candidate]:
    """Those who have done everything, longest first."""
    ready = [one for one in found if one.ready_on is not None]
    return sorted(ready, key=lambda one: (one.ready_on or date.max, one.enrolment.id))


def candidate(db: Session, enrolment_id: int) -> Candidate:
    """The facts for one decision. Raises: NotFound."""
    found = enrolment_facts(db, [enrolment_id]).get(enrolment_id)
    if found is None:
        raise NotFound
    return candidates(db, [found])[0]
