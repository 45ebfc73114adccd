"""What programs fetch instead of people: the calendar of one person, at an address that is her secret."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Final

from app.access import Permission
from app.interop.calendar import Entry, feed, presentation_uid, visit_uid
from app.kit.errors import NotFound
from app.people.actions.feeds import owner_of
from app.people.actions.limits import Limit, refusal
from app.reports.agenda import Appointment, agenda
from app.settings import Settings
from app.web.kit.ask import Answer, Ask, Content
from app.web.kit.route import Area

area = Area()
MISSES: Final = 60
HOUR: Final = timedelta(hours=1)
UNSEEN: Final = {"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store"}


@area.get("/agenda/{token:token}.ics", policy=Permission.PUBLIC, name="feeds.agenda", own_transactions=True)
def calendar(ask: Ask, token: str) -> Answer:
    """Somebody's appointments as they are now. Taken back, never made and nonsense read the same.

    Calendars of thousands of people fetch from a few networks, so only what opens nothing counts for the limit.
    Raises: NotFound; Refused("too_many_tries") for a network that guesses.
    """
    with ask.services.database.reading(snapshot=True) as db:
        owner = owner_of(db, token)
        found = agenda(db, owner, now=ask.now) if owner is not None else []
    if owner is None:
        with ask.services.database.writing() as db:
            refused = refusal(db, Limit(f"agenda:{ask.network}", MISSES, HOUR), now=ask.now)
        raise refused or NotFound
    body = _written(found, owner, settings=ask.services.settings, now=ask.now)
    return Content(
        body=body.encode(),
        media_type="text/calendar; charset=utf-8",
        filename="agenda.ics",
        inline=True,
        headers=dict(UNSEEN),
    )


def _written(found: list[Appointment], owner: int, *, settings: Settings, now: datetime) -> str:
    _, organiser = parseaddr(settings.mail_from)

    def uid(one: Appointment) -> str:
        match one.kind:
            case "visit":
                return visit_uid(one.uid, owner, organiser=organiser)
            case "presentation":
                return presentation_uid(one.uid, organiser=organiser)
            case "meeting":
                return one.uid

    entries = [
        Entry(
            uid=uid(one),
            sequence=one.sequence,
            title=one.title,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            location=one.place,
            description="\n".join(line for line in [*one.lines, f"{settings.address}{one.path}"] if line),
        )
        for one in found
    ]
    return feed(entries, name=settings.provider_name, now=now)
