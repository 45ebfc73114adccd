"""The page of a conversation: for both the same, without script too, and what an open page asks now and then."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, update

from app.conversation import actions
from app.conversation.rules import SHOWN
from app.conversation.tables import ConversationMail, ConversationMessage, ConversationSide
from app.courses.tables import Enrolment
from app.ledger.tables import LedgerEvent
from app.outbox.tables import Message
from app.people.rules import Viewer
from tests.blank_forms import blank_form
from tests.page import Site, make_test_parts
from tests.pages.test_coach import part
from tests.practising import Practising, begin

if TYPE_CHECKING:
    from pathlib import Path

    from app.kit.clock import MovableClock
    from app.kit.db import Database


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> Site:
    return Site(make_test_parts(sqlite_database, data_dir, clock))


@pytest.fixture
def at_work(site: Site, clock: MovableClock) -> Practising:
    return begin(site.parts.database, site.parts.storage, clock)


def path_of(at_work: Practising) -> str:
    return f"/praktijk/{at_work.record_id}/gesprek"


def say(site: Site, at_work: Practising, by: Viewer, body: str) -> int:
    with site.parts.database.writing() as db:
        return actions.say(db, by=by, record_id=at_work.record_id, body=body, now=site.parts.clock.now())


def count(site: Site, table: type) -> int:
    with site.parts.database.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def test_both_read_and_write_on_the_same_page(site: Site, at_work: Practising) -> None:
    noor, ruben = site.visitor(at_work.noor.id), site.visitor(at_work.ruben.id)
    path = path_of(at_work)
    page = noor.get(path).text
    assert "Hier staan geen berichten. We bewaren ze tot 90 dagen na het besluit over de opdracht." in page
    assert "Gesprek met Ruben" in page
    form = blank_form(page, path)
    assert form is not None
    answer = noor.post(path, form.sent | {"body": "Zal ik de foto’s meenemen?\nEn de lijm?"})
    assert "Je bericht is verstuurd." in noor.follow(answer).text
    again = noor.post(path, form.sent | {"body": "Zal ik de foto’s meenemen?\nEn de lijm?"})
    assert again.headers["location"] == answer.headers["location"]
    assert count(site, ConversationMessage) == 1  # the same form twice counts once
    assert "1 nieuw bericht" in ruben.get(f"/coach/{at_work.record_id}").text
    assert "1 bericht, sinds maandag 23 november" in ruben.get("/coach").text
    page = ruben.get(path).text
    assert "Gesprek met Noor" in page
    assert 'id="nieuw"' in page
    assert "Zal ik de foto’s meenemen?\nEn de lijm?" in page
    assert 'id="nieuw"' not in ruben.get(path).text  # read is read
    assert "nieuw bericht" not in ruben.get(f"/coach/{at_work.record_id}").text
    assert "Gelezen door Ruben" in noor.get(path).text
    ruben.post(path, {"body": "Graag."})
    assert "1 nieuw bericht voor je" in noor.get("/traject").text
    assert "1 nieuw bericht" in noor.get(f"/praktijk/{at_work.record_id}").text
    noor.get(path)
    assert "nieuw bericht" not in noor.get("/traject").text


def test_what_is_not_right_comes_back_with_what_was_typed(site: Site, at_work: Practising) -> None:
    noor, path = site.visitor(at_work.noor.id), path_of(at_work)
    assert "Dit vakje is nog leeg" in noor.post(path, {"body": " \n "}, status=422).text
    long = noor.post(path, {"body": "a" * 2001}, status=422).text
    assert "Er passen 2000 tekens in" in long
    assert "a" * 2001 in long
    assert "een teken dat we niet kunnen bewaren" in noor.post(path, {"body": "a\x00b"}, status=422).text
    noor.post(path, {"body": "x", "author_id": str(at_work.ruben.id)}, status=422)
    assert count(site, ConversationMessage) == 0
    noor.post(path, {"body": "<script>alert(1)</script> https://voorbeeld.nl {{7*7}} 🎨"})
    page = noor.get(path).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; https://voorbeeld.nl {{7*7}} 🎨" in page  # links are text
    assert 'href="https://voorbeeld.nl' not in page


def test_too_many_messages_are_told_in_a_sentence_and_none_is_lost(site: Site, at_work: Practising) -> None:
    noor, path = site.visitor(at_work.noor.id), path_of(at_work)
    for number in range(20):
        noor.post(path, {"body": f"Bericht {number}"})
    page = noor.post(path, {"body": "Nog een"}, status=422).text
    assert re.search(r"over \d+ minuten kun je hem versturen", page)
    assert ">\nNog een</textarea>" in page
    assert count(site, ConversationMessage) == 20


def test_a_draft_waits_on_the_page(site: Site, at_work: Practising, clock: MovableClock) -> None:
    """With script and without."""
    noor, path = site.visitor(at_work.noor.id), path_of(at_work)
    kept = part(noor, f"{path}/concept", {"body": "Zal ik", "typing": "1"})
    assert "Bewaard om 10.00" in kept
    assert "data-kept" in kept
    clock.advance(timedelta(minutes=3))
    assert "Verstuur het als het af is." in noor.follow(noor.post(f"{path}/concept", {"body": "Zal ik de"})).text
    page = noor.get(path).text
    assert ">\nZal ik de</textarea>" in page
    assert "Dit typte je op maandag 23 november, 10.03 uur. Het is nog niet verstuurd." in page
    assert "Zal ik" not in site.visitor(at_work.ruben.id).get(path).text
    failed = part(noor, f"{path}/concept", {"body": "a" * 2001, "typing": "1"})
    assert "Nog niet bewaard" in failed
    assert "data-kept" not in failed
    noor.post(path, {"body": "Zal ik de lijm meenemen?"})
    assert ">\n</textarea>" in noor.get(path).text
    with site.parts.database.reading() as db:
        assert set(db.scalars(select(ConversationSide.draft))) == {""}


def test_an_open_page_gets_what_came_since(site: Site, at_work: Practising, clock: MovableClock) -> None:
    noor, path = site.visitor(at_work.noor.id), path_of(at_work)
    first = say(site, at_work, at_work.ruben, "Eerste")
    page = noor.get(path).text
    assert f'hx-get="{path}?na={first}"' in page
    nothing = noor.get(f"{path}?na={first}", partial=True).text
    assert "<ol" not in nothing
    second = say(site, at_work, at_work.ruben, "Tweede")
    newer = noor.get(f"{path}?na={first}", partial=True).text
    assert "Tweede" in newer
    assert "Eerste" not in newer
    assert "talk__day" not in newer  # the day stands there already
    assert 'hx-swap-oob="beforeend:#berichten"' in newer
    assert f"?na={second}" in newer
    assert 'id="nieuw"' not in noor.get(path).text  # it was seen when it came in
    clock.advance(timedelta(days=1))
    say(site, at_work, at_work.ruben, "Derde")
    noor = site.visitor(at_work.noor.id)  # a night later she signs in anew
    assert "Dinsdag 24 november 2026" in noor.get(f"{path}?na={second}", partial=True).text
    assert "Eerste" in noor.get(f"{path}?na={second}").text  # without script it is the page itself


def test_long_conversations_go_by_pages(site: Site, at_work: Practising, clock: MovableClock) -> None:
    noor, path = site.visitor(at_work.noor.id), path_of(at_work)
    say(site, at_work, at_work.ruben, "Het begin")
    noor.get(path)
    noor.get(path)
    few = len(noor.statements)
    for number in range(SHOWN):
        clock.advance(timedelta(minutes=1))
        say(site, at_work, at_work.ruben, f"Bericht {number}")
    newest = noor.get(path).text
    assert "Het begin" not in newest
    assert f"Bericht {SHOWN - 1}" in newest
    noor.get(path)
    assert len(noor.statements) == few
    found = re.search(r'href="([^"]+\?voor=\d+)"', newest)
    assert found
    assert "Het begin" in noor.get(found[1]).text
    assert "Eerdere berichten" not in noor.get(found[1]).text
    for odd in ("?voor=x", "?voor=0", "?voor=99999999999999999999", "?na=-1", "?voor="):
        noor.get(path + odd)


def test_an_admin_reads_along_and_that_is_noted(site: Site, at_work: Practising) -> None:
    fatma, path = site.visitor(at_work.training.cast.fatma.id), path_of(at_work)
    assert "Hier staan geen berichten." in fatma.get(path).text
    say(site, at_work, at_work.noor, "Een roze olifant")

    def noted() -> int:
        with site.parts.database.reading() as db:
            read = select(func.count()).where(LedgerEvent.action == "conversation.read_by_admin")
            return db.scalar(read) or 0

    assert noted() == 0
    page = fatma.get(path).text
    assert "Je leest mee. Dat staat in het logboek." in page
    assert "<textarea" not in page
    assert "hx-get" not in page
    assert noted() == 1
    fatma.get(f"{path}?na=1", partial=True)
    assert noted() == 1  # nothing was shown
    fatma.post(path, {"body": "Namens Ruben"}, status=403)
    fatma.post(f"{path}/concept", {"body": "Namens Ruben"}, status=403)
    for where, body in ((path, ""), (path, "a" * 2001), (f"{path}/concept", "a" * 2001)):
        assert "Een roze olifant" not in fatma.post(where, {"body": body}, status=403).text
    fatma.post(f"{path}/concept", {"body": "a" * 2001, "typing": "1"}, status=403)
    assert noted() == 1  # and nothing was read beside the ledger
    assert count(site, ConversationMessage) == 1
    assert "Het gesprek" in fatma.get(f"/praktijk/{at_work.record_id}").text


@pytest.mark.parametrize(
    ("moment", "says"), [("paused_at", "De opleiding staat even stil"), ("withdrawn_at", "Dit gesprek is klaar")]
)
def test_a_training_that_stands_still_is_read_and_says_so(
    site: Site, at_work: Practising, clock: MovableClock, moment: str, says: str
) -> None:
    say(site, at_work, at_work.noor, "Nog even dit")
    with site.parts.database.writing() as db:
        db.execute(update(Enrolment).values({moment: clock.now()}))
    noor, path = site.visitor(at_work.noor.id), path_of(at_work)
    page = noor.get(path).text
    assert "Nog even dit" in page
    assert says in page
    assert "<textarea" not in page
    refused = noor.post(path, {"body": "Mijn lange tekst"}, status=422).text
    assert "Je kunt" in refused
    assert "Mijn lange tekst" in refused


def test_taking_back_is_one_press(site: Site, at_work: Practising) -> None:
    noor, ruben, path = site.visitor(at_work.noor.id), site.visitor(at_work.ruben.id), path_of(at_work)
    message = say(site, at_work, at_work.noor, "Mevrouw Jansen was er niet")
    assert f"{path}/{message}/terug" not in ruben.get(path).text
    ruben.post(f"{path}/{message}/terug", status=404)
    page = noor.follow(noor.post(f"{path}/{message}/terug")).text
    assert "Je nam dit bericht terug." in page
    assert "Jansen" not in page
    assert "Dit bericht is teruggenomen." in ruben.get(path).text
    assert noor.get(f"{path}/{message}/terug", status=303).headers["location"] == path  # an address that takes a form


def test_the_way_of_mail_is_chosen_on_the_account_page(site: Site, at_work: Practising) -> None:
    noor = site.visitor(at_work.noor.id)
    assert re.search(r'name="mail" value="at_once" checked', noor.get("/account").text)
    noor.post("/account/berichten", {"mail": "soms"}, status=422)
    assert "Je keuze is bewaard." in noor.follow(noor.post("/account/berichten", {"mail": "daily"})).text
    assert re.search(r'name="mail" value="daily" checked', noor.get("/account").text)
    say(site, at_work, at_work.ruben, "Een roze olifant")
    with site.parts.database.reading() as db:
        assert db.get_one(ConversationMail, at_work.noor.id).choice == "daily"
        kinds = db.scalars(select(Message.kind).where(Message.kind.startswith("conversation."))).all()
        assert kinds == ["conversation.digest"]
    assert "Mail over nieuwe berichten" not in site.visitor(at_work.training.cast.sanne.id).get("/account").text


def test_the_admin_sees_who_waits_for_an_answer(site: Site, at_work: Practising, clock: MovableClock) -> None:
    say(site, at_work, at_work.noor, "Ben je er nog?")
    clock.advance(timedelta(days=8))
    page = site.visitor(at_work.training.cast.fatma.id).get("/beheer").text
    assert "1 persoon wacht op een antwoord van de coach" in page
    assert f"/beheer/mensen/{at_work.noor.id}" in page
