"""The shape of a draft in fields: what a form changes in the file, what it refuses, and two authors at once."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import select, update

from app.courses.commands import publish_folder
from app.courses.drafts.tables import DraftFile
from tests.page import Site, Visitor
from tests.pages.test_editor import author, file_of, text_of
from tests.pages.test_editor_questions import fields as inputs_of

LEZEN: Final = Path(__file__).parents[1] / "courses" / "lezen"
COURSE: Final = "/beheer/opleidingen/lezen"
HERE: Final = f"{COURSE}/opbouw"
SHAPE: Final = "course.yaml"
FIRST: Final = "modules/01-veilig-beginnen/01-een-afspraak.md"


@pytest.fixture
def aya(site: Site) -> Visitor:
    """An author, and a course of three modules with locks as a draft."""
    with site.parts.database.writing() as db:
        publish_folder(db, LEZEN, storage=site.parts.storage, now=site.parts.clock.now())
    visitor = author(site)
    visitor.post(f"{COURSE}/concept")
    return visitor


def fields(page: str) -> dict[str, Any]:
    """What a browser would send of the form."""
    found = inputs_of(page)
    form = page[page.index("data-guard") :]
    for name, options in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        found[name] = unescape(next(iter(re.findall(r'value="([^"]*)" selected', options)), ""))
    return found


def seen(page: str) -> dict[str, str]:
    """What the form says of what would go along."""
    return {"seen": re.findall(r'name="seen" value="([^"]*)"', page)[0]}


def paths(site: Site) -> list[str]:
    with site.parts.database.reading() as db:
        return list(db.scalars(select(DraftFile.path).where(DraftFile.removed_at.is_(None)).order_by(DraftFile.path)))


def shape(site: Site) -> str:
    return text_of(site, SHAPE)


def order(site: Site) -> list[str]:
    return re.findall(r"^  - slug: (\S+)", shape(site), re.MULTILINE)


def test_saved_as_it_stood_nothing_changes(site: Site, aya: Visitor) -> None:
    before = shape(site)
    assert f'href="{HERE}"' in aya.get(COURSE).text
    page = aya.get(HERE).text
    assert "Gaat open als dit klaar is: Veilig beginnen." in page
    assert "Niet eerder dan 7 dagen na de start." in page
    aya.post(f"{HERE}/gegevens", fields(aya.get(f"{HERE}/gegevens").text))
    for module in order(site):
        aya.post(f"{HERE}/module/{module}", fields(aya.get(f"{HERE}/module/{module}").text))
    for part in re.findall(rf"{HERE}/onderdeel/(\d+)\"", page):
        aya.post(f"{HERE}/onderdeel/{part}", fields(aya.get(f"{HERE}/onderdeel/{part}").text))
    assert shape(site) == before
    assert "Niets gewijzigd" in aya.get(COURSE).text


def test_the_course_and_a_module_are_changed(site: Site, aya: Visitor) -> None:
    before = shape(site)
    sent = fields(aya.get(f"{HERE}/gegevens").text)
    del sent["active_minutes"]
    aya.post(f"{HERE}/gegevens", sent | {"title": "Lezen: <b>doen</b>", "sample": "on"})
    after = before.replace("title: Lezen en doen", "title: 'Lezen: <b>doen</b>'", 1)
    after = after.replace("active_minutes: true", "active_minutes: false")
    assert shape(site) == after
    sent = fields(aya.get(f"{HERE}/module/later").text)
    given = {"after": ["veilig-beginnen", "verder-lezen"], "opens_on": "2027-02-01", "opens_after_days": ""}
    made = aya.post(f"{HERE}/module/later", sent | given | {"title": "Straks", "safety": "on"})
    assert "Gaat open als dit klaar is: Veilig beginnen, Verder lezen. Niet voor 1 februari 2027." in re.sub(
        r"\s+", " ", aya.follow(made).text
    )
    text = shape(site)
    assert text.startswith(after[: after.index("  - slug: later")])
    assert "    title: Straks\n" in text
    assert "    safety: true\n    image: null\n    after:\n" in text
    assert "opens_on: 2027-02-01\n" in text
    assert "opens_after_days" not in text
    sent = fields(aya.get(f"{HERE}/module/later").text) | {"after": [], "opens_on": ""}
    aya.post(
        f"{HERE}/module/later", {name: value for name, value in sent.items() if name not in {"safety", "available"}}
    )
    assert "    available: false\n    safety: false\n    image: null\n" in shape(site)
    assert "Eerst herstellen" not in aya.get(HERE).text


WRONG: Final = (
    ("gegevens", {"title": " "}, "Titel: Dit vakje is nog leeg."),
    ("gegevens", {"language": "fr"}, "Kies een van de antwoorden."),
    ("module/later", {"title": ""}, "Titel: Dit vakje is nog leeg."),
    ("module/later", {"summary": "a\u202eb"}, "In deze tekst staat een teken"),
    ("module/later", {"opens_after_days": "0"}, "Dit getal is te laag."),
    ("module/later", {"opens_on": "0001-01-01"}, "Kies een dag tussen 1990 en 2100."),
    ("module/later", {"after": "weg"}, "Kies een module uit de lijst."),
    ("module/later", {"core_element": "weg"}, "Kies een kernelement uit de lijst."),
    ("module/veilig-beginnen", {"after": "verder-lezen"}, "‘Verder lezen’ wacht zelf op deze module."),
    ("module/verder-lezen", {"after": "later"}, "‘Later’ staat onder deze module."),
)


def test_what_is_not_right_comes_back_at_its_field(site: Site, aya: Visitor) -> None:
    before = shape(site)
    for place, given, words in WRONG:
        typed = fields(aya.get(f"{HERE}/{place}").text) | {"summary": "Getypt & bewaard"} | given
        page = aya.post(f"{HERE}/{place}", typed, status=422).text
        assert words in page, (place, given)
        assert "summary" in given or fields(page)["summary"] == "Getypt & bewaard"
    part = file_of(site, FIRST).id
    typed = fields(aya.get(f"{HERE}/onderdeel/{part}").text)
    for given in ({"title": ""}, {"minutes": "tien"}, {"minutes": "601"}, {"module": "weg"}):
        aya.post(f"{HERE}/onderdeel/{part}", typed | given, status=422)
    assert shape(site) == before
    aya.get(f"{HERE}/module/weg", status=404)
    aya.post(f"{HERE}/module/weg", {"title": "x"}, status=404)
    aya.get(f"{HERE}/onderdeel/{file_of(site, SHAPE).id}", status=404)


def test_two_authors_at_one_module_and_at_two(site: Site, aya: Visitor) -> None:
    wim = author(site, "Wim Alders")
    first, second = (fields(one.get(f"{HERE}/module/later").text) for one in (aya, wim))
    other, course = fields(wim.get(f"{HERE}/module/verder-lezen").text), fields(wim.get(f"{HERE}/gegevens").text)
    aya.post(f"{HERE}/module/later", first | {"title": "Aya noemt het zo"})
    wim.post(f"{HERE}/module/verder-lezen", other | {"title": "Nog meer"})  # another module hinders nobody
    wim.post(f"{HERE}/gegevens", course | {"title": "Wims opleiding"})
    page = wim.post(f"{HERE}/module/later", second | {"title": "Wim noemt het zo"}, status=422).text
    assert re.search(r"<del>.*?Aya.*?</del>", page)
    assert re.search(r"<ins>.*?Wim.*?</ins>", page)
    assert "title: Aya noemt het zo" in shape(site)
    wim.post(f"{HERE}/module/later", fields(page))
    assert {"title: Wim noemt het zo", "title: Nog meer", "title: Wims opleiding"} <= set(
        map(str.strip, shape(site).split("\n"))
    )
    stale = seen(aya.get(f"{HERE}/module/later/weg").text)
    wim.post(f"{HERE}/module/later", fields(wim.get(f"{HERE}/module/later").text) | {"title": "Toch anders"})
    assert "Er is intussen iets veranderd." in aya.post(f"{HERE}/module/later/weg", stale, status=422).text
    begun = fields(wim.get(f"{HERE}/module/later").text)
    asked = seen(aya.get(f"{HERE}/module/later/weg").text)
    aya.post(f"{HERE}/module/later/weg", asked)
    page = wim.post(f"{HERE}/module/later", begun | {"summary": "Lang over gedacht"}, status=422).text
    assert "Iemand heeft deze module intussen weggehaald." in page
    assert fields(page)["summary"] == "Lang over gedacht"


def test_modules_move_come_and_go(site: Site, aya: Visitor) -> None:
    moved = aya.post(f"{HERE}/module/later/plek", {"do": "up"})
    assert moved.headers["location"] == f"{HERE}?na=up-m-later"
    assert re.findall(r'aria-label="([^"]*)" autofocus', aya.follow(moved).text) == ["Een plaats omhoog: module Later"]
    assert order(site)[-3:] == ["veilig-beginnen", "later", "verder-lezen"]
    aya.post(f"{HERE}/module/later/plek", {"do": "up"})
    page = aya.post(f"{HERE}/module/verder-lezen/plek", {"do": "up"}, status=422).text
    assert "‘Verder lezen’ wacht op ‘Veilig beginnen’" in page
    aya.post(f"{HERE}/module/weg/plek", {"do": "up"}, status=404)

    given = {"title": "🎨🎶", "summary": "Wat je maakt.", "lesson": "Eerste les"}
    made = aya.post(f"{HERE}/module", given)
    assert made.headers["location"] == f"{HERE}#m-module"
    again = aya.post(f"{HERE}/module", {"title": "Module", "summary": "Nog een.", "lesson": ""})
    assert again.headers["location"] == f"{HERE}#m-module-2"
    assert "modules/04-module/01-eerste-les.md" in paths(site)
    assert "    title: 🎨🎶\n    summary: Wat je maakt.\n    available: true\n    safety: false\n" in shape(site)
    assert "Eerst herstellen" not in aya.get(HERE).text
    aya.post(f"{HERE}/module", {"title": "", "summary": "", "lesson": "Blijft staan"}, status=422)

    asked = aya.get(f"{HERE}/module/veilig-beginnen/weg").text
    assert "Dit gaat mee" in asked
    assert "Wat nu op deze module wacht, wacht dan niet meer: Verder lezen." in asked
    assert "Geen andere module is nodig voor de praktijk." in asked
    gone = aya.post(f"{HERE}/module/veilig-beginnen/weg", seen(asked))
    assert not [path for path in paths(site) if "veilig-beginnen" in path]
    assert "veilig-beginnen" not in shape(site)
    page = aya.follow(gone).text
    assert "onderdelen weggehaald. Zet ze terug." in page
    removed = aya.get(COURSE).text
    aya.post(re.findall(rf'action="({COURSE}/bestand/\d+/terug)"', removed)[0])
    assert "Deze lessen staan nog niet in de opleiding." in aya.get(HERE).text
    back = fields(aya.get(f"{HERE}/module?map=veilig-beginnen").text)
    assert back["title"] == "Veilig beginnen"  # as the edition has it
    aya.post(f"{HERE}/module", back)
    assert order(site)[-1] == "veilig-beginnen"
    assert "    core_element: veilig-samen\n    available: true\n    safety: true\n" in shape(site)


def test_a_lesson_comes_moves_changes_and_goes(site: Site, aya: Visitor) -> None:
    before = text_of(site, FIRST)
    part = file_of(site, FIRST).id
    sent = fields(aya.get(f"{HERE}/onderdeel/{part}").text)
    wim = author(site, "Wim Alders")
    stale = fields(wim.get(f"{HERE}/onderdeel/{part}").text)
    aya.post(f"{HERE}/onderdeel/{part}", sent | {"title": "Samen: afspreken", "minutes": "25"})
    assert text_of(site, FIRST) == re.sub(
        r"title: .*\nminutes: .*", "title: 'Samen: afspreken'\nminutes: 25", before, count=1
    )
    page = wim.post(f"{HERE}/onderdeel/{part}", stale | {"title": "Zo heet het"}, status=422).text
    assert re.search(r"<ins>.*?Zo heet het.*?</ins>", page)
    older = fields(aya.get(f"{HERE}/onderdeel/{part}").text)
    wim.post(f"{HERE}/onderdeel/{part}", fields(page) | {"module": "later"})
    assert any(re.fullmatch(r"modules/\d\d-later/\d\d-een-afspraak\.md", path) for path in paths(site))
    page = aya.post(f"{HERE}/onderdeel/{part}", older | {"title": "Weer anders"}, status=422).text
    assert any(re.fullmatch(r"modules/\d\d-later/\d\d-een-afspraak\.md", path) for path in paths(site))
    assert re.search(r"<del>.*?later.*?</del>", page)  # Wim moved it meanwhile

    made = aya.post(f"{HERE}/les", {"module": "verder-lezen", "title": "Koffie"})
    lesson = int(made.headers["location"].rpartition("#f")[2])
    aya.post(f"{HERE}/les", {"module": "verder-lezen", "title": ""}, status=422)
    aya.post(f"{HERE}/les", {"module": "weg", "title": "x"}, status=422)
    moved = aya.post(f"{COURSE}/bestand/{lesson}/plek", {"do": "up", "at": "opbouw"})
    assert moved.headers["location"] == f"{HERE}?na=up-f{lesson}"
    assert "Haal je dit weg?" in aya.get(f"{HERE}/onderdeel/{lesson}/weg").text
    gone = aya.post(f"{COURSE}/bestand/{lesson}/weg", {"at": "opbouw"})
    assert gone.headers["location"] == f"{HERE}#weg"
    assert 'id="weg"' in aya.follow(gone).text
    aya.get(f"{HERE}/onderdeel/{lesson}", status=404)


def test_what_cannot_be_shown_is_a_text(site: Site, aya: Visitor) -> None:
    file = file_of(site, SHAPE).id
    broken = "slug: lezen\nmodules: [\n"
    with site.parts.database.writing() as db:
        db.execute(update(DraftFile).where(DraftFile.path == SHAPE).values(text=broken))
    for path in ("", "/gegevens", "/module", "/module/later", "/module/later/weg"):
        answer = aya.get(f"{HERE}{path}", status=303)
        assert answer.headers["location"] == f"{COURSE}/bestand/{file}"
        assert "Herstel eerst wat hieronder staat." in aya.follow(answer).text
    for path in ("/gegevens", "/module", "/module/later", "/module/later/weg", "/module/later/plek"):
        aya.post(f"{HERE}{path}", {"title": "x"})
    assert shape(site) == broken


def test_what_is_to_mend_leads_to_its_fields(site: Site, aya: Visitor) -> None:
    text = shape(site).replace("    title: Later\n", "    title: ''\n").replace("title: Lezen en doen", "title: ''")
    text = text.replace("motif: hand", "motif: niets")
    with site.parts.database.writing() as db:
        db.execute(update(DraftFile).where(DraftFile.path == SHAPE).values(text=text, sha256="x"))
    page = aya.get(HERE).text
    mend = page[page.index("Eerst herstellen") : page.index("De opleiding</h2>")]
    assert f'href="{HERE}/module/later"' in mend
    assert mend.count(f'href="{HERE}/gegevens"') == 1
    assert "‘motif’" in mend  # no form has this one
    assert mend.count("in de tekst</a>") == 3
