"""The child's side of `app.kit.pictures`: nothing else may import this, so that the server never loads a decoder."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import Any, Final

from PIL import Image, ImageOps, UnidentifiedImageError

PIXELS: Final = 40_000_000  # security.md 4, upload
LARGE: Final = 1_600
SMALL: Final = 480
QUALITY: Final = 82
FORMATS: Final = ("JPEG", "PNG", "WEBP")


def read_photo(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Decode, turn upright, scale, write as WebP. Large and small picture, one after the other."""
    Image.MAX_IMAGE_PIXELS = None  # our own limit is asked below, from the head of the file, before decoding
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd EXIF in a photo is no news
            with Image.open(BytesIO(content), formats=FORMATS) as opened:
                width, height = opened.size
                if width * height > PIXELS:
                    return _refused("photo_too_many_pixels", pixels=width * height // 1_000_000), b""
                if opened.format == "JPEG":
                    opened.draft("RGB", (LARGE * 2, LARGE * 2))  # decode no more than we keep
                upright = ImageOps.exif_transpose(opened)
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
