"""The second factor: the step at the door, setting up the app, going on with another phone, codes on paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from markupsafe import Markup
from sqlalchemy.orm import Session

from app.access import Permission, home_of
from app.kit.errors import NotFound, Refused
from app.people import inputs, queries
from app.people.actions import second_factor
from app.people.rules import FACTOR_FOR_ADMIN
from app.web.kit.ask import Answer, Ask, Page, Redirect, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.paths import local_path
from app.web.kit.route import Area
from app.web.kit.second_step import go_on_proved, picture_of, try_second
from app.web.kit.sessions import session_cookie
from app.web.words.shared import N_

area = Area()
STEP: Final = "people/second_step.html"
AT_THE_DOOR: Final = "people/app.html"
AT_HOME: Final = "account/app.html"
CODES_AT_THE_DOOR: Final = "people/recovery_codes.html"
CODES_AT_HOME: Final = "account/recovery_codes.html"


@dataclass(frozen=True)
class StepPage:
    """Where somebody goes after the step."""

    next: str


@dataclass(frozen=True)
class AppPage:
    """A new app to set up: what to scan, the same as a link on the phone itself, and as text for who can do neither.

    `replacing`: she has one already.
    """

    next: str
    picture: Markup
    address: str
    secret: tuple[str, ...]
    account: str
    replacing: bool


@dataclass(frozen=True)
class CodesPage:
    """The codes for paper, this once, and where to go on."""

    codes: tuple[str, ...]
    next: str


@area.get("/inloggen/stap", policy=Permission.COME_IN, name="second.step_form")
def step_form(ask: Ask) -> Answer:
    """Ask for the six digits; who has no app yet sets one up first."""
    to = local_path(ask.query.get("next", ""))
    if ask.viewer.halfway is None:
        return redirect(to or home_of(ask.viewer))
    if queries.second_factor_of(ask.db, ask.viewer.halfway, ()).since is None:
        return redirect(_with_next("/inloggen/app", to))
    return render(STEP, StepPage(to), form=Submitted.blank(ask.viewer.locale))


@area.post("/inloggen/stap", policy=Permission.COME_IN, name="second.step", own_transactions=True)
def step(ask: Ask) -> Answer:
    """In, with a code that is right."""
    form = Submitted.read(inputs.SecondStep, ask.form, ask.viewer.locale)
    page = StepPage(local_path(form.get("next")))
    if ask.viewer.halfway is None:
        return redirect(page.next or home_of(ask.viewer))
    if not form.valid:
        return render(STEP, page, status=422, form=form)
    given = form.given
    refused = try_second(ask, person_id=ask.viewer.halfway, code=given.code, recovery=given.recovery)
    if refused is not None:
        return _refused(STEP, page, form, refused)
    return _in(ask, page.next)


@area.get("/inloggen/app", policy=Permission.COME_IN, name="second.begin_form")
def begin_form(ask: Ask) -> Answer:
    """The first time that somebody with such a role comes in: the picture to scan."""
    to = local_path(ask.query.get("next", ""))
    if ask.viewer.halfway is None:
        return redirect(to or home_of(ask.viewer))
    if queries.second_factor_of(ask.db, ask.viewer.halfway, ()).since is not None:
        return redirect(_with_next("/inloggen/stap", to))
    return render(AT_THE_DOOR, _app_page(ask, ask.db, ask.viewer.halfway, to), form=Submitted.blank(ask.viewer.locale))


@area.post("/inloggen/app", policy=Permission.COME_IN, name="second.begin", own_transactions=True)
def begin(ask: Ask) -> Answer:
    """The app works: from now on it is asked for. The codes for paper are shown this once."""
    form = Submitted.read(inputs.NewApp, ask.form, ask.viewer.locale)
    to, person_id = local_path(form.get("next")), ask.viewer.halfway
    if person_id is None:
        return redirect(to or home_of(ask.viewer))
    codes = _set_up(ask, form, person_id, replacing=False)
    if codes is None:
        if not form.valid:
            return _again(ask, AT_THE_DOOR, form, person_id, to)
        return redirect(_with_next("/inloggen/stap", to))  # set up elsewhere in the meantime
    if not go_on_proved(ask, person_id=person_id):
        return redirect("/inloggen")
    with ask.services.database.reading() as db:
        start = home_of(queries.viewer_for(db, person_id))
    return render(CODES_AT_THE_DOOR, CodesPage(codes, to or start))


@area.get("/account/app", policy=Permission.SIGNED_IN, name="second.app_form")
def app_form(ask: Ask) -> Answer:
    """Begin with an app, or go on with the one on another phone."""
    _must_ask(ask)
    ask.require_fresh_factor(FACTOR_FOR_ADMIN)
    return render(AT_HOME, _app_page(ask, ask.db, ask.viewer.id, ""), form=Submitted.blank(ask.viewer.locale))


@area.post("/account/app", policy=Permission.SIGNED_IN, name="second.app", own_transactions=True)
def app(ask: Ask) -> Answer:
    """The new app works; the one before does not any more."""
    _must_ask(ask)
    ask.require_fresh_factor(FACTOR_FOR_ADMIN)
    form = Submitted.read(inputs.NewApp, ask.form, ask.viewer.locale)
    codes = _set_up(ask, form, ask.viewer.id, replacing=ask.viewer.second_factor)
    if codes is None:
        return redirect("/account") if form.valid else _again(ask, AT_HOME, form, ask.viewer.id, "")
    if not go_on_proved(ask, person_id=ask.viewer.id):
        return redirect("/inloggen?next=/account")
    return render(CODES_AT_HOME, CodesPage(codes, "/account"))


@area.post("/account/app/weg", policy=Permission.SIGNED_IN, name="second.drop", back="/account")
def drop(ask: Ask) -> Answer:
    """Go on without, for who may."""
    _must_ask(ask)
    ask.require_fresh_factor(FACTOR_FOR_ADMIN)
    second_factor.drop(ask.db, by=ask.viewer, now=ask.now)
    return redirect("/account", toast=N_("Je logt voortaan in zonder app."))


@area.post("/account/herstelcodes", policy=Permission.SIGNED_IN, name="second.codes")
def codes_anew(ask: Ask) -> Answer:
    """New codes for paper; the old ones stop working."""
    _must_ask(ask)
    ask.require_fresh_factor(FACTOR_FOR_ADMIN)
    return render(
        CODES_AT_HOME, CodesPage(second_factor.make_codes_anew(ask.db, by=ask.viewer, now=ask.now), "/account")
    )


def _must_ask(ask: Ask) -> None:
    """Raises: NotFound in a demo, where nobody is asked for a second factor: the page would promise what is not so."""
    if not ask.services.settings.asks_second_factor:
        raise NotFound


def _in(ask: Ask, to: str) -> Redirect:
    person_id = ask.viewer.halfway or 0
    if not go_on_proved(ask, person_id=person_id):  # signed out in this very moment, perhaps from elsewhere
        return Redirect(status=303, to="/inloggen", cookies=[session_cookie(ask.services.settings, "")])
    with ask.services.database.reading() as db:
        start = home_of(queries.viewer_for(db, person_id))
    return redirect(to or start)


def _set_up(ask: Ask, form: Submitted[inputs.NewApp], person_id: int, *, replacing: bool) -> tuple[str, ...] | None:
    """The codes of a new app; None when the form is not right (it says why), or an app was there already."""
    if not form.valid:
        return None
    try:
        with ask.services.database.writing() as db:
            return second_factor.set_up(
                db,
                person_id=person_id,
                sign_in_id=ask.viewer.sign_in_id or 0,
                typed=form.given.code,
                replacing=replacing,
                keyring=ask.services.keyring,
                now=ask.now,
            )
    except Refused as refused:
        if refused.field is not None:
            form.refuse(refused)
        return None


def _again(ask: Ask, template: str, form: Submitted[inputs.NewApp], person_id: int, to: str) -> Page:
    with ask.services.database.reading() as db:
        return render(template, _app_page(ask, db, person_id, to), status=422, form=form)


def _app_page(ask: Ask, db: Session, person_id: int, to: str) -> AppPage:
    settings = ask.services.settings
    secret = second_factor.offered_secret(db, sign_in_id=ask.viewer.sign_in_id or 0, keyring=ask.services.keyring)
    account = queries.cards(db, [person_id])[person_id].email
    issuer = f"{settings.brand_name} {settings.brand_sub}"
    address = second_factor.address_for_app(secret, account=account, issuer=issuer)
    return AppPage(
        next=to,
        picture=picture_of(address, "QR-code"),
        address=address,
        secret=tuple(secret[at : at + 4] for at in range(0, len(secret), 4)),
        account=account,
        replacing=ask.viewer.second_factor,
    )


def _refused(template: str, page: StepPage, form: Submitted[inputs.SecondStep], refused: Refused) -> Page:
    answer = render(template, page, status=422, form=form.refuse(refused))
    if refused.code == "too_many_tries":
        answer.status = 429
        answer.headers["Retry-After"] = "900"
    return answer


def _with_next(to: str, following: str) -> str:
    return f"{to}?next={quote(following)}" if following else to
