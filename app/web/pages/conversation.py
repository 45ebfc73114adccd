"""The conversation of one assignment: the same page for the professional and her coach."""

from __future__ import annotations

from typing import Any

from app.access import Permission
from app.conversation import actions, inputs
from app.conversation.queries import TalkPage, talk_page
from app.conversation.rules import Writing
from app.kit.errors import Forbidden, Refused
from app.kit.ids import read_id
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.shared import N_

area = Area()
Form = Submitted[Any]
PAGE = "conversation/page.html"


@area.get("/praktijk/{record:id}/gesprek", policy=Permission.SIGNED_IN, name="conversation.show", own_transactions=True)
def show(ask: Ask, record: int) -> Answer:
    """The newest messages, or those before one (`voor`); `na` is what an open page asks now and then.

    How far somebody has read is noted after her page is made, and that an admin read along (domain.md 8.3b).
    """
    database = ask.services.database
    open_page = ask.request.headers.get("hx-request-type") == "partial"
    given = ask.query.get("na", "") if open_page else ""
    after = 0 if given == "0" else read_id(given)  # nothing stood there yet
    before = read_id(ask.query.get("voor", "")) if after is None else None
    with database.reading() as db:
        page = talk_page(db, ask.viewer, record, before=before, after=after)
    if page.writing is Writing.LOOKS_ALONG and page.days:
        with database.writing() as db:
            actions.note_reading(db, by=ask.viewer, record_id=record, now=ask.now)
    elif page.new and page.writing is not Writing.LOOKS_ALONG:
        with database.writing() as db:
            actions.read_to(db, by=ask.viewer, record_id=record, message_id=page.last)
    form: Form = Submitted.blank(ask.viewer.locale, body=page.draft)
    return render(PAGE, page, part="conversation/_newer.html", form=form, stand="")


@area.post("/praktijk/{record:id}/gesprek", policy=Permission.SIGNED_IN, name="conversation.say")
def say(ask: Ask, record: int) -> Answer:
    form = Submitted.read(inputs.Said, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            actions.say(ask.db, by=ask.viewer, record_id=record, body=form.given.body, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/praktijk/{record}/gesprek", toast=N_("Je bericht is verstuurd."))
    return _again(ask, record, form)


@area.post("/praktijk/{record:id}/gesprek/concept", policy=Permission.SIGNED_IN, name="conversation.keep_draft")
def keep_draft(ask: Ask, record: int) -> Answer:
    """Keep what was typed so far: by itself while she types, and by the button where there is no script."""
    form = Submitted.read(inputs.Draft, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            actions.keep_draft(ask.db, by=ask.viewer, record_id=record, body=form.given.body, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
    if form.get("typing") == "1":
        page = _own(ask, record)
        stand = "kept" if form.valid else "failed"
        return render(PAGE, page, part="conversation/_kept.html", form=form, stand=stand)
    if not form.valid:
        return _again(ask, record, form)
    return redirect(f"/praktijk/{record}/gesprek", toast=N_("Je bericht is bewaard. Verstuur het als het af is."))


@area.post("/praktijk/{record:id}/gesprek/{said:id}/terug", policy=Permission.SIGNED_IN, name="conversation.take_back")
def take_back(ask: Ask, record: int, said: int) -> Answer:
    actions.take_back(ask.db, by=ask.viewer, record_id=record, message_id=said, now=ask.now)
    return redirect(f"/praktijk/{record}/gesprek", toast=N_("Je bericht is weg. Er staat alleen nog dat het er was."))


def _again(ask: Ask, record: int, form: Form) -> Page:
    return render(PAGE, _own(ask, record), status=422, part="conversation/_newer.html", form=form, stand="")


def _own(ask: Ask, record: int) -> TalkPage:
    """The page for who writes on it. Raises: NotFound; Forbidden for who looks along, and whose reading is noted."""
    page = talk_page(ask.db, ask.viewer, record)
    if page.writing is Writing.LOOKS_ALONG:
        raise Forbidden
    return page
