"""Somebody's own data: asking for a copy, asking to be forgotten, and the part of both that people know."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.jobs.actions import enqueue
from app.kit.errors import NotFound, Refused
from app.kit.localtime import local_day
from app.kit.storage import Storage
from app.kit.text import fold
from app.ledger.actions import record
from app.ledger.tables import LedgerContent, LedgerEvent
from app.outbox.tables import Message
from app.people.actions.accounts import hold_owners, is_last_owner
from app.people.actions.sign_in import revoke_all
from app.people.rules import Viewer
from app.people.tables import (
    Account,
    CalendarFeed,
    Export,
    FormKey,
    Invitation,
    LineManager,
    LoginCode,
    Membership,
    Organisation,
    Person,
    RecoveryCode,
    RegistrationNumber,
    RoleGrant,
    SecondFactor,
    SignIn,
)

EXPORT_BUSY: Final = timedelta(hours=1)


def ask_export(db: Session, *, by: Viewer, now: datetime) -> int:
    """Ask for a copy of everything; a job makes it. Raises: Refused("export_busy")."""
    _hold(db, by.id)
    busy = db.scalar(
        select(Export.id).where(
            Export.person_id == by.id, Export.ready_at.is_(None), Export.asked_at > now - EXPORT_BUSY
        )
    )
    if busy is not None:
        raise Refused("export_busy")
    export = Export(person_id=by.id, asked_at=now)
    db.add(export)
    db.flush()
    record(db, "people.export_asked", actor_id=by.id, subject=("person", by.id), now=now)
    enqueue(db, "people.export", now=now, key=f"people.export:{export.id}", export_id=export.id)
    return export.id


def _hold(db: Session, person_id: int) -> datetime | None:
    """Keep others off an account until the transaction ends; gives since when it is closed."""
    return db.scalar(select(Account.blocked_at).where(Account.person_id == person_id).with_for_update())


def export_ready(db: Session, *, export_id: int, storage_key: str, now: datetime) -> None:
    """The copy is made and can be fetched for 48 hours."""
    db.execute(update(Export).where(Export.id == export_id).values(ready_at=now, storage_key=storage_key))


def hold_copy(db: Session, *, export_id: int) -> bool:
    """Keep a copy that is being made to ourselves until the transaction ends; False when nobody waits for it."""
    waiting = select(Export.id).where(Export.id == export_id, Export.ready_at.is_(None)).with_for_update()
    return db.scalar(waiting) is not None


def make_copies_again(db: Session, *, person_id: int, because: str, now: datetime) -> list[str]:
    """Something in somebody's copies must not be in them any more; gives the files that have to go.

    A copy that is being made is held until we are done; the job that makes it looks again before it hands it out.
    """
    copies = db.scalars(
        select(Export).where(Export.person_id == person_id, Export.removed_at.is_(None)).with_for_update()
    ).all()
    gone = [copy.storage_key for copy in copies if copy.ready_at is not None and copy.storage_key]
    for copy in copies:
        if copy.ready_at is not None:
            copy.ready_at, copy.storage_key = None, ""
            enqueue(db, "people.export", now=now, key=f"people.export:{copy.id}:{because}", export_id=copy.id)
    return gone


def ask_erasure(db: Session, *, by: Viewer, now: datetime) -> None:
    """Ask to be forgotten: the door closes at once, a job does the rest. Asking twice is asking once.

    Raises: Refused("last_owner").
    """
    if _hold(db, by.id) is not None:
        return
    hold_owners(db)
    if is_last_owner(db, by.id):
        raise Refused("last_owner")
    db.execute(update(Account).where(Account.person_id == by.id).values(blocked_at=now))
    revoke_all(db, person_id=by.id, now=now)
    record(db, "people.erasure_asked", actor_id=by.id, subject=("person", by.id), now=now)
    enqueue(db, "people.erase", now=now, key=f"people.erase:{by.id}", person_id=by.id)


def export_of(db: Session, person_id: int) -> dict[str, Any]:
    """What people know of somebody. Raises: NotFound."""
    person = db.get(Person, person_id)
    if person is None:
        raise NotFound
    works = db.execute(
        select(Organisation.name, Membership.since, Membership.until)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.person_id == person_id)
        .order_by(Membership.since)
    )
    roles = db.scalars(select(RoleGrant).where(RoleGrant.person_id == person_id).order_by(RoleGrant.id))
    sessions = db.scalars(select(SignIn).where(SignIn.person_id == person_id).order_by(SignIn.id))
    invited = db.scalars(select(Invitation).where(Invitation.person_id == person_id).order_by(Invitation.id))
    app_since = db.scalar(select(SecondFactor.set_at).where(SecondFactor.person_id == person_id))
    codes = db.scalars(select(RecoveryCode).where(RecoveryCode.person_id == person_id).order_by(RecoveryCode.id))
    numbers = db.scalars(
        select(RegistrationNumber)
        .where(RegistrationNumber.person_id == person_id)
        .order_by(RegistrationNumber.register)
    )
    feeds = db.scalars(select(CalendarFeed).where(CalendarFeed.person_id == person_id).order_by(CalendarFeed.id))
    did = db.scalars(select(LedgerEvent).where(LedgerEvent.actor_id == person_id).order_by(LedgerEvent.id))
    return {
        "persoon": {
            "naam": person.name,
            "e-mail": person.email,
            "telefoon": person.phone,
            "taal": person.locale,
            "bekend_sinds": person.created_at.isoformat(),
        },
        "werk": [{"organisatie": row.name, "van": _text(row.since), "tot": _text(row.until)} for row in works],
        "rollen": [
            {"rol": row.role, "van": _text(row.granted_at), "tot": _text(row.revoked_at), "waarvoor": row.intervention}
            for row in roles
        ],
        "sessies": [
            {"apparaat": row.device, "begin": _text(row.created_at), "laatst": _text(row.last_seen_at)}
            for row in sessions
        ],
        "inloggen_met_app": {
            "ingesteld": _text(app_since),
            "herstelcodes": [{"gemaakt": _text(row.made_at), "gebruikt": _text(row.used_at)} for row in codes],
        },
        "registraties": [{"register": row.other or row.register, "nummer": row.number} for row in numbers],
        "agendalinks": [{"naam": row.label, "gemaakt": _text(row.made_at)} for row in feeds],
        "uitnodigingen": [{"gemaakt": _text(row.created_at), "aangenomen": _text(row.accepted_at)} for row in invited],
        "logboek": [{"wanneer": _text(row.at), "wat": row.action} for row in did],
    }


def erase(db: Session, *, person_id: int, storage: Storage, now: datetime) -> None:
    """Take the name away and everything that opens a door; the id stays, so that counts stay right."""
    person = db.get(Person, person_id)
    if person is None:
        raise NotFound
    person.name = f"Persoon {person_id}"
    person.folded_name = fold(person.name)
    person.email, person.phone, person.erased_at = None, "", now
    db.flush()
    exports = db.scalars(select(Export).where(Export.person_id == person_id)).all()
    files = [export.storage_key for export in exports if export.storage_key]
    owned = (Account, SignIn, LoginCode, SecondFactor, RecoveryCode, CalendarFeed, RegistrationNumber, Export, FormKey)
    for table in owned:
        db.execute(delete(table).where(table.person_id == person_id).execution_options(synchronize_session=False))
    db.execute(
        delete(LineManager)
        .where((LineManager.person_id == person_id) | (LineManager.manager_id == person_id))
        .execution_options(synchronize_session=False)
    )
    for invitation in db.scalars(select(Invitation).where(Invitation.person_id == person_id)):
        invitation.nonce, invitation.token_hash = "", f"erased-{invitation.id}"
        invitation.withdrawn_at = invitation.withdrawn_at or now
    works = update(Membership).where(Membership.person_id == person_id, Membership.until.is_(None))
    rights = update(RoleGrant).where(RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None))
    db.execute(works.values(until=local_day(now)).execution_options(synchronize_session=False))
    db.execute(rights.values(revoked_at=now).execution_options(synchronize_session=False))
    _forget_words(db, person_id=person_id, now=now)
    for key in files:
        storage.delete(key)


def _forget_words(db: Session, *, person_id: int, now: datetime) -> None:
    """Messages to somebody lose their words, planned ones never go; the ledger keeps ids and digests only."""
    mine = Message.person_id == person_id
    db.execute(update(Message).where(mine).values(data={}, own_text="").execution_options(synchronize_session=False))
    db.execute(
        update(Message)
        .where(
            mine,
            Message.sent_at.is_(None),
            Message.bounced_at.is_(None),
            Message.expired_at.is_(None),
            Message.suppressed_at.is_(None),
        )
        .values(suppressed_at=now, suppressed_reason="Deze persoon is weg.")
        .execution_options(synchronize_session=False)
    )
    about = select(LedgerEvent.id).where(LedgerEvent.subject_kind == "person", LedgerEvent.subject_id == person_id)
    db.execute(
        delete(LedgerContent).where(LedgerContent.event_id.in_(about)).execution_options(synchronize_session=False)
    )


def _text(moment: Any) -> str | None:
    return moment.isoformat() if moment is not None else None
