"""The room of a case: who reads it, until when, and that nothing of it is left afterwards; on both databases."""

from __future__ import annotations

import os
import tarfile
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import select

from app.intervision.actions import rounds as planned
from app.intervision.inputs import SessionGiven
from app.intervision.room import actions, keeping, keys, queries
from app.intervision.room.inputs import CaseGiven
from app.intervision.room.queries import CasePage
from app.intervision.room.rules import CaseState, CaseText
from app.intervision.room.tables import CaseKey, IntervisionCase
from app.intervision.tables import GroupSeat, IntervisionGroup, IntervisionSession
from app.kit.db import Database
from app.kit.errors import NotFound, Refused
from app.kit.localtime import end_of, start_of
from app.kit.storage import folder
from app.meetings.tables import Meeting
from app.people.actions import own_data
from app.people.queries import viewer_for
from app.people.rules import Role, Viewer
from app.people.tables import Export
from app.upkeep import backup
from app.upkeep.files import ORPHAN_AGE
from app.upkeep.restore import restore
from app.worker.handlers.room import purge_cases
from app.worker.run import run_due
from app.worker.work import Work
from migrations.models import metadata
from tests.intervision import DAY, FACTS, place_of, publish
from tests.intervision_stage import END, START, Stage
from tests.page import make_test_parts
from tests.people import KEYRING, make_person

GIVEN: Final = CaseGiven(
    title="Een grap op elk antwoord", question="Hoe benoem ik dat? vraag-merk", story="verhaal-merk"
)
MARKS: Final = ("vraag-merk", "verhaal-merk")
GONE: Final = DAY + timedelta(days=14)


@dataclass
class Room:
    """Noor has a seat and brings a case; Joris sits with her, Ruben leads, Bas was invited and did not come."""

    stage: Stage
    work: Work
    bas: Viewer

    @property
    def noor(self) -> Viewer:
        return self.stage.cast.noor

    def bring(self, given: CaseGiven = GIVEN, *, by: Viewer | None = None) -> int:
        by = by or self.noor
        stage, work = self.stage, self.work
        key = keys.ready_key(stage.database, work.storage, meeting_id=stage.meeting_id, now=stage.now)
        place = stage.place(by.id)
        found: int = stage.do(
            lambda db: actions.bring_in(db, by=by, signup_id=place, given=given, key=key, now=stage.now)
        )
        return found

    def read(self, viewer: Viewer, case_id: int) -> CasePage:
        page: CasePage = self.stage.see(lambda db: queries.case_page(db, viewer, case_id, now=self.stage.now))
        return replace(page, text=keys.opened(self.work.storage, page.sealed))

    def case(self, case_id: int) -> IntervisionCase:
        found: IntervisionCase = self.stage.see(lambda db: db.get_one(IntervisionCase, case_id))
        return found

    def seat(self, *tables: tuple[int | None, tuple[Viewer, ...]]) -> None:
        """Make tables, each with who leads it and who sits there."""
        with self.stage.database.writing() as db:
            session_id = db.scalars(select(IntervisionSession.id)).one()
            for number, (leader, people) in enumerate(tables, start=1):
                group = IntervisionGroup(session_id=session_id, number=number, facilitator_id=leader)
                db.add(group)
                db.flush()
                for one in people:
                    db.add(GroupSeat(group_id=group.id, signup_id=place_of(db, one.id, self.stage.meeting_id)))


@pytest.fixture
def room(stage: Stage, data_dir: Path) -> Room:
    cast = stage.cast
    with stage.database.writing() as db:
        bas = make_person(db, "Bas Mulder", now=stage.now)
        version = db.get_one(Meeting, stage.meeting_id).version
        planned.change_session(
            db,
            by=cast.fatma,
            meeting_id=stage.meeting_id,
            given=SessionGiven(**(FACTS | {"facilitators": [cast.ruben.id]})),
            version=version,
            keyring=KEYRING,
            now=stage.now,
        )
        publish(db, cast.fatma, stage.round_id, bas, now=stage.now)
        viewer = viewer_for(db, bas)
    for one in (cast.noor, cast.joris):
        stage.answer(one.id, "yes")
    return Room(stage, make_test_parts(stage.database, data_dir, stage.clock).work, viewer)


