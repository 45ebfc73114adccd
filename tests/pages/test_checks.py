"""The pages of a check: begun by a button, kept while it is answered, and what came out; read by the coach."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import func, select, update

from app.courses.actions import cohorts
from app.courses.tables import Enrolment
from app.ledger.tables import LedgerEvent
from app.outbox.tables import Message
from app.people.actions.accounts import grant_role
from app.people.queries import viewer_for
from app.people.rules import Role
from app.theory.tables import OpenAnswer, QuizAttempt, QuizDraft
from tests.checking import OWN_WORDS, QUESTIONS, draft_of, form_of, locked_edition, make_check, newer_edition
from tests.page import SAME_ORIGIN, Site, Visitor, check_html, make_test_parts
from tests.people import make_person
from tests.practising import Practising, coached_by
from tests.trained import Training, in_training

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database

COURSE, NAME = "vragen", "alle-soorten"
QUIZ: Final = f"/opleiding/{COURSE}/toets/{NAME}"
HOW_THEY_DO: Final = f"/beheer/opleidingen/{COURSE}/vragen"


class World:
    """Noor follows a course with a check of every kind of question, coached by Ruben."""

    def __init__(self, database: Database, data_dir: Path, clock: MovableClock) -> None:
        self.parts = make_test_parts(database, data_dir, clock)
        self.clock = clock
        with database.writing() as db:
            self.training: Training = in_training(db, self.parts.storage, now=clock.now(), folder=QUESTIONS)
        self.site = Site(self.parts)
        self.noor, self.ruben, self.fatma = (self.visitor(one) for one in ("noor", "ruben", "fatma"))
        self.person = f"/coach/mensen/{self.training.enrolment_id}"

    def visitor(self, who: str) -> Visitor:
        return self.site.visitor(getattr(self.training.cast, who).id)

    def form(self, *missed: str, **fields: Any) -> dict[str, Any]:
        """The form of Noor's draft, answered."""
        with self.parts.database.reading() as db:
            return form_of(draft_of(db, self.training.cast.noor, COURSE, NAME), missed=missed, **fields)

    def made(self, *missed: str, own: str = OWN_WORDS) -> int:
        cast = self.training.cast
        with self.parts.database.writing() as db:
            return make_check(db, cast.noor, COURSE, NAME, now=self.clock.now(), missed=missed, own=own)

    def count(self, what: type) -> int:
        with self.parts.database.reading() as db:
            return db.scalar(select(func.count()).select_from(what)) or 0

    def events(self, action: str) -> int:
        with self.parts.database.reading() as db:
            return db.scalar(select(func.count(LedgerEvent.id)).where(LedgerEvent.action == action)) or 0


