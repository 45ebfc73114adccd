"""Reading a form with a bound on its size."""

from __future__ import annotations

from typing import Final

import anyio
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message

MAX_FIELDS: Final = 2_000
MAX_FILES: Final = 20
QUIET_S: Final = 20.0  # a phone in a tunnel gets this long; who only keeps the line busy does not


class BodyTooLarge(Exception):
    """The body is larger than the route allows."""


async def read_form(request: Request, limit: int) -> FormData:
    """The form in the body of the request.

    Raises: BodyTooLarge past `limit` bytes; ValueError when it cannot be read as a form, or stops coming.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise BodyTooLarge
    receive, seen = request.receive, 0

    async def counted() -> Message:
        nonlocal seen
        with anyio.fail_after(QUIET_S):
            message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise BodyTooLarge
        return message

    bounded = Request(request.scope, counted)
    try:
        return await bounded.form(max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=limit)
    except BodyTooLarge:
        raise
    except (MultiPartException, UnicodeDecodeError, TimeoutError) as broken:
        raise ValueError("form") from broken
    except Exception as broken:
        if type(broken).__name__ == "HTTPException":  # Starlette wraps parser errors when an app is in scope
            raise ValueError("form") from broken
        raise
