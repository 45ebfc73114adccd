"""How the questions of courses do: for admins and for who writes them."""

from __future__ import annotations

from app.access import Permission
from app.theory.statistics import questions_page
from app.web.kit.ask import Answer, Ask, render
from app.web.kit.route import Area

area = Area()
LONGEST = 6  # digits of the number of an edition


@area.get("/beheer/opleidingen/{course:slug}/vragen", policy=Permission.EDIT_CONTENT, name="admin_courses.questions")
def questions(ask: Ask, course: str) -> Answer:
    """Of the newest edition, or of the one that the address names."""
    return render("admin_courses/questions.html", questions_page(ask.db, course, _number(ask.query.get("editie", ""))))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else None
