"""Who is proposed, and what becomes of visits: whatever coaches and people there are."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.courses.rules import Away, AwayReason, CoachRoom
from app.practice.rules.handover import (
    Candidate,
    Charge,
    Fate,
    PlannedVisit,
    Span,
    Why,
    fates,
    may_coach,
    propose,
)

TODAY = date(2026, 11, 23)
NOON = datetime(2026, 12, 3, 12, 0, tzinfo=UTC)


def coach(
    id_: int,
    *,
    most: int = 12,
    people: int = 0,
    regions: tuple[str, ...] = (),
    away: bool = False,
    kind: str = "",
) -> Candidate:
    days = (Away(1, AwayReason.ILL, TODAY, None),) if away else ()
    return Candidate(id_, frozenset({kind}), CoachRoom(id_, most, 3, regions, days), people)


def visit(id_: int, enrolment: int, *, hours: int = 0, days: int = 0, by: int = 99) -> PlannedVisit:
    starts = NOON + timedelta(hours=hours, days=days)
    return PlannedVisit(id_, id_, enrolment, by, Span(starts, starts + timedelta(hours=2)))


coaches = st.lists(
    st.builds(
        lambda id_, most, people, away, kind: coach(id_, most=most, people=people, away=away, kind=kind),
        st.integers(1, 6),
        st.integers(0, 5),
        st.integers(0, 5),
        st.booleans(),
        st.sampled_from(["", "mijn-verhaal", "samen"]),
    ),
    unique_by=lambda one: one.id,
    max_size=6,
)
people = st.lists(
    st.builds(
        lambda id_, person, managers, known: Charge(
            id_, person, "mijn-verhaal", managers=frozenset(managers), known_by=frozenset(known)
        ),
        st.integers(1, 40),
        st.integers(1, 8),
        st.sets(st.integers(1, 6), max_size=2),
        st.sets(st.integers(1, 6), max_size=2),
    ),
    unique_by=lambda one: one.enrolment_id,
    max_size=12,
)


@given(people, coaches)
def test_a_proposal_keeps_the_guards_and_fills_nobody_while_another_has_room(
    charges: list[Charge], able: list[Candidate]
) -> None:
    found = propose(charges, able, today=TODAY, back_on=None)
    known = {one.id: one for one in able}
    assert set(found) == {one.enrolment_id for one in charges}
    for charge in charges:
        to = found[charge.enrolment_id].coach_id
        could = [one for one in able if may_coach(one, charge, today=TODAY)]
        assert (to is None) == (not could)
        if to is not None:
            assert known[to] in could
            assert to != charge.person_id
            assert to not in charge.managers
    given_to = Counter(one.coach_id for one in found.values())
    for charge in charges:
        to = found[charge.enrolment_id].coach_id
        if to is not None and Why.ROOM not in found[charge.enrolment_id].why:
            for other in able:  # whoever could have taken her instead is full as well
                if may_coach(other, charge, today=TODAY):
                    assert other.people + given_to[other.id] >= other.room.people_max


def test_near_and_known_come_first_while_there_is_room() -> None:
    near, known, free = coach(1, regions=("Breda",), people=9), coach(2, people=9), coach(3)
    charge = Charge(1, 50, "mijn-verhaal", frozenset({"BREDA"}), known_by=frozenset({2}))
    assert propose([charge], [near, known, free], today=TODAY, back_on=None)[1].coach_id in {1, 2}
    both = Charge(1, 50, "mijn-verhaal", frozenset({"Breda"}), known_by=frozenset({1}))
    (found,) = propose([both], [near, known, free], today=TODAY, back_on=None).values()
    assert (found.coach_id, found.why) == (1, (Why.KNOWS, Why.NEAR, Why.ROOM))


def test_who_is_away_before_they_come_back_is_asked_last() -> None:
    soon = Candidate(1, frozenset({""}), CoachRoom(1, away=(Away(1, AwayReason.HOLIDAY, date(2026, 12, 1), None),)), 0)
    charge = Charge(1, 50, "mijn-verhaal", known_by=frozenset({1}))
    assert propose([charge], [soon, coach(2)], today=TODAY, back_on=date(2026, 12, 14))[1].coach_id == 2
    assert propose([charge], [soon, coach(2)], today=TODAY, back_on=date(2026, 11, 30))[1].coach_id == 1


def test_what_becomes_of_visits() -> None:
    busy = Candidate(1, frozenset({""}), CoachRoom(1), 0, (Span(NOON, NOON + timedelta(hours=2)),))
    charge = Charge(
        7,
        50,
        "mijn-verhaal",
        visits=(visit(1, 7, hours=1), visit(2, 7, hours=2), visit(3, 7, hours=3), visit(4, 7, days=9)),
    )
    found = fates([charge], {7: 1}, [busy], back_on=date(2026, 12, 12))
    assert found == {1: Fate.AGAIN, 2: Fate.MOVES, 3: Fate.AGAIN, 4: Fate.STAYS}
    assert fates([charge], {7: 1}, [busy], back_on=None)[4] is Fate.MOVES
    assert fates([charge], {}, [busy], back_on=None) == {}
    assert set(fates([charge], {7: 1}, [coach(1, away=True)], back_on=None).values()) == {Fate.AGAIN}
    own = Charge(7, 50, "mijn-verhaal", visits=(visit(1, 7, by=1),))
    assert fates([own], {7: 1}, [coach(1, away=True)], back_on=None) == {1: Fate.STAYS}
