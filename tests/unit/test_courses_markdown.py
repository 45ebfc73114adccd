"""Markdown of lessons: the classes of the design, ascii ids, and nothing that could run."""

from __future__ import annotations

import re
from typing import Final

import pytest

from app.courses.files.markdown import TAGS, render
from app.courses.files.models import ImageContent, MediaContent, Rendered
from app.courses.files.problems import Problem, Problems
from app.courses.files.prose import link_is_safe
from app.courses.files.writing import Library
from app.courses.rules import ATTENTION_SPOT, KERN_SPOT, SPOT

WITHOUT_ANCHORS: Final = re.compile(r' id="p-[0-9a-f]{8}(-\d+)?"')


def rendered(text: str) -> tuple[str, tuple[tuple[str, str], ...], list[Problem]]:
    problems = Problems()
    result = render(text, file="les.md", first_line=0, problems=problems)
    return WITHOUT_ANCHORS.sub("", result.html), result.headings, problems.in_order()


def test_headings_get_ascii_ids_that_are_used_once() -> None:
    html, headings, problems = rendered("## Één kop\n\nx\n\n## Een kop\n\n### Klein\n\n## !!!\n\n## Inhoud")
    assert problems == []
    assert headings == (("een-kop", "Één kop"), ("een-kop-2", "Een kop"), ("kop", "!!!"), ("inhoud-2", "Inhoud"))
    assert '<h2 id="een-kop-2">Een kop</h2>' in html
    assert "<h3>Klein</h3>" in html


def test_blocks_become_the_parts_of_the_design() -> None:
    html, headings, problems = rendered(
        "::: kern Passen mag\nAltijd.\n:::\n\n::: let-op Pas op\nHier.\n:::\n\n::: voorbeeld De deur\nBea.\n:::\n\n"
        "::: denk Jouw zin\nWelke?\n:::\n\n::: citaat Een maker\nMijn werk.\n:::"
    )
    assert problems == []
    assert f'<aside class="kern">{KERN_SPOT}' in html
    assert "<h3>Passen mag</h3>" in html
    assert f'<aside class="note is-tomato">{ATTENTION_SPOT}<strong>Pas op</strong>' in html
    assert '<section class="sheet tint-sky"><h3>De deur</h3><p>Bea.</p></section>' in html
    assert '<section class="reflect" aria-labelledby="jouw-zin"><h2 id="jouw-zin">Jouw zin</h2>' in html
    assert "<blockquote><p>Mijn werk.</p><footer>Een maker</footer></blockquote>" in html
    assert headings == (("jouw-zin", "Jouw zin"),)


def test_steps_become_a_list_with_heads() -> None:
    html, _, problems = rendered(
        "::: stappen\n1. **Vraag.** Wat heb je nodig?\n2. **Kies.** Eén zin.\n\n   Samen.\n:::"
    )
    assert problems == []
    assert html.startswith(
        '<ol class="bigsteps"><li><h3>Vraag</h3><div class="stack g3"><p>Wat heb je nodig?</p></div>'
    )
    assert "<h3>Kies</h3>" in html
    assert "<p>Samen.</p>" in html


def test_each_quote_says_whose_words_it_holds() -> None:
    html, _, _ = rendered("> Ik zag een wolk.\n> — Bea\n\nEn:\n\n> Het was haar schoen.\n> — Ali & co")
    assert re.findall(r"<footer>(.*?)</footer>", html) == ["Bea", "Ali &amp; co"]
    assert "—" not in html


