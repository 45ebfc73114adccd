"""Commands of the program: `python -m app --help`. They speak Dutch, as the people who use them do."""

from __future__ import annotations

import gc
import os
import sys

if __name__ == "__main__":  # before what is heavy is imported
    gc.disable()  # a start makes a thousand modules and hardly any garbage: looking for it took a fifth of the time
    sys.modules["rich"] = None  # type: ignore[assignment] # structlog takes it along for tracebacks we never print
    os.environ["TYPER_USE_RICH"] = "0"  # so that usage and mistakes are told without it

import errno
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from app.course_commands import Hands, courses
from app.kit.migrate import NewerDatabase
from app.settings import Settings, UnreadableSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.kit.lock import FileLock
    from app.main import Parts
    from app.upkeep.invariants import Violation

STAYING: Final = ("serve", "worker")
PRIVATE: Final = 0o077  # what we make is for the user that runs the program: it holds people's data

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
people = typer.Typer(no_args_is_help=True, help="Mensen.")
ledger = typer.Typer(no_args_is_help=True, help="Het logboek.")
app.add_typer(courses, name="courses")
app.add_typer(people, name="people")
app.add_typer(ledger, name="ledger")


@app.callback()
def begin(context: typer.Context) -> None:
    """What every command starts with."""
    os.umask(PRIVATE)
    context.obj = Hands(parts_or_exit, fail)
    if context.invoked_subcommand not in STAYING:  # those do so when they are ready
        gc.enable()


def fail(sentence: str) -> typer.Exit:
    """Say what is wrong and end with status 1."""
    typer.echo(sentence, err=True)
    return typer.Exit(1)


def settings_or_exit() -> Settings:
    """The settings, or one line for each that is wrong; never the value, which may be a secret."""
    try:
        return Settings()
    except UnreadableSettings as unreadable:
        raise fail(str(unreadable)) from None
    except ValidationError as wrong:
        for error in wrong.errors(include_input=False, include_url=False):
            name = ".".join(str(part) for part in error["loc"]).upper()
            for line in _objection(error["type"], error["msg"], error.get("ctx", {})).splitlines():
                typer.echo(f"{name} {line}" if name else line, err=True)
        raise fail("Het programma start niet met deze instellingen.") from None


def _objection(kind: str, message: str, facts: dict[str, Any]) -> str:
    match kind:
        case "value_error":
            return message.removeprefix("Value error, ")
        case "int_parsing" | "int_type":
            return "moet een getal zijn."
        case "bool_parsing" | "bool_type":
            return "moet 1 of 0 zijn."
        case "literal_error":
            return f"moet {facts['expected']} zijn.".replace(" or ", " of ")
        case "greater_than_equal":
            return f"moet minstens {facts['ge']} zijn."
        case "less_than_equal":
            return f"mag hoogstens {facts['le']} zijn."
        case _:
            return f"klopt niet ({kind})."


def folder_or_exit(settings: Settings) -> None:
    """Make DATA_DIR, or say in a sentence why it cannot be used."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        if not os.access(settings.data_dir, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as trouble:
        raise unusable(settings, trouble) from None


def unusable(settings: Settings, trouble: OSError) -> typer.Exit:
    """Say what is wrong with DATA_DIR."""
    match trouble.errno:
        case errno.EEXIST | errno.ENOTDIR:
            why = "daar staat een bestand, geen map"
        case errno.EACCES | errno.EPERM:
            why = "je mag daar niet schrijven"
        case errno.EROFS:
            why = "die schijf is alleen te lezen"
        case errno.ENOSPC | errno.EDQUOT:
            why = "de schijf is vol"
        case _:
            why = trouble.strerror or type(trouble).__name__
    return fail(f"De map {settings.data_dir} (DATA_DIR) is niet te gebruiken: {why}.")


def migrate_or_exit(settings: Settings) -> None:
    """Bring the database up to date, or say in a sentence why that cannot be.

    An SQLite database with something in it is copied first: a rebuilt table cannot be taken back.
    """
    from app.kit import migrate  # noqa: PLC0415

    folder_or_exit(settings)
    try:
        if migrate.pending(settings.database):
            gc.enable()
            copy_or_exit(settings)
            migrate.upgrade(settings.database, data_dir=settings.data_dir)
    except NewerDatabase as newer:
        raise fail(
            f"Deze database is gemaakt door een nieuwere versie van het programma (versie {newer}). "
            "Werk het programma bij, of zet een oudere reservekopie terug."
        ) from None
    except SQLAlchemyError as trouble:
        cause = str(getattr(trouble, "orig", None) or type(trouble).__name__).partition("\n")[0]
        raise fail(f"De database is niet te gebruiken: {cause}.") from None
    except OSError as trouble:
        raise unusable(settings, trouble) from None


def copy_or_exit(settings: Settings) -> None:
    """Copy an SQLite database before it is changed, or say in a sentence why that cannot be."""
    from app.upkeep.archive import BackupFailed  # noqa: PLC0415
    from app.upkeep.backup import before_migration  # noqa: PLC0415

    try:
        before_migration(settings.database, folder=settings.data_dir / "backups")
    except BackupFailed as failed:
        raise fail(f"De reservekopie vóór het bijwerken is niet gemaakt: {failed}. Er is niets bijgewerkt.") from None


def claim_or_exit(settings: Settings, *, pages: bool, worker: bool) -> list[FileLock]:
    """Take the place of the one that serves or works; keep what comes back until the end."""
    from app.serving import AlreadyRunning, claim  # noqa: PLC0415

    folder_or_exit(settings)
    try:
        return claim(settings, pages=pages, worker=worker)
    except AlreadyRunning as running:
        raise fail(str(running)) from None
    except OSError as trouble:
        raise unusable(settings, trouble) from None


def tell(found: Sequence[Violation]) -> None:
    """Say what is not as it must be, a line each, and end with status 1 when there is anything."""
    for violation in found:
        typer.echo(str(violation), err=True)
    if found:
        raise fail("1 ding klopt niet." if len(found) == 1 else f"{len(found)} dingen kloppen niet.")


def parts_or_exit() -> Parts:
    """The parts of the program for a command, on a database that is up to date."""
    from app.main import make_parts  # noqa: PLC0415

    settings = settings_or_exit()
    migrate_or_exit(settings)
    return make_parts(settings)


@app.command()
def serve(*, worker: Annotated[bool, typer.Option(help="Doe ook het werk op de achtergrond.")] = True) -> None:
    """Start het programma: pagina's, en standaard ook het werk op de achtergrond."""
    from app.serving import run  # noqa: PLC0415

    settings = settings_or_exit()
    held = claim_or_exit(settings, pages=True, worker=worker)
    migrate_or_exit(settings)
    status = run(settings, with_worker=worker)
    for place in held:
        place.release()
    raise typer.Exit(status)


