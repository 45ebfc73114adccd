"""The child's side of `app.kit.pictures`: nothing else may import this, so that the server never loads a decoder."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import Any, Final

from PIL import Image, ImageOps, UnidentifiedImageError

MILLION: Final = 1_000_000
PIXELS: Final = 40 * MILLION  # security.md 4, upload
PIXELS_OF: Final = {"WEBP": 20 * MILLION}  # its decoder holds four copies at once: more does not fit in 512 MB
LARGE: Final = 1_600
SMALL: Final = 480
QUALITY: Final = 82
MIXED: Final = frozenset({"L", "LA", "RGB", "RGBA", "CMYK", "YCbCr"})
"""How colours can be written so that a smaller picture can be made of them as they are."""
FORMATS: Final = ("JPEG", "PNG", "WEBP")


def read_photo(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Decode, turn upright, scale, write as WebP. Large and small picture, one after the other."""
    Image.MAX_IMAGE_PIXELS = None  # our own limit is asked below, from the head of the file, before decoding
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd EXIF in a photo is no news
            with Image.open(BytesIO(content), formats=FORMATS) as opened:
                width, height = opened.size
                most = PIXELS_OF.get(opened.format or "", PIXELS)
                if width * height > most:
                    facts = {"pixels": width * height // MILLION, "most": most // MILLION}
                    return _refused("photo_too_many_pixels", **facts), b""
                upright = ImageOps.exif_transpose(_shrunk(opened))
    except UnidentifiedImageError:
        return _refused("photo_not_a_photo"), b""
    except (OSError, SyntaxError, ValueError, EOFError):
        return _refused("photo_broken"), b""
    plain = _without_transparency(upright)
    large, size = _webp(plain, LARGE)
    small, _ = _webp(plain, SMALL)
    return {"large_bytes": len(large), "width": size[0], "height": size[1]}, large + small


def _refused(code: str, **facts: int) -> dict[str, Any]:
    return {"refused": code, "facts": facts}


def _shrunk(image: Image.Image) -> Image.Image:
    """No larger than we keep, before anything is copied: each copy of forty megapixels is 160 MB."""
    if image.mode not in MIXED:
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    image.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS, reducing_gap=2.0)  # a JPEG is decoded no larger
    return image


def _without_transparency(image: Image.Image) -> Image.Image:
    """RGB on white; a copy of the pixels only, so that nothing else of the file goes along."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        image = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        return ground
    ground = Image.new("RGB", image.size)
    ground.paste(image.convert("RGB"))
    return ground


def _webp(image: Image.Image, longest: int) -> tuple[bytes, tuple[int, int]]:
    copy = image.copy()
    copy.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    out = BytesIO()
    copy.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue(), copy.size
