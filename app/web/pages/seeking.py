"""Deelnemersgroepen for admins: who looks for a group, who looks for a trainer, and bringing them together."""

from __future__ import annotations

from datetime import timedelta

from app.access import Permission
from app.certification.queries import authorised
from app.delivery import linking
from app.delivery.inputs import LinkGiven, Reason
from app.delivery.seeking import seeker, seeking_page
from app.kit.errors import Refused
from app.web.kit.ask import Answer, Ask, invalid, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.delivery import WHEN_WORDS
from app.web.words.shared import N_

area = Area()


@area.get("/beheer/groepen", policy=Permission.MANAGE, name="seeking.list", snapshot=True)
def everybody(ask: Ask) -> Answer:
    settings = ask.services.settings
    page = seeking_page(
        ask.db,
        ask.viewer,
        now=ask.now,
        late_after=timedelta(days=settings.search_late_days),
        asked_late_after=timedelta(days=settings.request_late_days),
    )
    return render("seeking/list.html", page, words=WHEN_WORDS)


@area.get("/beheer/groepen/{search:id}", policy=Permission.MANAGE, name="seeking.person")
def one(ask: Ask, search: int) -> Answer:
    page = seeker(ask.db, ask.viewer, search, now=ask.now)
    best = next((choice.request.id for choice in page.suggestions), None)
    form: Submitted[LinkGiven] = Submitted.blank(ask.viewer.locale, request_id=best)
    undoing: Submitted[Reason] = Submitted.blank(ask.viewer.locale)
    return render("seeking/person.html", page, form=form, undoing=undoing, words=WHEN_WORDS)


@area.post("/beheer/groepen/{search:id}", policy=Permission.MANAGE, name="seeking.link")
def link(ask: Ask, search: int) -> Answer:
    page = seeker(ask.db, ask.viewer, search, now=ask.now)
    form = Submitted.read(LinkGiven, ask.form, ask.viewer.locale)
    if form.valid:
        proofs = authorised(ask.db, page.person_id, ask.today)
        try:
            linking.link(ask.db, by=ask.viewer, search_id=search, given=form.given, authorised=proofs, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect("/beheer/groepen", toast=N_("Gekoppeld. Ze krijgen allebei bericht."))
    undoing: Submitted[Reason] = Submitted.blank(ask.viewer.locale)
    return invalid("seeking/person.html", page, form=form, undoing=undoing, words=WHEN_WORDS)


@area.post("/beheer/groepen/{search:id}/los", policy=Permission.MANAGE, name="seeking.unlink")
def unlink(ask: Ask, search: int) -> Answer:
    page = seeker(ask.db, ask.viewer, search, now=ask.now)
    undoing = Submitted.read(Reason, ask.form, ask.viewer.locale)
    if undoing.valid:
        linking.unlink(ask.db, by=ask.viewer, search_id=search, reason=undoing.given.reason, now=ask.now)
        return redirect("/beheer/groepen", toast=N_("Losgemaakt. Ze zoeken allebei verder."))
    form: Submitted[LinkGiven] = Submitted.blank(ask.viewer.locale)
    return invalid("seeking/person.html", page, form=form, undoing=undoing, words=WHEN_WORDS)
