"""Who leads the meetings of a round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, ScalarSelect, exists, func, select
from sqlalchemy.orm import Session

from app.intervision.tables import IntervisionSession, SessionFacilitator
from app.kit.text import fold
from app.meetings.tables import Meeting, MeetingSignup
from app.people.queries import person_names
from app.people.rules import Role
from app.people.tables import Person, RoleGrant

_BETWEEN: Final = "\n"
"""Stands in no name: it is one line."""


@dataclass(frozen=True)
class Leader:
    """Somebody who leads a meeting."""

    id: int
    name: str


def leaders(db: Session, meeting_ids: Collection[int]) -> dict[int, tuple[Leader, ...]]:
    """Who leads each meeting, by name; every meeting that is asked for is in the answer. At most two statements."""
    rows = db.execute(
        select(IntervisionSession.meeting_id, SessionFacilitator.person_id)
        .join(SessionFacilitator, SessionFacilitator.session_id == IntervisionSession.id)
        .where(IntervisionSession.meeting_id.in_(set(meeting_ids)))
    ).all()
    names = person_names(db, {row.person_id for row in rows})
    found: dict[int, list[Leader]] = defaultdict(list)
    for row in rows:
        found[row.meeting_id].append(Leader(row.person_id, names.get(row.person_id, "")))
    return {id_: tuple(sorted(found[id_], key=lambda one: (fold(one.name), one.id))) for id_ in meeting_ids}


def may_lead(db: Session) -> set[int]:
    """Gespreksleiders and coaches. Trainers may lead too, but only certification knows who they are."""
    query = select(RoleGrant.person_id).where(
        RoleGrant.role.in_([Role.FACILITATOR, Role.COACH]), RoleGrant.revoked_at.is_(None)
    )
    return set(db.scalars(query))


def by_name(db: Session, ids: Iterable[int]) -> list[tuple[int, str]]:
    """People to choose from."""
    return sorted(person_names(db, ids).items(), key=lambda item: fold(item[1]))


def leads_here(person_id: Any = MeetingSignup.person_id, meeting_id: Any = Meeting.id) -> ColumnElement[bool]:
    """Whether somebody leads a meeting; part of a query that names her place and the meeting."""
    led = select(SessionFacilitator.person_id).join(
        IntervisionSession, IntervisionSession.id == SessionFacilitator.session_id
    )
    return exists(led.where(SessionFacilitator.person_id == person_id, IntervisionSession.meeting_id == meeting_id))


def names_here() -> ScalarSelect[Any]:
    """The names of who leads a meeting, as one text (see `names_in`); part of a query that names the session."""
    return (
        select(func.aggregate_strings(Person.name, _BETWEEN))
        .join(SessionFacilitator, SessionFacilitator.person_id == Person.id)
        .where(SessionFacilitator.session_id == IntervisionSession.id)
        .scalar_subquery()
    )


def names_in(text: str | None) -> tuple[str, ...]:
    """The names in what `names_here` gave, in order."""
    return tuple(sorted(text.split(_BETWEEN), key=fold)) if text else ()


def led_ahead(db: Session, person_id: int, *, now: datetime) -> list[int]:
    """The meetings ahead, also in draft, that somebody is to lead."""
    query = (
        select(IntervisionSession.meeting_id)
        .join(SessionFacilitator, SessionFacilitator.session_id == IntervisionSession.id)
        .join(Meeting, Meeting.id == IntervisionSession.meeting_id)
        .where(SessionFacilitator.person_id == person_id, Meeting.starts_at > now, Meeting.cancelled_at.is_(None))
    )
    return list(db.scalars(query))
