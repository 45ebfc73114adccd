"""A coach is away or stops: her people go to others with all that is planned, and come back by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, update

from app.courses.actions import own_data
from app.courses.tables import CoachAssignment, CoachHandover, Enrolment
from app.courses.without_coach import without_coach
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.localtime import instant, local_day
from app.kit.storage import Storage, folder
from app.ledger.tables import LedgerContent, LedgerEvent
from app.outbox.tables import Message
from app.people.actions.accounts import grant_role, revoke_role
from app.people.queries import viewer_for
from app.people.rules import Role
from app.people.tables import Account, LineManager, Person
from app.practice import admin_inputs
from app.practice.actions import handover
from app.practice.coach_page import coach_page
from app.practice.record_page import record_page
from app.practice.worklines import practice_work
from app.upkeep.invariants import invariants
from app.worker.run import run_due
from tests.handing import (
    away,
    coach_of,
    coaches_now,
    entries,
    form,
    hand_over,
    mails,
    make_coach,
    make_people,
    planned_visit,
)
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


def kinds(database: Database) -> list[tuple[str, int]]:
    with database.reading() as db:
        rows = db.execute(select(Message.kind, Message.person_id).where(Message.kind.in_(KINDS)))
        return sorted((row.kind, row.person_id) for row in rows)


def test_for_good_with_the_visit_and_one_letter_each(
    database: Database, planned: Practising, bram: int, clock: MovableClock
) -> None:
    noor, ruben = planned.noor.id, planned.ruben.id
    hand_over(database, planned, clock, bram)
    stands = planned_visit(database)
    assert (stands.coach_id, stands.sequence, stands.cancelled_at) == (bram, 1, None)
    uid = f"bezoek-{stands.uid}"
    for kind, person, calendar in (
        ("handover.professional", noor, ("REQUEST", f"{uid}-{noor}")),
        ("handover.takes", bram, ("REQUEST", f"{uid}-{bram}")),
        ("handover.gives", ruben, ("CANCEL", f"{uid}-{ruben}")),
    ):
        found = mails(database, clock, kind)
        assert list(found) == [person]
        ((method, sent_uid, sequence),) = entries(found[person][0])
        assert (method, sent_uid.partition("@")[0], sequence) == (*calendar, 1)
        assert "ziek" not in found[person][0].as_string().lower()
    assert "Bram de Boer" in mails(database, clock, "handover.professional")[noor][0].as_string()
    with database.reading() as db:
        assert [one.person for one in coach_page(db, viewer_for(db, bram), now=clock.now()).visits] == ["Noor de Wit"]
        assert coach_page(db, planned.ruben, now=clock.now()).people == ()
        with pytest.raises(NotFound):
            record_page(db, planned.ruben, planned.record_id, now=clock.now())
        told = db.execute(
            select(LedgerEvent.actor_id, LedgerContent.content)
            .join(LedgerContent, LedgerContent.event_id == LedgerEvent.id)
            .where(LedgerEvent.action == "courses.handed_over")
        ).one()
    assert told.actor_id == planned.training.cast.fatma.id
    assert (told.content["reason"], told.content["people"], told.content["back_on"]) == ("away", 1, None)


def test_nobody_hands_over_her_own_training(
    database: Database, planned: Practising, bram: int, clock: MovableClock
) -> None:
    now, enrolment_id = clock.now(), planned.training.enrolment_id
    with database.writing() as db:
        grant_role(db, by=None, person_id=planned.noor.id, role=Role.ADMIN, now=now)
    with database.reading() as db:
        noor = viewer_for(db, planned.noor.id)
    to = form({enrolment_id: bram})
    with pytest.raises(Refused, match="own_training"), database.writing() as db:
        handover.hand_over(db, by=noor, coach_id=planned.ruben.id, given=to, now=now)
    with pytest.raises(Refused, match="own_training"), database.writing() as db:
        handover.give_coach(db, by=noor, enrolment_id=enrolment_id, coach_id=bram, reason="Liever Bram", now=now)
    assert coaches_now(database) == {planned.noor.id: planned.ruben.id}


def test_it_goes_back_by_itself_in_the_morning(
    database: Database, planned: Practising, bram: int, clock: MovableClock, data_dir: Path
) -> None:
    parts, noor, ruben = make_test_parts(database, data_dir, clock), planned.noor.id, planned.ruben.id
    hand_over(database, planned, clock, bram, back_on="2026-12-02")
    assert (planned_visit(database).coach_id, planned_visit(database).sequence) == (ruben, 0)  # she goes herself
    with database.writing() as db:
        given = admin_inputs.BackOn(how="until", back_on=date(2026, 12, 8))
        (found,) = db.scalars(select(CoachHandover.id))
        handover.change_back_on(db, by=planned.training.cast.fatma, handover_id=found, given=given, now=clock.now())
    assert (planned_visit(database).coach_id, planned_visit(database).sequence) == (bram, 1)
    with database.writing() as db:
        given = admin_inputs.BackOn(how="until", back_on=date(2026, 12, 1))
        handover.change_back_on(db, by=planned.training.cast.fatma, handover_id=found, given=given, now=clock.now())
    assert (planned_visit(database).coach_id, planned_visit(database).sequence) == (ruben, 2)
    ((method, _, sequence),) = entries(mails(database, clock, "handover.gives")[ruben][-1])
    assert (method, sequence) == ("REQUEST", 2)
    for moment, coach in ((instant(date(2026, 12, 1), time(5, 59)), bram), (clock.now() + timedelta(days=8), ruben)):
        clock.set(moment)
        run_due(parts.work)
        assert coaches_now(database) == {noor: coach}
    run_due(parts.work)
    with database.reading() as db:
        assert db.scalars(select(CoachHandover.ended_at)).one() == clock.now()
    assert [person for kind, person in kinds(database) if kind == "handover.takes"].count(ruben) == 1
    assert [person for kind, person in kinds(database) if kind == "handover.professional"] == [noor] * 4


def test_who_got_another_coach_meanwhile_stays_there(
    database: Database, planned: Practising, bram: int, clock: MovableClock, data_dir: Path
) -> None:
    fatma, now = planned.training.cast.fatma, clock.now()
    with database.writing() as db:
        others = make_people(db, planned.training, 2, coach_id=planned.ruben.id, now=now)
        els = make_coach(db, "Els Vermeer", now=now)
    hand_over(database, planned, clock, bram, back_on="2026-12-08")
    with database.writing() as db:
        reason = "Els kent de wijk"
        handover.give_coach(db, by=fatma, enrolment_id=others[0], coach_id=els, reason=reason, now=now)
    clock.set(instant(date(2026, 12, 8), time(6, 0)))
    run_due(make_test_parts(database, data_dir, clock).work)
    with database.reading() as db:
        assert [coach_of(db, one) for one in others] == [els, planned.ruben.id]
        noted = db.scalars(
            select(LedgerContent.content)
            .join(LedgerEvent, LedgerEvent.id == LedgerContent.event_id)
            .where(LedgerEvent.action == "courses.reassigned", LedgerEvent.subject_id == others[0])
        ).one()
    assert noted == {"reason": "Els kent de wijk"}


@pytest.mark.parametrize("first_back", ["ruben", "bram"])
def test_on_loan_through_two_hands_everybody_ends_where_she_belongs(
    database: Database, planned: Practising, bram: int, clock: MovableClock, first_back: str
) -> None:
    """Ruben is ill and Bram takes over; then Bram is away and Els takes over his people and Ruben's."""
    fatma, now, noor = planned.training.cast.fatma, clock.now(), planned.training.enrolment_id
    with database.writing() as db:
        els = make_coach(db, "Els Vermeer", now=now)
        (own,) = make_people(db, planned.training, 1, coach_id=bram, now=now)
    one = hand_over(database, planned, clock, bram, back_on="2026-12-08")
    with database.writing() as db:
        to = form({noor: els, own: els}, back_on="2026-12-15")
        two = handover.hand_over(db, by=fatma, coach_id=bram, given=to, now=now)
    order = (one, two) if first_back == "ruben" else (two, one)
    for number, which in enumerate(order):
        with database.writing() as db:
            assert handover.go_back(db, handover_id=which, by_id=None, now=now)
        with database.reading() as db:
            between = {"ruben": (planned.ruben.id, els), "bram": (bram, bram)}[first_back]
            expected = between if number == 0 else (planned.ruben.id, bram)
            assert (coach_of(db, noor), coach_of(db, own)) == expected


