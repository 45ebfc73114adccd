"""What theory knows of one person: to hand over, to forget, to keep as long as promised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, and_, cast, delete, or_, select, update
from sqlalchemy.orm import Session

from app.courses.tables import CourseEdition, Enrolment, Lesson, Quiz
from app.kit.storage import Storage
from app.ledger.actions import forget
from app.theory.questions import Question
from app.theory.tables import (
    ChangedLesson,
    EditionStay,
    LessonCompletion,
    LessonNote,
    LessonTime,
    LessonWork,
    OpenAnswer,
    QuizAttempt,
    QuizDraft,
    ReadingPlace,
    TrainerUpdate,
    UpdateItem,
    UpdateTask,
)

SUBJECT = "open_answer"


def export_of(db: Session, person_id: int) -> dict[str, Any]:
    """Everything that theory knows of somebody; of answers also what they say, as the edition asked it."""
    own = select(Enrolment.id).where(Enrolment.person_id == person_id)
    lessons = db.scalars(
        select(LessonCompletion).where(LessonCompletion.enrolment_id.in_(own)).order_by(LessonCompletion.completed_at)
    )
    return {
        "lesson_work": _lesson_work(db, own),
        "saved_passages": [
            {
                "lesson": row.lesson_slug,
                "passage": row.quote,
                "words": row.words,
                "made_at": row.made_at.isoformat(),
            }
            for row in db.scalars(select(LessonNote).where(LessonNote.enrolment_id.in_(own)).order_by(LessonNote.id))
        ],
        "reading_places": [
            {"lesson": row.lesson_slug, "anchor": row.anchor, "seen_at": row.seen_at.isoformat()}
            for row in db.scalars(
                select(ReadingPlace).where(ReadingPlace.enrolment_id.in_(own)).order_by(ReadingPlace.seen_at)
            )
        ],
        "active_minutes": [
            {"lesson": row.lesson_slug, "minutes": row.seconds // 60, "until": row.told_at.isoformat()}
            for row in db.scalars(select(LessonTime).where(LessonTime.enrolment_id.in_(own)).order_by(LessonTime.id))
        ],
        "updates": _updates_of(db, person_id),
        "updates_asked": _updates_asked(db, person_id),
        "editions_left": _editions_left(db, person_id),
        "lessons": [{"lesson": row.lesson_slug, "completed_at": row.completed_at.isoformat()} for row in lessons],
        "changed_lessons": _changed_lessons(db, own),
        "quizzes": _attempts(db, own),
        "quizzes_so_far": _drafts(db, own),
        "open_answers": _open_answers(db, OpenAnswer.enrolment_id.in_(own)),
        "words_as_coach": _words_written(db, person_id),
    }


def _lesson_work(db: Session, own: Select[int]) -> list[dict[str, Any]]:
    """What she wrote, chose and played in lessons."""
    rows = db.execute(
        select(LessonWork, Lesson.blocks)
        .outerjoin(Lesson, (Lesson.edition_id == LessonWork.edition_id) & (Lesson.slug == LessonWork.lesson_slug))
        .where(LessonWork.enrolment_id.in_(own))
        .order_by(LessonWork.saved_at, LessonWork.id)
    )
    return [
        {
            "lesson": row.lesson_slug,
            "words": row.words,
            "chosen": row.facts.get("chosen"),
            "answers_said": _said([_asked_in(blocks or (), row.block_id)], {row.block_id: row.facts.get("chosen")}),
            "tries": row.facts.get("tries"),
            "played_s": round(sum(end - start for start, end in row.facts.get("parts", ()))) or None,
            "saved_at": row.saved_at.isoformat(),
            "done_at": row.done_at.isoformat() if row.done_at else None,
            "shared_at": row.shared_at.isoformat() if row.shared_at else None,
            "read_at": row.read_at.isoformat() if row.read_at else None,
        }
        for row, blocks in rows
    ]


def _asked_in(blocks: Iterable[Mapping[str, Any]], block_id: str) -> Mapping[str, Any]:
    found = (block["question"] for block in blocks if block["id"] == block_id and block["kind"] == "question")
    return {**next(found, {}), "id": block_id}


def _said(asked: Iterable[Mapping[str, Any]], answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Answers in words, beside their questions; what no longer fits its question stays a number."""
    found = []
    for facts in asked:
        given = answers.get(facts["id"])
        if given is not None and "text" in facts:
            question = Question.from_facts(facts)
            found.append({"question": question.text, "answered": question.said(given) if question.takes(given) else ""})
    return found


