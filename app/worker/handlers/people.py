"""What goes by itself every night."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select

from app.certification.importing import JOB, piece_of, take_over_some
from app.courses.tables import Enrolment
from app.kit.localtime import local
from app.ledger.actions import record
from app.letters.mailer import mail_folder
from app.people.actions import retention, second_factor
from app.worker.handlers.own_data import forget, remove
from app.worker.work import Handler, Periodic, Work


def retain(work: Work, _payload: dict[str, Any]) -> None:
    """Delete what is over its time and say in the ledger how much, not whose."""
    now = work.now
    with work.database.reading() as db:
        exports = retention.old_exports(db, now=now)
        strangers = retention.never_came(db, now=now)
    mail_folder(work.settings).sweep(before=now - retention.MAILS_KEPT)
    for _, key in exports:
        if key:
            work.storage.delete(key)
    with work.database.writing() as db:
        counted = retention.sweep(db, now=now)
        second_factor.seal_anew(db, keyring=work.keyring)  # so that the key before this one can go
        counted["export"] = retention.drop_exports(db, ids=[export_id for export_id, _ in exports])
        counted["person"] = 0
    for person_id in strangers:
        counted["person"] += _let_go(work, person_id)
    counted = {name: number for name, number in counted.items() if number}
    if counted:
        with work.database.writing() as db:
            record(db, "people.retention", actor_id=None, subject=("retention", None), now=now, **counted)


def take_over(work: Work, payload: dict[str, Any]) -> None:
    """Take over one piece of an imported list; the same piece twice changes nothing."""
    with work.database.writing() as db:
        take_over_some(
            db,
            by_id=int(payload["by_id"]),
            intervention_id=int(payload["intervention_id"]),
            people=piece_of(payload),
            now=work.now,
        )


def _let_go(work: Work, person_id: int) -> int:
    """Purge somebody who never came in. An enrolment that was never confirmed stays without her name."""
    with work.database.writing() as db:
        elsewhere = retention.known_elsewhere(db, person_id)
        if not elsewhere:
            retention.purge_person(db, person_id=person_id)
            return 1
        confirmed = db.scalar(
            select(func.count())
            .select_from(Enrolment)
            .where(Enrolment.person_id == person_id, Enrolment.confirmed_at.is_not(None))
        )
        if elsewhere == {"enrolment"} and not confirmed:
            files = forget(work, db, person_id=person_id)
        else:
            return 0
    remove(work, files)
    return 1


def _nightly(now: datetime) -> str:
    return local(now).strftime("%Y-%m-%d")


HANDLERS: Final[dict[str, Handler]] = {"people.retention": retain, JOB: take_over}
PERIODIC: Final = (Periodic("people.retention", _nightly),)