def test_only_the_table_and_who_leads_it_read_a_case(room: Room) -> None:
    cast, case_id = room.stage.cast, room.bring()
    for viewer in (cast.noor, cast.joris, cast.ruben):
        page = room.read(viewer, case_id)
        assert page.text == CaseText(GIVEN.question, GIVEN.story)
        assert (page.mine, page.gone_on, page.state) == (viewer == cast.noor, GONE, CaseState.OFFERED)
    admin = replace(cast.fatma, roles=frozenset(Role))  # every role together opens nothing
    for viewer in (admin, cast.sanne, room.bas):
        with pytest.raises(NotFound):
            room.read(viewer, case_id)
    with pytest.raises(NotFound):
        room.stage.do(lambda db: actions.withdraw(db, by=cast.joris, case_id=case_id, now=room.stage.now))

    room.seat((cast.ruben.id, (cast.noor,)), (room.bas.id, (cast.joris,)))
    room.read(cast.ruben, case_id)
    for viewer in (cast.joris, room.bas, admin):  # another table, and who leads that one
        with pytest.raises(NotFound):
            room.read(viewer, case_id)
    place = room.stage.place(cast.joris.id)
    other = room.stage.see(lambda db: queries.room_page(db, cast.joris, place, now=room.stage.now))
    assert (other.others, other.people, other.table) == ([], 1, 2)


def test_giving_up_a_seat_takes_the_case_along(room: Room) -> None:
    cast, case_id = room.stage.cast, room.bring()
    room.stage.answer(cast.noor.id, "no")
    assert room.read(cast.noor, case_id).text is not None
    with pytest.raises(NotFound):
        room.read(cast.joris, case_id)
    with pytest.raises(Refused, match="no_seat_for_case"):
        room.bring()
    room.stage.do(lambda db: actions.withdraw(db, by=cast.noor, case_id=case_id, now=room.stage.now))
    assert room.stage.see(lambda db: db.scalars(select(IntervisionCase)).all()) == []
    assert room.stage.events("intervision.case_withdrawn") == 1


def test_a_case_is_written_again_until_it_was_discussed(room: Room) -> None:
    case_id = room.bring()
    assert room.bring(GIVEN.model_copy(update={"question": "Korter?"})) == case_id
    assert room.read(room.noor, case_id).text == CaseText("Korter?", GIVEN.story)
    assert (room.stage.events("intervision.case_offered"), room.stage.events("intervision.case_rewritten")) == (1, 1)
    with room.stage.database.writing() as db:
        db.get_one(IntervisionCase, case_id).discussed_at = room.stage.now
    with pytest.raises(Refused, match="case_discussed"):
        room.bring()
    room.stage.do(lambda db: actions.withdraw(db, by=room.noor, case_id=case_id, now=room.stage.now))
    assert (room.case(case_id).sealed, room.case(case_id).title) == ("", GIVEN.title)  # that it was discussed stays
    with pytest.raises(Refused, match="case_discussed"):
        room.bring()
    room.stage.clock.set(END)
    with pytest.raises(Refused, match="case_too_late"):
        room.bring(by=room.stage.cast.joris)


def whole(database: Database, storage: Any) -> str:
    """Everything that stands in the database and in the store."""
    with database.reading() as db:
        rows = [str(db.execute(table.select()).all()) for table in metadata.sorted_tables]
    return "\n".join([*rows, *(storage.get(one.key).decode(errors="replace") for one in storage.entries())])


