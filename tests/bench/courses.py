"""A large course: how long publishing takes, and searching one that is larger still."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Final

from sqlalchemy import delete

from app.courses.actions.publishing import publish
from app.courses.files.folder import File
from app.courses.files.reader import read_files
from app.courses.index import Passage, index_of, look_up
from app.courses.passages import passages_in
from app.courses.tables import SearchEntry, SearchTerm
from app.kit.clock import SystemClock
from app.kit.db import Database
from app.kit.migrate import upgrade
from app.kit.storage import folder
from tests.trained import course_in

ROOT: Final = Path(__file__).parents[2]
SMALL: Final = ROOT / "tests" / "courses" / "kort"
PUBLISHED: Final = 300
SEARCHED: Final = 5_000
PARAGRAPHS: Final = 20
WORDS: Final = 40
TYPED: Final = (
    "bijeenkomst",
    "vragen stellen",
    "geheimhouding groep",
    "collagge",
    "beeld maken verhaal",
    "lijm",
    "foto",
)
MODULE: Final = "modules/01-veilig-beginnen"


def large_course(place: Path) -> None:
    """Print both, on a database of its own."""
    data_dir, now = place / "large", SystemClock().now()
    data_dir.mkdir()
    url = f"sqlite:///{data_dir / 'academie.db'}"
    upgrade(url, data_dir=data_dir)
    database, storage = Database.open(url, data_dir=data_dir), folder(data_dir / "files")
    started = time.perf_counter()
    course, problems = read_files(_files(PUBLISHED))
    if course is None:
        raise RuntimeError(f"the large course is not right: {problems[0]}")
    with database.writing() as db:
        publish(db, course, by_id=None, storage=storage, now=now)
    print(f"\na course of {PUBLISHED} lessons is read and published in {time.perf_counter() - started:.1f} s")
    with database.writing() as db:
        edition = publish(db, course_in(SMALL), by_id=None, storage=storage, now=now)
        for table in (SearchEntry, SearchTerm):
            db.execute(delete(table).where(table.edition_id == edition))
        db.add_all(index_of(edition, _passages()))  # as if it had so many
    times: list[float] = []
    with database.reading() as db:
        look_up(db, edition, TYPED[0], most=30)  # the first one also reads the stems, once for each process
        for typed in TYPED * 20:
            started = time.perf_counter()
            found = look_up(db, edition, typed, most=30)
            times.append(1000 * (time.perf_counter() - started))
            if not found:
                raise RuntimeError(f"nothing found for {typed}")
    times.sort()
    slowest = times[int(0.99 * len(times))]
    print(f"a search over {SEARCHED} lessons: p50 {times[len(times) // 2]:.1f} ms, p99 {slowest:.1f} ms")
    database.close()


def _files(lessons: int) -> dict[str, File]:
    """The tiny course with very many lessons in its one module."""
    files = {
        path.relative_to(SMALL).as_posix(): File.of(path.read_bytes()) for path in SMALL.rglob("*") if path.is_file()
    }
    text = files.pop(f"{MODULE}/02-samen-iets-maken.md").read().decode()
    body = "\n\n".join(" ".join(_words(random.Random(n))) + "." for n in range(PARAGRAPHS))
    for number in range(2, lessons + 1):
        words = text.replace("title: ", f"title: Les {number} ") + f"\n\n{body}\n"
        files[f"{MODULE}/{number:03d}-les-{number}.md"] = File.of(words.encode())
    return files


def _passages() -> list[Passage]:
    chosen = random.Random(1)
    return [
        Passage("lesson", f"les-{lesson}", f"Les {lesson}", f"p-{place:08x}" if place else "", " ".join(_words(chosen)))
        for lesson in range(SEARCHED)
        for place in range(PARAGRAPHS)
    ]


def _words(chosen: random.Random) -> list[str]:
    ends = ("", "heid", "groep", "je", f"x{chosen.randint(0, 400)}")
    return [chosen.choice(_VOCABULARY) + (chosen.choice(ends) if chosen.random() < 0.03 else "") for _ in range(WORDS)]


def _vocabulary() -> list[str]:
    from app.courses.files.reader import read_course

    course, _ = read_course(ROOT / "courses" / "mijn-verhaal")
    return [word for one in passages_in(course) for word in one.words.split()] if course else []


_VOCABULARY: Final = _vocabulary()
