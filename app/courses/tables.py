"""What is taught, in which edition, and who follows it with whom."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import NOT_PERSONAL, Base, Id, pii, refers_to_person


class Intervention(Base):
    """A planned approach such as Mijn Verhaal. Retention: no personal data."""

    __tablename__ = "intervention"

    id: Mapped[Id] = mapped_column(init=False)
    slug: Mapped[str] = mapped_column(unique=True, info=NOT_PERSONAL)
    name: Mapped[str] = mapped_column(info=NOT_PERSONAL)


class Course(Base):
    """A training that leads to a certification for one intervention. Retention: no personal data."""

    __tablename__ = "course"

    id: Mapped[Id] = mapped_column(init=False)
    slug: Mapped[str] = mapped_column(unique=True, info=NOT_PERSONAL)
    intervention_id: Mapped[int] = mapped_column(ForeignKey("intervention.id"), index=True)


class CourseEdition(Base):
    """A published state of a course, never changed; enrolments are pinned to it.

    `outline`, `rubric`, `policy` and `core_elements` are the dumps of the models in `courses.content`.
    `content_hash` differs from that of the edition before it; who goes back to older words makes it anew.
    Retention: no personal data.
    """

    __tablename__ = "course_edition"
    __table_args__ = (UniqueConstraint("course_id", "number"),)

    id: Mapped[Id] = mapped_column(init=False)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    number: Mapped[int]
    content_hash: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    title: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    summary: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    sample: Mapped[bool]
    outline: Mapped[dict[str, Any]] = mapped_column(info=NOT_PERSONAL)
    rubric: Mapped[dict[str, Any]] = mapped_column(info=NOT_PERSONAL)
    policy: Mapped[dict[str, Any]] = mapped_column(info=NOT_PERSONAL)
    published_at: Mapped[datetime]


class Lesson(Base):
    """One lesson of an edition with its rendered text; `blocks` are what the page fills in (`courses.files.doing`).

    `passages` are its paragraphs as (id, words).

    Retention: no personal data.
    """

    __tablename__ = "lesson"
    __table_args__ = (UniqueConstraint("edition_id", "slug"),)

    id: Mapped[Id] = mapped_column(init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), index=True)
    module_slug: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    slug: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    minutes: Mapped[int]
    required: Mapped[bool]
    intro: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    image: Mapped[dict[str, Any] | None] = mapped_column(info=NOT_PERSONAL)
    headings: Mapped[list[Any]] = mapped_column(info=NOT_PERSONAL)
    html: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    source: Mapped[str] = mapped_column(deferred=True, info=NOT_PERSONAL)
    blocks: Mapped[list[Any]] = mapped_column(info=NOT_PERSONAL)
    passages: Mapped[list[Any]] = mapped_column(deferred=True, info=NOT_PERSONAL)


class Quiz(Base):
    """A knowledge check at the end of a module; from each pool so many questions as `draws` says are asked.

    Retention: no personal data.
    """

    __tablename__ = "quiz"
    __table_args__ = (UniqueConstraint("edition_id", "slug"),)

    id: Mapped[Id] = mapped_column(init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), index=True)
    module_slug: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    slug: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    title: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    minutes: Mapped[int]
    intro: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    questions: Mapped[list[Any]] = mapped_column(info=NOT_PERSONAL)
    draws: Mapped[dict[str, Any]] = mapped_column(default_factory=dict, info=NOT_PERSONAL)


class PracticalAssignment(Base):
    """A practical assignment as the edition defines it. Retention: no personal data."""

    __tablename__ = "practical_assignment"
    __table_args__ = (UniqueConstraint("edition_id", "slug"),)

    id: Mapped[Id] = mapped_column(init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), index=True)
    slug: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    code: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    definition: Mapped[dict[str, Any]] = mapped_column(info=NOT_PERSONAL)


class HandbookSession(Base):
    """The script of one meeting with a group, from the handbook. Retention: no personal data."""

    __tablename__ = "handbook_session"
    __table_args__ = (UniqueConstraint("edition_id", "slug"),)

    id: Mapped[Id] = mapped_column(init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), index=True)
    slug: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    script: Mapped[dict[str, Any]] = mapped_column(info=NOT_PERSONAL)
    html: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    passages: Mapped[list[Any]] = mapped_column(deferred=True, info=NOT_PERSONAL)


class CourseImage(Base):
    """A picture of an edition; the file stands in the store. Retention: no personal data."""

    __tablename__ = "course_image"
    __table_args__ = (UniqueConstraint("edition_id", "name"),)

    id: Mapped[Id] = mapped_column(init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), index=True)
    name: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    storage_key: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    sha256: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    width: Mapped[int]
    height: Mapped[int]


class CourseFile(Base):
    """One file of an edition as its author wrote it, so that an export gives back what was published.

    A text stands in `text`; what is no text stands in the store, under its own digest. Retention: no personal data.
    """

    __tablename__ = "course_file"
    __table_args__ = (UniqueConstraint("edition_id", "path"),)

    id: Mapped[Id] = mapped_column(init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), index=True)
    path: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    sha256: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    text: Mapped[str | None] = mapped_column(default=None, deferred=True, info=NOT_PERSONAL)
    storage_key: Mapped[str | None] = mapped_column(default=None, info=NOT_PERSONAL)


class SearchEntry(Base):
    """A paragraph of an edition that can be found; made when it is published. Retention: no personal data."""

    __tablename__ = "search_entry"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)

    id: Mapped[Id] = mapped_column(init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    slug: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    title: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    anchor: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    words: Mapped[str] = mapped_column(info=NOT_PERSONAL)


class SearchTerm(Base):
    """A stem, and the numbers of the paragraphs that have it. Retention: no personal data."""

    __tablename__ = "search_term"
    __table_args__ = (UniqueConstraint("edition_id", "term"),)

    id: Mapped[Id] = mapped_column(init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"))
    term: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    entries: Mapped[list[Any]] = mapped_column(info=NOT_PERSONAL)


class Cohort(Base):
    """An opleidingsgroep: people who follow an edition in the same period.

    Retention: no personal data of its own.
    """

    __tablename__ = "cohort"
    __table_args__ = (CheckConstraint("seats BETWEEN 1 AND 500", name="seats"),)

    id: Mapped[Id] = mapped_column(init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), index=True)
    name: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    seats: Mapped[int]
    contact_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), info=refers_to_person("who answers questions of the cohort")
    )
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Enrolment(Base):
    """A professional in a cohort, pinned to an edition. Its stage is derived, see `courses.rules`.

    `practice_edition_id`: the one in which practice began; who moves to a newer edition goes on with practice in it.
    Retention: end of certification + 24 months, then the name goes (domain.md 8.5).
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("person_id", "cohort_id"),
        Index(
            "uq_enrolment_open",
            "person_id",
            "course_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL AND expired_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL AND expired_at IS NULL"),
        ),
    )

    id: Mapped[Id] = mapped_column(init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=refers_to_person("following a training"))
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), index=True)
    created_at: Mapped[datetime]
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"), default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    paused_at: Mapped[datetime | None] = mapped_column(default=None)
    completed_at: Mapped[datetime | None] = mapped_column(default=None)
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    expired_at: Mapped[datetime | None] = mapped_column(default=None)
    practice_edition_id: Mapped[int | None] = mapped_column(ForeignKey("course_edition.id"), default=None, index=True)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class CoachAssignment(Base):
    """Who coaches an enrolment, from - until. Retention: with the enrolment."""

    __tablename__ = "coach_assignment"
    __table_args__ = (
        Index(
            "uq_coach_assignment_current",
            "enrolment_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )

    id: Mapped[Id] = mapped_column(init=False)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    coach_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("coaching"))
    since: Mapped[datetime]
    until: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(default="", info=pii("free text", "coaching", "24 months", "delete"))


class CoachProfile(Base):
    """How many people and visits a week a coach can take on, and in which places. Retention: account + 24 months."""

    __tablename__ = "coach_profile"
    __table_args__ = (
        CheckConstraint("people_max BETWEEN 0 AND 100", name="people_max"),
        CheckConstraint("visits_per_week BETWEEN 0 AND 20", name="visits_per_week"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, info=refers_to_person("coaching"))
    people_max: Mapped[int]
    visits_per_week: Mapped[int]
    regions: Mapped[list[Any]] = mapped_column(
        info=pii("person", "to find a coach nearby", "account + 24 months", "delete")
    )
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class CoachAbsence(Base):
    """Days on which a coach is away, with the kind of reason and no more. Retention: 90 days after the last day."""

    __tablename__ = "coach_absence"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends"),
        CheckConstraint("reason IN ('ill', 'holiday', 'leave', 'other')", name="reason"),
    )

    id: Mapped[Id] = mapped_column(init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("coaching"))
    reason: Mapped[str] = mapped_column(info=pii("person", "to plan around it", "90 days", "delete"))
    starts_on: Mapped[date]
    noted_at: Mapped[datetime]
    noted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=refers_to_person("accountability"))
    ends_on: Mapped[date | None] = mapped_column(default=None)


