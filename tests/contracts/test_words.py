"""Every code has its sentence, every kind its letter, every queued job somebody who does it."""

from __future__ import annotations

import string
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Final, get_args

import pytest
from pydantic_core.core_schema import ErrorType

from app.kit.i18n import LOCALES
from app.letters import desk
from app.web.kit.words import AREAS, known_codes
from app.web.words.post import KIND_WORDS
from app.worker.run import registered
from tests.contracts.source import ROOT, calls, strings

WORDS: Final = {area: import_module(f"app.web.words.{area}") for area in AREAS}
PARTS: Final = ("subject.txt", "body.txt", "body.html")


def sentences() -> dict[str, str]:
    return {code: words for module in WORDS.values() for code, words in module.WORDS.items()}


def refusals() -> dict[str, set[str]]:
    """Every code that the program refuses with, and where."""
    found: dict[str, set[str]] = {}
    for call in calls("Refused", "PydanticCustomError", "sentence"):
        if not call.where.startswith("app/courses/files/"):  # the checker of course folders speaks for itself
            for code in call.texts(0):
                found.setdefault(code, set()).add(call.where)
    for call in calls("add", under="app/web/pages/"):
        if len(call.node.args) == 2:
            for code in call.texts(1):
                found.setdefault(code, set()).add(call.where)
    return found


def test_every_refusal_has_its_sentence() -> None:
    assert {code: places for code, places in refusals().items() if code not in known_codes()} == {}


def test_no_sentence_waits_for_a_code_that_nobody_uses() -> None:
    used = strings(without="app/web/words/") | set(get_args(ErrorType))
    assert sorted(code for code in sentences() if code not in used) == []


def test_no_code_has_two_sentences() -> None:
    areas = [(code, area) for area, module in WORDS.items() for code in module.WORDS]
    codes = [code for code, _ in areas]
    assert [(code, area) for code, area in areas if codes.count(code) > 1] == []


def test_sentences_get_the_facts_that_they_name() -> None:
    """`_Facts` would leave a hole in the sentence without a word."""
    holes = []
    for call in calls("Refused"):
        for code in call.texts(0):
            named = {name for _, name, _, _ in string.Formatter().parse(sentences().get(code, "")) if name}
            if None not in call.keywords and (lacking := named - call.keywords):
                holes.append(f"{call.where}: {code} lacks {sorted(lacking)}")
    assert holes == []


@pytest.mark.parametrize("area", AREAS)
def test_tables_of_words_know_every_state(area: str) -> None:
    """A table that is keyed by an enum has a word for each of its members."""
    lacking = {}
    for name, table in vars(WORDS[area]).items():
        if isinstance(table, dict) and table and isinstance(first := next(iter(table)), Enum):
            missing = {member.name for member in type(first)} - {getattr(key, "name", key) for key in table}
            if missing:
                lacking[name] = sorted(missing)
    assert lacking == {}


def posted() -> dict[str, set[str]]:
    """Every kind of letter that is put in the outbox, and where. Routes are posts of another kind."""
    found: dict[str, set[str]] = {}
    for call in calls("post"):
        if "key" in call.keywords:
            kinds = call.texts(1)
            assert kinds, f"{call.where}: the kind of a letter is a plain string"
            for kind in kinds:
                found.setdefault(kind, set()).add(call.where)
    return found


def test_every_letter_that_is_posted_can_be_written() -> None:
    assert {kind: places for kind, places in posted().items() if kind not in desk.kinds()} == {}


def test_every_letter_that_can_be_written_is_posted() -> None:
    assert sorted(set(desk.kinds()) - set(posted())) == []


def test_every_letter_has_its_name_in_the_list_of_mail() -> None:
    assert sorted(set(desk.kinds()) ^ set(KIND_WORDS)) == []


def folders() -> set[str]:
    return {folder for call in calls("Draft", under="app/letters/") for folder in call.texts(0)}


def test_every_letter_has_its_three_parts_in_both_languages() -> None:
    for folder in sorted(folders()):
        for part in PARTS:
            for locale in LOCALES:
                desk._environments()[locale].get_template(f"mail/{folder}/{part}")


def test_no_mail_template_lies_unused() -> None:
    there = {path.relative_to(ROOT / "templates" / "mail") for path in (ROOT / "templates" / "mail").rglob("*.*")}
    shared = {path for path in there if path.name.startswith("_")}
    assert sorted(there - shared - {Path(folder, part) for folder in folders() for part in PARTS}) == []


def enqueued() -> dict[str, set[str]]:
    """Every kind of job that is queued, by itself or by an action, and where."""
    found: dict[str, set[str]] = {}
    for call in calls("enqueue"):
        kinds = call.texts(1)
        assert kinds or call.where.startswith("app/worker/run.py"), f"{call.where}: the kind of a job is a plain string"
        for kind in kinds:
            found.setdefault(kind, set()).add(call.where)
    for item in registered()[1]:
        found.setdefault(item.kind, set()).add("periodic")
    return found


def test_every_queued_job_has_somebody_who_does_it() -> None:
    assert {kind: places for kind, places in enqueued().items() if kind not in registered()[0]} == {}


def test_nobody_waits_for_a_job_that_is_never_queued() -> None:
    assert sorted(set(registered()[0]) - set(enqueued())) == []


def test_no_two_handlers_share_a_kind() -> None:
    """The table is made by merging: the last one would win without a word."""
    kinds = [
        kind
        for path in (ROOT / "app" / "worker" / "handlers").glob("[a-z]*.py")
        for kind in import_module(f"app.worker.handlers.{path.stem}").HANDLERS
    ]
    assert sorted(kind for kind in set(kinds) if kinds.count(kind) > 1) == []
