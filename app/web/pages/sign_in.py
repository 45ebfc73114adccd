"""Coming in with a password or a mailed code, and going out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from app.access import Permission, home_of
from app.kit.errors import Refused
from app.people import inputs
from app.people.actions import limits, passwords, sign_in
from app.web.kit.ask import Answer, Ask, Page, Redirect, redirect, render
from app.web.kit.devices import browser_cookie
from app.web.kit.entrance import begin_session, enter_with_code, let_in, password_limits, send_code, try_code
from app.web.kit.forms import Submitted
from app.web.kit.paths import local_path
from app.web.kit.route import Area
from app.web.kit.sessions import session_cookie

area = Area()
DOOR: Final = "people/sign_in.html"
CODE: Final = "people/code.html"


@dataclass(frozen=True)
class DoorPage:
    """Where somebody goes after the door."""

    next: str


@area.get("/inloggen", policy=Permission.PUBLIC, name="sign_in.form")
def form(ask: Ask) -> Answer:
    """The door. Who is in already goes on."""
    to = local_path(ask.query.get("next", ""))
    if ask.viewer.signed_in:
        return redirect(to or home_of(ask.viewer))
    if ask.viewer.halfway is not None:
        return redirect(f"/inloggen/stap?next={quote(to)}" if to else "/inloggen/stap")
    return render(DOOR, DoorPage(to), form=Submitted.blank(ask.viewer.locale))


@area.post("/inloggen", policy=Permission.PUBLIC, name="sign_in.password", own_transactions=True)
def with_password(ask: Ask) -> Answer:
    """In with a password: read the hash, verify it while the lane is free, write the session."""
    form = Submitted.read(inputs.SignInWithPassword, ask.form, ask.viewer.locale)
    page = DoorPage(local_path(form.get("next")))
    if not form.valid:
        return render(DOOR, page, status=422, form=form)
    database, address = ask.services.database, form.given.email
    with database.writing() as db:
        refused = limits.refusal(db, *password_limits(ask, address), now=ask.now)
    if refused is not None:
        return _too_often(DOOR, page, form.refuse(refused))
    with database.reading() as db:
        person_id, stored = passwords.stored_password(db, address=address)
    right = passwords.password_matches(stored, form.given.password)
    if right and person_id is not None and stored is not None:
        with database.writing() as db:
            if passwords.still_holds(db, person_id=person_id, password_hash=stored):
                token = begin_session(ask, db, person_id=person_id)
                right = True
            else:
                right = False
        if right:
            return let_in(ask, person_id=person_id, session_token=token, to=page.next)
    return render(DOOR, page, status=422, form=form.refuse(Refused("bad_sign_in", "password")))


@area.post("/inloggen/code", policy=Permission.PUBLIC, name="sign_in.ask_code", own_transactions=True)
def ask_code(ask: Ask) -> Answer:
    """Mail a code. The answer is the same whether we know the address or not."""
    form = Submitted.read(inputs.AskCode, ask.form, ask.viewer.locale)
    page = DoorPage(local_path(form.get("next")))
    if not form.valid:
        return render(DOOR, page, status=422, form=form)
    browser = browser_cookie(ask.request)
    refused = send_code(ask, form.given.email, browser.value)
    if refused is not None:
        return _too_often(DOOR, page, form.refuse(refused))
    to = f"/inloggen/met-code?next={quote(page.next)}" if page.next else "/inloggen/met-code"
    return Redirect(status=303, to=to, cookies=[browser])


@area.get("/inloggen/met-code", policy=Permission.PUBLIC, name="sign_in.code_form")
def code_form(ask: Ask) -> Answer:
    """Where the code is typed."""
    page = DoorPage(local_path(ask.query.get("next", "")))
    return render(CODE, page, form=Submitted.blank(ask.viewer.locale))


@area.post("/inloggen/met-code", policy=Permission.PUBLIC, name="sign_in.code", own_transactions=True)
def with_code(ask: Ask) -> Answer:
    """In with a mailed code, in the browser that asked for it."""
    form = Submitted.read(inputs.TypedCode, ask.form, ask.viewer.locale)
    page = DoorPage(local_path(form.get("next")))
    if not form.valid:
        return render(CODE, page, status=422, form=form)
    found = try_code(ask, form.given.code)
    if isinstance(found, int):
        token = enter_with_code(ask, found)
        if token is not None:
            return let_in(ask, person_id=found, session_token=token, to=page.next)
        found = Refused("code_wrong", "code")
    if found.code == "too_many_tries":
        return _too_often(CODE, page, form.refuse(found))
    return render(CODE, page, status=422, form=form.refuse(found))


@area.post("/uitloggen", policy=Permission.PUBLIC, name="sign_in.out")
def out(ask: Ask) -> Answer:
    """Out. What the browser kept goes, but not its storage: a coach's drafts live there."""
    who = ask.viewer.person_id or ask.viewer.halfway
    if who is not None and ask.viewer.sign_in_id is not None:
        sign_in.end_session(ask.db, person_id=who, sign_in_id=ask.viewer.sign_in_id, now=ask.now)
    return Redirect(
        status=303,
        to="/",
        headers={"Clear-Site-Data": '"cache", "cookies"'},
        cookies=[session_cookie(ask.services.settings, "")],
    )


def _too_often(
    template: str,
    page: DoorPage,
    form: Submitted[inputs.SignInWithPassword] | Submitted[inputs.AskCode] | Submitted[inputs.TypedCode],
) -> Page:
    answer = render(template, page, status=429, form=form)
    answer.headers["Retry-After"] = "900"
    return answer
