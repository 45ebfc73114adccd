"""Voortgang of a cohort and of a coach: who is where, and writing to exactly those people."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import insert, select, update

from app.courses.actions import cohorts
from app.courses.actions.writing import OWN_LETTER
from app.courses.tables import Enrolment
from app.letters.mailer import mail_folder
from app.outbox.tables import Message
from app.theory.tables import QuizAttempt
from app.worker.run import run_due
from tests.following import FIRST, attempt, crowd
from tests.page import SAME_ORIGIN, Site, Visitor, make_test_parts
from tests.people import make_person
from tests.trained import Training, in_training

if TYPE_CHECKING:
    from pathlib import Path

    from app.kit.clock import MovableClock
    from app.kit.db import Database

DAY: Final = timedelta(days=1)
PARTIAL: Final = SAME_ORIGIN | {"hx-request": "true", "hx-request-type": "partial"}


class World:
    """Noor and eleven more in the cohort, coached by Ruben, at different places."""

    def __init__(self, database: Database, data_dir: Path, clock: MovableClock) -> None:
        self.parts, self.clock = make_test_parts(database, data_dir, clock), clock
        with database.writing() as db:
            self.training: Training = in_training(db, self.parts.storage, now=clock.now())
            crowd(db, self.training, 11, now=clock.now())
        self.site = Site(self.parts)
        self.fatma = self.site.visitor(self.training.cast.fatma.id)
        self.ruben = self.site.visitor(self.training.cast.ruben.id)
        self.home = f"/beheer/opleidingsgroepen/{self.training.cohort_id}"

    def text(self, visitor: Visitor, path: str, **how: Any) -> str:
        return " ".join(html.unescape(visitor.get(path, **how).text).split())

    def letters(self) -> list[Message]:
        with self.parts.database.reading() as db:
            return list(db.scalars(select(Message).where(Message.kind == OWN_LETTER).order_by(Message.id)))

    def letter(self, *ids: int, **changed: str) -> dict[str, str]:
        given = {"subject": "Hoe gaat het?", "own_text": "Dag {voornaam}, lukt het?", "do": "send"}
        return given | {"to": ",".join(str(one) for one in ids)} | changed


@pytest.fixture
def world(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> World:
    return World(sqlite_database, data_dir, clock)


def test_everybody_with_where_she_is_and_who_acts(world: World) -> None:
    page = world.text(world.fatma, f"{world.home}/voortgang")
    assert "Voortgang Najaar" in page
    assert "Les 2 van 2</b> Samen iets maken" in page
    assert "Veilig beginnen · 1 van 2 lessen" in page
    assert "Bereidt zich voor" in page or "Zoekt een groep" in page
    assert "Nog niet begonnen" in page
    assert page.count('name="wie"') == 12
    assert f'href="{world.home}/voortgang"' in world.text(world.fatma, world.home)
    own = world.text(world.ruben, "/coach/voortgang")
    assert "Voortgang van je mensen" in own
    assert own.count('name="wie"') == 12
    assert 'href="/coach/voortgang"' in world.text(world.ruben, "/coach")
    # Noor came in today, the others forty days ago; three of them never began, the last steps of the others are recent.
    assert 'Staat stil <span class="num">3</span>' in page
    still = world.text(world.fatma, f"{world.home}/voortgang?toon=stil")
    assert "Staat 40 dagen stil" in still
    assert "Schrijf deze 3 mensen" in still
    assert f'href="{world.home}/schrijven?toon=stil"' in still
    week = world.text(world.fatma, f"{world.home}/voortgang?toon=stil&dagen=7")
    assert "Schrijf deze 6 mensen" in week
    assert f'href="{world.home}/schrijven?toon=stil&dagen=7"' in week
    assert "Niemand staat stil" in world.text(world.fatma, f"{world.home}/voortgang?toon=stil&dagen=365")
    for odd in ("toon=alles&dagen=0&vanaf=-1", "toon=&dagen=veel&vanaf=x", f"dagen={2**70}&vanaf={2**70}"):
        assert 'aria-current="true"' in world.text(world.fatma, f"{world.home}/voortgang?{odd}")


def test_what_waits_for_an_admin_is_one_click_away(world: World) -> None:
    now = world.clock.now()
    with world.parts.database.writing() as db:
        lies = make_person(db, "Lies Bos", now=now)
        cohorts.enrol(db, by=world.training.cast.fatma, cohort_id=world.training.cohort_id, person_ids=[lies], now=now)
    shown = world.text(world.fatma, f"{world.home}/voortgang?toon=beheerder")
    assert f'<a href="{world.home}/uitnodigen">Nog uitnodigen' in shown
    assert 'name="wie"' not in shown  # who was not invited is not written to
    letter = world.text(world.fatma, f"{world.home}/schrijven?toon=beheerder")
    assert "Nog niemand om te schrijven" in letter


def test_what_stops_people_stands_there_in_words(world: World) -> None:
    now = world.clock.now()
    with world.parts.database.writing() as db:
        db.execute(
            insert(QuizAttempt),
            [
                {"enrolment_id": FIRST + place, "edition_id": world.training.edition_id}
                | attempt(now, {"k1": [0], "k2": [0]}, passed=False)
                for place in (0, 1, 4)
            ],
        )
    page = world.text(world.fatma, f"{world.home}/voortgang")
    assert "Waar blijven mensen hangen?" in page
    assert "<b>Les ‘Een afspraak’</b>" in page
    assert "Extra 0000 Mens, Extra 0004 Mens, Extra 0008 Mens en nog 1. De helft is hier al 40 dagen of langer." in page
    assert "2 van de 5 mensen haalden hem in één keer." in page
    assert "Vaakst fout: ‘Jij vertelt de groep wat een werkstuk betekent.’" in page
    assert "4 van de 5 mensen" in page
    with world.parts.database.writing() as db:
        db.execute(update(Enrolment).where(Enrolment.id == FIRST + 4).values(withdrawn_at=now))
    assert "Vaakst fout" not in world.text(world.fatma, f"{world.home}/voortgang")  # of four people nothing is told


def test_one_click_to_exactly_those_people(world: World) -> None:
    """From the filter to the outbox: the list is the one that was shown, each gets her own, twice is once."""
    path = f"{world.home}/schrijven"
    page = world.fatma.get(f"{path}?toon=stil").text
    assert "Aan deze 3 mensen" in page
    assert "Extra 0000 Mens, Extra 0004 Mens, Extra 0008 Mens" in page
    assert "Verstuur 3 mails" in page
    assert "Dag Extra," in page  # the preview, as the first of them gets it
    assert "fatma@demo.example" in page
    to = re.search(r'name="to" value="([^"]*)"', page)
    assert to is not None
    assert to[1] == f"{FIRST},{FIRST + 4},{FIRST + 8}"
    world.clock.advance(5 * DAY)  # by now more people stand still: they were not shown, so they get nothing
    fatma = world.site.visitor(world.training.cast.fatma.id)
    given = world.letter(to=to[1]) | {"form_key": "k" * 20}
    assert "De mails gaan eruit." in fatma.follow(fatma.post(path, given)).text
    fatma.post(path, given)  # the same form again, late
    assert [one.person_id for one in world.letters()] == [FIRST, FIRST + 4, FIRST + 8]
    run_due(world.parts.work)
    assert {one.sent_at for one in world.letters()} == {world.clock.now()}
    assert len(list(mail_folder(world.parts.settings).folder.glob("*.eml"))) >= 3
    post = world.text(fatma, "/beheer/post")
    assert post.count("Mail van een coach of beheerder") == 3
    read = world.text(fatma, f"/beheer/post/{world.letters()[0].id}")
    assert "Dag Extra, lukt het?" in read
    again = fatma.post(path, world.letter(to=to[1]), status=422).text
    assert "ging vandaag al naar al deze mensen" in again
    assert "Kreeg vandaag al precies deze mail" in again
    assert "Verstuur" not in re.sub(r"(?s)<head>.*?</head>", "", again)


def test_who_was_ticked_gets_it_and_nobody_else(world: World) -> None:
    chosen = f"/coach/schrijven?kies=1&toon=stil&wie={FIRST + 1}&wie=x&wie=9999"
    page = world.text(world.ruben, chosen)
    assert "1 persoon krijgt deze mail." in page
    assert "Extra 0001 Mens" in page
    assert "1 persoon hoort er niet meer bij." in page
    assert "ruben@demo.example" in page
    assert "Nog niemand om te schrijven" in world.text(world.ruben, "/coach/schrijven?kies=1")
    told = world.ruben.follow(world.ruben.post("/coach/schrijven", world.letter(FIRST + 1))).text
    assert "De mail gaat eruit." in told
    [message] = world.letters()
    assert (message.person_id, message.reply_to_id) == (FIRST + 1, world.training.cast.ruben.id)


def test_who_left_while_it_was_written_is_told_of_first(world: World) -> None:
    with world.parts.database.writing() as db:
        db.execute(update(Enrolment).where(Enrolment.id == FIRST).values(withdrawn_at=world.clock.now()))
    path = f"{world.home}/schrijven"
    page = world.fatma.post(path, world.letter(FIRST, FIRST + 4), status=422).text
    assert "De lijst is net veranderd" in page
    assert "1 persoon hoort er niet meer bij." in page
    assert f'name="to" value="{FIRST + 4}"' in page
    assert "Dag {voornaam}, lukt het?" in page  # nothing typed is lost
    assert world.letters() == []
    world.fatma.post(path, world.letter(FIRST + 4))
    assert [one.person_id for one in world.letters()] == [FIRST + 4]


def test_the_preview_answers_while_somebody_types(world: World) -> None:
    given = world.letter(FIRST, own_text="Dag {voornaam},\n\nEén <b>ding</b>.", do="")
    part = world.fatma.client.post(f"{world.home}/schrijven", data=given, headers=PARTIAL)
    assert (part.status_code, part.text.lstrip()[:40]) == (200, '<section class="sheet" id="voorbeeld" ar')
    assert "<p>Dag Extra,</p>" in part.text
    assert "Eén &lt;b&gt;ding&lt;/b&gt;." in part.text
    assert world.letters() == []


NOT_RIGHT: Final[tuple[tuple[dict[str, str], str], ...]] = (
    ({"subject": " "}, "Onderwerp: Dit vakje is nog leeg."),
    ({"own_text": ""}, "Jouw woorden: Dit vakje is nog leeg."),
    ({"own_text": "Dag {naam}"}, "{naam} kennen we niet. Alleen {voornaam} vullen wij in."),
    ({"own_text": "x" * 2_001}, "Er passen 2000 tekens in."),
    ({"subject": "a\0b"}, "teken dat we niet kunnen bewaren"),
    ({"cc": "iedereen@demo.example"}, "formulier is veranderd"),
)


def test_a_letter_that_is_not_right_comes_back(world: World) -> None:
    for changed, words in NOT_RIGHT:
        page = html.unescape(world.ruben.post("/coach/schrijven", world.letter(FIRST, **changed), status=422).text)
        assert words in " ".join(page.split()), changed
        assert f'name="to" value="{FIRST}"' in page
    nobody = html.unescape(world.ruben.post("/coach/schrijven", world.letter(to="7,acht"), status=422).text)
    assert "Nog niemand om te schrijven" in nobody
    assert world.letters() == []


def test_only_for_admins_and_for_coaches(world: World) -> None:
    cast = world.training.cast
    for who in (cast.noor, cast.sanne, cast.joris):
        for path in (f"{world.home}/voortgang", f"{world.home}/schrijven", "/coach/voortgang", "/coach/schrijven"):
            world.site.visitor(who.id).get(path, status=403)
    world.ruben.get(f"{world.home}/voortgang", status=403)
    world.fatma.get("/coach/voortgang", status=403)
    for path in ("voortgang", "schrijven"):
        world.fatma.get(f"/beheer/opleidingsgroepen/999/{path}", status=404)
    world.fatma.post("/beheer/opleidingsgroepen/999/schrijven", world.letter(FIRST), status=404)
    assert world.letters() == []


def test_the_overview_leads_to_who_stands_still(world: World) -> None:
    page = world.text(world.fatma, "/beheer")
    assert "3 mensen staan stil in de opleiding" in page
    assert f'href="{world.home}/voortgang?toon=stil"' in page
    listed = world.text(world.fatma, "/beheer/opleidingsgroepen")
    assert f'<a href="{world.home}/voortgang?toon=stil">3 mensen</a>' in listed


def test_a_long_list_comes_a_hundred_at_a_time(world: World) -> None:
    """Ten statements at most, whoever looks and however many there are."""
    asked: dict[str, list[int]] = {}
    for begin, more in ((11, 0), (11, 140)):
        with world.parts.database.writing() as db:
            crowd(db, world.training, more, now=world.clock.now(), begin=begin)
        for visitor, path in ((world.fatma, f"{world.home}/voortgang"), (world.ruben, "/coach/voortgang")):
            visitor.get(path)  # the first look also reads the edition, once for each process
            page = world.text(visitor, path)
            asked.setdefault(path, []).append(len(visitor.statements))
    assert asked == {f"{world.home}/voortgang": [9, 9], "/coach/voortgang": [8, 8]}
    assert "1 tot en met 100 van 152" in page
    rest = world.text(world.ruben, "/coach/voortgang?vanaf=100")
    assert "101 tot en met 152 van 152" in rest
    assert 'rel="prev" href="/coach/voortgang"' in rest
    assert 'rel="next"' not in rest