ATTACKS: Final = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](//weg.example)",
    "[x](/\\weg.example)",
    "![x](javascript:alert(1))",
    "<a href='//weg.example'>x</a>",
    "[x]: javascript:alert(1)\n\n[x]",
    '[x](https://example.nl "\\" onclick=\\"alert(1)")',
    "<svg/onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "## <script>alert(1)</script>",
    "::: kern <script>alert(1)</script>\nx\n:::",
    "::: citaat <img src=x onerror=alert(1)>\nx\n:::",
    '::: denk " onfocus=alert(1) x="\nx\n:::',
    "> x\n> — <script>alert(1)</script>",
    "::: stappen\n1. **<script>x</script>** y\n:::",
    "<div hx-get=/x hx-trigger=load>",
    "```html\n<script>alert(1)</script>\n```",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_is_typed_can_run(attack: str) -> None:
    html, _, _ = rendered(attack)
    tags = re.findall(r"<([a-z0-9]+)([^>]*)>", html)
    assert {tag for tag, _ in tags} <= TAGS
    for _, attributes in tags:
        assert not re.search(r"\bon\w+\s*=|hx-|style=", re.sub(r'"[^"]*"', '""', attributes))
        for href in re.findall(r'href="([^"]*)"', attributes):
            assert link_is_safe(href)


@pytest.mark.parametrize("text", ["{{ 7*7 }}", "{% if 1 %}x{% endif %}", "${7*7}", "#{7*7}"])
def test_text_is_never_a_template(text: str) -> None:
    html, _, problems = rendered(text)
    assert text in html
    assert problems == []


@pytest.mark.parametrize(
    ("href", "safe"),
    [
        ("https://example.nl", True),
        ("mailto:iemand@example.nl", True),
        ("/opleiding", True),
        ("#kop", True),
        ("//weg.example", False),
        ("/\\weg.example", False),
        ("javascript:alert(1)", False),
        ("ftp://example.nl", False),
        ("", False),
    ],
)
def test_links_lead_to_where_they_say(href: str, *, safe: bool) -> None:
    assert link_is_safe(href) is safe


def whole(text: str, library: Library | None = None) -> tuple[Rendered, list[Problem]]:
    problems = Problems()
    return render(text, file="les.md", first_line=0, problems=problems, library=library), problems.in_order()


def test_the_same_words_again_and_again_have_a_place_each() -> None:
    """Counted on, not from the start each time: a megabyte of one word would take hours."""
    found, _ = whole("Ja.\n\n" * 10_000)
    places = [place for place, _ in found.passages]
    assert len(set(places)) == len(places) == 10_000
    assert places[0] + "-10000" == places[-1]


def test_a_paragraph_keeps_its_place_while_others_come_and_go() -> None:
    before, _ = whole("Eerst.\n\nWat **blijft** er?\n\n- een\n- twee\n\nDubbel.\n\nDubbel.")
    after, _ = whole("Nieuw.\n\nWat blijft er?\n\n::: kern Kort\nx\n:::\n\n- een\n- twee\n\nDubbel.\n\nDubbel.")
    ids = {words: id_ for id_, words in before.passages}
    assert [words for _, words in before.passages] == ["Eerst.", "Wat blijft er?", "een twee", "Dubbel.", "Dubbel."]
    assert len({id_ for id_, _ in before.passages}) == 5
    assert {id_ for id_, _ in before.passages} - {ids["Eerst."]} <= {id_ for id_, _ in after.passages}
    for id_, _ in after.passages:
        assert f'id="{id_}"' in after.html


def test_what_a_page_fills_in_has_its_room_and_its_facts() -> None:
    library = Library(
        {"hand.webp": ImageContent(bytes, "", 0, 800, 600)},
        {
            "film.webm": MediaContent(bytes, "", 7, "video/webm"),
            "film.vtt": MediaContent(bytes, "", 7, "text/vtt; charset=utf-8"),
            "stem.mp3": MediaContent(bytes, "", 7, "audio/mpeg"),
            "kaart.pdf": MediaContent(bytes, "", 7, "application/pdf"),
        },
    )
    text, problems = whole(
        "::: beeld hand.webp\nalt: Een hand\n:::\n"
        "::: video film.webm\ntitle: Kijk\ncaptions: film.vtt\ntranscript: Ze scheurt.\n:::\n"
        "::: geluid stem.mp3\ntitle: Hoor\ntranscript: Hallo.\n:::\n"
        "::: download kaart.pdf De kaart\nOm uit te delen.\n:::\n"
        "::: reflectie mijn-zin Jouw zin\nWelke **zin**?\n:::\n"
        "::: vraag v-1\ntype: one\ntext: Wat?\noptions: [{text: a, right: true}, {text: b, right: false}]\n:::",
        library,
    )
    assert problems == []
    assert [(block["kind"], block["id"]) for block in text.blocks[1:]] == [
        ("video", "film"),
        ("audio", "stem"),
        ("download", text.blocks[3]["id"]),
        ("reflection", "mijn-zin"),
        ("question", "v-1"),
    ]
    assert SPOT.findall(text.html) == [block["id"] for block in text.blocks]
    assert text.blocks[0] == {
        "kind": "picture", "id": text.blocks[0]["id"], "file": "hand.webp", "alt": "Een hand", "caption": "",
        "decorative": False, "width": 800, "height": 600,
    }  # fmt: skip
    assert "<strong>zin</strong>" in text.blocks[4]["html"]
    assert ("jouw-zin", "Jouw zin") in text.headings
    assert {"Wat?", "Kijk", "Ze scheurt.", "De kaart"} <= {words for _, words in text.passages}


def test_a_block_twice_or_of_another_kind_is_told() -> None:
    library = Library({}, {"kaart.pdf": MediaContent(bytes, "", 7, "application/pdf")})
    _, problems = whole(
        "::: reflectie a Een\nx\n:::\n\n::: reflectie a Twee\nx\n:::\n\n"
        "::: video kaart.pdf\ntitle: x\nsilent: true\ntranscript: y\n:::",
        library,
    )
    assert [(problem.line, problem.sentence) for problem in problems] == [
        (5, "‘a’ is er in deze les al."),
        (9, "‘kaart.pdf’ hoort niet in dit blok."),
    ]
