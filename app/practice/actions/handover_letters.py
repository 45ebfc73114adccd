"""One letter for each whom a hand-over is about: the professional, the coach who lets go, the coach who takes over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from app.courses.rules import EnrolmentFacts
from app.courses.tables import CoachHandover
from app.outbox.actions import post
from app.practice.actions.handover_visits import VisitChange

TO_PROFESSIONAL: Final = "handover.professional"
TO_NEW: Final = "handover.takes"
TO_FORMER: Final = "handover.gives"


def tell(
    db: Session,
    handover: CoachHandover,
    *,
    phase: str,
    people: Mapping[int, EnrolmentFacts],
    to: Mapping[int, int],
    changes: Iterable[VisitChange],
    now: datetime,
) -> None:
    """Write to everybody once. `people`: as they were before, by enrolment; `phase`: what happened, part of the key.

    Who did not come in yet hears of her coach when she does.
    """
    changes = tuple(changes)
    visits: dict[int, list[list[int]]] = defaultdict(list)
    for change in changes:
        visits[change.enrolment_id].append([change.visit_id, change.sequence, change.former_id])

    def key(kind: str, person_id: int, ids: list[int]) -> str:
        """One letter of a kind to somebody for each thing that happens."""
        return f"{kind}:{handover.id}:{phase}:{person_id}:{min(ids)}"

    def told(ids: list[int], *, of: int | None = None, **more: Any) -> dict[str, Any]:
        """What every letter says. `of`: only the visits that this coach would have gone to."""
        about = {"handover_id": handover.id, "phase": phase, "enrolment_ids": sorted(ids)}
        told_of = [visit for id_ in sorted(ids) for visit in visits[id_] if of in {None, visit[2]}]
        return about | {"visits": told_of} | more

    learning, taking, letting = _addressed(people, to, changes)
    if phase.startswith("day"):  # nobody goes: the coach whose people they are hears of the other day
        letting |= {handover.coach_id: list(people)} if people else {}
    by = handover.made_by_id
    for (person_id, coach_id), ids in learning.items():
        data, once = told(ids, coach_id=coach_id), key(TO_PROFESSIONAL, person_id, ids)
        post(db, TO_PROFESSIONAL, person_id=person_id, key=once, data=data, reply_to_id=coach_id, now=now)
    for coach_id, ids in taking.items():
        data, once = told(ids), key(TO_NEW, coach_id, ids)
        post(db, TO_NEW, person_id=coach_id, key=once, data=data, reply_to_id=by, now=now)
    for coach_id, ids in letting.items():
        of = None if phase.startswith("day") and coach_id == handover.coach_id else coach_id
        data, once = told(ids, of=of), key(TO_FORMER, coach_id, ids)
        post(db, TO_FORMER, person_id=coach_id, key=once, data=data, reply_to_id=by, now=now)


def _addressed(
    people: Mapping[int, EnrolmentFacts], to: Mapping[int, int], changes: Iterable[VisitChange]
) -> tuple[dict[tuple[int, int], list[int]], dict[int, list[int]], dict[int, list[int]]]:
    """Whom to write to, about which enrolments: professionals with who coaches them now, who takes, who lets go."""
    learning: dict[tuple[int, int], list[int]] = defaultdict(list)
    taking: dict[int, list[int]] = defaultdict(list)
    letting: dict[int, list[int]] = defaultdict(list)
    for id_, one in people.items():
        taking[to[id_]].append(id_)
        if one.coach_id is not None and one.coach_id != to[id_]:
            letting[one.coach_id].append(id_)
        if one.confirmed_at is not None:
            learning[one.person_id, to[id_]].append(id_)
    for change in changes:  # a visit of who had lent her out before: he hears that he does not go
        if change.former_id != to[change.enrolment_id] and change.enrolment_id not in letting[change.former_id]:
            letting[change.former_id].append(change.enrolment_id)
    return learning, taking, {coach_id: ids for coach_id, ids in letting.items() if ids}


def tell_of_visits(
    db: Session, people: Mapping[int, EnrolmentFacts], changes: Iterable[VisitChange], *, now: datetime
) -> None:
    """The usual letters about visits, where a new coach has a letter of her own already."""
    for one in changes:
        kind = "practice.visit_cancelled" if one.again else "practice.visit_planned"
        professional = people[one.enrolment_id].person_id
        for person_id in (professional,) if one.again else (professional, one.coach_id):
            post(
                db,
                kind,
                person_id=person_id,
                key=f"{kind}:{one.visit_id}:{one.sequence}:{person_id}",
                now=now,
                data={"visit_id": one.visit_id, "sequence": one.sequence},
                reply_to_id=one.coach_id if person_id != one.coach_id else professional,
            )
