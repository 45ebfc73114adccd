"""After the signature: the professional read it, and somebody asks to take it back."""

from __future__ import annotations

from typing import Any

from app.access import Permission
from app.kit.errors import Refused
from app.people.rules import FACTOR_FOR_ADMIN
from app.practice import inputs
from app.practice.actions import correcting
from app.practice.afterwards import ask_page
from app.web.kit.ask import Answer, Ask, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.shared import N_

area = Area()
TEMPLATE = "practice/correction.html"


@area.post("/praktijk/{record:id}/besluit/{sign_off:id}/gezien", policy=Permission.FOLLOW_TRAINING, name="results.see")
def see(ask: Ask, record: int, sign_off: int) -> Answer:
    """One tap: I read this. The coach sees that she did."""
    correcting.see_result(ask.db, by=ask.viewer, record_id=record, sign_off_id=sign_off, now=ask.now)
    return redirect(f"/praktijk/{record}", toast=N_("Je coach ziet dat je het gelezen hebt."))


@area.get(
    "/praktijk/{record:id}/besluit/{sign_off:id}/terugnemen", policy=Permission.SIGNED_IN, name="results.ask_form"
)
def ask_form(ask: Ask, record: int, sign_off: int) -> Answer:
    """What is taken back, what follows, and why."""
    page = ask_page(ask.db, ask.viewer, record, sign_off)
    return render(TEMPLATE, page, form=Submitted.blank(ask.viewer.locale))


@area.post("/praktijk/{record:id}/besluit/{sign_off:id}/terugnemen", policy=Permission.SIGNED_IN, name="results.ask")
def ask_back(ask: Ask, record: int, sign_off: int) -> Answer:
    """Ask for it; who may decide alone has decided. Nothing that was signed changes."""
    page = ask_page(ask.db, ask.viewer, record, sign_off)
    if ask.viewer.is_admin:
        ask.require_fresh_factor(FACTOR_FOR_ADMIN)
    form: Submitted[Any] = Submitted.read(inputs.CorrectionReason, ask.form, ask.viewer.locale)
    if not form.valid:
        return render(TEMPLATE, page, status=422, form=form)
    try:
        done = correcting.ask_correction(
            ask.db, by=ask.viewer, record_id=record, sign_off_id=sign_off, reason=form.given.reason, now=ask.now
        )
    except Refused as refused:
        return render(TEMPLATE, page, status=422, form=form.refuse(refused))
    told = (
        N_("Teruggenomen. Iedereen die het aangaat, krijgt bericht.")
        if done
        else N_("Gevraagd. Een beheerder kijkt mee.")
    )
    coach_page = f"/coach/{record}"
    return redirect(f"/praktijk/{record}" if ask.viewer.is_admin else coach_page, toast=told)