def test_who_cannot_take_them_back_does_not(
    database: Database, planned: Practising, bram: int, clock: MovableClock, data_dir: Path
) -> None:
    hand_over(database, planned, clock, bram, back_on="2026-12-08")
    away(database, planned.ruben.id, "2026-12-01", None, clock)
    clock.set(instant(date(2026, 12, 9), time(9, 0)))
    run_due(make_test_parts(database, data_dir, clock).work)
    assert coaches_now(database) == {planned.noor.id: bram}
    fatma = planned.training.cast.fatma
    with database.reading() as db:
        (found,) = db.scalars(select(CoachHandover.id).where(CoachHandover.ended_at.is_(None)))
    with pytest.raises(Refused, match="former_coach_cannot"), database.writing() as db:
        handover.change_back_on(db, by=fatma, handover_id=found, given=admin_inputs.BackOn(how="now"), now=clock.now())
    with database.writing() as db:
        handover.change_back_on(db, by=fatma, handover_id=found, given=admin_inputs.BackOn(how="good"), now=clock.now())
    with pytest.raises(NotFound), database.writing() as db:
        handover.change_back_on(db, by=fatma, handover_id=found, given=admin_inputs.BackOn(how="good"), now=clock.now())


@pytest.mark.parametrize("how", ["self", "manager", "role", "blocked", "away", "stranger"])
def test_nobody_takes_over_who_may_not(
    database: Database, planned: Practising, bram: int, clock: MovableClock, how: str
) -> None:
    now, to = clock.now(), bram
    with database.writing() as db:
        if how == "manager":
            since = date(2026, 1, 1)
            db.add(LineManager(person_id=planned.noor.id, manager_id=bram, since=since))
        elif how == "blocked":
            db.get_one(Account, bram).blocked_at = now
        elif how == "role":
            for slug in viewer_for(db, bram).coach_of:
                revoke_role(db, by=None, person_id=bram, role=Role.COACH, intervention=slug, now=now)
        elif how in {"self", "stranger"}:
            to = planned.noor.id if how == "self" else planned.training.cast.joris.id
    if how == "away":
        away(database, bram, "2026-11-20", "2026-11-23", clock)
    with pytest.raises(Refused, match="cannot_take_over") as refused:
        hand_over(database, planned, clock, to)
    assert refused.value.field == f"to_{planned.training.enrolment_id}"
    assert coaches_now(database) == {planned.noor.id: planned.ruben.id}
    assert kinds(database) == []


