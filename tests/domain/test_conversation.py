"""The conversation of one assignment: who may write and read, what is new to whom, and the mail about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import func, select, update

from app.conversation import actions, keeping
from app.conversation.queries import left_unread, mail_choice, new_for, new_in, talk_page
from app.conversation.rules import MOST, MailChoice, Writing
from app.conversation.tables import ConversationMail, ConversationMessage, ConversationSide
from app.courses.tables import CoachAssignment, Enrolment
from app.kit.errors import Forbidden, NotFound, Refused
from app.ledger.tables import LedgerContent, LedgerEvent
from app.letters import desk
from app.outbox.rules import MessageState, state
from app.outbox.tables import Message
from app.people.queries import viewer_for
from app.people.tables import Person, RoleGrant
from app.worker.run import run_due
from tests.page import make_test_parts
from tests.practising import Practising, begin, hand_over, sign

if TYPE_CHECKING:
    from pathlib import Path

    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.main import Parts
    from app.people.rules import Viewer

TEXT: Final = "Zal ik de foto’s meenemen?"


@dataclass(frozen=True)
class Scene:
    """Noor and Ruben with one assignment; `parts` with the worker that sends mail."""

    parts: Parts
    clock: MovableClock
    at_work: Practising

    @property
    def database(self) -> Database:
        return self.parts.database

    @property
    def noor(self) -> Viewer:
        return self.at_work.noor

    @property
    def ruben(self) -> Viewer:
        return self.at_work.ruben

    @property
    def fatma(self) -> Viewer:
        return self.at_work.training.cast.fatma

    @property
    def record(self) -> int:
        return self.at_work.record_id

    def say(self, by: Viewer, body: str = TEXT) -> int:
        with self.database.writing() as db:
            return actions.say(db, by=by, record_id=self.record, body=body, now=self.clock.now())

    def read(self, by: Viewer) -> None:
        """Look at the page, as the route does."""
        with self.database.writing() as db:
            page = talk_page(db, by, self.record)
            actions.read_to(db, by=by, record_id=self.record, message_id=page.last)

    def new(self, viewer: Viewer) -> int:
        with self.database.reading() as db:
            return new_in(db, viewer, self.record)

    def texts(self, viewer: Viewer) -> list[str]:
        with self.database.reading() as db:
            return [line.text for day in talk_page(db, viewer, self.record).days for line in day.lines]

    def mails(self, person: Viewer) -> list[Message]:
        with self.database.reading() as db:
            return list(
                db.scalars(
                    select(Message)
                    .where(Message.person_id == person.id, Message.kind.startswith("conversation."))
                    .order_by(Message.id)
                )
            )

    def states(self, person: Viewer) -> list[MessageState]:
        return [state(message) for message in self.mails(person)]

    def work(self, ahead: timedelta = timedelta()) -> None:
        """Let time pass and let the worker do what is due."""
        self.clock.advance(ahead)
        run_due(self.parts.work)

    def choose(self, by: Viewer, choice: MailChoice) -> None:
        with self.database.writing() as db:
            actions.choose_mail(db, by=by, choice=choice, now=self.clock.now())

    def end_training(self, **moments: datetime) -> None:
        with self.database.writing() as db:
            db.execute(update(Enrolment).where(Enrolment.id == self.at_work.training.enrolment_id).values(**moments))


@pytest.fixture
def scene(database: Database, data_dir: Path, clock: MovableClock) -> Scene:
    parts = make_test_parts(database, data_dir, clock)
    return Scene(parts, clock, begin(database, parts.storage, clock))


def test_they_write_to_each_other_and_see_what_is_new(scene: Scene) -> None:
    first = scene.say(scene.noor)
    assert (scene.new(scene.noor), scene.new(scene.ruben)) == (0, 1)
    scene.read(scene.ruben)
    assert scene.new(scene.ruben) == 0
    scene.say(scene.ruben, "Ja, graag")
    assert (scene.new(scene.noor), scene.new(scene.ruben)) == (1, 0)
    with scene.database.reading() as db:
        page = talk_page(db, scene.noor, scene.record)
        [day] = page.days
        assert [(line.text, line.own, line.fresh) for line in day.lines] == [
            (TEXT, True, False),
            ("Ja, graag", False, True),
        ]
        assert [one.count for one in new_for(db, scene.noor.id)] == [1]
        events = db.scalars(select(LedgerEvent.action).where(LedgerEvent.action.startswith("conversation"))).all()
        assert events == ["conversation.said"] * 2
        contents = db.scalars(
            select(LedgerContent.content).join(LedgerEvent).where(LedgerEvent.action == "conversation.said")
        )
        assert list(contents) == [{}, {}]  # not a word of it
    scene.read(scene.noor)
    assert scene.new(scene.noor) == 0
    with scene.database.writing() as db:  # a page that was opened earlier takes nothing back
        actions.read_to(db, by=scene.noor, record_id=scene.record, message_id=first)
    assert scene.new(scene.noor) == 0


def test_the_last_message_says_whether_it_was_read(scene: Scene) -> None:
    scene.say(scene.noor)

    def read() -> bool:
        with scene.database.reading() as db:
            return talk_page(db, scene.noor, scene.record).read

    assert not read()
    scene.read(scene.ruben)
    assert read()
    scene.say(scene.noor, "Nog iets")
    assert not read()


def test_strangers_find_nothing(scene: Scene) -> None:
    message = scene.say(scene.noor)
    cast = scene.at_work.training.cast
    for stranger in (cast.joris, cast.sanne):
        with scene.database.writing() as db:
            with pytest.raises(NotFound):
                talk_page(db, stranger, scene.record)
            with pytest.raises(NotFound):
                actions.say(db, by=stranger, record_id=scene.record, body="x", now=scene.clock.now())
            with pytest.raises(NotFound):
                actions.keep_draft(db, by=stranger, record_id=scene.record, body="x", now=scene.clock.now())
            with pytest.raises(NotFound):
                actions.take_back(db, by=stranger, record_id=scene.record, message_id=message, now=scene.clock.now())
            assert new_in(db, stranger, scene.record) == 0
    assert scene.texts(scene.noor) == [TEXT]


def test_an_admin_reads_along_and_writes_as_nobody(scene: Scene) -> None:
    message = scene.say(scene.noor)
    assert scene.texts(scene.fatma) == [TEXT]
    scene.read(scene.fatma)
    assert scene.new(scene.ruben) == 1  # an admin reads for nobody
    with scene.database.writing() as db:
        assert talk_page(db, scene.fatma, scene.record).writing is Writing.LOOKS_ALONG
        with pytest.raises(Forbidden):
            actions.say(db, by=scene.fatma, record_id=scene.record, body="x", now=scene.clock.now())
        with pytest.raises(Forbidden):
            actions.keep_draft(db, by=scene.fatma, record_id=scene.record, body="x", now=scene.clock.now())
        with pytest.raises(NotFound):
            actions.take_back(db, by=scene.fatma, record_id=scene.record, message_id=message, now=scene.clock.now())
        assert (
            db.scalar(
                select(func.count()).select_from(ConversationSide).where(ConversationSide.person_id == scene.fatma.id)
            )
            == 0
        )


def test_a_new_coach_reads_on_and_the_former_one_is_out(scene: Scene) -> None:
    scene.say(scene.noor, "Eerste")
    scene.read(scene.ruben)
    scene.say(scene.noor, "Tweede")
    former = scene.ruben
    after = replace(scene, at_work=hand_over(scene.database, scene.at_work, scene.clock, "Els Vermeer"))
    assert after.texts(after.ruben) == ["Eerste", "Tweede"]
    assert after.new(after.ruben) == 1  # what Ruben read, nobody needs to read anew
    with pytest.raises(NotFound):
        scene.texts(former)
    assert after.new(former) == 0
    scene.work(timedelta(minutes=6))
    assert scene.states(former) == [MessageState.SUPPRESSED]  # the mail about the second was on its way to him


def test_who_is_no_coach_any_more_hears_nothing(scene: Scene) -> None:
    scene.say(scene.noor)
    assert scene.new(scene.ruben) == 1
    with scene.database.writing() as db:
        db.execute(update(RoleGrant).where(RoleGrant.person_id == scene.ruben.id).values(revoked_at=scene.clock.now()))
        assert new_for(db, scene.ruben.id) == []
    scene.work(timedelta(minutes=6))
    assert scene.states(scene.ruben) == [MessageState.SUPPRESSED]


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("paused_at", "conversation_paused"),
        ("withdrawn_at", "conversation_closed"),
        ("completed_at", "conversation_closed"),
    ],
)
def test_when_the_training_stands_still_it_is_only_read(scene: Scene, moment: str, code: str) -> None:
    message = scene.say(scene.noor)
    scene.end_training(**{moment: scene.clock.now()})
    assert scene.texts(scene.noor) == [TEXT]
    for who in (scene.noor, scene.ruben):
        with scene.database.writing() as db, pytest.raises(Refused) as refused:
            actions.say(db, by=who, record_id=scene.record, body="x", now=scene.clock.now())
        assert refused.value.code == code
    with scene.database.writing() as db:  # her own words stay hers
        actions.take_back(db, by=scene.noor, record_id=scene.record, message_id=message, now=scene.clock.now())
    assert scene.texts(scene.noor) == [""]


def test_taken_back_the_text_is_gone_and_the_place_stays(scene: Scene) -> None:
    message = scene.say(scene.noor, "geheim-merk")
    scene.say(scene.ruben, "Antwoord")
    for _ in range(2):
        with scene.database.writing() as db:
            actions.take_back(db, by=scene.noor, record_id=scene.record, message_id=message, now=scene.clock.now())
    with scene.database.writing() as db, pytest.raises(NotFound):
        actions.take_back(db, by=scene.ruben, record_id=scene.record, message_id=message, now=scene.clock.now())
    assert scene.texts(scene.ruben) == ["", "Antwoord"]
    assert scene.new(scene.ruben) == 0
    with scene.database.reading() as db:
        assert db.get_one(ConversationMessage, message).body == ""
        gone = select(func.count()).where(LedgerEvent.action == "conversation.taken_back")
        assert db.scalar(gone) == 1


def test_a_draft_is_kept_and_goes_with_the_message(scene: Scene) -> None:
    def keep(body: str) -> None:
        with scene.database.writing() as db:
            actions.keep_draft(db, by=scene.noor, record_id=scene.record, body=body, now=scene.clock.now())

    def drafts() -> tuple[str, str]:
        with scene.database.reading() as db:
            pages = (talk_page(db, who, scene.record) for who in (scene.noor, scene.ruben))
            return tuple(page.draft for page in pages)  # type: ignore[return-value]

    keep("Zal ik")
    keep(TEXT)
    assert drafts() == (TEXT, "")
    scene.say(scene.noor)
    assert drafts() == ("", "")
    keep(TEXT)  # typed before it was sent, and late on its way
    assert drafts() == ("", "")
    keep("Iets anders")
    keep("")
    assert drafts() == ("", "")


def test_nobody_floods_somebody(scene: Scene) -> None:
    for number in range(MOST):
        scene.say(scene.noor, f"Bericht {number}")
    with pytest.raises(Refused) as refused:
        scene.say(scene.noor, "Te veel")
    assert refused.value.code == "conversation_too_fast"
    assert 1 <= int(str(refused.value.facts["minutes"])) <= 10
    scene.say(scene.ruben, "Rustig aan")  # the other may answer
    scene.clock.advance(timedelta(minutes=10))
    scene.say(scene.noor, "Het volgende")
    with scene.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(ConversationMessage)) == MOST + 2


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


def test_the_admin_hears_what_no_coach_read_in_five_working_days(scene: Scene) -> None:
    scene.say(scene.noor)
    since = scene.clock.now()

    def left() -> list[tuple[int, datetime]]:
        with scene.database.reading() as db:
            return [(one.person_id, one.since) for one in left_unread(db, scene.clock.now())]

    scene.clock.advance(timedelta(days=7))
    assert left() == []  # Monday to Monday is five
    scene.clock.advance(timedelta(days=1))
    assert left() == [(scene.noor.id, since)]
    scene.say(scene.ruben, "Sorry, net terug")  # an answer is not the same as reading
    scene.read(scene.ruben)
    assert left() == []
    scene.clock.advance(timedelta(days=30))
    assert left() == []  # what the coach wrote waits for nobody


def test_messages_go_ninety_days_after_the_decision(database: Database, data_dir: Path, clock: MovableClock) -> None:
    parts = make_test_parts(database, data_dir, clock)
    scene = Scene(parts, clock, begin(database, parts.storage, clock, until="observed"))
    scene.say(scene.noor, "Voor het besluit")
    sign(database, scene.at_work, clock)
    clock.advance(timedelta(days=60))
    scene.say(scene.ruben, "Hoe gaat het nu?")

    def expire() -> int:
        with database.writing() as db:
            return keeping.expire(db, now=clock.now())

    assert expire() == 0
    clock.advance(timedelta(days=31))
    assert expire() == 1
    assert scene.texts(scene.noor) == ["Hoe gaat het nu?"]
    clock.advance(timedelta(days=60))
    assert expire() == 1
    assert expire() == 0
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(ConversationSide)) == 0
        counts = db.scalars(
            select(LedgerContent.content).join(LedgerEvent).where(LedgerEvent.action == "conversation.expired")
        ).all()
        assert counts == [{"count": 1}, {"count": 1}]


def test_a_copy_holds_what_she_wrote_and_what_was_written_to_her(scene: Scene) -> None:
    scene.say(scene.noor, "Van Noor")
    scene.say(scene.ruben, "Van Ruben")
    former = scene.ruben
    scene.clock.advance(timedelta(hours=1))
    after = replace(scene, at_work=hand_over(scene.database, scene.at_work, scene.clock, "Els Vermeer"))
    scene.clock.advance(timedelta(hours=1))
    after.say(after.noor, "Aan Els")
    with scene.database.reading() as db:
        copies = {who.id: keeping.export_of(db, who.id)["messages"] for who in (scene.noor, former, after.ruben)}
    texts = {who: [one["text"] for one in copy] for who, copy in copies.items()}
    assert texts[scene.noor.id] == ["Van Noor", "Van Ruben", "Aan Els"]
    assert texts[former.id] == ["Van Noor", "Van Ruben"]  # not what was written after him
    assert texts[after.ruben.id] == ["Aan Els"]


def test_a_coach_who_leaves_takes_her_words_along_and_no_others(scene: Scene) -> None:
    scene.say(scene.noor, "Van Noor")
    scene.say(scene.ruben, "Van Ruben")
    scene.choose(scene.ruben, MailChoice.NONE)
    with scene.database.writing() as db:
        actions.keep_draft(db, by=scene.ruben, record_id=scene.record, body="Half", now=scene.clock.now())
        keeping.erase(db, person_id=scene.ruben.id, storage=scene.parts.storage, now=scene.clock.now())
    assert scene.texts(scene.noor) == ["Van Noor", ""]
    with scene.database.reading() as db:
        assert set(db.scalars(select(ConversationSide.draft))) == {""}
        assert db.scalars(select(ConversationMail.person_id)).all() == [scene.noor.id]


def test_a_professional_who_leaves_takes_what_was_written_to_her_along(scene: Scene) -> None:
    scene.say(scene.noor, "Van Noor")
    scene.say(scene.ruben, "Beste Noor")
    with scene.database.writing() as db:
        keeping.erase(db, person_id=scene.noor.id, storage=scene.parts.storage, now=scene.clock.now())
    assert scene.texts(scene.ruben) == ["", ""]
    assert scene.new(scene.ruben) == 0


def test_both_languages_have_the_letter(scene: Scene) -> None:
    scene.say(scene.noor)
    with scene.database.writing() as db:
        db.execute(update(Person).where(Person.id == scene.ruben.id).values(locale="en"))
    [message] = scene.mails(scene.ruben)
    with scene.database.reading() as db:
        letter = desk.write(db, message, scene.parts.work.desk)
    assert letter.subject == "There is a new message for you"


def test_a_viewer_made_anew_sees_the_same(scene: Scene) -> None:
    """What somebody may see rests on the database, not on what the viewer was when the day began."""
    scene.say(scene.noor)
    with scene.database.reading() as db:
        assert new_in(db, viewer_for(db, scene.ruben.id), scene.record) == 1
