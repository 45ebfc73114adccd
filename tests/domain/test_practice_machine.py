"""Whatever people try, in whatever order: a record only takes the steps of the table, and nothing signed ever changes.

Each example is a list of tries by Noor, her coach and a stranger through the real actions. After each of them the
state is the one that the table of steps names, or all is as it was and somebody was told no.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import func, select

from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import NotFound, Refused
from app.kit.storage import folder
from app.people.rules import Viewer
from app.practice.actions import records, visits
from app.practice.paths import paths_of
from app.practice.record_page import record_page
from app.practice.rules.forms import digest_of
from app.practice.rules.states import TRANSITIONS, RecordState, Step, may, may_be_observed
from app.practice.tables.coaching import Assessment
from app.practice.tables.proof import SignOff, SignOffContent
from app.practice.tables.work import AssignmentRecord, Submission
from tests.conftest import START
from tests.practising import (
    PREPARED,
    VISIT_AT,
    Practising,
    add_photo,
    begin,
    hand_in,
    observe,
    sign,
)

if TYPE_CHECKING:
    from tests.support.postgres import Postgres

EXAMPLES: Final = 8 if "CI" in os.environ else 20  # a run before each change has twenty minutes
STEPS: Final = 20
ATTEMPTS: Final = 2


@dataclass
class Trial:
    """One record and all that was signed on it so far. `prepared`, `photo`: what handing in asks for."""

    database: Database
    at_work: Practising
    clock: MovableClock
    signed: dict[int, tuple[str, str]] = field(default_factory=dict)
    prepared: bool = False
    photos: dict[int, int] = field(default_factory=dict)
    shades: int = 0

    @property
    def now(self) -> RecordState:
        with self.database.reading() as db:
            return paths_of(db, select(AssignmentRecord.id))[0].state

    @property
    def attempt(self) -> int:
        with self.database.reading() as db:
            return db.scalars(select(AssignmentRecord.attempt)).one()

    @property
    def visited(self) -> bool:
        with self.database.reading() as db:
            visit = paths_of(db, select(AssignmentRecord.id))[0].visit
        return visit is not None and visit.date.starts_at <= self.clock.now()

    @property
    def handed_in(self) -> bool:
        return self.now in {RecordState.SUBMITTED, RecordState.IN_REVIEW}

    @property
    def form(self) -> tuple[int, bool]:
        """The version of the coach's form in this attempt, and whether she is done with it."""
        with self.database.reading() as db:
            row = db.execute(
                select(Assessment.version, Assessment.finished_at)
                .join(AssignmentRecord, AssignmentRecord.id == Assessment.record_id)
                .where(Assessment.attempt == AssignmentRecord.attempt)
            ).first()
        return (row.version, row.finished_at is not None) if row else (0, False)


def prepare(trial: Trial, by: Viewer) -> Step | None:
    given = PREPARED.model_copy(update={"version": _version(trial)})
    with trial.database.writing() as db:
        records.prepare(db, by=by, record_id=trial.at_work.record_id, given=given, now=trial.clock.now())
    trial.prepared = True
    return None


def _version(trial: Trial) -> int | None:
    with trial.database.reading() as db:
        written = record_page(db, trial.at_work.noor, trial.at_work.record_id, now=trial.clock.now()).preparation
    return written.version if written else None


def photograph(trial: Trial, _by: Viewer) -> Step | None:
    trial.shades += 1
    add_photo(trial.database, trial.at_work, trial.clock, shade=trial.shades)
    trial.photos[trial.attempt] = trial.photos.get(trial.attempt, 0) + 1
    return None


def plan(trial: Trial, by: Viewer) -> Step | None:
    with trial.database.writing() as db:
        visits.plan_visit(
            db,
            by=by,
            record_id=trial.at_work.record_id,
            date_id=trial.at_work.dates[trial.shades % 2],
            now=trial.clock.now(),
        )
    return Step.PLAN_VISIT


def call_off(trial: Trial, by: Viewer) -> Step | None:
    with trial.database.writing() as db:
        visits.cancel_visit(db, by=by, record_id=trial.at_work.record_id, reason="Ziek", now=trial.clock.now())
    return Step.CANCEL_VISIT


def day_comes(trial: Trial, _by: Viewer) -> Step | None:
    trial.clock.set(max(trial.clock.now(), VISIT_AT) + timedelta(hours=1))
    return None


def submit(trial: Trial, by: Viewer) -> Step | None:
    hand_in(trial.database, _as(trial, noor=by), trial.clock)
    return Step.SUBMIT


def write(trial: Trial, by: Viewer) -> Step | None:
    was = trial.now
    observe(trial.database, _as(trial, ruben=by), trial.clock, version=trial.form[0], whole=False, strong_1="Rust")
    return Step.REVIEW if may(was, Step.REVIEW) else None


def finish(trial: Trial, by: Viewer) -> Step | None:
    was = trial.now
    observe(trial.database, _as(trial, ruben=by), trial.clock, version=trial.form[0])
    return Step.REVIEW if may(was, Step.REVIEW) else None


def decide(decision: str, *, last: Step, before: Step | None = None) -> Callable[[Trial, Viewer], Step | None]:
    def act(trial: Trial, by: Viewer) -> Step | None:
        attempt = trial.attempt
        sign(trial.database, _as(trial, ruben=by), trial.clock, decision, reason="Zo zag ik het")
        return before if before and attempt < ATTEMPTS else last

    return act


