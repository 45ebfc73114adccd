"""What few requests need is not loaded at start-up: the first answer and the memory at rest depend on it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
LAZY: Final = (
    "PIL",
    "alembic",
    "icalendar",
    "psycopg",
    "python_calamine",
    "segno",
    "typst",
    "xlsxwriter",
)
LOAD_THE_WEB: Final = """
import sys
from app.main import all_entries
all_entries()
print("\\n".join(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_the_web_loads_nothing_that_few_requests_need() -> None:
    done = subprocess.run([sys.executable, "-c", LOAD_THE_WEB], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert "fastapi" in loaded
    assert sorted(loaded.intersection(LAZY)) == []
