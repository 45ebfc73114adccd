"""Somebody's own intervision: choose a day, see where you were, write down what you take home."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from app.access import Permission
from app.certification.queries import standings
from app.certification.rules import RequirementCode
from app.intervision.actions import answering, learning, replying
from app.intervision.inputs import Chosen, LearningPointGiven, NoneFits
from app.intervision.queries import own
from app.intervision.queries.own import OwnPage, OwnPlace
from app.intervision.queries.replies import none_page
from app.kit.errors import Refused
from app.web.kit.ask import Answer, Ask, invalid, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.delivery import DAY_WORDS, PART_WORDS
from app.web.words.meetings import ATTENDANCE_LOOKS, HALF_WORDS, NONE_FITS, Look
from app.web.words.shared import N_

area = Area()
_TOASTS: Final = {
    "come": N_("Je plek is geregeld. Je krijgt een mail."),
    "wait": N_("Je staat op de wachtlijst. Is er een plek voor je, dan krijg je een mail."),
    "leave": N_("Dank je, we weten het."),
}


@dataclass(frozen=True)
class Renewal:
    """How far somebody is with intervision for the certificate that she has."""

    intervention: str
    have: int
    need: int
    by: date


@dataclass(frozen=True)
class IntervisionPage:
    """The page of one person."""

    own: OwnPage
    renewals: list[Renewal]
    looks: dict[Any, Look]
    half: dict[Any, str]
    to_write: OwnPlace | None


@area.get("/intervisie", policy=Permission.SIGNED_IN, name="intervision.own")
def own_page(ask: Ask) -> Answer:
    """Invitations, the seat, where you were, and how it counts."""
    return render("intervision/page.html", _page(ask), form=_blank(ask))


@area.post("/intervisie", policy=Permission.SIGNED_IN, name="intervision.choose")
def choose(ask: Ask) -> Answer:
    """Choose a day of a round, or none of them."""
    form = Submitted.read(Chosen, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            answering.choose(ask.db, by=ask.viewer, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            if form.given.place is None:
                toast = N_("Dank je, we weten het. Wanneer kun je wel?")
                return redirect(f"/intervisie/geen-dag/{form.given.round}", toast=toast)
            return redirect("/intervisie", toast=_TOASTS[form.given.do])
    return invalid("intervision/page.html", _page(ask), form=form)


@area.get("/intervisie/geen-dag/{round:id}", policy=Permission.SIGNED_IN, name="intervision.none_form")
def none_form(ask: Ask, round: int) -> Answer:  # noqa: A002 - the name in the address
    """No day fits: when could she come?"""
    page = none_page(ask.db, _first_place(ask, round), now=ask.now)
    form: Submitted[NoneFits] = Submitted.blank(ask.viewer.locale, possible=page.possible, note=page.note)
    return render("intervision/none.html", page, form=form, **_none_words())


@area.post("/intervisie/geen-dag/{round:id}", policy=Permission.SIGNED_IN, name="intervision.none")
def none(ask: Ask, round: int) -> Answer:  # noqa: A002 - the name in the address
    """An answer to the whole round."""
    place = _first_place(ask, round)
    form = Submitted.read(NoneFits, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            replying.none_fits(ask.db, signup_id=place, given=form.given, actor_id=ask.viewer.id, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect("/intervisie", toast=NONE_FITS)
    page = none_page(ask.db, place, now=ask.now)
    return invalid("intervision/none.html", page, form=form, **_none_words())


@area.get("/intervisie/{place:id}", policy=Permission.SIGNED_IN, name="intervision.past")
def past(ask: Ask, place: int) -> Answer:
    """One meeting you were at, with the two questions."""
    found = own.own_place(ask.db, ask.viewer, place, now=ask.now)
    form: Submitted[LearningPointGiven] = Submitted.blank(
        ask.viewer.locale, learned=found.learned, next_step=found.next_step
    )
    return render("intervision/past.html", found, form=form, looks=ATTENDANCE_LOOKS)


@area.post("/intervisie/{place:id}", policy=Permission.SIGNED_IN, name="intervision.write")
def write(ask: Ask, place: int) -> Answer:
    """Keep what you take home. Only you can read it."""
    found = own.own_place(ask.db, ask.viewer, place, now=ask.now)
    form = Submitted.read(LearningPointGiven, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            learning.write_learning_point(ask.db, by=ask.viewer, signup_id=place, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect("/intervisie", toast=N_("Je leerpunt is bewaard. Alleen jij kunt het lezen."))
    return invalid("intervision/past.html", found, form=form, looks=ATTENDANCE_LOOKS)


@area.post("/intervisie/{place:id}/verwijderen", policy=Permission.SIGNED_IN, name="intervision.remove")
def remove(ask: Ask, place: int) -> Answer:
    """Throw away what you wrote."""
    learning.remove_learning_point(ask.db, by=ask.viewer, signup_id=place, now=ask.now)
    return redirect("/intervisie", toast=N_("Je leerpunt is weg."))


def _first_place(ask: Ask, round_id: int) -> int:
    return own.places_in_round(ask.db, ask.viewer, round_id, now=ask.now)[0].id


def _none_words() -> dict[str, Any]:
    return {"half": HALF_WORDS, "days": DAY_WORDS, "parts": PART_WORDS}


def _page(ask: Ask) -> IntervisionPage:
    found = own.own_page(ask.db, ask.viewer, now=ask.now)
    return IntervisionPage(
        own=found,
        renewals=_renewals(ask),
        looks=ATTENDANCE_LOOKS,
        half=HALF_WORDS,
        to_write=next((item for item in found.past if item.may_write and not item.learned), None),
    )


def _renewals(ask: Ask) -> list[Renewal]:
    return [
        Renewal(one.intervention, requirement.have, requirement.need, requirement.by)
        for one in standings(ask.db, [ask.viewer.id], ask.today)[ask.viewer.id]
        for requirement in one.standing.requirements
        if requirement.code.value == RequirementCode.INTERVISION.value
    ]


def _blank(ask: Ask) -> Submitted[Chosen]:
    return Submitted.blank(ask.viewer.locale)
