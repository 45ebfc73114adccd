"""A meeting that is too small goes into another one of its round; on both databases."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from app.intervision.actions.merging import merge
from app.kit.errors import NotFound, Refused
from app.meetings.tables import Meeting, MeetingSignup
from tests.intervision import add_session, place_of, publish
from tests.people import KEYRING

if TYPE_CHECKING:
    from tests.intervision_stage import Stage


def second(stage: Stage) -> int:
    """Another day of the round, led by Ruben."""
    cast, now = stage.cast, stage.now
    made: int = stage.do(
        lambda db: add_session(
            db, cast.fatma, stage.round_id, now=now, day=date(2026, 12, 15), facilitators=[cast.ruben.id]
        )
    )
    stage.do(lambda db: publish(db, cast.fatma, stage.round_id, cast.noor.id, cast.joris.id, now=now))
    return made


def into(stage: Stage, meeting: int, *, small: int | None = None) -> list[int]:
    found: list[int] = stage.do(
        lambda db: merge(
            db, by=stage.cast.fatma, meeting_id=small or stage.meeting_id, into=meeting, keyring=KEYRING, now=stage.now
        )
    )
    return found


def test_everybody_goes_along_with_one_mail_and_one_calendar_entry(stage: Stage) -> None:
    noor, joris = stage.cast.noor.id, stage.cast.joris.id
    other = second(stage)
    stage.answer(noor, "yes")
    uid, before = stage.signup(noor).uid, len(stage.messages())
    assert into(stage, other) == [noor]
    assert (stage.meeting().taken, stage.meeting(other).taken) == (0, 2)
    assert stage.meeting().cancelled_at == stage.now
    new = stage.see(lambda db: db.get_one(MeetingSignup, place_of(db, noor, other)))
    assert (new.uid, new.answer, new.sequence) == (uid, "yes", 2)
    assert stage.signup(noor).uid != uid
    assert stage.messages()[before:] == [("meetings.moved", noor), ("meetings.cancelled", joris)]
    assert stage.events("intervision.merged") == 1
    with pytest.raises(Refused, match="merge_not_now"):
        into(stage, other)


def test_who_leads_the_small_one_comes_along_as_one_of_the_people(stage: Stage) -> None:
    other = second(stage)
    assert into(stage, stage.meeting_id, small=other) == [stage.cast.ruben.id]
    assert stage.meeting().taken == 1


def test_too_few_seats_move_nobody(stage: Stage) -> None:
    other = second(stage)
    stage.answer(stage.cast.noor.id, "yes")
    stage.do(lambda db: db.execute(update(Meeting).where(Meeting.id == other).values(taken=12)))
    with pytest.raises(Refused, match="merge_no_room"):
        into(stage, other)
    assert stage.signup(stage.cast.noor.id).answer == "yes"
    assert stage.meeting().cancelled_at is None


def test_only_meetings_of_one_round_go_together(stage: Stage) -> None:
    with pytest.raises(NotFound):
        into(stage, 9999)
    with pytest.raises(NotFound):
        into(stage, stage.meeting_id)
    draft = stage.do(
        lambda db: add_session(db, stage.cast.fatma, stage.round_id, now=stage.now, day=date(2026, 12, 16))
    )
    with pytest.raises(Refused, match="merge_not_now"):
        into(stage, draft)
    assert stage.see(lambda db: db.scalars(select(Meeting.cancelled_at)).all()) == [None, None]
