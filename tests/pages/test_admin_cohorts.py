"""The pages of an admin about opleidingsgroepen: make, fill, coach, invite, withdraw."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import delete, func, select, update

from app.courses.queries import enrolment_facts
from app.courses.tables import Cohort, Enrolment, Intervention
from app.outbox.tables import Message
from app.people.tables import RoleGrant
from app.reports.overview import overview_page
from tests.page import SAME_ORIGIN, Site, make_test_parts
from tests.people import make_person
from tests.trained import Training, in_training

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database

LIST: Final = "/beheer/opleidingsgroepen"


class World:
    """Fatma at work; Noor is in the cohort already, Mila and Yusuf stand in the register."""

    def __init__(self, database: Database, data_dir: Path, clock: MovableClock) -> None:
        self.parts = make_test_parts(database, data_dir, clock)
        with database.writing() as db:
            self.training: Training = in_training(db, self.parts.storage, now=clock.now())
            self.mila = make_person(db, "Mila Jansen", now=clock.now(), organisation="Zorggroep Linde")
            self.yusuf = make_person(db, "Yusuf Demir", now=clock.now())
        self.site = Site(self.parts)
        self.fatma = self.site.visitor(self.training.cast.fatma.id)
        self.page = f"{LIST}/{self.training.cohort_id}"

    def add(self, *people: int) -> None:
        self.fatma.post(f"{self.page}/mensen", {"person_ids": list(people)})

    def letters(self, kind: str) -> list[Message]:
        with self.parts.database.reading() as db:
            return list(db.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))

    def enrolments(self) -> dict[int, int]:
        """Enrolments by person."""
        with self.parts.database.reading() as db:
            return {row.person_id: row.id for row in db.scalars(select(Enrolment))}


@pytest.fixture
def world(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> World:
    return World(sqlite_database, data_dir, clock)


def new(world: World, **other: str | int) -> dict[str, str | int]:
    given: dict[str, str | int] = {
        "edition_id": world.training.edition_id,
        "name": "Rotterdam, lente",
        "starts_on": "2027-03-01",
        "ends_on": "2027-09-01",
        "seats": 12,
        "contact_id": world.training.cast.fatma.id,
    }
    return given | other


def test_a_new_cohort(world: World) -> None:
    assert "Najaar" in world.fatma.get(LIST).text
    made = world.fatma.post(LIST, new(world))
    page = world.fatma.follow(made)
    assert "Rotterdam, lente" in page.text
    assert "Nog niemand in deze groep" in page.text
    assert "0 van 12 plekken bezet" in page.text


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"name": ""}, "Dit vakje is nog leeg."),
        ({"name": "x" * 100_000}, "Dit is te lang."),
        ({"name": "a\0b"}, "teken dat we niet kunnen bewaren"),
        ({"seats": "0"}, "Dit getal is te laag."),
        ({"seats": "veel"}, "heel getal"),
        ({"ends_on": "2027-02-01"}, "De groep stopt voor hij begint."),
        ({"starts_on": "morgen"}, "geen datum"),
        ({"edition_id": "999"}, "Kies een opleiding"),
        ({"contact_id": str(2**63)}, "te hoog"),
        ({"role": "owner"}, "formulier is veranderd"),
    ],
)
def test_what_is_wrong_stands_at_its_field(world: World, other: dict[str, str], words: str) -> None:
    page = world.fatma.post(LIST, new(world, **other), status=422)
    assert words in page.text
    if "name" not in other:
        assert 'value="Rotterdam, lente"' in page.text
    with world.parts.database.reading() as db:
        assert db.scalar(select(func.count(Cohort.id))) == 1


def test_filling_coaching_and_inviting(world: World) -> None:
    fatma, cast = world.fatma, world.training.cast
    found = fatma.get(f"{world.page}?q=linde+mila", partial=True).text
    assert "Mila Jansen" in found
    assert "Yusuf" not in found
    assert "Noor" not in found
    world.add(world.mila, world.yusuf)
    assert world.letters("courses.invitation") == []
    page = fatma.get(world.page).text
    assert "Nog niet uitgenodigd" in page
    assert "Nodig 2 mensen uit" in page
    fatma.post(f"{world.page}/coach", {"coach_id": cast.ruben.id, "enrolment_id": "0"})
    (told,) = [one for one in world.letters("courses.coachees_assigned") if len(one.data["enrolment_ids"]) == 2]
    assert told.person_id == cast.ruben.id

    letter = fatma.get(f"{world.page}/uitnodigen").text
    assert "Dag Mila," in letter
    assert "Verstuur 2 mails" in letter
    assert "fatma@demo.example" in letter
    looked = fatma.post(f"{world.page}/uitnodigen", {"own_text": "Tot <b>gauw</b>!", "do": "look"}, status=200).text
    assert "Tot &lt;b&gt;gauw&lt;/b&gt;!" in looked
    assert world.letters("courses.invitation") == []
    fatma.post(f"{world.page}/uitnodigen", {"own_text": "Tot gauw!", "do": "send"})
    sent = world.letters("courses.invitation")
    assert {message.person_id for message in sent} == {world.mila, world.yusuf}
    assert {message.own_text for message in sent} == {"Tot gauw!"}
    assert {message.reply_to_id for message in sent} == {cast.fatma.id}
    again = fatma.post(f"{world.page}/uitnodigen", {"own_text": "Tot gauw!", "do": "send"}, status=422).text
    assert "al uitgenodigd" in again
    assert len(world.letters("courses.invitation")) == 2


def test_the_preview_answers_while_somebody_types(world: World) -> None:
    world.add(world.mila)
    partial = SAME_ORIGIN | {"hx-request": "true", "hx-request-type": "partial"}
    part = world.fatma.client.post(f"{world.page}/uitnodigen", data={"own_text": "Eén\n\nTwee"}, headers=partial)
    assert part.status_code == 200
    assert part.text.lstrip().startswith('<section class="sheet" id="voorbeeld"')
    assert "<p>Twee</p>" in part.text
    assert world.letters("courses.invitation") == []


def test_an_empty_letter_is_not_sent(world: World) -> None:
    world.add(world.mila)
    page = world.fatma.post(f"{world.page}/uitnodigen", {"own_text": " ", "do": "send"}, status=422).text
    assert "Dit vakje is nog leeg." in page
    assert world.letters("courses.invitation") == []


def test_a_second_invitation_for_one(world: World) -> None:
    world.add(world.mila)
    world.fatma.post(f"{world.page}/uitnodigen", {"own_text": "Een", "do": "send"})
    enrolment = world.enrolments()[world.mila]
    assert f"{world.page}/uitnodigen/{enrolment}" in world.fatma.get(world.page).text
    assert "Dag Mila," in world.fatma.get(f"{world.page}/uitnodigen/{enrolment}").text
    world.fatma.post(f"{world.page}/uitnodigen/{enrolment}", {"own_text": "Twee", "do": "send"})
    assert [message.own_text for message in world.letters("courses.invitation")] == ["Een", "Twee"]
    inside = world.enrolments()[world.training.cast.noor.id]
    world.fatma.get(f"{world.page}/uitnodigen/{inside}", status=404)
    world.fatma.get(f"{world.page}/uitnodigen/999", status=404)


def test_no_more_people_than_seats(world: World) -> None:
    made = world.fatma.post(LIST, new(world, seats=1)).headers["location"]
    page = world.fatma.post(f"{made}/mensen", {"person_ids": [world.mila, world.yusuf]}, status=422).text
    assert "Er zijn nog 1 plekken vrij" in page
    assert f'value="{world.mila}" checked' in page
    assert "Kies er nog minstens één." in world.fatma.post(f"{made}/mensen", {}, status=422).text
    assert set(world.enrolments()) == {world.training.cast.noor.id}
    world.fatma.post(f"{made}/mensen", {"person_ids": [world.mila]})
    assert "De groep is vol" in world.fatma.get(made).text


def test_somebody_stops(world: World) -> None:
    noor = world.enrolments()[world.training.cast.noor.id]
    world.fatma.post(f"{world.page}/stoppen/{noor}")
    with world.parts.database.reading() as db:
        facts = enrolment_facts(db, [noor])[noor]
    assert facts.withdrawn_at is not None
    assert facts.coach_id is None
    world.fatma.post(f"{world.page}/stoppen/{noor}", status=404)
    world.site.visitor(world.training.cast.noor.id).get("/opleiding/kort", status=404)


def test_a_coach_must_be_one(world: World) -> None:
    given = {"coach_id": world.mila, "enrolment_id": world.training.enrolment_id}
    assert "geen coach voor deze opleiding" in html.unescape(
        world.fatma.post(f"{world.page}/coach", given, status=422).text
    )
    other = world.fatma.post(LIST, new(world)).headers["location"]
    world.fatma.post(f"{other}/coach", given, status=404)


@pytest.mark.parametrize("path", ["", "/{id}", "/{id}/uitnodigen"])
def test_only_admins(world: World, path: str) -> None:
    cast, address = world.training.cast, LIST + path.format(id=world.training.cohort_id)
    for who in (cast.noor, cast.ruben, cast.sanne, cast.joris):
        world.site.visitor(who.id).get(address, status=403)
    assert world.site.stranger().get(address, status=303).headers["location"].startswith("/inloggen")


def test_nobody_else_changes_anything(world: World) -> None:
    cast, before = world.training.cast, world.enrolments()
    sent: list[tuple[str, dict[str, Any]]] = [
        (LIST, new(world)),
        (f"{world.page}/mensen", {"person_ids": [world.mila]}),
        (f"{world.page}/coach", {"coach_id": cast.ruben.id}),
        (f"{world.page}/uitnodigen", {"own_text": "x", "do": "send"}),
        (f"{world.page}/stoppen/{world.training.enrolment_id}", {}),
    ]
    for who in (cast.noor, cast.ruben):
        for address, given in sent:
            world.site.visitor(who.id).post(address, given, status=403)
    assert world.enrolments() == before
    with world.parts.database.reading() as db:
        assert db.scalar(select(func.count(Cohort.id))) == 1


def test_a_cohort_that_is_not_there(world: World) -> None:
    for path in (f"{LIST}/999", f"{LIST}/999/uitnodigen", f"{LIST}/{2**63}"):
        world.fatma.get(path, status=404)
    world.fatma.post(f"{LIST}/999/mensen", {"person_ids": [world.mila]}, status=404)


def test_statements_do_not_grow_with_people(world: World, clock: MovableClock) -> None:
    world.fatma.get(world.page)  # the first look also reads the edition, once for each process
    world.fatma.get(world.page)
    before = len(world.fatma.statements)
    with world.parts.database.writing() as db:
        people = [make_person(db, f"Persoon{n} Jansen", now=clock.now()) for n in range(12)]
    world.add(*people)
    page = world.fatma.get(world.page).text
    assert len(re.findall(r"Persoon\d+ Jansen</a>", page)) == 12
    assert len(world.fatma.statements) == before


def test_a_link_that_ends_leads_to_a_new_one_of_the_same_group(world: World, clock: MovableClock) -> None:
    with world.parts.database.writing() as db:
        lena, yara = (make_person(db, name, now=clock.now(), account=False) for name in ("Lena Vos", "Yara Bos"))
    world.add(lena)
    world.fatma.post(f"{world.page}/uitnodigen", {"own_text": "Kom erbij.", "do": "send"})
    clock.advance(timedelta(days=13))
    fatma = world.site.visitor(world.training.cast.fatma.id)
    page = html.unescape(fatma.get("/beheer").text)
    assert "1 uitnodiging is verlopen of verloopt bijna" in page
    assert "Lena Vos, verloopt morgen" in page
    assert "Deze persoon kwam nog niet binnen" in page
    assert f'href="/beheer/mensen/uitnodigen?person={lena}"' in page
    clock.advance(timedelta(days=2))
    fatma = world.site.visitor(world.training.cast.fatma.id)
    assert "Lena Vos, sinds" in fatma.get("/beheer").text
    with world.parts.database.reading() as db:
        group = db.scalars(select(Cohort.name)).one()
    letter = fatma.get(f"/beheer/mensen/uitnodigen?person={lena}").text
    assert f"de uitnodiging voor {group}" in letter
    assert "Dag Lena" in letter
    given = {"person": [str(lena), str(yara)], "own_text": "Nog een keer.", "step": "send"}
    fatma.post("/beheer/mensen/uitnodigen", given)
    assert [(one.person_id, one.own_text) for one in world.letters("courses.invitation")] == [
        (lena, "Kom erbij."),
        (lena, "Nog een keer."),
    ]
    assert [one.person_id for one in world.letters("people.invitation")] == [yara]


def test_in_training_is_the_same_number_everywhere(world: World) -> None:
    world.add(world.mila)
    with world.parts.database.reading() as db:
        assert overview_page(db, now=world.parts.clock.now()).strip.training == 1
        assert overview_page(db, now=world.parts.clock.now()).strip.invited == 1
    people = html.unescape(world.fatma.get("/beheer/mensen?stand=training").text)
    assert "Noor de Wit" in people
    assert "Mila Jansen" not in people
    assert 'In opleiding <span class="num">1</span>' in people


def test_a_coach_for_something_else_is_said_so(world: World) -> None:
    with world.parts.database.writing() as db:
        coach = RoleGrant.role == "coach"
        kept = db.scalars(select(func.max(RoleGrant.id)).where(coach)).one()
        db.execute(delete(RoleGrant).where(coach, RoleGrant.id != kept))
        db.execute(update(RoleGrant).where(coach).values(intervention="iets-anders"))
        name = db.scalars(select(Intervention.name)).one()
    assert f"Nog geen coach voor {name}" in world.fatma.get(world.page).text
    person = world.fatma.get(f"/beheer/mensen/{world.training.cast.ruben.id}").text
    assert "voor iets-anders" in person


def test_who_was_never_invited_does_not_stop(world: World) -> None:
    world.add(world.mila)
    page = world.fatma.get(world.page).text
    assert "Uit de groep halen" in page
    assert "Mila Jansen uit de groep halen?" in page
    assert "Laten stoppen" in page  # for Noor, who is in
