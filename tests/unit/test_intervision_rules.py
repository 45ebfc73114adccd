"""When a round and a meeting are in which state, what may be answered, and what a mark counts for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from app.intervision.inputs import Chosen, SessionGiven
from app.intervision.rules import (
    Half,
    RoundState,
    half_to_plan,
    missing_halves,
    next_halves,
    round_state,
    to_watch,
    weeks_to_publish,
)
from app.meetings.rules import (
    AnswerTo,
    Attendance,
    InLine,
    Mark,
    MeetingState,
    answer_refused,
    noted,
    signup_open,
    state,
)
from tests.intervision import FACTS

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
D, P, H, S, C = (
    MeetingState.DRAFT,
    MeetingState.PUBLISHED,
    MeetingState.HELD,
    MeetingState.SETTLED,
    MeetingState.CANCELLED,
)


@dataclass(frozen=True)
class Meeting:
    """The moments of a meeting ten days from now, published, sign-up open for five more days."""

    starts_at: datetime = NOW + timedelta(days=10)
    ends_at: datetime = NOW + timedelta(days=10, hours=2)
    published_at: datetime | None = NOW
    cancelled_at: datetime | None = None
    settled_at: datetime | None = None
    signup_closes_at: datetime | None = NOW + timedelta(days=5)


def test_the_life_of_a_meeting() -> None:
    assert state(Meeting(published_at=None), NOW) is D
    assert state(Meeting(), NOW) is P
    assert state(Meeting(), Meeting().starts_at) is H
    assert state(Meeting(settled_at=NOW), NOW) is S
    assert state(Meeting(settled_at=NOW, cancelled_at=NOW), NOW) is C


@pytest.mark.parametrize(
    "meetings, today, expected",
    [
        ([], date(2026, 11, 23), RoundState.DRAFT),
        ([D, D], date(2026, 11, 23), RoundState.PLANNED),
        ([D, C], date(2026, 11, 23), RoundState.PLANNED),
        ([P, D], date(2026, 12, 4), RoundState.OPEN),
        ([P], date(2026, 12, 5), RoundState.CLOSED),
        ([H, P], date(2026, 12, 5), RoundState.RUNNING),
        ([S, P], date(2026, 12, 5), RoundState.RUNNING),
        ([S, S, C], date(2026, 12, 5), RoundState.SETTLED),
        ([S, D], date(2026, 12, 5), RoundState.RUNNING),
        ([C, C], date(2026, 12, 5), RoundState.SETTLED),
    ],
)
def test_the_life_of_a_round(meetings: list[MeetingState], today: date, expected: RoundState) -> None:
    assert round_state(meetings, signup_closes_on=date(2026, 12, 4), today=today) is expected


@pytest.mark.parametrize(
    "meetings, expected",
    [
        ([C], RoundState.UNPLACED),
        ([S, C], RoundState.UNPLACED),
        ([H, C], RoundState.RUNNING),
        ([D, C], RoundState.PLANNED),
    ],
)
def test_a_round_that_owes_people_a_day_is_not_finished(meetings: list[MeetingState], expected: RoundState) -> None:
    day = date(2026, 12, 4)
    assert round_state(meetings, signup_closes_on=day, today=day, without_place=7) is expected


def _refused(meeting: Meeting, *, line: InLine = InLine.OUT, closed_too: bool = False, **said: Any) -> str | None:
    return answer_refused(meeting, line=line, closed_too=closed_too, **said)


@pytest.mark.parametrize("had", list(AnswerTo))
@pytest.mark.parametrize("wanted", [AnswerTo.YES, AnswerTo.NO])
def test_answers_change_freely_while_sign_up_is_open(had: AnswerTo, wanted: AnswerTo) -> None:
    assert _refused(Meeting(), had=had, wanted=wanted, now=NOW) is None


@pytest.mark.parametrize(
    "had, wanted, code",
    [
        (AnswerTo.NONE, AnswerTo.YES, "signup_closed"),
        (AnswerTo.NONE, AnswerTo.NO, "signup_closed"),
        (AnswerTo.NO, AnswerTo.YES, "signup_closed"),
        (AnswerTo.YES, AnswerTo.NO, None),
        (AnswerTo.YES, AnswerTo.YES, None),
    ],
)
def test_afterwards_a_seat_can_only_be_given_up(had: AnswerTo, wanted: AnswerTo, code: str | None) -> None:
    closed = NOW + timedelta(days=5)
    assert not signup_open(Meeting(), closed)
    assert _refused(Meeting(), had=had, wanted=wanted, now=closed) == code
    assert _refused(Meeting(), had=had, wanted=wanted, now=Meeting().starts_at) == "meeting_past"
    assert _refused(Meeting(cancelled_at=NOW), had=had, wanted=wanted, now=NOW) == "meeting_cancelled"


@pytest.mark.parametrize(
    "mark, kept",
    [
        (Mark(Attendance.PRESENT), Mark(Attendance.PRESENT, 125)),
        (Mark(Attendance.PRESENT, 100), Mark(Attendance.PRESENT, 100)),  # exactly four fifths
        (Mark(Attendance.PRESENT, 99), Mark(Attendance.PARTIAL, 99)),
        (Mark(Attendance.PRESENT, 500), Mark(Attendance.PRESENT, 125)),
        (Mark(Attendance.PARTIAL), Mark(Attendance.PARTIAL, 0)),
        (Mark(Attendance.PARTIAL, 120), Mark(Attendance.PRESENT, 120)),
        (Mark(Attendance.ABSENT, 60), Mark(Attendance.ABSENT)),
        (Mark(Attendance.ABSENT_NOTIFIED), Mark(Attendance.ABSENT_NOTIFIED)),
        (Mark(Attendance.UNKNOWN, 5), Mark(Attendance.UNKNOWN)),
    ],
)
def test_below_four_fifths_is_partial(mark: Mark, kept: Mark) -> None:
    assert noted(mark, net_minutes=125) == kept


def test_rounds_are_due_from_120_days_before_their_first_month() -> None:
    assert next_halves(date(2026, 11, 23))[:2] == [(2026, Half.AUTUMN), (2027, Half.SPRING)]
    assert missing_halves([], today=date(2026, 10, 31)) == [(2026, Half.AUTUMN)]
    assert missing_halves([], today=date(2026, 11, 1)) == [(2027, Half.SPRING)]  # too late for this one
    assert missing_halves([(2027, Half.SPRING)], today=date(2026, 12, 24)) == []


def test_the_round_to_plan_is_one_that_people_can_still_come_to() -> None:
    assert half_to_plan(date(2026, 10, 31)) == (2026, Half.AUTUMN)
    assert half_to_plan(date(2026, 11, 27)) == (2027, Half.SPRING)
    assert half_to_plan(date(2027, 4, 15)) == (2027, Half.AUTUMN)


def test_a_time_that_the_clock_skips_is_no_length() -> None:
    """On 28 March 2027 there is no half past two: the meeting would end when it starts."""
    with pytest.raises(ValidationError, match="ends before start"):
        SessionGiven.model_validate(FACTS | {"day": date(2027, 3, 28), "starts": "02:30", "ends": "03:30"})


@pytest.mark.parametrize(
    "today, weeks",
    [(date(2026, 11, 23), 4), (date(2026, 12, 15), 0), (date(2026, 12, 21), 0), (date(2026, 12, 22), -1)],
)
def test_weeks_to_publish(today: date, weeks: int) -> None:
    assert weeks_to_publish(date(2027, 3, 1), today) == weeks  # 70 days before is 21 December


def test_a_season_is_watched_from_120_days_ahead() -> None:
    assert not to_watch(date(2027, 3, 1), date(2026, 10, 31))
    assert to_watch(date(2027, 3, 1), date(2026, 11, 1))


def test_no_leader_and_no_choice_are_empty() -> None:
    assert SessionGiven.model_validate(FACTS).facilitators == frozenset()
    assert Chosen.model_validate({"round": "1", "place": "none"}).place is None
    with pytest.raises(ValidationError):
        Chosen.model_validate({"round": "1", "place": ""})
    with pytest.raises(ValidationError):
        Chosen.model_validate({"round": "1"})
