"""The whole loop of practice on phones, by presses alone: two pieces, two attempts, a signature, and one taken back."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import expect
from sqlalchemy import select

from app.ledger.chain import unsealed
from app.ledger.tables import LedgerEvent
from app.practice.tables.coaching import Talk
from app.practice.tables.evidence import ConsentAttestation
from app.practice.tables.proof import Correction, ResultSeen, SignOff, SignOffContent, SignOffWithdrawal
from app.practice.tables.work import AssignmentRecord, Submission
from app.upkeep.invariants import invariants
from tests.journeys import looping
from tests.journeys.conftest import Live, accessible
from tests.journeys.looping import FATMA, NOOR, RUBEN, Loop
from tests.journeys.walking import Walk

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

CALL: Final = "Noor belt dinsdag over de afspraak."
WHY: Final = "Het formulier hoorde bij een andere bijeenkomst."
PIECE, AGAIN, DONE = "Nog een stukje", "Samen nog een keer", "Klaar"


def test_the_whole_loop_of_practice(guarded: Live) -> None:
    loop = Loop.begin(guarded)
    looping.noor_makes_her_group(loop)
    looping.noor_prepares(loop)
    loop.ruben.come_in()
    looping.ruben_picks(loop, "26 november")
    a_bit_more(loop)
    together_once_more(loop)
    done(loop)
    taken_back_and_signed_anew(loop)
    with guarded.parts.database.reading() as db:
        what_was_signed(db, loop)
        what_led_to_it(db, loop)
        assert invariants(db, now=guarded.clock.now()) == []
    what_was_mailed(loop)
    the_ledger_holds(loop)


def a_bit_more(loop: Loop) -> None:
    """The first visit: one thing was not seen, so only that comes back."""
    loop.at("2026-11-26", 17)
    looping.open_assignment(loop, loop.noor.come_in())
    looping.noor_shows_her_work(loop, "Huizen van karton")
    looping.noor_looks_back(loop, "ik wachtte, en dat hielp")
    looping.noor_hands_in(loop, {"Laten maken": "Op weg", "Afspraken bewaken": "Zoals bedoeld"})
    expect(loop.noor.page.get_by_role("heading", name="Naast elkaar")).to_have_count(0)  # his side is not in yet
    loop.ruben.come_in()
    looping.ruben_fills_in(loop, {"Laten maken": "Zoals bedoeld", "Afspraken bewaken": "Niet gezien"}, "Samen kijken")
    looping.they_talk(loop, CALL)
    looping.to_sign(loop)
    looping.ruben_signs(loop, PIECE, by_when="2026-12-04")


def together_once_more(loop: Loop) -> None:
    """She adds to it and hands in again; now he sees that it is not there yet."""
    loop.at("2026-11-27", 10)
    loop.noor.come_in()
    looping.noor_reads(loop, PIECE)
    looping.noor_adds_words(loop, "De groep bedacht zelf een afspraak.")
    looping.noor_hands_in(loop, {"Afspraken bewaken": "Op weg"})
    loop.ruben.come_in()
    looping.ruben_fills_in(loop, {"Afspraken bewaken": "Nog niet"}, "We bellen maandag")
    looping.ruben_signs(loop, AGAIN)
    looping.noor_reads(loop, AGAIN)


def done(loop: Loop) -> None:
    """The second attempt. He came in at breakfast, so late in the evening the page asks who signs."""
    loop.ruben.page.get_by_label("Terug naar vandaag").click()
    looping.ruben_picks(loop, "10 december")
    loop.at("2026-12-09", 9, 1)
    assert "Je voorbereiding staat klaar." in loop.live.mail_to(NOOR, "Morgen komt Ruben kijken").text
    assert "Lees ze vooraf" in loop.live.mail_to(RUBEN, "Morgen kijk je bij Noor").text
    loop.at("2026-12-10", 8, 30)
    ruben = loop.ruben.come_in()
    loop.at("2026-12-10", 15)
    ruben.reload()
    accessible(ruben)
    loop.at("2026-12-10", 21, 30)
    looping.open_assignment(loop, loop.noor.come_in())
    looping.noor_shows_her_work(loop, "De muur met onze afspraak")
    looping.noor_looks_back(loop, "we kwamen erop terug")
    looping.noor_hands_in(loop, {"Laten maken": "Zoals bedoeld", "Afspraken bewaken": "Zoals bedoeld"})
    ruben.reload()
    looping.ruben_fills_in(
        loop, {"Laten maken": "Overtuigend", "Afspraken bewaken": "Zoals bedoeld"}, "Noor vertelt het in de kring"
    )
    looping.ruben_signs(loop, DONE, proof=True)
    looping.noor_reads(loop, DONE)


def taken_back_and_signed_anew(loop: Loop) -> None:
    """Decision 0013: he asks, somebody else agrees, nothing that was signed changes, and he signs anew."""
    loop.at("2026-12-11", 10)
    ruben = loop.ruben.come_in()
    looping.ruben_asks_back(loop, WHY)
    looping.fatma_agrees(loop, WHY)
    noor = loop.noor.come_in()
    looping.from_mail(loop, noor, "Besluit teruggenomen")
    noor.get_by_text("· teruggenomen").click()
    expect(noor.get_by_text(f"Op vrijdag 11 december 2026, omdat: {WHY}")).to_be_visible()
    accessible(noor)
    ruben.goto("/coach")
    looping.ruben_fills_in(loop, {"Laten maken": "Zoals bedoeld"}, "Noor vertelt het in de kring")
    expect(ruben.get_by_text("Je tekent opnieuw")).to_be_visible()
    looping.ruben_signs(loop, DONE)
    looping.noor_reads(loop, DONE)


def what_was_signed(db: Session, loop: Loop) -> None:
    """Four sign-offs, each as it was signed; one does not stand any more, and the last is in its place."""
    signed = db.scalars(select(SignOff).order_by(SignOff.id)).all()
    assert [(one.attempt, one.decision, one.suggested) for one in signed] == [
        (1, "returned", "returned"),
        (1, "not_met", "not_met"),
        (2, "signed_off", "signed_off"),
        (2, "signed_off", "signed_off"),
    ]
    assert [one.replaces_id for one in signed] == [None, None, None, signed[2].id]
    said = [db.get_one(SignOffContent, one.id) for one in signed]
    assert [one.digest for one in signed] == [digest_again(one.salt, one.content) for one in said]
    assert [one.content["by_when"] for one in said] == ["2026-12-04", None, None, None]
    assert [one.content["form"]["scores"]["SM1"] for one in said] == [3, 3, 4, 3]
    assert [one.content["form"]["scores"]["VS1"] for one in said] == [0, 1, 3, 3]
    assert said[0].content["form"]["agreements"] == [CALL]
    assert said[0].content["talk"]["confirmed_at"] is not None
    assert [len(one.content["evidence"]) for one in said] == [1, 2, 1, 1]
    (back,) = db.scalars(select(SignOffWithdrawal))
    (asked,) = db.scalars(select(Correction))
    assert back.sign_off_id == asked.sign_off_id == signed[2].id
    assert (back.asked_by_id, asked.reason, asked.granted) == (signed[2].coach_id, WHY, True)
    assert back.decided_by_id not in {signed[2].coach_id, None}
    assert set(db.scalars(select(ResultSeen.sign_off_id))) == {one.id for one in signed}
    assert db.get_one(AssignmentRecord, loop.record).attempt == 2


def what_led_to_it(db: Session, loop: Loop) -> None:
    """The ledger tells it in order, and consent is for what was ticked and for nothing else."""
    assert db.scalars(select(Submission.attempt).order_by(Submission.id)).all() == [1, 1, 2]
    (talk,) = db.scalars(select(Talk))
    assert (talk.agreements, talk.confirmed_at is not None) == ([CALL], True)
    assert sorted(db.scalars(select(ConsentAttestation.purpose))) == ["assessment", "assessment", *["intervision"] * 2]
    told = db.scalars(
        select(LedgerEvent.action)
        .where(LedgerEvent.subject_kind == "assignment_record", LedgerEvent.subject_id == loop.record)
        .order_by(LedgerEvent.id)
    ).all()
    assert list(told) == STORY


STORY: Final = [
    *("practice.opened", "practice.prepared"),
    *("practice.submitted", "practice.assessed", "practice.agreed", "practice.agreement_confirmed"),
    *("practice.returned", "practice.result_seen"),
    *("practice.submitted", "practice.assessed", "practice.not_met", "practice.result_seen"),
    *("practice.submitted", "practice.assessed", "practice.signed_off", "practice.result_seen"),
    *("practice.correction_asked", "practice.sign_off_withdrawn"),
    *("practice.assessed", "practice.signed_off", "practice.result_seen"),
]


def what_was_mailed(loop: Loop) -> None:
    """Each of them heard what was for her, in order, once."""
    piece, again, done_ = (f"{word}: Een bijeenkomst begeleiden" for word in (PIECE, AGAIN, DONE))
    back = "Besluit teruggenomen: Een bijeenkomst begeleiden"
    handed_in = "Noor heeft werk ingeleverd"
    assert about_practice(loop, NOOR) == [
        *("Ruben komt bij je kijken op donderdag 26 november", "Bevestig wat je met Ruben afsprak", piece, again),
        *("Ruben komt bij je kijken op donderdag 10 december", "Morgen komt Ruben kijken", done_, back, done_),
    ]
    assert about_practice(loop, RUBEN) == [
        *("Je gaat bij Noor kijken op donderdag 26 november", handed_in, handed_in),
        *("Je gaat bij Noor kijken op donderdag 10 december", "Morgen kijk je bij Noor", handed_in, back),
    ]
    assert about_practice(loop, FATMA) == []


def about_practice(loop: Loop, address: str) -> list[str]:
    """The subjects of what an address got, but for the door and for the end presentation."""
    aside = ("is je code", "Je logt in", "indpresentatie", "je coach", "Je begeleidt")
    subjects = [" ".join(mail.subject.split()) for mail in loop.live.mail.to(address)]
    return [one for one in subjects if not any(word in one for word in aside)]


def the_ledger_holds(loop: Loop) -> None:
    """As an admin asks it in a terminal, once the worker sealed what is new."""
    loop.at("2026-12-11", 12)
    walk = Walk(loop.live, loop.noor.page, loop.ruben.page, loop.fatma.page)
    loop.live.eventually(lambda: not _unsealed(loop), "the seals")
    assert "Er is niets veranderd." in walk.command("ledger", "verify")


def _unsealed(loop: Loop) -> bool:
    with loop.live.parts.database.reading() as db:
        return bool(unsealed(db, before=loop.live.clock.now()))


def digest_again(salt: str, content: dict[str, Any]) -> str:
    """What a sign-off's digest must be, worked out apart from the program."""
    body = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256((salt + body).encode()).hexdigest()
