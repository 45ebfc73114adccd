"""What we promise to keep no longer goes by itself, on the day that was promised and not before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, update

from app.certification import actions as certification
from app.certification.tables import Certificate, CertificationPeriod
from app.courses.tables import Cohort, Enrolment
from app.kit.ids import Keyring
from app.kit.localtime import local_day
from app.kit.storage import folder
from app.ledger.tables import LedgerEvent
from app.letters.desk import NotDue, write
from app.meetings.tables import Meeting, MeetingSignup
from app.outbox.tables import Message
from app.people.actions.sign_in import start_session
from app.people.tables import Account, Person
from app.settings import Settings
from app.theory.tables import OpenAnswer, QuizAttempt, QuizDraft
from app.worker.handlers.keeping import BATCH, clear_attendance, empty_answers, let_go
from app.worker.run import run_due
from app.worker.work import Work
from tests.conftest import START
from tests.people import KEYRING, make_cast, make_person
from tests.trained import in_training, make_ready

if TYPE_CHECKING:
    from pathlib import Path

    from app.kit.clock import MovableClock
    from app.kit.db import Database

LETTER = date(2028, 9, 24)  # 22 months and a day after the tests begin
GONE = date(2028, 11, 24)


@pytest.fixture
def work(database: Database, data_dir: Path, clock: MovableClock) -> Work:
    return Work(Settings(data_dir=data_dir), clock, database, folder(data_dir / "files"), Keyring(KEYRING.keys))


def night(work: Work, clock: MovableClock, day: date) -> None:
    """Everything that is due in the morning of a day."""
    clock.advance(datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC) - clock.now())
    run_due(work)


def letters(work: Work, person_id: int) -> list[Message]:
    with work.database.reading() as db:
        mine = (Message.person_id == person_id, Message.kind == "people.leaving_soon")
        return list(db.scalars(select(Message).where(*mine).order_by(Message.id)))


def erased(work: Work, person_id: int) -> bool:
    with work.database.reading() as db:
        return db.get_one(Person, person_id).erased_at is not None


def happened(work: Work, action: str) -> int:
    with work.database.reading() as db:
        return db.scalar(select(func.count()).select_from(LedgerEvent).where(LedgerEvent.action == action)) or 0


def test_who_stays_away_is_written_to_and_then_forgotten(work: Work, clock: MovableClock) -> None:
    with work.database.writing() as db:
        cast = make_cast(db, now=clock.now())
        stranger = make_person(db, "Zonder Account", now=clock.now(), account=False)
    away = (cast.noor.id, cast.joris.id, stranger)
    night(work, clock, LETTER - timedelta(days=1))
    assert not any(letters(work, one) for one in away)
    for _ in range(2):  # the second time does nothing twice
        night(work, clock, LETTER)
        let_go(work, {})
    assert [len(letters(work, one)) for one in away] == [1, 1, 1]
    (mail,) = letters(work, cast.noor.id)
    (none,) = letters(work, stranger)
    assert (mail.sent_at, none.suppressed_reason) == (clock.now(), "Deze persoon kan niet inloggen.")
    night(work, clock, GONE - timedelta(days=1))
    assert not any(erased(work, one) for one in away)
    night(work, clock, GONE)
    let_go(work, {})
    run_due(work)
    assert all(erased(work, one) for one in away)
    assert happened(work, "people.forgotten") == happened(work, "people.erased") == len(away)
    with work.database.reading() as db:
        assert db.get_one(Person, cast.noor.id).name == f"Persoon {cast.noor.id}"
        assert db.get(Account, cast.noor.id) is None
    for staff in (cast.ruben, cast.fatma, cast.sanne):
        assert not letters(work, staff.id)
        assert not erased(work, staff.id)


def test_who_comes_back_after_the_letter_stays(work: Work, clock: MovableClock) -> None:
    with work.database.writing() as db:
        noor = make_person(db, "Noor de Wit", now=clock.now())
    night(work, clock, LETTER)
    (mail,) = letters(work, noor)
    with work.database.reading() as db:
        assert write(db, mail, work.desk).subject == "Je account gaat over twee maanden weg"
    with work.database.writing() as db:
        start_session(db, person_id=noor, device="Firefox", now=clock.now())
    with work.database.reading() as db, pytest.raises(NotDue, match="weer ingelogd"):
        write(db, mail, work.desk)
    night(work, clock, GONE + timedelta(days=1))
    assert not erased(work, noor)
    night(work, clock, date(2030, 7, 24))
    assert not letters(work, noor)  # the first one is past its own 90 days
    night(work, clock, date(2030, 7, 25))
    assert len(letters(work, noor)) == 1


def test_nobody_goes_without_two_months_notice_and_only_some_a_night(work: Work, clock: MovableClock) -> None:
    with work.database.writing() as db:
        people = [make_person(db, f"P{number} Naam", now=clock.now()) for number in range(BATCH + 1)]
    late = date(2030, 1, 1)
    clock.advance(datetime(2030, 1, 1, 9, 0, tzinfo=UTC) - clock.now())
    let_go(work, {})
    assert [len(letters(work, one)) for one in people[-2:]] == [1, 0]
    let_go(work, {})
    assert len(letters(work, people[-1])) == 1
    night(work, clock, late + timedelta(days=59))
    assert not erased(work, people[0])
    night(work, clock, late + timedelta(days=60))
    assert [erased(work, one) for one in people[-2:]] == [True, False]
    night(work, clock, late + timedelta(days=61))
    assert erased(work, people[-1])


def test_a_certificate_keeps_its_holder_until_two_years_after_its_end(work: Work, clock: MovableClock) -> None:
    with work.database.writing() as db:
        training = make_ready(db, work.storage, now=START)
        noor = training.cast.noor.id
        made = certification.grant(db, by=training.cast.fatma, enrolment_id=training.enrolment_id, now=START)
        ends_on = db.scalars(select(CertificationPeriod.ends_on)).one()
    assert ends_on == date(2028, 11, 23)
    for day in (GONE, date(2030, 11, 22)):  # its grace ended on 22 January 2029
        night(work, clock, day)
        assert not letters(work, noor)
    night(work, clock, date(2030, 11, 23))
    assert len(letters(work, noor)) == 1
    night(work, clock, date(2031, 1, 22))
    assert not erased(work, noor)
    night(work, clock, date(2031, 1, 23))
    assert erased(work, noor)
    with work.database.reading() as db:
        assert db.get_one(Certificate, made).holder_name == ""


def test_an_open_training_keeps_its_professional_as_long_as_its_group_lasts(work: Work, clock: MovableClock) -> None:
    with work.database.writing() as db:
        training = in_training(db, work.storage, now=START)
        db.get_one(Cohort, training.cohort_id).ends_on = local_day(START) + timedelta(days=1100)
    clock.advance(timedelta(days=3 * 365))
    let_go(work, {})
    assert not letters(work, training.cast.noor.id)
    assert letters(work, training.cast.joris.id)
    clock.advance(timedelta(days=600))
    let_go(work, {})
    assert not letters(work, training.cast.noor.id)
    clock.advance(timedelta(days=75))
    let_go(work, {})
    assert letters(work, training.cast.noor.id)  # nobody ended it, and nobody follows it any more


@pytest.mark.parametrize("ended", ["completed_at", "withdrawn_at", "expired_at"])
def test_answers_go_a_year_after_the_end(work: Work, clock: MovableClock, ended: str) -> None:
    given = {"v1": ["a"]}
    with work.database.writing() as db:
        training = in_training(db, work.storage, now=START)
        db.add(
            QuizAttempt(
                enrolment_id=training.enrolment_id, edition_id=training.edition_id, quiz_slug="check", number=1,
                answers=given, score_pct=80, critical_right=True, passed=True, submitted_at=START,
            )
        )  # fmt: skip
        db.flush()
        attempt_id = db.scalars(select(QuizAttempt.id)).one()
        db.add(OpenAnswer(enrolment_id=training.enrolment_id, attempt_id=attempt_id, question_id="v1", words="Mooi."))
        db.add(
            QuizDraft(
                enrolment_id=training.enrolment_id, edition_id=training.edition_id, quiz_slug="other", number=1,
                seed="1", asked=[], answers=given, begun_at=START,
            )
        )  # fmt: skip

    def left() -> tuple[object, int, int]:
        empty_answers(work, {})
        with work.database.reading() as db:
            attempt = db.scalars(select(QuizAttempt)).one()
            beside = len(db.scalars(select(QuizDraft.id)).all()) + len(db.scalars(select(OpenAnswer.words)).all())
            return attempt.answers, attempt.score_pct, beside

    clock.advance(timedelta(days=800))
    assert left() == (given, 80, 2)  # as long as she is busy
    clock.advance(timedelta(days=-800))
    with work.database.writing() as db:
        db.execute(update(Enrolment).values({ended: START}))
    clock.advance(timedelta(days=365))
    assert left() == (given, 80, 2)
    clock.advance(timedelta(days=1))
    assert left() == left() == ({}, 80, 0)
    assert happened(work, "theory.answers_emptied") == 1


def test_attendance_goes_six_years_after_the_meeting(work: Work, clock: MovableClock) -> None:
    with work.database.writing() as db:
        cast = make_cast(db, now=START)
        meeting = Meeting(
            title="Intervisie", starts_at=START - timedelta(hours=2), ends_at=START, net_minutes=120,
            venue="De Brede Brug", address="Voorstraat 100", seats=12, created_at=START, taken=1,
        )  # fmt: skip
        db.add(meeting)
        db.flush()
        db.add(
            MeetingSignup(
                meeting_id=meeting.id, person_id=cast.noor.id, nonce="n", token_hash="h", uid="u", invited_at=START,
                answer="yes", attendance="partial", attended_minutes=60, attendance_at=START,
                attendance_by_id=cast.fatma.id,
            )
        )  # fmt: skip

    def left() -> tuple[object, ...]:
        clear_attendance(work, {})
        with work.database.reading() as db:
            one = db.scalars(select(MeetingSignup)).one()
            return one.answer, one.attendance, one.attended_minutes, one.attendance_at, one.attendance_by_id

    clock.advance(datetime(2032, 11, 23, 9, 0, tzinfo=UTC) - START)
    assert left() == ("yes", "partial", 60, START, cast.fatma.id)
    clock.advance(timedelta(days=1))
    assert left() == left() == ("yes", "", None, None, None)
    assert happened(work, "meetings.attendance_cleared") == 1
