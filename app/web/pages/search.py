"""Searching lessons and handbook."""

from __future__ import annotations

from app.access import Permission
from app.certification.keeping_up import held_by
from app.theory.search import search_page
from app.web.kit.ask import Answer, Ask, render
from app.web.kit.route import Area

area = Area()


@area.get("/zoeken", policy=Permission.SIGNED_IN, name="theory.search")
def search(ask: Ask) -> Answer:
    """What was typed stands in the address, so that the page can be kept and gone back to."""
    held = held_by(ask.db, ask.viewer.id, ask.today)
    page = search_page(ask.db, ask.viewer, ask.query.get("q", ""), held, today=ask.today)
    return render("lessons/search.html", page)
