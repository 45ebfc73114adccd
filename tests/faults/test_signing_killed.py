"""kill -9 while several coaches sign: what was acknowledged stands unchanged, and nothing is there by half."""

from __future__ import annotations

import asyncio
import logging
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import text

from app.kit.clock import SystemClock
from app.kit.storage import folder
from app.upkeep.invariants import invariants, proofs
from tests.bench.server import program
from tests.faults.signing import Said, as_signed, halves, make_work, send_again, sign_and_die, signatures

if TYPE_CHECKING:
    from app.kit.db import Database

pytestmark = pytest.mark.faults

KILLS: Final = 25  # on each of the two databases
AT_ONCE: Final = 16  # pieces of work in one burst, each of them in two windows
FOUR: Final = 4  # coaches


def test_what_was_signed_stands(
    database: Database,
    database_url: str,
    data_dir: Path,
    tmp_path: Path,
) -> None:
    clock = SystemClock()
    with database.writing() as db:
        work = make_work(db, folder(data_dir / "files"), each=KILLS * AT_ONCE // FOUR, now=clock.now())
    said, chance = Said(), random.Random(20261127)
    before: dict[int, dict[str, Any]] = {}
    acknowledged = cut = kept = 0
    for kill in range(KILLS):
        todo = signatures(work[kill * AT_ONCE : (kill + 1) * AT_ONCE])
        with program(data_dir, log=tmp_path / "log", DATABASE_URL=database_url) as server:
            asyncio.run(send_again(server, _once(said), said))
            assert said.lost == []
            done = len(said.done)
            answers, seconds = chance.randrange(AT_ONCE), chance.uniform(0, 0.05)
            cut += asyncio.run(sign_and_die(server, todo, said, answers=answers, seconds=seconds))
            acknowledged += len(said.done) - done
        found = _looked_at(database, clock)
        assert {id_: found[id_] for id_ in before} == before  # not one word of what stood has changed
        lost = [id_ for id_, asked in said.done.items() if id_ not in found or found[id_]["decision"] != asked.decision]
        assert (lost, said.twice, dict(said.odd)) == ([], [], {})
        assert not said.refused or said.done  # one of two windows is refused, never both
        kept += len(found) - len(said.done)
        before = found
    with program(data_dir, log=tmp_path / "log", DATABASE_URL=database_url) as server:
        asyncio.run(send_again(server, _once(said), said))
    found = _looked_at(database, clock)
    assert (set(found), said.twice, said.lost) == ({one.submission_id for one in work}, [], [])
    assert acknowledged > KILLS  # it did work in between
    told = "%s kills, %s signed, %s of them in the burst that was killed; %s cut off, of which %s stood all the same"
    logging.getLogger(__name__).info(told, KILLS, len(found), acknowledged, cut, kept)


def _once(said: Said) -> list[Any]:
    """What got no answer yet, to send again."""
    lost, said.lost = said.lost, []
    return lost


def _looked_at(database: Database, clock: SystemClock) -> dict[int, dict[str, Any]]:
    """Everything that was signed, after looking at all that must be true of it."""
    with database.reading(snapshot=True) as db:
        if database.is_sqlite:
            assert db.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
        assert halves(db) == []
        assert proofs(db) == []
        assert invariants(db, now=clock.now()) == []
        return as_signed(db)
