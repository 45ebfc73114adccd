"""People and how they come in."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import NOT_PERSONAL, Base, Id, pii, refers_to_person

ACCOUNT = "account + 24 months"
GUARDS = pii("person", "guards", ACCOUNT, "delete")


class Organisation(Base):
    """An employer: welfare, care, municipality. Not a tenant.

    Retention: as long as somebody worked there; no personal data.
    """

    __tablename__ = "organisation"

    id: Mapped[Id] = mapped_column(init=False)
    name: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    folded_name: Mapped[str] = mapped_column(unique=True, info=NOT_PERSONAL)
    created_at: Mapped[datetime]
    city: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)


class Person(Base):
    """Somebody we know. Whether she can sign in is a matter of her `Account`.

    Retention: account + 24 months, then the name goes and the id stays (domain.md 8.1, 8.5).
    """

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("email"),)

    id: Mapped[Id] = mapped_column(init=False)
    name: Mapped[str] = mapped_column(info=pii("person", "to address people", ACCOUNT, "pseudonymise"))
    folded_name: Mapped[str] = mapped_column(index=True, info=pii("person", "to find people", ACCOUNT, "pseudonymise"))
    email: Mapped[str | None] = mapped_column(info=pii("contact", "to sign in and write", ACCOUNT, "null"))
    created_at: Mapped[datetime]
    phone: Mapped[str] = mapped_column(default="", info=pii("contact", "to call", ACCOUNT, "delete"))
    locale: Mapped[str] = mapped_column(default="nl", info=NOT_PERSONAL)
    erased_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Membership(Base):
    """Works at an organisation, from - until. An organisation contact sees whom the day falls in.

    Retention: with the person.
    """

    __tablename__ = "membership"
    __table_args__ = (
        Index(
            "uq_membership_current",
            "person_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )

    id: Mapped[Id] = mapped_column(init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("employer"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    since: Mapped[date]
    until: Mapped[date | None] = mapped_column(default=None)


class Account(Base):
    """The right to sign in. A password is optional: a mailed code always works.

    Retention: with the person (domain.md 8.1).
    """

    __tablename__ = "account"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, info=refers_to_person("signing in")
    )
    activated_at: Mapped[datetime]
    password_hash: Mapped[str | None] = mapped_column(default=None, info=pii("secret", "signing in", ACCOUNT, "delete"))
    notice_read_at: Mapped[datetime | None] = mapped_column(default=None)
    blocked_at: Mapped[datetime | None] = mapped_column(default=None)
    last_seen_at: Mapped[datetime | None] = mapped_column(default=None)


class RoleGrant(Base):
    """One role of one person: for an organisation (contact), an intervention (coach) or everywhere.

    Retention: with the person; who granted it stands in the ledger.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        Index(
            "uq_role_grant_current",
            "person_id",
            "role",
            "intervention",
            unique=True,
            sqlite_where=text("revoked_at IS NULL AND organisation_id IS NULL"),
            postgresql_where=text("revoked_at IS NULL AND organisation_id IS NULL"),
        ),
        Index(
            "uq_role_grant_current_organisation",
            "person_id",
            "role",
            "organisation_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL AND organisation_id IS NOT NULL"),
            postgresql_where=text("revoked_at IS NULL AND organisation_id IS NOT NULL"),
        ),
    )

    id: Mapped[Id] = mapped_column(init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("rights"))
    role: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    granted_at: Mapped[datetime]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), default=None)
    intervention: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
    granted_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), default=None, info=refers_to_person("accountability")
    )
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class LineManager(Base):
    """Manages somebody, from - until; only for the guards of practice and tables.

    Retention: with the person.
    """

    __tablename__ = "line_manager"

    id: Mapped[Id] = mapped_column(init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=GUARDS)
    manager_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=GUARDS)
    since: Mapped[date]
    until: Mapped[date | None] = mapped_column(default=None)


class Invitation(Base):
    """A link by which somebody gets an account; GET shows, POST accepts, valid 14 days.

    Retention: 42 days when not accepted (domain.md 8.1), else with the person.
    """

    __tablename__ = "invitation"

    id: Mapped[Id] = mapped_column(init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("coming in"))
    nonce: Mapped[str] = mapped_column(info=pii("secret", "coming in", "42 days", "delete"))
    token_hash: Mapped[str] = mapped_column(unique=True, info=NOT_PERSONAL)  # of a link that nobody can make again
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    invited_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), default=None, info=refers_to_person("who invited")
    )
    accepted_at: Mapped[datetime | None] = mapped_column(default=None)
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)


