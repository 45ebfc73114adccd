"""Icons, inlined where they stand so that they take the colour of the text. The sprite is read once."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

SPRITE = Path(__file__).resolve().parents[2] / "static" / "icons" / "sprite.svg"
SYMBOL = re.compile(r'<symbol id="i-([a-z0-9-]+)" viewBox="0 0 24 24">(.*?)</symbol>', re.DOTALL)


@cache
def paths() -> dict[str, str]:
    """The inside of each icon, by name."""
    return {name: re.sub(r">\s+<", "><", inner) for name, inner in SYMBOL.findall(SPRITE.read_text("utf-8"))}


@cache
def icon(name: str, cls: str = "icon") -> Markup:
    """The icon as an inline svg, silent for screen readers. Raises: KeyError for a name that is not there."""
    try:
        inner = paths()[name]
    except KeyError:
        raise KeyError(f"no icon {name!r} in icons/sprite.svg") from None
    return Markup(  # noqa: S704  # our own sprite; the class is escaped
        f'<svg class="{escape(cls)}" aria-hidden="true" focusable="false" viewBox="0 0 24 24">{inner}</svg>'
    )
