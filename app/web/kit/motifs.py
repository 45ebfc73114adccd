"""The small papercuts of courses: one for each core element and module, and the wall above a course."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

from markupsafe import Markup

from app.kit.papercut import (
    DEEP,
    INK,
    LEAF,
    ROSE,
    SKY,
    SUN,
    TOMATO,
    WHITE,
    SealColours,
    blob,
    dot,
    paper,
    place,
    seal,
    stroke,
)
from app.web.kit.drawings import SAMIRA, book, chairs, hand, sheet
from app.web.kit.portraits import PORTRAITS, Growth, portrait, sprig

__all__ = ["course_wall", "meeting_wall", "motif"]

CIRCLE: Final = (
    (ROSE, INK),
    (SUN, TOMATO),
    (WHITE, INK),
    (TOMATO, SUN),
    (LEAF, WHITE),
    (ROSE, DEEP),
    (SUN, INK),
)
RING: Final = ((WHITE, INK), (SUN, TOMATO), (SKY, WHITE), (TOMATO, INK), (LEAF, SUN))


def _eye() -> str:
    return paper(blob(60, 60, 38, 4), WHITE) + paper("M26 60Q60 26 94 60Q60 92 26 60Z", SKY) + dot(60, 59, 13, INK)


def _hand() -> str:
    return paper("M20 30L84 18L102 84L34 100Z", WHITE) + hand(60, 52, 0.5, INK, -8)


def _house() -> str:
    walls = paper("M30 100L31 54L60 26L92 55L93 101Z", WHITE) + paper("M22 58L61 18L101 57L94 62L60 30L29 64Z", TOMATO)
    return walls + paper("M52 101L53 72L72 71L72 101Z", INK) + paper("M40 62L50 61L50 71L40 72Z", SUN)


def _tree() -> str:
    return paper(blob(62, 46, 34, 6), SKY) + sprig(60, 110, 88, WHITE, 2, growth=Growth(4, 11, 5, 1.1))


def _portrait() -> str:
    return place(portrait(SAMIRA, 1), 6, 4, 0.54)


def _ring() -> str:
    return chairs(60, 60, 34, RING, 0.52)


def _book() -> str:
    return paper(blob(60, 46, 30, 5), WHITE) + book(60, 70, 0.46)


def _bunting() -> str:
    line = stroke("M-4 26Q60 48 124 22", INK, 4)
    flags = paper("M14 30L48 36L46 84L16 80Z", SUN) + paper("M56 36L82 34L86 72L58 74Z", SKY)
    return line + flags + paper("M90 33L114 28L116 88L92 90Z", WHITE)


def _panes() -> str:
    light = paper("M18 24L58 18L60 58L22 62Z", SUN) + paper("M64 22L102 28L98 60L66 58Z", TOMATO)
    return light + paper("M24 66L60 62L64 100L28 104Z", WHITE) + paper("M68 64L98 64L100 102L70 98Z", INK)


def _bird() -> str:
    wings = "M0 0C14-20 32-18 40-2C52-16 72-14 80 4C64-4 50 0 41 12C30 0 14-6 0 0Z"
    return place(paper(wings, WHITE), 22, 66, 0.95) + paper(blob(78, 38, 16, 7), SUN)


MOTIFS: Final[dict[str, tuple[str, Callable[[], str]]]] = {
    "oog": (SUN, _eye),
    "hand": (LEAF, _hand),
    "huis": (SKY, _house),
    "boom": (DEEP, _tree),
    "portret": (ROSE, _portrait),
    "kring": (ROSE, _ring),
    "boek": (SUN, _book),
    "slinger": (TOMATO, _bunting),
    "ster": (SKY, _panes),
    "vogel": (DEEP, _bird),
}


@cache
def motif(name: str) -> Markup:
    """The square papercut of this name; an unknown one is an eye."""
    ground, draw = MOTIFS.get(name, MOTIFS["oog"])
    inner = paper("M0 0H120V120H0Z", ground) + draw()
    return Markup(  # noqa: S704  # drawn here
        f'<svg viewBox="0 0 120 120" aria-hidden="true" focusable="false">{inner}</svg>'
    )


@cache
def course_wall() -> Markup:
    """Four sheets on the wall, beside the title of a course."""
    rosette = seal("SA-2026-0021", 48, 56, 40, SealColours(one=TOMATO, other=SUN))
    sheets = (
        sheet((6, 10, 190, 232), ROSE, place(portrait(SAMIRA, 1), -4, -4, 0.99), 31, -2)
        + sheet((206, 4, 112, 132), SKY, sprig(54, 140, 118, WHITE, 3, growth=Growth(4, 15, 4, 1.05)), 32, 2)
        + sheet((326, 22, 98, 112), LEAF, rosette, 33, -1)
        + sheet((208, 146, 216, 140), SUN, hand(88, 80, 0.9, INK, 82), 34, 1)
    )
    return Markup(  # noqa: S704  # drawn here
        f'<svg viewBox="0 0 430 300" aria-hidden="true" focusable="false">{sheets}</svg>'
    )


@cache
def meeting_wall() -> Markup:
    """A circle of people and two who look at you, beside the title of intervision."""
    circle = paper(blob(132, 142, 118, 7), DEEP) + chairs(132, 142, 88, CIRCLE, 1) + paper(blob(132, 142, 44, 9), WHITE)
    circle += paper("M110 136L132 126L138 146L116 156Z", ROSE) + paper("M140 138L158 134L160 154L142 156Z", SUN)
    sheets = (
        sheet((6, 8, 264, 284), SKY, circle, 51, -1)
        + sheet((282, 10, 140, 136), ROSE, place(portrait(SAMIRA, 1), 10, -4, 0.62), 52, 2)
        + sheet((282, 158, 140, 132), SUN, place(portrait(PORTRAITS["rachid"], 2), 10, -6, 0.62), 53, -2)
    )
    return Markup(  # noqa: S704  # drawn here
        f'<svg viewBox="0 0 430 300" aria-hidden="true" focusable="false">{sheets}</svg>'
    )
