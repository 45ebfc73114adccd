"""What few requests need is not loaded at start-up: the first answer and the memory at rest depend on it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.bench.server import free_port
from tests.people import make_person

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database

ROOT: Final = Path(__file__).parents[2]
LAZY: Final = (
    "PIL",
    "alembic",
    "app.courses.files",
    "app.demo",
    "app.upkeep",
    "icalendar",
    "psycopg",
    "python_calamine",
    "segno",
    "smtplib",
    "tarfile",
    "typst",
    "xlsxwriter",
)
LOAD_THE_WEB: Final = """
import sys
from app.main import all_entries
all_entries()
print("\\n".join(sorted(sys.modules)))
"""
SETTLE: Final = """
import gc, sys, weakref
from app.serving import prepare_demo, settle
from app.settings import Settings
gc.disable()
settle()
print(gc.isenabled(), gc.get_freeze_count() > 10_000)
left = type("Left", (), {})()
left.itself, seen = left, weakref.ref(left)
del left
settle()  # after work that switched the search on
print(seen() is None)
print(prepare_demo(Settings()), "app.demo.story" in sys.modules)
"""


def lazy(loaded: set[str]) -> list[str]:
    """Those of the lazy ones that were loaded after all."""
    return sorted({name for name in LAZY for module in loaded if f"{module}.".startswith(f"{name}.")})


def run(code: str, **environment: str) -> list[str]:
    """What a fresh Python prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_web_loads_nothing_that_few_requests_need() -> None:
    loaded = set(run(LOAD_THE_WEB))
    assert "fastapi" in loaded
    assert lazy(loaded) == []


def test_a_start_loads_no_more_than_the_first_answer_needs(sqlite_database: Database, data_dir: Path) -> None:
    """The real command, to its first answer. `rich` only: the libraries that know it go without."""
    port = free_port()
    told = data_dir / "imports"
    with told.open("w") as words:
        serving = subprocess.Popen(
            [sys.executable, "-X", "importtime", "-m", "app", "serve", "--no-worker"],
            cwd=ROOT,
            env=os.environ
            | {
                "DATA_DIR": str(data_dir),
                "PORT": str(port),
                "ENVIRONMENT": "production",
                "SECRET": "a-secret-of-more-than-thirty-two-signs",
                "PUBLIC_URL": f"http://127.0.0.1:{port}",
            },
            stdout=subprocess.DEVNULL,
            stderr=words,
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", serving)
        finally:
            serving.terminate()
            serving.wait(timeout=20)
    loaded = {line.rpartition("|")[2].strip() for line in told.read_text().splitlines() if "import time:" in line}
    assert "uvicorn" in loaded
    assert lazy(loaded) == []
    assert "rich.console" not in loaded


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None
        with suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own address
            assert answer.status == 200
            return
        time.sleep(0.05)
    raise AssertionError(f"no answer from {address}")


def test_a_later_start_of_the_demo_tells_no_story_and_garbage_is_looked_for_again(
    sqlite_database: Database, data_dir: Path, clock: MovableClock
) -> None:
    with sqlite_database.writing() as db:
        make_person(db, "Noor de Wit", now=clock.now())
    settled, swept, demo = run(SETTLE, DATA_DIR=str(data_dir), ENVIRONMENT="demo")
    assert (settled, swept) == ("True True", "True")
    assert demo == "False False"
