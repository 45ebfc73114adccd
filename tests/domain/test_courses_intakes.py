"""Zips that authors send: a draft or the reasons why not, whatever a zip is and wherever the program is cut off."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import func, select

from app.courses.drafts import intakes, queries, starting
from app.courses.drafts.inputs import NewCourse
from app.courses.drafts.intakes import IntakePage, State
from app.courses.drafts.reading import as_files, stored_in_draft
from app.courses.drafts.tables import CourseDraft, CourseIntake, DraftFile
from app.courses.files.reader import read_files
from app.jobs.tables import Job
from app.kit.errors import Forbidden, Refused
from app.kit.storage import folder
from app.people.actions import accounts
from app.people.queries import viewer_for
from app.people.rules import Role, Viewer
from app.settings import Settings
from app.upkeep import files as upkeep
from app.worker.handlers import courses as handler
from app.worker.run import registered
from app.worker.work import Work
from tests.people import KEYRING, make_person
from tests.unit.test_courses_archives import HOSTILE

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.kit.storage import ObjectStorage

SHORT: Final = Path(__file__).parents[1] / "courses" / "kort"


@pytest.fixture
def storage(data_dir: Path) -> ObjectStorage:
    return folder(data_dir / "files")


@pytest.fixture
def work(database: Database, storage: ObjectStorage, clock: MovableClock, data_dir: Path) -> Work:
    return Work(Settings(data_dir=data_dir), clock, database, storage, KEYRING)


@pytest.fixture
def aya(work: Work) -> Viewer:
    with work.database.writing() as db:
        person = make_person(db, "Aya Sato", now=work.now)
        accounts.grant_role(
            db, by=None, person_id=person, role=Role.AUTHOR, organisation_id=None, intervention="", now=work.now
        )
        return viewer_for(db, person)


def zipped(**more: bytes) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for path in sorted(SHORT.rglob("*.*")):
            archive.write(path, path.relative_to(SHORT))
        for name, content in more.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return into.getvalue()


def send(work: Work, by: Viewer, content: bytes, *, replaces: bool = False, sent_key: str | None = None) -> int:
    stored = work.storage.put("intake", content, suffix=".zip")
    facts = {"key": stored.key, "size": stored.bytes, "replaces": replaces, "sent_key": sent_key}
    with work.database.writing() as db:
        intake, kept = intakes.send(db, by=by, now=work.now, **facts)  # type: ignore[arg-type]
    if not kept:
        work.storage.delete(stored.key)
    return intake


def page(work: Work, by: Viewer, intake: int) -> IntakePage:
    with work.database.reading() as db:
        return intakes.intake_page(db, by, intake)


def take_in(work: Work, by: Viewer, content: bytes, *, replaces: bool = False) -> IntakePage:
    """Send it and let it be read: what an author sees then."""
    intake = send(work, by, content, replaces=replaces)
    assert page(work, by, intake).state is State.WAITING
    handler.take_in(work, {"intake_id": intake})
    assert work.storage.keys("intake") == []
    assert list(work.settings.data_dir.glob(f"{handler.ROOM}*")) == []
    return page(work, by, intake)


def count(work: Work, table: type[CourseDraft | DraftFile | CourseIntake | Job]) -> int:
    with work.database.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def test_a_zip_becomes_a_draft_to_the_letter(work: Work, aya: Viewer) -> None:
    """By its job, once; a draft that is there goes only when that was asked for."""
    captions = b"WEBVTT\n\n00:00.000 --> 00:01.000\nDag\n"
    content = zipped(media__les_dot_vtt=captions)
    first = send(work, aya, content, sent_key="the same")
    assert send(work, aya, content, sent_key="the same") == first
    assert count(work, Job) == 1
    registered()[0][intakes.JOB](work, {"intake_id": first})
    found = page(work, aya, first)
    assert (found.state, found.slug, found.faults) == (State.READY, "kort", ())
    with work.database.reading() as db:
        draft = queries.draft_id_of(db, "kort")
        stored = stored_in_draft(db, draft or 0)
    assert {path: file.text for path, file in stored.items() if file.storage_key is None} == {
        path.relative_to(SHORT).as_posix(): path.read_text(encoding="utf-8") for path in SHORT.rglob("*.*")
    }
    assert work.storage.get(stored["media/les.vtt"].storage_key or "") == captions
    handler.take_in(work, {"intake_id": first})  # a job may run twice
    assert count(work, CourseDraft) == 1
    again = take_in(work, aya, zipped())
    assert (again.state, again.refused, again.slug) == (State.REFUSED, "draft_is_there", "kort")
    assert take_in(work, aya, zipped(), replaces=True).state is State.READY
    assert count(work, DraftFile) == len(stored) - 1


def test_a_hostile_zip_leaves_nothing_behind(work: Work, aya: Viewer) -> None:
    """All of them are tried in tests/unit/test_courses_archives.py; here the way through the child."""
    for how in ("up and out", "a link", "broken"):
        found = take_in(work, aya, HOSTILE[how])
        assert (found.state, found.refused) == (State.REFUSED, "zip_problems"), how
        assert [(one.file, one.sentence[-1]) for one in found.faults] == [("", ".")]
    assert count(work, CourseDraft) == 0
    assert work.storage.keys("courses") == []


def test_what_cannot_be_kept_is_told_at_its_place(work: Work, aya: Viewer) -> None:
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    found = take_in(work, aya, zipped(images__a_dot_webp=svg, media__film_dot_mp4=b"<script>", spel_dot_exe=b"MZ"))
    assert found.refused == "zip_problems"
    assert [one.file for one in found.faults] == ["images/a.webp", "media/film.mp4", "spel.exe"]
    assert all(one.hint and one.line == 1 for one in found.faults)
    assert count(work, CourseDraft) == 0


def test_cut_off_anywhere_nothing_is_half(work: Work, aya: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file stands without a row; the draft stands and the file is still there; the job never ran."""
    lost = work.storage.put("intake", zipped(), suffix=".zip")
    intake = send(work, aya, zipped())
    monkeypatch.setattr(handler, "clear", lambda *_: None)  # the program ends before it clears
    handler.take_in(work, {"intake_id": intake})
    monkeypatch.undo()
    assert len(work.storage.keys("intake")) == 2
    waits = send(work, aya, zipped())
    (work.settings.data_dir / f"{handler.ROOM}x").mkdir()
    work.clock.advance(timedelta(days=1, minutes=1))  # type: ignore[attr-defined]
    handler.clear(work, {})
    assert work.storage.keys("intake") == [lost.key]
    assert page(work, aya, waits).refused == "intake_lost"
    handler.take_in(work, {"intake_id": waits})
    later = work.now + timedelta(days=400)
    with work.database.reading() as db:
        assert upkeep.orphans(work.storage.entries(), upkeep.named(db), now=later) == [lost.key]
    work.clock.advance(timedelta(days=1, minutes=1))  # type: ignore[attr-defined]
    handler.clear(work, {})
    assert count(work, CourseIntake) == 0
    assert count(work, CourseDraft) == 1


