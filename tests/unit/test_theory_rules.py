"""What counts as done in theory: order, scores, waiting, and that numbers only go up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.courses.rules import Outline, OutlineLesson, OutlineModule, OutlineQuiz, Policy
from app.theory.rules import (
    Option,
    Question,
    after_lesson,
    may_try_from,
    next_step,
    progress,
    read_answers,
    score,
)

NOW: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def module(slug: str, *lessons: str, quiz: bool = False, available: bool = True, safety: bool = False) -> OutlineModule:
    return OutlineModule(
        slug=slug,
        title=slug.title(),
        summary="",
        core_element=None,
        available=available,
        safety=safety,
        image=None,
        lessons=tuple(OutlineLesson(one, one.title(), 10, required="extra" not in one) for one in lessons),
        quiz=OutlineQuiz(f"toets-{slug}", "Toets", 5, 2) if quiz else None,
    )


OUTLINE: Final = Outline(
    slug="kort",
    title="Kort",
    summary="",
    target_group="",
    modules=(
        module("starten", "een", "twee"),
        module("later", available=False),
        module("veiligheid", "drie", "vier-extra", quiz=True, safety=True),
        module("vormen", "vijf", quiz=True),
    ),
    handbook_version="",
    handbook_notes="",
    handbook_intro="",
    sessions=(),
)
LESSONS: Final = ("een", "twee", "drie", "vier-extra", "vijf")
QUIZZES: Final = ("toets-veiligheid", "toets-vormen")


def done(*slugs: str, at: datetime = NOW) -> dict[str, datetime]:
    return dict.fromkeys(slugs, at)


def test_at_the_start_the_first_lesson_is_next() -> None:
    state = progress(OUTLINE, lessons={}, quizzes={})
    assert (state.lessons_done, state.lessons_total, state.quizzes_total) == (0, 5, 2)
    assert state.minutes_left == 4 * 10 + 2 * 5
    assert not state.complete
    assert not state.safety_done
    assert state.next is not None
    assert (state.next.href, state.next.number, state.next.of) == ("/opleiding/kort/een", 1, 2)


def test_the_check_comes_after_the_lessons_of_its_module() -> None:
    step = next_step(OUTLINE, lessons=done("een", "twee", "drie"), quizzes={})
    assert step is not None
    assert (step.kind, step.href) == ("quiz", "/opleiding/kort/toets/toets-veiligheid")


def test_the_order_is_free() -> None:
    state = progress(OUTLINE, lessons=done("vijf"), quizzes=done("toets-vormen"))
    assert state.lessons_done == 1
    assert state.quizzes_passed == 1
    assert state.next is not None
    assert state.next.slug == "een"


def test_safety_waits_for_lessons_and_check() -> None:
    assert not progress(OUTLINE, lessons=done("drie"), quizzes={}).safety_done
    assert not progress(OUTLINE, lessons={}, quizzes=done("toets-veiligheid")).safety_done
    assert progress(OUTLINE, lessons=done("drie"), quizzes=done("toets-veiligheid")).safety_done


def test_what_is_optional_never_holds_up() -> None:
    state = progress(
        OUTLINE,
        lessons=done("een", "twee", "drie") | done("vijf", at=NOW + timedelta(days=1)),
        quizzes=done(*QUIZZES),
    )
    assert state.complete
    assert state.completed_on == date(2026, 11, 24)
    assert state.next is None
    assert state.lessons_done < state.lessons_total


def test_nothing_published_is_not_complete() -> None:
    empty = Outline(**{**OUTLINE.__dict__, "modules": (module("later", available=False),)})
    assert not progress(empty, lessons={}, quizzes={}).complete


@given(st.sets(st.sampled_from(LESSONS)), st.sets(st.sampled_from(QUIZZES)), st.sampled_from(LESSONS))
def test_one_more_lesson_never_takes_anything_away(lessons: set[str], quizzes: set[str], more: str) -> None:
    before = progress(OUTLINE, lessons=done(*lessons), quizzes=done(*quizzes))
    after = progress(OUTLINE, lessons=done(*lessons, more), quizzes=done(*quizzes))
    assert after.lessons_done >= before.lessons_done
    assert after.minutes_left <= before.minutes_left
    assert after.complete >= before.complete
    assert after.safety_done >= before.safety_done
    assert (after.next is None) == after.complete


@pytest.mark.parametrize(
    ("lesson", "read", "passed", "to"),
    [
        ("een", (), (), "/opleiding/kort/twee"),
        ("twee", ("een", "twee"), (), "/opleiding/kort/drie"),
        ("vier-extra", ("drie", "vier-extra"), (), "/opleiding/kort/toets/toets-veiligheid"),
        ("vier-extra", ("drie", "vier-extra"), ("toets-veiligheid",), "/opleiding/kort/vijf"),
        ("vijf", ("vijf",), ("toets-vormen",), "/opleiding/kort"),
    ],
)
def test_after_a_lesson_comes_what_follows(
    lesson: str, read: tuple[str, ...], passed: tuple[str, ...], to: str
) -> None:
    assert after_lesson(OUTLINE, lesson, lessons=done(*read), quizzes=done(*passed)) == to


def question(id_: str, *right: bool, kind: str = "one", critical: bool = False) -> Question:
    options = tuple(Option(f"{n}", one, "") for n, one in enumerate(right))
    return Question.from_facts(
        {
            "id": id_,
            "type": kind,
            "text": "?",
            "critical": critical,
            "options": [option.__dict__ for option in options],
            "explanation": "",
        }
    )


ONE: Final = question("v1", True, False, critical=True)
SEVERAL: Final = question("v2", True, True, False, kind="several")
THIRD: Final = question("v3", False, True)
QUESTIONS: Final = (ONE, SEVERAL, THIRD)


def test_several_is_right_when_exactly_the_right_ones_are_chosen() -> None:
    assert SEVERAL.is_right([1, 0])
    assert not SEVERAL.is_right([0])
    assert not SEVERAL.is_right([0, 1, 2])
    assert not SEVERAL.is_right([])


@pytest.mark.parametrize(
    ("answers", "pct", "passed"),
    [
        ({"v1": [0], "v2": [0, 1], "v3": [1]}, 100, True),
        ({"v1": [0], "v2": [0, 1], "v3": [0]}, 66, False),
        ({"v1": [1], "v2": [0, 1], "v3": [1]}, 66, False),
        ({}, 0, False),
    ],
)
def test_a_check_is_scored(answers: dict[str, list[int]], pct: int, *, passed: bool) -> None:
    result = score(QUESTIONS, answers, Policy())
    assert (result.score_pct, result.passed) == (pct, passed)


def test_a_critical_question_decides_whatever_the_score() -> None:
    easy = Policy(theory_pass_mark_pct=1)
    assert not score(QUESTIONS, {"v1": [1], "v2": [0, 1], "v3": [1]}, easy).passed
    assert score(QUESTIONS, {"v1": [0]}, easy).passed


Picks = st.fixed_dictionaries(
    {
        "v1": st.lists(st.integers(0, 1), max_size=1),
        "v2": st.lists(st.integers(0, 2), max_size=3),
        "v3": st.lists(st.integers(0, 1), max_size=1),
    }
)


@given(Picks, st.integers(1, 100))
def test_the_score_is_a_share_and_passing_needs_it(answers: dict[str, list[int]], mark: int) -> None:
    result = score(QUESTIONS, answers, Policy(theory_pass_mark_pct=mark))
    assert 0 <= result.score_pct <= 100
    assert (result.score_pct == 100) == (result.right == result.of)
    assert result.passed == (100 * result.right >= mark * result.of and result.critical_right)


@given(Picks)
def test_answers_read_back_as_they_were_given(answers: dict[str, list[int]]) -> None:
    raw = {key: [str(index) for index in chosen] for key, chosen in answers.items()}
    read, problems = read_answers(QUESTIONS, raw)
    assert {key: set(chosen) for key, chosen in read.items()} == {key: set(a) for key, a in answers.items() if a}
    assert problems == [(key, "unanswered") for key in ("v1", "v2", "v3") if not answers[key]]


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ({"v1": ["2"]}, ("v1", "enum")),
        ({"v1": ["-1"]}, ("v1", "enum")),
        ({"v1": ["x"]}, ("v1", "enum")),
        ({"v1": ["0", "1"]}, ("v1", "enum")),
        ({"v1": ["00"]}, ("v1", "enum")),
        ({"v9": ["0"]}, ("", "extra_forbidden")),
    ],
)
def test_odd_answers_are_refused(raw: dict[str, list[str]], problem: tuple[str, str]) -> None:
    assert problem in read_answers(QUESTIONS, raw)[1]


def test_the_first_attempts_are_free_and_then_one_waits() -> None:
    policy = Policy(quiz_attempts_free=2, quiz_wait_hours=1)
    assert may_try_from([], policy) is None
    assert may_try_from([NOW], policy) is None
    assert may_try_from([NOW, NOW + timedelta(minutes=5)], policy) == NOW + timedelta(minutes=65)
