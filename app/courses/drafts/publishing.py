"""From a draft to an edition: checked as it stands, written in one transaction, and the draft is then the edition."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.courses.actions.publishing import hash_of, held, publish
from app.courses.drafts import actions, inputs, rules
from app.courses.drafts.queries import Draft, rules_in_force
from app.courses.drafts.reading import Stored, as_files
from app.courses.drafts.tables import DraftFile
from app.courses.rules import Policy
from app.courses.tables import CourseEdition
from app.kit.errors import Refused
from app.kit.storage import Storage
from app.people.rules import Viewer

if TYPE_CHECKING:
    from app.courses.files.models import CourseContent

HANDBOOK: Final = "handbook/handbook.yaml"
POLICY: Final = "policy.yaml"


@dataclass(frozen=True)
class Handbook:
    """The version of a handbook, as its file says it. `before`: the version that is published."""

    version: str
    before: str


def handbook_of(draft: Draft) -> Handbook | None:
    """The handbook of a draft in which something of it changed since the edition; None when nothing did.

    The first edition has the version that its author gave: nobody has to be told what is new in it.
    """
    changed = any(
        path.startswith("handbook/") and draft.stored.get(path) != draft.published.get(path)
        for path in draft.stored.keys() | draft.published.keys()
    )
    if not changed or HANDBOOK not in draft.stored or draft.edition is None:
        return None
    now, before = (_facts(files.get(HANDBOOK)) for files in (draft.stored, draft.published))
    return Handbook(str(now.get("version", "")), str(before.get("version", "")))


def _facts(stored: Stored | None) -> Mapping[str, Any]:
    from app.courses.files.heads import split  # noqa: PLC0415 - few requests read courses

    found = split(f"---\n{stored.text or ''}\n---\n") if stored is not None else None
    return found.facts if found is not None else {}


@dataclass(frozen=True)
class Ready:
    """A draft that was read and found right, at one version of it.

    `handbook`: its file with the new version; `notes`: what is new in the edition.
    """

    draft: Draft
    content: CourseContent
    handbook: str | None
    notes: str


def ready(draft: Draft, given: inputs.Publishing, storage: Storage) -> Ready:
    """Read the draft as it will be published; this takes its time, and no transaction waits for it.

    Raises: Refused when it is not right, is not what was looked at or was published meanwhile, would take back a newer
    edition unseen, or its handbook needs a version.
    """
    from app.courses.files.reader import read_files  # noqa: PLC0415

    if given.version != draft.facts.version:
        same = draft.edition is not None and not draft.newer and not draft.facts.changes
        raise Refused("published_meanwhile" if same else "draft_changed")
    if draft.newer and draft.edition is not None and not (given.over and given.newest == draft.edition.number):
        raise Refused("newer_edition", "over", number=draft.edition.number)
    stored, text = dict(draft.stored), None
    if handbook_of(draft) is not None:
        _must_be_told(given, draft.handbook_versions)
        text = _with_news(stored[HANDBOOK].text or "", given)
        stored[HANDBOOK] = replace(stored[HANDBOOK], text=text, sha256=rules.digest_of(text))
    content, problems = read_files(as_files(stored, storage))
    if content is None:
        raise Refused("draft_broken", count=len(problems))
    if content.head.slug != draft.facts.slug:
        raise Refused("other_course", slug=content.head.slug)
    return Ready(draft, content, text, given.notes)


def _must_be_told(given: inputs.Publishing, known: Collection[str]) -> None:
    """Trainers say which version they know, so that no two may be called the same."""
    if not given.handbook_version:
        raise Refused("missing", "handbook_version")
    if given.handbook_version in known:
        raise Refused("handbook_version_same", "handbook_version", version=given.handbook_version)
    if not given.notes:
        raise Refused("missing", "notes")


def _with_news(text: str, given: inputs.Publishing) -> str:
    """The file of the handbook with its new version; every other line stays."""
    from app.courses.files.heads import split, with_facts  # noqa: PLC0415

    found = split(f"---\n{text.removesuffix(chr(10))}\n---\n")
    facts = {"version": given.handbook_version, "change_notes": given.notes}
    made = with_facts(found, facts) if found is not None else None
    return "\n".join([*made.head, ""]) if made is not None else text


def changes_rules(draft: Draft) -> bool:
    """Whether the rules for certificates in a draft are others than those that count now; for who looks at it."""
    from app.courses.files.looking import look_at  # noqa: PLC0415
    from app.courses.files.models import PolicyFile  # noqa: PLC0415
    from app.courses.files.writing import Library  # noqa: PLC0415

    if draft.rules is None or POLICY not in draft.stored:
        return False
    head = look_at(POLICY, draft.stored[POLICY].text or "", Library()).head
    return isinstance(head, PolicyFile) and Policy.from_facts(head.model_dump()) != draft.rules


def publish_draft(db: Session, made: Ready, *, by: Viewer, storage: Storage, now: datetime) -> int:
    """Make the edition and give its number; the draft is then equal to it. Twice at once is one edition.

    Raises: Refused when something changed since it was read, when nothing differs from the newest edition, or when
    it changes the rules for certificates and she is no admin.
    """
    draft = actions.draft_at(db, by=by, slug=made.draft.facts.slug)
    course, newest = held(db, made.content)
    if newest is not None and newest.id == draft.base_edition_id and newest.content_hash == hash_of(made.content):
        if draft.version == made.draft.facts.version:
            raise Refused("nothing_to_publish")
        return newest.number  # the very same was published between the look and now
    if draft.version != made.draft.facts.version:
        raise Refused("draft_changed")
    seen = made.draft.edition
    if (newest.id if newest is not None else None) != (seen.id if seen is not None else None):
        raise Refused("newer_edition", "over", number=newest.number if newest is not None else 0)
    in_force = rules_in_force(db, course.intervention_id) or Policy()
    if not by.is_admin and Policy.from_facts(made.content.policy.model_dump()) != in_force:
        raise Refused("rules_need_admin")
    if made.handbook is not None:
        _keep_handbook(db, draft.id, made.handbook, by_id=by.id, now=now)
    draft.base_edition_id = publish(db, made.content, by_id=by.id, storage=storage, now=now, notes=made.notes)
    actions.touch(draft, None, by_id=by.id, now=now)
    gone = delete(DraftFile).where(DraftFile.draft_id == draft.id, DraftFile.removed_at.is_not(None))
    db.execute(gone.execution_options(**actions.SILENT))
    return db.get_one(CourseEdition, draft.base_edition_id).number


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
