"""The largest photos that we take, in the memory that a decoder gets."""

from __future__ import annotations

import os
from io import BytesIO
from typing import Any, Final

import pytest
from PIL import Image

from app.kit.child import MEMORY_BYTES
from app.kit.photo_decoder import LARGE, PIXELS, PIXELS_OF
from app.kit.pictures import PHOTO_BYTES, BadPhoto, photo_from

ASIDE: Final = 0x0112
KINDS: Final[dict[str, tuple[str, str, dict[str, Any]]]] = {
    "a phone": ("RGB", "JPEG", {"quality": 80}),
    "a phone, progressive": ("RGB", "JPEG", {"quality": 80, "progressive": True}),
    "print": ("CMYK", "JPEG", {"quality": 80}),
    "a screen": ("RGB", "PNG", {"compress_level": 1}),
    "with holes": ("RGBA", "PNG", {"compress_level": 1}),
    "grey": ("L", "PNG", {"compress_level": 1}),
    "grey with holes": ("LA", "PNG", {"compress_level": 1}),
    "numbered colours": ("P", "PNG", {"compress_level": 1, "transparency": 0}),
    "a scanner": ("I;16", "PNG", {"compress_level": 1}),
    "the web": ("RGB", "WEBP", {"quality": 50, "method": 0}),
    "the web, with holes": ("RGBA", "WEBP", {"quality": 50, "method": 0}),
}


def photo(kind: str, *, more: int = 0) -> tuple[bytes, int]:
    """The largest photo of a kind, with something random at its end so that it is as heavy as a file may be."""
    mode, form, how = KINDS[kind]
    width = int((PIXELS_OF.get(form, PIXELS) / 0.75) ** 0.5) + more
    height = int(width * 0.75)
    exif = Image.Exif()
    exif[ASIDE] = 6
    out = BytesIO()
    Image.new(mode, (width, height)).save(out, form, exif=exif, **how)
    content = out.getvalue()
    return content + os.urandom(PHOTO_BYTES - len(content)) if form != "WEBP" else content, width * height


def test_a_decoder_gets_what_was_promised() -> None:
    assert MEMORY_BYTES == 512 * 1024 * 1024  # security.md 4, upload


@pytest.mark.parametrize("kind", KINDS)
def test_the_largest_photo_fits(kind: str) -> None:
    content, pixels = photo(kind)
    found = photo_from(content)
    assert pixels > 0.99 * PIXELS_OF.get(KINDS[kind][1], PIXELS)
    assert (found.width, found.height) == (LARGE * 3 // 4, LARGE)
    assert Image.open(BytesIO(found.large), formats=("WEBP",)).size == (found.width, found.height)


def test_one_that_is_larger_says_how_large_it_may_be() -> None:
    for kind, most in (("the web", 20), ("a screen", 40)):
        with pytest.raises(BadPhoto) as refused:
            photo_from(photo(kind, more=200)[0])
        assert refused.value.code == "photo_too_many_pixels"
        assert refused.value.facts["most"] == most
