"""The first person of a fresh installation, made by a command."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.errors import Refused
from app.kit.ids import Keyring
from app.people.actions.accounts import add_person, grant_role
from app.people.actions.invitations import create_invitation
from app.people.rules import Role, read_address
from app.people.tables import Account, Invitation, Person, RoleGrant


def create_first_admin(db: Session, *, name: str, email: str, keyring: Keyring, now: datetime) -> str:
    """Make the first owner and give the token of her invitation; again for the same owner, a new link.

    Raises: Refused("owner_exists") when somebody else is owner, or she came in already.
    """
    owners = {
        row.email: row
        for row in db.execute(
            select(Person.id, Person.email, Account.activated_at)
            .join(RoleGrant, RoleGrant.person_id == Person.id)
            .outerjoin(Account, Account.person_id == Person.id)
            .where(RoleGrant.role == Role.OWNER, RoleGrant.revoked_at.is_(None))
        )
    }
    waiting = owners.get(read_address(email))
    if waiting is not None and waiting.activated_at is None:
        person_id = int(waiting.id)  # the first link was lost, or is too old
    elif owners:
        raise Refused("owner_exists")
    else:
        person_id = add_person(db, by_id=None, name=" ".join(name.split()), email=email, organisation_id=None, now=now)
        grant_role(db, by=None, person_id=person_id, role=Role.OWNER, now=now)
    invitation_id = create_invitation(db, person_id=person_id, by_id=None, keyring=keyring, now=now)
    invitation = db.get_one(Invitation, invitation_id)
    return keyring.matching_token("invitation", invitation.nonce, invitation.token_hash)
