"""Ik zoek een groep: where and when somebody could lead one, until she has it."""

from __future__ import annotations

from typing import Any

from app.access import Permission
from app.certification.queries import authorised
from app.delivery import searching
from app.delivery.inputs import Found, Search
from app.delivery.seeking import OwnSearch, own_search_page, places_in_use
from app.kit.errors import Refused
from app.practice.own_practice import GroupPage, group_page
from app.web.kit.ask import Answer, Ask, invalid, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.delivery import DAY_WORDS, PART_WORDS
from app.web.words.shared import N_

area = Area()


@area.get("/groep/zoeken", policy=Permission.FOLLOW_TRAINING, name="group_search.form")
def look_form(ask: Ask) -> Answer:
    search = own_search_page(ask.db, ask.viewer, now=ask.now)
    form: Submitted[Search] = Submitted.blank(ask.viewer.locale, **_initial(search))
    return render("delivery/search.html", _page(ask), form=form, search=search, **_around(ask))


@area.post("/groep/zoeken", policy=Permission.FOLLOW_TRAINING, name="group_search.save")
def look(ask: Ask) -> Answer:
    form = Submitted.read(Search, ask.form, ask.viewer.locale)
    page, search = _page(ask), own_search_page(ask.db, ask.viewer, now=ask.now)
    if search is None and len(page.choices) > 1 and not form.get("intervention_id"):
        form.add("intervention_id", "missing")  # beside what else lacks, instead of after it
    if form.valid:
        proofs = authorised(ask.db, ask.viewer.id, ask.today)
        try:
            searching.look_for_group(ask.db, by=ask.viewer, given=form.given, authorised=proofs, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect("/groep", toast=N_("Bewaard. We zoeken met je mee."))
    return invalid("delivery/search.html", page, form=form, search=search, **_around(ask))


@area.post("/groep/zoeken/stoppen", policy=Permission.FOLLOW_TRAINING, name="group_search.stop", back="/groep")
def stop(ask: Ask) -> Answer:
    form = Submitted.read(Found, ask.form, ask.viewer.locale)
    found = form.valid and form.given.found == "yes"
    searching.stop_looking(ask.db, by=ask.viewer, found=found, now=ask.now)
    return redirect("/groep", toast=N_("Je zoekt niet meer."))


def _page(ask: Ask) -> GroupPage:
    return group_page(ask.db, ask.viewer, authorised(ask.db, ask.viewer.id, ask.today), now=ask.now)


def _around(ask: Ask) -> dict[str, Any]:
    """What stands around the form: what there is to choose, and what others wrote."""
    return {
        "days": list(DAY_WORDS.items()),
        "parts": list(PART_WORDS.items()),
        "places": places_in_use(ask.db),
    }


def _initial(search: OwnSearch | None) -> dict[str, Any]:
    if search is None:
        return {}
    when = search.when
    return {
        "version": search.version,
        "regions": ", ".join(when.regions),
        "days": list(when.days),
        "parts": list(when.parts),
        "offer": search.offer,
    }
