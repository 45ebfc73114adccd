"""What editions of courses ask of an admin: people who wait to be moved, and trainers who were not asked to read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.certification.keeping_up import unasked
from app.theory.staying import to_move


@dataclass(frozen=True)
class EditionWork:
    """One edition that waits. `course`: its title."""

    what: str
    course: str
    href: str
    since: datetime
    people: tuple[int, ...]


def people_to_move(db: Session, deciding: Collection[int]) -> list[EditionWork]:
    """Per course who follows an older edition and stays there by nobody's decision.

    `deciding`: the enrolments that wait for a decision about the certificate; they finish where they are.
    """
    found: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for row in to_move(db):
        if row.enrolment_id not in deciding:
            found[row.slug, row.number].append(row)
    return [
        EditionWork(
            "to_move",
            rows[0].title,
            f"/beheer/opleidingen/{slug}/edities/{number}#mensen",
            rows[0].published_at,
            tuple(row.person_id for row in rows),
        )
        for (slug, number), rows in found.items()
    ]


def trainers_to_ask(db: Session, on: date) -> list[EditionWork]:
    """Per course the trainers to whom something of the newest edition is news that nobody asked them to read."""
    return [
        EditionWork(
            "to_ask",
            one.title,
            f"/beheer/opleidingen/{one.course_slug}/edities/{one.number}#trainers",
            one.published_at,
            one.people,
        )
        for one in unasked(db, on)
    ]
