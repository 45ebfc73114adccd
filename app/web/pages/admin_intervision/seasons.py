"""A season for admins: both rounds of a year as they follow from last year's, made in one press."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from app.access import Permission
from app.certification.keeping_up import season_needs
from app.courses.queries import interventions
from app.intervision.actions.seasons import make_season
from app.intervision.inputs import SeasonGiven
from app.intervision.queries.seasons import SeasonPage, Wanted, season_page
from app.intervision.rules import Half, days_of, half_to_plan, next_halves
from app.kit.errors import Refused
from app.web.kit.ask import Answer, Ask, invalid, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.meetings import HALF_WORDS, REGION_WORDS
from app.web.words.shared import N_

area = Area()
MOST_EXTRA: Final = 500


@area.get("/beheer/intervisie/seizoen", policy=Permission.MANAGE, name="admin_intervision.season")
def season(ask: Ask) -> Answer:
    """The proposal for a year; without one in the address, the next that must be planned."""
    year, extra = _asked(ask)
    form: Submitted[SeasonGiven] = Submitted.blank(ask.viewer.locale, year=year, extra=extra)
    return render("admin_intervision/season.html", _page(ask, year, extra), form=form, **_words(ask))


@area.post("/beheer/intervisie/seizoen", policy=Permission.MANAGE, name="admin_intervision.make_season")
def make(ask: Ask) -> Answer:
    """Make both rounds in draft; nobody hears of it before she is invited."""
    form = Submitted.read(SeasonGiven, ask.form, ask.viewer.locale)
    year, extra = (form.given.year, form.given.extra) if form.value else _asked(ask)
    if form.valid:
        try:
            made = make_season(ask.db, by=ask.viewer, given=form.given, wanted=_wanted(ask, year), now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            words = N_("De rondes staan klaar in concept. Kijk ze na en nodig uit.")
            if len(made) == 1:
                return redirect(f"/beheer/intervisie/{made[0]}", toast=N_("De ronde staat klaar in concept."))
            return redirect("/beheer/intervisie", toast=words)
    return invalid("admin_intervision/season.html", _page(ask, year, extra), form=form, **_words(ask))


def _asked(ask: Ask) -> tuple[int, int]:
    year, extra = ask.query.get("year", ""), ask.query.get("extra", "")
    known = {year for year, _ in next_halves(ask.today)}
    chosen = int(year) if year.isascii() and year.isdigit() and int(year[:4]) in known else half_to_plan(ask.today)[0]
    most = int(extra[:4]) if extra.isascii() and extra.isdigit() else 0
    return chosen, min(most, MOST_EXTRA)


def _page(ask: Ask, year: int, extra: int) -> SeasonPage:
    return season_page(ask.db, year, _wanted(ask, year), extra=extra, now=ask.now)


def _wanted(ask: Ask, year: int) -> list[Wanted]:
    """Who needs a meeting on the first day of each half, or today when that has begun."""
    days: dict[Half, date] = {half: max(ask.today, days_of(year, half)[0]) for half in Half}
    return [
        Wanted(one.id, one.name, {half: season_needs(ask.db, one.id, day) for half, day in days.items()})
        for one in interventions(ask.db)
    ]


def _words(ask: Ask) -> dict[str, Any]:
    years = sorted({year for year, _ in next_halves(ask.today)})
    return {"half": HALF_WORDS, "regions": REGION_WORDS, "years": [(year, str(year)) for year in years]}
