"""Installations for the commands."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.installation import Installation, free_port


@pytest.fixture
def empty(tmp_path: Path) -> Installation:
    """Nothing there yet, in a folder with a space in its name."""
    return Installation(tmp_path / "my data", free_port())


@pytest.fixture
def installed(empty: Installation, migrated_sqlite: Path) -> Installation:
    """An installation with a database."""
    empty.data_dir.mkdir()
    shutil.copyfile(migrated_sqlite, empty.data_dir / "academie.db")
    return empty
