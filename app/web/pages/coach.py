"""The coach: who waits, and the page of one assignment with its form."""

from __future__ import annotations

from typing import Any, NamedTuple

from app.access import Permission
from app.conversation.queries import new_for, new_in
from app.kit.errors import Refused
from app.practice import inputs
from app.practice.actions import assessing, visits
from app.practice.coach_page import coach_page
from app.practice.conflicts import Difference, observation_differences
from app.practice.observation_page import ObservationPage, observation_page
from app.practice.queries import form_parts
from app.practice.rules.forms import Gap, Observation, gaps
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.reflections import PARTS
from app.web.words.shared import N_

area = Area()
Form = Submitted[Any]
SHOWN = 50


class Forms(NamedTuple):
    """The forms on the page of one assignment; the ones that came back were typed."""

    visit: Form | None = None
    cancel: Form | None = None
    way: Form | None = None
    observed: Form | None = None
    elsewhere: tuple[Difference, ...] = ()
    keeping: str = ""


@area.get("/coach", policy=Permission.COACH, name="coach.list")
def work_list(ask: Ask) -> Answer:
    """The first of each list: what presses most stands first, and five hundred people make no page for a phone."""
    talks = new_for(ask.db, ask.viewer.id)
    form: Form = Submitted.blank(ask.viewer.locale)
    most = None if "alles" in ask.query else SHOWN
    return render("coach/list.html", coach_page(ask.db, ask.viewer, now=ask.now), talks=talks, form=form, most=most)


@area.get("/coach/{record:id}", policy=Permission.COACH, name="coach.record")
def show(ask: Ask, record: int) -> Answer:
    return _page(ask, record)


@area.post("/coach/{record:id}/bezoek", policy=Permission.COACH, name="coach.plan_visit")
def plan_visit(ask: Ask, record: int) -> Answer:
    form = Submitted.read(inputs.VisitPlan, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            visits.plan_visit(ask.db, by=ask.viewer, record_id=record, date_id=form.given.date_id, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/coach/{record}", toast=N_("Het bezoek staat gepland. Jullie krijgen allebei een mail."))
    return _page(ask, record, Forms(visit=form))


@area.post("/coach/{record:id}/bezoek/afzeggen", policy=Permission.COACH, name="coach.cancel_visit")
def cancel_visit(ask: Ask, record: int) -> Answer:
    form = Submitted.read(inputs.VisitCancel, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            visits.cancel_visit(ask.db, by=ask.viewer, record_id=record, reason=form.given.reason, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/coach/{record}", toast=N_("Het bezoek is afgezegd. Jullie krijgen allebei een mail."))
    return _page(ask, record, Forms(cancel=form))


@area.post("/coach/{record:id}/bezoek/route", policy=Permission.COACH, name="coach.note_way")
def note_way(ask: Ask, record: int) -> Answer:
    form = Submitted.read(inputs.TheWay, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            visits.note_the_way(ask.db, by=ask.viewer, record_id=record, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/coach/{record}", toast=N_("Bewaard. Jullie kunnen het allebei lezen."))
    return _page(ask, record, Forms(way=form))


@area.post("/coach/{record:id}/formulier", policy=Permission.COACH, name="coach.observe")
def observe(ask: Ask, record: int) -> Answer:
    """Keep the form as it is, or say that it is whole. What was typed is never lost, also when it is old.

    While she types the page sends the form by itself, and gets back the version that stands now.
    """
    definition, rubric = form_parts(ask.db, ask.viewer, record)
    form = Submitted.read(inputs.observation_form(definition, rubric), ask.form, ask.viewer.locale)
    typing = form.get("whole") == "typing"
    if not form.valid:
        return _kept(ask, record, form, "failed") if typing else _page(ask, record, Forms(observed=form))
    given, whole = form.given.observation(), form.given.whole == "1"
    try:
        version = assessing.save_observation(
            ask.db, by=ask.viewer, record_id=record, given=given, version=form.given.version, whole=whole, now=ask.now
        )
    except Refused as refused:
        if typing:
            form.refuse(refused)
            return _kept(ask, record, form, "stale" if refused.code == "stale_form" else "failed")
        if refused.code == "stale_form":
            form.refuse(refused)
            return _stale(ask, record, form, given)
        _note_gaps(form, gaps(given, definition, rubric) if whole else [], refused)
        return _page(ask, record, Forms(observed=form))
    if typing:
        form.raw["version"] = [str(version)]
        return _kept(ask, record, form, "kept")
    if whole:
        return redirect(f"/coach/{record}/aftekenen")
    return redirect(f"/coach/{record}", toast=N_("Je formulier is bewaard."))


def _kept(ask: Ask, record: int, form: Form, keeping: str) -> Page:
    """What changes on the page while she types: the version, and whether it is kept."""
    return _page(ask, record, Forms(observed=form, keeping=keeping))


def _note_gaps(form: Form, found: list[Gap], refused: Refused) -> None:
    """All that is missing at once, instead of one thing at a time."""
    if refused.code not in {gap.code for gap in found}:
        form.refuse(refused)
        return
    for gap in found:
        form.add(gap.field, gap.code, title=gap.title)


def _stale(ask: Ask, record: int, form: Form, typed: Observation) -> Page:
    """Show what was saved elsewhere beside what was typed here; sending again is a choice."""
    definition, rubric = form_parts(ask.db, ask.viewer, record)
    page = observation_page(ask.db, ask.viewer, record, now=ask.now)
    form.raw["version"] = [str(page.version)]
    elsewhere = observation_differences(page.saved, typed, definition, rubric)
    return _show(ask, page, Forms(observed=form, elsewhere=elsewhere))


def _page(ask: Ask, record: int, forms: Forms | None = None) -> Page:
    return _show(ask, observation_page(ask.db, ask.viewer, record, now=ask.now), forms or Forms())


def _show(ask: Ask, page: ObservationPage, forms: Forms) -> Page:
    typed = forms.visit or forms.cancel or forms.way or forms.observed
    shown = page.may_observe if forms.observed else page.may_cancel if forms.cancel else page.may_plan
    shown = page.visit is not None if forms.way else shown
    locale = ask.viewer.locale
    if forms.observed:
        page = page.counting({name for name in forms.observed.raw if forms.observed.get(name)})
    return render(
        "coach/record.html",
        page,
        part="coach/_kept.html",
        status=200 if typed is None or forms.keeping else 422,
        visit=forms.visit or Submitted.blank(locale, date_id=page.visit.id if page.visit else None),
        cancel=forms.cancel or Submitted.blank(locale),
        way=forms.way or Submitted.blank(locale, directions=page.way.directions, venue_contact=page.way.venue_contact),
        observed=forms.observed or Submitted.blank(locale, version=page.version, **inputs.filled_in(page.saved)),
        elsewhere=forms.elsewhere,
        lost=None if shown else typed,
        keeping=forms.keeping,
        parts=PARTS,
        talk=0 if forms.keeping else new_in(ask.db, ask.viewer, page.record_id),
    )
