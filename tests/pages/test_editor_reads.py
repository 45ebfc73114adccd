"""How a draft reads beside its text, and what is told before it is published."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import select

from app.courses.commands import publish_folder
from app.courses.tables import CourseEdition
from app.letters import editions
from app.outbox.tables import Message
from app.people.rules import Role
from app.theory.moving import MOVED
from app.worker.handlers.courses import take_in
from tests.authz.steps import picture
from tests.pages.test_editor import HERE, LESSON, SHORT, author, fields, file_of, typing
from tests.pages.test_editor_files import add
from tests.trained import finish_theory, in_training
from tests.unit.test_kit_media import film

if TYPE_CHECKING:
    from tests.page import Site, Visitor


@pytest.fixture
def aya(site: Site) -> Visitor:
    with site.parts.database.writing() as db:
        publish_folder(db, SHORT, storage=site.parts.storage, now=site.parts.clock.now())
    visitor = author(site)
    visitor.post(f"{HERE}/concept")
    return visitor


BLOCKS: Final = """## Stand

::: kern Samen
De groep.
:::

::: beeld tafel.webp
alt: "Een tafel"
caption: "De tafel"
:::

::: video film.mp4
title: "Zo doe je dat"
silent: true
transcript: |
  Iemand lacht.
:::

::: geluid stem.mp3
title: "Een stem"
transcript: |
  Dag.
:::

::: download kaart.pdf De kaarten
Print ze.
:::

::: reflectie eerste Bewaard
Wat doe je?
:::

::: vraag eerste
type: several
text: "De groep wordt stil."
options:
  - text: "Ik wacht."
    right: true
    feedback: "Ja."
  - text: "Ik praat."
    right: false
    feedback: "Wacht eens."
