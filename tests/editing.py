"""Newer editions of the tiny course, read and published by the real program from files that were changed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

from app.courses.actions.publishing import publish
from app.courses.files.folder import File, on_disk
from app.courses.files.problems import Problems
from app.courses.files.reader import read_files
from app.kit.errors import Refused
from tests.trained import SHORT_COURSE

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.orm import Session

    from app.kit.storage import Storage

PROMISE: Final = "modules/01-veilig-beginnen/01-een-afspraak.md"
MAKING: Final = "modules/01-veilig-beginnen/02-samen-iets-maken.md"
CHECK: Final = "modules/01-veilig-beginnen/toets.yaml"
SCRIPT: Final = "handbook/01-eerste-keer.md"
HANDBOOK: Final = "handbook/handbook.yaml"
Edits = dict[str, "tuple[str, str] | str | bytes | None"]
"""By path: (what stood there, what stands there now), a whole new file, or None for one that is gone."""
OTHER_WORDS: Final[Edits] = {PROMISE: ("Eén afspraak aan het begin", "Eén zin aan het begin")}
LAST_WORDS: Final[Edits] = {PROMISE: ("Eén afspraak aan het begin", "Wat jullie aan het begin afspreken")}
OTHER_SCRIPT: Final[Edits] = {
    SCRIPT: ("text: Ieder scheurt één vorm en legt hem neer.", "text: Ieder scheurt twee vormen.")
}
THIRD_LESSON: Final = """---
title: Afscheid nemen
minutes: 4
intro: Een groep eindigt niet vanzelf.
required: true
---

Zeg hardop dat het de laatste keer is.
"""


def publish_edited(db: Session, storage: Storage, edits: Edits, *, now: datetime, folder: Path = SHORT_COURSE) -> int:
    """Publish the tiny course, or that of a folder, with these changes; gives the edition."""
    files = on_disk(folder, Problems())
    assert files is not None
    for path, edit in edits.items():
        if edit is None:
            del files[path]
        elif isinstance(edit, str | bytes):
            files[path] = File.of(edit.encode() if isinstance(edit, str) else edit)
        else:
            before = files[path].read().decode()
            assert edit[0] in before
            files[path] = File.of(before.replace(*edit).encode())
    course, problems = read_files(files)
    assert course is not None, problems
    return publish(db, course, by_id=None, storage=storage, now=now)


def at_once(work: list[Any]) -> list[Any]:
    """What each of these gives or raises when they begin in the same moment."""
    gate, came = threading.Barrier(len(work)), list[Any](range(len(work)))

    def run(place: int) -> None:
        gate.wait()
        try:
            came[place] = work[place]()
        except Refused as refused:
            came[place] = refused.code

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return came
