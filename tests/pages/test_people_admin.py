"""People as an admin manages them: the list, one person, roles, importing, inviting, starting."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import func, select

from app.certification.tables import Certification
from app.courses.commands import publish_folder
from app.ledger.tables import LedgerEvent
from app.outbox.tables import Message
from app.people.actions import accounts
from app.people.rules import Role
from app.people.tables import Invitation, Membership, Organisation, Person
from app.worker.run import run_due
from tests.page import Site, make_test_parts
from tests.people import Cast, make_cast, make_person

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from tests.page import Visitor

KORT: Final = Path(__file__).parents[1] / "courses" / "kort"
IMPORT: Final = "/beheer/mensen/importeren"


@pytest.fixture
def cast(sqlite_database: Database, clock: MovableClock) -> Cast:
    with sqlite_database.writing() as db:
        return make_cast(db, now=clock.now())


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, clock: MovableClock, cast: Cast) -> Site:
    return Site(make_test_parts(sqlite_database, data_dir, clock, courses_dir=KORT.parent))


@pytest.fixture
def fatma(site: Site, cast: Cast) -> Visitor:
    return site.visitor(cast.fatma.id)


@pytest.fixture
def published(site: Site) -> int:
    """The tiny course, published; gives its edition."""
    with site.parts.database.writing() as db:
        return publish_folder(db, KORT, storage=site.parts.storage, now=site.parts.clock.now())


def count(site: Site, table: type) -> int:
    with site.parts.database.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("path", ["/beheer/mensen", "/beheer/mensen/nieuw", IMPORT, "/beheer/start"])
def test_only_admins_come_here(site: Site, cast: Cast, path: str) -> None:
    for viewer in (cast.noor, cast.ruben, cast.sanne):
        site.visitor(viewer.id).get(path, status=403)
    site.stranger().get(path, status=303)
    site.visitor(cast.fatma.id).get(path)


def test_the_list_is_searched_without_accents(fatma: Visitor) -> None:
    assert "Noor de Wit" in fatma.get("/beheer/mensen").text
    text = fatma.get("/beheer/mensen?q=yildiz").text
    assert "beheer/mensen/" in text
    assert "Noor de Wit" not in text
    assert "Noor de Wit" in fatma.get("/beheer/mensen?q=maasoever&rol=professional").text
    assert "Niemand gevonden" in fatma.get("/beheer/mensen?q=%25").text
    assert "Niemand gevonden" in fatma.get("/beheer/mensen?stand=lapsed").text


@pytest.mark.parametrize("query", ["na=x", "na=9999999999999999999.a", "voor=1.", "organisatie=999999", "rol=baas"])
def test_odd_addresses_do_no_harm(fatma: Visitor, query: str) -> None:
    fatma.get(f"/beheer/mensen?{query}")


def test_the_list_goes_page_by_page_with_constant_statements(site: Site, fatma: Visitor) -> None:
    fatma.get("/beheer/mensen")
    few = len(fatma.statements)
    with site.parts.database.writing() as db:
        for number in range(120):
            name = f"Trainer {number:03d}"
            make_person(db, name, now=site.parts.clock.now(), email=f"t{number}@demo.example", account=number % 2 == 0)
    first = fatma.get("/beheer/mensen?q=trainer")
    assert len(fatma.statements) == few
    names = [f"Trainer {number:03d}" for number in range(120)]
    seen = [name for name in names if name in first.text]
    page, hops = first, 1
    while 'rel="next"' in page.text:
        href = page.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
        page = fatma.get(href)
        seen += [name for name in names if name in page.text]
        hops += 1
    assert (seen, hops) == (names, 3)
    back = page.text.split('rel="prev" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "Trainer 050" in fatma.get(back).text


def test_somebody_is_added_and_invited_in_two_steps(site: Site, fatma: Visitor) -> None:
    given = {"name": "Els Kooiman", "email": "els@demo.example", "organisation": "Welzijn Maasoever"}
    answer = fatma.post("/beheer/mensen/nieuw", given)
    person = fatma.follow(answer)
    assert "Nog niet uitgenodigd" in person.text
    assert count(site, Message) == 0
    person_id = int(answer.headers["location"].rsplit("/", 1)[1])
    letter = fatma.get(f"/beheer/mensen/uitnodigen?person={person_id}")
    assert "Dag Els" in letter.text
    given = {"person": str(person_id), "own_text": "Fijn dat je meedoet!", "step": "preview"}
    assert "Fijn dat je meedoet!" in fatma.post("/beheer/mensen/uitnodigen", given, status=200).text
    assert count(site, Message) == 0
    fatma.post("/beheer/mensen/uitnodigen", given | {"step": "send"})
    with site.parts.database.reading() as db:
        message = db.scalars(select(Message)).one()
        assert (message.kind, message.person_id, message.own_text) == (
            "people.invitation", person_id, "Fijn dat je meedoet!",
        )  # fmt: skip
    run_due(site.parts.work)
    mails = list((site.parts.settings.data_dir / "mail").glob("*.eml"))
    assert len(mails) == 1
    assert b"/uitnodiging/" in mails[0].read_bytes()
    assert count(site, Invitation) == 6


def test_an_address_belongs_to_one_person(fatma: Visitor) -> None:
    given = {"name": "Iemand", "email": "NOOR@demo.example"}
    assert "hoort al bij iemand anders" in fatma.post("/beheer/mensen/nieuw", given, status=422).text
    given = {"name": "Iemand", "email": "a@b.nl, c@d.nl"}
    assert "niet compleet" in fatma.post("/beheer/mensen/nieuw", given, status=422).text


def test_details_change_and_employers_follow(site: Site, fatma: Visitor, cast: Cast) -> None:
    path = f"/beheer/mensen/{cast.noor.id}"
    assert "noor@demo.example" in fatma.get(path).text
    given = {"name": "Noor de Wit", "email": "noor@demo.example", "phone": "", "organisation": "De Brede Brug"}
    fatma.post(path, given)
    with site.parts.database.reading() as db:
        works = db.scalars(select(Membership).where(Membership.person_id == cast.noor.id)).all()
    assert [work.until is None for work in works] == [False, True]
    fatma.get("/beheer/mensen/999999", status=404)
    fatma.post("/beheer/mensen/999999", given, status=404)


def test_another_address_asks_for_a_fresh_proof(site: Site, fatma: Visitor, cast: Cast, clock: MovableClock) -> None:
    """Who finds an unlocked phone of an admin must not make somebody's account her own."""
    path = f"/beheer/mensen/{cast.noor.id}"
    mine = {"name": "Noor de Wit", "email": "dief@demo.example", "phone": "", "organisation": "Welzijn Maasoever"}
    clock.advance(timedelta(minutes=31))
    told = fatma.post(path, mine)
    assert told.headers["location"].startswith("/bevestigen")
    fatma.post(path, mine | {"email": "noor@demo.example", "phone": "06 87654321"})
    with site.parts.database.reading() as db:
        noor = db.get_one(Person, cast.noor.id)
        assert (noor.email, noor.phone) == ("noor@demo.example", "06 87654321")


