"""What goes by itself when its time is over. Periods: domain.md 8.5 and the docstrings of the tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.jobs.tables import Job
from app.kit.tables import Base
from app.ledger.tables import LedgerContent, LedgerEvent
from app.outbox.tables import Message
from app.people.rules import INVITATION_PURGE_DAYS
from app.people.tables import (
    Account,
    Export,
    FormKey,
    Invitation,
    LoginCode,
    Person,
    RateWindow,
    SignIn,
)

DAY: Final = timedelta(days=1)
MAILS_KEPT: Final = 90 * DAY
LEDGER_WORDS: Final = timedelta(days=731)  # 24 months
OWN: Final = frozenset({"invitation", "login_code", "membership", "sign_in", "role_grant", "form_key", "message"})
"""Tables that a person who never came in may stand in, and that go with her."""


def sweep(db: Session, *, now: datetime) -> dict[str, int]:
    """Delete rows whose time is over; how many per table, without saying whose."""
    ended = func.coalesce(SignIn.ended_at, SignIn.expires_at)
    over = func.coalesce(Message.sent_at, Message.bounced_at, Message.expired_at, Message.suppressed_at)
    old_words = select(LedgerEvent.id).where(LedgerEvent.at < now - LEDGER_WORDS)
    gone: tuple[tuple[type[Any], ColumnElement[bool]], ...] = (
        (LoginCode, LoginCode.created_at < now - DAY),
        (SignIn, ended < now - 30 * DAY),
        (FormKey, FormKey.used_at < now - 2 * DAY),
        (RateWindow, RateWindow.window_start < now - DAY),
        (Job, Job.ended_at < now - 30 * DAY),
        (Message, over < now - MAILS_KEPT),
        (LedgerContent, LedgerContent.event_id.in_(old_words)),
    )
    counted = {}
    for table, old in gone:
        rows = db.execute(delete(table).where(old).execution_options(synchronize_session=False))
        counted[table.__tablename__] = int(getattr(rows, "rowcount", 0))
    return counted | {"invitation_link": _expire_links(db, before=now - INVITATION_PURGE_DAYS * DAY)}


def _expire_links(db: Session, *, before: datetime) -> int:
    """Take the seed of the link off invitations from before a moment: nobody can make the link again.

    Its digest stays, so that who opens an old mail reads that her link was used or is too old.
    """
    ended = db.execute(
        update(Invitation)
        .where(Invitation.created_at < before, Invitation.nonce != "")
        .values(nonce="")
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())


def old_exports(db: Session, *, now: datetime) -> list[tuple[int, str]]:
    """Copies of own data that are 48 hours old: id and file."""
    rows = db.execute(
        select(Export.id, Export.storage_key).where(Export.removed_at.is_(None), Export.asked_at < now - 2 * DAY)
    )
    return [(row.id, row.storage_key) for row in rows]


def ready_exports(db: Session) -> list[int]:
    """Copies of own data that have a file."""
    return list(db.scalars(select(Export.id).where(Export.storage_key != "", Export.removed_at.is_(None))))


def drop_exports(db: Session, *, ids: Iterable[int]) -> int:
    """Forget copies whose files are gone."""
    wanted = set(ids)
    db.execute(delete(Export).where(Export.id.in_(wanted)).execution_options(synchronize_session=False))
    return len(wanted)


def never_came(db: Session, *, now: datetime) -> list[int]:
    """People whose invitations are all older than 42 days and who never opened an account."""
    before = now - timedelta(days=INVITATION_PURGE_DAYS)
    return list(
        db.scalars(
            select(Person.id)
            .join(Invitation, Invitation.person_id == Person.id)
            .outerjoin(Account, Account.person_id == Person.id)
            .where(Account.person_id.is_(None), Person.erased_at.is_(None))
            .group_by(Person.id)
            .having(func.max(Invitation.created_at) < before)
            .order_by(Person.id)
            .limit(500)
        )
    )


def known_elsewhere(db: Session, person_id: int) -> set[str]:
    """Which other tables know this person, found through every foreign key to a person that there is."""
    found: set[str] = set()
    for table in Base.metadata.sorted_tables:
        columns = [
            column for column in table.columns for key in column.foreign_keys if key.target_fullname == "person.id"
        ]
        if not columns or table.name in OWN:
            continue
        if db.scalar(select(func.count()).select_from(table).where(or_(*(column == person_id for column in columns)))):
            found.add(table.name)
    return found


def purge_person(db: Session, *, person_id: int) -> None:
    """Delete somebody who never came in and whom nothing else knows."""
    for name in sorted(OWN):
        table = Base.metadata.tables[name]
        db.execute(delete(table).where(table.c.person_id == person_id))
    db.execute(delete(Person).where(Person.id == person_id))
