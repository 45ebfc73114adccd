"""The log tells kinds and places, never anybody's data."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = """
import asyncio, logging, threading
from app.kit import logs

logs.set_up(readable=False, level=logging.INFO)

def fail():
    raise ValueError("noor@demo.example\\n{\\"level\\": \\"forged\\"}")

try:
    fail()
except ValueError:
    logging.getLogger("library").exception("could not write %s", "noor@demo.example")
logging.getLogger("library").info("not shown")
thread = threading.Thread(target=fail)
thread.start()
thread.join()

async def forgotten():
    asyncio.get_running_loop().call_soon(fail)
    await asyncio.sleep(0)
    await asyncio.sleep(0)

asyncio.run(forgotten())
fail()
"""


def test_no_way_into_the_log_takes_a_message_along() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert done.returncode == 1
    assert "noor" not in done.stderr
    assert "forged" not in done.stderr
    assert [line["kind"] for line in lines] == ["ValueError"] * 4
    assert all("fail" in line["where"] for line in lines)
    assert lines[0]["event"] == "could not write %s"
    assert {line["level"] for line in lines} <= {"error", "critical"}
    assert logging.getLogger().level != logging.INFO
