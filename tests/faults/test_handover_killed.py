"""kill -9 in the middle of a hand-over of many people: afterwards all of them went, or nobody did."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import func, select

from app.kit.storage import folder
from app.outbox.tables import Message
from app.upkeep.invariants import invariants
from tests.handing import coaches_now, make_coach, make_people
from tests.practising import begin

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database

pytestmark = pytest.mark.faults

KILLS: Final = 10
PEOPLE: Final = 40
CHILD: Final = """
import sys
from datetime import datetime
from pathlib import Path
from app.kit.db import Database
from app.people.queries import viewer_for
from app.practice.actions import handover
from tests.handing import form
url, data_dir, admin, former, new, now = sys.argv[1:]
database, moment = Database.open(url, data_dir=Path(data_dir)), datetime.fromisoformat(now)
print("ready", flush=True)
with database.writing() as db:
    to = form(dict.fromkeys(handover.people_of_coach(db, int(former)), int(new)))
    by = viewer_for(db, int(admin))
    handover.hand_over(db, by=by, coach_id=int(former), given=to, now=moment)
print("done", flush=True)
"""


def test_all_or_nobody(database: Database, database_url: str, data_dir: Path, clock: MovableClock) -> None:
    at_work = begin(database, folder(data_dir / "files"), clock, until="planned")
    now, fatma = clock.now(), at_work.training.cast.fatma.id
    with database.writing() as db:
        make_people(db, at_work.training, PEOPLE - 1, coach_id=at_work.ruben.id, now=now)
        new = make_coach(db, "Bram de Boer", now=now)
    former, chance, ends = at_work.ruben.id, random.Random(20261127), Counter[str]()
    for _ in range(KILLS):
        arguments = [database_url, str(data_dir), *map(str, (fatma, former, new)), now.isoformat()]
        with subprocess.Popen([sys.executable, "-c", CHILD, *arguments], stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0.0, 0.4))
            os.kill(child.pid, signal.SIGKILL)
            acknowledged = "done" in child.stdout.read()
        held = Counter(coaches_now(database).values())
        assert held in ({former: PEOPLE}, {new: PEOPLE})
        assert not acknowledged or held == {new: PEOPLE}
        with database.reading() as db:
            letters = db.scalar(select(func.count()).select_from(Message).where(Message.kind.like("handover.%")))
            assert letters == (PEOPLE + 2 if held == {new: PEOPLE} else 0)
            assert invariants(db, now=now) == []
        ends["all" if held == {new: PEOPLE} else "nobody"] += 1
        if held == {new: PEOPLE}:
            break
    assert ends["nobody"]
