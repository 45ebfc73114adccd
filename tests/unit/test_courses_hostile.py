"""Courses that somebody sends to do harm, or that carry more than they seem to."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
from PIL import Image

from app.courses.differing import _words
from app.courses.drafts.rules import Numbered, is_path, swapped, title_in
from app.courses.files.document import LONGEST, read_yaml
from app.courses.files.folder import File, Folder, holds_more, read_media
from app.courses.files.heads import split, with_facts, with_rest
from app.courses.files.markdown import render
from app.courses.files.models import CourseFile, MediaContent
from app.courses.files.problems import MOST_OF_A_FILE, Problems
from app.courses.files.reader import read_files
from app.courses.files.writing import PARTS_MOST, Library
from app.courses.handbook_parts import paragraphs
from tests.unit.test_kit_media import film

SHORT: Final = Path(__file__).parents[1] / "courses" / "kort"
TEMPLATES: Final = Path(__file__).parents[2] / "templates"
PAGES: Final = [sorted((TEMPLATES / area).glob("*.html")) for area in ("lessons", "handbook", "layouts", "ui")]
ID: Final = re.compile(r'\bid="([a-z][a-z0-9-]*)"')
MUCH: Final = 100_000
"""Signs. What takes a time that grows with the square of it would take minutes or hours here."""


def files(**more: bytes) -> dict[str, File]:
    there = {path.relative_to(SHORT).as_posix(): path.read_bytes() for path in SHORT.rglob("*") if path.is_file()}
    return {path: File.of(content) for path, content in (there | more).items()}


def told(found: Problems) -> list[str]:
    return [str(problem) for problem in found.in_order()]


def picture(**extra: object) -> bytes:
    into = BytesIO()
    Image.new("RGB", (8, 8), "navy").save(into, "WEBP", **extra)
    return into.getvalue()


@pytest.mark.parametrize(
    "text",
    ["a\n\n" * MUCH, "<b>\n\n" * MUCH, "## x\n" * MUCH, ":::" + " " * MUCH + "x", "::: kern x" + " " * MUCH + "y"],
    ids=["paragraphs", "tags", "headings", "an opening", "a title"],
)
def test_a_long_text_takes_a_time_that_grows_with_its_length(text: str) -> None:
    problems = Problems()
    render(text[:MUCH], file="les.md", first_line=0, problems=problems)
    assert len(problems.found) <= MOST_OF_A_FILE


def test_spaces_without_end_in_a_head_and_in_what_is_compared() -> None:
    gap = " " * (MUCH // 3)
    assert title_in(f"title: a{gap}b") == "a b"
    assert title_in('title: "Een titel"  # een opmerking\nintro: x') == "Een titel"
    assert title_in("title: C# voor je werk") == "C# voor je werk"
    assert _words(f"a{gap}b") == ["a", f"{gap}b"]
    assert "".join(_words("  een  twee\n")) == "  een  twee\n"


@pytest.mark.parametrize(
    "text, title",
    [
        ('title: "Een \\"aanhaling\\" \\\\ einde"\n', 'Een "aanhaling" \\ einde'),
        ('title: "Les: één #2"\n', "Les: één #2"),
        ("title: 'Les: ''één'' #2'  # x\n", "Les: 'één' #2"),
        ('---\ntitle: >\n  Een\n  "twee" -\nminutes: 3\n---\nbody\n', 'Een "twee" -'),
        ("---\nintro: x\n---\ntitle: van de tekst\n", ""),
        ('{slug: a, title: "T: x"}', "T: x"),
        ('title: "stuk\n', "stuk"),
        ("title: ''\n", ""),
        ("title: " + "a: " * 100_000, ("a: " * 67)[:200]),
    ],
)
def test_a_title_is_read_as_yaml_reads_it(text: str, title: str) -> None:
    assert title_in(text) == title


def test_what_nobody_would_write_is_refused_at_once() -> None:
    problems = Problems()
    document = read_yaml("".join(f"k{n}: x\n" for n in range(5_000)), "course.yaml", problems)
    assert document is not None
    assert document.into(CourseFile, problems) is None
    assert len(problems.found) == MOST_OF_A_FILE
    assert read_yaml("x: " + "a" * LONGEST, "rubric.yaml", problems) is None
    render("::: kern x\ny\n:::\n" * (PARTS_MOST + 1), file="les.md", first_line=0, problems=problems)
    assert any("Deze tekst heeft te veel blokken." in one for one in told(problems))


def test_a_picture_holds_only_itself() -> None:
    plain = picture()
    exif = Image.Exif()
    exif[270] = "Noor de Vries, Kerkstraat 4"
    assert not holds_more(plain)
    assert not holds_more(picture(lossless=True))
    for more in (picture(exif=exif.tobytes()), picture(xmp=b"<x/>"), plain + b"<script>"):
        assert holds_more(more)
        _, problems = read_files(files(**{"images/plaat.webp": more}))
        assert [str(problem).partition(": ")[0] for problem in problems] == ["images/plaat.webp:1:1"]


def test_where_a_film_was_made_stays_out_of_the_edition() -> None:
    content = film()
    known = read_media("weg.mp4", File.of(content))
    assert known is not None
    assert len(known.read()) == len(content)
    assert known.read() != content
    again = read_media("weg.mp4", File.of(known.read()))
    assert again is not None
    assert again.sha256 == known.sha256  # so that export and import give the same


@pytest.mark.parametrize(
    "path", ["modules/../../etc/cron.d/01-a.md", "modules/01-naïef/01-les.md", "a\n/b.md", "/a.md"]
)
def test_a_path_that_leads_elsewhere_is_none(path: str) -> None:
    assert not is_path(path)


def test_numbers_are_digits_and_names_fit_in_an_address() -> None:
    there = files(**{f"modules/01-veilig-beginnen/{name}.md": b"x" for name in ("٠٩-les", f"09-{'a' * 90}")})
    _, problems = read_files(there)
    assert sum("Deze naam kennen we hier niet" in str(problem) for problem in problems) == 2
    assert Numbered.of("modules/01-a/٠٩-les.md").number == 0


def test_the_hundredth_comes_after_the_ninety_ninth() -> None:
    paths = [f"modules/01-a/{number:02d}-les.md" for number in (99, 100, 101)]
    folder = Folder({path: File.of(b"x") for path in paths}, Problems())
    assert [one.number for one in folder.numbered("modules/01-a", ".md")] == [99, 100, 101]
    assert swapped(paths, paths[2], up=True) == {
        paths[0]: "modules/01-a/01-les.md",
        paths[2]: "modules/01-a/02-les.md",
        paths[1]: "modules/01-a/03-les.md",
    }


def test_headings_take_no_id_that_the_page_has() -> None:
    found = render("## Stap 1\n\n## Klaar\n\n## Draaiboek", file="s.md", first_line=0, problems=Problems())
    assert [id_ for id_, _ in found.headings] == ["kop-stap-1", "klaar-2", "draaiboek-2"]
    there = {id_ for path in PAGES for folder in path for id_ in ID.findall(folder.read_text())}
    assert len(there) > 10
    found = render("\n".join(f"## {id_}" for id_ in there), file="s.md", first_line=0, problems=Problems())
    assert not there & {id_ for id_, _ in found.headings}


def test_a_block_of_code_hides_no_paragraph() -> None:
    assert paragraphs('<pre><code>code</code></pre>\n<p id="p-1">Nieuw.</p>') == (("p-1", "Nieuw."),)


def test_captions_are_captions_and_names_of_blocks_have_an_end() -> None:
    library = Library(
        {},
        {
            name: MediaContent(bytes, "", 7, kind)
            for name, kind in (("a.mp4", "video/mp4"), ("b.pdf", "application/pdf"))
        },
    )
    problems = Problems()
    render(
        f"::: video a.mp4\ntitle: x\ncaptions: b.pdf\ntranscript: y\n:::\n\n::: reflectie {'a' * 150} Denk\nx\n:::",
        file="les.md",
        first_line=0,
        problems=problems,
        library=library,
    )
    assert [line.partition("1: ")[2].partition(".")[0] for line in told(problems)] == [
        "‘b",
        "Dit blok heeft geen naam",
    ]


def test_a_rule_in_the_head_loses_no_words() -> None:
    before = split("---\ntitle: a\nsteps: []\n---\nDe tekst.\n")
    assert before is not None
    assert with_rest(before, frozenset({"title"}), "steps: []\n---\nWat hier staat.") is None
    assert with_facts(before, {"title": "b"}) is not None
