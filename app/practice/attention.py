"""What a training waits for, and who may be getting stuck, from what is known of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from app.courses.rules import EnrolmentFacts, EnrolmentStage, Policy
from app.delivery.rules import GroupFacts
from app.kit.localtime import local_day
from app.practice.paths import RecordPath
from app.practice.rules.progress import PracticeProgress
from app.practice.rules.risks import Risk, RiskFacts, risks
from app.practice.rules.states import RecordState
from app.practice.rules.turns import Awaited, Turn, TurnFacts, awaited
from app.theory.rules import TheoryProgress


@dataclass(frozen=True)
class Link:
    """The link into a training, of who did not come in yet: whether one was sent, and whether it still opens."""

    sent: bool = True
    works: bool = True


ENTERED: Final = Link()


def awaited_of(
    one: EnrolmentFacts,
    *,
    theory: TheoryProgress,
    practice: PracticeProgress,
    paths: Collection[RecordPath],
    looks: bool,
    today: date,
    link: Link = ENTERED,
    over: bool = False,
) -> Awaited:
    """What one training waits for. `paths`: of its records; `looks`: for a group; `over`: its time has run out."""
    facts = TurnFacts(
        stage=one.stage,
        reads=theory.next is not None and not theory.complete,
        theory_done=theory.complete,
        code=practice.next.code if practice.next else None,
        closed=theory.opens_on is not None,
        has_coach=one.coach_id is not None,
        visit_was=_visit_was(paths, today),
        looks=looks,
        invited=link.sent,
        link_works=link.works,
        over=over,
    )
    return awaited(facts)


def last_step_of(
    *,
    theory: TheoryProgress,
    paths: Collection[RecordPath],
    group: GroupFacts | None,
    today: date,
) -> date | None:
    """The latest day on which she got further; None before her first step."""
    return local_day(max(steps)) if (steps := _steps(theory, paths, group, today=today)) else None


def risks_of(
    one: EnrolmentFacts,
    policy: Policy,
    *,
    theory: TheoryProgress,
    practice: PracticeProgress,
    paths: Collection[RecordPath],
    group: GroupFacts | None,
    added: int,
    looks: bool,
    today: date,
) -> tuple[Risk, ...]:
    """The risks of one training. `paths`: of its records; `added`: days that were added; `looks`: for a group."""
    started = local_day(one.confirmed_at or one.created_at)
    returned = [path.by_when for path in paths if path.state is RecordState.RETURNED and path.by_when is not None]
    waits_for = awaited_of(one, theory=theory, practice=practice, paths=paths, looks=looks, today=today)
    last_step = last_step_of(theory=theory, paths=paths, group=group, today=today)
    facts = RiskFacts(
        started_on=started,
        last_step=max(started, last_step or started),
        standing_still=one.stage is EnrolmentStage.PAUSED,
        complete=theory.complete and practice.complete,
        waits=waits_for.turn is not Turn.HERSELF,
        theory_done_on=theory.completed_on,
        visited=any(path.visit is not None or path.visits_done for path in paths),
        practice_begun=bool(paths),
        late_return=min(returned, default=None),
        added=added,
    )
    return risks(facts, policy, today=today)


def _steps(
    theory: TheoryProgress, paths: Collection[RecordPath], group: GroupFacts | None, *, today: date
) -> list[datetime]:
    """The moments at which she got further; a day on which her group met is one too."""
    found: list[datetime | None] = [theory.last_at]
    for path in paths:
        found += [path.created_at, path.prepared_at, path.moved_at]
        found.append(path.visit.planned_at if path.visit else None)
    met = [date.starts_at for date in group.coming if local_day(date.starts_at) <= today] if group else []
    return [moment for moment in found if moment is not None] + met


def _visit_was(paths: Collection[RecordPath], today: date) -> bool:
    """Whether the visit that the work waits for has been: then handing in is up to her."""
    return any(
        path.visit is not None and path.submitted_at is None and local_day(path.visit.date.ends_at) < today
        for path in paths
    )
