"""The link in the mail: looking changes nothing, pressing a button does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from app.ledger.tables import LedgerEvent
from app.meetings.actions import planning
from app.meetings.tables import Meeting, MeetingSignup
from app.outbox.tables import Message
from tests.intervision import add_session, make_round, place_of, publish, token_of
from tests.page import Site
from tests.people import Cast, make_cast


class Invitation:
    """Noor is invited to one meeting; her link."""

    def __init__(self, site: Site) -> None:
        self.site = site
        now = site.parts.clock.now()
        with site.parts.database.writing() as db:
            self.cast: Cast = make_cast(db, now=now)
            self.round_id = make_round(db, self.cast.fatma, now=now)
            self.meeting_id = add_session(db, self.cast.fatma, self.round_id, now=now)
            publish(db, self.cast.fatma, self.round_id, self.cast.noor.id, self.cast.joris.id, now=now)
            self.path = f"/antwoord/{token_of(db, place_of(db, self.cast.noor.id, self.meeting_id))}"

    def rows(self) -> tuple[int, str, int, int]:
        """Seats taken, Noor's answer, messages and ledger events."""
        with self.site.parts.database.reading() as db:
            signup = db.scalars(select(MeetingSignup).where(MeetingSignup.person_id == self.cast.noor.id)).one()
            return (
                db.get_one(Meeting, self.meeting_id).taken,
                signup.answer,
                db.scalar(select(func.count()).select_from(Message)) or 0,
                db.scalar(select(func.count()).select_from(LedgerEvent)) or 0,
            )


@pytest.fixture
def invited(site: Site) -> Invitation:
    return Invitation(site)


def test_looking_shows_only_what_is_hers_and_changes_nothing(invited: Invitation) -> None:
    before = invited.rows()
    visitor = invited.site.stranger()
    for _ in range(3):
        response = visitor.get(invited.path)
    assert invited.rows() == before
    text = response.text
    assert "Kom je op donderdag 10 december?" in text
    assert "Dag Noor" in text
    for part in ("De Brede Brug", "Voorstraat 100", "ringleiding", "Eén werk uit je groep", "13.30"):
        assert part in text
    assert "Joris" not in text
    assert response.headers["x-robots-tag"] == "noindex, nofollow"
    assert response.headers["cache-control"] == "no-store"
    assert '<meta name="robots" content="noindex, nofollow">' in text


def test_yes_then_no_works_without_signing_in(invited: Invitation) -> None:
    visitor = invited.site.stranger()
    response = visitor.post(invited.path, {"answer": "yes"})
    assert response.headers["location"] == invited.path
    assert invited.rows()[:2] == (1, "yes")
    text = visitor.get(invited.path).text
    assert "Je hebt een plek" in text
    assert "Je komt op donderdag 10 december" in text
    assert "Kom je op" not in text
    visitor.post(invited.path, {"answer": "no"})
    assert invited.rows()[:2] == (0, "no")
    assert "Je komt niet op donderdag 10 december" in visitor.get(invited.path).text


def test_the_same_form_twice_takes_one_seat(invited: Invitation) -> None:
    visitor = invited.site.stranger()
    for _ in range(2):
        visitor.post(invited.path, {"answer": "yes", "form_key": "k" * 24})
    assert invited.rows()[0] == 1


def test_a_link_that_nobody_has_explains_itself(invited: Invitation) -> None:
    before = invited.rows()
    visitor = invited.site.stranger()
    wrong = visitor.get("/antwoord/bestaat-niet", status=404)
    assert "Deze link kennen we niet" in wrong.text
    assert 'href="/intervisie"' in wrong.text
    assert wrong.headers["x-robots-tag"] == "noindex, nofollow"
    assert "Deze link kennen we niet" in visitor.post("/antwoord/bestaat-niet", {"answer": "yes"}, status=404).text
    visitor.get(invited.path[:-3], status=404)  # cut off by a mail program
    assert invited.rows() == before


@pytest.mark.parametrize("data", [{}, {"answer": "misschien"}, {"answer": "yes", "person": "2"}, {"answer": "\x00"}])
def test_a_strange_answer_is_asked_again(invited: Invitation, data: dict[str, Any]) -> None:
    before = invited.rows()
    response = invited.site.stranger().post(invited.path, data, status=422)
    assert "Kom je op donderdag 10 december?" in response.text
    assert invited.rows() == before


def test_a_full_meeting_says_so(invited: Invitation) -> None:
    with invited.site.parts.database.writing() as db:
        meeting = db.get_one(Meeting, invited.meeting_id)
        meeting.seats, meeting.taken = 8, 8
    visitor = invited.site.stranger()
    assert "Deze bijeenkomst is vol" in visitor.get(invited.path).text
    response = visitor.post(invited.path, {"answer": "yes"}, status=422)
    assert "Deze bijeenkomst is net vol" in response.text
    assert invited.rows()[1] == ""


def test_a_meeting_that_was_called_off_says_so(invited: Invitation) -> None:
    now = invited.site.parts.clock.now()
    with invited.site.parts.database.writing() as db:
        planning.cancel(db, by=invited.cast.fatma, meeting_id=invited.meeting_id, own_text="", now=now)
    visitor = invited.site.stranger()
    assert "Je hoeft hier niets te doen" in visitor.get(invited.path).text
    response = visitor.post(invited.path, {"answer": "yes"}, status=422)
    assert "gaat niet door" in response.text


def test_another_day_says_what_happens_to_the_first_seat(invited: Invitation) -> None:
    now = invited.site.parts.clock.now()
    with invited.site.parts.database.writing() as db:
        second = add_session(db, invited.cast.fatma, invited.round_id, now=now, day=date(2026, 12, 15))
        publish(db, invited.cast.fatma, invited.round_id, invited.cast.noor.id, now=now)
        path = f"/antwoord/{token_of(db, place_of(db, invited.cast.noor.id, second))}"
    visitor = invited.site.stranger()
    visitor.post(invited.path, {"answer": "yes"})
    assert "Je hebt nu een plek op donderdag 10 december" in visitor.get(path).text
    visitor.post(path, {"answer": "yes"})
    with invited.site.parts.database.reading() as db:
        assert db.get_one(Meeting, invited.meeting_id).taken == 0
        assert db.get_one(Meeting, second).taken == 1
