"""The own account: details, password, sessions, a copy of everything, leaving."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from app.kit.ids import digest
from app.ledger.tables import LedgerEvent
from app.people.actions import accounts, passwords, sign_in
from app.people.actions.invitations import create_invitation
from app.people.queries import viewer_by_token
from app.people.rules import Role
from app.people.tables import Account, Export, Person, SignIn
from app.worker.run import run_due
from tests.page import Site, make_test_parts
from tests.people import KEYRING, Cast, link_of, make_cast, make_person

if TYPE_CHECKING:
    from pathlib import Path

    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from tests.page import Visitor


@pytest.fixture
def cast(sqlite_database: Database, clock: MovableClock) -> Cast:
    with sqlite_database.writing() as db:
        return make_cast(db, now=clock.now())


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, clock: MovableClock, cast: Cast) -> Site:
    return Site(make_test_parts(sqlite_database, data_dir, clock))


@pytest.fixture
def noor(site: Site, cast: Cast) -> Visitor:
    return site.visitor(cast.noor.id)


def test_she_sees_herself(noor: Visitor) -> None:
    text = noor.get("/account").text
    for word in ("Noor de Wit", "noor@demo.example", "Welzijn Maasoever", "Professional", "Dit apparaat"):
        assert word in text


def test_strangers_sign_in_first(site: Site) -> None:
    assert site.stranger().get("/account", status=303).headers["location"] == "/inloggen?next=/account"


def test_she_corrects_her_details(noor: Visitor, site: Site, cast: Cast) -> None:
    noor.post("/account", {"name": "Noor de Wit-Çelik", "phone": "06 11", "language": "en"})
    with site.parts.database.reading() as db:
        person = db.get_one(Person, cast.noor.id)
        assert (person.name, person.folded_name, person.locale) == ("Noor de Wit-Çelik", "noor de wit-celik", "en")
        event = db.scalars(select(LedgerEvent).where(LedgerEvent.action == "people.changed")).one()
        assert event.actor_id == cast.noor.id


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "x" * 100_000}, {"name": "A\x00B"}, {"name": "Noor", "email": "x@y.nl"},
     {"name": "Noor", "language": "de"}],
)  # fmt: skip
def test_wrong_details_come_back(noor: Visitor, wrong: dict[str, str]) -> None:
    noor.post("/account", wrong, status=422)


def test_a_password_needs_a_fresh_factor(noor: Visitor, clock: MovableClock) -> None:
    clock.advance(timedelta(minutes=31))
    answer = noor.post("/account/wachtwoord", {"password": "groene trein naar zee"})
    assert answer.headers["location"].startswith("/bevestigen?next=")


def test_she_sets_changes_and_drops_a_password(noor: Visitor, site: Site, cast: Cast) -> None:
    other = site.visitor(cast.noor.id)
    noor.post("/account/wachtwoord", {"password": "noordewit12345"}, status=422)
    noor.post("/account/wachtwoord", {"password": "groene trein naar zee"})
    other.get("/account", status=303)
    noor.get("/account")
    with site.parts.database.reading() as db:
        stored = db.get_one(Account, cast.noor.id).password_hash
    assert passwords.password_matches(stored, "groene trein naar zee")
    noor.post("/account/wachtwoord/weg")
    with site.parts.database.reading() as db:
        assert db.get_one(Account, cast.noor.id).password_hash is None


def test_she_ends_sessions(noor: Visitor, site: Site, cast: Cast) -> None:
    other = site.visitor(cast.noor.id)
    with site.parts.database.reading() as db:
        newest = db.scalars(select(SignIn.id).order_by(SignIn.id.desc()).limit(1)).one()
        joris = db.scalars(select(SignIn.id).where(SignIn.person_id == cast.joris.id)).one()
    noor.post(f"/account/sessies/{joris}/uit", status=404)
    noor.post(f"/account/sessies/{newest}/uit")
    other.get("/account", status=303)
    third = site.visitor(cast.noor.id)
    noor.post("/account/sessies/andere")
    third.get("/account", status=303)
    noor.post("/account/sessies/alle")
    noor.get("/account", status=303)


def test_she_gets_a_copy_of_everything(noor: Visitor, site: Site, cast: Cast, clock: MovableClock) -> None:
    noor.post("/account/gegevens")
    noor.post("/account/gegevens")  # a second time changes nothing
    assert "zetten je gegevens klaar" in noor.get("/account").text
    run_due(site.parts.work)
    with site.parts.database.reading() as db:
        export = db.scalars(select(Export)).one()
    assert "Download mijn gegevens" in noor.get("/account").text
    content = noor.get(f"/account/gegevens/{export.id}").content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        known = json.loads(archive.read("gegevens.json"))
        assert "Noor de Wit" in archive.read("lees-mij.html").decode()
    assert known["mensen"]["persoon"]["e-mail"] == "noor@demo.example"
    assert set(known) == {"mensen", "opleiding", "theorie", "groepen", "praktijk", "bijeenkomsten", "intervisie",
                          "casussen", "gesprekken", "certificaten", "post"}  # fmt: skip
    site.visitor(cast.joris.id).get(f"/account/gegevens/{export.id}", status=404)
    with site.parts.database.writing() as db:
        db.get_one(Export, export.id).asked_at = clock.now() - timedelta(hours=49)
    noor.get(f"/account/gegevens/{export.id}", status=404)


def test_she_leaves(noor: Visitor, site: Site, cast: Cast) -> None:
    token = noor.client.cookies.get("__Host-session")
    noor.get("/account/weg")
    noor.post("/account/weg", {}, status=422)
    assert noor.post("/account/weg", {"sure": "on"}).headers["location"] == "/account/weg/klaar"
    assert "Je account is weg" in noor.get("/account/weg/klaar").text
    with site.parts.database.reading() as db:
        assert viewer_by_token(db, digest(token or ""), now=site.parts.clock.now()) is None
    run_due(site.parts.work)
    with site.parts.database.reading() as db:
        person = db.get_one(Person, cast.noor.id)
        assert (person.name, person.email, person.phone) == (f"Persoon {cast.noor.id}", None, "")
        assert db.get(Account, cast.noor.id) is None
        assert accounts.roles_of(db, cast.noor.id) == frozenset()
    assert site.parts.storage.keys("erasures") == [f"erasures/{cast.noor.id}"]


def test_nothing_of_her_is_left_in_the_database(noor: Visitor, site: Site, cast: Cast, data_dir: Path) -> None:
    noor.post("/account", {"name": "Markeertekst Zeldzaam", "phone": "0611223344", "language": "nl"})
    noor.post("/inloggen/code", {"email": "noor@demo.example"})
    noor.post("/account/weg", {"sure": "on"})
    run_due(site.parts.work)
    with site.parts.database.reading() as db:
        raw = db.connection().connection.driver_connection
        dump = "\n".join(raw.iterdump()) if raw is not None else ""
    for mark in ("Markeertekst", "0611223344", "noor@demo.example", "Noor de Wit"):
        assert mark not in dump


def test_the_last_owner_stays(site: Site, cast: Cast) -> None:
    with site.parts.database.writing() as db:
        accounts.grant_role(db, by=None, person_id=cast.fatma.id, role=Role.OWNER, now=site.parts.clock.now())
        token = sign_in.start_session(db, person_id=cast.fatma.id, device="x", now=site.parts.clock.now())
    fatma = site.stranger()
    fatma.client.cookies.set("__Host-session", token, domain="academie.test")
    assert "enige eigenaar" in fatma.get("/account").text
    fatma.post("/account/weg", {"sure": "on"}, status=409)


def test_nothing_goes_on_from_a_session_that_was_signed_out(noor: Visitor, site: Site, cast: Cast) -> None:
    """Signed out everywhere while she confirms who she is: the confirmation opens no new session."""
    with site.parts.database.writing() as db:
        session = db.scalars(select(SignIn).where(SignIn.person_id == cast.noor.id, SignIn.ended_at.is_(None))).all()[0]
        sign_in.revoke_all(db, person_id=cast.noor.id, now=site.parts.clock.now())
        again = sign_in.replace_session(
            db, sign_in_id=session.id, person_id=cast.noor.id, device="x", now=site.parts.clock.now()
        )
        assert again is None
        assert db.scalars(select(SignIn).where(SignIn.ended_at.is_(None), SignIn.person_id == cast.noor.id)).all() == []


def test_the_page_speaks_to_who_reads_it(site: Site, cast: Cast) -> None:
    noor, ruben, fatma = (site.visitor(one.id) for one in (cast.noor, cast.ruben, cast.fatma))
    assert "van je ziet" in noor.get("/account").text
    assert "mijn certificaat" in noor.get("/account/weg").text
    assert "Je coach en de beheerder kunnen je bellen" in noor.get("/account").text
    for visitor, hint in ((ruben, "Wie je begeleidt en de beheerder"), (fatma, "De beheerder kan je bellen")):
        page = visitor.get("/account").text
        assert hint in page
        for words in ("van je ziet", "Je coach en", "certificaten"):
            assert words not in page
        leaving = visitor.get("/account/weg").text
        for words in ("mijn certificaat", "opmerkingen van je coach"):
            assert words not in leaving


def test_only_a_professional_reads_what_the_employer_sees(site: Site, cast: Cast) -> None:
    now = site.parts.clock.now()
    links = {}
    with site.parts.database.writing() as db:
        for name, role in (("Ada Boon", Role.COACH), ("Bea Boon", None)):
            person_id = make_person(db, name, now=now, account=False)
            if role is not None:
                accounts.grant_role(db, by=None, person_id=person_id, role=role, now=now)
            made = create_invitation(db, person_id=person_id, by_id=None, keyring=KEYRING, now=now)
            links[role] = link_of(db, made)
    for role, link in links.items():
        assert ("van je ziet" in site.stranger().get(f"/uitnodiging/{link}").text) == (role is None)
