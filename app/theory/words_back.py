"""What a coach does with an open answer: read it, and write something back when there is something to say.

What she wrote is new to the professional until she opened the attempt where it stands.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import ColumnElement, String, and_, func, select, update
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Session

from app.courses.queries import enrolment_facts, is_coach_of
from app.courses.tables import Enrolment
from app.kit.errors import NotFound, Refused
from app.ledger.actions import record
from app.outbox.actions import post
from app.people.rules import Viewer
from app.theory.inputs import WordsBack
from app.theory.keeping import SUBJECT
from app.theory.tables import OpenAnswer, QuizAttempt

if TYPE_CHECKING:
    from sqlalchemy import Table

WRITTEN: Final = "theory.words_back"
UNSEEN: Final = and_(OpenAnswer.words != "", OpenAnswer.seen_at.is_(None))  # words that change are no news


def read_answer(db: Session, *, by: Viewer, enrolment_id: int, answer_id: int, given: WordsBack, now: datetime) -> None:
    """Say that one read an open answer, with words for who wrote it or without; twice is once.

    The first words go along with a mail that says that they are there.
    Raises: NotFound for everybody but the present coach; Refused("stale_words_back" | "words_of_another").
    """
    enrolment = enrolment_facts(db, [enrolment_id]).get(enrolment_id)
    if enrolment is None or not is_coach_of(by, enrolment):
        raise NotFound
    answer = db.scalar(
        select(OpenAnswer)
        .where(OpenAnswer.id == answer_id, OpenAnswer.enrolment_id == enrolment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if answer is None:
        raise NotFound
    if answer.read_at is not None and answer.words == given.words:
        return
    if answer.words and answer.read_by_id != by.id:
        raise Refused("words_of_another", "words")
    if answer.version != given.version:
        raise Refused("stale_words_back", "words")
    was = answer.words
    answer.words, answer.read_at, answer.read_by_id = given.words, now, by.id
    db.flush()
    said = {"was": was} if was else {}
    subject = (SUBJECT, answer.id)
    record(db, "theory.answer_read", actor_id=by.id, subject=subject, now=now, words=bool(given.words), **said)
    if given.words and not was:
        post(
            db,
            WRITTEN,
            person_id=enrolment.person_id,
            key=f"{WRITTEN}:{answer.id}",
            data={"answer_id": answer.id},
            reply_to_id=by.id,
            now=now,
        )


def new_words(enrolment_id: int) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """How often a coach wrote back what was not opened yet, and where the first stands: the check and its attempt.

    As columns for a statement that is asked anyway: her home page has no room for one more.
    """
    mine = OpenAnswer.enrolment_id == enrolment_id, UNSEEN
    where = QuizAttempt.quiz_slug + "/poging/" + as_type(QuizAttempt.number, String)
    return (
        select(func.count()).select_from(OpenAnswer).where(*mine).scalar_subquery(),
        select(where)
        .select_from(OpenAnswer)
        .join(QuizAttempt, QuizAttempt.id == OpenAnswer.attempt_id)
        .where(*mine)
        .order_by(OpenAnswer.id)
        .limit(1)
        .scalar_subquery(),
    )


def note_seen(db: Session, *, by: Viewer, answers: Collection[int], now: datetime) -> None:
    """That she opened what was written back to her; nothing for what is another's.

    Not through the class: the version is that of the coach's words, and she may be changing them.
    """
    table = cast("Table", OpenAnswer.__table__)
    own = select(Enrolment.id).where(Enrolment.person_id == by.id)
    db.execute(update(table).where(table.c.id.in_(answers), table.c.enrolment_id.in_(own), UNSEEN).values(seen_at=now))
