"""What the commands `courses check` and `courses publish` do."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from app.courses.actions.publishing import publish
from app.courses.files.problems import Problem
from app.courses.files.reader import read_course
from app.courses.tables import CourseEdition
from app.kit.storage import Storage


class CourseBroken(Exception):
    """The folder has problems; nothing was published."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def check(folder: Path) -> list[Problem]:
    """Everything that must be mended before the folder can be published."""
    return read_course(folder)[1]


def publish_folder(db: Session, folder: Path, *, storage: Storage, now: datetime, by_id: int | None = None) -> int:
    """Publish the course in a folder and give the id of its edition.

    Raises: CourseBroken when something must be mended first.
    """
    course, problems = read_course(folder)
    if course is None:
        raise CourseBroken(problems)
    return publish(db, course, by_id=by_id, storage=storage, now=now)


def edition_number(db: Session, edition_id: int) -> int:
    """Which edition of its course this is, as pages count them."""
    return db.get_one(CourseEdition, edition_id).number
