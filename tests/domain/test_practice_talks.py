"""The talk after the work: opened by both, written down together, confirmed by the professional herself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from app.kit.errors import NotFound, Refused
from app.kit.storage import folder
from app.ledger.tables import LedgerEvent
from app.outbox.tables import Message
from app.practice import inputs
from app.practice.actions import keeping, talking, visits
from app.practice.both_views import profile_page
from app.practice.observation_page import observation_page
from app.practice.phone import form_for_phone
from app.practice.record_page import record_page
from app.practice.rules.talks import Agreed
from app.practice.rules.views import Pattern
from app.practice.tables.coaching import Assessment, Talk
from app.practice.tables.proof import SignOffContent
from app.practice.tables.work import AssignmentRecord
from app.practice.talk_page import EarlierTalk, TalkPage, talk_page
from tests.handing import mails as letters
from tests.practising import OBSERVED, add_photo, begin, coached_by, hand_in, hand_over, observe, sign

if TYPE_CHECKING:
    from pathlib import Path

    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.kit.storage import Storage
    from app.people.rules import Viewer
    from tests.practising import Practising

PREFILLED = OBSERVED["agreement_1"]
NEW = "Noor oefent stilte op maandag"


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


def seen(database: Database, at_work: Practising, by: Viewer | None = None) -> TalkPage:
    with database.reading() as db:
        return talk_page(db, by or at_work.noor, at_work.record_id)


def agree(
    database: Database, at_work: Practising, clock: MovableClock, by: Viewer, *lines: str, version: int = 0
) -> None:
    version = version or seen(database, at_work, by).version
    given = inputs.Agreement.model_validate(
        {"version": version} | {f"agreement_{number}": line for number, line in enumerate(lines, start=1)}
    )
    with database.writing() as db:
        talking.agree(db, by=by, record_id=at_work.record_id, given=given, now=clock.now())


def confirm(database: Database, at_work: Practising, clock: MovableClock, version: int | None = None) -> None:
    version = seen(database, at_work).talk_version if version is None else version
    with database.writing() as db:
        given = inputs.Confirmation(version=version)
        talking.confirm(db, by=at_work.noor, record_id=at_work.record_id, given=given, now=clock.now())


def mails(database: Database) -> list[int]:
    with database.reading() as db:
        return list(db.scalars(select(Message.person_id).where(Message.kind == "practice.agreed").order_by(Message.id)))


def events(database: Database) -> list[str]:
    with database.reading() as db:
        rows = db.scalars(
            select(LedgerEvent.action).where(LedgerEvent.action.contains("agree")).order_by(LedgerEvent.id)
        )
        return list(rows)


# Opening


def test_it_opens_when_both_sides_are_in(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="handed_in")
    for whole in (None, False):
        if whole is not None:
            observe(database, at_work, clock, whole=whole)
        for viewer in (at_work.noor, at_work.ruben):
            page = seen(database, at_work, viewer)
            assert not page.both_in
            assert (page.lines, page.strong, page.growing, page.agreements, page.note) == ((), (), (), (), "")
            with pytest.raises(Refused, match="talk_not_yet"):
                agree(database, at_work, clock, viewer, NEW, version=1)
    observe(database, at_work, clock, version=1)
    for viewer in (at_work.noor, at_work.ruben):
        page = seen(database, at_work, viewer)
        assert [line.pattern for line in page.lines] == [Pattern.COACH_HIGHER, Pattern.ALIKE]
        assert page.agreements == (PREFILLED,)
    with database.reading() as db, pytest.raises(NotFound):
        talk_page(db, at_work.training.cast.fatma, at_work.record_id)


# Agreeing


def test_on_her_coachs_phone_it_is_discussed_and_she_confirms_later(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="observed")
    agree(database, at_work, clock, at_work.ruben, PREFILLED, NEW)
    page = seen(database, at_work)
    assert page.agreements == (PREFILLED, NEW)
    assert page.agreed is Agreed.DISCUSSED
    assert page.may_confirm
    assert not seen(database, at_work, at_work.ruben).may_confirm
    with database.reading() as db:  # one list
        assert db.scalars(select(Assessment.form)).one()["agreements"] == [PREFILLED, NEW]
    agree(database, at_work, clock, at_work.ruben, PREFILLED, NEW)  # pressed again
    assert mails(database) == [at_work.noor.id]
    clock.advance(timedelta(days=2))
    confirm(database, at_work, clock)
    confirm(database, at_work, clock, version=page.talk_version)  # pressed twice
    page = seen(database, at_work, at_work.ruben)
    assert page.agreed is Agreed.CONFIRMED
    assert page.confirmed_at == clock.now()
    assert events(database) == ["practice.agreed", "practice.agreement_confirmed"]


def test_on_her_own_phone_she_says_yes_with_it(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    agree(database, at_work, clock, at_work.noor, NEW)
    page = seen(database, at_work, at_work.ruben)
    assert page.agreed is Agreed.CONFIRMED
    assert page.agreements == (NEW,)
    assert mails(database) == [at_work.ruben.id]


def test_a_yes_to_the_same_words_is_told_as_hers(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    agree(database, at_work, clock, at_work.ruben, NEW)
    agree(database, at_work, clock, at_work.noor, NEW)  # sent from her own phone, with nothing changed
    (mail,) = letters(database, clock, "practice.agreed")[at_work.ruben.id]
    assert "Noor de Wit schreef op" in " ".join(str(mail.get_body(("plain",))).split())


def test_what_changes_afterwards_voids_the_yes(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    agree(database, at_work, clock, at_work.noor, NEW)
    version = seen(database, at_work).version
    observe(database, at_work, clock, version=version, agreement_1="Iets heel anders")
    page = seen(database, at_work)
    assert page.agreed is Agreed.CHANGED
    assert not page.may_confirm
    with pytest.raises(Refused, match="agreement_changed"):
        confirm(database, at_work, clock, version=page.talk_version)
    agree(database, at_work, clock, at_work.ruben, "Iets heel anders")
    assert seen(database, at_work).agreed is Agreed.DISCUSSED
    with pytest.raises(Refused, match="agreement_changed"):
        confirm(database, at_work, clock, version=1)  # a yes to the words of before


def test_two_phones_never_overwrite_each_other(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    version = seen(database, at_work).version
    agree(database, at_work, clock, at_work.ruben, NEW, version=version)
    with pytest.raises(Refused, match="stale_agreement"):
        agree(database, at_work, clock, at_work.noor, "Van haar telefoon", version=version)
    agree(database, at_work, clock, at_work.noor, NEW, version=version)  # the same words are no quarrel
    assert seen(database, at_work).agreed is Agreed.CONFIRMED
    with pytest.raises(Refused, match="agreement_missing"):
        agree(database, at_work, clock, at_work.noor)


# Signing


def test_what_was_agreed_is_signed_and_opens_the_next_form(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="observed")
    version = seen(database, at_work).version
    observe(database, at_work, clock, version=version, score_VS1="1")
    agree(database, at_work, clock, at_work.ruben, NEW)
    sign(database, at_work, clock, "not_met")
    with database.reading() as db:
        content = db.scalars(select(SignOffContent.content)).one()
        assert content["form"]["agreements"] == [NEW]
        assert content["talk"]["discussed_by"] == at_work.ruben.id
        assert content["talk"]["confirmed_at"] is None
        last = observation_page(db, at_work.ruben, at_work.record_id, now=clock.now()).last
    assert last is not None
    assert last.agreements == (NEW,)
    with pytest.raises(Refused, match="talk_not_yet"):
        agree(database, at_work, clock, at_work.ruben, "Te laat")
    confirm(database, at_work, clock)  # also when the next attempt has begun
    assert seen(database, at_work, at_work.ruben).agreed is Agreed.CONFIRMED


def test_a_decision_made_meanwhile_stands(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    sign(database, at_work, clock)
    with pytest.raises(Refused, match="already_decided"):
        agree(database, at_work, clock, at_work.noor, NEW)
    assert seen(database, at_work).agreements == (PREFILLED,)


# Who


def test_a_new_coach_looks_for_herself_first(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    former = at_work.ruben
    agree(database, at_work, clock, former, NEW)
    at_work = hand_over(database, at_work, clock, "Els Vermeer")
    assert not seen(database, at_work, at_work.ruben).both_in
    with database.reading() as db, pytest.raises(NotFound):
        talk_page(db, former, at_work.record_id)


def test_what_both_said_yes_to_survives_her_coach(database: Database, storage: Storage, clock: MovableClock) -> None:
    """She finds it, the next coach's form and phone open with it, and what she writes herself comes beside it."""
    at_work = begin(database, storage, clock, until="observed")
    agree(database, at_work, clock, at_work.ruben, NEW)
    confirm(database, at_work, clock)
    els = hand_over(database, at_work, clock, "Els Vermeer")
    kept = EarlierTalk("Ruben Haddad", (NEW,), clock.now())
    assert [seen(database, els, who).earlier for who in (els.noor, els.ruben)] == [kept, kept]
    with database.reading() as db:
        assert record_page(db, els.noor, els.record_id, now=clock.now()).earlier == kept
        assert record_page(db, els.training.cast.fatma, els.record_id, now=clock.now()).earlier is None
        form = observation_page(db, els.ruben, els.record_id, now=clock.now())
        assert form.agreed_before == (NEW,)
        assert form.saved.agreements == ()
        assert form_for_phone(form, ())["agreed"] == [NEW]
    clock.advance(timedelta(hours=1))
    observe(database, els, clock)
    sign(database, els, clock)
    page = seen(database, els)
    assert (page.agreements, page.earlier) == ((PREFILLED,), kept)


