"""Letters about theory: that a coach wrote something back to an open answer."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from app.courses.queries import enrolment_facts
from app.courses.rules import EnrolmentStage
from app.kit.text import first_name
from app.letters.desk import Desk, Draft, Kind, NotDue
from app.outbox.tables import Message
from app.people.queries import person_names
from app.theory.quizzes import asked_in, check_of
from app.theory.rules import quiz_href
from app.theory.tables import OpenAnswer, QuizAttempt
from app.theory.words_back import WRITTEN

OVER: Final = frozenset({EnrolmentStage.WITHDRAWN, EnrolmentStage.EXPIRED})


def words_back(db: Session, message: Message, desk: Desk) -> Draft:
    """Tells a professional that there is something to read. What it says stands behind the link, not in the mail."""
    answer = db.get(OpenAnswer, int(message.data["answer_id"]))
    if answer is None or not answer.words or answer.read_by_id is None:
        raise NotDue("Wat de coach schreef is er niet meer.")
    attempt = db.get_one(QuizAttempt, answer.attempt_id)
    enrolment = enrolment_facts(db, [answer.enrolment_id])[answer.enrolment_id]
    if enrolment.stage in OVER:
        raise NotDue("De inschrijving is gestopt.")
    check = check_of(db, attempt.edition_id, attempt.quiz_slug)
    asked = [question.id for question in check.drawn(asked_in(attempt))]
    page = f"{quiz_href(enrolment.course_slug, attempt.quiz_slug)}/poging/{attempt.number}"
    coach = person_names(db, [answer.read_by_id]).get(answer.read_by_id, "")
    return Draft(
        "words_back",
        {
            "coach": coach,
            "coach_first": first_name(coach),
            "check": check.title,
            "course": enrolment.course_title,
            "link": desk.link(f"{page}#vraag-{asked.index(answer.question_id) + 1}"),
        },
    )


KINDS: Final[dict[str, Kind]] = {WRITTEN: words_back}
