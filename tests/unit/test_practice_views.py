"""Two views on the same work: how they differ, what to talk about, where they lie on the way."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.practice.rules.talks import Agreed, TalkFacts, agreed
from app.practice.rules.views import Pair, Pattern, place_of, to_talk_about

LEVELS = st.none() | st.integers(1, 4)
PAIRS = st.lists(st.builds(Pair, st.just("X"), st.just("e"), LEVELS, LEVELS), max_size=8)
NOW = datetime(2026, 12, 3, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("own", "coach", "pattern"),
    [
        (3, 2, Pattern.OWN_HIGHER),
        (2, 4, Pattern.COACH_HIGHER),
        (2, 2, Pattern.BOTH_LOW),
        (1, 1, Pattern.BOTH_LOW),
        (3, 3, Pattern.ALIKE),
        (None, 3, Pattern.UNSEEN),
        (3, None, Pattern.UNSEEN),
        (None, None, Pattern.UNSEEN),
    ],
)
def test_how_two_views_lie(own: int | None, coach: int | None, pattern: Pattern) -> None:
    assert Pair("X", "e", own, coach).pattern is pattern


@given(PAIRS)
def test_what_differs_most_comes_first_and_nothing_is_left_out(pairs: list[Pair]) -> None:
    told = to_talk_about(pairs)
    assert sorted(map(repr, told)) == sorted(map(repr, pairs))
    assert [pair.difference for pair in told] == sorted((pair.difference for pair in pairs), reverse=True)
    same = [pair.pattern for pair in told if pair.difference == 0]
    assert same == sorted(same, key=list(Pattern).index)


def test_a_place_is_between_two_levels_or_on_one() -> None:
    between = place_of([2, 3, None], 4)
    assert between is not None
    assert (between.low, between.high, between.share) == (2, 3, 2.5 / 4)
    on = place_of([3, 3], 4)
    assert on is not None
    assert (on.low, on.high) == (3, 3)
    assert place_of([None], 4) is None
    assert place_of([], 4) is None


@given(st.lists(st.integers(1, 4), min_size=1))
def test_a_place_lies_within_what_was_seen(levels: list[int]) -> None:
    place = place_of(levels, 4)
    assert place is not None
    assert min(levels) <= place.low <= place.high <= max(levels)
    assert place.high - place.low <= 1
    assert min(levels) / 4 <= place.share + 1e-9
    assert place.share - 1e-9 <= max(levels) / 4


def test_a_yes_is_to_the_words_that_stood_there() -> None:
    said = TalkFacts(("Een",), NOW, 1, NOW, 1)
    assert agreed(["Een"], None) is Agreed.OPEN
    assert agreed(["Een"], said) is Agreed.CONFIRMED
    assert agreed(["Twee"], said) is Agreed.CHANGED
    assert agreed(["Een"], TalkFacts(("Een",), NOW, 1, None, 1)) is Agreed.DISCUSSED