def test_only_an_admin_hands_over_and_only_what_was_on_the_form(
    database: Database, planned: Practising, bram: int, clock: MovableClock
) -> None:
    now, ruben = clock.now(), planned.ruben
    good = form({planned.training.enrolment_id: bram})
    for by in (ruben, planned.noor):
        with pytest.raises(Forbidden), database.writing() as db:
            handover.hand_over(db, by=by, coach_id=ruben.id, given=good, now=now)
    with database.writing() as db:
        make_people(db, planned.training, 1, coach_id=ruben.id, now=now)
    fatma = planned.training.cast.fatma
    wrong: tuple[tuple[dict[int, int | None], str], ...] = (
        ({planned.training.enrolment_id: bram}, "handover_changed"),  # somebody was given to her since
        ({planned.training.enrolment_id: bram, 4711: bram}, "handover_changed"),
    )
    for chosen, code in wrong:
        with pytest.raises(Refused, match=code), database.writing() as db:
            handover.hand_over(db, by=fatma, coach_id=ruben.id, given=form(chosen), now=now)
    for more, code in (({"back_on": ""}, "missing"), ({"back_on": "2026-11-23"}, "back_on_past")):
        with pytest.raises(Refused, match=code):
            hand_over(database, planned, clock, bram, **more)
    with pytest.raises(Refused, match="handover_of_nobody"):
        hand_over(database, planned, clock, None)


