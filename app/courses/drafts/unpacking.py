"""A zip from outside, unpacked in a child process: what comes back are facts, and files under names of our own.

The child reads, decodes and judges everything. Whoever called it believes none of it without looking: names, sizes
and digests are checked again before a file is kept.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from app.courses.actions.publishing import key_of
from app.courses.drafts import rules
from app.courses.drafts.archives import BadArchive, open_zip, read_zip
from app.courses.drafts.taking_in import Rows, Taken, taken
from app.courses.files.folder import Files
from app.courses.files.problems import Problem
from app.kit.child import ChildFailed, call
from app.kit.storage import PIECE, Storage

SECONDS: Final = 60
TEXTS_MOST: Final = 20 * 1024 * 1024
"""Of all texts of a course together; the one in this house has 0.3 MB."""
_MEDIA: Final = re.compile(r"(?:image|video|audio)/[a-z0-9]{2,10}|application/pdf|text/vtt; charset=utf-8")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
SIDE_MOST: Final = 20_000


@dataclass(frozen=True)
class _Folder:
    """Where the child puts what it found: flat, by digest."""

    place: Path

    def put_at(self, key: str, content: bytes) -> None:
        (self.place / key.rpartition("/")[2]).write_bytes(content)


def unpack(_content: bytes, /, *, source: str, target: str) -> tuple[dict[str, Any], bytes]:
    """In the child: the files of the zip at `source`, judged and written into the folder `target`."""
    folder = _Folder(Path(target))
    try:
        with open_zip(Path(source)) as archive:
            files = read_zip(archive)
            _must_be_read(files)
            found = taken(files, folder)
    except BadArchive as bad:
        return {"slug": "", "rows": {}, "problems": [asdict(Problem("", 0, 0, str(bad)))]}, b""
    rows: Rows = {}
    for path, row in found.rows.items():
        if "text" in row:
            folder.put_at(f"{row['sha256']}.txt", row["text"].encode())
        rows[path] = {name: value for name, value in row.items() if name not in {"text", "storage_key"}}
    problems = [asdict(problem) for problem in found.problems]
    return {"slug": found.slug, "rows": rows, "problems": problems}, b""


def _must_be_read(files: Files) -> None:
    """Raises: BadArchive for more text than an author can have written."""
    if sum(file.size for path, file in files.items() if rules.is_text(path)) > TEXTS_MOST:
        raise BadArchive(f"De teksten zijn samen groter dan {TEXTS_MOST // 1024 // 1024} MB.")


def unpacked(source: Path, target: Path, storage: Storage) -> Taken:
    """What the zip at `source` holds, as rows of a draft; its files then stand in the store.

    Raises: ChildFailed when it takes too long or too much memory, or gives back what it should not.
    """
    target.mkdir()
    facts, _ = call(f"{__name__}:unpack", b"", seconds=SECONDS, source=str(source), target=str(target))
    problems = tuple(Problem(**one) for one in facts["problems"])
    if problems:
        return Taken(str(facts["slug"]), {}, problems)
    rows = {path: _row(path, row, target, storage) for path, row in facts["rows"].items()}
    return Taken(str(facts["slug"]), rows, ())


def _row(path: str, row: Mapping[str, Any], target: Path, storage: Storage) -> dict[str, Any]:
    """The columns of one file, none of them taken on trust."""
    digest, text = str(row["sha256"]), rules.is_text(path)
    suffix = ".txt" if text else f".{path.rpartition('.')[2]}"
    place = target / f"{digest}{suffix}"
    if not (rules.is_path(path) and _DIGEST.fullmatch(digest)) or place.is_symlink() or not place.is_file():
        raise ChildFailed(path)
    size, found = place.stat().st_size, hashlib.sha256()
    for piece in _pieces(place):
        found.update(piece)
    if found.hexdigest() != digest:
        raise ChildFailed(path)
    columns: dict[str, Any] = {"sha256": digest, "size": size}
    if text:
        return columns | {"text": place.read_text(encoding="utf-8"), "media_type": rules.media_type_of(path)}
    media_type = str(row["media_type"])
    if not _MEDIA.fullmatch(media_type):
        raise ChildFailed(path)
    key = key_of(digest, suffix)
    storage.put_stream_at(key, _pieces(place))
    return columns | {"media_type": media_type, "storage_key": key} | _sides(row, path)


def _sides(row: Mapping[str, Any], path: str) -> dict[str, int]:
    """Width and height of a picture."""
    if rules.kind_of(path) is not rules.Kind.PICTURE:
        return {}
    sides = {name: row[name] for name in ("width", "height")}
    if not all(isinstance(side, int) and 0 < side <= SIDE_MOST for side in sides.values()):
        raise ChildFailed(path)
    return sides


def _pieces(place: Path) -> Iterator[bytes]:
    with place.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
