"""The matrix, the personas, and the world that requests of a persona are tried on."""

from __future__ import annotations

import csv
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.main import all_entries
from tests.authz.tries import TRIES
from tests.authz.trying import Try
from tests.authz.world import World
from tests.page import ADDRESS, SAME_ORIGIN

if TYPE_CHECKING:
    from httpx2 import Response

    from app.main import Parts
    from app.web.kit.entry import Entry

MATRIX: Final = Path(__file__).with_name("matrix.csv")
PERSONAS: Final = (
    "anonymous",
    "noor",  # a professional; the things are hers
    "mina",  # a professional of the same organisation
    "joris",  # a professional of another organisation, in the same cohort
    "ruben",  # her coach
    "daan",  # a coach of others
    "els",  # her coach until fifty-nine days ago
    "sanne",  # the contact of her organisation
    "peter",  # the contact of another organisation
    "iris",  # leads the intervision meeting
    "aya",  # an author
    "fatma",  # an admin
    "otto",  # the owner
    "bram",  # a professional whose account is blocked; his session still runs
)
NO: Final = frozenset({"login", "confirm", "403", "404"})
ENTRIES: Final = all_entries()
Rows = dict[tuple[str, str], dict[str, str]]


def rows() -> Rows:
    with MATRIX.open(encoding="utf-8", newline="") as file:
        return {(row["method"], row["name"]): row for row in csv.DictReader(file)}


@dataclass
class Scene:
    """The world in a database that can be put back as it was, and the program on it."""

    world: World
    parts: Parts
    client: TestClient
    file: Path
    whole: Path
    watch: sqlite3.Connection
    seen: int = 0

    def send(
        self, entry: Entry, path: str, who: str, *, more: dict[str, str] | None = None, ours: bool = True
    ) -> Response:
        """One request of a persona; a form is filled in as its page would have it."""
        how = TRIES.get(entry.name, Try())
        headers = {"cookie": f"__Host-session={self.world.sessions[who]}"} if who != "anonymous" else {}
        headers |= more or {}
        self.client.cookies.clear()
        if entry.method == "GET":
            return self.client.get(path, headers=headers, follow_redirects=False)
        headers |= how.headers
        if entry.method == "HEAD":
            return self.client.head(path, headers=headers, follow_redirects=False)
        headers |= SAME_ORIGIN if ours else {}
        if entry.method != "POST":
            return self.client.request(entry.method, path, content=how.content, headers=headers, follow_redirects=False)
        files = how.files(self.world) if how.files else None
        return self.client.post(path, data=how.form(self.world), files=files, headers=headers, follow_redirects=False)

    def wrote(self) -> bool:
        """Whether anything at all was written since the last question; if so, it is undone."""
        [version] = self.watch.execute("PRAGMA data_version").fetchone()
        if version == self.seen:
            return False
        with closing(sqlite3.connect(self.whole)) as source, closing(sqlite3.connect(self.file)) as target:
            source.backup(target)
        [self.seen] = self.watch.execute("PRAGMA data_version").fetchone()
        return True


def client_of(app: FastAPI) -> TestClient:
    """A client to which a bug is a page, as it is to everybody: the matrix says 500 then."""
    return TestClient(app, base_url=ADDRESS, raise_server_exceptions=False)


@cache
def rows_once() -> Rows:
    return rows()


def expected_of(entry: Entry, who: str) -> str:
    """The cell; a route without a row is red once, by its own test."""
    return rows_once().get((entry.method, entry.name), {}).get(who, "a row")


def told(response: Response, *, partial: bool = False) -> str:
    """The answer as a cell says it. htmx gets its redirects as a header."""
    to = response.headers.get("hx-redirect" if partial else "location", "")
    if to.startswith("/inloggen?next=") or response.status_code == 401:
        return "login"  # 401: the same, with what was typed
    if to.startswith("/bevestigen?next="):
        return "confirm"
    return "303" if partial and to else str(response.status_code)
