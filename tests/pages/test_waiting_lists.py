"""The waiting list as everybody meets it: from the mail, on the own page, and for who plans."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from app.intervision.actions import answering
from app.kit.localtime import instant
from app.meetings.rules import OFFER_LASTS, AnswerTo
from app.meetings.tables import Meeting, MeetingSignup
from app.outbox.tables import Message
from app.worker.run import run_due
from tests.intervision import add_session, make_round, place_of, publish, token_of
from tests.page import Site
from tests.people import Cast, make_cast

if TYPE_CHECKING:
    from app.kit.clock import MovableClock

SECOND = date(2026, 12, 22)


class Full:
    """A round with two days; the first has one seat, and Ruben has it."""

    def __init__(self, site: Site, clock: MovableClock) -> None:
        self.site, self.clock = site, clock
        now = clock.now()
        with site.parts.database.writing() as db:
            self.cast: Cast = make_cast(db, now=now)
            cast = self.cast
            self.round_id = make_round(db, cast.fatma, now=now)
            self.first = add_session(db, cast.fatma, self.round_id, now=now)
            self.second = add_session(db, cast.fatma, self.round_id, now=now, day=SECOND, venue="De Esdoorn")
            publish(db, cast.fatma, self.round_id, cast.noor.id, cast.joris.id, cast.ruben.id, now=now)
            db.get_one(Meeting, self.first).seats = 1
            people = (cast.noor.id, cast.joris.id, cast.ruben.id)
            self.places = {one: place_of(db, one, self.first) for one in people}
            self.others = {one: place_of(db, one, self.second) for one in people}
            self.tokens = {one: token_of(db, self.places[one]) for one in people}
            self.other_token = token_of(db, self.others[cast.noor.id])
        self.say(cast.ruben.id, AnswerTo.YES)

    def say(self, person_id: int, said: AnswerTo) -> None:
        with self.site.parts.database.writing() as db:
            now, place = self.clock.now(), self.places[person_id]
            answering.answer(db, signup_id=place, answer=said, actor_id=person_id, now=now)

    def wait(self, person_id: int) -> None:
        with self.site.parts.database.writing() as db:
            answering.wait(db, signup_id=self.places[person_id], actor_id=person_id, now=self.clock.now())

    def signup(self, signup_id: int) -> MeetingSignup:
        with self.site.parts.database.reading() as db:
            return db.get_one(MeetingSignup, signup_id)

    def taken(self) -> tuple[int, int]:
        with self.site.parts.database.reading() as db:
            return db.get_one(Meeting, self.first).taken, db.get_one(Meeting, self.second).taken


@pytest.fixture
def full(site: Site, clock: MovableClock) -> Full:
    return Full(site, clock)


def test_from_the_mail_she_waits_is_offered_a_seat_and_comes(full: Full) -> None:
    noor, joris = full.cast.noor.id, full.cast.joris.id
    full.wait(joris)
    visitor, path = full.site.stranger(), f"/antwoord/{full.tokens[noor]}"
    text = visitor.get(path).text
    assert "Deze bijeenkomst is vol" in text
    assert "Er wacht al 1 persoon." in text
    assert "Ja, ik kom" not in text
    for _ in range(2):  # twice is once
        visitor.post(path, {"answer": "wait"})
    text = visitor.get(path).text
    assert "Je bent nummer <b>2</b> op de wachtlijst" in text
    assert "Joris" not in text
    assert "Je staat op de wachtlijst" in visitor.post(path, {"answer": "yes"}, status=422).text
    full.say(full.cast.ruben.id, AnswerTo.NO)
    assert "Je bent nummer <b>1</b>" in visitor.get(path).text
    full.site.stranger().post(f"/antwoord/{full.tokens[joris]}", {"answer": "no"})
    text = visitor.get(path).text
    assert "Er is een plek vrij op donderdag 10 december. Kom je?" in text
    assert "vast tot <b>woensdag 25 november, 10.00 uur</b>" in text
    visitor.post(path, {"answer": "yes"})
    assert "Je komt op donderdag 10 december" in visitor.get(path).text
    assert full.taken() == (1, 0)


def test_an_offer_that_passed_says_so_and_she_may_wait_again(full: Full) -> None:
    noor, joris = full.cast.noor.id, full.cast.joris.id
    full.wait(noor)
    full.wait(joris)
    full.say(full.cast.ruben.id, AnswerTo.NO)
    run_due(full.site.parts.work)
    full.clock.advance(OFFER_LASTS)
    visitor, path = full.site.stranger(), f"/antwoord/{full.tokens[noor]}"
    late = visitor.post(path, {"answer": "yes"}, status=422).text  # before the job ran
    assert "Hij ging naar de volgende" in late
    run_due(full.site.parts.work)
    assert full.signup(full.places[noor]).waiting_since is None
    assert full.signup(full.places[joris]).offered_until == full.clock.now() + OFFER_LASTS
    assert "Die ging daarna naar de volgende" in visitor.get(path).text
    visitor.post(path, {"answer": "wait"})
    assert full.signup(full.places[noor]).waiting_since is not None
    with full.site.parts.database.reading() as db:
        offers = db.scalars(select(Message).where(Message.kind == "meetings.seat_offered").order_by(Message.id)).all()
    assert [(one.person_id, one.sent_at is not None) for one in offers] == [(noor, True), (joris, True)]


def test_the_link_shows_her_other_days_and_each_answers_for_itself(full: Full) -> None:
    noor = full.cast.noor.id
    visitor, path = full.site.stranger(), f"/antwoord/{full.tokens[noor]}"
    text = visitor.get(path).text
    assert "Andere dagen in deze ronde" in text
    assert set(re.findall(r"/antwoord/([\w-]+)", text)) == {full.tokens[noor], full.other_token}
    other = f"/antwoord/{full.other_token}"
    visitor.post(other, {"answer": "yes"})
    assert full.taken() == (1, 1)
    text = visitor.get(path).text
    assert "Je hebt nu een plek op dinsdag 22 december" in text
    assert "Die houd je zolang je wacht." in text
    assert "Liever een andere dag?" in visitor.get(other).text
    visitor.post(path, {"answer": "wait"})
    full.say(full.cast.ruben.id, AnswerTo.NO)
    assert "Kies je deze dag, dan geef je die terug." in visitor.get(path).text
    visitor.post(path, {"answer": "yes"})
    assert full.taken() == (1, 0)


def test_on_her_own_page_she_waits_leaves_and_takes_an_offer(full: Full) -> None:
    cast = full.cast
    noor = full.site.visitor(cast.noor.id)
    here, there = full.places[cast.noor.id], full.others[cast.noor.id]

    def choose(place: str, status: int = 303) -> str:
        return noor.post("/intervisie", {"round": str(full.round_id), "place": place}, status=status).text

    text = noor.get("/intervisie").text
    assert "Vol, wachtlijst" in text
    assert f'value="wait-{here}"' in text
    choose(f"wait-{here}")
    choose(str(there))
    text = noor.get("/intervisie").text
    assert "Je bent nummer 1." in text
    assert "Wissel van dag" in text
    assert full.taken() == (1, 1)
    choose(f"leave-{here}")
    assert full.signup(here).waiting_since is None
    choose(f"wait-{here}")
    full.say(cast.ruben.id, AnswerTo.NO)
    text = noor.get("/intervisie").text
    assert "Er is een plek voor je vrij op donderdag 10 december" in text
    assert "Kom je, dan geef je je plek op dinsdag 22 december terug." in text
    choose(str(here))
    assert full.taken() == (1, 0)
    choose("none")
    assert full.taken() == (0, 0)
    for wrong in ("wait-", "wait-abc", "leave-99999999999999999999", "give-1", "-1", "wait-none"):
        choose(wrong, status=422)
    choose(f"wait-{full.places[cast.joris.id]}", status=404)


def test_a_day_that_fills_up_meanwhile_is_not_a_place_in_line(full: Full) -> None:
    noor = full.site.visitor(full.cast.noor.id)
    form = {"round": str(full.round_id), "place": str(full.places[full.cast.noor.id])}
    assert "net vol" in noor.post("/intervisie", form, status=422).text
    assert full.signup(full.places[full.cast.noor.id]).waiting_since is None


def test_after_sign_up_closed_she_swaps_while_both_days_are_far(full: Full) -> None:
    cast = full.cast
    with full.site.parts.database.writing() as db:
        now = full.clock.now()
        third = add_session(db, cast.fatma, full.round_id, now=now, day=date(2026, 12, 29), venue="De Pit")
        publish(db, cast.fatma, full.round_id, cast.noor.id, now=now)
        last = place_of(db, cast.noor.id, third)
    noor, path = full.site.visitor(cast.noor.id), f"/antwoord/{full.other_token}"
    noor.post("/intervisie", {"round": str(full.round_id), "place": str(full.others[cast.noor.id])})
    full.clock.set(instant(date(2026, 12, 8), time(9)))
    noor = full.site.visitor(cast.noor.id)
    text = noor.get("/intervisie").text
    assert "Wisselen kan tot en met dinsdag 8 december" in text
    assert "Ik geef mijn plek terug" in text
    assert f'value="wait-{full.places[cast.noor.id]}"' not in text  # the tenth is too near
    assert "De Pit" in full.site.stranger().get(path).text
    noor.post("/intervisie", {"round": str(full.round_id), "place": str(last)})
    full.clock.advance(timedelta(days=1))
    noor = full.site.visitor(cast.noor.id)
    text = noor.get("/intervisie").text
    assert "Wissel van dag" not in text
    refused = noor.post(
        "/intervisie", {"round": str(full.round_id), "place": str(full.others[cast.noor.id])}, status=422
    )
    assert "Aanmelden is gesloten" in refused.text


def test_an_admin_sees_the_line_adds_to_it_and_takes_off(full: Full) -> None:
    cast = full.cast
    fatma, href = full.site.visitor(cast.fatma.id), f"/beheer/intervisie/bijeenkomst/{full.first}"
    full.wait(cast.noor.id)
    full.clock.advance(timedelta(minutes=5))
    assert "Op de wachtlijst" in fatma.get(href).text
    fatma.post(f"{href}/antwoord/{full.places[cast.joris.id]}", {"answer": "wait"})
    assert "wachtlijst 2" in fatma.get(f"/beheer/intervisie/{full.round_id}").text
    full.say(cast.ruben.id, AnswerTo.NO)
    text = fatma.get(href).text
    assert "tot woensdag 25 november, 10.05 uur" in text
    assert "1 plek wordt vastgehouden" in text
    assert text.index("Wacht sinds") < text.index(f"wachtlijst/{full.places[cast.noor.id]}")
    assert text.index(f"wachtlijst/{full.places[cast.noor.id]}") < text.index(
        f"wachtlijst/{full.places[cast.joris.id]}"
    )
    fatma.post(f"{href}/wachtlijst/{full.places[cast.noor.id]}")
    assert full.signup(full.places[cast.joris.id]).offered_until is not None
    fatma.post(f"{href}/wachtlijst/{full.others[cast.noor.id]}", status=404)  # a place in another meeting
    run_due(full.site.parts.work)
    with full.site.parts.database.reading() as db:
        gone = select(Message.person_id).where(Message.kind == "meetings.off_the_list", Message.sent_at.is_not(None))
        assert db.scalars(gone).all() == [cast.noor.id]
