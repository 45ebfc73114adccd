"""What people agree on before they talk about a case, and the methods by which they do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.access import Permission
from app.intervision.methods.reading import agreements, methods
from app.intervision.room import agreeing
from app.intervision.room.inputs import Accepted
from app.kit.errors import Refused
from app.web.kit.ask import Answer, Ask, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.shared import N_

area = Area()


@dataclass(frozen=True)
class AgreementPage:
    """What people agree on now, and when she said yes to it."""

    lines: list[str]
    accepted_at: datetime | None


@dataclass(frozen=True)
class StepView:
    """One step of a method, in the language of who reads it."""

    name: str
    say: str
    minutes: int


@dataclass(frozen=True)
class MethodView:
    """One method."""

    slug: str
    name: str
    use: str
    minutes: int
    steps: list[StepView]


@dataclass(frozen=True)
class MethodsPage:
    """All of them."""

    methods: list[MethodView]


@area.get("/intervisie/afspraken", policy=Permission.SIGNED_IN, name="agreements.show")
def show(ask: Ask) -> Answer:
    """Read them, and say yes."""
    return _shown(ask)


@area.post("/intervisie/afspraken", policy=Permission.SIGNED_IN, name="agreements.accept")
def accept(ask: Ask) -> Answer:
    """Say yes to what was shown."""
    form = Submitted.read(Accepted, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            agreeing.accept(ask.db, by=ask.viewer, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect("/intervisie/afspraken", toast=N_("Dank je. De gespreksleider ziet dat je akkoord bent."))
    return _shown(ask, form)


@area.get("/intervisie/methoden", policy=Permission.SIGNED_IN, name="agreements.methods")
def ways(ask: Ask) -> Answer:
    """Every method with its steps."""
    locale = ask.viewer.locale
    found = [
        MethodView(
            one.slug,
            one.name.of(locale),
            one.use.of(locale),
            one.minutes,
            [StepView(step.name.of(locale), step.say.of(locale), step.minutes) for step in one.steps],
        )
        for one in methods().values()
    ]
    return render("case_room/methods.html", MethodsPage(found))


def _shown(ask: Ask, form: Submitted[Accepted] | None = None) -> Answer:
    now = agreements()
    page = AgreementPage(
        lines=[line.of(ask.viewer.locale) for line in now.lines],
        accepted_at=agreeing.accepted(ask.db, [ask.viewer.id]).get(ask.viewer.id),
    )
    blank: Submitted[Accepted] = Submitted.blank(ask.viewer.locale)
    status = 200 if form is None else 422
    return render("case_room/agreements.html", page, status=status, form=form or blank, version=now.number)
