"""The same thing twice at the same moment, where no unique row stands in the way: on both databases."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from app.certification.actions import take_over
from app.certification.issuing import choose_name
from app.certification.tables import Certificate, CertificationPeriod
from app.courses.tables import Intervention
from app.delivery import actions as delivery
from app.delivery.inputs import Group
from app.delivery.tables import Delivery
from app.jobs.tables import Job
from app.kit.errors import Forbidden, Refused
from app.kit.storage import Storage, folder
from app.ledger.tables import LedgerEvent
from app.people.actions import accounts, own_data, passwords, sign_in
from app.people.queries import viewer_for
from app.people.rules import Role
from app.people.tables import Account, Export, Membership, SignIn
from app.upkeep.invariants import invariants
from tests.people import make_cast, make_person
from tests.practising import group_form
from tests.trained import finish_theory, in_training

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.people.rules import Viewer

MANY = 6


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


def at_once(database: Database, jobs: list[Callable[[Session], Any]]) -> Counter[str]:
    """Each job in a transaction of its own, all together; how they ended: 'done' or the code of the refusal."""
    ready = threading.Barrier(len(jobs))

    def run(job: Callable[[Session], Any]) -> str:
        ready.wait(timeout=20)
        try:
            with database.writing() as db:
                job(db)
        except Refused as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(len(jobs)) as pool:
        return Counter(pool.map(run, jobs))


def rows(database: Database, table: type[Any], *where: Any) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(table).where(*where)) or 0


def events(database: Database, action: str) -> int:
    return rows(database, LedgerEvent, LedgerEvent.action == action)


def test_one_copy_of_everything_is_made(database: Database, clock: MovableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        noor = make_cast(db, now=now).noor
    ended = at_once(database, [lambda db: own_data.ask_export(db, by=noor, now=now)] * MANY)
    assert ended == {"done": 1, "export_busy": MANY - 1}
    assert rows(database, Export) == rows(database, Job, Job.kind == "people.export") == 1


def test_who_leaves_leaves_once(database: Database, clock: MovableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        noor = make_cast(db, now=now).noor
    assert at_once(database, [lambda db: own_data.ask_erasure(db, by=noor, now=now)] * MANY) == {"done": MANY}
    assert events(database, "people.erasure_asked") == rows(database, Job, Job.kind == "people.erase") == 1


@pytest.mark.parametrize("how", ["leave", "revoke"])
def test_two_owners_who_step_back_leave_one(database: Database, clock: MovableClock, how: str) -> None:
    now = clock.now()
    with database.writing() as db:
        ids = [make_person(db, name, now=now) for name in ("Otto Prins", "Olga Prins")]
        for person_id in ids:
            accounts.grant_role(db, by=None, person_id=person_id, role=Role.OWNER, now=now)
    with database.reading() as db:
        owners = [viewer_for(db, person_id) for person_id in ids]

    def step_back(one: Viewer) -> Callable[[Session], None]:
        if how == "leave":
            return lambda db: own_data.ask_erasure(db, by=one, now=now)
        return lambda db: accounts.revoke_role(db, by=None, person_id=one.id, role=Role.OWNER, now=now)

    assert at_once(database, [step_back(one) for one in owners]) == {"done": 1, "last_owner": 1}


def test_one_employer_at_a_time(database: Database, clock: MovableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        joris = make_cast(db, now=now).joris.id
        houses = [accounts.ensure_organisation(db, name=f"Huis {number}", now=now) for number in range(MANY)]

    def move(to: int) -> Callable[[Session], bool]:
        return lambda db: accounts.change_employer(db, person_id=joris, organisation_id=to, now=now)

    assert at_once(database, [move(house) for house in houses]) == {"done": MANY}
    assert rows(database, Membership, Membership.person_id == joris) == MANY + 1
    assert rows(database, Membership, Membership.person_id == joris, Membership.until.is_(None)) == 1


def test_who_was_signed_out_sets_no_password(database: Database, clock: MovableClock) -> None:
    """Two sessions change the password at the same moment: the one that was put out does not win afterwards."""
    now = clock.now()
    with database.writing() as db:
        noor = make_cast(db, now=now).noor.id
        for _ in range(MANY):
            sign_in.start_session(db, person_id=noor, device="test", now=now)
    with database.reading() as db:
        open_ones = select(SignIn.id).where(SignIn.person_id == noor, SignIn.ended_at.is_(None))
        sessions = list(db.scalars(open_ones))

    def change(session: int) -> Callable[[Session], None]:
        def work(db: Session) -> None:
            try:
                passwords.set_password(
                    db, person_id=noor, password_hash=f"hash of {session}", now=now, keep_session=session
                )
            except Forbidden:
                raise Refused("signed_out") from None

        return work

    ended = at_once(database, [change(session) for session in sessions])
    assert ended == {"done": 1, "signed_out": len(sessions) - 1}
    with database.reading() as db:
        assert db.get_one(Account, noor).password_hash == f"hash of {db.scalars(open_ones).one()}"


def test_a_list_taken_over_twice_is_one_period(database: Database, storage: Storage, clock: MovableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        cast = in_training(db, storage, now=now).cast
        kind = db.scalars(select(Intervention.id).order_by(Intervention.id)).first()
        assert kind is not None
    joris, by_id, since = cast.joris.id, cast.fatma.id, date(2025, 3, 1)

    def line(db: Session) -> None:
        take_over(db, by_id=by_id, person_id=joris, intervention_id=kind, since=since, intervisions=1, now=now)

    assert at_once(database, [line] * MANY) == {"done": MANY}
    assert rows(database, CertificationPeriod) == rows(database, Certificate) == 1
    assert events(database, "certification.taken_over") == 1
    with database.reading() as db:
        assert invariants(db) == []
        certificate_id = db.scalars(select(Certificate.id)).one()
        viewer = viewer_for(db, joris)

    def show(db: Session) -> None:
        choose_name(db, by=viewer, certificate_id=certificate_id, show_name=True, now=now)

    assert at_once(database, [show] * MANY) == {"done": MANY}
    assert events(database, "certification.name_chosen") == 1


def test_a_group_is_entered_once(database: Database, storage: Storage, clock: MovableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        training = in_training(db, storage, now=now)
        finish_theory(db, training, now=now)
    given, noor = Group.model_validate(group_form()), training.cast.noor

    def enter(db: Session) -> None:
        delivery.save_group(db, by=noor, given=given, authorised=(), pinned=frozenset(), now=now)

    assert at_once(database, [enter] * MANY) == {"done": 1, "group_exists": MANY - 1}
    assert rows(database, Delivery) == events(database, "delivery.group_entered") == 1
