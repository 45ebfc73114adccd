"""The handbook: on the screen and on paper."""

from __future__ import annotations

from app.access import Permission
from app.courses.handbook import handbook_page, session_page
from app.web.kit.ask import Answer, Ask, render
from app.web.kit.route import Area

area = Area()


@area.get("/handboek/{course:slug}", policy=Permission.SIGNED_IN, name="courses.handbook")
def handbook(ask: Ask, course: str) -> Answer:
    return render("handbook/handbook.html", handbook_page(ask.db, ask.viewer, course))


@area.get("/handboek/{course:slug}/{session:slug}", policy=Permission.SIGNED_IN, name="courses.session")
def session(ask: Ask, course: str, session: str) -> Answer:
    return render("handbook/session.html", session_page(ask.db, ask.viewer, course, session))
