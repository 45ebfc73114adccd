"""Coaches who said how much they can take on, and one who is away: others have her people until she is back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Final

from app.courses.actions import availability
from app.courses.inputs import AwayGiven, Room
from app.courses.rules import AwayReason
from app.demo import people
from app.demo.engine import Actor, Scene, Story
from app.kit.localtime import add_working_days, local_day
from app.practice.actions import handover
from app.practice.admin_inputs import handover_form
from app.practice.handover_page import handover_page

ROOMS: Final = {
    people.RUBEN: Room(people_max=9, visits_per_week=2, regions="Rotterdam, Schiedam"),
    people.MARJOLEIN: Room(people_max=10, visits_per_week=2, regions="Dordrecht, Rotterdam"),
    people.SAMUEL: Room(people_max=6, visits_per_week=2, regions="Rotterdam"),
    people.INEKE: Room(people_max=6, visits_per_week=1, regions="Breda, Dordrecht"),
}
TOLD: Final = 40
LEFT: Final = 2
LASTS: Final = timedelta(days=18)


def tell(story: Story, cast: Mapping[str, Actor]) -> None:
    """Everybody fills in her room; Samuel goes on leave and the admin hands his people over for that time."""
    for name, room in ROOMS.items():
        story.at(story.moment(TOLD, "16:40"), partial(_fill_in, cast[name], room))
    story.at(story.moment(LEFT, "08:50"), partial(_leave, cast[people.SAMUEL]))
    story.at(story.moment(LEFT, "09:20"), partial(_hand_over, cast[people.ADMIN], cast[people.SAMUEL]))


def _fill_in(actor: Actor, room: Room, scene: Scene) -> None:
    availability.set_room(scene.db, by=scene.as_(actor), person_id=actor.person_id, given=room, now=scene.now)


def _leave(actor: Actor, scene: Scene) -> None:
    first = local_day(scene.now)
    given = AwayGiven(reason=AwayReason.LEAVE, starts_on=first, ends_on=first + LASTS)
    availability.note_absence(scene.db, by=scene.as_(actor), person_id=actor.person_id, given=given, now=scene.now)


def _hand_over(admin: Actor, coach: Actor, scene: Scene) -> None:
    """As the page proposes it."""
    by, back_on = scene.as_(admin), add_working_days(local_day(scene.now) + LASTS, 1)
    page = handover_page(scene.db, by, coach.person_id, now=scene.now)
    to = {f"to_{row.enrolment_id}": row.chosen for row in page.rows}
    given = handover_form(to).model_validate({"reason": "leave", "how": "until", "back_on": back_on} | to)
    handover.hand_over(scene.db, by=by, coach_id=coach.person_id, given=given, now=scene.now)
