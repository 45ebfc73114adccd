"""Reading conversations: the page, what is new to whom, and what no coach read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.conversation.rules import SHOWN, MailChoice, Writing, writing
from app.conversation.tables import ConversationMail, ConversationMessage, ConversationSide
from app.courses.coaches import may_coach
from app.courses.editions import edition_of
from app.courses.queries import PRACTICE_EDITION, enrolment_facts, is_coach_of
from app.courses.rules import AssignmentDefinition, EnrolmentFacts
from app.courses.tables import CoachAssignment, Course, Enrolment, Intervention, PracticalAssignment
from app.kit.db import fetch
from app.kit.errors import NotFound
from app.kit.localtime import local_day, working_days_between
from app.people.queries import person_names
from app.people.rules import Viewer
from app.people.tables import Person
from app.practice.paths import records_visible_to
from app.practice.tables.work import AssignmentRecord

_Sides: Final = aliased(ConversationSide)
_OF_PROFESSIONAL: Final = ConversationMessage.author_id == Enrolment.person_id
_READ_TO: Final = (  # how far the side that a message is for has read
    select(func.max(_Sides.read_to))
    .where(
        _Sides.record_id == ConversationMessage.record_id,
        or_(
            and_(_OF_PROFESSIONAL, _Sides.person_id != Enrolment.person_id),
            and_(~_OF_PROFESSIONAL, _Sides.person_id == Enrolment.person_id),
        ),
    )
    .correlate(ConversationMessage, Enrolment)
    .scalar_subquery()
)
_INTERVENTION: Final = (
    select(Intervention.slug)
    .join(Course, Course.intervention_id == Intervention.id)
    .where(Course.id == Enrolment.course_id)
    .correlate(Enrolment)
    .scalar_subquery()
)
_UNREAD: Final = and_(
    ConversationMessage.taken_back_at.is_(None),
    ConversationMessage.body != "",
    ConversationMessage.id > func.coalesce(_READ_TO, 0),
    Enrolment.withdrawn_at.is_(None),
    Enrolment.expired_at.is_(None),
)


def _with_parties(*columns: Any) -> Select[*tuple[Any, ...]]:
    """Columns of messages beside the enrolment and the present coach."""
    return (
        select(*columns)
        .select_from(ConversationMessage)
        .join(AssignmentRecord, AssignmentRecord.id == ConversationMessage.record_id)
        .join(Enrolment, Enrolment.id == AssignmentRecord.enrolment_id)
        .outerjoin(CoachAssignment, and_(CoachAssignment.enrolment_id == Enrolment.id, CoachAssignment.until.is_(None)))
    )


def _for(person_id: int) -> ColumnElement[bool]:
    """The messages that are for somebody, as the one or the other of the two, now.

    Who is no coach of this intervention any more opens nothing, also before somebody else takes over.
    """
    return or_(
        and_(Enrolment.person_id == person_id, ~_OF_PROFESSIONAL),
        and_(CoachAssignment.coach_id == person_id, may_coach(person_id, _INTERVENTION), _OF_PROFESSIONAL),
    )


@dataclass(frozen=True)
class Talk:
    """A conversation with who stand in it. `coach_id` is None while nobody coaches."""

    record_id: int
    enrolment: EnrolmentFacts
    title: str
    party: bool

    @property
    def coach_id(self) -> int | None:
        return self.enrolment.coach_id

    @property
    def writing(self) -> Writing:
        return writing(self.enrolment.stage, party=self.party)

    def other_than(self, person_id: int) -> int | None:
        """Who reads what this person writes."""
        return self.enrolment.coach_id if person_id == self.enrolment.person_id else self.enrolment.person_id


def talk_of(db: Session, viewer: Viewer, record_id: int, *, hold: bool = False) -> Talk:
    """The conversation of a record that the viewer may know of. `hold` makes messages come one after the other.

    Raises: NotFound; also for a coach whose role for this intervention was taken away.
    """
    found = select(AssignmentRecord.id, AssignmentRecord.enrolment_id, AssignmentRecord.assignment_id).where(
        AssignmentRecord.id == record_id, AssignmentRecord.id.in_(records_visible_to(viewer))
    )
    row = db.execute(found.with_for_update(of=AssignmentRecord) if hold else found).first()
    if row is None:
        raise NotFound
    enrolment = enrolment_facts(db, [row.enrolment_id])[row.enrolment_id]
    definition = db.scalars(
        select(PracticalAssignment.definition).where(PracticalAssignment.id == row.assignment_id)
    ).one()
    party = viewer.person_id == enrolment.person_id or is_coach_of(viewer, enrolment)
    return Talk(row.id, enrolment, AssignmentDefinition.from_facts(definition).title, party)


@dataclass(frozen=True)
class Line:
    """One message as the page shows it. `text` is empty when it was taken back, or when its author left."""

    id: int
    author: str
    own: bool
    text: str
    at: datetime
    fresh: bool
    taken_back: bool


@dataclass(frozen=True)
class Day:
    """The messages of one day; `day` is None where it already stands above them on an open page."""

    day: date | None
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class TalkPage:
    """The conversation as one of the two, or an admin, reads it.

    `other`: with whom; empty when nobody coaches yet. `read`: whether the other has read the last message, when it
    is the viewer's own. `earlier`: the id to go on from backwards. `last`: of the newest message on the page.
    `newer`: only what came after a message, for a page that is open.
    """

    record_id: int
    title: str
    sample: bool
    mine: bool
    professional: str
    other: str
    writing: Writing
    days: tuple[Day, ...]
    read: bool
    earlier: int | None
    last: int
    draft: str
    draft_at: datetime | None
    newer: bool

    @property
    def new(self) -> int:
        return sum(line.fresh for day in self.days for line in day.lines)


def talk_page(
    db: Session, viewer: Viewer, record_id: int, *, before: int | None = None, after: int | None = None
) -> TalkPage:
    """The newest messages, those before one, or all that came after one. Raises: NotFound."""
    talk = talk_of(db, viewer, record_id)
    query = select(ConversationMessage).where(ConversationMessage.record_id == record_id)
    if before is not None:
        query = query.where(ConversationMessage.id < before)
    if after is not None:
        query = query.where(ConversationMessage.id >= after)  # with the last one that is there, for its day
    newest = db.scalars(query.order_by(ConversationMessage.id.desc()).limit(SHOWN + 1)).all()
    rows = newest[:SHOWN][::-1]
    sides = db.scalars(select(ConversationSide).where(ConversationSide.record_id == record_id)).all()
    people = {talk.enrolment.person_id, *(row.author_id for row in rows), *filter(None, [talk.coach_id])}
    names = person_names(db, people)
    own = next((side for side in sides if side.person_id == viewer.person_id), None)
    other_id = talk.other_than(viewer.id)
    days = _days(rows, talk, viewer, sides, names)
    last = rows[-1] if rows else None
    return TalkPage(
        record_id=record_id,
        title=talk.title,
        sample=talk.enrolment.sample,
        mine=talk.enrolment.person_id == viewer.person_id,
        professional=names[talk.enrolment.person_id],
        other=names.get(other_id, "") if other_id is not None else "",
        writing=talk.writing,
        days=days if after is None else _newer(days, after),
        read=last is not None and last.author_id == viewer.person_id and last.id <= _by_other(talk, viewer, sides),
        earlier=rows[0].id if len(newest) > SHOWN and after is None else None,
        last=last.id if last is not None else (after or 0),
        draft=own.draft if own is not None else "",
        draft_at=own.draft_at if own is not None else None,
        newer=after is not None,
    )


def _newer(days: tuple[Day, ...], after: int) -> tuple[Day, ...]:
    """What came after a message that is on the page: the day that it stands under is there already."""
    newer = []
    for day in days:
        lines = tuple(line for line in day.lines if line.id > after)
        if lines:
            newer.append(Day(day.day if len(lines) == len(day.lines) else None, lines))
    return tuple(newer)


def _read_to(talk: Talk, sides: Sequence[ConversationSide], *, professional: bool) -> int:
    """How far one side has read; of the coaches the one who read furthest."""
    is_hers = talk.enrolment.person_id
    return max((side.read_to for side in sides if (side.person_id == is_hers) is professional), default=0)


def _by_other(talk: Talk, viewer: Viewer, sides: Sequence[ConversationSide]) -> int:
    return _read_to(talk, sides, professional=talk.enrolment.person_id != viewer.person_id)


def _days(
    rows: Sequence[ConversationMessage],
    talk: Talk,
    viewer: Viewer,
    sides: Sequence[ConversationSide],
    names: dict[int, str],
) -> tuple[Day, ...]:
    """The messages by day. New to the viewer is what her side has not read; to an admin nothing is new."""
    mine = talk.enrolment.person_id == viewer.person_id
    seen = _read_to(talk, sides, professional=mine)

    def line(row: ConversationMessage) -> Line:
        for_her = talk.party and (row.author_id == talk.enrolment.person_id) is not mine
        gone = row.taken_back_at is not None
        return Line(
            id=row.id,
            author=names.get(row.author_id, ""),
            own=row.author_id == viewer.person_id,
            text=row.body,
            at=row.written_at,
            fresh=for_her and row.id > seen and bool(row.body),
            taken_back=gone,
        )

    return tuple(
        Day(day, tuple(line(row) for row in of_day))
        for day, of_day in groupby(rows, key=lambda row: local_day(row.written_at))
    )


@dataclass(frozen=True)
class NewIn:
    """A conversation with something new for somebody: from whom, how many, and since when."""

    record_id: int
    name: str
    count: int
    since: datetime
    as_coach: bool


_NEW: Final = _with_parties(
    ConversationMessage.record_id,
    Person.name,
    func.count().label("messages"),
    func.min(ConversationMessage.written_at).label("since"),
    Enrolment.person_id,
).join(Person, Person.id == ConversationMessage.author_id)


def new_for(db: Session, person_id: int) -> list[NewIn]:
    """The conversations with something new for somebody, longest waiting first: one statement."""
    rows = db.execute(
        _NEW.where(_UNREAD, _for(person_id))
        .group_by(ConversationMessage.record_id, Person.id, Person.name, Enrolment.person_id)
        .order_by(func.min(ConversationMessage.written_at))
    )
    return [NewIn(row.record_id, row.name, row.messages, row.since, row.person_id != person_id) for row in rows]


def newest_for(db: Session, person_id: int) -> datetime | None:
    """When the newest message was written that somebody has not read."""
    newest: datetime | None = db.scalar(
        _with_parties(func.max(ConversationMessage.written_at)).where(_UNREAD, _for(person_id))
    )
    return newest


def new_messages(person_id: int) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """How many messages are new for somebody in her own training, and in which record the first of them stands.

    As columns for a statement that is asked anyway: her home page has no room for one more.
    """
    first = ConversationMessage.record_id
    new = (_UNREAD, Enrolment.person_id == person_id, ~_OF_PROFESSIONAL)
    return (
        _with_parties(func.count()).where(*new).scalar_subquery(),
        _with_parties(first).where(*new).order_by(ConversationMessage.id).limit(1).scalar_subquery(),
    )


def new_in(db: Session, viewer: Viewer, record_id: int) -> int:
    """How many messages of one conversation are new for the viewer."""
    query = _with_parties(func.count()).where(_UNREAD, _for(viewer.id), ConversationMessage.record_id == record_id)
    return db.scalar(query) or 0


def mail_choice(db: Session, person_id: int) -> MailChoice:
    """How somebody wants to hear of new messages; at once until she chose."""
    chosen = db.scalar(select(ConversationMail.choice).where(ConversationMail.person_id == person_id))
    return MailChoice(chosen) if chosen else MailChoice.AT_ONCE


@dataclass(frozen=True)
class LeftUnread:
    """A professional whose message no coach read within the days that the policy promises."""

    person_id: int
    since: datetime


_LEFT: Final = (
    _with_parties(
        Enrolment.person_id,
        PRACTICE_EDITION.label("edition_id"),
        func.min(ConversationMessage.written_at).label("since"),
    )
    .where(_UNREAD, _OF_PROFESSIONAL)
    .group_by(Enrolment.person_id, PRACTICE_EDITION)
    .order_by(func.min(ConversationMessage.written_at))
)


def left_unread(db: Session, now: datetime) -> list[LeftUnread]:
    """Whose message waits too long for a coach, longest first."""
    found = []
    for row in fetch(db, _LEFT):
        days = working_days_between(local_day(row.since), local_day(now))
        if days > edition_of(db, row.edition_id).policy.review_within_working_days:
            found.append(LeftUnread(row.person_id, row.since))
    return found
