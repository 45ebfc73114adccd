"""The three people of the walk: commands in a terminal, and coming back with a mailed code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

from tests.journeys.conftest import Live

ROOT: Final = Path(__file__).parents[2]
CODE: Final = re.compile(r"Je code is (\d{3} ?\d{3})")


@dataclass
class Walk:
    """The three people, each in a browser of her own."""

    live: Live
    noor: Page
    ruben: Page
    fatma: Page
    links: dict[str, str] = field(default_factory=dict)

    def command(self, *words: str) -> str:
        """Run a command of the program beside the server, as an admin does in a terminal."""
        settings = self.live.parts.settings
        environment = os.environ | {
            "DATA_DIR": str(settings.data_dir),
            "DATABASE_URL": settings.database_url,
            "PUBLIC_URL": settings.public_url,
            "PORT": str(settings.port),
        }
        done = subprocess.run(
            [sys.executable, "-m", "app", *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def come_back(self, page: Page, address: str) -> None:
        """Sign in again with a mailed code: half a day has passed."""
        with_mailed_code(self.live, page, address)
        page.wait_for_url(lambda url: "/inloggen" not in url)


def with_mailed_code(live: Live, page: Page, address: str) -> None:
    """Ask for a code, wait for the mail, and type it over."""
    page.goto("/inloggen")
    before = len(live.mail.to(address))
    page.get_by_label("E-mailadres").fill(address)
    page.get_by_role("button", name="Stuur mij een code").click()
    page.wait_for_url("**/inloggen/met-code*")

    def codes() -> list[str]:  # other mail may arrive in between
        return [code for mail in live.mail.to(address)[before:] for code in CODE.findall(mail.text)]

    live.eventually(lambda: bool(codes()), f"a code for {address}")
    page.get_by_label("Code uit de mail").fill(codes()[-1])
    page.get_by_role("button", name="Inloggen").click()
    page.wait_for_url(lambda url: "/inloggen/met-code" not in url)
