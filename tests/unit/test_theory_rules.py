"""What counts as done in theory: order, and that numbers only go up. Questions are in test_theory_questions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.courses.rules import Outline, OutlineLesson, OutlineModule, OutlineQuiz
from app.theory.rules import TheoryProgress, after_lesson, on_day, progress

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
    step = progress(OUTLINE, lessons=done("een", "twee", "drie"), quizzes={}).next
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
    empty = replace(OUTLINE, modules=(module("later", available=False),))
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


def test_after_a_lesson_nobody_goes_into_what_is_locked() -> None:
    read, passed = done("een", "twee"), done()
    assert after_lesson(OUTLINE, "twee", lessons=read, quizzes=passed, locked=["veiligheid"]) == "/opleiding/kort/vijf"
    both = ["veiligheid", "vormen"]
    assert after_lesson(OUTLINE, "twee", lessons=read, quizzes=passed, locked=both) == "/opleiding/kort"


TODAY: Final = date(2026, 11, 23)


def locked(**locks: dict[str, Any]) -> Outline:
    """The outline with a lock on some of its modules."""
    return replace(OUTLINE, modules=tuple(replace(one, **locks.get(one.slug, {})) for one in OUTLINE.modules))


def today(outline: Outline, *read: str, place: tuple[str, str] | None = None) -> TheoryProgress:
    state = progress(outline, lessons=done(*read), quizzes={}, place=place)
    return on_day(outline, state, starts_on=TODAY - timedelta(days=3), today=TODAY)


@pytest.mark.parametrize(
    ("locks", "read", "next_slug", "opens_in"),
    [
        ({}, (), "een", None),
        ({"starten": {"opens_on": TODAY}}, (), "een", None),  # that very day it is open
        ({"starten": {"opens_after_days": 3}}, (), "een", None),
        ({"starten": {"opens_after_days": 4}}, (), "drie", None),  # something else is open meanwhile
        ({"starten": {"opens_after_days": 4}}, ("een",), "twee", None),  # begun: no lock takes that away
        (
            {"starten": {"opens_on": TODAY + timedelta(days=9), "opens_after_days": 4}},
            ("drie", "vijf"),
            "toets-veiligheid",
            None,
        ),
        # nothing is open: what opens first, also when it comes later in the course
        (
            {
                "starten": {"opens_on": TODAY + timedelta(days=9)},
                "veiligheid": {"opens_after_days": 5},
                "vormen": {"after": ("veiligheid",)},
            },
            (),
            "drie",
            2,
        ),
        # nor is there a day for what waits for a module that nobody published
        ({one: {"after": ("later",)} for one in ("starten", "veiligheid", "vormen")}, (), None, None),
    ],
)
def test_what_is_open_today_comes_next(
    locks: dict[str, dict[str, Any]], read: tuple[str, ...], next_slug: str | None, opens_in: int | None
) -> None:
    state = today(locked(**locks), *read)
    assert (state.next.slug if state.next else None) == next_slug
    assert state.opens_on == (TODAY + timedelta(days=opens_in) if opens_in else None)


def test_where_she_stopped_counts_while_it_is_open() -> None:
    place = ("vijf", "p-1")
    state = today(OUTLINE, place=place)
    assert state.next is not None
    assert state.next.href == "/opleiding/kort/vijf#p-1"
    state = today(locked(vormen={"opens_after_days": 4}), place=place)  # it was moved since
    assert state.next is not None
    assert state.next.slug == "een"
