"""Questions of a check: what is drawn, in which order it is shown, when an answer is whole, and when it is right.

An answer is a row of numbers, or the text of an open answer. The numbers mean

- one, several, true_false: the options that were chosen;
- match: for each left side the right side that was chosen, `NONE_YET` for none;
- order: the items as they were laid, first one first.

Numbers are places in the question as its author wrote it, whatever order it was shown in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final, Literal, Self

from app.courses.rules import Policy
from app.kit.text import PARAGRAPH_MAX

Kind = Literal["one", "several", "true_false", "match", "order", "open"]
Answer = Sequence[int] | str
Answers = Mapping[str, Answer]
NONE_YET: Final = -1
FULL: Final = 100
CHOSEN: Final = frozenset({"one", "several", "true_false"})
SHUFFLED: Final = frozenset({"one", "several", "match", "order"})
"""Not true_false: ‘waar’ stands above ‘niet waar’, wherever the right one is."""


@dataclass(frozen=True)
class Option:
    """One answer to choose."""

    text: str
    right: bool
    feedback: str


@dataclass(frozen=True)
class Pair:
    """A left side and the right side that belongs to it."""

    left: str
    right: str


@dataclass(frozen=True)
class Question:
    """One question. `critical`: without a right answer the check is not passed. `items` stand in the right order.

    `good`: what a good answer to an open question holds.
    """

    id: str
    type: Kind
    text: str
    critical: bool = False
    explanation: str = ""
    options: tuple[Option, ...] = ()
    pairs: tuple[Pair, ...] = ()
    extra: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    good: str = ""
    pool: str = ""

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Self:
        """The question as an edition stores it; keys of other kinds are not there."""
        made = {
            "options": tuple(Option(**option) for option in facts.get("options", ())),
            "pairs": tuple(Pair(**pair) for pair in facts.get("pairs", ())),
            "extra": tuple(facts.get("extra", ())),
            "items": tuple(facts.get("items", ())),
        }
        return cls(**{**facts, **made})

    @property
    def counts(self) -> bool:
        """Whether it counts in the percentage: an open answer is read by the coach, not scored."""
        return self.type != "open"

    @cached_property
    def rights(self) -> tuple[str, ...]:
        """The right sides to choose from, each once: one may belong to several left sides."""
        return (*dict.fromkeys(pair.right for pair in self.pairs), *self.extra)

    @property
    def choices(self) -> tuple[str, ...]:
        """What there is to choose from or to lay in order."""
        if self.type in CHOSEN:
            return tuple(option.text for option in self.options)
        return self.rights if self.type == "match" else self.items

    @cached_property
    def right_answer(self) -> Answer:
        """The answer of who knows it; of an open question what a good one holds."""
        if self.type in CHOSEN:
            return tuple(index for index, option in enumerate(self.options) if option.right)
        if self.type == "match":
            return tuple(self.rights.index(pair.right) for pair in self.pairs)
        return tuple(range(len(self.items))) if self.type == "order" else self.good

    def is_right(self, given: Answer) -> bool:
        """Right is exactly right: each right option and no other, each pair, each place. Open: it was filled in."""
        if self.type == "open":
            return isinstance(given, str) and given != ""
        if self.type in CHOSEN:
            return set(given) == set(self.right_answer)
        return tuple(given) == self.right_answer

    def takes(self, given: object) -> bool:
        """Whether this is an answer to the question, though perhaps not a whole one: what a draft may hold."""
        if self.type == "open":
            return isinstance(given, str) and len(given) <= PARAGRAPH_MAX
        if not isinstance(given, Sequence) or isinstance(given, str):
            return False
        known: range = range(NONE_YET if self.type == "match" else 0, len(self.choices))
        if not all(isinstance(one, int) and one in known for one in given):
            return False
        if self.type == "match":
            return len(given) == len(self.pairs)
        if len(set(given)) != len(given):
            return False
        if self.type == "order":
            return len(given) == len(self.items)
        return self.type == "several" or len(given) <= 1

    def is_whole(self, given: object) -> bool:
        """Whether the question was answered."""
        if not self.takes(given) or not isinstance(given, Sequence):
            return False
        return len(given) > 0 and (self.type != "match" or NONE_YET not in given)

    def said(self, given: Answer | None) -> str:
        """An answer in words, as one line."""
        if given is None or isinstance(given, str):
            return given or ""
        texts = [self.choices[index] if index != NONE_YET else "" for index in given]
        if self.type == "match":
            pairs = zip(self.pairs, texts, strict=False)
            return "; ".join(f"{pair.left}: {text}" for pair, text in pairs if text)
        if self.type == "order":
            return "; ".join(f"{place}. {text}" for place, text in enumerate(texts, start=1))
        return "; ".join(texts)

    def parts_right(self, given: Answer) -> tuple[bool, ...]:
        """Of each pair or place whether it is right."""
        return tuple(one == right for one, right in zip(given, self.right_answer, strict=False))


# What is asked


@dataclass(frozen=True)
class Asked:
    """One question of an attempt, with the order in which its choices were shown; empty: as the author wrote them."""

    id: str
    order: tuple[int, ...] = ()

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Self:
        return cls(facts["id"], tuple(facts["order"]))

    def as_facts(self) -> dict[str, Any]:
        return {"id": self.id, "order": list(self.order)}


def draw(
    questions: Sequence[Question], draws: Mapping[str, int], *, seed: str, seen: Collection[str] = ()
) -> tuple[Asked, ...]:
    """The questions of one attempt: all that stand in no pool, and from each pool as many as it says.

    Questions of a pool that were not `seen` the last time come first. They stand in the order of the author; what
    is drawn and how choices are shuffled follows from `seed` alone.
    """
    drawn: set[str] = set()
    for pool, number in draws.items():
        ids = [question.id for question in questions if question.pool == pool]
        chance = {id_: place for place, id_ in enumerate(_shuffled(ids, f"{seed}:{pool}"))}
        by_turn = [(id_ in seen, chance[id_], id_) for id_ in ids]
        drawn |= {id_ for _, _, id_ in sorted(by_turn)[:number]}
    return tuple(
        Asked(question.id, _order(question, seed))
        for question in questions
        if not question.pool or question.id in drawn
    )


def _order(question: Question, seed: str) -> tuple[int, ...]:
    """The order in which choices are shown. What is to be laid in order never lies right from the start."""
    if question.type not in SHUFFLED:
        return ()
    order = tuple(_shuffled(range(len(question.choices)), f"{seed}:{question.id}"))
    return (*order[1:], order[0]) if question.type == "order" and order == question.right_answer else order


def _shuffled(things: Sequence[Any], seed: str) -> list[Any]:
    """The things in an order that the seed decides: the same on every machine and in every version of Python."""
    return sorted(things, key=lambda thing: hashlib.sha256(f"{seed}:{thing}".encode()).digest())


# What comes out


@dataclass(frozen=True)
class Result:
    """What came out of a check. `right` and `of` count the questions that count."""

    right: int
    of: int
    score_pct: int
    critical_right: bool
    passed: bool


def score(questions: Sequence[Question], answers: Answers, policy: Policy) -> Result:
    """Score a check: the share of right answers, rounded down; passed at the pass mark with every critical right.

    Open answers count for nothing. The checker refuses a check that could be drawn without a question that counts.
    """
    counting = [question for question in questions if question.counts]
    right = [question.id for question in counting if question.is_right(answers.get(question.id, ()))]
    pct = FULL * len(right) // len(counting) if counting else FULL
    critical_right = all(question.id in right for question in counting if question.critical)
    return Result(
        right=len(right),
        of=len(counting),
        score_pct=pct,
        critical_right=critical_right,
        passed=critical_right and pct >= policy.theory_pass_mark_pct,
    )


def may_try_from(attempts: Sequence[datetime], policy: Policy) -> datetime | None:
    """From when the next attempt may begin; None when it is free. `attempts`: when the earlier ones were sent."""
    if len(attempts) < policy.quiz_attempts_free:
        return None
    return max(attempts) + timedelta(hours=policy.quiz_wait_hours)
