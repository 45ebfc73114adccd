"""Looking back: which parts are needed, and what stays of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.practice.rules.reflections import NEEDED, PARTS, Starr, differing, reflection_gaps

WRITTEN = {name: f"over {name}" for name in PARTS}


def test_each_empty_needed_part_is_named_and_the_lesson_may_wait() -> None:
    assert [gap.field for gap in reflection_gaps({})] == list(NEEDED)
    assert reflection_gaps(WRITTEN | {"transfer": ""}) == []
    assert [gap.field for gap in reflection_gaps(WRITTEN | {"result": ""})] == ["result"]


def test_how_far_counts_the_needed_parts_only() -> None:
    assert Starr().filled == 0
    assert Starr(transfer="Vaker wachten").filled == 0
    assert Starr(**WRITTEN).filled == len(NEEDED)
    assert Starr(**WRITTEN | {"task": ""}).whole is False
    assert Starr(**WRITTEN | {"transfer": ""}).whole is True


@given(st.dictionaries(st.sampled_from(PARTS), st.text(max_size=5)), st.text(max_size=5))
def test_other_words_or_another_salt_give_another_digest(words: dict[str, str], salt: str) -> None:
    one = Starr(**words)
    assert one.digest(salt) == Starr(**words).digest(salt)
    assert one.digest(salt) != one.digest(salt + "x")
    assert one.digest(salt) != Starr(**words | {"task": words.get("task", "") + "x"}).digest(salt)


def test_where_two_windows_differ() -> None:
    assert differing(Starr(**WRITTEN), WRITTEN) == []
    assert differing(Starr(task="A"), {"task": "B"}) == [("task", "A", "B")]