explanation: "Stilte is ruimte."
:::
"""


def test_a_text_reads_as_on_the_page_of_a_lesson(site: Site, aya: Visitor) -> None:
    """Every block through the templates of the lesson; what would store something says that it does not."""
    add(aya, "beeld", ("tafel.jpg", picture(200, "JPEG"), "image/jpeg"), 201, alt="Een tafel")
    media = {"film.mp4": film(), "stem.mp3": b"ID3\x04" + bytes(500), "kaart.pdf": b"%PDF-1.7\n%%EOF\n"}
    for name, content in media.items():
        aya.post(f"{HERE}/media/bestand", {}, files={"media": (name, content, "application/x")})
    lesson = file_of(site, LESSON)
    here = f"{HERE}/bestand/{lesson.id}"
    sent = fields(aya.get(here).text) | {"body": BLOCKS, "image": "tafel.webp", "image_alt": "Boven de les"}
    part = typing(aya, here, sent | {"whole": "typing"})
    for shown in (
        'alt="Boven de les"',
        f'<source src="{HERE}/inhoud/film.mp4" type="video/mp4">',
        f'<source src="{HERE}/inhoud/stem.mp3"',
        f'href="{HERE}/inhoud/kaart.pdf" download',
        "<figcaption>De tafel</figcaption>",
        "Lees wat er gezegd en getoond wordt",
        "Je kijkt mee. Wat je hier typt, wordt niet bewaard.",
        "Nakijken hoort bij wie de opleiding volgt.",
        "‘eerste’ is er in deze les al.",
    ):
        assert shown in part, shown
    reads = part[part.index('class="sheet prose preview"') :]
    assert "<form" not in reads
    assert "data-played=" not in reads
    assert len(re.findall(r'<input type="checkbox"[^>]* name="zo--', reads)) == 2 * reads.count('class="quiz"')
    aya.get(here)  # the strict client: no id is there twice, though the author gave one name to two blocks


def test_publishing_says_what_is_new_and_for_whom(site: Site) -> None:
    """Always asked for, needed when the handbook changed; whoever moves or catches up reads it."""
    now = site.parts.clock.now()
    with site.parts.database.writing() as db:
        training = in_training(db, site.parts.storage, now=now)
        finish_theory(db, training, now=now)
    aya = author(site)
    aya.post(f"{HERE}/concept")
    lesson = file_of(site, LESSON)
    here = f"{HERE}/bestand/{lesson.id}"
    aya.post(here, fields(aya.get(here).text) | {"intro": "Ze begint bij de poort.", "body": "Nieuwe woorden."})
    page = aya.get(f"{HERE}/publiceren").text
    assert "1 persoon volgt de opleiding nu" in page
    assert "Editie 1: 1 persoon." in page
    assert (
        page.index('name="notes"') < page.index("Voor wie verandert er iets?") < page.index("Je publiceert 1 wijziging")
    )
    assert ">Inleiding</b>" in page
    assert "intro:" not in page
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    aya.post(f"{HERE}/publiceren", {"version": version, "notes": "Een nieuw begin."})
    with site.parts.database.reading() as db:
        outline = db.scalars(select(CourseEdition.outline).where(CourseEdition.number == 2)).one()
    assert outline["notes"] == "Een nieuw begin."
    edition = "/beheer/opleidingen/kort/edities/2"
    fatma = site.visitor(training.cast.fatma.id)
    assert "Een nieuw begin." in fatma.get(edition).text
    fatma.post(f"{edition}/verplaatsen", {"who": training.enrolment_id, "read": "een-afspraak", "do": "move"})
    with site.parts.database.reading() as db:
        message = db.scalars(select(Message).where(Message.kind == MOVED)).one()
        draft = editions.moved(db, message, site.parts.work.desk)
    assert draft.facts["notes"] == "Een nieuw begin."


def test_the_menu_says_where_she_is(site: Site) -> None:
    """An admin has the courses in her own menu; nothing else is marked then."""
    admin, aya = author(site, "Fatma Aydin", Role.ADMIN), author(site)
    for place in ("/beheer/opleidingen", "/beheer/opleiding-beginnen", "/beheer/cursus-schrijven"):
        for page in (admin.get(place).text, aya.get(place).text):
            assert re.findall(r'href="([^"]*)" aria-current="page"', page) == ["/beheer/opleidingen"]


def test_a_course_begins_on_the_web(site: Site) -> None:
    aya = author(site)
    assert "Er is nog geen opleiding" in aya.get("/beheer/opleidingen").text
    place = "/beheer/opleiding-beginnen"
    given = {"title": "Samen <b>zingen</b>", "slug": "", "summary": "Je leert zingen."}
    aya.get(place)
    for wrong in ({"title": ""}, {"summary": ""}, {"slug": "Met Hoofd"}):
        page = aya.post(place, given | wrong, status=422).text
        assert "Nog 1 ding aanpassen" in page
    made = aya.post(place, given)
    assert made.headers["location"] == "/beheer/opleidingen/samen-b-zingen-b"
    page = aya.follow(made).text
    assert "Samen &lt;b&gt;zingen&lt;/b&gt;" in page
    assert "Klaar om te publiceren" in page
    assert "Er is nog geen editie." in page
    page = aya.post(place, given, status=422).text
    assert "al een opleiding met dit adres" in page
    assert 'value="samen-b-zingen-b-2"' in page
    page = aya.post(place, given | {"title": "🎨"}, status=422).text
    assert re.search(r'id="f-title"[^>]* aria-invalid="true"', page)
    assert re.search(r'id="f-slug"[^>]* value="opleiding"', page)
    aya.post(place, given | {"title": "🎨", "slug": "opleiding"})
    assert "Publiceer editie 1" in aya.get(f"{made.headers['location']}/publiceren").text
    assert "Samen &lt;b&gt;zingen" in aya.get("/beheer/opleidingen").text


def test_a_zip_is_sent_and_read_later(site: Site, aya: Visitor) -> None:
    """The page keeps it and nothing more; its job says what became of it."""
    place = "/beheer/opleiding-inlezen"
    content = aya.get(f"{HERE}/zip").content
    aya.get(place)
    aya.post(place, {}, status=422)
    aya.post(place, {}, status=422, files={"zip": ("leeg.zip", b"", "application/zip")})

    def sent(content: bytes, **given: str) -> str:
        answer = aya.post(place, given, files={"zip": ("x.zip", content, "application/zip")})
        assert "We lezen je zip" in aya.follow(answer).text
        intake = answer.headers["location"].rpartition("/")[2]
        take_in(site.parts.work, {"intake_id": intake})
        return " ".join(aya.get(answer.headers["location"]).text.split())

    there = sent(content)
    assert "Van kort is er al een concept." in there
    assert "Bekijk het concept dat er is" in there
    assert "Dit is geen zip die we kunnen lezen." in sent(b"<script>alert(1)</script>")
    ready = sent(content, replaces="on")
    assert "Het concept staat klaar" in ready
    assert f'href="{HERE}"' in ready
    aya.get(f"{place}/999", status=404)
    version = re.search(r'action="[^"]*/concept/weg".*?name="version" value="(\d+)"', aya.get(HERE).text, re.DOTALL)
    assert version is not None
    aya.post(f"{HERE}/concept/weg", {"version": version[1]})
    assert "Het concept staat klaar" in sent(content)
    assert site.parts.storage.keys("intake") == []
