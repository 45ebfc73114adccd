"""The proof of who signs, on the page where she signs: six digits, once for half a day, and nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from app.kit.ids import digest
from app.kit.storage import folder
from app.people.actions.accounts import revoke_role
from app.people.rules import Role
from app.people.tables import RateWindow, SignIn
from app.practice.actions.consent import withdraw_consent
from app.practice.tables.evidence import Evidence
from app.practice.tables.proof import SignOff
from tests.apps import digits, set_up_app
from tests.blank_forms import blank_form
from tests.page import Site, make_test_parts
from tests.practising import begin, hand_over, signature

if TYPE_CHECKING:
    from pathlib import Path

    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from tests.page import Visitor
    from tests.practising import Practising


@pytest.fixture
def at_work(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> Practising:
    return begin(sqlite_database, folder(data_dir / "files"), clock, until="observed")


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, clock: MovableClock, at_work: Practising) -> Site:
    return Site(make_test_parts(sqlite_database, data_dir, clock, second_factor=True))


@pytest.fixture
def secret(site: Site, at_work: Practising, clock: MovableClock) -> str:
    with site.parts.database.writing() as db:
        return set_up_app(db, at_work.ruben.id, now=clock.now())[0]


@pytest.fixture
def ruben(site: Site, at_work: Practising, secret: str, clock: MovableClock) -> Visitor:
    """In with both factors; that was yesterday evening, and he used the program since."""
    visitor = site.visitor(at_work.ruben.id)
    clock.advance(timedelta(hours=13))
    with site.parts.database.writing() as db:
        token = visitor.client.cookies.get("__Host-session") or ""
        row = db.scalars(select(SignIn).where(SignIn.token_hash == digest(token))).one()
        row.second_at, row.last_seen_at = row.created_at, clock.now()
    return visitor


def form(site: Site, at_work: Practising, **more: Any) -> dict[str, Any]:
    with site.parts.database.reading() as db:
        given = signature(db, at_work).model_dump(mode="json", exclude_none=True)
    return given | more


def signed(site: Site) -> int:
    with site.parts.database.reading() as db:
        return db.scalar(select(func.count()).select_from(SignOff)) or 0


def test_the_digits_are_typed_where_she_signs(
    site: Site, at_work: Practising, ruben: Visitor, secret: str, clock: MovableClock
) -> None:
    path = f"/coach/{at_work.record_id}/aftekenen"
    assert "Code uit je app" in ruben.get(path).text
    given = form(site, at_work, reason="Wij zagen het allebei.")
    without = ruben.post(path, given, status=422).text
    assert "Vul de zes cijfers uit je app in." in without
    assert "Wij zagen het allebei." in without
    wrong = ruben.post(path, given | {"code": "000000"}, status=422).text
    assert "Deze code klopt niet." in wrong
    assert "Wij zagen het allebei." in wrong
    assert signed(site) == 0
    before = ruben.client.cookies.get("__Host-session")
    answer = ruben.post(path, given | {"code": digits(secret, clock.now())})
    assert answer.headers["location"] == f"/coach/{at_work.record_id}"
    assert signed(site) == 1
    assert ruben.client.cookies.get("__Host-session") != before
    ruben.get("/coach")


def test_a_right_code_counts_also_when_the_form_is_not_right(
    site: Site, at_work: Practising, ruben: Visitor, secret: str, clock: MovableClock
) -> None:
    """Then she mends the form and signs, without waiting for the next six digits."""
    path = f"/coach/{at_work.record_id}/aftekenen"
    given = form(site, at_work)
    back = ruben.post(path, given | {"seen": "", "code": digits(secret, clock.now())}, status=422).text
    assert "Code uit je app" not in back
    ruben.post(path, given)
    assert signed(site) == 1


def test_also_when_what_is_signed_has_changed(
    site: Site, at_work: Practising, ruben: Visitor, secret: str, clock: MovableClock
) -> None:
    path = f"/coach/{at_work.record_id}/aftekenen"
    given = form(site, at_work) | {"version": "99", "code": digits(secret, clock.now())}
    ruben.post(path, given, status=409)
    assert "Code uit je app" not in ruben.get(path).text


def test_evidence_that_went_comes_back_as_a_page_that_says_so(
    site: Site, at_work: Practising, ruben: Visitor, secret: str, clock: MovableClock
) -> None:
    """Her reason is kept, her proof counts, and the tick is hers to give anew."""
    path = f"/coach/{at_work.record_id}/aftekenen"
    asked = blank_form(ruben.get(path).text, path)
    assert asked is not None
    given = form(site, at_work, reason="Wij zagen het allebei.")
    assert asked.sent["basis"] == given["basis"]
    take_consent_back(site, at_work, clock)
    back = ruben.post(path, given | {"code": digits(secret, clock.now())}, status=409).text
    assert "Wat je vastlegt is intussen veranderd" in back
    assert "Wij zagen het allebei." in back
    assert "Code uit je app" not in back
    assert "<dt>Foto’s</dt><dd>0</dd>" in back
    now = blank_form(back, path)
    assert now is not None
    assert now.sent["basis"] not in {"", given["basis"]}
    assert now.sent["decision"] == "signed_off"
    assert "seen" in now.needed
    assert signed(site) == 0
    ruben.post(path, now.sent | {"seen": "on"})
    assert signed(site) == 1


def test_also_when_something_typed_is_wrong_besides(
    site: Site, at_work: Practising, ruben: Visitor, secret: str, clock: MovableClock
) -> None:
    """What lies there now is on the page that comes back: it is never shown without saying that it changed."""
    path = f"/coach/{at_work.record_id}/aftekenen"
    given = form(site, at_work, code="000000")
    take_consent_back(site, at_work, clock)
    back = ruben.post(path, given, status=409).text
    assert "Deze code klopt niet." in back
    assert "Wat je vastlegt is intussen veranderd" in back
    again = blank_form(back, path)
    assert again is not None
    ruben.post(path, again.sent | {"seen": "on", "code": digits(secret, clock.now())})
    assert signed(site) == 1


def test_a_form_that_does_not_say_what_was_shown(
    site: Site, at_work: Practising, ruben: Visitor, secret: str, clock: MovableClock
) -> None:
    path = f"/coach/{at_work.record_id}/aftekenen"
    given = form(site, at_work, code=digits(secret, clock.now()))
    for basis in ("", "onzin", "x" * 5000):
        assert "Wat je vastlegt is intussen veranderd" in ruben.post(path, given | {"basis": basis}, status=409).text
    del given["basis"]
    assert "Wat je vastlegt is intussen veranderd" in ruben.post(path, given, status=409).text
    assert signed(site) == 0


def test_who_handed_her_over_gets_her_words_back_and_signs_nothing(
    site: Site, at_work: Practising, ruben: Visitor, secret: str, clock: MovableClock
) -> None:
    """Somebody else's work looks as if it were not there; what he typed is on the page, to copy."""
    path = f"/coach/{at_work.record_id}/aftekenen"
    given = form(site, at_work, reason="Wij zagen het allebei.", code=digits(secret, clock.now()))
    hand_over(site.parts.database, at_work, clock, "Els Vermeer")
    assert "Wij zagen het allebei." in ruben.post(path, given, status=404).text
    assert signed(site) == 0


