"""A body that stops coming: the line is not kept for it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest
from starlette.requests import Request
from starlette.types import Message

from app.web.kit import body


def test_a_body_that_stops_coming_is_no_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "QUIET_S", 0.05)
    sent: list[Message] = [{"type": "http.request", "body": b"name=No", "more_body": True}]
    headers = [(b"content-type", b"application/x-www-form-urlencoded"), (b"content-length", b"100")]

    async def receive() -> Message:
        if not sent:
            await anyio.sleep(5)
        return sent.pop()

    async def read() -> None:
        await body.read_form(Request({"type": "http", "method": "POST", "headers": headers}, receive), 1_000)

    # In a thread of its own: the browser of the journeys keeps a loop running in this one.
    with ThreadPoolExecutor(1) as pool, pytest.raises(ValueError, match="form"):
        pool.submit(anyio.run, read).result(timeout=10)
