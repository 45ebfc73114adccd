"""Practice for an admin: what waits, with whom, and how full coaches are in the weeks to come."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from app.access import Permission
from app.kit.errors import Refused
from app.kit.ids import read_id
from app.practice import admin_inputs
from app.practice.actions import easing, handover
from app.practice.admin_page import LATE, Filters, practice_page
from app.practice.admin_record import AdminRecord, admin_record
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.coaches import RECORD_WORDS, WITHOUT_WORDS
from app.web.words.shared import N_

area = Area()
LIST: Final = "/beheer/praktijk"


@area.get(LIST, policy=Permission.MANAGE, name="admin_practice.list", snapshot=True)
def overview(ask: Ask) -> Answer:
    asked = {name: ask.query.get(name, "") for name in ("alleen", "groep", "coach")}
    filters = Filters(
        only=LATE if asked["alleen"] == LATE else "",
        cohort_id=read_id(asked["groep"]),
        coach_id=read_id(asked["coach"]),
        after=ask.query.get("na", "")[:80],
    )
    page = practice_page(ask.db, ask.viewer, filters=filters, now=ask.now)
    kept = {name: text for name, text in asked.items() if text}
    return render(
        "admin_practice/list.html",
        page,
        form=Submitted.blank(ask.viewer.locale, **asked),
        words=RECORD_WORDS,
        without_words=WITHOUT_WORDS,
        next=f"{LIST}?{urlencode(kept | {'na': page.next})}" if page.next else "",
        first=f"{LIST}?{urlencode(kept)}" if filters.after else "",
    )


@area.get("/beheer/praktijk/{record:id}", policy=Permission.MANAGE, name="admin_practice.record")
def show(ask: Ask, record: int) -> Answer:
    return _record(ask, record)


@area.post("/beheer/praktijk/{record:id}/coach", policy=Permission.MANAGE, name="admin_practice.coach")
def give_coach(ask: Ask, record: int) -> Answer:
    """Another coach for the professional of this assignment."""
    page, form = _asked(ask, record), Submitted.read(admin_inputs.NewCoach, ask.form, ask.viewer.locale)
    if form.valid:
        given = form.given
        try:
            handover.give_coach(
                ask.db,
                by=ask.viewer,
                enrolment_id=page.enrolment_id,
                coach_id=given.coach_id,
                reason=given.reason,
                now=ask.now,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/beheer/praktijk/{record}", toast=N_("Er is een andere coach. Iedereen krijgt één mail."))
    return _record(ask, record, coach=form, status=422)


@area.post("/beheer/praktijk/{record:id}/langer", policy=Permission.MANAGE, name="admin_practice.extend")
def extend(ask: Ask, record: int) -> Answer:
    """More days for the training."""
    page, form = _asked(ask, record), Submitted.read(admin_inputs.MoreDays, ask.form, ask.viewer.locale)
    if form.valid:
        days, reason = form.given.days, form.given.reason
        try:
            easing.extend_training(
                ask.db, by=ask.viewer, enrolment_id=page.enrolment_id, days=days, reason=reason, now=ask.now
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/beheer/praktijk/{record}", toast=N_("Er is meer tijd voor de opleiding."))
    return _record(ask, record, longer=form, status=422)


@area.post("/beheer/praktijk/{record:id}/stukje", policy=Permission.MANAGE, name="admin_practice.piece")
def extend_piece(ask: Ask, record: int) -> Answer:
    """Another day for the piece that the coach asked for."""
    form = Submitted.read(admin_inputs.LaterPiece, ask.form, ask.viewer.locale)
    if form.valid:
        day, reason = form.given.by_when, form.given.reason
        try:
            easing.extend_piece(ask.db, by=ask.viewer, record_id=record, by_when=day, reason=reason, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(
                f"/beheer/praktijk/{record}", toast=N_("Er is een andere dag. De professional krijgt een mail.")
            )
    return _record(ask, record, piece=form, status=422)


@area.post("/beheer/praktijk/{record:id}/nog-een-keer", policy=Permission.MANAGE, name="admin_practice.again")
def allow_again(ask: Ask, record: int) -> Answer:
    """One more attempt after the last."""
    form = Submitted.read(admin_inputs.OnceMore, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            easing.allow_again(ask.db, by=ask.viewer, record_id=record, reason=form.given.reason, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(
                f"/beheer/praktijk/{record}", toast=N_("De opdracht is weer open. De professional krijgt een mail.")
            )
    return _record(ask, record, again=form, status=422)


def _asked(ask: Ask, record_id: int) -> AdminRecord:
    return admin_record(ask.db, ask.viewer, record_id, now=ask.now)


def _record(ask: Ask, record_id: int, *, status: int = 200, **typed: Submitted[Any]) -> Page:
    blank: Submitted[Any] = Submitted.blank(ask.viewer.locale)
    return render(
        "admin_practice/record.html",
        _asked(ask, record_id),
        status=status,
        words=RECORD_WORDS,
        coach=typed.get("coach") or blank,
        longer=typed.get("longer") or blank,
        piece=typed.get("piece") or blank,
        again=typed.get("again") or blank,
    )
