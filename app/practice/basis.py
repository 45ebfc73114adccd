"""What a signature is about besides the coach's own form: one answer for the page that shows it and the row it makes.

A coach signs what she had before her. The page carries the digest of this, and what she sends is refused when it is
not the digest of what lies there by then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.courses.rules import EnrolmentFacts
from app.delivery.rules import GroupFacts
from app.practice.paths import RecordPath
from app.practice.rules.evidence import Kind
from app.practice.rules.forms import Observation, digest_of
from app.practice.rules.talks import Agreed, TalkFacts, agreed
from app.practice.tables.coaching import Talk
from app.practice.tables.evidence import Evidence
from app.practice.tables.work import Reflection, ReflectionWords, Submission
from app.practice.talk_page import facts_of


@dataclass(frozen=True)
class SignedPiece:
    """One piece of evidence that is signed along."""

    id: int
    kind: Kind
    sha256: str
    added_by_id: int


@dataclass(frozen=True)
class Basis:
    """All that is signed along. `later`: pieces that came after handing in, which are not.

    `reflection_removed`: she took the words of her looking back away; that she handed them in, stays.
    """

    submission_id: int
    evidence: tuple[SignedPiece, ...]
    later: int
    own: Mapping[str, Any]
    reflection_digest: str | None
    reflection_removed: bool
    talk: Mapping[str, Any] | None
    visit: Mapping[str, Any] | None

    @property
    def photos(self) -> int:
        return sum(one.kind is Kind.PHOTO for one in self.evidence)

    @property
    def files(self) -> int:
        """How many pieces are no photo."""
        return len(self.evidence) - self.photos

    @property
    def content(self) -> dict[str, Any]:
        """What the signature keeps of it, as text and numbers that stay readable when the program has changed."""
        return {
            "evidence": [{"id": one.id, "sha256": one.sha256, "added_by_id": one.added_by_id} for one in self.evidence],
            "reflection_digest": self.reflection_digest,
            "submission_id": self.submission_id,
            "talk": self.talk,
            "visit": self.visit,
        }

    @property
    def digest(self) -> str:
        """Differs when anything differs that the page shows of it."""
        beside = {"later": self.later, "own": self.own, "reflection_removed": self.reflection_removed}
        return digest_of("", self.content | beside)


def basis_of(
    db: Session,
    path: RecordPath,
    enrolment: EnrolmentFacts,
    *,
    coach_id: int,
    form: Mapping[str, Any],
    group: GroupFacts | None,
) -> Basis | None:
    """What lies there for this coach to sign with her form; None when nothing was handed in. Two statements."""
    if path.submission_id is None:
        return None
    handed_in = db.execute(
        select(
            Submission.self_scores,
            Submission.note,
            Submission.submitted_at,
            Reflection.digest,
            ReflectionWords.submission_id.label("worded"),
            ReflectionWords.removed_at,
            Talk,
        )
        .outerjoin(Reflection, Reflection.submission_id == Submission.id)
        .outerjoin(ReflectionWords, ReflectionWords.submission_id == Submission.id)
        .outerjoin(Talk, Talk.submission_id == Submission.id)
        .where(Submission.id == path.submission_id)
    ).one()
    evidence, later = _evidence(db, path, owner_id=enrolment.person_id, coach_id=coach_id, until=handed_in.submitted_at)
    gone = handed_in.worded is None or handed_in.removed_at is not None
    return Basis(
        submission_id=path.submission_id,
        evidence=evidence,
        later=later,
        own={"scores": handed_in.self_scores, "note": handed_in.note},
        reflection_digest=handed_in.digest,
        reflection_removed=handed_in.digest is not None and gone,
        talk=_talk(facts_of(handed_in.Talk), Observation.from_facts(form)),
        visit=_visit(path, group),
    )


def _evidence(
    db: Session, path: RecordPath, *, owner_id: int, coach_id: int, until: datetime
) -> tuple[tuple[SignedPiece, ...], int]:
    """Hers up to handing in and the coach's own, never the draft of a former coach; and how many came later."""
    author = func.coalesce(Evidence.added_by_id, owner_id).label("author_id")
    rows = db.execute(
        select(Evidence.id, Evidence.kind, Evidence.sha256, Evidence.uploaded_at, author)
        .where(
            Evidence.record_id == path.id,
            Evidence.attempt == path.attempt,
            Evidence.removed_at.is_(None),
            or_(author == owner_id, Evidence.added_by_id == coach_id),
        )
        .order_by(Evidence.id)
    ).all()
    signed = [row for row in rows if row.author_id == coach_id or row.uploaded_at <= until]
    pieces = tuple(SignedPiece(row.id, Kind(row.kind), row.sha256, row.author_id) for row in signed)
    return pieces, len(rows) - len(signed)


def _talk(talk: TalkFacts | None, seen: Observation) -> dict[str, Any] | None:
    """The talk about these agreements; None when there was none, or it was about other words."""
    if talk is None or agreed(seen.agreements, talk) is Agreed.CHANGED:
        return None
    return {
        "discussed_at": talk.discussed_at.isoformat(),
        "discussed_by": talk.discussed_by,
        "confirmed_at": talk.confirmed_at.isoformat() if talk.confirmed_at else None,
    }


def _visit(path: RecordPath, group: GroupFacts | None) -> dict[str, Any] | None:
    """When and where she came to look."""
    if path.visit is None:
        return None
    return {
        "id": path.visit.id,
        "starts_at": path.visit.date.starts_at.isoformat(),
        "place": f"{group.place}, {group.municipality}" if group else "",
    }
