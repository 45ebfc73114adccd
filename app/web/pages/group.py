"""My group: where it meets and when, and on which of those days the coach comes; of trainers too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from starlette.datastructures import FormData

from app.access import Permission
from app.certification.queries import authorised
from app.delivery import actions, dates
from app.delivery.inputs import Attended, ClosingGiven, Group, GroupGiven, closing
from app.delivery.queries import dates_of, ended_group, group_of_date
from app.delivery.rules import DATES_MAX, Certificates, DateFacts, DateKind
from app.delivery.seeking import own_search_page
from app.kit.errors import Refused
from app.kit.ids import read_id
from app.kit.localtime import local
from app.practice.actions import dates as visits
from app.practice.own_practice import GroupPage, group_page
from app.web.kit.ask import Answer, Ask, invalid, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.delivery import WHEN_WORDS
from app.web.words.shared import N_

area = Area()
PARTS = ("id", "kind", "day", "starts", "ends")
FIRST_TIMES = {"starts": "13:30", "ends": "15:30"}


@area.get("/groep", policy=Permission.FOLLOW_TRAINING, name="group.show")
def show(ask: Ask) -> Answer:
    page, _ = _page(ask)
    search = own_search_page(ask.db, ask.viewer, now=ask.now)
    form: Submitted[Attended] = Submitted.blank(ask.viewer.locale)
    return render("delivery/group.html", page, form=form, search=search, words=WHEN_WORDS)


@area.get("/groep/invoeren", policy=Permission.FOLLOW_TRAINING, name="group.edit")
def edit(ask: Ask) -> Answer:
    page, _ = _page(ask)
    form: Submitted[GroupGiven] = Submitted.blank(ask.viewer.locale, **_initial(page))
    return render("delivery/edit.html", page, form=form, dates_max=DATES_MAX, at=0, stale=False)


@area.post("/groep/invoeren", policy=Permission.FOLLOW_TRAINING, name="group.save")
def save(ask: Ask) -> Answer:
    page, certificates = _page(ask, group_id=read_id(str(ask.form.get("group_id", ""))))
    if "more" in ask.form or "drop" in ask.form:
        changed: Submitted[GroupGiven] = Submitted(raw=_with_rows(ask.form), locale=ask.viewer.locale)
        at = read_id(str(ask.form.get("drop", ""))) or DATES_MAX  # where somebody was, so that she goes on there
        at = min(at, int(changed.get("rows")))
        return render("delivery/edit.html", page, form=changed, dates_max=DATES_MAX, at=at, stale=False)
    form, stale = Submitted.read(Group, ask.form, ask.viewer.locale), False
    for name, code in _lacking(form):  # all at once, instead of one thing at a time
        if form.error(name) is None:
            form.add(name, code)
    if form.valid:
        try:
            visits.keep_group(ask.db, by=ask.viewer, given=form.given, authorised=certificates, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
            if refused.code == "stale_group" and page.group is not None:
                page, _ = _page(ask, group_id=page.group.id)  # as it is now that nobody else writes
            if refused.code == "stale_group" and page.group is not None:
                stale = True
                form.raw["version"] = [str(page.group.version)]  # sending again is a choice, with both before her
        else:
            return redirect(f"/groep{page.query}", toast=N_("Je groep is bewaard."))
    return invalid("delivery/edit.html", page, form=form, dates_max=DATES_MAX, at=0, stale=stale)


@area.get("/groep/data/{date:id}", policy=Permission.FOLLOW_TRAINING, name="group.date")
def date_form(ask: Ask, date: int) -> Answer:
    page, _ = _page(ask, date_id=date)
    attended = page.date(date).attended
    form: Submitted[Attended] = Submitted.blank(ask.viewer.locale, attended=attended)
    return render("delivery/date.html", page, date=page.date(date), form=form)


@area.post("/groep/data/{date:id}", policy=Permission.FOLLOW_TRAINING, name="group.count")
def count(ask: Ask, date: int) -> Answer:
    page, _ = _page(ask, date_id=date)
    page.date(date)  # hers, or not there
    form = Submitted.read(Attended, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            dates.count_date(ask.db, by=ask.viewer, date_id=date, attended=form.given.attended, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/groep{page.query}", toast=N_("Bewaard. Dank je wel."))
    return invalid("delivery/date.html", page, date=page.date(date), form=form)


@area.post("/groep/data/{date:id}/niet-door", policy=Permission.FOLLOW_TRAINING, name="group.call_off")
def call_off(ask: Ask, date: int) -> Answer:
    page, _ = _page(ask, date_id=date)
    with_coach = bool(page.date(date).coach)
    done = visits.call_off(ask.db, by=ask.viewer, date_id=date, now=ask.now)
    told = N_("De bijeenkomst gaat niet door. Je coach weet het en kiest een andere dag.")
    return redirect(f"/groep{page.query}", toast=told if done and with_coach else N_("De bijeenkomst gaat niet door."))


@area.post("/groep/data/{date:id}/toch-door", policy=Permission.FOLLOW_TRAINING, name="group.put_back")
def put_back(ask: Ask, date: int) -> Answer:
    page, _ = _page(ask, date_id=date)
    dates.put_date_back(ask.db, by=ask.viewer, date_id=date, now=ask.now)
    return redirect(f"/groep{page.query}", toast=N_("De bijeenkomst gaat toch door."))


@area.get("/groep/{group:id}/getallen", policy=Permission.FOLLOW_TRAINING, name="group.numbers_form")
def numbers_form(ask: Ask, group: int) -> Answer:
    ended, held = ended_group(ask.db, ask.viewer.id, group), _held(ask, group)
    known = asdict(ended.counts) | {f"attended_{date.id}": date.attended for date in held}
    form: Submitted[ClosingGiven] = Submitted.blank(ask.viewer.locale, **known)
    return render("delivery/numbers.html", ended, form=form, held=held)


@area.post("/groep/{group:id}/getallen", policy=Permission.FOLLOW_TRAINING, name="group.numbers")
def numbers(ask: Ask, group: int) -> Answer:
    """A wrong number of a group that was closed is mended; what it was stays known."""
    ended, held = ended_group(ask.db, ask.viewer.id, group), _held(ask, group)
    form = Submitted.read(closing([date.id for date in held]), ask.form, ask.viewer.locale)
    for date in held:
        if form.valid and form.given.of_date(date.id) is None:
            form.add(f"attended_{date.id}", "missing")
    if form.valid:
        given = form.given
        attended = {date.id: given.of_date(date.id) or 0 for date in held}
        try:
            dates.correct_numbers(
                ask.db, by=ask.viewer, group_id=group, counts=given.counts, attended=attended, now=ask.now
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect("/groep", toast=N_("De getallen zijn aangepast."))
    return invalid("delivery/numbers.html", ended, form=form, held=held)


def _held(ask: Ask, group_id: int) -> tuple[DateFacts, ...]:
    return tuple(date for date in dates_of(ask.db, [group_id])[group_id] if date.attended is not None)


@area.get("/groep/afronden", policy=Permission.FOLLOW_TRAINING, name="group.end_form")
def end_form(ask: Ask) -> Answer:
    page, _ = _page(ask)
    if page.group is None:
        return redirect("/groep")
    form: Submitted[ClosingGiven] = Submitted.blank(ask.viewer.locale, **asdict(page.group.counts))
    return render("delivery/end.html", page, form=form)


@area.post("/groep/afronden", policy=Permission.FOLLOW_TRAINING, name="group.end")
def end(ask: Ask) -> Answer:
    actions.hold_groups(ask.db, leader_id=ask.viewer.id)
    page, _ = _page(ask)
    if page.group is None:
        return redirect("/groep")
    form = Submitted.read(closing([one.id for one in page.to_count]), ask.form, ask.viewer.locale)
    for name, code in _uncounted(form, page):
        if form.error(name) is None:
            form.add(name, code)
    if form.valid:
        try:
            _close(ask, page, form.given)
        except Refused as refused:
            if refused.field is None:  # not about a number on this form: dates are still to come
                raise
            form.refuse(refused)
        else:
            return redirect("/groep", toast=N_("Je groep is afgerond. Mooi werk."))
    return invalid("delivery/end.html", page, form=form)


def _uncounted(form: Submitted[Any], page: GroupPage) -> Iterator[tuple[str, str]]:
    """What lacks in the numbers: a date needs how many were there or that it was off, a presentation its guests."""
    off = {date.id for date in page.dates if date.called_off or form.get(f"off_{date.id}") == "on"}
    for date in page.to_count:
        counted = bool(form.get(f"attended_{date.id}").strip())
        if counted == (date.id in off):
            yield f"attended_{date.id}", "count_and_off" if counted else "count_or_off"
    if any(date.end_presentation and date.id not in off for date in page.dates) and not form.get("guests").strip():
        yield "guests", "missing"


def _close(ask: Ask, page: GroupPage, given: ClosingGiven) -> None:
    """Write down what lacked on dates, and end the group: all of it or nothing. Raises: Refused."""
    if page.group is None:
        return
    for date in page.to_count:
        attended = given.of_date(date.id)
        if attended is None:
            visits.call_off(ask.db, by=ask.viewer, date_id=date.id, now=ask.now)
        else:
            dates.count_date(ask.db, by=ask.viewer, date_id=date.id, attended=attended, now=ask.now)
    dates.end_group(ask.db, by=ask.viewer, group_id=page.group.id, counts=given.counts, now=ask.now)


def _page(ask: Ask, *, group_id: int | None = None, date_id: int | None = None) -> tuple[GroupPage, Certificates]:
    """The page, and what it rests on: certificates are known higher up than groups.

    It is about the group that was asked for, or that the date is of; else about the one that comes first.
    """
    certificates = authorised(ask.db, ask.viewer.id, ask.today)
    if date_id is not None:
        group_id = group_of_date(ask.db, date_id)
    wanted = group_id or read_id(ask.query.get("groep", ""))
    return group_page(ask.db, ask.viewer, certificates, group_id=wanted, now=ask.now), certificates


def _initial(page: GroupPage) -> dict[str, Any]:
    """The fields of the form as they stand; a new group starts with one empty row."""
    group = page.group
    if group is None:
        return {"rows": 1, "kind_1": DateKind.SESSION.value} | {f"{part}_1": time for part, time in FIRST_TIMES.items()}
    fields: dict[str, Any] = {
        "group_id": group.id,
        "version": group.version,
        "place": group.place,
        "address": group.address,
        "municipality": group.municipality,
        "goal_group": group.goal_group,
        "rows": max(len(group.coming), 1),
    }
    for number, date in enumerate(group.coming, start=1):
        starts, ends = local(date.starts_at), local(date.ends_at)
        fields |= {
            f"id_{number}": date.id,
            f"kind_{number}": date.kind.value,
            f"day_{number}": starts.date().isoformat(),
            f"starts_{number}": f"{starts:%H:%M}",
            f"ends_{number}": f"{ends:%H:%M}",
        }
    return fields


def _lacking(form: Submitted[Any]) -> Iterator[tuple[str, str]]:
    """What lacks in the rows, whether the rest of the form is right or not: a part of a row, or any row at all."""
    count = min(read_id(form.get("rows")) or 1, DATES_MAX)
    rows = [[f"{part}_{number}" for part in ("day", "starts", "ends")] for number in range(1, count + 1)]
    empty = [[name for name in row if not form.get(name).strip()] for row in rows]
    if all(len(names) == len(row) for names, row in zip(empty, rows, strict=True)):
        yield "day_1", "group_needs_a_date"
    for names, row in zip(empty, rows, strict=True):
        if len(names) < len(row):
            yield from ((name, "missing") for name in names)


def _with_rows(form: FormData) -> dict[str, list[str]]:
    """What was typed with one row more, or one less: how a form without script grows and shrinks."""
    typed = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    count = read_id(typed.get("rows", "")) or 1
    rows = [{part: typed.pop(f"{part}_{number}", "") for part in PARTS} for number in range(1, min(count, 99) + 1)]
    drop = read_id(typed.pop("drop", "")) or 0
    if 1 <= drop <= len(rows) and len(rows) > 1:
        rows.pop(drop - 1)
    elif typed.pop("more", "") and len(rows) < DATES_MAX:
        rows.append(_a_week_later(rows[-1]))
    typed["rows"] = str(len(rows))
    for number, row in enumerate(rows, start=1):
        typed |= {f"{part}_{number}": value for part, value in row.items()}
    return {name: [value] for name, value in typed.items()}


def _a_week_later(row: dict[str, str]) -> dict[str, str]:
    """Groups meet weekly, at the same time."""
    try:
        day = (datetime.fromisoformat(row["day"]) + timedelta(days=7)).date().isoformat()
    except (ValueError, OverflowError):
        day = ""
    return {**row, "id": "", "kind": DateKind.SESSION.value, "day": day}
