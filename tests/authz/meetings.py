"""Rounds of intervision in the world of the matrix, and what it sends to their pages."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from app.certification.queries import invitees
from app.intervision.actions import answering as answers
from app.intervision.actions import placing, rounds
from app.intervision.inputs import RoundGiven, SessionGiven
from app.intervision.planner.model import Plan
from app.intervision.room import actions as case_room
from app.intervision.room import keys
from app.intervision.room.inputs import CaseGiven
from app.intervision.rules import Half
from app.kit.localtime import local_day
from app.meetings.rules import PURPOSE, AnswerTo
from app.meetings.tables import MeetingSignup
from app.people.queries import viewer_for
from tests.authz.trying import Try, day_of, meeting_form, says
from tests.people import KEYRING, Cast

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.main import Parts
    from tests.authz.world import World


def make_rounds(db: Session, world: World, cast: Cast, present: datetime, *, now: datetime) -> None:
    """A round with a meeting that was held last week, and the next with one to come; Noor said yes to the first."""
    today, kind = local_day(present), world.things["intervention"]
    meetings = []
    for half, ahead in zip(Half, (-5, 20), strict=True):
        round_given = RoundGiven(
            intervention=kind, year=today.year, half=half, signup_closes_on=today + timedelta(days=10)
        )
        round_id = rounds.make_round(db, by=cast.fatma, given=round_given, now=now)
        session = SessionGiven(
            day=today + timedelta(days=ahead),
            starts=time(13, 30),
            ends=time(15, 30),
            net_minutes=90,
            seats=8,
            venue="De Pit",
            address="Plein 2",
            facilitators=frozenset({world.people["iris"]}),
        )
        meetings.append(rounds.add_session(db, by=cast.fatma, round_id=round_id, given=session, now=now))
        chosen = invitees(db, kind, local_day(now))
        rounds.publish(db, by=cast.fatma, round_id=round_id, invitees=chosen, own_text="", keyring=KEYRING, now=now)
    signups = {
        row.meeting_id: row for row in db.scalars(select(MeetingSignup).where(MeetingSignup.person_id == cast.noor.id))
    }
    held, coming = (signups[meeting] for meeting in meetings)
    answers.answer(db, signup_id=held.id, answer=AnswerTo.YES, actor_id=cast.noor.id, now=now)
    world.things |= {"round": round_id, "held_meeting": meetings[0], "meeting": meetings[1]}
    world.things |= {"held_signup": held.id, "signup": coming.id, "letter": "vooraf"}
    nobody = Plan((), (), (), (), (), 0, 0.0, "greedy", 0, 0)
    world.things["proposal"] = placing.keep_proposal(db, by=cast.fatma, round_id=round_id, plan=nobody, now=present)
    world.things["answer_token"] = KEYRING.mailed_token(PURPOSE, coming.nonce)


def bring_case(parts: Parts, world: World, now: datetime) -> None:
    """Noor brings a case to the first of the two meetings; Iris leads it."""
    meeting = world.things["held_meeting"]
    key = keys.ready_key(parts.database, parts.storage, meeting_id=meeting, now=now)
    given = CaseGiven(title="Een grap op elk antwoord", question="Hoe benoem ik dat?", story="De groep lacht mee.")
    with parts.database.writing() as db:
        noor, place = viewer_for(db, world.people["noor"]), world.things["held_signup"]
        world.things["case"] = case_room.bring_in(db, by=noor, signup_id=place, given=given, key=key, now=now)


LOOK_OR_SEND: Final = says(own_text="Wat fijn dat je meedoet.", do="send")
AT_MEETINGS: Final[dict[str, Try]] = {
    "answer.show": Try({"token": "answer_token"}),
    "answer.give": Try({"token": "answer_token"}, says(answer="yes")),
    "answer.none_form": Try({"token": "answer_token"}),
    "answer.none": Try({"token": "answer_token"}, says(possible="monday-evening", note="Liever niet in maart.")),
    "intervision.none": Try(form=says(possible="friday-morning", note="")),
    "intervision.choose": Try(form=lambda world: {"round": world.things["round"], "place": world.things["signup"]}),
    "intervision.write": Try(form=says(learned="Stilte helpt.", next_step="Langer wachten.")),
    "agreements.accept": Try(form=says(version=1)),
    "case_room.decide": Try(form=says(do="choose")),
    "circle.show": Try({"meeting": "held_meeting"}),
    "circle.mark": Try({"meeting": "held_meeting"}, lambda world: {f"mark-{world.things['held_signup']}": "present"}),
    "circle.begin": Try({"meeting": "held_meeting"}, says(method="incident")),
    "circle.step": Try({"meeting": "held_meeting"}, says(method="incident", step="1")),
    "case_room.bring": Try(form=says(title="Een grap", question="Hoe benoem ik dat?", story="De groep lacht mee.")),
    "admin_intervision.make": Try(
        form=lambda world: {
            "intervention": world.things["intervention"],
            "year": world.things["today"].year + 1,
            "half": "spring",
            "signup_closes_on": day_of(world, 60),
        }
    ),
    "admin_intervision.make_season": Try(form=lambda world: {"year": world.things["today"].year + 1, "seen": "?"}),
    "admin_intervision.add": Try(form=meeting_form),
    "admin_intervision.change": Try(form=lambda world: meeting_form(world, day=day_of(world, 21))),
    "admin_intervision.merge": Try(form=lambda world: {"into": world.things["held_meeting"]}),
    "admin_intervision.cancel": Try(form=says(own_text="Helaas.")),
    "admin_intervision.answer": Try({"place": "signup"}, says(answer="yes")),
    "admin_intervision.take_off": Try({"place": "signup"}),
    "admin_intervision.mark": Try(
        {"meeting": "held_meeting"}, lambda world: {f"mark-{world.things['held_signup']}": "present"}
    ),
    "admin_intervision.reopen": Try({"meeting": "held_meeting"}),
    "admin_intervision.propose": Try(),
    "admin_intervision.all_tables": Try(),
    "admin_intervision.seat": Try(),
    "admin_intervision.place": Try(form=lambda world: {"proposal": world.things["proposal"]}),
    "admin_intervision.unplace": Try(form=lambda world: {"proposal": world.things["proposal"]}),
    "admin_intervision.closing": Try(form=lambda world: {"signup_closes_on": day_of(world, 12)}),
    "admin_intervision.letter": Try(form=says(own_text="Tot dan!", version="0", do="save")),
    "admin_intervision.invite": Try(form=LOOK_OR_SEND),
}
"""By route."""
