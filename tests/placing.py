"""A round with many people, for the tests of seats and tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intervision.actions import placing
from app.intervision.planner.model import Plan, Wishes
from app.intervision.planner.plan import form_groups
from app.intervision.queries.placing import asked
from app.intervision.queries.proposals import ProposalPage, proposal_page
from app.intervision.tables import PlacingLine
from app.kit.db import Database
from app.people.tables import LineManager
from tests.intervision import add_session, make_round, publish
from tests.intervision_stage import Stage
from tests.people import make_cast, make_person

NAMES = ("Ada", "Bea", "Cor", "Dirk", "Eva", "Fien", "Gijs", "Hana", "Ivo", "Jet", "Kim", "Lena")
DAYS = (date(2026, 12, 10), date(2026, 12, 15))


@dataclass
class Rest(Stage):
    """A round with two meetings of eight seats and twelve people who have none yet, of three organisations."""

    second_id: int = 0
    trainers: list[int] = field(default_factory=list)

    def plan(self) -> Plan:
        told = self.see(lambda db: asked(db, self.round_id, self.trainers, now=self.now))
        return form_groups(told.people, told.slots, told.rules, Wishes(), seed=1)

    def propose(self) -> int:
        plan = self.plan()
        return int(
            self.do(
                lambda db: placing.keep_proposal(
                    db, by=self.cast.fatma, round_id=self.round_id, plan=plan, now=self.now
                )
            )
        )

    def accept(self, proposal_id: int) -> placing.Result:
        found: placing.Result = self.do(
            lambda db: placing.accept(
                db, by=self.cast.fatma, round_id=self.round_id, proposal_id=proposal_id, now=self.now
            )
        )
        return found

    def undo(self, proposal_id: int) -> placing.Result:
        found: placing.Result = self.do(
            lambda db: placing.undo(
                db, by=self.cast.fatma, round_id=self.round_id, proposal_id=proposal_id, now=self.now
            )
        )
        return found

    def page(self) -> ProposalPage:
        found: ProposalPage = self.see(lambda db: proposal_page(db, self.round_id, self.trainers, now=self.now))
        return found

    def line_of(self, person_id: int) -> PlacingLine:
        query = select(PlacingLine).where(PlacingLine.person_id == person_id).order_by(PlacingLine.id.desc())
        found: PlacingLine = self.see(lambda db: db.scalars(query).first())
        return found


def rest_of(database: Database, clock: Any) -> Rest:
    """The round, published, with nobody's answer yet."""
    now: datetime = clock.now()
    with database.writing() as db:
        cast = make_cast(db, now=now)
        round_id = make_round(db, cast.fatma, now=now)
        leads = {"facilitators": frozenset({cast.ruben.id})}
        first = add_session(db, cast.fatma, round_id, now=now, day=DAYS[0], seats=8, **leads)
        second = add_session(
            db, cast.fatma, round_id, now=now, day=DAYS[1], seats=8, venue="De Pit", address="Plein 2, Breda"
        )
        organisations = ("Welzijn Maasoever", "Zorggroep Linde", "Buurtkracht Oost")
        people = [
            make_person(db, f"{name} de Vries", now=now, organisation=organisations[at % 3], account=False)
            for at, name in enumerate(NAMES)
        ]
        publish(db, cast.fatma, round_id, *people, now=now)
    return Rest(database, clock, cast, round_id, first, second_id=second, trainers=people)


def manages(db: Session, manager_id: int, *people: int, since: date) -> None:
    """Somebody manages people from a day on."""
    db.add_all(LineManager(person_id=person_id, manager_id=manager_id, since=since) for person_id in people)


def after_closing(rest: Rest) -> None:
    """The day after sign-up closed."""
    rest.clock.advance(timedelta(days=12))
