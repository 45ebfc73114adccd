"""What somebody did in theory: lessons, checks, scholingsdagen, and where she stopped reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, case, exists, func, literal, or_, select, union, union_all
from sqlalchemy.orm import Session

from app.courses.tables import Enrolment
from app.courses.training_days.queries import attended
from app.kit.db import fetch
from app.theory.reading import Steps
from app.theory.tables import ChangedLesson, LessonCompletion, LessonWork, QuizAttempt, ReadingPlace

Moments = dict[str, datetime]

_OF_THESE: Final = Enrolment.id.in_(bindparam("enrolments", expanding=True))
_there, _made_up = attended(_OF_THESE)
_days = _there.union_all(_made_up).subquery()

_DONE: Final = union_all(
    select(
        LessonCompletion.enrolment_id,
        literal("lesson").label("kind"),
        LessonCompletion.lesson_slug.label("slug"),
        LessonCompletion.completed_at.label("moment"),
    ).where(LessonCompletion.enrolment_id.in_(bindparam("enrolments", expanding=True))),
    select(
        QuizAttempt.enrolment_id,
        literal("quiz"),
        QuizAttempt.quiz_slug,
        func.min(QuizAttempt.submitted_at),
    )
    .where(QuizAttempt.enrolment_id.in_(bindparam("enrolments", expanding=True)), QuizAttempt.passed)
    .group_by(QuizAttempt.enrolment_id, QuizAttempt.quiz_slug),
    select(
        ChangedLesson.enrolment_id,
        case((ChangedLesson.done_at.is_(None), "due"), else_="again"),
        ChangedLesson.lesson_slug,
        func.coalesce(ChangedLesson.done_at, ChangedLesson.made_at),
    ).where(ChangedLesson.enrolment_id.in_(bindparam("enrolments", expanding=True))),
    select(_days.c.enrolment_id, literal("day"), _days.c.slug, _days.c.ends_at),
)


_all_done = _DONE.subquery()
_STEPS: Final = union_all(
    select(_all_done, literal("").label("anchor")),
    select(
        ReadingPlace.enrolment_id,
        literal("place"),
        ReadingPlace.lesson_slug,
        ReadingPlace.seen_at,
        ReadingPlace.anchor,
    ).where(ReadingPlace.enrolment_id.in_(bindparam("enrolments", expanding=True))),
    select(LessonWork.enrolment_id, literal("work"), LessonWork.lesson_slug, func.max(LessonWork.saved_at), literal(""))
    .where(LessonWork.enrolment_id.in_(bindparam("enrolments", expanding=True)))
    .group_by(LessonWork.enrolment_id, LessonWork.lesson_slug),
)


@dataclass(frozen=True)
class Done:
    """What is done, by enrolment: when each lesson was done, each check first passed, each scholingsdag had.

    Lessons and checks by slug, days by their meeting.
    """

    lessons: dict[int, Moments]
    quizzes: dict[int, Moments]
    days: dict[int, Moments]


def done_by(db: Session, enrolment_ids: Collection[int]) -> Done:
    """What each enrolment did: one statement.

    A lesson that has to be read again since a move is not done; one that was read again is done from then on.
    """
    return _sorted(fetch(db, _DONE, enrolments=list(enrolment_ids)).all()) if enrolment_ids else _sorted(())


def _sorted(rows: Iterable[Any]) -> Done:
    """The kinds apart, from rows that begin with those of `_DONE`."""
    done = Done(defaultdict(dict), defaultdict(dict), defaultdict(dict))
    again: list[Any] = []
    due: list[Any] = []
    places = {"lesson": done.lessons, "quiz": done.quizzes, "day": done.days}
    later = {"again": again, "due": due}
    for row in rows:
        kind = row[1]
        if kind in places:
            places[kind][row[0]][row[2]] = row[3]
        elif kind in later:
            later[kind].append(row)
    for row in again:
        own = done.lessons[row[0]]
        own[row[2]] = max(row[3], own.get(row[2], row[3]))
    for row in due:
        done.lessons[row[0]].pop(row[2], None)
    return done


_BEGUN: Final = union(
    select(LessonWork.enrolment_id, LessonWork.lesson_slug).where(
        LessonWork.enrolment_id.in_(bindparam("enrolments", expanding=True))
    ),
    select(ReadingPlace.enrolment_id, ReadingPlace.lesson_slug).where(
        ReadingPlace.enrolment_id.in_(bindparam("enrolments", expanding=True))
    ),
)


def begun_by(db: Session, enrolment_ids: Collection[int]) -> dict[int, set[str]]:
    """The lessons in which each enrolment did something, as `Steps.begun`: one statement."""
    found: dict[int, set[str]] = defaultdict(set)
    for enrolment_id, slug in fetch(db, _BEGUN, enrolments=list(enrolment_ids)):
        found[enrolment_id].add(slug)
    return found


def steps_of(db: Session, enrolment_id: int) -> Steps:
    """What one person did in her training: one statement."""
    rows = fetch(db, _STEPS, enrolments=[enrolment_id]).all()
    done = _sorted(rows)
    last = max((row for row in rows if row.kind == "place"), key=lambda row: row.moment, default=None)
    return Steps(
        lessons=done.lessons[enrolment_id],
        quizzes=done.quizzes[enrolment_id],
        days=done.days[enrolment_id],
        again=frozenset(row.slug for row in rows if row.kind == "due"),
        begun=frozenset(row.slug for row in rows if row.kind in {"place", "work"}),
        place=(last.slug, last.anchor) if last is not None else None,
    )


def read_since(moment: datetime) -> ColumnElement[bool]:
    """A condition on `Enrolment`: a lesson was done, or a check passed, at or after a moment."""
    return or_(
        exists().where(LessonCompletion.enrolment_id == Enrolment.id, LessonCompletion.completed_at >= moment),
        exists().where(
            QuizAttempt.enrolment_id == Enrolment.id, QuizAttempt.passed, QuizAttempt.submitted_at >= moment
        ),
    )
