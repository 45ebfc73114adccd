"""Publishing a course: from what was read in a folder to an edition that never changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.courses.index import index_of
from app.courses.passages import passages_in
from app.courses.rules import (
    AdherenceCheck,
    AssignmentDefinition,
    CoreElement,
    Criterion,
    Outline,
    OutlineLesson,
    OutlineModule,
    OutlineQuiz,
    OutlineSession,
    Policy,
    Rubric,
)
from app.courses.tables import (
    Course,
    CourseEdition,
    CourseFile,
    CourseImage,
    HandbookSession,
    Intervention,
    Lesson,
    PracticalAssignment,
    Quiz,
)
from app.jobs.actions import enqueue
from app.kit.storage import Storage
from app.kit.tables import Base
from app.ledger.actions import record

if TYPE_CHECKING:
    from app.courses.files.models import CourseContent, ImageContent, LessonContent, ModuleContent

RENDERER: Final = "2"  # raise when the same Markdown becomes other HTML, so that publishing again shows it


def publish(db: Session, course: CourseContent, *, by_id: int | None, storage: Storage, now: datetime) -> int:
    """Publish a course and give the id of its edition; the same content again gives the same edition.

    `by_id` is None for a command. People stay with the edition they enrolled in.
    """
    intervention = _intervention(db, slug=course.head.intervention, name=course.head.intervention_name)
    row = _course(db, slug=course.head.slug, intervention_id=intervention.id)
    content_hash = hash_of(course)
    known = db.scalar(
        select(CourseEdition.id).where(CourseEdition.course_id == row.id, CourseEdition.content_hash == content_hash)
    )
    if known is not None:
        return known
    number = db.scalar(select(func.max(CourseEdition.number)).where(CourseEdition.course_id == row.id)) or 0
    edition = CourseEdition(
        course_id=row.id,
        number=number + 1,
        content_hash=content_hash,
        title=course.head.title,
        summary=course.head.summary,
        sample=course.head.sample,
        outline=outline_of(course).as_facts(),
        rubric=rubric_of(course).as_facts(),
        policy=Policy.from_facts(course.policy.model_dump()).as_facts(),
        published_at=now,
    )
    db.add(edition)
    db.flush()
    # A milder policy counts for certifications that run already, so their spans are written again.
    enqueue(db, "certification.reassess", now=now, key=f"certification.reassess:edition:{edition.id}")
    db.add_all([*_theory(course, edition.id), *_practice(course, edition.id)])
    db.add_all([*_images(course, edition.id, storage), *_files(course, edition.id, storage)])
    db.add_all(index_of(edition.id, tuple(passages_in(course))))
    record(
        db,
        "courses.published",
        actor_id=by_id,
        subject=("course_edition", edition.id),
        now=now,
        course=course.head.slug,
        number=edition.number,
        content_hash=content_hash,
    )
    return edition.id


def hash_of(course: CourseContent) -> str:
    """What makes an edition an edition: everything an author wrote, and the pictures."""
    facts: dict[str, Any] = {
        "renderer": RENDERER,
        "course": course.head.model_dump(mode="json"),
        "policy": course.policy.model_dump(),
        "rubric": course.rubric.model_dump(),
        "lessons": [
            [module.head.slug, [_lesson_facts(lesson) for lesson in module.lessons]] for module in course.modules
        ],
        "quizzes": [[module.head.slug, module.quiz.model_dump()] for module in course.modules if module.quiz],
        "assignments": [assignment.head.model_dump() for assignment in course.assignments],
        "handbook": course.handbook.model_dump() if course.handbook else None,
        "sessions": [[session.slug, session.head.model_dump(), session.source] for session in course.sessions],
        "images": {name: image.sha256 for name, image in sorted(course.images.items())},
        "media": {name: media.sha256 for name, media in sorted(course.media.items())},
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _lesson_facts(lesson: LessonContent) -> list[Any]:
    return [lesson.slug, lesson.head.model_dump(), lesson.source]


def outline_of(course: CourseContent) -> Outline:
    """The course without its texts."""
    handbook = course.handbook
    return Outline(
        slug=course.head.slug,
        title=course.head.title,
        summary=course.head.summary,
        target_group=course.head.target_group,
        modules=tuple(_outline_module(module) for module in course.modules),
        handbook_version=handbook.version if handbook else "",
        handbook_notes=handbook.change_notes if handbook else "",
        handbook_intro=handbook.intro if handbook else "",
        sessions=tuple(
            OutlineSession(each.slug, each.head.number, each.head.title, each.head.minutes, each.head.goal)
            for each in sorted(course.sessions, key=lambda session: session.head.number)
        ),
    )


def _outline_module(module: ModuleContent) -> OutlineModule:
    """A module that is not open yet shows its title only."""
    head, quiz = module.head, module.quiz
    lessons = tuple(
        OutlineLesson(
            each.slug, each.head.title, each.head.minutes, each.head.required, tuple(each.head.required_blocks)
        )
        for each in module.lessons
    )
    return OutlineModule(
        slug=head.slug,
        title=head.title,
        summary=head.summary,
        core_element=head.core_element,
        available=head.available,
        safety=head.safety,
        image=head.image,
        lessons=lessons if head.available else (),
        quiz=OutlineQuiz(quiz.slug, quiz.title, quiz.minutes, quiz.asked)
        if quiz is not None and head.available
        else None,
        after=tuple(head.after),
        opens_on=head.opens_on,
        opens_after_days=head.opens_after_days,
    )


def rubric_of(course: CourseContent) -> Rubric:
    """The form that coach and professional score with."""
    rubric = course.rubric
    return Rubric(
        version=rubric.version,
        level_names=tuple(rubric.levels),
        not_seen=rubric.not_seen,
        criteria=tuple(
            Criterion(each.code, each.title, each.core_element, tuple(each.levels)) for each in rubric.criteria
        ),
        adherence=tuple(AdherenceCheck(**each.model_dump()) for each in rubric.adherence),
        core_elements=tuple(CoreElement(**each.model_dump()) for each in course.head.core_elements),
    )


def _intervention(db: Session, *, slug: str, name: str) -> Intervention:
    found = db.scalar(select(Intervention).where(Intervention.slug == slug).with_for_update())
    if found is None:
        found = Intervention(slug=slug, name=name)
        db.add(found)
        db.flush()
    found.name = name
    return found


def _course(db: Session, *, slug: str, intervention_id: int) -> Course:
    """The course, locked, so that two who publish at once do not take the same number."""
    found = db.scalar(select(Course).where(Course.slug == slug).with_for_update())
    if found is None:
        found = Course(slug=slug, intervention_id=intervention_id)
        db.add(found)
        db.flush()
    return found


def _theory(course: CourseContent, edition_id: int) -> Sequence[Base]:
    rows: list[Base] = []
    position = 0
    for module in course.modules:
        if not module.head.available:
            continue
        for lesson in module.lessons:
            position += 1
            rows.append(
                _lesson(lesson, course.images, module_slug=module.head.slug, position=position, edition_id=edition_id)
            )
        if module.quiz is not None:
            quiz = module.quiz
            rows.append(
                Quiz(
                    edition_id=edition_id,
                    module_slug=module.head.slug,
                    slug=quiz.slug,
                    title=quiz.title,
                    minutes=quiz.minutes,
                    intro=quiz.intro,
                    questions=[question.model_dump() for question in quiz.questions],
                    draws=quiz.draws,
                )
            )
    return rows


def _lesson(
    lesson: LessonContent, images: dict[str, ImageContent], *, module_slug: str, position: int, edition_id: int
) -> Lesson:
    head = lesson.head
    image: dict[str, Any] | None = None
    if head.image is not None:
        shown = images[head.image]
        image = {
            "name": head.image,
            "alt": head.image_alt,
            "caption": head.image_caption,
            "width": shown.width,
            "height": shown.height,
        }
    return Lesson(
        edition_id=edition_id,
        module_slug=module_slug,
        slug=lesson.slug,
        position=position,
        title=head.title,
        minutes=head.minutes,
        required=head.required,
        intro=head.intro,
        image=image,
        headings=[list(heading) for heading in lesson.text.headings],
        html=lesson.text.html,
        source=lesson.source,
        blocks=list(lesson.text.blocks),
        passages=[list(passage) for passage in lesson.text.passages],
    )


def _practice(course: CourseContent, edition_id: int) -> Sequence[Base]:
    rows: list[Base] = []
    for position, assignment in enumerate(course.assignments, start=1):
        facts = assignment.head.model_dump(exclude={"what", "good", "coach_looks_at", "minutes"})
        definition = AssignmentDefinition.from_facts(
            {
                **facts,
                "what_html": assignment.what.html,
                "good_html": assignment.good.html,
                "coach_looks_at_html": assignment.coach_looks_at.html,
            }
        )
        rows.append(
            PracticalAssignment(
                edition_id=edition_id,
                slug=definition.slug,
                code=definition.code,
                position=position,
                title=definition.title,
                definition=asdict(definition),
            )
        )
    rows += [
        HandbookSession(
            edition_id=edition_id,
            slug=session.slug,
            number=session.head.number,
            title=session.head.title,
            script=session.head.model_dump(),
            html=session.text.html,
            passages=[list(passage) for passage in session.text.passages],
        )
        for session in course.sessions
    ]
    return rows


def _images(course: CourseContent, edition_id: int, storage: Storage) -> Sequence[Base]:
    """The pictures, of which pages need the size."""
    rows: list[Base] = []
    for name, image in course.images.items():
        key = key_of(image.sha256, ".webp")
        if image.stored != key:
            storage.put_at(key, image.read())
        rows.append(
            CourseImage(
                edition_id=edition_id,
                name=name,
                storage_key=key,
                sha256=image.sha256,
                width=image.width,
                height=image.height,
            )
        )
    return rows


def _files(course: CourseContent, edition_id: int, storage: Storage) -> Sequence[Base]:
    """Every file of the course, so that it can be given back as it was written."""
    rows: list[Base] = [_text_file(path, text, edition_id) for path, text in course.texts.items()]
    for name, image in course.images.items():
        rows.append(
            CourseFile(
                edition_id=edition_id,
                path=f"images/{name}",
                sha256=image.sha256,
                size=image.size,
                media_type="image/webp",
                storage_key=key_of(image.sha256, ".webp"),
            )
        )
    for name, media in course.media.items():
        key = key_of(media.sha256, f".{name.rpartition('.')[2]}")
        if media.stored != key:
            storage.put_at(key, media.read())
        rows.append(
            CourseFile(
                edition_id=edition_id,
                path=f"media/{name}",
                sha256=media.sha256,
                size=media.size,
                media_type=media.media_type,
                storage_key=key,
            )
        )
    return rows


def _text_file(path: str, text: str, edition_id: int) -> CourseFile:
    content = text.encode()
    return CourseFile(
        edition_id=edition_id,
        path=path,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        media_type="text/markdown" if path.endswith(".md") else "application/yaml",
        text=text,
    )


def key_of(sha256: str, suffix: str) -> str:
    """Where a file stands in the store: under its digest, so that editions share what did not change."""
    return f"courses/{sha256}{suffix}"
