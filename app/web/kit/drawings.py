"""The drawings of the academy: the road over four sheets, the exhibition wall, and the small pictures.

Every drawing is decoration: silent for screen readers, the same for the same arguments, and coloured by the
style sheet. What it says stands in words beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, partial
from typing import Literal, get_args

from markupsafe import Markup, escape

from app.kit.papercut import (
    DEEP,
    DOT,
    GREY,
    INK,
    LEAF,
    ROAD,
    ROSE,
    SAND,
    SKY,
    SUN,
    TOMATO,
    WHITE,
    SealColours,
    blob,
    chance,
    corners,
    dot,
    number,
    paper,
    place,
    seal,
    stroke,
)
from app.web.kit.portraits import CLOSED, LONG, ROUND, SCARF, WINK, Growth, Portrait, face, portrait, sprig

__all__ = ["STAGES", "Stage", "brand_mark", "face", "small", "tile", "wall"]

Stage = Literal["theory", "practice", "certificate", "intervision"]
STAGES: tuple[Stage, ...] = get_args(Stage)
BACKGROUND: dict[Stage, str] = {
    "theory": SUN,
    "practice": ROSE,
    "certificate": LEAF,
    "intervision": SKY,
}
# One continuous road over four sheets of 300 x 340: each starts at the height where the last one ended.
ROADS: dict[Stage, str] = {
    "theory": "M-10 262C70 252 60 300 140 292S250 236 310 250",
    "practice": "M-10 250C60 262 96 312 170 300S260 238 310 240",
    "certificate": "M-10 240C70 244 90 300 160 298S250 262 310 268",
    "intervision": "M-10 268C70 278 120 306 190 292S260 262 310 270",
}
Kind = Literal[
    "wide",
    "band",
    "fallen",
    "nobody",
    "done",
    "torn",
    "next-theory",
    "next-practice",
    "next-certificate",
    "next-intervision",
]
SAMIRA = Portrait(ROSE, SUN, WHITE, INK, SKY, TOMATO, LONG)
DREAMER = Portrait(TOMATO, SKY, ROSE, INK, SUN, WHITE, SCARF, CLOSED, spots=True)
WINKER = Portrait(SKY, WHITE, SUN, TOMATO, INK, ROSE, ROUND, WINK)


def _svg(inner: str, box: str, cls: str = "", more: str = "") -> Markup:
    named = f' class="{escape(cls)}"' if cls else ""
    return Markup(  # noqa: S704  # drawn here; the class is escaped
        f'<svg{named} viewBox="{box}"{more} aria-hidden="true" focusable="false">{inner}</svg>'
    )


def hand(x: float, y: float, scale: float, colour: str, turn: float = 0) -> str:
    fingers = stroke("M-15 8L-27-46M1 2L-2-60M16 4L23-54M28 16L44-34", colour, 17)
    thumb = stroke("M-18 44L-52 14", colour, 18)
    palm = paper("M-25 16C-26-4-12-10 4-10C26-11 38 0 38 26C37 52 28 70 22 84L-14 86C-22 66-28 42-25 16Z", colour)
    wrist = paper("M-15 76L23 74L30 190L-26 192Z", colour)
    return place(fingers + thumb + palm + wrist, x, y, scale, turn)


def book(x: float, y: float, scale: float) -> str:
    pages = paper("M-94-8L-2 0L0 44L-98 34Z", WHITE) + paper("M92-10L2 0L0 44L98 30Z", SAND)
    cover = paper("M-102 30L0 42L103 26L101 40L0 56L-100 44Z", TOMATO)
    lines = stroke("M-80 8L-20 13M-81 20L-34 24M20 12L78 4M34 24L74 18", INK, 4)
    return place(pages + cover + lines, x, y, scale)


def chairs(x: float, y: float, r: float, people: tuple[tuple[str, str], ...], scale: float) -> str:
    """A circle of people seen from above: their clothes and their hair."""
    drawing = ""
    for i, (clothes, hair) in enumerate(people):
        angle = number(360 * i / len(people))
        sitting = paper("M-34 6C-36-14-18-24 0-24C20-24 36-12 34 8C20 20-18 20-34 6Z", clothes)
        moves = f"translate({x} {y}) rotate({angle}) translate(0 {-r}) scale({scale})"
        drawing += f'<g transform="{moves}">{sitting}{paper(blob(0, 4, 15, i + 3, count=9), hair)}</g>'
    return drawing


def profile(x: float, y: float, scale: float, colour: str) -> str:
    head = paper(
        "M-60 120C-58 84-50 70-54 40C-60-20-24-62 22-62C58-62 70-36 70-12L88 26L72 34L76 48L68 54L72 66"
        "C66 84 44 80 30 84C24 96 34 110 40 120Z",
        colour,
    )
    eye = paper("M30-2Q44-14 58-2Q44 8 30-2Z", ROSE if colour == WHITE else WHITE) + dot(47, -2, 4.5, INK)
    return place(head + eye + stroke("M26-20Q42-28 58-18", INK, 4), x, y, scale)


def bridge(x: float, y: float, scale: float) -> str:
    cables = "".join(f"M6-150L{-30 - i * 26}-6" for i in range(5)) + "M6-150L44-6"
    tower = paper("M-8 4L2-100L-6-152L12-156L20-98L14 4Z", WHITE)
    deck = paper("M-190-8L150-9L150 3L-190 5Z", WHITE)
    piers = paper("M-150 4H-142L-144 60H-152ZM100 3H108V60H100ZM-6 3H14L12 60H-4Z", WHITE)
    return place(stroke(cables, WHITE, 3) + tower + deck + piers, x, y, scale)


def waves(x: int, y: int, width: int, colour: str, *, count: int, thick: int) -> str:
    path, step = "", width / 4
    for i in range(count):
        path += f"M{x} {y + i * 24}q{number(step / 2)}-16 {number(step)} 0" + f"t{number(step)} 0" * 3
    return stroke(path, colour, thick)


def sun(x: float, y: float, r: float, colour: str) -> str:
    luck = chance(2)
    path = ""
    for i in range(12):
        angle = 2 * math.pi * i / 12 + luck.uniform(-0.06, 0.06)
        near, far = r * 1.28, r * (1.62 + luck.uniform(-0.1, 0.16))
        path += f"M{number(x + near * math.cos(angle))} {number(y + near * math.sin(angle))}"
        path += f"L{number(x + far * math.cos(angle))} {number(y + far * math.sin(angle))}"
    return stroke(path, colour, number(r * 0.2)) + paper(blob(x, y, r, 2), colour)


def sheet(box: tuple[float, float, float, float], colour: str, inner: str, seed: int, turn: float = 0) -> str:
    """A piece of paper on the wall, cut by hand. seed is also its id, so each is used once on a page."""
    x, y, w, h = box
    luck = chance(seed * 7 + 3)
    edge = ((0, 0), (w * 0.5, 0), (w, 0), (w, h * 0.5), (w, h), (w * 0.5, h), (0, h), (0, h * 0.5))
    cut = corners([(px + luck.uniform(-3.5, 3.5), py + luck.uniform(-3.5, 3.5)) for px, py in edge])
    ground = paper(f"M-9-9H{w + 9}V{h + 9}H-9Z", colour)
    return (
        f'<g transform="translate({x} {y}) rotate({turn} {w / 2} {h / 2})"><clipPath id="v{seed}">'
        f'<path d="{cut}"/></clipPath><g clip-path="url(#v{seed})">{ground}{inner}</g></g>'
    )


def _theory() -> str:
    leaf = sprig(150, 206, 150, LEAF, 0, growth=Growth(4, 19, 7, 1.15))
    return paper(blob(150, 120, 96, 5), WHITE) + leaf + book(150, 206, 1.12)


def _practice() -> str:
    table = paper("M26 66L196 20L276 128L240 232L52 226Z", SKY) + paper(blob(226, 84, 44, 6), SUN)
    return table + hand(146, 126, 1.24, TOMATO, -6) + paper("M196 168L268 150L276 214L206 226Z", WHITE)


def _certificate() -> str:
    ribbons = paper("M92 170L66 262L112 244L138 268L152 172Z", TOMATO)
    ribbons += paper("M206 170L236 258L190 246L166 268L148 172Z", SKY)
    return ribbons + seal("SA-2026-0418", 150, 122, 98, SealColours())


def _intervision() -> str:
    people = (
        (ROSE, INK),
        (SUN, TOMATO),
        (WHITE, INK),
        (TOMATO, SUN),
        (LEAF, WHITE),
        (ROSE, DEEP),
        (SUN, INK),
    )
    ring = paper(blob(150, 132, 112, 7), DEEP) + chairs(150, 132, 84, people, 0.98)
    notes = paper("M128 126L150 116L156 136L134 146Z", ROSE) + paper("M158 128L176 124L178 144L160 146Z", SUN)
    return ring + paper(blob(150, 132, 42, 3), WHITE) + notes


MOTIFS = {
    "theory": _theory,
    "practice": _practice,
    "certificate": _certificate,
    "intervision": _intervision,
}


@cache
def tile(stage: Stage, state: str = "done", cls: str = "") -> Markup:
    """One sheet of the road. state: done, here, or later (a dashed line: yet to be cut out)."""
    motif, road = MOTIFS[stage](), ROADS[stage]
    if state == "later":
        inner = f'<g class="outline">{motif}</g>'
    else:
        inner = paper("M0 0H300V340H0Z", BACKGROUND[stage]) + motif
    dots = DOT if state == "later" else INK
    inner += stroke(road, ROAD, 40) + stroke(road, dots, 4, 'stroke-dasharray=".1 14"')
    return _svg(inner, "0 0 300 340", cls, ' preserveAspectRatio="xMidYMid slice"')


@cache
def small(stage: Stage, cls: str = "") -> Markup:
    """The square picture of a stage, without the road."""
    ground = paper("M0 0H300V300H0Z", BACKGROUND[stage])
    return _svg(ground + place(MOTIFS[stage](), 0, 16), "0 0 300 300", cls)


def _wide() -> str:
    """900 x 1000: the exhibition wall beside the sign-in form."""
    hill = paper("M-9 240C60 214 140 262 230 232L230 310L-9 310Z", TOMATO)
    field = paper("M-9 186C60 166 140 206 220 182L220 240L-9 240Z", INK)
    river = bridge(136, 168, 0.86) + waves(-20, 196, 280, ROSE, count=2, thick=9) + paper(blob(52, 56, 26, 9), SUN)
    rosette = seal("SA-2027-0013", 112, 103, 86, SealColours(one=TOMATO, other=SKY))
    return (
        sheet((28, 26, 386, 470), ROSE, place(portrait(SAMIRA, 1), 0, 6, 1.93), 1)
        + sheet((430, 22, 210, 226), SKY, sprig(104, 250, 206, WHITE, 3, growth=Growth(5, 22, 4, 1.05)), 2)
        + sheet((656, 26, 220, 300), SUN, hill + hand(112, 140, 1.35, INK, 6), 3)
        + sheet((430, 264, 210, 230), LEAF, sun(104, 108, 46, SUN) + field, 4)
        + sheet((656, 342, 220, 268), WHITE, profile(92, 150, 1.02, TOMATO) + paper(blob(188, 56, 26, 3), SKY), 5)
        + sheet((28, 512, 224, 238), DEEP, river, 6)
        + sheet((268, 510, 372, 460), TOMATO, place(portrait(DREAMER, 5), 0, 14, 1.86), 7)
        + sheet((28, 766, 224, 206), SUN, rosette, 8)
        + sheet((656, 626, 220, 344), SKY, place(portrait(WINKER, 8), -6, 84, 1.16), 9)
    )


def _band() -> str:
    """900 x 340: the same wall above the form on a phone."""
    field = paper("M-9 122C40 108 100 136 160 120V160H-9Z", INK)
    river = bridge(130, 110, 0.62) + waves(-20, 126, 280, ROSE, count=1, thick=8) + paper(blob(44, 40, 20, 9), SUN)
    return (
        sheet((14, 14, 250, 312), ROSE, place(portrait(SAMIRA, 1), -4, 4, 1.3), 21)
        + sheet((278, 12, 150, 150), SKY, sprig(74, 168, 140, WHITE, 3, growth=Growth(4, 17, 4, 1.05)), 22)
        + sheet((278, 176, 150, 150), LEAF, sun(74, 70, 32, SUN) + field, 23)
        + sheet((442, 14, 210, 312), TOMATO, place(portrait(DREAMER, 5), -26, 8, 1.3), 24)
        + sheet((666, 12, 220, 150), SUN, hand(100, 86, 0.86, INK, 80), 25)
        + sheet((666, 176, 220, 150), DEEP, river, 26)
    )


def _fallen() -> str:
    """900 x 420: a wall where one sheet came down."""
    field = paper("M-9 108C40 94 90 124 140 106V160H-9Z", INK)
    asleep = sheet((380, 246, 176, 190), TOMATO, place(portrait(DREAMER, 5), -4, -2, 0.92), 65)
    return (
        sheet((60, 40, 150, 180), ROSE, place(portrait(SAMIRA, 1), -2, -6, 0.78), 61, -2)
        + sheet((232, 46, 120, 150), SKY, sprig(60, 160, 136, WHITE, 3, growth=Growth(4, 17, 4, 1.05)), 62, 1)
        + stroke("M386 44L556 40L560 232L382 236Z", "var(--edge)", 2.5, 'stroke-dasharray="9 9"')
        + paper("M440 30L500 26L504 44L444 50Z", GREY, 'opacity=".7"')
        + sheet((590, 40, 130, 150), LEAF, sun(66, 62, 28, SUN) + field, 63, 2)
        + sheet((742, 48, 110, 132), SUN, hand(54, 58, 0.74, INK, 4), 64, -1)
        + paper("M0 356C240 346 620 364 900 352V420H0Z", "var(--sunk)")
        + f'<g transform="rotate(74 470 330)">{asleep}</g>'
    )


def _nobody() -> str:
    taken = paper("M26 34L112 24L118 122L34 130Z", SKY)
    free = stroke("M92 62L176 70L168 168L86 160Z", "var(--edge)", 3, 'stroke-dasharray="8 8"')
    return taken + free + paper(blob(66, 74, 22, 3), SUN)


def _done() -> str:
    return sun(100, 96, 40, SUN) + paper("M20 150C70 136 130 164 180 146V176H20Z", LEAF)


def _torn() -> str:
    left = paper("M30 40L98 30L92 70L108 96L96 130L102 168L38 172Z", ROSE)
    right = paper("M112 28L172 36L166 166L116 170L110 132L122 98L106 72Z", ROSE, 'transform="rotate(6 140 100)"')
    lines = "M52 92Q66 84 78 92M128 96Q140 88 154 98M70 132Q86 122 94 126M122 130Q136 126 144 138"
    return left + right + stroke(lines, INK, 5)


def _next(stage: Stage) -> str:
    """200 x 240: what the next step is about, loose on the coloured paper of that step."""
    match stage:
        case "theory":
            return place(_theory(), -20, 8, 0.8)
        case "practice":
            ground = paper(blob(112, 92, 74, 4), WHITE) + paper("M10 150L96 132L112 226L22 238Z", SKY)
            return ground + hand(104, 122, 1.28, TOMATO, 8)
        case "certificate":
            return place(_certificate(), -20, 4, 0.8)
        case "intervision":
            return place(_intervision(), -26, 8, 0.84)


SLICE = ' preserveAspectRatio="xMidYMid slice"'
SCENES: dict[Kind, tuple[Callable[[], str], str, str, str]] = {
    "wide": (_wide, "0 0 900 1000", "login__wide", SLICE),
    "band": (_band, "0 0 900 340", "login__band", SLICE.replace("xMid", "xMin")),  # a whole face first
    "fallen": (_fallen, "0 0 900 420", "", ""),
    "nobody": (_nobody, "0 0 200 200", "", ""),
    "done": (_done, "0 0 200 200", "", ""),
    "torn": (_torn, "0 0 200 200", "", ""),
    "next-theory": (partial(_next, "theory"), "0 0 200 240", "next__pic", ""),
    "next-practice": (partial(_next, "practice"), "0 0 200 240", "next__pic", ""),
    "next-certificate": (partial(_next, "certificate"), "0 0 200 240", "next__pic", ""),
    "next-intervision": (partial(_next, "intervision"), "0 0 200 240", "next__pic", ""),
}


@cache
def wall(kind: Kind = "wide") -> Markup:
    """What hangs on the wall: at sign-in (wide, band), when something is empty or broken, a next step."""
    draw, box, cls, more = SCENES[kind]
    return _svg(draw(), box, cls, more)


@cache
def brand_mark() -> Markup:
    """The house with a person and the sun: roof, door, sun."""
    roof = paper("M3 39 4 13 17 2 29 12 30 39Z", SKY)
    person = paper("M12 39c-.4-10 4-15.5 12.5-15.5S38 29 37.5 39Z", ROSE)
    light = paper("m24.8 9.3 4.6 1.5 2.4 4.1-1 4.5-3.9 2.8-4.9-.8-2.9-3.8.6-4.9Z", SUN)
    return _svg(roof + person + light, "0 0 40 40", "brand__mark")
