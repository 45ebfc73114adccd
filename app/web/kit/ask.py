"""What a page function gets (`Ask`) and what it may give back (`Answer`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from ipaddress import IPv6Network, ip_address
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request

from app.access import Permission, may
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.errors import Forbidden, FreshFactorNeeded
from app.kit.ids import Keyring
from app.kit.localtime import local_day
from app.kit.storage import Storage
from app.people.rules import Viewer, fresh_factor
from app.settings import Settings

if TYPE_CHECKING:
    from datetime import timedelta

    from app.kit.i18n import Locale


def network_of(address: str) -> str:
    """The network of an address. With IPv6 somebody at home has 2**64 addresses, so there the first half counts."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return address
    return str(known.ipv4_mapped or IPv6Network((int(known), 64), strict=False))


@dataclass(frozen=True)
class Services:
    """The parts of the program that pages may use; put together in `app.main`."""

    settings: Settings
    clock: Clock
    database: Database
    storage: Storage
    keyring: Keyring


class SentBefore(Exception):
    """The very same form came before, and was done: the answer is where that one went."""

    def __init__(self, to: str) -> None:
        super().__init__(to)
        self.to = to


@dataclass
class Ask:
    """One request as a page function sees it: session, viewer, one instant, the form."""

    services: Services
    request: Request
    viewer: Viewer
    now: datetime
    form: FormData
    prepared: Any = None
    session: Session | None = None
    cookies: list[Cookie] = field(default_factory=list)
    """What goes along with the answer whatever it is: who proved herself stays proved, also when the rest fails."""
    count: Callable[[Session, str], None] | None = None
    """Note in a transaction that this form was done, and where its repeat goes."""

    @contextmanager
    def writing(self, *, back_to: str) -> Iterator[Session]:
        """A transaction on a route with own transactions, in which its form counts once; a repeat goes to `back_to`.

        Raises: SentBefore, for the edge.
        """
        with self.services.database.writing() as db:
            if self.count is not None:
                self.count(db, back_to)
            yield db

    @property
    def db(self) -> Session:
        """The session of this request. Raises: RuntimeError on a route with own transactions."""
        if self.session is None:
            raise RuntimeError("this route opens its own transactions")
        return self.session

    @property
    def today(self) -> date:
        return local_day(self.now)

    @property
    def query(self) -> Mapping[str, str]:
        return self.request.query_params

    @property
    def by_script(self) -> bool:
        """Whether a script of ours asks, which wants facts instead of a page."""
        return "application/json" in self.request.headers.get("accept", "")

    @property
    def network(self) -> str:
        """Where the request came from, for limits; never logged."""
        return network_of(self.request.client.host if self.request.client else "")

    def require(self, permission: Permission) -> None:
        """Raises: Forbidden when the viewer lacks the permission."""
        if not may(self.viewer, permission):
            raise Forbidden

    def require_fresh_factor(self, max_age: timedelta) -> None:
        """Raises: FreshFactorNeeded when the viewer proved too long ago who she is."""
        if not fresh_factor(self.viewer, max_age=max_age, now=self.now):
            raise FreshFactorNeeded


@dataclass(frozen=True)
class Cookie:
    """A cookie to set; an empty value removes it. Always HttpOnly, SameSite=Lax, Path=/."""

    name: str
    value: str
    max_age: int = 0


@dataclass
class Answer:
    """What every answer may carry."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cookies: list[Cookie] = field(default_factory=list)


@dataclass
class Page(Answer):
    """A template with its page data; `part` is the file that answers a partial request.

    `locale` is the language of a page that a device keeps for who is not in; else it is that of the viewer.
    """

    template: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    part: str | None = None
    locale: Locale | None = None


@dataclass
class Redirect(Answer):
    """See other. `toast` is a Dutch sentence (a message id) that the next page shows once, and `also` a second one."""

    to: str = "/"
    toast: str = ""
    also: str = ""


@dataclass
class Content(Answer):
    """Bytes: a document, a picture, a calendar."""

    body: bytes = b""
    media_type: str = "application/octet-stream"
    filename: str | None = None
    inline: bool = False


@dataclass
class Streamed(Answer):
    """A file that is sent piece by piece, from any place in it: a film is looked through without loading it all.

    `pieces` gives the bytes from one place up to another. `tag` names this very content.
    """

    size: int = 0
    pieces: Callable[[int, int], Iterator[bytes]] = lambda start, end: iter(())  # noqa: ARG005
    tag: str = ""
    media_type: str = "application/octet-stream"
    filename: str | None = None
    inline: bool = False


def render(template: str, page: object = None, *, status: int = 200, part: str | None = None, **more: object) -> Page:
    """The page `template` with `page` as its data; `form=` where a form stands on it."""
    return Page(status=status, template=template, data={"page": page, **more}, part=part)


def redirect(to: str, *, toast: str = "") -> Redirect:
    return Redirect(status=303, to=to, toast=toast)


def invalid(template: str, page: object = None, *, part: str | None = None, **more: object) -> Page:
    """The same page again with its form and what is wrong with it."""
    return render(template, page, status=422, part=part, **more)
