"""Coming in: invitations, codes, passwords, limits, and what ends a session."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.ids import Keyring, digest
from app.ledger.tables import LedgerEvent
from app.outbox.tables import Message
from app.people.actions import accounts, codes, invitations, limits, passwords, sign_in
from app.people.inputs import PersonDetails
from app.people.queries import cards, coaches, viewer_by_token
from app.people.rules import Role
from app.people.tables import Account, Invitation, LoginCode, Person, RateWindow, SignIn
from tests.people import INTERVENTION, KEYRING, link_of, make_cast, make_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database

BROWSER = "the-browser-that-asked"


def _invited(db: Session, clock: MovableClock, name: str = "Noor de Wit") -> tuple[int, str]:
    person_id = make_person(db, name, now=clock.now(), account=False)
    invitation_id = invitations.create_invitation(db, person_id=person_id, by_id=None, keyring=KEYRING, now=clock.now())
    return person_id, link_of(db, invitation_id)


def _refusal(db: Session, clock: MovableClock, token: str) -> str:
    with pytest.raises(Refused) as refused:
        invitations.accept_invitation(db, token=token, now=clock.now(), device="x")
    return refused.value.code


def test_an_invitation_opens_an_account_and_a_session(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        person_id, token = _invited(db, clock)
        assert invitations.open_invitation(db, token=token, now=clock.now()).first_name == "Noor"
        assert db.get(Account, person_id) is None  # looking changes nothing
        accepted, session = invitations.accept_invitation(db, token=token, now=clock.now(), device="Firefox")
        assert accepted == person_id
        found = viewer_by_token(db, digest(session), now=clock.now())
        assert found is not None
        assert found[0].name == "Noor de Wit"
        events = db.scalars(select(LedgerEvent.action).order_by(LedgerEvent.id)).all()
        assert events == ["people.added", "people.invited", "people.account_opened", "people.invitation_accepted"]


def test_an_invitation_works_once(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        _, token = _invited(db, clock)
        invitations.accept_invitation(db, token=token, now=clock.now(), device="x")
        assert _refusal(db, clock, token) == "invitation_used"
        assert db.scalar(select(func.count()).select_from(SignIn)) == 1


def test_two_accept_at_once_and_one_gets_in(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        _, token = _invited(db, clock)
    outcomes: list[str] = []

    def accept() -> None:
        try:
            with database.writing() as db:
                invitations.accept_invitation(db, token=token, now=clock.now(), device="x")
            outcomes.append("in")
        except Refused as refused:
            outcomes.append(refused.code)

    threads = [Thread(target=accept) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("in") == 1
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(SignIn)) == 1


def test_an_invitation_ends_after_fourteen_days(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        person_id, token = _invited(db, clock)
        clock.advance(timedelta(days=14))
        assert _refusal(db, clock, token) == "invitation_expired"
        invitations.renew_invitation(db, token=token, keyring=KEYRING, now=clock.now())
        fresh = db.scalars(select(Invitation).where(Invitation.person_id == person_id).order_by(Invitation.id)).all()
        message = db.scalars(select(Message)).one()
        assert (message.kind, message.person_id) == ("people.invitation", person_id)
        invitations.accept_invitation(db, token=link_of(db, fresh[1].id), now=clock.now(), device="x")


def test_a_withdrawn_or_invented_link_is_unknown(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        person_id, token = _invited(db, clock)
        assert accounts.withdraw_invitations(db, person_id=person_id, by_id=None, now=clock.now()) == 1
        assert _refusal(db, clock, token) == "invitation_unknown"
        assert _refusal(db, clock, "made-up") == "invitation_unknown"
        assert invitations.invited_person(db, token=token) is None


def test_a_link_that_went_to_another_mailbox_opens_nothing(database: Database, clock: MovableClock) -> None:
    """The admin corrects an address: who got the invitation by mistake has no way in."""
    with database.writing() as db:
        fatma = make_cast(db, now=clock.now()).fatma
        person_id, token = _invited(db, clock, "Els Kooiman")
        person = db.get_one(Person, person_id)
        right = PersonDetails(name=person.name, email="de.goede@linde.example")
        accounts.change_person(db, by=fatma, person_id=person_id, given=right, now=clock.now())
        assert _refusal(db, clock, token) == "invitation_unknown"


def test_accepting_one_link_uses_up_the_others(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        person_id, first = _invited(db, clock)
        second = invitations.create_invitation(db, person_id=person_id, by_id=None, keyring=KEYRING, now=clock.now())
        invitations.accept_invitation(db, token=first, now=clock.now(), device="x")
        assert _refusal(db, clock, link_of(db, second)) == "invitation_used"


def test_who_has_an_account_proves_her_mailbox_first(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        person_id = make_person(db, "Noor de Wit", now=clock.now())
        token = link_of(
            db, invitations.create_invitation(db, person_id=person_id, by_id=None, keyring=KEYRING, now=clock.now())
        )
        assert _refusal(db, clock, token) == "mailbox_proof_needed"
        invitations.accept_invitation(db, token=token, now=clock.now(), device="x", proved=True)


def test_the_secret_of_a_link_stands_in_no_table(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        _, token = _invited(db, clock)
        row = db.scalars(select(Invitation)).one()
        assert token not in {row.nonce, row.token_hash}
        assert Keyring(("another secret of thirty-two signs!",)).mailed_token("invitation", row.nonce) != token


def _code(db: Session) -> str:
    code = db.scalars(select(LoginCode).order_by(LoginCode.id.desc()).limit(1)).one()
    return codes.digits(KEYRING, code.nonce)


def _try(db: Session, clock: MovableClock, code: str, browser: str = BROWSER) -> int | None:
    return codes.check_code(db, browser=browser, code=code, keyring=KEYRING, now=clock.now())


def test_a_code_proves_a_mailbox_once(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        noor = make_person(db, "Noor de Wit", now=clock.now())
        codes.mail_code_to(db, address="noor@demo.example", browser=BROWSER, now=clock.now())
        code = _code(db)
        message = db.scalars(select(Message)).one()
        assert code not in str(message.data)
        assert _try(db, clock, f" {code[:3]} {code[3:]} ") == noor
        assert codes.use_code(db, browser=BROWSER, person_id=noor, now=clock.now())
        assert not codes.use_code(db, browser=BROWSER, person_id=noor, now=clock.now())
        assert _try(db, clock, code) is None


def test_a_code_is_bound_to_the_browser_that_asked(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        make_person(db, "Noor de Wit", now=clock.now())
        codes.mail_code_to(db, address="noor@demo.example", browser=BROWSER, now=clock.now())
        assert _try(db, clock, _code(db), browser="another") is None
        assert _try(db, clock, _code(db), browser="") is None


def test_a_code_lives_ten_minutes_and_five_tries(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        noor = make_person(db, "Noor de Wit", now=clock.now())
        codes.mail_code(db, person_id=noor, browser=BROWSER, now=clock.now())
        clock.advance(timedelta(minutes=10))
        assert _try(db, clock, _code(db)) is None
        codes.mail_code(db, person_id=noor, browser=BROWSER, now=clock.now())
        right = _code(db)
        wrong = "000000" if right != "000000" else "111111"
        assert [_try(db, clock, wrong) for _ in range(5)] == [None] * 5
        assert _try(db, clock, right) is None


def test_a_new_code_ends_the_old_one(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        noor = make_person(db, "Noor de Wit", now=clock.now())
        codes.mail_code(db, person_id=noor, browser=BROWSER, now=clock.now())
        old = _code(db)
        codes.mail_code(db, person_id=noor, browser=BROWSER, now=clock.now())
        assert old == _code(db) or _try(db, clock, old) is None


def test_a_code_outlives_a_change_of_key(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        noor = make_person(db, "Noor de Wit", now=clock.now())
        codes.mail_code(db, person_id=noor, browser=BROWSER, now=clock.now())
        newer = Keyring(("a newer secret of at least 32 signs", *KEYRING.keys))
        assert codes.check_code(db, browser=BROWSER, code=_code(db), keyring=newer, now=clock.now()) == noor


def test_no_mail_for_a_stranger_or_somebody_without_account(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        make_person(db, "Noor de Wit", now=clock.now(), account=False)
        for address in ("noor@demo.example", "niemand@demo.example"):
            codes.mail_code_to(db, address=address, browser=BROWSER, now=clock.now())
        assert db.scalar(select(func.count()).select_from(Message)) == 0


def test_a_new_password_ends_every_other_session(database: Database, clock: MovableClock) -> None:
    hashed = passwords.hash_password("vier woorden bij elkaar")
    with database.writing() as db:
        noor = make_person(db, "Noor de Wit", now=clock.now())
        tokens = [sign_in.start_session(db, person_id=noor, device="x", now=clock.now()) for _ in range(3)]
        here = viewer_by_token(db, digest(tokens[0]), now=clock.now())
        assert here is not None
        codes.mail_code(db, person_id=noor, browser=BROWSER, now=clock.now())
        passwords.set_password(
            db, person_id=noor, password_hash=hashed, now=clock.now(), keep_session=here[0].sign_in_id
        )
        held = [viewer_by_token(db, digest(token), now=clock.now()) is not None for token in tokens]
        assert held == [True, False, False]
        assert _try(db, clock, _code(db)) is None
        assert db.scalar(select(Message.kind).where(Message.kind == "people.password_changed")) is not None
        stored = passwords.stored_password(db, address="noor@demo.example")
    assert stored == (noor, hashed)
    assert passwords.password_matches(hashed, "vier woorden bij elkaar")
    assert not passwords.password_matches(hashed, "vier woorden bij elkaer")
    assert not passwords.password_matches(None, "vier woorden bij elkaar")


def test_a_role_ends_the_sessions_of_before(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        cast = make_cast(db, now=clock.now())
        accounts.grant_role(
            db, by=cast.fatma, person_id=cast.noor.id, role=Role.COACH, intervention=INTERVENTION, now=clock.now()
        )
        assert viewer_by_token(db, digest(cast.sessions["noor"]), now=clock.now()) is None
        assert {card.name for card in coaches(db, INTERVENTION)} == {"Noor de Wit", "Ruben Haddad"}
        accounts.revoke_role(
            db, by=cast.fatma, person_id=cast.ruben.id, role=Role.COACH, intervention=INTERVENTION, now=clock.now()
        )
        assert viewer_by_token(db, digest(cast.sessions["ruben"]), now=clock.now()) is None
        assert [card.name for card in coaches(db, INTERVENTION)] == ["Noor de Wit"]
        granted = db.scalars(select(LedgerEvent).where(LedgerEvent.action == "people.role_granted")).all()[-1]
        assert (granted.actor_id, granted.subject_id) == (cast.fatma.id, cast.noor.id)


def test_nobody_grants_upwards_or_to_herself(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        cast = make_cast(db, now=clock.now())
        for by, person, role in (
            (cast.fatma, cast.fatma, Role.OWNER),
            (cast.fatma, cast.noor, Role.ADMIN),
            (cast.ruben, cast.noor, Role.PROFESSIONAL),
            (cast.sanne, cast.noor, Role.COACH),
        ):
            with pytest.raises(Forbidden):
                accounts.grant_role(db, by=by, person_id=person.id, role=role, now=clock.now())
        with pytest.raises(NotFound):
            accounts.grant_role(db, by=cast.fatma, person_id=999_999, role=Role.COACH, now=clock.now())
        with pytest.raises(Refused, match="contact_needs_organisation"):
            accounts.grant_role(
                db, by=cast.fatma, person_id=cast.noor.id, role=Role.ORGANISATION_CONTACT, now=clock.now()
            )


def test_an_admin_cannot_take_over_an_owner(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        cast = make_cast(db, now=clock.now())
        owner = make_person(db, "Wil de Boer", now=clock.now())
        accounts.grant_role(db, by=None, person_id=owner, role=Role.OWNER, now=clock.now())
        stolen = PersonDetails(name="Wil de Boer", email="fatma.anders@demo.example")
        with pytest.raises(Refused, match="address_of_admin"):
            accounts.change_person(db, by=cast.fatma, person_id=owner, given=stolen, now=clock.now())
        with pytest.raises(Refused, match="last_owner"):
            accounts.revoke_role(db, by=None, person_id=owner, role=Role.OWNER, now=clock.now())


def test_a_new_address_ends_the_sessions(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        cast = make_cast(db, now=clock.now())
        given = PersonDetails(name="Noor de Wit", email="Noor.deWit@Demo.Example", organisation="Zorggroep Linde")
        accounts.change_person(db, by=cast.fatma, person_id=cast.noor.id, given=given, now=clock.now())
        card = cards(db, [cast.noor.id])[cast.noor.id]
        assert (card.email, card.organisation) == ("noor.dewit@demo.example", "Zorggroep Linde")
        assert viewer_by_token(db, digest(cast.sessions["noor"]), now=clock.now()) is None
        with pytest.raises(Refused, match="email_in_use"):
            accounts.add_person(
                db, by_id=None, name="X", email="NOOR.dewit@demo.example", organisation_id=None, now=clock.now()
            )


def test_limits_count_and_start_again(database: Database, clock: MovableClock) -> None:
    window = timedelta(minutes=15)

    def once() -> bool:
        with database.writing() as db:
            return limits.hit(db, key="x", limit=2, window=window, now=clock.now())

    assert [once(), once(), once()] == [True, True, False]
    clock.advance(window)
    assert once()
    with database.reading() as db:
        assert set(db.scalars(select(RateWindow.key))) == {digest("x")}


def test_a_limit_holds_for_many_at_once(database: Database, clock: MovableClock) -> None:
    allowed: list[bool] = []

    def many() -> None:
        for _ in range(5):
            with database.writing() as db:
                allowed.append(limits.hit(db, key="y", limit=7, window=timedelta(hours=1), now=clock.now()))

    threads = [Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(allowed), sum(allowed)) == (20, 7)


def test_who_goes_on_and_on_uses_up_her_own_tries_only(database: Database, clock: MovableClock) -> None:
    hour = timedelta(hours=1)
    everybody = limits.Limit("a@demo.example", 6, hour)

    def tried(network: str) -> bool:
        near = limits.Limit(f"a@demo.example|{network}", 3, hour)
        with database.writing() as db:
            return limits.refusal(db, near, everybody, now=clock.now()) is None

    assert [tried("stranger") for _ in range(20)] == [True] * 3 + [False] * 17
    assert [tried("home") for _ in range(4)] == [True] * 3 + [False]
    assert not tried("elsewhere")
