"""Commands of the program: `python -m app --help`. They speak Dutch, as the people who use them do."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from app.kit.migrate import NewerDatabase
from app.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
courses = typer.Typer(no_args_is_help=True, help="Opleidingen controleren en publiceren.")
people = typer.Typer(no_args_is_help=True, help="Mensen.")
app.add_typer(courses, name="courses")
app.add_typer(people, name="people")


def fail(sentence: str) -> typer.Exit:
    """Say what is wrong and end with status 1."""
    typer.echo(sentence, err=True)
    return typer.Exit(1)


def settings_or_exit() -> Settings:
    """The settings, or one line for each that is wrong."""
    try:
        return Settings()
    except ValidationError as wrong:
        for error in wrong.errors():
            name = ".".join(str(part) for part in error["loc"]).upper()
            typer.echo(
                f"Instelling {name or 'van de omgeving'}: {error['msg'].removeprefix('Value error, ')}", err=True
            )
        raise fail("Het programma start niet met deze instellingen.") from None


def migrate_or_exit(settings: Settings) -> None:
    """Bring the database up to date, or say in a sentence why that cannot be."""
    from app.kit import migrate  # noqa: PLC0415

    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        if migrate.pending(settings.database):
            migrate.upgrade(settings.database, data_dir=settings.data_dir)
    except NewerDatabase as newer:
        raise fail(
            f"Deze database is gemaakt door een nieuwere versie van het programma (versie {newer}). "
            "Werk het programma bij, of zet een oudere back-up terug."
        ) from None
    except OSError as trouble:
        raise fail(f"De map {settings.data_dir} is niet te gebruiken: {trouble.strerror}.") from None


@app.command()
def serve(*, worker: Annotated[bool, typer.Option(help="Doe ook het werk op de achtergrond.")] = True) -> None:
    """Start het programma: pagina's, en standaard ook het werk op de achtergrond."""
    from app.serving import run  # noqa: PLC0415

    settings = settings_or_exit()
    migrate_or_exit(settings)
    raise typer.Exit(run(settings, with_worker=worker))


@app.command("worker")
def work() -> None:
    """Doe alleen het werk op de achtergrond; er mogen er meer naast elkaar draaien op PostgreSQL."""
    from app.serving import run_worker  # noqa: PLC0415

    settings = settings_or_exit()
    migrate_or_exit(settings)
    raise typer.Exit(run_worker(settings))


@app.command()
def migrate() -> None:
    """Werk de database bij naar deze versie."""
    settings = settings_or_exit()
    migrate_or_exit(settings)
    typer.echo("De database is bij.")


@app.command()
def backup() -> None:
    """Maak nu een back-up in DATA_DIR/backups."""
    from app.main import make_parts  # noqa: PLC0415
    from app.upkeep.backup import BackupFailed  # noqa: PLC0415
    from app.worker.handlers.backup import make  # noqa: PLC0415

    settings = settings_or_exit()
    migrate_or_exit(settings)
    parts = make_parts(settings)
    try:
        make(parts.work, {})
    except BackupFailed as failed:
        raise fail(f"De back-up is niet gemaakt: {failed}.") from None
    from app.upkeep.backup import newest  # noqa: PLC0415

    made = newest(settings.data_dir / "backups")
    typer.echo(f"Back-up gemaakt: {made.path if made else '?'}")


@app.command()
def restore(path: Annotated[Path, typer.Argument(help="De back-up, een .tar-bestand.", exists=True)]) -> None:
    """Zet een back-up terug in een lege DATA_DIR of een lege database."""
    from app.main import open_storage  # noqa: PLC0415
    from app.serving import replay_erasures  # noqa: PLC0415
    from app.upkeep import backup as upkeep  # noqa: PLC0415

    settings = settings_or_exit()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        made_at = upkeep.restore(path, settings.database, open_storage(settings))
    except upkeep.BackupFailed as failed:
        raise fail(f"Terugzetten lukt niet: {failed}.") from None
    migrate_or_exit(settings)
    erased = replay_erasures(settings)
    typer.echo(f"Teruggezet: de stand van {made_at:%Y-%m-%d %H:%M} UTC. Opnieuw gewist: {erased} personen.")


@courses.command("check")
def check_course(folder: Annotated[Path, typer.Argument(help="De map van de opleiding.", exists=True)]) -> None:
    """Controleer een opleiding; zegt per fout het bestand, de regel, de kolom en wat je kunt doen."""
    from app.courses.commands import check  # noqa: PLC0415

    problems = check(folder)
    for problem in problems:
        typer.echo(str(problem), err=True)
    if problems:
        raise fail(f"{len(problems)} fouten gevonden in {folder}.")
    typer.echo(f"{folder} is in orde.")


@courses.command("publish")
def publish_course(folder: Annotated[Path, typer.Argument(help="De map van de opleiding.", exists=True)]) -> None:
    """Publiceer een opleiding als nieuwe editie. Wie al bezig is, blijft in de eigen editie."""
    from app.courses.commands import check, publish_folder  # noqa: PLC0415
    from app.main import make_parts  # noqa: PLC0415

    check_course(folder)
    settings = settings_or_exit()
    migrate_or_exit(settings)
    parts = make_parts(settings)
    if check(folder):
        raise typer.Exit(1)
    with parts.database.writing() as db:
        edition = publish_folder(db, folder, storage=parts.storage, now=parts.clock.now())
    typer.echo(f"Gepubliceerd: {folder.name}, editie {edition}.")


@people.command("create-admin")
def create_admin(
    name: Annotated[str, typer.Option(prompt="Naam", help="De naam van de eerste beheerder.")],
    email: Annotated[str, typer.Option(prompt="E-mailadres", help="Hiermee logt zij in.")],
) -> None:
    """Maak de eerste beheerder (eigenaar) en toon de link waarmee zij binnenkomt."""
    from app.kit.errors import Refused  # noqa: PLC0415
    from app.main import make_parts  # noqa: PLC0415
    from app.people.actions.first_admin import create_first_admin  # noqa: PLC0415

    settings = settings_or_exit()
    migrate_or_exit(settings)
    parts = make_parts(settings)
    try:
        with parts.database.writing() as db:
            link = create_first_admin(db, name=name, email=email, keyring=parts.keyring, now=parts.clock.now())
    except Refused as refused:
        from app.web.kit.words import sentence  # noqa: PLC0415

        raise fail(sentence(refused.code, refused.facts, "nl")) from None
    typer.echo(f"{name} kan binnenkomen met deze link (14 dagen geldig):\n{settings.address}/uitnodiging/{link}")


@app.command()
def demo() -> None:
    """Vul een lege database met voorbeeldmensen; serve doet dit zelf bij de eerste start in demo-stand."""
    from app.serving import prepare_demo  # noqa: PLC0415

    settings = settings_or_exit()
    if not settings.demo:
        raise fail("Voorbeeldmensen horen niet in een echte omgeving (ENVIRONMENT=production).")
    migrate_or_exit(settings)
    typer.echo("Voorbeeldmensen gemaakt." if prepare_demo(settings) else "Er staan al mensen in deze database.")


if __name__ == "__main__":
    sys.exit(app())
