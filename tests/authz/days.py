"""Scholingsdagen in the world of the matrix, and what it sends to their pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from app.courses.training_days import actions
from app.courses.training_days.inputs import MadeUp
from app.courses.training_days.rules import MakeUp
from app.courses.training_days.tables import TrainingDay
from app.kit.localtime import local_day
from app.meetings.inputs import MeetingGiven
from app.meetings.tables import Meeting, MeetingSignup
from tests.people import KEYRING
from tests.trained import make_cohort

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.people.rules import Viewer
    from tests.authz.world import World

FACTS: Final[dict[str, Any]] = {
    "starts": time(9, 30),
    "ends": time(16, 30),
    "net_minutes": 300,
    "seats": 8,
    "venue": "De Klimop",
    "address": "Kade 3",
}


def plan_days(db: Session, world: World, by: Viewer, present: datetime, *, now: datetime) -> None:
    """A day of Noor's cohort that was held last week, one that comes, and one of another cohort of the training."""
    today = local_day(present)
    other = make_cohort(db, by, world.things["edition"], now=now)

    def day(cohort: int, ahead: int) -> int:
        given = MeetingGiven(day=today + timedelta(days=ahead), **FACTS)
        made = actions.add_day(db, by=by, cohort_id=cohort, given=given, now=now)
        actions.give_seats(db, cohort_id=cohort, keyring=KEYRING, now=now)
        return made

    held, coming, elsewhere = day(world.things["cohort"], -6), day(world.things["cohort"], 25), day(other, 26)
    meeting = select(TrainingDay.meeting_id).where(TrainingDay.id == coming).scalar_subquery()
    place = select(MeetingSignup.id).where(
        MeetingSignup.meeting_id == meeting, MeetingSignup.person_id == world.people["noor"]
    )
    world.things |= {"day": held, "coming_day": coming, "other_day": elsewhere, "day_place": db.scalars(place).one()}
    world.things["day_version"] = db.scalars(select(Meeting.version).where(Meeting.id == meeting)).one()


def make_up(db: Session, world: World, by: Viewer, *, now: datetime) -> None:
    """Noor made up for the day that was held."""
    given = MadeUp(enrolment_id=world.things["enrolment"], how=MakeUp.COACH)
    actions.make_up(db, by=by, day_id=world.things["day"], given=given, now=now)


def _given(world: World, ahead: int) -> dict[str, Any]:
    day = world.things["today"] + timedelta(days=ahead)
    return FACTS | {"day": day.isoformat(), "starts": "09:30", "ends": "16:30"}


COMING: Final = {"day": "coming_day"}
AT_DAYS: Final[dict[str, tuple[dict[str, str], Callable[[World], dict[str, Any]]]]] = {
    "training_days.answer": ({}, lambda world: {"shown": world.things["day_place"]}),
    "training_days.add": ({}, lambda world: _given(world, 30)),
    "training_days.change": (COMING | {"version": "day_version"}, lambda world: _given(world, 31)),
    "training_days.change_form": (COMING, lambda world: {}),  # noqa: ARG005
    "training_days.cancel": (COMING, lambda world: {"own_text": "Helaas."}),  # noqa: ARG005
    "training_days.cancel_form": (COMING, lambda world: {}),  # noqa: ARG005
    "training_days.mark": ({}, lambda world: {"do": "save"}),  # noqa: ARG005
    "training_days.reopen": ({}, lambda world: {}),  # noqa: ARG005
    "training_days.make_up": ({}, lambda world: {"enrolment_id": world.things["enrolment"], "how": "coach"}),
    "training_days.take_back": ({}, lambda world: {}),  # noqa: ARG005
    "training_days.elsewhere": (
        COMING,
        lambda world: {"enrolment_id": world.things["enrolment"], "day_id": world.things["other_day"]},
    ),
}
"""By route: other things than usual in its path, and the form."""
