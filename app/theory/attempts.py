"""Reading an attempt: what was answered, what of it was right and why, and what the coach wrote back.

Where something was wrong the right answer is not given away as long as the check is still to be passed: the page says
of each part whether it was right. Once it is passed, pairs and places show how they belong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.editions import edition_of
from app.courses.queries import reading_of
from app.kit.errors import NotFound
from app.kit.localtime import local_day
from app.people.queries import person_names
from app.people.rules import Viewer
from app.theory.queries import progress_of
from app.theory.questions import CHOSEN, NONE_YET, Answer, Kind, Question, may_try_from
from app.theory.quizzes import asked_in, attempts_of, check_of
from app.theory.rules import on_day
from app.theory.tables import OpenAnswer, QuizAttempt


@dataclass(frozen=True)
class ShownOption:
    """An option that was chosen."""

    text: str
    right: bool
    feedback: str


@dataclass(frozen=True)
class ShownPart:
    """A pair or a place. `name`: the left side, or the number of the place; `belongs`: empty while it is a secret."""

    name: str
    given: str
    right: bool
    belongs: str


@dataclass(frozen=True)
class WordsBack:
    """What became of an open answer: read, and perhaps with words. `new`: she did not open those yet."""

    answer_id: int
    coach: str
    words: str
    read_at: datetime
    new: bool


@dataclass(frozen=True)
class ShownQuestion:
    """A question with what was answered. `incomplete`: what was chosen is right, and something is missing."""

    number: int
    type: Kind
    text: str
    critical: bool
    right: bool
    incomplete: bool
    options: tuple[ShownOption, ...]
    parts: tuple[ShownPart, ...]
    written: str
    good: str
    back: WordsBack | None
    explanation: str

    @property
    def parts_right(self) -> int:
        return sum(part.right for part in self.parts)


@dataclass(frozen=True)
class AttemptPage:
    """What came out of one attempt. `forgotten`: the answers are kept no longer."""

    course_slug: str
    course_title: str
    sample: bool
    slug: str
    title: str
    number: int
    right: int
    of: int
    score_pct: int
    pass_mark_pct: int
    critical_right: bool
    passed: bool
    forgotten: bool
    questions: tuple[ShownQuestion, ...]
    free_from: datetime | None
    passed_now: bool
    next_href: str
    next_title: str
    theory_complete: bool


def attempt_page(
    db: Session, viewer: Viewer, course_slug: str, quiz_slug: str, number: int, *, now: datetime
) -> AttemptPage:
    """One own attempt with what was right. Raises: NotFound."""
    reading = reading_of(db, viewer, course_slug)
    attempts = attempts_of(db, reading, quiz_slug)
    attempt = next((each for each in attempts if each.number == number), None)
    if attempt is None or reading.enrolment is None:
        raise NotFound
    check = check_of(db, attempt.edition_id, quiz_slug)
    passed_now = any(each.passed for each in attempts)
    back = _words_back(db, attempts, attempt)
    shown = tuple(
        shown_answer(
            n, question, attempt.answers.get(question.id, ()), back=back.get(question.id), open_book=passed_now
        )
        for n, question in enumerate(check.drawn(asked_in(attempt)), start=1)
    )
    free_from = may_try_from([each.submitted_at for each in attempts], reading.edition.policy)
    own = reading.enrolment
    state = progress_of(db, [own])[own.id]
    state = on_day(reading.outline, state, starts_on=own.starts_on, today=local_day(now))
    step = state.next if state.opens_on is None else None
    counting = [question for question in shown if question.type != "open"]
    return AttemptPage(
        course_slug=course_slug,
        course_title=reading.outline.title,
        sample=reading.sample,
        slug=quiz_slug,
        title=check.title,
        number=number,
        right=sum(question.right for question in counting),
        of=len(counting),
        score_pct=attempt.score_pct,
        pass_mark_pct=edition_of(db, attempt.edition_id).policy.theory_pass_mark_pct,
        critical_right=attempt.critical_right,
        passed=attempt.passed,
        forgotten=not attempt.answers,
        questions=shown if attempt.answers else (),
        free_from=free_from if free_from is not None and now < free_from else None,
        passed_now=passed_now,
        next_href=step.href if step else "",
        next_title=step.title if step else "",
        theory_complete=state.complete,
    )


def _words_back(db: Session, attempts: Sequence[QuizAttempt], shown: QuizAttempt) -> dict[str, WordsBack]:
    """What a coach read and wrote, by question; also to the very same text in an earlier attempt."""
    texts = {attempt.id: attempt.answers for attempt in attempts}
    rows = db.scalars(
        select(OpenAnswer)
        .where(OpenAnswer.attempt_id.in_(texts), OpenAnswer.read_at.is_not(None))
        .order_by(OpenAnswer.attempt_id)
    ).all()
    names = person_names(db, {row.read_by_id for row in rows if row.read_by_id}) if rows else {}
    return {
        row.question_id: WordsBack(
            row.id,
            names.get(row.read_by_id or 0, ""),
            row.words,
            row.read_at,
            new=bool(row.words) and row.seen_at is None,
        )
        for row in rows
        if row.read_at and texts[row.attempt_id].get(row.question_id) == shown.answers.get(row.question_id)
    }


def shown_answer(
    number: int, question: Question, given: Answer, *, back: WordsBack | None, open_book: bool
) -> ShownQuestion:
    """A question with what was answered. `open_book`: pairs and places say how they belong."""
    right = question.is_right(given)
    chosen = [question.options[index] for index in _numbers(given)] if question.type in CHOSEN else []
    return ShownQuestion(
        number=number,
        type=question.type,
        text=question.text,
        critical=question.critical,
        right=right,
        incomplete=not right and bool(chosen) and all(option.right for option in chosen),
        options=tuple(ShownOption(option.text, option.right, option.feedback) for option in chosen),
        parts=tuple(_parts(question, _numbers(given), open_book=open_book)),
        written=given if isinstance(given, str) else "",
        good=question.good,
        back=back,
        explanation=question.explanation,
    )


def _parts(question: Question, given: Sequence[int], *, open_book: bool) -> list[ShownPart]:
    """Each pair, or each place, with whether it is right."""
    if question.type not in {"match", "order"} or not given:
        return []
    names = [pair.left for pair in question.pairs] or [str(place) for place in range(1, len(given) + 1)]
    belongs = [question.choices[index] for index in _numbers(question.right_answer)]
    texts = ["" if index == NONE_YET else question.choices[index] for index in given]
    rows = zip(names, texts, question.parts_right(given), belongs, strict=True)
    return [
        ShownPart(name, text, right, belonging if open_book and not right else "")
        for name, text, right, belonging in rows
    ]


def _numbers(given: Answer) -> Sequence[int]:
    return () if isinstance(given, str) else given
