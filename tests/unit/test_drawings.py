"""Drawings are decoration: silent, repeatable, in the colours of the style sheet."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from app.kit.papercut import GREY, SAND, WHITE
from app.web.kit import drawings, icons, portraits
from app.web.kit.drawings import SCENES, STAGES, brand_mark, face, small, tile, wall

STYLES = Path(__file__).resolve().parents[2] / "app" / "static" / "css" / "stadstrainers.css"
KNOWN = set(re.findall(r"--([a-z0-9-]+):", STYLES.read_text("utf-8")))
TILES = [tile(stage, state) for stage in STAGES for state in ("done", "here", "later")]
ALL: list[Markup] = [
    *TILES,
    *(small(stage) for stage in STAGES),
    *(wall(kind) for kind in SCENES),
    *(face(name) for name in portraits.NAMES),
    *(face(f"Persoon {n}") for n in range(40)),
    brand_mark(),
]


@pytest.mark.parametrize("drawing", ALL)
def test_each_drawing_is_well_formed_and_silent(drawing: Markup) -> None:
    root = ET.fromstring(drawing)  # noqa: S314  # drawn here
    svg = root if root.tag == "svg" else root[0]
    assert svg.get("aria-hidden") == "true"
    assert svg.get("focusable") == "false"
    assert svg.get("viewBox")


@pytest.mark.parametrize("drawing", ALL)
def test_each_colour_is_a_variable_of_the_style_sheet(drawing: Markup) -> None:
    used = set(re.findall(r'(?:fill|stroke)="([^"]*)"', drawing)) - {"none"}
    assert used
    assert {re.sub(r"^var\(--(.*)\)$", r"\1", colour) for colour in used} <= KNOWN
    assert "style=" not in drawing


def test_the_same_person_always_gets_the_same_portrait() -> None:
    assert face("noor@demo.example") == face("Noor@Demo.Example")
    assert face("samira") != face("marloes")


def test_hardly_two_people_look_alike() -> None:
    assert len({face(f"Persoon {n}") for n in range(500)}) >= 495


def test_a_portrait_claims_neither_age_nor_man_or_woman() -> None:
    claiming = {portraits.LONG, portraits.BUN, portraits.BEARD, portraits.SCARF}
    drawn = [portraits.likeness(f"Persoon {n}") for n in range(500)]
    assert {one.hair for one in drawn} == set(portraits.ANYBODY)
    assert claiming.isdisjoint(portraits.ANYBODY)
    assert {one.hair_colour for one in drawn}.isdisjoint({WHITE, SAND, GREY})


def test_papers_that_touch_differ() -> None:
    for n in range(500):
        one = portraits.likeness(f"Persoon {n}")
        assert len({one.wall, one.left, one.right, one.hair_colour}) == 4
        assert one.mouth not in {one.left, one.right}


def test_a_face_stays_small() -> None:
    sizes = [len(face(f"Persoon {n}")) for n in range(500)]
    assert max(sizes) <= 1_800  # bytes in every row of a list
    assert sum(sizes) / len(sizes) <= 1_450


def test_a_drawn_portrait_can_be_chosen_by_name() -> None:
    assert face("Hanneke") == face("hanneke") != face("Hanneke Bos")


def test_classes_are_escaped() -> None:
    assert 'class="face face--s"' in face("samira", "face face--s")
    assert "<script" not in face("samira", '"><script')
    assert "<script" not in small("theory", '"><script')


def test_what_is_to_come_is_a_cutting_line() -> None:
    assert 'class="outline"' in tile("theory", "later")
    assert 'class="outline"' not in tile("theory", "here")


def test_the_road_runs_on_over_the_four_sheets() -> None:
    ends = [
        (int(re.findall(r"^M-10 (\d+)", road)[0]), int(re.findall(r"310 (\d+)$", road)[0]))
        for road in drawings.ROADS.values()
    ]
    assert [end for _, end in ends[:-1]] == [start for start, _ in ends[1:]]


def test_clip_paths_of_the_sign_in_page_do_not_share_an_id() -> None:
    ids = re.findall(r'id="(v\d+)"', wall("wide") + wall("band") + wall("fallen"))
    assert len(ids) == len(set(ids))


def test_an_icon_takes_the_class_it_is_given() -> None:
    assert icons.icon("check", "icon icon--l").startswith('<svg class="icon icon--l" aria-hidden="true"')


def test_an_icon_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError, match="no icon 'unicorn'"):
        icons.icon("unicorn")


def test_every_icon_of_the_sprite_is_well_formed() -> None:
    for name in icons.paths():
        assert len(ET.fromstring(icons.icon(name))) > 0, name  # noqa: S314  # our own file


def test_every_icon_named_in_a_template_exists() -> None:
    templates = STYLES.parents[3] / "templates"
    named = {
        name
        for page in templates.rglob("*.html")
        for name in re.findall(r'\bicon\("([a-z0-9-]+)"', page.read_text("utf-8"))
    }
    assert named <= set(icons.paths())