def test_what_was_handed_in_keeps_its_waiting_since(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="handed_in")
    with database.writing() as db:
        bram = make_coach(db, "Bram de Boer", now=clock.now())
    clock.advance(timedelta(days=7))
    hand_over(database, at_work, clock, bram)
    with database.reading() as db:
        (row,) = coach_page(db, viewer_for(db, bram), now=clock.now()).queue
    assert (row.due, row.days, row.late) == ("review", 5, False)
    (mail,) = mails(database, clock, "handover.takes")[bram]
    assert "er ligt werk om na te kijken" in mail.as_string()
    assert entries(mail) == []  # that visit has been; Ruben made it


@pytest.mark.parametrize(
    ("how", "why"),
    [("away", "away"), ("role", "no_role"), ("blocked", "gone"), ("erased", "nobody"), ("ended", "nobody")],
)
def test_nobody_beside_her_for_more_than_a_working_day_is_found(
    database: Database, planned: Practising, clock: MovableClock, how: str, why: str
) -> None:
    ruben, now, storage = planned.ruben, clock.now(), planned.storage
    with database.reading() as db:
        assert invariants(db, now=now + timedelta(days=30)) == []
    with database.writing() as db:
        if how == "role":
            for slug in ruben.coach_of:
                revoke_role(db, by=None, person_id=ruben.id, role=Role.COACH, intervention=slug, now=now)
        elif how == "blocked":
            db.get_one(Account, ruben.id).blocked_at = now
        elif how == "erased":
            own_data.erase(db, person_id=ruben.id, storage=storage, now=now)
        elif how == "ended":
            db.scalars(select(CoachAssignment)).one().until = now
    if how == "away":
        away(database, ruben.id, "2026-11-23", None, clock)
    for days, wrong in ((0, False), (1, False), (2, True)):
        moment = now + timedelta(days=days)
        with database.reading() as db:
            (one,) = without_coach(db, now=moment)
            found = [(v.rule, v.subject_id) for v in invariants(db, now=moment)]
            (line,) = practice_work(db, now=moment)
        assert (one.why, local_day(one.since), one.days, one.too_long) == (why, local_day(now), days, wrong)
        assert found == ([("I-17", planned.training.enrolment_id)] if wrong else [])
        assert (line.what, line.count, line.people) == ("no_coach", 1, (planned.noor.id,))


@pytest.fixture
def counted(database: Database) -> Iterator[list[str]]:
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: Any) -> None:
        found.append(statement)

    event.listen(database.writer, "before_cursor_execute", note)
    yield found
    event.remove(database.writer, "before_cursor_execute", note)


def test_forty_people_take_few_statements_more_than_four(
    database: Database, storage: Storage, clock: MovableClock, counted: list[str]
) -> None:
    at_work, spent = begin(database, storage, clock), []
    with database.writing() as db:
        bram = make_coach(db, "Bram de Boer", now=clock.now())
    for count in (4, 40):
        with database.writing() as db:
            make_people(db, at_work.training, count, coach_id=at_work.ruben.id, now=clock.now())
        counted.clear()
        hand_over(database, at_work, clock, bram)
        spent.append(len(counted))
        clock.advance(timedelta(days=1))
        with database.writing() as db:  # so that the next round has other people
            for id_ in handover.people_of_coach(db, bram):
                db.get_one(Enrolment, id_).withdrawn_at = clock.now()
        make_people_again(database)
    of_each = 5  # the assignment, its event, the letter, the job that sends it and the one for calendars of groups
    assert spent[1] - spent[0] <= 36 * of_each
    assert spent[0] <= 55


def make_people_again(database: Database) -> None:
    """Let the next round use the same addresses."""
    with database.writing() as db:
        db.execute(update(Person).where(Person.email.like("mens%")).values(email=None))
