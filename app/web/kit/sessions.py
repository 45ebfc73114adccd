"""From cookie to viewer. Making and ending sessions is the work of `people.actions`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.requests import Request

from app.kit.db import DatabaseBusy
from app.kit.i18n import known_locale
from app.kit.ids import digest
from app.people.actions.sign_in import touch as touch_sign_in
from app.people.queries import viewer_by_token
from app.people.rules import SESSION_LONGEST, Viewer
from app.settings import Settings
from app.web.kit.ask import Cookie, Services
from app.web.kit.responses import LANGUAGE_COOKIE

BROWSER_COOKIE = "browser"


def secure(settings: Settings) -> bool:
    """Whether cookies carry `Secure` and the `__Host-` prefix: always but on a demo's plain http elsewhere."""
    return settings.address.startswith("https://") or not settings.demo_public


def session_cookie_name(settings: Settings) -> str:
    return "__Host-session" if secure(settings) else "session"


def has_cookie(request: Request, settings: Settings) -> bool:
    """Whether the browser shows a session, good or not."""
    return bool(request.cookies.get(session_cookie_name(settings)))


def viewer_of(
    session: Session, request: Request, settings: Settings, now: datetime, *, carried: Sequence[Cookie] = ()
) -> tuple[Viewer, datetime | None]:
    """The viewer of a request and when she was last seen; nobody (and None) without a valid session.

    `carried`: cookies that this request already gives back; a session of hers that was renewed meanwhile counts.
    """
    locale = known_locale(request.cookies.get(LANGUAGE_COOKIE))
    browser = request.cookies.get(BROWSER_COOKIE, "")
    name = session_cookie_name(settings)
    renewed = [cookie.value for cookie in carried if cookie.name == name]
    token = renewed[-1] if renewed else request.cookies.get(name)
    asks = settings.asks_second_factor
    found = viewer_by_token(session, digest(token), now=now, second_factor=asks) if token else None
    if found is None:
        return Viewer(locale=locale, browser=browser), None
    return found


def session_cookie(settings: Settings, token: str) -> Cookie:
    """The cookie that holds a session's token; empty to end it."""
    return Cookie(session_cookie_name(settings), token, int(SESSION_LONGEST.total_seconds()) if token else 0)


def touch(services: Services, viewer: Viewer) -> None:
    """Note that the session is in use; after the response, at most once per ten minutes.

    On a full disk the note is left out: looking goes on.
    """
    if viewer.sign_in_id is not None:
        with suppress(DatabaseBusy, SQLAlchemyError), services.database.writing() as db:
            touch_sign_in(db, sign_in_id=viewer.sign_in_id, now=services.clock.now())
