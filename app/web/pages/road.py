"""Mijn traject: one picture of the road and one next step. And the front door."""

from __future__ import annotations

from app.access import Permission, home_of
from app.reports.road import road_page
from app.web.kit.ask import Answer, Ask, redirect, render
from app.web.kit.route import Area

area = Area()


@area.get("/", policy=Permission.PUBLIC, name="road.front_door")
def front_door(ask: Ask) -> Answer:
    """Everybody has a page to start from; who is not signed in starts at the door."""
    return redirect(home_of(ask.viewer) if ask.viewer.signed_in else "/inloggen")


@area.get("/traject", policy=Permission.SIGNED_IN, name="road.own")
def own(ask: Ask) -> Answer:
    return render("road/page.html", road_page(ask.db, ask.viewer, now=ask.now))
