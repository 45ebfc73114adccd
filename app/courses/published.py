"""The courses there are, for who manages and writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.courses.tables import Course, CourseEdition


@dataclass(frozen=True)
class PublishedCourse:
    """A course with its newest edition."""

    slug: str
    title: str
    sample: bool
    number: int
    published_at: datetime


@dataclass(frozen=True)
class PublishedPage:
    """All courses."""

    courses: tuple[PublishedCourse, ...]


def published_page(db: Session) -> PublishedPage:
    """Every course with its newest edition, by title: one statement."""
    newest = select(func.max(CourseEdition.id)).group_by(CourseEdition.course_id)
    rows = db.execute(
        select(Course.slug, CourseEdition.title, CourseEdition.sample, CourseEdition.number, CourseEdition.published_at)
        .join(Course, Course.id == CourseEdition.course_id)
        .where(CourseEdition.id.in_(newest))
        .order_by(CourseEdition.title, Course.slug)
    )
    return PublishedPage(tuple(PublishedCourse(*row) for row in rows))
