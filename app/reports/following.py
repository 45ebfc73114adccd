"""Everybody who follows a training: how far, what it waits for, and since when nothing moved.

One reading for a cohort, for the people of a coach, and for the work list of admins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from app.courses.editions import editions_of
from app.courses.queries import ENROLMENTS, facts_in
from app.courses.rules import EnrolmentFacts, EnrolmentStage, Policy
from app.courses.tables import CoachAssignment, Enrolment, EnrolmentExtension
from app.delivery.queries import groups_of
from app.delivery.seeking import enrolments_looking
from app.kit.db import fetch
from app.kit.localtime import local_day, start_of
from app.people.rules import Viewer
from app.people.tables import Invitation, Person
from app.practice.attention import Link, awaited_of, last_step_of
from app.practice.paths import STANDS, RecordPath, paths_of_enrolments
from app.practice.queries import enrolments_signed, practice_of
from app.practice.rules.progress import PracticeProgress
from app.practice.rules.risks import ends_on
from app.practice.rules.turns import Awaited, Turn
from app.practice.tables.proof import SignOff
from app.practice.tables.work import AssignmentRecord, Submission
from app.theory.done import read_since
from app.theory.queries import opened_again, progress_of
from app.theory.rules import TheoryProgress, on_day


@dataclass(frozen=True)
class Following:
    """One training. `last_step`: the latest day on which she got further; None before the first step.

    `quiet`: days since then, since she came in, or since a move gave her something to read again (`again_since`).
    `wait`: after how many the policy of her edition says something.
    """

    enrolment: EnrolmentFacts
    theory: TheoryProgress
    practice: PracticeProgress
    awaited: Awaited
    last_step: date | None
    quiet: int
    wait: int
    again_since: datetime | None = None

    @property
    def turn(self) -> Turn:
        return self.awaited.turn

    @property
    def theory_since(self) -> datetime:
        """Since when her next step in theory is what it is."""
        one = self.enrolment
        moment = self.theory.last_at or one.confirmed_at or one.created_at
        return max(moment, self.again_since or moment)

    def stands_still(self, days: int | None = None) -> bool:
        """Whether nothing moved for so many days while it was her turn. None: as many as her policy says."""
        mine = self.turn is Turn.HERSELF and self.enrolment.stage is EnrolmentStage.FOLLOWING
        return mine and self.quiet >= (self.wait if days is None else days)


_FOLLOWED: Final = (
    ENROLMENTS.add_columns(
        Invitation.created_at.label("invited_at"),
        Invitation.expires_at.label("link_until"),
        Enrolment.id.in_(enrolments_looking()).label("looks"),
        func.coalesce(
            select(func.sum(EnrolmentExtension.days))
            .where(EnrolmentExtension.enrolment_id == Enrolment.id)
            .correlate(Enrolment)
            .scalar_subquery(),
            0,
        ).label("added"),
        opened_again(Enrolment.id).label("again_since"),
    )
    .join(Person, Person.id == Enrolment.person_id)
    .outerjoin(Invitation, Invitation.id == Enrolment.invitation_id)
    .where(Enrolment.withdrawn_at.is_(None), Enrolment.expired_at.is_(None))
    .order_by(Person.folded_name, Enrolment.id)
)


def in_cohort(db: Session, cohort_id: int, *, now: datetime) -> list[Following]:
    """Everybody of a cohort who did not stop, by name: four statements. The caller has checked that it may be seen."""
    return _following(db, _rows(db, Enrolment.cohort_id == cohort_id), now=now)


def coached_by(db: Session, viewer: Viewer, *, now: datetime) -> list[Following]:
    """Everybody whom the viewer coaches now and who has not finished, by name: four statements."""
    rows = _rows(db, CoachAssignment.coach_id == viewer.id, Enrolment.completed_at.is_(None))
    return _following(db, [row for row in rows if viewer.may_coach(row.intervention_slug)], now=now)


def _rows(db: Session, *which: ColumnElement[bool]) -> list[Row[*tuple[Any, ...]]]:
    query: Select[*tuple[Any, ...]] = _FOLLOWED.where(*which)
    return list(db.execute(query).all())


def _following(db: Session, rows: list[Row[*tuple[Any, ...]]], *, now: datetime) -> list[Following]:
    known = {row.id: facts_in(row) for row in rows}
    editions = editions_of(db, (one.edition_id for one in known.values()))
    theory = progress_of(db, known.values())
    paths: dict[int, list[RecordPath]] = defaultdict(list)
    for path in paths_of_enrolments(db, known):
        paths[path.enrolment_id].append(path)
    groups = groups_of(db, [one.id for one in known.values() if one.completed_at is None])
    every_path = [path for own in paths.values() for path in own]
    practice = practice_of(db, known.values(), theory=theory, paths=every_path, groups=groups)
    today = local_day(now)
    found = []
    for row in rows:
        one, edition = known[row.id], editions[known[row.id].edition_id]
        read = on_day(edition.outline, theory[one.id], starts_on=one.starts_on, today=today)
        began = local_day(row.again_since or one.confirmed_at or one.created_at)
        last = last_step_of(theory=read, paths=paths[one.id], group=groups.get(one.id), today=today)
        found.append(
            Following(
                enrolment=one,
                theory=read,
                practice=practice[one.id],
                awaited=awaited_of(
                    one,
                    theory=read,
                    practice=practice[one.id],
                    paths=paths[one.id],
                    looks=bool(row.looks),
                    today=today,
                    link=_link(row, now),
                    over=_is_over(one, edition.policy, int(row.added), today),
                ),
                last_step=last,
                quiet=(today - max(began, last or began)).days,
                wait=edition.policy.quiet_days,
                again_since=row.again_since,
            )
        )
    return found


def _link(row: Row[*tuple[Any, ...]], now: datetime) -> Link:
    return Link(sent=row.invited_at is not None, works=row.link_until is not None and row.link_until > now)


def _is_over(one: EnrolmentFacts, policy: Policy, added: int, today: date) -> bool:
    """Whether the time of a training has run out: then an admin gives more, or it stops."""
    return one.confirmed_at is not None and ends_on(local_day(one.confirmed_at), policy, added=added) < today


# Who stands still, for the work list -------------------------------------------------------------------------


_GOES_ON: Final = and_(
    Enrolment.confirmed_at.is_not(None), Enrolment.paused_at.is_(None), Enrolment.completed_at.is_(None)
)
_EDITIONS_FOLLOWED: Final = (
    select(Enrolment.edition_id)
    .where(_GOES_ON, Enrolment.withdrawn_at.is_(None), Enrolment.expired_at.is_(None))
    .distinct()
)


def standing_still(db: Session, *, now: datetime) -> list[Following]:
    """Everybody in training who stands still by the number of her own policy, longest first: five statements."""
    return still_of(_following(db, _rows(db, _GOES_ON, or_(false(), *_quiet_ones(db, now))), now=now))


def watched(db: Session, *, now: datetime) -> list[Following]:
    """Trainings that may ask for an admin: where nothing moved, or something was signed off. Five statements."""
    signed = Enrolment.id.in_(enrolments_signed())
    return _following(db, _rows(db, _GOES_ON, or_(signed, *_quiet_ones(db, now))), now=now)


def still_of(found: Iterable[Following]) -> list[Following]:
    """Those who stand still, longest first."""
    return sorted((one for one in found if one.stands_still()), key=lambda one: (-one.quiet, one.enrolment.id))


def _quiet_ones(db: Session, now: datetime) -> list[ColumnElement[bool]]:
    """Whom the rule has to judge: it is asked only where the database finds no step since. Editions are few."""
    editions = editions_of(db, fetch(db, _EDITIONS_FOLLOWED).scalars())
    today = local_day(now)
    return [_quiet(one.id, start_of(today - timedelta(days=one.policy.quiet_days - 1))) for one in editions.values()]


def _quiet(edition_id: int, since: datetime) -> ColumnElement[bool]:
    """Trainings of an edition of which nothing is found since a moment. What else counts as a step the rule knows."""
    moved = exists().where(
        AssignmentRecord.enrolment_id == Enrolment.id,
        or_(
            AssignmentRecord.created_at >= since,
            exists().where(Submission.record_id == AssignmentRecord.id, Submission.submitted_at >= since),
            exists().where(SignOff.record_id == AssignmentRecord.id, SignOff.signed_at >= since, STANDS),
        ),
    )
    return and_(Enrolment.edition_id == edition_id, Enrolment.confirmed_at < since, ~read_since(since), ~moved)
