"""The talk after the work: one page for two people on one phone, and the professional's own yes."""

from __future__ import annotations

from typing import Any

from app.access import Permission
from app.kit.errors import Refused
from app.practice import inputs
from app.practice.actions import assessing, talking
from app.practice.both_views import profile_page
from app.practice.conflicts import Difference
from app.practice.talk_page import TalkPage, talk_page
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.shared import N_

area = Area()
Form = Submitted[Any]


@area.get("/praktijk/{record:id}/nagesprek", policy=Permission.SIGNED_IN, name="practice.talk")
def show(ask: Ask, record: int) -> Answer:
    return _shown(ask, talk_page(ask.db, ask.viewer, record))


@area.post("/praktijk/{record:id}/nagesprek", policy=Permission.SIGNED_IN, name="practice.agree")
def agree(ask: Ask, record: int) -> Answer:
    """Write down what the two agree; on her own phone the professional says yes with it."""
    form = Submitted.read(inputs.Agreement, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            talking.agree(ask.db, by=ask.viewer, record_id=record, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
            if refused.code == "stale_agreement":
                return _stale(ask, record, form)
        else:
            mine = talk_page(ask.db, ask.viewer, record).mine
            toast = N_("Vastgelegd en bevestigd.") if mine else N_("Vastgelegd. De bevestiging volgt per mail.")
            return redirect(f"/praktijk/{record}/nagesprek", toast=toast)
    return _shown(ask, talk_page(ask.db, ask.viewer, record), form)


@area.post(
    "/praktijk/{record:id}/nagesprek/bevestigen",
    policy=Permission.SIGNED_IN,
    name="practice.confirm_agreement",
    back="/praktijk/{record:id}/nagesprek",
)
def confirm(ask: Ask, record: int) -> Answer:
    form = Submitted.read(inputs.Confirmation, ask.form, ask.viewer.locale)
    page = talk_page(ask.db, ask.viewer, record)
    if form.valid:
        try:
            talking.confirm(ask.db, by=ask.viewer, record_id=record, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/praktijk/{record}/nagesprek", toast=N_("Bevestigd. Jullie zien het allebei."))
    return _shown(ask, page, confirming=form)


@area.get("/praktijk/{record:id}/profiel", policy=Permission.SIGNED_IN, name="practice.profile", own_transactions=True)
def profile(ask: Ask, record: int) -> Answer:
    """That an admin opened somebody's scores is noted (domain.md 8.3b)."""
    database = ask.services.database
    with database.reading() as db:
        page = profile_page(db, ask.viewer, record)
    if ask.viewer.is_admin and not page.mine and page.elements:
        with database.writing() as db:
            assessing.note_reading(db, by=ask.viewer, record_id=record, now=ask.now)
    return render("practice/profile.html", page)


def _stale(ask: Ask, record: int, form: Form) -> Page:
    """Show what stands there by now beside what was typed here; sending again is a choice."""
    page = talk_page(ask.db, ask.viewer, record)
    form.raw["version"] = [str(page.version)]
    elsewhere = (Difference("agreements", " / ".join(page.agreements), " / ".join(form.given.lines())),)
    return _shown(ask, page, form, elsewhere=elsewhere)


def _shown(
    ask: Ask,
    page: TalkPage,
    typed: Form | None = None,
    *,
    confirming: Form | None = None,
    elsewhere: tuple[Difference, ...] = (),
) -> Page:
    lines = {f"agreement_{number}": line for number, line in enumerate(page.agreements, start=1)}
    blank: Form = Submitted.blank(ask.viewer.locale, version=page.version, **lines)
    return render(
        "practice/talk.html",
        page,
        status=200 if typed is None and confirming is None else 422,
        form=typed or blank,
        confirming=confirming or Submitted.blank(ask.viewer.locale, version=page.talk_version),
        elsewhere=elsewhere,
        keeper=ask.viewer.id,
        lost=typed if typed is not None and not page.may_agree else None,
    )
