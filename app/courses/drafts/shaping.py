"""What authors do to the shape of a draft: modules with their folders, and lessons that go to another module."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.drafts import actions, rules
from app.courses.drafts.rules import Kind, Numbered
from app.courses.drafts.structure import going_with
from app.courses.drafts.tables import CourseDraft, DraftFile
from app.kit.errors import Refused
from app.people.rules import Viewer

if TYPE_CHECKING:
    from app.courses.files.course_text import HalfModule


# What may be


def must_wait_well(modules: Sequence[HalfModule], slug: str, after: Iterable[str]) -> None:
    """Whether a module may wait for these. Raises: Refused for one that is not there, stands below, or waits itself."""
    places = {one.slug: n for n, one in enumerate(modules)}
    for name in after:
        if name not in places:
            raise Refused("unknown_module", "after")
        other = modules[places[name]]
        if slug == name or slug in _waits_for(modules, name):
            raise Refused("lock_circle", "after", title=other.title)
        if slug in places and places[name] > places[slug]:
            raise Refused("lock_below", "after", title=other.title)


def _waits_for(modules: Sequence[HalfModule], slug: str) -> set[str]:
    """The modules that have to be done before this one opens, and those before them."""
    before = {one.slug: one.after for one in modules}
    found: set[str] = set()
    ahead = list(before.get(slug, ()))
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += before.get(name, ())
    return found


def must_move_well(modules: Sequence[HalfModule], slug: str, *, up: bool) -> None:
    """Whether a module may change places with its neighbour. Raises: Refused when one of them waits for the other."""
    place = next((n for n, one in enumerate(modules) if one.slug == slug), None)
    other = None if place is None else place - 1 if up else place + 1
    if place is None or other is None or not 0 <= other < len(modules):
        return
    first, second = (modules[place], modules[other]) if up else (modules[other], modules[place])
    if second.slug in first.after:
        raise Refused("module_waits", title=first.title, other=second.title)


def new_slug(title: str, modules: Iterable[HalfModule], ever: Iterable[str]) -> str:
    """The name of a new module: of its title, and never one that is there, or is in `ever`."""
    return rules.free(rules.slug_from(title) or "module", {*(one.slug for one in modules), *ever})


# What is done


def begin_module(
    db: Session,
    *,
    by: Viewer,
    slug: str,
    file_id: int,
    text: str,
    version: int,
    module: str,
    lesson: str,
    now: datetime,
) -> None:
    """A module with its first lesson. `text`: course.yaml with it, made of `version`; `lesson`: empty is none.

    Raises: Refused, as `keep_text` and `add_lesson`.
    """
    actions.keep_text(db, by=by, slug=slug, file_id=file_id, text=text, version=version, now=now)
    if lesson:
        actions.add_lesson(db, by=by, slug=slug, module=module, title=lesson, now=now)


def drop_module(
    db: Session,
    *,
    by: Viewer,
    slug: str,
    file_id: int,
    text: str,
    version: int,
    module: HalfModule,
    seen: str,
    now: datetime,
) -> None:
    """Take a module out with everything in it, which can come back until the draft is published.

    `text`: course.yaml without it, made of `version`; `module`: as it stood in that one; `seen`: what she was told
    that goes along. Raises: Refused, as `keep_text`, and "going_changed" when something else would go.
    """
    actions.keep_text(db, by=by, slug=slug, file_id=file_id, text=text, version=version, now=now)
    draft = actions.draft_at(db, by=by, slug=slug)
    files = [file for file in _files(db, draft, "modules/") if rules.module_of(file.path) == module.slug]
    if going_with(module, {file.path: file.sha256 for file in files}) != seen:
        raise Refused("going_changed")
    for file in files:
        file.removed_at = now
        actions.touch(draft, file, by_id=by.id, now=now)


def _files(db: Session, draft: CourseDraft, start: str) -> list[DraftFile]:
    rows = select(DraftFile).where(
        DraftFile.draft_id == draft.id, DraftFile.removed_at.is_(None), DraftFile.path.startswith(start)
    )
    return list(db.scalars(rows))


def keep_part(
    db: Session,
    *,
    by: Viewer,
    slug: str,
    file_id: int,
    text: str,
    version: int,
    stood: str,
    module: str,
    now: datetime,
) -> None:
    """Keep what a part is called, and let a lesson stand in a module. `stood`: the one that it was read in.

    `text`: made of `version`; `module`: empty leaves it where it is. Raises: Refused, as `keep_text` and
    `put_in_module`, and "stale_text" also when it stands elsewhere by now.
    """
    actions.keep_text(db, by=by, slug=slug, file_id=file_id, text=text, version=version, now=now)
    file = actions.file_at(db, actions.draft_at(db, by=by, slug=slug), file_id)
    if rules.module_of(file.path) != stood:
        raise Refused("stale_text")
    if module:
        put_in_module(db, by=by, slug=slug, file_id=file_id, module=module, now=now)


def put_in_module(db: Session, *, by: Viewer, slug: str, file_id: int, module: str, now: datetime) -> None:
    """Let a lesson stand at the end of another module. Raises: Refused when there is no such module."""
    draft = actions.draft_at(db, by=by, slug=slug)
    file = actions.file_at(db, draft, file_id)
    if file.removed_at is not None or rules.kind_of(file.path) is not Kind.LESSON:
        raise Refused("cannot_move")
    if rules.module_of(file.path) == module:
        return
    there = actions.paths_in(db, draft)
    folder = actions.folder_of(db, draft, there, module)
    number = rules.next_number(path for path in there if path.startswith(f"{folder}/"))
    file.path = f"{folder}/{number:02d}-{Numbered.of(file.path).slug}.md"
    actions.touch(draft, file, by_id=by.id, now=now)
    db.flush()
