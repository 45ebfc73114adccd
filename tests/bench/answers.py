"""Two hundred people answer the mail about one meeting of twelve seats in the same two seconds."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import time as clock_time
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from app.courses.tables import Enrolment
from app.intervision.actions import rounds
from app.intervision.inputs import RoundGiven, SessionGiven
from app.intervision.rules import Half, Invitees
from app.kit.localtime import local_day
from app.meetings.rules import PURPOSE
from app.meetings.tables import MeetingSignup
from tests.bench.drive import Request, ask

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.kit.ids import Keyring
    from app.people.rules import Viewer
    from tests.bench.seed import House
    from tests.bench.server import Server

PEOPLE: Final = 200
SEATS: Final = 12
GOAL_S: Final = 2.0
AT_ONCE: Final = 32
DONE, FULL, BUSY = 303, 422, 503
PAUSE_S: Final = 0.2
DAYS: Final = (40, 47, 54)


def invite(db: Session, house: House, *, by: Viewer, intervention: int, keyring: Keyring, now: datetime) -> None:
    """A round with three days; the links of the first of them are kept in the house."""
    today = local_day(now)
    given = RoundGiven(
        intervention=intervention, year=today.year + 1, half=Half.SPRING, signup_closes_on=today + timedelta(days=20)
    )
    round_id = rounds.make_round(db, by=by, given=given, now=now)
    meetings = [
        rounds.add_session(
            db,
            by=by,
            round_id=round_id,
            given=SessionGiven(
                day=today + timedelta(days=days),
                starts=clock_time(13, 30),
                ends=clock_time(16),
                seats=SEATS,
                venue=f"Zaal {days}",
                address="Voorstraat 100, Dordrecht",
            ),
            now=now,
        )
        for days in DAYS
    ]
    people = frozenset(db.scalars(select(Enrolment.person_id).order_by(Enrolment.id).limit(PEOPLE)))
    rounds.publish(db, by=by, round_id=round_id, invitees=Invitees(people), own_text="", keyring=keyring, now=now)
    nonces = db.scalars(select(MeetingSignup.nonce).where(MeetingSignup.meeting_id == meetings[0]))
    house.answers += [keyring.mailed_token(PURPOSE, nonce) for nonce in nonces]


async def rush(server: Server, house: House) -> None:
    """Everybody says yes; who finds it full joins the waiting list; who is told to come back does so.

    Raises: RuntimeError when a seat is given twice, or an answer is lost.
    """
    host = f"127.0.0.1:{server.port}"
    limit, back = asyncio.Semaphore(AT_ONCE), 0

    async def say(token: str, answer: str) -> int:
        nonlocal back
        form = Request.post(f"/antwoord/{token}", host=host, token="", body=f"answer={answer}")
        while True:
            async with limit:
                status = (await ask(server.port, form)).status
            if status != BUSY:
                return status
            back += 1
            await asyncio.sleep(PAUSE_S)

    started, before = time.perf_counter(), server.cpu_s()
    said = await asyncio.gather(*(say(token, "yes") for token in house.answers))
    seconds, spent = time.perf_counter() - started, server.cpu_s() - before
    full = [token for token, status in zip(house.answers, said, strict=True) if status == FULL]
    if Counter(said) != {DONE: SEATS, FULL: len(said) - SEATS}:
        raise RuntimeError(f"{SEATS} seats, and these answers: {Counter(said)}")
    waited = Counter([await say(token, "wait") for token in full])
    if waited != {DONE: len(full)}:
        raise RuntimeError(f"the waiting list answered {waited}")
    print(
        f"\n{len(said)} answers on {SEATS} seats: {seconds:.2f} s (goal {GOAL_S:.0f} s), CPU {spent:.2f} s, "
        f"{back} told to come back; {len(full)} joined the waiting list"
    )
