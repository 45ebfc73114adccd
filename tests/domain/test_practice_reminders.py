"""Both are reminded of a visit, at the right moments, of the visit as it is and of no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.courses.actions.cohorts import withdraw
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import Refused
from app.kit.storage import Storage, folder
from app.letters.desk import Desk, Letter, NotDue, write
from app.outbox.rules import MessageState, state
from app.outbox.tables import Message
from app.practice import inputs
from app.practice.actions import keeping, reminding, visits
from app.practice.actions.reminding import REMINDER
from app.practice.tables.work import CoachVisit
from app.settings import Settings
from tests.people import KEYRING
from tests.practising import Practising, begin, coached_by, hand_over

WEEK, DAY = datetime(2026, 11, 26, 8, 0, tzinfo=UTC), datetime(2026, 12, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


def planned(database: Database) -> list[Message]:
    with database.reading() as db:
        return list(db.scalars(select(Message).where(Message.kind == REMINDER).order_by(Message.id)))


def still(database: Database, what: MessageState = MessageState.PLANNED) -> list[tuple[datetime, int]]:
    return [(one.send_at, one.person_id) for one in planned(database) if state(one) is what]


def letter(database: Database, message: Message, clock: MovableClock) -> Letter:
    desk = Desk(Settings(public_url="https://academie.test"), KEYRING, clock.now())
    with database.reading() as db:
        return write(db, message, desk)


def move(database: Database, at_work: Practising, clock: MovableClock, date_id: int) -> None:
    with database.writing() as db:
        visits.plan_visit(db, by=at_work.ruben, record_id=at_work.record_id, date_id=date_id, now=clock.now())


def test_both_are_reminded_a_week_and_a_day_before(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="planned")
    both = [at_work.noor.id, at_work.ruben.id]
    assert still(database) == [(moment, one) for moment in (WEEK, DAY) for one in both]
    to_noor = letter(database, planned(database)[0], clock)
    assert to_noor.subject == "Ruben komt kijken op donderdag 3 december"
    assert "Over een week komt Ruben Haddad kijken bij je groep." in to_noor.text
    assert "donderdag 3 december, 13.30 – 15.30" in to_noor.text
    assert "De Esdoorn, Dorpsstraat 1, Rotterdam" in to_noor.text
    assert "Dit neem je mee:" in to_noor.text
    assert "Je voorbereiding staat klaar." in to_noor.text
    assert to_noor.reply_to == "ruben@demo.example"
    assert to_noor.calendar is None  # the entry stands in the calendar already
    to_ruben = letter(database, planned(database)[3], clock)
    assert to_ruben.subject == "Morgen kijk je bij Noor"
    assert "Lees ze vooraf" in to_ruben.text
    assert "Dit neem je mee:" not in to_ruben.text


@pytest.mark.parametrize(
    ("number", "late", "subject", "line"),
    [
        (0, timedelta(days=3), "Ruben komt kijken op donderdag 3 december", "Over 4 dagen komt Ruben Haddad kijken"),
        (0, timedelta(days=5), "Ruben komt kijken op donderdag 3 december", "Over 2 dagen komt Ruben Haddad kijken"),
        (2, timedelta(hours=23), "Vandaag komt Ruben kijken", "Vandaag komt Ruben Haddad kijken"),
        (3, timedelta(hours=23), "Vandaag kijk je bij Noor", "Vandaag kijk je bij de groep van Noor de Wit."),
    ],
)
def test_a_late_one_says_when_it_is(  # noqa: PLR0917 - the cases
    database: Database,
    storage: Storage,
    clock: MovableClock,
    number: int,
    late: timedelta,
    subject: str,
    line: str,
) -> None:
    """The mail server was away: by now it is no week any more, or no tomorrow."""
    begin(database, storage, clock, until="planned")
    message = planned(database)[number]
    clock.set(message.send_at + late)
    written = letter(database, message, clock)
    assert written.subject == subject
    assert line in written.text


def test_planning_the_same_day_again_reminds_once(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="planned")
    move(database, at_work, clock, at_work.dates[0])
    assert len(planned(database)) == 4
    assert len(still(database)) == 4


def test_moving_takes_the_old_ones_back(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="planned")
    move(database, at_work, clock, at_work.dates[1])
    later = timedelta(days=7)
    both = [at_work.noor.id, at_work.ruben.id]
    assert still(database) == [(moment + later, one) for moment in (WEEK, DAY) for one in both]
    assert len(still(database, MessageState.SUPPRESSED)) == 4
    assert {one.suppressed_reason for one in planned(database)[:4]} == {
        "Het bezoek is intussen verzet, overgedragen of afgezegd."
    }
    move(database, at_work, clock, at_work.dates[0])  # and back: these are new reminders, not the old ones
    assert still(database) == [(moment, one) for moment in (WEEK, DAY) for one in both]


def test_calling_off_leaves_nothing_to_remind_of(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="planned")
    with database.writing() as db:
        visits.cancel_visit(db, by=at_work.ruben, record_id=at_work.record_id, reason="Ziek", now=clock.now())
    assert still(database) == []


def test_moved_in_the_last_week_only_the_last_day(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="planned")
    clock.set(WEEK + timedelta(days=8))
    move(database, at_work, clock, at_work.dates[1])
    assert {moment for moment, _ in still(database)} == {DAY + timedelta(days=7)}


def test_what_is_true_counts_when_it_goes_out(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="planned")
    to_noor, to_ruben = planned(database)[:2]
    els = hand_over(database, at_work, clock, "Els Vermeer")
    with pytest.raises(NotDue):  # he does not coach her any more
        letter(database, to_ruben, clock)
    coached_by(database, els, clock, at_work.ruben.id)
    assert letter(database, to_ruben, clock).to_name == "Ruben Haddad"
    with database.writing() as db:
        db.scalars(select(CoachVisit)).one().sequence += 1  # as anything does that changes a visit
    with pytest.raises(NotDue):
        letter(database, to_noor, clock)


def test_every_night_the_reminders_of_near_visits_are_made_sure_of(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    """A visit that got another date or another coach by another way, or that was planned before there were any."""
    at_work = begin(database, storage, clock, until="planned")
    with database.writing() as db:
        reminding.remind_of_coming(db, now=clock.now())
    assert len(planned(database)) == 4  # nothing changes
    els = hand_over(database, at_work, clock, "Els Vermeer")
    with database.writing() as db:
        visit = db.scalars(select(CoachVisit)).one()
        visit.coach_id, visit.sequence = els.ruben.id, visit.sequence + 1
    clock.set(WEEK - timedelta(hours=8))
    with database.writing() as db:
        reminding.remind_of_coming(db, now=clock.now())
    assert still(database) == [(moment, one) for moment in (WEEK, DAY) for one in (at_work.noor.id, els.ruben.id)]
    clock.set(WEEK + timedelta(hours=1))
    with database.writing() as db:
        reminding.remind_of_coming(db, now=clock.now())
    assert len(planned(database)) == 8  # what is past is not sent late under another name


def test_a_night_of_trouble_with_the_mail_loses_no_reminder(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="planned")
    both = [at_work.noor.id, at_work.ruben.id]
    for moment, left in (
        (WEEK + timedelta(hours=18), (WEEK, DAY)),
        (DAY + timedelta(hours=18), (DAY,)),  # the one of a week before gave way
    ):
        clock.set(moment)
        with database.writing() as db:
            reminding.remind_of_coming(db, now=clock.now())
        assert still(database) == [(one, person) for one in left for person in both]


def test_who_stopped_is_not_reminded(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="planned")
    training = at_work.training
    with database.writing() as db:
        given = {"cohort_id": training.cohort_id, "enrolment_id": training.enrolment_id}
        withdraw(db, by=training.cast.fatma, **given, now=clock.now())
    with pytest.raises(NotDue):
        letter(database, planned(database)[0], clock)


def test_a_visit_that_began_is_no_news(database: Database, storage: Storage, clock: MovableClock) -> None:
    begin(database, storage, clock, until="visited")
    with pytest.raises(NotDue):
        letter(database, planned(database)[2], clock)


def test_the_way_is_noted_for_both_and_goes_in_time(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="planned")
    given = inputs.TheWay(directions="Ingang achterom", venue_contact="Beheerder Piet, 010 555 00 00")
    with database.writing() as db:
        visits.note_the_way(db, by=at_work.ruben, record_id=at_work.record_id, given=given, now=clock.now())
    move(database, at_work, clock, at_work.dates[1])  # the same place on another day
    with database.reading() as db:
        visit = db.scalars(select(CoachVisit)).one()
        assert (visit.directions, visit.venue_contact) == (given.directions, given.venue_contact)
        [told] = keeping.export_of(db, at_work.noor.id)["visits"]
        assert (told["directions"], told["venue_contact"]) == (given.directions, given.venue_contact)
    assert "achterom" not in letter(database, planned(database)[-1], clock).text
    with database.writing() as db:
        keeping.erase(db, person_id=at_work.noor.id, storage=storage, now=clock.now())
    with database.reading() as db:
        visit = db.scalars(select(CoachVisit)).one()
        assert (visit.directions, visit.venue_contact) == ("", "")


def test_the_way_goes_with_the_files(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="planned")
    training = at_work.training
    given = inputs.TheWay(directions="Ingang achterom", venue_contact="Piet")
    with database.writing() as db:
        visits.note_the_way(db, by=at_work.ruben, record_id=at_work.record_id, given=given, now=clock.now())
        whose = {"cohort_id": training.cohort_id, "enrolment_id": training.enrolment_id}
        withdraw(db, by=training.cast.fatma, **whose, now=clock.now())
    for days, left in ((90, "Piet"), (91, "")):
        with database.writing() as db:
            keeping.expire_files(db, now=clock.now() + timedelta(days=days))
            db.expire_all()
            assert db.scalars(select(CoachVisit.venue_contact)).one() == left


def test_without_a_visit_there_is_no_way_to_note(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="prepared")
    with database.writing() as db, pytest.raises(Refused, match="visit_first"):
        visits.note_the_way(
            db, by=at_work.ruben, record_id=at_work.record_id, given=inputs.TheWay(directions="x"), now=clock.now()
        )
