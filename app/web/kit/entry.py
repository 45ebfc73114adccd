"""One route as a page module declares it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from starlette.datastructures import FormData

from app.access import Permission
from app.web.kit.ask import Answer, Ask, Services

BODY_BYTES: Final = 512 * 1024
PageFunction = Callable[..., Answer]
Receiver = Callable[..., Awaitable[Answer]]


@dataclass(frozen=True)
class Entry:
    """One route as declared: what it asks for and how it runs.

    `heavy`, with own transactions: it decodes what people sent, in places of its own, with half a minute.
    `at_length`, the same: it reads, checks and compares much that people wrote, in other places of its own.
    `first`, for a form: what is looked at before it in transactions of its own, and stays whatever comes of the form;
    what it gives is `prepared`.
    `receive`, instead of `function`: it keeps the body piece by piece while it comes in (`app.web.kit.incoming`).
    `back`, for a form: the page that it stands on, where that is not the nearest page above it.
    """

    method: str
    path: str
    function: PageFunction
    policy: Permission
    name: str
    snapshot: bool = False
    own_transactions: bool = False
    heavy: bool = False
    at_length: bool = False
    prepare: Callable[[Services, FormData], Any] | None = None
    first: Callable[[Ask], Any] | None = None
    body_bytes: int = BODY_BYTES
    back: str = ""
    receive: Receiver | None = None
