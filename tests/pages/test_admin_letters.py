"""The mails of a round beforehand and afterwards, and why somebody got one or did not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from app.intervision.actions import answering
from app.intervision.actions.letters import write_letter
from app.intervision.actions.reminding import plan_letters
from app.intervision.queries import letters
from app.intervision.rules import PlannedLetter
from app.kit.errors import Refused
from app.kit.localtime import local_day
from app.ledger.tables import LedgerEvent
from app.meetings.rules import AnswerTo
from app.outbox import actions as outbox
from app.outbox.rules import MessageState
from app.outbox.tables import Message
from app.worker.run import run_due
from tests.intervision import DAY, add_session, make_round, place_of, publish
from tests.page import Site, make_test_parts
from tests.people import Cast, make_cast

if TYPE_CHECKING:
    from pathlib import Path

    from app.kit.clock import MovableClock
    from app.kit.db import Database

CALL, AGENDA, REMINDER = PlannedLetter


@dataclass
class Round:
    """A published round; Noor and Joris come to its one meeting, Ruben was never asked."""

    cast: Cast
    site: Site
    id: int
    meeting: int


@pytest.fixture
def planned(database: Database, data_dir: Path, clock: MovableClock) -> Round:
    now = clock.now()
    with database.writing() as db:
        cast = make_cast(db, now=now)
        round_id = make_round(db, cast.fatma, now=now)
        meeting = add_session(db, cast.fatma, round_id, now=now)
        publish(db, cast.fatma, round_id, cast.noor.id, cast.joris.id, now=now)
        for one in (cast.noor, cast.joris):
            place = place_of(db, one.id, meeting)
            answering.answer(db, signup_id=place, answer=AnswerTo.YES, actor_id=one.id, now=now)
    return Round(cast, Site(make_test_parts(database, data_dir, clock)), round_id, meeting)


def test_what_goes_when_and_to_how_many_and_what_became_of_it(planned: Round, clock: MovableClock) -> None:
    database, cast, now = planned.site.parts.database, planned.cast, clock.now()
    with database.reading() as db:
        found = letters.letters_page(db, planned.id, now=now)
    days = {line.letter: (line.days[0].goes_on, line.days[0].people) for line in found.planned}
    assert days == {  # the meeting is 17 days ahead: a case may still be brought in, from today on
        CALL: (local_day(now), 2),
        AGENDA: (DAY - timedelta(days=14), 2),
        REMINDER: (DAY - timedelta(days=1), 2),
    }
    with database.writing() as db:
        plan_letters(db, now=now)
        calls = db.scalars(select(Message.id).where(Message.kind == CALL).order_by(Message.id)).all()
        outbox.sent(db, message_id=calls[0], now=now)
        outbox.suppress(db, message_id=calls[1], reason="Deze persoon gaf de plek terug.", now=now)
        again = place_of(db, cast.joris.id, planned.meeting)
        answering.answer(db, signup_id=again, answer=AnswerTo.NO, actor_id=cast.joris.id, now=now)
    with database.reading() as db:
        found = letters.letters_page(db, planned.id, now=now)
    (call,) = (line.days[0] for line in found.planned if line.letter is CALL)
    assert (call.goes_on, call.people) == (None, 0)
    assert call.counts == {MessageState.SENT: 1, MessageState.SUPPRESSED: 1}
    assert [(one.kind, one.reason, one.count) for one in found.held_back] == [
        ("intervision.case_call", "Deze persoon gaf de plek terug.", 1)
    ]
    others = {line.kind: line.counts for line in found.others}
    assert others["intervision.invitation"] == {MessageState.PLANNED: 2}
    assert others["meetings.seat_confirmed"] == {MessageState.PLANNED: 2}
    assert others["meetings.seat_given_up"] == {MessageState.PLANNED: 1}

    fatma = planned.site.visitor(cast.fatma.id)
    text = fatma.get(f"/beheer/intervisie/{planned.id}/mails").text
    for words in ("Vraag om een casus", "1 verstuurd", "1 niet meer nodig", "Deze persoon gaf de plek terug.",
                  "Donderdag 10 december", "donderdag 26 november"):  # fmt: skip
        assert words in text
    planned.site.visitor(cast.noor.id).get(f"/beheer/intervisie/{planned.id}/mails", status=403)


def test_own_words_are_looked_at_first_and_then_go_along(planned: Round, clock: MovableClock) -> None:
    fatma, database = planned.site.visitor(planned.cast.fatma.id), planned.site.parts.database
    path = f"/beheer/intervisie/{planned.id}/mails/casus"
    assert "Breng je een casus in? Intervisie op donderdag 10 december" in fatma.get(path).text
    looked = fatma.post(path, {"own_text": "Er is <b>soep</b>.", "version": "0", "do": "preview"}, status=200).text
    assert looked.count("Er is &lt;b&gt;soep&lt;/b&gt;.") == 2
    with database.reading() as db:
        assert letters.own_words(db, planned.id)[CALL].version == 0
    fatma.post(path, {"own_text": "Er is soep.", "version": "0", "do": "save"})
    stale = fatma.post(path, {"own_text": "Er is brood.", "version": "0", "do": "save"}, status=422).text
    assert "Er is brood." in stale
    fatma.post(path, {"own_text": "x" * 2001, "version": "1"}, status=422)
    for wrong in ("/beheer/intervisie/999/mails", "/beheer/intervisie/999/mails/casus", f"{path}sen"):
        fatma.get(wrong, status=404)
    with pytest.raises(Refused, match="stale"), database.writing() as db:
        write_letter(
            db,
            by=planned.cast.fatma,
            round_id=planned.id,
            letter=CALL,
            own_text="",
            version=0,
            now=clock.now(),
        )
    run_due(planned.site.parts.work)
    run_due(planned.site.parts.work)
    sent = [file.read_text() for file in (planned.site.parts.settings.data_dir / "mail").glob("*case_call*.eml")]
    assert len(sent) == 2
    assert all("Er is soep." in mail for mail in sent)
    with database.reading() as db:
        assert db.scalars(select(LedgerEvent.action).where(LedgerEvent.action == "intervision.letter_written")).all()


def test_why_somebody_got_a_mail_or_not(planned: Round, clock: MovableClock) -> None:
    cast, now = planned.cast, clock.now()
    fatma = planned.site.visitor(cast.fatma.id)
    with planned.site.parts.database.writing() as db:
        plan_letters(db, now=now)
        mine = select(Message.id, Message.kind).where(Message.person_id == cast.noor.id).order_by(Message.id)
        by_kind = {row.kind: row.id for row in db.execute(mine)}
        outbox.suppress(
            db, message_id=by_kind["intervision.invitation"], reason="Deze persoon heeft al geantwoord.", now=now
        )
        outbox.bounce(db, message_id=by_kind["meetings.seat_confirmed"], reason="550 5.1.1 unknown user", now=now)
        outbox.expire(db, message_id=by_kind[CALL], now=now)
    assert f"/beheer/mensen/{cast.noor.id}/post" in fatma.get(f"/beheer/mensen/{cast.noor.id}").text
    text = fatma.get(f"/beheer/mensen/{cast.noor.id}/post").text
    for words in (
        "Post aan Noor de Wit",
        "Deze persoon heeft al geantwoord.",
        "Dit adres bestaat niet, of neemt geen mail aan.",
        "Het kon niet op tijd weg",
        "Komt nog, als er niets verandert",
        "woensdag 9 december",
    ):
        assert words in text
    assert "Joris" not in text
    assert "Geen geldig certificaat" in fatma.get(f"/beheer/mensen/{cast.ruben.id}/post").text
    fatma.get("/beheer/mensen/99999/post", status=404)
    planned.site.visitor(cast.noor.id).get(f"/beheer/mensen/{cast.noor.id}/post", status=403)
    with planned.site.parts.database.reading() as db:
        coming = [(one.letter, one.goes_on) for one in letters.to_come(db, cast.noor.id, now=now)]
    assert coming == [(AGENDA, date(2026, 11, 26)), (REMINDER, date(2026, 12, 9))]
