"""How far a new installation is: the four steps of its first admin."""

from __future__ import annotations

from collections.abc import Sequence
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
    """A course that lies ready in the folder of this installation. `title` is empty before it is published."""

    slug: str
    title: str


@dataclass(frozen=True)
class StartPage:
    """What is done, and which step is now; "" when all are."""

    done: dict[str, bool]
    now: str
    organisations: tuple[str, ...]
    courses: tuple[CourseFolder, ...]
    people: int
    problems: tuple[str, ...] = ()


def start_page(db: Session, *, folders: Sequence[str], problems: Sequence[str] = ()) -> StartPage:
    """The four steps as they stand."""
    organisations = organisation_choices(db)
    published = {
        row.slug: row.title
        for row in db.execute(
            select(Course.slug, CourseEdition.title)
            .join(CourseEdition, CourseEdition.course_id == Course.id)
            .order_by(CourseEdition.id)
        )
    }
    known = totals(db)
    rounds = db.scalar(select(func.count()).select_from(IntervisionRound)) or 0
    done = {
        "organisation": bool(organisations),
        "course": bool(published),
        "people": known.people > 1,
        "round": rounds > 0,
    }
    names = dict.fromkeys([*published, *folders])
    return StartPage(
        done=done,
        now=next((step for step in STEPS if not done[step]), ""),
        organisations=tuple(name for _, name in organisations),
        courses=tuple(CourseFolder(slug, published.get(slug, "")) for slug in names),
        people=known.people,
        problems=tuple(problems),
    )
