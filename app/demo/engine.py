"""Telling a story with a past: what happened, sorted by its moment, done by the real actions on a moved clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.jobs import actions as jobs
from app.jobs.tables import Job
from app.kit.clock import MovableClock
from app.kit.ids import digest
from app.kit.localtime import instant, local_day
from app.main import Parts
from app.people.actions.sign_in import end_session, start_session
from app.people.queries import viewer_by_token
from app.people.rules import Viewer
from app.worker.handlers.outbox import send
from app.worker.work import Work

MAIL: Final = frozenset({"outbox.send"})
ONE_MINUTE: Final = timedelta(minutes=1)
HALF_A_MINUTE: Final = timedelta(seconds=30)
FRIDAY: Final = 4
HOLIDAYS: Final = frozenset({(1, 1), (4, 27), (5, 5), (12, 25), (12, 26)})
DEVICES: Final = ("Chrome op Windows", "Safari op iPhone", "Chrome op Android", "Firefox op Linux", "Safari op Mac")


def working_day(day: date) -> date:
    """The day itself, or the last one before a weekend or holiday: nobody meets then."""
    while day.weekday() > FRIDAY or (day.month, day.day) in HOLIDAYS:
        day -= timedelta(days=1)
    return day


def _weekday(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - FRIDAY))


@dataclass(eq=False)
class Actor:
    """Somebody in the story; ids come as she appears.

    `records` by code of the assignment; `handed_in`, `signed` and `forms` (its version) by record. `busy_until` keeps
    what happens to her in order.
    """

    name: str
    email: str
    person_id: int = 0
    enrolment_id: int = 0
    cohort_id: int = 0
    records: dict[str, int] = field(default_factory=dict)
    handed_in: dict[int, int] = field(default_factory=dict)
    signed: dict[int, int] = field(default_factory=dict)
    forms: dict[int, int] = field(default_factory=dict)
    busy_until: datetime | None = None

    @property
    def seed(self) -> int:
        """A number of her own, so that not everybody does everything at the same minute."""
        return sum(ord(letter) * (index + 3) for index, letter in enumerate(self.name))

    @property
    def device(self) -> str:
        return DEVICES[self.seed % len(DEVICES)]


@dataclass(frozen=True)
class Scene:
    """One thing that happens: the transaction, the moment, and who is signed in."""

    db: Session
    now: datetime
    parts: Parts
    seen_today: dict[Actor, Viewer]

    def as_(self, actor: Actor) -> Viewer:
        """The actor, signed in once this day: a real session that ends again, so that none stays open."""
        if actor in self.seen_today:
            return self.seen_today[actor]
        token = start_session(self.db, person_id=actor.person_id, device=actor.device, now=self.now)
        self.db.flush()
        found = viewer_by_token(self.db, digest(token), now=self.now)
        if found is None or found[0].sign_in_id is None:
            raise RuntimeError(f"{actor.name} cannot sign in")
        end_session(self.db, person_id=actor.person_id, sign_in_id=found[0].sign_in_id, now=self.now)
        self.seen_today[actor] = found[0]
        return found[0]


Act = Callable[[Scene], object]


@dataclass
class Story:
    """Everything that will have happened. Days count back from today; days to come are negative."""

    parts: Parts
    events: list[tuple[datetime, int, Act]] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.parts.clock.now()

    @property
    def today(self) -> date:
        return local_day(self.now)

    def day(self, ago: int) -> date:
        """The day that many days ago; a weekend becomes the Friday before it."""
        return _weekday(self.today - timedelta(days=ago))

    def moment(self, ago: int, at: str) -> datetime:
        """A moment on a working day, as the clock in Amsterdam shows it."""
        return instant(self.day(ago), time.fromisoformat(at))

    def exactly(self, ago: int, at: str) -> datetime:
        """A moment on precisely that day, also in a weekend: where a link's age matters."""
        return instant(self.today - timedelta(days=ago), time.fromisoformat(at))

    def at(self, moment: datetime, act: Act, *, who: Actor | None = None) -> datetime:
        """Let something happen; for `who` always after what happened to her before. Gives the moment it will have.

        Raises: RuntimeError for something that has not happened yet.
        """
        if who is not None:
            if who.busy_until is not None:
                moment = max(moment, who.busy_until + ONE_MINUTE)
            who.busy_until = moment
        if moment > self.now:
            raise RuntimeError(f"not yet: {moment:%Y-%m-%d %H:%M}")
        self.events.append((moment, len(self.events), act))
        return moment

    def play(self) -> None:
        """Do it all, a day at a time: one transaction, then the mail of that day."""
        clock = MovableClock(self.now)
        past = replace(self.parts, clock=clock)
        # Nothing of the past goes to a real mail server, also when one is set up.
        quiet = self.parts.settings.model_copy(update={"smtp_host": ""})
        work = Work(quiet, clock, past.database, past.storage, past.keyring)
        in_order = sorted(self.events, key=lambda event: event[:2])
        self.events = []
        for _, day in groupby(in_order, key=lambda event: local_day(event[0])):
            seen_today: dict[Actor, Viewer] = {}
            with past.database.writing() as db:
                for moment, _, act in day:
                    clock.set(moment)
                    act(Scene(db, moment, past, seen_today))
                    db.flush()
            _send_mail(work, clock)
        clock.set(self.now)
        _send_mail(work, clock)  # what was planned for a day on which nothing else happened


def _send_mail(work: Work, clock: MovableClock) -> None:
    """Send what this day brought, each mail half a minute after it was planned."""
    until = clock.now()
    with work.database.reading() as db:
        due = select(Job.run_at).where(Job.kind.in_(MAIL), Job.ended_at.is_(None), Job.run_at <= until)
        moments = db.scalars(due.distinct().order_by(Job.run_at)).all()
    for moment in moments:
        clock.set(moment + HALF_A_MINUTE)
        while _sent_one(work):
            pass
    clock.set(until)


def _sent_one(work: Work) -> bool:
    with work.database.writing() as db:
        claimed = jobs.claim(db, now=work.now, kinds=MAIL)
    if claimed is None:
        return False
    send(work, claimed.payload)
    with work.database.writing() as db:
        jobs.finish(db, claimed, now=work.now)
    return True