@app.command("worker")
def work() -> None:
    """Doe alleen het werk op de achtergrond; er mogen er meer naast elkaar draaien op PostgreSQL."""
    from app.serving import run_worker  # noqa: PLC0415

    settings = settings_or_exit()
    held = claim_or_exit(settings, pages=False, worker=True)
    migrate_or_exit(settings)
    status = run_worker(settings)
    for place in held:
        place.release()
    raise typer.Exit(status)


@app.command()
def migrate() -> None:
    """Werk de database bij naar deze versie."""
    settings = settings_or_exit()
    migrate_or_exit(settings)
    typer.echo("De database is bij.")


@app.command()
def backup() -> None:
    """Maak nu een reservekopie in DATA_DIR/backups."""
    from app.upkeep.archive import BackupFailed  # noqa: PLC0415
    from app.worker.handlers.backup import make_now  # noqa: PLC0415

    parts = parts_or_exit()
    try:
        made = make_now(parts.work)
    except BackupFailed as failed:
        raise fail(f"De reservekopie is niet gemaakt: {failed}.") from None
    typer.echo(f"Reservekopie gemaakt: {made.path}")


@app.command()
def restore(path: Annotated[Path, typer.Argument(help="De reservekopie, een .tar-bestand.", exists=True)]) -> None:
    """Zet een reservekopie terug in een lege DATA_DIR of een lege database."""
    from app.main import open_storage  # noqa: PLC0415
    from app.serving import after_restore  # noqa: PLC0415
    from app.upkeep import restore as upkeep  # noqa: PLC0415
    from app.upkeep.archive import BackupFailed  # noqa: PLC0415

    settings = settings_or_exit()
    folder_or_exit(settings)
    try:
        made_at = upkeep.restore(path, settings.database, open_storage(settings))
    except BackupFailed as failed:
        raise fail(f"Terugzetten lukt niet: {failed}.") from None
    migrate_or_exit(settings)
    erased, found = after_restore(settings)
    typer.echo(f"Teruggezet: de stand van {made_at:%Y-%m-%d %H:%M} UTC. Opnieuw gewist: {erased} personen.")
    tell(found)


@app.command()
def doctor() -> None:
    """Kijk na of alles in de database klopt; zegt per regel wat niet klopt."""
    from app.upkeep.examine import examine  # noqa: PLC0415

    parts = parts_or_exit()
    now = parts.clock.now()
    tell(examine(parts.settings.database, parts.storage, parts.keyring, data_dir=parts.settings.data_dir, now=now))
    typer.echo("Alles klopt.")


@ledger.command("verify")
def verify_ledger() -> None:
    """Kijk na of er buiten het programma om iets is veranderd aan het logboek of aan wat is afgetekend."""
    from app.upkeep.examine import verify  # noqa: PLC0415

    parts = parts_or_exit()
    found, sealed = verify(parts.settings.database, parts.storage, parts.keyring, data_dir=parts.settings.data_dir)
    tell(found)
    typer.echo(f"{sealed} gebeurtenissen nagekeken. Er is niets veranderd.")


