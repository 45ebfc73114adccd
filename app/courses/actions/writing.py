"""Writing to people in training in one's own words: a letter for each, at once, through the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.inputs import OwnLetter
from app.courses.writing import Receiver, receivers
from app.kit.errors import Forbidden, Refused
from app.kit.ids import digest
from app.kit.localtime import local_day
from app.ledger.actions import record
from app.outbox.actions import post
from app.outbox.tables import Message
from app.people.rules import Role, Viewer
from app.people.tables import Person

OWN_LETTER: Final = "courses.own_letter"
WORTH_SENDING: Final = timedelta(days=7)
"""After that it says something about a day that has gone by."""


def write_to(db: Session, *, by: Viewer, cohort_id: int | None, given: OwnLetter, now: datetime) -> int:
    """Write to the people of a letter, or to nobody; gives how many letters that makes.

    Raises: Forbidden; Refused("receivers_changed" | "already_written").
    """
    if not (by.has(Role.COACH) if cohort_id is None else by.is_admin):
        raise Forbidden
    db.scalar(select(Person.id).where(Person.id == by.id).with_for_update())  # one letter of hers at a time
    to = receivers(db, by, cohort_id, given.to)
    if not to.all_there:
        raise Refused("receivers_changed")
    keys = letter_keys(by, to.people, subject=given.subject, own_text=given.own_text, now=now)
    had = written_before(db, keys.values())
    people = [one for one in to.people if keys[one.enrolment_id] not in had]
    if not people:
        raise Refused("already_written")
    messages = [
        post(
            db,
            OWN_LETTER,
            person_id=one.person_id,
            key=keys[one.enrolment_id],
            data={
                "enrolment_id": one.enrolment_id,
                "by_id": by.id,
                "as_coach": cohort_id is None,
                "subject": given.subject,
            },
            own_text=given.own_text,
            reply_to_id=by.id,
            not_after=now + WORTH_SENDING,
            now=now,
        )
        for one in people
    ]
    record(
        db,
        "courses.own_letter_sent",
        actor_id=by.id,
        subject=("cohort", cohort_id) if cohort_id is not None else ("person", by.id),
        now=now,
        number=len(people),
        enrolment_ids=[one.enrolment_id for one in people],
        message_ids=messages,
    )
    return len(people)


def letter_keys(
    by: Viewer, people: Sequence[Receiver], *, subject: str, own_text: str, now: datetime
) -> dict[int, str]:
    """The key of each letter, by enrolment: the same words of the same writer reach somebody once a day.

    Not the key of the form: who opens the page anew and sends the same again means no second letter.
    """
    words = digest(f"{by.id}|{subject}|{own_text}")
    return {one.enrolment_id: f"{OWN_LETTER}:{one.enrolment_id}:{local_day(now)}:{words}" for one in people}


def written_before(db: Session, keys: Iterable[str]) -> set[str]:
    """Which of these letters stand in the outbox already: one statement."""
    return set(db.scalars(select(Message.key).where(Message.key.in_(list(keys)))))
