"""Texts of strangers: no pattern may take more than their length of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from app.courses.drafts.blocks import of_media, pictures_of
from app.courses.drafts.inputs import MediaGiven
from app.courses.drafts.reading import Stored
from app.courses.units import units_of

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = "---\ntitle: x\n---\n"


def pictures_in(text: str) -> object:
    picture = Stored("images/a.webp", "x", 1, "", None, "k", 1, 1)
    return pictures_of({"modules/01-a/01-b.md": Stored("", "x", 1, "", text, None, None, None), picture.path: picture})


OPEN = ("::: beeld a\n", "::: beeld a.webp\nalt: x\n", "::: vraag a", "\n", "# x\n \n")


@pytest.mark.parametrize(
    ("look", "text"),
    [(look, text) for look in (pictures_in, units_of) for text in OPEN]
    + [(pictures_in, "::: beeld a.webp\nalt: x\n:::\n")],
)
def test_a_long_text_is_looked_at_at_once(look: Callable[[str], object], text: str) -> None:
    """200 kB without an end: quadratic it took minutes, and `re` lets nobody else run meanwhile."""
    whole = text * (200_000 // len(text))
    for long in (HEAD + whole, whole + "x"):
        began = time.process_time()
        look(long)
        assert time.process_time() - began < 1


def test_the_first_words_of_a_picture_are_told() -> None:
    words = "::: beeld b\nalt: Open\n::: beeld a.webp\nalt: Een\n:::\n\n::: beeld a.webp\nalt: Twee\n:::\n"
    assert [(one.name, one.alt) for one in pictures_in(words)] == [("a.webp", "Een")]  # type: ignore[attr-defined]


def test_a_silent_film_has_no_captions() -> None:
    given = MediaGiven(kind="video", title="T", transcript="Dag.", silent="on")
    assert of_media("a.webm", given, "weg: ja").split("\n")[2] == "silent: true"
