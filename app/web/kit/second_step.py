"""Proving oneself with the app: what the door, a step-up and the signing page share."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from app.kit.errors import Refused
from app.people.actions import limits, second_factor, sign_in
from app.people.actions.limits import Limit
from app.people.rules import FACTOR_FOR_SIGN_OFF, fresh_factor
from app.web.kit.devices import device_of
from app.web.kit.sessions import session_cookie

if TYPE_CHECKING:
    from app.web.kit.ask import Ask

QUARTER: Final = timedelta(minutes=15)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


def try_second(ask: Ask, *, person_id: int, code: str, recovery: str) -> Refused | None:
    """Whether the code is right; what to tell when it is not. A try counts whatever comes of it.

    Six digits are a million, of which three are right at any time: so few tries. Who tries at the door knows the
    password or has the mailbox already; she cannot use up the tries of who is in.
    """
    if not code.strip() and not recovery.strip():
        return Refused("app_code_missing", "code")
    where = "inside" if ask.viewer.signed_in else "door"
    what = "recovery" if recovery.strip() else "app"
    tries = (
        Limit(f"second|{where}|{what}|{person_id}|network|{ask.network}", 6, QUARTER),
        Limit(f"second|{where}|{what}|{person_id}", 20, HOUR),
        Limit(f"second|{where}|{what}|{person_id}|day", 30, DAY),
    )
    with ask.services.database.writing() as db:
        refused = limits.refusal(db, *tries, now=ask.now)
        if refused is not None:
            return Refused(refused.code, "recovery" if recovery.strip() else "code", **refused.facts)
        return second_factor.prove(
            db, person_id=person_id, code=code, recovery=recovery, keyring=ask.services.keyring, now=ask.now
        )


def go_on_proved(ask: Ask, *, person_id: int) -> bool:
    """Go on in a session with a new token that knows of both factors; its cookie goes along with any answer.

    False when the session has ended in the meantime: nothing goes on from what was signed out.
    """
    with ask.services.database.writing() as db:
        token = sign_in.replace_session(
            db,
            sign_in_id=ask.viewer.sign_in_id or 0,
            person_id=person_id,
            device=device_of(ask.request),
            now=ask.now,
            second=True,
        )
    ask.cookies.append(session_cookie(ask.services.settings, token or ""))
    if token is not None and ask.viewer.signed_in:
        ask.viewer = replace(ask.viewer, factor_at=ask.now)
    return token is not None


def prove_on_page(ask: Ask) -> Refused | None:
    """Look at the code that came along with a form, before the form itself: it counts whatever comes of the rest.

    So who signs in a hall types six digits where she is, and eight signatures ask for them once.
    """
    code, recovery = (str(ask.form.get(name, "")) for name in ("code", "recovery"))
    if not ask.viewer.second_factor or not (code.strip() or recovery.strip()):
        return None
    if fresh_factor(ask.viewer, max_age=FACTOR_FOR_SIGN_OFF, now=ask.now):
        return None
    refused = try_second(ask, person_id=ask.viewer.id, code=code, recovery=recovery)
    if refused is None:
        go_on_proved(ask, person_id=ask.viewer.id)
    return refused


def picture_of(address: str, title: str) -> Markup:
    """The QR code as a drawing in the page. Dark on white in both themes: a camera reads no other."""
    import segno  # noqa: PLC0415 - few requests need it

    drawn = segno.make(address, error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True, title=title
    )
    return Markup(drawn)  # noqa: S704 - made here, of an address of ours
