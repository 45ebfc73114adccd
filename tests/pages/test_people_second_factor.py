"""Coming in with an app: set up at the first time, the step, without a phone, another phone, an admin who resets."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from app.kit.ids import digest
from app.people.actions import passwords
from app.people.actions.second_factor import offered_secret
from app.people.queries import viewer_by_token
from app.people.tables import RecoveryCode, SecondFactor, SignIn
from tests.apps import digits, set_up_app
from tests.page import Site, make_test_parts
from tests.people import Cast, make_cast

if TYPE_CHECKING:
    from pathlib import Path

    from httpx2 import Response

    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.people.rules import Viewer
    from tests.page import Visitor

PASSWORD = "paarse fiets zonder zadel"


@pytest.fixture
def cast(sqlite_database: Database, clock: MovableClock) -> Cast:
    hashed = passwords.hash_password(PASSWORD)
    with sqlite_database.writing() as db:
        made = make_cast(db, now=clock.now())
        for viewer in (made.ruben, made.noor):
            passwords.set_password(db, person_id=viewer.id, password_hash=hashed, now=clock.now())
    return made


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, clock: MovableClock, cast: Cast) -> Site:
    """As in production: the second factor is asked for."""
    return Site(make_test_parts(sqlite_database, data_dir, clock, second_factor=True))


@pytest.fixture
def secret(site: Site, cast: Cast, clock: MovableClock) -> str:
    """Ruben has an app already."""
    with site.parts.database.writing() as db:
        return set_up_app(db, cast.ruben.id, now=clock.now() - timedelta(days=9))[0]


def viewer_of(site: Site, visitor: Visitor) -> Viewer | None:
    token = visitor.client.cookies.get("__Host-session") or ""
    with site.parts.database.reading() as db:
        found = viewer_by_token(db, digest(token), now=site.parts.clock.now(), second_factor=True)
    return found[0] if found else None


def come_half_in(site: Site, to: str = "", who: str = "ruben") -> Visitor:
    visitor = site.stranger()
    visitor.post("/inloggen", {"email": f"{who}@demo.example", "password": PASSWORD, "next": to})
    return visitor


def whole(site: Site, person_id: int) -> Visitor:
    """Somebody who showed both factors."""
    visitor = site.visitor(person_id)
    with site.parts.database.writing() as db:
        token = visitor.client.cookies.get("__Host-session") or ""
        row = db.scalars(select(SignIn).where(SignIn.token_hash == digest(token))).one()
        row.second_at = site.parts.clock.now()
    return visitor


def led_to(answer: Response) -> str:
    return str(answer.headers["location"])


def test_the_first_time_she_sets_up_an_app_and_keeps_codes(site: Site, cast: Cast, clock: MovableClock) -> None:
    ruben = come_half_in(site, to="/coach?x=1")
    assert led_to(ruben.get("/coach", status=303)) == "/inloggen?next=/coach"
    assert led_to(ruben.get("/inloggen?next=/coach", status=303)) == "/inloggen/stap?next=/coach"
    assert led_to(ruben.get("/inloggen/stap?next=/coach", status=303)) == "/inloggen/app?next=/coach"
    page = ruben.get("/inloggen/app?next=/coach").text
    shown = re.search(r'app__secret">([A-Z2-7 ]+)<', page)
    assert shown is not None
    assert 'class="qr"' in page
    assert shown[1] in ruben.get("/inloggen/app").text  # the same after a look at the app
    secret = shown[1].replace(" ", "")
    assert "klopt niet" in ruben.post("/inloggen/app", {"code": "000000", "next": "/coach"}, status=422).text
    before = ruben.client.cookies.get("__Host-session")
    done = ruben.post("/inloggen/app", {"code": digits(secret, clock.now()), "next": "/coach"}, status=200).text
    codes = re.findall(r"<code>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</code>", done)
    assert len(codes) == 8
    assert 'href="/coach"' in done
    assert ruben.client.cookies.get("__Host-session") != before
    ruben.get("/coach")
    viewer = viewer_of(site, ruben)
    assert viewer is not None
    assert (viewer.person_id, viewer.second_factor) == (cast.ruben.id, True)
    assert led_to(ruben.post("/inloggen/app", {"code": "000000"})) == "/coach"  # sent again: she is in


def test_half_in_opens_nothing_and_out_ends_it(site: Site, cast: Cast, secret: str) -> None:
    ruben = come_half_in(site)
    for path in ("/coach", "/account", "/beheer", "/traject", "/account/app"):
        assert led_to(ruben.get(path, status=303)) == f"/inloggen?next={path}"
    assert led_to(ruben.post("/account/app/weg")) == "/inloggen?next=/"
    ruben.post("/account", {"name": "Een Ander", "language": "nl"}, status=401)
    assert led_to(ruben.get("/inloggen/app", status=303)) == "/inloggen/stap"
    token = ruben.client.cookies.get("__Host-session") or ""
    ruben.post("/uitloggen")
    with site.parts.database.reading() as db:
        assert db.scalars(select(SignIn.ended_at).where(SignIn.token_hash == digest(token))).one() is not None
    assert viewer_of(site, ruben) is None


def test_an_app_that_is_there_cannot_be_replaced_from_half_in(
    site: Site, cast: Cast, secret: str, clock: MovableClock
) -> None:
    """Who only knows the password must not bring her own phone."""
    thief = come_half_in(site)
    viewer = viewer_of(site, thief)
    assert viewer is not None
    assert viewer.sign_in_id is not None
    with site.parts.database.reading() as db:
        before = db.get_one(SecondFactor, cast.ruben.id).sealed
        own = offered_secret(db, sign_in_id=viewer.sign_in_id, keyring=site.parts.keyring)
    assert led_to(thief.post("/inloggen/app", {"code": digits(own, clock.now())})) == "/inloggen/stap"
    with site.parts.database.reading() as db:
        assert db.get_one(SecondFactor, cast.ruben.id).sealed == before
    thief.get("/coach", status=303)


def test_in_with_the_step_and_the_same_code_not_again(site: Site, cast: Cast, secret: str, clock: MovableClock) -> None:
    ruben, code = come_half_in(site), digits(secret, clock.now())
    assert "Nog één stap" in ruben.get("/inloggen/stap?next=/coach").text
    assert "Vul de zes cijfers" in ruben.post("/inloggen/stap", {}, status=422).text
    assert led_to(ruben.post("/inloggen/stap", {"code": f"{code[:3]} {code[3:]}", "next": "/coach"})) == "/coach"
    ruben.get("/coach")
    other = come_half_in(site)
    assert "al gebruikt" in other.post("/inloggen/stap", {"code": code}, status=422).text
    other.get("/coach", status=303)
    clock.advance(timedelta(minutes=1))
    assert led_to(other.post("/inloggen/stap", {"code": digits(secret, clock.now())})) == "/coach"


def test_few_tries_and_then_a_quarter_of_an_hour(site: Site, cast: Cast, secret: str, clock: MovableClock) -> None:
    ruben = come_half_in(site)
    for _ in range(6):
        ruben.post("/inloggen/stap", {"code": "000000"}, status=422)
    answer = ruben.post("/inloggen/stap", {"code": digits(secret, clock.now())}, status=429)
    assert answer.headers["retry-after"] == "900"
    fresh = come_half_in(site)  # another browser has no tries of its own
    fresh.post("/inloggen/stap", {"code": digits(secret, clock.now())}, status=429)
    with site.parts.database.reading() as db:
        code = db.scalar(select(func.count()).select_from(RecoveryCode))
    assert code == 8
    clock.advance(timedelta(minutes=16))
    fresh.post("/inloggen/stap", {"code": digits(secret, clock.now())})


def test_who_comes_back_each_quarter_has_thirty_tries_a_day(
    site: Site, cast: Cast, secret: str, clock: MovableClock
) -> None:
    clock.set(clock.now().replace(hour=0, minute=1))
    ruben = come_half_in(site)
    for _ in range(6):
        for _ in range(5):
            ruben.post("/inloggen/stap", {"code": "000000"}, status=422)
        clock.advance(timedelta(minutes=30))
    ruben.post("/inloggen/stap", {"code": digits(secret, clock.now())}, status=429)
    clock.advance(timedelta(days=1))
    ruben = come_half_in(site)
    assert led_to(ruben.post("/inloggen/stap", {"code": digits(secret, clock.now())})) != "/inloggen/stap"


def test_who_is_in_keeps_her_tries_whatever_happens_at_the_door(
    site: Site, cast: Cast, secret: str, clock: MovableClock
) -> None:
    thief = come_half_in(site)
    for _ in range(7):
        thief.client.post("/inloggen/stap", data={"code": "000000"}, headers={"origin": "https://academie.test"})
    ruben = whole(site, cast.ruben.id)
    clock.advance(timedelta(hours=1))
    assert led_to(ruben.post("/account/herstelcodes")) == "/bevestigen?next=/"
    assert (
        led_to(ruben.post("/bevestigen/app", {"code": digits(secret, clock.now()), "next": "/account"})) == "/account"
    )


def test_without_her_phone_a_code_from_paper(site: Site, cast: Cast, clock: MovableClock) -> None:
    with site.parts.database.writing() as db:
        _, codes = set_up_app(db, cast.ruben.id, now=clock.now())
    ruben = come_half_in(site)
    assert "kennen we niet" in ruben.post("/inloggen/stap", {"recovery": "AAAA-BBBB"}, status=422).text
    assert led_to(ruben.post("/inloggen/stap", {"recovery": codes[3].lower()})) == "/coach"
    assert "nog 7 herstelcodes" in ruben.get("/account").text


def test_a_fresh_proof_is_the_app_and_nothing_less(site: Site, cast: Cast, secret: str, clock: MovableClock) -> None:
    ruben = whole(site, cast.ruben.id)
    clock.advance(timedelta(hours=1))
    page = ruben.get("/bevestigen?next=/account").text
    assert "Code uit je app" in page
    assert "Stuur mij een code" not in page
    for path, form in (
        ("/bevestigen", {"password": PASSWORD}),
        ("/bevestigen/code", {}),
        ("/bevestigen/met-code", {"code": "123456"}),
    ):
        assert led_to(ruben.post(path, {**form, "next": "/account"})) == "/bevestigen?next=/account"
    assert led_to(ruben.post("/account/herstelcodes")).startswith("/bevestigen")
    before = ruben.client.cookies.get("__Host-session")
    ruben.post("/bevestigen/app", {"code": digits(secret, clock.now()), "next": "/account"})
    assert ruben.client.cookies.get("__Host-session") != before
    assert "<code>" in ruben.post("/account/herstelcodes", status=200).text


def test_another_phone(site: Site, cast: Cast, secret: str, clock: MovableClock) -> None:
    ruben, elsewhere = whole(site, cast.ruben.id), whole(site, cast.ruben.id)
    page = ruben.get("/account/app").text
    assert "Een andere telefoon" in page
    new = re.findall(r'app__secret">([A-Z2-7 ]+)<', page)[0].replace(" ", "")
    assert new != secret
    assert "<code>" in ruben.post("/account/app", {"code": digits(new, clock.now())}, status=200).text
    ruben.get("/coach")
    assert led_to(elsewhere.get("/coach", status=303)) == "/inloggen?next=/coach"
    clock.advance(timedelta(minutes=1))
    back = come_half_in(site)
    back.post("/inloggen/stap", {"code": digits(secret, clock.now())}, status=422)
    back.post("/inloggen/stap", {"code": digits(new, clock.now())})


def test_a_professional_may_and_may_stop(site: Site, cast: Cast, clock: MovableClock) -> None:
    noor = site.visitor(cast.noor.id)
    assert "Stel een app in" in noor.get("/account").text
    secret = re.findall(r'app__secret">([A-Z2-7 ]+)<', noor.get("/account/app").text)[0].replace(" ", "")
    noor.post("/account/app", {"code": digits(secret, clock.now())}, status=200)
    assert "Staat aan" in noor.get("/account").text
    again = come_half_in(site, who="noor")
    assert led_to(again.get("/traject", status=303)) == "/inloggen?next=/traject"
    noor.post("/account/app/weg")
    assert come_half_in(site, who="noor").get("/account").status_code == 200


def test_an_admin_resets_who_lost_her_phone(site: Site, cast: Cast, secret: str) -> None:
    fatma, ruben = whole(site, cast.fatma.id), whole(site, cast.ruben.id)
    path = f"/beheer/mensen/{cast.ruben.id}"
    assert "Telefoon kwijt?" in fatma.get(path).text
    assert "Waarom?" in fatma.post(f"{path}/app/weg", {"reason": ""}, status=422).text
    assert led_to(fatma.post(f"{path}/app/weg", {"reason": "In de gracht gevallen."})) == path
    assert led_to(ruben.get("/coach", status=303)) == "/inloggen?next=/coach"
    assert led_to(come_half_in(site).get("/inloggen/stap", status=303)) == "/inloggen/app"
    assert "Telefoon kwijt?" not in fatma.get(path).text


def test_in_a_demo_nobody_is_asked(sqlite_database: Database, data_dir: Path, clock: MovableClock, cast: Cast) -> None:
    demo = Site(make_test_parts(sqlite_database, data_dir, clock))
    ruben = come_half_in(demo)
    ruben.get("/coach")
    assert "Inloggen met een app" not in ruben.get("/account").text
    ruben.get("/account/app", status=404)
    ruben.post("/account/app", {"code": "123456"}, status=404)
