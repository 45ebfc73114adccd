"""Who is in training: one meaning for every page that counts or lists them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Select, case, exists, or_, select
from sqlalchemy.orm import aliased

from app.certification.queries import HOLDING, best_states, ranks
from app.courses.tables import Enrolment


def in_training(on: date) -> Select[int, str, bool]:
    """Everybody on the way to a certificate, once, by the latest training that goes on: `person_id`, `kind`, `lapsed`.

    `kind` is invited, paused or training. Who holds a certificate is counted there, not here.
    """
    best, newer = best_states(on), aliased(Enrolment)
    kind = case(
        (Enrolment.confirmed_at.is_(None), "invited"), (Enrolment.paused_at.is_not(None), "paused"), else_="training"
    )
    return (
        select(Enrolment.person_id, kind.label("kind"), best.c.rank.is_not(None).label("lapsed"))
        .outerjoin(best, best.c.person_id == Enrolment.person_id)
        .where(
            *_goes_on(Enrolment),
            ~exists().where(newer.person_id == Enrolment.person_id, newer.id > Enrolment.id, *_goes_on(newer)),
            or_(best.c.rank.is_(None), best.c.rank.not_in(ranks(HOLDING))),
        )
    )


def _goes_on(which: type[Enrolment]) -> tuple[ColumnElement[bool], ...]:
    return which.completed_at.is_(None), which.withdrawn_at.is_(None), which.expired_at.is_(None)
