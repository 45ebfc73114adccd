"""The app and the codes on paper: right once, wrong otherwise, readable by nobody."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, func, select, text

from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.ids import Keyring, digest
from app.kit.sealed import Unreadable, seal, unseal
from app.ledger.tables import LedgerContent, LedgerEvent
from app.outbox.tables import Message
from app.people.actions import accounts, own_data, second_factor, sign_in
from app.people.queries import second_factor_of, viewer_by_token, viewer_for
from app.people.rules import Role
from app.people.tables import RecoveryCode, SecondFactor, SignIn
from tests.apps import digits, set_up_app
from tests.domain.test_at_once import at_once
from tests.people import KEYRING, make_cast, make_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database

STEP = timedelta(seconds=30)


def prove(db: Session, person_id: int, now: datetime, *, code: str = "", recovery: str = "") -> str | None:
    refused = second_factor.prove(db, person_id=person_id, code=code, recovery=recovery, keyring=KEYRING, now=now)
    return refused.code if refused else None


def test_the_vectors_of_the_rfc(database: Database, clock: MovableClock) -> None:
    secret = base64.b32encode(b"12345678901234567890").decode()
    with database.writing() as db:
        ruben = make_cast(db, now=clock.now()).ruben.id
        sealed = seal(KEYRING, f"second-factor|{ruben}", secret)
        db.add(SecondFactor(person_id=ruben, sealed=sealed, set_at=clock.now(), last_step=0))
        db.flush()
        for second, code in (
            (59, "287082"),
            (1111111109, "081804"),
            (1111111111, "050471"),
            (1234567890, "005 924"),
            (2000000000, "279037"),
        ):
            assert prove(db, ruben, datetime.fromtimestamp(second, tz=UTC), code=code) is None


def test_a_code_works_once_and_a_clock_may_be_half_a_minute_off(database: Database, clock: MovableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        ruben = make_cast(db, now=now).ruben.id
        secret, _ = set_up_app(db, ruben, now=now)
        assert prove(db, ruben, now, code=digits(secret, now)) == "app_code_used"  # setting up used it
        ahead = digits(secret, now + STEP)
        assert prove(db, ruben, now, code=ahead) is None
        assert prove(db, ruben, now + STEP, code=ahead) == "app_code_used"
        assert prove(db, ruben, now + STEP, code=digits(secret, now)) == "app_code_used"  # older than the newest
        later = now + 10 * STEP
        for aside in (-2, 2):
            assert prove(db, ruben, later, code=digits(secret, later + aside * STEP)) == "app_code_wrong"
        for nonsense in ("", "12345", "1234567", "abcdef", "\uff11\uff12\uff13\uff14\uff15\uff16", "12345\x00"):
            assert prove(db, ruben, later, code=nonsense) == "app_code_wrong"
        assert prove(db, ruben, later, code=digits(secret, later - STEP)) is None


def test_the_same_code_at_once_lets_one_in(database: Database, clock: MovableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        ruben = make_cast(db, now=now).ruben.id
        secret, codes = set_up_app(db, ruben, now=now)
    later = now + 2 * STEP

    def attempt(**typed: str) -> Any:
        def job(db: Session) -> None:
            refused = second_factor.prove(
                db, person_id=ruben, **{"code": "", "recovery": ""} | typed, keyring=KEYRING, now=later
            )
            if refused is not None:
                raise refused

        return job

    assert at_once(database, [attempt(code=digits(secret, later))] * 4) == {"done": 1, "app_code_used": 3}
    assert at_once(database, [attempt(recovery=codes[0])] * 4) == {"done": 1, "recovery_code_wrong": 3}


def test_codes_on_paper_work_once_however_they_are_typed(database: Database, clock: MovableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        cast = make_cast(db, now=now)
        _, codes = set_up_app(db, cast.ruben.id, now=now)
        _, of_fatma = set_up_app(db, cast.fatma.id, now=now)
        assert len(set(codes)) == 8
        assert prove(db, cast.ruben.id, now, recovery=of_fatma[0]) == "recovery_code_wrong"
        typed = codes[0].replace("-", " ").lower().replace("0", "o").replace("1", "l")
        assert prove(db, cast.ruben.id, now, recovery=typed) is None
        assert prove(db, cast.ruben.id, now, recovery=codes[0]) == "recovery_code_wrong"
        assert second_factor_of(db, cast.ruben.id, {Role.COACH}).codes_left == 7
        ruben = viewer_for(db, cast.ruben.id)
        anew = second_factor.make_codes_anew(db, by=ruben, now=now)
        assert prove(db, cast.ruben.id, now, recovery=codes[1]) == "recovery_code_wrong"
        assert prove(db, cast.ruben.id, now, recovery=anew[7]) is None
    with database.reading() as db:
        told = [
            message.data["what"] for message in db.scalars(select(Message).where(Message.kind == second_factor.LETTER))
        ]
        assert sorted(told) == ["codes", "recovered", "recovered", "set", "set"]


def test_nothing_that_opens_stands_in_the_database_the_ledger_or_the_copy(
    database: Database, clock: MovableClock
) -> None:
    now = clock.now()
    with database.writing() as db:
        ruben = make_cast(db, now=now).ruben.id
        secret, codes = set_up_app(db, ruben, now=now)
    with database.reading() as db:
        row = db.get_one(SecondFactor, ruben)
        kept = [row.sealed, *db.scalars(select(RecoveryCode.code_hash))]
        kept += [str(content) for content in db.scalars(select(LedgerContent.content))]
        kept += [str(data) for data in db.scalars(select(Message.data))]
        kept.append(str(own_data.export_of(db, ruben)))
        for text in kept:
            assert secret not in text
            assert not any(code in text or code.replace("-", "") in text for code in codes)
        assert own_data.export_of(db, ruben)["inloggen_met_app"]["ingesteld"] == now.isoformat()
        assert unseal(KEYRING, f"second-factor|{ruben}", row.sealed) == secret
        with pytest.raises(Unreadable):
            unseal(KEYRING, f"second-factor|{ruben + 1}", row.sealed)
        with pytest.raises(Unreadable):
            unseal(Keyring(("another-secret-of-more-than-32-signs",)), f"second-factor|{ruben}", row.sealed)


def test_a_key_can_be_changed_without_anybody_setting_up_anew(database: Database, clock: MovableClock) -> None:
    now, newest = clock.now(), "the-next-secret-of-more-than-32-signs"
    both, only = Keyring((newest, KEYRING.keys[0])), Keyring((newest,))
    with database.writing() as db:
        ruben = make_cast(db, now=now).ruben.id
        secret, _ = set_up_app(db, ruben, now=now)
    later = now + 2 * STEP

    def with_keys(keys: Keyring, at: datetime) -> str | None:
        with database.writing() as db:
            refused = second_factor.prove(
                db, person_id=ruben, code=digits(secret, at), recovery="", keyring=keys, now=at
            )
        return refused.code if refused else None

    assert with_keys(both, later) is None
    assert with_keys(only, later + STEP) == "second_factor_unreadable"
    with database.writing() as db:
        assert second_factor.unreadable(db, keyring=only) == [ruben]
        assert second_factor.seal_anew(db, keyring=both) == 1
        assert second_factor.seal_anew(db, keyring=both) == 0
        assert second_factor.unreadable(db, keyring=only) == []
    assert with_keys(only, later + 2 * STEP) is None


def test_a_secret_that_was_set_up_meanwhile_is_not_overwritten(database: Database, clock: MovableClock) -> None:
    both, now = Keyring(("the-next-secret-of-more-than-32-signs", KEYRING.keys[0])), clock.now()
    with database.writing() as db:
        ruben = make_cast(db, now=now).ruben.id
        db.add(
            SecondFactor(
                person_id=ruben, sealed=seal(KEYRING, f"second-factor|{ruben}", "OUD"), set_at=now, last_step=0
            )
        )
    with database.writing() as db:

        @event.listens_for(SecondFactor, "load")
        def meanwhile(_factor: SecondFactor, context: Any) -> None:
            context.session.connection().execute(text("UPDATE second_factor SET sealed = 'another phone'"))

        try:
            assert second_factor.seal_anew(db, keyring=both) == 0
        finally:
            event.remove(SecondFactor, "load", meanwhile)
    with database.reading() as db:
        assert db.scalars(select(SecondFactor.sealed)).one() == "another phone"


def test_setting_up_ends_other_sessions_and_happens_once(database: Database, clock: MovableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        cast = make_cast(db, now=now)
        tokens = [sign_in.start_session(db, person_id=cast.ruben.id, device="x", now=now) for _ in range(2)]
        here, there = (
            db.scalars(select(SignIn.id).where(SignIn.token_hash == digest(token))).one() for token in tokens
        )
        secret = second_factor.offered_secret(db, sign_in_id=here, keyring=KEYRING)
        assert secret == second_factor.offered_secret(db, sign_in_id=here, keyring=KEYRING)
        assert secret != second_factor.offered_secret(db, sign_in_id=there, keyring=KEYRING)
        how: dict[str, Any] = {"person_id": cast.ruben.id, "sign_in_id": here, "keyring": KEYRING, "now": now}
        with pytest.raises(Refused, match="app_code_wrong"):
            second_factor.set_up(db, typed="000000", replacing=False, **how)
        second_factor.set_up(db, typed=digits(secret, now), replacing=False, **how)
        assert not sign_in.is_open(db, there)
        assert sign_in.is_open(db, here)
        with pytest.raises(Refused, match="second_factor_there"):
            second_factor.set_up(db, typed=digits(secret, now), replacing=False, **how)
        second_factor.set_up(db, typed=digits(secret, now), replacing=True, **how)
        actions = db.scalars(select(LedgerEvent.action).where(LedgerEvent.action.like("people.second_factor%"))).all()
        assert actions == ["people.second_factor_set", "people.second_factor_replaced"]


def test_who_has_not_shown_her_app_is_nobody(database: Database, clock: MovableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        cast = make_cast(db, now=now)
        half = {
            short: sign_in.start_session(db, person_id=getattr(cast, short).id, device="x", now=now)
            for short in ("noor", "ruben", "fatma", "sanne")
        }
        whole = sign_in.start_session(db, person_id=cast.ruben.id, device="x", now=now, second=True)

    def seen(token: str, *, asked: bool = True) -> Any:
        with database.reading() as db:
            found = viewer_by_token(db, digest(token), now=now, second_factor=asked)
        assert found is not None
        return found[0]

    for short in ("ruben", "fatma"):
        viewer = seen(half[short])
        assert (viewer.person_id, viewer.roles, viewer.coach_of) == (None, frozenset(), frozenset())
        assert viewer.halfway == getattr(cast, short).id
        assert seen(half[short], asked=False).person_id == getattr(cast, short).id  # in a demo
    for short in ("noor", "sanne"):
        assert seen(half[short]).person_id == getattr(cast, short).id
    assert seen(whole).person_id == cast.ruben.id
    assert not seen(whole).second_factor
    with database.writing() as db:
        set_up_app(db, cast.noor.id, now=now)
        again = sign_in.start_session(db, person_id=cast.noor.id, device="x", now=now)
        both = sign_in.start_session(db, person_id=cast.noor.id, device="x", now=now, second=True)
    assert seen(again).halfway == cast.noor.id  # she chose to: then it is asked
    assert seen(both).second_factor


def test_resetting_is_for_somebody_below_with_a_reason_and_closes_every_door(
    database: Database, clock: MovableClock
) -> None:
    now = clock.now()
    with database.writing() as db:
        cast = make_cast(db, now=now)
        otto, olga = (make_person(db, name, now=now) for name in ("Otto Prins", "Olga Prins"))
        accounts.grant_role(db, by=None, person_id=otto, role=Role.OWNER, now=now)
        accounts.grant_role(db, by=None, person_id=olga, role=Role.ADMIN, now=now)
        for person_id in (cast.ruben.id, cast.fatma.id, otto, olga):
            set_up_app(db, person_id, now=now)
        token = sign_in.start_session(db, person_id=cast.ruben.id, device="x", now=now, second=True)
    with database.writing() as db:
        fatma, owner = viewer_for(db, cast.fatma.id), viewer_for(db, otto)
        for by, whom in ((fatma, olga), (fatma, otto), (fatma, cast.fatma.id), (owner, otto), (cast.ruben, olga)):
            with pytest.raises(Forbidden):
                second_factor.reset(db, by=by, person_id=whom, reason="Kwijt.", now=now)
        second_factor.reset(db, by=fatma, person_id=cast.ruben.id, reason="Telefoon in de gracht.", now=now)
        with pytest.raises(NotFound):
            second_factor.reset(db, by=fatma, person_id=cast.ruben.id, reason="Nog eens.", now=now)
        second_factor.reset(db, by=owner, person_id=olga, reason="Kwijt.", now=now)
        second_factor.reset(db, by=None, person_id=otto, reason="Commando.", now=now)
    with database.reading() as db:
        assert viewer_by_token(db, digest(token), now=now, second_factor=True) is None
        assert db.scalars(select(SecondFactor.person_id)).all() == [cast.fatma.id]
        assert db.scalar(select(func.count()).where(RecoveryCode.person_id == cast.ruben.id)) == 0
        event = db.scalars(
            select(LedgerEvent).where(LedgerEvent.subject_id == cast.ruben.id).order_by(LedgerEvent.id.desc())
        ).first()
        assert event is not None
        assert (event.action, event.actor_id) == ("people.second_factor_reset", cast.fatma.id)
        assert db.get_one(LedgerContent, event.id).content == {"reason": "Telefoon in de gracht."}


def test_who_needs_it_cannot_go_without(database: Database, clock: MovableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        cast = make_cast(db, now=now)
        for viewer in (cast.noor, cast.ruben):
            set_up_app(db, viewer.id, now=now)
        with pytest.raises(Refused, match="second_factor_required"):
            second_factor.drop(db, by=cast.ruben, now=now)
        second_factor.drop(db, by=cast.noor, now=now)
        second_factor.drop(db, by=cast.noor, now=now)
        assert db.scalars(select(SecondFactor.person_id)).all() == [cast.ruben.id]
        assert (
            db.scalar(
                select(func.count())
                .select_from(LedgerEvent)
                .where(LedgerEvent.action == "people.second_factor_dropped")
            )
            == 1
        )
