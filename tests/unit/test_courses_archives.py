"""Zips from outside: whatever one lies about is told in a sentence, and nothing is written or grows."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from app.courses.drafts.archives import BadArchive, open_zip, read_zip

SHORT: Final = Path(__file__).parents[1] / "courses" / "kort"
FINE: Final = {"course.yaml": b"slug: kort\n", "modules/01-a/01-b.md": b"---\ntitle: B\n---\nTekst.\n"}


def zipped(
    files: dict[str, bytes] | None = None, change: Callable[[zipfile.ZipInfo], None] | None = None, packing: int = 8
) -> bytes:
    """A zip; `change` may lie about its last file."""
    into = io.BytesIO()
    entries = list((FINE | (files or {})).items())
    with zipfile.ZipFile(into, "w") as archive:
        for number, (name, content) in enumerate(entries):
            entry = zipfile.ZipInfo(name)
            entry.compress_type = packing
            if change is not None and number == len(entries) - 1:
                change(entry)
            archive.writestr(entry, content)
    return into.getvalue()


def linked(entry: zipfile.ZipInfo) -> None:
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16


def device(entry: zipfile.ZipInfo) -> None:
    entry.external_attr = (stat.S_IFCHR | 0o666) << 16


def lying(content: bytes, size: int) -> bytes:
    """The last file says in both heads that it is of another size."""
    changed = bytearray(content)
    for sign, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = changed.rfind(sign)
        struct.pack_into("<I", changed, place + at, size)
    return bytes(changed)


def locked(content: bytes) -> bytes:
    changed = bytearray(content)
    changed[changed.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


def broken(content: bytes) -> bytes:
    """A byte in the middle of what the last file holds is another."""
    changed = bytearray(content)
    place = changed.rfind(b"PK\x03\x04") + 60
    changed[place] ^= 0xFF
    return bytes(changed)


def of(content: bytes) -> dict[str, bytes]:
    with open_zip(io.BytesIO(content)) as archive:
        return {path: file.read() for path, file in read_zip(archive).items()}


HOSTILE: Final = {
    "up and out": zipped({"../../etc/passwd": b"x"}),
    "up within": zipped({"modules/../../x.md": b"x"}),
    "absolute": zipped({"/etc/passwd": b"x"}),
    "a disk": zipped({"C:\\x.md": b"x"}),
    "a disk with slashes": zipped({"C:/x.md": b"x"}),
    "backslashes": zipped({"modules\\..\\..\\x.md": b"x"}),
    "a link": zipped({"modules/01-a/02-c.md": b"/etc/passwd"}, linked),
    "a device": zipped({"modules/01-a/02-c.md": b"x"}, device),
    "a bomb": zipped({"images/a.webp": b"\0" * 3_000_000}),
    "a bomb of text": zipped({"modules/01-a/02-c.md": b"a" * 900_000}),
    "too many": zipped({f"modules/01-a/{n:04d}.md": b"x" for n in range(1_001)}),
    "too large": lying(zipped({"media/a.mp4": b"x" * 100}, packing=0), 250 * 1024 * 1024),
    "longer than it says": lying(zipped({"images/a.webp": bytes(range(256)) * 8}), 100),
    "shorter than it says": lying(zipped({"images/a.webp": bytes(range(256)) * 8}), 4_000),
    "locked": locked(zipped()),
    "broken": broken(zipped({"images/a.webp": bytes(range(256)) * 8})),
    "packed in another way": zipped({"images/a.webp": b"x" * 100}, packing=zipfile.ZIP_LZMA),
    "the same name by case": zipped({"Course.yaml": b"slug: anders\n"}),
    "a script in a name": zipped({"<script>alert(1)</script>.md": b"x"}),
    "a control sign in a name": zipped({"modules/01-a/\x1b[2Jx.md": b"x"}),
    "an odd sign in a name": zipped({"modules/01-a/\u202egnp.md": b"x"}),
    "a device of Windows": zipped({"modules/01-a/con:.md": b"x"}),
    "a stream": zipped({"modules/01-a/a.md:b": b"x"}),
    "deep": zipped({"a/" * 30 + "x.md": b"x"}),
    "a long name": zipped({"modules/" + "a" * 300 + ".md": b"x"}),
    "an empty part": zipped({"modules//x.md": b"x"}),
    "a dot": zipped({"modules/./../x.md": b"x"}),
    "no zip": b"PK\x03\x04 dit is geen zip",
    "empty": b"",
    "cut off": zipped()[:60],
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_zip_is_told_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(BadArchive) as bad:
        of(content)
    words = str(bad.value)
    assert words.endswith(".")
    assert words.isprintable()
    assert list(tmp_path.iterdir()) == []


def test_a_zip_as_programs_make_them_is_read_from_within_its_folder() -> None:
    extra = {f"mijn/{name}": content for name, content in FINE.items()} | {
        "mijn/.DS_Store": b"x",
        "__MACOSX/mijn/._course.yaml": b"x",
    }
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        archive.mkdir("mijn")
        for name, content in extra.items():
            archive.writestr(name, content)
    assert of(into.getvalue()) == FINE
    assert of(zipped()) == FINE
