"""A copy of everything somebody's data say, and forgetting it: the one place where the parts come together.

Each domain offers `export_of(db, person_id)` and `erase(db, *, person_id, storage, now)` for its own tables;
a domain that keeps something of people is listed here.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from pathlib import PurePosixPath
from typing import IO, Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.certification.tables import Certificate, Certification, CertificationPeriod
from app.intervision.room import keeping as room
from app.kit.errors import NotFound
from app.kit.localtime import local
from app.kit.storage import PIECE, Storage, StoredFile, pieces_of
from app.ledger.actions import record
from app.letters.mailer import mail_folder
from app.outbox.tables import Message
from app.people.actions import own_data
from app.people.actions.accounts import is_last_owner
from app.people.queries import person_names
from app.people.tables import Export
from app.practice.evidence_view import to_take_along
from app.practice.tables.evidence import Evidence
from app.worker.own_page import own_page
from app.worker.work import GiveUp, Handler, Work

TRIES: Final = 3
ERASURES: Final = "erasures"  # outside the backup: replayed after a restore
EXPORTERS: Final = {
    "mensen": "app.people.actions.own_data",
    "opleiding": "app.courses.actions.own_data",
    "theorie": "app.theory.keeping",
    "groepen": "app.delivery.keeping",
    "praktijk": "app.practice.actions.keeping",
    "gesprekken": "app.conversation.keeping",
    "bijeenkomsten": "app.meetings.queries",
    "intervisie": "app.intervision.queries.facts",
    "casussen": "app.intervision.room.keeping",
    "certificaten": "app.certification.documents",
    "post": "app.outbox.queries",
}
ERASERS: Final = (
    "app.certification.issuing",
    "app.intervision.room.keeping",
    "app.intervision.actions.own_data",
    "app.meetings.actions.own_data",
    "app.conversation.keeping",
    "app.practice.actions.keeping",
    "app.delivery.keeping",
    "app.theory.keeping",
    "app.courses.actions.own_data",
    "app.people.actions.own_data",
)
"""The highest domain first: lower ones may still be asked whose row something is."""


class Overtaken(Exception):
    """Again and again something in the copy had to go while we were making it: the job tries later."""


def export(work: Work, payload: dict[str, Any]) -> None:
    """Make the copy: data as JSON and as a page to read, and the files.

    Consent for a photo may be taken back meanwhile, and a case may have to go; then it is made anew, without it.
    """
    for _ in range(TRIES):
        if _copy_made(work, int(payload["export_id"])):
            return
    raise Overtaken


def _copy_made(work: Work, export_id: int) -> bool:
    """Whether the copy is there, or is not asked for any more."""
    with work.database.reading(snapshot=True) as db:
        asked = db.get(Export, export_id)
        if asked is None or asked.ready_at is not None:
            return True
        person_id = asked.person_id
        name = person_names(db, [person_id]).get(person_id, "")
        parts = {label: import_module(module).export_of(db, person_id) for label, module in EXPORTERS.items()}
        files = _files_of(db, person_id)
        cases = room.open_cases(db, person_id)
    parts["casussen"] = room.with_words(parts["casussen"], work.storage)
    try:
        stored = _stored_copy(work, parts, name=name, files=files)
    except FileNotFoundError:  # removed while we read it
        return False
    with work.database.writing() as db:
        waiting = own_data.hold_copy(db, export_id=export_id)
        whole = set(files.values()) <= set(_files_of(db, person_id).values())
        whole = whole and cases <= room.open_cases(db, person_id)
        if waiting and whole:
            own_data.export_ready(db, export_id=export_id, storage_key=stored.key, now=work.now)
    if waiting and whole:
        return True
    work.storage.delete(stored.key)
    return not waiting


def erase(work: Work, payload: dict[str, Any]) -> None:
    """Forget somebody everywhere, and put the id on the list that is replayed after a restore."""
    person_id = int(payload["person_id"])
    with work.database.reading() as db:
        if is_last_owner(db, person_id):  # she stays, so she must not come on the list either
            raise GiveUp
    work.storage.put_at(f"{ERASURES}/{person_id}", work.now.isoformat().encode())
    with work.database.writing() as db:
        if is_last_owner(db, person_id):
            raise GiveUp
        files = forget(work, db, person_id=person_id)
    remove(work, files)


@dataclass
class _Leaving:
    """The store as erasers see it: a file goes when the row that named it is gone for good, never before."""

    keys: list[str] = field(default_factory=list)

    def delete(self, key: str) -> None:
        self.keys.append(key)


@dataclass(frozen=True)
class Files:
    """What somebody leaves behind outside the database: keys in the store, and keys of mails in the folder."""

    stored: tuple[str, ...]
    mails: tuple[str, ...]


def forget(work: Work, db: Session, *, person_id: int) -> Files:
    """Let every domain erase its part of somebody, in the caller's transaction; afterwards `remove` what it gives."""
    leaving = _Leaving()
    mails = tuple(db.scalars(select(Message.key).where(Message.person_id == person_id)))
    try:
        for module in ERASERS:
            import_module(module).erase(db, person_id=person_id, storage=leaving, now=work.now)
    except NotFound as gone:
        raise GiveUp from gone
    record(db, "people.erased", actor_id=None, subject=("person", person_id), now=work.now, parts=len(ERASERS))
    return Files(tuple(leaving.keys), mails)


