"""The world of the matrix, for every test here: told once, copied for each worker, put back for each test."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.kit.clock import MovableClock
from app.kit.db import Database
from app.main import create_app
from tests.authz.scene import Scene, client_of
from tests.authz.world import World, make_world
from tests.conftest import SQLITE_NAME, START
from tests.page import make_test_parts


@pytest.fixture(scope="session")
def told_world(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Path]:
    """The story, told once for each worker: the world and the folder with its database and files."""
    folder = tmp_path_factory.mktemp("world")
    shutil.copyfile(migrated_sqlite, folder / SQLITE_NAME)
    clock = MovableClock(START)
    database = Database.open(f"sqlite:///{folder / SQLITE_NAME}", data_dir=folder)
    world = make_world(make_test_parts(database, folder, clock), clock)
    database.close()
    with (
        closing(sqlite3.connect(folder / SQLITE_NAME)) as source,
        closing(sqlite3.connect(folder / "whole.db")) as target,
    ):
        source.backup(target)
    return world, folder


@pytest.fixture(scope="session")
def running(told_world: tuple[World, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A copy of the world with the program running on it, once for each worker: what is written is undone."""
    world, told = told_world
    folder = tmp_path_factory.mktemp("scene")
    file = folder / SQLITE_NAME
    shutil.copyfile(told / "whole.db", file)
    shutil.copytree(told / "files", folder / "files")
    database = Database.open(f"sqlite:///{file}", data_dir=folder)
    parts = make_test_parts(database, folder, MovableClock(START), second_factor=True)
    with closing(sqlite3.connect(file)) as watch, client_of(create_app(parts)) as client:
        yield Scene(world, parts, client, file, told / "whole.db", watch)
    database.close()


@pytest.fixture
def scene(running: Scene) -> Scene:
    """The world as it was told."""
    running.seen = -1
    running.wrote()
    return running
