"""Reading people for admins: the list, one line, roles, invitations. The caller has checked that it may."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from app.kit.errors import NotFound
from app.kit.ids import read_id
from app.kit.text import fold
from app.people.rules import SESSION_IDLE, Role, Viewer, may_grant
from app.people.tables import Account, Invitation, Membership, Organisation, Person, RoleGrant, SignIn

PAGE_SIZE: Final = 50


@dataclass(frozen=True)
class PersonLine:
    """One person in a list."""

    id: int
    name: str
    email: str
    phone: str
    organisation: str
    roles: tuple[Role, ...]
    has_account: bool
    invited: bool
    seen_at: datetime | None


@dataclass(frozen=True)
class Found:
    """One page of a list, with the keys that lead on: empty at the ends."""

    lines: list[PersonLine]
    after: str
    before: str


@dataclass(frozen=True)
class Totals:
    """How many people there are, and how many have no account yet."""

    people: int
    outside: int


@dataclass(frozen=True)
class RoleLine:
    """One role of one person. `revocable` says whether the viewer may take it away."""

    role: Role
    organisation: str
    organisation_id: int | None
    intervention: str
    since: datetime
    by: str


@dataclass(frozen=True)
class InvitationLine:
    """One link: its state is open, accepted, withdrawn or expired."""

    made_at: datetime
    until: datetime
    state: str


def lines(
    db: Session,
    *,
    q: str = "",
    role: str = "",
    organisation_id: int | None = None,
    only: Select[int] | Collection[int] | None = None,
    outside: bool = False,
    after: str = "",
    before: str = "",
) -> Found:
    """People by name, a page at a time; `after` and `before` are keys of an earlier answer.

    `only` are the people to choose from: ids, or a query that selects them.
    """
    query = _lines(q=q, role=role, organisation_id=organisation_id, only=only, outside=outside)
    key = tuple_(Person.folded_name, Person.id)
    back = _read_key(before)
    if back is not None:
        query = query.where(key < back).order_by(Person.folded_name.desc(), Person.id.desc())
    else:
        if (start := _read_key(after)) is not None:
            query = query.where(key > start)
        query = query.order_by(Person.folded_name, Person.id)
    rows = db.execute(query.limit(PAGE_SIZE + 1)).all()
    more = len(rows) > PAGE_SIZE
    rows = rows[:PAGE_SIZE]
    if back is not None:
        rows = rows[::-1]
    found = _with_roles(db, rows)
    return Found(
        lines=found,
        after=_key(rows[-1]) if rows and (more or back is not None) else "",
        before=_key(rows[0]) if rows and (more if back is not None else bool(after)) else "",
    )


def line_of(db: Session, person_id: int) -> PersonLine:
    """One person. Raises: NotFound, also for somebody who was erased."""
    row = db.execute(_lines().where(Person.id == person_id)).first()
    if row is None:
        raise NotFound
    return _with_roles(db, [row])[0]


def lines_of(db: Session, ids: Collection[int]) -> list[PersonLine]:
    """People by id, in the order of their names."""
    rows = db.execute(_lines(only=ids).order_by(Person.folded_name, Person.id)).all()
    return _with_roles(db, rows)


def totals(db: Session) -> Totals:
    row = db.execute(
        select(func.count(Person.id), func.count(Account.person_id))
        .select_from(Person)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(Person.erased_at.is_(None))
    ).one()
    return Totals(people=row[0], outside=row[0] - row[1])


def organisation_choices(db: Session) -> list[tuple[int, str]]:
    rows = db.execute(select(Organisation.id, Organisation.name).order_by(Organisation.folded_name))
    return [(row.id, row.name) for row in rows]


def role_lines(db: Session, person_id: int) -> list[RoleLine]:
    """The roles that somebody has now, with who gave them."""
    granter = aliased(Person)
    rows = db.execute(
        select(RoleGrant, Organisation.name.label("organisation"), granter.name.label("granter"))
        .outerjoin(Organisation, Organisation.id == RoleGrant.organisation_id)
        .outerjoin(granter, granter.id == RoleGrant.granted_by_id)
        .where(RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.granted_at, RoleGrant.id)
    )
    return [
        RoleLine(
            role=Role(row.RoleGrant.role),
            organisation=row.organisation or "",
            organisation_id=row.RoleGrant.organisation_id,
            intervention=row.RoleGrant.intervention,
            since=row.RoleGrant.granted_at,
            by=row.granter or "",
        )
        for row in rows
    ]


def invitation_lines(db: Session, person_id: int, *, now: datetime) -> list[InvitationLine]:
    """The links that somebody got, newest first."""
    found = db.scalars(
        select(Invitation).where(Invitation.person_id == person_id).order_by(Invitation.id.desc()).limit(10)
    )
    return [InvitationLine(made_at=one.created_at, until=one.expires_at, state=_state(one, now)) for one in found]


def open_sessions(db: Session, person_id: int, *, now: datetime) -> int:
    return db.scalar(
        select(func.count()).where(
            SignIn.person_id == person_id,
            SignIn.ended_at.is_(None),
            SignIn.expires_at > now,
            SignIn.last_seen_at > now - SESSION_IDLE,
        )
    ) or 0  # fmt: skip


def grantable(viewer: Viewer, person_id: int) -> tuple[Role, ...]:
    """The roles that the viewer may give and take."""
    return tuple(role for role in Role if may_grant(viewer, role, person_id))


def _lines(
    *,
    q: str = "",
    role: str = "",
    organisation_id: int | None = None,
    only: Select[int] | Collection[int] | None = None,
    outside: bool = False,
) -> Select[*tuple[Any, ...]]:
    invited = exists().where(
        Invitation.person_id == Person.id, Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None)
    )
    query = (
        select(
            Person.id, Person.name, Person.folded_name, Person.email, Person.phone,
            Organisation.name.label("organisation"),
            Account.person_id.label("account"), Account.last_seen_at, invited.label("invited"),
        )
        .outerjoin(Membership, and_(Membership.person_id == Person.id, Membership.until.is_(None)))
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(Person.erased_at.is_(None))
    )  # fmt: skip
    if q.strip():
        wanted = "%" + fold(" ".join(q.split())).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        query = query.where(
            or_(*(column.like(wanted, escape="\\") for column in (
                Person.folded_name, Person.email, Organisation.folded_name
            )))
        )  # fmt: skip
    if role in set(Role):
        query = query.where(
            exists().where(RoleGrant.person_id == Person.id, RoleGrant.role == role, RoleGrant.revoked_at.is_(None))
        )
    if organisation_id is not None:
        query = query.where(Organisation.id == organisation_id)
    if outside:
        query = query.where(Account.person_id.is_(None))
    return query if only is None else query.where(Person.id.in_(only))


def _with_roles(db: Session, rows: Collection[Any]) -> list[PersonLine]:
    grants = db.execute(
        select(RoleGrant.person_id, RoleGrant.role).where(
            RoleGrant.person_id.in_([row.id for row in rows]), RoleGrant.revoked_at.is_(None)
        )
    ).all()
    has: dict[int, set[Role]] = {}
    for person_id, role in grants:
        has.setdefault(person_id, set()).add(Role(role))
    return [
        PersonLine(
            id=row.id,
            name=row.name,
            email=row.email or "",
            phone=row.phone,
            organisation=row.organisation or "",
            roles=tuple(role for role in Role if role in has.get(row.id, set())),
            has_account=row.account is not None,
            invited=bool(row.invited),
            seen_at=row.last_seen_at,
        )
        for row in rows
    ]


def _state(invitation: Invitation, now: datetime) -> str:
    if invitation.accepted_at is not None:
        return "accepted"
    if invitation.withdrawn_at is not None:
        return "withdrawn"
    return "expired" if invitation.expires_at <= now else "open"


def _key(row: Any) -> str:
    return f"{row.id}.{row.folded_name}"


def _read_key(text: str) -> tuple[str, int] | None:
    number, _, name = text.partition(".")
    id_ = read_id(number)
    return None if id_ is None else (name, id_)
