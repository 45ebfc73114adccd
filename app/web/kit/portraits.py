"""Portraits of cut paper for people without a photo: half and half, ink lines, paper colours, never skin.

Sixteen are drawn for the pages that show the house style. Everybody else is put together from their name: the same
name always gives the same portrait, and none of its parts claims how old somebody is, or whether a man or a woman.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

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
CLOUD, PETALS, ZIGZAG, WAVES, PARTED, QUIFF, BALLS, BEANIE, STRANDS = range(8, 17)
OPEN, CLOSED, WINK = range(3)
CLEAR, CIRCLES, BOXES = range(3)
STRIPED, SPOTTED, PLAIN, ZIGZAGGED = range(4)

BEHIND = {
    LONG: "M42 118C28 60 66 22 104 22C150 22 176 62 160 128L166 196L36 198Z",
    CLOUD: "M38 96C22 40 64 12 102 20C148 12 180 50 163 96C170 122 152 138 138 130L62 130C46 138 30 120 38 96Z",
    SCARF: ("M100 16C150 14 172 60 164 118C160 160 176 190 178 214L22 214C26 186 40 160 36 118C32 60 54 18 100 16Z"),
}
BEFORE = {
    LONG: "M44 104C44 58 70 34 102 32C136 32 158 60 156 104C150 76 130 62 112 58C92 74 62 72 44 104Z",
    ROUND: "M44 100C40 58 74 34 102 34C134 34 160 62 155 100C146 78 128 68 100 68C72 68 54 80 44 100Z",
    SHORT: (
        "M46 96C38 62 66 26 110 30C146 32 166 62 154 98C150 82 146 74 138 70C112 78 86 66 74 58C66 72 52 76 46 96Z"
    ),
    CLOUD: "M46 92C42 58 74 36 102 37C134 36 158 60 154 92C142 72 124 62 100 66C76 60 56 74 46 92Z",
    PETALS: (
        "M62 82Q34 58 48 34Q74 46 62 82ZM82 68Q62 34 80 18Q102 38 82 68Z"
        "M112 66Q102 32 124 16Q142 40 112 66ZM136 82Q134 46 158 34Q168 62 136 82Z"
    ),
    ZIGZAG: "M46 102L40 66L62 38L102 26L142 40L160 68L154 102L144 72L130 84L116 62L98 82L82 62L66 84L56 72Z",
    WAVES: (
        "M46 100C34 60 58 28 94 34C110 16 150 32 150 52C166 62 160 88 154 100"
        "C150 82 140 74 128 79C114 64 98 82 84 69C70 84 54 78 46 100Z"
    ),
    PARTED: "M45 98C36 56 66 30 112 30C146 34 162 62 156 98L147 94C142 72 130 58 112 50C88 58 66 74 55 94Z",
    QUIFF: (
        "M47 94C43 70 50 58 58 52C52 28 92 8 130 20C160 28 160 62 153 94"
        "C148 76 142 68 134 63C110 72 84 70 66 63Q54 74 47 94Z"
    ),
    BEANIE: "M44 86C42 48 68 22 101 22C136 22 160 48 156 86Q100 64 44 86Z",
    SCARF: "M40 116C40 60 66 28 102 28C138 28 162 60 160 116C150 74 132 58 100 56C70 58 52 76 40 116Z",
    BUN: "M47 98C40 60 70 36 102 36C136 36 160 62 154 98C142 70 122 60 100 60C78 60 60 72 47 98Z",
    BEARD: "M46 100C42 62 68 36 102 36C136 36 158 62 154 100C146 84 140 70 132 64L70 62C60 72 52 84 46 100Z",
}
COLLAR = "M48 136C60 178 140 178 152 136C160 160 164 190 150 204C120 214 80 214 50 204C38 190 40 158 48 136Z"
CHIN = (
    "M54 132C56 172 84 186 102 186C122 186 148 170 150 130C140 150 128 158 118 160L100 136L84 160C70 156 60 146 54 132Z"
)
SMILE = "M84 150Q100 142 117 150Q100 163 84 150Z"
BALLS_AT = "M50 90h.1M54 68h.1M68 50h.1M90 40h.1M112 40h.1M134 50h.1M148 68h.1M151 90h.1"
STRANDS_AT = "M54 86L60 56M72 70L76 40M92 62L94 30M112 62L112 30M130 70L128 40M147 86L142 56"
BRIM = "M46 84Q100 64 154 84"
LENSES = {
    CIRCLES: (
        "M57 103a19 18 0 1 0 38 0a19 18 0 1 0-38 0M107 103a19 18 0 1 0 38 0a19 18 0 1 0-38 0M95 101Q101 96 107 101"
    ),
    BOXES: "M56 90L94 89L92 118L60 118ZM108 89L146 90L142 118L110 118ZM94 96L108 96",
}
LOCKS = "M62 70Q58 48 76 42M84 58Q84 34 102 30M110 56Q118 34 134 40M134 70Q146 50 152 62"
SHOULDERS = "M8 240C14 204 44 188 78 182L122 182C158 186 188 206 194 240Z"
STRIPES = "M34 206Q100 222 168 205M22 226Q100 242 182 226"
TEETH = "M24 222L48 204L72 226L100 206L128 226L152 204L176 222"
SPOTS = ((48, 212), (72, 228), (98, 214), (124, 229), (150, 212), (26, 232), (174, 232))
NECK = "M80 148L122 146L124 184C112 198 90 198 78 184Z"
HEAD = "M100 44C66 44 48 70 48 106C48 146 70 176 101 176C134 176 153 144 153 106C153 70 134 44 100 44Z"
HALF = (
    "M100 44C98 68 103 84 99 98L87 122L98 127L94 137L99 142L94 151C97 160 98 168 101 176"
    "C136 174 153 144 153 106C153 70 134 44 100 44Z"
)
WAVED = "M100 44C90 80 114 100 98 128C90 148 104 160 101 176C136 174 153 144 153 106C153 70 134 44 100 44Z"
BROWS = "M60 86Q74 78 90 85M112 84Q128 77 142 87"
GRIN = "M80 146Q100 151 120 145Q102 170 80 146Z"
MOUTH = "M82 148Q92 140 98 145Q106 140 118 149Q100 163 82 148Z"


@dataclass(frozen=True)
class Portrait:
    """wall: the paper behind. left and right: the halves of the face, and cut: the line between them."""

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
    cut: str = HALF
    smile: str = MOUTH
    glasses: int = CLEAR
    shirt: int = STRIPED


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
    if who.shirt == PLAIN:
        return drawing
    if who.shirt == ZIGZAGGED:
        return drawing + stroke(TEETH, INK if white else WHITE, 7)
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
    if who.hair in {BALLS, STRANDS}:
        return stroke(BALLS_AT, who.hair_colour, 27) if who.hair == BALLS else stroke(STRANDS_AT, who.hair_colour, 16)
    if who.hair == BEANIE:
        return drawing + stroke(BRIM, who.shirt_colour, 15)
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
    drawing += paper(NECK, who.left) + paper(HEAD, who.left) + paper(who.cut, who.right)
    drawing += _eyes(who) + stroke(BROWS, INK, 4) + paper(who.smile, who.mouth) + _before(who, seed)
    if who.glasses:
        drawing += stroke(LENSES[who.glasses], INK, 4.5)
    if who.flip < 0:
        drawing = f'<g transform="translate({WIDTH} 0) scale(-1 1)">{drawing}</g>'
    return drawing


ANYBODY: Final = (SHORT, CURLS, CLOUD, PETALS, ZIGZAG, WAVES, PARTED, QUIFF, BALLS, BEANIE, STRANDS)
"""What may stand on anybody's head: no beard, bun, long hair or scarf, and no white or grey hair."""
HALVES: Final = (SKY, WHITE, SAND, ROSE, SUN, TOMATO, LEAF)
HAIRS: Final = (INK, DEEP, TOMATO, SUN, LEAF, SKY, ROSE)
WALLS: Final = (SUN, ROSE, SKY, TOMATO, LEAF, SAND, DEEP)
SHIRTS: Final = (INK, DEEP, TOMATO, SUN, LEAF, SKY, ROSE, WHITE)
PALE: Final = {WHITE, SAND}
DARK: Final = {INK, DEEP}


