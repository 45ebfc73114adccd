"""A calendar part is read back with the same library that mail programs' makers test against."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from icalendar import Calendar

from app.interop.calendar import event
from app.kit.localtime import instant

NOON = datetime(2026, 12, 10, 12, 30, tzinfo=UTC)
FACTS: dict[str, Any] = {
    "uid": "a1b2@demo.example",
    "sequence": 3,
    "method": "REQUEST",
    "title": "Intervisie Mijn Verhaal; najaar, 2026",
    "starts_at": NOON,
    "ends_at": NOON.replace(hour=15),
    "location": "De Brede Brug, Voorstraat 100, Dordrecht",
    "description": "Inloop vanaf 13.00 uur.\nNeem mee: één werk uit je groep.",
    "attendee_name": "Noor Öztürk",
    "attendee_address": "noor@demo.example",
    "organiser_name": "Stadstrainers Academie",
    "organiser_address": "academie@demo.example",
    "now": datetime(2026, 11, 23, 9, 0, 0, 123, tzinfo=UTC),
}


def made(**changes: Any) -> str:
    return event(**(FACTS | changes))


def entry_of(text: str) -> Any:
    (entry,) = Calendar.from_ical(text).walk("VEVENT")
    return entry


def test_a_request_reads_back_as_it_was_meant() -> None:
    calendar = Calendar.from_ical(made())
    entry = entry_of(made())

    assert calendar["METHOD"] == "REQUEST"
    assert str(entry["UID"]) == "a1b2@demo.example"
    assert entry["SEQUENCE"] == 3
    assert entry["DTSTART"].dt == NOON
    assert entry["DTEND"].dt == NOON.replace(hour=15)
    assert entry["DTSTAMP"].dt == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert str(entry["SUMMARY"]) == FACTS["title"]
    assert str(entry["DESCRIPTION"]) == FACTS["description"]
    assert str(entry["LOCATION"]) == FACTS["location"]
    assert str(entry["ORGANIZER"]) == "mailto:academie@demo.example"
    assert entry["STATUS"] == "CONFIRMED"
    assert str(entry["ATTENDEE"]) == "mailto:noor@demo.example"
    assert entry["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert entry["ATTENDEE"].params["RSVP"] == "FALSE"
    assert entry["ATTENDEE"].params["CN"] == "Noor Öztürk"


def test_a_cancellation_keeps_the_uid() -> None:
    entry = entry_of(made(method="CANCEL", sequence=4))

    assert Calendar.from_ical(made(method="CANCEL"))["METHOD"] == "CANCEL"
    assert (str(entry["UID"]), entry["SEQUENCE"], entry["STATUS"]) == ("a1b2@demo.example", 4, "CANCELLED")


def test_lines_are_folded_and_end_as_the_standard_says() -> None:
    text = made(description="é" * 400)

    assert "\n" not in text.replace("\r\n", "")
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert str(entry_of(text)["DESCRIPTION"]) == "é" * 400


def test_times_are_utc_and_no_zone_table_goes_along() -> None:
    text = made()

    assert "DTSTART:20261210T123000Z" in text
    assert "VTIMEZONE" not in text


@pytest.mark.parametrize(
    "day, opens, written",
    [
        (date(2026, 10, 24), time(20, 0), "20261024T180000Z"),  # the evening before the clock goes back
        (date(2026, 10, 25), time(1, 30), "20261024T233000Z"),
        (date(2026, 10, 25), time(2, 30), "20261025T003000Z"),  # the first of the two
        (date(2026, 10, 25), time(9, 30), "20261025T083000Z"),
        (date(2027, 3, 28), time(1, 30), "20270328T003000Z"),
        (date(2027, 3, 28), time(9, 30), "20270328T073000Z"),
    ],
)
def test_the_nights_that_the_clock_changes(day: date, opens: time, written: str) -> None:
    starts = instant(day, opens)
    text = made(starts_at=starts, ends_at=instant(date(2027, 4, 1), time(9)))

    assert f"DTSTART:{written}\r\n" in text
    assert entry_of(text)["DTSTART"].dt == starts


@pytest.mark.parametrize("field", ["uid", "title", "location", "attendee_name", "organiser_name"])
@pytest.mark.parametrize("sign", ["\r\nATTENDEE:mailto:eve@demo.example", "\n", "\x00", "\x85", "\u2028"])
def test_a_control_sign_is_refused(field: str, sign: str) -> None:
    with pytest.raises(ValueError, match="control sign"):
        made(**{field: f"Noor{sign}"})


def test_a_description_may_have_lines_but_nothing_worse() -> None:
    smuggled = "Tot dan.\nEND:VEVENT\nATTENDEE:mailto:eve@demo.example"

    assert str(entry_of(made(description=smuggled))["DESCRIPTION"]) == smuggled
    assert str(entry_of(made(description=smuggled))["ATTENDEE"]) == "mailto:noor@demo.example"
    with pytest.raises(ValueError, match="control sign"):
        made(description="Tot dan.\r\nX")


@pytest.mark.parametrize(
    "address", ["noor", "noor@demo.example,eve@demo.example", "noor@demo.example\r\n", "Noor <noor@demo.example>", ""]
)
def test_only_one_plain_address_will_do(address: str) -> None:
    with pytest.raises(ValueError, match="one address"):
        made(attendee_address=address)


def test_a_name_with_odd_signs_stays_one_name() -> None:
    entry = entry_of(made(attendee_name='Jan "de Vries"; RSVP=TRUE:x, y^z'))

    assert str(entry["ATTENDEE"]) == "mailto:noor@demo.example"
    assert entry["ATTENDEE"].params["RSVP"] == "FALSE"
    assert entry["ATTENDEE"].params["CN"] == "Jan 'de Vries'; RSVP=TRUE:x, y^z"


def test_what_cannot_be_an_event_is_refused() -> None:
    with pytest.raises(ValueError, match="ends after"):
        made(ends_at=NOON)
    with pytest.raises(ValueError, match="naive"):
        made(now=datetime(2026, 11, 23, 9, 0))  # noqa: DTZ001 - that is what it is about
