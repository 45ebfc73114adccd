"""Who may be getting stuck, from what is known of a training."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from app.courses.rules import EnrolmentFacts, EnrolmentStage, Policy
from app.delivery.rules import GroupFacts
from app.kit.localtime import local_day
from app.practice.paths import RecordPath
from app.practice.rules.progress import NextCode, PracticeProgress
from app.practice.rules.risks import Risk, RiskFacts, risks
from app.practice.rules.states import RecordState
from app.theory.rules import TheoryProgress

WAITS = frozenset({NextCode.WAIT_FOR_COACH, NextCode.WAIT_FOR_DATE, NextCode.VISIT, NextCode.TALK})


def risks_of(
    one: EnrolmentFacts,
    policy: Policy,
    *,
    theory: TheoryProgress,
    practice: PracticeProgress,
    paths: Collection[RecordPath],
    group: GroupFacts | None,
    added: int,
    today: date,
) -> tuple[Risk, ...]:
    """The risks of one training. `paths`: of its records; `added`: days that were added to it."""
    started = one.confirmed_at or one.created_at
    returned = [path.by_when for path in paths if path.state is RecordState.RETURNED and path.by_when is not None]
    code = practice.next.code if practice.next else None
    facts = RiskFacts(
        started_on=local_day(started),
        last_step=local_day(max([started, *_steps(theory, paths, group, today=today)])),
        standing_still=one.stage is EnrolmentStage.PAUSED,
        complete=theory.complete and practice.complete,
        waits=code in WAITS and not (code is NextCode.VISIT and _visit_was(paths, today)),
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
        found += [path.created_at, path.prepared_at, path.submitted_at, path.signed_at]
        found.append(path.visit.planned_at if path.visit else None)
    met = [date.starts_at for date in group.coming if local_day(date.starts_at) <= today] if group else []
    return [moment for moment in found if moment is not None] + met


def _visit_was(paths: Collection[RecordPath], today: date) -> bool:
    """Whether the visit that the work waits for has been: then handing in is up to her."""
    return any(
        path.visit is not None and path.submitted_at is None and local_day(path.visit.date.ends_at) < today
        for path in paths
    )
