"""Reading people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from app.kit.db import fetch
from app.kit.errors import NotFound
from app.kit.i18n import known_locale
from app.kit.text import first_name, fold
from app.people.rules import EXPORT_KEPT, SESSION_IDLE, PersonCard, Role, Viewer, learns, needs_second_factor
from app.people.tables import (
    Account,
    Export,
    Membership,
    Organisation,
    Person,
    RecoveryCode,
    RoleGrant,
    SecondFactor,
    SignIn,
)

_BY_TOKEN: Final = (
    select(
        SignIn.id,
        SignIn.factor_at,
        SignIn.second_at,
        SecondFactor.set_at.label("second_set_at"),
        SignIn.last_seen_at,
        Person.id.label("person_id"),
        Person.name,
        Person.locale,
        Organisation.name.label("organisation"),
        RoleGrant.role,
        RoleGrant.organisation_id,
        RoleGrant.intervention,
    )
    .join(Person, Person.id == SignIn.person_id)
    .join(Account, Account.person_id == Person.id)
    .outerjoin(SecondFactor, SecondFactor.person_id == Person.id)
    .outerjoin(Membership, and_(Membership.person_id == Person.id, Membership.until.is_(None)))
    .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
    .outerjoin(RoleGrant, and_(RoleGrant.person_id == Person.id, RoleGrant.revoked_at.is_(None)))
    .where(
        SignIn.token_hash == bindparam("token_hash"),
        SignIn.ended_at.is_(None),
        SignIn.expires_at > bindparam("now"),
        SignIn.last_seen_at > bindparam("idle_since"),
        Account.blocked_at.is_(None),
        Person.erased_at.is_(None),
    )
)
_GRANTS: Final = select(RoleGrant.role, RoleGrant.organisation_id, RoleGrant.intervention).where(
    RoleGrant.person_id == bindparam("person"), RoleGrant.revoked_at.is_(None)
)


def viewer_by_token(
    db: Session, token_hash: str, *, now: datetime, second_factor: bool = False
) -> tuple[Viewer, datetime] | None:
    """The viewer of a session that still holds, and when she was last seen: one statement.

    A session ends by signing out, by its longest life, by twelve idle hours, and when the account is blocked.
    `second_factor`: it is asked for here. Who has not shown hers is nobody yet, with no right but to show it.
    """
    rows = fetch(db, _BY_TOKEN, token_hash=token_hash, now=now, idle_since=now - SESSION_IDLE).all()
    if not rows:
        return None
    row = rows[0]
    viewer = _viewer(
        row.person_id,
        [one for one in rows if one.role is not None],
        name=row.name,
        organisation=row.organisation or "",
        locale=row.locale,
    )
    has_app = second_factor and row.second_set_at is not None
    if second_factor and row.second_at is None and (has_app or needs_second_factor(viewer.roles)):
        return Viewer(locale=viewer.locale, sign_in_id=row.id, halfway=row.person_id), row.last_seen_at
    known = replace(viewer, sign_in_id=row.id, factor_at=row.factor_at, second_factor=has_app)
    return known, row.last_seen_at


def _viewer(person_id: int, grants: Sequence[Any], *, name: str, organisation: str, locale: str) -> Viewer:
    """A viewer with the rights that were granted to the person and hold now."""
    return Viewer(
        person_id=person_id,
        name=name,
        first_name=first_name(name),
        organisation=organisation,
        roles=frozenset(Role(grant.role) for grant in grants),
        contact_of=frozenset(
            grant.organisation_id
            for grant in grants
            if grant.role == Role.ORGANISATION_CONTACT and grant.organisation_id is not None
        ),
        coach_of=frozenset(grant.intervention for grant in grants if grant.role == Role.COACH),
        locale=known_locale(locale),
    )


def viewer_for(db: Session, person_id: int, *, on: date | None = None) -> Viewer:
    """The viewer that somebody is now, without a session: for tests, commands and letters.

    Raises: NotFound.
    """
    row = db.execute(select(Person.name, Person.locale).where(Person.id == person_id)).first()
    if row is None:
        raise NotFound
    card = cards(db, [person_id], on=on).get(person_id)
    return _viewer(
        person_id,
        fetch(db, _GRANTS, person=person_id).all(),
        name=row.name,
        organisation=card.organisation if card else "",
        locale=row.locale,
    )


_NAMES: Final = select(Person.id, Person.name).where(Person.id.in_(bindparam("people", expanding=True)))


def person_names(db: Session, ids: Iterable[int]) -> dict[int, str]:
    """Names by id."""
    people = list(set(ids))
    return {row.id: row.name for row in fetch(db, _NAMES, people=people)} if people else {}


_ANY_CARD: Final = select(
    Person.id,
    Person.name,
    Person.email,
    Person.phone,
    Organisation.id.label("organisation_id"),
    Organisation.name.label("organisation"),
)
_NOW: Final = _ANY_CARD.outerjoin(
    Membership, and_(Membership.person_id == Person.id, Membership.until.is_(None))
).outerjoin(Organisation, Organisation.id == Membership.organisation_id)
_ON_DAY: Final = _ANY_CARD.outerjoin(
    Membership,
    and_(
        Membership.person_id == Person.id,
        Membership.since <= bindparam("day"),
        or_(Membership.until.is_(None), Membership.until > bindparam("day")),
    ),
).outerjoin(Organisation, Organisation.id == Membership.organisation_id)
_CARDS_NOW: Final = _NOW.where(Person.id.in_(bindparam("people", expanding=True)))
_CARDS_ON_DAY: Final = _ON_DAY.where(Person.id.in_(bindparam("people", expanding=True)))
_COACHES: Final = _NOW.where(
    exists().where(
        RoleGrant.person_id == Person.id,
        RoleGrant.role == Role.COACH,
        RoleGrant.intervention.in_(["", bindparam("intervention")]),
        RoleGrant.revoked_at.is_(None),
    )
)


def cards(db: Session, ids: Iterable[int], on: date | None = None) -> dict[int, PersonCard]:
    """People with their employer on a day (None: now). One statement."""
    people = list(set(ids))
    if not people:
        return {}
    if on is None:
        return _cards(fetch(db, _CARDS_NOW, people=people))
    return _cards(fetch(db, _CARDS_ON_DAY, people=people, day=on))


def cards_and(db: Session, ids: Iterable[int], *columns: ColumnElement[Any]) -> tuple[dict[int, PersonCard], list[Any]]:
    """People with their employer, and what the caller counts beside them in the same statement.

    Without people nothing is asked, and nothing counted.
    """
    people = list(set(ids))
    if not people:
        return {}, []
    counted = [column.label(f"counted_{number}") for number, column in enumerate(columns)]
    rows = db.execute(_CARDS_NOW.add_columns(*counted), {"people": people}).all()
    return _cards(rows), [getattr(rows[0], f"counted_{number}") for number in range(len(columns))] if rows else []


def _cards(rows: Iterable[Any]) -> dict[int, PersonCard]:
    """The rows are those of `_ANY_CARD`."""
    return {
        row.id: PersonCard(
            id=row.id,
            name=row.name,
            first_name=first_name(row.name),
            organisation=row.organisation or "",
            organisation_id=row.organisation_id,
            email=row.email or "",
            phone=row.phone,
        )
        for row in rows
    }


def admin_ids(db: Session) -> list[int]:
    """Who may plan and decide."""
    return list(
        db.scalars(
            select(RoleGrant.person_id)
            .where(RoleGrant.role.in_([Role.ADMIN, Role.OWNER]), RoleGrant.revoked_at.is_(None))
            .distinct()
            .order_by(RoleGrant.person_id)
        )
    )


def coaches(db: Session, intervention_slug: str) -> list[PersonCard]:
    """Who may coach for an intervention, by name. A grant without an intervention counts for all."""
    found = _cards(fetch(db, _COACHES, intervention=intervention_slug))
    return sorted(found.values(), key=lambda card: fold(card.name))


@dataclass(frozen=True)
class SessionLine:
    """One session in the list on the own account."""

    id: int
    device: str
    seen_at: datetime
    here: bool


@dataclass(frozen=True)
class SecondFactorFacts:
    """The app with which somebody proves herself. `since`: None without one; `needed`: a role of hers asks for it."""

    since: datetime | None
    codes_left: int
    needed: bool


_SECOND: Final = select(
    select(SecondFactor.set_at).where(SecondFactor.person_id == bindparam("person")).scalar_subquery().label("since"),
    select(func.count())
    .select_from(RecoveryCode)
    .where(RecoveryCode.person_id == bindparam("person"), RecoveryCode.used_at.is_(None))
    .scalar_subquery()
    .label("codes_left"),
)


def second_factor_of(db: Session, person_id: int, roles: Collection[Role]) -> SecondFactorFacts:
    """What stands of somebody's second factor."""
    row = fetch(db, _SECOND, person=person_id).one()
    return SecondFactorFacts(row.since, row.codes_left, needs_second_factor(frozenset(roles)))