def test_roles_are_given_and_taken(site: Site, fatma: Visitor, cast: Cast) -> None:
    path = f"/beheer/mensen/{cast.joris.id}/rol"
    fatma.post(path, {"role": "organisation_contact", "organisation_id": ""}, status=422)
    fatma.post(path, {"role": "organisation_contact", "organisation_id": str(cast.linde_id)})
    assert "van Zorggroep Linde" in fatma.get(f"/beheer/mensen/{cast.joris.id}").text
    fatma.post(path, {"role": "admin"}, status=403)
    fatma.post(path, {"role": "baas"}, status=422)
    fatma.post(f"/beheer/mensen/{cast.fatma.id}/rol", {"role": "coach"}, status=403)
    fatma.post(f"{path}/weg", {"role": "organisation_contact", "organisation_id": str(cast.linde_id)})
    with site.parts.database.reading() as db:
        assert accounts.roles_of(db, cast.joris.id) == {Role.PROFESSIONAL}
        actions = set(db.scalars(select(LedgerEvent.action)))
    assert {"people.role_granted", "people.role_revoked"} <= actions


def test_an_admin_signs_somebody_out(site: Site, fatma: Visitor, cast: Cast) -> None:
    noor = site.visitor(cast.noor.id)
    fatma.post(f"/beheer/mensen/{cast.noor.id}/uitloggen")
    noor.get("/account", status=303)


LIST: Final = """naam; e-mail; organisatie; al gecertificeerd sinds; eerdere intervisies
Zoë van den Berg; zoe@demo.example; Welzijn Maasoever;;
Ahmet Y\u0131ld\u0131r\u0131m; ahmet@demo.example; Zorggroep Linde; 12-03-2025; 2
Nadia Şahin; nadia@demo.example; De Brede Brug; 2024-06-01; 0
"""


