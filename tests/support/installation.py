"""A production installation of its own, for the commands as an admin meets them: real processes, their words."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
SECRET: Final = "a-secret-of-more-than-thirty-two-signs"
OTHER: Final = "marker-secret-too-short"


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Installation:
    """A production installation of its own: settings in the environment, data in a folder."""

    data_dir: Path
    port: int

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        own = {
            "ENVIRONMENT": "production",
            "SECRET": SECRET,
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "PORT": str(self.port),
            "DATA_DIR": str(self.data_dir),
        }
        return {name: value for name, value in (kept | own | more).items() if value}

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """One command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "app", *words],
            cwd=ROOT,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def refused(self, *words: str, **more: str) -> list[str]:
        """The lines of a command that must not succeed: status 1, sentences only, no traceback, no secret."""
        done = self.run(*words, **more)
        told = done.stdout + done.stderr
        assert done.returncode == 1, told
        assert "Traceback" not in told
        for secret in (SECRET, OTHER, "marker"):
            assert secret not in told
        assert done.stdout == ""
        return done.stderr.splitlines()

    @contextmanager
    def running(self, *words: str, **more: str) -> Iterator[subprocess.Popen[str]]:
        """A command that stays; it must end with status 0, within seconds, when asked to stop."""
        with (self.data_dir.parent / f"{words[0]}.log").open("w+") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "app", *words],
                cwd=ROOT,
                env=self.environment(**more),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
            try:
                yield process
            finally:
                process.send_signal(signal.SIGTERM)
                try:
                    status = process.wait(timeout=15)
                finally:
                    process.kill()
                    process.stdout.close() if process.stdout else None
            log.seek(0)
            assert status == 0, log.read()

    def answers(self, path: str = "/readyz", *, within: float = 20) -> int:
        """The status of a page, as soon as there is one."""
        end = time.monotonic() + within
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as response:
                    return int(response.status)
            except urllib.error.HTTPError as answered:
                return answered.code
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
