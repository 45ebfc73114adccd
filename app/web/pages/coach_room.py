"""How much a coach can take on and when she is away: her own page, and the same one for an admin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from app.access import Permission
from app.courses import inputs
from app.courses.actions import availability
from app.kit.errors import NotFound, Refused
from app.people.listing import line_of, role_lines
from app.people.rules import Role
from app.practice.capacity import Capacity, capacity_of
from app.practice.handover_page import OpenHandover, open_handovers
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.coaches import AWAY_REASONS
from app.web.words.shared import N_

area = Area()
OWN: Final = "/coach/beschikbaarheid"
SAVED: Final = N_("Bewaard.")
AWAY: Final = N_("Opgeschreven.")
BACK: Final = N_("Bijgewerkt: deze dagen tellen weer mee.")


@dataclass(frozen=True)
class RoomPage:
    """One coach. `own`: she looks herself; `base`: where the forms go; `on_loan`: her people who are with others."""

    person_id: int
    name: str
    own: bool
    base: str
    capacity: Capacity
    on_loan: tuple[OpenHandover, ...]


@area.get(OWN, policy=Permission.COACH, name="coach_room.show")
def show(ask: Ask) -> Answer:
    return _page(ask, ask.viewer.id)


@area.post(OWN, policy=Permission.COACH, name="coach_room.save")
def save(ask: Ask) -> Answer:
    return _save(ask, ask.viewer.id)


@area.post("/coach/beschikbaarheid/weg", policy=Permission.COACH, name="coach_room.away")
def away(ask: Ask) -> Answer:
    return _away(ask, ask.viewer.id)


@area.post("/coach/beschikbaarheid/weg/{absence:id}/terug", policy=Permission.COACH, name="coach_room.back")
def back(ask: Ask, absence: int) -> Answer:
    return _back(ask, ask.viewer.id, absence)


@area.get("/beheer/coaches/{coach:id}", policy=Permission.MANAGE, name="admin_coach.show")
def show_one(ask: Ask, coach: int) -> Answer:
    return _page(ask, coach)


@area.post("/beheer/coaches/{coach:id}", policy=Permission.MANAGE, name="admin_coach.save")
def save_one(ask: Ask, coach: int) -> Answer:
    return _save(ask, coach)


@area.post("/beheer/coaches/{coach:id}/weg", policy=Permission.MANAGE, name="admin_coach.away")
def away_one(ask: Ask, coach: int) -> Answer:
    return _away(ask, coach)


@area.post("/beheer/coaches/{coach:id}/weg/{absence:id}/terug", policy=Permission.MANAGE, name="admin_coach.back")
def back_one(ask: Ask, coach: int, absence: int) -> Answer:
    return _back(ask, coach, absence)


def _save(ask: Ask, coach_id: int) -> Answer:
    form = Submitted.read(inputs.Room, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            availability.set_room(ask.db, by=ask.viewer, person_id=coach_id, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(_base(ask, coach_id), toast=SAVED)
    return _page(ask, coach_id, form=form, status=422)


def _away(ask: Ask, coach_id: int) -> Answer:
    form = Submitted.read(inputs.AwayGiven, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            availability.note_absence(ask.db, by=ask.viewer, person_id=coach_id, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(_base(ask, coach_id), toast=AWAY)
    return _page(ask, coach_id, away_form=form, status=422)


def _back(ask: Ask, coach_id: int, absence_id: int) -> Answer:
    availability.end_absence(ask.db, by=ask.viewer, person_id=coach_id, absence_id=absence_id, now=ask.now)
    return redirect(_base(ask, coach_id), toast=BACK)


def _base(ask: Ask, coach_id: int) -> str:
    return OWN if ask.request.url.path.startswith(OWN) else f"/beheer/coaches/{coach_id}"


def _page(
    ask: Ask,
    coach_id: int,
    *,
    form: Submitted[inputs.Room] | None = None,
    away_form: Submitted[inputs.AwayGiven] | None = None,
    status: int = 200,
) -> Page:
    capacity = capacity_of(ask.db, [coach_id], now=ask.now)[coach_id]
    if not (capacity.people or any(line.role is Role.COACH for line in role_lines(ask.db, coach_id))):
        raise NotFound
    room, base = capacity.room, _base(ask, coach_id)
    on_loan = tuple(open_handovers(ask.db, coach_id=coach_id, today=ask.today))
    page = RoomPage(coach_id, line_of(ask.db, coach_id).name, base == OWN, base, capacity, on_loan)
    blank: Submitted[Any] = Submitted.blank(
        ask.viewer.locale,
        people_max=room.people_max,
        visits_per_week=room.visits_per_week,
        regions=", ".join(room.regions),
        version=room.version or "",
    )
    today: Submitted[Any] = Submitted.blank(ask.viewer.locale, starts_on=ask.today.isoformat())
    return render(
        "coaches/room.html", page, status=status, form=form or blank, away_form=away_form or today, reasons=AWAY_REASONS
    )
