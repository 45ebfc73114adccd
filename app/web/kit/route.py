"""The edge: a request from door to row and back, in one hop, committed only when the answer is good.

Pages register here and nowhere else, each with the permission that it asks for.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeVar

import anyio
import structlog
from anyio import CapacityLimiter, to_thread
from starlette.background import BackgroundTask
from starlette.convertors import Convertor, register_url_convertor
from starlette.datastructures import FormData
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from app.access import Permission
from app.kit.errors import NotFound
from app.kit.ids import MAX_ID
from app.kit.storage import StorageTrouble
from app.people.rules import Viewer
from app.web.kit import csrf, errors, sessions
from app.web.kit.ask import Answer, Ask, Redirect, Services
from app.web.kit.body import BodyTooLarge, read_form
from app.web.kit.entry import Entry, PageFunction, Receiver
from app.web.kit.hop import TOLD, TROUBLE, Abandoned, Hop
from app.web.kit.incoming import Incoming
from app.web.kit.responses import Responder
from app.web.kit.way_back import filled

DEADLINE_S: Final = 5.0  # security.md founding decision 6
PREPARE_S: Final = 30.0
HEAVY_AT_ONCE: Final = 2  # pictures decoded at the same time, so that they never hold up signing in
AT_LENGTH_AT_ONCE: Final = 2  # whole courses checked and compared, so that they never hold up a picture
SLOW_AT_ONCE: Final = 4  # password checks; 19 MiB each
UPLOADS_AT_ONCE: Final = 4  # pieces on their way to the store
SAFE: Final = frozenset({"GET", "HEAD"})

Looked = TypeVar("Looked")


FORM_PERSON: Final = "form_person"
"""The field in which a form says on whose page it stood."""


def _whose(request: Request, form: FormData) -> FormData:
    """The form without that field, which is for the hop alone."""
    request.state.meant_for = form.get(FORM_PERSON)
    return FormData([(name, given) for name, given in form.multi_items() if name != FORM_PERSON])


def _nothing(_ask: Ask) -> Answer:
    raise NotFound


MISSED: Final = Entry("GET", "/", _nothing, Permission.PUBLIC, "edge.missed")
"""Stands in the log where no route is."""

log = structlog.get_logger("web")


class _IdConvertor(Convertor[int]):
    regex = "[1-9][0-9]{0,15}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


class _Slug(Convertor[str]):
    regex = "[a-z0-9][a-z0-9-]{0,99}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class _Token(_Slug):
    regex = "[A-Za-z0-9_.-]{1,200}"


class _File(_Slug):
    regex = "[A-Za-z0-9][A-Za-z0-9_.-]{0,99}"


register_url_convertor("id", _IdConvertor())
register_url_convertor("slug", _Slug())
register_url_convertor("token", _Token())
register_url_convertor("file", _File())


@dataclass
class Area:
    """The routes of one page module. Names are `area.verb`, unique over the program."""

    entries: list[Entry] = field(default_factory=list)

    def get(self, path: str, *, policy: Permission, name: str, **how: Any) -> Callable[[PageFunction], PageFunction]:
        """A page that is looked at. It reads; a write would fail."""
        return self._add("GET", path, policy, name, how)

    def post(self, path: str, *, policy: Permission, name: str, **how: Any) -> Callable[[PageFunction], PageFunction]:
        """Something that is done: one transaction, committed when the status is below 400."""
        return self._add("POST", path, policy, name, how)

    def head(self, path: str, *, policy: Permission, name: str) -> Callable[[PageFunction], PageFunction]:
        """What a program asks before it goes on; read like a page."""
        return self._add("HEAD", path, policy, name, {})

    def options(self, path: str, *, policy: Permission, name: str) -> Callable[[PageFunction], PageFunction]:
        """What a program asks before it begins."""
        return self._add("OPTIONS", path, policy, name, {})

    def patch(self, path: str, *, policy: Permission, name: str) -> Callable[[Receiver], Receiver]:
        """A body that comes in while we keep it."""

        def register(receiver: Receiver) -> Receiver:
            self.entries.append(Entry("PATCH", path, _nothing, policy, name, receive=receiver))
            return receiver

        return register

    def _add(
        self, method: str, path: str, policy: Permission, name: str, how: dict[str, Any]
    ) -> Callable[[PageFunction], PageFunction]:
        def register(function: PageFunction) -> PageFunction:
            self.entries.append(Entry(method, path, function, policy, name, **how))
            return function

        return register


def entry_at(endpoint: object) -> Entry | None:
    """The entry behind what a route runs; None when the route was made in another way."""
    bound = getattr(endpoint, "args", ())
    return bound[0] if bound and isinstance(bound[0], Entry) else None


@dataclass
class Edge:
    """Runs entries: limits, deadline, the lane, and the answer on the wire."""

    services: Services
    responder: Responder
    ways_back: Mapping[str, str] = field(default_factory=dict)
    lane: CapacityLimiter = field(init=False)
    slow: CapacityLimiter = field(init=False)
    heavy: CapacityLimiter = field(init=False)
    at_length: CapacityLimiter = field(init=False)
    uploads: CapacityLimiter = field(init=False)
    coming_in: set[tuple[int, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.lane = CapacityLimiter(self.services.database.lanes)
        self.slow = CapacityLimiter(SLOW_AT_ONCE)
        self.heavy = CapacityLimiter(HEAVY_AT_ONCE)
        self.at_length = CapacityLimiter(AT_LENGTH_AT_ONCE)
        self.uploads = CapacityLimiter(UPLOADS_AT_ONCE)

    def route(self, entry: Entry) -> Route:
        """The Starlette route for an entry."""
        return Route(entry.path, partial(self.answer, entry), methods=[entry.method], name=entry.name)

    async def answer(self, entry: Entry, request: Request) -> Response:
        """Answer one request and write its line in the log: route, status, time; nothing personal."""
        started = time.perf_counter()
        response = await self._respond(entry, request)
        log.info(
            "request",
            route=entry.name,
            method=request.method,
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
        return response

    async def missed(self, request: Request, status: int) -> Response:
        """The page where none is: an address without a route (404), or a method that its route has not (405).

        An opened address that only takes a form leads to the page of that form. It says nothing about whether
        there is such a thing: that page does, to who may know.
        """
        entry = entry_at(request.scope.get("endpoint"))
        if status == 405 and request.method == "GET" and entry is not None and entry.path in self.ways_back:
            to = filled(self.ways_back[entry.path], request.path_params)
            return self.responder.respond(request, Viewer(), Redirect(status=303, to=to))
        return await self._refused(MISSED, request, status)

    async def _respond(self, entry: Entry, request: Request) -> Response:
        refused = partial(self._refused, entry, request)
        if any(isinstance(value, int) and value > MAX_ID for value in request.path_params.values()):
            return await refused(404)
        if any("\x00" in given for given in request.query_params.values()):  # no database and no page can hold it
            return await refused(400)
        form = FormData()
        # Nobody who is not signed in gets to hand us a body for a place that is not public.
        unknown = entry.policy is not Permission.PUBLIC and not sessions.has_cookie(request, self.services.settings)
        if request.method not in SAFE and not unknown:
            if not csrf.same_origin(request.headers, self.services.settings.address, demo=self.services.settings.demo):
                return await refused(403, errors.ELSEWHERE)
            if entry.receive is not None:
                return await self._receive(entry, entry.receive, request)
            try:
                form = await read_form(request, entry.body_bytes)
                form = _whose(request, form)
                errors.note_typed(request, form)
            except BodyTooLarge:
                return await refused(413)
            except (ClientDisconnect, ValueError):
                return await refused(400)
            except OSError as trouble:  # a large upload waits on disk, and the disk may be full
                errors.report(entry.name, trouble)
                return errors.plain(self.responder, request, 503)
        try:
            return await self._run(entry, request, form)
        finally:
            await form.close()

    async def _refused(self, entry: Entry, request: Request, status: int, text: str = "") -> Response:
        """What the edge says no to by itself, in the language and with the menu of who is signed in.

        Who shows no session costs the database nothing.
        """
        if not sessions.has_cookie(request, self.services.settings):
            return errors.plain(self.responder, request, status, text=text)
        hop = Hop(self.services, self.responder, entry, request, FormData())
        return await self._bounded(hop, self._in_lane(partial(hop.plain, status, text)))

    async def _run(self, entry: Entry, request: Request, form: FormData) -> Response:
        hop = Hop(self.services, self.responder, entry, request, form)
        return await self._bounded(hop, self._steps(hop))

    async def _steps(self, hop: Hop) -> Response:
        entry = hop.entry
        if entry.prepare is not None:
            if (refused := await self._in_lane(hop.refused)) is not None:
                return refused
            with anyio.fail_after(PREPARE_S):
                hop.prepared = await to_thread.run_sync(
                    partial(entry.prepare, self.services, hop.form), abandon_on_cancel=True
                )
        limiter = self._places(entry)
        with anyio.fail_after(PREPARE_S if entry.heavy or entry.at_length else DEADLINE_S):
            response = await to_thread.run_sync(hop.run, limiter=limiter, abandon_on_cancel=True)
            if hop.repeat:  # somebody else was faster in this very moment
                response = await to_thread.run_sync(hop.run, limiter=limiter, abandon_on_cancel=True)
        if hop.touch_due:
            response.background = BackgroundTask(to_thread.run_sync, partial(sessions.touch, self.services, hop.viewer))
        return response

    def _places(self, entry: Entry) -> CapacityLimiter:
        if entry.heavy:
            return self.heavy
        if entry.at_length:
            return self.at_length
        return self.slow if entry.own_transactions else self.lane

    async def _receive(self, entry: Entry, receive: Receiver, request: Request) -> Response:
        """A body that is kept while it comes in. Who may send it is asked first; the deadline is that of each step."""
        hop = Hop(self.services, self.responder, entry, request, FormData())

        async def received() -> Response:
            if (refused := await self._in_lane(hop.refused)) is not None:
                return refused
            incoming = Incoming(self.services, request, hop.viewer, self._in_lane, self._aside, self.coming_in)
            try:
                answer = await receive(incoming, **request.path_params)
            except BodyTooLarge:
                return await self._refused(entry, request, 413)
            except TOLD as told:
                return errors.told(self.responder, request, hop.viewer, told)
            except TROUBLE as trouble:
                errors.report(entry.name, trouble)
                return errors.plain(self.responder, request, 503)
            return self.responder.respond(request, hop.viewer, answer)

        return await self._bounded(hop, received())

    async def _aside(self, work: Callable[[], Looked]) -> Looked:
        """Work with the store, in places of its own, so that it never holds up who asks the database."""
        with anyio.fail_after(PREPARE_S):
            return await to_thread.run_sync(work, limiter=self.uploads, abandon_on_cancel=True)

    async def _in_lane(self, look: Callable[[], Looked]) -> Looked:
        with anyio.fail_after(DEADLINE_S):
            return await to_thread.run_sync(look, limiter=self.lane, abandon_on_cancel=True)

    async def _bounded(self, hop: Hop, work: Awaitable[Response]) -> Response:
        """The answer of the work, or the page that says that it took too long or that the store is away."""
        try:
            return await work
        except StorageTrouble as trouble:
            errors.report(hop.entry.name, trouble)
        except TimeoutError:
            hop.abandon()
        except Abandoned:
            pass
        return errors.plain(self.responder, hop.request, 503)
