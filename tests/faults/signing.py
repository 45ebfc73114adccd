"""Work that waits for a signature, the people who sign it all at once, and what must be true of what they signed."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import secrets
import signal
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from sqlalchemy import func, select

from app.courses.editions import edition_of
from app.courses.tables import Enrolment
from app.delivery.tables import Delivery, DeliveryDate
from app.ledger.tables import LedgerContent, LedgerEvent
from app.outbox.tables import Message
from app.people.actions.sign_in import start_session
from app.people.queries import viewer_for
from app.practice.tables.coaching import Assessment
from app.practice.tables.proof import SignOff, SignOffContent
from app.practice.tables.work import AssignmentRecord, CoachVisit, Preparation, Submission
from tests.bench.drive import Request, read
from tests.handing import make_coach, make_people
from tests.practising import basis_now
from tests.trained import finish_theory, in_training

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from app.kit.storage import Storage
    from app.people.rules import Viewer
    from tests.bench.server import Server
    from tests.trained import Training

COACHES: Final = ("Bram de Boer", "Els Vermeer", "Ilse Smit", "Ruud Vos")
DECISIONS: Final = {"signed_off": 3, "returned": 0, "not_met": 1}
"""What the form suggests when the critical point stands at this level."""
SIGNING: Final = 8
LOOKING: Final = 3
DECIDED: Final = tuple(f"practice.{decision}" for decision in DECISIONS)


@dataclass(frozen=True)
class Waiting:
    """One piece of work with a whole form: whose session signs it, what it suggests, and what lies beside it."""

    record_id: int
    submission_id: int
    token: str
    suggested: str
    basis: str


@dataclass(frozen=True)
class Asked:
    """One signature that was sent, with the key of its form: sent again it is the same one."""

    work: Waiting
    decision: str
    key: str

    def request(self, host: str) -> Request:
        given = {
            "decision": self.decision,
            "version": "1",
            "basis": self.work.basis,
            "submission_id": str(self.work.submission_id),
            "seen": "on",
            "reason": "" if self.decision == self.work.suggested else "Ik zag het zelf.",
            "by_when": "2099-12-17" if self.decision == "returned" else "",
            "form_key": self.key,
        }
        path = f"/coach/{self.work.record_id}/aftekenen"
        return Request.post(path, host=host, token=self.work.token, body=urlencode(given))


@dataclass
class Said:
    """What the program said about each signature; `lost` got no answer."""

    done: dict[int, Asked] = field(default_factory=dict)
    lost: list[Asked] = field(default_factory=list)
    refused: int = 0
    odd: Counter[int] = field(default_factory=Counter)
    twice: list[Asked] = field(default_factory=list)

    @property
    def answers(self) -> int:
        return len(self.done) + self.refused + len(self.twice) + self.odd.total()

    def note(self, asked: Asked, status: int) -> None:
        if status == 409:
            self.refused += 1
        elif status != 303:
            self.odd[status] += 1
        elif asked.work.submission_id in self.done and self.done[asked.work.submission_id] != asked:
            self.twice.append(asked)
        else:
            self.done[asked.work.submission_id] = asked


def make_work(db: Session, storage: Storage, *, each: int, now: datetime) -> list[Waiting]:
    """So much work for each of the coaches, one decision after the other; the people around it by the real actions."""
    training = in_training(db, storage, now=now)
    finish_theory(db, training, now=now)
    found: list[Waiting] = []
    for number, name in enumerate(COACHES):
        coach = make_coach(db, name, now=now)
        signs = viewer_for(db, coach), start_session(db, person_id=coach, device="test", now=now)
        people = make_people(db, training, each, coach_id=coach, now=now, first=number * each)
        found += [
            _handed_in(db, training, enrolment, *signs, suggested=suggested, now=now)
            for enrolment, suggested in zip(people, list(DECISIONS) * each, strict=False)
        ]
    turns = [found[number::each] for number in range(each)]  # all coaches in turn
    return [one for turn in turns for one in turn]


def _handed_in(
    db: Session, training: Training, enrolment_id: int, coach: Viewer, token: str, *, suggested: str, now: datetime
) -> Waiting:
    """Visited, handed in, and observed: as rows, since how that comes about is tested elsewhere."""
    then = now - timedelta(days=2)
    ((assignment_id, _),) = edition_of(db, training.edition_id).assignments
    group = Delivery(
        leader_id=db.scalars(select(Enrolment.person_id).where(Enrolment.id == enrolment_id)).one(),
        intervention_id=training.intervention_id,
        place="Huis van de Wijk",
        address="Dorpsstraat 1",
        municipality="Rotterdam",
        created_at=then,
        enrolment_id=enrolment_id,
    )
    record = AssignmentRecord(enrolment_id=enrolment_id, assignment_id=assignment_id, created_at=then)
    db.add_all([group, record])
    db.flush()
    starts = then + timedelta(hours=1)
    date = DeliveryDate(delivery_id=group.id, kind="session", starts_at=starts, ends_at=starts + timedelta(hours=2))
    work = Submission(record_id=record.id, number=1, attempt=1, self_scores={}, note="", submitted_at=now)
    form = Assessment(
        record_id=record.id,
        attempt=1,
        coach_id=coach.id,
        edition_id=training.edition_id,
        form=_form(DECISIONS[suggested]),
        saved_at=now,
        finished_at=now,
    )
    db.add_all([date, work, form])
    db.flush()
    uid = f"visit-{record.id}@academie.test"
    db.add_all(
        [
            CoachVisit(record_id=record.id, attempt=1, date_id=date.id, coach_id=coach.id, uid=uid, planned_at=then),
            Preparation(
                record_id=record.id, goal="Maken", session_plan="Kring", learning_question="Wachten", written_at=then
            ),
        ]
    )
    db.flush()
    return Waiting(record.id, work.id, token, suggested, basis_now(db, coach, record.id))


def _form(critical: int) -> dict[str, Any]:
    yes = {"answer": "ja", "reason": ""}
    return {
        "scores": {"SM1": 3, "VS1": critical},
        "notes": {},
        "checks": {"afspraak-genoemd": yes, "iets-gemaakt": yes},
        "strong": ["Rust"],
        "growing": ["Vaker open vragen"],
        "agreements": ["Noor schrijft drie vragen op"],
    }


def signatures(work: list[Waiting]) -> list[Asked]:
    """Each piece is signed in two windows at once; in every third pair they say something else."""
    found = []
    for number, one in enumerate(work):
        others = [decision for decision in DECISIONS if decision != one.suggested]
        second = others[number % 2] if number % 3 == 0 else one.suggested
        found += [Asked(one, one.suggested, secrets.token_hex(16)), Asked(one, second, secrets.token_hex(16))]
    return found


async def sign_and_die(server: Server, todo: list[Asked], said: Said, *, answers: int, seconds: float) -> int:
    """Several people sign at once while others look at their lists; somebody pulls the plug after so many answers.

    Gives how many signatures were on their way then.
    """
    before = said.answers
    left = iter(todo)
    gone = asyncio.Event()

    async def plug() -> None:
        while said.answers < before + answers:  # noqa: ASYNC110 - others count them
            await asyncio.sleep(0.001)
        await asyncio.sleep(seconds)
        os.kill(server.process.pid, signal.SIGKILL)
        gone.set()

    crowd = [_sign(server, left, said) for _ in range(SIGNING)]
    crowd += [_look(server, todo, gone) for _ in range(LOOKING)]
    await asyncio.gather(plug(), *crowd)
    cut = len(said.lost)
    said.lost += left  # never sent
    return cut


async def send_again(server: Server, todo: list[Asked], said: Said) -> None:
    """The same forms once more, by their own keys, as a browser does that got no answer."""
    left = iter(todo)
    await asyncio.gather(*(_sign(server, left, said) for _ in range(SIGNING)))


async def _sign(server: Server, left: Iterator[Asked], said: Said) -> None:
    asked: Asked | None = None
    with suppress(OSError, asyncio.IncompleteReadError):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        try:
            for asked in left:
                writer.write(asked.request(f"127.0.0.1:{server.port}").wire)
                answer = await read(reader)
                said.note(asked, answer.status)
                asked = None  # noqa: PLW2901 - it has its answer
        finally:
            writer.close()
    if asked is not None:
        said.lost.append(asked)


async def _look(server: Server, todo: list[Asked], gone: asyncio.Event) -> None:
    with suppress(OSError, asyncio.IncompleteReadError):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        try:
            while not gone.is_set():
                for asked in todo:
                    host = f"127.0.0.1:{server.port}"
                    writer.write(Request.get("/coach", host=host, token=asked.work.token).wire)
                    assert (await read(reader)).status == 200
        finally:
            writer.close()


def halves(db: Session) -> list[str]:
    """What is there by half: a decision is its row, content, event, letter and next attempt, or nothing of it all."""
    wrong: list[str] = []
    signed = db.scalars(select(SignOff)).all()
    contents = {one.sign_off_id: one for one in db.scalars(select(SignOffContent))}
    events = {one.id: one for one in db.scalars(select(LedgerEvent).where(LedgerEvent.action.in_(DECIDED)))}
    told = set(db.scalars(select(LedgerContent.event_id).where(LedgerContent.event_id.in_(events))))
    letters = Counter(db.scalars(select(Message.key).where(Message.kind == "practice.decided")))
    attempts = {one.id: one.attempt for one in db.scalars(select(AssignmentRecord))}
    for one in signed:
        content, event = contents.get(one.id), events.get(one.event_id)
        if content is None or _digest(content.salt, content.content) != one.digest:
            wrong.append(f"sign-off {one.id}: content is not what was signed")
        elif (content.content["decision"], content.content["submission_id"]) != (one.decision, one.submission_id):
            wrong.append(f"sign-off {one.id}: content is of another decision")
        if event is None or event.action != f"practice.{one.decision}" or event.id not in told:
            wrong.append(f"sign-off {one.id}: the ledger tells something else")
    again = Counter(one.record_id for one in signed if one.decision == "not_met")
    wrong += [f"record {id_}: attempt {now}" for id_, now in attempts.items() if now != 1 + again[id_]]
    wrong += [f"letter {key} {count} times" for key, count in letters.items() if count != 1]
    if set(letters) != {f"decided:{one.id}" for one in signed}:
        wrong.append(f"letters and decisions differ: {set(letters) ^ {f'decided:{one.id}' for one in signed}}")
    if set(events) != {one.event_id for one in signed}:
        wrong.append(f"events without a decision: {set(events) - {one.event_id for one in signed}}")
    several = select(SignOff.submission_id).group_by(SignOff.submission_id).having(func.count() > 1)
    return wrong + [f"submission {id_} is signed twice" for id_ in db.scalars(several)]


def _digest(salt: str, content: dict[str, Any]) -> str:
    body = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256((salt + body).encode()).hexdigest()


def as_signed(db: Session) -> dict[int, dict[str, Any]]:
    """Every sign-off with all that it says, by its submission."""
    rows = db.execute(
        select(SignOff.__table__, SignOffContent.salt, SignOffContent.content).join(
            SignOffContent, SignOffContent.sign_off_id == SignOff.id
        )
    )
    return {row.submission_id: row._asdict() for row in rows}
