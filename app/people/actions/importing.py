"""Taking over a list of people: all of it or nothing, no mail, and twice the same list changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.kit.errors import Refused
from app.kit.localtime import local_day
from app.kit.text import fold
from app.ledger.actions import record
from app.people.actions.accounts import ensure_organisation
from app.people.import_lines import LINES_MAX, Line
from app.people.tables import Membership, Organisation, Person


def match(db: Session, lines: Sequence[Line]) -> list[Line]:
    """The lines with the people and the employers that we know already. Raises: Refused when there are too many."""
    if not lines:
        raise Refused("import_empty", "text")
    if len(lines) > LINES_MAX:
        raise Refused("import_too_long", "text", limit=LINES_MAX)
    known = _known(db, lines)
    works = _at_work(db, known.values())
    organisations = set(db.scalars(select(Organisation.folded_name)))
    matched = []
    for line in lines:
        person_id = known.get(line.email)
        employs = bool(line.organisation) and not line.repeats and person_id not in works
        unknown = employs and " ".join(fold(line.organisation).split()) not in organisations
        matched.append(replace(line, person_id=person_id, employs=employs, new_organisation=unknown))
    return matched


def import_people(db: Session, *, by_id: int, lines: Sequence[Line], now: datetime) -> dict[str, int]:
    """Write down who is new and add an employer where one was missing; gives the person of each address.

    One event in the ledger for the whole list. Raises: Refused("import_mistakes") while a line is wrong.
    """
    if any(line.problems for line in lines):
        raise Refused("import_mistakes")
    unique = [line for line in lines if not line.repeats]
    known = _known(db, unique)
    new = [line for line in unique if line.email not in known]
    if new:
        db.execute(insert(Person), [_person(line, now) for line in new])
    people = _known(db, unique)
    added = _employ(db, unique, people, now=now)
    if new or added:
        record(db, "people.imported", actor_id=by_id, subject=("import", None), now=now, new=len(new), employers=added)
    return people


def _known(db: Session, lines: Sequence[Line]) -> dict[str, int]:
    addresses = [line.email for line in lines if line.email]
    found: dict[str, int] = {}
    for start in range(0, len(addresses), 5_000):
        rows = db.execute(select(Person.email, Person.id).where(Person.email.in_(addresses[start : start + 5_000])))
        found |= {str(row.email): row.id for row in rows}
    return found


def _at_work(db: Session, person_ids: Collection[int]) -> set[int]:
    """Who of these works somewhere now."""
    here = Membership.person_id.in_(person_ids)
    return set(db.scalars(select(Membership.person_id).where(here, Membership.until.is_(None))))


def _person(line: Line, now: datetime) -> dict[str, Any]:
    return {
        "name": line.name,
        "folded_name": fold(line.name),
        "email": line.email,
        "created_at": now,
        "phone": "",
        "locale": "nl",
        "version": 1,
    }


def _employ(db: Session, lines: Sequence[Line], people: dict[str, int], *, now: datetime) -> int:
    """Employers for people who have none; nobody changes employer by a list."""
    wanted = {people[line.email]: line.organisation for line in lines if line.organisation}
    works = _at_work(db, wanted)
    names = {name for person_id, name in wanted.items() if person_id not in works}
    ids = {name: ensure_organisation(db, name=name, now=now) for name in sorted(names)}
    rows = [
        {"person_id": person_id, "organisation_id": ids[name], "since": local_day(now)}
        for person_id, name in wanted.items()
        if person_id not in works
    ]
    if rows:
        db.execute(insert(Membership), rows)
    return len(rows)
