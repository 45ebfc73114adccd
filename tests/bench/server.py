"""Starting real processes and reading what they cost."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PATIENCE_S: Final = 60.0
TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A running process that listens on a port of this machine."""

    process: subprocess.Popen[bytes]
    port: int
    started_in_s: float

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu_s(self) -> float:
        """Seconds of processor that it has used, in its own code and in the kernel."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def pss_mib(self) -> float:
        """Its share of memory: what it has alone and its part of what it shares."""
        found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{self.process.pid}/smaps_rollup").read_text(), re.MULTILINE)
        return int(found[1]) / 1024 if found else 0.0


def children_cpu_s(parent: int) -> float:
    """Seconds of processor that the running children of a process have used: the backends of a PostgreSQL."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended while we looked
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent:
                ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def program(data_dir: Path, *, log: Path, worker: bool = True, **environment: str) -> Iterator[Server]:
    """The real program on a data directory, until the block ends."""
    port = free_port()
    given = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "ENVIRONMENT"}}
    given |= {"DATA_DIR": str(data_dir), "PORT": str(port)} | environment
    command = [sys.executable, "-m", "app", "serve", *([] if worker else ["--no-worker"])]
    with _running(command, port, "/healthz", log=log, environment=given) as server:
        yield server


@contextmanager
def floor(*, log: Path) -> Iterator[Server]:
    """The bare floor, until the block ends."""
    port = free_port()
    with _running(
        [sys.executable, "-m", "tests.bench.floor", str(port)], port, "/", log=log, environment=None
    ) as server:
        yield server


@contextmanager
def _running(
    command: list[str], port: int, path: str, *, log: Path, environment: dict[str, str] | None
) -> Iterator[Server]:
    started = time.perf_counter()
    with log.open("ab") as words:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=words, stderr=words)
        try:
            _wait(process, port, path, log)
            yield Server(process, port, time.perf_counter() - started)
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(process: subprocess.Popen[bytes], port: int, path: str, log: Path) -> None:
    """Until the first answer. Raises: RuntimeError with its last words when it ends or stays silent."""
    deadline = time.perf_counter() + PATIENCE_S
    while time.perf_counter() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as asking:
                asking.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
                if b" 200 " in asking.recv(200):
                    return
        except OSError:
            pass
        time.sleep(0.01)
    raise RuntimeError(f"no answer from {process.args!r}: {log.read_text(errors='replace')[-2000:]}")