@dataclass(frozen=True)
class AccountPage:
    """The own account. `export`: "" (none), "busy" or "ready"."""

    name: str
    email: str
    phone: str
    locale: str
    organisation: str
    roles: tuple[Role, ...]
    has_password: bool
    second: SecondFactorFacts
    sessions: tuple[SessionLine, ...]
    export: str
    export_id: int
    export_until: datetime | None
    may_erase: bool

    @property
    def learns(self) -> bool:
        return learns(self.roles)

    @property
    def coaches(self) -> bool:
        return Role.COACH in self.roles


def account_page(db: Session, viewer: Viewer, *, now: datetime) -> AccountPage:
    """Everything the own account shows."""
    person = db.get_one(Person, viewer.id)
    stored = db.scalar(select(Account.password_hash).where(Account.person_id == viewer.id))
    sessions = db.scalars(
        select(SignIn)
        .where(
            SignIn.person_id == viewer.id,
            SignIn.ended_at.is_(None),
            SignIn.expires_at > now,
            SignIn.last_seen_at > now - SESSION_IDLE,
        )
        .order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())
    )
    lines = [SessionLine(row.id, row.device, row.last_seen_at, here=row.id == viewer.sign_in_id) for row in sessions]
    latest = db.scalar(
        select(Export)
        .where(Export.person_id == viewer.id, Export.asked_at > now - EXPORT_KEPT)
        .order_by(Export.id.desc())
        .limit(1)
    )
    return AccountPage(
        name=person.name,
        email=person.email or "",
        phone=person.phone,
        locale=person.locale,
        organisation=viewer.organisation,
        roles=tuple(role for role in Role if role in viewer.roles),
        has_password=stored is not None,
        second=second_factor_of(db, viewer.id, viewer.roles),
        sessions=tuple(sorted(lines, key=lambda line: not line.here)),
        export="" if latest is None else "ready" if latest.ready_at else "busy",
        export_id=latest.id if latest else 0,
        export_until=latest.asked_at + EXPORT_KEPT if latest else None,
        may_erase=not (viewer.has(Role.OWNER) and _owners(db) == {viewer.id}),
    )


def own_export(db: Session, viewer: Viewer, export_id: int, *, now: datetime) -> str:
    """The file of the own copy. Raises: NotFound for somebody else's, and after 48 hours."""
    key = db.scalar(
        select(Export.storage_key).where(
            Export.id == export_id,
            Export.person_id == viewer.id,
            Export.ready_at.is_not(None),
            Export.asked_at > now - EXPORT_KEPT,
        )
    )
    if not key:
        raise NotFound
    return key


def _owners(db: Session) -> set[int]:
    owners = select(RoleGrant.person_id).where(RoleGrant.role == Role.OWNER, RoleGrant.revoked_at.is_(None))
    return set(db.scalars(owners))


def anybody(db: Session) -> bool:
    """Whether this installation knows anyone yet."""
    return db.scalar(select(Person.id).limit(1)) is not None
