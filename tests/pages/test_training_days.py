"""Scholingsdagen as an admin and a professional meet them."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from app.courses.training_days.tables import MadeUpDay, TrainingDay
from app.kit.localtime import instant
from app.kit.storage import folder
from app.meetings.rules import AnswerTo
from app.meetings.tables import Meeting, MeetingSignup
from app.outbox.tables import Message
from app.worker.run import run_due
from tests.page import Site
from tests.trained import Training, finish_theory, in_training

if TYPE_CHECKING:
    from app.kit.clock import MovableClock

DAY = date(2026, 12, 8)
FORM = {
    "day": "2026-12-08",
    "starts": "09:30",
    "ends": "16:30",
    "net_minutes": "360",
    "seats": "20",
    "venue": "De Klimop",
    "address": "Kade 3, Rotterdam",
    "link": "",
    "access": "Gelijkvloers",
    "food": "Soep",
    "bring": "Een foto",
}


class Office:
    """Fatma plans for a group that needs one day; Noor follows it."""

    def __init__(self, site: Site, clock: MovableClock, data_dir: Path) -> None:
        self.site, self.clock = site, clock
        with site.parts.database.writing() as db:
            self.training: Training = in_training(db, folder(data_dir / "files"), now=clock.now(), training_days_min=1)
        self.come_in()
        self.group = f"/beheer/opleidingsgroepen/{self.training.cohort_id}"

    def come_in(self) -> None:
        """Both sign in anew: a session ends after half a day."""
        cast = self.training.cast
        self.fatma, self.noor = self.site.visitor(cast.fatma.id), self.site.visitor(cast.noor.id)

    def plan(self) -> str:
        """Plan the day through the form and let the work be done; gives its page."""
        planned = self.fatma.post(f"{self.group}/scholingsdag", FORM, status=303)
        run_due(self.site.parts.work)
        return str(planned.headers["location"])

    def mails(self, kind: str) -> int:
        with self.site.parts.database.reading() as db:
            return db.scalar(select(func.count()).select_from(Message).where(Message.kind == kind)) or 0

    def place(self) -> MeetingSignup:
        with self.site.parts.database.reading() as db:
            return db.scalars(select(MeetingSignup).where(MeetingSignup.person_id == self.training.cast.noor.id)).one()


@pytest.fixture
def office(site: Site, clock: MovableClock, data_dir: Path) -> Office:
    return Office(site, clock, data_dir)


def test_a_day_is_planned_and_noor_sees_it(office: Office) -> None:
    assert "1 scholingsdag is nog niet gepland" in office.fatma.get("/beheer").text
    assert "Deze opleiding vraagt 1 dag samen" in office.fatma.get(office.group).text
    day = office.plan()
    assert office.place().answer == AnswerTo.YES
    assert office.mails("meetings.seat_confirmed") == 1
    assert "De Klimop" in office.fatma.get(office.group).text
    assert "nog niet gepland" not in office.fatma.get("/beheer").text
    assert "1 van 20 plekken" in office.fatma.get(day).text
    own = office.noor.get("/scholingsdagen").text
    assert "8 december" in own
    assert "Soep" in own
    assert "Scholingsdag" in office.noor.get("/traject").text


def test_noor_cannot_come_and_then_can(office: Office) -> None:
    office.plan()
    place = office.place().id
    office.noor.post("/scholingsdagen", {"shown": str(place), "none": "none"}, status=303)
    assert office.place().answer == AnswerTo.NO
    assert "Je komt niet" in office.noor.get("/scholingsdagen").text
    office.noor.post("/scholingsdagen", {"shown": str(place), "coming": str(place)}, status=303)
    assert office.place().answer == AnswerTo.YES
    office.noor.post("/scholingsdagen", {"shown": str(place + 1)}, status=404)
    office.noor.post("/scholingsdagen", {"coming": str(place)}, status=422)


def test_the_list_is_closed_and_theory_is_done(office: Office) -> None:
    day = office.plan()
    with office.site.parts.database.writing() as db:
        finish_theory(db, office.training, now=office.clock.now())
    assert "Er hoort nog 1 scholingsdag bij" in office.noor.get("/opleiding/kort").text
    office.clock.set(instant(DAY, time(17)))
    office.come_in()
    name = f"mark-{office.place().id}"
    office.fatma.post(f"{day}/aanwezigheid", {name: "nonsense", "do": "save"}, status=422)
    office.fatma.post(f"{day}/aanwezigheid", {name: "unknown", "do": "settle"}, status=422)
    office.fatma.post(f"{day}/aanwezigheid", {name: "absent", "do": "settle"}, status=303)
    office.clock.advance(timedelta(days=1))
    office.come_in()
    assert "1 persoon heeft een scholingsdag in te halen" in office.fatma.get("/beheer").text
    assert "Niet geweest" in office.noor.get("/scholingsdagen").text
    given = {"enrolment_id": str(office.training.enrolment_id), "how": "coach"}
    office.fatma.post(f"{day}/ingehaald", given | {"how": "toveren"}, status=422)
    office.fatma.post(f"{day}/ingehaald", given, status=303)
    assert "Met de coach doorgenomen" in office.noor.get("/scholingsdagen").text
    assert "in te halen" not in office.fatma.get("/beheer").text
    assert "Je theorie is klaar" in office.noor.get("/opleiding/kort").text
    office.fatma.post(f"{day}/niet-ingehaald/{office.training.enrolment_id}", {}, status=303)
    with office.site.parts.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(MadeUpDay)) == 0


def test_the_day_moves_and_is_called_off(office: Office) -> None:
    day = office.plan()
    form = office.fatma.get(f"{day}/wijzigen").text
    version = form.split("/wijzigen/")[1].split('"')[0]
    office.fatma.post(f"{day}/wijzigen/{version}", FORM | {"seats": "2"}, status=422)
    office.fatma.post(f"{day}/wijzigen/{version}", FORM | {"day": "2026-12-09"}, status=303)
    office.fatma.post(f"{day}/wijzigen/{version}", FORM, status=422)  # somebody else changed it meanwhile
    assert office.mails("meetings.moved") == 1
    assert "1 persoon met een plek krijgt een mail" in office.fatma.get(f"{day}/afzeggen").text
    office.fatma.post(f"{day}/afzeggen", {"own_text": "De zaal is dicht."}, status=303)
    assert office.mails("meetings.cancelled") == 1
    assert "Gaat niet door" in office.noor.get("/scholingsdagen").text
    with office.site.parts.database.reading() as db:
        assert db.scalars(select(Meeting.cancelled_at)).one() is not None
        assert db.scalars(select(TrainingDay.cohort_id)).one() == office.training.cohort_id


def test_bad_input_and_strangers(office: Office) -> None:
    page = office.fatma.post(f"{office.group}/scholingsdag", FORM | {"day": "", "ends": "08:00"}, status=422)
    assert "Kade 3" in page.text
    office.fatma.get("/beheer/scholingsdagen/999", status=404)
    day = office.plan()
    office.noor.get(day, status=403)
    assert "nog geen scholingsdag" in office.site.visitor(office.training.cast.joris.id).get("/scholingsdagen").text
