"""The letters before a meeting: each on its day, once, and not to who has no seat any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intervision.actions import rounds
from app.intervision.actions.reminding import plan_letters
from app.intervision.inputs import SessionGiven
from app.intervision.rules import DAYS_BEFORE, PlannedLetter, letter_due
from app.kit.clock import MovableClock
from app.kit.localtime import instant, local_day
from app.letters.desk import Desk, NotDue, write
from app.meetings.tables import Meeting
from app.outbox import actions as outbox
from app.outbox.tables import Message
from app.settings import Settings
from app.worker.run import run_due
from tests.intervision import FACTS, add_session, publish
from tests.intervision_stage import Stage
from tests.page import make_test_parts
from tests.people import KEYRING

FAR: Final = date(2027, 1, 21)  # 59 days ahead, past the night of the year
CALL, AGENDA, REMINDER = PlannedLetter


@pytest.fixture
def far(stage: Stage) -> int:
    """A second meeting of the round, far ahead, Noor and Joris invited and coming."""

    def make(db: Session) -> int:
        day = FAR - timedelta(days=1)
        rounds.change_closing(db, by=stage.cast.fatma, round_id=stage.round_id, day=day, now=stage.now)
        meeting = add_session(db, stage.cast.fatma, stage.round_id, now=stage.now, day=FAR)
        publish(db, stage.cast.fatma, stage.round_id, stage.cast.noor.id, stage.cast.joris.id, now=stage.now)
        return meeting

    meeting = int(stage.do(make))
    for person in (stage.cast.noor, stage.cast.joris):
        stage.answer(person.id, "yes", meeting)
    return meeting


def night(stage: Stage, before: int, *, at: time = time(0, 5), day: date = FAR) -> None:
    """The job of a night, so many days before the meeting."""
    stage.clock.set(instant(day - timedelta(days=before), at))
    stage.do(lambda db: plan_letters(db, now=stage.now))


def letters(stage: Stage, person_id: int) -> list[tuple[str, date]]:
    """The letters of somebody before a meeting, and the day on which each goes out."""
    query = select(Message).where(Message.person_id == person_id, Message.kind.in_(list(PlannedLetter)))
    return [(m.kind, local_day(m.send_at)) for m in stage.see(lambda db: db.scalars(query.order_by(Message.id)).all())]


def end_all(stage: Stage, end: Callable[..., None], **how: object) -> None:
    """Let everything that is planned have its end."""
    with stage.database.writing() as db:
        for id_ in db.scalars(select(Message.id)).all():
            end(db, message_id=id_, now=stage.now, **how)


def test_of_the_three_the_last_one_whose_day_has_come_is_due() -> None:
    due = {days: letter_due(FAR, FAR - timedelta(days=days)) for days in (29, 28, 15, 14, 2, 1, 0, -1)}
    assert due == {29: None, 28: CALL, 15: CALL, 14: AGENDA, 2: AGENDA, 1: REMINDER, 0: REMINDER, -1: None}


def test_a_job_of_every_night_that_runs_twice_plans_each_letter_once_on_its_day(stage: Stage, far: int) -> None:
    for before in range(40, -2, -1):
        night(stage, before)
        stage.do(lambda db: plan_letters(db, now=stage.now))
    expected = [(letter, FAR - timedelta(days=DAYS_BEFORE[letter])) for letter in PlannedLetter]
    for person in (stage.cast.noor, stage.cast.joris):
        assert letters(stage, person.id) == expected
    assert letters(stage, stage.cast.ruben.id) == []
    sends = stage.see(lambda db: db.scalars(select(Message.send_at).where(Message.kind == AGENDA)).all())
    assert set(sends) == {instant(FAR - timedelta(days=14), time(9))}
    assert far


@pytest.mark.parametrize(
    "nights, expected",
    [
        ((20, 3, 0), [(CALL, 20), (AGENDA, 3), (REMINDER, 0)]),
        ((13, 12), [(AGENDA, 13)]),
        ((0, -1), [(REMINDER, 0)]),
    ],
)
@pytest.mark.usefixtures("far")
def test_what_was_missed_comes_late_but_never_in_a_heap(
    stage: Stage, nights: tuple[int, ...], expected: list[tuple[str, int]]
) -> None:
    for before in nights:
        night(stage, before)
    found = letters(stage, stage.cast.noor.id)
    assert found == [(letter, FAR - timedelta(days=before)) for letter, before in expected]


@pytest.mark.usefixtures("far")
def test_after_the_start_nothing_is_planned_and_nothing_goes_out(stage: Stage) -> None:
    night(stage, 0, at=time(13, 29))
    assert [kind for kind, _ in letters(stage, stage.cast.noor.id)] == [REMINDER]
    ends = stage.see(lambda db: db.scalars(select(Message.not_after).where(Message.kind == REMINDER)).all())
    assert set(ends) == {instant(FAR, time(13, 30))}
    night(stage, 0, at=time(13, 30))
    assert len(letters(stage, stage.cast.noor.id)) == 1


def test_a_seat_given_up_stops_it_and_one_taken_again_is_told(
    stage: Stage, far: int, data_dir: Path, clock: MovableClock
) -> None:
    work = make_test_parts(stage.database, data_dir, clock).work

    def states() -> list[tuple[str, str]]:
        query = select(Message).where(Message.person_id == stage.cast.noor.id, Message.kind.in_(list(PlannedLetter)))
        found = stage.see(lambda db: db.scalars(query.order_by(Message.id)).all())
        return [(one.kind, "sent" if one.sent_at else one.suppressed_reason) for one in found]

    night(stage, 28)
    stage.answer(stage.cast.noor.id, "no", far)
    stage.clock.set(instant(FAR - timedelta(days=28), time(9, 1)))
    run_due(work)
    assert states() == [(CALL, "Deze persoon gaf de plek terug.")]
    stage.answer(stage.cast.noor.id, "yes", far)
    night(stage, 27)
    stage.clock.set(instant(FAR - timedelta(days=27), time(9, 1)))
    run_due(work)
    night(stage, 26)
    assert states()[1:] == [(CALL, "sent")]


def test_a_meeting_that_moves_takes_its_letters_along_but_a_case_is_asked_for_once(stage: Stage, far: int) -> None:
    later = FAR + timedelta(days=30)
    night(stage, 28)
    end_all(stage, outbox.sent)
    night(stage, 14)
    given = SessionGiven(**(FACTS | {"day": later}))
    stage.do(
        lambda db: rounds.change_session(
            db,
            by=stage.cast.fatma,
            meeting_id=far,
            given=given,
            version=db.get_one(Meeting, far).version,
            keyring=KEYRING,
            now=stage.now,
        )
    )
    desk = Desk(Settings(data_dir=Path()), KEYRING, stage.now)
    for message in stage.see(lambda db: db.scalars(select(Message).where(Message.kind == AGENDA)).all()):
        with stage.database.reading() as db, pytest.raises(NotDue, match="verplaatst"):
            write(db, message, desk)
    end_all(stage, outbox.suppress, reason="De bijeenkomst is verplaatst.")
    for before in range(32, -1, -1):
        night(stage, before, day=later)
    after = [(kind, (later - day).days) for kind, day in letters(stage, stage.cast.noor.id)[2:]]
    assert after == [(AGENDA, 14), (REMINDER, 1)]


@pytest.mark.usefixtures("far")
@pytest.mark.parametrize("locale", ["nl", "en"])
def test_they_read_well_in_both_languages_and_name_nobody_else(stage: Stage, locale: str) -> None:
    from app.people.tables import Person

    def speaks(db: Session) -> None:
        db.get_one(Person, stage.cast.noor.id).locale = locale

    stage.do(speaks)
    for before in (28, 14, 1):
        night(stage, before)
    desk = Desk(Settings(data_dir=Path(), public_url="https://academie.test"), KEYRING, stage.now)
    found = stage.see(
        lambda db: db.scalars(select(Message).where(Message.person_id == stage.cast.noor.id).order_by(Message.id)).all()
    )
    read: dict[str, str] = {}
    for message in found:
        if message.kind in set(PlannedLetter):
            with stage.database.reading() as db:
                letter = write(db, message, desk)
            read[message.kind] = letter.subject + letter.text
            assert "Joris" not in letter.text + letter.html
            assert letter.calendar is None
    words = {
        "nl": {CALL: ("Breng je een casus in?", "geen namen", "https://academie.test/intervisie"),
               AGENDA: ("Wat je vooraf wilt weten", "ringleiding", "/antwoord/"),
               REMINDER: ("Morgen is je bijeenkomst", "Geef je plek dan terug")},
        "en": {CALL: ("Will you bring a case?", "no names", "https://academie.test/intervisie"),
               AGENDA: ("What to know beforehand", "/antwoord/"),
               REMINDER: ("Tomorrow is your meeting", "You have a seat.")},
    }[locale]  # fmt: skip
    for kind, wanted in words.items():
        for word in wanted:
            assert word in read[kind]


def test_the_days_are_those_of_amsterdam(stage: Stage, far: int) -> None:
    moment: datetime = instant(FAR - timedelta(days=28), time(0, 5))  # the day before, in UTC
    stage.clock.set(moment)
    stage.do(lambda db: plan_letters(db, now=moment))
    assert letters(stage, stage.cast.noor.id) == [(CALL, FAR - timedelta(days=28))]
