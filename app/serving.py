"""Starting the program on this machine: port, demo data, what the terminal says, the server itself."""

from __future__ import annotations

import errno
import gc
import logging
import re
import shutil
import signal
import socket
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

import structlog
import typer
from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from starlette.types import ASGIApp, Receive, Scope, Send

from app.kit import lock, logs
from app.kit.db import lock_folder
from app.kit.migrate import upgrade
from app.kit.storage import flush
from app.main import Parts, create_app, make_parts
from app.people.actions import retention
from app.settings import DEMO_PASSWORD, Settings
from app.worker.run import Worker, registered
from app.worker.work import GiveUp

if TYPE_CHECKING:
    from app.upkeep.invariants import Violation

GRACE_S: Final = 10
SAFE_SQLITE: Final = (3, 51, 3)  # older ones may lose a write-ahead log, very rarely (security.md 3.2)
ERASED: Final = re.compile(r"erasures/([0-9]+)")
DEMO_PEOPLE: Final = (
    ("noor", "professional"),
    ("ruben", "coach"),
    ("fatma", "beheer"),
    ("sanne", "contactpersoon"),
    ("joris", "professional elders"),
)


class AlreadyRunning(Exception):
    """Another process has this work on this database; the message is a sentence for the terminal."""


def claim(settings: Settings, *, pages: bool, worker: bool) -> list[lock.FileLock]:
    """On SQLite one process serves and one does the work: take those places until this process ends.

    Raises: AlreadyRunning; OSError when the folder is not ours to write in.
    """
    url = make_url(settings.database)
    if url.get_backend_name() != "sqlite":
        return []
    folder = lock_folder(url, settings.data_dir)
    held = []
    if pages:
        sentence = f"Het programma draait al op de gegevens in {folder}. Stop het eerst, of kies een andere DATA_DIR."
        held.append(_take(folder / "serve.lock", sentence))
    if worker:
        sentence = f"Het werk op de achtergrond wordt al gedaan voor {folder}."
        if pages:
            sentence += " Start alleen de pagina's met: python -m app serve --no-worker"
        held.append(_take(folder / "worker.lock", sentence))
    return held


def _take(path: Path, otherwise: str) -> lock.FileLock:
    taken = lock.take(path)
    if taken is None:
        raise AlreadyRunning(otherwise)
    return taken


def run(settings: Settings, *, with_worker: bool) -> int:
    """Serve until somebody stops it; gives the exit status."""
    import uvicorn  # noqa: PLC0415 - only this command needs it

    set_up_logs(settings)
    listening = _listen(settings)
    if listening is None:
        return 1
    if settings.demo:
        prepare_demo(settings)
    parts = make_parts(settings)
    _warn_of_old_sqlite(parts)
    for line in _first_words(settings, with_worker=with_worker):
        typer.echo(line)
    program = _told_once(create_app(parts, with_worker=with_worker))
    settle()
    config = uvicorn.Config(
        program,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=GRACE_S,
        h11_max_incomplete_event_size=64 * 1024,
    )
    server = uvicorn.Server(config)
    _stop_quietly(server)
    server.run(sockets=[listening])
    parts.database.close()
    return 0 if server.started else 1


def settle() -> None:
    """Look for garbage from now on, and never again among what the start made: that stays until the end.

    Work that leaves garbage behind (a first story, a migration) has switched the search on before it began.
    """
    if gc.isenabled():
        gc.collect()
    gc.freeze()
    gc.enable()


def run_worker(settings: Settings) -> int:
    """Do queued work until somebody stops it."""
    set_up_logs(settings)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    parts = make_parts(settings)
    _warn_of_old_sqlite(parts)
    worker = Worker(parts.work)
    settle()
    worker.start()
    typer.echo("Het werk op de achtergrond draait. Stoppen: Ctrl+C.")
    stop.wait()
    worker.stop(timeout=GRACE_S)
    parts.database.close()
    return 0


def _stop_quietly(server: Any) -> None:
    """Ask to stop = stop with status 0. Uvicorn raises the signal once more after it ended; nothing is left to do."""

    def asked(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, asked)


