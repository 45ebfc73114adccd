"""What authors work at before it is published."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import NOT_PERSONAL, Base, Id, refers_to_person


class CourseDraft(Base):
    """The next edition of a course while it is written; one for each course, by its slug.

    `base_edition_id`: the edition that it was made from, or became. `version` counts every change of any of its
    files. Retention: until an author throws it away; of people only who worked at it.
    """

    __tablename__ = "course_draft"

    id: Mapped[Id] = mapped_column(init=False)
    slug: Mapped[str] = mapped_column(unique=True, info=NOT_PERSONAL)
    base_edition_id: Mapped[int | None] = mapped_column(ForeignKey("course_edition.id"), index=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), info=refers_to_person("accountability"))
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class DraftFile(Base):
    """One file of a draft, as `course_file` is of an edition; with who wrote it last.

    What is removed stays until the draft is published, so that it can come back. Retention: with the draft.
    """

    __tablename__ = "draft_file"
    __table_args__ = (
        Index(
            "uq_draft_file_path",
            "draft_id",
            "path",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    id: Mapped[Id] = mapped_column(init=False)
    draft_id: Mapped[int] = mapped_column(ForeignKey("course_draft.id"), index=True)
    path: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    sha256: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), index=True, info=refers_to_person("accountability")
    )
    text: Mapped[str | None] = mapped_column(default=None, deferred=True, info=NOT_PERSONAL)
    storage_key: Mapped[str | None] = mapped_column(default=None, info=NOT_PERSONAL)
    width: Mapped[int | None] = mapped_column(default=None)
    height: Mapped[int | None] = mapped_column(default=None)
    removed_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(default=1)


class CourseIntake(Base):
    """A zip that somebody sent to become a draft, until it was read, and then what came of it.

    `replaces`: a draft that is there already may go. `refused` is a code, `problems` the places in the zip that it is
    about, and `slug` the course that it holds; both empty while it waits. `sent_key` is what the sender calls this
    zip, so that the same one sent twice is one. Retention: the file until it was read, a day at most; the row a day
    longer.
    """

    __tablename__ = "course_intake"

    id: Mapped[Id] = mapped_column(init=False)
    sent_at: Mapped[datetime]
    sent_by_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=refers_to_person("accountability")
    )
    size: Mapped[int]
    replaces: Mapped[bool]
    storage_key: Mapped[str | None] = mapped_column(info=NOT_PERSONAL)
    sent_key: Mapped[str | None] = mapped_column(default=None, unique=True, info=NOT_PERSONAL)
    read_at: Mapped[datetime | None] = mapped_column(default=None)
    slug: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
    refused: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
    problems: Mapped[list[Any]] = mapped_column(default_factory=list, info=NOT_PERSONAL)
