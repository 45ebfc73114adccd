"""Twice a year trainers learn from each other."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import NOT_PERSONAL, Base, Id, pii, refers_to_person


class IntervisionRound(Base):
    """The spring or autumn round of one intervention. Retention: no personal data."""

    __tablename__ = "intervision_round"
    __table_args__ = (
        UniqueConstraint("intervention_id", "year", "half"),
        CheckConstraint("half IN ('spring', 'autumn')", name="half"),
    )

    id: Mapped[Id] = mapped_column(init=False)
    intervention_id: Mapped[int] = mapped_column(ForeignKey("intervention.id"))
    year: Mapped[int]
    half: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    signup_closes_on: Mapped[date]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class IntervisionSession(Base):
    """A meeting as part of a round. Retention: no personal data of its own."""

    __tablename__ = "intervision_session"

    id: Mapped[Id] = mapped_column(init=False)
    round_id: Mapped[int] = mapped_column(ForeignKey("intervision_round.id"), index=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), unique=True)


class SessionFacilitator(Base):
    """Who leads the conversation in a meeting; there may be several, for as many tables.

    Retention: with the meeting, as its attendance list; ahead of a meeting it goes when somebody is erased.
    """

    __tablename__ = "session_facilitator"

    session_id: Mapped[int] = mapped_column(ForeignKey("intervision_session.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, index=True, info=refers_to_person("who leads the meeting")
    )


class RoundLetter(Base):
    """What an admin adds in her own words to one kind of letter of a round. Retention: no personal data."""

    __tablename__ = "round_letter"
    __table_args__ = (UniqueConstraint("round_id", "kind"),)

    id: Mapped[Id] = mapped_column(init=False)
    round_id: Mapped[int] = mapped_column(ForeignKey("intervision_round.id"))
    kind: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    own_text: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class RoundReply(Base):
    """Somebody can come on none of the days of a round, and says when she could: `possible` holds `monday-morning`.

    Retention: 90 days after the last meeting of the round, or until she chooses a day.
    """

    __tablename__ = "round_reply"
    __table_args__ = (UniqueConstraint("round_id", "person_id"),)

    id: Mapped[Id] = mapped_column(init=False)
    round_id: Mapped[int] = mapped_column(ForeignKey("intervision_round.id"))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=refers_to_person("who can come on none of the days")
    )
    possible: Mapped[list[Any]] = mapped_column(info=pii("free text", "planning a round", "90 days", "delete"))
    note: Mapped[str] = mapped_column(info=pii("free text", "planning a round", "90 days", "delete"))
    said_at: Mapped[datetime]


class LearningPoint(Base):
    """What somebody takes home from a meeting; private unless shared.

    Retention: the owner deletes it any time, else with the file.
    """

    __tablename__ = "learning_point"
    __table_args__ = (UniqueConstraint("signup_id"),)

    id: Mapped[Id] = mapped_column(init=False)
    signup_id: Mapped[int] = mapped_column(ForeignKey("meeting_signup.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("own learning"))
    learned: Mapped[str] = mapped_column(info=pii("free text", "own learning", "with the file", "delete"))
    next_step: Mapped[str] = mapped_column(info=pii("free text", "own learning", "with the file", "delete"))
    written_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class IntervisionGroup(Base):
    """A table within a meeting, which may have a gespreksleider of its own.

    Retention: as long as the meeting; a table without people says nothing of anybody but who led it.
    """

    __tablename__ = "intervision_group"
    __table_args__ = (UniqueConstraint("session_id", "number"),)

    id: Mapped[Id] = mapped_column(init=False)
    session_id: Mapped[int] = mapped_column(ForeignKey("intervision_session.id"))
    number: Mapped[int]
    facilitator_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), default=None, index=True, info=refers_to_person("who leads the table")
    )


class GroupSeat(Base):
    """Who sits at which table. Who gave up her seat in the meeting sits nowhere, though the row may still be there.

    Retention: 24 months after the meeting, for mixing tables anew; who sat with whom says more than attendance.
    """

    __tablename__ = "group_seat"
    __table_args__ = (UniqueConstraint("signup_id"),)

    id: Mapped[Id] = mapped_column(init=False)
    group_id: Mapped[int] = mapped_column(ForeignKey("intervision_group.id"), index=True)
    signup_id: Mapped[int] = mapped_column(
        ForeignKey("meeting_signup.id"), info=pii("person", "mixing the tables", "24 months", "delete")
    )


class PlacingProposal(Base):
    """Seats that the planner proposes for who has none in a round. Not more than one of a round waits for an answer.

    `points` and `bound`: what it costs in wishes, and what it costs at least. Retention: 90 days.
    """

    __tablename__ = "placing_proposal"

    id: Mapped[Id] = mapped_column(init=False)
    round_id: Mapped[int] = mapped_column(ForeignKey("intervision_round.id"), index=True)
    made_at: Mapped[datetime]
    solver: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    points: Mapped[int]
    bound: Mapped[int]
    accepted_at: Mapped[datetime | None] = mapped_column(default=None)
    undone_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class PlacingLine(Base):
    """One person in a proposal: the meeting that was chosen, why, and what came of it.

    `chosen_id` is the planner's until an admin chooses another one (`by_hand`). Retention: with the proposal.
    """

    __tablename__ = "placing_line"
    __table_args__ = (UniqueConstraint("proposal_id", "person_id"),)

    id: Mapped[Id] = mapped_column(init=False)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("placing_proposal.id"), index=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=pii("person", "giving seats", "90 days", "delete")
    )
    why: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    chosen_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), default=None)
    instead_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), default=None)
    by_hand: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
    before: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
