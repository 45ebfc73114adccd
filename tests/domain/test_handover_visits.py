"""What a hand-over does to the visits that are planned, to calendars and to reminders."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.courses.actions import own_data
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.storage import Storage, folder
from app.outbox.tables import Message
from app.people.queries import viewer_for
from app.practice.actions import handover, visits
from app.practice.coach_page import coach_page
from app.worker.run import run_due
from tests.handing import away, entries, form, hand_over, mails, make_coach, planned_visit
from tests.page import make_test_parts
from tests.practising import Practising, begin

KINDS = ("handover.professional", "handover.takes", "handover.gives")


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


@pytest.fixture
def planned(database: Database, storage: Storage, clock: MovableClock) -> Practising:
    """Ruben comes to Noor's group on Thursday 3 December."""
    return begin(database, storage, clock, until="planned")


@pytest.fixture
def bram(database: Database, planned: Practising, clock: MovableClock) -> int:
    with database.writing() as db:
        return make_coach(db, "Bram de Boer", now=clock.now())


def test_a_visit_that_cannot_be_is_planned_again(
    database: Database, planned: Practising, bram: int, clock: MovableClock
) -> None:
    away(database, bram, "2026-12-03", "2026-12-03", clock)
    hand_over(database, planned, clock, bram)
    assert planned_visit(database).cancelled_at == clock.now()
    for kind, person, methods in zip(KINDS, (planned.noor.id, bram, planned.ruben.id), (1, 0, 1), strict=True):
        (mail,) = mails(database, clock, kind)[person]
        assert [method for method, _, _ in entries(mail)] == ["CANCEL"] * methods  # it never stood in Bram's calendar
    with database.writing() as db:
        page = coach_page(db, viewer_for(db, bram), now=clock.now())
        assert [(row.person, row.due) for row in page.queue] == [("Noor de Wit", "plan")]
        visits.plan_visit(
            db, by=viewer_for(db, bram), record_id=planned.record_id, date_id=planned.dates[1], now=clock.now()
        )


def test_a_visit_of_who_is_back_by_then_stays_hers_through_two_hands(
    database: Database, planned: Practising, bram: int, clock: MovableClock
) -> None:
    fatma, noor, ruben = planned.training.cast.fatma, planned.training.enrolment_id, planned.ruben.id
    with database.writing() as db:
        els = make_coach(db, "Els Vermeer", now=clock.now())
    hand_over(database, planned, clock, bram, back_on="2026-12-02")
    with database.writing() as db:
        handover.hand_over(db, by=fatma, coach_id=bram, given=form({noor: els}), now=clock.now())
    assert (planned_visit(database).coach_id, planned_visit(database).sequence) == (ruben, 0)
    with database.writing() as db:  # chosen anew: she does not go back, and he hears that he does not go
        reason = "Bram kent de wijk"
        handover.give_coach(db, by=fatma, enrolment_id=noor, coach_id=bram, reason=reason, now=clock.now())
    assert (planned_visit(database).coach_id, planned_visit(database).sequence) == (bram, 1)
    told = mails(database, clock, "handover.gives")
    assert [entries(mail) for mail in told[els]] == [[]]
    ((method, uid, sequence),) = entries(told[ruben][-1])
    assert (method, uid.partition("@")[0], sequence) == ("CANCEL", f"bezoek-{planned_visit(database).uid}-{ruben}", 1)


def test_what_changed_before_the_letter_went_still_leaves_the_calendar(
    database: Database, planned: Practising, bram: int, clock: MovableClock
) -> None:
    hand_over(database, planned, clock, bram)
    with database.writing() as db:
        by, moved = viewer_for(db, bram), planned.dates[1]
        visits.plan_visit(db, by=by, record_id=planned.record_id, date_id=moved, now=clock.now())
    ((method, _, sequence),) = entries(mails(database, clock, "handover.gives")[planned.ruben.id][0])
    assert (method, sequence) == ("CANCEL", planned_visit(database).sequence)
    assert entries(mails(database, clock, "handover.takes")[bram][0]) == []  # he has a letter about the other day


def test_who_goes_is_reminded_and_who_does_not_is_not(
    database: Database, planned: Practising, bram: int, clock: MovableClock, data_dir: Path
) -> None:
    hand_over(database, planned, clock, bram)
    for _ in range(12):
        run_due(make_test_parts(database, data_dir, clock).work)
        clock.advance(timedelta(days=1))
    with database.reading() as db:
        sent = db.execute(
            select(Message.person_id, Message.data).where(
                Message.kind == "practice.visit_reminder", Message.suppressed_at.is_(None)
            )
        ).all()
    assert sorted((one.person_id, one.data["days"]) for one in sent) == [
        (planned.noor.id, 1), (planned.noor.id, 7), (bram, 1), (bram, 7)
    ]  # fmt: skip


def test_a_coach_who_left_us_leaves_no_visit_behind(
    database: Database, planned: Practising, bram: int, clock: MovableClock, storage: Storage
) -> None:
    with database.writing() as db:
        own_data.erase(db, person_id=planned.ruben.id, storage=storage, now=clock.now())
    with database.writing() as db:
        ids = [planned.training.enrolment_id]
        handover.give_first_coach(db, by=planned.training.cast.fatma, enrolment_ids=ids, coach_id=bram, now=clock.now())
    assert (planned_visit(database).coach_id, planned_visit(database).sequence) == (bram, 1)
    for person in (planned.noor.id, bram):
        sent = mails(database, clock, "practice.visit_planned")[person][-1]
        assert [(method, number) for method, _, number in entries(sent)] == [("REQUEST", 1)]
