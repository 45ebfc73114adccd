"""Letters about groups: the end presentation with its entry for the calendar, and who was brought together."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.coaches import coaches_now
from app.courses.queries import enrolment_facts
from app.courses.rules import EnrolmentFacts, EnrolmentStage
from app.delivery.linking import TO_ORGANISATION, TO_TRAINER, UNDONE, contacts_of
from app.delivery.tables import Delivery, GroupLink, GroupSearch, PresentationEntry, TrainerRequest
from app.interop.calendar import event, presentation_uid
from app.kit.text import first_name
from app.letters.desk import CalendarPart, Desk, Draft, Kind, NotDue
from app.outbox.tables import Message
from app.people.tables import Organisation, Person

OPEN: Final = frozenset({EnrolmentStage.FOLLOWING, EnrolmentStage.PAUSED, EnrolmentStage.COMPLETED})


def presentation_planned(db: Session, message: Message, desk: Desk) -> Draft:
    """The end presentation has a day: it comes into the calendar."""
    return Draft("presentation_planned", *_presentation(db, message, desk))


def presentation_moved(db: Session, message: Message, desk: Desk) -> Draft:
    """Another day or place; the same entry in the calendar, with the next number."""
    return Draft("presentation_moved", *_presentation(db, message, desk))


def presentation_cancelled(db: Session, message: Message, desk: Desk) -> Draft:
    """It does not go on, or it is no longer hers to follow: the entry leaves the calendar."""
    return Draft("presentation_cancelled", *_presentation(db, message, desk))


def _presentation(db: Session, message: Message, desk: Desk) -> tuple[dict[str, Any], CalendarPart]:
    """What a letter says to one of the two. Raises: NotDue when a later letter took its place.

    Who coaches the group no more reads a day, and neither a name nor a place.
    """
    entry = db.get(PresentationEntry, int(message.data["entry_id"]))
    if entry is None or entry.person_id != message.person_id or entry.sequence != int(message.data["sequence"]):
        raise NotDue("Er is een nieuwer bericht over deze eindpresentatie.")
    group = db.get_one(Delivery, entry.delivery_id)
    enrolment = enrolment_facts(db, [group.enrolment_id])[group.enrolment_id] if group.enrolment_id else None
    to_leader = entry.person_id == group.leader_id
    concerned = to_leader or (enrolment is not None and coaches_now(db, entry.person_id, enrolment))
    if entry.gone_at is None:
        _must_concern(enrolment, concerned=concerned)
    leader = db.get_one(Person, group.leader_id)
    coach = db.get(Person, enrolment.coach_id) if enrolment is not None and enrolment.coach_id else None
    facts = {
        "to_leader": to_leader,
        "concerned": concerned,
        "professional": leader.name if concerned else "",
        "professional_first": first_name(leader.name) if concerned else "",
        "coach": coach.name if coach and to_leader else "",
        "starts_at": entry.starts_at,
        "ends_at": entry.ends_at,
        "where": entry.location if concerned else "",
        "course": enrolment.course_title if enrolment is not None else "",
        "link": desk.link("/groep" if to_leader else "/coach"),
    }
    method = "REQUEST" if entry.gone_at is None else "CANCEL"
    return facts, CalendarPart(method, _calendar(desk, entry, facts, to=leader if to_leader else _reader(db, entry)))


def _must_concern(enrolment: EnrolmentFacts | None, *, concerned: bool) -> None:
    if enrolment is not None and enrolment.stage not in OPEN:
        raise NotDue("De inschrijving is gestopt.")
    if not concerned:
        raise NotDue("Deze coach begeleidt deze professional niet meer.")


def _reader(db: Session, entry: PresentationEntry) -> Person:
    return db.get_one(Person, entry.person_id)


def _calendar(desk: Desk, entry: PresentationEntry, facts: dict[str, Any], *, to: Person) -> str:
    organiser_name, organiser = parseaddr(desk.settings.mail_from)
    whose = facts["professional_first"]
    return event(
        uid=presentation_uid(entry.uid, organiser=organiser),
        sequence=entry.sequence,
        method="REQUEST" if entry.gone_at is None else "CANCEL",
        title=f"Eindpresentatie van de groep van {whose}" if whose and not facts["to_leader"] else "Eindpresentatie",
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        location=facts["where"],
        description=str(facts["link"]),
        attendee_name=to.name,
        attendee_address=to.email or "",
        organiser_name=organiser_name,
        organiser_address=organiser,
        partstat="ACCEPTED",
        rsvp=False,
        now=desk.now,
    )


def linked(db: Session, message: Message, desk: Desk) -> Draft:
    """Tells who looks that an organisation looks for her; whom to call stands behind the link, not in the mail."""
    link, search, request = _link(db, message)
    _must_hold(link, search, request)
    if search.person_id != message.person_id:
        raise NotDue("Deze persoon hoort niet bij deze koppeling.")
    return Draft(
        "group_linked",
        {
            "organisation": _organisation(db, request),
            "municipality": ", ".join(request.regions),
            "link": desk.link("/groep"),
        },
    )


def trainer_found(db: Session, message: Message, desk: Desk) -> Draft:
    """Tells an organisation who will call: a name, and nothing else of her."""
    link, search, request = _link(db, message)
    _must_hold(link, search, request)
    _must_be_contact(db, message, request)
    trainer = db.get_one(Person, search.person_id)
    return Draft(
        "trainer_found",
        {
            "organisation": _organisation(db, request),
            "place": request.place,
            "trainer": trainer.name,
            "trainer_first": first_name(trainer.name),
            "contact": request.contact_name,
            "link": desk.link("/organisatie"),
        },
    )


def link_undone(db: Session, message: Message, desk: Desk) -> Draft:
    """It does not go on together. Not due to who never heard that it did, nor when it was linked anew."""
    link, search, request = _link(db, message)
    to_trainer = search.person_id == message.person_id
    if not to_trainer:
        _must_be_contact(db, message, request)
    first = f"{TO_TRAINER}:{link.id}" if to_trainer else f"{TO_ORGANISATION}:{link.id}:{message.person_id}"
    if db.scalar(select(Message.sent_at).where(Message.key == first)) is None:
        raise NotDue("Deze persoon kreeg nog geen bericht over de koppeling.")
    trainer = db.get_one(Person, search.person_id)
    return Draft(
        "group_unlinked",
        {
            "to_trainer": to_trainer,
            "organisation": _organisation(db, request),
            "place": request.place,
            "trainer": trainer.name if trainer.erased_at is None else "",
            "looks_on": (search if to_trainer else request).ended_at is None,
            "link": desk.link("/groep" if to_trainer else "/organisatie"),
        },
    )


def _link(db: Session, message: Message) -> tuple[GroupLink, GroupSearch, TrainerRequest]:
    link = db.get(GroupLink, int(message.data["link_id"]))
    if link is None:
        raise NotDue("Deze koppeling is er niet meer.")
    return link, db.get_one(GroupSearch, link.search_id), db.get_one(TrainerRequest, link.request_id)


def _must_hold(link: GroupLink, search: GroupSearch, request: TrainerRequest) -> None:
    if link.undone_at is not None or search.ended_at is not None or request.ended_at is not None:
        raise NotDue("De koppeling geldt niet meer.")


def _must_be_contact(db: Session, message: Message, request: TrainerRequest) -> None:
    if message.person_id not in contacts_of(db, request):
        raise NotDue("Deze persoon is geen contactpersoon van deze organisatie meer.")


def _organisation(db: Session, request: TrainerRequest) -> str:
    return db.get_one(Organisation, request.organisation_id).name


KINDS: Final[dict[str, Kind]] = {
    "delivery.presentation_planned": presentation_planned,
    "delivery.presentation_moved": presentation_moved,
    "delivery.presentation_cancelled": presentation_cancelled,
    TO_TRAINER: linked,
    TO_ORGANISATION: trainer_found,
    UNDONE: link_undone,
}
