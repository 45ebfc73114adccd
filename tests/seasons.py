"""A year of intervision that was, for the tests of the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Final

from sqlalchemy import update

from app.certification.actions import take_over
from app.certification.keeping_up import season_needs
from app.intervision.actions import rounds
from app.intervision.inputs import RoundGiven, SeasonGiven
from app.intervision.queries.seasons import SeasonPage, Wanted, season_page
from app.intervision.rules import Half
from app.people.tables import Organisation
from tests.intervision import add_session, make_intervention
from tests.people import Cast, make_cast

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

THEN: Final = datetime(2026, 1, 12, 9, tzinfo=UTC)
ROTTERDAM: Final = {"venue": "De Propeller", "address": "Oldegaarde 200, 3083 AB Rotterdam", "food": "Soep en brood"}
BREDA: Final = {"venue": "Heksenwiel", "address": "Heksenwiel 2, Breda", "starts": time(9, 30), "ends": time(12)}


@dataclass
class LastYear:
    """The cast, Noor and Joris with a certificate, and both rounds of 2026; nobody was invited."""

    cast: Cast
    intervention: int
    spring: int
    autumn: int


def last_year(db: Session) -> LastYear:
    """12 March in Rotterdam with Ruben and Noor, 26 March in Breda; 22 October in Rotterdam with Ruben."""
    cast = make_cast(db, now=THEN)
    kind = make_intervention(db)
    db.execute(update(Organisation).where(Organisation.name.contains("Maasoever")).values(city="Rotterdam"))
    db.execute(update(Organisation).where(~Organisation.name.contains("Maasoever")).values(city="Nergenshuizen"))
    for viewer in (cast.noor, cast.joris):
        take_over(
            db,
            by_id=cast.fatma.id,
            person_id=viewer.id,
            intervention_id=kind,
            since=date(2025, 6, 1),
            intervisions=0,
            now=THEN,
        )
    made = []
    for half, month in ((Half.SPRING, 2), (Half.AUTUMN, 9)):
        given = RoundGiven(intervention=kind, year=2026, half=half, signup_closes_on=date(2026, month, 26))
        made.append(rounds.make_round(db, by=cast.fatma, given=given, now=THEN))
    ruben = [cast.ruben.id]
    add_session(db, cast.fatma, made[0], now=THEN, day=date(2026, 3, 12), facilitators=ruben, **ROTTERDAM)
    add_session(db, cast.fatma, made[0], now=THEN, day=date(2026, 3, 27), **BREDA)
    add_session(db, cast.fatma, made[1], now=THEN, day=date(2026, 10, 22), facilitators=ruben, **ROTTERDAM)
    return LastYear(cast, kind, made[0], made[1])


def wanted(db: Session, past: LastYear, on: date) -> list[Wanted]:
    needs = season_needs(db, past.intervention, on)
    return [Wanted(past.intervention, "Mijn Verhaal", dict.fromkeys(Half, needs))]


def looked_at(db: Session, past: LastYear, *, now: datetime, year: int = 2027, extra: int = 0) -> SeasonPage:
    return season_page(db, year, wanted(db, past, now.date()), extra=extra, now=now)


def chosen(page: SeasonPage) -> SeasonGiven:
    return SeasonGiven(year=page.year, extra=page.extra, seen=page.seen)
