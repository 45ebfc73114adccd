"""People, their employer, their account and their roles."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.i18n import known_locale
from app.kit.localtime import local_day
from app.kit.text import fold
from app.ledger.actions import record
from app.people.actions import sign_in
from app.people.inputs import PersonDetails
from app.people.rules import Role, Viewer, may_grant, may_manage, read_address
from app.people.tables import Account, Invitation, Membership, Organisation, Person, RoleGrant

_OWNS: Final = (RoleGrant.role == Role.OWNER, RoleGrant.revoked_at.is_(None))


def add_person(
    db: Session,
    *,
    by_id: int | None,
    name: str,
    email: str | None,
    organisation_id: int | None,
    now: datetime,
    phone: str = "",
    locale: str = "nl",
) -> int:
    """Write somebody down and give her id. She cannot sign in before she accepts an invitation.

    Raises: Refused("email_in_use" | "bad_address", "email").
    """
    address = checked_address(db, email, of_person=None)
    person = Person(
        name=name,
        folded_name=fold(name),
        email=address,
        phone=phone,
        locale=known_locale(locale),
        created_at=now,
    )
    db.add(person)
    db.flush()
    if organisation_id is not None:
        _join(db, person_id=person.id, organisation_id=organisation_id, now=now)
    record(db, "people.added", actor_id=by_id, subject=("person", person.id), now=now, organisation_id=organisation_id)
    return person.id


def checked_address(db: Session, email: str | None, *, of_person: int | None) -> str | None:
    """The address as we keep it; None for nothing.

    Raises: Refused("email_in_use" | "bad_address", "email").
    """
    if not email or not email.strip():
        return None
    address = read_address(email)
    if address is None:
        raise Refused("bad_address", "email")
    holder = db.scalar(select(Person.id).where(Person.email == address))
    if holder is not None and holder != of_person:
        raise Refused("email_in_use", "email")
    return address


def ensure_organisation(db: Session, *, name: str, city: str = "", now: datetime) -> int:
    """The organisation of this name, made when it is new; case and accents do not matter."""
    insert = sqlite_insert if db.get_bind().dialect.name == "sqlite" else postgres_insert
    folded = " ".join(fold(name).split())
    db.execute(
        insert(Organisation)
        .values(name=" ".join(name.split()), folded_name=folded, city=city, created_at=now)
        .on_conflict_do_nothing(index_elements=["folded_name"])
    )
    return db.scalars(select(Organisation.id).where(Organisation.folded_name == folded)).one()


def change_person(db: Session, *, by: Viewer, person_id: int, given: PersonDetails, now: datetime) -> None:
    """An admin corrects somebody's details. A new address is a new way in, so every session ends.

    Raises: NotFound; Forbidden for the address of somebody with as many rights; Refused for the address.
    """
    person = db.get(Person, person_id)
    if person is None or person.erased_at is not None:
        raise NotFound
    address = checked_address(db, given.email, of_person=person_id)
    if address != person.email and not may_manage(by, roles_of(db, person_id), person_id):
        raise Refused("address_of_admin", "email")
    changed = [
        field
        for field, before, after in (
            ("name", person.name, given.name),
            ("email", person.email, address),
            ("phone", person.phone, given.phone),
        )
        if before != after
    ]
    person.name, person.folded_name = given.name, fold(given.name)
    person.email, person.phone = address, given.phone
    organisation_id = ensure_organisation(db, name=given.organisation, now=now) if given.organisation else None
    if change_employer(db, person_id=person_id, organisation_id=organisation_id, now=now):
        changed.append("organisation")
    if "email" in changed:
        sign_in.revoke_all(db, person_id=person_id, now=now)
        withdraw_invitations(db, person_id=person_id, by_id=by.person_id, now=now)  # they went to another mailbox
    if changed:
        record(db, "people.changed", actor_id=by.id, subject=("person", person_id), now=now, fields=changed)


def withdraw_invitations(db: Session, *, person_id: int, by_id: int | None, now: datetime) -> int:
    """Every open link of somebody stops working; gives how many there were."""
    withdrawn = db.execute(
        update(Invitation)
        .where(
            Invitation.person_id == person_id,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now,
        )
        .values(withdrawn_at=now)
        .returning(Invitation.id)
    ).all()
    if withdrawn:
        record(
            db,
            "people.invitations_withdrawn",
            actor_id=by_id,
            subject=("person", person_id),
            now=now,
            count=len(withdrawn),
        )
    return len(withdrawn)


def change_own_details(db: Session, *, by: Viewer, name: str, phone: str, locale: str, now: datetime) -> None:
    """Somebody corrects what we know of her herself."""
    person = db.get_one(Person, by.id)
    changed = [
        field
        for field, before, after in (
            ("name", person.name, name),
            ("phone", person.phone, phone),
            ("locale", person.locale, known_locale(locale)),
        )
        if before != after
    ]
    person.name, person.folded_name, person.phone = name, fold(name), phone
    person.locale = known_locale(locale)
    if changed:
        record(db, "people.changed", actor_id=by.id, subject=("person", by.id), now=now, fields=changed)


def change_employer(db: Session, *, person_id: int, organisation_id: int | None, now: datetime) -> bool:
    """Somebody works elsewhere from today; history stays. False when nothing changed."""
    db.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))  # one at a time
    current = db.scalar(
        select(Membership).where(Membership.person_id == person_id, Membership.until.is_(None)).with_for_update()
    )
    if (current.organisation_id if current else None) == organisation_id:
        return False
    if current is not None:
        current.until = local_day(now)
        db.flush()
    if organisation_id is not None:
        _join(db, person_id=person_id, organisation_id=organisation_id, now=now)
    return True


def create_account(db: Session, *, person_id: int, now: datetime) -> None:
    """Let somebody sign in; harmless when she can already."""
    insert = sqlite_insert if db.get_bind().dialect.name == "sqlite" else postgres_insert
    made = db.execute(
        insert(Account)
        .values(person_id=person_id, activated_at=now, notice_read_at=now)
        .on_conflict_do_nothing(index_elements=["person_id"])
        .returning(Account.person_id)
    ).first()
    if made is not None:
        record(db, "people.account_opened", actor_id=person_id, subject=("person", person_id), now=now)


def roles_of(db: Session, person_id: int) -> frozenset[Role]:
    """The roles that somebody has now."""
    found = db.scalars(select(RoleGrant.role).where(RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None)))
    return frozenset(Role(role) for role in found)


def grant_role(
    db: Session,
    *,
    by: Viewer | None,
    person_id: int,
    role: Role,
    organisation_id: int | None = None,
    intervention: str = "",
    now: datetime,
) -> None:
    """Give somebody a role; harmless when she has it. `by` is None for the program and its commands.

    Her sessions end: rights are never those of an older sign-in. Raises: Forbidden; NotFound;
    Refused("contact_needs_organisation").
    """
    if by is not None and not may_grant(by, role, person_id):
        raise Forbidden
    person = db.get(Person, person_id)
    if person is None or person.erased_at is not None:
        raise NotFound
    if role == Role.ORGANISATION_CONTACT and (organisation_id is None or db.get(Organisation, organisation_id) is None):
        raise Refused("contact_needs_organisation", "organisation_id")
    insert = sqlite_insert if db.get_bind().dialect.name == "sqlite" else postgres_insert
    by_id = by.person_id if by is not None else None
    made = db.execute(
        insert(RoleGrant)
        .values(
            person_id=person_id,
            role=role.value,
            organisation_id=organisation_id if role == Role.ORGANISATION_CONTACT else None,
            intervention=intervention,
            granted_by_id=by_id,
            granted_at=now,
        )
        .on_conflict_do_nothing()
        .returning(RoleGrant.id)
    ).first()
    if made is None:
        return
    sign_in.revoke_all(db, person_id=person_id, now=now)
    record(
        db,
        "people.role_granted",
        actor_id=by_id,
        subject=("person", person_id),
        now=now,
        role=role.value,
        organisation_id=organisation_id,
        intervention=intervention,
    )


def revoke_role(
    db: Session,
    *,
    by: Viewer | None,
    person_id: int,
    role: Role,
    organisation_id: int | None = None,
    intervention: str = "",
    now: datetime,
) -> None:
    """Take a role away; harmless when she does not have it. Her sessions end at once.

    Raises: Forbidden; Refused("last_owner").
    """
    if by is not None and not may_grant(by, role, person_id):
        raise Forbidden
    if role == Role.OWNER:
        hold_owners(db)
        if is_last_owner(db, person_id):
            raise Refused("last_owner")
    which = update(RoleGrant).where(
        RoleGrant.person_id == person_id,
        RoleGrant.role == role.value,
        RoleGrant.intervention == intervention,
        RoleGrant.revoked_at.is_(None),
    )
    if organisation_id is not None:
        which = which.where(RoleGrant.organisation_id == organisation_id)
    if not db.execute(which.values(revoked_at=now).returning(RoleGrant.id)).all():
        return
    sign_in.revoke_all(db, person_id=person_id, now=now)
    record(
        db,
        "people.role_revoked",
        actor_id=by.person_id if by is not None else None,
        subject=("person", person_id),
        now=now,
        role=role.value,
        organisation_id=organisation_id,
        intervention=intervention,
    )


def hold_owners(db: Session) -> None:
    """Keep others off the owners until the transaction ends: of two who step back at once, the second stays."""
    db.execute(select(RoleGrant.id).where(*_OWNS).order_by(RoleGrant.id).with_for_update())


def is_last_owner(db: Session, person_id: int) -> bool:
    """Whether nobody would own the installation without this person. Who asked to be forgotten does not count."""
    owners = db.execute(
        select(RoleGrant.person_id, Account.blocked_at)
        .outerjoin(Account, Account.person_id == RoleGrant.person_id)
        .where(*_OWNS)
    ).all()
    others = [owner for owner in owners if owner.person_id != person_id and owner.blocked_at is None]
    return not others and any(owner.person_id == person_id for owner in owners)


def revoke_all(db: Session, *, person_id: int, now: datetime) -> int:
    """End every session and open code of somebody; gives how many sessions ended."""
    return sign_in.revoke_all(db, person_id=person_id, now=now)


def sign_out_everywhere(db: Session, *, by: Viewer, person_id: int, now: datetime) -> None:
    """An admin ends every session of somebody, for instance after a lost phone."""
    sign_in.revoke_all(db, person_id=person_id, now=now)
    record(db, "people.signed_out_everywhere", actor_id=by.id, subject=("person", person_id), now=now)


def _join(db: Session, *, person_id: int, organisation_id: int, now: datetime) -> None:
    db.add(Membership(person_id=person_id, organisation_id=organisation_id, since=local_day(now)))
    db.flush()
