"""Letters about meetings and rounds of intervision, with the entry for the calendar where a seat changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import Final

from sqlalchemy.orm import Session

from app.courses.training_days.queries import is_training_day
from app.interop.calendar import Method, event
from app.intervision.queries import letters, own, rounds
from app.intervision.queries.facts import RoundTitle
from app.intervision.rules import PlannedLetter
from app.kit.localtime import local_day
from app.kit.text import first_name
from app.letters.desk import CalendarPart, Desk, Draft, Kind, NotDue
from app.meetings import queries as meetings
from app.meetings.queries import MeetingView, Place
from app.meetings.rules import PURPOSE, AnswerTo
from app.meetings.tables import MeetingSignup
from app.outbox.tables import Message
from app.people.tables import Person

OWN: Final = "/intervisie"


@dataclass(frozen=True)
class Offer:
    """One meeting in an invitation, with the link that answers it."""

    meeting: MeetingView
    facilitators: tuple[str, ...]
    link: str


def invitation(db: Session, message: Message, desk: Desk) -> Draft:
    """Which days somebody can choose from; a preview names meetings instead of places and its links lead nowhere.

    Not due when every meeting is over, called off or closed, or all were answered before the mail went out.
    """
    offers, title = _offers_of(db, message, desk) if "signup_ids" in message.data else _preview(db, message, desk)
    writer = db.get(Person, message.reply_to_id) if message.reply_to_id else None
    return Draft(
        "round_invitation",
        {"round": title, "offers": offers, "writer": writer.name if writer else desk.settings.provider_name},
    )


def seat_confirmed(db: Session, message: Message, desk: Desk) -> Draft:
    """Somebody has a seat. Not due when it was given up again, moved or called off in the meantime."""
    place = _current(db, message, desk)
    draft = _about(db, place, desk, "seat_confirmed", "REQUEST")
    draft.facts["placed"] = message.data.get("why") == "placed"
    return draft


def seat_given_up(db: Session, message: Message, desk: Desk) -> Draft:
    """Somebody's seat went to somebody else. Not due when she took one again."""
    place = meetings.place(db, int(message.data["signup_id"]), now=desk.now)
    if not place.meeting.cancelled:  # when it was called off the entry must go all the same
        place = _current(db, message, desk)
    draft = _about(db, place, desk, "seat_given_up", "CANCEL")
    draft.facts["leads_no_more"] = message.data.get("why") == "leads_no_more"
    draft.facts["placing_undone"] = message.data.get("why") == "placing_undone"
    return draft


def moved(db: Session, message: Message, desk: Desk) -> Draft:
    """Another day, time or place for somebody with a seat. Not due when a newer one follows."""
    place = _current(db, message, desk)
    draft = _about(db, place, desk, "meeting_moved", "REQUEST")
    draft.facts["was"] = datetime.fromisoformat(message.data["was"])
    return draft


def cancelled(db: Session, message: Message, desk: Desk) -> Draft:
    """A meeting does not go on; whoever had a seat gets it out of the calendar.

    Says which days of the round are left to choose. Not due for who had no seat and chose another day meanwhile.
    """
    place = meetings.place(db, int(message.data["signup_id"]), now=desk.now)
    if not place.meeting.cancelled:
        raise NotDue("De bijeenkomst gaat toch door.")
    others = own.other_days(db, place, now=desk.now)
    settled = any(item.place.taken_up for item in others)
    waited = "waited" in message.data
    if settled and not place.has_seat and not waited:
        raise NotDue("Deze persoon koos een andere dag.")
    draft = _about(db, place, desk, "meeting_cancelled", "CANCEL" if place.has_seat else None)
    draft.facts["waited"] = waited
    draft.facts["settled"] = settled or bool(draft.facts["leads"])
    draft.facts["offers"] = [
        Offer(item.meeting, item.facilitators, _link(db, item.place, desk))
        for item in others
        if item.place.may_come or item.place.may_wait
    ]
    return draft


def reminder(db: Session, message: Message, desk: Desk) -> Draft:
    """Tomorrow, or today when it comes late. Not due when the seat was given up or the day is another one now."""
    draft = _ahead(db, message, desk, "meeting_reminder")
    goes_out = max(desk.now, message.send_at)  # an admin may look at it beforehand
    draft.facts["today"] = local_day(draft.facts["meeting"].starts_at) == local_day(goes_out)
    return draft


def case_call(db: Session, message: Message, desk: Desk) -> Draft:
    """Who has something to bring in may do so now. Not due as the reminder."""
    return _ahead(db, message, desk, "case_call")


def agenda(db: Session, message: Message, desk: Desk) -> Draft:
    """What to know beforehand: day, place, what to bring, how the meeting goes. Not due as the reminder."""
    return _ahead(db, message, desk, "meeting_agenda")


