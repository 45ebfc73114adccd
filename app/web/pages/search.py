"""Searching lessons and handbook."""

from __future__ import annotations

from app.access import Permission
from app.theory.search import search_page
from app.web.kit.ask import Answer, Ask, render
from app.web.kit.route import Area

area = Area()


@area.get("/zoeken", policy=Permission.SIGNED_IN, name="theory.search")
def search(ask: Ask) -> Answer:
    """What was typed stands in the address, so that the page can be kept and gone back to."""
    return render("lessons/search.html", search_page(ask.db, ask.viewer, ask.query.get("q", ""), today=ask.today))
