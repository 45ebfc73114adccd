"""How a draft reads beside its text, and what is told before it is published."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from app.courses.commands import publish_folder
from tests.authz.steps import picture
from tests.pages.test_editor import HERE, LESSON, SHORT, add, author, fields, file_of, typing
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
