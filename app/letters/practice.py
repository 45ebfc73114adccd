"""Letters about practice: visits with their calendar entry, work handed in, what was decided."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parseaddr
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.coaches import coaches_now, is_coach_for
from app.courses.editions import edition_of
from app.courses.queries import enrolment_facts
from app.courses.rules import AssignmentDefinition, EnrolmentFacts, EnrolmentStage
from app.courses.tables import PracticalAssignment
from app.delivery.tables import Delivery, DeliveryDate
from app.interop.calendar import event, visit_uid
from app.kit.localtime import local_day
from app.kit.text import first_name
from app.letters.desk import CalendarPart, Desk, Draft, Kind, NotDue
from app.outbox.tables import Message
from app.people.queries import viewer_for
from app.people.tables import Person
from app.practice.paths import STANDS
from app.practice.rules.states import Decision
from app.practice.tables.coaching import Talk
from app.practice.tables.proof import Correction, SignOff, SignOffContent, SignOffWithdrawal
from app.practice.tables.work import AssignmentRecord, CoachVisit, Preparation, Submission

NO_COACH: Final = "Deze persoon is geen coach meer."
OPEN: Final = frozenset({EnrolmentStage.FOLLOWING, EnrolmentStage.PAUSED, EnrolmentStage.COMPLETED})


def visit_planned(db: Session, message: Message, desk: Desk) -> Draft:
    """The coach comes: where and when."""
    return Draft("visit_planned", *_visit(db, message, desk))


def visit_moved(db: Session, message: Message, desk: Desk) -> Draft:
    """The coach comes on another day; the same entry in the calendar, with the next number."""
    return Draft("visit_moved", *_visit(db, message, desk))


def visit_elsewhere(db: Session, message: Message, desk: Desk) -> Draft:
    """The coach comes on the same day, to another place; the same entry in the calendar, with the next number."""
    return Draft("visit_elsewhere", *_visit(db, message, desk))


def visit_cancelled(db: Session, message: Message, desk: Desk) -> Draft:
    """The coach does not come; the entry leaves the calendar."""
    return Draft("visit_cancelled", *_visit(db, message, desk))


def visit_reminder(db: Session, message: Message, desk: Desk) -> Draft:
    """The visit is near: what to bring and to prepare. How to get there stands behind the link, not in the mail."""
    facts, _ = _visit(db, message, desk)
    planned = db.get_one(CoachVisit, int(message.data["visit_id"]))
    if planned.cancelled_at is not None:
        raise NotDue("Het bezoek gaat niet door.")
    if facts["starts_at"] <= desk.now:
        raise NotDue("Het bezoek is al begonnen.")
    written = db.get(Preparation, planned.record_id)
    prepared = written is not None and written.goal != ""
    bring = () if facts["to_coach"] else facts["bring"]
    goes_out = max(desk.now, message.send_at)  # it may be late, and an admin may look at it beforehand
    days = (local_day(facts["starts_at"]) - local_day(goes_out)).days
    return Draft("visit_reminder", facts | {"days": days, "prepared": prepared, "bring": bring})


def _visit(db: Session, message: Message, desk: Desk) -> tuple[dict[str, Any], CalendarPart]:
    """What a letter about a visit says to one of the two. Raises: NotDue when a later letter took its place."""
    planned = db.get(CoachVisit, int(message.data["visit_id"]))
    if planned is None or planned.sequence != int(message.data["sequence"]):
        raise NotDue("Het bezoek is intussen verzet of afgezegd.")
    over = bool(message.data.get("with_training"))
    enrolment, definition = _about(db, planned.record_id, over=over)
    to_coach = message.person_id == planned.coach_id
    if not to_coach and message.person_id != enrolment.person_id:
        raise NotDue("Deze persoon hoort niet meer bij dit bezoek.")
    if to_coach and not over:
        _must_coach(db, message, enrolment)
    date = db.get_one(DeliveryDate, planned.date_id)
    group = db.get_one(Delivery, date.delivery_id)
    coach, professional = db.get_one(Person, planned.coach_id), db.get_one(Person, enrolment.person_id)
    cancelled = planned.cancelled_at is not None
    link = desk.link(f"/coach/{planned.record_id}" if to_coach else f"/praktijk/{planned.record_id}")
    facts = {
        "to_coach": to_coach,
        "coach": coach.name,
        "coach_first": first_name(coach.name),
        "professional": professional.name,
        "professional_first": first_name(professional.name),
        "assignment": definition.title,
        "bring": definition.bring,
        "starts_at": date.starts_at,
        "ends_at": date.ends_at,
        "place": group.place,
        "address": f"{group.address}, {group.municipality}",
        "reason": planned.cancel_reason,
        "with_date": bool(message.data.get("with_date")),
        "with_training": over,
        "course": enrolment.course_title,
        "link": link,
    }
    calendar = _entry(desk, planned=planned, date=date, facts=facts, to=coach if to_coach else professional)
    return facts, CalendarPart("CANCEL" if cancelled else "REQUEST", calendar)


def _entry(desk: Desk, *, planned: CoachVisit, date: DeliveryDate, facts: dict[str, Any], to: Person) -> str:
    """The calendar entry of a visit for one of the two."""
    organiser_name, organiser = parseaddr(desk.settings.mail_from)
    other = facts["professional"] if facts["to_coach"] else facts["coach"]
    return event(
        uid=visit_uid(planned.uid, to.id, organiser=organiser),
        sequence=planned.sequence,
        method="CANCEL" if planned.cancelled_at is not None else "REQUEST",
        title=f"{facts['assignment']}: coachbezoek met {first_name(other)}",
        starts_at=date.starts_at,
        ends_at=date.ends_at,
        location=f"{facts['place']}, {facts['address']}",
        description=str(facts["link"]),
        attendee_name=to.name,
        attendee_address=to.email or "",
        organiser_name=organiser_name,
        organiser_address=organiser,
        partstat="ACCEPTED",
        rsvp=False,
        now=desk.now,
    )


def submitted(db: Session, message: Message, desk: Desk) -> Draft:
    """Tells the coach that work waits for her; not due once she decided, or coaches somebody else."""
    handed_in = db.get(Submission, int(message.data["submission_id"]))
    if handed_in is None:
        raise NotDue("Deze inlevering is er niet meer.")
    enrolment, definition = _about(db, handed_in.record_id)
    _must_coach(db, message, enrolment)
    if db.scalar(select(SignOff.id).where(SignOff.submission_id == handed_in.id, STANDS)) is not None:
        raise NotDue("Hierover is al besloten.")
    professional = db.get_one(Person, enrolment.person_id)
    return Draft(
        "submitted",
        {
            "professional": professional.name,
            "professional_first": first_name(professional.name),
            "assignment": definition.title,
            "course": enrolment.course_title,
            "link": desk.link(f"/coach/{handed_in.record_id}"),
        },
    )


def decided(db: Session, message: Message, desk: Desk) -> Draft:
    """Tells a professional that her coach decided. What was written stands behind the link, not in the mail."""
    signed = db.get(SignOff, int(message.data["sign_off_id"]))
    if signed is None or db.get(SignOffContent, signed.id) is None:
        raise NotDue("De inhoud van dit besluit is gewist.")
    if db.scalar(select(SignOffWithdrawal.id).where(SignOffWithdrawal.sign_off_id == signed.id)) is not None:
        raise NotDue("Dit besluit is intussen teruggenomen.")
    enrolment, definition = _about(db, signed.record_id)
    coach = db.get_one(Person, signed.coach_id)
    return Draft(
        "decided",
        {
            "decision": Decision(signed.decision).value,
            "coach": coach.name,
            "coach_first": first_name(coach.name),
            "assignment": definition.title,
            "course": enrolment.course_title,
            "object_until": local_day(signed.signed_at)
            + timedelta(days=edition_of(db, enrolment.practice_edition_id).policy.appeal_days),
            "object_at": desk.settings.help_address,
            "link": desk.link(f"/praktijk/{signed.record_id}"),
        },
    )


def agreed(db: Session, message: Message, desk: Desk) -> Draft:
    """Tells the other one of the two that an agreement was written down; the words stand behind the link.

    Not due once it is confirmed by who is asked to, or when other words came in its place.
    """
    talk = db.get(Talk, int(message.data["submission_id"]))
    if talk is None or not talk.agreements or talk.version < int(message.data["version"]):
        raise NotDue("De afspraken zijn gewist.")
    if talk.version != int(message.data["version"]):
        raise NotDue("Over deze afspraken is intussen verder gepraat.")
    handed_in = db.get_one(Submission, talk.submission_id)
    enrolment, definition = _about(db, handed_in.record_id)
    to_coach = message.person_id == enrolment.coach_id
    if message.person_id != enrolment.person_id:
        _must_coach(db, message, enrolment)
    author = db.get_one(Person, message.reply_to_id or talk.discussed_by_id)  # who acted: it may be a yes to his words
    return Draft(
        "agreed",
        {
            "to_coach": to_coach,
            "author": author.name,
            "author_first": first_name(author.name),
            "assignment": definition.title,
            "course": enrolment.course_title,
            "link": desk.link(f"/praktijk/{handed_in.record_id}/nagesprek"),
        },
    )


def sign_off_withdrawn(db: Session, message: Message, desk: Desk) -> Draft:
    """Tells the professional, who signed it and her coach that a result stands no more. Why stands behind the link."""
    withdrawal = db.get_one(SignOffWithdrawal, int(message.data["withdrawal_id"]))
    signed = db.get_one(SignOff, withdrawal.sign_off_id)
    enrolment, definition = _about(db, signed.record_id)
    mine = message.person_id == enrolment.person_id
    coaches = message.person_id == enrolment.coach_id
    if not mine and not is_coach_for(db, message.person_id, enrolment):
        raise NotDue(NO_COACH)
    professional = db.get_one(Person, enrolment.person_id)
    return Draft(
        "sign_off_withdrawn",
        {
            "mine": mine,
            "signed_at": signed.signed_at,
            "professional": professional.name,
            "assignment": definition.title,
            "course": enrolment.course_title,
            "link": desk.link(f"/coach/{signed.record_id}" if coaches else f"/praktijk/{signed.record_id}"),
        },
    )


def correction_declined(db: Session, message: Message, desk: Desk) -> Draft:
    """Tells who asked to take a result back that it stands, and why."""
    asked = db.get_one(Correction, int(message.data["correction_id"]))
    if not asked.answer or asked.settled_by_id is None:
        raise NotDue("De inhoud van dit besluit is gewist.")
    signed = db.get_one(SignOff, asked.sign_off_id)
    enrolment, definition = _about(db, signed.record_id)
    coaches = message.person_id == enrolment.coach_id
    if not is_coach_for(db, message.person_id, enrolment) and not viewer_for(db, message.person_id).is_admin:
        raise NotDue(NO_COACH)
    return Draft(
        "correction_declined",
        {
            "settled_by": db.get_one(Person, asked.settled_by_id).name,
            "answer": asked.answer,
            "professional": db.get_one(Person, enrolment.person_id).name,
            "assignment": definition.title,
            "course": enrolment.course_title,
            "link": desk.link(f"/coach/{signed.record_id}" if coaches else f"/praktijk/{signed.record_id}"),
        },
    )


def _must_coach(db: Session, message: Message, enrolment: EnrolmentFacts) -> None:
    """Raises: NotDue for who coaches somebody else by now, or may no longer coach at all."""
    if not coaches_now(db, message.person_id, enrolment):
        raise NotDue("Deze coach begeleidt deze professional niet meer.")


def _about(db: Session, record_id: int, *, over: bool = False) -> tuple[EnrolmentFacts, AssignmentDefinition]:
    """Raises: NotDue when the training has ended in the meantime, unless that is what it is about (`over`)."""
    record = db.get_one(AssignmentRecord, record_id)
    enrolment = enrolment_facts(db, [record.enrolment_id])[record.enrolment_id]
    if enrolment.stage not in OPEN and not over:
        raise NotDue("De inschrijving is gestopt.")
    facts = db.scalars(
        select(PracticalAssignment.definition).where(PracticalAssignment.id == record.assignment_id)
    ).one()
    return enrolment, AssignmentDefinition.from_facts(facts)


KINDS: Final[dict[str, Kind]] = {
    "practice.visit_planned": visit_planned,
    "practice.visit_moved": visit_moved,
    "practice.visit_elsewhere": visit_elsewhere,
    "practice.visit_cancelled": visit_cancelled,
    "practice.visit_reminder": visit_reminder,
    "practice.submitted": submitted,
    "practice.decided": decided,
    "practice.agreed": agreed,
    "practice.sign_off_withdrawn": sign_off_withdrawn,
    "practice.correction_declined": correction_declined,
}