def _told_once(app: ASGIApp) -> ASGIApp:
    """The program without the echo of a bug: it was answered and reported, and its message may quote data."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except Exception:
            if scope["type"] != "http":
                raise

    return serve


def _warn_of_old_sqlite(parts: Parts) -> None:
    if parts.database.is_sqlite and sqlite3.sqlite_version_info < SAFE_SQLITE:
        wanted = ".".join(map(str, SAFE_SQLITE))
        structlog.get_logger("serving").info(
            f"SQLite {sqlite3.sqlite_version} werkt. Werk je systeem bij als dat kan: "
            f"vanaf {wanted} is een zeldzame fout bij het bewaren weg."
        )


def prepare_demo(settings: Settings) -> bool:
    """Fill an empty database with the course and people of the demo; False when somebody is there already.

    An SQLite story is told in a folder beside and moved into place when it is whole: a first start that was broken
    off begins again.
    """
    parts = make_parts(settings)
    try:
        with parts.database.reading() as db:
            if db.scalar(text("SELECT 1 FROM person LIMIT 1")) is not None:
                return False
        from app.demo.story import tell  # noqa: PLC0415 - a tenth of a start, and only the first one needs it

        gc.enable()
        typer.echo("Eerste start: de opleiding en de voorbeeldmensen worden klaargezet.", err=True)
        if not parts.database.is_sqlite:
            tell(parts)
            return True
    finally:
        parts.database.close()
    aside = settings.data_dir.resolve() / "demo.unfinished"
    shutil.rmtree(aside, ignore_errors=True)
    upgrade(f"sqlite:///{aside / 'academie.db'}", data_dir=aside)
    parts = make_parts(settings.model_copy(update={"data_dir": aside, "database_url": ""}))
    event.listen(parts.database.writer, "connect", _without_waiting)
    try:
        tell(parts)
    finally:
        parts.database.close()
    _move_in(aside, settings)
    return True


def _without_waiting(connection: sqlite3.Connection, _record: object) -> None:
    """Until it is whole, a story need not be on the disk at each step."""
    connection.execute("PRAGMA synchronous=OFF")


def _move_in(aside: Path, settings: Settings) -> None:
    """Files first and the database last, as in a restore."""
    for name in ("files", "mail"):
        if (aside / name).exists():
            shutil.copytree(aside / name, settings.data_dir / name, dirs_exist_ok=True)
    place = Path(str(make_url(settings.database).database)).resolve()
    arriving = place.with_name(f"{place.name}.arriving")
    shutil.copyfile(aside / "academie.db", arriving)
    flush(arriving)
    for ending in ("-wal", "-shm"):
        place.with_name(f"{place.name}{ending}").unlink(missing_ok=True)
    arriving.replace(place)
    flush(place.parent)
    shutil.rmtree(aside)


def after_restore(settings: Settings) -> tuple[int, list[Violation]]:
    """What a restore is not done without: how many people were erased again, and what is not as it must be.

    Whoever was erased since the backup was made is on the list beside it. Copies of own data are in no backup, so
    the rows that name one go; who wants hers asks again.
    """
    from app.upkeep import heads  # noqa: PLC0415 - a start has no need of it
    from app.upkeep.examine import examine  # noqa: PLC0415

    parts = make_parts(settings)
    try:
        listed = [ERASED.fullmatch(key) for key in parts.storage.keys("erasures")]
        erased = 0
        for person_id in sorted(int(found[1]) for found in listed if found):
            with suppress(GiveUp):  # she came after the backup, so there is nothing of her in it
                registered()[0]["people.erase"](parts.work, {"person_id": person_id})
                erased += 1
        with parts.database.writing() as db:
            retention.drop_exports(db, ids=retention.ready_exports(db))
            heads.forget_later(db, parts.storage, parts.keyring, now=parts.clock.now())
    finally:
        parts.database.close()
    return erased, examine(settings.database, parts.storage, parts.keyring, data_dir=settings.data_dir)


def set_up_logs(settings: Settings) -> None:
    """One line per event: warnings, readable, in a demo's terminal; everything as JSON in production."""
    logs.set_up(readable=settings.demo, level=logging.WARNING if settings.demo else logging.INFO)


def _listen(settings: Settings) -> socket.socket | None:
    """The listening socket, or None after saying why not."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen(512)
    except OSError as trouble:
        listening.close()
        if trouble.errno == errno.EADDRINUSE:
            typer.echo(
                f"Poort {settings.port} is al in gebruik. Stop het andere programma, of kies een andere poort: "
                f"PORT={settings.port + 1} make run",
                err=True,
            )
        else:
            typer.echo(f"Luisteren op {settings.host}:{settings.port} lukt niet: {trouble.strerror}.", err=True)
        return None
    return listening


def _first_words(settings: Settings, *, with_worker: bool) -> list[str]:
    """The four lines that say what runs, where, how mail goes and how to come in."""
    kind = "demo" if settings.demo else "productie"
    place = settings.database if not settings.database.startswith("sqlite") else str(settings.data_dir / "academie.db")
    store = f"bucket {settings.s3_bucket}" if settings.s3_bucket else str(settings.data_dir / "files")
    background = "aan" if with_worker else "uit (start zelf: python -m app worker)"
    mail = f"via {settings.smtp_host}:{settings.smtp_port}"
    if not settings.smtp_host:
        mail = f"geen mailserver ingesteld; mails staan in {settings.data_dir / 'mail'} en op /beheer/post"
    come_in = f"Inloggen: {settings.address}/inloggen. Eerste beheerder: python -m app people create-admin"
    if settings.demo:
        who = ", ".join(f"{name}@demo.example ({role})" for name, role in DEMO_PEOPLE)
        come_in = f"Inloggen: {who}; wachtwoord {DEMO_PASSWORD}"
    return [
        f"{settings.brand_name} {settings.brand_sub} ({kind}) draait op {settings.address} (stoppen: Ctrl+C)",
        f"Gegevens: {_without_password(place)} en {store}. Werk op de achtergrond: {background}",
        f"Mail: {mail}",
        come_in,
    ]


def _without_password(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True) if "://" in url else url
