"""A folder or zip becomes a draft: texts as they are, pictures and media only when they are what they say."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.courses.actions.publishing import key_of
from app.courses.drafts import actions, rules
from app.courses.drafts.tables import CourseDraft
from app.courses.tables import Course, CourseEdition
from app.kit.errors import Refused
from app.ledger.actions import record

if TYPE_CHECKING:
    from app.courses.files.folder import Files, Folder
    from app.courses.files.models import ImageContent, MediaContent
    from app.courses.files.problems import Problem

SLUG_LINE: Final = re.compile(r"^slug:[ \t]*[\"']?([a-z0-9]+(?:-[a-z0-9]+)*)[\"']?[ \t]*(?:#.*)?$", re.MULTILINE)
Rows = dict[str, dict[str, Any]]


class Keeps(Protocol):
    """Where pictures and media go: the store, or a folder of a child process."""

    def put_at(self, key: str, content: bytes) -> None: ...


@dataclass(frozen=True)
class Taken:
    """What a folder holds, as rows of a draft; what is wrong keeps it from becoming one."""

    slug: str
    rows: Rows
    problems: tuple[Problem, ...]


def taken(files: Files, storage: Keeps) -> Taken:
    """Read the files and keep in the store what is no text; no transaction waits for it.

    Only what cannot be kept at all is a problem: what is wrong in a text its author mends in the editor.
    """
    from app.courses.files.base import NAME_MOST  # noqa: PLC0415 - few requests read courses
    from app.courses.files.folder import Folder  # noqa: PLC0415
    from app.courses.files.problems import Problems  # noqa: PLC0415

    problems = Problems()
    folder = Folder(files, problems)
    rows = _texts(folder)
    images, media = folder.images(), folder.media()
    for path in files:
        kind = rules.kind_of(path)
        if not rules.is_path(path):
            problems.add(path, 1, 1, "Deze naam mag niet in een opleiding.", "Gebruik letters, cijfers en streepjes.")
        elif not rules.is_text(path) and kind not in {rules.Kind.PICTURE, rules.Kind.MEDIA}:
            problems.add(path, 1, 1, "Dit hoort niet in de map van een opleiding.", "Haal het weg.")
    found = SLUG_LINE.search(str(rows.get("course.yaml", {}).get("text", "")))
    if found is None or len(found[1]) > NAME_MOST:
        hint = "Zet bovenaan course.yaml bijvoorbeeld ‘slug: mijn-opleiding’."
        problems.add("course.yaml", 1, 1, "Er staat niet bij hoe de opleiding heet.", hint)
    elif not rules.is_course_slug(found[1]):
        hint = "Kies kleine letters en streepjes, 2 tot 80 tekens."
        problems.add("course.yaml", 1, 1, f"Een opleiding kan niet ‘{found[1]}’ heten.", hint)
    if not problems.found:
        rows |= {f"images/{name}": _picture(one, storage) for name, one in images.items()}
        rows |= {f"media/{name}": _media(name, one, storage) for name, one in media.items()}
    return Taken(found[1] if found else "", rows, tuple(problems.in_order()))


def _texts(folder: Folder) -> Rows:
    rows: Rows = {}
    for path in folder.files:
        text = folder.text(path) if rules.is_text(path) else None
        if text is not None:
            rows[path] = {
                "text": text,
                "sha256": rules.digest_of(text),
                "size": len(text.encode()),
                "media_type": rules.media_type_of(path),
            }
    return rows


def _picture(image: ImageContent, storage: Keeps) -> dict[str, Any]:
    facts = _stored(image.read, key_of(image.sha256, ".webp"), storage)
    size = {"width": image.width, "height": image.height}
    return facts | size | {"sha256": image.sha256, "size": image.size, "media_type": "image/webp"}


def _media(name: str, media: MediaContent, storage: Keeps) -> dict[str, Any]:
    facts = _stored(media.read, key_of(media.sha256, f".{name.rpartition('.')[2]}"), storage)
    return facts | {"sha256": media.sha256, "size": media.size, "media_type": media.media_type}


def _stored(read: Callable[[], bytes], key: str, storage: Keeps) -> dict[str, Any]:
    storage.put_at(key, read())
    return {"storage_key": key}


def become_draft(db: Session, found: Taken, *, by_id: int | None, replace: bool, now: datetime) -> int:
    """Let the draft of its course hold these files; gives its id.

    Raises: Refused when there is a draft with other things in it and `replace` was not asked for.
    """
    draft = db.scalar(select(CourseDraft).where(CourseDraft.slug == found.slug).with_for_update())
    if draft is None:
        newest = select(func.max(CourseEdition.id)).join(Course, Course.id == CourseEdition.course_id)
        base = db.scalar(newest.where(Course.slug == found.slug))
        draft = actions.new_draft(db, slug=found.slug, base_edition_id=base, by_id=by_id, now=now)
    elif not replace:
        raise Refused("draft_is_there", slug=found.slug)
    actions.replace_files(db, draft, found.rows, by_id=by_id, now=now)
    record(
        db,
        "courses.draft_taken_in",
        actor_id=by_id,
        subject=("course_draft", draft.id),
        now=now,
        course=found.slug,
        files=len(found.rows),
    )
    return draft.id
