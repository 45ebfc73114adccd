"""How people of the demo make a check: begun, answered with or without mistakes, and handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.people.rules import Viewer
from app.theory import answering
from app.theory.answering import Sheet
from app.theory.questions import CHOSEN, Answer, Question
from app.theory.quizzes import begun

ENOUGH: Final = 4  # questions that count, of which one may be wrong: 75 percent is a pass


@dataclass(frozen=True)
class Making:
    """Which check, what is drawn (`seed`), and how well it goes.

    `wrong`: 0 none, 1 one, which is a pass unless it is a critical one; 2 misses a critical one too. `words`: what
    she writes where her own words are asked.
    """

    course: str
    slug: str
    seed: str
    wrong: int
    words: str


def make_check(db: Session, *, by: Viewer, making: Making, now: datetime) -> None:
    """Make a check from begin to end."""
    course, slug = making.course, making.slug
    answering.begin(db, by=by, course_slug=course, quiz_slug=slug, seed=making.seed, now=now)
    draft = begun(db, by, course, slug)
    if draft is None:
        raise RuntimeError(f"{slug} was not begun")
    critical = [one.id for one in draft.questions if one.critical]
    others = [one.id for one in draft.questions if one.counts and not one.critical]
    one_missed = others[:1] if len(critical) + len(others) >= ENOUGH else []
    missed = {0: [], 1: one_missed, 2: [*critical[:1], *others[:2]]}[making.wrong]
    answers = {one.id: _answer(one, right=one.id not in missed) for one in draft.questions}
    answers |= {one.id: making.words for one in draft.questions if not one.counts}
    sheet = Sheet(draft.number, answers)
    answering.hand_in(db, by=by, course_slug=course, quiz_slug=slug, sheet=sheet, now=now)


def _answer(question: Question, *, right: bool) -> Answer:
    """The right answer, or one with a mistake: a wrong option, another right side, two items that changed places."""
    known = question.right_answer
    if right or isinstance(known, str):
        return known
    first, *rest = known
    if question.type in CHOSEN:
        return [index for index, option in enumerate(question.options) if not option.right][:1]
    if question.type == "match":
        return [(first + 1) % len(question.rights), *rest]
    return [rest[0], first, *rest[1:]]