def _ahead(db: Session, message: Message, desk: Desk, folder: str) -> Draft:
    """A letter about a seat ahead; a preview names a meeting instead of a place, and its links lead nowhere.

    What an admin added for the round is read now. Raises: NotDue when the seat was given up or the day is another one.
    """
    room = desk.link("/intervisie")
    if "meeting_id" in message.data:
        view = meetings.meeting(db, int(message.data["meeting_id"]), now=desk.now)
        link = desk.link("/antwoord/voorbeeld")
        return Draft(folder, {"meeting": view, "had_seat": True, "leads": False, "link": link, "room": room})
    place = meetings.place(db, int(message.data["signup_id"]), now=desk.now)
    _refuse_over(place)
    if not place.has_seat:
        raise NotDue("Deze persoon gaf de plek terug.")
    if place.meeting.starts_at != datetime.fromisoformat(message.data["starts_at"]):
        raise NotDue("De bijeenkomst is verplaatst.")
    draft = _about(db, place, desk, folder, None)
    words = letters.own_words_for(db, place.meeting.id, message.kind)
    draft.facts.update(room=room, own_text=words or message.own_text)
    return draft


def _current(db: Session, message: Message, desk: Desk) -> Place:
    """The place as it is now, when this message is still the last word about it."""
    place = meetings.place(db, int(message.data["signup_id"]), now=desk.now)
    _refuse_over(place)
    if place.sequence != int(message.data["sequence"]):
        raise NotDue("Er is een nieuwer bericht over deze plek.")
    return place


def _refuse_over(place: Place) -> None:
    if place.meeting.cancelled:
        raise NotDue("De bijeenkomst gaat niet door.")
    if place.meeting.over is not None:
        raise NotDue("De bijeenkomst is al geweest.")


def _offers_of(db: Session, message: Message, desk: Desk) -> tuple[list[Offer], RoundTitle]:
    places = own.places_by_id(db, [int(id_) for id_ in message.data["signup_ids"]], now=desk.now)
    alive = [item for item in places if item.meeting.open]
    if not alive:
        raise NotDue("Aanmelden kan niet meer: de bijeenkomsten zijn geweest, afgelast of gesloten.")
    if all(item.place.answer is not AnswerTo.NONE for item in alive):
        raise NotDue("Deze persoon heeft al geantwoord.")
    return [Offer(item.meeting, item.facilitators, _link(db, item.place, desk)) for item in alive], alive[0].round


def _preview(db: Session, message: Message, desk: Desk) -> tuple[list[Offer], RoundTitle]:
    page = rounds.round_page(db, int(message.data["round_id"]), now=desk.now)
    wanted = set(message.data["meeting_ids"])
    lines = [line for line in page.sessions if line.meeting.id in wanted]
    return [Offer(line.meeting, line.facilitators, desk.link("/antwoord/voorbeeld")) for line in lines], page.round


def _link(db: Session, place: Place, desk: Desk) -> str:
    signup = db.get_one(MeetingSignup, place.id)
    return desk.link(f"/antwoord/{desk.keyring.matching_token(PURPOSE, signup.nonce, signup.token_hash)}")


def _about(db: Session, place: Place, desk: Desk, folder: str, method: Method | None) -> Draft:
    person = db.get_one(Person, place.person_id)
    training = is_training_day(db, place.meeting.id)
    facts: dict[str, object] = {
        "meeting": place.meeting,
        "had_seat": place.has_seat,
        "leads": own.leads(db, place),
        "link": desk.link("/scholingsdagen") if training else _link(db, place, desk),
        "first": first_name(person.name),
    }
    calendar = None
    if method is not None:
        calendar = CalendarPart(method, _entry(place, person, desk, method, "/scholingsdagen" if training else OWN))
    if training:  # nobody chose this day, and no other trainer waits for the seat: other words for the same events
        return Draft("training_day", facts | {"what": folder, "title": place.meeting.title}, calendar)
    return Draft(folder, facts, calendar)


def _entry(place: Place, person: Person, desk: Desk, method: Method, page: str) -> str:
    """The calendar entry of one person; no link in it that answers for her, since calendars are shared."""
    meeting = place.meeting
    lines = [meeting.access, meeting.food, f"Neem mee: {meeting.bring}" if meeting.bring else "", meeting.link]
    organiser_name, organiser_address = parseaddr(desk.settings.mail_from)
    return event(
        uid=place.uid,
        sequence=place.sequence,
        method=method,
        title=meeting.title,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        location=meeting.place,
        description="\n".join(line for line in [*lines, desk.link(page)] if line),
        attendee_name=person.name,
        attendee_address=person.email or "",
        organiser_name=organiser_name or desk.settings.provider_name,
        organiser_address=organiser_address,
        partstat="ACCEPTED" if method == "REQUEST" else "DECLINED",
        rsvp=False,
        now=desk.now,
    )


KINDS: Final[dict[str, Kind]] = {
    "intervision.invitation": invitation,
    "meetings.seat_confirmed": seat_confirmed,
    "meetings.seat_given_up": seat_given_up,
    "meetings.moved": moved,
    "meetings.cancelled": cancelled,
    PlannedLetter.CASE_CALL: case_call,
    PlannedLetter.AGENDA: agenda,
    PlannedLetter.REMINDER: reminder,
}