class CoachHandover(Base):
    """People of one coach went to others: until a day (`back_on`, then they come back), or for good.

    Why stands in the ledger. `ended_at`: they came back, or it was made final. Retention: with the enrolments.
    """

    __tablename__ = "coach_handover"
    __table_args__ = (
        Index(
            "ix_coach_handover_due",
            "back_on",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Id] = mapped_column(init=False)
    coach_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("coaching"))
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=refers_to_person("accountability"))
    back_on: Mapped[date | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class CoachHandoverMove(Base):
    """A coach assignment that is on loan by a hand-over: when that ends, the person goes back.

    Who goes on to a third coach while on loan takes the row along; an admin who chooses another coach for somebody
    drops it. Retention: with the enrolment.
    """

    __tablename__ = "coach_handover_move"

    assignment_id: Mapped[int] = mapped_column(ForeignKey("coach_assignment.id"), primary_key=True)
    handover_id: Mapped[int] = mapped_column(ForeignKey("coach_handover.id"), primary_key=True, index=True)


class EnrolmentExtension(Base):
    """More days for a training than its policy gives; why stands in the ledger. Retention: with the enrolment."""

    __tablename__ = "enrolment_extension"
    __table_args__ = (CheckConstraint("days BETWEEN 1 AND 180", name="days"),)

    id: Mapped[Id] = mapped_column(init=False)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    days: Mapped[int]
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=refers_to_person("accountability"))
