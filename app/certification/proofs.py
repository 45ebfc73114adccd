"""Proof that somebody was at a meeting of intervision: what it says, in her language.

Registers ask for date, begin and end, name and a description that gives nothing of the content away (domain.md 3).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intervision.queries.leaders import leaders
from app.intervision.tables import IntervisionSession
from app.kit.errors import NotFound
from app.kit.i18n import Locale
from app.kit.written import date_filters
from app.meetings import queries as meetings
from app.meetings.rules import MeetingState
from app.meetings.tables import Meeting, MeetingSignup
from app.people.queries import person_names
from app.people.rules import Viewer

WORDS: Final[dict[Locale, dict[str, str]]] = {
    "nl": {
        "heading": "Bewijs van deelname",
        "was_there": "{name} nam deel aan {title}.",
        "name": "Naam",
        "day": "Datum",
        "time": "Tijd",
        "from_to": "{starts} tot {ends} uur",
        "minutes": "Netto tijd",
        "net": "{minutes} minuten, zonder inloop en pauze",
        "place": "Plaats",
        "led": "Gespreksleiding",
        "description": "Begeleide intervisie: deelnemers bespreken in een kleine groep vragen uit hun eigen werk, "
        "volgens een vaste methode en met een gespreksleider. Wat besproken is, is vertrouwelijk en staat daarom "
        "niet op dit bewijs.",
        "closed": "De presentielijst is afgerond op {day}. {provider} bewaart de lijst zes jaar.",
    },
    "en": {
        "heading": "Proof of attendance",
        "was_there": "{name} took part in {title}.",
        "name": "Name",
        "day": "Date",
        "time": "Time",
        "from_to": "{starts} to {ends}",
        "minutes": "Net time",
        "net": "{minutes} minutes, without reception and break",
        "place": "Place",
        "led": "Led by",
        "description": "Guided intervision: participants discuss questions from their own work in a small group, "
        "with a fixed method and a facilitator. What was discussed is confidential and therefore not part of this "
        "proof.",
        "closed": "The attendance list was closed on {day}. {provider} keeps the list for six years.",
    },
}


def proof_of(db: Session, viewer: Viewer, signup_id: int, *, provider: str, now: datetime) -> dict[str, Any]:
    """Every word on the paper.

    Raises: NotFound for somebody else's place, while the list is open, and for who was not there.
    """
    found = meetings.places(
        db,
        MeetingSignup.id == signup_id,
        MeetingSignup.person_id == viewer.person_id,
        Meeting.id.in_(select(IntervisionSession.meeting_id)),
        now=now,
    )
    if not found or found[0].meeting.state is not MeetingState.SETTLED or not found[0].attendance.was_there:
        raise NotFound
    meeting = found[0].meeting
    row = db.execute(
        select(MeetingSignup.attended_minutes, Meeting.settled_at)
        .join(Meeting, Meeting.id == MeetingSignup.meeting_id)
        .where(MeetingSignup.id == signup_id)
    ).one()
    words, written = WORDS[viewer.locale], date_filters(viewer.locale)
    name = person_names(db, [found[0].person_id])[found[0].person_id]
    led = ", ".join(leader.name for leader in leaders(db, [meeting.id])[meeting.id])
    starts, ends = written["time_of"](meeting.starts_at), written["time_of"](meeting.ends_at)
    facts = (
        ("name", name),
        ("day", written["date_full"](meeting.starts_at)),
        ("time", words["from_to"].format(starts=starts, ends=ends)),
        ("minutes", words["net"].format(minutes=row.attended_minutes or 0)),
        ("place", meeting.place),
        ("led", led),
    )
    return {
        "lang": viewer.locale,
        "provider": provider,
        "title": f"{words['heading']}, {name}",
        "heading": words["heading"],
        "was_there": words["was_there"].format(name=name, title=meeting.title),
        "facts": [{"label": words[key], "words": said} for key, said in facts if said],
        "description": words["description"],
        "closed": words["closed"].format(day=written["date_year"](row.settled_at), provider=provider),
    }