@pytest.mark.usefixtures("postgres_tools")
def test_after_its_day_nothing_of_a_case_is_left(
    room: Room, empty_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not in rows, files, mail, log, copies of own data, nor in a backup of when it was still there."""
    stage, work, case_id = room.stage, room.work, room.bring()
    run_due(work)  # the mails about seats go out
    assert not any(mark in whole(stage.database, work.storage) for mark in MARKS)  # from the first save
    url = stage.database.url.render_as_string(hide_password=False)
    made = backup.make(url, work.storage, folder=tmp_path / "copies", keep=1, now=stage.now)
    with tarfile.open(made.path) as archive:
        assert not [name for name in archive.getnames() if keys.AREA in name]

    stage.clock.set(start_of(GONE) - timedelta(days=1))
    stage.do(lambda db: own_data.ask_export(db, by=room.noor, now=stage.now))
    run_due(work)
    copy = stage.see(lambda db: db.scalars(select(Export.storage_key)).one())
    assert work.storage.get(copy)[:2] == b"PK"
    assert room.read(room.noor, case_id).text is not None  # on the day before
    stage.clock.set(start_of(GONE))
    assert (room.read(room.noor, case_id).text, room.read(room.noor, case_id).state) == (None, CaseState.PURGED)
    run_due(work)

    assert work.storage.keys(keys.AREA) == work.storage.keys("exports") == []
    case = room.case(case_id)
    assert (case.sealed, case.title, case.purged_at) == ("", GIVEN.title, stage.now)
    assert stage.see(lambda db: db.scalars(select(CaseKey)).all()) == []
    assert stage.events("intervision.cases_purged") == 1
    told = whole(stage.database, work.storage) + "".join(capsys.readouterr())
    mails = [path.read_text() for path in (work.settings.data_dir / "mail").glob("*.eml")]
    assert mails
    assert not any(mark in text for mark in MARKS for text in (told, *mails))

    restore(made.path, empty_url, folder(tmp_path / "elsewhere" / "files"))
    restored = Database.open(empty_url, data_dir=tmp_path / "elsewhere")
    try:
        with restored.reading() as db:
            row = db.execute(queries._CASES.where(IntervisionCase.id == case_id)).one()
        assert row.IntervisionCase.sealed
        for storage in (work.storage, folder(tmp_path / "elsewhere" / "files")):
            assert (
                keys.opened(storage, keys.Sealed(row.IntervisionCase.signup_id, row.IntervisionCase.sealed, row.place))
                is None
            )
        assert not any(mark in whole(restored, folder(tmp_path / "elsewhere" / "files")) for mark in MARKS)
    finally:
        restored.close()


def test_calling_off_takes_it_away_at_once_and_moving_moves_its_day(room: Room) -> None:
    stage, case_id = room.stage, room.bring()
    later = date(2026, 12, 17)
    stage.do(
        lambda db: planned.change_session(
            db,
            by=stage.cast.fatma,
            meeting_id=stage.meeting_id,
            given=SessionGiven(**(FACTS | {"facilitators": [stage.cast.ruben.id], "day": later})),
            version=db.get_one(Meeting, stage.meeting_id).version,
            keyring=KEYRING,
            now=stage.now,
        )
    )
    assert room.read(room.noor, case_id).gone_on == later + timedelta(days=14)
    stage.clock.set(end_of(GONE))
    run_due(room.work)
    assert room.read(room.noor, case_id).text is not None
    stage.clock.set(START - timedelta(days=2))
    stage.do(
        lambda db: planned.cancel_session(
            db, by=stage.cast.fatma, meeting_id=stage.meeting_id, own_text="", now=stage.now
        )
    )
    assert room.read(room.noor, case_id).text is None  # before the job that removes it
    with pytest.raises(NotFound):
        room.read(stage.cast.joris, case_id)
    with pytest.raises(Refused, match="meeting_cancelled"):
        room.bring()
    run_due(room.work)
    assert (room.case(case_id).sealed, room.work.storage.keys(keys.AREA)) == ("", [])


def test_a_key_that_is_lost_is_told_and_the_case_is_written_again(room: Room) -> None:
    """As after a restore in another place."""
    stage, case_id = room.stage, room.bring()
    other = room.bring(by=stage.cast.joris)
    [key] = room.work.storage.keys(keys.AREA)
    room.work.storage.delete(key)
    lost = room.read(room.noor, case_id)
    assert (lost.text, lost.lost, lost.title) == (None, True, GIVEN.title)
    room.bring()
    assert room.read(room.noor, case_id).text == CaseText(GIVEN.question, GIVEN.story)
    assert room.read(stage.cast.joris, other).lost  # until he does so too: sealed with the key that was lost
    room.bring(by=stage.cast.joris)
    assert not room.read(stage.cast.joris, other).lost


def test_what_a_crash_leaves_half_done_is_done_at_night(room: Room) -> None:
    """Between key and row, on the way in and on the way out."""
    stage, storage = room.stage, room.work.storage
    left = storage.put(keys.AREA, b"a key without a row").key
    case_id = room.bring()
    purge_cases(room.work, {})
    assert len(storage.keys(keys.AREA)) == 2  # it may still wait for its row
    for key in storage.keys(keys.AREA):
        moment = (stage.now - ORPHAN_AGE - timedelta(minutes=1)).timestamp()
        os.utime(room.work.settings.data_dir / "files" / key, (moment, moment))
    purge_cases(room.work, {})
    assert left not in storage.keys(keys.AREA)
    assert room.read(room.noor, case_id).text is not None

    stage.clock.set(start_of(GONE))
    due = stage.see(lambda db: keeping.due(db, now=stage.now))
    for gone in due:  # and then the machine stops
        for key in gone.files:
            storage.delete(key)
    assert room.case(case_id).sealed
    purge_cases(room.work, {})
    assert room.case(case_id).sealed == ""
    purge_cases(room.work, {})  # once more does no harm
    assert stage.events("intervision.cases_purged") == 1


def test_the_copy_of_own_data_has_only_the_own_open_case(room: Room) -> None:
    room.bring()
    room.bring(GIVEN.model_copy(update={"question": "Van Joris"}), by=room.stage.cast.joris)
    part = room.stage.see(lambda db: keeping.export_of(db, room.noor.id))
    [told] = keeping.with_words(part, room.work.storage)["casussen"]
    assert (told["casus"], told["vraag"], told["situatie"]) == (GIVEN.title, GIVEN.question, GIVEN.story)
    room.stage.do(lambda db: keeping.erase(db, person_id=room.noor.id, storage=room.work.storage, now=room.stage.now))
    assert room.stage.see(lambda db: db.scalars(select(IntervisionCase.person_id)).all()) == [room.stage.cast.joris.id]
