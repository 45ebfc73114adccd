"""The checker of course folders: what an author reads when something is wrong, and where."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from app.courses.commands import check
from app.courses.files.models import PolicyFile
from app.courses.files.reader import read_course
from app.courses.rules import Policy

ROOT: Final = Path(__file__).parents[2]
SHORT: Final = ROOT / "tests" / "courses" / "kort"
WHOLE: Final = ROOT / "courses" / "mijn-verhaal"
SECOND: Final = ROOT / "courses" / "het-verhaal-van"
LESSON: Final = "modules/01-veilig-beginnen/01-een-afspraak.md"
QUIZ: Final = "modules/01-veilig-beginnen/toets.yaml"
ASSIGNMENT: Final = "assignments/01-een-bijeenkomst.yaml"
SESSION: Final = "handbook/01-eerste-keer.md"


FILM: Final = "::: video weg.mp4\ntitle: x\ntranscript: y\n:::"
OPEN: Final = "::: vraag v-1\ntype: open\ntext: Wat?\ngood: Iets.\n:::"
TWICE: Final = "::: vraag v-1\ntype: one\ntext: x\noptions: [{text: a, right: true}, {text: b, right: true}]\n:::"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of the tiny course to spoil."""
    folder = tmp_path / "kort"
    shutil.copytree(SHORT, folder)
    return folder


@pytest.mark.parametrize("folder", [SHORT, WHOLE, SECOND], ids=lambda folder: folder.name)
def test_the_courses_of_the_project_are_right(folder: Path) -> None:
    content, problems = read_course(folder)
    assert [str(problem) for problem in problems] == []
    assert content is not None
    assert content.head.slug == folder.name


def test_the_whole_course_is_read(course: Path) -> None:
    content, _ = read_course(course)
    assert content is not None
    assert [lesson.slug for lesson in content.modules[0].lessons] == ["een-afspraak", "samen-iets-maken"]
    assert content.modules[0].quiz is not None
    assert [question.id for question in content.modules[0].quiz.questions] == ["k1", "k2"]
    assert content.policy.enrolment_max_days == 180
    assert "<li>" in content.assignments[0].what.html
    assert content.sessions[0].head.minutes == 30


def test_a_policy_file_knows_every_number_of_the_policy() -> None:
    assert set(PolicyFile.model_fields) == set(Policy().as_facts())


@dataclass(frozen=True)
class Broken:
    """One way to spoil a course: in `file`, `old` becomes `new`; then `place` is told with `words`."""

    name: str
    file: str
    old: str
    new: str
    place: str
    words: str


