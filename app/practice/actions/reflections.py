"""Looking back (STARR): kept while she writes, handed in with the work, taken away whenever she wants."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from app.kit.errors import Refused
from app.ledger.actions import record
from app.people.rules import Viewer
from app.practice import inputs
from app.practice.actions.cases import Case, must_be_open, own_case
from app.practice.rules.reflections import PARTS, Starr, reflection_gaps
from app.practice.tables.work import Reflection, ReflectionDraft, ReflectionWords, Submission

EMPTY: Final = dict.fromkeys(("salt", *PARTS), "")


def keep_reflection(db: Session, *, by: Viewer, record_id: int, given: inputs.Reflection, now: datetime) -> int:
    """Keep what she wrote so far; gives its new version. Nobody else reads it before she hands in.

    What stands already word for word is no quarrel: its answer may have been lost on the way.
    Raises: Refused, with "stale_reflection" when another window saved in the meantime.
    """
    case = own_case(db, by=by, record_id=record_id)
    if not case.definition.needs_reflection:
        raise Refused("no_reflection_asked")
    must_be_open(case)
    written = given.starr()
    draft = db.get(ReflectionDraft, record_id)
    if draft is not None and draft.attempt == case.record.attempt and Starr.of(draft) == written:
        return draft.version
    if (draft.version if draft else 0) != (given.version or 0):
        raise Refused("stale_reflection")
    if draft is None:
        draft = ReflectionDraft(record_id=record_id, attempt=0, saved_at=now, **dict.fromkeys(PARTS, ""))
        db.add(draft)
    draft.attempt, draft.saved_at = case.record.attempt, now
    for name, text in written.as_facts().items():
        setattr(draft, name, text)
    db.flush()
    return draft.version


def draft_of(db: Session, case: Case) -> Starr:
    """What she wrote for the present attempt; nothing of an earlier one."""
    draft = db.get(ReflectionDraft, case.record.id)
    return Starr.of(draft) if draft is not None and draft.attempt == case.record.attempt else Starr()


def must_be_written(db: Session, case: Case) -> None:
    """Raises: Refused when the assignment asks to look back and she did not, or not on everything."""
    if case.definition.needs_reflection and reflection_gaps(draft_of(db, case).as_facts()):
        raise Refused("reflection_first")


def hand_in_reflection(db: Session, case: Case, *, submission_id: int) -> None:
    """Copy what she wrote into what she hands in; from then on it does not change."""
    written = draft_of(db, case)
    if not case.definition.needs_reflection or written == Starr():
        return
    salt = secrets.token_hex(16)
    db.add(Reflection(submission_id=submission_id, digest=written.digest(salt)))
    db.flush()
    words: dict[str, Any] = {"submission_id": submission_id, "salt": salt, **written.as_facts()}
    db.add(ReflectionWords(**words))


def remove_reflection(db: Session, *, by: Viewer, record_id: int, now: datetime) -> None:
    """Take away all that she wrote when looking back on an assignment, handed in or not, for everybody.

    That she handed something in, and when she took it away, stays: her coach may have leaned on it.
    """
    case = own_case(db, by=by, record_id=record_id, following=False)
    emptied = (
        update(ReflectionWords)
        .where(
            ReflectionWords.submission_id.in_(select(Submission.id).where(Submission.record_id == record_id)),
            ReflectionWords.removed_at.is_(None),
        )
        .values(**EMPTY, removed_at=now)
        .returning(ReflectionWords.submission_id)
    )
    dropped = delete(ReflectionDraft).where(ReflectionDraft.record_id == record_id).returning(ReflectionDraft.record_id)
    handed_in = len(db.execute(emptied.execution_options(synchronize_session=False)).all())
    drafts = len(db.execute(dropped.execution_options(synchronize_session=False)).all())
    if handed_in or drafts:
        record(
            db,
            "practice.reflection_removed",
            actor_id=by.id,
            subject=("assignment_record", case.record.id),
            now=now,
            handed_in=handed_in,
        )


def let_go(db: Session, *, records: Select[int]) -> None:
    """Forget what was written for these records, handed in or not: kept long enough, or erased."""
    handed_in = select(Submission.id).where(Submission.record_id.in_(records))
    db.execute(delete(ReflectionWords).where(ReflectionWords.submission_id.in_(handed_in)))
    db.execute(delete(ReflectionDraft).where(ReflectionDraft.record_id.in_(records)))


def handed_reflections_of(db: Session, records: Select[int]) -> list[dict[str, str]]:
    """For the copy of somebody's own data: what she handed in."""
    rows = db.execute(
        select(Submission.submitted_at, ReflectionWords)
        .join(ReflectionWords, ReflectionWords.submission_id == Submission.id)
        .where(Submission.record_id.in_(records))
        .order_by(Submission.id)
    )
    return [{"at": at.isoformat(), **Starr.of(one).as_facts()} for at, one in rows]


def reflection_drafts_of(db: Session, records: Select[int]) -> list[dict[str, str]]:
    """For the same copy: what she is still writing."""
    drafts = db.scalars(select(ReflectionDraft).where(ReflectionDraft.record_id.in_(records)))
    return [Starr.of(draft).as_facts() for draft in drafts]
