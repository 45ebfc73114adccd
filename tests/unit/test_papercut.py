"""A seal is printed on paper: what a number gives today, it must give in ten years."""

from __future__ import annotations

import re
from hashlib import sha256

import pytest

from app.kit import papercut
from app.kit.papercut import CERTIFICATE, SealColours, blob, corners, number, place, seal, seal_svg

PAPERS = {"sun", "rose", "leaf", "sky", "tomato", "deep", "k-ink", "k-white", "k-sand", "k-grey"}


def fingerprint(drawing: str) -> str:
    return sha256(drawing.encode()).hexdigest()[:16]


@pytest.mark.parametrize(
    "certificate, cut",
    [
        ("SA-2025-0131", "2117a707a651007c"),
        ("SA-2025-0132", "5379c8bf0fa30e55"),
        ("SA-2027-0013", "59c505310918bd96"),
    ],
)
def test_a_number_keeps_its_seal_to_the_letter(certificate: str, cut: str) -> None:
    assert fingerprint(seal(certificate)) == cut


def test_five_hundred_numbers_give_five_hundred_seals() -> None:
    numbers = [f"SA-2026-{n:04}" for n in range(500)]
    assert len({seal(one) for one in numbers}) == len(numbers)


def test_a_seal_lies_where_it_is_put_and_as_large() -> None:
    assert 'transform="translate(150 122)"' in seal("SA-2026-0418", 150, 122, 98)
    assert seal("SA-2026-0418", r=50) != seal("SA-2026-0418", r=100)


def test_a_seal_uses_only_the_papers_it_is_given() -> None:
    drawn = set(re.findall(r'fill="var\(--([a-z-]+)\)"', seal("SA-2026-0418")))
    assert drawn == {"k-white", "sun", "tomato", "deep"}
    two = seal("SA-2026-0418", colours=SealColours(one=papercut.LEAF, other=papercut.SKY))
    assert set(re.findall(r'fill="var\(--([a-z-]+)\)"', two)) == {"k-white", "leaf", "sky"}


def test_colours_are_names_of_the_style_sheet_and_nothing_else() -> None:
    drawing = seal("SA-2026-0418")
    assert set(re.findall(r'fill="([^"]*)"', drawing)) <= {f"var(--{name})" for name in PAPERS}
    assert "style=" not in drawing
    assert "#" not in drawing


def test_the_stored_picture_says_what_it_is() -> None:
    picture = seal_svg("SA-2026-0418", 'Knipsel van "SA-2026-0418"')
    assert 'role="img"' in picture
    assert 'aria-label="Knipsel van &quot;SA-2026-0418&quot;"' in picture
    assert seal("SA-2026-0418", colours=CERTIFICATE) in picture


def test_numbers_are_short() -> None:
    assert [number(3.0), number(-0.25), number(12.349)] == ["3", "-0.2", "12.3"]


def test_shapes_close() -> None:
    assert corners([(0, 0), (10, 0), (10, 10.25)]) == "M0 0L10 0L10 10.2Z"
    assert blob(0, 0, 20).endswith("Z")


def test_the_same_scissors_cut_the_same_circle() -> None:
    assert blob(10, 10, 40, 7) == blob(10, 10, 40, 7)
    assert blob(10, 10, 40, 7) != blob(10, 10, 40, 8)


def test_a_drawing_can_be_put_elsewhere() -> None:
    assert place("x", 1, 2) == '<g transform="translate(1 2)">x</g>'
    assert place("x", 1, 2, 2, 30, flip=-1) == '<g transform="translate(1 2) rotate(30) scale(-2 2)">x</g>'
