"""Three readers that calendar programs are built on read our mails alike, and a calendar that follows them is right.

icalendar and vobject stand for programs on a server, ical.js (in Chromium, in Amsterdam) for Thunderbird and others.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

import icalendar
import pytest
import vobject
from playwright.sync_api import Browser, Page

from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.localtime import local
from tests.intervision import publish
from tests.mailroom import Mailroom, open_mailroom
from tests.support import chromium

ICAL_JS: Final = (Path(__file__).parents[1] / "vendor" / "ical-2.2.1.es5.min.js").read_text()
READ_IN_BROWSER: Final = """text => {
    const calendar = new ICAL.Component(ICAL.parse(text));
    const events = calendar.getAllSubcomponents("vevent");
    const event = new ICAL.Event(events[0]);
    const [attendee] = event.attendees;
    const local = time => new Intl.DateTimeFormat("sv-SE", {dateStyle: "short", timeStyle: "short"})
        .format(time.toJSDate());
    return {
        events: events.length,
        method: calendar.getFirstPropertyValue("method"),
        uid: event.uid,
        sequence: event.sequence,
        starts: local(event.startDate),
        ends: local(event.endDate),
        stamped: local(events[0].getFirstPropertyValue("dtstamp")),
        summary: event.summary,
        location: event.location,
        description: event.description,
        status: events[0].getFirstPropertyValue("status"),
        organizer: event.organizer,
        attendees: event.attendees.map(one => one.getFirstValue()),
        partstat: attendee.getParameter("partstat"),
        rsvp: attendee.getParameter("rsvp"),
    };
}"""
NIGHTS: Final = (
    # five moves: a plain day, the two nights that the clock is changed, the day before and one after
    {"day": date(2026, 12, 15)},
    {"day": date(2027, 3, 27), "starts": time(22, 30), "ends": time(23, 30), "net_minutes": 60},
    {"day": date(2027, 3, 28), "starts": time(1, 30), "ends": time(4, 30), "net_minutes": 120},
    {"day": date(2027, 10, 31), "starts": time(2, 30), "ends": time(4, 30), "net_minutes": 120},
    {"day": date(2027, 11, 1)},
)

Read = dict[str, Any]


def minute(moment: datetime) -> str:
    return f"{local(moment):%Y-%m-%d %H:%M}"


def by_icalendar(text: str) -> Read:
    calendar = icalendar.Calendar.from_ical(text)
    entries = calendar.walk("VEVENT")
    entry: Any = entries[0]
    attendee = entry["ATTENDEE"]
    return {
        "events": len(entries),
        "method": str(calendar["METHOD"]),
        "uid": str(entry["UID"]),
        "sequence": int(entry["SEQUENCE"]),
        "starts": minute(entry["DTSTART"].dt),
        "ends": minute(entry["DTEND"].dt),
        "stamped": minute(entry["DTSTAMP"].dt),
        "summary": str(entry["SUMMARY"]),
        "location": str(entry["LOCATION"]),
        "description": str(entry["DESCRIPTION"]),
        "status": str(entry["STATUS"]),
        "organizer": str(entry["ORGANIZER"]),
        "attendees": [str(attendee)],  # a list would be another type, and differ
        "partstat": attendee.params["PARTSTAT"],
        "rsvp": attendee.params["RSVP"],
    }


def by_vobject(text: str) -> Read:
    calendar: Any = vobject.readOne(text)
    entry = calendar.vevent
    return {
        "events": len(calendar.vevent_list),
        "method": calendar.method.value,
        "uid": entry.uid.value,
        "sequence": int(entry.sequence.value),
        "starts": minute(entry.dtstart.value),
        "ends": minute(entry.dtend.value),
        "stamped": minute(entry.dtstamp.value),
        "summary": entry.summary.value,
        "location": entry.location.value,
        "description": entry.description.value,
        "status": entry.status.value,
        "organizer": entry.organizer.value,
        "attendees": [one.value for one in entry.attendee_list],
        "partstat": entry.attendee.partstat_param,
        "rsvp": entry.attendee.rsvp_param,
    }


@dataclass
class Calendar:
    """A calendar program that does what RFC 5546 asks: by UID, and what is older than it knows counts for nothing."""

    shown: dict[str, Read] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)

    def follow(self, item: Read) -> None:
        if item["sequence"] < self.known.get(item["uid"], 0):
            return
        self.known[item["uid"]] = item["sequence"]
        if item["method"] == "CANCEL":
            self.shown.pop(item["uid"], None)
        else:
            self.shown[item["uid"]] = item


@pytest.fixture
def page(browser: Browser) -> Any:
    with chromium.visitor(browser, base_url="http://localhost") as context:
        page = context.new_page()
        page.add_script_tag(content=ICAL_JS)
        yield page


@pytest.fixture
def mailroom(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> Mailroom:
    return open_mailroom(sqlite_database, data_dir, clock)


def calendar_part(mail: EmailMessage) -> str:
    """The entry in a mail; the MIME type names the METHOD that stands in it (RFC 6047 2.4)."""
    (part,) = (part for part in mail.walk() if part.get_content_type() == "text/calendar")
    text = str(part.get_content())
    assert f"METHOD:{part.get_param('method')}" in text.splitlines()
    assert part.get_content_charset() == "utf-8"
    return text


def test_three_readers_follow_a_seat_through_all_that_can_happen_to_it(mailroom: Mailroom, page: Page) -> None:
    def by_ical_js(text: str) -> Read:
        found: Read = page.evaluate(READ_IN_BROWSER, text)
        return found

    readers: tuple[Callable[[str], Read], ...] = (by_icalendar, by_vobject, by_ical_js)
    calendar, seen = Calendar(), list[Read]()
    mailroom.do(  # somebody else comes too, and stays out of everybody's calendar
        lambda db: publish(db, mailroom.cast.fatma, mailroom.round_id, mailroom.cast.joris.id, now=mailroom.clock.now())
    )

    def step(what: Callable[[], None]) -> Read:
        what()
        mails = [
            mail for mail in mailroom.send() if "noor@" in mail["To"] and mail["X-Letter"] != "intervision.case_call"
        ]
        text = calendar_part(mails[-1])
        assert "joris" not in text.lower()
        first, *others = [reader(text) for reader in readers]
        for other in others:
            assert other == first
        calendar.follow(first)
        seen.append(first)
        return first

    taken = step(lambda: mailroom.answer("yes"))
    assert (taken["method"], taken["partstat"], taken["rsvp"]) == ("REQUEST", "ACCEPTED", "FALSE")
    assert (taken["starts"], taken["ends"]) == ("2026-12-10 13:30", "2026-12-10 16:00")
    assert (taken["organizer"], taken["attendees"]) == ("mailto:academie@demo.example", ["mailto:noor@demo.example"])
    assert step(lambda: mailroom.answer("no"))["method"] == "CANCEL"
    assert calendar.shown == {}
    step(lambda: mailroom.answer("yes"))
    for night in NIGHTS:
        moved = step(lambda night=night: mailroom.move(**night))  # type: ignore[misc]
        starts = night.get("starts", time(13, 30))
        assert moved["starts"] == f"{night['day']} {starts:%H:%M}"
        assert [item["starts"] for item in calendar.shown.values()] == [moved["starts"]]
    assert step(mailroom.cancel)["status"] == "CANCELLED"

    assert calendar.shown == {}
    assert len({item["uid"] for item in seen}) == 1
    assert [item["sequence"] for item in seen] == sorted({item["sequence"] for item in seen})
    for order in itertools.permutations(seen[-4:]):  # mails may overtake each other
        late = Calendar()
        for item in (*seen[:-4], *order):
            late.follow(item)
        assert late.shown == {}
