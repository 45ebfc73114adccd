"""A body that is kept piece by piece while it comes in: what stands is kept, whatever happens to the connection."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import anyio
from starlette.requests import Request

from app.people.rules import Viewer
from app.web.kit.ask import Services
from app.web.kit.body import QUIET_S, BodyTooLarge

Done = TypeVar("Done")


@dataclass
class Incoming:
    """What a function that receives a body gets. The edge asked its policy before the first byte was read.

    `in_lane` does something with the database, `aside` with the store; neither is open while we wait for the phone.
    `busy`: what comes in now, through all requests of this program.
    """

    services: Services
    request: Request
    viewer: Viewer
    in_lane: Callable[[Callable[[], Done]], Awaitable[Done]]
    aside: Callable[[Callable[[], Done]], Awaitable[Done]]
    busy: set[tuple[int, str]]

    @property
    def now(self) -> datetime:
        return self.services.clock.now()

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether nothing else of this person comes in at this address until we are done.

        Of this program only: that nothing is counted twice is up to the database.
        """
        place = (self.viewer.id, self.request.url.path)
        free = place not in self.busy
        self.busy.add(place)
        try:
            yield free
        finally:
            if free:
                self.busy.discard(place)

    async def pieces(self, size: int, most: int) -> AsyncIterator[bytes]:
        """The body in pieces of `size` bytes; the last one is what was left, also when the connection was cut.

        Raises: BodyTooLarge past `most` bytes.
        """
        announced = self.request.headers.get("content-length", "")
        if announced.isdigit() and int(announced) > most:
            raise BodyTooLarge
        seen, waiting = 0, bytearray()
        async for part in self._parts():
            seen += len(part)
            if seen > most:
                raise BodyTooLarge
            waiting += part
            while len(waiting) >= size:
                yield bytes(waiting[:size])
                del waiting[:size]
        if waiting:
            yield bytes(waiting)

    async def _parts(self) -> AsyncIterator[bytes]:
        """What comes, until it ends, is cut off, or nothing comes for a while."""
        more = True
        while more:
            try:
                with anyio.fail_after(QUIET_S):
                    message = await self.request.receive()
            except TimeoutError:
                return
            if message["type"] != "http.request":
                return
            more = message.get("more_body", False)
            yield message.get("body", b"")