BROKEN: Final = (
    Broken("a tab", "course.yaml", "language: nl", "language:\tnl\n\tx: 1", "course.yaml:5:10", "tab"),
    Broken("twice", "course.yaml", "language: nl", "language: nl\nlanguage: en", "course.yaml:6:1", "twee keer"),
    Broken("an anchor", "course.yaml", "title: Kort traject", "title: &a Kort", "course.yaml:2:8", "beginnen met &"),
    Broken("an alias", "course.yaml", "title: Kort traject", "title: *a", "course.yaml:2:8", "beginnen met *"),
    Broken(
        "a tag",
        "course.yaml",
        "title: Kort traject",
        "title: !!python/object:os.system x",
        "course.yaml:2:8",
        "beginnen met !",
    ),
    Broken("an open quote", "course.yaml", "language: nl", 'language: "nl', "course.yaml:20:1", "aanhalingsteken"),
    Broken("a colon", "course.yaml", "title: Kort traject", "title: Kort: traject", "course.yaml:2:12", "dubbele punt"),
    Broken("an unknown key", "course.yaml", "language: nl", "langauge: nl", "course.yaml:5:1", "‘langauge’ kennen we"),
    Broken("a missing key", "course.yaml", "language: nl\n", "", "course.yaml:1:1", "ontbreekt ‘language’"),
    Broken("a wrong type", "course.yaml", "sample: true", 'sample: "ja"', "course.yaml:6:1", "true of false"),
    Broken("a date", "course.yaml", "title: Kort traject", "title: 2026-01-01", "course.yaml:2:1", "tekst zijn"),
    Broken("a strange slug", "course.yaml", "slug: kort", "slug: ../kort", "course.yaml:1:1", "een naam die niet mag"),
    Broken("a way out", "course.yaml", "image: null", "image: ../../rubric.webp", "course.yaml:19:5", "niet mag"),
    Broken(
        "no such image", "course.yaml", "image: null", "image: weg.webp", "course.yaml:19:5", "‘weg.webp’ staat niet"
    ),
    Broken(
        "no such element",
        "course.yaml",
        "core_element: veilig-samen",
        "core_element: weg",
        "course.yaml:16:5",
        "Kernelement ‘weg’ bestaat niet",
    ),
    Broken("no such motif", "course.yaml", "motif: hand", "motif: hond", "course.yaml:10:109", "niet kennen"),
    Broken("not open", "course.yaml", "available: true", "available: false", "course.yaml:12:1", "geen module open"),
    Broken("no text", "policy.yaml", 'version: "1"', "version: 1", "policy.yaml:1:1", "tekst zijn"),
    Broken(
        "too much asked",
        "policy.yaml",
        "intervisions_min: 1",
        "intervisions_min: 9",
        "policy.yaml:1:1",
        "meer intervisies",
    ),
    Broken("a percentage", "policy.yaml", "pass_mark_pct: 70", "pass_mark_pct: 170", "policy.yaml:2:1", "te hoog"),
    Broken("three levels", "rubric.yaml", "Op weg, ", "", "rubric.yaml:2:1", "te weinig onderdelen"),
    Broken(
        "a criterion twice", "rubric.yaml", "code: VS1", "code: SM1", "rubric.yaml:13:5", "Criterium ‘SM1’ is er al"
    ),
    Broken("no head", LESSON, "---\ntitle", "title", f"{LESSON}:1:1", "begint niet met een kop"),
    Broken("no image", LESSON, "required: true", "required: true\nimage_alt: x", f"{LESSON}:2:1", "maar geen beeld"),
    Broken("no alt", LESSON, "required: true", "required: true\nimage: x.webp", f"{LESSON}:2:1", "wat erop te zien is"),
    Broken("no minutes", LESSON, "minutes: 3", "minutes: 0", f"{LESSON}:3:1", "te laag"),
    Broken("an open block", LESSON, "overslaan, durft", "\n::: denk X\n", f"{LESSON}:18:1", "‘kern’ is niet gesloten"),
    Broken("an unknown block", LESSON, "::: kern", "::: kers", f"{LESSON}:18:1", "‘kers’ kennen we niet"),
    Broken("a block without title", LESSON, "::: denk Jouw zin", "::: denk", f"{LESSON}:26:1", "geen titel"),
    Broken("a loose end", LESSON, "## Zo doe je het", ":::", f"{LESSON}:10:1", "sluit een blok"),
    Broken("no steps", LESSON, "1. **Vraag.**", "Vraag", f"{LESSON}:12:1", "één genummerde lijst"),
    Broken("a step without head", LESSON, "**Kies.** ", "", f"{LESSON}:14:1", "geen kop"),
    Broken("a first heading", LESSON, "## Zo doe je het", "# Zo doe je het", f"{LESSON}:10:1", "kop mag hier niet"),
    Broken("a picture", LESSON, "## Zo doe je het", "![x](y.webp)", f"{LESSON}:10:1", "beeld krijgt een eigen blok"),
    Broken(
        "a block alone", LESSON, "## Zo doe je het", "::: beeld weg.webp\nalt: x\n:::", f"{LESSON}:10:1", "‘weg.webp’"
    ),
    Broken(
        "no words", LESSON, "## Zo doe je het", "::: beeld weg.webp\ncaption: x\n:::", f"{LESSON}:11:1", "niet wat erop"
    ),
    Broken(
        "an odd key", LESSON, "## Zo doe je het", "::: beeld weg.webp\nalt: x\nal: y\n:::", f"{LESSON}:12:1", "‘al’"
    ),
    Broken("no captions", LESSON, "## Zo doe je het", FILM, f"{LESSON}:11:1", "geen ondertitels"),
    Broken("no name", LESSON, "## Zo doe je het", "::: reflectie Hoe?\nx\n:::", f"{LESSON}:10:1", "geen naam"),
    Broken("a kind for checks", LESSON, "## Zo doe je het", OPEN, f"{LESSON}:10:1", "kan alleen in een toets"),
    Broken("no question", LESSON, "## Zo doe je het", "::: vraag v-1\n:::", f"{LESSON}:10:1", "staat nog niets"),
    Broken("twice right", LESSON, "## Zo doe je het", TWICE, f"{LESSON}:11:1", "2 goede antwoorden"),
    Broken(
        "needs nothing",
        LESSON,
        "minutes: 3",
        "minutes: 3\nrequired_blocks: [weg]",
        f"{LESSON}:4:19",
        "‘weg’ staat niet",
    ),
    Broken(
        "later first",
        "course.yaml",
        "    safety: true",
        "    safety: true\n    after: [weg]",
        "course.yaml:19:13",
        "eerdere module",
    ),
    Broken(
        "no day",
        "course.yaml",
        "    safety: true",
        "    safety: true\n    opens_on: maandag",
        "course.yaml:19:5",
        "een datum",
    ),
    Broken("a script", LESSON, "## Zo doe je het", "<script>x</script>", f"{LESSON}:10:1", "is HTML"),
    Broken("a link astray", LESSON, "## Zo doe je het", "[x](//weg.example)", f"{LESSON}:10:1", "link kan niet"),
    Broken("no right answer", QUIZ, "right: true", "right: false", f"{QUIZ}:6:5", "0 goede antwoorden"),
    Broken("a question twice", QUIZ, "id: k2", "id: k1", f"{QUIZ}:21:5", "Vraag ‘k1’ is er al"),
    Broken("one option", QUIZ, "type: one", "type: true_false", f"{QUIZ}:6:5", "heeft twee antwoorden"),
    Broken(
        "no such criterion",
        ASSIGNMENT,
        "criteria: [SM1, VS1]",
        "criteria: [SM1, XX1]",
        f"{ASSIGNMENT}:11:17",
        "‘XX1’ bestaat",
    ),
    Broken(
        "critical elsewhere", ASSIGNMENT, "critical: [VS1]", "critical: [VS2]", f"{ASSIGNMENT}:12:12", "‘VS2’ bestaat"
    ),
    Broken(
        "no such check", ASSIGNMENT, "[afspraak-genoemd,", "[afspraak,", f"{ASSIGNMENT}:13:13", "‘afspraak’ bestaat"
    ),
    Broken("nothing counts", ASSIGNMENT, "decides: true", "decides: false", f"{ASSIGNMENT}:5:1", "telt mee"),
    Broken("a visit alone", ASSIGNMENT, "needs_group: true", "needs_group: false", f"{ASSIGNMENT}:8:1", "om een groep"),
    Broken("minutes", SESSION, "minutes: 30", "minutes: 45", f"{SESSION}:4:1", "samen 30 minuten, en hier staat 45"),
)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_a_spoilt_file_is_told_with_its_place(course: Path, broken: Broken) -> None:
    file = course / broken.file
    text = file.read_text(encoding="utf-8")
    assert broken.old in text
    file.write_text(text.replace(broken.old, broken.new, 1), encoding="utf-8")
    content, problems = read_course(course)
    assert content is None
    told = [str(problem) for problem in problems]
    assert any(line.startswith(f"{broken.place}: ") and broken.words in line for line in told), told
    assert all(problem.hint for problem in problems)


