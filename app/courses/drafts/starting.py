"""A course that begins with nothing: a draft with one of everything, and words that say what goes where."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from itertools import count
from pathlib import Path
from string import Template
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.courses.drafts import actions, inputs, rules
from app.courses.drafts.tables import CourseDraft
from app.courses.tables import Course
from app.kit.errors import Refused
from app.ledger.actions import record
from app.people.rules import Viewer

SKELETON: Final = Path(__file__).parent / "skeleton"


def start_course(db: Session, *, by: Viewer, given: inputs.NewCourse, now: datetime) -> str:
    """Begin a course with a draft that the checker finds right; gives its slug.

    Raises: Forbidden; Refused for a name that is no slug, or that another course has: at the field that it came from,
    and where that is the title with another one as the fact `proposed`.
    """
    actions.must_write(by)
    slug = _slug_of(db, given)
    try:
        with db.begin_nested():
            draft = actions.new_draft(db, slug=slug, base_edition_id=None, by_id=by.id, now=now)
    except IntegrityError as clash:  # somebody else was faster
        raise Refused("course_is_there", "slug" if given.slug else "title", slug=slug) from clash
    rows = {path: row_of(path, text) for path, text in skeleton(slug, given.title, given.summary).items()}
    actions.replace_files(db, draft, rows, by_id=by.id, now=now)
    record(db, "courses.started", actor_id=by.id, subject=("course_draft", draft.id), now=now, course=slug)
    return slug


def _slug_of(db: Session, given: inputs.NewCourse) -> str:
    slug = given.slug or rules.slug_from(given.title)
    fits = rules.is_course_slug(slug)
    if fits and not _taken(db, slug):
        return slug
    if given.slug:
        raise Refused("course_is_there" if fits else "odd_slug", "slug", slug=slug)
    wanted = slug if fits else f"opleiding-{slug}".strip("-")
    proposed = next(one for n in count(1) if not _taken(db, one := f"{wanted}-{n}" if n > 1 else wanted))
    raise Refused("title_is_taken" if fits else "title_without_slug", "title", proposed=proposed)


def _taken(db: Session, slug: str) -> bool:
    there = (
        select(Course.slug).where(Course.slug == slug).union(select(CourseDraft.slug).where(CourseDraft.slug == slug))
    )
    return db.scalar(there) is not None


def row_of(path: str, text: str) -> Mapping[str, object]:
    """The columns of a text."""
    return {
        "text": text,
        "sha256": rules.digest_of(text),
        "size": len(text.encode()),
        "media_type": rules.media_type_of(path),
    }


def skeleton(slug: str, title: str, summary: str) -> dict[str, str]:
    """The texts of a course that only has its names yet, by path."""
    words = {"slug": slug, "title": _quoted(title), "summary": _quoted(summary)}
    return {path: text.substitute(words) if path == "course.yaml" else text.template for path, text in _texts().items()}


@cache
def _texts() -> dict[str, Template]:
    files = [path for path in sorted(SKELETON.rglob("*")) if path.is_file()]
    return {path.relative_to(SKELETON).as_posix(): Template(path.read_text(encoding="utf-8")) for path in files}


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)
