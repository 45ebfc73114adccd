"""Somebody's own scholingsdagen: when and where, and on which she cannot come."""

from __future__ import annotations

from typing import Any

from app.access import Permission
from app.courses.training_days import actions
from app.courses.training_days.inputs import Coming
from app.courses.training_days.queries import own_days
from app.kit.errors import Refused
from app.web.kit.ask import Answer, Ask, invalid, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.meetings import ATTENDANCE_LOOKS
from app.web.words.shared import N_
from app.web.words.training_days import MAKE_UP_WORDS

area = Area()


@area.get("/scholingsdagen", policy=Permission.SIGNED_IN, name="training_days.own")
def own(ask: Ask) -> Answer:
    """The days ahead with what she said, and those that have been."""
    page = own_days(ask.db, ask.viewer, now=ask.now)
    coming = [day.place.id for day in page.ahead if day.place.has_seat]
    form: Submitted[Coming] = Submitted.blank(ask.viewer.locale, coming=coming)
    return render("training_days/own.html", page, form=form, **_words())


@area.post("/scholingsdagen", policy=Permission.SIGNED_IN, name="training_days.answer")
def answer(ask: Ask) -> Answer:
    """On which of the days shown she comes; no tick says that she cannot."""
    form = Submitted.read(Coming, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            actions.answer_days(ask.db, by=ask.viewer, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect("/scholingsdagen", toast=N_("Dank je, we weten het."))
    return invalid("training_days/own.html", own_days(ask.db, ask.viewer, now=ask.now), form=form, **_words())


def _words() -> dict[str, Any]:
    return {"looks": ATTENDANCE_LOOKS, "make_up": MAKE_UP_WORDS}
