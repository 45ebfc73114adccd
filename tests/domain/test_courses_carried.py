"""Courses as folders and zips: what goes out comes in the same, to the last letter; what is hostile stays out."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
import typer
from sqlalchemy import func, select
from typer.testing import CliRunner

from app.course_commands import Hands, courses
from app.courses.drafts import queries
from app.courses.drafts.tables import CourseDraft
from app.courses.tables import CourseEdition
from app.kit.storage import FolderStorage
from tests.page import make_test_parts

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.main import Parts

ROOT: Final = Path(__file__).parents[2]
COURSES: Final = {"kort": ROOT / "tests" / "courses" / "kort", "mijn-verhaal": ROOT / "courses" / "mijn-verhaal"}


@pytest.fixture
def parts(database: Database, data_dir: Path, clock: MovableClock) -> Parts:
    return make_test_parts(database, data_dir, clock)


def run(parts: Parts, *words: object, status: int = 0) -> str:
    """What a command says."""

    def fail(sentence: str) -> typer.Exit:
        typer.echo(sentence)
        return typer.Exit(1)

    done = CliRunner().invoke(courses, [str(word) for word in words], obj=Hands(lambda: parts, fail))
    assert done.exit_code == status, done.output
    return done.output


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("slug", COURSES)
def test_what_goes_out_comes_in_the_same(parts: Parts, tmp_path: Path, slug: str) -> None:
    """Published, exported as a folder and a zip, read in, published again: one edition, and not a byte is another."""
    source, folder, packed = COURSES[slug], tmp_path / "uit", tmp_path / "uit.zip"
    assert f"{slug}, editie 1." in run(parts, "publish", source)
    run(parts, "export", slug, folder)
    run(parts, "export", slug, packed, "--edition", 1)
    assert contents(folder) == contents(source)
    assert "in orde" in run(parts, "check", packed)
    assert "Niets is anders." in run(parts, "diff", packed, f"{slug}@1")
    run(parts, "import", packed)
    with parts.database.reading() as db:
        assert [draft.changes for draft in queries.all_drafts(db)] == [0]
    assert "Niets is anders." in run(parts, "diff", f"{slug}@concept", folder)
    assert f"Niets is anders: {slug} staat er al, als editie 1." in run(parts, "publish", packed)
    again = tmp_path / "weer.zip"
    run(parts, "export", slug, again, "--draft")
    assert again.read_bytes() == packed.read_bytes()
    with parts.database.reading() as db:
        assert db.scalar(select(func.count(CourseEdition.id))) == 1


def test_a_changed_course_is_told_in_words(parts: Parts, tmp_path: Path) -> None:
    run(parts, "publish", COURSES["kort"])
    changed = Path(shutil.copytree(COURSES["kort"], tmp_path / "kort"))
    lesson = next(changed.rglob("01-een-afspraak.md"))
    lesson.write_text(lesson.read_text("utf-8").replace("bij de deur", "bij de poort"), "utf-8")
    told = run(parts, "diff", "kort@1", changed, status=1)
    assert "[- deur" in told
    assert "{+ poort" in told
    assert "Gewijzigd: Les" in told
    run(parts, "import", changed)
    run(parts, "import", changed, status=1)
    run(parts, "import", changed, "--replace")
    assert "geen editie 9" in run(parts, "export", "kort", tmp_path / "x", "--edition", 9, status=1)
    assert "niet leeg" in run(parts, "export", "kort", changed, status=1)
    with parts.database.reading() as db:
        assert [draft.changes for draft in queries.all_drafts(db)] == [1]
    assert "kort, editie 2." in run(parts, "publish", changed)
    assert "kort, editie 3." in run(parts, "publish", COURSES["kort"])  # and back
    head = changed / "course.yaml"
    head.write_text(head.read_text("utf-8").replace("intervention: kort\n", "intervention: elders\n"), "utf-8")
    assert "hoort bij ‘kort’" in run(parts, "publish", changed, status=1)


class Aside(FolderStorage):
    """A store that others can write beside while something goes into it."""

    database: Database
    kept = 0

    def put_at(self, key: str, content: bytes) -> None:
        with self.database.writing() as db:
            db.execute(select(CourseEdition.id))
        self.kept += 1
        super().put_at(key, content)


def test_nobody_waits_while_files_go_to_the_store(parts: Parts, data_dir: Path) -> None:
    (data_dir / "elders").mkdir()
    storage = Aside(data_dir / "elders")
    storage.database = parts.database
    run(replace(parts, storage=storage), "publish", COURSES["mijn-verhaal"])
    assert storage.kept > 3


def test_a_course_is_read_as_pages(parts: Parts, tmp_path: Path) -> None:
    target = tmp_path / "bekijk"
    run(parts, "preview", COURSES["mijn-verhaal"], target)
    page = (target / "les-wat-is-mijn-verhaal.html").read_text("utf-8")
    assert 'href="static/css/stadstrainers.css"' in page
    assert (target / "static" / "css" / "stadstrainers.css").exists()
    assert (target / "index.html").exists()


def test_what_is_no_course_stays_out(parts: Parts, tmp_path: Path) -> None:
    """A hostile zip, a link out of the folder, a picture that is none: a sentence, and no draft."""
    bad = tmp_path / "slecht.zip"
    with zipfile.ZipFile(bad, "w") as archive:
        archive.writestr("course.yaml", "slug: kort\n")
        archive.writestr("../../uit.md", "x")
    for command in ("check", "import", "publish"):
        assert "wijst naar een plek buiten" in run(parts, command, bad, status=1)
    folder = Path(shutil.copytree(COURSES["kort"], tmp_path / "kort"))
    (folder / "images").mkdir()
    (folder / "images" / "a.webp").write_bytes(b"<svg onload=alert(1)>")
    (folder / "spel.exe").write_bytes(b"MZ")
    (folder / "handbook" / "naïef.md").write_text("x")
    told = run(parts, "import", folder, status=1)
    assert "images/a.webp:1:1" in told
    assert "spel.exe:1:1" in told
    assert "handbook/naïef.md:1:1: Deze naam mag niet" in told  # we could not give it back
    (folder / "uit.md").symlink_to("/etc/passwd")
    assert "verwijzing" in run(parts, "import", folder, status=1)
    with parts.database.reading() as db:
        assert db.scalars(select(CourseDraft)).all() == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "kort", "slecht.zip"]
