"""The desk of an author: the list, the outline, a file with its fields, what two write at once, what is hostile."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import select

from app.courses.commands import publish_folder
from app.courses.drafts.tables import CourseDraft, DraftFile
from app.courses.tables import CourseEdition
from app.people.actions import accounts
from app.people.rules import Role
from tests.editing import MAKING, publish_edited
from tests.page import SAME_ORIGIN, check_html
from tests.people import make_person

if TYPE_CHECKING:
    from tests.page import Site, Visitor

SHORT: Final = Path(__file__).parents[1] / "courses" / "kort"
LESSON: Final = "modules/01-veilig-beginnen/01-een-afspraak.md"
HERE: Final = "/beheer/opleidingen/kort"


def author(site: Site, name: str = "Aya Sato", role: Role = Role.AUTHOR) -> Visitor:
    now = site.parts.clock.now()
    with site.parts.database.writing() as db:
        person = make_person(db, name, now=now)
        accounts.grant_role(db, by=None, person_id=person, role=role, organisation_id=None, intervention="", now=now)
    return site.visitor(person)


@pytest.fixture
def aya(site: Site) -> Visitor:
    """An author, and the small course as an edition with a draft."""
    with site.parts.database.writing() as db:
        publish_folder(db, SHORT, storage=site.parts.storage, now=site.parts.clock.now())
    visitor = author(site)
    visitor.post(f"{HERE}/concept")
    return visitor


def file_of(site: Site, path: str) -> DraftFile:
    with site.parts.database.reading() as db:
        return db.scalars(select(DraftFile).where(DraftFile.path == path, DraftFile.removed_at.is_(None))).one()


def text_of(site: Site, path: str) -> str:
    with site.parts.database.reading() as db:
        return (
            db.scalars(select(DraftFile.text).where(DraftFile.path == path, DraftFile.removed_at.is_(None))).one() or ""
        )


def fields(page: str) -> dict[str, Any]:
    """What a browser would send of the form as it stands."""
    from html import unescape

    form = page[page.index('<form id="ed--form"') :]
    form = form[: form.index("</form>")]
    found = {
        name: unescape(value) for name, value in re.findall(r'<input[^>]* name="([\w-]+)"[^>]*? value="([^"]*)"', form)
    }
    found |= {
        name: unescape(text)
        for name, text in re.findall(r'<textarea[^>]* name="([\w-]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL)
    }
    for box in re.findall(r'<input type="checkbox"[^>]*>', form):
        if " checked" not in box:
            found.pop(re.findall(r'name="([\w-]+)"', box)[0], None)
    found |= {
        name: unescape(next(iter(re.findall(r'value="([^"]*)" selected', options)), ""))
        for name, options in re.findall(r'<select[^>]* name="([\w-]+)"[^>]*>(.*?)</select>', form, re.DOTALL)
    }
    return found


def typing(visitor: Visitor, path: str, data: dict[str, Any]) -> str:
    """What the page gets back when it keeps itself."""
    headers = SAME_ORIGIN | {"hx-request": "true", "hx-request-type": "partial"}
    response = visitor.client.post(path, data=data, headers=headers)
    assert response.status_code == 200, response.text[:300]
    check_html(response.text, whole=False)
    return response.text


def test_from_the_list_to_a_lesson_that_is_kept(site: Site, aya: Visitor) -> None:
    assert "Gelijk aan de editie" in aya.get("/beheer/opleidingen").text
    outline = aya.get(HERE).text
    assert "Een afspraak" in outline
    lesson = file_of(site, LESSON)
    page = aya.get(f"{HERE}/bestand/{lesson.id}").text
    sent = fields(page)
    before = text_of(site, LESSON)
    aya.post(f"{HERE}/bestand/{lesson.id}", sent)
    assert text_of(site, LESSON) == before  # saved as it stood: not a letter is another
    aya.post(f"{HERE}/bestand/{lesson.id}", sent | {"title": "Een betere afspraak", "minutes": "7"})
    after = text_of(site, LESSON)
    assert "title: Een betere afspraak\nminutes: 7\n" in after
    assert after.partition("---\n\n")[2] == before.partition("---\n\n")[2]
    outline = aya.get(HERE).text
    assert "Een betere afspraak" in outline
    assert "Gewijzigd" in outline
    assert "Klaar om te publiceren" in outline


def test_while_somebody_types_the_page_is_kept_and_read(site: Site, aya: Visitor) -> None:
    lesson = file_of(site, LESSON)
    sent = fields(aya.get(f"{HERE}/bestand/{lesson.id}").text)
    typed = sent | {
        "body": "## Nieuw\n\n<script>alert(1)</script> {{7*7}}\n\n::: beeld weg.webp\nalt: x\n:::",
        "whole": "typing",
    }
    part = typing(aya, f"{HERE}/bestand/{lesson.id}", typed)
    assert "data-kept" in part
    assert "&lt;script&gt;" in part
    assert "<script>" not in part
    assert "{{7*7}}" in part
    assert "49" not in part
    assert "Beeld ‘weg.webp’ staat niet in de map images." in part
    assert 'data-line="5"' in part
    assert "{{7*7}}" in text_of(site, LESSON)
    page = aya.get(f"{HERE}").text
    assert "Eerst herstellen" in page
    assert f"/bestand/{lesson.id}?regel=" in page


def test_two_authors_at_one_lesson(site: Site, aya: Visitor) -> None:
    """The second sees both texts; nothing is lost without a word, and what stands already is no quarrel."""
    wim = author(site, "Wim Alders")
    lesson = file_of(site, LESSON)
    here = f"{HERE}/bestand/{lesson.id}"
    first, second = (fields(one.get(here).text) for one in (aya, wim))
    aya.post(here, first | {"intro": "Aya schreef dit."})
    typed = second | {"intro": "Wim schreef dat."}
    assert "Iemand anders heeft deze tekst intussen bewaard" in typing(wim, here, typed | {"whole": "typing"})
    page = wim.post(here, typed, status=422).text
    assert "Zo staat het er nu" in page
    assert re.search(r"<del>.*?Aya.*?</del>", page)
    assert re.search(r"<ins>.*?Wim.*?</ins>", page)
    assert "Aya schreef dit." in text_of(site, LESSON)
    wim.post(here, fields(page))
    assert "Wim schreef dat." in text_of(site, LESSON)
    wim.post(here, second | {"intro": "Wim schreef dat."})  # an old version with the very same words


def test_lessons_come_go_and_move(site: Site, aya: Visitor) -> None:
    made = aya.post(f"{HERE}/les", {"module": "veilig-beginnen", "title": "Met {{7*7}} & <b>koffie</b>"})
    aya.follow(made)
    new = "modules/01-veilig-beginnen/03-met-7-7-b-koffie-b.md"
    added = file_of(site, new)
    aya.post(f"{HERE}/bestand/{added.id}/plek", {"do": "up"})
    assert file_of(site, new.replace("03-", "02-")).id == added.id
    aya.post(f"{HERE}/bestand/{file_of(site, LESSON).id}/weg")
    page = aya.get(HERE).text
    assert "Weggehaald" in page
    gone = re.findall(r"/bestand/(\d+)/terug", page)
    aya.post(f"{HERE}/bestand/{gone[0]}/terug")
    assert "Weggehaald" not in aya.get(HERE).text
    assert "&lt;b&gt;koffie" in page
    aya.post(f"{HERE}/les", {"module": "bestaat-niet", "title": "X"}, status=422)
    aya.post(f"{HERE}/les", {"module": "veilig-beginnen", "title": ""}, status=422)
    course = file_of(site, "course.yaml")
    aya.post(f"{HERE}/bestand/{course.id}/weg", status=409)


def test_files_as_text_and_a_broken_head(site: Site, aya: Visitor) -> None:
    check = file_of(site, "modules/01-veilig-beginnen/toets.yaml")
    page = aya.get(f"{HERE}/bestand/{check.id}").text
    sent = fields(page)
    aya.post(f"{HERE}/bestand/{check.id}", sent | {"text": "slug: toets\nslug: toets\n"})
    assert "staat er twee keer" in aya.get(f"{HERE}/bestand/{check.id}?regel=2").text
    session = file_of(site, "handbook/01-eerste-keer.md")
    page = aya.get(f"{HERE}/bestand/{session.id}").text
    before = text_of(site, session.path)
    aya.post(f"{HERE}/bestand/{session.id}", fields(page))
    assert text_of(site, session.path) == before
    aya.post(f"{HERE}/bestand/{session.id}", fields(page) | {"rows": "", "rest": "steps: [een: {"}, status=422)
    aya.post(f"{HERE}/bestand/{session.id}", fields(page) | {"body": "x" * 1_000_001}, status=422)
    aya.post(f"{HERE}/bestand/{session.id}", fields(page) | {"body": "x" * 10_000_000}, status=413)
    assert text_of(site, session.path) == before


def sent_twice(site: Site, visitor: Visitor, path: str, data: dict[str, Any], **more: Any) -> None:
    """Press again, or send again after a 503 that says that the outcome is unknown: it goes where it is done."""
    key = re.findall(r'name="form_key" value="([^"]+)"', visitor.get(HERE).text)[0]
    for _ in range(2):
        visitor.follow(visitor.post(path, data | {"form_key": key}, **more))


def test_what_is_sent_twice_is_done_once(site: Site, aya: Visitor) -> None:
    def paths() -> list[str]:
        with site.parts.database.reading() as db:
            return sorted(db.scalars(select(DraftFile.path).order_by(DraftFile.path)))

    before = paths()
    sent_twice(site, aya, f"{HERE}/les", {"module": "veilig-beginnen", "title": "Hallo"})
    added = ["modules/01-veilig-beginnen/03-hallo.md"]
    assert paths() == sorted([*before, *added])
    sent_twice(site, aya, f"{HERE}/media/bestand", {}, files={"media": ("kaart.pdf", b"%PDF-1.7\n%%EOF\n", "x/y")})
    assert paths() == sorted([*before, *added, "media/kaart.pdf"])
    version = re.findall(r'name="version" value="(\d+)"', aya.get(f"{HERE}/publiceren").text)[0]
    sent_twice(site, aya, f"{HERE}/publiceren", {"version": version})
    with site.parts.database.reading() as db:
        assert sorted(db.scalars(select(CourseEdition.number))) == [1, 2]


def test_a_draft_is_thrown_away(site: Site, aya: Visitor) -> None:
    """Only as she saw it: what a colleague wrote meanwhile stays."""
    seen = re.findall(r'name="version" value="(\d+)"', aya.get(HERE).text)[0]
    wim = author(site, "Wim Alders")
    here = f"{HERE}/bestand/{file_of(site, LESSON).id}"
    wim.post(here, fields(wim.get(here).text) | {"intro": "Wim schreef de hele ochtend."})
    aya.post(f"{HERE}/concept/weg", {"version": seen}, status=409)
    aya.post(f"{HERE}/concept/weg", {}, status=409)
    page = aya.get(HERE).text
    assert "Geschreven door: Wim Alders." in page
    seen = re.findall(r'name="version" value="(\d+)"', page)[0]
    aya.post(f"{HERE}/concept/weg", {"version": seen})
    with site.parts.database.reading() as db:
        assert db.scalars(select(CourseDraft)).all() == []
        assert db.scalars(select(DraftFile)).all() == []
    assert "Begin een concept" in aya.get(HERE).text
    aya.get(f"{HERE}/bestand/1", status=404)
    aya.get("/beheer/opleidingen/bestaat-niet", status=404)
    assert "::: kern" in aya.get("/beheer/cursus-schrijven").text


def test_what_changed_is_read_and_published(site: Site, aya: Visitor) -> None:
    """The handbook asks for its news; a draft that changed since it was looked at is looked at again."""
    lesson, session = file_of(site, LESSON), file_of(site, "handbook/01-eerste-keer.md")
    for file, changed in (
        (lesson, {"intro": "Ze begint bij <b>de poort</b>."}),
        (session, {"goal": "Een ander doel."}),
    ):
        sent = fields(aya.get(f"{HERE}/bestand/{file.id}").text)
        aya.post(f"{HERE}/bestand/{file.id}", sent | changed)
    told = aya.get(f"{HERE}/verschil").text
    assert re.search(r"<ins>.*?&lt;b&gt;de poort&lt;/b&gt;", told)
    page = aya.get(f"{HERE}/publiceren").text
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    news = {"version": version, "handbook_version": "2", "notes": "Een ander doel bij de eerste keer."}
    aya.post(f"{HERE}/publiceren", news | {"handbook_version": "1"}, status=422)
    aya.post(f"{HERE}/publiceren", news | {"notes": ""}, status=422)
    aya.post(f"{HERE}/publiceren", news | {"version": "1"}, status=422)
    done = aya.post(f"{HERE}/publiceren", news)
    page = aya.follow(done).text
    again = aya.post(f"{HERE}/publiceren", news | {"form_key": "k" * 24})  # a second tab
    assert again.headers["location"] == HERE
    assert "Dit is intussen al gepubliceerd, als editie 2." in aya.follow(again).text
    assert "Gepubliceerd: dit is nu editie 2." in page
    assert "Gelijk aan de editie" in page
    assert "Niets is anders" in aya.get(f"{HERE}/verschil?van=2&naar=concept").text
    assert "de poort" in aya.get(f"{HERE}/verschil?van=1&naar=2").text
    assert "version: '2'" in text_of(site, "handbook/handbook.yaml") or 'version: "2"' in text_of(
        site, "handbook/handbook.yaml"
    )
    assert "Er is niets te publiceren" in aya.get(f"{HERE}/publiceren").text


def test_an_edition_came_in_between_and_the_rules_are_others(site: Site, aya: Visitor) -> None:
    """The page says what would be taken back, and asks; the rules for certificates wait for an admin."""
    lesson, policy = file_of(site, LESSON), file_of(site, "policy.yaml")
    sent = fields(aya.get(f"{HERE}/bestand/{lesson.id}").text)
    aya.post(f"{HERE}/bestand/{lesson.id}", sent | {"intro": "Ze begint bij de poort."})
    with site.parts.database.writing() as db:
        publish_edited(
            db, site.parts.storage, {MAKING: ("Samen iets maken", "Samen bouwen")}, now=site.parts.clock.now()
        )
    assert "Editie 2 kwam uit nadat dit concept begon" in aya.get(HERE).text
    page = aya.get(f"{HERE}/publiceren").text
    assert "Mijn concept gaat voor editie 2" in page
    assert re.search(r"<del>.*?bouwen.*?</del>", page)
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    form = {"version": version, "newest": "2"}
    assert "zeg of jouw concept voorgaat" in aya.post(f"{HERE}/publiceren", form, status=422).text
    assert "editie 3" in aya.follow(aya.post(f"{HERE}/publiceren", form | {"over": "on"})).text
    sent = fields(aya.get(f"{HERE}/bestand/{policy.id}").text)
    milder = sent | {"text": text_of(site, "policy.yaml").replace("grace_days: 60", "grace_days: 3650")}
    aya.post(f"{HERE}/bestand/{policy.id}", milder)
    page = aya.get(f"{HERE}/publiceren").text
    assert "Een beheerder publiceert dit" in page
    with site.parts.database.reading() as db:
        form = {"version": str(db.scalars(select(CourseDraft.version)).one())}
    aya.post(f"{HERE}/publiceren", form, status=422)
    fatma = author(site, "Fatma Ates", Role.ADMIN)
    assert "Ze gelden meteen" in fatma.get(f"{HERE}/publiceren").text
    fatma.post(f"{HERE}/publiceren", form)
    with site.parts.database.reading() as db:
        policies = db.scalars(select(CourseEdition.policy).order_by(CourseEdition.number)).all()
    assert [one["grace_days"] for one in policies] == [60, 60, 60, 3650]


def test_a_draft_is_saved_as_a_zip(site: Site, aya: Visitor) -> None:
    with zipfile.ZipFile(io.BytesIO(aya.get(f"{HERE}/zip").content)) as archive:
        assert archive.read("course.yaml") == (SHORT / "course.yaml").read_bytes()
        assert archive.testzip() is None


def test_nothing_half_is_published(site: Site, aya: Visitor) -> None:
    policy = file_of(site, "policy.yaml")
    sent = fields(aya.get(f"{HERE}/bestand/{policy.id}").text)
    aya.post(f"{HERE}/bestand/{policy.id}", sent | {"text": "version: 1\n"})
    page = aya.get(f"{HERE}/publiceren").text
    assert "Publiceren kan pas als alles klopt." in page
    with site.parts.database.reading() as db:
        version = db.scalars(select(CourseDraft.version)).one()
    aya.post(f"{HERE}/publiceren", {"version": str(version)}, status=422)
    with site.parts.database.reading() as db:
        assert db.scalars(select(CourseEdition.number)).all() == [1]


def test_others_do_not_come_here(site: Site, aya: Visitor) -> None:
    now = site.parts.clock.now()
    with site.parts.database.writing() as db:
        person = make_person(db, "Noor de Wit", now=now)
        accounts.grant_role(
            db, by=None, person_id=person, role=Role.PROFESSIONAL, organisation_id=None, intervention="", now=now
        )
    noor = site.visitor(person)
    for path in ("/beheer/opleidingen", HERE, f"{HERE}/verschil", f"{HERE}/publiceren"):
        noor.get(path, status=403)
