"""Letters about people: codes, invitations, and news about the own account."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.kit.text import first_name
from app.letters.desk import Desk, Draft, Kind, NotDue
from app.outbox.tables import Message
from app.people.actions.codes import digits
from app.people.actions.invitations import PURPOSE
from app.people.rules import CODE_MINUTES, INVITATION_DAYS
from app.people.tables import Account, Invitation, LoginCode, Person

LEAVING_SOON: Final = "people.leaving_soon"


def login_code(db: Session, message: Message, desk: Desk) -> Draft:
    """A code to come in with; not due when it was used or its ten minutes are over."""
    code = db.get(LoginCode, int(message.data["code_id"]))
    if code is None or code.used_at is not None or code.expires_at <= desk.now:
        raise NotDue("De code is al gebruikt of verlopen.")
    return Draft("login_code", {"code": digits(desk.keyring, code.nonce), "minutes": CODE_MINUTES})


def password_changed(db: Session, message: Message, desk: Desk) -> Draft:  # noqa: ARG001 - the shape of every kind
    """Tells that the password changed, so that somebody notices when it was not her."""
    return Draft(
        "password_changed", {"at": datetime.fromisoformat(message.data["at"]), "link": desk.link("/wachtwoord")}
    )


def second_factor_changed(db: Session, message: Message, desk: Desk) -> Draft:  # noqa: ARG001 - the same
    """Tells what happened to the app or the codes on paper, so that somebody notices when it was not her."""
    facts = {"what": message.data["what"], "at": datetime.fromisoformat(message.data["at"])}
    return Draft("second_factor_changed", {**facts, "link": desk.link("/account")})


def account_invitation(db: Session, message: Message, desk: Desk) -> Draft:
    """A link to an account, for people who are not invited through a training; a preview's link opens nothing."""
    if "invitation_id" not in message.data:
        sender = db.get(Person, message.reply_to_id) if message.reply_to_id else None
        return Draft("account_invitation", invitation_facts(desk, sender.name if sender else "", "..."))
    invitation = db.get(Invitation, int(message.data["invitation_id"]))
    if invitation is None or invitation.withdrawn_at is not None:
        raise NotDue("De uitnodiging is ingetrokken.")
    if invitation.accepted_at is not None:
        raise NotDue("De uitnodiging is al gebruikt.")
    if invitation.expires_at <= desk.now:
        raise NotDue("De uitnodiging is verlopen.")
    inviter = db.get(Person, invitation.invited_by_id) if invitation.invited_by_id else None
    token = desk.keyring.matching_token(PURPOSE, invitation.nonce, invitation.token_hash)
    return Draft("account_invitation", invitation_facts(desk, inviter.name if inviter else "", token))


def invitation_facts(desk: Desk, inviter: str, token: str) -> dict[str, object]:
    """What the letter of an invitation tells; shared with the preview, which has no token yet."""
    return {
        "inviter": inviter,
        "inviter_first": first_name(inviter) if inviter else "",
        "link": desk.link(f"/uitnodiging/{token}"),
        "days": INVITATION_DAYS,
    }


def leaving_soon(db: Session, message: Message, desk: Desk) -> Draft:
    """Says that an account nobody uses goes; not due when she came back, or cannot come back at all."""
    account = db.get(Account, message.person_id)
    if account is None or account.blocked_at is not None:
        raise NotDue("Deze persoon kan niet inloggen.")
    if account.last_seen_at is not None and account.last_seen_at >= message.created_at:
        raise NotDue("Deze persoon is weer ingelogd.")
    return Draft("leaving_soon", {"link": desk.link("/inloggen")})


KINDS: Final[dict[str, Kind]] = {
    "people.login_code": login_code,
    "people.password_changed": password_changed,
    "people.second_factor_changed": second_factor_changed,
    "people.invitation": account_invitation,
    LEAVING_SOON: leaving_soon,
}
