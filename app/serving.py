"""Starting the program on this machine: port, demo data, what the terminal says, the server itself."""

from __future__ import annotations

import errno
import logging
import signal
import socket
import sys
import threading
from typing import Final

import structlog
import typer

from app.main import Parts, create_app, make_parts
from app.people import queries as people
from app.settings import DEMO_PASSWORD, Settings
from app.worker.run import Worker, registered

GRACE_S: Final = 10
DEMO_PEOPLE: Final = (
    ("noor", "professional"),
    ("ruben", "coach"),
    ("fatma", "beheer"),
    ("sanne", "contactpersoon"),
    ("joris", "professional elders"),
)


def run(settings: Settings, *, with_worker: bool) -> int:
    """Serve until somebody stops it; gives the exit status."""
    import uvicorn  # noqa: PLC0415 - only this command needs it

    set_up_logs(settings)
    listening = _listen(settings)
    if listening is None:
        return 1
    parts = make_parts(settings)
    if settings.demo:
        prepare_demo(settings, parts)
    for line in _first_words(settings, with_worker=with_worker):
        typer.echo(line)
    config = uvicorn.Config(
        create_app(parts, with_worker=with_worker),
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=GRACE_S,
        h11_max_incomplete_event_size=64 * 1024,
    )
    server = uvicorn.Server(config)
    server.run(sockets=[listening])
    parts.database.close()
    return 0


def run_worker(settings: Settings) -> int:
    """Do queued work until somebody stops it."""
    set_up_logs(settings)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    parts = make_parts(settings)
    worker = Worker(parts.work)
    worker.start()
    typer.echo("Het werk op de achtergrond draait. Stoppen: Ctrl+C.")
    stop.wait()
    worker.stop(timeout=GRACE_S)
    parts.database.close()
    return 0


def prepare_demo(settings: Settings, parts: Parts | None = None) -> bool:
    """Fill an empty database with the course and people of the demo; False when somebody is there already."""
    parts = parts or make_parts(settings)
    with parts.database.reading() as db:
        if people.anybody(db):
            return False
    from app.demo.story import tell  # noqa: PLC0415 - only the first start needs it

    typer.echo("Eerste start: de opleiding en de voorbeeldmensen worden klaargezet.")
    tell(parts)
    return True


def replay_erasures(settings: Settings) -> int:
    """Erase again, after a restore, whoever was erased since the backup was made; gives how many."""
    parts = make_parts(settings)
    erased = [int(key.rpartition("/")[2]) for key in parts.storage.keys("erasures")]
    for person_id in erased:
        registered()[0]["people.erase"](parts.work, {"person_id": person_id})
    return len(erased)


def set_up_logs(settings: Settings) -> None:
    """One line per event: readable in a terminal, JSON in production. Never names, addresses or texts."""
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer()
    if settings.demo:
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"), renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING if settings.demo else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")


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
    from sqlalchemy.engine import make_url  # noqa: PLC0415

    return make_url(url).render_as_string(hide_password=True) if "://" in url else url
