"""What a page weighs over the wire, and how many statements it asks of the database."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from app.kit.clock import SystemClock
from app.kit.db import Database
from tests.bench.drive import Answer, Request, ask
from tests.page import Site, make_test_parts

LINKED: Final = re.compile(r'(?:href|src)="(/static/[^"]+)"')
IN_STYLES: Final = re.compile(r"url\([\"']?([^\"')]+)[\"']?\)")


@dataclass(frozen=True)
class Weight:
    """Bytes over the wire: the page itself, all it pulls in on a first visit, and again on the next."""

    html: int
    first: int
    again: int
    code: int


async def weigh(port: int, request: Request, *, host: str) -> Weight:
    """Load a page like a browser with an empty cache, then like one that kept what it may keep."""
    page = await ask(port, request)
    text = text_of(page)
    wanted = set(LINKED.findall(text))
    first, again, code = len(page.body), len(page.body), 0
    seen: set[str] = set()
    while wanted - seen:
        path = (wanted - seen).pop()
        seen.add(path)
        file = await ask(port, Request.get(path, host=host))
        first += len(file.body)
        if "immutable" not in file.headers.get("cache-control", ""):
            again += len(file.body)
        if re.search(r"\.(css|js)$", path):
            code += len(file.body)
        if path.endswith(".css"):
            base = path.rpartition("/")[0]
            wanted |= {
                _absolute(base, found) for found in IN_STYLES.findall(text_of(file)) if not found.startswith("data:")
            }
    return Weight(len(text.encode()), first, again, code)


async def phone_keeps(port: int, *, host: str) -> dict[str, int]:
    """What the service worker of the offline form keeps, in bytes over the wire: by what it is."""
    told = text_of(await ask(port, Request.get("/sw.js", host=host)))
    release = json.loads(told.removeprefix("self.RELEASE = ").split(";\n", 1)[0])
    found = {"page": 0, "script": 0, "style": 0, "other": 0}
    kinds = {".js": "script", ".css": "style"}
    for path in [release["shell"], *release["files"]]:
        answer = await ask(port, Request.get(path, host=host))
        suffix = PurePosixPath(path).suffix
        found["page" if path == release["shell"] else kinds.get(suffix, "other")] += len(answer.body)
    return found


def text_of(answer: Answer) -> str:
    body = gzip.decompress(answer.body) if answer.headers.get("content-encoding") == "gzip" else answer.body
    return body.decode(errors="replace")


def _absolute(base: str, found: str) -> str:
    if found.startswith("/"):
        return found
    parts = base.split("/")
    for step in found.split("/"):
        parts = parts[:-1] if step == ".." else [*parts, step]
    return "/".join(parts)


def statements(data_dir: Path, url: str, visits: dict[str, Callable[[Site], int]]) -> dict[str, int]:
    """How many statements each visit asks; with the strict client, so that each page is also a right page."""
    database = Database.open(url, data_dir=data_dir)
    site = Site(make_test_parts(database, data_dir, SystemClock()))
    try:
        return {name: visit(site) for name, visit in visits.items()}
    finally:
        database.close()
