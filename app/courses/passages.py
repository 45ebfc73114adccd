"""What of a course can be found: each paragraph of its lessons, and each part of a script in the handbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from app.courses.index import Passage

if TYPE_CHECKING:
    from app.courses.files.models import CourseContent, LessonContent, SessionContent


def passages_in(course: CourseContent) -> Iterator[Passage]:
    """In the order of the course; modules that are not open yet are left out."""
    for module in course.modules:
        if module.head.available:
            for lesson in module.lessons:
                yield from _lesson(lesson)
    for session in course.sessions:
        yield from _session(session)


def _lesson(lesson: LessonContent) -> Iterator[Passage]:
    yield Passage("lesson", lesson.slug, lesson.head.title, "", lesson.head.intro)
    for anchor, words in lesson.text.passages:
        yield Passage("lesson", lesson.slug, lesson.head.title, anchor, words)


def _session(session: SessionContent) -> Iterator[Passage]:
    yield from script_passages(session.slug, session.head.title, session.head.model_dump())
    for anchor, words in session.text.passages:
        yield Passage("session", session.slug, session.head.title, anchor, words)


def script_passages(slug: str, title: str, script: Mapping[str, Any]) -> Iterator[Passage]:
    """The parts of a script, as an edition keeps it. They have an id by their place: `stap-1`, `anders-1`, `vorm-1`."""
    yield Passage("session", slug, title, "", f"{script['goal']} {' '.join(script['materials'])}")
    for number, step in enumerate(script["steps"], start=1):
        yield Passage("session", slug, title, f"stap-{number}", f"{step['title']}. {step['text']}")
    for number, form in enumerate(script["working_forms"], start=1):
        words = f"{form['title']}. {form['text']} {' '.join(form.get('materials', ()))}".strip()
        yield Passage("session", slug, title, f"vorm-{number}", words)
    for number, other in enumerate(script["otherwise"], start=1):
        yield Passage("session", slug, title, f"anders-{number}", f"{other['when']}. {other['then']}")
