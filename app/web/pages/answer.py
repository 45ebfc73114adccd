"""Answering an invitation from the mail, without signing in. Looking changes nothing; pressing a button does."""

from __future__ import annotations

from typing import Any

from app.access import Permission
from app.intervision.actions import answering, replying
from app.intervision.inputs import NoneFits
from app.intervision.queries.own import answer_page
from app.intervision.queries.replies import none_page
from app.kit.errors import NotFound, Refused
from app.meetings.actions.answering import signup_of_token
from app.meetings.inputs import Answered
from app.meetings.rules import AnswerTo
from app.web.kit.ask import Answer, Ask, invalid, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.delivery import DAY_WORDS, PART_WORDS
from app.web.words.meetings import HALF_WORDS, NONE_FITS
from app.web.words.shared import N_

area = Area()
_TOASTS = {
    "yes": N_("Je plek is geregeld. Je krijgt een mail."),
    "no": N_("Dank je, we weten het."),
    "wait": N_("Je staat op de wachtlijst. Is er een plek voor je, dan krijg je een mail."),
}


@area.get("/antwoord/{token:token}", policy=Permission.PUBLIC, name="answer.show")
def show(ask: Ask, token: str) -> Answer:
    """One meeting for one person, with the current answer. A mail scanner may open it as often as it likes."""
    try:
        signup_id = signup_of_token(ask.db, token)
    except NotFound:
        return _unknown()
    page = answer_page(ask.db, signup_id, keyring=ask.services.keyring, now=ask.now)
    return _hidden(render("answer/page.html", page, **_more(token, Submitted.blank(ask.viewer.locale))))


@area.post("/antwoord/{token:token}", policy=Permission.PUBLIC, name="answer.give")
def give(ask: Ask, token: str) -> Answer:
    """Yes, no or waiting for a seat; the last answer counts."""
    try:
        signup_id = signup_of_token(ask.db, token)
    except NotFound:
        return _unknown()
    form = Submitted.read(Answered, ask.form, ask.viewer.locale)
    if form.valid:
        said = form.given.answer
        try:
            if said == "wait":
                answering.wait(ask.db, signup_id=signup_id, actor_id=None, now=ask.now)
            else:
                answering.answer(ask.db, signup_id=signup_id, answer=AnswerTo(said), actor_id=None, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/antwoord/{token}", toast=_TOASTS[said])
    page = answer_page(ask.db, signup_id, keyring=ask.services.keyring, now=ask.now)
    return _hidden(invalid("answer/page.html", page, **_more(token, form)))


@area.get("/antwoord/{token:token}/geen-dag", policy=Permission.PUBLIC, name="answer.none_form")
def none_form(ask: Ask, token: str) -> Answer:
    """No day of the round fits: when could she come?"""
    try:
        signup_id = signup_of_token(ask.db, token)
    except NotFound:
        return _unknown()
    page = none_page(ask.db, signup_id, now=ask.now)
    form: Submitted[NoneFits] = Submitted.blank(ask.viewer.locale, possible=page.possible, note=page.note)
    return _hidden(render("answer/none.html", page, **_none(token, form)))


@area.post("/antwoord/{token:token}/geen-dag", policy=Permission.PUBLIC, name="answer.none")
def none(ask: Ask, token: str) -> Answer:
    """An answer to the whole round, from the link to one of its days."""
    try:
        signup_id = signup_of_token(ask.db, token)
    except NotFound:
        return _unknown()
    form = Submitted.read(NoneFits, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            replying.none_fits(ask.db, signup_id=signup_id, given=form.given, actor_id=None, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/antwoord/{token}", toast=NONE_FITS)
    page = none_page(ask.db, signup_id, now=ask.now)
    return _hidden(invalid("answer/none.html", page, **_none(token, form)))


def _unknown() -> Answer:
    """What to do when the link opens nothing: cut off, too old, or never made. All read the same."""
    return _hidden(render("answer/unknown.html", status=404))


def _more(token: str, form: Submitted[Answered]) -> dict[str, Any]:
    return {"token": token, "form": form, "half": HALF_WORDS}


def _none(token: str, form: Submitted[NoneFits]) -> dict[str, Any]:
    return {"token": token, "form": form, "half": HALF_WORDS, "days": DAY_WORDS, "parts": PART_WORDS}


def _hidden(answer: Answer) -> Answer:
    """Not for search engines: the address is a secret of one person."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
