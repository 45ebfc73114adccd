"""A piece as the server hands it over: much at once, two at once, cut off in the middle."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import Coroutine, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from app.kit.clock import MovableClock
from app.kit.db import Database
from app.worker.run import run_due
from tests.page import SAME_ORIGIN, Site, Visitor, make_test_parts
from tests.practising import Practising, begin
from tests.tus import BODY, offset, start
from tests.unit.test_kit_media import film
from tests.uploading import nothing_is_half


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> Site:
    return Site(make_test_parts(sqlite_database, data_dir, clock))


@pytest.fixture
def at_work(site: Site, clock: MovableClock) -> Practising:
    return begin(site.parts.database, site.parts.storage, clock, until="visited")


@pytest.fixture
def noor(site: Site, at_work: Practising) -> Visitor:
    return site.visitor(at_work.noor.id)


def served(answering: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread of its own: Chromium's tests leave a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, answering).result()


def patching(noor: Visitor, href: str, at: int = 0) -> dict[str, Any]:
    """A PATCH as the server software hands it to the program; its body comes from a function."""
    cookie = noor.client.cookies.get("__Host-session")
    headers = {"upload-offset": str(at), "cookie": f"__Host-session={cookie}", "host": "academie.test"}
    return {
        "type": "http", "http_version": "1.1", "method": "PATCH", "path": href, "raw_path": href.encode(),
        "query_string": b"", "scheme": "https", "server": ("academie.test", 443), "client": ("127.0.0.1", 1),
        "headers": [(name.encode(), value.encode()) for name, value in (BODY | SAME_ORIGIN | headers).items()],
        "root_path": "",
    }  # fmt: skip


def test_a_body_of_many_pieces_takes_little_memory(site: Site, noor: Visitor, at_work: Practising) -> None:
    """Each upload in the works holds a piece or two, whatever the phone sends in one go (20 MB, issue of speed)."""
    size = 48 * 1024 * 1024
    href = start(noor, at_work, b"x", length=str(size))
    chunk = b"x" * 65_536
    done = 0

    async def body() -> dict[str, Any]:
        nonlocal done
        done += len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": done < size}

    answered: list[int] = []

    async def answer(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answered.append(message["status"])

    tracemalloc.start()
    served(site.app(patching(noor, href), body, answer))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answered == [204]
    assert offset(noor, href) == size
    assert most < 20 * 1024 * 1024


def test_two_at_once_for_one_file(site: Site, noor: Visitor, at_work: Practising) -> None:
    """Two windows, or a phone that lost a connection that we still hold: the second waits, and nothing is mixed."""
    content = film()
    href = start(noor, at_work, content)
    answered: list[tuple[str, int]] = []

    async def both() -> None:
        first_reads, first_goes_on = asyncio.Event(), asyncio.Event()

        async def slow() -> dict[str, Any]:
            if not first_reads.is_set():
                first_reads.set()
                return {"type": "http.request", "body": content[:900], "more_body": True}
            await first_goes_on.wait()
            return {"type": "http.request", "body": content[900:], "more_body": False}

        async def quick() -> dict[str, Any]:
            return {"type": "http.request", "body": b"y" * len(content), "more_body": False}

        def told(who: str) -> Any:
            async def answer(message: MutableMapping[str, Any]) -> None:
                if message["type"] == "http.response.start":
                    answered.append((who, message["status"]))

            return answer

        first = asyncio.create_task(site.app(patching(noor, href), slow, told("first")))
        await first_reads.wait()
        for _ in range(3):
            await site.app(patching(noor, href), quick, told("second"))
        first_goes_on.set()
        await first
        await site.app(patching(noor, href, len(content)), quick, told("after"))

    served(both())
    assert answered == [*[("second", 423)] * 3, ("first", 204), ("after", 413)]
    assert offset(noor, href) == len(content)
    run_due(site.parts.work)
    assert noor.get(f"{href}/stand").json() == {"state": "ready", "error": ""}
    nothing_is_half(site.parts.database, site.parts.storage)


def test_cut_off_by_the_phone_what_came_is_kept(site: Site, noor: Visitor, at_work: Practising) -> None:
    href = start(noor, at_work, b"x", length="1000")
    messages: Iterator[dict[str, Any]] = iter([
        {"type": "http.request", "body": b"x" * 300, "more_body": True},
        {"type": "http.disconnect"},
    ])  # fmt: skip

    async def body() -> dict[str, Any]:
        return next(messages)

    async def answer(message: MutableMapping[str, Any]) -> None:
        """Nobody listens any more."""

    served(site.app(patching(noor, href), body, answer))
    assert offset(noor, href) == 300
