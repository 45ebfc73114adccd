"""Reading knowledge checks: what there is to begin, and the questions as this attempt asks them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.courses.editions import edition_of
from app.courses.queries import Reading, reading_of
from app.courses.rules import OutlineModule, Policy
from app.courses.tables import Quiz
from app.kit.db import fetch, kept
from app.kit.errors import NotFound
from app.kit.localtime import local_day
from app.people.rules import Viewer
from app.theory.filling import filled_in, part
from app.theory.queries import lock_in, steps_in
from app.theory.questions import Asked, Kind, Question, may_try_from
from app.theory.reading import Lock
from app.theory.tables import QuizAttempt, QuizDraft

State = Literal["open", "busy", "waiting", "passed", "preview", "locked"]
_CHECK: Final = select(Quiz.title, Quiz.minutes, Quiz.intro, Quiz.questions, Quiz.draws).where(
    Quiz.edition_id == bindparam("edition"), Quiz.slug == bindparam("quiz")
)


@dataclass(frozen=True)
class Check:
    """A check of an edition, which never changes. `questions`: all of them, in the order of the author."""

    title: str
    minutes: int
    intro: str
    questions: tuple[Question, ...]
    draws: dict[str, int]

    def drawn(self, asked: Sequence[Asked]) -> tuple[Question, ...]:
        """The questions of one attempt; all of them for one from before there was a draw."""
        known = {question.id: question for question in self.questions}
        return tuple(known[one.id] for one in asked) or self.questions


def check_of(db: Session, edition_id: int, quiz_slug: str) -> Check:
    """A check, read once for each process. Raises: NotFound."""
    place, key = kept(db), (Check, edition_id, quiz_slug)
    if key not in place:
        row = fetch(db, _CHECK, edition=edition_id, quiz=quiz_slug).first()
        if row is None:
            raise NotFound
        questions = tuple(Question.from_facts(question) for question in row.questions)
        place[key] = Check(row.title, row.minutes, row.intro, questions, row.draws)
    found: Check = place[key]
    return found


def asked_in(attempt: QuizAttempt | QuizDraft) -> tuple[Asked, ...]:
    """What was asked; of attempts from before there was a draw nothing is known but the answers."""
    return tuple(Asked.from_facts(one) for one in attempt.asked)


@dataclass(frozen=True)
class Choice:
    """Something to choose, or to lay in order. `field`: the name of what holds its place."""

    value: int
    text: str
    field: str


@dataclass(frozen=True)
class AskedQuestion:
    """A question as it is asked: its choices in the order of this attempt. `lefts`: what to find a right side for."""

    id: str
    type: Kind
    text: str
    critical: bool
    choices: tuple[Choice, ...]
    lefts: tuple[Choice, ...]


@dataclass(frozen=True)
class QuizPage:
    """A check.

    `state`: open (to begin), busy (begun, the questions stand there), waiting, passed, locked (`lock` says by what), or
    a preview that shows all questions to who reads along. `asked`, `critical` and `open_ones` are numbers of questions
    in one attempt. `drawn`: the next attempt may ask others. `moved`: the draft was begun in another edition than the
    one she follows now. `filled`: the fields of the form as she left them.
    """

    course_slug: str
    course_title: str
    sample: bool
    slug: str
    title: str
    minutes: int
    intro: str
    module_title: str
    module_number: int
    asked: int
    critical: int
    open_ones: int
    drawn: bool
    questions: tuple[AskedQuestion, ...]
    filled: dict[str, list[str]]
    state: State
    number: int
    version: int
    saved_at: datetime | None
    moved: bool
    free_from: datetime | None
    last_attempt: int | None
    attempts_left: int | None
    pass_mark_pct: int
    lock: Lock | None


def quiz_page(db: Session, viewer: Viewer, course_slug: str, quiz_slug: str, *, now: datetime) -> QuizPage:
    """The check as the viewer may make it now; what she is busy with as it was when she began. Raises: NotFound."""
    reading = reading_of(db, viewer, course_slug)
    draft = draft_of(db, reading, quiz_slug)
    outline = edition_of(db, draft.edition_id).outline if draft else reading.outline
    module = outline.module_of(quiz_slug)
    if module is None:
        raise NotFound
    check = check_of(db, draft.edition_id if draft else reading.edition.id, quiz_slug)
    policy, attempts = reading.edition.policy, attempts_of(db, reading, quiz_slug)
    free_from = may_try_from([attempt.submitted_at for attempt in attempts], policy)
    waits = free_from is not None and now < free_from
    asked = asked_in(draft) if draft else tuple(Asked(question.id) for question in check.questions)
    in_pools = sum(check.draws.values())
    state = _state(reading, draft, attempts, waits=waits)
    lock = _lock(db, reading, module, now=now) if state == "open" else None
    return QuizPage(
        course_slug=course_slug,
        course_title=reading.outline.title,
        sample=reading.sample,
        slug=quiz_slug,
        title=check.title,
        minutes=check.minutes,
        intro=check.intro,
        module_title=module.title,
        module_number=outline.modules.index(module) + 1,
        asked=len(draft.asked) if draft else sum(not question.pool for question in check.questions) + in_pools,
        critical=sum(question.critical for question in check.questions),
        open_ones=sum(not question.counts and not question.pool for question in check.questions),
        drawn=bool(in_pools),
        questions=shown_as(check, asked),
        filled=_filled(check.drawn(asked), draft.answers if draft else {}),
        state="locked" if lock else state,
        number=draft.number if draft else len(attempts) + 1,
        version=draft.version if draft else 0,
        saved_at=draft.saved_at if draft else None,
        moved=draft is not None and draft.edition_id != reading.edition.id,
        free_from=free_from if waits else None,
        last_attempt=attempts[-1].number if attempts else None,
        attempts_left=_left(attempts, policy),
        pass_mark_pct=policy.theory_pass_mark_pct,
        lock=lock,
    )


def _lock(db: Session, reading: Reading, module: OutlineModule, *, now: datetime) -> Lock | None:
    steps = steps_in(db, reading)
    return lock_in(reading, module, steps, today=local_day(now))


@dataclass(frozen=True)
class Begun:
    """The draft of somebody's own check: its questions as they were drawn, and what she answered so far."""

    number: int
    version: int
    questions: tuple[Question, ...]
    answers: Mapping[str, Any]