def test_who_lost_the_right_meanwhile_signs_nothing(site: Site, at_work: Practising, ruben: Visitor) -> None:
    """Her sessions ended with it: she is asked to come in again, and her words are there to copy."""
    path = f"/coach/{at_work.record_id}/aftekenen"
    given = form(site, at_work, reason="Wij zagen het allebei.")
    with site.parts.database.writing() as db:
        for slug in at_work.ruben.coach_of:
            revoke_role(
                db, by=None, person_id=at_work.ruben.id, role=Role.COACH, intervention=slug, now=site.parts.clock.now()
            )
    assert "Wij zagen het allebei." in ruben.post(path, given, status=401).text
    assert signed(site) == 0


def take_consent_back(site: Site, at_work: Practising, clock: MovableClock) -> None:
    with site.parts.database.writing() as db:
        photo = db.scalars(select(Evidence.id).where(Evidence.added_by_id == at_work.noor.id)).one()
        withdraw_consent(db, by=at_work.noor, record_id=at_work.record_id, evidence_id=photo, now=clock.now())


def test_the_tries_are_counted_and_end(site: Site, at_work: Practising, ruben: Visitor) -> None:
    path = f"/coach/{at_work.record_id}/aftekenen"
    given = form(site, at_work, code="000000")
    for _ in range(6):
        ruben.post(path, given, status=422)
    assert "vaak" in ruben.post(path, given, status=422).text
    with site.parts.database.reading() as db:
        assert max(db.scalars(select(RateWindow.count))) >= 6


def test_within_half_a_day_nothing_is_asked(site: Site, at_work: Practising, secret: str, clock: MovableClock) -> None:
    visitor = site.visitor(at_work.ruben.id)
    with site.parts.database.writing() as db:
        token = visitor.client.cookies.get("__Host-session") or ""
        db.scalars(select(SignIn).where(SignIn.token_hash == digest(token))).one().second_at = clock.now()
    clock.advance(timedelta(hours=11))
    path = f"/coach/{at_work.record_id}/aftekenen"
    assert "Code uit je app" not in visitor.get(path).text
    visitor.post(path, form(site, at_work))
    assert signed(site) == 1


def test_without_an_app_the_way_of_before(
    sqlite_database: Database, data_dir: Path, clock: MovableClock, at_work: Practising
) -> None:
    """In a demo: the page that asks for a password or a mailed code."""
    demo = Site(make_test_parts(sqlite_database, data_dir, clock))
    visitor = demo.visitor(at_work.ruben.id)
    clock.advance(timedelta(hours=11))
    visitor.get("/coach")
    clock.advance(timedelta(hours=2))
    answer = visitor.post(f"/coach/{at_work.record_id}/aftekenen", form(demo, at_work))
    assert answer.headers["location"].startswith("/bevestigen?next=")
    assert signed(demo) == 0