def test_what_only_one_side_said_stays_with_her_coach(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="observed")
    agree(database, at_work, clock, at_work.ruben, NEW)
    ruben = at_work.ruben.id
    els = hand_over(database, at_work, clock, "Els Vermeer")
    assert seen(database, els).earlier is None
    with database.reading() as db:
        assert observation_page(db, els.ruben, els.record_id, now=clock.now()).agreed_before == ()
    clock.advance(timedelta(hours=1))
    back = coached_by(database, els, clock, ruben)
    confirm(database, back, clock)  # he is back, and his form with him
    assert (seen(database, back).agreed, seen(database, back).earlier) == (Agreed.CONFIRMED, None)


# Over attempts


def test_the_profile_shows_each_time_that_both_were_in(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="observed")
    observe(database, at_work, clock, version=seen(database, at_work).version, score_VS1="1")
    sign(database, at_work, clock, "not_met")

    def turns(by: Viewer) -> list[tuple[str, int, str, str]]:
        with database.reading() as db:
            page = profile_page(db, by, at_work.record_id)
        return [
            (element.title, turn.attempt, turn.own.low if turn.own else "", turn.coach.high if turn.coach else "")
            for element in page.elements
            for turn in element.turns
        ]

    first = [("Samen maken", 1, "Op weg", "Zoals bedoeld"), ("Veilig samen", 1, "Zoals bedoeld", "Nog niet")]
    assert turns(at_work.noor) == first
    _second_attempt(database, at_work, clock)
    assert turns(at_work.noor) == first  # handed in, and her coach did not look yet
    observe(database, at_work, clock, score_VS1="4")
    both = turns(at_work.noor)
    assert both == turns(at_work.ruben)
    assert [row for row in both if row[1] == 2] == [
        ("Samen maken", 2, "Op weg", "Zoals bedoeld"),
        ("Veilig samen", 2, "Zoals bedoeld", "Overtuigend"),
    ]


def _second_attempt(database: Database, at_work: Practising, clock: MovableClock) -> None:
    with database.writing() as db:
        visits.plan_visit(db, by=at_work.ruben, record_id=at_work.record_id, date_id=at_work.dates[1], now=clock.now())
    clock.advance(timedelta(days=8))
    add_photo(database, at_work, clock, shade=40)
    hand_in(database, at_work, clock)
    with database.reading() as db:
        assert db.get_one(AssignmentRecord, at_work.record_id).attempt == 2


# Keeping


def test_the_words_go_with_the_scores(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    agree(database, at_work, clock, at_work.noor, NEW)
    with database.reading() as db:
        copy = keeping.export_of(db, at_work.noor.id)
    assert copy["talks"][0]["agreements"] == [NEW]
    with database.writing() as db:
        keeping.empty_scores(db, records=select(AssignmentRecord.id))
    with database.reading() as db:
        assert db.scalars(select(Talk.agreements)).one() == []
    assert not seen(database, at_work).both_in
    with database.reading() as db:
        assert profile_page(db, at_work.noor, at_work.record_id).elements == ()