def test_nothing_waits_for_a_module_that_only_follows(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(ROOT / "tests" / "courses" / "lezen", tmp_path / "lezen"))
    file = folder / "course.yaml"
    file.write_text(file.read_text().replace("available: true", "available: false", 1))
    assert [str(problem).partition(". ")[0] for problem in check(folder)] == [
        "course.yaml:19:5: De praktijk wacht op module ‘Veilig beginnen’, en die is nog niet open",
        "course.yaml:28:13: Module ‘Verder lezen’ gaat open na een module die nog niet open is",
    ]


@pytest.mark.parametrize("file", [SESSION, LESSON])
def test_what_a_page_of_text_cannot_show_is_told(course: Path, file: str) -> None:
    text = (course / file).read_text(encoding="utf-8")
    (course / file).write_text(f"{text}\n::: reflectie mijn-blik Wat zag je?\nKijk terug.\n:::\n", encoding="utf-8")
    told = [problem.sentence for problem in check(course)]
    assert told == (["Dit blok kan alleen in een les."] if file == SESSION else [])


def _without_policy(folder: Path) -> None:
    (folder / "policy.yaml").unlink()


def _large(folder: Path) -> None:
    (folder / "rubric.yaml").write_text("x: " + "a" * 1_000_001, encoding="utf-8")


