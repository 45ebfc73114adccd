"""The waiting list of a meeting of a round, for admins."""

from __future__ import annotations

from app.access import Permission
from app.intervision.queries import rounds
from app.kit.errors import NotFound
from app.meetings.actions import waiting
from app.web.kit.ask import Answer, Ask, redirect
from app.web.kit.route import Area
from app.web.words.shared import N_

area = Area()


@area.post(
    "/beheer/intervisie/bijeenkomst/{meeting:id}/wachtlijst/{place:id}",
    policy=Permission.MANAGE,
    name="admin_intervision.take_off",
)
def take_off(ask: Ask, meeting: int, place: int) -> Answer:
    """Take somebody off the waiting list; a seat that was kept for her goes to the next."""
    if place not in {line.signup_id for line in rounds.session_page(ask.db, meeting, now=ask.now).lines}:
        raise NotFound
    waiting.take_off(ask.db, by=ask.viewer, signup_id=place, now=ask.now)
    to = f"/beheer/intervisie/bijeenkomst/{meeting}"
    return redirect(to, toast=N_("Die staat niet meer op de wachtlijst. De mail gaat nu weg."))
