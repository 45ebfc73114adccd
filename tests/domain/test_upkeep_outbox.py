"""Sending over a real connection: what becomes of each message, and what can never be sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.jobs.tables import Job
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.letters import mailer
from app.outbox import actions as outbox
from app.outbox.rules import MessageState, state
from app.outbox.tables import Message
from app.people.actions import invitations
from app.people.tables import Invitation, Person
from app.upkeep.invariants import messages as waiting_without_job
from app.worker.run import run_one
from app.worker.work import Work
from tests.page import make_test_parts
from tests.people import KEYRING, make_person
from tests.support.smtp import SmtpSink

NOOR = "noor@demo.example"


@pytest.fixture
def work(sqlite_database: Database, data_dir: Any, clock: MovableClock, mail: SmtpSink) -> Work:
    return with_mail(sqlite_database, data_dir, clock, mail)


def with_mail(database: Database, data_dir: Any, clock: MovableClock, mail: SmtpSink) -> Work:
    how = {"smtp_host": "127.0.0.1", "smtp_port": mail.port, "smtp_starttls": False}
    return make_test_parts(database, data_dir, clock, **how).work


@pytest.fixture
def noor(work: Work) -> int:
    return make_noor(work)


def make_noor(work: Work) -> int:
    with work.database.writing() as db:
        return make_person(db, "Noor de Wit", now=work.now, account=False)


def invite(work: Work, person_id: int, **how: Any) -> int:
    """An invitation, as a message that waits."""
    now = work.now
    with work.database.writing() as db:
        invitation_id = invitations.create_invitation(db, person_id=person_id, by_id=None, keyring=KEYRING, now=now)
        return outbox.post(
            db,
            "people.invitation",
            person_id=person_id,
            key=f"test:{invitation_id}",
            now=now,
            data={"invitation_id": invitation_id},
            **how,
        )


def message(work: Work, message_id: int) -> Message:
    with work.database.reading() as db:
        return db.get_one(Message, message_id)


def state_of(work: Work, message_id: int) -> MessageState:
    with work.database.reading() as db:
        assert list(waiting_without_job(db)) == []
    return state(message(work, message_id))


def send_due(work: Work) -> None:
    while run_one(work) is not None:
        pass


def next_try(work: Work) -> Any:
    with work.database.reading() as db:
        return db.scalar(select(Job.run_at).where(Job.ended_at.is_(None)))


def test_a_message_is_sent_once(work: Work, noor: int, mail: SmtpSink) -> None:
    sent = invite(work, noor)
    send_due(work)
    send_due(work)
    (received,) = mail.to(NOOR)
    assert state_of(work, sent) is MessageState.SENT
    assert received.recipients == (NOOR,)
    assert received.message["To"].addresses[0].display_name == "Noor de Wit"
    assert received.message["Auto-Submitted"] == "auto-generated"
    assert "/uitnodiging/" in received.text
    assert "/uitnodiging/" in received.html


def test_each_message_has_one_end_on_either_engine(
    database: Database, data_dir: Any, clock: MovableClock, mail: SmtpSink
) -> None:
    work = with_mail(database, data_dir, clock, mail)
    person_id = make_noor(work)
    sent = invite(work, person_id)
    send_due(work)
    mail.refuse("550 no", only=NOOR)
    bounced = invite(work, person_id)
    send_due(work)
    mail.refuse("451 later", only=NOOR)
    expired = invite(work, person_id, not_after=clock.now() + timedelta(seconds=1))
    waiting = invite(work, person_id)
    send_due(work)
    clock.set(next_try(work))
    with work.database.writing() as db:
        db.execute(update(Invitation).values(withdrawn_at=work.now))
    send_due(work)
    assert [state_of(work, one) for one in (sent, bounced, expired, waiting)] == [
        MessageState.SENT,
        MessageState.BOUNCED,
        MessageState.EXPIRED,
        MessageState.SUPPRESSED,
    ]
    assert len(mail.received) == 1


def test_a_refusal_for_good_bounces_and_may_be_sent_again(work: Work, noor: int, mail: SmtpSink) -> None:
    mail.refuse(f"550 5.1.1 <{NOOR}> user unknown", only=NOOR)
    refused = invite(work, noor)
    send_due(work)
    assert state_of(work, refused) is MessageState.BOUNCED
    reason = message(work, refused).last_error
    assert reason.startswith("550 5.1.1")
    assert NOOR not in reason  # the reason may stay longer than the person
    mail.accept()
    with work.database.writing() as db:
        assert outbox.send_again(db, message_id=refused, now=work.now)
    send_due(work)
    assert state_of(work, refused) is MessageState.SENT
    assert len(mail.received) == 1


def test_refused_content_bounces_too(work: Work, noor: int, mail: SmtpSink) -> None:
    mail.refuse("554 5.7.1 looks like spam")
    refused = invite(work, noor)
    send_due(work)
    assert state_of(work, refused) is MessageState.BOUNCED


def test_come_back_later_is_tried_later(work: Work, noor: int, mail: SmtpSink, clock: MovableClock) -> None:
    mail.refuse("451 try again later")
    waiting = invite(work, noor)
    send_due(work)
    assert state_of(work, waiting) is MessageState.PLANNED
    assert message(work, waiting).attempts == 1
    mail.accept()
    send_due(work)
    assert mail.received == []  # not before its time
    clock.set(next_try(work))
    send_due(work)
    assert state_of(work, waiting) is MessageState.SENT
    assert len(mail.received) == 1


def test_a_server_that_is_away_loses_nothing(work: Work, noor: int, mail: SmtpSink, clock: MovableClock) -> None:
    mail.go_down()
    waiting = invite(work, noor)
    gone = clock.now() + timedelta(days=3)
    while (at := next_try(work)) < gone:  # a whole weekend
        clock.set(max(at, clock.now()))
        send_due(work)
        assert state_of(work, waiting) is MessageState.PLANNED
    mail.come_back()
    clock.set(next_try(work))
    send_due(work)
    assert state_of(work, waiting) is MessageState.SENT
    assert len(mail.received) == 1


def test_a_server_that_stays_away_ends_as_bounced(work: Work, noor: int, mail: SmtpSink, clock: MovableClock) -> None:
    mail.go_down()
    waiting = invite(work, noor)
    began = clock.now()
    while state_of(work, waiting) is MessageState.PLANNED:
        clock.set(next_try(work))
        send_due(work)
    assert state_of(work, waiting) is MessageState.BOUNCED
    assert timedelta(days=4) < clock.now() - began < timedelta(days=6)
    assert "mailserver" in message(work, waiting).last_error


def test_a_letter_that_cannot_be_written_has_an_end_too(work: Work, noor: int, clock: MovableClock) -> None:
    broken = invite(work, noor)
    with work.database.writing() as db:
        db.execute(update(Message).values(kind="nobody.knows"))
    while state_of(work, broken) is MessageState.PLANNED:
        clock.set(next_try(work))
        send_due(work)
    assert state_of(work, broken) is MessageState.BOUNCED


def test_too_late_is_not_sent(work: Work, noor: int, mail: SmtpSink, clock: MovableClock) -> None:
    mail.go_down()
    late = invite(work, noor, not_after=clock.now() + timedelta(hours=1))
    send_due(work)
    mail.come_back()
    clock.advance(timedelta(hours=1, seconds=1))
    send_due(work)
    assert state_of(work, late) is MessageState.EXPIRED
    assert mail.received == []


def test_what_is_no_longer_due_is_not_sent(work: Work, noor: int, mail: SmtpSink) -> None:
    withdrawn = invite(work, noor)
    with work.database.writing() as db:
        db.execute(update(Invitation).values(withdrawn_at=work.now))
    send_due(work)
    assert state_of(work, withdrawn) is MessageState.SUPPRESSED
    assert message(work, withdrawn).suppressed_reason
    assert mail.received == []


def test_who_has_no_address_gets_nothing(work: Work, noor: int, mail: SmtpSink) -> None:
    waiting = invite(work, noor)
    with work.database.writing() as db:
        db.execute(update(Person).values(email=None))
    send_due(work)
    assert state_of(work, waiting) is MessageState.SUPPRESSED
    assert mail.received == []


def test_planned_for_later_waits(work: Work, noor: int, mail: SmtpSink, clock: MovableClock) -> None:
    later = invite(work, noor, send_at=clock.now() + timedelta(days=1))
    send_due(work)
    assert (mail.received, state_of(work, later)) == ([], MessageState.PLANNED)
    clock.advance(timedelta(days=1))
    send_due(work)
    assert len(mail.received) == 1


def test_a_repeat_is_the_same_mail(work: Work, noor: int, mail: SmtpSink, clock: MovableClock) -> None:
    """A crash between sending and noting it: the second mail has the first one's Message-ID."""
    sent = invite(work, noor)
    send_due(work)
    with work.database.writing() as db:
        db.execute(update(Message).values(sent_at=None))
        db.execute(update(Job).values(ended_at=None, run_at=clock.now()))
    send_due(work)
    first, second = mail.received
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert state_of(work, sent) is MessageState.SENT
    other = invite(work, noor)
    send_due(work)
    assert other != sent
    assert mail.received[-1].message["Message-ID"] != first.message["Message-ID"]


