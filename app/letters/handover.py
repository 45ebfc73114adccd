"""Letters about another coach: to the professional, to who takes over, and to who lets go; one each.

Nobody is told why: that somebody is ill is hers to tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.courses.coaches import coaches_now, is_coach_for
from app.courses.queries import enrolment_facts
from app.courses.rules import EnrolmentFacts, EnrolmentStage
from app.courses.tables import CoachHandover, PracticalAssignment
from app.delivery.tables import Delivery, DeliveryDate
from app.interop.calendar import Method, event
from app.kit.text import first_name
from app.letters.desk import CalendarPart, Desk, Draft, Kind, NotDue
from app.outbox.tables import Message
from app.people.queries import person_names
from app.people.tables import Person
from app.practice.actions.handover_letters import TO_FORMER, TO_NEW, TO_PROFESSIONAL
from app.practice.paths import paths_of, paths_of_enrolments
from app.practice.rules.states import RecordState, waits_for_coach
from app.practice.tables.proof import ReturnExtension
from app.practice.tables.work import AssignmentRecord, CoachVisit

OPEN: Final = frozenset({EnrolmentStage.INVITED, EnrolmentStage.FOLLOWING, EnrolmentStage.PAUSED})


@dataclass(frozen=True)
class VisitLine:
    """A visit in a letter: whose, when and where. `again`: it does not go on, a new day is to be chosen."""

    professional: str
    assignment: str
    starts_at: datetime
    place: str
    again: bool


@dataclass(frozen=True)
class PersonLine:
    """Somebody in a letter to a coach. `coach`: who coaches her now; `waits`: how much lies there to look at."""

    name: str
    coach: str
    waits: int


def professional(db: Session, message: Message, desk: Desk) -> Draft:
    """Tells a professional who coaches her from now on, until when, and what becomes of a visit."""
    handover, enrolments = _about(db, message)
    coach_id = int(message.data["coach_id"])
    if not any(one.coach_id == coach_id for one in enrolments):
        raise NotDue("De coach is intussen iemand anders.")
    names = person_names(db, [coach_id, handover.coach_id])
    lines, parts = _visits(db, message, desk, to_coach=False)
    return Draft(
        "handover_professional",
        {
            "coach": names.get(coach_id, ""),
            "coach_first": first_name(names.get(coach_id, "")),
            "former_first": first_name(names.get(handover.coach_id, "")),
            "back": coach_id == handover.coach_id,
            "back_on": handover.back_on if handover.ended_at is None else None,
            "visits": lines,
            "course": enrolments[0].course_title,
            "link": desk.link("/traject"),
        },
        *_entries(parts),
    )


def takes(db: Session, message: Message, desk: Desk) -> Draft:
    """Tells a coach whom she coaches from now on, and what waits there: one letter for all of them."""
    _, enrolments = _about(db, message)
    hers = [one for one in enrolments if coaches_now(db, message.person_id, one)]
    if not hers:
        raise NotDue("Deze coach begeleidt intussen niemand van deze mensen.")
    facts, parts = _to_coach(db, message, desk, hers)
    return Draft("handover_takes", facts, *_entries(parts))


def gives(db: Session, message: Message, desk: Desk) -> Draft:
    """Tells the coach who lets go who took over whom; her own drafts stay hers. Nothing to who is no coach any more."""
    handover, enrolments = _about(db, message)
    gone = [one for one in enrolments if one.coach_id != message.person_id]
    gone = [one for one in gone if is_coach_for(db, message.person_id, one)]
    if not gone:
        raise NotDue("Deze mensen zijn intussen weer bij deze coach.")
    facts, parts = _to_coach(db, message, desk, gone)
    if handover.coach_id != message.person_id:  # only a visit of hers goes: they do not come back to her by this one
        facts |= {"changed": False, "back_on": None}
    return Draft("handover_gives", facts, *_entries(parts))


def _to_coach(
    db: Session, message: Message, desk: Desk, people: list[EnrolmentFacts]
) -> tuple[dict[str, Any], list[CalendarPart]]:
    handover = db.get_one(CoachHandover, int(message.data["handover_id"]))
    ids = [one.id for one in people]
    waiting = [path.enrolment_id for path in paths_of_enrolments(db, ids) if waits_for_coach(path.state)]
    coaches = [one.coach_id for one in people if one.coach_id is not None]
    names = person_names(db, [*(one.person_id for one in people), *coaches, handover.coach_id])
    lines, parts = _visits(db, message, desk, to_coach=True)
    facts = {
        "people": sorted(
            (
                PersonLine(names.get(one.person_id, ""), names.get(one.coach_id or 0, ""), waiting.count(one.id))
                for one in people
            ),
            key=lambda line: line.name,
        ),
        "former": names.get(handover.coach_id, ""),
        "former_first": first_name(names.get(handover.coach_id, "")),
        "back": message.data["phase"] == "back",
        "changed": str(message.data["phase"]).startswith("day"),
        "back_on": handover.back_on if handover.ended_at is None else None,
        "visits": lines,
        "link": desk.link("/coach"),
    }
    return facts, parts


def _entries(parts: list[CalendarPart]) -> tuple[CalendarPart | None, tuple[CalendarPart, ...]]:
    """One entry stands in the mail itself; several go along as files."""
    return (parts[0], ()) if len(parts) == 1 else (None, tuple(parts))


def _about(db: Session, message: Message) -> tuple[CoachHandover, list[EnrolmentFacts]]:
    """Raises: NotDue when none of these trainings goes on."""
    handover = db.get_one(CoachHandover, int(message.data["handover_id"]))
    known = enrolment_facts(db, [int(id_) for id_ in message.data["enrolment_ids"]])
    enrolments = [one for one in known.values() if one.stage in OPEN]
    if not enrolments:
        raise NotDue("Deze inschrijving is gestopt of al afgerond.")
    return handover, enrolments


def _visits(db: Session, message: Message, desk: Desk, *, to_coach: bool) -> tuple[list[VisitLine], list[CalendarPart]]:
    """The visits that this letter is about, and what it changes in the calendar of who gets it.

    A visit that was changed once more has a letter of its own, and is left out; who does not go any more gets none,
    and it leaves her calendar here.
    """
    given = {int(visit): (int(number), int(former)) for visit, number, former in message.data["visits"]}
    rows = db.execute(
        select(CoachVisit, DeliveryDate, Delivery, PracticalAssignment.title, Delivery.leader_id)
        .join(DeliveryDate, DeliveryDate.id == CoachVisit.date_id)
        .join(Delivery, Delivery.id == DeliveryDate.delivery_id)
        .join(AssignmentRecord, AssignmentRecord.id == CoachVisit.record_id)
        .join(PracticalAssignment, PracticalAssignment.id == AssignmentRecord.assignment_id)
        .where(CoachVisit.id.in_(given))
        .order_by(DeliveryDate.starts_at)
    ).all()
    to = db.get_one(Person, message.person_id)

    def due(visit: CoachVisit) -> bool:
        number, former = given[visit.id]
        return visit.sequence == number or (to_coach and former == to.id != visit.coach_id)

    rows = [row for row in rows if due(row.CoachVisit)]
    names = person_names(db, {row.leader_id for row in rows} | {row.CoachVisit.coach_id for row in rows})
    lines: list[VisitLine] = []
    parts: list[CalendarPart] = []
    for visit, meets, group, title, leader_id in rows:
        goes = visit.cancelled_at is None
        lines.append(VisitLine(names.get(leader_id, ""), title, meets.starts_at, group.place, not goes))
        there = visit.coach_id == to.id if to_coach else True
        if to_coach and not (goes and there) and given[visit.id][1] != to.id:
            continue  # it never stood in her calendar
        method: Method = "REQUEST" if goes and there else "CANCEL"
        other = names.get(leader_id if to_coach else visit.coach_id, "")
        link = desk.link(f"/coach/{visit.record_id}" if to_coach else f"/praktijk/{visit.record_id}")
        organiser_name, organiser = parseaddr(desk.settings.mail_from)
        entry = event(
            uid=f"bezoek-{visit.uid}-{to.id}@{organiser.partition('@')[2]}",
            sequence=visit.sequence,
            method=method,
            title=f"{title}: coachbezoek met {first_name(other)}",
            starts_at=meets.starts_at,
            ends_at=meets.ends_at,
            location=f"{group.place}, {group.address}, {group.municipality}",
            description=link,
            attendee_name=to.name,
            attendee_address=to.email or "",
            organiser_name=organiser_name,
            organiser_address=organiser,
            now=desk.now,
        )
        parts.append(CalendarPart(method, entry))
    return lines, parts


def allowed_again(db: Session, message: Message, desk: Desk) -> Draft:
    """Tells a professional that she may do an assignment once more."""
    enrolment, title = _of_record(db, int(message.data["record_id"]))
    return Draft(
        "allowed_again",
        {
            "assignment": title,
            "course": enrolment.course_title,
            "link": desk.link(f"/praktijk/{message.data['record_id']}"),
        },
    )


def piece_extended(db: Session, message: Message, desk: Desk) -> Draft:
    """Tells a professional that she has longer for the piece that was asked for. Of several days the latest counts."""
    record_id = int(message.data["record_id"])
    enrolment, title = _of_record(db, record_id)
    extension = db.get_one(ReturnExtension, int(message.data["extension_id"]))
    newest = select(func.max(ReturnExtension.id)).where(ReturnExtension.sign_off_id == extension.sign_off_id)
    if db.scalar(newest) != extension.id:
        raise NotDue("Er kwam intussen een andere dag.")
    (path,) = paths_of(db, select(AssignmentRecord.id).where(AssignmentRecord.id == record_id))
    if path.state is not RecordState.RETURNED:
        raise NotDue("Er wordt niet meer op een stukje gewacht.")
    return Draft(
        "piece_extended",
        {
            "assignment": title,
            "by_when": extension.by_when,
            "course": enrolment.course_title,
            "link": desk.link(f"/praktijk/{record_id}"),
        },
    )


def _of_record(db: Session, record_id: int) -> tuple[EnrolmentFacts, str]:
    """Raises: NotDue when the training has ended in the meantime."""
    row = db.execute(
        select(AssignmentRecord.enrolment_id, PracticalAssignment.title)
        .join(PracticalAssignment, PracticalAssignment.id == AssignmentRecord.assignment_id)
        .where(AssignmentRecord.id == record_id)
    ).one()
    enrolment = enrolment_facts(db, [row.enrolment_id])[row.enrolment_id]
    if enrolment.stage not in OPEN:
        raise NotDue("Deze inschrijving is gestopt of al afgerond.")
    return enrolment, row.title


KINDS: Final[dict[str, Kind]] = {
    TO_PROFESSIONAL: professional,
    TO_NEW: takes,
    TO_FORMER: gives,
    "practice.allowed_again": allowed_again,
    "practice.piece_extended": piece_extended,
}
