"""The commands about courses: `python -m app courses --help`. They speak Dutch, as the people who use them do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

if TYPE_CHECKING:
    from app.courses.differing import Change, Side
    from app.courses.files.folder import Files
    from app.courses.files.models import CourseContent
    from app.main import Parts

courses = typer.Typer(no_args_is_help=True, help="Opleidingen controleren, vergelijken, publiceren en bewaren.")
ZIP: Final = ".zip"
MARKS: Final = {"same": ("", ""), "gone": ("[-", "-]"), "new": ("{+", "+}")}


@dataclass(frozen=True)
class Hands:
    """What the program gives to these commands."""

    parts: Callable[[], Parts]
    fail: Callable[[str], typer.Exit]


Source = Annotated[Path, typer.Argument(help="De map van de opleiding, of een zip.", exists=True)]


@courses.command()
def check(context: typer.Context, source: Source) -> None:
    """Controleer een opleiding; zegt per fout het bestand, de regel, de kolom en wat je kunt doen."""
    hands: Hands = context.obj
    with _files(hands, source) as files:
        _read(hands, source, files)
    typer.echo(f"{source} is in orde.")


def _read(hands: Hands, source: Path, files: Files) -> CourseContent:
    """What is in the files; every problem and the end when there is one."""
    from app.courses.files.reader import read_files  # noqa: PLC0415

    content, problems = read_files(files)
    for problem in problems:
        typer.echo(str(problem), err=True)
    if content is None:
        raise hands.fail(f"{len(problems)} fouten gevonden in {source}.")
    return content


@courses.command()
def preview(
    context: typer.Context,
    source: Source,
    target: Annotated[Path, typer.Argument(help="De map voor de pagina’s; maakt hem als hij er niet is.")],
) -> None:
    """Maak van een opleiding pagina’s die je in je browser opent, zonder database. Begin bij index.html.

    Het is een map en geen server: je kunt hem aan een collega geven, en hij blijft als je dit venster sluit.
    """
    from app.courses.files.reader import read_files  # noqa: PLC0415
    from app.web.course_preview import write_pages  # noqa: PLC0415

    hands: Hands = context.obj
    _must_be_empty(hands, target)
    with _files(hands, source) as files:
        content, problems = read_files(files)
        for problem in problems:
            typer.echo(str(problem), err=True)
        if content is None:
            raise hands.fail("Herstel dit eerst. Dan maken we de pagina’s.")
        count = write_pages(content, target)
    typer.echo(f"{count} pagina’s gemaakt. Open {target / 'index.html'} in je browser.")


@courses.command()
def diff(
    context: typer.Context,
    before: Annotated[str, typer.Argument(help="Een map, een zip, opleiding@editie of opleiding@concept.")],
    after: Annotated[str, typer.Argument(help="Waarmee je vergelijkt; net zo geschreven.")],
) -> None:
    """Laat in woorden zien wat er anders is: [-weg-] en {+nieuw+}. Eindigt met status 1 als er iets anders is."""
    from app.courses.differing import compare  # noqa: PLC0415

    hands: Hands = context.obj
    changes = compare(_sides(hands, before), _sides(hands, after))
    for change in changes:
        for line in _told(change):
            typer.echo(line)
    typer.echo(f"{len(changes)} verschillen." if changes else "Niets is anders.")
    if changes:
        raise typer.Exit(1)


@courses.command()
def publish(
    context: typer.Context,
    source: Source,
    *,
    notes: Annotated[str, typer.Option(help="Wat er nieuw is, in één of twee zinnen.")] = "",
) -> None:
    """Publiceer een opleiding als nieuwe editie. Wie al bezig is, blijft in de eigen editie."""
    from app.courses.actions.publishing import held, kept_first  # noqa: PLC0415
    from app.courses.actions.publishing import publish as make_edition  # noqa: PLC0415
    from app.courses.commands import edition_number  # noqa: PLC0415
    from app.kit.errors import Refused  # noqa: PLC0415
    from app.web.kit.words import sentence  # noqa: PLC0415

    hands: Hands = context.obj
    with _files(hands, source) as files:
        read = _read(hands, source, files)
        parts = hands.parts()
        content = kept_first(read, parts.storage)  # the whole program waits for the transaction below
    try:
        with parts.database.writing() as db:
            newest = held(db, content)[1]
            edition = make_edition(
                db, content, by_id=None, storage=parts.storage, now=parts.clock.now(), notes=notes.strip()
            )
            number = edition_number(db, edition)
    except Refused as refused:
        raise hands.fail(sentence(refused.code, refused.facts, "nl")) from None
    if newest is not None and newest.id == edition:
        typer.echo(f"Niets is anders: {content.head.slug} staat er al, als editie {number}.")
    else:
        typer.echo(f"Gepubliceerd: {content.head.slug}, editie {number}.")


@courses.command("import")
def take_in(
    context: typer.Context,
    source: Source,
    *,
    replace: Annotated[bool, typer.Option(help="Vervang een concept dat er al is.")] = False,
) -> None:
    """Maak van een map of zip een concept, om in de editor verder te schrijven."""
    from app.courses.drafts.taking_in import become_draft, taken  # noqa: PLC0415
    from app.kit.errors import Refused  # noqa: PLC0415
    from app.web.kit.words import sentence  # noqa: PLC0415

    hands: Hands = context.obj
    parts = hands.parts()
    with _files(hands, source) as files:
        found = taken(files, parts.storage)
    for problem in found.problems:
        typer.echo(str(problem), err=True)
    if found.problems:
        raise hands.fail("Er is niets ingelezen.")
    try:
        with parts.database.writing() as db:
            become_draft(db, found, by_id=None, replace=replace, now=parts.clock.now())
    except Refused as refused:
        raise hands.fail(f"{sentence(refused.code, refused.facts, 'nl')} Of gebruik --replace.") from None
    typer.echo(f"Ingelezen: het concept van {found.slug} heeft nu {len(found.rows)} bestanden.")


@courses.command()
def export(
    context: typer.Context,
    course: Annotated[str, typer.Argument(help="De naam van de opleiding, zoals mijn-verhaal.")],
    target: Annotated[Path, typer.Argument(help="Een lege map, of een bestand dat op .zip eindigt.")],
    *,
    edition: Annotated[int, typer.Option(help="Welke editie; anders de laatste.")] = 0,
    draft: Annotated[bool, typer.Option(help="Het concept, in plaats van een editie.")] = False,
) -> None:
    """Schrijf een opleiding naar een map of zip. Wat je schrijft, kun je weer inlezen: er verandert geen letter."""
    from app.courses.drafts.archives import write_folder, write_zip  # noqa: PLC0415

    hands: Hands = context.obj
    _must_be_empty(hands, target)
    parts = hands.parts()
    stored = _stored(hands, parts, course, "concept" if draft else str(edition or ""))
    if target.suffix == ZIP:
        write_zip(target, stored, parts.storage)
    else:
        write_folder(target, stored, parts.storage)
    typer.echo(f"{len(stored)} bestanden geschreven naar {target}.")


def _must_be_empty(hands: Hands, target: Path) -> None:
    if target.is_file() or (target.is_dir() and any(target.iterdir())):
        raise hands.fail(f"{target} is er al, en is niet leeg. Kies een andere plek.")


@contextmanager
def _files(hands: Hands, source: Path) -> Iterator[Files]:
    """The files of a folder or a zip; a sentence and the end when they cannot be read."""
    from app.courses.drafts.archives import BadArchive, open_zip, read_zip  # noqa: PLC0415
    from app.courses.files.folder import on_disk  # noqa: PLC0415
    from app.courses.files.problems import Problems  # noqa: PLC0415

    problems = Problems()
    try:
        if source.is_file():
            with open_zip(source) as archive:
                yield read_zip(archive)
            return
        files = on_disk(source, problems)
        if files is not None:
            yield files
            return
    except BadArchive as bad:
        raise hands.fail(str(bad)) from None
    raise hands.fail("\n".join(str(problem) for problem in problems.in_order()))


def _sides(hands: Hands, named: str) -> Mapping[str, Side]:
    """A state of a course: a folder, a zip, or what stands in the database."""
    import hashlib  # noqa: PLC0415

    from app.courses.differing import Side  # noqa: PLC0415
    from app.courses.drafts.reading import sides  # noqa: PLC0415
    from app.courses.drafts.rules import is_text  # noqa: PLC0415
    from app.courses.files.folder import Folder  # noqa: PLC0415
    from app.courses.files.problems import Problems  # noqa: PLC0415

    path = Path(named)
    if not path.exists():
        course, at, which = named.rpartition("@")
        if not at:
            raise hands.fail(f"{named} is geen map of zip. Bedoel je een editie? Schrijf dan bijvoorbeeld {named}@1.")
        return sides(_stored(hands, hands.parts(), course, which))
    found: dict[str, Side] = {}
    with _files(hands, path) as files:
        folder = Folder(files, Problems())
        for name, file in files.items():
            text = folder.text(name) if is_text(name) else None
            content = text.encode() if text is not None else file.read()
            found[name] = Side(hashlib.sha256(content).hexdigest(), text)
    return found


def _stored(hands: Hands, parts: Parts, course: str, which: str) -> Any:
    """The files of an edition (empty: the newest) or of the draft."""
    from app.courses.drafts import queries  # noqa: PLC0415
    from app.courses.drafts.reading import stored_in_draft, stored_in_edition  # noqa: PLC0415

    with parts.database.reading() as db:
        if which == "concept":
            draft = queries.draft_id_of(db, course)
            if draft is None:
                raise hands.fail(f"Van {course} is er geen concept.")
            return stored_in_draft(db, draft)
        editions = queries.editions_of_course(db, course)
        chosen = next((one for one in editions if which in {"", str(one.number)}), None)
        if chosen is None:
            raise hands.fail(f"Van {course} is er geen editie {which}." if which else f"{course} is er niet.")
        stored = stored_in_edition(db, chosen.id)
    if not stored:
        raise hands.fail("Van deze oude editie bewaarden we de bestanden nog niet.")
    return stored


def _told(change: Change) -> Iterator[str]:
    """A change for the terminal."""
    from app.web.words.course_files import called, valued  # noqa: PLC0415
    from app.web.words.drafts import KIND_WORDS, WHAT_LOOKS  # noqa: PLC0415

    name = f"{KIND_WORDS[change.kind]} ‘{change.title}’" if change.title else KIND_WORDS[change.kind]
    also = ", verplaatst" if change.moved and change.what != "moved" else ""
    yield f"{WHAT_LOOKS[change.what].word}{also}: {name} ({change.path})"
    if change.what == "changed" and change.passages:
        for passage in change.passages:
            if not passage.skipped:
                pieces = ((valued(one.words, passage.path, str), MARKS[one.mark]) for one in passage.pieces)
                words = "".join(piece.join(mark) for piece, mark in pieces)
                words = f"{called(passage.path, str)}: {words}" if passage.path else words
                yield from (f"    {line}" for line in words.split("\n"))
