"""Counting active minutes as a page tells them (docs/decisions/0020-active-minutes.md)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.editions import edition_of
from app.courses.rules import EnrolmentFacts
from app.kit.errors import NotFound
from app.kit.localtime import local_day
from app.people.rules import Viewer
from app.theory import inputs
from app.theory.actions import own_enrolment
from app.theory.lessons import Spot
from app.theory.reading import credited
from app.theory.tables import LessonCompletion, LessonTime

LAST_WORD: Final = timedelta(minutes=2)
"""So long after a lesson was done its page may still tell what came before."""


def note_active(db: Session, *, by: Viewer, at: Spot, given: inputs.Active, now: datetime) -> bool:
    """Count what the page told, as far as it can be true; gives whether this course measures at all.

    It is counted until the lesson is done: reading it again says nothing about how long it takes. Raises: NotFound.
    """
    enrolment = own_enrolment(db, by, at.course_slug, now=now)
    outline = edition_of(db, enrolment.edition_id).outline
    if outline.module_of(at.lesson_slug) is None:
        raise NotFound
    if not outline.active_minutes:
        return False
    until = now - timedelta(seconds=given.ago)
    if not _was_done(db, enrolment, at.lesson_slug, until):
        _count_seconds(db, enrolment, at.lesson_slug, given.seconds, until)
    return True


def _was_done(db: Session, enrolment: EnrolmentFacts, lesson_slug: str, moment: datetime) -> bool:
    done_at = db.scalar(
        select(LessonCompletion.completed_at).where(
            LessonCompletion.enrolment_id == enrolment.id, LessonCompletion.lesson_slug == lesson_slug
        )
    )
    return done_at is not None and done_at + LAST_WORD < moment


def _count_seconds(db: Session, enrolment: EnrolmentFacts, lesson_slug: str, seconds: int, until: datetime) -> None:
    """All lessons together have one clock: two windows at once are no two people."""
    own = db.scalars(select(LessonTime).where(LessonTime.enrolment_id == enrolment.id)).all()
    day = local_day(until)
    more = credited(
        seconds,
        until=until,
        since=max((one.told_at for one in own), default=enrolment.confirmed_at or enrolment.created_at),
        today=sum(one.day_seconds for one in own if local_day(one.told_at) == day),
        most=inputs.DAY_MOST_S,
    )
    if not more:
        return
    row = next((one for one in own if one.lesson_slug == lesson_slug), None)
    if row is None:
        row = LessonTime(enrolment_id=enrolment.id, lesson_slug=lesson_slug, told_at=until)
        db.add(row)
    row.day_seconds = more + (row.day_seconds if local_day(row.told_at) == day else 0)
    row.seconds, row.told_at = row.seconds + more, until
