"""None of the days of a round fits: said from the mail or on the own page, and taken back by a choice."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from app.delivery.rules import PartOfDay, Weekday
from app.intervision.actions import answering, replying
from app.intervision.queries.facts import export_of
from app.intervision.queries.replies import possible_of
from app.intervision.tables import RoundReply
from app.kit.localtime import instant
from app.ledger.tables import LedgerEvent
from app.meetings.rules import AnswerTo
from app.meetings.tables import Meeting, MeetingSignup
from tests.intervision import add_session, make_round, place_of, publish, token_of
from tests.page import Site
from tests.people import Cast, make_cast

if TYPE_CHECKING:
    from app.kit.clock import MovableClock

LAST = date(2026, 12, 15)
TICKED: dict[str, Any] = {"possible": ["friday-evening", "monday-morning"], "note": "In maart ben ik op reis."}


class Autumn:
    """A round with two days; Noor has a seat on the first, and waits for the second."""

    def __init__(self, site: Site, clock: MovableClock) -> None:
        self.site, self.clock = site, clock
        now = clock.now()
        with site.parts.database.writing() as db:
            self.cast: Cast = make_cast(db, now=now)
            cast = self.cast
            self.round_id = make_round(db, cast.fatma, now=now)
            self.first = add_session(db, cast.fatma, self.round_id, now=now)
            self.second = add_session(db, cast.fatma, self.round_id, now=now, day=LAST, venue="De Esdoorn")
            publish(db, cast.fatma, self.round_id, cast.noor.id, cast.joris.id, now=now)
            self.place, self.other = (place_of(db, cast.noor.id, one) for one in (self.first, self.second))
            answering.answer(db, signup_id=self.place, answer=AnswerTo.YES, actor_id=cast.noor.id, now=now)
            db.get_one(Meeting, self.second).seats = 0
            answering.wait(db, signup_id=self.other, actor_id=cast.noor.id, now=now)
            self.path = f"/antwoord/{token_of(db, self.place)}"

    def said(self) -> dict[int, frozenset[tuple[Weekday, PartOfDay]]]:
        with self.site.parts.database.reading() as db:
            return possible_of(db, self.round_id)

    def answers(self) -> list[tuple[str, bool]]:
        with self.site.parts.database.reading() as db:
            query = select(MeetingSignup).where(MeetingSignup.id.in_([self.place, self.other]))
            rows = db.scalars(query.order_by(MeetingSignup.id)).all()
            return [(row.answer, row.waiting_since is not None) for row in rows]


@pytest.fixture
def autumn(site: Site, clock: MovableClock) -> Autumn:
    return Autumn(site, clock)


def test_from_the_mail_it_declines_every_day_and_says_when_it_could(autumn: Autumn) -> None:
    noor, visitor = autumn.cast.noor.id, autumn.site.stranger()
    assert f"{autumn.path}/geen-dag" in visitor.get(autumn.path).text
    form = visitor.get(f"{autumn.path}/geen-dag").text
    assert "Donderdag 10 december" in form
    assert "Dinsdag 15 december" in form
    assert autumn.said() == {}  # looking says nothing
    for _ in range(2):  # from two devices
        visitor.post(f"{autumn.path}/geen-dag", TICKED)
    assert autumn.answers() == [("no", False), ("no", False)]
    wanted = frozenset({(Weekday.MONDAY, PartOfDay.MORNING), (Weekday.FRIDAY, PartOfDay.EVENING)})
    assert autumn.said() == {noor: wanted}
    again = visitor.get(f"{autumn.path}/geen-dag").text
    assert 'value="monday-morning" checked' in again
    assert "In maart ben ik op reis." in again
    page = autumn.site.visitor(autumn.cast.fatma.id).get(f"/beheer/intervisie/{autumn.round_id}").text
    assert "1 trainer kan op geen van deze dagen" in page
    assert "<b>maandag</b> ochtend; <b>vrijdag</b> avond" in page
    assert "“In maart ben ik op reis.”" in page
    with autumn.site.parts.database.reading() as db:
        said = select(LedgerEvent.actor_id).where(LedgerEvent.action == "intervision.none_fits")
        assert db.scalars(said).all() == [None, None]
        [copied] = export_of(db, noor)["geen_van_de_dagen"]
    assert copied["kan_wel"] == ["monday-morning", "friday-evening"]


def test_on_her_own_page_it_is_one_choice_that_a_day_takes_back(autumn: Autumn) -> None:
    noor = autumn.site.visitor(autumn.cast.noor.id)
    where = noor.post("/intervisie", {"round": str(autumn.round_id), "place": "none"}).headers["location"]
    assert where == f"/intervisie/geen-dag/{autumn.round_id}"
    assert autumn.said() == {autumn.cast.noor.id: frozenset()}
    assert (
        "Zei niet wanneer het wel kan."
        in autumn.site.visitor(autumn.cast.fatma.id).get(f"/beheer/intervisie/{autumn.round_id}").text
    )
    noor.post(where, TICKED)
    noor.post("/intervisie", {"round": str(autumn.round_id), "place": "none"})  # again: what she said stays
    assert len(autumn.said()[autumn.cast.noor.id]) == 2
    assert where in noor.get("/intervisie").text
    noor.post("/intervisie", {"round": str(autumn.round_id), "place": str(autumn.other)}, status=422)  # full
    assert len(autumn.said()) == 1
    noor.post("/intervisie", {"round": str(autumn.round_id), "place": f"wait-{autumn.other}"})
    assert autumn.said() == {}
    noor.post(where, {"possible": []})
    noor.post("/intervisie", {"round": str(autumn.round_id), "place": str(autumn.place)})
    assert autumn.said() == {}


@pytest.mark.parametrize(
    "wrong", [{"possible": "someday-evening"}, {"possible": "monday"}, {"note": "x" * 201}, {"person": "2"}]
)
def test_what_makes_no_sense_is_asked_again(autumn: Autumn, wrong: dict[str, str]) -> None:
    autumn.site.stranger().post(f"{autumn.path}/geen-dag", wrong, status=422)
    autumn.site.visitor(autumn.cast.noor.id).post(f"/intervisie/geen-dag/{autumn.round_id}", wrong, status=422)
    assert autumn.said() == {}
    assert autumn.answers() == [("yes", False), ("", True)]


def test_only_for_who_is_invited_and_while_a_day_is_ahead(autumn: Autumn) -> None:
    where = f"/intervisie/geen-dag/{autumn.round_id}"
    for stranger in (autumn.cast.sanne, autumn.cast.fatma):
        autumn.site.visitor(stranger.id).get(where, status=404)
        autumn.site.visitor(stranger.id).post(where, TICKED, status=404)
    autumn.site.stranger().post("/antwoord/bestaat-niet/geen-dag", TICKED, status=404)
    autumn.clock.set(instant(date(2026, 12, 6), time(9)))
    joris = autumn.site.visitor(autumn.cast.joris.id).post(where, TICKED, status=422).text
    assert "Aanmelden is gesloten" in joris  # he never answered
    autumn.site.visitor(autumn.cast.noor.id).post(where, TICKED)  # she gives something up
    assert list(autumn.said()) == [autumn.cast.noor.id]
    autumn.clock.set(instant(LAST, time(14)))
    assert "al begonnen of geweest" in autumn.site.visitor(autumn.cast.noor.id).post(where, TICKED, status=422).text


def test_it_is_kept_until_ninety_days_after_the_last_meeting(autumn: Autumn) -> None:
    autumn.site.stranger().post(f"{autumn.path}/geen-dag", TICKED)
    ended = instant(LAST, time(16))
    with autumn.site.parts.database.writing() as db:
        assert replying.remove_replies(db, now=ended + timedelta(days=90)) == 0
        assert replying.remove_replies(db, now=ended + timedelta(days=90, seconds=1)) == 1
        assert db.scalars(select(RoundReply)).all() == []
