"""Coaches to hand over to, people to hand over, and the forms that do it."""

from __future__ import annotations

from contextlib import suppress
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.courses.actions import availability
from app.courses.actions.coaching import assign_coaches
from app.courses.actions.cohorts import confirm_enrolments, enrol
from app.courses.inputs import AwayGiven
from app.courses.tables import CoachAssignment, Enrolment, Intervention
from app.letters.desk import Desk, NotDue, write
from app.letters.mailer import make_mail
from app.outbox.tables import Message
from app.people.actions.accounts import grant_role
from app.people.queries import viewer_for
from app.people.rules import Role
from app.practice import admin_inputs
from app.practice.actions import handover
from app.practice.tables.work import CoachVisit
from app.settings import Settings
from tests.people import KEYRING, make_person

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from tests.practising import Practising
    from tests.trained import Training


def make_coach(db: Session, name: str, *, now: datetime) -> int:
    """Somebody who may coach for every intervention of the courses here."""
    coach = make_person(db, name, now=now)
    for slug in db.scalars(select(Intervention.slug)):
        grant_role(db, by=None, person_id=coach, role=Role.COACH, intervention=slug, now=now)
    return coach


def make_people(
    db: Session, training: Training, count: int, *, coach_id: int, now: datetime, first: int = 0
) -> list[int]:
    """So many professionals who follow the course with a coach, numbered from `first`; gives their enrolments."""
    people = [
        make_person(db, f"Mens {number:02}", email=f"mens{number}@demo.example", now=now)
        for number in range(first, first + count)
    ]
    fatma = training.cast.fatma
    found = []
    for start in range(0, count, 15):  # a cohort of the tests has twenty seats, and Noor has one
        from tests.trained import make_cohort

        cohort_id = make_cohort(db, fatma, training.edition_id, now=now)
        found += enrol(db, by=fatma, cohort_id=cohort_id, person_ids=people[start : start + 15], now=now)
    for person_id in people:
        confirm_enrolments(db, person_id=person_id, now=now)
    assign_coaches(db, by=fatma, enrolment_ids=found, coach_id=coach_id, now=now)
    return found


def form(to: dict[int, int | None], **more: Any) -> admin_inputs.Handover:
    """For good unless `back_on` says until when."""
    named = {f"to_{id_}": str(coach or "") for id_, coach in to.items()}
    given = {"reason": "ill", "how": "until" if "back_on" in more else "good"} | named | more
    return admin_inputs.handover_form(named).model_validate(given)


def hand_over(database: Database, at_work: Practising, clock: MovableClock, to: int | None, **more: Any) -> int:
    """All whom the present coach has go to one other coach."""
    with database.writing() as db:
        ours = handover.people_of_coach(db, at_work.ruben.id)
        return handover.hand_over(
            db,
            by=at_work.training.cast.fatma,
            coach_id=at_work.ruben.id,
            given=form(dict.fromkeys(ours, to), **more),
            now=clock.now(),
        )


def coach_of(db: Session, enrolment_id: int) -> int | None:
    return db.scalar(
        select(CoachAssignment.coach_id).where(
            CoachAssignment.enrolment_id == enrolment_id, CoachAssignment.until.is_(None)
        )
    )


def coaches_now(database: Database) -> dict[int, int]:
    """Who coaches whom, by person."""
    with database.reading() as db:
        rows = db.execute(
            select(Enrolment.person_id, CoachAssignment.coach_id)
            .join(CoachAssignment, CoachAssignment.enrolment_id == Enrolment.id)
            .where(CoachAssignment.until.is_(None))
        )
        return {row.person_id: row.coach_id for row in rows}


def planned_visit(database: Database) -> CoachVisit:
    with database.reading() as db:
        return db.scalars(select(CoachVisit)).one()


def away(database: Database, coach: int, first: str, last: str | None, clock: MovableClock) -> None:
    given = AwayGiven.model_validate({"reason": "holiday", "starts_on": first, "ends_on": last or ""})
    with database.writing() as db:
        by = viewer_for(db, coach)
        availability.note_absence(db, by=by, person_id=coach, given=given, now=clock.now())


def mails(database: Database, clock: MovableClock, kind: str) -> dict[int, list[EmailMessage]]:
    """The mails of a kind that would go out now, by person."""
    settings = Settings(data_dir="/nowhere")  # type: ignore[arg-type]
    desk = Desk(settings, KEYRING, clock.now())
    found: dict[int, list[EmailMessage]] = {}
    with database.reading() as db:
        for one in db.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)):
            with suppress(NotDue):
                found.setdefault(one.person_id, []).append(make_mail(write(db, one, desk), one, settings))
    return found


def entries(mail: EmailMessage) -> list[tuple[str, str, int]]:
    """The calendar entries of a mail: METHOD, UID and SEQUENCE."""
    from icalendar import Calendar

    found = []
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            calendar = Calendar.from_ical(part.get_content())
            (event,) = calendar.walk("VEVENT")
            assert part.get_param("method") == str(calendar["METHOD"])
            found.append((str(calendar["METHOD"]), str(event["UID"]), int(str(event["SEQUENCE"]))))
    return found
