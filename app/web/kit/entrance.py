"""What the doors share: limits on trying, and the answer that lets somebody in."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from app.access import home_of
from app.kit.errors import Refused
from app.people.actions import codes, limits, sign_in
from app.people.actions.limits import Limit
from app.people.queries import cards, viewer_for
from app.web.kit.ask import Ask, Redirect
from app.web.kit.devices import browser_cookie, browser_of, device_of, is_known, known_cookie
from app.web.kit.paths import local_path
from app.web.kit.sessions import session_cookie, session_cookie_name

QUARTER: Final = timedelta(minutes=15)
HOUR: Final = timedelta(hours=1)


def limits_for(ask: Ask, what: str, address: str, *, known: int, near: int, far: int) -> list[Limit]:
    """The limits on trying `what` for an address (security.md 4, login).

    A browser that came in before has tries of its own (`known`), so that a stranger cannot lock its owner
    out. For others `near` counts per network and `far` over all networks together; one network alone cannot
    use up `far` in an hour, for what `near` refuses is not counted there.
    """
    if is_known(ask.request, ask.services.keyring, address):
        return [Limit(f"{what}|{address}|browser|{browser_of(ask.request)}", known, QUARTER)]
    return [
        Limit(f"{what}|{address}|network|{ask.network}", near, QUARTER),
        Limit(f"{what}|{address}", far, HOUR),
        Limit(f"{what}|network|{ask.network}", 20 * near, HOUR),
    ]


def password_limits(ask: Ask, address: str) -> list[Limit]:
    return limits_for(ask, "password", address, known=20, near=10, far=50)


def send_code(ask: Ask, address: str, browser: str) -> Refused | None:
    """Mail a code to the address when it is somebody's; what to tell when it was asked too often."""
    with ask.services.database.writing() as db:
        asked = limits_for(ask, "code", address, known=8, near=4, far=20)
        refused = limits.refusal(db, *asked, now=ask.now)
        if refused is None:
            codes.mail_code_to(db, address=address, browser=browser, now=ask.now)
    return refused


def try_code(ask: Ask, code: str) -> int | Refused:
    """Whose mailbox the code proves, or what to tell. The try is counted whatever comes of it."""
    browser = browser_of(ask.request)
    with ask.services.database.writing() as db:
        tries = [Limit(f"try-code|{browser}", 20, QUARTER), Limit(f"try-code|network|{ask.network}", 200, HOUR)]
        refused = limits.refusal(db, *tries, now=ask.now)
        person_id = None
        if refused is None:
            person_id = codes.check_code(db, browser=browser, code=code, keyring=ask.services.keyring, now=ask.now)
    return refused or person_id or Refused("code_wrong", "code")


def let_in(ask: Ask, *, person_id: int, session_token: str, to: str, toast: str = "") -> Redirect:
    """Send somebody in with her session, to where she was going or to her own start."""
    with ask.services.database.reading() as db:
        start_page = home_of(viewer_for(db, person_id))
        address = cards(db, [person_id])[person_id].email
    browser = browser_cookie(ask.request)
    known = known_cookie(ask.services.keyring, address, browser.value)
    cookies = [session_cookie(ask.services.settings, session_token), browser, known]
    return Redirect(status=303, to=local_path(to, default=start_page), toast=toast, cookies=cookies)


def begin_session(ask: Ask, db: Session, *, person_id: int) -> str:
    """A new session in this browser; the one it had ends, so that no cookie of before opens anything."""
    old = ask.request.cookies.get(session_cookie_name(ask.services.settings))
    if old:
        sign_in.end_session_of_token(db, token=old, now=ask.now)
    return sign_in.start_session(db, person_id=person_id, device=device_of(ask.request), now=ask.now)


def enter_with_code(ask: Ask, person_id: int) -> str | None:
    """Begin a session with the code that was just found right; None when it was used in the meantime."""
    with ask.services.database.writing() as db:
        if not codes.use_code(db, browser=browser_of(ask.request), person_id=person_id, now=ask.now):
            return None
        return begin_session(ask, db, person_id=person_id)
