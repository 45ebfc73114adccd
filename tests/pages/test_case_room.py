"""The pages of the room of a case."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select

from app.intervision.actions import answering
from app.intervision.methods.reading import Method, methods
from app.intervision.room.keys import AREA
from app.intervision.room.tables import AgreementAccepted, IntervisionCase
from app.kit.localtime import instant
from app.ledger.tables import LedgerContent, LedgerEvent
from app.meetings.rules import AnswerTo
from app.people.tables import Person
from tests.intervision import DAY, add_session, make_round, place_of, publish
from tests.page import Site
from tests.people import make_cast

if TYPE_CHECKING:
    from app.kit.clock import MovableClock

WORDS: Final = {"title": "Een grap op elk antwoord", "question": "Hoe benoem ik dat?", "story": "De groep lacht mee."}


class Room:
    """Noor and Joris come to a meeting that Ruben leads."""

    def __init__(self, site: Site, clock: MovableClock) -> None:
        self.site, self.clock, now = site, clock, clock.now()
        with site.parts.database.writing() as db:
            self.cast = make_cast(db, now=now)
            round_id = make_round(db, self.cast.fatma, now=now)
            self.meeting = add_session(db, self.cast.fatma, round_id, now=now, facilitators=[self.cast.ruben.id])
            publish(db, self.cast.fatma, round_id, self.cast.noor.id, self.cast.joris.id, now=now)
            self.place = place_of(db, self.cast.noor.id, self.meeting)
        for person_id in (self.cast.noor.id, self.cast.joris.id):
            self.answer(person_id, AnswerTo.YES)
        self.path = f"/intervisie/{self.place}/casus"

    def answer(self, person_id: int, answer: AnswerTo) -> None:
        now = self.clock.now()
        with self.site.parts.database.writing() as db:
            place = place_of(db, person_id, self.meeting)
            answering.answer(db, signup_id=place, answer=answer, actor_id=None, now=now)

    def case(self) -> str:
        with self.site.parts.database.reading() as db:
            return f"/casus/{db.scalars(select(IntervisionCase.id)).one()}"

    def refusals(self) -> list[tuple[int | None, str, Any]]:
        query = (
            select(LedgerEvent.actor_id, LedgerEvent.subject_kind, LedgerContent.content)
            .join(LedgerContent, LedgerContent.event_id == LedgerEvent.id)
            .where(LedgerEvent.action == "intervision.room_refused")
            .order_by(LedgerEvent.id)
        )
        with self.site.parts.database.reading() as db:
            return [(row.actor_id, row.subject_kind, row.content) for row in db.execute(query)]


@pytest.fixture
def room(site: Site, clock: MovableClock) -> Room:
    return Room(site, clock)


def test_a_case_goes_from_the_page_to_the_table_and_away_again(room: Room) -> None:
    noor, joris = (room.site.visitor(one.id) for one in (room.cast.noor, room.cast.joris))
    assert f'href="{room.path}"' in noor.get("/intervisie").text
    text = noor.get(room.path).text
    assert "Breng een casus in" in text
    assert "Op donderdag 24 december 2026 is de tekst weg." in text  # said before anything is written
    assert "Geen beheerder, coach of werkgever" in text
    told = noor.follow(noor.post(room.path, WORDS)).text
    assert "Je casus is ingebracht." in told
    assert "De groep lacht mee." in told
    read = joris.get(room.case()).text
    assert "Hoe benoem ik dat?" in read
    assert "Van Noor de Wit" in read
    assert WORDS["title"] in joris.get(f"/intervisie/{room.place + 1}/casus").text
    joris.post(f"{room.case()}/weghalen", status=403)
    named = {"story": "Mevrouw De Boer lacht mee.", "about_people": ["title", "question", "story"]}
    noor.post(room.path, WORDS | named)
    assert "Staat er een naam in je tekst?" in noor.get("/intervisie").text  # gently, and it was kept
    case = room.case()
    noor.post(f"{case}/weghalen")
    joris.get(case, status=404)
    assert room.refusals() == []


def test_who_does_not_sit_there_finds_nothing_and_is_noted(room: Room) -> None:
    noor = room.site.visitor(room.cast.noor.id)
    noor.post(room.path, WORDS)
    case, fatma = room.case(), room.site.visitor(room.cast.fatma.id)
    told = fatma.get(case, status=404).text
    assert told == fatma.get("/casus/999999", status=404).text.replace("/casus/999999", case)
    fatma.get(room.path, status=404)
    fatma.post(room.path, WORDS, status=404)
    fatma.post(f"{case}/weghalen", status=404)
    who, kinds = room.cast.fatma.id, ("intervision_case", "meeting_signup", "meeting_signup", "intervision_case")
    assert room.refusals() == [(who, kind, {}) for kind in kinds]  # who and what, and not a word of it
    with room.site.parts.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(IntervisionCase)) == 1


def test_bad_input_comes_back_whole(room: Room) -> None:
    noor = room.site.visitor(room.cast.noor.id)
    empty = noor.post(room.path, {}, status=422).text
    for label in ("Geef het een titel", "Wat is je vraag?", "Wat gebeurde er? In vijf regels"):
        assert label in empty
    long = noor.post(room.path, WORDS | {"story": "x" * 701}, status=422).text
    assert "Hoe benoem ik dat?" in long
    noor.post(room.path, WORDS | {"state": "chosen"}, status=422)
    noor.post(room.path, WORDS | {"title": "\x00"}, status=422)
    assert room.site.parts.storage.keys(AREA) == []


def test_a_lost_key_is_told_calmly(room: Room) -> None:
    noor = room.site.visitor(room.cast.noor.id)
    noor.post(room.path, WORDS)
    storage = room.site.parts.storage
    storage.delete(storage.keys(AREA)[0])
    assert "De tekst van je casus is niet meer te lezen" in noor.get(room.path).text
    assert "Schrijf je casus opnieuw" in noor.get(room.case()).text
    assert "kan hem opnieuw schrijven" in room.site.visitor(room.cast.joris.id).get(room.case()).text
    noor.post(room.path, WORDS)
    assert "De groep lacht mee." in noor.get(room.case()).text


@pytest.mark.parametrize("hours", [-1, 1])
def test_until_the_end_a_case_can_come(room: Room, hours: int) -> None:
    end = instant(DAY, datetime.min.time().replace(hour=16 + hours))
    room.clock.set(end)
    noor = room.site.visitor(room.cast.noor.id)
    told = noor.post(room.path, WORDS, status=422 if hours > 0 else 303).text
    assert ("Een casus inbrengen kan nu niet meer." in told) is (hours > 0)


def test_she_says_yes_to_how_they_talk_once(room: Room) -> None:
    noor, path = room.site.visitor(room.cast.noor.id), "/intervisie/afspraken"
    assert f'href="{path}"' in noor.get("/intervisie").text
    assert "Wat hier gezegd wordt, blijft hier." in noor.get(path).text
    for _ in range(2):
        noor.post(path, {"version": "1"})
    assert "Je bent akkoord" in noor.get(path).text
    assert "Dit spreek ik ook af" not in noor.get(path).text
    assert "De afspraken zijn net veranderd" in noor.post(path, {"version": "2"}, status=422).text
    noor.post(path, {"version": "x"}, status=422)
    with room.site.parts.database.reading() as db:
        assert [(row.person_id, row.version) for row in db.scalars(select(AgreementAccepted))] == [
            (room.cast.noor.id, 1)
        ]
        actions = db.scalars(select(LedgerEvent.action).where(LedgerEvent.action == "intervision.agreed")).all()
    assert actions == ["intervision.agreed"]


def test_every_method_is_shown_in_the_language_of_the_reader(room: Room) -> None:
    text = room.site.visitor(room.cast.joris.id).get("/intervisie/methoden").text
    for words in ("Incidentmethode", "Beeldende intervisie", "Zeggen wat je ziet", "65 minuten"):
        assert words in text
    with room.site.parts.database.writing() as db:
        db.get_one(Person, room.cast.joris.id).locale = "en"
    text = room.site.visitor(room.cast.joris.id).get("/intervisie/methoden").text
    assert "Intervision with images" in text
    assert "Zeggen wat je ziet" not in text


def test_a_method_whose_steps_do_not_add_up_is_refused() -> None:
    whole = methods()["incident"].model_dump()
    assert Method.model_validate(whole).minutes == 65
    with pytest.raises(ValidationError, match="take 65 minutes, not 60"):
        Method.model_validate(whole | {"minutes": 60})
