"""Ik zoek een groep, and an organisation that looks for a trainer: found, brought together, undone, forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from app.delivery import keeping, linking, requests, searching, seeking
from app.delivery.inputs import Request
from app.delivery.tables import GroupLink, GroupSearch, TrainerRequest
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import NotFound
from app.kit.storage import Storage, folder
from app.ledger.tables import LedgerEvent
from app.people.actions.accounts import grant_role
from app.people.queries import viewer_for
from app.people.rules import Role
from app.people.tables import Person
from tests.people import make_person
from tests.seeking import REQUEST, ask, bring_together, look
from tests.trained import Training, in_training

if TYPE_CHECKING:
    from sqlalchemy.orm import Session
from tests.seeking_told import PATIENCE, posted, refusal, send_all, together


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


@pytest.fixture
def training(database: Database, storage: Storage, clock: MovableClock) -> Training:
    """Noor is in training, coached; Sanne is the contact of Maasoever."""
    with database.writing() as db:
        made = in_training(db, storage, now=clock.now())
        cast = made.cast
        return replace(made, cast=replace(cast, fatma=viewer_for(db, cast.fatma.id)))


def told(database: Database) -> list[str]:
    """What stands in the ledger of all this, in order."""
    with database.reading() as db:
        found = select(LedgerEvent.action).where(
            LedgerEvent.subject_kind.in_(["group_search", "trainer_request", "group_link"])
        )
        return [action.partition(".")[2] for action in db.scalars(found.order_by(LedgerEvent.id))]


def test_she_looks_changes_and_stops(database: Database, training: Training, clock: MovableClock) -> None:
    noor, since = training.cast.noor, clock.now()
    with database.writing() as db:
        first = look(db, noor, now=since)
    clock.advance(timedelta(days=3))
    with database.writing() as db:
        assert look(db, noor, now=clock.now(), regions="Breda", days=["friday", "monday"], offer="") == first
        search = db.get_one(GroupSearch, first)
        assert (search.since, search.regions, search.days, search.offer) == (since, ["Breda"], ["monday", "friday"], "")
    with database.writing() as db:
        assert searching.stop_looking(db, by=noor, found=False, now=clock.now())
        assert not searching.stop_looking(db, by=noor, found=False, now=clock.now())
    with database.reading() as db:
        assert db.scalars(select(GroupSearch.ended_why)).all() == ["stopped"]
    assert told(database) == ["search_begun", "search_changed", "search_ended"]


def test_who_may_lead_no_group_looks_for_none(database: Database, training: Training, clock: MovableClock) -> None:
    assert refusal(database, lambda db: look(db, training.cast.joris, now=clock.now())) == ("group_not_allowed", None)
    with database.reading() as db:
        assert db.scalars(select(GroupSearch)).all() == []


def test_an_older_form_is_refused(database: Database, training: Training, clock: MovableClock) -> None:
    with database.writing() as db:
        look(db, training.cast.noor, now=clock.now())
    assert refusal(database, lambda db: look(db, training.cast.noor, now=clock.now(), version=7)) == ("stale", None)


def test_a_contact_asks_for_her_own_organisation_only(
    database: Database, training: Training, clock: MovableClock
) -> None:
    cast = training.cast
    with database.writing() as db:
        request = ask(db, cast.sanne, now=clock.now())
        assert db.get_one(TrainerRequest, request).organisation_id == cast.maasoever_id
    for stranger in (cast.noor, cast.ruben):
        with pytest.raises(NotFound), database.writing() as db:
            ask(db, stranger, now=clock.now())
    with pytest.raises(NotFound), database.writing() as db:
        ask(db, cast.sanne, now=clock.now(), organisation_id=cast.linde_id)
    with database.writing() as db:
        person_id = make_person(db, "Peter Kok", now=clock.now(), organisation="Zorggroep Linde")
        grant_role(
            db,
            by=None,
            person_id=person_id,
            role=Role.ORGANISATION_CONTACT,
            organisation_id=cast.linde_id,
            intervention="",
            now=clock.now(),
        )
        peter = viewer_for(db, person_id)
        assert seeking.requests(db, peter, now=clock.now()) == ()
    with pytest.raises(NotFound), database.writing() as db:
        requests.stop_request(db, by=peter, request_id=request, now=clock.now())
    given = Request.model_validate(REQUEST)
    with pytest.raises(NotFound), database.writing() as db:
        requests.change_request(db, by=peter, request_id=request, given=given, now=clock.now())


def test_an_admin_asks_on_behalf_of_any(database: Database, training: Training, clock: MovableClock) -> None:
    cast = training.cast
    assert refusal(database, lambda db: ask(db, cast.fatma, now=clock.now())) == ("missing", "organisation_id")
    with database.writing() as db:
        request = ask(db, cast.fatma, now=clock.now(), organisation_id=cast.linde_id)
        assert db.get_one(TrainerRequest, request).asked_by_id == cast.fatma.id


def test_somebody_must_be_reachable(database: Database, training: Training, clock: MovableClock) -> None:
    nothing = {"contact_phone": "", "contact_email": ""}
    found = refusal(database, lambda db: ask(db, training.cast.sanne, now=clock.now(), **nothing))
    assert found == ("no_way_to_reach", "contact_phone")


def test_a_request_is_changed_and_stopped(database: Database, training: Training, clock: MovableClock) -> None:
    sanne = training.cast.sanne
    with database.writing() as db:
        request = ask(db, sanne, now=clock.now())
        version = db.get_one(TrainerRequest, request).version
    changed = Request.model_validate(REQUEST | {"place": "Elders", "version": version})

    def change(db: Session) -> None:
        requests.change_request(db, by=sanne, request_id=request, given=changed, now=clock.now())

    with database.writing() as db:
        change(db)
    assert refusal(database, change) == ("stale", None)  # the same form once more, over what it made itself
    with database.writing() as db:
        requests.stop_request(db, by=sanne, request_id=request, now=clock.now())
        assert (db.get_one(TrainerRequest, request).place, db.get_one(TrainerRequest, request).ended_why) == (
            "Elders",
            "stopped",
        )
    assert told(database) == ["trainer_asked", "request_changed", "request_ended"]


def test_the_page_puts_who_waits_longest_first_with_what_fits(
    database: Database, training: Training, storage: Storage, clock: MovableClock
) -> None:
    cast = training.cast
    with database.writing() as db:
        look(db, cast.noor, now=clock.now())
        ask(db, cast.fatma, now=clock.now(), organisation_id=cast.linde_id, regions="Breda")
    clock.advance(timedelta(days=20))
    with database.writing() as db:
        ask(db, cast.sanne, now=clock.now())
    with database.reading() as db:
        page = seeking.seeking_page(db, cast.fatma, now=clock.now(), **PATIENCE)
        one = seeking.seeker(db, cast.fatma, page.seekers[0].search_id, now=clock.now())
        assert seeking.seeking_page(db, cast.sanne, now=clock.now(), **PATIENCE).seekers == ()
        with pytest.raises(NotFound):
            seeking.seeker(db, cast.sanne, one.search_id, now=clock.now())
    assert [(seeker.name, seeker.waits_days) for seeker in page.seekers] == [("Noor de Wit", 20)]
    assert [(one.organisation, one.waits_days) for one in page.wanted] == [
        ("Zorggroep Linde", 20),
        ("Welzijn Maasoever", 0),
    ]
    assert [choice.request.organisation for choice in one.suggestions] == ["Welzijn Maasoever"]
    assert [(choice.request.organisation, choice.told) for choice in one.choices] == [
        ("Welzijn Maasoever", ("Sanne Bakker",)),
        ("Zorggroep Linde", ()),
    ]


def test_the_work_list_counts_who_waits_too_long(database: Database, training: Training, clock: MovableClock) -> None:
    cast, since = training.cast, clock.now()
    with database.writing() as db:
        search = look(db, cast.noor, now=since)
        request = ask(db, cast.sanne, now=since)
    with database.reading() as db:
        assert seeking.looking_since(db, before=since - timedelta(seconds=1)) == []
        assert seeking.looking_since(db, before=since) == [(cast.noor.id, since)]
        assert seeking.asked_since(db, before=since) == [("Welzijn Maasoever", since)]
    with database.writing() as db:
        bring_together(db, cast.fatma, search, request, now=since)
        assert seeking.looking_since(db, before=since) == []
        assert seeking.asked_since(db, before=since) == []


def test_a_year_after_the_looking_words_and_names_go(
    database: Database, training: Training, data_dir: Path, storage: Storage, clock: MovableClock
) -> None:
    cast = training.cast
    with database.writing() as db:
        look(db, cast.noor, now=clock.now())
        request = ask(db, cast.sanne, now=clock.now())
        searching.stop_looking(db, by=cast.noor, found=False, now=clock.now())
        requests.stop_request(db, by=cast.sanne, request_id=request, now=clock.now())
        ask(db, cast.sanne, now=clock.now())  # still stands
    for days, gone in ((364, False), (3, True)):
        clock.advance(timedelta(days=days))
        send_all(database, data_dir, storage, clock)
        with database.reading() as db:
            search = db.scalars(select(GroupSearch)).one()
            first, second = db.scalars(select(TrainerRequest).order_by(TrainerRequest.id)).all()
        assert ((search.regions, search.offer) == ([], "")) is gone
        assert ((first.contact_name, first.contact_phone) == ("", "")) is gone
        assert second.contact_name == "Sanne Bakker"


def test_who_is_forgotten_looks_no_more_and_the_other_hears_it(
    database: Database, training: Training, storage: Storage, clock: MovableClock
) -> None:
    cast = training.cast
    together(database, training, clock)
    with database.writing() as db:
        copy = keeping.export_of(db, cast.noor.id)
        assert copy["searches"][0]["offer"] == "Ik werk graag met fotografie."
        assert copy["requests"] == []
        keeping.erase(db, person_id=cast.noor.id, storage=storage, now=clock.now())
    with database.reading() as db:
        search = db.scalars(select(GroupSearch)).one()
        assert (search.ended_why, search.regions, search.offer) == ("forgotten", [], "")
        assert db.scalars(select(TrainerRequest.ended_at)).one() is None
    assert cast.sanne.id in posted(database, linking.UNDONE)


def test_with_a_contact_her_request_goes(
    database: Database, training: Training, storage: Storage, clock: MovableClock
) -> None:
    """Also one that an admin wrote down with her address."""
    cast = training.cast
    together(database, training, clock)
    with database.writing() as db:
        ask(db, cast.fatma, now=clock.now(), organisation_id=cast.maasoever_id)
        assert keeping.export_of(db, cast.sanne.id)["requests"][0]["contact_phone"] == "010 123 45 67"
        keeping.erase(db, person_id=cast.sanne.id, storage=storage, now=clock.now())
    with database.reading() as db:
        for request in db.scalars(select(TrainerRequest)):
            assert (request.contact_name, request.contact_email, request.contact_phone) == ("", "", "")
            assert request.ended_why == "forgotten"
    assert cast.noor.id in posted(database, linking.UNDONE)


@pytest.mark.parametrize(
    ("contact", "goes"),
    [
        ({}, False),  # Sanne is the one to reach
        ({"contact_email": "", "contact_name": "Balie"}, False),
        ({"contact_email": "", "contact_name": "NAME"}, True),
        ({"contact_email": "EMAIL", "contact_name": "Balie"}, True),
    ],
)
def test_what_an_admin_asked_for_others_goes_on_without_her(
    database: Database,
    training: Training,
    storage: Storage,
    clock: MovableClock,
    *,
    contact: dict[str, str],
    goes: bool,
) -> None:
    cast = training.cast
    with database.writing() as db:
        fatma = db.get_one(Person, cast.fatma.id)
        filled = {name: {"NAME": fatma.name, "EMAIL": fatma.email}.get(text, text) for name, text in contact.items()}
        search = look(db, cast.noor, now=clock.now())
        request = ask(db, cast.fatma, now=clock.now(), organisation_id=cast.maasoever_id, **filled)
        bring_together(db, cast.fatma, search, request, now=clock.now())
    with database.writing() as db:
        keeping.erase(db, person_id=cast.fatma.id, storage=storage, now=clock.now())
    with database.reading() as db:
        asked = db.scalars(select(TrainerRequest)).one()
        assert ((asked.ended_why, asked.contact_name) == ("forgotten", "")) is goes
        assert (asked.ended_at is not None) is goes
        assert (db.scalars(select(GroupLink.undone_at)).one() is not None) is goes


def test_a_contact_may_name_a_colleague(
    database: Database, training: Training, storage: Storage, clock: MovableClock
) -> None:
    cast = training.cast
    with database.writing() as db:
        ask(db, cast.sanne, now=clock.now(), contact_name="Piet Vos", contact_email="piet@demo.example")
        keeping.erase(db, person_id=cast.sanne.id, storage=storage, now=clock.now())
    with database.reading() as db:
        asked = db.scalars(select(TrainerRequest)).one()
        assert (asked.ended_at, asked.contact_name) == (None, "Piet Vos")
