"""How long cases stay: purging them, the copy of somebody's own, and forgetting her."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from app.intervision.room.keys import Sealed, opened
from app.intervision.room.rules import is_gone
from app.intervision.room.tables import AgreementAccepted, CaseKey, IntervisionCase
from app.kit.storage import Entry, Storage
from app.ledger.actions import record
from app.meetings.tables import Meeting, MeetingSignup
from app.people.actions.retention import drop_exports
from app.people.tables import Export


@dataclass(frozen=True)
class Due:
    """A meeting whose cases have to go, with the files that must be gone first.

    The files are its key, and the copies of own data that those who brought them asked for.
    """

    meeting_id: int
    place: str
    exports: dict[int, str]

    @property
    def files(self) -> list[str]:
        return [key for key in (self.place, *self.exports.values()) if key]


def due(db: Session, *, now: datetime) -> list[Due]:
    """The meetings of which something has to go: their day has come, or they were called off."""
    kept = select(MeetingSignup.meeting_id).join(IntervisionCase).where(IntervisionCase.sealed != "")
    rows = db.execute(
        select(Meeting, CaseKey.place)
        .outerjoin(CaseKey, CaseKey.meeting_id == Meeting.id)
        .where(or_(CaseKey.place.is_not(None), Meeting.id.in_(kept)))
        .order_by(Meeting.id)
    ).all()
    return [Due(row.Meeting.id, row.place or "", _exports(db, row.Meeting.id)) for row in rows if is_gone(row[0], now)]


def purge(db: Session, gone: Due, *, now: datetime) -> int:
    """Empty the cases of a meeting whose key is gone, and forget the key; gives how many. Harmless when repeated."""
    emptied = db.execute(
        update(IntervisionCase)
        .where(IntervisionCase.signup_id.in_(_signups(gone.meeting_id)), IntervisionCase.sealed != "")
        .values(sealed="", purged_at=now, version=IntervisionCase.version + 1)
        .returning(IntervisionCase.id)
        .execution_options(synchronize_session=False)
    ).all()
    db.execute(delete(CaseKey).where(CaseKey.meeting_id == gone.meeting_id, CaseKey.place == gone.place))
    drop_exports(db, ids=gone.exports)
    if emptied:
        subject = ("meeting", gone.meeting_id)
        record(db, "intervision.cases_purged", actor_id=None, subject=subject, now=now, cases=len(emptied))
    return len(emptied)


def loose_keys(db: Session, entries: Iterable[Entry], *, before: datetime) -> list[str]:
    """Keys that no meeting names: left behind by a crash. A younger one may still wait for its row."""
    named = set(db.scalars(select(CaseKey.place)))
    return [entry.key for entry in entries if entry.key not in named and entry.last_modified < before]


def export_of(db: Session, person_id: int) -> dict[str, Any]:
    """What somebody brought in. The words are still sealed here; `with_words` opens them outside the transaction."""
    rows = db.execute(
        select(IntervisionCase, Meeting.starts_at, CaseKey.place)
        .join(MeetingSignup, MeetingSignup.id == IntervisionCase.signup_id)
        .join(Meeting, Meeting.id == MeetingSignup.meeting_id)
        .outerjoin(CaseKey, CaseKey.meeting_id == Meeting.id)
        .where(IntervisionCase.person_id == person_id)
        .order_by(IntervisionCase.id)
    )
    return {
        "casussen": [
            {
                "casus": case.title,
                "begin": starts_at.isoformat(),
                "ingebracht": case.offered_at.isoformat(),
                "woorden": Sealed(case.signup_id, case.sealed, place or ""),
            }
            for case, starts_at, place in rows
        ],
        "gespreksafspraken": [
            {"versie": one.version, "aangenomen": one.accepted_at.isoformat()}
            for one in db.scalars(select(AgreementAccepted).where(AgreementAccepted.person_id == person_id))
        ],
    }


def with_words(part: dict[str, Any], storage: Storage) -> dict[str, Any]:
    """The copy with the words of cases that are still open. Raises: StorageTrouble."""
    return part | {"casussen": [_with_words(case, storage) for case in part["casussen"]]}


def _with_words(case: dict[str, Any], storage: Storage) -> dict[str, Any]:
    text = opened(storage, case.pop("woorden"))
    return case | (
        {"vraag": text.question, "situatie": text.story, "afgesproken": text.agreed} if text is not None else {}
    )


def open_cases(db: Session, person_id: int) -> set[str]:
    """The sealed words that somebody has now: a copy that was made of others is not good any more."""
    query = select(IntervisionCase.sealed).where(IntervisionCase.person_id == person_id, IntervisionCase.sealed != "")
    return set(db.scalars(query))


def erase(db: Session, *, person_id: int, storage: Storage, now: datetime) -> None:  # noqa: ARG001 - keys stay for others
    """Her cases go, title and all, and that she agreed to something."""
    db.execute(delete(IntervisionCase).where(IntervisionCase.person_id == person_id))
    db.execute(delete(AgreementAccepted).where(AgreementAccepted.person_id == person_id))


def _signups(meeting_id: int) -> Any:
    return select(MeetingSignup.id).where(MeetingSignup.meeting_id == meeting_id)


def _exports(db: Session, meeting_id: int) -> dict[int, str]:
    """Copies of own data that may hold words of this meeting: they go with them, and can be asked for again."""
    people = select(IntervisionCase.person_id).where(
        IntervisionCase.signup_id.in_(_signups(meeting_id)), IntervisionCase.sealed != ""
    )
    rows = db.execute(
        select(Export.id, Export.storage_key).where(
            Export.person_id.in_(people), Export.storage_key != "", Export.removed_at.is_(None)
        )
    )
    return {row.id: row.storage_key for row in rows}
