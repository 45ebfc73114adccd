"""The tables of one meeting: a proposal, moving people to another table, and keeping it."""

from __future__ import annotations

from typing import Any

from app.access import Permission
from app.intervision.actions import seating
from app.intervision.planner.model import TABLE_MAX
from app.intervision.queries.seating import TablesPage, round_of, tables_page
from app.kit.errors import NotFound, Refused
from app.kit.ids import read_id
from app.web.kit.ask import Answer, Ask, invalid, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.shared import N_

area = Area()
PAGE = "admin_intervision/placing/tables.html"
EFFECT = "admin_intervision/placing/_tables.html"
AT, LED = "tafel-", "leider-"
NOBODY = "geen"
Choice = tuple[dict[int, int], dict[int, int | None]]


@area.get(
    "/beheer/intervisie/bijeenkomst/{meeting:id}/tafels", policy=Permission.MANAGE, name="admin_intervision.tables"
)
def show(ask: Ask, meeting: int) -> Answer:
    """The tables as they stand; a proposal while there are none, or when asked for (`nieuw`)."""
    page = tables_page(ask.db, meeting, now=ask.now)
    if page.people and page.may_change and (not page.made or ask.query.get("nieuw") == "ja"):
        page = tables_page(ask.db, meeting, **_proposal(ask, meeting, page), now=ask.now)
    return render(PAGE, page, form=_form(ask, page))


@area.post(
    "/beheer/intervisie/bijeenkomst/{meeting:id}/tafels", policy=Permission.MANAGE, name="admin_intervision.seat"
)
def seat(ask: Ask, meeting: int) -> Answer:
    """Show what a choice does (`do=look`), or keep it."""
    raw = {name: [value] for name, value in ask.form.multi_items() if isinstance(value, str)}
    form: Submitted[Any] = Submitted(raw, ask.viewer.locale)
    at, led = _read(form)
    page = tables_page(ask.db, meeting, at=at, led=led, now=ask.now)
    if form.get("do") == "look":
        return render(PAGE, page, form=_form(ask, page), part=EFFECT)
    try:
        seating.seat_at_tables(ask.db, by=ask.viewer, meeting_id=meeting, at=at, led=led, now=ask.now)
    except Refused as refused:
        return invalid(PAGE, page, form=_form(ask, page).refuse(refused))
    return redirect(f"/beheer/intervisie/bijeenkomst/{meeting}/tafels", toast=N_("De tafels zijn bewaard."))


def _proposal(ask: Ask, meeting_id: int, page: TablesPage) -> dict[str, Any]:
    found = seating.proposed(ask.db, meeting_id, round_of(ask.db, meeting_id), now=ask.now)
    signups = {one.person_id: one.signup_id for one in page.people}
    at = {signups[id_]: table.number for table in found.tables for id_ in table.people}
    return {"at": at, "led": {table.number: table.leader for table in found.tables}}


def _form(ask: Ask, page: TablesPage) -> Submitted[Any]:
    known: dict[str, Any] = {f"{AT}{one.signup_id}": one.table or NOBODY for one in page.people}
    known |= {f"{LED}{number}": page.led.get(number) or NOBODY for number in page.numbers}
    return Submitted.blank(ask.viewer.locale, **known)


def _read(form: Submitted[Any]) -> Choice:
    """The table of each signup and who leads each. Raises: NotFound for what no page of ours sends."""
    at: dict[int, int] = {}
    led: dict[int, int | None] = {}
    for name in form.raw:
        kind = next((one for one in (AT, LED) if name.startswith(one)), None)
        if kind is None:
            continue
        who, given = read_id(name.removeprefix(kind)), read_id(form.get(name))
        if (
            who is None
            or (given is None and form.get(name) != NOBODY)
            or (kind == AT and (given or 0) > TABLE_MAX * TABLE_MAX)
        ):
            raise NotFound
        if kind == LED:
            led[who] = given
        elif given is not None:
            at[who] = given
    return at, {number: leader for number, leader in led.items() if number in set(at.values())}
