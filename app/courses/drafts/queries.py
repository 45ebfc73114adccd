"""What the pages of the editor show: the courses, the outline of a draft, and one file of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.courses.drafts import rules
from app.courses.drafts.reading import Stored, stored_in_draft, stored_in_edition
from app.courses.drafts.rules import Kind
from app.courses.drafts.tables import CourseDraft, DraftFile
from app.courses.rules import Policy
from app.courses.tables import Course, CourseEdition, CourseFile, Enrolment
from app.kit.errors import NotFound
from app.people.queries import person_names


@dataclass(frozen=True)
class EditionFacts:
    """An edition in a list."""

    id: int
    number: int
    title: str
    published_at: datetime


@dataclass(frozen=True)
class DraftFacts:
    """A draft: what it is of, and how far it went. `changes`: so many files are not those of the edition."""

    id: int
    slug: str
    base_edition_id: int | None
    changed_at: datetime
    version: int
    changes: int


@dataclass(frozen=True)
class CourseLine:
    """A course in the list: what people follow now, and what is being written."""

    slug: str
    title: str
    edition: EditionFacts | None
    draft: DraftFacts | None


@dataclass(frozen=True)
class CoursesPage:
    courses: tuple[CourseLine, ...]


def courses_page(db: Session) -> CoursesPage:
    """Every course that has an edition or a draft."""
    newest = _newest_editions(db)
    drafts = {draft.slug: draft for draft in all_drafts(db)}
    titles = _titles(db, {draft.id: slug for slug, draft in drafts.items() if slug not in newest})
    lines = []
    for slug in newest.keys() | drafts.keys():
        edition = newest.get(slug)
        title = edition.title if edition is not None else titles.get(slug) or slug
        lines.append(CourseLine(slug, title, edition, drafts.get(slug)))
    return CoursesPage(tuple(sorted(lines, key=lambda line: line.title.casefold())))


def _newest_editions(db: Session) -> dict[str, EditionFacts]:
    """What is published last of each course, by its slug."""
    newest = select(func.max(CourseEdition.id)).group_by(CourseEdition.course_id)
    rows = db.execute(
        select(Course.slug, CourseEdition.id, CourseEdition.number, CourseEdition.title, CourseEdition.published_at)
        .join(Course, Course.id == CourseEdition.course_id)
        .where(CourseEdition.id.in_(newest))
    )
    return {row.slug: EditionFacts(row.id, row.number, row.title, row.published_at) for row in rows}


def _titles(db: Session, drafts: Mapping[int, str]) -> dict[str, str]:
    """The titles of courses that have no edition yet, by their slug."""
    if not drafts:
        return {}
    rows = db.execute(
        select(DraftFile.draft_id, DraftFile.text).where(
            DraftFile.draft_id.in_(drafts), DraftFile.path == "course.yaml", DraftFile.removed_at.is_(None)
        )
    )
    return {drafts[row.draft_id]: rules.title_in(row.text) for row in rows}


def all_drafts(db: Session) -> list[DraftFacts]:
    """Every draft with how many files differ from the newest edition: four statements."""
    rows = db.execute(select(CourseDraft)).scalars().all()
    written: dict[int, dict[str, str]] = defaultdict(dict)
    for row in db.execute(
        select(DraftFile.draft_id, DraftFile.path, DraftFile.sha256).where(DraftFile.removed_at.is_(None))
    ):
        written[row.draft_id][row.path] = row.sha256
    published: dict[int, dict[str, str]] = defaultdict(dict)
    newest = {slug: edition.id for slug, edition in _newest_editions(db).items()} if rows else {}
    compared = [newest[row.slug] for row in rows if row.slug in newest]
    for line in db.execute(
        select(CourseFile.edition_id, CourseFile.path, CourseFile.sha256).where(CourseFile.edition_id.in_(compared))
    ):
        published[line.edition_id][line.path] = line.sha256
    return [
        DraftFacts(
            row.id,
            row.slug,
            row.base_edition_id,
            row.changed_at,
            row.version,
            _differences(written[row.id], published.get(newest.get(row.slug, 0), {})),
        )
        for row in rows
    ]


def _differences(one: Mapping[str, str], other: Mapping[str, str]) -> int:
    return sum(one.get(path) != other.get(path) for path in one.keys() | other.keys())


UNTOUCHED: Final = (
    select(func.count(CourseDraft.id)).where(CourseDraft.changed_at < bindparam("before")).scalar_subquery()
)
"""How many drafts nobody touched since `before`, as a column."""


def left_lying(db: Session, *, before: datetime) -> list[DraftFacts]:
    """Drafts with changes that nobody touched since, the oldest first."""
    found = [draft for draft in all_drafts(db) if draft.changes and draft.changed_at < before]
    return sorted(found, key=lambda draft: draft.changed_at)


@dataclass(frozen=True)
class Draft:
    """A draft with its files and those of the newest edition, for who thinks on about them.

    `newer`: that edition came after the one that the draft was made from. `rules`: those that certificates are held to
    now; None before there is an edition. `handbook_versions`: all that were ever published.
    """

    facts: DraftFacts
    edition: EditionFacts | None
    stored: Mapping[str, Stored]
    published: Mapping[str, Stored]
    rows: tuple[tuple[int, str, datetime | None], ...]
    newer: bool
    rules: Policy | None
    handbook_versions: frozenset[str]


def read_draft(db: Session, slug: str) -> Draft:
    """All of a draft. Raises: NotFound."""
    row = db.scalar(select(CourseDraft).where(CourseDraft.slug == slug))
    if row is None:
        raise NotFound
    stored = stored_in_draft(db, row.id)
    edition = next(iter(editions_of_course(db, slug)), None)
    published = stored_in_edition(db, edition.id) if edition is not None else {}
    files = db.execute(select(DraftFile.id, DraftFile.path, DraftFile.removed_at).where(DraftFile.draft_id == row.id))
    one = {path: file.sha256 for path, file in stored.items()}
    other = {path: file.sha256 for path, file in published.items()}
    course = db.execute(select(Course.id, Course.intervention_id).where(Course.slug == slug)).first()
    version = CourseEdition.outline["handbook_version"].as_string()
    return Draft(
        facts=DraftFacts(row.id, slug, row.base_edition_id, row.changed_at, row.version, _differences(one, other)),
        edition=edition,
        stored=stored,
        published=published,
        rows=tuple((one.id, one.path, one.removed_at) for one in files),
        newer=edition is not None and edition.id != row.base_edition_id,
        rules=rules_in_force(db, course.intervention_id) if course is not None else None,
        handbook_versions=frozenset(
            db.scalars(select(version).where(CourseEdition.course_id == course.id)) if course is not None else ()
        ),
    )


def writers_of(db: Session, draft: Draft) -> tuple[str, ...]:
    """Who wrote something in a draft that is not in the edition; those who wrote last come first."""
    rows = db.execute(
        select(DraftFile.path, DraftFile.changed_by_id)
        .where(DraftFile.draft_id == draft.facts.id, DraftFile.changed_by_id.is_not(None))
        .order_by(DraftFile.changed_at.desc(), DraftFile.id)
    )
    new = [row.changed_by_id for row in rows if draft.stored.get(row.path) != draft.published.get(row.path)]
    names = person_names(db, new)
    return tuple(names[id_] for id_ in dict.fromkeys(new) if id_ in names)


def rules_in_force(db: Session, intervention_id: int) -> Policy | None:
    """The rules that certificates of an intervention are held to: those of its newest edition; None without one."""
    facts = db.scalar(
        select(CourseEdition.policy)
        .join(Course, Course.id == CourseEdition.course_id)
        .where(Course.intervention_id == intervention_id)
        .order_by(CourseEdition.id.desc())
        .limit(1)
    )
    return Policy.from_facts(facts) if facts is not None else None


def editions_of_course(db: Session, slug: str) -> list[EditionFacts]:
    """The editions of a course, the newest first."""
    rows = db.execute(
        select(CourseEdition.id, CourseEdition.number, CourseEdition.title, CourseEdition.published_at)
        .join(Course, Course.id == CourseEdition.course_id)
        .where(Course.slug == slug)
        .order_by(CourseEdition.number.desc())
    )
    return [EditionFacts(*row) for row in rows]


def followers_of(db: Session, slug: str) -> tuple[tuple[int, int], ...]:
    """How many people follow each edition of a course, by its number; the newest first, and none without people."""
    rows = db.execute(
        select(CourseEdition.number, func.count(Enrolment.id))
        .join(Course, Course.id == CourseEdition.course_id)
        .join(Enrolment, Enrolment.edition_id == CourseEdition.id)
        .where(
            Course.slug == slug,
            Enrolment.withdrawn_at.is_(None),
            Enrolment.expired_at.is_(None),
            Enrolment.completed_at.is_(None),
        )
        .group_by(CourseEdition.number)
        .order_by(CourseEdition.number.desc())
    )
    return tuple((number, people) for number, people in rows)


def intervention_of(db: Session, slug: str) -> int | None:
    return db.scalar(select(Course.intervention_id).where(Course.slug == slug))


def draft_id_of(db: Session, slug: str) -> int | None:
    return db.scalar(select(CourseDraft.id).where(CourseDraft.slug == slug))


def modules_in(text: str, paths: Iterable[str]) -> dict[str, str]:
    """The modules of a course with their titles, in order; also of one whose course.yaml is broken."""
    from app.courses.files.document import plain, read_yaml  # noqa: PLC0415 - few requests read courses
    from app.courses.files.problems import Problems  # noqa: PLC0415

    document = read_yaml(text, "course.yaml", Problems())
    facts = plain(document.node) if document is not None else None
    listed = facts.get("modules") if isinstance(facts, dict) else None
    found = {
        str(one["slug"]): str(one.get("title") or one["slug"])
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict) and one.get("slug")
    }
    for path in sorted(paths):
        if (slug := rules.module_of(path)) and slug not in found:
            found[slug] = slug.replace("-", " ").capitalize()
    return found


@dataclass(frozen=True)
class FileFacts:
    """One file of a draft as its page begins. `text` is None for a picture or media."""

    id: int
    draft_id: int
    path: str
    kind: Kind
    text: str | None
    storage_key: str | None
    media_type: str
    size: int
    sha256: str
    width: int | None
    height: int | None
    version: int
    changed_at: datetime
    changed_by: str
    removed: bool


def file_facts(db: Session, slug: str, file_id: int) -> FileFacts:
    """One file of the draft of a course. Raises: NotFound."""
    row = db.execute(
        select(DraftFile, DraftFile.text)
        .join(CourseDraft, CourseDraft.id == DraftFile.draft_id)
        .where(CourseDraft.slug == slug, DraftFile.id == file_id)
    ).first()
    if row is None:
        raise NotFound
    file = row.DraftFile
    by = person_names(db, [file.changed_by_id]).get(file.changed_by_id, "") if file.changed_by_id else ""
    return FileFacts(
        id=file.id,
        draft_id=file.draft_id,
        path=file.path,
        kind=rules.kind_of(file.path),
        text=row.text,
        storage_key=file.storage_key,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        width=file.width,
        height=file.height,
        version=file.version,
        changed_at=file.changed_at,
        changed_by=by,
        removed=file.removed_at is not None,
    )


def file_named(db: Session, slug: str, path: str) -> FileFacts:
    """The file of the draft of a course that stands at a path. Raises: NotFound."""
    id_ = db.scalar(
        select(DraftFile.id)
        .join(CourseDraft, CourseDraft.id == DraftFile.draft_id)
        .where(CourseDraft.slug == slug, DraftFile.path == path, DraftFile.removed_at.is_(None))
    )
    if id_ is None:
        raise NotFound
    return file_facts(db, slug, id_)


def modules_ever(db: Session, slug: str, draft_id: int) -> set[str]:
    """The names of modules that have or had files in the draft, and of those that any edition has files of."""
    published = (
        select(CourseFile.path)
        .join(CourseEdition, CourseEdition.id == CourseFile.edition_id)
        .join(Course, Course.id == CourseEdition.course_id)
        .where(Course.slug == slug, CourseFile.path.startswith("modules/"))
        .distinct()
    )
    drafted = select(DraftFile.path).where(DraftFile.draft_id == draft_id)
    return {rules.module_of(path) for path in [*db.scalars(drafted), *db.scalars(published)]}


def title_of_course(head: Stored | None, slug: str) -> str:
    """What a course is called in its course.yaml."""
    return (rules.title_in(head.text) if head is not None else "") or slug


@dataclass(frozen=True)
class StoredFile:
    """Where a picture or media of a draft stands."""

    key: str
    size: int
    sha256: str
    media_type: str


def stored_file(db: Session, slug: str, name: str) -> StoredFile:
    """A picture or media of the draft of a course, by its name. Raises: NotFound."""
    row = db.execute(
        select(DraftFile.storage_key, DraftFile.size, DraftFile.sha256, DraftFile.media_type)
        .join(CourseDraft, CourseDraft.id == DraftFile.draft_id)
        .where(
            CourseDraft.slug == slug,
            DraftFile.path.in_([f"images/{name}", f"media/{name}"]),
            DraftFile.removed_at.is_(None),
        )
    ).first()
    if row is None or row.storage_key is None:
        raise NotFound
    return StoredFile(row.storage_key, row.size, row.sha256, row.media_type)
