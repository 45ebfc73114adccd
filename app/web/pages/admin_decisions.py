"""Deciding about certificates: who is ready with what it rests on, grant or refuse, what was decided."""

from __future__ import annotations

from typing import Any

from app.access import Permission
from app.certification import actions
from app.certification.inputs import Granting, Refusal
from app.kit.errors import Refused
from app.people.rules import FACTOR_FOR_ADMIN
from app.reports.decisions import decision_page, decisions_page
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.shared import N_

area = Area()
Form = Submitted[Any]


@area.get("/beheer/besluiten", policy=Permission.DECIDE, name="decisions.list", snapshot=True)
def waiting(ask: Ask) -> Answer:
    return render("decisions/list.html", decisions_page(ask.db, ask.viewer))


@area.get("/beheer/besluiten/{enrolment:id}", policy=Permission.DECIDE, name="decisions.show")
def show(ask: Ask, enrolment: int) -> Answer:
    """One person. Who decides proves first, on this page, who she is."""
    ask.require_fresh_factor(FACTOR_FOR_ADMIN)
    return _page(ask, enrolment)


@area.post("/beheer/besluiten/{enrolment:id}/toekennen", policy=Permission.DECIDE, name="decisions.grant")
def grant(ask: Ask, enrolment: int) -> Answer:
    ask.require_fresh_factor(FACTOR_FOR_ADMIN)
    form = Submitted.read(Granting, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            actions.grant(
                ask.db,
                by=ask.viewer,
                enrolment_id=enrolment,
                reason=form.given.reason,
                anew=form.given.anew == "1",
                now=ask.now,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect("/beheer/besluiten", toast=N_("Het certificaat is toegekend. De mail is onderweg."))
    return _page(ask, enrolment, grant=form)


@area.post("/beheer/besluiten/{enrolment:id}/afwijzen", policy=Permission.DECIDE, name="decisions.refuse")
def refuse(ask: Ask, enrolment: int) -> Answer:
    ask.require_fresh_factor(FACTOR_FOR_ADMIN)
    form = Submitted.read(Refusal, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            actions.refuse(ask.db, by=ask.viewer, enrolment_id=enrolment, reasons=form.given.reasons, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect("/beheer/besluiten", toast=N_("Je besluit is bewaard. De mail met de redenen is onderweg."))
    return _page(ask, enrolment, refusal=form)


def _page(ask: Ask, enrolment: int, *, grant: Form | None = None, refusal: Form | None = None) -> Page:
    """The page with the form that came back, if one did."""
    failed = grant or refusal
    blank: Form = Submitted.blank(ask.viewer.locale)
    return render(
        "decisions/person.html",
        decision_page(ask.db, ask.viewer, enrolment),
        status=422 if failed is not None else 200,
        grant=grant or blank,
        refusal=refusal or Submitted.blank(ask.viewer.locale),
    )
