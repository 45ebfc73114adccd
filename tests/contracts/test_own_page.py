"""The copy of somebody's own data can be read: each key has a word, each part a place, each moment is a day."""

from __future__ import annotations

import ast
import inspect
import re
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, Final

import pytest

from app.courses.actions.own_data import MOMENTS
from app.delivery.actions import PLACE
from app.worker.handlers.own_data import EXPORTERS
from app.worker.own_labels import LABELS
from app.worker.own_page import ONLY_IN_JSON, SECTIONS, own_page

MADE: Final = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
# As practice keeps what a coach decided (app/practice/actions/assessing.py).
DECIDED: Final[dict[str, Any]] = {
    "assignment": {"id": 1, "code": "PO2", "title": "Een bijeenkomst begeleiden"},
    "attempt": 1,
    "by_when": "2026-12-04",
    "coach_id": 3,
    "evidence": [{"id": 4, "sha256": "452236e7"}],
    "form": {"scores": {"BW1": 3}, "notes": {"BW1": "Korte uitleg."}, "strong": ["Rust."], "checks": {"doel": "ja"}},
    "reason": "",
}


def _keys(domain: str) -> set[str]:
    module = import_module(EXPORTERS[domain])
    whole = ast.parse(inspect.getsource(module.export_of))
    called = {found.id for found in ast.walk(whole) if isinstance(found, ast.Name)}
    helpers = [getattr(module, name) for name in called if name.startswith("_")]  # parts that stand apart
    trees = [whole, *(ast.parse(inspect.getsource(helper)) for helper in helpers)]
    literal = {
        str(key.value)
        for tree in trees
        for found in ast.walk(tree)
        if isinstance(found, ast.Dict)
        for key in found.keys
        if isinstance(key, ast.Constant)
    }
    return literal | {"opleiding": set(MOMENTS), "groepen": set(PLACE)}.get(domain, set())


@pytest.mark.parametrize("domain", EXPORTERS)
def test_every_key_of_the_copy_has_a_word(domain: str) -> None:
    assert _keys(domain) - set(LABELS) - ONLY_IN_JSON == set()


@pytest.mark.parametrize("domain", EXPORTERS)
def test_every_part_of_the_copy_has_a_place_on_the_page(domain: str) -> None:
    placed = {part for _, places in SECTIONS for where, part in places if where == domain}
    (whole,) = (
        found.value
        for found in ast.walk(ast.parse(inspect.getsource(import_module(EXPORTERS[domain]).export_of)))
        if isinstance(found, ast.Return) and isinstance(found.value, ast.Dict)
    )
    assert {key.value for key in whole.keys if isinstance(key, ast.Constant)} == placed


def test_it_reads_as_dutch() -> None:
    parts = {
        "mensen": {"persoon": {"naam": "Noor <de Wit>", "taal": "nl", "bekend_sinds": "2026-09-01T06:00:00+00:00"}},
        "praktijk": {"decisions": [{"at": "2026-10-28T15:35:00+00:00", "decision": "signed_off", "content": DECIDED}]},
        "theorie": {"lessons": [{"lesson": "wat-is-mijn-verhaal", "completed_at": "2026-09-07T10:00:00+00:00"}]},
    }
    page = own_page(parts, name="Noor <de Wit>", made=MADE)
    assert "Van Noor &lt;de Wit&gt;, gemaakt op 24 november 2026, 10.30 uur." in page
    for words in ("Klaar", "4 december 2026", "BW1: 3", "Wat is mijn verhaal", "Nederlands", "Korte uitleg."):
        assert words in page
    assert not re.search(r"\d{4}-\d\d|signed_off|sha256|452236e7|coach_id|PO2", page)
    assert "Waarom" not in page  # nothing was said, so nothing is asked
