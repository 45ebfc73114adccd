"""Moving people to a newer edition of their course: what it would do to each, and doing it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Select, bindparam, case, column, delete, exists, func, insert, select, table, update
from sqlalchemy.orm import Session

from app.courses.changes import EditionLine, differences, editions_in
from app.courses.comparing import Change, Differences, LessonChange
from app.courses.editions import edition_of
from app.courses.rules import Outline, OutlineModule
from app.courses.tables import Cohort, Course, CourseEdition, Enrolment
from app.kit.db import fetch
from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.localtime import local_day
from app.ledger.actions import record, record_each
from app.outbox.actions import post
from app.people.rules import Viewer
from app.theory.done import Moments, begun_by, done_by
from app.theory.reading import Steps, lock_of
from app.theory.rules import progress
from app.theory.tables import ChangedLesson

MOVED: Final = "theory.moved"
PEOPLE_MOST: Final = 500  # at once: as many as the form can name
Deciding = Callable[[Collection[int]], Mapping[int, date]]
"""Which of these enrolments wait for a decision about the certificate, and since when; only certification knows."""


@dataclass(frozen=True)
class Effect:
    """What a move does to one person.

    `again`: what she had done and reads again; `fresh`: what she has to read now, did not do and did not have to read
    before; `checks`: those that she passed and keeps; `locks`: the modules that were open to her and close; `reopens`:
    theory was complete and is so no longer; `practice_stays`: her practice goes on as she began it; `practice_waits`:
    but with no next assignment before she is through safety again.
    """

    kept: int
    again: tuple[LessonChange, ...]
    fresh: tuple[LessonChange, ...]
    checks: int
    new_checks: tuple[str, ...]
    locks: tuple[str, ...]
    reopens: bool
    practice_stays: bool
    practice_waits: bool


@dataclass(frozen=True)
class Did:
    """What somebody did so far. `due`: opened by an earlier move and not read again yet; `starts_on`: of her cohort.

    `begun`: lessons in which she did something.
    """

    lessons: Moments
    quizzes: Moments
    due: Collection[str]
    practice_began: bool
    starts_on: date
    begun: Collection[str] = ()


def effect(
    old: Outline, new: Outline, changes: Differences, did: Did, *, chosen: Collection[str], today: date
) -> Effect:
    """What moving does. `chosen`: the changed lessons that have to be read again. Pure."""
    lessons, quizzes = did.lessons, did.quizzes
    there = {one.slug: one for one in changes.lessons if one.change is not Change.GONE}
    open_again = to_read_again(changes, lessons=lessons, due=did.due, chosen=chosen)
    left = {slug: moment for slug, moment in lessons.items() if slug not in open_again}
    before = progress(old, lessons=lessons, quizzes=quizzes)
    after = progress(new, lessons=left, quizzes=quizzes)
    checks = [module.quiz for module in new.open_modules if module.quiz is not None]
    had = {module.quiz.slug for module in old.open_modules if module.quiz is not None}
    asked = {lesson.slug for module in old.open_modules for lesson in module.lessons if lesson.required}
    was_open = {module.slug for module in _open_to(old, did, today=today)}
    stays_open = {module.slug for module in _open_to(new, did, today=today)}
    return Effect(
        kept=after.lessons_done,
        again=tuple(one for slug, one in there.items() if slug in open_again),
        fresh=tuple(one for slug, one in there.items() if one.required and slug not in {*lessons, *asked}),
        checks=after.quizzes_passed,
        new_checks=tuple(one.title for one in checks if one.slug not in had and one.slug not in quizzes),
        locks=tuple(module.title for module in new.open_modules if module.slug in was_open - stays_open),
        reopens=before.complete and not after.complete,
        practice_stays=did.practice_began,
        practice_waits=did.practice_began and before.safety_done and not after.safety_done,
    )


def _open_to(outline: Outline, did: Did, *, today: date) -> Iterable[OutlineModule]:
    """The modules that no lock keeps closed. What has to be read again closes nothing."""
    steps = Steps(did.lessons, did.quizzes, again=did.due, begun=did.begun)
    return (
        module
        for module in outline.open_modules
        if lock_of(outline, module, steps, starts_on=did.starts_on, today=today) is None
    )


def to_read_again(
    changes: Differences, *, lessons: Collection[str], due: Collection[str], chosen: Collection[str]
) -> set[str]:
    """The lessons that a move opens: chosen ones that were done, and those still open that the new edition has too."""
    there = {one.slug: one for one in changes.lessons if one.change is not Change.GONE}
    return {
        slug
        for slug, one in there.items()
        if slug in due or (slug in lessons and slug in chosen and one.reads_differently)
    }


_work: Final = table("assignment_record", column("enrolment_id"))
"""Practice stands above theory, so that its work is known here by name only."""
PRACTICE_PINNED: Final = func.coalesce(
    Enrolment.practice_edition_id,
    case((exists().where(_work.c.enrolment_id == Enrolment.id), Enrolment.edition_id)),
)
"""The edition that practice goes on in, None before it begins.

