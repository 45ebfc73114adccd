"""A check for a module that has none."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.drafts import actions, rules
from app.courses.drafts.queries import modules_in
from app.courses.drafts.questions import ids_in, new_id
from app.courses.drafts.rules import Kind, Numbered
from app.courses.drafts.tables import CourseDraft, DraftFile
from app.courses.tables import Course, CourseEdition, CourseFile
from app.people.rules import Viewer

MINUTES: Final = 5
FIRST: Final = "eerste vraag"
_SLUG: Final = re.compile(r"^slug:[ \t]*[\"']?([a-z0-9-]+)", re.MULTILINE)


def add_check(db: Session, *, by: Viewer, slug: str, module: str, now: datetime) -> tuple[int, str]:
    """A check for a module, with a first question that waits for its words.

    Gives its file and the id of that question; the id is empty where the module had a check already. What is empty the
    checker of courses asks for, so nothing of it can be published as it is.
    Raises: NotFound; Refused when there is no such module.
    """
    draft = actions.draft_at(db, by=by, slug=slug)
    there = actions.paths_in(db, draft)
    folder = actions.folder_of(db, draft, there, module)
    path = f"{folder}/toets.yaml"
    if path in there:
        here = (DraftFile.draft_id == draft.id, DraftFile.path == path, DraftFile.removed_at.is_(None))
        return db.scalars(select(DraftFile.id).where(*here)).one(), ""
    names, ids = _taken(db, draft)
    names |= {Numbered.of(one).slug for one in there if rules.kind_of(one) is Kind.LESSON}
    question = new_id(FIRST, ids)
    text = _text(rules.free(f"toets-{module}", names), _title(db, draft, there, module), question)
    return actions.add_text(db, draft, path, text, by_id=by.id, now=now).id, question


def _taken(db: Session, draft: CourseDraft) -> tuple[set[str], set[str]]:
    """Names of checks and of questions that the course has or ever had: attempts and figures hang on them."""
    drafted = select(DraftFile.text).where(DraftFile.draft_id == draft.id, DraftFile.path.endswith("/toets.yaml"))
    published = (
        select(CourseFile.text)
        .join(CourseEdition, CourseEdition.id == CourseFile.edition_id)
        .join(Course, Course.id == CourseEdition.course_id)
        .where(Course.slug == draft.slug, CourseFile.path.endswith("/toets.yaml"))
    )
    texts = [*db.scalars(drafted), *db.scalars(published.distinct())]
    return {found for text in texts for found in _SLUG.findall(text or "")}, ids_in(texts)


def _title(db: Session, draft: CourseDraft, there: set[str], module: str) -> str:
    head = db.scalar(select(DraftFile.text).where(DraftFile.draft_id == draft.id, DraftFile.path == "course.yaml"))
    return modules_in(head or "", there).get(module, module)


def _text(name: str, title: str, question: str) -> str:
    option = '      - text: ""\n        right: {}\n'
    return (
        f"slug: {name}\ntitle: {json.dumps(title, ensure_ascii=False)}\nminutes: {MINUTES}\nquestions:\n"
        f'  - id: {question}\n    type: one\n    text: ""\n    options:\n'
        + "".join(option.format(right) for right in ("true", "false", "false"))
    )
