"""Cut paper as SVG: the shapes of every drawing, and the seal that belongs to one certificate number.

Colours are CSS custom properties of the style sheet, so a drawing follows light and dark. The same
arguments always give the same drawing. A seal is on paper once its certificate is issued, so it must never
change: a test holds its output to the letter.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from random import Random

SUN = "var(--sun)"
ROSE = "var(--rose)"
LEAF = "var(--leaf)"
SKY = "var(--sky)"
TOMATO = "var(--tomato)"
DEEP = "var(--deep)"
INK = "var(--k-ink)"
WHITE = "var(--k-white)"
SAND = "var(--k-sand)"
GREY = "var(--k-grey)"
ROAD = "var(--k-road)"
DOT = "var(--k-dot)"

Point = tuple[float, float]


def number(x: float) -> str:
    """One decimal is finer than anybody cuts, and it keeps pages small."""
    text = f"{x:.1f}"
    return text.removesuffix(".0")


def corners(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + "Z"


def smooth(points: Sequence[Point], bend: float) -> str:
    """A closed line through all points, as the scissors would go."""
    count = len(points)
    path = f"M{number(points[0][0])} {number(points[0][1])}"
    for i in range(count):
        before, here = points[i - 1], points[i]
        there, after = points[(i + 1) % count], points[(i + 2) % count]
        turn = (
            (here[0] + (there[0] - before[0]) * bend, here[1] + (there[1] - before[1]) * bend),
            (there[0] - (after[0] - here[0]) * bend, there[1] - (after[1] - here[1]) * bend),
            there,
        )
        path += "C" + " ".join(f"{number(x)} {number(y)}" for x, y in turn)
    return path + "Z"


def chance(seed: int | str) -> Random:
    """Chance that repeats itself: the seed is all there is to it."""
    return Random(seed)  # noqa: S311  # a drawing, not a secret


def blob(cx: float, cy: float, r: float, seed: int = 1, *, count: int = 0, wobble: float = 0.035) -> str:
    """A circle cut by hand. count: how many times the scissors turn (0 = by size)."""
    luck = chance(seed)
    count = count or max(9, int(r / 6) + 7)
    points = []
    for i in range(count):
        angle = 2 * math.pi * (i + luck.uniform(-0.14, 0.14)) / count
        reach = 1 + luck.uniform(-wobble, wobble)
        points.append((cx + r * reach * math.cos(angle), cy + r * reach * math.sin(angle)))
    return smooth(points, 0.15)


def paper(path: str, colour: str, more: str = "") -> str:
    return f'<path d="{path}" fill="{colour}"{" " + more if more else ""}/>'


def stroke(path: str, colour: str, width: float | str, more: str = "") -> str:
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="round"'
        f' stroke-linejoin="round"{" " + more if more else ""}/>'
    )


def dot(x: float, y: float, r: float, colour: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="{r}" fill="{colour}"/>'


def place(inner: str, x: float = 0, y: float = 0, scale: float = 1, turn: float = 0, *, flip: int = 1) -> str:
    """Put a drawing somewhere else: moved, turned, scaled, and mirrored with flip=-1."""
    moves = f"translate({number(x)} {number(y)})"
    if turn:
        moves += f" rotate({turn})"
    if scale != 1 or flip != 1:
        moves += f" scale({scale * flip} {scale})"
    return f'<g transform="{moves}">{inner}</g>'


@dataclass(frozen=True)
class SealColours:
    """edge: the paper below. one, other: the rings, in an order left to chance. heart: a disc."""

    edge: str = WHITE
    one: str = SUN
    other: str = ROSE
    heart: str = ""


CERTIFICATE = SealColours(one=SUN, other=TOMATO, heart=DEEP)
EDGES = ((1, 0.86, 0.74, 0.86), (1, 0.96, 0.72, 0.96), (0.92, 1, 0.66, 1), (1, 0.80, 0.90, 0.80))
ROUND_EDGES = (1, 2)


def _cuts(rad: float, size: float, w: float) -> tuple[str, ...]:
    """The five holes somebody can cut in folded paper: diamond, drop, bow, tooth and tray."""
    n = number
    up, down = n(-rad - size), n(-rad + size)
    return (
        f"M0 {up}L{n(w)} {n(-rad)}L0 {down}L{n(-w)} {n(-rad)}Z",
        (
            f"M0 {down}C{n(w * 1.3)} {n(-rad + size * 0.2)} {n(w * 1.1)} {up} 0 {up}"
            f"C{n(-w * 1.1)} {up} {n(-w * 1.3)} {n(-rad + size * 0.2)} 0 {down}Z"
        ),
        (
            f"M{n(-w)} {n(-rad - size * 0.7)}Q0 {n(-rad + size * 1.1)} {n(w)} {n(-rad - size * 0.7)}"
            f"Q0 {n(-rad)} {n(-w)} {n(-rad - size * 0.7)}Z"
        ),
        f"M0 {up}L{n(w)} {n(-rad + size * 0.8)}L{n(-w)} {n(-rad + size * 0.8)}Z",
        (
            f"M{n(-w * 0.9)} {n(-rad - size * 0.6)}L{n(w * 0.9)} {n(-rad - size * 0.6)}"
            f"L{n(w * 0.5)} {n(-rad + size * 0.8)}L{n(-w * 0.5)} {n(-rad + size * 0.8)}Z"
        ),
    )


@dataclass(frozen=True)
class _Fold:
    """Paper folded in `parts`, lying at (x, y) with radius r."""

    parts: int
    x: float
    y: float
    r: float

    def edge(self, kind: int) -> str:
        points = []
        for i in range(4 * self.parts):
            angle = 2 * math.pi * i / (4 * self.parts) - math.pi / 2
            reach = self.r * EDGES[kind][i % 4]
            points.append((self.x + reach * math.cos(angle), self.y + reach * math.sin(angle)))
        return smooth(points, 0.2) if kind in ROUND_EDGES else corners(points)

    def ring(self, rad: float, kind: int, size: float, colour: str, shift: float = 0) -> str:
        width = min(size, math.pi * rad / self.parts * 0.82)
        path = _cuts(rad, size, width)[kind]
        holes = "".join(
            f'<path transform="rotate({number(360 * (i + shift) / self.parts)})" d="{path}"/>'
            for i in range(self.parts)
        )
        return f'<g fill="{colour}" transform="translate({number(self.x)} {number(self.y)})">{holes}</g>'


def seal(certificate: str, x: float = 0, y: float = 0, r: float = 100, colours: SealColours = CERTIFICATE) -> str:
    """The folded papercut of one certificate number, as the inside of an svg.

    It lets people compare paper and screen; the number and the signed record are the proof.
    """
    luck = chance(hashlib.sha256(certificate.encode()).hexdigest())
    fold = _Fold(luck.choice([6, 8, 8, 10, 12]), x, y, r)
    drawing = paper(fold.edge(luck.randint(0, 3)), colours.edge)
    kinds = list(range(5))
    luck.shuffle(kinds)
    rings = [colours.one, colours.other]
    luck.shuffle(rings)
    outer, inner = rings
    drawing += fold.ring(r * 0.70, kinds[0], r * luck.uniform(0.13, 0.17), outer)
    drawing += fold.ring(r * 0.60, kinds[1], r * luck.uniform(0.08, 0.12), inner, 0.5)
    if colours.heart:
        drawing += paper(blob(x, y, r * 0.45, luck.randint(1, 99), wobble=0.02), colours.heart)
    third = colours.edge if colours.heart else inner
    drawing += fold.ring(r * 0.40, kinds[2], r * luck.uniform(0.09, 0.12), third)
    return drawing + paper(blob(x, y, r * 0.2, luck.randint(1, 99)), outer)


def seal_svg(certificate: str, label: str) -> str:
    """The whole picture of a seal, to store with the certificate. label: what a screen reader says."""
    return (
        '<svg class="seal" xmlns="http://www.w3.org/2000/svg" viewBox="-106 -106 212 212" role="img"'
        f' aria-label="{escape(label)}">{seal(certificate)}</svg>'
    )
