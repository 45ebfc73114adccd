"""Groups of residents that a professional runs. Counts only; no resident is ever named."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import NOT_PERSONAL, Base, Id, pii, refers_to_person

LOOKING: Final = "12 months after looking ended"


class Delivery(Base):
    """A deelnemersgroep: where, for whom, led by whom. During training it belongs to an enrolment.

    How many began, finished and came to look is known when it ended, or before.

    Retention: place and counts stay; the leader's name goes with the person.
    """

    __tablename__ = "delivery"

    id: Mapped[Id] = mapped_column(init=False)
    leader_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("who leads"))
    intervention_id: Mapped[int] = mapped_column(ForeignKey("intervention.id"), index=True)
    place: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    address: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    municipality: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    created_at: Mapped[datetime]
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"), index=True, default=None)
    goal_group: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    started: Mapped[int | None] = mapped_column(default=None)
    finished: Mapped[int | None] = mapped_column(default=None)
    guests: Mapped[int | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class DeliveryDate(Base):
    """One meeting of the group, or its end presentation.

    A date with `cancelled_at` does not count; with `called_off_at` too it was said that it does not go on, without
    it the date was taken from the list. `attended`: how many were there, so it was held.

    Retention: no personal data.
    """

    __tablename__ = "delivery_date"
    __table_args__ = (
        UniqueConstraint("delivery_id", "starts_at"),
        CheckConstraint("ends_at > starts_at", name="ends"),
        CheckConstraint("kind IN ('session', 'end_presentation')", name="kind"),
    )

    id: Mapped[Id] = mapped_column(init=False)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    kind: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)
    called_off_at: Mapped[datetime | None] = mapped_column(default=None)
    attended: Mapped[int | None] = mapped_column(default=None)


class PresentationEntry(Base):
    """The end presentation of a group in the calendar of one person: what she was told last, as calendars count it.

    Retention: no personal data but whose calendar it is; that goes with the person.
    """

    __tablename__ = "presentation_entry"
    __table_args__ = (UniqueConstraint("delivery_id", "person_id"),)

    id: Mapped[Id] = mapped_column(init=False)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=refers_to_person("whose calendar it is in")
    )
    uid: Mapped[str] = mapped_column(unique=True, info=NOT_PERSONAL)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    location: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    sequence: Mapped[int] = mapped_column(default=0)
    gone_at: Mapped[datetime | None] = mapped_column(default=None)


class GroupSearch(Base):
    """Somebody looks for a group: where, when, and what she can offer. One at a time.

    Retention: where, when and the words go 12 months after it ended; that she looked stays with the person.
    """

    __tablename__ = "group_search"
    __table_args__ = (
        Index(
            "uq_group_search_open",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Id] = mapped_column(init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("who looks"))
    intervention_id: Mapped[int] = mapped_column(ForeignKey("intervention.id"))
    since: Mapped[datetime]
    regions: Mapped[list[Any]] = mapped_column(info=pii("person", "finding a group", LOOKING, "delete"))
    days: Mapped[list[Any]] = mapped_column(info=pii("person", "finding a group", LOOKING, "delete"))
    parts: Mapped[list[Any]] = mapped_column(info=pii("person", "finding a group", LOOKING, "delete"))
    offer: Mapped[str] = mapped_column(default="", info=pii("free text", "finding a group", LOOKING, "delete"))
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_why: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class TrainerRequest(Base):
    """An organisation looks for a trainer: where, when, for whom, and how to reach the one who asks.

    Retention: who to reach, and how, goes 12 months after it ended; the rest is about an organisation.
    """

    __tablename__ = "trainer_request"

    id: Mapped[Id] = mapped_column(init=False)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    intervention_id: Mapped[int] = mapped_column(ForeignKey("intervention.id"))
    asked_by_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=refers_to_person("who asked for a trainer")
    )
    since: Mapped[datetime]
    place: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    regions: Mapped[list[Any]] = mapped_column(info=NOT_PERSONAL)
    days: Mapped[list[Any]] = mapped_column(info=NOT_PERSONAL)
    parts: Mapped[list[Any]] = mapped_column(info=NOT_PERSONAL)
    goal_group: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    contact_name: Mapped[str] = mapped_column(info=pii("contact", "reaching who asks", LOOKING, "delete"))
    contact_email: Mapped[str] = mapped_column(info=pii("contact", "reaching who asks", LOOKING, "delete"))
    contact_phone: Mapped[str] = mapped_column(info=pii("contact", "reaching who asks", LOOKING, "delete"))
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_why: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class GroupLink(Base):
    """Somebody who looks and an organisation that looks were brought together; each to one at a time.

    Why stands in the ledger. Retention: no personal data but who did it; that goes with the person.
    """

    __tablename__ = "group_link"
    __table_args__ = tuple(
        Index(
            f"uq_group_link_{side}",
            f"{side}_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        )
        for side in ("search", "request")
    )

    id: Mapped[Id] = mapped_column(init=False)
    search_id: Mapped[int] = mapped_column(ForeignKey("group_search.id"))
    request_id: Mapped[int] = mapped_column(ForeignKey("trainer_request.id"))
    linked_at: Mapped[datetime]
    linked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=refers_to_person("accountability"))
    undone_at: Mapped[datetime | None] = mapped_column(default=None)