def begun(db: Session, viewer: Viewer, course_slug: str, quiz_slug: str) -> Begun | None:
    """What the viewer is making now; None when she began nothing. Raises: NotFound."""
    reading = reading_of(db, viewer, course_slug)
    draft = draft_of(db, reading, quiz_slug)
    if draft is None:
        return None
    questions = check_of(db, draft.edition_id, quiz_slug).drawn(asked_in(draft))
    return Begun(draft.number, draft.version, questions, draft.answers)


def shown_as(check: Check, asked: Sequence[Asked]) -> tuple[AskedQuestion, ...]:
    """The questions that were asked, their choices in the order of this attempt."""
    return tuple(_asked(question, one.order) for question, one in zip(check.drawn(asked), asked, strict=True))


def _filled(questions: Sequence[Question], answers: Mapping[str, Any]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for question in questions:
        fields |= filled_in(question, answers.get(question.id))
    return fields


def _asked(question: Question, order: Sequence[int]) -> AskedQuestion:
    choices = question.choices
    return AskedQuestion(
        id=question.id,
        type=question.type,
        text=question.text,
        critical=question.critical,
        choices=tuple(Choice(index, choices[index], part(question, index)) for index in order or range(len(choices))),
        lefts=tuple(Choice(index, pair.left, part(question, index)) for index, pair in enumerate(question.pairs)),
    )


def attempts_of(db: Session, reading: Reading, quiz_slug: str) -> Sequence[QuizAttempt]:
    if reading.enrolment is None:
        return ()
    return db.scalars(
        select(QuizAttempt)
        .where(QuizAttempt.enrolment_id == reading.enrolment.id, QuizAttempt.quiz_slug == quiz_slug)
        .order_by(QuizAttempt.number)
    ).all()


def draft_of(db: Session, reading: Reading, quiz_slug: str) -> QuizDraft | None:
    if reading.enrolment is None:
        return None
    return db.scalar(
        select(QuizDraft)
        .where(QuizDraft.enrolment_id == reading.enrolment.id, QuizDraft.quiz_slug == quiz_slug)
        .execution_options(populate_existing=True)
    )


def _state(reading: Reading, draft: QuizDraft | None, attempts: Sequence[QuizAttempt], *, waits: bool) -> State:
    if reading.preview:
        return "preview"
    if any(attempt.passed for attempt in attempts):
        return "passed"
    if draft is not None:
        return "busy"
    return "waiting" if waits else "open"


def _left(attempts: Sequence[QuizAttempt], policy: Policy) -> int | None:
    """How many attempts are left before one has to wait; None when it is no longer about that."""
    left = policy.quiz_attempts_free - len(attempts)
    return left if left > 0 else None
