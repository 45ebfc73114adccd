"""The admin's first page: what asks for action today, then how everybody stands."""

from __future__ import annotations

from app.access import Permission
from app.jobs import actions as jobs
from app.ledger import actions as ledger
from app.reports.overview import overview_page
from app.reports.worklist import Patience
from app.web.kit.ask import Answer, Ask, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.meetings import HALF_WORDS
from app.web.words.shared import N_

area = Area()


@area.get("/beheer", policy=Permission.MANAGE, name="admin_overview.show", snapshot=True)
def show(ask: Ask) -> Answer:
    page = overview_page(ask.db, now=ask.now, patience=Patience.of(ask.services.settings))
    return render("overview/page.html", page, half=HALF_WORDS, form=Submitted.blank(ask.viewer.locale))


@area.post("/beheer/werk/opnieuw", policy=Permission.MANAGE, name="admin_overview.try_again")
def try_again(ask: Ask) -> Answer:
    """Give work in the background that was given up another chance."""
    count = jobs.try_again(ask.db, now=ask.now)
    if count:
        ledger.record(
            ask.db, "jobs.tried_again", actor_id=ask.viewer.id, subject=("job", None), now=ask.now, count=count
        )
    return redirect("/beheer", toast=N_("We proberen het nog een keer."))
