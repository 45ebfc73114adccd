"""The cast of the tests, made by the real actions.

Noor is a professional of Welzijn Maasoever with coach Ruben, Fatma is the admin, Sanne the contact of Noor's
organisation, Joris a professional of another organisation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from app.kit.ids import Keyring
from app.people.actions import accounts, invitations
from app.people.queries import viewer_for
from app.people.rules import Role, Viewer
from app.settings import DEMO_SECRET
from tests.support.again import again

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

KEYRING: Final = Keyring((DEMO_SECRET,))
INTERVENTION: Final = "mijn-verhaal"


@dataclass(frozen=True)
class Cast:
    """Everybody as viewers; `.id` is the person. `sessions` holds a session token by first name."""

    noor: Viewer
    ruben: Viewer
    fatma: Viewer
    sanne: Viewer
    joris: Viewer
    maasoever_id: int
    linde_id: int
    sessions: dict[str, str]


def make_person(
    db: Session, name: str, *, now: datetime, organisation: str = "", email: str | None = None, account: bool = True
) -> int:
    """Somebody with an address of her first name, and an account unless told otherwise."""
    organisation_id = accounts.ensure_organisation(db, name=organisation, now=now) if organisation else None
    address = email or f"{name.split(maxsplit=1)[0].lower()}@demo.example"
    person_id = accounts.add_person(db, by_id=None, name=name, email=address, organisation_id=organisation_id, now=now)
    if account:
        accounts.create_account(db, person_id=person_id, now=now)
    return person_id


def come_in(db: Session, person_id: int, *, now: datetime) -> str:
    """Invite somebody and let her accept; gives the session's token."""
    invitation_id = invitations.create_invitation(db, person_id=person_id, by_id=None, keyring=KEYRING, now=now)
    _, token = invitations.accept_invitation(
        db, token=link_of(db, invitation_id), now=now, device="Firefox op Linux", proved=True
    )
    return token


def link_of(db: Session, invitation_id: int) -> str:
    """The token in the link of an invitation, as the letter makes it."""
    from app.people.tables import Invitation

    return KEYRING.mailed_token(invitations.PURPOSE, db.get_one(Invitation, invitation_id).nonce)


def make_cast(db: Session, *, now: datetime) -> Cast:
    """All five, each invited, in, and with a role."""
    return again(db, None, ("cast", now), lambda: _make_cast(db, now=now))


def _make_cast(db: Session, *, now: datetime) -> Cast:
    maasoever = accounts.ensure_organisation(db, name="Welzijn Maasoever", city="Rotterdam", now=now)
    linde = accounts.ensure_organisation(db, name="Zorggroep Linde", city="Breda", now=now)
    people = {
        "noor": ("Noor de Wit", maasoever, Role.PROFESSIONAL),
        "ruben": ("Ruben Haddad", None, Role.COACH),
        "fatma": ("Fatma Yıldız", None, Role.ADMIN),  # noqa: RUF001 - her own letters
        "sanne": ("Sanne Bakker", maasoever, Role.ORGANISATION_CONTACT),
        "joris": ("Joris van Leeuwen", linde, Role.PROFESSIONAL),
    }
    ids: dict[str, int] = {}
    for short, (name, organisation_id, role) in people.items():
        ids[short] = accounts.add_person(
            db,
            by_id=None,
            name=name,
            email=f"{short}@demo.example",
            organisation_id=organisation_id,
            now=now,
            phone="06 12 34 56 78" if short == "noor" else "",
        )
        accounts.grant_role(
            db,
            by=None,
            person_id=ids[short],
            role=role,
            organisation_id=maasoever if role == Role.ORGANISATION_CONTACT else None,
            intervention=INTERVENTION if role == Role.COACH else "",
            now=now,
        )
    sessions = {short: come_in(db, person_id, now=now) for short, person_id in ids.items()}
    db.flush()
    viewers = {short: viewer_for(db, person_id) for short, person_id in ids.items()}
    return Cast(**viewers, maasoever_id=maasoever, linde_id=linde, sessions=sessions)
