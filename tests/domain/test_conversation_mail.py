"""What goes out by mail about messages: once, without a word of them, as each person wants it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from app.conversation.queries import mail_choice
from app.conversation.rules import MailChoice
from app.courses.tables import CoachAssignment
from app.letters import desk
from app.outbox.rules import MessageState, state
from app.people.tables import Person
from tests.page import make_test_parts
from tests.practising import begin, hand_over

if TYPE_CHECKING:
    from pathlib import Path

    from app.kit.clock import MovableClock
    from app.kit.db import Database
from tests.conversing import Scene


@pytest.fixture
def scene(database: Database, data_dir: Path, clock: MovableClock) -> Scene:
    parts = make_test_parts(database, data_dir, clock)
    return Scene(parts, clock, begin(database, parts.storage, clock))


def test_several_messages_give_one_mail_without_a_word_of_them(scene: Scene) -> None:
    scene.say(scene.noor)
    scene.clock.advance(timedelta(minutes=3))
    scene.say(scene.noor, "En de lijm?")
    assert len(scene.mails(scene.ruben)) == 1
    scene.work()
    assert scene.states(scene.ruben) == [MessageState.PLANNED]
    scene.work(timedelta(minutes=3))
    assert scene.states(scene.ruben) == [MessageState.SENT]
    [path] = (scene.parts.settings.data_dir / "mail").glob("*conversation.new*.eml")
    mail = path.read_text()
    for word in ("Noor", "Ruben", "foto", "lijm", "Een bijeenkomst"):
        assert word not in mail.partition("\n\n")[2], word
    assert "1 gesprek" in mail
    assert f"/praktijk/{scene.record}/gesprek" in mail
    scene.say(scene.noor, "Later nog iets")
    scene.work(timedelta(minutes=6))
    assert scene.states(scene.ruben) == [MessageState.SENT] * 2
    assert scene.mails(scene.noor) == []


def test_who_read_it_before_gets_no_mail(scene: Scene) -> None:
    scene.say(scene.noor)
    scene.read(scene.ruben)
    scene.work(timedelta(minutes=6))
    [message] = scene.mails(scene.ruben)
    assert state(message) is MessageState.SUPPRESSED
    assert message.suppressed_reason == "Alles is al gelezen, of deze persoon hoort niet meer bij het gesprek."


def test_what_a_mail_told_is_not_told_again(scene: Scene) -> None:
    """A choice made anew plans a mail for what is unread; it was told already."""
    scene.say(scene.noor)
    scene.work(timedelta(minutes=6))
    scene.choose(scene.ruben, MailChoice.AT_ONCE)
    scene.work(timedelta(minutes=6))
    assert scene.states(scene.ruben) == [MessageState.SENT, MessageState.SUPPRESSED]
    assert scene.mails(scene.ruben)[1].suppressed_reason == "Hierover ging al een mail uit."


def test_what_went_late_told_what_was_said_meanwhile(scene: Scene) -> None:
    """The first mail waited for the mail server, and a second one was planned after it."""
    scene.say(scene.noor)
    scene.clock.advance(timedelta(minutes=20))
    scene.say(scene.noor, "En de lijm?")
    scene.work(timedelta(minutes=6))
    assert scene.states(scene.ruben) == [MessageState.SENT, MessageState.SUPPRESSED]


def test_once_a_day_is_five_oclock_on_days_with_something_new(scene: Scene) -> None:
    scene.choose(scene.ruben, MailChoice.DAILY)
    scene.say(scene.noor)
    scene.clock.advance(timedelta(hours=2))
    scene.say(scene.noor, "En nog iets")
    [message] = scene.mails(scene.ruben)
    assert message.kind == "conversation.digest"
    assert message.send_at == datetime(2026, 11, 23, 16, 0, tzinfo=UTC)  # 17.00 in Amsterdam, in winter
    scene.work(timedelta(hours=6))
    assert scene.states(scene.ruben) == [MessageState.SENT]
    scene.work(timedelta(days=2))
    assert len(scene.mails(scene.ruben)) == 1
    scene.say(scene.noor, "Na vijven")
    assert scene.mails(scene.ruben)[-1].send_at == datetime(2026, 11, 26, 16, 0, tzinfo=UTC)


def test_no_mail_is_no_mail(scene: Scene) -> None:
    scene.say(scene.noor)
    scene.choose(scene.ruben, MailChoice.NONE)
    scene.say(scene.noor, "Nog iets")
    scene.work(timedelta(days=1))
    [message] = scene.mails(scene.ruben)
    assert message.suppressed_reason == "Deze persoon kiest nu anders hoe ze van nieuwe berichten hoort."
    with scene.database.reading() as db:
        assert mail_choice(db, scene.ruben.id) is MailChoice.NONE
        assert mail_choice(db, scene.noor.id) is MailChoice.AT_ONCE


def test_another_choice_also_holds_for_what_is_unread(scene: Scene) -> None:
    scene.say(scene.noor)
    scene.choose(scene.ruben, MailChoice.DAILY)
    scene.work(timedelta(days=1))
    assert sorted((message.kind, state(message)) for message in scene.mails(scene.ruben)) == [
        ("conversation.digest", MessageState.SENT),
        ("conversation.new", MessageState.SUPPRESSED),
    ]


def test_nobody_coaches_yet_and_still_nothing_is_lost(scene: Scene) -> None:
    with scene.database.writing() as db:
        db.execute(update(CoachAssignment).values(until=scene.clock.now()))
    scene.say(scene.noor)
    assert scene.mails(scene.ruben) == []
    after = replace(scene, at_work=hand_over(scene.database, scene.at_work, scene.clock, "Els Vermeer"))
    assert after.new(after.ruben) == 1


def test_both_languages_have_the_letter(scene: Scene) -> None:
    scene.say(scene.noor)
    with scene.database.writing() as db:
        db.execute(update(Person).where(Person.id == scene.ruben.id).values(locale="en"))
    [message] = scene.mails(scene.ruben)
    with scene.database.reading() as db:
        letter = desk.write(db, message, scene.parts.work.desk)
    assert letter.subject == "There is a new message for you"
