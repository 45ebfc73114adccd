"""Two authors who keep the same thing in the same moment: one is kept, the other is told, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from fastapi.testclient import TestClient

from app.courses.commands import publish_folder
from tests.editing import at_once
from tests.page import SAME_ORIGIN, Site, Visitor, make_test_parts
from tests.pages.test_editor import author, file_of, text_of
from tests.pages.test_editor_structure import fields
from tests.unit.test_courses_check_text import VRAGEN

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database

COURSE: Final = "/beheer/opleidingen/vragen"
SHAPE: Final = "course.yaml"
CHECK: Final = "modules/01-vragen/toets.yaml"
LESSON: Final = "modules/01-vragen/01-een-les.md"
ROUNDS: Final = 3


@pytest.fixture
def site(database: Database, data_dir: Path, clock: MovableClock) -> Site:
    return Site(make_test_parts(database, data_dir, clock))


@pytest.fixture
def authors(site: Site) -> list[Visitor]:
    with site.parts.database.writing() as db:
        publish_folder(db, VRAGEN, storage=site.parts.storage, now=site.parts.clock.now())
    two = [author(site), author(site, "Wim Alders")]
    two[0].post(f"{COURSE}/concept")
    return two


def send(author_: Visitor, path: str, given: dict[str, str]) -> Callable[[], int]:
    client: TestClient = author_.client
    return lambda: client.post(path, data=given, headers=SAME_ORIGIN, follow_redirects=False).status_code


def test_of_two_at_one_thing_one_is_told(site: Site, authors: list[Visitor]) -> None:
    check, lesson = file_of(site, CHECK).id, file_of(site, LESSON).id
    places = (
        (f"{COURSE}/opbouw/gegevens", SHAPE, "summary"),
        (f"{COURSE}/opbouw/module/vragen", SHAPE, "title"),
        (f"{COURSE}/opbouw/onderdeel/{lesson}", LESSON, "title"),
        (f"{COURSE}/bestand/{check}/vragen", CHECK, "title"),
        (f"{COURSE}/bestand/{check}/vraag/nee", CHECK, "text"),
    )
    for place, (path, file, name) in enumerate(places):
        for round_ in range(ROUNDS):
            words = [f"{who} schreef dit in {place}.{round_}" for who in ("Aya", "Wim")]
            forms = [fields(one.get(path).text) | {name: said} for one, said in zip(authors, words, strict=True)]
            came = at_once([send(one, path, form) for one, form in zip(authors, forms, strict=True)])
            assert sorted(came) == [303, 422], path
            stands = text_of(site, file)
            assert [said in stands for said in words] == [status == 303 for status in came], path


def test_two_new_questions_with_the_same_words_are_both_there(site: Site, authors: list[Visitor]) -> None:
    path = f"{COURSE}/bestand/{file_of(site, CHECK).id}/vraag"
    given = {"text": "Wie belt er?", "kind": "one", "o0-right": "on", "o1-text": "De buur", "seen": ""}
    mine = [given | {"o0-text": name} for name in ("Aya zelf", "Wim zelf")]
    assert at_once([send(one, path, form) for one, form in zip(authors, mine, strict=True)]) == [303, 303]
    assert [text_of(site, CHECK).count(f"{name} zelf") for name in ("Aya", "Wim")] == [1, 1]
