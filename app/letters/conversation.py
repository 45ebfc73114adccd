"""Letters about conversations: that there is something new, and nothing else.

No name, no assignment, no word of what was said: a mailbox is often shared, and always somebody else's machine.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.conversation.queries import mail_choice, new_for, newest_for
from app.conversation.rules import MailChoice
from app.letters.desk import Desk, Draft, Kind, NotDue
from app.outbox.tables import Message

NEW: Final = "conversation.new"
DIGEST: Final = "conversation.digest"


def at_once(db: Session, message: Message, desk: Desk) -> Draft:
    """Something was said a few minutes ago."""
    return _new(db, message, desk, MailChoice.AT_ONCE)


def digest(db: Session, message: Message, desk: Desk) -> Draft:
    """Something was said today."""
    return _new(db, message, desk, MailChoice.DAILY)


def _new(db: Session, message: Message, desk: Desk, wanted: MailChoice) -> Draft:
    """Whether it should go out is asked anew: she may have read it, chosen another way, or coach somebody else.

    Raises: NotDue.
    """
    if mail_choice(db, message.person_id) is not wanted:
        raise NotDue("Deze persoon kiest nu anders hoe ze van nieuwe berichten hoort.")
    new, newest = new_for(db, message.person_id), newest_for(db, message.person_id)
    if not new or newest is None:
        raise NotDue("Alles is al gelezen, of deze persoon hoort niet meer bij het gesprek.")
    told = db.scalar(
        select(func.max(Message.sent_at)).where(
            Message.person_id == message.person_id,
            Message.kind.in_([NEW, DIGEST]),
            Message.sent_at.is_not(None),
            Message.id != message.id,
        )
    )
    if told is not None and newest < told:
        raise NotDue("Hierover ging al een mail uit.")
    where = f"/praktijk/{new[0].record_id}/gesprek" if len(new) == 1 else "/coach" if new[0].as_coach else "/traject"
    return Draft(
        "conversation",
        {
            "daily": wanted is MailChoice.DAILY,
            "conversations": len(new),
            "link": desk.link(where),
            "choose": desk.link("/account#berichten"),
        },
    )


KINDS: Final[dict[str, Kind]] = {NEW: at_once, DIGEST: digest}
