"""Sending what stands in the outbox."""

from __future__ import annotations

from typing import Any, Final

from app.letters.desk import NotDue, write
from app.letters.mailer import Bounced, NotNow, make_mail, make_mailer
from app.outbox import actions, queries
from app.worker.work import Handler, LastResort, Work


def send(work: Work, payload: dict[str, Any]) -> None:
    """Send one message, or note why not. No transaction is open while the mail server thinks.

    Whether the message is still due is asked now, not when it was planned. Raises: NotNow, to try later.
    """
    message_id = int(payload["message_id"])
    now = work.now
    with work.database.reading() as db:
        message = queries.planned(db, message_id)
        if message is None:
            return
        late = message.not_after is not None and message.not_after < now
        letter, reason = None, ""
        if not late:
            try:
                letter = write(db, message, work.desk)
            except NotDue as not_due:
                reason = not_due.reason
    if letter is None:
        with work.database.writing() as db:
            if late:
                actions.expire(db, message_id=message_id, now=now)
            else:
                actions.suppress(db, message_id=message_id, reason=reason, now=now)
        return
    try:
        make_mailer(work.settings).send(make_mail(letter, message, work.settings))
    except Bounced as bounced:
        with work.database.writing() as db:
            actions.bounce(db, message_id=message_id, reason=str(bounced), now=work.now)
        return
    except NotNow as trouble:
        with work.database.writing() as db:
            actions.note_trouble(db, message_id=message_id, reason=str(trouble))
        raise
    with work.database.writing() as db:
        actions.sent(db, message_id=message_id, now=work.now)


def give_up(work: Work, payload: dict[str, Any], wrong: Exception) -> None:
    """The last try failed too: the message has its end, and the admin sees it and may send it again."""
    reason = (
        f"De mailserver nam het niet aan: {wrong}" if isinstance(wrong, NotNow) else "Het bericht is niet te maken."
    )
    with work.database.writing() as db:
        actions.bounce(db, message_id=int(payload["message_id"]), reason=reason, now=work.now)


HANDLERS: Final[dict[str, Handler]] = {"outbox.send": send}
LAST_RESORT: Final[dict[str, LastResort]] = {"outbox.send": give_up}
