"""Notes of a coach and agreements that are kept: both read them, the ledger knows, and they go in time."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.actions.cohorts import withdraw
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import NotFound, Refused
from app.kit.localtime import local_day
from app.kit.storage import Storage, folder
from app.ledger.tables import LedgerContent, LedgerEvent
from app.people.rules import Viewer
from app.practice import inputs
from app.practice.actions import keeping, noting
from app.practice.agreements import AgreementView, agreements_of
from app.practice.notes import NoteView, beside_of, due_for_admins, notes_of
from app.practice.person_page import person_page
from app.practice.tables.coaching import CoachNote
from app.practice.together_page import together_page
from app.practice.worklines import practice_work
from tests.practising import Practising, begin, hand_over, sign


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


def write(
    database: Database, at_work: Practising, clock: MovableClock, text: str = "Bel even", day: date | None = None
) -> int:
    with database.writing() as db:
        given = inputs.Note(text=text, come_back_on=day)
        which = at_work.training.enrolment_id
        return noting.write_note(db, by=at_work.ruben, enrolment_id=which, given=given, now=clock.now())


def change(
    database: Database,
    at_work: Practising,
    clock: MovableClock,
    note_id: int,
    given: inputs.Note,
    *,
    by: Viewer | None = None,
) -> None:
    with database.writing() as db:
        which = {"enrolment_id": at_work.training.enrolment_id, "note_id": note_id}
        noting.change_note(db, by=by or at_work.ruben, **which, given=given, now=clock.now())


def notes(database: Database, at_work: Practising, viewer: Viewer) -> tuple[NoteView, ...]:
    with database.reading() as db:
        return notes_of(db, at_work.training.enrolment_id, viewer_id=viewer.id)


def agreements(database: Database, at_work: Practising) -> tuple[AgreementView, ...]:
    with database.reading() as db:
        return agreements_of(db, [at_work.training.enrolment_id])[at_work.training.enrolment_id]


def mark(
    database: Database, by: Viewer, one: AgreementView, clock: MovableClock, *, kept: str = "yes", number: int = 0
) -> None:
    with database.writing() as db:
        fields = {"sign_off_id": one.sign_off_id, "number": number or one.number, "kept": kept}
        given = inputs.KeptAgreement.model_validate(fields)
        noting.mark_agreement(db, by=by, given=given, now=clock.now())


def waiting(db: Session, enrolment_ids: list[int], day: date) -> list[int]:
    return [row.id for row in beside_of(db, enrolment_ids, coach_id=0, on=day).due]


def told(database: Database, area: str = "practice.note") -> list[str]:
    with database.reading() as db:
        found = select(LedgerEvent.action).where(LedgerEvent.action.startswith(area)).order_by(LedgerEvent.id)
        return [action.removeprefix("practice.") for action in db.scalars(found)]


def said(database: Database) -> str:
    """All that the ledger holds in words."""
    with database.reading() as db:
        return " ".join(str(content) for content in db.scalars(select(LedgerContent.content)))


def test_both_read_a_note_and_only_its_author_changes_it(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock)
    note_id = write(database, at_work, clock)
    [hers], [his] = notes(database, at_work, at_work.noor), notes(database, at_work, at_work.ruben)
    assert (hers.text, hers.author, hers.own, his.own) == ("Bel even", "Ruben Haddad", False, True)
    with database.reading() as db:
        page = together_page(db, at_work.noor)
        assert page is not None
        assert page.notes == (hers,)
    clock.advance(timedelta(hours=1))
    change(database, at_work, clock, note_id, inputs.Note(text="Bel dinsdag", version=1))
    [after] = notes(database, at_work, at_work.noor)
    assert (after.text, after.changed_at) == ("Bel dinsdag", clock.now())
    assert told(database) == ["note_written", "note_changed"]
    assert "Bel even" in said(database)  # what it said before
    with pytest.raises(Refused, match="stale_note"):
        change(database, at_work, clock, note_id, inputs.Note(text="Van de laptop", version=1))
    for by in (at_work.noor, at_work.training.cast.fatma):
        with pytest.raises(NotFound):
            change(database, at_work, clock, note_id, inputs.Note(text="Niet van mij"), by=by)


def test_a_removed_note_is_gone_everywhere(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock)
    note_id = write(database, at_work, clock, "Mevrouw Jansen belde")
    change(database, at_work, clock, note_id, inputs.Note(text="Iemand belde"))
    with database.writing() as db:
        which = {"enrolment_id": at_work.training.enrolment_id, "note_id": note_id}
        noting.remove_note(db, by=at_work.ruben, **which, now=clock.now())
    assert notes(database, at_work, at_work.noor) == ()
    assert "Jansen" not in said(database)
    assert told(database) == ["note_written", "note_changed", "note_removed"]


def test_a_note_waits_from_its_day_until_it_is_settled(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock)
    ids, day = [at_work.training.enrolment_id], local_day(clock.now()) + timedelta(days=3)
    note_id = write(database, at_work, clock, day=day)
    write(database, at_work, clock, "Zonder dag")
    with database.reading() as db:
        assert waiting(db, ids, day - timedelta(days=1)) == []
        assert waiting(db, ids, day) == [note_id]
        assert waiting(db, ids, day + timedelta(days=30)) == [note_id]
    els = hand_over(database, at_work, clock, "Els Vermeer")
    with database.writing() as db:  # who coaches her now comes back to it, also when somebody else wrote it
        for _ in range(2):
            noting.settle_note(db, by=els.ruben, enrolment_id=ids[0], note_id=note_id, now=clock.now())
        assert waiting(db, ids, day) == []
        with pytest.raises(NotFound):
            noting.settle_note(db, by=at_work.ruben, enrolment_id=ids[0], note_id=note_id, now=clock.now())
    assert told(database) == ["note_written", "note_written", "note_settled"]


def test_a_new_day_makes_it_wait_again(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock)
    today = local_day(clock.now())
    note_id = write(database, at_work, clock, day=today)
    with database.writing() as db:
        which = {"enrolment_id": at_work.training.enrolment_id, "note_id": note_id}
        noting.settle_note(db, by=at_work.ruben, **which, now=clock.now())
    clock.advance(timedelta(days=2))
    change(database, at_work, clock, note_id, inputs.Note(text="Bel nu", come_back_on=today))
    assert notes(database, at_work, at_work.ruben)[0].come_back_on is None  # the same day is no new day
    later = inputs.Note(text="Bel nu", come_back_on=today + timedelta(days=9))
    change(database, at_work, clock, note_id, later)
    assert notes(database, at_work, at_work.ruben)[0].come_back_on == later.come_back_on
    with pytest.raises(Refused, match="come_back_past"):
        write(database, at_work, clock, day=today)


def test_a_next_coach_reads_what_was_noted_and_changes_nothing(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock)
    note_id = write(database, at_work, clock)
    els = hand_over(database, at_work, clock, "Els Vermeer")
    with database.reading() as db:
        page = person_page(db, els.ruben, at_work.training.enrolment_id, now=clock.now())
        assert [(one.text, one.author, one.own) for one in page.notes] == [("Bel even", "Ruben Haddad", False)]
        with pytest.raises(NotFound):
            person_page(db, at_work.ruben, at_work.training.enrolment_id, now=clock.now())
    for by in (els.ruben, at_work.ruben):  # not hers; no longer his person
        with pytest.raises(NotFound):
            change(database, at_work, clock, note_id, inputs.Note(text="Anders"), by=by)


def test_an_admin_notes_too_and_each_comes_back_to_her_own(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work, today = begin(database, storage, clock), local_day(clock.now())
    fatma, which = at_work.training.cast.fatma, at_work.training.enrolment_id
    his = write(database, at_work, clock, day=today)
    with database.writing() as db:
        given = inputs.Note(text="De organisatie belt terug", come_back_on=today)
        hers = noting.write_note(db, by=fatma, enrolment_id=which, given=given, now=clock.now())
    assert [(one.author, one.by_admin) for one in notes(database, at_work, at_work.noor)] == [
        (fatma.name, True),
        (at_work.ruben.name, False),
    ]
    with database.reading() as db:
        assert waiting(db, [which], today) == [his]
        (due,) = due_for_admins(db, on=today)
        assert (due.id, due.person, due.href) == (hers, "Noor de Wit", f"/coach/mensen/{which}")
        (line,) = [one for one in practice_work(db, now=clock.now()) if one.what == "come_back"]
        assert (line.count, line.href, line.people) == (1, f"/coach/mensen/{which}#notities", (at_work.noor.id,))
        assert [one.settles for one in person_page(db, fatma, which, now=clock.now()).notes] == [True, False]
    for by, note_id in ((at_work.ruben, hers), (fatma, his), (at_work.noor, hers)):
        with pytest.raises(NotFound), database.writing() as db:
            noting.settle_note(db, by=by, enrolment_id=which, note_id=note_id, now=clock.now())
    with pytest.raises(NotFound), database.writing() as db:
        noting.write_note(db, by=at_work.noor, enrolment_id=which, given=given, now=clock.now())
    with database.writing() as db:
        noting.settle_note(db, by=fatma, enrolment_id=which, note_id=hers, now=clock.now())
    with database.reading() as db:
        assert due_for_admins(db, on=today) == ()


def test_an_agreement_is_kept_by_either_side_and_may_turn_out_open(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="observed")
    sign(database, at_work, clock, "returned", reason="Nog één keer oefenen")
    [one] = agreements(database, at_work)
    assert (one.text, one.by_when, one.open) == (
        "Noor schrijft voor donderdag drie vragen op",
        date(2026, 12, 17),
        True,
    )
    for _ in range(2):
        mark(database, at_work.noor, one, clock)
    [kept] = agreements(database, at_work)
    assert (kept.kept_at, kept.kept_by) == (clock.now(), "Noor de Wit")
    mark(database, at_work.ruben, one, clock, kept="no")
    assert agreements(database, at_work)[0].open
    mark(database, at_work.ruben, one, clock)
    assert agreements(database, at_work)[0].kept_by == "Ruben Haddad"
    assert told(database, "practice.agreement") == ["agreement_kept", "agreement_reopened", "agreement_kept"]
    els = hand_over(database, at_work, clock, "Els Vermeer")
    for by, number in ((at_work.training.cast.joris, 1), (at_work.ruben, 1), (els.ruben, 2)):
        with pytest.raises(NotFound):
            mark(database, by, one, clock, number=number)
    mark(database, els.ruben, one, clock, kept="no")
    with database.reading() as db:
        assert keeping.export_of(db, at_work.noor.id)["agreements_kept"] == []


def test_notes_go_a_year_after_the_end_and_stand_in_both_copies(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock)
    note_id = write(database, at_work, clock, "Bel even")
    change(database, at_work, clock, note_id, inputs.Note(text="Bel dinsdag"))
    with database.reading() as db:
        about, by = keeping.export_of(db, at_work.noor.id), keeping.export_of(db, at_work.ruben.id)
    assert ([one["text"] for one in about["notes_about_you"]], about["notes_by_you"]) == (["Bel dinsdag"], [])
    assert ([one["text"] for one in by["notes_by_you"]], by["notes_about_you"]) == (["Bel dinsdag"], [])
    with database.writing() as db:
        assert noting.remove_notes(db, before=clock.now() + timedelta(days=999)) == 0  # it goes on
        training = at_work.training
        whose = {"cohort_id": training.cohort_id, "enrolment_id": training.enrolment_id}
        withdraw(db, by=training.cast.fatma, **whose, now=clock.now())
        assert noting.remove_notes(db, before=clock.now()) == 0
        assert noting.remove_notes(db, before=clock.now() + timedelta(seconds=1)) == 1
        assert db.scalars(select(CoachNote)).all() == []
    assert "Bel even" not in said(database)


def test_a_coach_who_is_forgotten_leaves_her_notes_to_who_they_are_about(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock)
    write(database, at_work, clock)
    with database.writing() as db:
        keeping.erase(db, person_id=at_work.ruben.id, storage=storage, now=clock.now())
        assert len(db.scalars(select(CoachNote)).all()) == 1
        keeping.erase(db, person_id=at_work.noor.id, storage=storage, now=clock.now())
        assert db.scalars(select(CoachNote)).all() == []


def test_when_the_training_has_ended_nothing_is_added(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock)
    training = at_work.training
    with database.writing() as db:
        whose = {"cohort_id": training.cohort_id, "enrolment_id": training.enrolment_id}
        withdraw(db, by=training.cast.fatma, **whose, now=clock.now())
    with pytest.raises((NotFound, Refused)):
        write(database, at_work, clock)
