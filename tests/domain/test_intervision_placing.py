"""Plaats de rest, on both databases: a seat is taken as by an answer, nothing is half told, all can be taken back."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.intervision.actions import own_data, placing, seating
from app.intervision.queries.facts import export_of
from app.intervision.queries.groups import seating as sitting
from app.intervision.queries.rounds import waiting
from app.intervision.queries.seating import tables_page
from app.intervision.tables import PlacingLine, PlacingProposal, RoundReply
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import NotFound, Refused
from app.kit.localtime import local_day
from app.kit.storage import folder
from app.meetings.tables import MeetingSignup
from tests.intervision import place_of
from tests.intervision_stage import at_once
from tests.placing import Rest, after_closing, manages, rest_of


@pytest.fixture
def rest(database: Database, clock: MovableClock) -> Rest:
    return rest_of(database, clock)


def answers(rest: Rest) -> Counter[str]:
    """How the people without a leader's seat answered, over both meetings."""
    query = select(MeetingSignup.answer).where(MeetingSignup.person_id.in_(rest.trainers))
    return Counter(rest.see(lambda db: db.scalars(query).all()))


def to_place(rest: Rest) -> list[int]:
    """How many people the work list says are to be placed."""
    found = rest.see(lambda db: waiting(db, lambda *_: {}, now=rest.now))
    return [work.count for work in found if work.what == "to_place"]


def test_everybody_gets_a_seat_one_mail_and_a_reason(rest: Rest) -> None:
    ada, bea, cor = rest.trainers[:3]
    rest.answer(ada, "yes")
    rest.answer(bea, "no")
    rest.answer(bea, "no", rest.second_id)
    said: dict[str, Any] = {"round_id": rest.round_id, "person_id": cor, "note": "", "said_at": rest.now}
    rest.do(lambda db: db.add(RoundReply(**said, possible=["tuesday-afternoon"])))
    proposal_id = rest.propose()
    assert (rest.line_of(cor).chosen_id, rest.line_of(cor).why) == (rest.second_id, "only")
    page = rest.page()
    assert (page.waiting, len(page.lines), len(page.placed)) == (11, 11, 10)
    assert rest.line_of(bea).why == "no_day"
    assert [slot.left for slot in page.slots] == [slot.meeting.free - slot.proposed for slot in page.slots]
    assert rest.messages("meetings.seat_confirmed").count(("meetings.seat_confirmed", cor)) == 0
    after_closing(rest)
    assert to_place(rest) == [10]
    assert rest.accept(proposal_id) == placing.Result(10, 0)
    assert to_place(rest) == []
    seats = Counter(rest.messages("meetings.seat_confirmed"))
    assert all(seats["meetings.seat_confirmed", one] == 1 for one in rest.trainers if one != bea)
    assert answers(rest)["yes"] == 11
    assert rest.meeting().taken + rest.meeting(rest.second_id).taken == 12  # with Ruben, who leads the first
    assert rest.events("intervision.seats_given") == 1
    with pytest.raises(Refused, match="proposal_accepted"):
        rest.accept(proposal_id)


def test_what_became_impossible_is_said_and_nobody_hears_of_it(rest: Rest) -> None:
    proposal_id = rest.propose()
    chose, said_no = [one for one in rest.trainers if rest.line_of(one).chosen_id == rest.meeting_id][:2]
    rest.answer(chose, "yes", rest.second_id)
    rest.answer(said_no, "no")
    assert rest.accept(proposal_id) == placing.Result(10, 2)
    assert (rest.line_of(chose).outcome, rest.line_of(said_no).outcome) == ("has_seat", "declined")
    told = Counter(person for _, person in rest.messages("meetings.seat_confirmed"))
    assert (told[chose], told[said_no]) == (1, 0)  # the one by her own answer


def test_a_full_meeting_is_told_per_person(rest: Rest) -> None:
    """Everybody by hand in the meeting with seven seats left: seven get in, five hear nothing."""
    proposal_id = rest.propose()
    chosen = {rest.line_of(one).id: rest.meeting_id for one in rest.trainers}
    rest.do(lambda db: placing.choose(db, round_id=rest.round_id, proposal_id=proposal_id, chosen=chosen))
    page = rest.page()
    assert ("full", 5) in [(one.what, one.count) for one in page.warnings]
    assert rest.accept(proposal_id) == placing.Result(7, 5)
    assert rest.meeting().taken == 8
    assert Counter(line.outcome for line in rest.page().lines) == {"seated": 7, "meeting_full": 5}
    assert len(rest.page().rest) == 5


