"""What authors do to a draft. A change of a text is kept at once; nothing of it is seen by who learns."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, insert, literal, null, select
from sqlalchemy.orm import Session

from app.courses.drafts import rules
from app.courses.drafts.queries import modules_in
from app.courses.drafts.rules import Kind, Numbered
from app.courses.drafts.tables import CourseDraft, DraftFile
from app.courses.tables import Course, CourseEdition, CourseFile, CourseImage
from app.kit.errors import Forbidden, NotFound, Refused
from app.ledger.actions import record
from app.people.rules import Role, Viewer

SILENT: Final = {"synchronize_session": False}


def must_write(by: Viewer) -> None:
    """Raises: Forbidden for who is neither author nor admin."""
    if not (by.is_admin or by.has(Role.AUTHOR)):
        raise Forbidden


def draft_at(db: Session, *, by: Viewer, slug: str) -> CourseDraft:
    """The draft of a course, locked: who changes something in it comes one after the other. Raises: NotFound."""
    must_write(by)
    found = db.scalar(select(CourseDraft).where(CourseDraft.slug == slug).with_for_update())
    if found is None:
        raise NotFound
    return found


def file_at(db: Session, draft: CourseDraft, file_id: int) -> DraftFile:
    """A file of the draft, also one that was taken away. Raises: NotFound."""
    found = db.scalar(select(DraftFile).where(DraftFile.id == file_id, DraftFile.draft_id == draft.id))
    if found is None:
        raise NotFound
    return found


def begin_draft(db: Session, *, by: Viewer, slug: str, now: datetime) -> int:
    """Make a draft of the newest edition; the one that is there when somebody was first.

    Raises: NotFound; Refused for an edition that was made before editions kept their files.
    """
    must_write(by)
    edition = db.execute(
        select(CourseEdition.id, CourseEdition.number)
        .join(Course, Course.id == CourseEdition.course_id)
        .where(Course.slug == slug)
        .order_by(CourseEdition.number.desc())
        .limit(1)
    ).first()
    if edition is None:
        raise NotFound
    known = db.scalar(select(CourseDraft.id).where(CourseDraft.slug == slug))
    if known is not None:
        return known
    if db.scalar(select(func.count(CourseFile.id)).where(CourseFile.edition_id == edition.id)) == 0:
        raise Refused("edition_without_files")
    draft = new_draft(db, slug=slug, base_edition_id=edition.id, by_id=by.id, now=now)
    copy_edition(db, draft, edition.id, now=now)
    record(db, "courses.draft_begun", actor_id=by.id, subject=("course_draft", draft.id), now=now, course=slug)
    return draft.id


def new_draft(db: Session, *, slug: str, base_edition_id: int | None, by_id: int | None, now: datetime) -> CourseDraft:
    draft = CourseDraft(slug=slug, base_edition_id=base_edition_id, made_at=now, made_by_id=by_id, changed_at=now)
    db.add(draft)
    db.flush()
    return draft


def copy_edition(db: Session, draft: CourseDraft, edition_id: int, *, now: datetime) -> None:
    """Let the files of a draft be those of an edition."""
    columns = ("path", "sha256", "size", "media_type", "text", "storage_key")
    copied = (
        select(
            literal(draft.id),
            *(getattr(CourseFile, name) for name in columns),
            CourseImage.width,
            CourseImage.height,
            literal(now, CourseDraft.changed_at.type),
            null(),
            literal(1),
        )
        .outerjoin(
            CourseImage,
            (CourseImage.edition_id == CourseFile.edition_id) & (CourseFile.path == "images/" + CourseImage.name),
        )
        .where(CourseFile.edition_id == edition_id)
        .order_by(CourseFile.path)
    )
    into = ["draft_id", *columns, "width", "height", "changed_at", "changed_by_id", "version"]
    db.execute(insert(DraftFile).from_select(into, copied, include_defaults=False))


def drop_draft(db: Session, *, by: Viewer, slug: str, version: int, now: datetime) -> None:
    """Throw a draft away, with all that was written since the edition.

    Raises: Refused when somebody wrote in it since she looked, for it cannot be undone.
    """
    draft = draft_at(db, by=by, slug=slug)
    if draft.version != version:
        raise Refused("draft_went_on")
    db.execute(delete(DraftFile).where(DraftFile.draft_id == draft.id).execution_options(**SILENT))
    db.delete(draft)
    record(db, "courses.draft_dropped", actor_id=by.id, subject=("course_draft", draft.id), now=now, course=slug)


def keep_text(db: Session, *, by: Viewer, slug: str, file_id: int, text: str, version: int, now: datetime) -> int:
    """Keep a text as it is now; gives its new version. What stands already word for word is no quarrel.

    Raises: NotFound; Refused, with "stale_text" when somebody else kept another one since, "text_too_long", and
    "text_gone" when it was taken away.
    """
    draft = draft_at(db, by=by, slug=slug)
    file = file_at(db, draft, file_id)
    if file.storage_key is not None:
        raise NotFound
    if file.removed_at is not None:
        raise Refused("text_gone")
    content = text.encode()
    if len(content) > rules.TEXT_MOST:
        raise Refused("text_too_long")
    digest = rules.digest_of(text)
    if digest == file.sha256:
        return file.version
    if version != file.version:
        raise Refused("stale_text")
    file.text, file.sha256, file.size = text, digest, len(content)
    file.version += 1
    touch(draft, file, by_id=by.id, now=now)
    db.flush()
    return file.version


def touch(draft: CourseDraft, file: DraftFile | None, *, by_id: int | None, now: datetime) -> None:
    """Note that something in the draft changed, and who did that to a file."""
    draft.version += 1
    draft.changed_at = now
    if file is not None:
        file.changed_at, file.changed_by_id = now, by_id


def add_text(db: Session, draft: CourseDraft, path: str, text: str, *, by_id: int | None, now: datetime) -> DraftFile:
    """A new text in a draft. Raises: Refused when there is one, or when there are too many files."""
    return _add(
        db,
        draft,
        DraftFile(
            draft_id=draft.id,
            path=path,
            sha256=rules.digest_of(text),
            size=len(text.encode()),
            media_type=rules.media_type_of(path),
            text=text,
            changed_at=now,
            changed_by_id=by_id,
        ),
    )


def _add(db: Session, draft: CourseDraft, file: DraftFile) -> DraftFile:
    if not rules.is_path(file.path):
        raise Refused("bad_path")
    there = paths_in(db, draft)
    if file.path in there:
        raise Refused("file_is_there")
    _must_fit(db, draft, there, file.size)
    db.add(file)
    touch(draft, file, by_id=file.changed_by_id, now=file.changed_at)
    db.flush()
    return file


def _must_fit(db: Session, draft: CourseDraft, there: Collection[str], more: int) -> None:
    """What was taken away counts as well, for its files stay until the draft is published; its row is held meanwhile.

    Raises: Refused.
    """
    if len(there) >= rules.FILES_MOST:
        raise Refused("too_many_files", most=rules.FILES_MOST)
    kept = db.scalar(select(func.sum(DraftFile.size)).where(DraftFile.draft_id == draft.id)) or 0
    if kept + more > rules.UNPACKED_MOST:
        raise Refused("draft_full", megabytes=rules.UNPACKED_MOST // 1024 // 1024)


def add_stored(
    db: Session, draft: CourseDraft, path: str, found: Mapping[str, object], *, by_id: int | None, now: datetime
) -> DraftFile:
    """A picture, film, sound or paper whose file stands in the store; `found`: the other columns of its row."""
    file = DraftFile(draft_id=draft.id, path=path, changed_at=now, changed_by_id=by_id, **found)  # type: ignore[arg-type]
    return _add(db, draft, file)


def add_picture(db: Session, *, by: Viewer, slug: str, wanted: str, found: Mapping[str, object], now: datetime) -> str:
    """A picture by the name that it wants, or the next that is free; the very same one is not kept twice."""
    draft = draft_at(db, by=by, slug=slug)
    same = db.scalar(
        select(DraftFile.path).where(
            DraftFile.draft_id == draft.id,
            DraftFile.sha256 == found["sha256"],
            DraftFile.path.startswith("images/"),
            DraftFile.removed_at.is_(None),
        )
    )
    if same is not None:
        return same.removeprefix("images/")
    stem = wanted.removesuffix(".webp")
    taken = [path.removeprefix("images/").removesuffix(".webp") for path in paths_in(db, draft)]
    name = f"{rules.free(stem, taken)}.webp"
    add_stored(db, draft, f"images/{name}", found, by_id=by.id, now=now)
    return name


def add_media(
    db: Session, *, by: Viewer, slug: str, wanted: str, found: Mapping[str, object], beside: bool = False, now: datetime
) -> str:
    """A film, sound, paper or captions by this name; gives the name.

    One that is there already goes, for a text names it so. `beside`: another one stays, and this gets a free name.
    """
    draft = draft_at(db, by=by, slug=slug)
    here = (DraftFile.draft_id == draft.id, DraftFile.path == f"media/{wanted}", DraftFile.removed_at.is_(None))
    if beside:
        known = db.scalar(select(DraftFile.sha256).where(*here))
        if known == found["sha256"]:
            return wanted
        stem, _, suffix = wanted.rpartition(".")
        taken = [path.removeprefix("media/").removesuffix(f".{suffix}") for path in paths_in(db, draft)]
        wanted = f"{rules.free(stem, taken)}.{suffix}"
    else:
        db.execute(delete(DraftFile).where(*here).execution_options(**SILENT))
    add_stored(db, draft, f"media/{wanted}", found, by_id=by.id, now=now)
    return wanted


def paths_in(db: Session, draft: CourseDraft) -> set[str]:
    """Where the files of a draft stand that were not taken away."""
    rows = db.scalars(select(DraftFile.path).where(DraftFile.draft_id == draft.id, DraftFile.removed_at.is_(None)))
    return set(rows)


def add_lesson(db: Session, *, by: Viewer, slug: str, module: str, title: str, now: datetime) -> int:
    """A lesson at the end of a module, with a first line to begin from; gives its file.

    Raises: Refused when there is no such module.
    """
    draft = draft_at(db, by=by, slug=slug)
    there = paths_in(db, draft)
    folder = folder_of(db, draft, there, module)
    lessons = [path for path in there if rules.kind_of(path) is Kind.LESSON]
    name = rules.free(rules.slug_from(title) or "les", (Numbered.of(path).slug for path in lessons))
    number = rules.next_number(path for path in lessons if path.startswith(f"{folder}/"))
    text = _first_words(title)
    return add_text(db, draft, f"{folder}/{number:02d}-{name}.md", text, by_id=by.id, now=now).id


def folder_of(db: Session, draft: CourseDraft, there: Collection[str], module: str) -> str:
    """Where the lessons and the check of a module stand, or will: its place is its number while no other has that.

    Raises: Refused when there is no such module.
    """
    folders = {path.rpartition("/")[0] for path in there if rules.module_of(path)}
    found = next((one for one in sorted(folders) if Numbered.of(one).slug == module), None)
    if found is not None:
        return found
    head = select(DraftFile.text).where(DraftFile.draft_id == draft.id, DraftFile.path == "course.yaml")
    known = list(modules_in(db.scalar(head.where(DraftFile.removed_at.is_(None))) or "", there))
    if module not in known or not rules.SLUG.fullmatch(module):
        raise Refused("unknown_module", "module")
    number = known.index(module) + 1
    if number in {Numbered.of(one).number for one in folders}:
        number = rules.next_number(folders)
    return f"modules/{number:02d}-{module}"


def _first_words(title: str) -> str:
    from app.courses.files.heads import Split, with_facts  # noqa: PLC0415

    empty = Split((), {}, "\nSchrijf hier je les.\n")
    made = with_facts(empty, {"title": title, "minutes": 10, "intro": "Waar gaat deze les over?"})
    if made is None:
        raise Refused("head_broken", "title")
    return made.text


def move(db: Session, *, by: Viewer, slug: str, file_id: int, up: bool, now: datetime) -> None:
    """Let a lesson, assignment or script change places with the one above or below it; the others are numbered anew."""
    draft = draft_at(db, by=by, slug=slug)
    file = file_at(db, draft, file_id)
    kind = rules.kind_of(file.path)
    if file.removed_at is not None or kind not in rules.MOVABLE:
        raise Refused("cannot_move")
    folder = file.path.rpartition("/")[0]
    family = {
        one.path: one
        for one in db.scalars(
            select(DraftFile).where(
                DraftFile.draft_id == draft.id, DraftFile.removed_at.is_(None), DraftFile.path.startswith(f"{folder}/")
            )
        )
        if rules.kind_of(one.path) is kind
    }
    renamed = rules.swapped(list(family), file.path, up=up)
    for old in renamed:  # out of the way first: two may change names
        family[old].path = f"{old}~"
    db.flush()
    for old, new in renamed.items():
        family[old].path = new
    if renamed:
        touch(draft, file, by_id=by.id, now=now)
    db.flush()


def remove(db: Session, *, by: Viewer, slug: str, file_id: int, now: datetime) -> str:
    """Take a file out of the draft; it can come back until the draft is published. Gives its path."""
    draft = draft_at(db, by=by, slug=slug)
    file = file_at(db, draft, file_id)
    if rules.kind_of(file.path) not in rules.REMOVABLE:
        raise Refused("cannot_remove")
    if file.removed_at is None:
        file.removed_at = now
        touch(draft, file, by_id=by.id, now=now)
    return file.path


def put_back(db: Session, *, by: Viewer, slug: str, file_id: int, now: datetime) -> None:
    """Put back what was taken out; at the end, when its number was given away. Raises: Refused when its name was."""
    draft = draft_at(db, by=by, slug=slug)
    file = file_at(db, draft, file_id)
    if file.removed_at is None:
        return
    there, kind, own = paths_in(db, draft), rules.kind_of(file.path), Numbered.of(file.path)
    if kind in rules.MOVABLE:
        family = [Numbered.of(path) for path in there if rules.kind_of(path) is kind]
        if own.slug in {one.slug for one in family}:
            raise Refused("file_is_there")
        beside = [one for one in family if one.folder == own.folder]
        if own.number in {one.number for one in beside}:
            file.path = own.at(max(one.number for one in beside) + 1)
    if file.path in there:
        raise Refused("file_is_there")
    _must_fit(db, draft, there, 0)
    file.removed_at = None
    touch(draft, file, by_id=by.id, now=now)


def replace_files(
    db: Session, draft: CourseDraft, files: Mapping[str, Mapping[str, object]], *, by_id: int | None, now: datetime
) -> None:
    """Let a draft hold exactly these files, such as those of a folder; what it held goes. Values: columns by path."""
    db.execute(delete(DraftFile).where(DraftFile.draft_id == draft.id).execution_options(**SILENT))
    fixed = {"draft_id": draft.id, "changed_at": now, "changed_by_id": by_id, "version": 1}
    empty = dict.fromkeys(("text", "storage_key", "width", "height", "removed_at"))
    if files:
        rows = [empty | fixed | {"path": path} | dict(row) for path, row in sorted(files.items())]
        db.execute(insert(DraftFile), rows)
    touch(draft, None, by_id=by_id, now=now)


def changed_texts_of(db: Session, person_id: int) -> list[dict[str, str]]:
    """For the copy of somebody's own data: which parts of courses she wrote last."""
    rows = db.execute(
        select(CourseDraft.slug, DraftFile.path, DraftFile.changed_at)
        .join(CourseDraft, CourseDraft.id == DraftFile.draft_id)
        .where(DraftFile.changed_by_id == person_id)
        .order_by(DraftFile.id)
    )
    return [{"course": row.slug, "file": row.path, "at": row.changed_at.isoformat()} for row in rows]