@pytest.fixture
def world(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> World:
    return World(sqlite_database, data_dir, clock)


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


PARTIAL: Final = SAME_ORIGIN | {"hx-request": "true", "hx-request-type": "partial"}


def kept(visitor: Visitor, form: dict[str, Any]) -> str:
    """What comes back while she answers: a part of the page."""
    answer = visitor.client.post(QUIZ, data=form | {"do": "typing"}, headers=PARTIAL)
    assert answer.status_code == 200
    check_html(answer.text, whole=False)
    assert "<h1" not in answer.text
    return answer.text


def test_a_check_begins_with_a_button(world: World) -> None:
    noor = world.noor
    page = text_of(noor.get(QUIZ).text)
    assert "7 vragen, ongeveer 6 minuten" in page
    assert "Je coach leest hem" in page.replace("je coach", "Je coach")
    assert "Een deel van de vragen is elke keer anders." in page
    assert world.count(QuizDraft) == 0
    begun = noor.follow(noor.post(f"{QUIZ}/begin"))
    assert "Vraag 7 van 7" in begun.text
    assert begun.text.count("<select") == 3 + 4
    assert noor.post(f"{QUIZ}/begin").headers["location"] == QUIZ
    assert world.count(QuizDraft) == 1
    done = noor.follow(noor.post(QUIZ, world.form()))
    assert "Gehaald" in done.text
    assert "6 van 6 goed" in text_of(done.text)
    assert "Dit zit in een goed antwoord" in done.text
    assert OWN_WORDS in done.text


def test_it_keeps_what_is_answered(world: World) -> None:
    noor = world.noor
    noor.post(f"{QUIZ}/begin")
    half = {"number": "1", "version": "1", "nee": "1", "paren--0": "0", "volgorde--0": "2"}
    answer = kept(noor, half)
    assert "data-kept" in answer
    assert 'name="version" value="2"' in answer
    page = noor.get(QUIZ).text  # another device
    assert 'name="nee" value="1" checked' in page
    assert "Bewaard op" in page
    stale = kept(noor, half | {"nee": "2"})
    assert "op een ander apparaat bewaard" in stale
    assert "data-kept" not in stale
    assert world.count(QuizAttempt) == 0


def test_two_windows_are_shown_side_by_side(world: World) -> None:
    noor = world.noor
    noor.post(f"{QUIZ}/begin")
    there, here = world.form(eigen="Van mijn telefoon."), world.form("nee", "paren")
    assert "data-kept" in kept(noor, there)
    page = noor.post(QUIZ, here, status=422).text
    words = text_of(page)
    assert "Daar: Dat is goed. Passen mag altijd. Hier: Iedereen doet mee." in words
    assert "Daar: Van mijn telefoon." in words
    assert "Samen knippen: Veilig samen" in words
    assert 'value="there"' in page
    assert noor.post(QUIZ, here | {"do": "there"}).headers["location"] == QUIZ
    assert "Van mijn telefoon." in noor.get(QUIZ).text  # nothing of here was kept
    [version] = re.findall(r'name="version" value="(\d+)"', page)
    assert noor.post(QUIZ, here | {"version": version}).headers["location"] == f"{QUIZ}/poging/1"


def test_stopping_keeps_everything(world: World) -> None:
    noor = world.noor
    noor.post(f"{QUIZ}/begin")
    leaving = {"number": "1", "version": "1", "groep": ["0", "2"], "do": "later"}
    course = noor.follow(noor.post(QUIZ, leaving))
    assert "Bewaard. Je gaat verder wanneer je wilt." in course.text
    page = noor.get(QUIZ).text
    assert page.count(" checked") == 2
    odd = noor.post(QUIZ, leaving | {"version": "2", "eigen": "a\0b"}, status=422)
    assert "teken dat we niet kunnen bewaren" in odd.text


def test_half_a_check_comes_back_as_it_was(world: World) -> None:
    noor = world.noor
    noor.post(f"{QUIZ}/begin")
    given = {"number": "1", "version": "1", "nee": "1", "paren--1": "1", "volgorde--0": "1", "volgorde--1": "1"}
    page = noor.post(QUIZ, given, status=422).text
    words = text_of(page)
    assert "Vraag 2: Kies hier nog een antwoord." in words
    assert "Vraag 3, ‘Samen knippen’: Kies hier nog een antwoord." in words
    assert "Vraag 4, ‘Aan het werk’: Deze plek is al vergeven." in words
    assert "Vraag 5: Dit vakje is nog leeg." in words
    assert 'name="nee" value="1" checked' in page
    page = noor.post(QUIZ, {"number": "1", "version": "1"}, status=422).text
    assert "Vraag 4: Deze staan nog door elkaar." in text_of(page)
    for odd in ({"nee": "7"}, {"nee": "x\0"}, {"weg": "0"}, {"version": "nul"}, {"do": "hack"}):
        assert "is-tomato" in noor.post(QUIZ, world.form() | odd, status=422).text
    assert (world.count(QuizAttempt), world.count(QuizDraft)) == (0, 1)


def test_a_check_that_went_wrong_says_why_and_when_again(world: World) -> None:
    noor = world.noor
    for _ in range(2):
        noor.post(f"{QUIZ}/begin")
        page = noor.follow(noor.post(QUIZ, world.form("nee", "paren", "volgorde")))
    words = text_of(page.text)
    assert "Nog niet gehaald" in words
    assert "Zo telt een nee niet." in words
    assert "Een nee die telt" not in words  # what was not chosen is not given away
    assert "2 van de 3 horen bij elkaar." in words
    assert "2 van de 4 staan op de goede plek." in words
    assert "Hier hoort:" not in words
    assert "Je kunt het weer proberen vanaf maandag 23 november, 11.00 uur" in words
    waiting = noor.get(QUIZ).text
    assert "Even pauze" in waiting
    assert "Begin de toets" not in waiting
    refused = noor.post(f"{QUIZ}/begin", status=422)
    assert "over 60 minuten opnieuw" in refused.text
    world.clock.advance(timedelta(hours=1))
    noor.post(f"{QUIZ}/begin")
    assert "Gehaald" in noor.follow(noor.post(QUIZ, world.form())).text
    assert "Hier hoort: Samen maken" in text_of(noor.get(f"{QUIZ}/poging/1").text)


def test_sent_twice_is_one_attempt_whatever_the_window(world: World) -> None:
    noor = world.noor
    page = noor.follow(noor.post(f"{QUIZ}/begin")).text
    [key] = set(re.findall(r'name="form_key" value="([^"]+)"', page))
    given = world.form("nee")
    sent = [noor.post(QUIZ, given | {"form_key": key}).headers["location"] for _ in range(2)]
    other = noor.post(QUIZ, given | {"nee": "0"})  # another window, without that key
    assert [*sent, other.headers["location"]] == [f"{QUIZ}/poging/1"] * 3
    assert "Deze poging was al ingeleverd." in noor.follow(other).text
    assert "al ingeleverd" in kept(noor, given)
    assert world.count(QuizAttempt) == 1
    assert "nog niet begonnen" in noor.post(QUIZ, given | {"number": "2"}, status=422).text


def test_the_coach_reads_open_answers(world: World) -> None:
    world.made("nee", own="Ik teken zelf mee.")
    today = world.ruben.get("/coach").text
    assert "Om te lezen" in today
    assert "1 open antwoord" in text_of(today)
    assert "Er ligt iets om te lezen." in today
    page = world.ruben.get(world.person).text
    assert "Ik teken zelf mee." in page
    assert "1 nieuw" in text_of(page)
    [where] = set(re.findall(r'action="(/coach/mensen/\d+/antwoord/\d+)"', page))
    assert "past niet" not in world.ruben.post(where, {"version": "1", "words": "x" * 2_001}, status=422).text
    on = world.ruben.post(where, {"version": "1", "words": "Mooi klein. Doe het zo."})
    assert "Bewaard. Het staat bij de toets." in world.ruben.follow(on).text
    assert "Om te lezen" not in world.ruben.get("/coach").text
    told = re.compile(f'<a href="{QUIZ}/poging/1">\\s*Je coach schreef iets terug bij een toets')
    assert told.search(world.noor.get("/traject").text)  # until she opened it
    opened = world.noor.get(f"{QUIZ}/poging/1").text
    assert "Mooi klein. Doe het zo." in opened
    assert re.search(r"sticker[^>]*>(?:<svg.*?</svg>)?\s*Nieuw", opened, re.DOTALL)
    assert told.search(world.noor.get("/traject").text) is None
    with world.parts.database.reading() as db:
        message = db.scalars(select(Message).where(Message.kind == "theory.words_back")).one()
        assert (message.person_id, message.reply_to_id) == (world.training.cast.noor.id, world.training.cast.ruben.id)
    assert "Ruben Haddad las wat je schreef" in world.fatma.get(f"/beheer/post/{message.id}").text
    changed = {"version": "2", "words": "Doe het zo."}
    world.ruben.post(where, changed)
    assert told.search(world.noor.get("/traject").text) is None
    stale = world.ruben.post(where, changed | {"words": "Anders."}, status=422)
    assert "intussen in een ander venster bewaard" in stale.text
    with world.parts.database.reading() as db:
        assert db.scalars(select(Message.kind)).all().count("theory.words_back") == 1  # words that change are no news
        assert db.scalars(select(OpenAnswer.words)).one() == "Doe het zo."


def test_who_reads_what_she_wrote_is_known(world: World) -> None:
    world.made("nee", own="Ik teken zelf mee.")
    cast = world.training.cast
    for stranger in ("joris", "sanne", "noor"):
        assert "Ik teken" not in world.visitor(stranger).get(world.person, status=403).text
    page = world.fatma.get(world.person).text
    assert "Ik teken zelf mee." in page
    assert "/antwoord/" not in page  # she reads along
    assert world.events("practice.notes_read") == 1
    with world.parts.database.reading() as db:
        answer = db.scalars(select(OpenAnswer.id)).one()
    world.fatma.post(f"{world.person}/antwoord/{answer}", {"version": "1", "words": "Hoi"}, status=403)
    with world.parts.database.writing() as db:
        els = make_person(db, "Els Vermeer", now=world.clock.now())
        grant_role(db, by=None, person_id=els, role=Role.COACH, intervention="kort", now=world.clock.now())
    coached_by(world.parts.database, Practising(world.training, world.parts.storage, 0, ()), world.clock, els)
    new = world.site.visitor(els)
    assert "1 open antwoord" in text_of(new.get("/coach").text)
    new.post(f"{world.person}/antwoord/{answer}", {"version": "1", "words": "Mooi."})
    world.ruben.post(f"{world.person}/antwoord/{answer}", {"version": "2", "words": "Ook."}, status=404)
    assert "Els schreef op" in text_of(world.noor.get(f"{QUIZ}/poging/1").text)
    assert cast.ruben.id != els


def test_who_writes_courses_sees_how_questions_do(world: World) -> None:
    now, cast = world.clock.now(), world.training.cast
    with world.parts.database.writing() as db:
        aya = make_person(db, "Aya Sato", now=now)
        grant_role(db, by=None, person_id=aya, role=Role.AUTHOR, now=now)
    author = world.site.visitor(aya)
    assert "Alle vragen" in author.get("/beheer/opleidingen").text
    for visitor in (world.noor, world.ruben):
        visitor.get(HOW_THEY_DO, status=403)
    world.made("nee", "paren")
    assert "%" not in text_of(author.get(HOW_THEY_DO).text)
    selects = _selects(author)
    with world.parts.database.writing() as db:
        for _ in range(4):
            world.clock.advance(timedelta(hours=1))
            make_check(db, cast.noor, COURSE, NAME, now=world.clock.now(), missed=("nee", "volgorde"))
    alone = text_of(author.get(HOW_THEY_DO).text)
    assert "5 keer gemaakt" in alone
    assert "%" not in alone  # five attempts, and one person
    with world.parts.database.writing() as db:
        others = [make_person(db, f"Mens{n} Test", now=now) for n in range(4)]
        cohorts.enrol(db, by=cast.fatma, cohort_id=world.training.cohort_id, person_ids=others, now=now)
        for other in others:
            by = viewer_for(db, other)
            make_check(db, by, COURSE, NAME, now=world.clock.now(), missed=("nee", "volgorde"))
    page = author.get(HOW_THEY_DO)
    assert _selects(author) == selects
    words = text_of(page.text)
    assert "9 keer gemaakt" in words
    assert "0% Iedereen doet mee. 9 keer" in words
    assert "88% Samen knippen → Veilig samen 1 keer" in words
    assert "11% Aan het werk op plek 1 8 keer" in words
    for secret in (OWN_WORDS, "Noor"):
        assert secret not in page.text
    with world.parts.database.writing() as db:  # forgotten answers count no longer
        last = select(func.max(QuizAttempt.enrolment_id)).scalar_subquery()
        db.execute(update(QuizAttempt).where(QuizAttempt.enrolment_id == last).values(answers={}))
    assert "%" not in text_of(author.get(HOW_THEY_DO).text)
    author.get(f"{HOW_THEY_DO}?editie=1")
    author.get(f"{HOW_THEY_DO}?editie=9", status=404)
    author.get("/beheer/opleidingen/weg/vragen", status=404)


def _selects(visitor: Visitor) -> int:
    return len([one for one in visitor.statements if one.startswith("SELECT")])


def test_a_check_of_another_edition_says_so(world: World) -> None:
    world.noor.post(f"{QUIZ}/begin")
    with world.parts.database.writing() as db:
        moved_to = newer_edition(db, world.training, world.parts.storage, now=world.clock.now())
        db.execute(update(Enrolment).values(edition_id=moved_to))
    assert "Je maakt deze toets af zoals je hem begon" in world.noor.get(QUIZ).text
    assert "Gehaald" in world.noor.follow(world.noor.post(QUIZ, world.form())).text
    editions = world.fatma.get(HOW_THEY_DO).text
    assert 'aria-current="page"' in editions
    assert "Editie 1" in editions


def test_a_locked_check_says_when_it_opens(world: World) -> None:
    with world.parts.database.writing() as db:
        locked = locked_edition(db, world.training, world.parts.storage, now=world.clock.now())
        db.execute(update(Enrolment).values(edition_id=locked))
    assert "Hij gaat open op 26 november 2026." in text_of(world.noor.get(QUIZ).text)
    assert "Deze module is nog dicht" in world.noor.post(f"{QUIZ}/begin", status=422).text


def test_pages_ask_the_database_little(world: World) -> None:
    world.noor.post(f"{QUIZ}/begin")
    world.noor.get(QUIZ)
    world.noor.get(QUIZ)
    assert len(world.noor.statements) <= 8, world.noor.statements
    with world.noor._counted():
        kept(world.noor, world.form())
    assert len(world.noor.statements) <= 16, world.noor.statements