def test_by_hand_also_a_day_she_declined_but_never_one_of_another_round(rest: Rest) -> None:
    ada = rest.trainers[0]
    rest.answer(ada, "no", rest.second_id)
    proposal_id = rest.propose()
    assert rest.line_of(ada).chosen_id == rest.meeting_id
    line_id = rest.line_of(ada).id

    def choose(meeting_id: int | None) -> None:
        rest.do(
            lambda db: placing.choose(db, round_id=rest.round_id, proposal_id=proposal_id, chosen={line_id: meeting_id})
        )

    with pytest.raises(NotFound):
        choose(9_999)
    choose(rest.second_id)
    assert ("declined", ("Ada de Vries",)) in [(one.what, one.names) for one in rest.page().warnings]
    rest.accept(proposal_id)
    assert (rest.line_of(ada).outcome, rest.line_of(ada).by_hand) == ("seated", True)
    newer = rest.propose()
    assert newer != proposal_id
    with pytest.raises(Refused, match="proposal_accepted"):
        choose(None)


def test_taking_back_leaves_who_answered_herself(rest: Rest) -> None:
    proposal_id = rest.propose()
    rest.accept(proposal_id)
    first = next(one for one in rest.trainers if rest.line_of(one).chosen_id == rest.meeting_id)
    rest.clock.advance(timedelta(hours=1))
    rest.answer(first, "no")
    rest.answer(first, "yes")
    assert rest.undo(proposal_id) == placing.Result(11, 1)
    assert answers(rest)["yes"] == 1
    assert answers(rest)["no"] == 0  # as it was before: nobody said no
    assert rest.line_of(first).outcome == "kept"
    assert len(rest.messages("meetings.seat_given_up")) == 12  # eleven, and her own no
    with pytest.raises(Refused, match="nothing_to_undo"):
        rest.undo(proposal_id)
    assert len(rest.plan().placements) >= 12  # they can be placed again


def test_two_admins_at_once_give_each_seat_once(rest: Rest) -> None:
    proposal_id = rest.propose()
    ended = at_once([lambda: rest.accept(proposal_id).done for _ in range(4)])
    assert ended == {"12": 1, "proposal_accepted": 3}
    assert Counter(rest.messages("meetings.seat_confirmed")).most_common(1)[0][1] == 1
    newer = at_once([rest.propose for _ in range(3)])
    assert sum(newer.values()) == 3
    waiting_now = select(func.count()).select_from(PlacingProposal).where(PlacingProposal.accepted_at.is_(None))
    assert rest.see(lambda db: db.scalar(waiting_now)) == 1


def test_tables_keep_managers_apart_and_follow_the_hand(rest: Rest) -> None:
    ada, bea = rest.trainers[:2]
    for one in rest.trainers[:7]:
        rest.answer(one, "yes")
    by = rest.cast.fatma
    found = rest.do(lambda db: seating.seat_everywhere(db, by=by, round_id=rest.round_id, now=rest.now))
    assert found == 1
    tables = rest.see(lambda db: sitting(db, rest.meeting_id))
    assert [(len(one.seated), one.facilitator_id) for one in tables.groups] == [(8, rest.cast.ruben.id)]
    rest.do(lambda db: manages(db, ada, bea, since=local_day(rest.now)))
    places = {one.person_id: one.signup_id for one in tables.groups[0].seated}

    def seat(two: set[int]) -> None:
        at = {signup: 2 if person in two else 1 for person, signup in places.items()}
        rest.do(
            lambda db: seating.seat_at_tables(
                db, by=by, meeting_id=rest.meeting_id, at=at, led={1: rest.cast.ruben.id}, now=rest.now
            )
        )

    with pytest.raises(Refused, match="manager_at_table"):
        seat(set())
    seat({bea, *rest.trainers[2:5]})
    page = rest.see(lambda db: tables_page(db, rest.meeting_id, now=rest.now))
    assert [(len(one.people), one.leader) for one in page.tables] == [(4, "Ruben Haddad"), (4, "")]
    seat({ada})
    seat({bea})
    rest.answer(bea, "no")
    assert [len(one.seated) for one in rest.see(lambda db: sitting(db, rest.meeting_id)).groups] == [7]
    stranger = rest.see(lambda db: place_of(db, rest.trainers[8], rest.second_id))
    with pytest.raises(NotFound):
        rest.do(
            lambda db: seating.seat_at_tables(
                db, by=by, meeting_id=rest.meeting_id, at={stranger: 1}, led={}, now=rest.now
            )
        )


def test_a_proposal_is_told_erased_and_goes_after_ninety_days(rest: Rest, data_dir: Path) -> None:
    ada = rest.trainers[0]
    rest.propose()
    assert len(rest.see(lambda db: export_of(db, ada))["voorgestelde_plekken"]) == 1
    rest.do(lambda db: own_data.erase(db, person_id=ada, storage=folder(data_dir), now=rest.now))
    assert rest.line_of(ada) is None
    assert rest.do(lambda db: placing.clear_proposals(db, before=rest.now)) == 0
    assert rest.do(lambda db: placing.clear_proposals(db, before=rest.now + timedelta(minutes=1))) == 1
    assert rest.see(lambda db: db.scalar(select(func.count()).select_from(PlacingLine))) == 0
