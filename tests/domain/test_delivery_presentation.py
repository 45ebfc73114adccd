"""The end presentation in both calendars: planned, changed, gone, and for a coach who comes later."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select

from app.courses.actions.cohorts import withdraw
from app.delivery import actions as delivery
from app.delivery import keeping
from app.delivery.inputs import Group
from app.delivery.queries import own_group
from app.delivery.tables import Delivery, PresentationEntry
from app.jobs.tables import Job
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.storage import Storage, folder
from app.letters.desk import Desk, Letter, NotDue, write
from app.outbox.tables import Message
from app.people.rules import Viewer
from app.settings import Settings
from app.worker.run import run_due
from app.worker.work import Work
from tests.people import KEYRING
from tests.practising import Practising, begin, group_form, hand_over

PLANNED: Final = "delivery.presentation_planned"
MOVED: Final = "delivery.presentation_moved"
CANCELLED: Final = "delivery.presentation_cancelled"
KINDS: Final = (PLANNED, MOVED, CANCELLED)


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


def save(database: Database, at_work: Practising, clock: MovableClock, **changes: object) -> None:
    """Change the group as its page does: each date keeps its own row."""
    with database.writing() as db:
        group = own_group(db, at_work.noor.id)
        assert group is not None
        known = {"group_id": group.id, "version": group.version, "id_1": at_work.dates[0], "id_2": at_work.dates[1]}
        given = Group.model_validate(group_form(**(known | changes)))
        delivery.save_group(db, by=at_work.noor, given=given, authorised=(), pinned=frozenset(), now=clock.now())


def posted(database: Database) -> list[tuple[str, int]]:
    """What was planned about end presentations, and to whom, in order."""
    with database.reading() as db:
        rows = db.execute(
            select(Message.kind, Message.person_id).where(Message.kind.in_(KINDS)).order_by(Message.id)
        ).all()
    return [(row.kind.rpartition("_")[2], row.person_id) for row in rows]


def letter(database: Database, kind: str, reader: Viewer, clock: MovableClock) -> Letter:
    """The newest letter of a kind to somebody, as it would go out now."""
    desk = Desk(Settings(public_url="https://academie.test"), KEYRING, clock.now())
    with database.reading() as db:
        message = db.scalars(
            select(Message).where(Message.kind == kind, Message.person_id == reader.id).order_by(Message.id.desc())
        ).first()
        assert message is not None
        return write(db, message, desk)


def entry(written: Letter) -> dict[str, str]:
    assert written.calendar is not None
    unfolded = written.calendar.body.replace("\r\n ", "").splitlines()
    return {line.partition(":")[0].partition(";")[0]: line.partition(":")[2] for line in unfolded}


def work(database: Database, data_dir: Path, storage: Storage, clock: MovableClock) -> Work:
    return Work(Settings(data_dir=data_dir), clock, database, storage, KEYRING)


def test_it_is_in_both_calendars_from_the_day_it_is_entered(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock)
    assert posted(database) == [("planned", at_work.noor.id), ("planned", at_work.ruben.id)]
    hers, his = (letter(database, PLANNED, one, clock) for one in (at_work.noor, at_work.ruben))
    assert hers.subject == "De eindpresentatie staat in je agenda: donderdag 10 december"
    assert his.subject == "Eindpresentatie van de groep van Noor: donderdag 10 december"
    assert "De Esdoorn, Dorpsstraat 1, Rotterdam" in his.text
    assert his.reply_to == "noor@demo.example"
    assert hers.reply_to == "ruben@demo.example"
    for one in (entry(hers), entry(his)):
        assert (one["METHOD"], one["SEQUENCE"], one["DTSTART"]) == ("REQUEST", "0", "20261210T123000Z")
    assert entry(hers)["UID"] != entry(his)["UID"]


def test_saving_again_tells_nobody_anything(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock)
    save(database, at_work, clock)
    save(database, at_work, clock, day_1="2026-12-02", goal_group="Anderen")  # another date moves, not this one
    assert len(posted(database)) == 2


@pytest.mark.parametrize(
    "changes, told",
    [
        ({"day_2": "2026-12-11"}, ("DTSTART", "20261211T123000Z")),
        ({"ends_2": "16:00"}, ("DTEND", "20261210T150000Z")),
        ({"place": "Elders"}, ("LOCATION", "Elders\\, Dorpsstraat 1\\, Rotterdam")),
        ({"kind_1": "end_presentation", "kind_2": "session"}, ("DTSTART", "20261203T123000Z")),
    ],
)
def test_what_changes_keeps_its_entry_and_raises_its_number(
    database: Database, storage: Storage, clock: MovableClock, changes: dict[str, str], told: tuple[str, str]
) -> None:
    at_work = begin(database, storage, clock)
    before = entry(letter(database, PLANNED, at_work.ruben, clock))
    save(database, at_work, clock, **changes)
    assert posted(database)[2:] == [("moved", at_work.noor.id), ("moved", at_work.ruben.id)]
    moved = entry(letter(database, MOVED, at_work.ruben, clock))
    assert (moved["UID"], moved["SEQUENCE"], moved["METHOD"]) == (before["UID"], "1", "REQUEST")
    assert moved[told[0]] == told[1]
    with pytest.raises(NotDue):  # the first letter is overtaken
        letter(database, PLANNED, at_work.ruben, clock)


def test_without_an_end_presentation_it_leaves_both_calendars_and_comes_back_as_the_same_entry(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock)
    first = entry(letter(database, PLANNED, at_work.noor, clock))
    save(database, at_work, clock, kind_2="session")
    gone = letter(database, CANCELLED, at_work.ruben, clock)
    assert gone.calendar is not None
    assert gone.calendar.method == "CANCEL"
    assert (entry(gone)["SEQUENCE"], entry(gone)["STATUS"]) == ("1", "CANCELLED")
    assert "gaat op deze dag niet door" in gone.text
    save(database, at_work, clock, kind_2="end_presentation")
    again = entry(letter(database, PLANNED, at_work.noor, clock))
    assert (again["UID"], again["SEQUENCE"]) == (first["UID"], "2")
    assert [kind for kind, _ in posted(database)] == ["planned"] * 2 + ["cancelled"] * 2 + ["planned"] * 2


def test_a_coach_who_comes_later_gets_it_and_the_former_one_loses_it(
    database: Database, data_dir: Path, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock)
    handed = hand_over(database, at_work, clock, "Marjolein Vos")
    for _ in range(2):  # the job may run twice
        run_due(work(database, data_dir, storage, clock))
        with database.writing() as db:
            for job in db.scalars(select(Job).where(Job.kind == "delivery.coach_changed")):
                job.ended_at = None
    marjolein = handed.ruben
    assert posted(database)[2:] == [("cancelled", at_work.ruben.id), ("planned", marjolein.id)]
    assert "groep van Noor" in letter(database, PLANNED, marjolein, clock).subject
    former = letter(database, CANCELLED, at_work.ruben, clock)
    assert "Je begeleidt deze groep niet meer" in former.text
    assert "Noor" not in former.text + former.subject + former.html
    assert "Esdoorn" not in former.text + str(former.calendar)
    assert entry(former)["UID"] == entry_uid(database, at_work.ruben)
    save(database, handed, clock, day_2="2026-12-11")  # from now on it is hers
    assert posted(database)[4:] == [("moved", at_work.noor.id), ("moved", marjolein.id)]


def entry_uid(database: Database, reader: Viewer) -> str:
    with database.reading() as db:
        uid = db.scalars(select(PresentationEntry.uid).where(PresentationEntry.person_id == reader.id)).one()
    return f"eindpresentatie-{uid}@demo.example"


def test_who_stops_with_the_training_leaves_the_coach_a_free_day(
    database: Database, data_dir: Path, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock)
    training = at_work.training
    with database.writing() as db:
        withdraw(
            db,
            by=training.cast.fatma,
            cohort_id=training.cohort_id,
            enrolment_id=training.enrolment_id,
            now=clock.now(),
        )
    with pytest.raises(NotDue):
        letter(database, PLANNED, at_work.noor, clock)
    run_due(work(database, data_dir, storage, clock))
    assert posted(database)[2:] == [("cancelled", at_work.ruben.id)]


def test_what_is_over_stays_as_it_was(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock)
    clock.advance(timedelta(days=30))
    save(database, at_work, clock, kind_2="session")
    assert len(posted(database)) == 2


def test_who_is_forgotten_leaves_no_entry_with_others(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock)
    with database.writing() as db:
        keeping.erase(db, person_id=at_work.noor.id, storage=storage, now=clock.now())
    assert posted(database)[2:] == [("cancelled", at_work.ruben.id)]
    with database.reading() as db:
        assert db.scalars(select(Delivery.goal_group)).one() == ""
        assert [one.gone_at for one in db.scalars(select(PresentationEntry))] == [clock.now()] * 2
