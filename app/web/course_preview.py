"""A course as pages in a folder, for `courses preview`: read from disk in any browser, with nothing behind it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from app.theory.lesson_parts import FilePlace, LessonPicture, Part, parts_of, picture_of
from app.web.kit.lessons import at_the_desk, forms_of
from app.web.kit.templates import Templates, make_templates

if TYPE_CHECKING:
    from app.courses.files.models import CourseContent, LessonContent, Rendered, SessionHead

STATIC: Final = Path(__file__).parents[1] / "static"
NEEDED: Final = ("css", "fonts")
SHELF: Final = FilePlace("inhoud/", "inhoud/")


@dataclass(frozen=True)
class _Page:
    """One page. `group`: under which it stands in the list of pages; `before`: what stands above its text."""

    group: str
    name: str
    title: str
    intro: str
    parts: tuple[Part, ...]
    motif: str = "hand"
    picture: LessonPicture | None = None
    before: Markup = field(default_factory=Markup)
    preview: bool = True


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
    places = [
        (group, [(one.title, one.name, one is page) for one in pages if one.group == group])
        for group in dict.fromkeys(one.group for one in pages)
    ]
    parts = at_the_desk(page.parts, page.motif)
    given = {
        "title": page.title,
        "course": course.head.title,
        "places": places,
        "page": page,
        "parts": parts,
        "forms": forms_of(parts, "nl"),
        "typed": None,
        "chrome": {"locale": "nl"},
    }
    return templates.render("preview/page.html", "nl", given)


def _pages(course: CourseContent) -> Iterator[_Page]:
    head = course.head
    motifs = {element.slug: element.motif for element in head.core_elements}
    yield _Page(head.title, "index.html", head.title, head.summary, (), before=Markup("<p>%s</p>") % head.target_group)
    for module in course.modules:
        for lesson in module.lessons:
            yield _Page(
                module.head.title,
                f"les-{lesson.slug}.html",
                lesson.head.title,
                lesson.head.intro,
                _read(lesson.text),
                motif=motifs.get(module.head.core_element or "", "hand"),
                picture=_picture(course, lesson),
            )
    for assignment in course.assignments:
        parts = (*_read(assignment.what), *_read(assignment.good), *_read(assignment.coach_looks_at))
        name = f"opdracht-{assignment.head.slug}.html"
        yield _Page("Praktijk", name, assignment.head.title, assignment.head.summary, parts)
    for session in course.sessions:
        name = f"draaiboek-{session.slug}.html"
        script = _script(session.head)
        yield _Page("Handboek", name, session.head.title, session.head.goal, _read(session.text), before=script)


def _picture(course: CourseContent, lesson: LessonContent) -> LessonPicture | None:
    head, name = lesson.head, lesson.head.image or ""
    image = course.images.get(name)
    if image is None:
        return None
    told = {"name": name, "alt": head.image_alt, "caption": head.image_caption}
    return picture_of(SHELF, told | {"width": image.width, "height": image.height})


def _script(head: SessionHead) -> Markup:
    steps = (
        Markup("<li><h3>%s</h3><p>%s</p></li>") % (f"{step.title} ({step.minutes} min)", step.text)
        for step in head.steps
    )
    return Markup('<ol class="bigsteps">%s</ol>') % Markup().join(steps)


def _read(text: Rendered) -> tuple[Part, ...]:
    return tuple(parts_of(text.html, text.blocks, SHELF))
