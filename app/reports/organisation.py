"""What a contact sees of the own organisation: name, stage, valid until. Never scores, never what was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.people.listing import lines_of
from app.people.rules import Role, Viewer
from app.people.tables import Membership, Organisation
from app.reports.people import Stage, stages_of


@dataclass(frozen=True)
class ColleagueRow:
    """One colleague. `course`: the training that she follows or followed last, else what her certificate is for."""

    name: str
    stage: Stage
    course: str


@dataclass(frozen=True)
class OrganisationPage:
    """The people of one organisation who are on the road."""

    organisation: str
    rows: tuple[ColleagueRow, ...]
    certified: int
    training: int


def organisation_page(db: Session, viewer: Viewer, *, on: date) -> OrganisationPage:
    """People who work today where the viewer is the contact; who is not on the road is not listed."""
    works = select(Membership.person_id).where(
        Membership.organisation_id.in_(viewer.contact_of),
        Membership.since <= on,
        or_(Membership.until.is_(None), Membership.until > on),
    )
    lines = {line.id: line for line in lines_of(db, db.scalars(works).all())}
    stages, enrolments = stages_of(db, list(lines), on=on, lines=lines)
    own = select(Organisation.name).where(Organisation.id.in_(viewer.contact_of)).order_by(Organisation.name)
    rows = [
        ColleagueRow(
            line.name,
            stages[id_],
            enrolments[id_].course_title if id_ in enrolments else stages[id_].intervention,
        )
        for id_, line in lines.items()
        if stages[id_].step or id_ in enrolments or Role.PROFESSIONAL in line.roles
    ]
    return OrganisationPage(
        organisation=", ".join(db.scalars(own)),
        rows=tuple(rows),
        certified=sum(row.stage.code in {"valid", "expiring", "in_grace"} for row in rows),
        training=sum(row.stage.code in {"theory", "practice", "paused"} for row in rows),
    )
