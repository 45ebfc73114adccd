"""What coach and professional agreed at each sign-off that stands, with what of it was done since.

Everybody who may see the training may read them: why, is told in `app.practice.sight`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.people.queries import person_names
from app.practice.paths import STANDS
from app.practice.results import later_days
from app.practice.rules.forms import Observation
from app.practice.tables.coaching import AgreementKept
from app.practice.tables.proof import SignOff, SignOffContent
from app.practice.tables.work import AssignmentRecord


@dataclass(frozen=True)
class AgreementView:
    """One agreement. `by_when`: where the sign-off named a day; `kept_at`: when somebody said that it was done."""

    sign_off_id: int
    number: int
    text: str
    assignment: str
    coach: str
    made_at: datetime
    by_when: date | None
    kept_at: datetime | None
    kept_by: str

    @property
    def open(self) -> bool:
        return self.kept_at is None


def agreements_of(db: Session, enrolment_ids: Collection[int]) -> dict[int, tuple[AgreementView, ...]]:
    """The agreements of each enrolment: open ones first, then the latest. The number of statements stays the same."""
    rows = db.execute(
        select(
            AssignmentRecord.enrolment_id,
            SignOff.id,
            SignOff.coach_id,
            SignOff.signed_at,
            SignOffContent.content,
        )
        .join(SignOff, SignOff.record_id == AssignmentRecord.id)
        .join(SignOffContent, SignOffContent.sign_off_id == SignOff.id)
        .where(AssignmentRecord.enrolment_id.in_(enrolment_ids), STANDS)
        .order_by(SignOff.id.desc())
    ).all()
    kept, later = _kept(db, [row.id for row in rows]), later_days(db, [row.id for row in rows])
    names = person_names(db, {row.coach_id for row in rows} | {one.kept_by_id for one in kept.values()})
    found: dict[int, list[AgreementView]] = defaultdict(list)
    for row in rows:
        for number, text in enumerate(agreed_in(row.content), start=1):
            view = _view(row, number, text, kept.get((row.id, number)), names)
            found[row.enrolment_id].append(replace(view, by_when=later.get(row.id, view.by_when)))
    return {id_: tuple(sorted(views, key=lambda view: not view.open)) for id_, views in found.items()}


def agreed_in(content: Mapping[str, Any]) -> tuple[str, ...]:
    """The agreements in what was signed."""
    form = content.get("form")
    return Observation.from_facts(form).agreements if isinstance(form, dict) else ()


def _kept(db: Session, sign_off_ids: Collection[int]) -> dict[tuple[int, int], AgreementKept]:
    rows = db.scalars(select(AgreementKept).where(AgreementKept.sign_off_id.in_(sign_off_ids)))
    return {(row.sign_off_id, row.number): row for row in rows}


def _view(row: Any, number: int, text: str, kept: AgreementKept | None, names: Mapping[int, str]) -> AgreementView:
    by_when, assignment = row.content.get("by_when"), row.content.get("assignment")
    return AgreementView(
        sign_off_id=row.id,
        number=number,
        text=text,
        assignment=str(assignment.get("title", "")) if isinstance(assignment, dict) else "",
        coach=names.get(row.coach_id, ""),
        made_at=row.signed_at,
        by_when=date.fromisoformat(by_when) if isinstance(by_when, str) else None,
        kept_at=kept.kept_at if kept else None,
        kept_by=names.get(kept.kept_by_id, "") if kept else "",
    )
