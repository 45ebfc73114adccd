"""The only place where the parts of the program are put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pkgutil import walk_packages

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.kit.clock import Clock, SystemClock
from app.kit.db import Database
from app.kit.ids import Keyring
from app.kit.storage import Storage, bucket, folder
from app.settings import Settings
from app.web import feeds, pages
from app.web.kit import errors, sessions
from app.web.kit.ask import Services
from app.web.kit.entry import Entry
from app.web.kit.headers import HEADERS, SecurityHeaders
from app.web.kit.responses import Responder
from app.web.kit.route import Area, Edge, entry_at
from app.web.kit.static import shipped
from app.web.kit.templates import make_templates
from app.web.kit.way_back import ways_back
from app.worker.run import Worker
from app.worker.work import Work

PAGES_FIRST_S = 1.0  # what waits in the background may wait for the first answers
OPEN_ROUTES = frozenset({"static"})
"""Routes that need no permission: files that are the same for everybody."""


@dataclass(frozen=True)
class Parts:
    """The program's parts, for pages, jobs and commands alike."""

    settings: Settings
    clock: Clock
    database: Database
    storage: Storage
    keyring: Keyring

    @property
    def services(self) -> Services:
        return Services(self.settings, self.clock, self.database, self.storage, self.keyring)

    @property
    def work(self) -> Work:
        return Work(self.settings, self.clock, self.database, self.storage, self.keyring)


def make_parts(settings: Settings, clock: Clock | None = None) -> Parts:
    """Open the database and the file store that the settings name."""
    return Parts(
        settings,
        clock or SystemClock(),
        Database.open(settings.database, data_dir=settings.data_dir),
        open_storage(settings),
        Keyring(settings.secrets),
    )


def open_storage(settings: Settings) -> Storage:
    """The file store: a bucket when one is named, else a folder in the data directory."""
    if settings.s3_bucket:
        return bucket(
            settings.s3_bucket,
            endpoint=settings.s3_endpoint or None,
            region=settings.s3_region,
            access_key=settings.s3_access_key,
            secret_key=settings.s3_secret_key.get_secret_value(),
        )
    return folder(settings.data_dir / "files")


def all_entries() -> list[Entry]:
    """Every route that a page module declares; those of many people first, for they are tried in this order."""
    entries: list[Entry] = [*feeds.area.entries]
    modules = [module.name for module in walk_packages(pages.__path__, f"{pages.__name__}.")]
    for module in sorted(modules, key=lambda name: (".admin_" in name, name)):
        area = getattr(import_module(module), "area", None)
        if isinstance(area, Area):
            entries += area.entries
    return entries


def create_app(parts: Parts, *, with_worker: bool = False) -> FastAPI:
    """The web program. Refuses to start when a route has no policy or two share a name."""
    static = shipped()
    responder = Responder(parts.settings, make_templates(static.url), sessions.secure(parts.settings))
    entries = all_entries()
    edge = Edge(parts.services, responder, ways_back(entries))

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        worker = Worker(parts.work, head_start_s=PAGES_FIRST_S) if with_worker else None
        if worker is not None:
            worker.start()
        yield
        if worker is not None:
            worker.stop()

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, lifespan=life, redirect_slashes=False)
    app.router.routes.append(Route("/static/{name:path}", static.answer, name="static"))
    for entry in entries:
        app.router.routes.append(edge.route(entry))
    refuse_unguarded(app)
    app.add_middleware(SecurityHeaders)
    app.add_exception_handler(HTTPException, partial(_http_error, edge))
    app.add_exception_handler(Exception, partial(_bug, responder))
    app.state.parts = parts
    return app


def refuse_unguarded(app: FastAPI) -> None:
    """Raises: RuntimeError for a route that was not made at the edge, or a name used twice."""
    seen: set[tuple[str, str]] = set()
    for route in app.routes:
        if isinstance(route, Route) and route.name in OPEN_ROUTES:
            continue
        entry = entry_at(getattr(route, "endpoint", None))
        if entry is None:
            raise RuntimeError(f"{route} declares no policy")
        if (entry.name, entry.method) in seen:
            raise RuntimeError(f"{entry.name} is the name of two routes")
        seen.add((entry.name, entry.method))


async def _http_error(edge: Edge, request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    response = await edge.missed(request, status if status in {400, 404, 405, 413} else 404)
    if isinstance(error, HTTPException) and error.headers and response.status_code == status:
        response.headers.update(error.headers)
    return response


async def _bug(responder: Responder, request: Request, error: Exception) -> Response:
    """The page for a bug. It leaves outside the middleware, so it gets its headers here."""
    entry = entry_at(request.scope.get("endpoint"))
    errors.report(entry.name if entry else "unknown", error)
    response = errors.plain(responder, request, 500)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    return response
