"""Drafts: what two do at once is not lost, publishing is whole and once, and what goes out comes in the same."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import delete, func, insert, select

from app.courses.commands import publish_folder
from app.courses.drafts import actions, checks, inputs, publishing, queries, reading, shaping
from app.courses.drafts.outline import outline_of
from app.courses.drafts.structure import going_with
from app.courses.drafts.tables import CourseDraft, DraftFile
from app.courses.files.course_text import read_course
from app.courses.tables import CourseEdition, Lesson
from app.kit.errors import Refused
from app.kit.storage import folder
from app.ledger.tables import LedgerEvent
from app.people.actions import accounts
from app.people.queries import viewer_for
from app.people.rules import Role, Viewer
from app.reports.worklist import Work, work_list
from tests.editing import MAKING, SCRIPT, Edits, at_once, publish_edited
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


def keep(
    database: Database, aya: Viewer, clock: MovableClock, text: str, version: int | None = None, *, path: str = LESSON
) -> int:
    id_, now_at, _ = file_of(database, path)
    with database.writing() as db:
        return actions.keep_text(
            db, by=aya, slug="kort", file_id=id_, text=text, version=version or now_at, now=clock.now()
        )


def ready(database: Database, storage: ObjectStorage, **given: Any) -> publishing.Ready:
    """What an author publishes who looks at the draft now."""
    with database.reading(snapshot=True) as db:
        draft = queries.read_draft(db, "kort")
    return publishing.ready(draft, inputs.Publishing(version=draft.facts.version, **given), storage)


def publish(
    database: Database, storage: ObjectStorage, by: Viewer, clock: MovableClock, made: publishing.Ready | None = None
) -> int:
    made = made or ready(database, storage)
    with database.writing() as db:
        return publishing.publish_draft(db, made, by=by, storage=storage, now=clock.now())


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

    looked = ready(database, storage)
    assert at_once([lambda: publish(database, storage, aya, clock, looked)] * 3) == [2, 2, 2]
    with database.reading() as db:
        assert db.scalars(select(CourseEdition.number).order_by(CourseEdition.number)).all() == [1, 2]
        assert db.scalar(select(func.count(LedgerEvent.id)).where(LedgerEvent.action == "courses.published")) == 2
        draft = queries.read_draft(db, "kort")
        assert draft.facts.changes == 0
        intros = db.scalars(select(Lesson.intro).where(Lesson.position == 1).order_by(Lesson.edition_id)).all()
        assert ["poort" in one for one in intros] == [False, True]
    for _ in range(2):  # nothing is another, then only a remark is: that is an edition too, and an export has it
        with pytest.raises(Refused, match="nothing_to_publish"):
            publish(database, storage, aya, clock)
        policy = file_of(database, "policy.yaml")
        keep(database, aya, clock, f"# Zo doen wij het.\n{policy[2]}", path="policy.yaml")
        number = publish(database, storage, aya, clock)
    assert number == 4
    keep(database, aya, clock, text)  # back to the words of the first edition
    with database.reading() as db:
        first = reading.stored_in_edition(
            db, db.scalars(select(CourseEdition.id).order_by(CourseEdition.id)).first() or 0
        )
    keep(database, aya, clock, first["policy.yaml"].text or "", path="policy.yaml")
    assert publish(database, storage, aya, clock) == 5
    with database.reading() as db:
        hashes = db.scalars(select(CourseEdition.content_hash).order_by(CourseEdition.number)).all()
    assert hashes[4] == hashes[0]
    assert len(set(hashes)) == 4


def test_an_edition_that_came_in_between_is_not_taken_back_unseen(
    database: Database, storage: ObjectStorage, aya: Viewer, clock: MovableClock
) -> None:
    """The draft is compared with the newest edition, and goes before it only when an author says so."""
    keep(database, aya, clock, file_of(database)[2].replace("Ze begint", "Ze start"))
    before = ready(database, storage)
    with database.writing() as db:
        publish_edited(db, storage, {MAKING: ("Samen iets maken", "Samen iets bouwen")}, now=clock.now())
    with database.reading(snapshot=True) as db:
        draft = queries.read_draft(db, "kort")
    assert (draft.newer, draft.edition.number if draft.edition else 0, draft.facts.changes) == (True, 2, 2)
    with pytest.raises(Refused, match="newer_edition"):
        publish(database, storage, aya, clock, before)
    for given in ({}, {"over": "on"}, {"over": "on", "newest": 1}, {"newest": 2}):
        with pytest.raises(Refused, match="newer_edition"):
            ready(database, storage, **given)
    assert publish(database, storage, aya, clock, ready(database, storage, over="on", newest=2)) == 3
    with database.reading(snapshot=True) as db:
        assert not queries.read_draft(db, "kort").newer


def test_the_rules_for_certificates_are_published_by_an_admin(
    database: Database, storage: ObjectStorage, aya: Viewer, clock: MovableClock
) -> None:
    """They count at once for who has a certificate. Another course of the intervention would change them too."""
    text = file_of(database, "policy.yaml")[2]
    keep(database, aya, clock, text.replace("grace_days: 60", "grace_days: 3650"), path="policy.yaml")
    with database.reading() as db:
        assert publishing.changes_rules(queries.read_draft(db, "kort"))
    with pytest.raises(Refused, match="rules_need_admin"):
        publish(database, storage, aya, clock)
    keep(database, aya, clock, text, path="policy.yaml")
    with database.writing() as db:
        other: Edits = {
            "course.yaml": ("slug: kort\n", "slug: ander\n"),
            "policy.yaml": ("four_eyes: never", "four_eyes: always"),
        }
        publish_edited(db, storage, other, now=clock.now())
        fatma = make_person(db, "Fatma Ates", now=clock.now())
        accounts.grant_role(
            db, by=None, person_id=fatma, role=Role.ADMIN, organisation_id=None, intervention="", now=clock.now()
        )
        admin = viewer_for(db, fatma)
    keep(database, aya, clock, file_of(database)[2].replace("Ze begint", "Ze start"))
    with pytest.raises(Refused, match="rules_need_admin"):
        publish(database, storage, aya, clock)
    assert publish(database, storage, admin, clock) == 2
    keep(database, aya, clock, file_of(database)[2].replace("Ze start", "Ze begint"))
    assert publish(database, storage, aya, clock) == 3  # as the rules are now, they stay


def test_a_version_of_the_handbook_is_given_once(
    database: Database, storage: ObjectStorage, aya: Viewer, clock: MovableClock
) -> None:
    """Who looked at the same draft and tells other news does not overwrite what was told."""
    news = {"handbook_version": "2", "notes": "Een ander doel."}
    keep(database, aya, clock, file_of(database, SCRIPT)[2].replace("title: ", "title: De "), path=SCRIPT)
    one = ready(database, storage, **news)
    other = ready(database, storage, **news | {"notes": "Iets anders."})
    with database.reading() as db:
        version = queries.read_draft(db, "kort").facts.version
    assert publish(database, storage, aya, clock, one) == 2
    assert publish(database, storage, aya, clock, one) == 2
    with pytest.raises(Refused, match="draft_changed"):
        publish(database, storage, aya, clock, other)
    with database.reading() as db:
        assert queries.read_draft(db, "kort").facts.version > version
    keep(database, aya, clock, file_of(database, SCRIPT)[2].replace("title: De ", "title: "), path=SCRIPT)
    for given in ("2", "1"):
        with pytest.raises(Refused, match="handbook_version_same"):
            ready(database, storage, **news | {"handbook_version": given})
    ready(database, storage, **news | {"handbook_version": "3"})


def test_what_changed_meanwhile_is_not_published_unseen(
    database: Database, storage: ObjectStorage, aya: Viewer, clock: MovableClock
) -> None:
    _, _, text = file_of(database)
    keep(database, aya, clock, text.replace("Ze begint", "Ze start"))
    made = ready(database, storage)
    keep(database, aya, clock, text.replace("Ze begint", "Ze komt"))
    with pytest.raises(Refused, match="draft_changed"):
        publish(database, storage, aya, clock, made)
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


def test_a_module_without_a_check_gets_one(database: Database, aya: Viewer, clock: MovableClock) -> None:
    """Its name and its question are new in the course, also beside what was published and taken away since."""
    module = "veilig-beginnen"
    with database.writing() as db:
        old = db.scalars(select(DraftFile.id).where(DraftFile.path.endswith("toets.yaml"))).one()
        assert checks.add_check(db, by=aya, slug="kort", module=module, now=clock.now()) == (old, "")
        actions.remove(db, by=aya, slug="kort", file_id=old, now=clock.now())
        first, question = checks.add_check(db, by=aya, slug="kort", module=module, now=clock.now())
        actions.remove(db, by=aya, slug="kort", file_id=first, now=clock.now())
        file, other = checks.add_check(db, by=aya, slug="kort", module=module, now=clock.now())
        with pytest.raises(Refused, match="unknown_module"):
            checks.add_check(db, by=aya, slug="kort", module="x/../..", now=clock.now())
        made = db.execute(select(DraftFile.id, DraftFile.text).where(DraftFile.id.in_([first, file])))
        texts = {row.id: row.text for row in made}
    assert (question, other) == ("v-eerste-vraag", "v-eerste-vraag-2")
    assert "slug: toets-veilig-beginnen-2\n" in texts[first]
    assert "slug: toets-veilig-beginnen-3\n" in texts[file]


def test_who_looks_for_one_file_reads_no_others(database: Database, aya: Viewer, clock: MovableClock) -> None:
    """Each keystroke that is kept asks what there is; the outline says that a lesson changed, not which words."""
    keep(database, aya, clock, file_of(database)[2].replace("Ze begint", "Ze start"))
    with database.reading(snapshot=True) as db:
        draft = queries.read_draft(db, "kort")
        named = reading.named_in_draft(db, draft.facts.id)
    assert named.keys() == draft.stored.keys()
    assert [path for path, one in named.items() if one.text is not None] == ["course.yaml"]
    told, said = (outline_of(draft, [], words=words).changes for words in (False, True))
    assert [(one.path, one.passages is None) for one in (*told, *said)] == [(LESSON, True), (LESSON, False)]


def test_what_a_draft_may_hold(database: Database, aya: Viewer, clock: MovableClock) -> None:
    """What was taken away counts too, what was replaced is gone; of two at once at the limit one goes in."""

    def add(name: str, megabytes: int) -> str:
        columns = {
            "sha256": name,
            "size": megabytes * 1024 * 1024,
            "media_type": "x/y",
            "storage_key": f"courses/{name}",
        }
        with database.writing() as db:
            actions.add_media(db, by=aya, slug="kort", wanted=name, found=columns, now=clock.now())
        return name

    for megabytes in (90, 95, 80):
        add("film.mp4", megabytes)
    with database.writing() as db:
        film = select(DraftFile).where(DraftFile.path == "media/film.mp4")
        actions.remove(db, by=aya, slug="kort", file_id=db.scalars(film).one().id, now=clock.now())
    came = at_once([partial(add, "een.mp4", 70), partial(add, "twee.mp4", 70)])
    assert came.count("draft_full") == 1
    with database.writing() as db:
        assert sum(db.scalars(select(DraftFile.size).where(DraftFile.path.startswith("media/")))) == 150 * 1024 * 1024
        head = {"draft_id": db.scalars(select(CourseDraft.id)).one(), "sha256": "", "size": 0, "media_type": "x/y"}
        spare = [head | {"path": f"images/{n}.webp", "changed_at": clock.now()} for n in range(1_000)]
        db.execute(insert(DraftFile), spare)
        with pytest.raises(Refused, match="too_many_files"):
            actions.put_back(db, by=aya, slug="kort", file_id=db.scalars(film).one().id, now=clock.now())


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


def test_a_module_comes_and_goes_whole(database: Database, aya: Viewer, clock: MovableClock) -> None:
    """Its line in course.yaml and its lessons are one thing, also when others write in the same moment."""
    id_, version, text = file_of(database, "course.yaml")
    more = text + "  - slug: erbij\n    title: Erbij\n    summary: Nieuw.\n"

    def begin() -> None:
        with database.writing() as db:
            shaping.begin_module(
                db,
                by=aya,
                slug="kort",
                file_id=id_,
                text=f"{more}# {time.monotonic_ns()}\n",
                version=version,
                module="erbij",
                lesson="Eerste les",
                now=clock.now(),
            )

    came = at_once([begin] * 3)
    assert sorted(str(one) for one in came) == ["None", "stale_text", "stale_text"]
    lesson, _, _ = file_of(database, "modules/02-erbij/01-eerste-les.md")
    moved, _, _ = file_of(database)
    with database.writing() as db:
        shaping.put_in_module(db, by=aya, slug="kort", file_id=moved, module="erbij", now=clock.now())
        with pytest.raises(Refused, match="unknown_module"):
            shaping.put_in_module(db, by=aya, slug="kort", file_id=moved, module="weg", now=clock.now())
    assert file_of(database, "modules/02-erbij/02-een-afspraak.md")[0] == moved
    stale, name = file_of(database, "modules/02-erbij/02-een-afspraak.md"), partial(shaping.keep_part, by=aya)
    with pytest.raises(Refused, match="stale_text"), database.writing() as db:  # she read it in its first module
        name(db, slug="kort", file_id=moved, text=f"{stale[2]}x", version=stale[1], stood="begin", module="begin",
             now=clock.now())  # fmt: skip
    read = read_course(file_of(database, "course.yaml")[2])
    there = read.module("erbij") if read is not None else None
    assert there is not None
    drop = partial(shaping.drop_module, by=aya, slug="kort", file_id=id_, text=text, module=there, now=clock.now())
    with database.reading() as db:
        seen = going_with(there, {row.path: row.sha256 for row in db.scalars(select(DraftFile))})
    with pytest.raises(Refused, match="stale_text"), database.writing() as db:
        drop(db, version=version, seen=seen)
    first = "modules/02-erbij/01-eerste-les.md"
    keep(database, aya, clock, "Nog iets.\n", path=first)  # written after she was told what goes along
    with pytest.raises(Refused, match="going_changed"), database.writing() as db:
        drop(db, version=version + 1, seen=seen)
    assert file_of(database, first)[0] == lesson
    assert "slug: erbij" in file_of(database, "course.yaml")[2]
    with database.reading() as db:
        seen = going_with(there, {row.path: row.sha256 for row in db.scalars(select(DraftFile))})
    with database.writing() as db:
        drop(db, version=version + 1, seen=seen)
    with database.reading() as db:
        gone = db.scalars(select(DraftFile.id).where(DraftFile.removed_at.is_not(None)))
        assert set(gone) == {lesson, moved}
    assert file_of(database, "course.yaml")[2] == text
    with database.writing() as db:  # a name that the draft has no files of any more, and an edition has
        db.execute(delete(DraftFile).where(DraftFile.path.startswith("modules/")))
        draft = actions.draft_at(db, by=aya, slug="kort").id
        assert queries.modules_ever(db, "kort", draft) >= {"veilig-beginnen"}
