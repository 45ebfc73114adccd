"""Publishing a course: from what was read in a folder to an edition that never changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
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
from app.kit.errors import Refused
from app.kit.storage import Storage
from app.kit.tables import Base
from app.ledger.actions import record

if TYPE_CHECKING:
    from app.courses.files.models import CourseContent, ImageContent, LessonContent, MediaContent, ModuleContent

Binary = TypeVar("Binary", "ImageContent", "MediaContent")
RENDERER: Final = "2"  # raise when the same Markdown becomes other HTML, so that publishing again shows it


@dataclass(frozen=True)
class Newest:
    """The edition of a course that is published last."""

    id: int
    number: int
    content_hash: str


def publish(
    db: Session, course: CourseContent, *, by_id: int | None, storage: Storage, now: datetime, notes: str = ""
) -> int:
    """Publish a course and give the id of its edition: the newest one, when that holds the very same.

    `by_id` is None for a command; `notes`: what is new. People stay with the edition they enrolled in. Files that are
    not in the store yet are put there: `kept_first` does that before, where others would wait for this transaction.
    Raises: Refused when the course belongs to another intervention.
    """
    row, newest = held(db, course)
    content_hash = hash_of(course)
    if newest is not None and newest.content_hash == content_hash:
        return newest.id
    _name_intervention(db, row, course.head.intervention_name)
    edition = CourseEdition(
        course_id=row.id,
        number=newest.number + 1 if newest is not None else 1,
        content_hash=content_hash,
        title=course.head.title,
        summary=course.head.summary,
        sample=course.head.sample,
        outline=replace(outline_of(course), notes=notes).as_facts(),
        rubric=rubric_of(course).as_facts(),
        policy=Policy.from_facts(course.policy.model_dump()).as_facts(),
        published_at=now,
    )
    db.add(edition)
    db.flush()
    # A milder policy counts for certifications that run already, so their spans are written again.
    enqueue(db, "certification.reassess", now=now, key=f"certification.reassess:edition:{edition.id}")
    db.add_all([*_theory(course, edition.id), *_practice(course, edition.id)])
    course = kept_first(course, storage)
    db.add_all([*_images(course, edition.id), *_files(course, edition.id)])
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


def kept_first(course: CourseContent, storage: Storage) -> CourseContent:
    """The same course with its pictures and media in the store; no transaction has to wait for that."""
    images = {name: _put(one, key_of(one.sha256, ".webp"), storage) for name, one in course.images.items()}
    media = {name: _put(one, key_of(one.sha256, Path(name).suffix), storage) for name, one in course.media.items()}
    return replace(course, images=images, media=media)


def _put(one: Binary, key: str, storage: Storage) -> Binary:
    if one.stored == key:
        return one
    storage.put_at(key, one.read())
    return replace(one, stored=key)


def hash_of(course: CourseContent) -> str:
    """What makes an edition an edition: every file to the letter, and what was read of them."""
    facts: dict[str, Any] = {
        "renderer": RENDERER,
        "texts": course.texts,
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
        active_minutes=course.head.active_minutes,
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


def held(db: Session, course: CourseContent) -> tuple[Course, Newest | None]:
    """The row of a course and its newest edition, held so that two who publish at once come one after the other.

    Who is the first makes the rows. Raises: Refused when the course belongs to another intervention.
    """
    head = course.head
    this = select(Course).where(Course.slug == head.slug).with_for_update()
    row = db.scalar(this)
    if row is None:
        _make(db, Intervention, slug=head.intervention, name=head.intervention_name)
        intervention = db.scalars(select(Intervention.id).where(Intervention.slug == head.intervention)).one()
        _make(db, Course, slug=head.slug, intervention_id=intervention)
        row = db.scalars(this).one()
    own = db.scalars(select(Intervention.slug).where(Intervention.id == row.intervention_id)).one()
    if own != head.intervention:
        raise Refused("course_of_another", slug=own)
    newest = db.execute(
        select(CourseEdition.id, CourseEdition.number, CourseEdition.content_hash)
        .where(CourseEdition.course_id == row.id)
        .order_by(CourseEdition.number.desc())
        .limit(1)
    ).first()
    return row, Newest(*newest) if newest is not None else None


def _make(db: Session, table: type[Course | Intervention], **values: Any) -> None:
    """The row of this slug, unless somebody else makes it in this very moment."""
    insert = sqlite_insert if db.get_bind().dialect.name == "sqlite" else postgres_insert
    db.execute(insert(table).values(**values).on_conflict_do_nothing(index_elements=["slug"]))


def _name_intervention(db: Session, course: Course, name: str) -> None:
    """What an intervention is called its first course says; another one that joins it does not."""
    own = (Intervention.id == course.intervention_id, Intervention.name != name)
    first = select(func.min(Course.id)).where(Course.intervention_id == course.intervention_id).scalar_subquery()
    this = update(Intervention).where(*own, first == course.id).values(name=name)
    db.execute(this.execution_options(synchronize_session=False))


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


def _images(course: CourseContent, edition_id: int) -> Sequence[Base]:
    """The pictures, of which pages need the size."""
    return [
        CourseImage(
            edition_id=edition_id,
            name=name,
            storage_key=image.stored,
            sha256=image.sha256,
            width=image.width,
            height=image.height,
        )
        for name, image in course.images.items()
    ]


def _files(course: CourseContent, edition_id: int) -> Sequence[Base]:
    """Every file of the course, so that it can be given back as it was written."""
    images = [(f"images/{name}", image, "image/webp") for name, image in course.images.items()]
    media = [(f"media/{name}", one, one.media_type) for name, one in course.media.items()]
    stored: list[tuple[str, ImageContent | MediaContent, str]] = [*images, *media]
    rows: list[Base] = [_text_file(path, text, edition_id) for path, text in course.texts.items()]
    rows += [
        CourseFile(
            edition_id=edition_id,
            path=path,
            sha256=one.sha256,
            size=one.size,
            media_type=media_type,
            storage_key=one.stored,
        )
        for path, one, media_type in stored
    ]
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
