"""Letting people in: a link that is looked at with GET and accepted with POST."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session, aliased

from app.kit.errors import NotFound, Refused
from app.kit.ids import Keyring, digest, new_nonce
from app.kit.text import first_name
from app.ledger.actions import record
from app.outbox.actions import post
from app.people.actions.accounts import create_account
from app.people.actions.sign_in import start_session
from app.people.rules import INVITATION_DAYS, InvitationFacts, Viewer
from app.people.tables import Account, Invitation, Membership, Organisation, Person

PURPOSE = "invitation"


def create_invitation(db: Session, *, person_id: int, by_id: int | None, keyring: Keyring, now: datetime) -> int:
    """Make a link of 14 days for somebody and give its id; the letter makes the link from the nonce.

    Earlier links keep working until one of them is accepted. Raises: NotFound; Refused("no_address").
    """
    person = db.get(Person, person_id)
    if person is None or person.erased_at is not None:
        raise NotFound
    if not person.email:
        raise Refused("no_address", name=person.name)
    nonce = new_nonce()
    invitation = Invitation(
        person_id=person_id,
        nonce=nonce,
        token_hash=digest(keyring.mailed_token(PURPOSE, nonce)),
        created_at=now,
        expires_at=now + timedelta(days=INVITATION_DAYS),
        invited_by_id=by_id,
    )
    db.add(invitation)
    db.flush()
    record(
        db,
        "people.invited",
        actor_id=by_id,
        subject=("person", person_id),
        now=now,
        invitation_id=invitation.id,
    )
    return invitation.id


def open_invitation(db: Session, *, token: str, now: datetime) -> InvitationFacts:
    """What a link says; changes nothing.

    Raises: Refused("invitation_unknown" | "invitation_expired" | "invitation_used").
    """
    inviter = aliased(Person)
    row = db.execute(
        select(
            Invitation,
            Person.name,
            Person.email,
            Person.erased_at,
            Organisation.name.label("organisation"),
            inviter.name.label("inviter"),
            Account.activated_at,
        )
        .join(Person, Person.id == Invitation.person_id)
        .outerjoin(Account, Account.person_id == Person.id)
        .outerjoin(Membership, and_(Membership.person_id == Person.id, Membership.until.is_(None)))
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .outerjoin(inviter, inviter.id == Invitation.invited_by_id)
        .where(Invitation.token_hash == digest(token))
    ).first()
    if row is None or row.erased_at is not None or row.Invitation.withdrawn_at is not None:
        raise Refused("invitation_unknown")
    invitation = row.Invitation
    if invitation.accepted_at is not None:
        raise Refused("invitation_used")
    if invitation.expires_at <= now:
        raise Refused("invitation_expired")
    return InvitationFacts(
        id=invitation.id,
        person_id=invitation.person_id,
        name=row.name,
        first_name=first_name(row.name),
        email=row.email or "",
        organisation=row.organisation or "",
        invited_by_id=invitation.invited_by_id,
        invited_by=row.inviter or "",
        has_account=row.activated_at is not None,
        expires_at=invitation.expires_at,
    )


def accept_invitation(db: Session, *, token: str, now: datetime, device: str, proved: bool = False) -> tuple[int, str]:
    """Accept a link: the account opens and a session begins. Gives the person and the session's token.

    Somebody who has an account already must have proved her mailbox or be signed in (`proved`): a forwarded
    link opens no account that is in use. Consumed on success only.
    Raises: Refused("invitation_unknown" | "invitation_expired" | "invitation_used" | "mailbox_proof_needed").
    """
    facts = open_invitation(db, token=token, now=now)
    if facts.has_account and not proved:
        raise Refused("mailbox_proof_needed")
    taken = db.execute(
        update(Invitation)
        .where(
            Invitation.id == facts.id,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now,
        )
        .values(accepted_at=now)
        .returning(Invitation.id)
    ).first()
    if taken is None:
        raise Refused("invitation_used")
    db.execute(
        update(Invitation)
        .where(
            Invitation.person_id == facts.person_id, Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None)
        )
        .values(accepted_at=now)
    )
    create_account(db, person_id=facts.person_id, now=now)
    record(
        db,
        "people.invitation_accepted",
        actor_id=facts.person_id,
        subject=("person", facts.person_id),
        now=now,
        invitation_id=facts.id,
    )
    return facts.person_id, start_session(db, person_id=facts.person_id, device=device, now=now)


def mail_invitation(
    db: Session, *, invitation_id: int, own_text: str = "", reply_to_id: int | None = None, now: datetime
) -> int:
    """Mail the link of an invitation to an account; gives the message. Answers go to `reply_to_id`."""
    invitation = db.get_one(Invitation, invitation_id)
    return post(
        db,
        "people.invitation",
        person_id=invitation.person_id,
        key=f"people.invitation:{invitation_id}",
        now=now,
        data={"invitation_id": invitation_id},
        own_text=own_text,
        reply_to_id=reply_to_id,
        not_after=invitation.expires_at,
    )


def invite(
    db: Session, *, by: Viewer, person_ids: list[int], own_text: str, keyring: Keyring, now: datetime
) -> list[int]:
    """Invite people to an account of their own; who has one is passed over. Gives the invitations.

    Raises: Refused("nobody_chosen" | "no_address").
    """
    waiting = db.scalars(
        select(Person.id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(Person.id.in_(person_ids), Person.erased_at.is_(None), Account.person_id.is_(None))
        .order_by(Person.id)
    ).all()
    if not waiting:
        raise Refused("nobody_chosen")
    nameless = db.scalar(select(Person.name).where(Person.id.in_(waiting), Person.email.is_(None)).limit(1))
    if nameless is not None:
        raise Refused("no_address", name=nameless)
    made = [create_invitation(db, person_id=one, by_id=by.id, keyring=keyring, now=now) for one in waiting]
    for invitation_id in made:
        mail_invitation(db, invitation_id=invitation_id, own_text=own_text, reply_to_id=by.id, now=now)
    return made


def renew_invitation(db: Session, *, token: str, keyring: Keyring, now: datetime) -> None:
    """Mail a fresh link to the same address, for somebody whose link is too old.

    Raises: Refused("invitation_unknown" | "invitation_used").
    """
    old = db.scalar(select(Invitation).where(Invitation.token_hash == digest(token)))
    if old is None or old.withdrawn_at is not None:
        raise Refused("invitation_unknown")
    if old.accepted_at is not None:
        raise Refused("invitation_used")
    fresh = create_invitation(db, person_id=old.person_id, by_id=old.invited_by_id, keyring=keyring, now=now)
    mail_invitation(db, invitation_id=fresh, reply_to_id=old.invited_by_id, now=now)


def invited_person(db: Session, *, token: str) -> int | None:
    """Whose link this is, also when it no longer works; None for a link we never made or withdrew."""
    return db.scalar(
        select(Invitation.person_id)
        .join(Person, Person.id == Invitation.person_id)
        .where(Invitation.token_hash == digest(token), Invitation.withdrawn_at.is_(None), Person.erased_at.is_(None))
    )
