"""Markdown of lessons: the classes of the design, ascii ids, and nothing that could run."""

from __future__ import annotations

import re
from typing import Final

import pytest

from app.courses.files.markdown import TAGS, link_is_safe, render
from app.courses.files.problems import Problem, Problems
from app.courses.rules import ATTENTION_SPOT, KERN_SPOT


def rendered(text: str) -> tuple[str, tuple[tuple[str, str], ...], list[Problem]]:
    problems = Problems()
    result = render(text, file="les.md", first_line=0, problems=problems)
    return result.html, result.headings, problems.in_order()


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
