"""Work in a child process: pictures and documents that come from outside, with a limit on time and memory."""

from __future__ import annotations

import base64
import json
import os
import resource
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final

MEMORY_BYTES: Final = 512 * 1024 * 1024  # address space (security.md 4): 40 megapixels need 430 MB, typst half of that
SECONDS: Final = 20
ROOT: Final = Path(__file__).parent.parent.parent
KEPT: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONDONTWRITEBYTECODE")
"""What the child may know of the environment: never SECRET or a password, should a picture take it over."""


class ChildFailed(Exception):
    """The child ended badly, ran too long or asked for too much memory."""


def call(function: str, content: bytes, /, *, seconds: int = SECONDS, **arguments: Any) -> tuple[dict[str, Any], bytes]:
    """Run `module:function(content, **arguments) -> (facts, bytes)` in a process of its own.

    Raises: ChildFailed when it does not answer as promised.
    """
    head = json.dumps({"function": function, "arguments": arguments, "seconds": seconds}).encode() + b"\n"
    try:
        done = subprocess.run(
            [sys.executable, "-m", "app.kit.child"],
            input=head + content,
            capture_output=True,
            timeout=seconds + 5,
            check=False,
            cwd=ROOT,
            env={name: os.environ[name] for name in KEPT if name in os.environ},
        )
    except subprocess.TimeoutExpired as slow:
        raise ChildFailed(function) from slow
    if done.returncode != 0:
        raise ChildFailed(f"{function}: {done.stderr.decode(errors='replace')[-500:]}")
    facts, _, body = done.stdout.partition(b"\n")
    return json.loads(facts), base64.b64decode(body)


def main() -> None:
    """The child's side: read the head line and the content, limit itself, call, answer."""
    head, _, content = sys.stdin.buffer.read().partition(b"\n")
    task = json.loads(head)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (task["seconds"], task["seconds"] + 1))
    module, name = task["function"].split(":")
    facts, body = getattr(import_module(module), name)(content, **task["arguments"])
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + base64.b64encode(body))


if __name__ == "__main__":
    main()
