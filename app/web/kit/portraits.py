"""Portraits of cut paper for people without a photo: half and half, ink lines, paper colours, never skin."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup, escape

from app.kit.papercut import (
    DEEP,
    INK,
    LEAF,
    ROSE,
    SAND,
    SKY,
    SUN,
    TOMATO,
    WHITE,
    blob,
    chance,
    dot,
    number,
    paper,
    place,
    stroke,
)

WIDTH, HEIGHT = 200, 240
LONG, ROUND, SHORT, SCARF, BUN, SPRIGS, BEARD, CURLS = range(8)
OPEN, CLOSED, WINK = range(3)

BEHIND = {
    LONG: "M42 118C28 60 66 22 104 22C150 22 176 62 160 128L166 196L36 198Z",
    SCARF: ("M100 16C150 14 172 60 164 118C160 160 176 190 178 214L22 214C26 186 40 160 36 118C32 60 54 18 100 16Z"),
}
BEFORE = {
    LONG: "M44 104C44 58 70 34 102 32C136 32 158 60 156 104C150 76 130 62 112 58C92 74 62 72 44 104Z",
    ROUND: "M44 100C40 58 74 34 102 34C134 34 160 62 155 100C146 78 128 68 100 68C72 68 54 80 44 100Z",
    SHORT: (
        "M46 96C38 62 66 26 110 30C146 32 166 62 154 98C150 82 146 74 138 70C112 78 86 66 74 58C66 72 52 76 46 96Z"
    ),
    SCARF: "M40 116C40 60 66 28 102 28C138 28 162 60 160 116C150 74 132 58 100 56C70 58 52 76 40 116Z",
    BUN: "M47 98C40 60 70 36 102 36C136 36 160 62 154 98C142 70 122 60 100 60C78 60 60 72 47 98Z",
    BEARD: "M46 100C42 62 68 36 102 36C136 36 158 62 154 100C146 84 140 70 132 64L70 62C60 72 52 84 46 100Z",
}
COLLAR = "M48 136C60 178 140 178 152 136C160 160 164 190 150 204C120 214 80 214 50 204C38 190 40 158 48 136Z"
CHIN = (
    "M54 132C56 172 84 186 102 186C122 186 148 170 150 130C140 150 128 158 118 160L100 136L84 160C70 156 60 146 54 132Z"
)
SMILE = "M84 150Q100 142 117 150Q100 163 84 150Z"
LOCKS = "M62 70Q58 48 76 42M84 58Q84 34 102 30M110 56Q118 34 134 40M134 70Q146 50 152 62"
SHOULDERS = "M8 240C14 204 44 188 78 182L122 182C158 186 188 206 194 240Z"
STRIPES = "M34 206Q100 222 168 205M22 226Q100 242 182 226"
SPOTS = ((48, 212), (72, 228), (98, 214), (124, 229), (150, 212), (26, 232), (174, 232))
NECK = "M80 148L122 146L124 184C112 198 90 198 78 184Z"
HEAD = "M100 44C66 44 48 70 48 106C48 146 70 176 101 176C134 176 153 144 153 106C153 70 134 44 100 44Z"
HALF = (
    "M100 44C98 68 103 84 99 98L87 122L98 127L94 137L99 142L94 151C97 160 98 168 101 176"
    "C136 174 153 144 153 106C153 70 134 44 100 44Z"
)
BROWS = "M60 86Q74 78 90 85M112 84Q128 77 142 87"
MOUTH = "M82 148Q92 140 98 145Q106 140 118 149Q100 163 82 148Z"


@dataclass(frozen=True)
class Portrait:
    """wall: the paper behind. left and right: the halves of the face."""

    wall: str
    left: str
    right: str
    hair_colour: str
    shirt_colour: str
    mouth: str
    hair: int
    eyes: int = OPEN
    spots: bool = False
    flip: int = 1


PORTRAITS = {
    "anke": Portrait(SUN, SKY, WHITE, TOMATO, ROSE, TOMATO, SHORT, spots=True, flip=-1),
    "bram": Portrait(ROSE, SAND, SUN, DEEP, TOMATO, TOMATO, BEARD, flip=-1),
    "daan": Portrait(TOMATO, SKY, WHITE, INK, SUN, TOMATO, SHORT),
    "els": Portrait(SKY, ROSE, WHITE, SAND, TOMATO, TOMATO, ROUND),
    "fatuma": Portrait(SUN, DEEP, SKY, INK, ROSE, TOMATO, ROUND, CLOSED, spots=True),
    "hanneke": Portrait(TOMATO, ROSE, SAND, WHITE, DEEP, TOMATO, BUN, CLOSED, spots=True),
    "ilse": Portrait(LEAF, WHITE, SAND, DEEP, SUN, TOMATO, ROUND, spots=True, flip=-1),
    "joao": Portrait(SKY, TOMATO, SAND, INK, WHITE, INK, SPRIGS, spots=True),
    "kevin": Portrait(LEAF, TOMATO, SUN, INK, WHITE, INK, CURLS, CLOSED, spots=True),
    "marloes": Portrait(SKY, SAND, ROSE, TOMATO, WHITE, TOMATO, BUN),
    "nadia": Portrait(DEEP, ROSE, SUN, TOMATO, WHITE, TOMATO, SCARF, CLOSED, spots=True),
    "priya": Portrait(SAND, TOMATO, ROSE, INK, DEEP, WHITE, LONG, spots=True, flip=-1),
    "rachid": Portrait(SUN, TOMATO, ROSE, INK, LEAF, INK, BEARD),
    "samira": Portrait(ROSE, SUN, WHITE, INK, SKY, TOMATO, LONG),
    "tom": Portrait(ROSE, WHITE, SKY, INK, LEAF, TOMATO, CURLS, flip=-1),
    "yildiz": Portrait(DEEP, WHITE, ROSE, INK, SUN, TOMATO, LONG, CLOSED),
}
NAMES = sorted(PORTRAITS)


@dataclass(frozen=True)
class Growth:
    """How a sprig grows: pairs of leaves, how thick the paper is, how wide the leaves reach."""

    pairs: int = 4
    thick: float = 0
    seed: int = 3
    spread: float = 1.0


def sprig(x: float, y: float, height: float, colour: str, turn: float = 0, *, growth: Growth | None = None) -> str:
    how = growth or Growth()
    luck = chance(how.seed)
    path = f"M0 0Q{number(height * 0.07)} {number(-height * 0.5)} {number(-height * 0.02)} {number(-height)}"
    for i in range(how.pairs):
        along = 0.16 + 0.74 * i / how.pairs
        stem_y, stem_x = -height * along, 2 * along * (1 - along) * height * 0.07
        reach = height * (0.38 - 0.22 * along) * how.spread
        for side in (-1, 1):
            out = reach * luck.uniform(0.82, 1.12)
            rise = height * 0.13 * luck.uniform(0.8, 1.3)
            path += (
                f"M{number(stem_x)} {number(stem_y)}"
                f"Q{number(stem_x + side * out * 0.55)} {number(stem_y + height * 0.02)}"
                f" {number(stem_x + side * out)} {number(stem_y - rise)}"
            )
    return place(stroke(path, colour, number(how.thick or height * 0.12)), x, y, 1, turn)


def _behind(who: Portrait, seed: int) -> str:
    if who.hair == ROUND:
        return paper(blob(100, 84, 64, seed, count=13, wobble=0.05), who.hair_colour)
    if who.hair == BUN:
        return paper(blob(104, 32, 24, seed), who.hair_colour)
    return paper(BEHIND[who.hair], who.hair_colour) if who.hair in BEHIND else ""


def _shirt(who: Portrait) -> str:
    drawing = paper(SHOULDERS, who.shirt_colour)
    white = who.shirt_colour == WHITE
    if who.spots:
        return drawing + "".join(dot(x, y, 5, TOMATO if white else WHITE) for x, y in SPOTS)
    return drawing + stroke(STRIPES, INK if white else WHITE, 6)


def _eyes(who: Portrait) -> str:
    left = SKY if who.left == WHITE else WHITE
    right = ROSE if who.right == WHITE else WHITE
    if who.eyes == CLOSED:
        return stroke("M62 103Q76 112 90 103M112 103Q126 112 140 103", INK, 4.5)
    if who.eyes == WINK:
        open_eye = paper("M58 104Q75 84 92 103Q75 118 58 104Z", left) + dot(77, 102, 7.5, INK)
        return open_eye + stroke("M112 104Q126 96 140 104", INK, 4.5)
    whites = paper("M61 104Q75 90 90 103Q76 113 61 104Z", left)
    whites += paper("M111 103Q126 90 141 103Q126 114 111 103Z", right)
    return whites + dot(77, 102, 5.2, INK) + dot(125, 102, 5.2, INK)


def _before(who: Portrait, seed: int) -> str:
    drawing = paper(BEFORE[who.hair], who.hair_colour) if who.hair in BEFORE else ""
    if who.hair == SCARF:
        return drawing + paper(COLLAR, who.hair_colour)
    if who.hair == BEARD:
        return drawing + paper(CHIN, who.hair_colour) + paper(SMILE, who.mouth)
    if who.hair == CURLS:
        return stroke(LOCKS, who.hair_colour, 13)
    if who.hair == SPRIGS:
        leaves = ((66, 80, 44, -30), (100, 62, 48, 0), (136, 80, 44, 32))
        return "".join(
            sprig(x, y, high, who.hair_colour, turn, growth=Growth(3, 9, seed + i))
            for i, (x, y, high, turn) in enumerate(leaves)
        )
    return drawing


def portrait(who: Portrait, seed: int) -> str:
    """The inside of an svg of 200 x 240. seed moves the scissors, not the person."""
    drawing = _behind(who, seed) + _shirt(who)
    drawing += paper(NECK, who.left) + paper(HEAD, who.left) + paper(HALF, who.right)
    drawing += _eyes(who) + stroke(BROWS, INK, 4) + paper(MOUTH, who.mouth) + _before(who, seed)
    if who.flip < 0:
        drawing = f'<g transform="translate({WIDTH} 0) scale(-1 1)">{drawing}</g>'
    return drawing


def chosen(seed: str) -> str:
    """Which portrait belongs to a seed: the one of that name, or always the same one."""
    key = seed.casefold()
    if key in PORTRAITS:
        return key
    return NAMES[int(hashlib.sha256(key.encode()).hexdigest(), 16) % len(NAMES)]


@cache
def _face_svg(name: str) -> str:
    who = PORTRAITS[name]
    wall = paper(f"M0 0H{WIDTH}V{HEIGHT}H0Z", who.wall)
    return (
        '<svg viewBox="12 16 176 176" aria-hidden="true" focusable="false">'
        f"{wall}{portrait(who, NAMES.index(name))}</svg>"
    )


def face(seed: str, cls: str = "face") -> Markup:
    """The portrait of a person without a photo; their name stands beside it, so it is silent."""
    svg = _face_svg(chosen(seed))
    return Markup(f'<span class="{escape(cls)}">{svg}</span>')  # noqa: S704  # drawn here; the class is escaped
