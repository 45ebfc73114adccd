"""How far a new installation is: the four steps of its first admin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.courses.tables import Course, CourseEdition
from app.intervision.tables import IntervisionRound
from app.people.listing import organisation_choices, totals

STEPS: Final = ("organisation", "course", "people", "round")


@dataclass(frozen=True)
class CourseFolder:
    """A course that lies ready in the folder of this installation."""

    slug: str
    title: str
    published: bool


@dataclass(frozen=True)
class StartPage:
    """What is done, and which step is now; "" when all are. `people`: besides the one who looks."""

    done: dict[str, bool]
    now: str
    organisations: tuple[str, ...]
    courses: tuple[CourseFolder, ...]
    people: int
    problems: tuple[str, ...] = ()


def start_page(db: Session, *, folders: Mapping[str, str], problems: Sequence[str] = ()) -> StartPage:
    """The four steps as they stand. `folders`: the titles of the courses that lie ready, by slug."""
    organisations = organisation_choices(db)
    published = {
        row.slug: row.title
        for row in db.execute(
            select(Course.slug, CourseEdition.title)
            .join(CourseEdition, CourseEdition.course_id == Course.id)
            .order_by(CourseEdition.id)
        )
    }
    others = totals(db).people - 1
    rounds = db.scalar(select(func.count()).select_from(IntervisionRound)) or 0
    done = {
        "organisation": bool(organisations),
        "course": bool(published),
        "people": others > 0,
        "round": rounds > 0,
    }
    titles = {**folders, **published}
    return StartPage(
        done=done,
        now=next((step for step in STEPS if not done[step]), ""),
        organisations=tuple(name for _, name in organisations),
        courses=tuple(CourseFolder(slug, title, slug in published) for slug, title in titles.items()),
        people=others,
        problems=tuple(problems),
    )