@people.command("create-admin")
def create_admin(
    name: Annotated[str, typer.Option(prompt="Naam", help="De naam van de eerste beheerder.")],
    email: Annotated[str, typer.Option(prompt="E-mailadres", help="Hiermee logt zij in.")],
) -> None:
    """Maak de eerste beheerder (eigenaar) en toon de link waarmee zij binnenkomt."""
    from app.kit.errors import Refused  # noqa: PLC0415
    from app.people.actions.first_admin import create_first_admin  # noqa: PLC0415
    from app.people.inputs import PersonDetails  # noqa: PLC0415

    try:
        given = PersonDetails(name=name, email=email)
    except ValidationError as wrong:
        fields = {str(error["loc"][0]) for error in wrong.errors(include_input=False)}
        raise fail("Dat e-mailadres klopt niet." if "email" in fields else "Die naam klopt niet.") from None
    if not given.email:
        raise fail("Zonder e-mailadres kan zij niet binnenkomen.")
    parts = parts_or_exit()
    try:
        with parts.database.writing() as db:
            link = create_first_admin(
                db, name=given.name, email=given.email, keyring=parts.keyring, now=parts.clock.now()
            )
    except Refused as refused:
        from app.web.kit.words import sentence  # noqa: PLC0415

        raise fail(sentence(refused.code, refused.facts, "nl")) from None
    address = parts.settings.address
    typer.echo(f"{given.name} kan binnenkomen met deze link (14 dagen geldig):\n{address}/uitnodiging/{link}")


@people.command("set-password")
def set_password(
    email: Annotated[str, typer.Option(prompt="E-mailadres", help="Van iemand die al een account heeft.")],
    password: Annotated[str, typer.Option(prompt="Nieuw wachtwoord", hide_input=True, confirmation_prompt=True)],
) -> None:
    """Zet een wachtwoord voor iemand die niet meer binnenkomt, bijvoorbeeld als de mail het niet doet."""
    from app.kit.errors import Refused  # noqa: PLC0415
    from app.people.actions import passwords  # noqa: PLC0415
    from app.people.rules import read_address  # noqa: PLC0415
    from app.web.kit.words import sentence  # noqa: PLC0415

    parts = parts_or_exit()
    address = read_address(email) or ""
    with parts.database.reading() as db:
        person_id, _ = passwords.stored_password(db, address=address)
    if person_id is None:
        raise fail("Niemand met dit adres heeft een account dat open is.")
    try:
        passwords.check_new_password(password, name="", address=address)
    except Refused as refused:
        raise fail(sentence(refused.code, refused.facts, "nl")) from None
    hashed = passwords.hash_password(password)
    with parts.database.writing() as db:
        passwords.set_password(db, person_id=person_id, password_hash=hashed, now=parts.clock.now())
    typer.echo("Het wachtwoord is gezet. Alle sessies van deze persoon zijn beëindigd.")


@people.command("reset-second-factor")
def reset_second_factor(
    email: Annotated[str, typer.Option(prompt="E-mailadres", help="Van iemand die haar telefoon en codes kwijt is.")],
) -> None:
    """Maak de app van iemand los, bijvoorbeeld van de enige eigenaar. Bij het inloggen stelt zij een nieuwe in."""
    from app.kit.errors import NotFound  # noqa: PLC0415
    from app.people.actions import passwords, second_factor  # noqa: PLC0415
    from app.people.rules import read_address  # noqa: PLC0415

    parts = parts_or_exit()
    with parts.database.reading() as db:
        person_id, _ = passwords.stored_password(db, address=read_address(email) or "")
    if person_id is None:
        raise fail("Niemand met dit adres heeft een account dat open is.")
    try:
        with parts.database.writing() as db:
            second_factor.reset(
                db, by=None, person_id=person_id, reason="Met het commando op de server.", now=parts.clock.now()
            )
    except NotFound:
        raise fail("Deze persoon heeft geen app ingesteld. Er is niets veranderd.") from None
    typer.echo("De app is losgemaakt. Alle sessies van deze persoon zijn beëindigd.")


@app.command()
def demo() -> None:
    """Vul een lege database met voorbeeldmensen; serve doet dit zelf bij de eerste start in demo-stand."""
    from app.serving import prepare_demo  # noqa: PLC0415

    settings = settings_or_exit()
    if not settings.demo:
        raise fail("Voorbeeldmensen horen niet in een echte omgeving (ENVIRONMENT=production).")
    held = claim_or_exit(settings, pages=True, worker=False)
    migrate_or_exit(settings)
    typer.echo("Voorbeeldmensen gemaakt." if prepare_demo(settings) else "Er staan al mensen in deze database.")
    for place in held:
        place.release()


if __name__ == "__main__":
    sys.exit(app())
