"""A part of a file, as players ask for it: HTTP ranges (RFC 9110, section 14), one stretch at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.web.kit.ask import Streamed

_ONE: Final = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def wanted(header: str | None, size: int) -> tuple[int, int] | None:
    """From where up to where; the whole file when nothing, several stretches or nonsense is asked.

    None: there is nothing at that place.
    """
    found = _ONE.fullmatch((header or "").replace(" ", ""))
    if found is None or found[0] == "bytes=-":
        return 0, size
    first, last = found[1], found[2]
    if not first:
        return (max(0, size - int(last)), size) if int(last) and size else None
    if last and int(last) < int(first):
        return 0, size
    if int(first) >= size:
        return None
    return int(first), min(int(last) + 1, size) if last else size


def stretch(request: Request, answer: Streamed) -> Response:
    """The file, or the part of it that was asked for: 200, 206 or 416. The first piece is read before we promise."""
    tag = f'"{answer.tag}"'
    given = request.headers.get("range")
    if request.headers.get("if-range", tag) != tag:  # another content than the player has
        given = None
    place = wanted(given, answer.size)
    headers = {"Accept-Ranges": "bytes", "ETag": tag}
    if place is None:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{answer.size}"})
    start, end = place
    part = (start, end) != (0, answer.size)
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{answer.size}"
    headers["Content-Length"] = str(end - start)
    status = 206 if part else answer.status
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=answer.media_type)
    body = _begun(answer.pieces(start, end))
    return StreamingResponse(body, status_code=status, headers=headers, media_type=answer.media_type)


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same, of which the first piece is there already: a store that is away is told before anything is sent."""
    first = next(pieces, b"")
    return chain((first,), pieces)