def likeness(seed: str) -> Portrait:
    """The portrait that belongs to a name: no two papers that touch are of one colour, so that all can be seen."""
    luck = chance(seed.casefold())

    def one_of(papers: Sequence[str], *touching: str) -> str:
        return luck.choice([paper for paper in papers if paper not in touching])

    hair = luck.choice(ANYBODY)
    left = one_of(HALVES)
    right = one_of(HALVES, left, *(PALE if left in PALE else ()))
    wall = one_of(WALLS, left, right)
    colour = one_of(HAIRS, left, right, wall, *(DARK if wall in DARK else ()))
    return Portrait(
        wall,
        left,
        right,
        colour,
        one_of(SHIRTS, left, wall, colour, *(DARK if wall in DARK else ())),
        INK if TOMATO in {left, right} else TOMATO,
        hair,
        luck.choice([OPEN, OPEN, OPEN, CLOSED]),
        flip=luck.choice([1, -1]),
        cut=luck.choice([HALF, WAVED]),
        smile=luck.choice([MOUTH, GRIN]),
        glasses=luck.choice([CLEAR, CLEAR, CLEAR, CIRCLES, BOXES]),
        shirt=luck.choice([STRIPED, PLAIN, ZIGZAGGED]),
    )


@lru_cache(maxsize=1_000)
def _face_svg(key: str) -> str:
    who = PORTRAITS.get(key) or likeness(key)
    wall = paper(f"M0 0H{WIDTH}V{HEIGHT}H0Z", who.wall)
    turn = NAMES.index(key) if key in PORTRAITS else 1
    return f'<svg viewBox="12 16 176 176" aria-hidden="true" focusable="false">{wall}{portrait(who, turn)}</svg>'


def face(seed: str, cls: str = "face") -> Markup:
    """The portrait of a person without a photo; their name stands beside it, so it is silent."""
    svg = _face_svg(seed.casefold())
    return Markup(f'<span class="{escape(cls)}">{svg}</span>')  # noqa: S704  # drawn here; the class is escaped
