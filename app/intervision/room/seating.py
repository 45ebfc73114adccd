"""Who may read what is brought in at a table: the people of that table, and who leads it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.intervision.queries.groups import Seating, seating
from app.intervision.queries.leaders import leaders
from app.intervision.room.rules import Table


def tables_of(db: Session, meeting_id: int) -> list[Table]:
    """The tables of a meeting. A table without a gespreksleider of its own has who leads the meeting.

    Who has a seat but no table yet makes a table by herself, which nobody leads: nobody reads what she brings in.
    """
    found, leading = seating(db, meeting_id), leaders_of(db, meeting_id)
    return [*_made(found, leading), *(Table(0, {one.signup_id: one.person_id}, frozenset()) for one in found.loose)]


def table_at(tables: list[Table], signup_id: int) -> Table | None:
    """The table of one place; None without a seat."""
    return next((table for table in tables if signup_id in table.seats), None)


def leaders_of(db: Session, meeting_id: int) -> frozenset[int]:
    """Who leads a meeting as a whole."""
    return frozenset(one.id for one in leaders(db, [meeting_id])[meeting_id])


def _made(found: Seating, leading: frozenset[int]) -> list[Table]:
    return [
        Table(
            group.number if found.made else 0,
            {one.signup_id: one.person_id for one in group.seated},
            frozenset({group.facilitator_id}) if group.facilitator_id is not None else leading,
        )
        for group in found.groups
    ]
