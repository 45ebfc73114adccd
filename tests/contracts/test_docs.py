"""What the documents say is so: links lead somewhere, settings and words exist, periods are those of the marks."""

from __future__ import annotations

import re
from typing import Final

import pytest

from app.settings import Settings
from app.web.pages.information import what_is_kept
from tests.contracts.source import ROOT
from tests.contracts.test_routes import leads_somewhere

DOCUMENTS: Final = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
MARKS: Final = re.compile(r"<!-- uit de merken: begin -->\n(.*?)<!-- uit de merken: einde -->", re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_to_a_file(document: object) -> None:
    from pathlib import Path

    assert isinstance(document, Path)
    links = re.findall(r"(?<!!)\[[^\]]+\]\(([^)#:]+)\)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_pages_that_the_admin_is_sent_to_are_there() -> None:
    text = (ROOT / "docs" / "beheer.md").read_text(encoding="utf-8")
    pages = set(re.findall(r"`(/[a-z][a-z/-]*)`", text))
    assert len(pages) > 5
    assert [page for page in sorted(pages) if not leads_somewhere(page, "GET")] == []


def test_buttons_that_the_admin_looks_for_are_there() -> None:
    text = re.sub(r"\*\*[^*]+\*\*", "", (ROOT / "docs" / "beheer.md").read_text(encoding="utf-8"))
    labels = set(re.findall(r"\*([A-Z][^*\n]+?)(?: …)?\*", text))
    assert len(labels) > 5
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "app" / "web").rglob("*.py")]
    everything = "\n".join(file.read_text(encoding="utf-8") for file in files)
    assert sorted(label for label in labels if label not in everything) == []


def test_settings_that_are_named_exist() -> None:
    text = (ROOT / "docs" / "beheer.md").read_text(encoding="utf-8") + (ROOT / "README.md").read_text(encoding="utf-8")
    known = {name.upper() for name in Settings.model_fields} | {"SETTINGS_FILE"}
    named = set(re.findall(r"`([A-Z][A-Z0-9]*_[A-Z_0-9]+)[=`]", text))
    assert named
    assert sorted(named - known) == []


def test_the_document_says_what_the_page_says() -> None:
    rows = ["| | Wat | Waarom | Hoe lang | Bij wissen |", "|---|---|---|---|---|"]
    rows += [
        f"| {group.title} | {row.what} | {row.why} | {row.period} | {row.erased} |"
        for group in what_is_kept()
        for row in group.rows
    ]
    found = MARKS.search((ROOT / "docs" / "privacy.md").read_text(encoding="utf-8"))
    assert found is not None
    assert found[1].strip() == "\n".join(rows), "\n".join(rows)
