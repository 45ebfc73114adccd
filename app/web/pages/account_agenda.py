"""The links with which the own calendar fetches the own appointments: how it works, making one, taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.access import Permission
from app.kit.errors import Refused
from app.people import inputs
from app.people.actions import feeds
from app.people.rules import FACTOR_FOR_ADMIN
from app.web.kit.ask import Answer, Ask, invalid, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.shared import N_

area = Area()
TEMPLATE: Final = "account/agenda.html"


@dataclass(frozen=True)
class FeedLine:
    """One calendar that fetches."""

    id: int
    label: str
    made_at: datetime


@dataclass(frozen=True)
class FeedsPage:
    """The own calendar links; `full`: there are as many as there may be."""

    lines: tuple[FeedLine, ...]
    full: bool


@dataclass(frozen=True)
class NewFeedPage:
    """A link that was just made, this once. `opens` is the same, for the calendar on this device."""

    label: str
    link: str
    opens: str


@area.get("/account/agenda", policy=Permission.SIGNED_IN, name="account.feeds")
def show(ask: Ask) -> Answer:
    """What such a link is, and which there are."""
    return render(TEMPLATE, _page(ask), form=Submitted.blank(ask.viewer.locale))


@area.post("/account/agenda", policy=Permission.SIGNED_IN, name="account.feed_make")
def make(ask: Ask) -> Answer:
    """Make a link and show it, this once: we keep only what we need to know it again."""
    ask.require_fresh_factor(FACTOR_FOR_ADMIN)
    form = Submitted.read(inputs.NewFeed, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            token = feeds.make_feed(ask.db, by=ask.viewer, label=form.given.label, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            link = f"{ask.services.settings.address}/agenda/{token}.ics"
            page = NewFeedPage(form.given.label, link, f"webcal://{link.partition('://')[2]}")
            return render("account/agenda_link.html", page)
    return invalid(TEMPLATE, _page(ask), form=form)


@area.post("/account/agenda/{feed:id}/weg", policy=Permission.SIGNED_IN, name="account.feed_take_back")
def take_back(ask: Ask, feed: int) -> Answer:
    """The link gives nothing any more."""
    feeds.take_back_feed(ask.db, by=ask.viewer, feed_id=feed, now=ask.now)
    return redirect("/account/agenda", toast=N_("Die link werkt niet meer."))


def _page(ask: Ask) -> FeedsPage:
    found = feeds.feeds_of(ask.db, ask.viewer)
    lines = tuple(FeedLine(one.id, one.label, one.made_at) for one in found)
    return FeedsPage(lines, full=len(lines) >= feeds.FEEDS_MAX)