def _latin(folder: Path) -> None:
    (folder / LESSON).write_bytes("---\ntitle: één\n".encode("latin-1"))


def _null(folder: Path) -> None:
    (folder / LESSON).write_text("---\ntitle: a\0b\n---\n", encoding="utf-8")


def _deep(folder: Path) -> None:
    (folder / "rubric.yaml").write_text("x: " + "[" * 5_000, encoding="utf-8")


def _link(folder: Path) -> None:
    (folder / "images").mkdir()
    (folder / "images" / "weg.webp").symlink_to("/etc/hostname")


def _no_picture(folder: Path) -> None:
    (folder / "images").mkdir()
    (folder / "images" / "plaat.webp").write_bytes(b"<svg onload=alert(1)>")


def _strange_picture(folder: Path) -> None:
    (folder / "images").mkdir()
    (folder / "images" / "Mijn plaat.PNG").write_bytes(b"x")


def _unnumbered(folder: Path) -> None:
    (folder / LESSON).rename((folder / LESSON).with_name("een-afspraak.md"))


def _same_number(folder: Path) -> None:
    (folder / LESSON).rename((folder / LESSON).with_name("02-een-afspraak.md"))


def _unlisted(folder: Path) -> None:
    (folder / "modules" / "01-veilig-beginnen").rename(folder / "modules" / "01-anders")


def _extra(folder: Path) -> None:
    (folder / "notities.txt").write_text("x", encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "file", "words"),
    [
        (_without_policy, "policy.yaml", "ontbreekt"),
        (_large, "rubric.yaml", "te groot"),
        (_latin, LESSON, "UTF-8"),
        (_null, LESSON, "stuurteken"),
        (_deep, "rubric.yaml", "te diep"),
        (_link, "images/weg.webp", "verwijzing"),
        (_no_picture, "images/plaat.webp", "geen beeld"),
        (_strange_picture, "images/Mijn plaat.PNG", "een naam die niet mag"),
        (_unnumbered, "modules/01-veilig-beginnen/een-afspraak.md", "Deze naam kennen we"),
        (_same_number, "modules/01-veilig-beginnen/02-samen-iets-maken.md", "Nummer 02"),
        (_unlisted, "course.yaml", "hoort een map"),
        (_unlisted, "modules/01-anders", "staan in geen module"),
        (_extra, "notities.txt", "hoort niet"),
    ],
)
def test_a_spoilt_folder_is_told(course: Path, spoil: Callable[[Path], None], file: str, words: str) -> None:
    spoil(course)
    told = [problem for problem in check(course) if problem.file == file]
    assert any(words in problem.sentence for problem in told), check(course)


def test_all_problems_come_at_once(course: Path) -> None:
    for file in (LESSON, SESSION, ASSIGNMENT):
        text = (course / file).read_text(encoding="utf-8")
        (course / file).write_text(text.replace("title:", "titel:", 1), encoding="utf-8")
    assert {problem.file for problem in check(course)} >= {LESSON, SESSION, ASSIGNMENT}


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    (problem,) = check(tmp_path / "weg")
    assert "bestaat niet" in problem.sentence
