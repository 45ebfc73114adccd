"""Photos that come in: only their looks stay."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from app.kit.photo_decoder import LARGE, SMALL
from app.kit.pictures import PHOTO_BYTES, BadPhoto, photo_from

GPS_IFD = 0x8825
MAKER = 0x010F


def jpeg(width: int = 2_000, height: int = 1_500, *, exif: Image.Exif | None = None) -> bytes:
    out = BytesIO()
    image = Image.effect_noise((width, height), 60).convert("RGB")
    if exif is None:
        image.save(out, "JPEG", quality=80)
    else:
        image.save(out, "JPEG", quality=80, exif=exif)
    return out.getvalue()


def with_gps(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[MAKER] = "Telefoon van Noor"
    exif[0x0112] = orientation
    exif.get_ifd(GPS_IFD)[1] = "N"
    exif.get_ifd(GPS_IFD)[2] = (51.0, 55.0, 0.0)
    return jpeg(exif=exif)


def png_head_only(width: int, height: int) -> bytes:
    """A PNG that says it is enormous and holds next to nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1_000)) + chunk(b"IEND", b"")
    )


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content), formats=("WEBP",))


def test_a_photo_comes_back_in_two_sizes() -> None:
    photo = photo_from(jpeg())
    assert opened(photo.large).size == (LARGE, 1_200) == (photo.width, photo.height)
    assert opened(photo.small).size == (SMALL, 360)


def test_small_photos_are_not_blown_up() -> None:
    assert opened(photo_from(jpeg(300, 200)).large).size == (300, 200)


def test_where_and_by_whom_it_was_made_is_gone() -> None:
    content = with_gps()
    assert b"Telefoon van Noor" in content
    photo = photo_from(content)
    for made in (photo.large, photo.small):
        assert dict(opened(made).getexif()) == {}
        assert b"Telefoon van Noor" not in made
        assert b"Exif" not in made


def test_a_photo_taken_on_its_side_stands_upright() -> None:
    assert opened(photo_from(with_gps(orientation=6)).large).size == (1_200, LARGE)


def test_a_tail_with_a_script_is_gone() -> None:
    photo = photo_from(jpeg() + b"<script>alert('hoi')</script>PK\x03\x04")
    assert b"<script>" not in photo.large + photo.small
    assert b"PK\x03\x04" not in photo.large[-64:]


def test_transparency_becomes_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(out, "PNG")
    corner = opened(photo_from(out.getvalue()).large).convert("RGB").getpixel((20, 20))
    assert isinstance(corner, tuple)
    assert min(corner) > 250


@pytest.mark.parametrize(
    "content, code",
    [
        (b"", "photo_empty"),
        (b"\0" * (PHOTO_BYTES + 1), "photo_too_large"),
        (b"\0\0\0\x18ftypheic\0\0\0\0" + b"\0" * 200, "photo_heic"),
        (b"%PDF-1.7 een plan", "photo_not_a_photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo_not_a_photo"),
        (b"GIF89a" + b"\0" * 100, "photo_not_a_photo"),
        (jpeg()[:20_000], "photo_broken"),
        (png_head_only(500, 400), "photo_broken"),
        (png_head_only(10_000, 10_000), "photo_too_many_pixels"),
        (png_head_only(60_000, 60_000), "photo_too_many_pixels"),
    ],
)
def test_what_is_not_a_good_photo_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(BadPhoto) as refused:
        photo_from(content)
    assert refused.value.code == code
