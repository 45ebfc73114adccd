"""Questions: what is drawn and shuffled, which answers are whole and right, scores, waiting, and reading a form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.courses.rules import Policy
from app.theory.filling import LACKING, fields_of, filled_in, part, read_answers
from app.theory.questions import NONE_YET, Answer, Asked, Question, draw, may_try_from, score

NOW: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def options(*right: bool) -> list[dict[str, Any]]:
    return [{"text": f"antwoord {n}", "right": one, "feedback": ""} for n, one in enumerate(right)]


def question(id_: str, kind: str, **facts: Any) -> Question:
    return Question.from_facts({"id": id_, "type": kind, "text": "?", "explanation": "", "critical": False} | facts)


ONE: Final = question("v1", "one", options=options(True, False, False), critical=True)
SEVERAL: Final = question("v2", "several", options=options(True, True, False))
TRUE: Final = question("v3", "true_false", options=options(False, True))
MATCH: Final = question(
    "v4",
    "match",
    pairs=[
        {"left": "knippen", "right": "maken"},
        {"left": "afspreken", "right": "veilig"},
        {"left": "plakken", "right": "maken"},
    ],
    extra=["tonen"],
)
ORDER: Final = question("v5", "order", items=["kring", "werken", "kijken", "ruimen"])
OPEN: Final = question("v6", "open", good="iets kleins")
QUESTIONS: Final = (ONE, SEVERAL, TRUE, MATCH, ORDER, OPEN)
COUNTING: Final = QUESTIONS[:-1]
ALL_RIGHT: Final[dict[str, Answer]] = {one.id: one.right_answer for one in QUESTIONS}


def answers_to(one: Question) -> st.SearchStrategy[Answer]:
    """Whole answers of somebody who may know it or not."""
    if one.type == "open":
        return st.text("ab ", min_size=1).map(str.strip).filter(bool)
    if one.type == "order":
        return st.permutations(range(len(one.items)))
    if one.type == "match":
        return st.lists(st.integers(0, len(one.rights) - 1), min_size=len(one.pairs), max_size=len(one.pairs))
    numbers = st.integers(0, len(one.options) - 1)
    if one.type == "several":
        return st.lists(numbers, min_size=1, unique=True).map(sorted)
    return numbers.map(lambda index: [index])


Sheets: Final = st.fixed_dictionaries({one.id: answers_to(one) for one in QUESTIONS})


@pytest.mark.parametrize("one", QUESTIONS, ids=lambda one: one.type)
def test_who_knows_it_is_right(one: Question) -> None:
    assert one.is_whole(one.right_answer)
    assert one.is_right(one.right_answer)


@pytest.mark.parametrize(
    ("one", "given", "whole"),
    [
        (SEVERAL, [0], True),
        (SEVERAL, [0, 1, 2], True),
        (SEVERAL, [], False),
        (MATCH, [0, 1, 1], True),  # the third is maken too
        (MATCH, [2, 1, 0], True),
        (MATCH, [0, 1, NONE_YET], False),
        (MATCH, [0, 1], False),
        (MATCH, [0, 1, 3], False),
        (ORDER, [1, 0, 2, 3], True),
        (ORDER, [0, 1, 2], False),
        (ORDER, [0, 1, 2, 2], False),
        (ORDER, [0, 1, 2, 4], False),
        (ONE, [0, 1], False),
        (ONE, [True], True),  # JSON knows no other numbers, and 1 is option 1
        (ONE, [3], False),
        (ONE, "0", False),
        (ONE, 0, False),
        (ONE, None, False),
        (OPEN, "", False),
        (OPEN, "x" * 2_001, False),
        (OPEN, [0], False),
    ],
)
def test_near_is_not_right(one: Question, given: Any, whole: bool) -> None:
    assert one.is_whole(given) is whole
    if one.type != "open" and not isinstance(given, int | None):
        assert not one.is_right(given)


def test_the_same_right_side_belongs_to_two() -> None:
    assert MATCH.rights == ("maken", "veilig", "tonen")
    assert MATCH.right_answer == (0, 1, 0)
    assert MATCH.parts_right([0, 0, 0]) == (True, False, True)
    assert ORDER.parts_right([0, 2, 1, 3]) == (True, False, False, True)


@pytest.mark.parametrize(
    ("missed", "pct", "passed"),
    [((), 100, True), (("v2",), 80, True), (("v2", "v4"), 60, False), (("v1",), 80, False), (("v6",), 100, True)],
)
def test_a_check_is_scored(missed: tuple[str, ...], pct: int, *, passed: bool) -> None:
    answers = {id_: answer for id_, answer in ALL_RIGHT.items() if id_ not in missed}
    result = score(QUESTIONS, answers, Policy())
    assert (result.of, result.score_pct, result.passed) == (5, pct, passed)


def test_open_answers_alone_give_no_share() -> None:
    assert score([OPEN], {}, Policy()).passed


@given(Sheets, st.integers(1, 100))
def test_the_score_is_a_share_and_passing_needs_it(answers: dict[str, Answer], mark: int) -> None:
    result = score(QUESTIONS, answers, Policy(theory_pass_mark_pct=mark))
    assert 0 <= result.score_pct <= 100
    assert (result.score_pct == 100) == (result.right == result.of)
    assert result.passed == (100 * result.right >= mark * result.of and result.critical_right)


@given(Sheets, st.sampled_from(COUNTING), st.integers(1, 100))
def test_one_more_right_never_takes_anything_away(answers: dict[str, Answer], more: Question, mark: int) -> None:
    policy = Policy(theory_pass_mark_pct=mark)
    before, after = (score(QUESTIONS, sheet, policy) for sheet in (answers, answers | {more.id: more.right_answer}))
    assert after.right - before.right == (not more.is_right(answers[more.id]))
    assert after.score_pct >= before.score_pct
    assert after.critical_right >= before.critical_right
    assert after.passed >= before.passed


@given(Sheets)
def test_a_part_is_right_as_the_whole_is(answers: dict[str, Answer]) -> None:
    for one in (MATCH, ORDER):
        parts = one.parts_right(answers[one.id])
        assert all(parts) == one.is_right(answers[one.id])
    assert sum(ORDER.parts_right(answers["v5"])) != len(ORDER.items) - 1  # who moves one moves another


# The draw

POOLED: Final = (
    question("a", "one", options=options(True, False)),
    *(question(f"p{n}", "one", options=options(True, False), pool="p") for n in range(4)),
    *(question(f"q{n}", "open", good="x", pool="q") for n in range(3)),
    question("z", "order", items=["een", "twee", "drie"]),
)
DRAWS: Final = {"p": 2, "q": 1}
Seeds: Final = st.text("0123456789abcdef", min_size=1, max_size=16)


@given(Seeds)
def test_a_draw_is_decided_by_its_seed(seed: str) -> None:
    asked = draw(POOLED, DRAWS, seed=seed)
    assert asked == draw(POOLED, DRAWS, seed=seed)
    ids = [one.id for one in asked]
    assert ids == [one.id for one in POOLED if one.id in ids]  # as the author told it
    assert {"a", "z"} <= set(ids)
    assert [sum(id_.startswith(pool) for id_ in ids) for pool in DRAWS] == [2, 1]
    known = {one.id: one for one in POOLED}
    for one in asked:
        whole = list(range(len(known[one.id].choices))) if known[one.id].type != "open" else []
        assert sorted(one.order) == whole
    assert [Asked.from_facts(one.as_facts()) for one in asked] == list(asked)


@given(Seeds)
def test_what_is_to_be_laid_never_lies_right_from_the_start(seed: str) -> None:
    short = question("kort", "order", items=["een", "twee", "drie"])
    (asked,) = draw([short], {}, seed=seed)
    assert not short.is_right(asked.order)


@given(Seeds, Seeds)
def test_another_time_other_questions_come_first(seed: str, other: str) -> None:
    seen = {one.id for one in draw(POOLED, DRAWS, seed=seed)}
    again = {one.id for one in draw(POOLED, DRAWS, seed=other, seen=seen)}
    assert not {id_ for id_ in seen & again if id_[0] in "pq"}  # the pools have enough that was not seen


def test_a_small_pool_asks_again_what_it_must() -> None:
    few = POOLED[1:4]
    seen = {one.id for one in draw(few, {"p": 2}, seed="1")}
    again = {one.id for one in draw(few, {"p": 2}, seed="2", seen=seen)}
    assert len(again - seen) == 1


def test_every_question_has_its_turn() -> None:
    drawn = {one.id for n in range(40) for one in draw(POOLED, DRAWS, seed=f"{n}")}
    assert drawn == {one.id for one in POOLED}
    assert len({draw(POOLED, DRAWS, seed=f"{n}")[-1].order for n in range(40)}) > 2


def test_true_stands_above_false() -> None:
    assert draw([TRUE, OPEN], {}, seed="x") == (Asked("v3"), Asked("v6"))


# The form


@given(Sheets)
def test_answers_read_back_as_they_were_filled_in(answers: dict[str, Answer]) -> None:
    raw = {name: given for one in QUESTIONS for name, given in filled_in(one, answers[one.id]).items()}
    read, problems = read_answers(QUESTIONS, raw)
    assert problems == []
    assert {id_: one if isinstance(one, str) else list(one) for id_, one in read.items()} == {
        id_: one if isinstance(one, str) else list(one) for id_, one in answers.items()
    }


@given(
    st.dictionaries(st.sampled_from([n for one in QUESTIONS for n in fields_of(one)]), st.lists(st.text(max_size=3)))
)
def test_whatever_comes_in_what_is_read_is_an_answer(raw: dict[str, list[str]]) -> None:
    read, problems = read_answers(QUESTIONS, raw)
    known = {one.id: one for one in QUESTIONS}
    assert all(known[id_].takes(answer) for id_, answer in read.items())
    told = {name.split("--")[0] for name, _ in problems}
    assert {one.id for one in QUESTIONS if not one.is_whole(read.get(one.id))} <= told
    assert {name for name, _ in problems} <= {name for one in QUESTIONS for name in (one.id, *fields_of(one))}


def test_what_is_left_open_is_told_where_it_stands() -> None:
    read, problems = read_answers(QUESTIONS, {part(MATCH, 1): ["1"], part(ORDER, 0): ["2"]})
    assert read == {"v4": [NONE_YET, 1, NONE_YET]}
    assert problems == [
        ("v1", "unanswered"),
        ("v2", "unanswered"),
        ("v3", "unanswered"),
        ("v4--0", "unanswered"),
        ("v4--2", "unanswered"),
        *((part(ORDER, item), "no_place") for item in (1, 2, 3)),
        ("v6", "missing"),
    ]
    assert {code for _, code in problems} <= LACKING
    assert ("v5", "unordered") in read_answers(QUESTIONS, {})[1]


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ({"v1": ["3"]}, ("v1", "enum")),
        ({"v1": ["-1"]}, ("v1", "enum")),
        ({"v1": ["x"]}, ("v1", "enum")),
        ({"v1": ["0", "1"]}, ("v1", "enum")),
        ({"v1": ["00"]}, ("v1", "enum")),
        ({"v2": ["0", "9"]}, ("v2", "enum")),
        ({"v4--0": ["3"]}, ("v4--0", "enum")),
        ({"v4--0": ["-1"]}, ("v4--0", "enum")),
        ({"v5--0": ["5"]}, ("v5--0", "enum")),
        ({"v5--0": ["0"]}, ("v5--0", "enum")),
        ({"v5--0": ["1"], "v5--1": ["1"]}, ("v5--1", "place_taken")),
        ({"v6": ["a\0b"]}, ("v6", "odd_sign")),
        ({"v6": ["x" * 2_001]}, ("v6", "answer_too_long")),
        ({"v4--3": ["0"]}, ("", "not_asked")),
        ({"v9": ["0"]}, ("", "not_asked")),
    ],
)
def test_odd_answers_are_refused(raw: dict[str, list[str]], problem: tuple[str, str]) -> None:
    read, problems = read_answers(QUESTIONS, raw)
    assert problem in problems
    assert read == {}


def test_the_first_attempts_are_free_and_then_one_waits() -> None:
    policy = Policy(quiz_attempts_free=2, quiz_wait_hours=1)
    assert may_try_from([], policy) is None
    assert may_try_from([NOW], policy) is None
    assert may_try_from([NOW, NOW + timedelta(minutes=5)], policy) == NOW + timedelta(minutes=65)