def test_a_list_is_taken_over_once(site: Site, fatma: Visitor, published: int) -> None:
    before = count(site, Person)
    checked = fatma.post(IMPORT, {"text": LIST}, status=200)
    assert "Zet 3 mensen over" in checked.text
    assert count(site, Person) == before
    fatma.post(IMPORT, {"text": LIST, "step": "import"})
    assert count(site, Person) == before + 3
    assert count(site, Certification) == 2
    assert count(site, Message) == 0
    events = count(site, LedgerEvent)
    again = fatma.post(IMPORT, {"text": LIST}, status=200)
    assert "Bestaat al" in again.text
    assert "Er is niets over te zetten" in again.text
    assert "mensen over" not in again.text
    fatma.post(IMPORT, {"text": LIST, "step": "import"})
    assert (count(site, Person), count(site, Certification)) == (before + 3, 2)
    assert (count(site, LedgerEvent), count(site, Organisation)) == (events, 3)
    text = fatma.get("/beheer/mensen?stand=certified").text
    assert "Nadia" in text
    assert "Certificaat" in text
    assert "Zoë" not in text


def test_wrong_lines_come_back_with_a_sentence_and_can_be_mended(site: Site, fatma: Visitor) -> None:
    wrong = (
        "Karim Belhadj; karim@maasoever; Welzijn Maasoever\n"
        "Lotte Vermeer; lotte@demo.example; Welzijn Maasoever; 31-02-2025\n"
        "Ahmet; a@demo.example, b@demo.example; X\n"
        "; wie@demo.example; X\n"
        "Twee; lotte@demo.example; Anders\n"
        "Straks; straks@demo.example; X; 01-01-2031\n"
        "Goed; goed@demo.example; X\n"
    )
    before = count(site, Person)
    page = fatma.post(IMPORT, {"text": wrong}, status=200)
    for sentence in ("niet compleet", "Deze dag bestaat niet", "twee adressen", "Vul een naam in", "eerdere regel",
                     "moet nog komen"):  # fmt: skip
        assert sentence in page.text
    assert 'value="karim@maasoever"' in page.text
    fatma.post(IMPORT, {"text": wrong, "step": "import"}, status=422)
    assert count(site, Person) == before
    fixes = {
        "fix-1-email": "karim@demo.example", "fix-2-since": "", "fix-3-email": "a@demo.example",
        "fix-4-name": "Wie Dan", "fix-5-email": "twee@demo.example", "fix-6-since": "",
    }  # fmt: skip
    mended = fatma.post(IMPORT, {"text": wrong} | fixes, status=200)
    assert "Zet 7 mensen over" in mended.text
    fatma.post(IMPORT, {"text": wrong, "step": "import"} | fixes)
    assert count(site, Person) == before + 7


def test_mending_says_what_is_still_wrong_and_the_list_comes_back(fatma: Visitor) -> None:
    wrong = {"text": "Goed; goed@demo.example; Nieuw Huis\nKarim; karim@demo; Nieuw Huis"}
    page = fatma.post(IMPORT, wrong, status=200).text
    assert "Nieuwe organisatie" in page
    assert "Dit kan nog niet" not in page
    again = fatma.post(IMPORT, wrong | {"step": "again", "fix-2-email": "karim@x"}, status=422).text
    assert 'href="#f-fix-2-email"' in again
    back = fatma.post(IMPORT, wrong | {"step": "edit", "fix-2-email": "karim@x"}, status=200).text
    assert "Karim;karim@x;Nieuw Huis" in back


def test_a_line_is_left_out(site: Site, fatma: Visitor) -> None:
    before = count(site, Person)
    wrong = {"text": "Karim; karim@demo; X\nGoed; goed@demo.example; X\nOok; ; X"}
    page = fatma.post(IMPORT, wrong | {"leave_out": "1"}, status=200).text
    assert "Karim" not in page
    assert 'value="3"' in page
    text = "naam;e-mail;organisatie\nGoed;goed@demo.example;X\nOok;;X"
    assert "Zet 1 persoon over" in fatma.post(IMPORT, {"text": text, "leave_out": "3"}, status=200).text
    assert count(site, Person) == before


def test_commas_and_written_dates(fatma: Visitor, published: int) -> None:
    text = "Piet, piet@demo.example, Linde\nAnna; anna@demo.example; Linde; 12 mei 2023; 2"
    page = fatma.post(IMPORT, {"text": text}, status=200).text
    assert "Zet een puntkomma" in page
    assert "12 mei 2023" in page
    fixed = fatma.post(IMPORT, {"text": text, "fix-1-name": "Piet; piet@demo.example; Linde"}, status=200).text
    assert "Zet 2 mensen over" in fixed


