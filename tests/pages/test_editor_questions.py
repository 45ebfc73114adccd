"""The form of a question: from the list to the file and back, what is not right, and two authors at once."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest
from sqlalchemy import update

from app.courses.commands import publish_folder
from app.courses.drafts.tables import DraftFile
from app.courses.files.check_text import HalfQuestion, read_check
from tests.page import SAME_ORIGIN, Site, Visitor, check_html
from tests.pages.test_editor import author, file_of, text_of
from tests.unit.test_courses_check_text import VRAGEN

CHECK: Final = "modules/01-vragen/toets.yaml"
COURSE: Final = "/beheer/opleidingen/vragen"


@pytest.fixture
def aya(site: Site) -> Visitor:
    """An author, and the course with every kind of question as a draft."""
    with site.parts.database.writing() as db:
        publish_folder(db, VRAGEN, storage=site.parts.storage, now=site.parts.clock.now())
    visitor = author(site)
    visitor.post(f"{COURSE}/concept")
    return visitor


@pytest.fixture
def here(site: Site, aya: Visitor) -> str:
    return f"{COURSE}/bestand/{file_of(site, CHECK).id}"


def fields(page: str) -> dict[str, Any]:
    """What a browser would send of the form of the question."""
    from html import unescape

    form = page[page.index("data-guard") :]
    form = form[: form.index("</form>")]
    found: dict[str, Any] = {}
    for tag, inside in re.findall(r"<(input|textarea)\b([^>]*)>", form):
        name = re.findall(r' name="([^"]*)"', inside)
        if tag == "input" and name and (not re.search("checkbox|radio", inside) or " checked" in inside):
            found[name[0]] = unescape("".join(re.findall(r' value="([^"]*)"', inside)))
    texts = re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL)
    return found | {name: unescape(text) for name, text in texts}


def question(site: Site, id_: str) -> HalfQuestion:
    sheet = read_check(text_of(site, CHECK))
    assert sheet is not None
    place = sheet.place_of(id_)
    assert place is not None
    return sheet.cuts[place].question


def test_saved_as_it_stood_nothing_changes(site: Site, aya: Visitor, here: str) -> None:
    before = text_of(site, CHECK)
    assert f'{here}/vragen"' in aya.get(COURSE).text
    listed = aya.get(f"{here}/vragen").text
    for id_ in re.findall(r'<li class="course-item question" id="([^"]+)"', listed):
        page = aya.get(f"{here}/vraag/{id_}").text
        aya.post(f"{here}/vraag/{id_}", fields(page))
    aya.post(f"{here}/vragen", fields(listed))
    assert text_of(site, CHECK) == before


def test_a_question_is_written_added_and_kept(site: Site, aya: Visitor, here: str) -> None:
    """Without script each button sends the form and gives back everything that was typed."""
    page = aya.get(f"{here}/vraag?soort=one").text
    typed = fields(page) | {
        "text": "Wat doe je {{7*7}} <b>eerst</b>?",
        "o0-text": "Zwaaien",
        "o1-text": "Koffie",
        "o1-right": "on",
    }
    page = aya.post(f"{here}/vraag", typed | {"do": "up-o1"}, status=200).text
    moved = fields(page)
    assert (moved["o0-text"], moved["o0-right"], moved["o1-text"]) == ("Koffie", "on", "Zwaaien")
    assert "o1-right" not in moved
    page = aya.post(f"{here}/vraag", moved | {"do": "add-o"}, status=200).text
    assert "&lt;b&gt;eerst" in page
    assert "o3-text" in fields(page)
    page = aya.post(f"{here}/vraag", fields(page) | {"do": "drop-o2"}, status=200).text
    sent = fields(page) | {"o2-text": "Zitten", "o2-feedback": "Dat kan later.", "pool": "Één Begin", "critical": ""}
    done = aya.post(f"{here}/vraag", sent)
    again = aya.post(f"{here}/vraag", sent)  # sent twice counts once
    assert (
        again.headers["location"]
        == done.headers["location"]
        == f"{here}/vragen?klaar={sent['form_key']}#v-wat-doe-je-7-7-b-eerst-b"
    )
    made = question(site, "v-wat-doe-je-7-7-b-eerst-b")
    assert [(one.text, one.right, one.feedback) for one in made.options] == [
        ("Koffie", True, ""),
        ("Zwaaien", False, ""),
        ("Zitten", False, "Dat kan later."),
    ]
    assert (made.type, made.pool, made.critical) == ("one", "een-begin", False)
    listed = aya.follow(done).text
    assert "Er is nog maar 1 vraag in deze pool." in listed
    assert "Pool ‘een-begin’ is te klein" in listed
    page = aya.get(f"{here}/vraag/{made.id}").text
    aya.post(
        f"{here}/vraag/{made.id}", fields(page) | {"kind": "several", "o2-right": "on", "pool": "", "text": "Wat past?"}
    )
    changed = question(site, made.id)  # its name stays: statistics and begun attempts hang on it
    assert (changed.type, changed.text, changed.pool, changed.options[2].right) == ("several", "Wat past?", None, True)
    assert "draws: {beeld: 2}" in text_of(site, CHECK)


WRONG: Final = {
    "nee": ({"text": "", "o0-right": ""}, ["text", "Precies één antwoord is goed. Nu zijn het er 0."]),
    "groep": ({"o1-text": "Passen mag", "o2-feedback": "x" * 2001}, ["Dit staat er al.", "Er passen 2000 tekens in."]),
    "paren": (
        {"p0-right": "", "p1-left": "a\u202eb", "x0-text": "x" * 201},
        ["Rechts, paar 1: ", "Links, paar 2: In deze tekst staat een teken", "Hoort nergens bij 1: "],
    ),
    "volgorde": ({"i0-text": "", "i1-text": ""}, ["Plek 1: Het moeten er minstens 3 zijn."]),
    "eigen": ({"good": ""}, ["Wat zit in een goed antwoord: Dit vakje is nog leeg."]),
    "beeld-a": ({"critical": "on"}, ["Pool: Een vraag die goed moet zijn, komt altijd."]),
}


def test_what_is_not_right_comes_back_at_its_field(site: Site, aya: Visitor, here: str) -> None:
    before = text_of(site, CHECK)
    for id_, (given, told) in WRONG.items():
        typed = fields(aya.get(f"{here}/vraag/{id_}").text) | given | {"explanation": "Getypt & bewaard"}
        sent = {name: value for name, value in typed.items() if value or not re.fullmatch(r"o\d-right", name)}
        page = aya.post(f"{here}/vraag/{id_}", sent, status=422).text
        for words in told:
            assert words in page
        assert fields(page)["explanation"] == "Getypt & bewaard"
    assert text_of(site, CHECK) == before


def test_what_stands_above_the_questions(site: Site, aya: Visitor, here: str) -> None:
    sent = fields(aya.get(f"{here}/vragen").text)
    for wrong in ({"title": ""}, {"minutes": "tien"}, {"draw-beeld": "3"}, {"draw-beeld": "0"}):
        page = aya.post(f"{here}/vragen", sent | wrong | {"intro": "Nieuw"}, status=422).text
        assert fields(page)["intro"] == "Nieuw"
    aya.post(f"{here}/vragen", sent | {"title": "Van alles", "draw-beeld": "1", "intro": ""})
    text = text_of(site, CHECK)
    assert text.startswith("slug: alle-soorten\ntitle: Van alles\nminutes: 6\ndraws: {beeld: 1}\nquestions:\n")
    page = aya.post(f"{here}/vragen", sent | {"title": "Anders"}, status=422).text  # as it was before
    assert "Zo staat het er nu" in page
    aya.post(f"{here}/vragen", fields(page))
    assert "title: Anders\n" in text_of(site, CHECK)


def test_two_authors_at_one_question_and_at_two(site: Site, aya: Visitor, here: str) -> None:
    wim = author(site, "Wim Alders")
    first, second = (fields(one.get(f"{here}/vraag/nee").text) for one in (aya, wim))
    other = fields(wim.get(f"{here}/vraag/groep").text)
    aya.post(f"{here}/vraag/nee", first | {"text": "Aya **vraagt** iets."})
    assert "Aya vraagt iets." in aya.get(f"{here}/vragen").text
    wim.post(f"{here}/vraag/groep", other | {"text": "Een andere vraag hindert niet."})
    page = wim.post(f"{here}/vraag/nee", second | {"text": "Wim vraagt iets."}, status=422).text
    assert re.search(r"<del>.*?Aya.*?</del>", page)
    assert re.search(r"<ins>.*?Wim.*?</ins>", page)
    assert re.search(r'id="stand"[^>]*>.*?Nog niet bewaard', page)
    assert question(site, "nee").text == "Aya **vraagt** iets."
    wim.post(f"{here}/vraag/nee", fields(page))
    assert question(site, "nee").text == "Wim vraagt iets."
    wim.post(
        f"{here}/vraag/nee", first | {"form_person": second["form_person"], "text": "Wim vraagt iets."}
    )  # the very same words are no quarrel
    gone = fields(wim.get(f"{here}/vraag/eigen").text)
    assert "Haal je deze vraag weg?" in aya.get(f"{here}/vraag/eigen/weg").text
    aya.post(f"{here}/vraag/eigen/weg")
    wim.get(f"{here}/vraag/eigen", status=404)
    page = wim.post(f"{here}/vraag/eigen", gone, status=422).text
    assert "Iemand heeft deze vraag intussen weggehaald." in page
    wim.post(f"{here}/vraag/eigen", fields(page))
    assert question(site, "eigen").text == gone["text"]


def test_questions_move_and_go(site: Site, aya: Visitor, here: str) -> None:
    aya.post(f"{here}/vragen/nee/plek", {"do": "down"})
    assert text_of(site, CHECK).index("id: groep") < text_of(site, CHECK).index("id: nee")
    for id_ in ("beeld-a", "beeld-b", "beeld-c", "groep", "paren", "volgorde", "eigen"):
        aya.post(f"{here}/vraag/{id_}/weg")
    assert "draws" not in text_of(site, CHECK)  # of a pool without questions
    assert "Een toets heeft minstens één vraag." in aya.post(f"{here}/vraag/nee/weg", status=422).text
    aya.get(f"{here}/vraag/groep", status=404)
    aya.post(f"{here}/vragen/groep/plek", status=404)
    aya.get(f"{here}/vraag?soort=raadsel", status=404)
    lesson = file_of(site, "modules/01-vragen/01-lezen.md").id if "01-lezen" in aya.get(COURSE).text else 1
    aya.get(f"{COURSE}/bestand/{lesson}/vragen", status=404)


def test_while_somebody_types_the_question_is_shown(aya: Visitor, here: str) -> None:
    headers = SAME_ORIGIN | {"hx-request": "true", "hx-request-type": "partial"}
    for id_, words in (
        ("paren", "Kies bij elke regel wat erbij hoort."),
        ("volgorde", "Ze staan door elkaar."),
        ("eigen", "Je coach leest dit."),
    ):
        typed = fields(aya.get(f"{here}/vraag/{id_}").text) | {"text": "Half getypt", "do": "look"}
        answer = aya.client.post(f"{here}/vraag/{id_}", data=typed, headers=headers)
        check_html(answer.text, whole=False)
        assert answer.status_code == 200
        assert "Half getypt" in answer.text
        assert words in answer.text
        assert "<form" not in answer.text
    answer = aya.client.post(f"{here}/vraag", data={"kind": "match", "do": "look", "p0-left": "a"}, headers=headers)
    assert "Vul de vraag in met wat erbij hoort." in answer.text


def test_what_cannot_be_shown_is_a_text(site: Site, aya: Visitor, here: str) -> None:
    with site.parts.database.writing() as db:
        db.execute(update(DraftFile).where(DraftFile.path == CHECK).values(text="slug: x\nquestions: [\n"))
    for path in ("/vragen?regel=2", "/vraag/nee", "/vraag"):
        answer = aya.get(f"{here}{path}", status=303)
        assert answer.headers["location"] == here + ("?regel=2" if "regel" in path else "")
        assert "Herstel eerst wat hieronder staat." in aya.follow(answer).text
    aya.post(f"{here}/vraag/nee", {"text": "x"})
    assert text_of(site, CHECK) == "slug: x\nquestions: [\n"


def test_a_module_gets_a_check_by_pressing_a_button(site: Site, aya: Visitor) -> None:
    """It leads to the form of its first question, and nothing is published as long as that is empty."""
    old = file_of(site, CHECK).id
    assert "Voeg een toets toe" not in aya.get(COURSE).text
    aya.post(f"{COURSE}/bestand/{old}/weg")
    assert "Voeg een toets toe" in aya.get(COURSE).text
    done = aya.post(f"{COURSE}/toets", {"module": "vragen"})
    page = aya.follow(done).text
    assert "De toets staat erbij. Schrijf hier de eerste vraag." in page
    here = f"{COURSE}/bestand/{file_of(site, CHECK).id}"
    assert done.headers["location"] == f"{here}/vraag/v-eerste-vraag"
    assert "Eerst herstellen" in aya.get(COURSE).text
    answers = {"o0-text": "Koffie", "o1-text": "Thee", "o2-text": "Water", "text": "Wat neem je mee?"}
    aya.post(f"{here}/vraag/v-eerste-vraag", fields(page) | answers)
    assert "Eerst herstellen" not in aya.get(COURSE).text
    made = question(site, "v-eerste-vraag")
    assert [(one.text, one.right) for one in made.options] == [("Koffie", True), ("Thee", False), ("Water", False)]
    again = aya.post(f"{COURSE}/toets", {"module": "vragen"})
    assert again.headers["location"] == f"{here}/vragen"
    assert "Deze module heeft al een toets." in aya.follow(again).text
    aya.post(f"{COURSE}/toets", {"module": ""}, status=409)


def test_what_a_device_kept_is_drawn_as_it_was_typed(site: Site, aya: Visitor, here: str) -> None:
    """With all its rows; unless it arrived after all, and with what stands there now when somebody else was faster."""
    page = aya.get(f"{here}/vraag/groep").text
    assert 'data-keep-again="' in page
    typed = fields(page) | {"text": "Wat nu?", "o7-text": "Een rij erbij", "o7-right": "on"}
    before = text_of(site, CHECK)
    again = aya.post(f"{here}/vraag/groep", typed | {"do": "again"}, status=200).text
    assert "Een rij erbij" in again
    assert " data-kept " not in again
    assert text_of(site, CHECK) == before
    done = aya.follow(aya.post(f"{here}/vraag/groep", typed)).text
    assert f'data-kept-key="{typed["form_key"]}"' in done
    arrived = aya.post(f"{here}/vraag/groep", typed | {"do": "again", "sent": "on"}, status=200).text
    assert " data-kept " in arrived
    assert fields(arrived)["seen"] != typed["seen"]
    stale = aya.post(f"{here}/vraag/groep", typed | {"text": "Wat dan?", "do": "again"}, status=200).text
    assert fields(stale)["seen"] == typed["seen"]
    aya.post(f"{here}/vraag/groep", fields(stale), status=422)
    new = fields(aya.get(f"{here}/vraag?soort=open").text) | {"text": "Hoe?", "good": "Zo."}
    aya.post(f"{here}/vraag", new)
    here_new = aya.post(f"{here}/vraag", new | {"do": "again", "sent": "on"}, status=200).text
    assert (" data-kept " in here_new, fields(here_new)["text"]) == (True, "")
    assert "data-kept-key" not in aya.get(f"{here}/vragen?klaar=%22%3E").text
