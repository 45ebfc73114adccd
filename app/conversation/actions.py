"""Writing, reading and taking back in a conversation, and choosing how to hear of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.conversation.queries import Talk, mail_choice, newest_for, talk_of
from app.conversation.rules import ECHO, MOST, MOST_IN, QUIET, MailChoice, Writing, next_digest
from app.conversation.tables import ConversationMail, ConversationMessage, ConversationSide
from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.localtime import local_day
from app.ledger.actions import record
from app.outbox.actions import post
from app.people.actions.limits import Limit, refusal
from app.people.rules import Viewer


def say(db: Session, *, by: Viewer, record_id: int, body: str, now: datetime) -> int:
    """Write a message to the other; gives its id.

    Raises: NotFound; Forbidden for who only looks along; Refused when the training stands still or has ended, or
    when she writes more than anybody would.
    """
    talk = _open_talk(db, by=by, record_id=record_id)
    limit = Limit(f"conversation:{record_id}:{by.id}", MOST, MOST_IN)
    if (refused := refusal(db, limit, now=now)) is not None:
        raise Refused("conversation_too_fast", "body", minutes=refused.facts["minutes"])
    message = ConversationMessage(record_id=record_id, author_id=by.id, body=body, written_at=now)
    db.add(message)
    db.flush()
    _upsert(db, ConversationSide, {"record_id": record_id, "person_id": by.id}, draft="", draft_at=None)
    record(db, "conversation.said", actor_id=by.id, subject=("assignment_record", record_id), now=now)
    reader = talk.other_than(by.id)
    if reader is not None:
        _plan_mail(db, person_id=reader, now=now)
    return message.id


def keep_draft(db: Session, *, by: Viewer, record_id: int, body: str, now: datetime) -> None:
    """Keep what somebody types; only she sees it. Raises: as `say`."""
    _open_talk(db, by=by, record_id=record_id)
    sent = select(ConversationMessage.id).where(
        ConversationMessage.record_id == record_id,
        ConversationMessage.author_id == by.id,
        ConversationMessage.written_at >= now - ECHO,
        ConversationMessage.body == body,
    )
    if body and db.scalar(sent.limit(1)) is not None:
        return  # typed before it was sent, and late on its way
    _upsert(
        db,
        ConversationSide,
        {"record_id": record_id, "person_id": by.id},
        draft=body,
        draft_at=now if body else None,
    )


def take_back(db: Session, *, by: Viewer, record_id: int, message_id: int, now: datetime) -> None:
    """The author's text goes; that there was a message stays. Twice is once. Also when the training has ended.

    Raises: NotFound when it is not hers.
    """
    talk = talk_of(db, by, record_id, hold=True)
    message = db.scalar(
        select(ConversationMessage).where(
            ConversationMessage.id == message_id,
            ConversationMessage.record_id == record_id,
            ConversationMessage.author_id == by.id,
        )
    )
    if message is None or not talk.party:
        raise NotFound
    if message.taken_back_at is not None:
        return
    message.body = ""
    message.taken_back_at = now
    db.flush()
    record(db, "conversation.taken_back", actor_id=by.id, subject=("conversation_message", message.id), now=now)


def read_to(db: Session, *, by: Viewer, record_id: int, message_id: int) -> None:
    """Somebody read the conversation up to a message; a page that was opened earlier takes nothing back.

    Looking along leaves no trace in it. Raises: NotFound.
    """
    if not talk_of(db, by, record_id).party:
        return
    insert = _insert(db)(ConversationSide).values(
        record_id=record_id, person_id=by.id, read_to=message_id, draft="", draft_at=None
    )
    db.execute(
        insert.on_conflict_do_update(
            index_elements=["record_id", "person_id"],
            set_={"read_to": insert.excluded.read_to},
            where=ConversationSide.read_to < insert.excluded.read_to,
        )
    )


def note_reading(db: Session, *, by: Viewer, record_id: int, now: datetime) -> None:
    """An admin read along (domain.md 8.3b)."""
    record(db, "conversation.read_by_admin", actor_id=by.id, subject=("assignment_record", record_id), now=now)


def choose_mail(db: Session, *, by: Viewer, choice: MailChoice, now: datetime) -> None:
    """From now on she hears of new messages in this way; what is unread already too."""
    _upsert(db, ConversationMail, {"person_id": by.id}, choice=choice.value)
    record(db, "conversation.mail_chosen", actor_id=by.id, subject=("person", by.id), now=now, choice=choice.value)
    if newest_for(db, by.id) is not None:
        _plan_mail(db, person_id=by.id, now=now)


def _open_talk(db: Session, *, by: Viewer, record_id: int) -> Talk:
    """Raises: NotFound, Forbidden, Refused."""
    talk = talk_of(db, by, record_id, hold=True)
    if talk.writing is Writing.LOOKS_ALONG:
        raise Forbidden
    if talk.writing is not Writing.OPEN:
        raise Refused("conversation_paused" if talk.writing is Writing.PAUSED else "conversation_closed")
    return talk


def _plan_mail(db: Session, *, person_id: int, now: datetime) -> None:
    """One mail for all that is said until it goes out. What it says, and whether it still should, is asked then."""
    choice = mail_choice(db, person_id)
    if choice is MailChoice.DAILY:
        at = next_digest(now)
        key = f"conversation.digest:{person_id}:{local_day(at).isoformat()}"
        post(db, "conversation.digest", person_id=person_id, key=key, send_at=at, now=now)
    elif choice is MailChoice.AT_ONCE and _first_since_mail(db, person_id=person_id, now=now):
        at = now + QUIET
        key = f"conversation.new:{person_id}:{at.isoformat()}"
        post(db, "conversation.new", person_id=person_id, key=key, send_at=at, now=now)


def _first_since_mail(db: Session, *, person_id: int, now: datetime) -> bool:
    """Whether no mail is on its way yet; from now on one is. One statement, so that two messages plan one mail."""
    insert = _insert(db)(ConversationMail).values(
        person_id=person_id, choice=MailChoice.AT_ONCE.value, next_at=now + QUIET
    )
    planned = db.execute(
        insert.on_conflict_do_update(
            index_elements=["person_id"],
            set_={"next_at": insert.excluded.next_at},
            where=or_(ConversationMail.next_at.is_(None), ConversationMail.next_at <= now),
        ).returning(ConversationMail.person_id)
    )
    return planned.first() is not None


def _insert(db: Session) -> Any:
    return sqlite_insert if db.get_bind().dialect.name == "sqlite" else postgres_insert


def _upsert(db: Session, table: type, key: dict[str, int], **values: Any) -> None:
    """Write values into the row of this key, there or not."""
    empty = {"read_to": 0} if table is ConversationSide else {}
    insert = _insert(db)(table).values(**key, **empty, **values)
    db.execute(insert.on_conflict_do_update(index_elements=list(key), set_=values))
