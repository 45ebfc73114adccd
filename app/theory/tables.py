"""What somebody read and answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import NOT_PERSONAL, Base, Id, pii, refers_to_person


class LessonCompletion(Base):
    """A lesson that is done; the set of an enrolment only grows.

    Retention: with the enrolment.
    """

    __tablename__ = "lesson_completion"
    __table_args__ = (UniqueConstraint("enrolment_id", "lesson_slug"),)

    id: Mapped[Id] = mapped_column(init=False)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), index=True)
    lesson_slug: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    completed_at: Mapped[datetime]


class ChangedLesson(Base):
    """A lesson that somebody had done and has to read again, since the edition that she moved to changed it.

    Open (`done_at` is None) only for the edition that she follows now: the next move takes the row along, or away.
    Retention: with the enrolment.
    """

    __tablename__ = "changed_lesson"
    __table_args__ = (UniqueConstraint("enrolment_id", "edition_id", "lesson_slug"),)

    id: Mapped[Id] = mapped_column(init=False)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), index=True)
    lesson_slug: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None] = mapped_column(default=None)


class QuizAttempt(Base):
    """A knowledge check that was handed in, with its answers; never changed.

    `asked`: its questions in order, each with the order of its choices (`questions.Asked`); empty for attempts from
    before there was a draw, in which every question of the check was asked as it was written.
    Retention: answers 1 year after the end, the result with the enrolment.
    """

    __tablename__ = "quiz_attempt"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "quiz_slug", "number"),
        CheckConstraint("score_pct BETWEEN 0 AND 100", name="score"),
    )

    id: Mapped[Id] = mapped_column(init=False)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), index=True)
    quiz_slug: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    number: Mapped[int]
    answers: Mapped[dict[str, Any]] = mapped_column(
        info=pii("person", "to learn from the check", "1 year after the end", "delete")
    )
    score_pct: Mapped[int]
    critical_right: Mapped[bool]
    passed: Mapped[bool]
    submitted_at: Mapped[datetime]
    asked: Mapped[list[Any]] = mapped_column(default_factory=list, info=NOT_PERSONAL)


class ReadingPlace(Base):
    """Where somebody was in a lesson when she last read it, so that any device goes on from there.

    `anchor` is the id of the paragraph. What arrives late does not move it back. Retention: with the enrolment.
    """

    __tablename__ = "reading_place"
    __table_args__ = (UniqueConstraint("enrolment_id", "lesson_slug"),)

    id: Mapped[Id] = mapped_column(init=False)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    lesson_slug: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    anchor: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    seen_at: Mapped[datetime]


class LessonWork(Base):
    """What somebody did with a block of a lesson: wrote (LessonReflection), answered, looked and listened.

    `facts` holds the chosen answers, or the parts that were played, of the block as it is in `edition_id`: they count
    on in an edition that asks or plays the same (`courses.changes.blocks_alike`). `kind` is that of the block when she
    last did something with it. `done_at` is set once and stays. What is written is hers alone until she shares it with
    her coach, and again after she withdraws that. `read_at`: when her coach first saw it since then.
    Retention: its owner empties it any time; else until 24 months after the certification, or the training, ended.
    """

    __tablename__ = "lesson_work"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "lesson_slug", "block_id"),
        CheckConstraint("kind IN ('reflection', 'question', 'video', 'audio')", name="kind"),
    )

    id: Mapped[Id] = mapped_column(init=False)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), index=True)
    lesson_slug: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    block_id: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    kind: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    saved_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(
        default="", info=pii("free text", "to learn from the lesson", "end of certification + 24 months", "delete")
    )
    facts: Mapped[dict[str, Any]] = mapped_column(
        default_factory=dict,
        info=pii("person", "to learn from the lesson", "end of certification + 24 months", "delete"),
    )
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    shared_at: Mapped[datetime | None] = mapped_column(default=None)
    read_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class LessonTime(Base):
    """For how long somebody was active in a lesson until it was done, in a course that measures it.

    `told_at`: until when it was counted; `day_seconds`: those of that day. docs/decisions/0020 says who sees what.
    Retention: 1 year after the end.
    """

    __tablename__ = "lesson_time"
    __table_args__ = (UniqueConstraint("enrolment_id", "lesson_slug"),)

    id: Mapped[Id] = mapped_column(init=False)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    lesson_slug: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    told_at: Mapped[datetime]
    seconds: Mapped[int] = mapped_column(
        default=0, info=pii("person", "to put right how long a lesson takes", "1 year after the end", "delete")
    )
    day_seconds: Mapped[int] = mapped_column(
        default=0, info=pii("person", "to put right how long a lesson takes", "1 year after the end", "delete")
    )


class LessonNote(Base):
    """A passage that somebody saved, with or without a note; hers alone. `quote` stays when the text changes.

    `anchor` is the id of the paragraph, empty for a note on the whole lesson.
    Retention: its owner deletes it any time; else until 24 months after the certification, or the training, ended.
    """

    __tablename__ = "lesson_note"

    id: Mapped[Id] = mapped_column(init=False)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), index=True)
    lesson_slug: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    anchor: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    quote: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    made_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(
        default="", info=pii("free text", "to learn from the lesson", "end of certification + 24 months", "delete")
    )
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class QuizDraft(Base):
    """A check that somebody is making: what is asked, in which order, and her answers so far. Hers alone.

    `seed` decided what was drawn and how it was shuffled. A draft stays with the edition that it was begun in.
    Retention: until it is handed in, and at most 1 year after the end.
    """

    __tablename__ = "quiz_draft"
    __table_args__ = (UniqueConstraint("enrolment_id", "quiz_slug"),)

    id: Mapped[Id] = mapped_column(init=False)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), index=True)
    quiz_slug: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    number: Mapped[int]
    seed: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    asked: Mapped[list[Any]] = mapped_column(info=NOT_PERSONAL)
    answers: Mapped[dict[str, Any]] = mapped_column(
        info=pii("person", "to go on where one stopped", "1 year after the end", "delete")
    )
    begun_at: Mapped[datetime]
    saved_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class OpenAnswer(Base):
    """An answer in words that lies with the coach. The text stands in the attempt; here that she read it.

    `words`: what she wrote back, for the professional to read with the attempt; `seen_at`: when that was opened.
    Retention: 1 year after the end.
    """

    __tablename__ = "open_answer"
    __table_args__ = (UniqueConstraint("attempt_id", "question_id"),)

    id: Mapped[Id] = mapped_column(init=False)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("quiz_attempt.id"))
    question_id: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    read_at: Mapped[datetime | None] = mapped_column(default=None)
    read_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), default=None, info=refers_to_person("coaching")
    )
    words: Mapped[str] = mapped_column(
        default="", info=pii("free text", "to learn from the check", "1 year after the end", "delete")
    )
    seen_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class TrainerUpdate(Base):
    """Trainers were asked to read what an edition changed. `chosen`: which lessons and meetings, as [kind, slug].

    Retention: stays, as part of the edition.
    """

    __tablename__ = "trainer_update"

    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), primary_key=True, autoincrement=False)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=refers_to_person("accountability"))
    due_on: Mapped[date]
    chosen: Mapped[list[Any]] = mapped_column(info=NOT_PERSONAL)


class EditionStay(Base):
    """An admin decided that an edition asks nothing: who follows an older one stays there, or trainers need not read.

    Why stands in the ledger, with the event. Retention: stays, as part of the edition.
    """

    __tablename__ = "edition_stay"
    __table_args__ = (
        CheckConstraint("about IN ('people', 'trainers')", name="about"),
        Index(
            "uq_edition_stay_standing",
            "edition_id",
            "about",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[Id] = mapped_column(init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), index=True)
    about: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=refers_to_person("accountability"))
    decided_at: Mapped[datetime]
    event_id: Mapped[int] = mapped_column(ForeignKey("ledger_event.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    withdrawn_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), default=None, info=refers_to_person("accountability")
    )


class UpdateTask(Base):
    """One trainer reads what is news to her in an edition, until a day. `since_edition_id`: the one she knows.

    `replaced_at`: a newer edition asked again before she was done. Retention: with the certification.
    """

    __tablename__ = "update_task"
    __table_args__ = (
        Index(
            "uq_update_task_open",
            "person_id",
            "intervention_id",
            unique=True,
            sqlite_where=text("done_at IS NULL AND replaced_at IS NULL"),
            postgresql_where=text("done_at IS NULL AND replaced_at IS NULL"),
        ),
    )

    id: Mapped[Id] = mapped_column(init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("certified"))
    intervention_id: Mapped[int] = mapped_column(ForeignKey("intervention.id"), index=True)
    since_edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), index=True)
    due_on: Mapped[date]
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    replaced_at: Mapped[datetime | None] = mapped_column(default=None)


class UpdateItem(Base):
    """One lesson or meeting that a trainer reads again. Retention: with the task."""

    __tablename__ = "update_item"
    __table_args__ = (
        UniqueConstraint("task_id", "kind", "slug"),
        CheckConstraint("kind IN ('lesson', 'session')", name="kind"),
    )

    id: Mapped[Id] = mapped_column(init=False)
    task_id: Mapped[int] = mapped_column(ForeignKey("update_task.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    slug: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    read_at: Mapped[datetime | None] = mapped_column(default=None)
