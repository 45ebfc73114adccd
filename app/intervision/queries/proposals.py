"""The page where an admin looks at a proposal of the planner, changes it, and sees what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.tables import Intervention
from app.intervision.planner.tables import how_many
from app.intervision.queries.facts import RoundTitle, title_of
from app.intervision.queries.leaders import leaders
from app.intervision.queries.placing import Asked, asked
from app.intervision.tables import IntervisionRound, IntervisionSession, PlacingLine, PlacingProposal
from app.kit.errors import NotFound
from app.kit.text import fold
from app.meetings import queries as meetings
from app.meetings.queries import MeetingView
from app.people.queries import cards

SMALLEST: Final = 4  # domain.md 9.2: with fewer people a meeting is merged or called off


@dataclass(frozen=True)
class ProposedLine:
    """One person. `choices`: where she was invited and may still go; `declined` of those she said no to.

    `why` tells the planner's choice; `by_hand` that an admin chose. `outcome`: what came of it, once accepted.
    """

    id: int
    name: str
    organisation: str
    why: str
    by_hand: bool
    chosen: MeetingView | None
    instead: MeetingView | None
    choices: tuple[MeetingView, ...]
    declined: frozenset[int]
    outcome: str


@dataclass(frozen=True)
class SlotLine:
    """One meeting ahead with the seats that are taken and proposed."""

    meeting: MeetingView
    proposed: int
    led: bool

    @property
    def left(self) -> int:
        return self.meeting.seats - self.meeting.taken - self.proposed


@dataclass(frozen=True)
class Caution:
    """What goes wrong with this choice: full, declined, manager, no_leader or small; about a meeting and people."""

    what: str
    meeting: MeetingView
    names: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True)
class ProposalPage:
    """A round with the proposal that was made last, if any. `waiting`: how many people have no seat now."""

    round: RoundTitle
    waiting: int
    slots: tuple[SlotLine, ...]
    proposal_id: int | None = None
    accepted: bool = False
    undone: bool = False
    solver: str = ""
    off_best: int = 0
    """By how many percent it may be off the best that is possible, rounded up; 0 is proven best."""
    lines: tuple[ProposedLine, ...] = ()
    warnings: tuple[Caution, ...] = ()

    @property
    def placed(self) -> tuple[ProposedLine, ...]:
        """Who has a meeting chosen, or got the seat once accepted."""
        if self.accepted:
            return tuple(line for line in self.lines if line.outcome == "seated")
        return tuple(line for line in self.lines if line.chosen is not None)

    @property
    def rest(self) -> tuple[ProposedLine, ...]:
        """Who is not placed: no meeting was chosen, or it had become impossible."""
        return tuple(line for line in self.lines if line not in self.placed)

    @property
    def may_accept(self) -> bool:
        return bool(self.placed) and not any(one.what == "full" for one in self.warnings)


def proposal_page(db: Session, round_id: int, trainers: Collection[int], *, now: datetime) -> ProposalPage:
    """The newest proposal of a round. A constant number of statements. Raises: NotFound."""
    row = db.execute(
        select(IntervisionRound, Intervention.name).join(Intervention).where(IntervisionRound.id == round_id)
    ).first()
    if row is None:
        raise NotFound
    told = asked(db, round_id, trainers, now=now)
    views = _views(db, round_id, now)
    proposal = db.scalar(
        select(PlacingProposal)
        .where(PlacingProposal.round_id == round_id)
        .order_by(PlacingProposal.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    rows = [] if proposal is None else _rows(db, proposal.id)
    open_ = proposal is not None and proposal.accepted_at is None
    lines = _proposed(db, rows, told, views, change=open_)
    counts = Counter(line.chosen.id for line in lines if open_ and line.chosen is not None)
    led = leaders(db, [slot.id for slot in told.slots])
    slots = tuple(SlotLine(views[slot.id], counts[slot.id], bool(led[slot.id])) for slot in told.slots)
    return ProposalPage(
        round=title_of(row[0], row[1]),
        waiting=len(told.to_place),
        slots=tuple(sorted(slots, key=lambda one: (one.meeting.starts_at, one.meeting.id))),
        lines=lines,
        warnings=_warnings(rows, slots, told, _names(lines, rows)) if open_ else (),
        **_facts(proposal),
    )


def _facts(proposal: PlacingProposal | None) -> dict[str, Any]:
    if proposal is None:
        return {}
    off = max(0, proposal.points - proposal.bound)
    return {
        "proposal_id": proposal.id,
        "accepted": proposal.accepted_at is not None,
        "undone": proposal.undone_at is not None,
        "solver": proposal.solver,
        "off_best": -(-100 * off // max(1, proposal.points)),
    }


def _views(db: Session, round_id: int, now: datetime) -> dict[int, MeetingView]:
    ids = db.scalars(select(IntervisionSession.meeting_id).where(IntervisionSession.round_id == round_id))
    return meetings.meetings(db, list(ids), now=now)


def _rows(db: Session, proposal_id: int) -> list[PlacingLine]:
    query = select(PlacingLine).where(PlacingLine.proposal_id == proposal_id).order_by(PlacingLine.id)
    return list(db.scalars(query.execution_options(populate_existing=True)))


def _proposed(
    db: Session, rows: list[PlacingLine], told: Asked, views: Mapping[int, MeetingView], *, change: bool
) -> tuple[ProposedLine, ...]:
    people = cards(db, {row.person_id for row in rows})
    may = {one.id: one.slots for one in told.people}
    declined: dict[int, set[int]] = {}
    for person_id, meeting_id in told.declined:
        declined.setdefault(person_id, set()).add(meeting_id)
    ahead = [views[slot.id] for slot in sorted(told.slots, key=lambda slot: (slot.starts, slot.id))]
    found = []
    for row in rows:
        no = frozenset(declined.get(row.person_id, ()))
        choices = [view for view in ahead if view.id in may.get(row.person_id, ()) or view.id in no]
        found.append(
            ProposedLine(
                row.id,
                people[row.person_id].name,
                people[row.person_id].organisation,
                row.why,
                row.by_hand,
                views.get(row.chosen_id or 0),
                views.get(row.instead_id or 0),
                tuple(choices) if change else (),
                no if change else frozenset(),
                row.outcome,
            )
        )
    return tuple(sorted(found, key=lambda line: (line.chosen is None, fold(line.name))))


def _names(lines: Collection[ProposedLine], rows: Collection[PlacingLine]) -> dict[int, str]:
    by_line = {line.id: line.name for line in lines}
    return {row.person_id: by_line[row.id] for row in rows}


def _warnings(
    rows: list[PlacingLine], slots: tuple[SlotLine, ...], told: Asked, names: Mapping[int, str]
) -> tuple[Caution, ...]:
    """What an admin should know before she accepts, by meeting."""
    found: list[Caution] = []
    for slot in slots:
        new = [row.person_id for row in rows if row.chosen_id == slot.meeting.id]
        if not new:
            continue
        inside = {*new, *(one.id for one in told.people if one.seat == slot.meeting.id)}
        if slot.left < 0:
            found.append(Caution("full", slot.meeting, count=-slot.left))
        said_no = tuple(names[one] for one in new if (one, slot.meeting.id) in told.declined)
        if said_no:
            found.append(Caution("declined", slot.meeting, said_no))
        own = {pair[0] for pair in told.rules.managers if set(pair) <= inside}
        if own and how_many(len(inside), 1, told.rules) == 1:
            found.append(Caution("manager", slot.meeting, tuple(names[one] for one in sorted(own & set(new)))))
        if not slot.led:
            found.append(Caution("no_leader", slot.meeting))
        if len(inside) < SMALLEST:
            found.append(Caution("small", slot.meeting, count=len(inside)))
    return tuple(found)
