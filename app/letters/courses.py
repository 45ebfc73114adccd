"""Letters about courses: the invitation, who coaches whom, and what somebody writes in her own words."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.actions.coaching import TO_COACH, TO_PROFESSIONAL
from app.courses.actions.cohorts import INVITATION
from app.courses.actions.writing import OWN_LETTER
from app.courses.coaches import coaches_now
from app.courses.queries import enrolment_facts
from app.courses.rules import EnrolmentFacts, EnrolmentStage
from app.courses.tables import CoachAssignment
from app.kit.text import first_name
from app.letters.desk import Desk, Draft, Kind, NotDue
from app.outbox.rules import addressed
from app.outbox.tables import Message
from app.people.actions.invitations import PURPOSE
from app.people.queries import person_names
from app.people.rules import INVITATION_DAYS
from app.people.tables import Invitation

OPEN: Final = frozenset({EnrolmentStage.INVITED, EnrolmentStage.FOLLOWING, EnrolmentStage.PAUSED})


def invitation(db: Session, message: Message, desk: Desk) -> Draft:
    """A link into a training. Without an invitation yet it is the preview, with a link that says so."""
    enrolment = _open(db, int(message.data["enrolment_id"]))
    link = "/uitnodiging/…"
    if "invitation_id" in message.data:
        found = db.get(Invitation, int(message.data["invitation_id"]))
        if found is None or found.withdrawn_at is not None:
            raise NotDue("De uitnodiging is ingetrokken.")
        if found.accepted_at is not None:
            raise NotDue("De uitnodiging is al gebruikt.")
        if found.expires_at <= desk.now:
            raise NotDue("De uitnodiging is verlopen.")
        link = f"/uitnodiging/{desk.keyring.matching_token(PURPOSE, found.nonce, found.token_hash)}"
    people = [enrolment.contact_id, *([enrolment.coach_id] if enrolment.coach_id else [])]
    names = person_names(db, people)
    return Draft(
        "course_invitation",
        {
            "course": enrolment.course_title,
            "cohort": enrolment.cohort_name,
            "starts_on": enrolment.starts_on,
            "coach": names.get(enrolment.coach_id or 0, ""),
            "contact": names.get(enrolment.contact_id, ""),
            "link": desk.link(link),
            "days": INVITATION_DAYS,
        },
    )


def coach_assigned(db: Session, message: Message, desk: Desk) -> Draft:
    """Tells a professional who her coach is."""
    enrolment = _open(db, int(message.data["enrolment_id"]))
    coach_id = int(message.data["coach_id"])
    if enrolment.coach_id != coach_id:
        raise NotDue("De coach is intussen iemand anders.")
    name = person_names(db, [coach_id]).get(coach_id, "")
    return Draft(
        "coach_assigned",
        {
            "coach": name,
            "coach_first": first_name(name),
            "course": enrolment.course_title,
            "link": desk.link("/traject"),
        },
    )


def coachees_assigned(db: Session, message: Message, desk: Desk) -> Draft:
    """Tells a coach whom she coaches from now on: one letter for all of them."""
    ids = [int(id_) for id_ in message.data["enrolment_ids"]]
    still = db.scalars(
        select(CoachAssignment.enrolment_id).where(
            CoachAssignment.enrolment_id.in_(ids),
            CoachAssignment.coach_id == message.person_id,
            CoachAssignment.until.is_(None),
        )
    ).all()
    open_ = [each for each in enrolment_facts(db, still).values() if each.stage in OPEN]
    enrolments = [each for each in open_ if coaches_now(db, message.person_id, each)]
    if not enrolments:
        raise NotDue("Deze coach begeleidt intussen niemand van deze mensen.")
    names = person_names(db, [enrolment.person_id for enrolment in enrolments])
    return Draft(
        "coachees_assigned",
        {
            "names": sorted(names.values()),
            "course": enrolments[0].course_title,
            "cohort": enrolments[0].cohort_name,
            "link": desk.link("/coach"),
        },
    )


def own_letter(db: Session, message: Message, desk: Desk) -> Draft:
    """What an admin or a coach wrote in her own words to somebody in training."""
    enrolment = enrolment_facts(db, [int(message.data["enrolment_id"])]).get(int(message.data["enrolment_id"]))
    by_id = int(message.data["by_id"])
    if enrolment is None or enrolment.withdrawn_at is not None or enrolment.expired_at is not None:
        raise NotDue("Deze inschrijving is gestopt.")
    if message.data["as_coach"] and enrolment.coach_id != by_id:
        raise NotDue("De coach is intussen iemand anders.")
    names = person_names(db, [by_id, message.person_id])
    called = first_name(names.get(message.person_id, ""))
    return Draft(
        "own_letter",
        {
            "subject": addressed(str(message.data["subject"]), called),
            "own_text": addressed(message.own_text, called),
            "writer": names.get(by_id, ""),
            "course": enrolment.course_title,
            "came_in": enrolment.confirmed_at is not None,
            "link": desk.link("/traject"),
        },
    )


def _open(db: Session, enrolment_id: int) -> EnrolmentFacts:
    enrolment = enrolment_facts(db, [enrolment_id]).get(enrolment_id)
    if enrolment is None or enrolment.stage not in OPEN:
        raise NotDue("Deze inschrijving is gestopt of al afgerond.")
    return enrolment


KINDS: Final[dict[str, Kind]] = {
    INVITATION: invitation,
    TO_PROFESSIONAL: coach_assigned,
    TO_COACH: coachees_assigned,
    OWN_LETTER: own_letter,
}
