"""A small client that keeps many connections busy and remembers how long each answer took."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    """One request, ready to send, and what a right answer looks like."""

    wire: bytes
    status: int = 200
    holds: bytes = b""

    @classmethod
    def get(cls, path: str, *, host: str, token: str = "", status: int = 200, holds: bytes = b"") -> Request:
        return cls(_wire("GET", path, host, token), status, holds)

    @classmethod
    def post(cls, path: str, *, host: str, token: str, body: str = "", status: int = 303) -> Request:
        return cls(_wire("POST", path, host, token, body), status)

    @classmethod
    def patch(cls, path: str, *, host: str, token: str, at: int, content: bytes) -> Request:
        """A piece of a file (tus 1.0)."""
        lines = [
            f"PATCH {path} HTTP/1.1",
            f"Host: {host}",
            f"Cookie: __Host-session={token}",
            "Sec-Fetch-Site: same-origin",
            "Tus-Resumable: 1.0.0",
            f"Upload-Offset: {at}",
            "Content-Type: application/offset+octet-stream",
            f"Content-Length: {len(content)}",
        ]
        return cls("\r\n".join([*lines, "", ""]).encode() + content, 204)


def _wire(method: str, path: str, host: str, token: str, body: str = "") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Accept-Encoding: gzip"]
    if token:
        lines.append(f"Cookie: __Host-session={token}")
    if method == "POST":
        lines += [
            "Sec-Fetch-Site: same-origin",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        ]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Round:
    """The answers of one stretch of time."""

    seconds: float = 0.0
    times_ms: list[float] = field(default_factory=list)
    wrong: int = 0
    first_wrong: str = ""

    @property
    def per_second(self) -> float:
        return len(self.times_ms) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The time within which this share of the answers came, in milliseconds."""
        ordered = sorted(self.times_ms)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


async def drive(port: int, requests: Iterator[Request], *, connections: int, seconds: float) -> Round:
    """Keep `connections` busy for `seconds`, or until there are no more requests."""
    found = Round()
    started = time.perf_counter()
    deadline = started + seconds
    await asyncio.gather(*(_one_connection(port, requests, deadline, found) for _ in range(connections)))
    found.seconds = time.perf_counter() - started
    return found


async def _one_connection(port: int, requests: Iterator[Request], deadline: float, found: Round) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while time.perf_counter() < deadline and (request := next(requests, None)) is not None:
            started = time.perf_counter()
            writer.write(request.wire)
            answer = await read(reader)
            found.times_ms.append((time.perf_counter() - started) * 1000)
            if answer.status != request.status:
                found.wrong += 1
                found.first_wrong = found.first_wrong or f"{answer.status} for {request.wire[:60]!r}"
    finally:
        writer.close()


async def read(reader: asyncio.StreamReader) -> Answer:
    """One answer from the wire."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answer(int(head[0].split()[1]), headers, body)


async def ask(port: int, request: Request) -> Answer:
    """One request on a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request.wire)
    answer = await read(reader)
    writer.close()
    return answer
