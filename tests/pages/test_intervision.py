"""Somebody's own page of intervision."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from app.certification.actions import take_over
from app.intervision.actions import answering
from app.intervision.tables import LearningPoint
from app.kit.localtime import instant
from app.meetings.actions import attendance
from app.meetings.rules import AnswerTo, Attendance, Mark
from app.meetings.tables import Meeting
from tests.intervision import DAY, add_session, make_intervention, make_round, place_of, publish, token_of
from tests.page import Site
from tests.people import Cast, make_cast

if TYPE_CHECKING:
    from app.kit.clock import MovableClock

END = instant(DAY, time(16))


class Autumn:
    """A round with two days; Noor and Joris are trainers and invited."""

    def __init__(self, site: Site, clock: MovableClock) -> None:
        self.site, self.clock = site, clock
        now = clock.now()
        with site.parts.database.writing() as db:
            self.cast: Cast = make_cast(db, now=now)
            self.round_id = make_round(db, self.cast.fatma, now=now)
            self.first = add_session(db, self.cast.fatma, self.round_id, now=now, facilitators=[self.cast.ruben.id])
            self.second = add_session(
                db, self.cast.fatma, self.round_id, now=now, day=date(2026, 12, 15), venue="De Esdoorn"
            )
            for viewer in (self.cast.noor, self.cast.joris):
                take_over(
                    db,
                    by_id=self.cast.fatma.id,
                    person_id=viewer.id,
                    intervention_id=make_intervention(db),
                    since=date(2024, 1, 1),
                    intervisions=0,
                    now=now,
                )
            publish(db, self.cast.fatma, self.round_id, self.cast.noor.id, self.cast.joris.id, now=now)
            self.place = place_of(db, self.cast.noor.id, self.first)
            self.other = place_of(db, self.cast.noor.id, self.second)
            self.joris = place_of(db, self.cast.joris.id, self.first)

    def taken(self) -> tuple[int, int]:
        """Seats taken, besides the one of Ruben, who leads the first."""
        with self.site.parts.database.reading() as db:
            return db.get_one(Meeting, self.first).taken - 1, db.get_one(Meeting, self.second).taken

    def held(self) -> None:
        """Noor came and was there."""
        with self.site.parts.database.writing() as db:
            now = self.clock.now()
            answering.answer(db, signup_id=self.place, answer=AnswerTo.YES, actor_id=None, now=now)
        self.clock.set(END)
        with self.site.parts.database.writing() as db:
            marks = {self.place: Mark(Attendance.PRESENT)}
            attendance.mark_attendance(db, by=self.cast.fatma, meeting_id=self.first, marks=marks, now=END)


@pytest.fixture
def autumn(site: Site, clock: MovableClock) -> Autumn:
    return Autumn(site, clock)


def test_she_chooses_a_day_and_changes_her_mind(autumn: Autumn) -> None:
    noor = autumn.site.visitor(autumn.cast.noor.id)
    text = noor.get("/intervisie").text
    assert "Kies je bijeenkomst" in text
    assert "met Ruben Haddad" in text
    assert "Nog 12 plekken" in text
    assert "Joris" not in text
    noor.post("/intervisie", {"round": str(autumn.round_id), "place": str(autumn.place)})
    assert autumn.taken() == (1, 0)
    assert "Je hebt een plek" in noor.get("/intervisie").text
    noor.post("/intervisie", {"round": str(autumn.round_id), "place": str(autumn.other)})
    assert autumn.taken() == (0, 1)
    noor.post("/intervisie", {"round": str(autumn.round_id), "place": "none"})
    assert autumn.taken() == (0, 0)
    assert 'value="none" required checked' in noor.get("/intervisie").text


def test_somebody_elses_place_is_not_there(autumn: Autumn) -> None:
    noor = autumn.site.visitor(autumn.cast.noor.id)
    noor.post("/intervisie", {"round": str(autumn.round_id), "place": str(autumn.joris)}, status=404)
    noor.post("/intervisie", {"round": "9999", "place": "none"}, status=404)
    noor.get(f"/intervisie/{autumn.joris}", status=404)
    noor.post(f"/intervisie/{autumn.joris}", {"learned": "x", "next_step": "y"}, status=404)
    noor.post(f"/intervisie/{autumn.joris}/verwijderen", status=404)
    autumn.site.visitor(autumn.cast.fatma.id).get(f"/intervisie/{autumn.place}", status=404)
    assert autumn.taken() == (0, 0)


def test_who_leads_a_meeting_has_nothing_to_choose(autumn: Autumn) -> None:
    ruben = autumn.site.visitor(autumn.cast.ruben.id)
    text = ruben.get("/intervisie").text
    assert "Jij leidt het gesprek" in text
    assert "Kies je bijeenkomst" not in text
    assert "Ik geef mijn plek terug" not in text
    again = ruben.post("/intervisie", {"round": str(autumn.round_id), "place": "none"}, status=422).text
    assert "Jij leidt een bijeenkomst in deze ronde" in again
    with autumn.site.parts.database.reading() as db:
        token = token_of(db, place_of(db, autumn.cast.ruben.id, autumn.first))
    text = autumn.site.stranger().get(f"/antwoord/{token}").text
    assert "Jij leidt het gesprek" in text
    assert "Nee, ik kan niet" not in text


@pytest.mark.parametrize("place", ["", "abc", "99999999999999999999", "-1"])
def test_no_choice_is_asked_again(autumn: Autumn, place: str) -> None:
    noor = autumn.site.visitor(autumn.cast.noor.id)
    noor.post("/intervisie", {"round": str(autumn.round_id), "place": place}, status=422)


def test_nobody_comes_in_without_signing_in(autumn: Autumn) -> None:
    response = autumn.site.stranger().get("/intervisie", status=303)
    assert response.headers["location"].startswith("/inloggen")


def test_somebody_without_a_certificate_reads_what_comes(autumn: Autumn) -> None:
    text = autumn.site.visitor(autumn.cast.sanne.id).get("/intervisie").text
    assert "Nog geen intervisie" in text


def test_she_writes_down_what_she_takes_home_and_it_counts(autumn: Autumn) -> None:
    autumn.held()
    noor = autumn.site.visitor(autumn.cast.noor.id)
    text = noor.get("/intervisie").text
    assert "Aanwezig" in text
    assert "Wat neem je mee?" in text
    assert "in deze periode" in text
    assert '<b class="mid num">1</b>' in text
    path = f"/intervisie/{autumn.place}"
    noor.get(path)
    wrong = noor.post(path, {"learned": "Stilte laten vallen", "next_step": ""}, status=422).text
    assert "Stilte laten vallen" in wrong
    assert "Dit vakje is nog leeg." in wrong
    noor.post(path, {"learned": "Stilte laten vallen", "next_step": "Tot tien tellen"})
    assert "Je leerpunt lezen" in noor.get("/intervisie").text
    assert "Tot tien tellen" in noor.get(path).text
    noor.post(f"{path}/verwijderen")
    with autumn.site.parts.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(LearningPoint)) == 0


def test_before_the_meeting_there_is_nothing_to_write(autumn: Autumn) -> None:
    noor = autumn.site.visitor(autumn.cast.noor.id)
    assert "Na de bijeenkomst" in noor.get(f"/intervisie/{autumn.place}").text
    noor.post(f"/intervisie/{autumn.place}", {"learned": "x", "next_step": "y"}, status=422)


def test_after_the_last_day_only_giving_up_is_left(autumn: Autumn) -> None:
    noor = autumn.site.visitor(autumn.cast.noor.id)
    noor.post("/intervisie", {"round": str(autumn.round_id), "place": str(autumn.place)})
    autumn.clock.set(instant(date(2026, 12, 5), time(9)))
    noor = autumn.site.visitor(autumn.cast.noor.id)
    assert "Ik geef mijn plek terug" in noor.get("/intervisie").text
    response = noor.post("/intervisie", {"round": str(autumn.round_id), "place": str(autumn.other)}, status=422)
    assert "Aanmelden is gesloten" in response.text
    noor.post("/intervisie", {"round": str(autumn.round_id), "place": "none"})
    assert autumn.taken() == (0, 0)


def test_more_meetings_cost_no_more_statements(autumn: Autumn) -> None:
    noor = autumn.site.visitor(autumn.cast.noor.id)
    noor.get("/intervisie")
    few = len(noor.statements)
    now = autumn.clock.now()
    with autumn.site.parts.database.writing() as db:
        for day in range(16, 22):
            add_session(db, autumn.cast.fatma, autumn.round_id, now=now, day=date(2026, 12, day))
        publish(db, autumn.cast.fatma, autumn.round_id, autumn.cast.noor.id, now=now)
    noor.get("/intervisie")
    assert len(noor.statements) == few
