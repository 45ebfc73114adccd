"""The conversation of one assignment: who may write and read, what is new to whom, and the mail about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, update

from app.conversation import actions, keeping
from app.conversation.queries import left_unread, new_for, new_in, talk_page
from app.conversation.rules import MOST, MailChoice, Writing
from app.conversation.tables import ConversationMail, ConversationMessage, ConversationSide
from app.kit.errors import Forbidden, NotFound, Refused
from app.ledger.tables import LedgerContent, LedgerEvent
from app.outbox.rules import MessageState
from app.people.queries import viewer_for
from app.people.tables import RoleGrant
from tests.page import make_test_parts
from tests.practising import begin, hand_over, sign

if TYPE_CHECKING:
    from pathlib import Path

    from app.kit.clock import MovableClock
    from app.kit.db import Database
from tests.conversing import TEXT, Scene


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


def test_a_viewer_made_anew_sees_the_same(scene: Scene) -> None:
    """What somebody may see rests on the database, not on what the viewer was when the day began."""
    scene.say(scene.noor)
    with scene.database.reading() as db:
        assert new_in(db, viewer_for(db, scene.ruben.id), scene.record) == 1
