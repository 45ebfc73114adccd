"""What goes out by mail about a round, and what stays in when it is no longer true."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intervision.actions import answering, rounds
from app.intervision.inputs import SessionGiven
from app.intervision.rules import Invitees
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.localtime import end_of, instant
from app.letters.desk import Letter, NotDue
from app.meetings.rules import AnswerTo
from app.meetings.tables import Meeting, MeetingSignup
from app.outbox.tables import Message
from tests.intervision import CLOSES, DAY, FACTS, token_of
from tests.mailroom import Mailroom, open_mailroom
from tests.people import KEYRING

START = instant(DAY, time(13, 30))


@pytest.fixture
def mailroom(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> Mailroom:
    return open_mailroom(sqlite_database, data_dir, clock)


def entry_of(letter: Letter) -> Any:
    assert letter.calendar is not None
    (entry,) = Calendar.from_ical(letter.calendar.body).walk("VEVENT")
    return entry


def test_the_invitation_has_own_words_days_and_a_link_for_one_person(mailroom: Mailroom) -> None:
    letter = mailroom.letter("intervision.invitation")
    assert letter.subject == "Kies je bijeenkomst: intervisie Mijn Verhaal, najaar 2026"
    assert letter.reply_to == "fatma@demo.example"
    assert letter.calendar is None
    for part in (letter.text, letter.html):
        assert "Dag Noor," in part
        assert "Kom je ook?" in part
        assert "donderdag 10 december 2026" in part
        assert f"https://academie.test/antwoord/{mailroom.token}" in part
        assert "vrijdag 4 december" in part
    assert mailroom.token not in str(mailroom.do(lambda db: db.scalars(select(Message.data)).all()))


def test_yes_sends_a_request_that_says_accepted(mailroom: Mailroom) -> None:
    mailroom.answer("yes")
    mail = next(mail for mail in mailroom.send() if mail["X-Letter"] == "meetings.seat_confirmed")
    part = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    assert part.get_param("method") == "REQUEST"
    entry: Any = Calendar.from_ical(part.get_content()).walk("VEVENT")[0]
    assert entry["DTSTART"].dt == START
    assert entry["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert entry["ATTENDEE"].params["RSVP"] == "FALSE"
    assert str(entry["ATTENDEE"]) == "mailto:noor@demo.example"
    assert str(entry["ORGANIZER"]) == "mailto:academie@demo.example"
    assert mail["Subject"] == "Je plek op donderdag 10 december"
    assert "/antwoord/" not in part.get_content()


def test_moves_and_the_end_keep_one_uid_with_a_rising_sequence(mailroom: Mailroom) -> None:
    mailroom.answer("yes")
    seen = [entry_of(mailroom.letter("meetings.seat_confirmed"))]
    for day in range(14, 19):
        mailroom.move(date(2026, 12, day))
        letter = mailroom.letter("meetings.moved")
        assert letter.calendar is not None
        assert letter.calendar.method == "REQUEST"
        seen.append(entry_of(letter))
    assert "vrijdag 18 december" in letter.subject
    assert "donderdag 17 december, 13.30 uur" in letter.text
    mailroom.cancel("De zaal staat onder water.")
    letter = mailroom.letter("meetings.cancelled")
    assert letter.calendar is not None
    assert letter.calendar.method == "CANCEL"
    assert "De zaal staat onder water." in letter.text
    seen.append(entry_of(letter))
    assert len({str(entry["UID"]) for entry in seen}) == 1
    sequences = [entry["SEQUENCE"] for entry in seen]
    assert sequences == sorted(set(sequences))
    assert seen[-1]["STATUS"] == "CANCELLED"


def test_of_several_changes_only_the_last_goes_out(mailroom: Mailroom) -> None:
    mailroom.answer("yes")
    mailroom.answer("no")
    mailroom.answer("yes")
    mailroom.move(date(2026, 12, 15))
    mailroom.send()
    assert mailroom.states() == [
        ("intervision.invitation", "suppressed"),  # she answered before it went out
        ("meetings.seat_confirmed", "suppressed"),
        ("meetings.seat_given_up", "suppressed"),
        ("meetings.seat_confirmed", "suppressed"),
        ("meetings.moved", "sent"),
        ("intervision.case_call", "sent"),  # the day is near
    ]


def test_giving_up_takes_it_out_of_the_calendar(mailroom: Mailroom) -> None:
    mailroom.answer("yes")
    mailroom.send()
    mailroom.answer("no")
    letter = mailroom.letter("meetings.seat_given_up")
    assert letter.calendar is not None
    assert letter.calendar.method == "CANCEL"
    assert entry_of(letter)["STATUS"] == "CANCELLED"


def test_a_seat_given_up_leaves_the_calendar_also_when_the_meeting_is_called_off(mailroom: Mailroom) -> None:
    mailroom.answer("yes")
    mailroom.send()
    mailroom.answer("no")
    mailroom.cancel()
    mailroom.send()
    assert mailroom.states()[-1] == ("meetings.seat_given_up", "sent")


def test_who_had_not_answered_gets_a_plain_letter(mailroom: Mailroom) -> None:
    mailroom.cancel()
    letter = mailroom.letter("meetings.cancelled")
    assert letter.calendar is None
    assert "We plannen iets nieuws" in letter.text
    assert "antwoorden" not in letter.text
    with pytest.raises(NotDue, match="Aanmelden kan niet meer"):
        mailroom.letter("intervision.invitation")


def test_a_day_that_is_left_is_named_when_another_is_called_off(mailroom: Mailroom) -> None:
    second = mailroom.second()
    mailroom.cancel()
    letter = mailroom.letter("meetings.cancelled")
    for part in (letter.text, letter.html):
        assert "Er is nog een andere dag in deze ronde" in part
        assert "dinsdag 15 december" in part
        assert f"/antwoord/{mailroom.do(lambda db: token_of(db, second))}" in part
        assert "iets nieuws" not in part


def test_who_leads_a_meeting_reads_that_and_nothing_about_choosing(mailroom: Mailroom) -> None:
    def lead(person_id: int | None) -> None:
        given = SessionGiven(**(FACTS | {"facilitators": [person_id] if person_id else []}))
        mailroom.do(
            lambda db: rounds.change_session(
                db,
                by=mailroom.cast.fatma,
                meeting_id=mailroom.meeting_id,
                given=given,
                version=db.get_one(Meeting, mailroom.meeting_id).version,
                keyring=KEYRING,
                now=mailroom.clock.now(),
                trainers=Invitees(frozenset({mailroom.cast.noor.id})),
            )
        )

    lead(mailroom.cast.noor.id)
    letter = mailroom.letter("meetings.seat_confirmed")
    assert letter.subject == "Jij leidt de intervisie op donderdag 10 december"
    assert letter.calendar is not None
    for part in (letter.text, letter.html):
        assert "Jij leidt het gesprek bij Intervisie Mijn Verhaal." in part
        assert "Kun je niet? Beantwoord dan deze mail." in part
        assert "Geef je plek dan terug" not in part
    lead(None)
    letter = mailroom.letter("meetings.seat_given_up")
    assert letter.subject == "Je leidt de bijeenkomst van donderdag 10 december niet meer"
    assert "teruggegeven" not in letter.text
    lead(mailroom.cast.noor.id)
    mailroom.cancel()
    letter = mailroom.letter("meetings.cancelled")
    assert "De afspraak gaat uit je agenda." in letter.text
    assert "iets nieuws" not in letter.text


def test_who_loses_a_seat_reads_which_day_is_left(mailroom: Mailroom) -> None:
    mailroom.second()
    mailroom.answer("yes")
    mailroom.cancel()
    letter = mailroom.letter("meetings.cancelled")
    assert letter.calendar is not None
    assert "De afspraak gaat uit je agenda." in letter.text
    assert "dinsdag 15 december" in letter.text


def test_who_chose_the_other_day_meanwhile_hears_nothing(mailroom: Mailroom) -> None:
    second = mailroom.second()
    mailroom.cancel()
    mailroom.do(
        lambda db: answering.answer(db, signup_id=second, answer=AnswerTo.YES, actor_id=None, now=mailroom.clock.now())
    )
    with pytest.raises(NotDue, match="koos een andere dag"):
        mailroom.letter("meetings.cancelled")


def test_an_invitation_that_comes_too_late_stays_in(mailroom: Mailroom) -> None:
    mailroom.clock.set(end_of(CLOSES))
    mailroom.send()
    assert mailroom.states() == [("intervision.invitation", "suppressed")]


def test_a_confirmation_after_the_meeting_stays_in(mailroom: Mailroom) -> None:
    mailroom.answer("yes")
    mailroom.clock.set(START)
    with pytest.raises(NotDue, match="al geweest"):
        mailroom.letter("meetings.seat_confirmed")


def test_the_reminder_comes_once_the_day_before(mailroom: Mailroom) -> None:
    mailroom.answer("yes")
    mailroom.send()
    mailroom.clock.set(instant(DAY - timedelta(days=2), time(10)))
    mailroom.send()
    assert ("meetings.reminder", "sent") not in mailroom.states()
    mailroom.clock.set(instant(DAY - timedelta(days=1), time(0, 5)))
    mailroom.send()
    assert mailroom.states()[-1] == ("meetings.reminder", "planned")
    mailroom.clock.set(instant(DAY - timedelta(days=1), time(9, 1)))
    mails = mailroom.send()
    mailroom.send()
    assert mailroom.states().count(("meetings.reminder", "sent")) == 1
    assert mails[-1]["Subject"] == "Morgen is je bijeenkomst"


def test_a_seat_that_was_given_up_is_not_reminded_of(mailroom: Mailroom) -> None:
    mailroom.answer("yes")
    mailroom.clock.set(instant(DAY - timedelta(days=1), time(0, 5)))
    mailroom.send()
    mailroom.answer("no")
    mailroom.clock.set(instant(DAY - timedelta(days=1), time(9, 1)))
    mailroom.send()
    assert ("meetings.reminder", "suppressed") in mailroom.states()


def test_a_title_with_odd_signs_stays_one_line(mailroom: Mailroom) -> None:
    def rename(db: Session) -> None:
        db.get_one(Meeting, mailroom.meeting_id).title = 'Intervisie; "Het verhaal van", deel 2'

    mailroom.do(rename)
    mailroom.answer("yes")
    assert str(entry_of(mailroom.letter("meetings.seat_confirmed"))["SUMMARY"]) == (
        'Intervisie; "Het verhaal van", deel 2'
    )
    assert mailroom.do(lambda db: db.get_one(MeetingSignup, mailroom.place).sequence) == 1
