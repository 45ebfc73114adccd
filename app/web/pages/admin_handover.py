"""Handing the people of a coach over, and saying on which day they come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.access import Permission
from app.kit.errors import NotFound, Refused
from app.practice import admin_inputs
from app.practice.actions import handover as actions
from app.practice.handover_page import HandoverPage, OpenHandover, handover_page, open_handovers
from app.practice.rules.handover import Fate
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.coaches import HANDOVER_REASONS, WHY_WORDS
from app.web.words.shared import N_

area = Area()


@dataclass(frozen=True)
class BackPage:
    """One hand-over of which people are on loan."""

    handover: OpenHandover


@area.get("/beheer/coaches/{coach:id}/overdragen", policy=Permission.MANAGE, name="admin_handover.show", snapshot=True)
def show(ask: Ask, coach: int) -> Answer:
    page = handover_page(ask.db, ask.viewer, coach, now=ask.now)
    return _page(page, _proposed(ask, page))


@area.post("/beheer/coaches/{coach:id}/overdragen", policy=Permission.MANAGE, name="admin_handover.hand_over")
def hand_over(ask: Ask, coach: int) -> Answer:
    """Look at what the choices would do, or do it."""
    form = Submitted.read(admin_inputs.handover_form(ask.form.keys()), ask.form, ask.viewer.locale)
    if form.valid and form.given.do == "send":
        try:
            actions.hand_over(ask.db, by=ask.viewer, coach_id=coach, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/beheer/coaches/{coach}", toast=N_("Overgedragen. Iedereen krijgt één mail."))
    given = form.value
    page = handover_page(
        ask.db,
        ask.viewer,
        coach,
        chosen=given.chosen() if given else None,
        back_on=given.back_on if given and given.how == "until" else None,
        now=ask.now,
    )
    return _page(page, form, status=200 if form.valid else 422)


@area.get(
    "/beheer/coaches/{coach:id}/overdragen/{handover:id}", policy=Permission.MANAGE, name="admin_handover.back_form"
)
def back_form(ask: Ask, coach: int, handover: int) -> Answer:
    page = _one(ask, coach, handover)
    return render("coaches/back.html", page, form=_back(ask, page))


@area.post("/beheer/coaches/{coach:id}/overdragen/{handover:id}", policy=Permission.MANAGE, name="admin_handover.back")
def back(ask: Ask, coach: int, handover: int) -> Answer:
    """Another day, today, or not at all."""
    page = _one(ask, coach, handover)
    form = Submitted.read(admin_inputs.BackOn, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            actions.change_back_on(ask.db, by=ask.viewer, handover_id=handover, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/beheer/coaches/{coach}", toast=N_("Bewaard. Iedereen krijgt één mail."))
    return render("coaches/back.html", page, form=form, status=422)


def _one(ask: Ask, coach_id: int, handover_id: int) -> BackPage:
    for one in open_handovers(ask.db, coach_id=coach_id, today=ask.today):
        if one.id == handover_id:
            return BackPage(one)
    raise NotFound


def _proposed(ask: Ask, page: HandoverPage) -> Submitted[Any]:
    return Submitted.blank(
        ask.viewer.locale,
        reason=page.reason.value if page.reason else None,
        how="until" if page.back_on else "good",
        back_on=page.back_on.isoformat() if page.back_on else None,
        **{f"to_{row.enrolment_id}": row.chosen or "" for row in page.rows},
    )


def _back(ask: Ask, page: BackPage) -> Submitted[Any]:
    return Submitted.blank(ask.viewer.locale, how="until", back_on=page.handover.back_on.isoformat())


def _page(page: HandoverPage, form: Submitted[Any], *, status: int = 200) -> Page:
    return render(
        "coaches/handover.html",
        page,
        status=status,
        form=form,
        reasons=HANDOVER_REASONS,
        why_words=WHY_WORDS,
        moves=page.visits(Fate.MOVES),
        again=page.visits(Fate.AGAIN),
    )
