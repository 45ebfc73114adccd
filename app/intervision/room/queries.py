"""What somebody sees of the cases of a meeting: her own, and those of the table that she sits at or leads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from app.intervision.room.keys import Sealed
from app.intervision.room.rules import CaseState, CaseText, Table, bringing_refused, case_state, gone_on, is_gone
from app.intervision.room.seating import table_at, tables_of
from app.intervision.room.tables import CaseKey, IntervisionCase
from app.intervision.tables import IntervisionSession
from app.kit.errors import NotFound
from app.meetings.queries import MeetingView, view_of
from app.meetings.tables import Meeting, MeetingSignup
from app.people.queries import person_names
from app.people.rules import Viewer


@dataclass(frozen=True)
class CaseLine:
    """A case in a list: its title, who brings it, and what became of it."""

    id: int
    title: str
    name: str
    state: CaseState


@dataclass(frozen=True)
class CasePage:
    """One case. `text` is None when it is gone, or when its key is (`lost`)."""

    id: int
    title: str
    name: str
    state: CaseState
    mine: bool
    signup_id: int
    gone_on: date
    meeting: MeetingView
    sealed: Sealed = field(repr=False)
    text: CaseText | None = None
    leads: bool = False
    """Whether she leads the table that it was brought to, so that she decides about it."""

    @property
    def lost(self) -> bool:
        """Whether the words were not meant to be gone yet, but nobody can read them."""
        return self.text is None and self.state is not CaseState.PURGED


@dataclass(frozen=True)
class RoomPage:
    """Where somebody brings in a case, and finds those of her table. `refused`: why she cannot, as a code."""

    signup_id: int
    meeting: MeetingView
    gone_on: date
    refused: str | None
    own: CasePage | None
    others: list[CaseLine]
    people: int
    """How many people read what she brings in, besides herself."""
    table: int


_CASES: Final[Select[*tuple[Any, ...]]] = (
    select(IntervisionCase, Meeting, CaseKey.place)
    .join(MeetingSignup, MeetingSignup.id == IntervisionCase.signup_id)
    .join(Meeting, Meeting.id == MeetingSignup.meeting_id)
    .outerjoin(CaseKey, CaseKey.meeting_id == Meeting.id)
)


def room_page(db: Session, viewer: Viewer, signup_id: int, *, now: datetime) -> RoomPage:
    """The room of one's own place in a meeting of a round. Raises: NotFound."""
    meeting = db.scalar(
        select(Meeting)
        .join(MeetingSignup, MeetingSignup.meeting_id == Meeting.id)
        .join(IntervisionSession, IntervisionSession.meeting_id == Meeting.id)
        .where(MeetingSignup.id == signup_id, MeetingSignup.person_id == viewer.id, Meeting.published_at.is_not(None))
    )
    if meeting is None:
        raise NotFound
    table = table_at(tables_of(db, meeting.id), signup_id)
    found = _cases(db, meeting.id, viewer, now=now)
    own = next((case for case in found if case.signup_id == signup_id), None)
    state = own.state if own is not None else None
    shown = table is not None and not meeting.cancelled_at
    return RoomPage(
        signup_id=signup_id,
        meeting=view_of(meeting, now),
        gone_on=gone_on(meeting),
        refused=bringing_refused(meeting, has_seat=table is not None, state=state, now=now),
        own=own,
        others=_lines(found, table, but=signup_id) if table is not None and shown else [],
        people=len(_readers(table) - {viewer.id}) if table is not None else 0,
        table=table.number if table is not None else 0,
    )


def case_page(db: Session, viewer: Viewer, case_id: int, *, now: datetime) -> CasePage:
    """One case, for who brought it, who sits at that table and who leads it. Raises: NotFound for everybody else."""
    row = db.execute(_CASES.where(IntervisionCase.id == case_id)).first()
    if row is None:
        raise NotFound
    kept = row.IntervisionCase
    table = table_at(tables_of(db, row.Meeting.id), kept.signup_id) if row.Meeting.cancelled_at is None else None
    if kept.person_id != viewer.id and (table is None or not table.may_read(viewer.id)):
        raise NotFound
    case = _case_of(row, viewer, now=now)
    name = person_names(db, [kept.person_id]).get(kept.person_id, "")
    return replace(case, name=name, leads=table is not None and viewer.id in table.leader_ids)


def case_is_there(db: Session, case_id: int) -> bool:
    """Whether there is such a case at all; who asked for it and may not see it is noted."""
    return bool(db.scalar(select(exists().where(IntervisionCase.id == case_id))))


def place_is_there(db: Session, signup_id: int) -> bool:
    """The same of a place."""
    return bool(db.scalar(select(exists().where(MeetingSignup.id == signup_id))))


def _cases(db: Session, meeting_id: int, viewer: Viewer, *, now: datetime) -> list[CasePage]:
    rows = db.execute(_CASES.where(Meeting.id == meeting_id).order_by(IntervisionCase.offered_at)).all()
    names = person_names(db, {row.IntervisionCase.person_id for row in rows})
    found = [(row, _case_of(row, viewer, now=now)) for row in rows]
    return [replace(case, name=names.get(row.IntervisionCase.person_id, "")) for row, case in found]


def _case_of(row: Any, viewer: Viewer, *, now: datetime) -> CasePage:
    """The row is one of `_CASES`. Once its day has come it is as if the words are gone, whatever the row still says."""
    case, meeting = row.IntervisionCase, row.Meeting
    gone = is_gone(meeting, now)
    return CasePage(
        id=case.id,
        title=case.title,
        name="",
        state=CaseState.PURGED if gone else case_state(case),
        mine=case.person_id == viewer.id,
        signup_id=case.signup_id,
        gone_on=gone_on(meeting),
        meeting=view_of(meeting, now),
        sealed=Sealed(case.signup_id, "" if gone else case.sealed, row.place or ""),
    )


def cases_at(db: Session, viewer: Viewer, meeting_id: int, tables: Iterable[Table], *, now: datetime) -> list[CaseLine]:
    """The cases of some tables of a meeting, for who leads them."""
    found = _cases(db, meeting_id, viewer, now=now)
    return [line for table in tables for line in _lines(found, table)]


def _lines(found: list[CasePage], table: Table, *, but: int = 0) -> list[CaseLine]:
    """The cases of one table. Who gave her seat up takes her case along."""
    at_table = [case for case in found if case.signup_id in table.seats and case.signup_id != but]
    return [CaseLine(case.id, case.title, case.name, case.state) for case in at_table]


def _readers(table: Table) -> set[int]:
    return {*table.seats.values(), *table.leader_ids}