def test_mistakes_come_as_a_list_without_formulas(fatma: Visitor) -> None:
    answer = fatma.post(f"{IMPORT}/fouten", {"text": "=1+1; nergens; X"}, status=200)
    assert answer.headers["content-type"].startswith("text/csv")
    assert "'=1+1;nergens;X" in answer.text


def test_certified_people_need_a_course_first(fatma: Visitor) -> None:
    answer = fatma.post(IMPORT, {"text": LIST, "step": "import"}, status=422)
    assert "Publiceer eerst een opleiding" in answer.text


def test_a_long_list_of_certified_people_is_done_by_jobs(site: Site, fatma: Visitor, published: int) -> None:
    rows = "\n".join(f"Trainer {n}; t{n}@demo.example; Linde; 01-02-2024; 1" for n in range(30))
    fatma.post(IMPORT, {"text": rows, "step": "import"})
    assert count(site, Certification) == 0
    run_due(site.parts.work, limit=3)  # the spans of the new edition, then the list; the documents come later
    assert count(site, Certification) == 30


def test_five_thousand_lines_fit_and_more_do_not(site: Site, fatma: Visitor) -> None:
    rows = "\n".join(f"Mens {n}; m{n}@demo.example; Organisatie {n % 40}" for n in range(5_000))
    fatma.post(IMPORT, {"text": rows, "step": "import"})
    assert count(site, Person) == 5_005
    answer = fatma.post(IMPORT, {"text": rows + "\nEen; te@veel.example; X"}, status=422)
    assert "5000" in answer.text.replace(".", "")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("lijst.csv", "naam;e-mail;organisatie\nRené;rene@demo.example;Café".encode("cp1252"), "Zet 1 persoon over"),
        ("lijst.txt", "\ufeffZoë\tzoe@demo.example\tX".encode(), "Zet 1 persoon over"),
        ("lijst.xlsx", b"PK\x03\x04 this is no workbook", "kunnen we niet lezen"),
        ("foto.jpg", b"\xff\xd8\xff\x00\x00", "kunnen we niet lezen"),
        ("leeg.csv", b"", "nog geen regels"),
    ],
)
def test_files_are_read_or_refused(fatma: Visitor, name: str, content: bytes, words: str) -> None:
    status = 200 if "Zet" in words else 422
    answer = fatma.post(IMPORT, {"text": ""}, status=status, files={"file": (name, content)})
    assert words in answer.text


def test_a_workbook_is_read(fatma: Visitor, tmp_path: Path) -> None:
    import xlsxwriter  # type: ignore[import-untyped]

    path = tmp_path / "lijst.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Naam", "E-mail", "Organisatie", "Al gecertificeerd sinds", "Eerdere intervisies"])
        sheet.write_row(1, 0, ["Mees Kuipers", "mees@demo.example", "Zorggroep Linde"])
        sheet.write_datetime(1, 3, date(2025, 3, 12), book.add_format({"num_format": "dd-mm-yyyy"}))
        sheet.write_number(1, 4, 3)
    answer = fatma.post(IMPORT, {"text": ""}, status=200, files={"file": ("lijst.xlsx", path.read_bytes())})
    assert "Zet 1 persoon over" in answer.text
    assert "2025-03-12" in answer.text


def test_the_first_admin_walks_four_steps(site: Site, fatma: Visitor) -> None:
    page = fatma.get("/beheer/start")
    assert "Voor welke organisaties?" in page.text
    assert "<b>Kort traject</b>" in page.text  # as the course writes it, before it is published too
    assert "4 mensen" in page.text  # besides herself
    fatma.post("/beheer/start/organisatie", {"name": ""}, status=422)
    fatma.post("/beheer/start/organisatie", {"name": "De Brede Brug", "city": "Utrecht"})
    fatma.post("/beheer/start/opleiding", {"course": "bestaat-niet"}, status=422)
    fatma.post("/beheer/start/opleiding", {"course": "../kort"}, status=422)
    fatma.post("/beheer/start/opleiding", {"course": "kort"})
    assert "Staat klaar" in fatma.get("/beheer/start").text


@pytest.mark.parametrize("organisation", ["999999", str(2**53)])
def test_a_contact_of_an_organisation_that_is_not_there(fatma: Visitor, cast: Cast, organisation: str) -> None:
    given = {"role": "organisation_contact", "organisation_id": organisation}
    answer = fatma.post(f"/beheer/mensen/{cast.noor.id}/rol", given, status=422)
    assert "organisatie" in answer.text