def test_only_authors_send_and_look(work: Work, aya: Viewer) -> None:
    with work.database.writing() as db:
        noor = viewer_for(db, make_person(db, "Noor de Wit", now=work.now))
    intake = send(work, aya, zipped())
    with pytest.raises(Forbidden):
        send(work, noor, zipped())
    with pytest.raises(Forbidden):
        page(work, noor, intake)


def start(work: Work, by: Viewer, title: str, slug: str = "") -> str:
    with work.database.writing() as db:
        given = NewCourse(title=title, slug=slug, summary='Je leert "samen" zingen: {dit} & $dat.')
        return starting.start_course(db, by=by, given=given, now=work.now)


def test_a_course_begins_with_one_of_everything(work: Work, aya: Viewer) -> None:
    """The checker finds nothing to mend in it, whatever it is called."""
    assert start(work, aya, "Sámen: zingen! #1") == "samen-zingen-1"
    with work.database.reading() as db:
        stored = stored_in_draft(db, queries.draft_id_of(db, "samen-zingen-1") or 0)
    content, problems = read_files(as_files(stored, work.storage))
    assert problems == []
    assert content is not None
    assert (content.head.title, content.head.slug) == ("Sámen: zingen! #1", "samen-zingen-1")
    assert content.head.summary == 'Je leert "samen" zingen: {dit} & $dat.'
    assert [len(part) for part in (content.modules, content.assignments, content.sessions)] == [1, 1, 1]
    for title, slug, code in (
        ("Anders", "samen-zingen-1", "course_is_there"),
        ("Anders", "Met Hoofdletters", "odd_slug"),
        ("Anders", "../weg", "odd_slug"),
        ("Anders", "12", "odd_slug"),
        ("Anders", "beeld", "odd_slug"),
    ):
        with pytest.raises(Refused) as refused:
            start(work, aya, title, slug)
        assert (refused.value.code, refused.value.field) == (code, "slug")
    for title, proposed in (("🎨🎶", "opleiding"), ("2026", "opleiding-2026"), ("Samen zingen 1", "samen-zingen-1-2")):
        with pytest.raises(Refused) as refused:
            start(work, aya, title)
        assert (refused.value.field, refused.value.facts["proposed"]) == ("title", proposed)
    assert count(work, CourseDraft) == 1
