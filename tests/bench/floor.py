"""The bare floor: one line of text from the same server software, without any of our work."""

from __future__ import annotations

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


async def answer(_request: Request) -> Response:
    return PlainTextResponse("ok\n")


if __name__ == "__main__":
    app = Starlette(routes=[Route("/", answer)])
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_config=None, access_log=False)
