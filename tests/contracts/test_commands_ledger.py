"""The command that finds what was changed behind the back of the program."""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing

from tests.support.installation import Installation


def test_a_change_behind_the_back_of_the_program_is_named(installed: Installation) -> None:
    installed.run("people", "create-admin", "--name", "Fatma", "--email", "f@b.nl")
    assert installed.run("ledger", "verify").stdout.startswith("0 gebeurtenissen nagekeken")  # none is sealed yet
    with installed.running("serve"):
        deadline = time.monotonic() + 20
        while installed.run("ledger", "verify").stdout.startswith("0 ") and time.monotonic() < deadline:
            time.sleep(0.5)
    assert re.match(r"[1-9][0-9]* gebeurtenissen nagekeken", installed.run("ledger", "verify").stdout)
    with closing(sqlite3.connect(installed.data_dir / "academie.db")) as db:
        db.execute("DROP TRIGGER frozen_ledger_event_update")
        db.execute("UPDATE ledger_event SET actor_id = 7 WHERE id = 1")
        db.commit()
    *found, _ = installed.refused("ledger", "verify")
    assert any(line.startswith("I-4 ledger_event 1: is veranderd nadat zij werd vastgelegd") for line in found)
    assert any("niet meer beschermd" in line for line in found)
