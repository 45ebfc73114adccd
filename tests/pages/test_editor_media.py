"""What an author puts in a text by choosing: pictures with their words, films, sounds, papers; and rows of a script."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import update

from app.courses.commands import publish_folder
from app.people.tables import Person
from tests.page import SAME_ORIGIN, check_html
from tests.pages.test_editor import author, fields, file_of, text_of, typing
from tests.unit.test_kit_media import film

if TYPE_CHECKING:
    from tests.page import Site, Visitor

LEZEN: Final = Path(__file__).parents[1] / "courses" / "lezen"
COURSE: Final = "/beheer/opleidingen/lezen"
LESSON: Final = "modules/01-veilig-beginnen/01-een-afspraak.md"
ODD: Final = 'Een "vel" \\ papier: {{7*7}} # & zo\n:::'


@pytest.fixture
def aya(site: Site) -> Visitor:
    with site.parts.database.writing() as db:
        publish_folder(db, LEZEN, storage=site.parts.storage, now=site.parts.clock.now())
    visitor = author(site)
    visitor.post(f"{COURSE}/concept")
    return visitor


def put_in(aya: Visitor, what: str, status: int = 201, files: dict[str, Any] | None = None, **given: str) -> Any:
    """As the dialog sends it."""
    headers = SAME_ORIGIN | {"accept": "application/json"}
    answer = aya.client.post(f"{COURSE}/media/{what}", data=given, files=files, headers=headers, follow_redirects=False)
    assert answer.status_code == status, answer.text[:300]
    return answer.json()


def wrong(answer: Any) -> set[str]:
    return {one["field"] for one in answer["problems"]}


def test_the_choice_holds_what_the_course_has(site: Site, aya: Visitor) -> None:
    def part(kind: str) -> str:
        headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
        answer = aya.client.get(f"{COURSE}/media?soort={kind}", headers=headers)
        assert answer.status_code == 200
        check_html(answer.text, whole=False)
        return answer.text

    pictures = part("beeld")
    assert 'value="vel.webp" data-alt="Een huis van' in pictures
    assert f'src="{COURSE}/inhoud/vel.webp"' in pictures
    assert "kort.webm" not in pictures
    films = part("video")
    assert '<option value="kort.webm">' in films
    assert '<option value="kort.vtt">' in films
    assert "kaart.pdf" not in films
    assert '<option value="kaart.pdf">' in part("download")
    assert "Kies geluid van deze opleiding" not in part("geluid")  # it has none
    assert 'name="o3-feedback"' in part("vraag")
    page = aya.get(f"{COURSE}/media").text
    assert "Een huis van" in page
    tools = aya.get(f"{COURSE}/bestand/{file_of(site, LESSON).id}").text
    assert 'data-choose="beeld"' in tools
    assert "naam.webp" not in tools  # no button names a file that is not there
    script = aya.get(f"{COURSE}/bestand/{file_of(site, 'handbook/01-eerste-keer.md').id}").text
    assert "data-choose" not in script  # a script shows its text alone
    assert "::: reflectie" not in script
    assert "::: let-op" in script


def test_a_chosen_one_is_put_in_as_a_block_that_is_right(site: Site, aya: Visitor) -> None:
    assert wrong(put_in(aya, "beeld", 422, name="vel.webp")) == {"alt"}
    assert wrong(put_in(aya, "beeld", 422, name="weg.webp", alt="Iets")) == {"name"}
    assert wrong(put_in(aya, "bestand", 422, kind="video")) == {"media", "title", "transcript", "captions"}
    assert wrong(put_in(aya, "bestand", 422, kind="download", name="kort.webm")) == {"media", "title", "text"}
    assert wrong(put_in(aya, "vraag", 422, kind="one")) == {"text", "o0-text"}
    two: dict[str, Any] = {
        "o1-text": "",
        "o2-text": "",
        "kind": "several",
        "text": ODD,
        "o0-text": ODD,
        "o0-feedback": ODD,
        "o0-right": "on",
        "o3-text": "Nee: niet",
        "explanation": ODD,
    }
    assert wrong(put_in(aya, "vraag", 422, **two | {"o3-text": ODD})) == {"o3-text"}
    blocks = [
        put_in(aya, "beeld", name="vel.webp", alt=ODD, caption=ODD),
        put_in(aya, "bestand", kind="video", name="kort.webm", title='Een "film"', silent="on", transcript=ODD),
        put_in(aya, "vraag", **two),
        put_in(aya, "bestand", kind="download", name="kaart.pdf", title="De kaart", text=f":::\n{ODD}"),
    ]
    text = "Begin.\n\n" + "\n\n".join(one["block"] for one in blocks)
    here = f"{COURSE}/bestand/{file_of(site, LESSON).id}"
    part = typing(aya, here, fields(aya.get(here).text) | {"body": text, "whole": "typing"})
    assert "Hier is niets aan te herstellen." in part
    assert "Een &#34;vel&#34; \\ papier: {{7*7}} # &amp; zo" in part
    assert blocks[0]["block"].startswith("::: beeld vel.webp\nalt: ")


def test_a_new_one_never_takes_the_place_of_another(site: Site, aya: Visitor) -> None:
    """Another lesson shows that; the same file sent again is one file, with its captions beside it."""
    before = {path: file_of(site, f"media/{path}").sha256 for path in ("kort.webm", "kort.vtt", "kaart.pdf")}
    files = {
        "media": ("kaart.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf"),
        "subtitles": ("kort.vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\nDag\n", "text/vtt"),
    }
    said = {"title": "T", "text": "Waarvoor", "transcript": "Dag."}
    assert wrong(put_in(aya, "bestand", 422, files, kind="video", **said)) == {"media"}
    paper = {"media": files["media"]}
    assert put_in(aya, "bestand", 201, paper, kind="download", **said)["name"] == "kaart-2.pdf"
    assert (
        put_in(aya, "bestand", 201, {"media": ("kaart-2.pdf", *files["media"][1:])}, kind="download", **said)["name"]
        == "kaart-2.pdf"
    )
    new = {"media": ("kort.mp4", film(), "video/mp4"), "subtitles": files["subtitles"]}
    made = put_in(aya, "bestand", 201, new, kind="video", **said)
    assert "captions: kort-2.vtt" in made["block"]
    assert {path: file_of(site, f"media/{path}").sha256 for path in before} == before
    assert text_of(site, LESSON)


def test_a_script_is_written_in_rows(site: Site, aya: Visitor) -> None:
    """Without script one empty row of each kind; what is wrong is told at its row."""
    path = "handbook/01-eerste-keer.md"
    here = f"{COURSE}/bestand/{file_of(site, path).id}"
    before = text_of(site, path)
    sent = fields(aya.get(here).text)
    aya.post(here, sent)
    assert text_of(site, path) == before
    last = max(int(name[1:-6]) for name in sent if name.startswith("s") and name.endswith("-title"))
    new = {f"s{last}-title": "Opruimen {{7*7}} <b>", f"s{last}-minutes": "5"}
    part = typing(aya, here, sent | new | {"whole": "typing"})
    assert f'<a href="#rij-s{last}">Stap {last + 1}</a>' in part
    assert '<p class="h4">Opruimen {{7*7}} &lt;b&gt;</p>' in part  # beside, as it will read
    assert "De stappen duren samen 35 minuten. Bovenaan staat 30" in part
    assert "Opruimen {{7*7}} <b>" in text_of(site, path)
    page = aya.get(here).text
    assert 'value="Opruimen {{7*7}} &lt;b&gt;"' in page
    assert f'name="s{last + 1}-title"' in page
    part = typing(aya, here, fields(page) | {f"s{last}-text": "Ruim op.", "whole": "typing"})
    assert '<a href="#ed--minutes">Boven de tekst</a>: <span lang="nl">De stappen duren samen 35 minuten' in part
    assert "Hier is niets aan te herstellen." not in part
    assert f'{here.rpartition("/")[2]}?regel=4#ed--minutes">' in aya.get(COURSE).text
    page = aya.get(here).text
    wrong_step = fields(page) | {"s1-minutes": "abc", "s1-title": ""}
    part = typing(aya, here, wrong_step | {"whole": "typing"})
    assert '<a href="#rij-s1">Stap 2</a>: <span lang="nl">Het aantal minuten is geen getal. Typ alleen' in part
    mend = aya.get(COURSE).text
    assert re.search(r'#rij-s1">[^<]*, stap 2</a>: <span lang="nl">Het aantal minuten is geen getal', mend)
    assert re.search(r'#rij-s1">[^<]*, stap 2</a>: <span lang="nl">De titel is leeg', mend)
    page = aya.get(here).text
    kept = text_of(site, path)
    many = fields(page) | {f"s{n}-title": f"Stap {n}" for n in range(101)}
    part = typing(aya, here, many | {"whole": "typing"})
    assert "In een draaiboek passen van elke soort 40 rijen." in part
    shown = aya.post(here, many, status=422).text
    assert 'value="Stap 100"' in shown
    assert 'href="#f-s40-minutes"' in shown
    assert text_of(site, path) == kept
    broken = fields(page) | {"rows": "", "rest": "steps: geen lijst"}
    aya.post(here, broken)
    assert 'name="rest"' in aya.get(here).text  # as text, to be mended
    aya.post(here, fields(aya.get(here).text) | {"s0-title": "x" * 10, "s0-anders": "x"}, status=422)


def test_the_guide_is_whole_in_both_languages(site: Site, aya: Visitor) -> None:
    """What is written in one has its place in the other; keys and names of blocks are the same."""
    pages = []
    for locale in ("nl", "en"):
        with site.parts.database.writing() as db:
            db.execute(update(Person).values(locale=locale))
        page = aya.get("/beheer/cursus-schrijven").text
        guide = page[page.index('<article class="sheet guide"') : page.index("</article>")]
        assert f'<article class="sheet guide" lang="{locale}">' in guide
        samples = re.findall(r"<pre><code>(.*?)</code></pre>", guide, re.DOTALL)
        keys = [
            re.findall(r"^ *(?:- )?([a-z_]+):|^::: ([a-z-]+)|^([a-z]+\.yaml)", one, re.MULTILINE) for one in samples
        ]
        pages.append((guide.count("<h2>"), guide.count("<h3>"), guide.count("<li>"), keys))
    assert pages[0] == pages[1]
