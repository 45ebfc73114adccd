"""Drafts: what two do at once is not lost, publishing is whole and once, and what goes out comes in the same."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import func, select

from app.courses.commands import publish_folder
from app.courses.drafts import actions, inputs, publishing, queries
from app.courses.drafts.tables import CourseDraft, DraftFile
from app.courses.tables import CourseEdition, Lesson
from app.kit.errors import Refused
from app.kit.storage import folder
from app.ledger.tables import LedgerEvent
from app.people.actions import accounts
from app.people.queries import viewer_for
from app.people.rules import Role, Viewer
from app.reports.worklist import Work, work_list
from tests.people import make_person

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.kit.storage import ObjectStorage

SHORT: Final = Path(__file__).parents[1] / "courses" / "kort"
LESSON: Final = "modules/01-veilig-beginnen/01-een-afspraak.md"


@pytest.fixture
def storage(tmp_path: Path) -> ObjectStorage:
    return folder(tmp_path / "files")


@pytest.fixture
def aya(database: Database, storage: ObjectStorage, clock: MovableClock) -> Viewer:
    """An author, with a draft of the small course."""
    now = clock.now()
    with database.writing() as db:
        person = make_person(db, "Aya Sato", now=now)
        accounts.grant_role(
            db, by=None, person_id=person, role=Role.AUTHOR, organisation_id=None, intervention="", now=now
        )
        publish_folder(db, SHORT, storage=storage, now=now)
        viewer = viewer_for(db, person)
        actions.begin_draft(db, by=viewer, slug="kort", now=now)
    return viewer


def file_of(database: Database, path: str = LESSON) -> tuple[int, int, str]:
    with database.reading() as db:
        row = db.execute(
            select(DraftFile.id, DraftFile.version, DraftFile.text).where(
                DraftFile.path == path, DraftFile.removed_at.is_(None)
            )
        ).one()
    return row.id, row.version, row.text or ""


def keep(database: Database, aya: Viewer, clock: MovableClock, text: str, version: int | None = None) -> int:
    id_, now_at, _ = file_of(database)
    with database.writing() as db:
        return actions.keep_text(
            db, by=aya, slug="kort", file_id=id_, text=text, version=version or now_at, now=clock.now()
        )


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


def test_two_keep_one_text_at_once(database: Database, aya: Viewer, clock: MovableClock) -> None:
    """One is kept, the others are told; a word that was kept is never overwritten in silence."""
    _, version, text = file_of(database)
    came = at_once([lambda n=n: keep(database, aya, clock, f"{text}\nVan {n}.\n", version) for n in range(4)])
    assert sorted(str(one) for one in came) == ["2", "stale_text", "stale_text", "stale_text"]
    _, after, kept = file_of(database)
    assert after == 2
    assert kept.startswith(text)
    assert keep(database, aya, clock, kept, version) == 2  # the very same words again


def test_published_twice_at_once_is_one_edition(
    database: Database, storage: ObjectStorage, aya: Viewer, clock: MovableClock
) -> None:
    _, _, text = file_of(database)
    keep(database, aya, clock, text.replace("Ze begint bij de deur", "Ze begint bij de poort"))
    clock.advance(timedelta(days=1))

    def publish() -> int:
        with database.reading(snapshot=True) as db:
            draft = queries.read_draft(db, "kort")
        made = publishing.ready(draft, inputs.Publishing(version=draft.facts.version), storage)
        with database.writing() as db:
            return publishing.publish_draft(db, made, by=aya, storage=storage, now=clock.now())

    assert at_once([publish] * 3) == [2, 2, 2]
    with database.reading() as db:
        assert db.scalars(select(CourseEdition.number).order_by(CourseEdition.number)).all() == [1, 2]
        assert db.scalar(select(func.count(LedgerEvent.id)).where(LedgerEvent.action == "courses.published")) == 2
        draft = queries.read_draft(db, "kort")
        assert draft.facts.changes == 0
        intros = db.scalars(select(Lesson.intro).where(Lesson.position == 1).order_by(Lesson.edition_id)).all()
        assert ["poort" in one for one in intros] == [False, True]
    keep(database, aya, clock, text)  # back to what the first edition was
    with pytest.raises(Refused, match="same_as_before"):
        publish()


def test_what_changed_meanwhile_is_not_published_unseen(
    database: Database, storage: ObjectStorage, aya: Viewer, clock: MovableClock
) -> None:
    _, _, text = file_of(database)
    keep(database, aya, clock, text.replace("Ze begint", "Ze start"))
    with database.reading() as db:
        draft = queries.read_draft(db, "kort")
    made = publishing.ready(draft, inputs.Publishing(version=draft.facts.version), storage)
    keep(database, aya, clock, text.replace("Ze begint", "Ze komt"))
    with pytest.raises(Refused, match="draft_changed"), database.writing() as db:
        publishing.publish_draft(db, made, by=aya, storage=storage, now=clock.now())
    with database.reading() as db:
        assert db.scalar(select(func.count(CourseEdition.id))) == 1


def test_moving_numbers_a_folder_anew_and_removing_can_be_undone(
    database: Database, aya: Viewer, clock: MovableClock
) -> None:
    id_, _, _ = file_of(database)
    with database.writing() as db:
        actions.move(db, by=aya, slug="kort", file_id=id_, up=True, now=clock.now())  # it is the first
        actions.move(db, by=aya, slug="kort", file_id=id_, up=False, now=clock.now())
        actions.remove(db, by=aya, slug="kort", file_id=id_, now=clock.now())
        made = actions.add_lesson(
            db, by=aya, slug="kort", module="veilig-beginnen", title="Een afspraak", now=clock.now()
        )
        paths = set(db.scalars(select(DraftFile.path).where(DraftFile.removed_at.is_(None))))
        assert "modules/01-veilig-beginnen/01-samen-iets-maken.md" in paths
        with pytest.raises(Refused, match="file_is_there"):
            actions.put_back(db, by=aya, slug="kort", file_id=id_, now=clock.now())
        actions.remove(db, by=aya, slug="kort", file_id=made, now=clock.now())
        other = actions.add_lesson(db, by=aya, slug="kort", module="veilig-beginnen", title="Iets", now=clock.now())
        actions.put_back(db, by=aya, slug="kort", file_id=id_, now=clock.now())
    with database.reading() as db:
        there = select(DraftFile.id, DraftFile.path).where(DraftFile.removed_at.is_(None))
        found = {row.id: row.path for row in db.execute(there)}
        assert found[other] == "modules/01-veilig-beginnen/02-iets.md"
        assert found[id_] == "modules/01-veilig-beginnen/03-een-afspraak.md"
        assert db.scalars(select(CourseDraft.version)).one() == 7


def test_a_module_that_leads_out_of_the_folder_gets_no_lesson(
    database: Database, aya: Viewer, clock: MovableClock
) -> None:
    with database.writing() as db:
        file = db.scalars(select(DraftFile).where(DraftFile.path == "course.yaml")).one()
        file.text = (file.text or "").replace("slug: veilig-beginnen", "slug: x/../../etc/cron.d")
        draft = actions.draft_at(db, by=aya, slug="kort")
        with pytest.raises(Refused, match="unknown_module"):
            actions.add_lesson(db, by=aya, slug="kort", module="x/../../etc/cron.d", title="Hallo", now=clock.now())
        with pytest.raises(Refused, match="bad_path"):
            actions.add_text(db, draft, "modules/../../x.md", "x", by_id=aya.id, now=clock.now())


def test_changes_that_lie_stand_on_the_work_list(database: Database, aya: Viewer, clock: MovableClock) -> None:
    def lines() -> list[str]:
        with database.reading() as db:
            found = work_list(db, now=clock.now(), first_steps_open=False).lines
            return [one.href for one in found if one.what is Work.DRAFTS]

    clock.advance(timedelta(days=31))
    assert lines() == [], "nothing was changed in it"
    keep(database, aya, clock, file_of(database)[2] + "\nNog een zin.\n")
    assert lines() == []
    clock.advance(timedelta(days=31))
    assert lines() == ["/beheer/opleidingen/kort"]
