"""What somebody does in theory: finish a lesson, hand in a check."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import String, bindparam, cast, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.courses.actions.cohorts import confirm_enrolments
from app.courses.editions import edition_of
from app.courses.queries import enrolment_of
from app.courses.rules import EnrolmentFacts, OutlineLesson
from app.courses.tables import Enrolment, Quiz
from app.kit.db import fetch
from app.kit.errors import NotFound, Refused
from app.kit.localtime import local_day
from app.kit.storage import Storage
from app.ledger.actions import record
from app.people.rules import Viewer
from app.theory.queries import done_by, progress_of
from app.theory.reading import lock_of
from app.theory.rules import Answers, Question, after_lesson, may_try_from, progress, score
from app.theory.tables import LessonCompletion, LessonNote, LessonWork, QuizAttempt, ReadingPlace

_FINISH: Final = {
    dialect: insert(LessonCompletion)
    .values({name: bindparam(name) for name in ("enrolment_id", "edition_id", "lesson_slug", "completed_at")})
    .on_conflict_do_nothing(index_elements=["enrolment_id", "lesson_slug"])
    .returning(LessonCompletion.id)
    for dialect, insert in (("sqlite", sqlite_insert), ("postgresql", postgres_insert))
}

_WORKED: Final = select(LessonWork.block_id).where(
    LessonWork.enrolment_id == bindparam("enrolment"),
    LessonWork.lesson_slug == bindparam("lesson"),
    LessonWork.done_at.is_not(None),
)


def finish_lesson(db: Session, *, by: Viewer, course_slug: str, lesson_slug: str, now: datetime, ago_s: int = 0) -> str:
    """The lesson is done; gives the address of what follows. Again changes nothing.

    `ago_s`: so many seconds before now, when it was done without a connection; never before the training began.
    Raises: NotFound; Refused("module_locked" | "blocks_first").
    """
    enrolment = own_enrolment(db, by, course_slug, now=now)
    outline = edition_of(db, enrolment.edition_id).outline
    module = outline.module_of(lesson_slug)
    lesson = next((each for each in module.lessons if each.slug == lesson_slug), None) if module else None
    if module is None or lesson is None:
        raise NotFound
    every_lesson, every_quiz = done_by(db, [enrolment.id])
    lessons, quizzes = every_lesson[enrolment.id], every_quiz[enrolment.id]
    if lesson_slug in lessons:
        return after_lesson(outline, lesson_slug, lessons=lessons, quizzes=quizzes)
    today, starts_on = local_day(now), enrolment.starts_on
    if lock_of(outline, module, lessons=lessons, quizzes=quizzes, starts_on=starts_on, today=today):
        raise Refused("module_locked")
    if lesson.needs:
        _must_be_worked(db, enrolment, lesson)
    moment = max(now - timedelta(seconds=ago_s), enrolment.confirmed_at or enrolment.created_at)
    made = fetch(
        db,
        _FINISH[db.get_bind().dialect.name],
        enrolment_id=enrolment.id,
        edition_id=enrolment.edition_id,
        lesson_slug=lesson_slug,
        completed_at=moment,
    ).first()
    lessons[lesson_slug] = moment
    if made is not None and lesson.required and progress(outline, lessons=lessons, quizzes=quizzes).complete:
        _note_completion(db, enrolment, now=now)
    return after_lesson(outline, lesson_slug, lessons=lessons, quizzes=quizzes)


def _must_be_worked(db: Session, enrolment: EnrolmentFacts, lesson: OutlineLesson) -> None:
    """Raises: Refused with the first block that is still to do."""
    done = set(fetch(db, _WORKED, enrolment=enrolment.id, lesson=lesson.slug).scalars())
    for block_id in lesson.needs:
        if block_id not in done:
            raise Refused("blocks_first", f"blok-{block_id}")


def hand_in_quiz(db: Session, *, by: Viewer, course_slug: str, quiz_slug: str, answers: Answers, now: datetime) -> int:
    """Score a check that was answered completely, keep the attempt for good, and give its number.

    Raises: NotFound; Refused("quiz_passed" | "quiz_wait" | "unanswered").
    """
    enrolment = own_enrolment(db, by, course_slug, now=now)
    quiz = db.scalar(select(Quiz).where(Quiz.edition_id == enrolment.edition_id, Quiz.slug == quiz_slug))
    if quiz is None:
        raise NotFound
    questions = [Question.from_facts(question) for question in quiz.questions]
    if set(answers) != {question.id for question in questions}:
        raise Refused("unanswered")
    policy = edition_of(db, enrolment.edition_id).policy
    earlier = db.execute(
        select(QuizAttempt.submitted_at, QuizAttempt.passed).where(
            QuizAttempt.enrolment_id == enrolment.id, QuizAttempt.quiz_slug == quiz_slug
        )
    ).all()
    if any(attempt.passed for attempt in earlier):
        raise Refused("quiz_passed")
    free_from = may_try_from([attempt.submitted_at for attempt in earlier], policy)
    if free_from is not None and now < free_from:
        raise Refused("quiz_wait", minutes=-(-int((free_from - now).total_seconds()) // 60))
    result = score(questions, answers, policy)
    attempt = QuizAttempt(
        enrolment_id=enrolment.id,
        edition_id=enrolment.edition_id,
        quiz_slug=quiz_slug,
        number=len(earlier) + 1,
        answers={key: list(chosen) for key, chosen in answers.items()},
        score_pct=result.score_pct,
        critical_right=result.critical_right,
        passed=result.passed,
        submitted_at=now,
    )
    db.add(attempt)
    db.flush()
    record(
        db,
        "theory.quiz_handed_in",
        actor_id=by.id,
        subject=("enrolment", enrolment.id),
        now=now,
        quiz=quiz_slug,
        number=attempt.number,
        score_pct=result.score_pct,
        passed=result.passed,
    )
    if result.passed and progress_of(db, [enrolment])[enrolment.id].complete:
        _note_completion(db, enrolment, now=now)
    return attempt.number


def own_enrolment(db: Session, by: Viewer, course_slug: str, *, now: datetime) -> EnrolmentFacts:
    """The open enrolment of the viewer herself, locked: one thing at a time for one person.

    Who starts to learn has come in, also when the invitation was never opened.
    """
    enrolment = enrolment_of(db, by.id, course_slug, to_change=True)
    if enrolment is None:
        raise NotFound
    if enrolment.confirmed_at is None:
        confirm_enrolments(db, person_id=by.id, now=now)
    return enrolment


def _note_completion(db: Session, enrolment: EnrolmentFacts, *, now: datetime) -> None:
    """Write down that theory became complete with this step; what is required is done once."""
    record(
        db,
        "theory.completed",
        actor_id=enrolment.person_id,
        subject=("enrolment", enrolment.id),
        now=now,
        edition_id=enrolment.edition_id,
    )


def export_of(db: Session, person_id: int) -> dict[str, Any]:
    """Everything that theory knows of somebody."""
    own = select(Enrolment.id).where(Enrolment.person_id == person_id)
    lessons = db.scalars(
        select(LessonCompletion).where(LessonCompletion.enrolment_id.in_(own)).order_by(LessonCompletion.completed_at)
    )
    attempts = db.scalars(
        select(QuizAttempt).where(QuizAttempt.enrolment_id.in_(own)).order_by(QuizAttempt.submitted_at)
    )
    return {
        "lesson_work": [
            {
                "lesson": row.lesson_slug,
                "words": row.words,
                "chosen": row.facts.get("chosen"),
                "saved_at": row.saved_at.isoformat(),
                "done_at": row.done_at.isoformat() if row.done_at else None,
                "shared_at": row.shared_at.isoformat() if row.shared_at else None,
            }
            for row in db.scalars(
                select(LessonWork).where(LessonWork.enrolment_id.in_(own)).order_by(LessonWork.saved_at)
            )
        ],
        "saved_passages": [
            {
                "lesson": row.lesson_slug,
                "passage": row.quote,
                "words": row.words,
                "made_at": row.made_at.isoformat(),
            }
            for row in db.scalars(select(LessonNote).where(LessonNote.enrolment_id.in_(own)).order_by(LessonNote.id))
        ],
        "lessons": [{"lesson": row.lesson_slug, "completed_at": row.completed_at.isoformat()} for row in lessons],
        "quizzes": [
            {
                "quiz": row.quiz_slug,
                "number": row.number,
                "answers": row.answers,
                "score_pct": row.score_pct,
                "passed": row.passed,
                "submitted_at": row.submitted_at.isoformat(),
            }
            for row in attempts
        ],
    }


def erase(db: Session, *, person_id: int, storage: Storage, now: datetime) -> None:  # noqa: ARG001 - one shape for all domains
    """Forget what somebody answered, wrote and saved; that a check was passed stays with the enrolment."""
    own = select(Enrolment.id).where(Enrolment.person_id == person_id)
    for table in (LessonWork, LessonNote, ReadingPlace):
        db.execute(delete(table).where(table.enrolment_id.in_(own)).execution_options(synchronize_session=False))
    db.execute(
        update(QuizAttempt)
        .where(QuizAttempt.enrolment_id.in_(own))
        .values(answers={})
        .execution_options(synchronize_session=False)
    )


def empty_answers(db: Session, *, before: datetime) -> int:
    """Forget the answers of trainings that ended before a moment; gives of how many checks."""
    ends = (Enrolment.completed_at, Enrolment.withdrawn_at, Enrolment.expired_at)
    ended = select(Enrolment.id).where(or_(*(end < before for end in ends)))
    emptied = db.execute(
        update(QuizAttempt)
        .where(QuizAttempt.enrolment_id.in_(ended), cast(QuizAttempt.answers, String) != "{}")
        .values(answers={})
        .returning(QuizAttempt.id)
        .execution_options(synchronize_session=False)
    )
    return len(emptied.all())
