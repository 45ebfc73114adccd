"""The form that a coach and a professional score with, and what its scores suggest. Pure."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from app.courses.rules import AdherenceCheck, AssignmentDefinition, Criterion, Rubric
from app.practice.rules.states import Decision

UNSEEN: Final = 0  # "niet gezien", stored beside the levels 1 to 4
WELL: Final = 3  # "zoals bedoeld"


class Answer(StrEnum):
    """Whether a thing on the list was done."""

    YES = "ja"
    NO = "nee"
    ON_PURPOSE = "bewust-anders"


@dataclass(frozen=True)
class Check:
    """The answer to one line of the list; "bewust anders" carries its reason."""

    answer: Answer
    reason: str = ""


@dataclass(frozen=True)
class Observation:
    """What a coach wrote on the form. Levels: 1 to 4, or `UNSEEN`; what is absent is not filled in yet."""

    scores: dict[str, int] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    checks: dict[str, Check] = field(default_factory=dict)
    strong: tuple[str, ...] = ()
    growing: tuple[str, ...] = ()
    agreements: tuple[str, ...] = ()

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Observation:
        return cls(
            scores=dict(facts.get("scores", {})),
            notes=dict(facts.get("notes", {})),
            checks={
                slug: Check(Answer(item["answer"]), item["reason"]) for slug, item in facts.get("checks", {}).items()
            },
            strong=tuple(facts.get("strong", ())),
            growing=tuple(facts.get("growing", ())),
            agreements=tuple(facts.get("agreements", ())),
        )

    def as_facts(self) -> dict[str, Any]:
        return {
            "scores": self.scores,
            "notes": self.notes,
            "checks": {slug: {"answer": one.answer.value, "reason": one.reason} for slug, one in self.checks.items()},
            "strong": list(self.strong),
            "growing": list(self.growing),
            "agreements": list(self.agreements),
        }


@dataclass(frozen=True)
class OwnDrafts:
    """Where a coach already wrote down her own view of somebody: her latest attempt of one record, or other work."""

    attempt: int = 0
    elsewhere: bool = False

    def open_words(self, *, of_attempt: int, closed: bool) -> bool:
        """Whether she may read what another coach wrote in an attempt (domain.md 8.3b).

        Her draft counts for its own attempt and those before it. Work that is closed has no form to fill in any
        more, so there a draft about other work of the same professional counts.
        """
        return self.attempt >= of_attempt or (closed and self.elsewhere)


@dataclass(frozen=True)
class Gap:
    """Something that must be filled in before the form is whole: a code for the words, at which field, about what."""

    code: str
    field: str
    title: str = ""


def gaps(form: Observation, definition: AssignmentDefinition, rubric: Rubric) -> list[Gap]:
    """What is still open on a form. A kijkbezoek has no scores and no list."""
    open_ones: list[Gap] = []
    if definition.decides:
        open_ones += [
            Gap("score_missing", f"score_{one.code}", one.title)
            for one in criteria_of(definition, rubric)
            if one.code not in form.scores
        ]
        for check in checks_of(definition, rubric):
            answered = form.checks.get(check.slug)
            if answered is None:
                open_ones.append(Gap("check_missing", f"check_{check.slug}", check.text))
            elif answered.answer is Answer.ON_PURPOSE and not answered.reason:
                open_ones.append(Gap("check_reason_missing", f"reason_{check.slug}", check.text))
    if not form.strong:
        open_ones.append(Gap("strong_missing", "strong_1"))
    if not form.growing:
        open_ones.append(Gap("growing_missing", "growing_1"))
    if not form.agreements:
        open_ones.append(Gap("agreement_missing", "agreement_1"))
    return open_ones


def self_gaps(scores: Mapping[str, int], definition: AssignmentDefinition, rubric: Rubric) -> list[Gap]:
    """The criteria on which somebody did not score herself yet."""
    if not definition.decides:
        return []
    return [
        Gap("self_score_missing", f"self_{one.code}", one.title)
        for one in criteria_of(definition, rubric)
        if one.code not in scores
    ]


@dataclass(frozen=True)
class Reason:
    """Why something is suggested: a code for the words, and the criterion or check it is about."""

    code: str
    about: str


@dataclass(frozen=True)
class Suggestion:
    """What the scores say; the coach confirms or deviates with a reason."""

    decision: Decision
    reasons: tuple[Reason, ...] = ()


def suggestion(form: Observation, definition: AssignmentDefinition, rubric: Rubric) -> Suggestion:
    """The rule of domain.md 9.1. Only required criteria and checks of this assignment count.

    Klaar when all critical criteria are at 3 or more, nothing is at 1, at most one 2 stands in each core
    element and each must-check is yes or done differently on purpose. A critical criterion at 1 means samen
    nog een keer. All in between, also what was not seen, means nog een stukje.
    """
    if not definition.decides:
        return Suggestion(Decision.SIGNED_OFF)
    scores = {code: form.scores.get(code, UNSEEN) for code in definition.criteria}
    failed = [Reason("critical_1", code) for code in definition.critical if scores.get(code) == 1]
    if failed:
        return Suggestion(Decision.NOT_MET, tuple(failed))
    reasons = [Reason("unseen", code) for code, level in scores.items() if level == UNSEEN]
    reasons += [Reason("critical_2", code) for code in definition.critical if scores.get(code) == 2]
    reasons += [Reason("level_1", code) for code, level in scores.items() if level == 1]
    reasons += [Reason("many_2", slug) for slug in _elements_with_many_twos(scores, definition, rubric)]
    for check in checks_of(definition, rubric):
        answered = form.checks.get(check.slug)
        if check.must and (answered is None or answered.answer is Answer.NO):
            reasons.append(Reason("check_open", check.slug))
    return Suggestion(Decision.RETURNED if reasons else Decision.SIGNED_OFF, tuple(reasons))


def _elements_with_many_twos(
    scores: Mapping[str, int], definition: AssignmentDefinition, rubric: Rubric
) -> Iterable[str]:
    """Core elements with more than one 2; criteria outside the core elements are one group together."""
    twos = Counter(
        criterion.core_element or "" for criterion in criteria_of(definition, rubric) if scores[criterion.code] == 2
    )
    return [element for element, count in twos.items() if count > 1]


def criteria_of(definition: AssignmentDefinition, rubric: Rubric) -> list[Criterion]:
    """The criteria of an assignment, in the order of the rubric."""
    return [criterion for criterion in rubric.criteria if criterion.code in definition.criteria]


def checks_of(definition: AssignmentDefinition, rubric: Rubric) -> list[AdherenceCheck]:
    """The lines of the list of an assignment, in the order of the rubric."""
    return [check for check in rubric.adherence if check.slug in definition.adherence]


def signature_gaps(decision: Decision, suggested: Decision, *, reason: str, by_when: object) -> list[Gap]:
    """What a decision still needs: why it is another than what the form suggests, and by when a bit more is done."""
    open_ones = []
    if decision is not suggested and not reason:
        open_ones.append(Gap("deviation_needs_reason", "reason"))
    if decision is Decision.RETURNED and not by_when:
        open_ones.append(Gap("by_when_missing", "by_when"))
    return open_ones


def decisions_for(definition: AssignmentDefinition) -> tuple[Decision, ...]:
    """What there is to choose from: a kijkbezoek is only closed."""
    return tuple(Decision) if definition.decides else (Decision.SIGNED_OFF,)


def digest_of(salt: str, content: Mapping[str, Any]) -> str:
    """What an immutable row holds of its content: SHA-256 of salt and text (architecture.md 6)."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256((salt + text).encode()).hexdigest()
