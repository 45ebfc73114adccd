"""The own numbers in professional registers."""

from __future__ import annotations

from typing import Any, Final

from app.access import Permission
from app.people import inputs
from app.people.actions.registers import keep_numbers, numbers_of
from app.people.rules import Register
from app.web.kit.ask import Answer, Ask, render
from app.web.kit.ask import redirect as to
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.shared import N_

area = Area()
TEMPLATE: Final = "account/registers.html"


@area.get("/account/registers", policy=Permission.SIGNED_IN, name="account.registers")
def show(ask: Ask) -> Answer:
    """The numbers that are known."""
    known = numbers_of(ask.db, {ask.viewer.id}).get(ask.viewer.id, {})
    values: dict[str, Any] = {register.value: number for register, (number, _) in known.items()}
    values["other_name"] = known.get(Register.OTHER, ("", ""))[1]
    return render(TEMPLATE, form=Submitted.blank(ask.viewer.locale, **values))


@area.post("/account/registers", policy=Permission.SIGNED_IN, name="account.registers_keep")
def keep(ask: Ask) -> Answer:
    """Keep them as they stand in the form."""
    form = Submitted.read(inputs.Registrations, ask.form, ask.viewer.locale)
    if not form.valid:
        return render(TEMPLATE, status=422, form=form)
    keep_numbers(ask.db, by=ask.viewer, given=form.given, now=ask.now)
    return to("/account", toast=N_("Je nummers zijn bewaard."))
