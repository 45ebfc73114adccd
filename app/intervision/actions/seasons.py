"""Making both rounds of a year in one step, from what an admin looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.intervision.actions.clashing import one_at_a_time
from app.intervision.actions.holding import record
from app.intervision.actions.rounds import add_session, make_round
from app.intervision.inputs import RoundGiven, SeasonGiven, SessionGiven
from app.intervision.proposing import Proposal
from app.intervision.queries.seasons import SeasonRound, Wanted, season_page
from app.intervision.rules import Invitees
from app.kit.errors import Refused
from app.people.rules import Viewer


def make_season(db: Session, *, by: Viewer, given: SeasonGiven, wanted: Sequence[Wanted], now: datetime) -> list[int]:
    """Every round of the proposal with its meetings, in draft; gives the rounds. What is there already stays.

    Two admins at once: planning takes turns, so the second finds that nothing is left to make.
    Raises: Refused when everything is there, or when the proposal is not the one that was looked at.
    """
    one_at_a_time(db)
    page = season_page(db, given.year, wanted, extra=given.extra, now=now)
    if not page.to_make:
        raise Refused("season_exists")
    if page.seen != given.seen:
        raise Refused("season_changed")
    made = []
    for season, one in page.to_make:
        round_id = one.round_id or _make(db, season.intervention_id, one, by=by, now=now)
        welcome = next(item.needs[one.half].welcome for item in wanted if item.id == season.intervention_id)
        for proposal in one.proposals:
            add_session(db, by=by, round_id=round_id, given=_given(proposal), now=now, trainers=Invitees(welcome))
        made.append(round_id)
    for round_id in made:
        record(db, "season_made", by, round_id, now, year=given.year, rounds=made)
    return made


def _make(db: Session, intervention_id: int, one: SeasonRound, *, by: Viewer, now: datetime) -> int:
    if one.closes_on is None:
        raise ValueError("a round without meetings is not made")
    given = RoundGiven(intervention=intervention_id, year=one.year, half=one.half, signup_closes_on=one.closes_on)
    return make_round(db, by=by, given=given, now=now)


def _given(proposal: Proposal) -> SessionGiven:
    meeting = proposal.meeting
    return SessionGiven(
        day=proposal.day,
        starts=meeting.starts,
        ends=meeting.ends,
        net_minutes=meeting.net_minutes,
        seats=meeting.seats,
        venue=meeting.venue,
        address=meeting.address,
        link=meeting.link,
        access=meeting.access,
        food=meeting.food,
        bring=meeting.bring,
        facilitators=frozenset(meeting.leaders),
    )
