"""What the program writes in its log: kinds, places and counts, never anybody's data.

The message of an exception may quote a row, an address or a token; so a log line tells the kind of the trouble
and where in the code it happened. Sign breaks inside a value cannot start a line of their own.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType
from typing import Final

import structlog

FRAMES: Final = 6


def set_up(*, readable: bool, level: int) -> None:
    """Lines on standard error: for people in a terminal, or JSON. Libraries speak from warnings on."""
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer()
    if readable:
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"), renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
    root.addHandler(_Relay())
    root.setLevel(logging.WARNING)
    threading.excepthook = _thread_ended
    sys.excepthook = _program_ended


def where(trouble: BaseException) -> str:
    """The way through the code to where it went wrong, innermost last; no values."""
    frames = traceback.extract_tb(trouble.__traceback__)[-FRAMES:]
    return " > ".join(f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames)


def _short(filename: str) -> str:
    return "/".join(filename.split("/")[-2:])


class _Relay(logging.Handler):
    """Takes what libraries log: the first line of their sentence without its values, the kind of an exception."""

    def emit(self, record: logging.LogRecord) -> None:
        facts: dict[str, object] = {"logger": record.name, "place": f"{record.module}:{record.lineno}"}
        trouble = record.exc_info[1] if record.exc_info else None
        if trouble is not None:
            facts |= {"kind": type(trouble).__name__, "where": where(trouble)}
        sentence = str(record.msg).partition("\n")[0][:200] if isinstance(record.msg, str) else ""
        log = structlog.get_logger(record.name)
        log.log(record.levelno, sentence or "library", **facts)


def _thread_ended(what: threading.ExceptHookArgs) -> None:
    if what.exc_value is not None:
        structlog.get_logger("thread").error(
            "thread ended", kind=type(what.exc_value).__name__, where=where(what.exc_value)
        )


def _program_ended(kind: type[BaseException], trouble: BaseException, _trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    structlog.get_logger("program").critical("program ended", kind=kind.__name__, where=where(trouble))
