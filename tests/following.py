"""A crowd that follows the tiny course, written as rows: a thousand people do not walk the whole road in a test."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, select

from app.courses.editions import edition_of
from app.courses.tables import CoachAssignment, Course, CourseEdition, Enrolment
from app.people.tables import Person
from app.practice.tables.work import AssignmentRecord
from app.theory.tables import LessonCompletion, QuizAttempt

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tests.trained import Training

FIRST: Final = 500_000  # ids far from those that actions gave
QUIZ: Final = "toets-veilig-beginnen"


def crowd(db: Session, training: Training, number: int, *, now: datetime, begin: int = 0) -> None:
    """So many people more in the cohort, coached by Ruben: by turns nothing read, one lesson, both, and in practice.

    Each came in forty days ago and took her last step as many days ago as her number, up to thirty.
    """
    edition = edition_of(db, training.edition_id)
    lessons = [lesson.slug for module in edition.outline.modules for lesson in module.lessons]
    course_id = db.scalar(select(Course.id).join(CourseEdition).where(CourseEdition.id == training.edition_id))
    came = now - timedelta(days=40)
    rows: dict[type[Any], list[dict[str, Any]]] = {
        table: [] for table in (Person, Enrolment, CoachAssignment, LessonCompletion, QuizAttempt, AssignmentRecord)
    }
    for place in range(begin, begin + number):
        id_, step, name = FIRST + place, now - timedelta(days=place % 30), f"Extra {place:04} Mens"
        theirs = {"enrolment_id": id_, "edition_id": training.edition_id}
        rows[Person].append(
            {
                "id": id_,
                "name": name,
                "folded_name": name.casefold(),
                "email": f"extra{place}@demo.example",
                "created_at": came,
            }
            | {"phone": "", "locale": "nl", "version": 1}
        )
        rows[Enrolment].append(
            {"id": id_, "person_id": id_, "cohort_id": training.cohort_id, "course_id": course_id, "version": 1}
            | {"edition_id": training.edition_id, "created_at": came, "confirmed_at": came}
        )
        rows[CoachAssignment].append(
            {"enrolment_id": id_, "coach_id": training.cast.ruben.id, "since": came, "reason": ""}
        )
        rows[LessonCompletion] += [
            theirs | {"lesson_slug": slug, "completed_at": step} for slug in lessons[: place % 4]
        ]
        if place % 4 == 3:
            # Every second of them had the second question wrong.
            rows[QuizAttempt].append(theirs | attempt(step, {"k1": [0], "k2": [place // 4 % 2]}))
            rows[AssignmentRecord].append(
                {"enrolment_id": id_, "assignment_id": edition.assignments[0][0], "created_at": step}
                | {"attempt": 1, "version": 1}
            )
    for table, given in rows.items():
        if given:
            db.execute(insert(table), given)
    db.flush()


def attempt(moment: datetime, answers: dict[str, list[int]], *, number: int = 1, passed: bool = True) -> dict[str, Any]:
    """A check that was handed in."""
    facts = {"quiz_slug": QUIZ, "number": number, "answers": answers, "score_pct": 50, "critical_right": passed}
    return facts | {"passed": passed, "submitted_at": moment}
