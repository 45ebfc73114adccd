"""Calendar entries: for mail as iTIP REQUEST and CANCEL (RFC 5545, 5546), and all of one person as a feed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from icalendar import Calendar, Event, vCalAddress

Method = Literal["REQUEST", "CANCEL"]
PartStat = Literal["ACCEPTED", "NEEDS-ACTION", "DECLINED"]

PRODUCT: Final = "-//Stadstrainers Academie//NL"
FETCH_EVERY: Final = timedelta(hours=6)  # how often a calendar is asked to look again; most look when they like
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_BUT_LINE_END: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_ADDRESS: Final = re.compile(r"[^\s@<>,;:\"()\x00-\x20\x7f]+@[^\s@<>,;:\"()\x00-\x20\x7f]+")


@dataclass(frozen=True)
class Entry:
    """One entry of a feed, by the UID and SEQUENCE of the entry that went by mail."""

    uid: str
    sequence: int
    title: str
    starts_at: datetime
    ends_at: datetime
    location: str
    description: str


def visit_uid(uid: str, person_id: int, *, organiser: str) -> str:
    """The UID of a coach's visit in the calendar of one of the two; `organiser` is the address of the sender."""
    return f"bezoek-{uid}-{person_id}@{organiser.partition('@')[2]}"


def presentation_uid(uid: str, *, organiser: str) -> str:
    """The UID of an end presentation in somebody's calendar."""
    return f"eindpresentatie-{uid}@{organiser.partition('@')[2]}"


def feed(entries: Iterable[Entry], *, name: str, now: datetime) -> str:
    """A calendar to subscribe to. Without METHOD and without anybody's name or address: it asks nothing of nobody.

    Raises: ValueError as `event`.
    """
    from icalendar import vDuration  # noqa: PLC0415 - 56 ms that few requests need

    _refuse(name, _CONTROL)
    calendar = _calendar()
    calendar.add("X-WR-CALNAME", name)
    calendar.add("REFRESH-INTERVAL", vDuration(FETCH_EVERY), parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vDuration(FETCH_EVERY))
    for one in entries:
        entry = _entry(one, now=now)
        entry.add("STATUS", "CONFIRMED")
        calendar.add_component(entry)
    written: bytes = calendar.to_ical()
    return written.decode()


def event(
    *,
    uid: str,
    sequence: int,
    method: Method,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    location: str,
    description: str,
    attendee_name: str,
    attendee_address: str,
    organiser_name: str,
    organiser_address: str,
    now: datetime,
    partstat: PartStat = "ACCEPTED",
    rsvp: bool = False,
) -> str:
    """The text of a calendar part with one entry for one person; its METHOD belongs in the MIME type too.

    Instants go out in UTC: a local time zone would add a VTIMEZONE up to 2038, and UTC is right on both
    nights that the clock is changed. Nobody else's address is in it.

    Raises: ValueError for control signs, a naive instant, an end before the start or a double address.
    """
    for text in (attendee_name, organiser_name):
        _refuse(text, _CONTROL)
    entry = _entry(Entry(uid, sequence, title, starts_at, ends_at, location, description), now=now)
    entry.add("ORGANIZER", _address(organiser_name, organiser_address))
    entry.add("ATTENDEE", _attendee(attendee_name, attendee_address, partstat=partstat, rsvp=rsvp))
    entry.add("STATUS", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    calendar = _calendar()
    calendar.add("METHOD", method)
    calendar.add_component(entry)
    written: bytes = calendar.to_ical()
    return written.decode()


def _calendar() -> Calendar:
    from icalendar import Calendar  # noqa: PLC0415

    made = Calendar()
    made.add("PRODID", PRODUCT)
    made.add("VERSION", "2.0")
    made.add("CALSCALE", "GREGORIAN")
    return made


def _entry(one: Entry, *, now: datetime) -> Event:
    from icalendar import Event  # noqa: PLC0415

    for text in (one.uid, one.title, one.location):
        _refuse(text, _CONTROL)
    _refuse(one.description, _CONTROL_BUT_LINE_END)
    if one.ends_at <= one.starts_at:
        raise ValueError("an event ends after it starts")
    entry = Event()
    entry.add("UID", one.uid)
    entry.add("SEQUENCE", one.sequence)
    entry.add("DTSTAMP", _utc(now))
    entry.add("DTSTART", _utc(one.starts_at))
    entry.add("DTEND", _utc(one.ends_at))
    entry.add("SUMMARY", one.title)
    if one.location:
        entry.add("LOCATION", one.location)
    if one.description:
        entry.add("DESCRIPTION", one.description)
    return entry


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("naive instant")
    return moment.astimezone(UTC).replace(microsecond=0)


def _refuse(text: str, signs: re.Pattern[str]) -> None:
    if signs.search(text):
        raise ValueError("control sign")


def _address(name: str, address: str) -> vCalAddress:
    from icalendar import vCalAddress, vText  # noqa: PLC0415

    if not _ADDRESS.fullmatch(address):
        raise ValueError("not one address")
    made = vCalAddress(f"mailto:{address}")
    made.params["CN"] = vText(name.replace('"', "'"))
    return made


def _attendee(name: str, address: str, *, partstat: PartStat, rsvp: bool) -> vCalAddress:
    from icalendar import vText  # noqa: PLC0415

    made = _address(name, address)
    made.params["CUTYPE"] = vText("INDIVIDUAL")
    made.params["ROLE"] = vText("REQ-PARTICIPANT")
    made.params["PARTSTAT"] = vText(partstat)
    made.params["RSVP"] = vText("TRUE" if rsvp else "FALSE")
    return made