def _attempts(db: Session, own: Select[int]) -> list[dict[str, Any]]:
    rows = db.execute(_with_questions(QuizAttempt, own).order_by(QuizAttempt.submitted_at))
    return [
        {
            "quiz": row.quiz_slug,
            "number": row.number,
            "answers": row.answers,
            "answers_said": _said(questions or (), row.answers),
            "score_pct": row.score_pct,
            "passed": row.passed,
            "submitted_at": row.submitted_at.isoformat(),
        }
        for row, questions in rows
    ]


def _drafts(db: Session, own: Select[int]) -> list[dict[str, Any]]:
    return [
        {
            "quiz": row.quiz_slug,
            "number": row.number,
            "answers": row.answers,
            "answers_said": _said(questions or (), row.answers),
            "begun_at": row.begun_at.isoformat(),
        }
        for row, questions in db.execute(_with_questions(QuizDraft, own).order_by(QuizDraft.id))
    ]


def _with_questions(made: type[QuizAttempt | QuizDraft], own: Select[int]) -> Select[*tuple[Any, ...]]:
    """Checks that were made, with the questions of their edition."""
    asked = and_(Quiz.edition_id == made.edition_id, Quiz.slug == made.quiz_slug)
    return select(made, Quiz.questions).outerjoin(Quiz, asked).where(made.enrolment_id.in_(own))


def _changed_lessons(db: Session, own: Select[int]) -> list[dict[str, Any]]:
    """What a move to another edition opened again, and when it was read."""
    rows = db.scalars(select(ChangedLesson).where(ChangedLesson.enrolment_id.in_(own)).order_by(ChangedLesson.id))
    return [
        {
            "lesson": row.lesson_slug,
            "changed_at": row.made_at.isoformat(),
            "read_again_at": row.done_at.isoformat() if row.done_at else None,
        }
        for row in rows
    ]


def _updates_of(db: Session, person_id: int) -> list[dict[str, Any]]:
    """What she was asked to read as a trainer, and when she did."""
    updates = db.execute(
        select(UpdateTask.due_on, UpdateItem.kind, UpdateItem.slug, UpdateItem.read_at)
        .join(UpdateItem, UpdateItem.task_id == UpdateTask.id)
        .where(UpdateTask.person_id == person_id)
        .order_by(UpdateItem.id)
    )
    return [
        {
            "lesson": row.slug if row.kind == "lesson" else "",
            "session": row.slug if row.kind == "session" else "",
            "due_on": row.due_on.isoformat(),
            "read_at": row.read_at.isoformat() if row.read_at else None,
        }
        for row in updates
    ]


def _updates_asked(db: Session, person_id: int) -> list[dict[str, Any]]:
    """What she asked trainers to read; not whom."""
    rows = db.execute(
        select(TrainerUpdate, CourseEdition.title, CourseEdition.number)
        .join(CourseEdition, CourseEdition.id == TrainerUpdate.edition_id)
        .where(TrainerUpdate.made_by_id == person_id)
        .order_by(TrainerUpdate.made_at)
    )
    return [
        {
            "course": title,
            "edition": number,
            "pieces": [slug for _, slug in row.chosen],
            "at": row.made_at.isoformat(),
            "due_on": row.due_on.isoformat(),
        }
        for row, title, number in rows
    ]


def _editions_left(db: Session, person_id: int) -> list[dict[str, Any]]:
    """Of which editions she decided that they ask nothing, or took that back."""
    rows = db.execute(
        select(EditionStay, CourseEdition.title, CourseEdition.number)
        .join(CourseEdition, CourseEdition.id == EditionStay.edition_id)
        .where(or_(EditionStay.decided_by_id == person_id, EditionStay.withdrawn_by_id == person_id))
        .order_by(EditionStay.id)
    )
    return [
        {
            "course": title,
            "edition": number,
            "about": row.about,
            "decided_at": row.decided_at.isoformat() if row.decided_by_id == person_id else None,
            "taken_back_at": row.withdrawn_at.isoformat()
            if row.withdrawn_at and row.withdrawn_by_id == person_id
            else None,
        }
        for row, title, number in rows
    ]


