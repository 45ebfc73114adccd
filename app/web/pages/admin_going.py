"""What will be removed in the coming weeks, before it is: the preview of a job that asks nobody."""

from __future__ import annotations

from app.access import Permission
from app.practice.going import going_page
from app.web.kit.ask import Answer, Ask, render
from app.web.kit.route import Area

area = Area()


@area.get("/beheer/bewaren", policy=Permission.MANAGE, name="admin_going.show")
def show(ask: Ask) -> Answer:
    return render("overview/going.html", going_page(ask.db, now=ask.now))
