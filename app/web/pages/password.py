"""A forgotten password: prove the mailbox with a code, then choose a new one."""

from __future__ import annotations

from typing import Final

from app.access import Permission
from app.kit.errors import Refused
from app.people import inputs
from app.people.actions import codes, passwords
from app.people.queries import cards
from app.web.kit.ask import Answer, Ask, Redirect, render
from app.web.kit.devices import browser_cookie, browser_of
from app.web.kit.entrance import begin_session, let_in, send_code, try_code
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.shared import N_

area = Area()
ASK: Final = "people/password_forgotten.html"
NEW: Final = "people/password_new.html"


@area.get("/wachtwoord", policy=Permission.PUBLIC, name="password.form")
def form(ask: Ask) -> Answer:
    """Whom to mail a code."""
    return render(ASK, form=Submitted.blank(ask.viewer.locale))


@area.post("/wachtwoord", policy=Permission.PUBLIC, name="password.ask_code", own_transactions=True)
def ask_code(ask: Ask) -> Answer:
    """Mail a code; the same answer for every address."""
    form = Submitted.read(inputs.AskCode, ask.form, ask.viewer.locale)
    if not form.valid:
        return render(ASK, status=422, form=form)
    browser = browser_cookie(ask.request)
    refused = send_code(ask, form.given.email, browser.value)
    if refused is not None:
        return render(ASK, status=429, form=form.refuse(refused))
    return Redirect(status=303, to="/wachtwoord/nieuw", cookies=[browser])


@area.get("/wachtwoord/nieuw", policy=Permission.PUBLIC, name="password.new_form")
def new_form(ask: Ask) -> Answer:
    """The code and the new password."""
    return render(NEW, form=Submitted.blank(ask.viewer.locale))


@area.post("/wachtwoord/nieuw", policy=Permission.PUBLIC, name="password.new", own_transactions=True)
def new(ask: Ask) -> Answer:
    """Put the new password in force, end every other session, and go in."""
    form = Submitted.read(inputs.NewPasswordWithCode, ask.form, ask.viewer.locale)
    if not form.valid:
        return render(NEW, status=422, form=form)
    password = form.given.password
    try:
        passwords.check_new_password(password, name="", address="")  # before the code: it costs no try
        found = try_code(ask, form.given.code)
        if isinstance(found, Refused):
            raise found
        with ask.services.database.reading() as db:
            card = cards(db, [found])[found]
        passwords.check_new_password(password, name=card.name, address=card.email)
        hashed = passwords.hash_password(password)
        token = _put_in_force(ask, person_id=found, hashed=hashed)
    except Refused as refused:
        status = 429 if refused.code == "too_many_tries" else 422
        return render(NEW, status=status, form=form.refuse(refused))
    return let_in(ask, person_id=found, session_token=token, to="", toast=N_("Je nieuwe wachtwoord werkt."))


def _put_in_force(ask: Ask, *, person_id: int, hashed: str) -> str:
    with ask.services.database.writing() as db:
        if not codes.use_code(db, browser=browser_of(ask.request), person_id=person_id, now=ask.now):
            raise Refused("code_wrong", "code")
        passwords.set_password(db, person_id=person_id, password_hash=hashed, now=ask.now)
        return begin_session(ask, db, person_id=person_id)
