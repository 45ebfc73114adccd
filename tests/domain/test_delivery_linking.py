"""Who looks for a group and who looks for a trainer are brought together, told, and let go again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from app.courses.actions.cohorts import withdraw
from app.delivery import linking, requests, searching, seeking
from app.delivery.tables import GroupLink, GroupSearch, TrainerRequest
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.storage import Storage, folder
from app.ledger.tables import LedgerContent, LedgerEvent
from app.letters.desk import Desk, Letter, NotDue, write
from app.outbox.tables import Message
from app.people.actions.accounts import revoke_role
from app.people.queries import viewer_for
from app.people.rules import Role
from app.settings import Settings
from tests.domain.test_at_once import at_once
from tests.people import KEYRING
from tests.seeking import ask, bring_together, look
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


def letter(database: Database, kind: str, person_id: int, clock: MovableClock) -> Letter:
    desk = Desk(Settings(public_url="https://academie.test"), KEYRING, clock.now())
    with database.reading() as db:
        message = db.scalars(select(Message).where(Message.kind == kind, Message.person_id == person_id)).one()
        return write(db, message, desk)


def test_both_are_told_and_no_more_than_they_need(database: Database, training: Training, clock: MovableClock) -> None:
    cast = training.cast
    search, request, _ = together(database, training, clock)
    assert (posted(database, linking.TO_TRAINER), posted(database, linking.TO_ORGANISATION)) == (
        [cast.noor.id],
        [cast.sanne.id],
    )
    hers = letter(database, linking.TO_TRAINER, cast.noor.id, clock)
    theirs = letter(database, linking.TO_ORGANISATION, cast.sanne.id, clock)
    assert "Welzijn Maasoever zoekt een trainer voor een groep in Rotterdam" in hers.text
    for secret in ("010 123 45 67", "sanne@demo.example", "Sanne"):  # behind the link, not in a mailbox
        assert secret not in hers.text + hers.html
    assert "Noor de Wit zoekt een groep" in theirs.text
    for secret in ("noor@demo.example", "06 12 34 56 78", "fotografie", "Schiedam"):
        assert secret not in theirs.text + theirs.html
    with database.reading() as db:
        own = seeking.own_search_page(db, cast.noor, now=clock.now())
        assert own is not None
        assert own.linked is not None
        assert (own.linked.id, own.linked.contact_phone) == (request, "010 123 45 67")
        assert [one.trainer for one in seeking.requests(db, cast.sanne, now=clock.now())] == ["Noor de Wit"]
        page = seeking.seeking_page(db, cast.fatma, now=clock.now(), **PATIENCE)
    assert (page.seekers, page.wanted, [one.search_id for one in page.linked]) == ((), (), [search])


def test_each_is_brought_together_with_one(database: Database, training: Training, clock: MovableClock) -> None:
    cast = training.cast
    search, request, _ = together(database, training, clock)
    with database.writing() as db:
        other = ask(db, cast.sanne, now=clock.now())
    for which in (request, other):

        def press(db: Session, to: int = which) -> int:
            return bring_together(db, cast.fatma, search, to, now=clock.now())

        assert refusal(database, press) == ("search_over", None)
    with database.reading() as db:
        assert len(db.scalars(select(GroupLink)).all()) == 1
    assert len(posted(database, linking.TO_TRAINER)) == 1


def test_two_admins_at_once_make_one_link(database: Database, training: Training, clock: MovableClock) -> None:
    cast = training.cast
    with database.writing() as db:
        search = look(db, cast.noor, now=clock.now())
        request = ask(db, cast.sanne, now=clock.now())
    ready = threading.Barrier(2)

    def press() -> str:
        ready.wait(timeout=20)
        try:
            with database.writing() as db:
                bring_together(db, cast.fatma, search, request, now=clock.now())
        except Refused as refused:
            return refused.code
        return "linked"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(one.result(timeout=30) for one in [pool.submit(press) for _ in range(2)])
    assert answers == ["linked", "search_over"]
    assert (len(posted(database, linking.TO_TRAINER)), len(posted(database, linking.TO_ORGANISATION))) == (1, 1)


@pytest.mark.parametrize("turn", range(4))
def test_two_who_let_go_at_once_undo_once(
    database: Database, training: Training, clock: MovableClock, turn: int
) -> None:
    """Each holds the search or the request, and nobody both: the link is undone by one of them."""
    cast, now = training.cast, clock.now()
    search, request, _ = together(database, training, clock)

    def by_admin(db: Session) -> None:
        try:
            linking.unlink(db, by=cast.fatma, search_id=search, reason="Toch niet.", now=now)
        except NotFound:
            raise Refused("undone_before") from None

    def by_organisation(db: Session) -> None:
        requests.stop_request(db, by=cast.sanne, request_id=request, now=now)

    def by_trainer(db: Session) -> None:
        searching.stop_looking(db, by=cast.noor, found=False, now=now)

    others = [by_organisation, by_trainer]
    ended = at_once(database, [by_admin, *others] if turn % 2 else [*others, by_admin])
    assert ended in ({"done": 3}, {"done": 2, "undone_before": 1})
    with database.reading() as db:
        told = db.scalars(select(LedgerEvent.id).where(LedgerEvent.action == "delivery.link_undone")).all()
        assert db.scalars(select(GroupLink.undone_at)).one() == now
        assert len(told) == 1
    assert sorted(posted(database, linking.UNDONE)) == sorted([cast.noor.id, cast.sanne.id])


def test_what_does_not_fit_asks_for_a_reason(database: Database, training: Training, clock: MovableClock) -> None:
    cast = training.cast
    with database.writing() as db:
        search = look(db, cast.noor, now=clock.now())
        request = ask(db, cast.sanne, now=clock.now(), regions="Breda")
    found = refusal(database, lambda db: bring_together(db, cast.fatma, search, request, now=clock.now()))
    assert found == ("link_needs_reason", "reason")
    with database.writing() as db:
        bring_together(db, cast.fatma, search, request, now=clock.now(), reason="Zij verhuist naar Breda.")
        content = db.scalars(
            select(LedgerContent.content)
            .join(LedgerEvent, LedgerEvent.id == LedgerContent.event_id)
            .where(LedgerEvent.action == "delivery.linked")
        ).one()
    assert (content["fits"], content["reason"]) == (False, "Zij verhuist naar Breda.")
    assert "verhuist" not in letter(database, linking.TO_TRAINER, cast.noor.id, clock).text


def test_only_admins_bring_together_and_only_who_may_lead(
    database: Database, training: Training, clock: MovableClock
) -> None:
    cast = training.cast
    with database.writing() as db:
        search = look(db, cast.noor, now=clock.now())
        request = ask(db, cast.sanne, now=clock.now())
    for stranger in (cast.noor, cast.sanne, cast.ruben):
        with pytest.raises(Forbidden), database.writing() as db:
            bring_together(db, stranger, search, request, now=clock.now())
    with database.writing() as db:
        withdraw(db, by=cast.fatma, cohort_id=training.cohort_id, enrolment_id=training.enrolment_id, now=clock.now())
    found = refusal(database, lambda db: bring_together(db, cast.fatma, search, request, now=clock.now()))
    assert found == ("may_start_none", None)


def test_undone_both_look_on_and_hear_it(
    database: Database, training: Training, data_dir: Path, storage: Storage, clock: MovableClock
) -> None:
    cast = training.cast
    search, request, _ = together(database, training, clock)
    send_all(database, data_dir, storage, clock)
    with pytest.raises(Forbidden), database.writing() as db:
        linking.unlink(db, by=cast.sanne, search_id=search, reason="Nee", now=clock.now())
    with database.writing() as db:
        linking.unlink(db, by=cast.fatma, search_id=search, reason="Het klikte niet.", now=clock.now())
    with pytest.raises(NotFound), database.writing() as db:
        linking.unlink(db, by=cast.fatma, search_id=search, reason="Nog eens", now=clock.now())
    assert posted(database, linking.UNDONE) == [cast.noor.id, cast.sanne.id]
    for reader in (cast.noor, cast.sanne):
        text = letter(database, linking.UNDONE, reader.id, clock).text
        assert "We zoeken verder." in text
        assert "klikte" not in text
    with database.reading() as db:
        page = seeking.seeking_page(db, cast.fatma, now=clock.now(), **PATIENCE)
        assert (len(page.seekers), len(page.wanted), page.linked) == (1, 1, ())
    with database.writing() as db:  # and may be brought together again
        bring_together(db, cast.fatma, search, request, now=clock.now())


def test_who_never_heard_of_it_hears_nothing_of_its_end(
    database: Database, training: Training, clock: MovableClock
) -> None:
    cast = training.cast
    search, _, _ = together(database, training, clock)
    with database.writing() as db:
        linking.unlink(db, by=cast.fatma, search_id=search, reason="Vergissing", now=clock.now())
    for kind in (linking.TO_TRAINER, linking.UNDONE):
        with pytest.raises(NotDue):
            letter(database, kind, cast.noor.id, clock)


def test_with_a_group_both_have_what_they_looked_for(
    database: Database, training: Training, clock: MovableClock
) -> None:
    together(database, training, clock)
    with database.writing() as db:
        searching.stop_looking(db, by=training.cast.noor, found=True, now=clock.now())
        assert db.scalars(select(GroupSearch.ended_why)).one() == "found"
        assert db.scalars(select(TrainerRequest.ended_why)).one() == "found"
    assert posted(database, linking.UNDONE) == []


def test_who_stops_lets_the_other_know(
    database: Database, training: Training, data_dir: Path, storage: Storage, clock: MovableClock
) -> None:
    cast = training.cast
    _, request, _ = together(database, training, clock)
    send_all(database, data_dir, storage, clock)
    with database.writing() as db:
        requests.stop_request(db, by=cast.sanne, request_id=request, now=clock.now())
    hers = letter(database, linking.UNDONE, cast.noor.id, clock).text
    theirs = letter(database, linking.UNDONE, cast.sanne.id, clock).text
    assert "We zoeken verder." in hers
    assert "We zoeken verder." not in theirs  # they stopped


def test_a_contact_who_is_none_any_more_reads_nothing(
    database: Database, training: Training, clock: MovableClock
) -> None:
    cast = training.cast
    together(database, training, clock)
    with database.writing() as db:
        fatma = replace(viewer_for(db, cast.fatma.id), factor_at=clock.now())
        revoke_role(
            db,
            by=fatma,
            person_id=cast.sanne.id,
            role=Role.ORGANISATION_CONTACT,
            organisation_id=cast.maasoever_id,
            now=clock.now(),
        )
    with pytest.raises(NotDue):
        letter(database, linking.TO_ORGANISATION, cast.sanne.id, clock)
