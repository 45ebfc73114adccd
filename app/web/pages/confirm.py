"""Proving once more who sits at the screen, before something that matters (a fresh factor)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from app.access import Permission
from app.kit.errors import Refused
from app.people import inputs
from app.people.actions import codes, limits, passwords, sign_in
from app.people.queries import cards
from app.people.tables import Account
from app.web.kit.ask import Answer, Ask, Redirect, redirect, render
from app.web.kit.devices import browser_cookie, browser_of, device_of
from app.web.kit.entrance import limits_for, password_limits, try_code
from app.web.kit.forms import Submitted
from app.web.kit.paths import local_path
from app.web.kit.route import Area
from app.web.kit.second_step import go_on_proved, try_second
from app.web.kit.sessions import session_cookie

area = Area()
TEMPLATE: Final = "people/confirm.html"


@dataclass(frozen=True)
class ConfirmPage:
    """What somebody may confirm with. `mailed`: a code is on its way. With an app only the app (`app`) will do."""

    next: str
    address: str
    has_password: bool
    mailed: bool
    app: bool


def _page(ask: Ask, *, to: str, mailed: bool = False) -> ConfirmPage:
    with ask.services.database.reading() as db:
        account = db.get(Account, ask.viewer.id)
        address = cards(db, [ask.viewer.id])[ask.viewer.id].email
    return ConfirmPage(
        next=local_path(to, default="/account"),
        address=address,
        has_password=account is not None and account.password_hash is not None,
        mailed=mailed,
        app=ask.viewer.second_factor,
    )


@area.get("/bevestigen", policy=Permission.SIGNED_IN, name="confirm.form", own_transactions=True)
def form(ask: Ask) -> Answer:
    """Ask for the password, or offer a code."""
    page = _page(ask, to=ask.query.get("next", ""), mailed=ask.query.get("code") == "1")
    return render(TEMPLATE, page, form=Submitted.blank(ask.viewer.locale))


@area.post("/bevestigen", policy=Permission.SIGNED_IN, name="confirm.password", own_transactions=True)
def with_password(ask: Ask) -> Answer:
    """Confirm with the password."""
    form = Submitted.read(inputs.Confirmation, ask.form, ask.viewer.locale)
    page = _page(ask, to=form.get("next"))
    if page.app:
        return _only_app(page)
    if not form.valid:
        return render(TEMPLATE, page, status=422, form=form)
    database = ask.services.database
    with database.writing() as db:
        refused = limits.refusal(db, *password_limits(ask, page.address), now=ask.now)
    if refused is not None:
        return render(TEMPLATE, page, status=429, form=form.refuse(refused))
    with database.reading() as db:
        _, stored = passwords.stored_password(db, address=page.address)
    if not passwords.password_matches(stored, form.given.password):
        return render(TEMPLATE, page, status=422, form=form.refuse(Refused("password_wrong", "password")))
    return _go_on(ask, page)


@area.post("/bevestigen/code", policy=Permission.SIGNED_IN, name="confirm.ask_code", own_transactions=True)
def ask_code(ask: Ask) -> Answer:
    """Mail the person signed in a code."""
    page = _page(ask, to=str(ask.form.get("next", "")))
    if page.app:
        return _only_app(page)
    browser = browser_cookie(ask.request)
    with ask.services.database.writing() as db:
        asked = limits_for(ask, "code", page.address, known=8, near=4, far=20)
        refused = limits.refusal(db, *asked, now=ask.now)
        if refused is None:
            codes.mail_code(db, person_id=ask.viewer.id, browser=browser.value, now=ask.now)
    if refused is not None:
        form: Submitted[inputs.TypedCode] = Submitted.blank(ask.viewer.locale)
        return render(TEMPLATE, page, status=429, form=form.refuse(refused))
    return Redirect(status=303, to=f"/bevestigen?code=1&next={quote(page.next)}", cookies=[browser])


@area.post(
    "/bevestigen/met-code",
    policy=Permission.SIGNED_IN,
    name="confirm.code",
    own_transactions=True,
    back="/bevestigen?code=1",
)
def with_code(ask: Ask) -> Answer:
    """Confirm with the mailed code."""
    form = Submitted.read(inputs.TypedCode, ask.form, ask.viewer.locale)
    page = _page(ask, to=form.get("next"), mailed=True)
    if page.app:
        return _only_app(page)
    if not form.valid:
        return render(TEMPLATE, page, status=422, form=form)
    found = try_code(ask, form.given.code)
    if isinstance(found, int):
        with ask.services.database.writing() as db:
            right = found == ask.viewer.id and codes.use_code(
                db, browser=browser_of(ask.request), person_id=found, now=ask.now
            )
        if right:
            return _go_on(ask, page)
        found = Refused("code_wrong", "code")
    status = 429 if found.code == "too_many_tries" else 422
    return render(TEMPLATE, page, status=status, form=form.refuse(found))


@area.post("/bevestigen/app", policy=Permission.SIGNED_IN, name="confirm.app", own_transactions=True)
def with_app(ask: Ask) -> Answer:
    """Confirm with six digits from the app, or a code from paper."""
    form = Submitted.read(inputs.SecondStep, ask.form, ask.viewer.locale)
    page = _page(ask, to=form.get("next"))
    if not page.app:
        return redirect(f"/bevestigen?next={quote(page.next)}")
    if not form.valid:
        return render(TEMPLATE, page, status=422, form=form)
    refused = try_second(ask, person_id=ask.viewer.id, code=form.given.code, recovery=form.given.recovery)
    if refused is not None:
        status = 429 if refused.code == "too_many_tries" else 422
        return render(TEMPLATE, page, status=status, form=form.refuse(refused))
    if not go_on_proved(ask, person_id=ask.viewer.id):
        return redirect("/inloggen")
    return redirect(page.next)


def _only_app(page: ConfirmPage) -> Redirect:
    """Who has an app proves herself with it: a password or a mailbox alone no longer does."""
    return redirect(f"/bevestigen?next={quote(page.next)}")


def _go_on(ask: Ask, page: ConfirmPage) -> Redirect:
    """Back to where it was asked, in a session with a new token."""
    with ask.services.database.writing() as db:
        token = sign_in.replace_session(
            db,
            sign_in_id=ask.viewer.sign_in_id or 0,
            person_id=ask.viewer.id,
            device=device_of(ask.request),
            now=ask.now,
        )
    if token is None:  # signed out in this very moment, perhaps from another device
        return Redirect(status=303, to="/inloggen", cookies=[session_cookie(ask.services.settings, "")])
    return Redirect(status=303, to=page.next, cookies=[session_cookie(ask.services.settings, token)])