def remove(work: Work, files: Files) -> None:
    """Take the files away, while no transaction waits. What a crash leaves, the nightly cleaner finds."""
    for key in files.stored:
        work.storage.delete(key)
    mail_folder(work.settings).forget(files.mails)


def _stored_copy(work: Work, parts: dict[str, Any], *, name: str, files: dict[str, str]) -> StoredFile:
    """The zip, made beside the data and sent to the store from there: films fit on a disk, not in memory.

    The file on the disk has no name, so nothing of it outlives a killed program.
    """
    with tempfile.TemporaryFile(dir=work.settings.data_dir) as target:
        pack(target, parts, name=name, made=work.now, files=files, storage=work.storage)
        target.seek(0)
        return work.storage.put_stream("exports", iter(lambda: target.read(PIECE), b""), suffix=".zip")


def pack(
    target: IO[bytes], parts: dict[str, Any], *, name: str, made: datetime, files: dict[str, str], storage: Storage
) -> None:
    """Write the zip: the files, gegevens.json and lees-mij.html. Photos and films are packed already, so they go as is.

    A file that is not in the store is left out. Raises: FileNotFoundError when one goes while we read it.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        there = [path for path, key in files.items() if _packed(archive, f"bestanden/{path}", storage, key, made=made)]
        archive.writestr("gegevens.json", json.dumps(parts, ensure_ascii=False, indent=2, default=str))
        archive.writestr("lees-mij.html", own_page(parts, name=name, made=made, files=there))


def _packed(archive: zipfile.ZipFile, path: str, storage: Storage, key: str, *, made: datetime) -> bool:
    """Whether the file is there to be packed."""
    try:
        size = storage.size(key)
    except FileNotFoundError:
        return False
    entry = zipfile.ZipInfo(path, date_time=local(made).timetuple()[:6])
    entry.file_size = size  # so that it knows beforehand whether the long form is needed
    with archive.open(entry, "w") as packed:
        for piece in pieces_of(storage, key, 0, size):
            packed.write(piece)
    return True


def _files_of(db: Session, person_id: int) -> dict[str, str]:
    """The storage keys of somebody's own files, by the name they get in the copy."""
    pieces = db.execute(
        select(Evidence.id, Evidence.kind, Evidence.storage_key).where(
            Evidence.id.in_(to_take_along(person_id)), Evidence.storage_key != ""
        )
    )
    documents = db.execute(
        select(Certificate.number, Certificate.pdf_key)
        .join(CertificationPeriod, CertificationPeriod.id == Certificate.period_id)
        .join(Certification, Certification.id == CertificationPeriod.certification_id)
        .where(Certification.person_id == person_id, Certificate.pdf_key != "")
    )
    named = {"photo": "foto"}
    found = {
        f"{named.get(row.kind, 'bewijs')}-{row.id}{PurePosixPath(row.storage_key).suffix}": row.storage_key
        for row in pieces
    }
    return found | {f"certificaat-{row.number}.pdf": row.pdf_key for row in documents}


HANDLERS: Final[dict[str, Handler]] = {"people.export": export, "people.erase": erase}
