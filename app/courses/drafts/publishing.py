"""From a draft to an edition: checked as it stands, written in one transaction, and the draft is then the edition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.courses.actions.publishing import publish
from app.courses.drafts import actions, inputs, rules
from app.courses.drafts.queries import Draft
from app.courses.drafts.reading import Stored, as_files
from app.courses.drafts.tables import DraftFile
from app.courses.tables import CourseEdition
from app.kit.errors import Refused
from app.kit.storage import Storage
from app.people.rules import Viewer

if TYPE_CHECKING:
    from app.courses.files.models import CourseContent

HANDBOOK: str = "handbook/handbook.yaml"


@dataclass(frozen=True)
class Handbook:
    """The version and the news of a handbook, as its file says them. `before`: the version that is published."""

    version: str
    notes: str
    before: str


def handbook_of(draft: Draft) -> Handbook | None:
    """The handbook of a draft in which something of it changed since the edition; None when nothing did."""
    changed = any(
        path.startswith("handbook/") and draft.stored.get(path) != draft.published.get(path)
        for path in draft.stored.keys() | draft.published.keys()
    )
    if not changed or HANDBOOK not in draft.stored:
        return None
    now, before = (_facts(files.get(HANDBOOK)) for files in (draft.stored, draft.published))
    return Handbook(str(now.get("version", "")), str(now.get("change_notes", "")), str(before.get("version", "")))


def _facts(stored: Stored | None) -> Mapping[str, Any]:
    from app.courses.files.heads import split  # noqa: PLC0415 - few requests read courses

    found = split(f"---\n{stored.text or ''}\n---\n") if stored is not None else None
    return found.facts if found is not None else {}


@dataclass(frozen=True)
class Ready:
    """A draft that was read and found right, at one version of it. `handbook`: its file with the new version."""

    draft: Draft
    content: CourseContent
    handbook: str | None


def ready(draft: Draft, given: inputs.Publishing, storage: Storage) -> Ready:
    """Read the draft as it will be published; this takes its time, and no transaction waits for it.

    Raises: Refused when it is not right, is not what was looked at, or its handbook needs a version.
    """
    from app.courses.files.reader import read_files  # noqa: PLC0415

    if given.version != draft.facts.version:
        raise Refused("draft_changed")
    stored, text = dict(draft.stored), None
    if (handbook := handbook_of(draft)) is not None:
        _must_be_told(handbook, given)
        text = _with_news(stored[HANDBOOK].text or "", given)
        stored[HANDBOOK] = replace(stored[HANDBOOK], text=text, sha256=rules.digest_of(text))
    content, problems = read_files(as_files(stored, storage))
    if content is None:
        raise Refused("draft_broken", count=len(problems))
    if content.head.slug != draft.facts.slug:
        raise Refused("other_course", slug=content.head.slug)
    return Ready(draft, content, text)


def _must_be_told(handbook: Handbook, given: inputs.Publishing) -> None:
    if not given.handbook_version:
        raise Refused("missing", "handbook_version")
    if given.handbook_version == handbook.before:
        raise Refused("handbook_version_same", "handbook_version", version=handbook.before)
    if not given.handbook_notes:
        raise Refused("missing", "handbook_notes")


def _with_news(text: str, given: inputs.Publishing) -> str:
    """The file of the handbook with its new version; every other line stays."""
    from app.courses.files.heads import split, with_facts  # noqa: PLC0415

    found = split(f"---\n{text.removesuffix(chr(10))}\n---\n")
    facts = {"version": given.handbook_version, "change_notes": given.handbook_notes}
    made = with_facts(found, facts) if found is not None else None
    return "\n".join([*made.head, ""]) if made is not None else text


def publish_draft(db: Session, made: Ready, *, by: Viewer, storage: Storage, now: datetime) -> int:
    """Make the edition and give its number; the draft is then equal to it. Twice at once is one edition.

    Raises: Refused when something changed since it was read, or when an older edition is the very same.
    """
    draft = actions.draft_at(db, by=by, slug=made.draft.facts.slug)
    if draft.version != made.draft.facts.version:
        raise Refused("draft_changed")
    if made.handbook is not None:
        _keep_handbook(db, draft.id, made.handbook, by_id=by.id, now=now)
    edition_id = publish(db, made.content, by_id=by.id, storage=storage, now=now)
    edition = db.get_one(CourseEdition, edition_id)
    newest = db.scalar(select(func.max(CourseEdition.number)).where(CourseEdition.course_id == edition.course_id))
    if edition.number != newest:
        raise Refused("same_as_before", number=edition.number)
    draft.base_edition_id, draft.changed_at = edition_id, now
    gone = delete(DraftFile).where(DraftFile.draft_id == draft.id, DraftFile.removed_at.is_not(None))
    db.execute(gone.execution_options(**actions.SILENT))
    return edition.number


def _keep_handbook(db: Session, draft_id: int, text: str, *, by_id: int, now: datetime) -> None:
    file = db.scalars(
        select(DraftFile).where(
            DraftFile.draft_id == draft_id, DraftFile.path == HANDBOOK, DraftFile.removed_at.is_(None)
        )
    ).one()
    if rules.digest_of(text) != file.sha256:
        file.text, file.sha256, file.size = text, rules.digest_of(text), len(text.encode())
        file.version += 1
        file.changed_at, file.changed_by_id = now, by_id
