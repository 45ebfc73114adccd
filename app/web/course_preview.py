"""A course as pages in a folder, for `courses preview`: read from disk in any browser, with nothing behind it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from app.web.kit.course_blocks import illustrated
from app.web.kit.templates import Templates, make_templates

if TYPE_CHECKING:
    from app.courses.files.models import CourseContent, Rendered, SessionHead

STATIC: Final = Path(__file__).parents[1] / "static"
NEEDED: Final = ("css", "fonts")


@dataclass(frozen=True)
class _Page:
    part: str
    name: str
    title: str
    intro: str
    body: Markup


def write_pages(course: CourseContent, target: Path) -> int:
    """Write every page, with its pictures and the style; gives how many pages there are."""
    target.mkdir(parents=True, exist_ok=True)
    for folder in NEEDED:
        shutil.copytree(STATIC / folder, target / "static" / folder, dirs_exist_ok=True)
    for name, image in course.images.items():
        _write(target / "inhoud" / name, image.read())
    for name, media in course.media.items():
        _write(target / "inhoud" / name, media.read())
    pages = [*_pages(course)]
    templates = make_templates(lambda path: f"static/{path}")
    for page in pages:
        _write(target / page.name, _rendered(templates, course, pages, page).encode())
    return len(pages)


def _write(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def _rendered(templates: Templates, course: CourseContent, pages: list[_Page], page: _Page) -> str:
    parts = [
        (part, [(one.title, one.name, one is page) for one in pages if one.part == part])
        for part in dict.fromkeys(one.part for one in pages)
    ]
    given = {"title": page.title, "course": course.head.title, "parts": parts, "intro": page.intro, "body": page.body}
    return templates.render("preview/page.html", "nl", given)


def _pages(course: CourseContent) -> Iterator[_Page]:
    head = course.head
    yield _Page(head.title, "index.html", head.title, head.summary, Markup("<p>%s</p>") % head.target_group)
    for module in course.modules:
        for lesson in module.lessons:
            name = f"les-{lesson.slug}.html"
            yield _Page(module.head.title, name, lesson.head.title, lesson.head.intro, _read(lesson.text))
    for assignment in course.assignments:
        body = Markup().join(_read(text) for text in (assignment.what, assignment.good, assignment.coach_looks_at))
        name = f"opdracht-{assignment.head.slug}.html"
        yield _Page("Praktijk", name, assignment.head.title, assignment.head.summary, body)
    for session in course.sessions:
        body = _script(session.head) + _read(session.text)
        yield _Page("Handboek", f"draaiboek-{session.slug}.html", session.head.title, session.head.goal, body)


def _script(head: SessionHead) -> Markup:
    steps = (
        Markup("<li><h3>%s</h3><p>%s</p></li>") % (f"{step.title} ({step.minutes} min)", step.text)
        for step in head.steps
    )
    return Markup('<ol class="bigsteps">%s</ol>') % Markup().join(steps)


def _read(text: Rendered) -> Markup:
    return illustrated(text.html, text.blocks, lambda name: f"inhoud/{name}")