@pytest.mark.parametrize(
    "name",
    ["Noor\r\nBcc: joris@demo.example", 'Noor" <joris@demo.example>, "x', "Noor\u2028Bcc: joris@demo.example", "a,b;c"],
    ids=repr,
)
def test_no_name_becomes_a_header_or_a_recipient(work: Work, noor: int, mail: SmtpSink, name: str) -> None:
    with work.database.writing() as db:
        db.execute(update(Person).values(name=name))
    sent = invite(work, noor)
    send_due(work)
    (received,) = mail.received
    assert received.recipients == (NOOR,)
    assert received.message["Bcc"] is None
    assert [one.addr_spec for one in received.message["To"].addresses] == [NOOR]
    assert state_of(work, sent) is MessageState.SENT


@pytest.mark.parametrize(
    "address",
    [
        "noor@demo.example, joris@demo.example",
        "noor@demo.example\r\nBcc: joris@demo.example",
        "noor@demo.example> <joris@demo.example",
        "joris",
        "@",
    ],
    ids=repr,
)
def test_what_is_not_one_address_gets_nothing(work: Work, noor: int, mail: SmtpSink, address: str) -> None:
    with work.database.writing() as db:
        db.execute(update(Person).values(email=address))
    refused = invite(work, noor)
    send_due(work)
    assert mail.received == []
    assert state_of(work, refused) is MessageState.BOUNCED


def test_trouble_with_the_server_itself_is_never_final(
    work: Work, noor: int, mail: SmtpSink, data_dir: Any, clock: MovableClock
) -> None:
    """A wrong password of ours, or a server without TLS, says nothing about Noor's address."""
    for wrong in ({"smtp_user": "academie", "smtp_starttls": False}, {"smtp_starttls": True}):
        parts = make_test_parts(work.database, data_dir, clock, smtp_host="127.0.0.1", smtp_port=mail.port, **wrong)
        waiting = invite(parts.work, noor)
        send_due(parts.work)
        assert state_of(parts.work, waiting) is MessageState.PLANNED
    assert mail.received == []


def test_taken_is_sent_however_the_goodbye_goes(
    work: Work, noor: int, mail: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def rude(*_: object) -> str:
        return "421 goodbye already"

    monkeypatch.setattr(SmtpSink, "handle_QUIT", rude, raising=False)
    sent = invite(work, noor)
    send_due(work)
    assert state_of(work, sent) is MessageState.SENT
    assert len(mail.received) == 1


def test_a_server_may_think_for_minutes_but_not_about_hello() -> None:
    assert mailer.THINK_S >= 300
    assert mailer.CONNECT_S <= 30
