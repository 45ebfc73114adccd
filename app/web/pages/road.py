"""Mijn traject: one picture of the road and one next step."""

from __future__ import annotations

from app.access import Permission
from app.reports.road import road_page
from app.web.kit.ask import Answer, Ask, render
from app.web.kit.route import Area

area = Area()


@area.get("/traject", policy=Permission.SIGNED_IN, name="road.own")
def own(ask: Ask) -> Answer:
    return render("road/page.html", road_page(ask.db, ask.viewer, now=ask.now))
