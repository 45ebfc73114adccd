"""An organisation looks for a trainer: its contact says so, or an admin on its behalf. One form, two doors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from app.access import Permission
from app.courses.queries import interventions
from app.delivery import requests
from app.delivery.inputs import Request
from app.delivery.seeking import Wanted, organisations, places_in_use, request
from app.kit.errors import Refused
from app.people.queries import cards
from app.web.kit.ask import Answer, Ask, invalid, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.delivery import DAY_WORDS, PART_WORDS
from app.web.words.shared import N_

area = Area()
CONTACT: Final = "/organisatie"
ADMIN: Final = "/beheer/groepen"
KEPT: Final = N_("Bewaard. We zoeken met jullie mee.")
STOPPED: Final = N_("Jullie zoeken niet meer.")


@dataclass(frozen=True)
class RequestPage:
    """The form: for whom one may ask, for what, and where it goes. `wanted`: the request that is changed."""

    wanted: Wanted | None
    admin: bool
    back: str
    action: str
    organisations: list[tuple[int, str]]
    interventions: list[tuple[int, str]]
    places: tuple[str, ...]


@area.get("/organisatie/trainer", policy=Permission.SEE_OWN_ORGANISATION, name="wanted.ask_form")
def ask_form(ask: Ask) -> Answer:
    return _blank(ask, admin=False)


@area.post("/organisatie/trainer", policy=Permission.SEE_OWN_ORGANISATION, name="wanted.ask")
def ask_trainer(ask: Ask) -> Answer:
    return _saved(ask, admin=False)


@area.get("/organisatie/trainer/{wanted:id}", policy=Permission.SEE_OWN_ORGANISATION, name="wanted.change_form")
def change_form(ask: Ask, wanted: int) -> Answer:
    return _blank(ask, wanted, admin=False)


@area.post("/organisatie/trainer/{wanted:id}", policy=Permission.SEE_OWN_ORGANISATION, name="wanted.change")
def change(ask: Ask, wanted: int) -> Answer:
    return _saved(ask, wanted, admin=False)


@area.post("/organisatie/trainer/{wanted:id}/stoppen", policy=Permission.SEE_OWN_ORGANISATION, name="wanted.stop")
def stop(ask: Ask, wanted: int) -> Answer:
    requests.stop_request(ask.db, by=ask.viewer, request_id=wanted, now=ask.now)
    return redirect(CONTACT, toast=STOPPED)


@area.get("/beheer/groepen/vraag", policy=Permission.MANAGE, name="wanted.admin_form")
def admin_form(ask: Ask) -> Answer:
    return _blank(ask, admin=True)


@area.post("/beheer/groepen/vraag", policy=Permission.MANAGE, name="wanted.admin_ask")
def admin_ask(ask: Ask) -> Answer:
    return _saved(ask, admin=True)


@area.get("/beheer/groepen/vraag/{wanted:id}", policy=Permission.MANAGE, name="wanted.admin_change_form")
def admin_change_form(ask: Ask, wanted: int) -> Answer:
    return _blank(ask, wanted, admin=True)


@area.post("/beheer/groepen/vraag/{wanted:id}", policy=Permission.MANAGE, name="wanted.admin_change")
def admin_change(ask: Ask, wanted: int) -> Answer:
    return _saved(ask, wanted, admin=True)


@area.post("/beheer/groepen/vraag/{wanted:id}/stoppen", policy=Permission.MANAGE, name="wanted.admin_stop")
def admin_stop(ask: Ask, wanted: int) -> Answer:
    requests.stop_request(ask.db, by=ask.viewer, request_id=wanted, now=ask.now)
    return redirect(ADMIN, toast=N_("De organisatie zoekt niet meer."))


def _blank(ask: Ask, wanted: int | None = None, *, admin: bool) -> Answer:
    page = _page(ask, wanted, admin=admin)
    form: Submitted[Request] = Submitted.blank(ask.viewer.locale, **_initial(ask, page))
    return render("organisation/wanted.html", page, form=form, **_choices())


def _saved(ask: Ask, wanted: int | None = None, *, admin: bool) -> Answer:
    page = _page(ask, wanted, admin=admin)
    form = Submitted.read(Request, ask.form, ask.viewer.locale)
    asked = {"organisation_id": page.organisations, "intervention_id": page.interventions}
    for name, choices in asked.items():  # beside what else lacks, instead of after it
        if wanted is None and len(choices) > 1 and not form.get(name):
            form.add(name, "missing")
    if not form.get("contact_phone").strip() and not form.get("contact_email").strip():
        form.add("contact_phone", "no_way_to_reach")
    if form.valid:
        try:
            if wanted is None:
                requests.ask_for_trainer(ask.db, by=ask.viewer, given=form.given, now=ask.now)
            else:
                requests.change_request(ask.db, by=ask.viewer, request_id=wanted, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(page.back, toast=N_("Bewaard.") if admin else KEPT)
    return invalid("organisation/wanted.html", page, form=form, **_choices())


def _choices() -> dict[str, Any]:
    return {"days": list(DAY_WORDS.items()), "parts": list(PART_WORDS.items())}


def _page(ask: Ask, wanted: int | None, *, admin: bool) -> RequestPage:
    root = f"{ADMIN}/vraag" if admin else f"{CONTACT}/trainer"
    return RequestPage(
        wanted=request(ask.db, ask.viewer, wanted, now=ask.now) if wanted is not None else None,
        admin=admin,
        back=ADMIN if admin else CONTACT,
        action=root if wanted is None else f"{root}/{wanted}",
        organisations=organisations(ask.db, ask.viewer),
        interventions=[(one.id, one.name) for one in interventions(ask.db)],
        places=places_in_use(ask.db) if admin else (),
    )


def _initial(ask: Ask, page: RequestPage) -> dict[str, Any]:
    """A contact is most often the one to reach herself; what was asked before stands there."""
    wanted = page.wanted
    if wanted is None:
        own = None if page.admin else cards(ask.db, [ask.viewer.id]).get(ask.viewer.id)
        return {"contact_name": own.name, "contact_email": own.email, "contact_phone": own.phone} if own else {}
    names = ("place", "goal_group", "contact_name", "contact_email", "contact_phone", "version")
    return {name: getattr(wanted, name) for name in names} | {
        "regions": ", ".join(wanted.when.regions),
        "days": list(wanted.when.days),
        "parts": list(wanted.when.parts),
    }
