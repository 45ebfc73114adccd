"""Making a check: begin, keep what was answered so far, hand in. One thing at a time for one person.

What is asked is drawn when an attempt begins and stands in its draft until it is handed in. A draft belongs to the
edition that it was begun in: whoever is moved to a newer edition while she is busy finishes what she began, with the
questions and the pass mark of then. To begin anew was not chosen: it would throw away an hour of answers because
somebody else mended a comma, and what counts (passed or not) goes by the name of the check, whatever its edition.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.editions import edition_of
from app.courses.rules import EnrolmentFacts
from app.kit.errors import Refused
from app.kit.localtime import local_day
from app.ledger.actions import record
from app.people.rules import Viewer
from app.theory.actions import note_completion, own_enrolment
from app.theory.done import steps_of
from app.theory.queries import progress_of
from app.theory.questions import Answers, Question, draw, may_try_from, score
from app.theory.quizzes import asked_in, check_of
from app.theory.reading import lock_of
from app.theory.tables import OpenAnswer, QuizAttempt, QuizDraft


@dataclass(frozen=True)
class Sheet:
    """What somebody answered, and what it is about: the attempt, and the draft as her page showed it.

    Without a version it is about the draft as it stands.
    """

    number: int
    answers: Answers
    version: int | None = None


def begin(db: Session, *, by: Viewer, course_slug: str, quiz_slug: str, now: datetime, seed: str | None = None) -> int:
    """Draw the questions of a new attempt, and give its number; of one that was begun already nothing changes.

    What she wrote last time in answer to an open question stands there again: she need not write it twice.
    Raises: NotFound; Refused("quiz_passed" | "quiz_wait" | "module_locked").
    """
    enrolment = own_enrolment(db, by, course_slug, now=now)
    check = check_of(db, enrolment.edition_id, quiz_slug)
    draft = _draft(db, enrolment, quiz_slug)
    if draft is not None:
        return draft.number
    attempts = _attempts(db, enrolment, quiz_slug)
    _must_be_free(db, enrolment, quiz_slug, attempts, now=now)
    last = attempts[-1] if attempts else None
    written = last.answers if last else {}
    seed = seed or secrets.token_hex(8)
    asked = draw(check.questions, check.draws, seed=seed, seen=_asked_ids(last) if last else ())
    open_ones = (question.id for question in check.drawn(asked) if not question.counts)
    draft = QuizDraft(
        enrolment_id=enrolment.id,
        edition_id=enrolment.edition_id,
        quiz_slug=quiz_slug,
        number=len(attempts) + 1,
        seed=seed,
        asked=[one.as_facts() for one in asked],
        answers={id_: written[id_] for id_ in open_ones if written.get(id_)},
        begun_at=now,
    )
    db.add(draft)
    db.flush()
    return draft.number


def keep(db: Session, *, by: Viewer, course_slug: str, quiz_slug: str, sheet: Sheet, now: datetime) -> int:
    """Keep what was answered so far; gives the version of the draft.

    What stands already is no quarrel: its answer may have been lost on the way.
    Raises: NotFound; Refused("quiz_not_begun" | "quiz_handed_in" | "stale_quiz" | "not_asked").
    """
    enrolment = own_enrolment(db, by, course_slug, now=now)
    draft, _ = _draft_for(db, enrolment, quiz_slug, sheet)
    answers = _plain(sheet.answers)
    if answers != draft.answers or draft.saved_at is None:
        draft.answers, draft.saved_at = answers, now
        db.flush()
    return draft.version


def hand_in(db: Session, *, by: Viewer, course_slug: str, quiz_slug: str, sheet: Sheet, now: datetime) -> int:
    """Score a check that was answered completely, keep the attempt for good, and give its number.

    Raises: NotFound; Refused, as `keep`, and ("unanswered" | "quiz_passed").
    """
    enrolment = own_enrolment(db, by, course_slug, now=now)
    draft, questions = _draft_for(db, enrolment, quiz_slug, sheet)
    for question in questions:
        if not question.is_whole(sheet.answers.get(question.id)):
            raise Refused("unanswered", question.id)
    earlier = _attempts(db, enrolment, quiz_slug)
    if any(attempt.passed for attempt in earlier):
        raise Refused("quiz_passed")
    result = score(questions, sheet.answers, edition_of(db, draft.edition_id).policy)
    attempt = QuizAttempt(
        enrolment_id=enrolment.id,
        edition_id=draft.edition_id,
        quiz_slug=quiz_slug,
        number=draft.number,
        answers=_plain(sheet.answers),
        score_pct=result.score_pct,
        critical_right=result.critical_right,
        passed=result.passed,
        submitted_at=now,
        asked=draft.asked,
    )
    db.add(attempt)
    db.delete(draft)
    db.flush()
    _give_to_coach(db, questions, attempt, earlier)
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
        note_completion(db, enrolment, now=now)
    return attempt.number


def _draft(db: Session, enrolment: EnrolmentFacts, quiz_slug: str) -> QuizDraft | None:
    return db.scalar(
        select(QuizDraft)
        .where(QuizDraft.enrolment_id == enrolment.id, QuizDraft.quiz_slug == quiz_slug)
        .execution_options(populate_existing=True)
    )


def _attempts(db: Session, enrolment: EnrolmentFacts, quiz_slug: str) -> Sequence[QuizAttempt]:
    return db.scalars(
        select(QuizAttempt)
        .where(QuizAttempt.enrolment_id == enrolment.id, QuizAttempt.quiz_slug == quiz_slug)
        .order_by(QuizAttempt.number)
        .execution_options(populate_existing=True)
    ).all()


def _asked_ids(attempt: QuizAttempt) -> frozenset[str]:
    return frozenset(one.id for one in asked_in(attempt)) or frozenset(attempt.answers)


def _draft_for(
    db: Session, enrolment: EnrolmentFacts, quiz_slug: str, sheet: Sheet
) -> tuple[QuizDraft, tuple[Question, ...]]:
    """The draft that a sheet is about, with its questions. Raises: NotFound; Refused."""
    draft = _draft(db, enrolment, quiz_slug)
    if draft is None or draft.number != sheet.number:
        check_of(db, enrolment.edition_id, quiz_slug)
        handed_in = any(attempt.number == sheet.number for attempt in _attempts(db, enrolment, quiz_slug))
        raise Refused("quiz_handed_in" if handed_in else "quiz_not_begun")
    questions = check_of(db, draft.edition_id, quiz_slug).drawn(asked_in(draft))
    known = {question.id: question for question in questions}
    if not all(id_ in known and known[id_].takes(answer) for id_, answer in sheet.answers.items()):
        raise Refused("not_asked")
    if sheet.version not in {None, draft.version} and _plain(sheet.answers) != draft.answers:
        raise Refused("stale_quiz")
    return draft, questions


def _plain(answers: Answers) -> dict[str, str | list[int]]:
    """Answers as they are stored; an empty one is none."""
    return {id_: one if isinstance(one, str) else list(one) for id_, one in answers.items() if one}


def _must_be_free(
    db: Session, enrolment: EnrolmentFacts, quiz_slug: str, attempts: Sequence[QuizAttempt], *, now: datetime
) -> None:
    if any(attempt.passed for attempt in attempts):
        raise Refused("quiz_passed")
    policy = edition_of(db, enrolment.edition_id).policy
    free_from = may_try_from([attempt.submitted_at for attempt in attempts], policy)
    if free_from is not None and now < free_from:
        raise Refused("quiz_wait", minutes=-(-int((free_from - now).total_seconds()) // 60))
    outline = edition_of(db, enrolment.edition_id).outline
    module = outline.module_of(quiz_slug)
    steps = steps_of(db, enrolment.id)
    if module and lock_of(outline, module, steps, starts_on=enrolment.starts_on, today=local_day(now)):
        raise Refused("module_locked")


def _give_to_coach(
    db: Session, questions: Sequence[Question], attempt: QuizAttempt, earlier: Sequence[QuizAttempt]
) -> None:
    """Open answers lie with the coach: of each question the newest, and what she read already not again.

    The same words handed in once more stay the answer that she may have before her.
    """
    written = {question.id: attempt.answers[question.id] for question in questions if not question.counts}
    if not written:
        return
    texts = {one.id: one.answers for one in earlier}
    mine = OpenAnswer.attempt_id.in_(texts), OpenAnswer.question_id.in_(written)
    known = set()
    for one in db.scalars(select(OpenAnswer).where(*mine)):
        said = texts[one.attempt_id].get(one.question_id)
        if one.read_at is None and said != written[one.question_id]:
            db.delete(one)
            continue
        known.add((one.question_id, said))
        if one.read_at is None:
            one.attempt_id = attempt.id
    db.flush()
    db.add_all(
        OpenAnswer(enrolment_id=attempt.enrolment_id, attempt_id=attempt.id, question_id=id_)
        for id_, text in written.items()
        if (id_, text) not in known
    )
    db.flush()
