"""A second pair of eyes for who wants a sign-off taken back."""

from __future__ import annotations

from typing import Any

from app.access import Permission
from app.kit.errors import Refused
from app.people.rules import FACTOR_FOR_ADMIN
from app.practice import inputs
from app.practice.actions import correcting
from app.practice.afterwards import correction_page, corrections_page
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.shared import N_

area = Area()
ONE = "admin_corrections/correction.html"


@area.get("/beheer/correcties", policy=Permission.DECIDE, name="corrections.list")
def waiting(ask: Ask) -> Answer:
    return render("admin_corrections/list.html", corrections_page(ask.db))


@area.get("/beheer/correcties/{correction:id}", policy=Permission.DECIDE, name="corrections.show")
def show(ask: Ask, correction: int) -> Answer:
    return _page(ask, correction)


@area.post("/beheer/correcties/{correction:id}/terugnemen", policy=Permission.DECIDE, name="corrections.agree")
def agree(ask: Ask, correction: int) -> Answer:
    """Agree: what was signed stands no more."""
    ask.require_fresh_factor(FACTOR_FOR_ADMIN)
    correcting.agree(ask.db, by=ask.viewer, correction_id=correction, now=ask.now)
    return redirect("/beheer/correcties", toast=N_("Teruggenomen. Iedereen die het aangaat, krijgt bericht."))


@area.post("/beheer/correcties/{correction:id}/laten-staan", policy=Permission.DECIDE, name="corrections.decline")
def decline(ask: Ask, correction: int) -> Answer:
    """Say no, and why."""
    ask.require_fresh_factor(FACTOR_FOR_ADMIN)
    form: Submitted[Any] = Submitted.read(inputs.CorrectionReason, ask.form, ask.viewer.locale)
    if not form.valid:
        return _page(ask, correction, form)
    try:
        correcting.decline(ask.db, by=ask.viewer, correction_id=correction, answer=form.given.reason, now=ask.now)
    except Refused as refused:
        return _page(ask, correction, form.refuse(refused))
    return redirect("/beheer/correcties", toast=N_("Het besluit blijft staan. Wie het vroeg, krijgt bericht."))


def _page(ask: Ask, correction: int, form: Submitted[Any] | None = None) -> Page:
    page = correction_page(ask.db, ask.viewer, correction)
    return render(ONE, page, status=422 if form else 200, form=form or Submitted.blank(ask.viewer.locale))
