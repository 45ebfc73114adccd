"""Giving a seat to who has none: the planner proposes, an admin looks, changes, accepts, and may take it back.

A seat is taken as by an answer from a mail: by the one conditional UPDATE, with the same confirmation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.intervision.actions.holding import locked, meetings_of, record
from app.intervision.planner.model import Plan
from app.intervision.queries.rounds import elsewhere
from app.intervision.tables import PlacingLine, PlacingProposal
from app.kit.errors import NotFound, Refused
from app.meetings.actions import answering
from app.meetings.rules import AnswerTo
from app.meetings.tables import MeetingSignup
from app.people.rules import Viewer

SEATED: Final = "seated"
UNDONE: Final = "undone"
KEPT: Final = "kept"


@dataclass(frozen=True)
class Result:
    """How many people got a seat, and for how many it had become impossible."""

    done: int
    failed: int


def keep_proposal(db: Session, *, by: Viewer, round_id: int, plan: Plan, now: datetime) -> int:
    """Keep what the planner proposes, in place of an older proposal that nobody accepted. Raises: NotFound."""
    locked(db, round_id)
    _drop_waiting(db, round_id)
    made = PlacingProposal(round_id=round_id, made_at=now, solver=plan.by, points=plan.objective, bound=int(plan.bound))
    db.add(made)
    db.flush()
    for placed in plan.placements:
        if placed.why != "fixed":
            instead = placed.instead[0] if placed.instead else None
            db.add(
                PlacingLine(
                    proposal_id=made.id,
                    person_id=placed.person,
                    why=placed.why.value,
                    chosen_id=placed.slot,
                    instead_id=instead,
                )
            )
    for one in plan.unplaced:
        db.add(PlacingLine(proposal_id=made.id, person_id=one.person, why=one.why.value))
    db.flush()
    record(db, "seats_proposed", by, round_id, now, proposal=made.id, solver=plan.by)
    return made.id


def choose(db: Session, *, round_id: int, proposal_id: int, chosen: Mapping[int, int | None]) -> None:
    """Choose another meeting for people, or none, by line.

    Raises: NotFound for a line of another proposal, or a meeting to which she was never invited; Refused as `accept`.
    """
    locked(db, round_id)
    _waiting(db, round_id, proposal_id)
    lines = {line.id: line for line in _lines(db, proposal_id)}
    if not chosen.keys() <= lines.keys():
        raise NotFound
    invited = _signups(db, round_id)
    for line_id, meeting_id in chosen.items():
        line = lines[line_id]
        if meeting_id is not None and (line.person_id, meeting_id) not in invited:
            raise NotFound
        if line.chosen_id != meeting_id:
            line.chosen_id, line.by_hand = meeting_id, True


def accept(db: Session, *, by: Viewer, round_id: int, proposal_id: int, now: datetime) -> Result:
    """Give everybody in the proposal the seat that was chosen, each with the confirmation by mail.

    What meanwhile became impossible is kept with the person, and nobody hears of it.
    Two admins at once: the round is held, so the second finds that it was accepted.
    Raises: NotFound; Refused when it was accepted, or a newer proposal took its place.
    """
    locked(db, round_id)
    proposal = _waiting(db, round_id, proposal_id)
    signups, seated = _signups(db, round_id), elsewhere(db, round_id)
    lines = sorted(_lines(db, proposal_id), key=lambda line: (line.chosen_id or 0, line.id))
    for line in lines:
        if line.person_id in seated and line.chosen_id is not None:
            line.outcome = "has_seat"
        elif line.chosen_id is not None:
            line.outcome = _seat(db, line, signups[line.person_id, line.chosen_id], by=by, now=now)
    proposal.accepted_at = now
    done = sum(line.outcome == SEATED for line in lines)
    failed = sum(line.outcome not in {SEATED, ""} for line in lines)
    record(db, "seats_given", by, round_id, now, proposal=proposal_id, seats=done, failed=failed)
    return Result(done, failed)


def undo(db: Session, *, by: Viewer, round_id: int, proposal_id: int, now: datetime) -> Result:
    """Take the seats of a proposal back, with a mail to each. Who answered herself since keeps what she chose.

    Raises: NotFound; Refused when it was not accepted, or was taken back before.
    """
    locked(db, round_id)
    proposal = db.get(PlacingProposal, proposal_id, populate_existing=True)
    if proposal is None or proposal.round_id != round_id:
        raise NotFound
    if proposal.accepted_at is None or proposal.undone_at is not None:
        raise Refused("nothing_to_undo")
    signups = _signups(db, round_id)
    lines = [line for line in _lines(db, proposal_id) if line.outcome == SEATED]
    for line in sorted(lines, key=lambda line: (line.chosen_id or 0, line.id)):
        line.outcome = _give_back(db, signups[line.person_id, line.chosen_id or 0], proposal, line, by=by, now=now)
    proposal.undone_at = now
    done = sum(line.outcome == UNDONE for line in lines)
    record(db, "seats_taken_back", by, round_id, now, proposal=proposal_id, seats=done, kept=len(lines) - done)
    return Result(done, len(lines) - done)


def clear_proposals(db: Session, *, before: datetime) -> int:
    """Let proposals go that were made before a moment; gives how many."""
    old = select(PlacingProposal.id).where(PlacingProposal.made_at < before)
    db.execute(delete(PlacingLine).where(PlacingLine.proposal_id.in_(old)))
    gone = db.execute(
        delete(PlacingProposal)
        .where(PlacingProposal.made_at < before)
        .returning(PlacingProposal.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def _seat(db: Session, line: PlacingLine, signup: MeetingSignup, *, by: Viewer, now: datetime) -> str:
    """What came of one line: seated, or the code of why not."""
    if signup.answer == AnswerTo.NO and not line.by_hand:
        return "declined"
    line.before = signup.answer
    try:
        answering.answer(
            db, signup_id=signup.id, answer=AnswerTo.YES, actor_id=by.id, now=now, why="placed", closed_too=True
        )
    except Refused as refused:
        return refused.code
    return SEATED


def _give_back(
    db: Session, signup: MeetingSignup, proposal: PlacingProposal, line: PlacingLine, *, by: Viewer, now: datetime
) -> str:
    if signup.answer != AnswerTo.YES or signup.answered_at != proposal.accepted_at:
        return KEPT
    try:
        answering.answer(db, signup_id=signup.id, answer=AnswerTo.NO, actor_id=by.id, now=now, why="placing_undone")
    except Refused:  # it has begun, or was called off
        return KEPT
    db.execute(  # as it was before we answered for her
        update(MeetingSignup)
        .where(MeetingSignup.id == signup.id)
        .values(answer=line.before, version=MeetingSignup.version + 1)
        .execution_options(synchronize_session=False)
    )
    return UNDONE


def _waiting(db: Session, round_id: int, proposal_id: int) -> PlacingProposal:
    """A proposal that can still change. Raises: NotFound; Refused when it cannot."""
    proposal = db.get(PlacingProposal, proposal_id, populate_existing=True)
    if proposal is None:
        newer = db.scalar(select(PlacingProposal.id).where(PlacingProposal.round_id == round_id).limit(1))
        raise Refused("proposal_replaced") if newer is not None else NotFound
    if proposal.round_id != round_id:
        raise NotFound
    if proposal.accepted_at is not None:
        raise Refused("proposal_accepted")
    return proposal


def _lines(db: Session, proposal_id: int) -> list[PlacingLine]:
    query = select(PlacingLine).where(PlacingLine.proposal_id == proposal_id).order_by(PlacingLine.id)
    return list(db.scalars(query.execution_options(populate_existing=True)))


def _signups(db: Session, round_id: int) -> dict[tuple[int, int], MeetingSignup]:
    """Every place in the meetings of a round, by person and meeting."""
    query = select(MeetingSignup).where(MeetingSignup.meeting_id.in_(meetings_of(round_id)))
    found = db.scalars(query.execution_options(populate_existing=True))
    return {(one.person_id, one.meeting_id): one for one in found}


def _drop_waiting(db: Session, round_id: int) -> None:
    waiting = select(PlacingProposal.id).where(
        PlacingProposal.round_id == round_id, PlacingProposal.accepted_at.is_(None)
    )
    db.execute(delete(PlacingLine).where(PlacingLine.proposal_id.in_(waiting)))
    db.execute(
        delete(PlacingProposal)
        .where(PlacingProposal.round_id == round_id, PlacingProposal.accepted_at.is_(None))
        .execution_options(synchronize_session=False)
    )
