"""How long messages are kept, and what somebody may take along or have removed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from app.conversation.queries import mail_choice
from app.conversation.tables import ConversationMail, ConversationMessage, ConversationSide
from app.courses.tables import CoachAssignment, Enrolment
from app.kit.storage import Storage
from app.ledger.actions import record
from app.practice.going import finished_before
from app.practice.rules.states import FILES_KEPT
from app.practice.tables.work import AssignmentRecord


def expire(db: Session, *, now: datetime) -> int:
    """Remove messages 90 days after the final decision, or after they were written when that is later."""
    before = now - FILES_KEPT
    over = select(AssignmentRecord.id).where(AssignmentRecord.id.in_(finished_before(before)))
    gone = db.execute(
        delete(ConversationMessage)
        .where(ConversationMessage.record_id.in_(over), ConversationMessage.written_at < before)
        .returning(ConversationMessage.id)
        .execution_options(synchronize_session=False)
    ).all()
    db.execute(
        delete(ConversationSide)
        .where(
            ConversationSide.record_id.in_(over),
            or_(ConversationSide.draft_at.is_(None), ConversationSide.draft_at < before),
            ~exists().where(ConversationMessage.record_id == ConversationSide.record_id),
        )
        .execution_options(synchronize_session=False)
    )
    if gone:
        subject = ("conversation_message", None)
        record(db, "conversation.expired", actor_id=None, subject=subject, now=now, count=len(gone))
    return len(gone)


def export_of(db: Session, person_id: int) -> dict[str, Any]:
    """What somebody wrote and what was written to her: in her own training, or while she coached."""
    coached_then = exists().where(
        CoachAssignment.enrolment_id == Enrolment.id,
        CoachAssignment.coach_id == person_id,
        CoachAssignment.since <= ConversationMessage.written_at,
        or_(CoachAssignment.until.is_(None), CoachAssignment.until > ConversationMessage.written_at),
    )
    rows = db.scalars(
        select(ConversationMessage)
        .join(AssignmentRecord, AssignmentRecord.id == ConversationMessage.record_id)
        .join(Enrolment, Enrolment.id == AssignmentRecord.enrolment_id)
        .where(
            or_(
                ConversationMessage.author_id == person_id,
                Enrolment.person_id == person_id,
                and_(coached_then, ConversationMessage.author_id == Enrolment.person_id),
            )
        )
        .order_by(ConversationMessage.record_id, ConversationMessage.id)
    ).all()
    drafts = db.scalars(
        select(ConversationSide).where(ConversationSide.person_id == person_id, ConversationSide.draft != "")
    ).all()
    return {
        "messages": [
            {
                "record": row.record_id,
                "at": row.written_at.isoformat(),
                "mine": row.author_id == person_id,
                "text": row.body,
                "taken_back": row.taken_back_at is not None,
            }
            for row in rows
        ],
        "drafts": [{"record": one.record_id, "text": one.draft} for one in drafts],
        "mail": {"how": mail_choice(db, person_id).value},
    }


def erase(db: Session, *, person_id: int, storage: Storage, now: datetime) -> None:  # noqa: ARG001 - as every domain
    """Her words go everywhere. In her own training those of her coach go too: they were written to her and about her.

    What a professional wrote to a coach who leaves stays: it is the professional's.
    """
    own = select(AssignmentRecord.id).join(Enrolment).where(Enrolment.person_id == person_id)
    db.execute(
        update(ConversationMessage)
        .where(or_(ConversationMessage.author_id == person_id, ConversationMessage.record_id.in_(own)))
        .values(body="")
        .execution_options(synchronize_session=False)
    )
    db.execute(
        update(ConversationSide)
        .where(or_(ConversationSide.person_id == person_id, ConversationSide.record_id.in_(own)))
        .values(draft="", draft_at=None)
        .execution_options(synchronize_session=False)
    )
    db.execute(delete(ConversationMail).where(ConversationMail.person_id == person_id))
