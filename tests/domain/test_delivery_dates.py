"""One date of a group: off with everything that hangs on it, back, and counted; and the group closed in numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.delivery import dates
from app.delivery.queries import ended_groups, own_group
from app.delivery.rules import Counts
from app.delivery.tables import Delivery, DeliveryDate
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import NotFound, Refused
from app.kit.storage import Storage, folder
from app.ledger.tables import LedgerContent, LedgerEvent
from app.outbox.tables import Message
from app.people.rules import Viewer
from app.practice.actions.dates import call_off
from app.practice.own_practice import group_page
from app.practice.tables.work import CoachVisit
from tests.domain.test_practice_visits import letters, lines, plan
from tests.practising import VISIT_AT, Practising, begin, group_form

AFTER_ALL = VISIT_AT + timedelta(days=8)
WHOLE = Counts(started=9, finished=7, guests=20)


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


def off(database: Database, by: Viewer, date_id: int, clock: MovableClock) -> bool:
    with database.writing() as db:
        return call_off(db, by=by, date_id=date_id, now=clock.now())


def back(database: Database, by: Viewer, date_id: int, clock: MovableClock) -> bool:
    with database.writing() as db:
        return dates.put_date_back(db, by=by, date_id=date_id, now=clock.now())


def count(database: Database, by: Viewer, date_id: int, attended: int, clock: MovableClock) -> None:
    with database.writing() as db:
        dates.count_date(db, by=by, date_id=date_id, attended=attended, now=clock.now())


def end(database: Database, at_work: Practising, clock: MovableClock, counts: Counts = WHOLE) -> None:
    with database.writing() as db:
        group_id = db.scalars(select(Delivery.id).where(Delivery.leader_id == at_work.noor.id)).one()
        dates.end_group(db, by=at_work.noor, group_id=group_id, counts=counts, now=clock.now())


def mails(database: Database, kind: str) -> list[int]:
    with database.reading() as db:
        return list(db.scalars(select(Message.person_id).where(Message.kind == kind).order_by(Message.id)))


def told(database: Database, action: str) -> int:
    with database.reading() as db:
        return len(db.scalars(select(LedgerEvent.id).where(LedgerEvent.action == action)).all())


def refusal(act: object) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refused:
        act()  # type: ignore[operator]
    return refused.value.code, refused.value.field


# It does not go on ---------------------------------------------------------------------------------------------


def test_a_visit_is_off_with_its_date_and_both_hear_it_once(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="planned")
    uid = lines(str(letters(database, "practice.visit_planned", clock)[at_work.ruben.id].calendar.body))["UID"]  # type: ignore[union-attr]
    assert off(database, at_work.noor, at_work.dates[0], clock)
    assert not off(database, at_work.noor, at_work.dates[0], clock)  # pressed twice: nothing more
    assert mails(database, "practice.visit_cancelled") == [at_work.noor.id, at_work.ruben.id]
    his = letters(database, "practice.visit_cancelled", clock)[at_work.ruben.id]
    assert "De bijeenkomst van Noor de Wit gaat niet door, en je bezoek dus ook niet." in his.text
    assert his.calendar is not None
    entry = lines(his.calendar.body)
    assert (his.calendar.method, entry["UID"], entry["SEQUENCE"]) == ("CANCEL", uid, "1")
    hers = letters(database, "practice.visit_cancelled", clock)[at_work.noor.id]
    assert "Ruben kiest een andere dag uit je groep." in hers.text
    assert (told(database, "delivery.date_called_off"), told(database, "practice.visit_cancelled")) == (1, 1)
    with database.reading() as db:
        visit = db.scalars(select(CoachVisit)).one()
        assert (visit.cancelled_at, visit.cancel_reason) == (clock.now(), "")
        page = group_page(db, at_work.noor, (), now=clock.now())
    assert [(date.called_off, date.coach) for date in page.dates] == [(True, ""), (False, "")]


def test_a_date_without_a_visit_is_off_without_mail(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock)
    assert off(database, at_work.noor, at_work.dates[0], clock)
    assert mails(database, "practice.visit_cancelled") == []
    assert mails(database, "delivery.presentation_cancelled") == []


def test_the_end_presentation_leaves_the_calendars_and_comes_back(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock)
    both = [at_work.noor.id, at_work.ruben.id]
    off(database, at_work.noor, at_work.dates[1], clock)
    assert mails(database, "delivery.presentation_cancelled") == both
    assert back(database, at_work.noor, at_work.dates[1], clock)
    assert not back(database, at_work.noor, at_work.dates[1], clock)
    assert mails(database, "delivery.presentation_planned") == both + both
    assert told(database, "delivery.date_put_back") == 1


def test_back_on_the_coach_chooses_anew(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="planned")
    off(database, at_work.noor, at_work.dates[0], clock)
    back(database, at_work.noor, at_work.dates[0], clock)
    with database.reading() as db:
        page = group_page(db, at_work.noor, (), now=clock.now())
    assert [date.coach for date in page.dates] == ["", ""]  # nobody said for her that she still can
    plan(database, at_work, clock, at_work.dates[0])
    with database.reading() as db:
        assert len(db.scalars(select(CoachVisit.id).where(CoachVisit.cancelled_at.is_(None))).all()) == 1


def test_a_place_in_the_row_that_was_taken_is_not_given_twice(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    from tests.domain.test_delivery_presentation import save

    at_work = begin(database, storage, clock)
    off(database, at_work.noor, at_work.dates[0], clock)
    later = {"day_1": "2026-12-03", "starts_1": "14:00", "ends_1": "16:00", "kind_1": "session"}
    save(database, at_work, clock, id_1="", **later)
    assert refusal(lambda: back(database, at_work.noor, at_work.dates[0], clock)) == ("date_taken", None)
    off(database, at_work.noor, at_work.dates[1], clock)
    save(database, at_work, clock, id_1="", **(later | {"kind_1": "end_presentation"}), rows=1)
    assert refusal(lambda: back(database, at_work.noor, at_work.dates[1], clock)) == ("other_end_presentation", None)


def test_what_left_the_list_is_not_called_off(database: Database, storage: Storage, clock: MovableClock) -> None:
    from tests.domain.test_delivery_presentation import save

    at_work = begin(database, storage, clock)
    save(database, at_work, clock, rows=1, id_1=at_work.dates[1], day_1="2026-12-10", kind_1="end_presentation")
    with database.reading() as db:
        page = group_page(db, at_work.noor, (), now=clock.now())
    assert len(page.dates) == 1
    with pytest.raises(NotFound):
        back(database, at_work.noor, at_work.dates[0], clock)


def test_an_older_form_does_not_put_it_back(database: Database, storage: Storage, clock: MovableClock) -> None:
    """The form was open in another window while the date was called off."""
    from app.delivery import actions as delivery
    from app.delivery.inputs import Group

    at_work = begin(database, storage, clock)
    with database.reading() as db:
        group = own_group(db, at_work.noor.id)
    assert group is not None
    off(database, at_work.noor, at_work.dates[0], clock)
    given = Group.model_validate(group_form(group_id=group.id, version=group.version))

    def save_old() -> None:
        with database.writing() as db:
            delivery.save_group(db, by=at_work.noor, given=given, authorised=(), pinned=frozenset(), now=clock.now())

    assert refusal(save_old) == ("stale_group", None)


def test_the_dates_of_others_are_not_there(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="planned")
    cast = at_work.training.cast
    for stranger in (cast.joris, cast.ruben, cast.fatma):
        for act in (off, back):
            with pytest.raises(NotFound):
                act(database, stranger, at_work.dates[0], clock)
        with pytest.raises(NotFound):
            count(database, stranger, at_work.dates[0], 5, clock)


def test_a_visit_with_work_on_it_stays(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="handed_in")
    assert refusal(lambda: off(database, at_work.noor, at_work.dates[0], clock)) == ("date_has_work", None)
    with database.reading() as db:
        assert db.get_one(DeliveryDate, at_work.dates[0]).cancelled_at is None
        assert db.scalars(select(CoachVisit.cancelled_at)).one() is None


# Counts only ---------------------------------------------------------------------------------------------------


def test_a_number_says_that_it_was_held(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock)
    first = at_work.dates[0]
    assert refusal(lambda: count(database, at_work.noor, first, 8, clock)) == ("date_not_yet", "attended")
    clock.set(VISIT_AT + timedelta(hours=3))
    for number in (8, 8, 9):  # pressed twice, then mended
        count(database, at_work.noor, first, number, clock)
    assert told(database, "delivery.date_counted") == 2
    assert refusal(lambda: off(database, at_work.noor, first, clock)) == ("date_counted", None)
    with database.reading() as db:
        page = group_page(db, at_work.noor, (), now=clock.now())
    assert [(date.attended, date.uncounted) for date in page.dates] == [(9, False), (None, False)]
    clock.set(AFTER_ALL)
    off(database, at_work.noor, at_work.dates[1], clock)
    assert refusal(lambda: count(database, at_work.noor, at_work.dates[1], 3, clock)) == ("date_called_off", None)


@pytest.mark.parametrize(
    "counts, told_",
    [
        (replace(WHOLE, finished=10), ("more_finished_than_started", "finished")),
        (replace(WHOLE, started=7), ("fewer_started_than_came", "started")),
        (replace(WHOLE, guests=None), ("missing", "guests")),
        (replace(WHOLE, started=None), ("missing", "started")),
    ],
)
def test_numbers_that_cannot_all_be_true(
    database: Database, storage: Storage, clock: MovableClock, counts: Counts, told_: tuple[str, str]
) -> None:
    at_work = begin(database, storage, clock)
    clock.set(AFTER_ALL)
    for date_id in at_work.dates:
        count(database, at_work.noor, date_id, 8, clock)
    assert refusal(lambda: end(database, at_work, clock, counts)) == told_
    with database.reading() as db:
        assert db.scalars(select(Delivery.ended_at)).one() is None


def test_a_group_closes_when_all_is_counted(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock)
    assert refusal(lambda: end(database, at_work, clock)) == ("group_still_running", None)
    clock.set(AFTER_ALL)
    count(database, at_work.noor, at_work.dates[1], 8, clock)
    assert refusal(lambda: end(database, at_work, clock)) == ("dates_uncounted", None)
    off(database, at_work.noor, at_work.dates[0], clock)
    end(database, at_work, clock)
    with database.reading() as db:
        (group,) = ended_groups(db, at_work.noor.id)
        assert own_group(db, at_work.noor.id) is None
    assert (group.held, group.called_off, group.counts) == (1, 1, WHOLE)
    with pytest.raises(NotFound):  # what is closed stays as it is
        count(database, at_work.noor, at_work.dates[1], 5, clock)


def test_without_a_presentation_there_are_no_guests(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock)
    clock.set(AFTER_ALL)
    count(database, at_work.noor, at_work.dates[0], 8, clock)
    off(database, at_work.noor, at_work.dates[1], clock)
    assert refusal(lambda: end(database, at_work, clock)) == ("guests_without_presentation", "guests")
    end(database, at_work, clock, replace(WHOLE, guests=None))


def test_a_group_that_never_met_is_closed_with_nobody(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock)
    for date_id in at_work.dates:
        off(database, at_work.noor, date_id, clock)
    assert refusal(lambda: end(database, at_work, clock, Counts(4, 2, None))) == ("finished_without_dates", "finished")
    end(database, at_work, clock, Counts(4, 0, None))


def test_more_may_not_come_than_began(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock)
    clock.set(AFTER_ALL)
    with database.writing() as db:
        db.scalars(select(Delivery)).one().started = 6
    assert refusal(lambda: count(database, at_work.noor, at_work.dates[0], 7, clock)) == (
        "more_came_than_started",
        "attended",
    )


@pytest.mark.parametrize("how", ["dropped", "moved"])
def test_a_date_that_was_counted_stays_where_it_is(
    database: Database, storage: Storage, clock: MovableClock, how: str
) -> None:
    from tests.domain.test_delivery_presentation import save

    at_work = begin(database, storage, clock)
    first, second = at_work.dates
    clock.set(AFTER_ALL)
    count(database, at_work.noor, first, 8, clock)
    changes: dict[str, object] = (
        {"rows": 1, "id_1": second, "day_1": "2026-12-10"} if how == "dropped" else {"day_1": "2026-12-04"}
    )
    assert refusal(lambda: save(database, at_work, clock, **changes)) == ("date_counted", None)
    save(database, at_work, clock, place="De Esdoorn, zaal 2")
    with database.reading() as db:
        assert [one.attended for one in db.scalars(select(DeliveryDate).order_by(DeliveryDate.id))] == [8, None]


def test_a_wrong_number_of_a_closed_group_is_mended(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="visited")
    clock.set(AFTER_ALL)
    for date_id in at_work.dates:
        count(database, at_work.noor, date_id, 8, clock)
    end(database, at_work, clock)
    with database.reading() as db:
        (closed,) = ended_groups(db, at_work.noor.id)

    def correct(counts: Counts, by: Viewer = at_work.noor, attended: dict[int, int] | None = None) -> bool:
        by_date = attended or {}
        with database.writing() as db:
            return dates.correct_numbers(
                db, by=by, group_id=closed.id, counts=counts, attended=by_date, now=clock.now()
            )

    assert not correct(WHOLE)
    assert correct(replace(WHOLE, guests=200))
    with pytest.raises(Refused, match="fewer_started_than_came"):
        correct(replace(WHOLE, started=7))
    first, second = at_work.dates
    assert correct(replace(WHOLE, guests=200, started=7), attended={first: 7, second: 6})
    with pytest.raises(NotFound):
        correct(WHOLE, by=at_work.training.cast.joris)
    with database.reading() as db:
        assert ended_groups(db, at_work.noor.id)[0].counts.guests == 200
        events = select(LedgerContent.content).join(LedgerEvent, LedgerEvent.id == LedgerContent.event_id)
        told, later = db.scalars(
            events.where(LedgerEvent.action == "delivery.numbers_corrected").order_by(LedgerEvent.id)
        )
        assert (told["was"]["guests"], told["guests"]) == (20, 200)
        assert later["was"]["attended"] == {str(first): 8, str(second): 8}
