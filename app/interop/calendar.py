"""Calendar entries for mail: iTIP REQUEST and CANCEL (RFC 5545, 5546), for one person at a time."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from icalendar import vCalAddress

Method = Literal["REQUEST", "CANCEL"]
PartStat = Literal["ACCEPTED", "NEEDS-ACTION", "DECLINED"]

PRODUCT: Final = "-//Stadstrainers Academie//NL"
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_BUT_LINE_END: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_ADDRESS: Final = re.compile(r"[^\s@<>,;:\"()\x00-\x20\x7f]+@[^\s@<>,;:\"()\x00-\x20\x7f]+")


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
    from icalendar import Calendar, Event  # noqa: PLC0415 - 56 ms that few requests need

    for text in (uid, title, location, attendee_name, organiser_name):
        _refuse(text, _CONTROL)
    _refuse(description, _CONTROL_BUT_LINE_END)
    if ends_at <= starts_at:
        raise ValueError("an event ends after it starts")
    entry = Event()
    entry.add("UID", uid)
    entry.add("SEQUENCE", sequence)
    entry.add("DTSTAMP", _utc(now))
    entry.add("DTSTART", _utc(starts_at))
    entry.add("DTEND", _utc(ends_at))
    entry.add("SUMMARY", title)
    if location:
        entry.add("LOCATION", location)
    if description:
        entry.add("DESCRIPTION", description)
    entry.add("ORGANIZER", _address(organiser_name, organiser_address))
    entry.add("ATTENDEE", _attendee(attendee_name, attendee_address, partstat=partstat, rsvp=rsvp))
    entry.add("STATUS", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method)
    calendar.add_component(entry)
    written: bytes = calendar.to_ical()
    return written.decode()


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