def _open_answers(db: Session, which: Any) -> list[dict[str, Any]]:
    rows = db.execute(
        select(OpenAnswer, QuizAttempt, Quiz.questions)
        .join(QuizAttempt, QuizAttempt.id == OpenAnswer.attempt_id)
        .join(Quiz, (Quiz.edition_id == QuizAttempt.edition_id) & (Quiz.slug == QuizAttempt.quiz_slug))
        .where(which)
        .order_by(OpenAnswer.id)
    )
    return [
        {
            "quiz": attempt.quiz_slug,
            "number": attempt.number,
            "question": next((one["text"] for one in questions if one["id"] == answer.question_id), ""),
            "answered": attempt.answers.get(answer.question_id, ""),
            "words_back": answer.words,
            "read_at": answer.read_at.isoformat() if answer.read_at else None,
            "seen_at": answer.seen_at.isoformat() if answer.seen_at else None,
        }
        for answer, attempt, questions in rows
    ]


def _words_written(db: Session, person_id: int) -> list[dict[str, Any]]:
    """What somebody wrote back as a coach; not whom she wrote it to."""
    rows = db.scalars(
        select(OpenAnswer).where(OpenAnswer.read_by_id == person_id, OpenAnswer.words != "").order_by(OpenAnswer.id)
    )
    return [{"at": row.read_at.isoformat() if row.read_at else None, "words": row.words} for row in rows]


def erase(db: Session, *, person_id: int, storage: Storage, now: datetime) -> None:  # noqa: ARG001 - one shape for all domains
    """Forget what somebody answered, wrote and saved, what was written back, and what she still had to read.

    That a check was passed stays with the enrolment.
    """
    left = select(UpdateTask.id).where(UpdateTask.person_id == person_id, UpdateTask.done_at.is_(None))
    silent = {"synchronize_session": False}
    db.execute(delete(UpdateItem).where(UpdateItem.task_id.in_(left)).execution_options(**silent))
    db.execute(delete(UpdateTask).where(UpdateTask.id.in_(left)).execution_options(**silent))
    own = select(Enrolment.id).where(Enrolment.person_id == person_id)
    for table in (LessonWork, LessonNote, LessonTime, ReadingPlace, QuizDraft):
        db.execute(delete(table).where(table.enrolment_id.in_(own)).execution_options(synchronize_session=False))
    _forget_answers(db, own)


def empty_words(db: Session, *, enrolments: Select[int]) -> dict[str, int]:
    """Forget what was written, chosen, played and saved in the lessons of trainings; gives how many rows of each."""
    gone = {}
    for table in (LessonWork, LessonNote):
        rows = delete(table).where(table.enrolment_id.in_(enrolments)).returning(table.id)
        gone[f"{table.__tablename__}s"] = len(db.execute(rows.execution_options(synchronize_session=False)).all())
    return gone


def empty_answers(db: Session, *, before: datetime) -> int:
    """Forget the answers of trainings that ended before a moment, and how long their lessons took.

    Gives of how many checks.
    """
    ends = (Enrolment.completed_at, Enrolment.withdrawn_at, Enrolment.expired_at)
    ended = select(Enrolment.id).where(or_(*(end < before for end in ends)))
    times = delete(LessonTime).where(LessonTime.enrolment_id.in_(ended))
    db.execute(times.execution_options(synchronize_session=False))
    drafts = delete(QuizDraft).where(QuizDraft.enrolment_id.in_(ended)).returning(QuizDraft.id)
    gone = len(db.execute(drafts.execution_options(synchronize_session=False)).all())
    return gone + _forget_answers(db, ended)


def _forget_answers(db: Session, enrolments: Select[int]) -> int:
    """The answers of these enrolments, with the words of coaches about them; gives of how many attempts."""
    rows = select(OpenAnswer.id).where(OpenAnswer.enrolment_id.in_(enrolments))
    forget(db, kind=SUBJECT, ids=rows)
    db.execute(
        delete(OpenAnswer).where(OpenAnswer.enrolment_id.in_(enrolments)).execution_options(synchronize_session=False)
    )
    emptied = db.execute(
        update(QuizAttempt)
        .where(QuizAttempt.enrolment_id.in_(enrolments), cast(QuizAttempt.answers, String) != "{}")
        .values(answers={})
        .returning(QuizAttempt.id)
        .execution_options(synchronize_session=False)
    )
    return len(emptied.all())