While a new program was put in place, the old one may have begun somebody's practice without writing the edition down.
"""
BEHIND: Final = (
    select(
        Enrolment.id,
        Enrolment.person_id,
        Enrolment.edition_id,
        PRACTICE_PINNED.label("practice_edition_id"),
        CourseEdition.number,
        Cohort.id.label("cohort_id"),
        Cohort.name.label("cohort"),
        Cohort.starts_on,
    )
    .join(CourseEdition, CourseEdition.id == Enrolment.edition_id)
    .join(Course, Course.id == Enrolment.course_id)
    .join(Cohort, Cohort.id == Enrolment.cohort_id)
    .where(
        Course.slug == bindparam("course"),
        CourseEdition.number < bindparam("number"),
        Enrolment.withdrawn_at.is_(None),
        Enrolment.expired_at.is_(None),
        Enrolment.completed_at.is_(None),
    )
    .order_by(Cohort.starts_on, Cohort.id, Enrolment.id)
)


def edition_in(
    db: Session, viewer: Viewer, course_slug: str, number: int
) -> tuple[tuple[EditionLine, ...], EditionLine]:
    if not viewer.is_admin:
        raise NotFound
    editions = editions_in(db, course_slug)
    edition = next((one for one in editions if one.number == number), None)
    if edition is None:
        raise NotFound
    return editions, edition


def among(rows: Sequence[Any], enrolment_ids: Collection[int]) -> list[Any]:
    """Those who were chosen and are behind still. Raises: Refused("nobody_to_move" | "too_many_to_move")."""
    wanted = set(enrolment_ids)
    found = [row for row in rows if row.id in wanted]
    if not found:
        raise Refused("nobody_to_move")
    if len(found) > PEOPLE_MOST:
        raise Refused("too_many_to_move", most=PEOPLE_MOST)
    return found


def effects_of(
    db: Session, rows: Iterable[Any], new_id: int, chosen: Collection[str], *, today: date
) -> dict[int, Effect]:
    """What a move does to each of these enrolments, by id."""
    ids = [row.id for row in rows]
    done = done_by(db, ids)
    due, begun = _due(db, ids), begun_by(db, ids)
    return {
        row.id: effect(
            edition_of(db, row.edition_id).outline,
            edition_of(db, new_id).outline,
            differences(db, row.edition_id, new_id),
            Did(
                done.lessons[row.id],
                done.quizzes[row.id],
                due[row.id],
                row.practice_edition_id is not None,
                row.starts_on,
                begun[row.id],
            ),
            chosen=chosen,
            today=today,
        )
        for row in rows
    }


def _due(db: Session, enrolment_ids: Collection[int]) -> dict[int, set[str]]:
    """What an earlier move opened and is not read again yet, by enrolment."""
    found: dict[int, set[str]] = defaultdict(set)
    for enrolment_id, slug in db.execute(
        select(ChangedLesson.enrolment_id, ChangedLesson.lesson_slug).where(
            ChangedLesson.enrolment_id.in_(enrolment_ids), ChangedLesson.done_at.is_(None)
        )
    ):
        found[enrolment_id].add(slug)
    return found


def move(
    db: Session,
    *,
    by: Viewer,
    course_slug: str,
    number: int,
    enrolment_ids: Collection[int],
    chosen: Collection[str],
    deciding: Deciding,
    now: datetime,
    also: Collection[int] = (),
) -> int:
    """Move people to an edition, all or nobody, and give how many; who has it already stays as she is.

    Nothing that was done is lost: what has to be read again is opened beside it. Checks that were passed stay passed,
    and practice that was begun goes on in its own edition. Who gets something to read is told. Nobody stops waiting for
    a decision about her certificate by it, unless she stands in `also`.

    Raises: Forbidden; NotFound; Refused("nobody_to_move" | "too_many_to_move" | "waits_for_decision").
    """
    if not by.is_admin:
        raise Forbidden
    _, edition = edition_in(db, by, course_slug, number)
    _hold(db, enrolment_ids)  # from here on nobody of them finishes a lesson, or begins with practice
    rows = among(fetch(db, BEHIND, course=course_slug, number=number).all(), enrolment_ids)
    effects = effects_of(db, rows, edition.id, chosen, today=local_day(now))
    if held_back(effects, deciding).keys() - set(also):
        raise Refused("waits_for_decision", "who")
    ids = [row.id for row in rows]
    db.execute(
        delete(ChangedLesson)
        .where(ChangedLesson.enrolment_id.in_(ids), ChangedLesson.done_at.is_(None))
        .execution_options(synchronize_session=False)
    )
    again = [
        {"enrolment_id": id_, "edition_id": edition.id, "lesson_slug": one.slug, "made_at": now}
        for id_, found in effects.items()
        for one in found.again
    ]
    if again:
        db.execute(insert(ChangedLesson), again)
    db.execute(
        update(Enrolment)
        .where(Enrolment.id.in_(ids))
        .values(edition_id=edition.id, practice_edition_id=PRACTICE_PINNED, version=Enrolment.version + 1)
        .execution_options(synchronize_session=False)
    )
    _tell(db, rows, effects, edition, by=by, now=now)
    _take_cohorts_along(db, {row.cohort_id for row in rows}, edition.id, by=by, now=now)
    return len(rows)


def held_back(effects: Mapping[int, Effect], deciding: Deciding) -> Mapping[int, date]:
    """Whose wait for a decision about the certificate would end by a move, which opens her theory again; since when."""
    reopened = [id_ for id_, found in effects.items() if found.reopens]
    return deciding(reopened) if reopened else {}


def come_along(db: Session, *, by: Viewer, enrolment_ids: Collection[int], deciding: Deciding, now: datetime) -> None:
    """Who comes back to a cohort that moved meanwhile gets its edition, and reads again what changed for her.

    Who waits for a decision about her certificate finishes where she was. Raises: Forbidden.
    """
    behind = db.execute(
        select(Enrolment.id, Enrolment.edition_id, Course.slug, CourseEdition.id.label("new_id"), CourseEdition.number)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(CourseEdition, CourseEdition.id == Cohort.edition_id)
        .join(Course, Course.id == Enrolment.course_id)
        .where(
            Enrolment.id.in_(enrolment_ids), Enrolment.edition_id < Cohort.edition_id, Enrolment.completed_at.is_(None)
        )
        .order_by(Enrolment.id)
    ).all()
    waiting = deciding([row.id for row in behind]) if behind else {}
    for row in behind:
        if row.id in waiting:
            continue
        chosen = {one.slug for one in differences(db, row.edition_id, row.new_id).lessons if one.to_read_again}
        ids = [row.id]
        move(
            db,
            by=by,
            course_slug=row.slug,
            number=row.number,
            enrolment_ids=ids,
            chosen=chosen,
            deciding=deciding,
            now=now,
        )


def _hold(db: Session, enrolment_ids: Collection[int]) -> None:
    held = select(Enrolment.id).where(Enrolment.id.in_(enrolment_ids)).order_by(Enrolment.id).with_for_update()
    db.execute(held).all()


def _tell(
    db: Session, rows: Sequence[Any], effects: dict[int, Effect], edition: EditionLine, *, by: Viewer, now: datetime
) -> None:
    """An event for each, and a letter for who has something to read."""
    about = [
        (
            ("enrolment", row.id),
            {
                "from_edition_id": row.edition_id,
                "to_edition_id": edition.id,
                "again": [one.slug for one in effects[row.id].again],
            },
        )
        for row in rows
    ]
    record_each(db, MOVED, actor_id=by.id, about=about, now=now)
    for row in rows:
        found = effects[row.id]
        if found.again or found.reopens:
            post(
                db,
                MOVED,
                person_id=row.person_id,
                key=f"{MOVED}:{row.id}:{edition.id}",
                data={
                    "enrolment_id": row.id,
                    "edition_id": edition.id,
                    "fresh": [one.slug for one in found.fresh],
                },
                reply_to_id=by.id,
                now=now,
            )


def _take_cohorts_along(
    db: Session, cohort_ids: Collection[int], edition_id: int, *, by: Viewer, now: datetime
) -> None:
    """Who joins a cohort later gets what its people have: once nobody in it follows an older edition."""
    behind = exists().where(
        Enrolment.cohort_id == Cohort.id,
        Enrolment.edition_id < edition_id,
        Enrolment.withdrawn_at.is_(None),
        Enrolment.expired_at.is_(None),
        Enrolment.completed_at.is_(None),
    )
    whole: Select[int] = (
        select(Cohort.id)
        .where(Cohort.id.in_(cohort_ids), Cohort.edition_id < edition_id, ~behind)
        .order_by(Cohort.id)
        .with_for_update()
    )
    for cohort_id in db.scalars(whole).all():
        db.execute(
            update(Cohort)
            .where(Cohort.id == cohort_id)
            .values(edition_id=edition_id, version=Cohort.version + 1)
            .execution_options(synchronize_session=False)
        )
        record(
            db, "courses.cohort_moved", actor_id=by.id, subject=("cohort", cohort_id), now=now, edition_id=edition_id
        )
