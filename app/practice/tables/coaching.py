"""What a coach writes: the form, on which devices, the talk, notes, and what was agreed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import NOT_PERSONAL, Base, Id, pii, refers_to_person

SCORES = "end of certification + 24 months"
TALK = "1 year after the end"


class Assessment(Base):
    """The coach's observation form for one attempt: a draft until it is signed.

    Retention: end of certification + 24 months.
    """

    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("record_id", "attempt", "coach_id"),)

    id: Mapped[Id] = mapped_column(init=False)
    record_id: Mapped[int] = mapped_column(ForeignKey("assignment_record.id"))
    attempt: Mapped[int]
    coach_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("who assessed"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"))
    form: Mapped[dict[str, Any]] = mapped_column(info=pii("free text", "coaching", SCORES, "delete"))
    saved_at: Mapped[datetime]
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class DraftDevice(Base):
    """How far one device is with sending its copy of a draft, so that what is sent again counts once.

    The device makes its name up for this draft alone. `number`: the last of its sends that was taken in; `version`: of
    the form after that. Retention: 90 days after it last sent.
    """

    __tablename__ = "draft_device"

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    device: Mapped[str] = mapped_column(primary_key=True, info=NOT_PERSONAL)
    number: Mapped[int]
    version: Mapped[int]
    sent_at: Mapped[datetime] = mapped_column(index=True)


class Talk(Base):
    """The two talked about what was handed in, and wrote down together what they agree.

    `agreements` are the lines of the coach's form as they stood then; `discussed_by_id` wrote them down, and
    `confirmed_at` is the professional's own yes to these words.

    Retention: end of certification + 24 months.
    """

    __tablename__ = "talk"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    agreements: Mapped[list[Any]] = mapped_column(info=pii("free text", "coaching", SCORES, "delete"))
    discussed_at: Mapped[datetime]
    discussed_by_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=refers_to_person("who wrote down what was agreed")
    )
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class AgreementKept(Base):
    """What was agreed at a sign-off and done since. Gone again when somebody ticked by mistake.

    The words stand in the content of the sign-off; `number` counts them from one.

    Retention: with the sign-off; it holds no words.
    """

    __tablename__ = "agreement_kept"
    __table_args__ = (UniqueConstraint("sign_off_id", "number"),)

    id: Mapped[Id] = mapped_column(init=False)
    sign_off_id: Mapped[int] = mapped_column(ForeignKey("sign_off.id"))
    number: Mapped[int]
    kept_at: Mapped[datetime]
    kept_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=refers_to_person("who said that it was done"))


class CoachNote(Base):
    """What a coach or an admin wrote down about somebody's training, which that person reads too.

    It may have a day to come back to it: then it waits for coaches, or with `by_admin` for admins.

    A note that is removed is gone, also its earlier words in the ledger; that there was one stays.

    Retention: 1 year after the training ended.
    """

    __tablename__ = "coach_note"

    id: Mapped[Id] = mapped_column(init=False)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("who wrote it"))
    text: Mapped[str] = mapped_column(info=pii("free text", "coaching", TALK, "delete"))
    written_at: Mapped[datetime]
    come_back_on: Mapped[date | None] = mapped_column(default=None)
    changed_at: Mapped[datetime | None] = mapped_column(default=None)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    by_admin: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