def _as(trial: Trial, *, noor: Viewer | None = None, ruben: Viewer | None = None) -> Practising:
    """The same work, with somebody else in the place of one of the two."""
    cast = trial.at_work.training.cast
    training = replace(trial.at_work.training, cast=replace(cast, noor=noor or cast.noor, ruben=ruben or cast.ruben))
    return replace(trial.at_work, training=training)


Try = tuple[Callable[[Trial, Viewer], Step | None], str]
ACTS: Final[dict[str, Try]] = {
    "prepare": (prepare, "noor"),
    "photograph": (photograph, "noor"),
    "plan": (plan, "ruben"),
    "call off": (call_off, "ruben"),
    "the day comes": (day_comes, "noor"),
    "submit": (submit, "noor"),
    "write": (write, "ruben"),
    "finish": (finish, "ruben"),
    "sign": (decide("signed_off", last=Step.SIGN_OFF), "ruben"),
    "return": (decide("returned", last=Step.RETURN), "ruben"),
    "again": (decide("not_met", last=Step.GIVE_UP, before=Step.TRY_AGAIN), "ruben"),
}


def due(name: str, trial: Trial) -> bool:
    """Whether the right person may do this now: then a no would be wrong, and else a yes."""
    now = trial.now
    match name:
        case "prepare":
            return may(now, Step.SUBMIT)
        case "plan":
            return may(now, Step.PLAN_VISIT) and trial.clock.now() < VISIT_AT + timedelta(days=7 * (trial.shades % 2))
        case "call off":
            return may(now, Step.CANCEL_VISIT)
        case "submit":
            ready = trial.prepared and trial.photos.get(trial.attempt, 0) > 0 and trial.visited
            return may(now, Step.SUBMIT) and ready
        case "write" | "finish":
            return may_be_observed(now)
        case "sign" | "return" | "again":
            return trial.handed_in and trial.form[1]
    return False


def take(trial: Trial, name: str, who: str) -> None:
    """Try one thing, and look at what became of it."""
    act, right = ACTS[name]
    cast = trial.at_work.training.cast
    by = getattr(cast, who)
    was, expected = trial.now, due(name, trial)
    rows = _rows(trial)
    told: Exception | None = None
    try:
        step = act(trial, by)
    except (Refused, NotFound, ValidationError) as no:  # the last: there is nothing yet to put a name under
        told = no
    if told is not None:
        assert not (expected and who == right), f"{name} was refused: {told!r}"
        assert trial.now is was
        assert _rows(trial) == rows
        return
    free = name in {"photograph", "the day comes"}
    assert free or (expected and who == right), f"{who} could {name} from {was}"
    assert trial.now is (TRANSITIONS[was, step] if step else was), f"{name} from {was}"


def _rows(trial: Trial) -> tuple[int, ...]:
    with trial.database.reading() as db:
        return tuple(db.scalar(select(func.count()).select_from(t)) or 0 for t in (Submission, Assessment, SignOff))


def hold(trial: Trial) -> None:
    """What must be true at every moment: proofs stay as they are, and nobody looks at the other's cards."""
    with trial.database.reading() as db:
        rows = db.execute(select(SignOff, SignOffContent).join(SignOffContent)).all()
        standing = {one.id: (one.digest, digest_of(words.salt, words.content)) for one, words in rows}
        submissions = [one.submission_id for one, _ in rows]
        pages = [
            record_page(db, viewer, trial.at_work.record_id, now=trial.clock.now())
            for viewer in (trial.at_work.noor, trial.at_work.ruben)
        ]
    assert all(kept == made for kept, made in standing.values())
    assert trial.signed.items() <= standing.items()
    assert len(submissions) == len(set(submissions))
    trial.signed = standing
    both_in = trial.form[1] and trial.now not in {RecordState.OPEN, RecordState.PLANNED}
    if trial.now is not RecordState.RETURNED:  # then what was signed stands there, draft or not
        assert [bool(page.marks) for page in pages] == [both_in, both_in]


@contextmanager
def fresh(engine: str, sqlite: Path, postgres: Postgres) -> Iterator[tuple[Database, Path]]:
    """A database of its own for each example."""
    with TemporaryDirectory() as name:
        place = Path(name)
        if engine == "sqlite":
            shutil.copyfile(sqlite, place / "academie.db")
            opened = Database.open(f"sqlite:///{place}/academie.db", data_dir=place)
            yield opened, place
            opened.close()
            return
        with postgres.fresh_database() as url:
            opened = Database.open(url, data_dir=place)
            yield opened, place
            opened.close()


tries = st.tuples(st.sampled_from(sorted(ACTS)), st.sampled_from(["right", "right", "right", "joris", "noor", "ruben"]))


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
@settings(
    max_examples=EXAMPLES,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(start=st.sampled_from(["open", "visited", "handed_in", "observed"]), tried=st.lists(tries, max_size=STEPS))
def test_a_record_takes_no_step_that_the_table_does_not_have(
    engine: str, start: str, tried: list[tuple[str, str]], migrated_sqlite: Path, postgres_server: Postgres
) -> None:
    with fresh(engine, migrated_sqlite, postgres_server) as (database, place):
        clock = MovableClock(START)
        at_work = begin(database, folder(place / "files"), clock, until=start, assignment_attempts_max=ATTEMPTS)
        further = start != "open"
        trial = Trial(database, at_work, clock, prepared=further, photos={1: int(start in {"handed_in", "observed"})})
        for name, who in tried:
            clock.advance(timedelta(seconds=1))  # nothing happens at the very same moment
            take(trial, name, ACTS[name][1] if who == "right" else who)
            hold(trial)
