"""Locks on files: who serves, who writes. They end with the process, however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class FileLock:
    """A lock that this process holds until `release`, or until it ends."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def release(self) -> None:
        os.close(self._handle)


def take(path: Path) -> FileLock | None:
    """The lock on a file, made when absent; None when somebody else has it.

    Raises: OSError when the file cannot be made there.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as trouble:
        os.close(handle)
        if isinstance(trouble, BlockingIOError):
            return None
        raise
    return FileLock(handle)
