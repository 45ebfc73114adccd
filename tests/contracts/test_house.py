"""The rules of the house that no linter knows: sizes, words, marks of personal data, files from elsewhere."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import JSON, Column, LargeBinary, String, Table

from migrations.models import metadata
from tools.check_locks import LOCKS, faults
from tools.vendor import drift, unlisted

ROOT: Final = Path(__file__).parents[2]
LONGEST_MODULE: Final = 400
LONGEST_FUNCTION: Final = 60
LONGEST_TEMPLATE: Final = 100

# Mail programs know no style sheets; printed letters share the mail's parts.
MAY_STYLE_INLINE: Final = ("templates/mail/", "templates/layouts/mail")
BANNED_IN_TEMPLATES: Final = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "an inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "an event attribute": re.compile(r"\son[a-z]+\s*=", re.IGNORECASE),
    "hx-on": re.compile(r"\bhx-on\b", re.IGNORECASE),
    "a js: value": re.compile(r"""["']\s*(?:js|javascript):""", re.IGNORECASE),
    "a trigger filter": re.compile(r"""hx-trigger\s*=\s*["'][^"']*\["""),
    "switched-off escaping": re.compile(r"\|\s*safe\b|autoescape\s+false"),
    "an address outside": re.compile(r"""<(?:script|link|img|source|iframe)\b[^>]*(?:src|href)=["'](?:https?:)?//"""),
}
FIELD: Final = re.compile(r"<(?:input|select|textarea)\b", re.IGNORECASE)
# Whoever asks for a sign-off asks for one that stands; these know that there may be withdrawn ones among them.
MAY_COUNT_WITHDRAWN: Final = {
    "app/practice/actions/assessing.py:_taken_back": "the new one replaces it",
    "app/practice/actions/keeping.py:empty_scores": "words of all of them go",
    "app/practice/actions/keeping.py:export_of": "a copy holds all that was signed",
    "app/practice/actions/keeping.py:_decisions_of": "a copy holds all that was signed",
    "app/practice/actions/observed_photos.py:remove_photo": "what was signed once is proof and stays",
    "app/practice/admin_page.py:_since": "a part of _OPEN",
    "app/practice/admin_page.py:_waits": "a part of _OPEN",
    "app/practice/afterwards.py:_AFTER": "what became of each of them",
    "app/practice/afterwards.py:_CORRECTIONS": "by the correction",
    "app/practice/afterwards.py:ask_page": "by its own id",
    "app/practice/evidence_view.py:_SIGNED": "what was signed once is proof and stays",
    "app/practice/results.py:results_of": "shows all, each with what became of it",
    "app/upkeep/invariants.py:sign_off_digests": "proof of all of them",
    "app/upkeep/invariants.py:standing_once": "joins the withdrawals itself",
    "app/upkeep/invariants.py:sign_offs": "proof of all of them",
}
VAGUE_NAME: Final = re.compile(r"(?:^|_)(?:utils?|helpers?|managers?|misc|common)(?:_|$)")


def python_files() -> list[Path]:
    return sorted((ROOT / "app").rglob("*.py"))


def templates() -> list[Path]:
    return sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_modules_stay_short() -> None:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_functions_stay_short() -> None:
    long = {}
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    long[f"{named(path)}:{node.lineno} {node.name}"] = lines
    assert long == {}


def test_templates_stay_short() -> None:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in templates()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_TEMPLATE} == {}


def test_packages_start_empty() -> None:
    """An import of a package loads nothing that was not asked for."""
    full = [named(path) for path in python_files() if path.name == "__init__.py" and path.read_text("utf-8").strip()]
    assert full == []


def test_modules_are_named_after_what_they_are_about() -> None:
    assert [named(path) for path in python_files() if VAGUE_NAME.search(path.stem)] == []


@pytest.mark.parametrize("what", BANNED_IN_TEMPLATES)
def test_templates_hold_nothing_that_the_content_policy_refuses(what: str) -> None:
    found = []
    for path in templates():
        if what == "an inline style" and named(path).startswith(MAY_STYLE_INLINE):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if BANNED_IN_TEMPLATES[what].search(line):
                found.append(f"{named(path)}:{number}: {line.strip()}")
    assert found == []


def test_fields_come_from_the_form_macros() -> None:
    """So that none lacks its label, its error and what was typed."""
    outside = [path for path in templates() if not named(path).startswith("templates/ui/")]
    assert [named(path) for path in outside if FIELD.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_versions_and_hashes_only(lock: str) -> None:
    assert faults(ROOT / lock) == []


def test_files_from_elsewhere_are_the_ones_in_the_manifest() -> None:
    assert drift(ROOT) == []


def test_every_file_from_elsewhere_is_in_the_manifest() -> None:
    assert unlisted(ROOT) == []


def points_at_a_person(column: Column[object]) -> bool:
    return any(key.target_fullname == "person.id" for key in column.foreign_keys)


def may_hold_personal_data(column: Column[object]) -> bool:
    return isinstance(column.type, String | JSON | LargeBinary) or points_at_a_person(column)


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_every_column_that_may_hold_personal_data_is_marked(table: Table) -> None:
    unmarked = [column.name for column in table.columns if may_hold_personal_data(column) and "pii" not in column.info]
    assert unmarked == []


def test_every_table_says_how_long_it_is_kept() -> None:
    mappers = sorted(metadata_classes(), key=lambda mapped: mapped.__name__)
    assert [mapped.__name__ for mapped in mappers if "Retention:" not in (mapped.__doc__ or "")] == []


def metadata_classes() -> list[type]:
    from app.kit.tables import Base

    return [mapper.class_ for mapper in Base.registry.mappers]


def test_a_sign_off_that_was_taken_back_counts_only_where_that_is_meant() -> None:
    found = {
        f"{named(path)}:{_called(node)}"
        for path in python_files()
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if _asks_for_sign_offs(node) and not any(isinstance(n, ast.Name) and n.id == "STANDS" for n in ast.walk(node))
    }
    assert found - {"app/practice/paths.py:STANDS"} == set(MAY_COUNT_WITHDRAWN)


def _asks_for_sign_offs(node: ast.stmt) -> bool:
    return any(
        isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "SignOff"
        for part in ast.walk(node)
    )


def _called(node: ast.stmt) -> str:
    if isinstance(node, ast.AnnAssign):
        return ast.unparse(node.target)
    return getattr(node, "name", "") or ast.unparse(node)
