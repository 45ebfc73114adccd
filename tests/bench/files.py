"""Photos and films as phones send them: how soon a photo is ready, and what an upload takes of memory."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from dataclasses import dataclass
from io import BytesIO
from statistics import median
from typing import Final
from urllib.parse import urlencode

from PIL import Image

from tests.bench.drive import Answer, Request, ask
from tests.bench.seed import House
from tests.bench.server import Server

PHOTO: Final = (4_000, 3_000)
PHOTOS: Final = 5
FILM_BYTES: Final = 64 * 1024 * 1024
PIECE: Final = 4 * 1024 * 1024
LOOK_S: Final = 0.02


async def send_files(server: Server, house: House) -> None:
    """Print both."""
    phones = [Phone(server.port, token, record) for token, record in house.senders]
    times, size = [], 0
    for number in range(PHOTOS):
        content = _photo(number)
        path = await phones[0].begin("photo", len(content), name=f"photo {number}")
        await phones[0].send(path, content)
        times.append(await phones[0].ready(path))
        size = len(content)
    print(
        f"\na photo of 12 megapixels ({size / 1e6:.1f} MB) is ready {median(times):.2f} s after its last byte "
        f"(slowest of {PHOTOS}: {max(times):.2f} s)"
    )
    for count in (1, len(phones)):
        rest = server.pss_mib()
        seen = [rest]
        watching = asyncio.create_task(_watch(server, seen))
        await asyncio.gather(*(phone.send_film(f"{count} of {phone.record}") for phone in phones[:count]))
        watching.cancel()
        print(
            f"{count} at once, films of {FILM_BYTES // 1024**2} MB: memory (PSS) {rest:.0f} MiB before, "
            f"{max(seen):.0f} at most: {(max(seen) - rest) / count:.1f} MiB for each upload"
        )


async def _watch(server: Server, seen: list[float]) -> None:
    while True:
        seen.append(server.pss_mib())
        await asyncio.sleep(LOOK_S)


@dataclass(frozen=True)
class Phone:
    """Somebody who sends files to her work."""

    port: int
    token: str
    record: int

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def begin(self, kind: str, length: int, *, name: str) -> str:
        given = {"kind": kind, "length": str(length), "recognisable": "nobody", "caption": ""}
        body = urlencode(given | {"fingerprint": hashlib.sha256(name.encode()).hexdigest()})
        path = f"/praktijk/{self.record}/upload"
        told = await self._asked(Request.post(path, host=self.host, token=self.token, body=body, status=201))
        return str(json.loads(told.body)["href"])

    async def send(self, path: str, content: bytes, at: int = 0) -> None:
        await self._asked(Request.patch(path, host=self.host, token=self.token, at=at, content=content))

    async def ready(self, path: str) -> float:
        """Seconds until it is evidence."""
        began = time.perf_counter()
        while (state := await self._state(path)) == "working":  # noqa: ASYNC110 - only the server knows
            await asyncio.sleep(LOOK_S)
        if state != "ready":
            raise RuntimeError(state)
        return time.perf_counter() - began

    async def send_film(self, name: str) -> None:
        """In pieces, as the page does; it is no film, so afterwards it is refused and gone."""
        path = await self.begin("video", FILM_BYTES, name=name)
        for place in range(0, FILM_BYTES, PIECE):
            await self.send(path, b"\0" * PIECE, at=place)
        while await self._state(path) == "working":  # noqa: ASYNC110 - only the server knows
            await asyncio.sleep(LOOK_S)

    async def _state(self, path: str) -> str:
        told = await self._asked(Request.get(f"{path}/stand", host=self.host, token=self.token))
        return str(json.loads(told.body)["state"])

    async def _asked(self, request: Request) -> Answer:
        answer = await ask(self.port, request)
        if answer.status != request.status:
            raise RuntimeError(f"{answer.status} for {request.wire[:60]!r}: {answer.body[:200]!r}")
        return answer


def _photo(number: int) -> bytes:
    """As a camera makes it, and harder: noise everywhere."""
    out = BytesIO()
    colours = [Image.effect_noise(PHOTO, 40 + number + each) for each in range(3)]
    Image.merge("RGB", colours).save(out, "JPEG", quality=85)
    return out.getvalue()