class LoginCode(Base):
    """A mailed code of six digits, ten minutes, bound to the browser that asked for it.

    Retention: 24 hours.
    """

    __tablename__ = "login_code"

    id: Mapped[Id] = mapped_column(init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("signing in"))
    nonce: Mapped[str] = mapped_column(info=pii("secret", "signing in", "24 hours", "delete"))
    browser_hash: Mapped[str] = mapped_column(index=True, info=pii("secret", "signing in", "24 hours", "delete"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class SignIn(Base):
    """A session in one browser, kept on the server: it can be listed and ended.

    Retention: 30 days after it ended.
    """

    __tablename__ = "sign_in"
    __table_args__ = (CheckConstraint("expires_at > created_at", name="expires"),)

    id: Mapped[Id] = mapped_column(init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("signing in"))
    token_hash: Mapped[str] = mapped_column(unique=True, info=pii("secret", "signing in", "30 days", "delete"))
    device: Mapped[str] = mapped_column(info=pii("person", "to recognise a device", "30 days", "delete"))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    factor_at: Mapped[datetime]
    second_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class SecondFactor(Base):
    """The app on somebody's phone that shows six digits. The secret is sealed with the program's key.

    `last_step`: the newest step of time that was used, so that no code works twice.

    Retention: until she goes on with another phone or an admin resets it, else with the account.
    """

    __tablename__ = "second_factor"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, info=refers_to_person("signing in")
    )
    sealed: Mapped[str] = mapped_column(info=pii("secret", "signing in", ACCOUNT, "delete"))
    set_at: Mapped[datetime]
    last_step: Mapped[int]


class RecoveryCode(Base):
    """A code on paper for somebody without her phone: it works once.

    Retention: with the second factor.
    """

    __tablename__ = "recovery_code"

    id: Mapped[Id] = mapped_column(init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("signing in"))
    code_hash: Mapped[str] = mapped_column(unique=True, info=pii("secret", "signing in", ACCOUNT, "delete"))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class CalendarFeed(Base):
    """A secret address at which a calendar fetches somebody's appointments: read only, one for each device.

    Retention: until she takes it back, her sessions are ended or her rights change; else with the account.
    """

    __tablename__ = "calendar_feed"

    id: Mapped[Id] = mapped_column(init=False)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=refers_to_person("the own calendar")
    )
    token_hash: Mapped[str] = mapped_column(unique=True, info=pii("secret", "the own calendar", ACCOUNT, "delete"))
    label: Mapped[str] = mapped_column(info=pii("person", "the own calendar", ACCOUNT, "delete"))
    made_at: Mapped[datetime]


class RegistrationNumber(Base):
    """Somebody's number in a professional register; text, since it may begin with zeros. `other`: which register.

    Retention: until she takes it away, else with the account.
    """

    __tablename__ = "registration_number"
    __table_args__ = (
        UniqueConstraint("person_id", "register"),
        CheckConstraint("register IN ('skj', 'registerplein', 'venvn', 'other')", name="register"),
    )

    id: Mapped[Id] = mapped_column(init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=refers_to_person("attendance for registers"))
    register: Mapped[str] = mapped_column(info=pii("person", "attendance for registers", ACCOUNT, "delete"))
    number: Mapped[str] = mapped_column(info=pii("person", "attendance for registers", ACCOUNT, "delete"))
    other: Mapped[str] = mapped_column(default="", info=pii("person", "attendance for registers", ACCOUNT, "delete"))


class RateWindow(Base):
    """How often something was tried in a window of time; one atomic statement counts.

    Retention: one day. Keys are hashes.
    """

    __tablename__ = "rate_window"

    key: Mapped[str] = mapped_column(primary_key=True, info=NOT_PERSONAL)
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]


class FormKey(Base):
    """A form that was handed in: the same key again has no second effect.

    Retention: two days.
    """

    __tablename__ = "form_key"

    key: Mapped[str] = mapped_column(primary_key=True, info=NOT_PERSONAL)
    person_id: Mapped[int | None] = mapped_column(info=pii("person", "safe repeats", "48 hours", "delete"))
    used_at: Mapped[datetime]
    location: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)


class Export(Base):
    """A file with everything we know of somebody, made by a job at the own request.

    Retention: 48 hours, then the file goes.
    """

    __tablename__ = "export"

    id: Mapped[Id] = mapped_column(init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("own data"))
    asked_at: Mapped[datetime]
    ready_at: Mapped[datetime | None] = mapped_column(default=None)
    storage_key: Mapped[str] = mapped_column(default="", info=pii("person", "own data", "48 hours", "delete"))
    removed_at: Mapped[datetime | None] = mapped_column(default=None)
