"""The doors: sign in, sign out, confirm, forgotten password, invitation."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from app.kit.ids import digest
from app.outbox.tables import Message
from app.people.actions import accounts, codes, invitations, passwords
from app.people.queries import viewer_by_token
from app.people.tables import Account, Invitation, LoginCode, SignIn
from app.web.kit.paths import local_path
from tests.page import Site, make_test_parts
from tests.people import KEYRING, Cast, link_of, make_cast, make_person

if TYPE_CHECKING:
    from pathlib import Path

    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from tests.page import Visitor

PASSWORD = "paarse fiets zonder zadel"
NOOR = "noor@demo.example"


@pytest.fixture
def cast(sqlite_database: Database, clock: MovableClock) -> Cast:
    """All five; Noor chose a password."""
    hashed = passwords.hash_password(PASSWORD)
    with sqlite_database.writing() as db:
        made = make_cast(db, now=clock.now())
        passwords.set_password(db, person_id=made.noor.id, password_hash=hashed, now=clock.now())
    return made


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, clock: MovableClock, cast: Cast) -> Site:
    return Site(make_test_parts(sqlite_database, data_dir, clock))


def signed_in_as(site: Site, visitor: Visitor) -> int | None:
    token = visitor.client.cookies.get("__Host-session")
    with site.parts.database.reading() as db:
        found = viewer_by_token(db, digest(token or ""), now=site.parts.clock.now())
    return found[0].person_id if found else None


def code_of(site: Site) -> str:
    with site.parts.database.reading() as db:
        code = db.scalars(select(LoginCode).order_by(LoginCode.id.desc()).limit(1)).one()
    return codes.digits(KEYRING, code.nonce)


def test_in_with_a_password(site: Site, cast: Cast) -> None:
    visitor = site.stranger()
    visitor.get("/inloggen")
    answer = visitor.post("/inloggen", {"email": " Noor@Demo.Example ", "password": PASSWORD})
    assert answer.headers["location"] == "/traject"
    assert signed_in_as(site, visitor) == cast.noor.id
    assert visitor.get("/inloggen", status=303).headers["location"] == "/traject"


def test_in_with_a_password_goes_on_where_she_was(site: Site, cast: Cast) -> None:
    visitor = site.stranger()
    answer = visitor.post("/inloggen", {"email": NOOR, "password": PASSWORD, "next": "/groep?dag=2"})
    assert answer.headers["location"] == "/groep?dag=2"


def test_a_wrong_password_and_an_unknown_address_look_the_same(site: Site, cast: Cast) -> None:
    pages = []
    for address in (NOOR, "nope@demo.example"):
        answer = site.stranger().post("/inloggen", {"email": address, "password": "iets anders dan dit"}, status=422)
        pages.append(answer.text.replace(address, "ADRES"))
    assert pages[0] == pages[1]
    assert "horen niet bij elkaar" in pages[0]


def test_an_unknown_address_costs_a_check_too(site: Site, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    real = passwords.HASHER

    class Watched:
        def verify(self, stored: str, given: str) -> bool:
            seen.append(stored)
            return real.verify(stored, given)

    monkeypatch.setattr(passwords, "HASHER", Watched())
    site.stranger().post("/inloggen", {"email": "nope@demo.example", "password": "iets anders dan dit"}, status=422)
    assert seen == [passwords.NOBODY]


def test_a_new_session_replaces_the_old_one(site: Site, cast: Cast) -> None:
    visitor = site.stranger()
    visitor.post("/inloggen", {"email": NOOR, "password": PASSWORD})
    before = visitor.client.cookies.get("__Host-session")
    visitor.post("/inloggen", {"email": NOOR, "password": PASSWORD})
    after = visitor.client.cookies.get("__Host-session")
    assert before != after
    with site.parts.database.reading() as db:
        assert viewer_by_token(db, digest(before or ""), now=site.parts.clock.now()) is None


def test_guessing_ends_but_a_known_browser_goes_on(site: Site, cast: Cast) -> None:
    home = site.stranger()
    home.post("/inloggen", {"email": NOOR, "password": PASSWORD})
    thief = site.stranger()
    for _ in range(9):  # the one who came in counts too: the same network
        thief.post("/inloggen", {"email": NOOR, "password": "iets anders dan dit"}, status=422)
    told = thief.post("/inloggen", {"email": NOOR, "password": PASSWORD}, status=429)
    assert "Wacht" in told.text
    assert 'value="noor@demo.example"' in told.text
    home.post("/inloggen", {"email": NOOR, "password": PASSWORD})


def test_a_blocked_account_stays_out(site: Site, cast: Cast) -> None:
    with site.parts.database.writing() as db:
        db.get_one(Account, cast.noor.id).blocked_at = site.parts.clock.now()
    site.stranger().post("/inloggen", {"email": NOOR, "password": PASSWORD}, status=422)


def test_in_with_a_code(site: Site, cast: Cast) -> None:
    visitor = site.stranger()
    answer = visitor.post("/inloggen/code", {"email": NOOR, "password": "", "next": "/groep"})
    assert answer.headers["location"] == "/inloggen/met-code?next=/groep"
    visitor.follow(answer)
    wrong = "111111" if code_of(site) != "111111" else "222222"
    visitor.post("/inloggen/met-code", {"code": wrong}, status=422)
    answer = visitor.post("/inloggen/met-code", {"code": code_of(site), "next": "/groep"})
    assert answer.headers["location"] == "/groep"
    assert signed_in_as(site, visitor) == cast.noor.id


def test_a_code_opens_nothing_in_another_browser(site: Site, cast: Cast) -> None:
    site.stranger().post("/inloggen/code", {"email": NOOR})
    other = site.stranger()
    other.post("/inloggen/code", {"email": "nope@demo.example"})
    other.post("/inloggen/met-code", {"code": code_of(site)}, status=422)
    assert signed_in_as(site, other) is None


def test_asking_a_code_says_nothing_about_who_we_know(site: Site, cast: Cast) -> None:
    answers = [site.stranger().post("/inloggen/code", {"email": one}) for one in (NOOR, "nope@demo.example")]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    with site.parts.database.reading() as db:
        kinds = db.scalars(select(Message.kind).where(Message.kind == "people.login_code")).all()
    assert len(kinds) == 1


def test_a_flood_of_codes_stops(site: Site, cast: Cast) -> None:
    statuses = [
        site.stranger()
        .client.post(
            "/inloggen/code",
            data={"email": NOOR},
            headers={"sec-fetch-site": "same-origin"},
            follow_redirects=False,
        )
        .status_code
        for _ in range(30)
    ]
    assert statuses.count(303) == 4
    with site.parts.database.reading() as db:
        sent = db.scalar(select(func.count()).select_from(Message).where(Message.kind == "people.login_code"))
    assert sent == 4


def test_out_ends_the_session_on_the_server(site: Site, cast: Cast) -> None:
    visitor = site.visitor(cast.noor.id)
    token = visitor.client.cookies.get("__Host-session")
    answer = visitor.post("/uitloggen")
    assert answer.headers["clear-site-data"] == '"cache", "cookies"'
    with site.parts.database.reading() as db:
        assert viewer_by_token(db, digest(token or ""), now=site.parts.clock.now()) is None


def test_a_forgotten_password(site: Site, cast: Cast) -> None:
    elsewhere = site.visitor(cast.noor.id)
    visitor = site.stranger()
    visitor.get("/wachtwoord")
    visitor.follow(visitor.post("/wachtwoord", {"email": NOOR}))
    for poor in ("kort", "wachtwoord2026", "noordewit2026!"):
        visitor.post("/wachtwoord/nieuw", {"code": code_of(site), "password": poor}, status=422)
    visitor.post("/wachtwoord/nieuw", {"code": code_of(site), "password": "groene trein naar zee"})
    assert signed_in_as(site, visitor) == cast.noor.id
    assert signed_in_as(site, elsewhere) is None
    site.stranger().post("/inloggen", {"email": NOOR, "password": PASSWORD}, status=422)
    site.stranger().post("/inloggen", {"email": NOOR, "password": "groene trein naar zee"})


def test_confirming_gives_a_fresh_factor_and_a_new_token(site: Site, cast: Cast, clock: MovableClock) -> None:
    visitor = site.visitor(cast.noor.id)
    before = visitor.client.cookies.get("__Host-session")
    clock.advance(timedelta(hours=1))
    visitor.get("/bevestigen?next=/account")
    empty = visitor.post("/bevestigen", {"password": "", "next": "/account"}, status=422)
    assert '<a href="#f-password">Wachtwoord: Dit vakje is nog leeg.</a>' in empty.text
    visitor.post("/bevestigen", {"password": "iets anders dan dit", "next": "/account"}, status=422)
    answer = visitor.post("/bevestigen", {"password": PASSWORD, "next": "/account"})
    assert answer.headers["location"] == "/account"
    assert visitor.client.cookies.get("__Host-session") != before
    with site.parts.database.reading() as db:
        newest = db.scalars(select(SignIn).order_by(SignIn.id.desc()).limit(1)).one()
    assert newest.factor_at == clock.now()


def test_confirming_with_a_code_needs_the_own_code(site: Site, cast: Cast) -> None:
    visitor = site.visitor(cast.ruben.id)
    visitor.post("/inloggen/code", {"email": NOOR})
    visitor.post("/bevestigen/met-code", {"code": code_of(site), "next": "/coach"}, status=422)
    visitor.follow(visitor.post("/bevestigen/code", {"next": "/coach"}))
    answer = visitor.post("/bevestigen/met-code", {"code": code_of(site), "next": "/coach"})
    assert answer.headers["location"] == "/coach"


@pytest.mark.parametrize(
    "given",
    ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/a\r\nSet-Cookie: x=1",
     "\\\\evil.example", "/%0d%0a", "evil", "", "/uitloggen", "/inloggen?next=/x", "///evil.example", "/é", "/ x"],
)  # fmt: skip
def test_next_never_leads_outside(given: str) -> None:
    target = local_path(given, default="/traject")
    assert target == "/traject" or (target.startswith("/%") and "\r" not in target)


def invited(site: Site, name: str = "Els Kooiman") -> tuple[int, str]:
    now = site.parts.clock.now()
    with site.parts.database.writing() as db:
        person_id = make_person(db, name, now=now, account=False, organisation="Welzijn Maasoever")
        invitation_id = invitations.create_invitation(db, person_id=person_id, by_id=None, keyring=KEYRING, now=now)
        return person_id, link_of(db, invitation_id)


def test_an_invitation_shows_and_then_lets_in(site: Site) -> None:
    person_id, token = invited(site)
    visitor = site.stranger()
    page = visitor.get(f"/uitnodiging/{token}")
    assert "Welkom, Els" in page.text
    assert "Nooit je scores" in page.text
    assert signed_in_as(site, visitor) is None
    visitor.post(f"/uitnodiging/{token}")
    assert signed_in_as(site, visitor) == person_id
    assert visitor.get(f"/uitnodiging/{token}", status=303).headers["location"] == "/traject"
    assert "al gebruikt" in site.stranger().get(f"/uitnodiging/{token}", status=410).text
    site.stranger().post(f"/uitnodiging/{token}", status=410)


def test_an_old_link_asks_for_a_new_one(site: Site, clock: MovableClock) -> None:
    person_id, token = invited(site)
    clock.advance(timedelta(days=15))
    visitor = site.stranger()
    assert "verlopen" in visitor.get(f"/uitnodiging/{token}", status=410).text
    visitor.follow(visitor.post(f"/uitnodiging/{token}/opnieuw"))
    with site.parts.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Invitation).where(Invitation.person_id == person_id)) == 2
    for _ in range(2):
        visitor.post(f"/uitnodiging/{token}/opnieuw")
    visitor.post(f"/uitnodiging/{token}/opnieuw", status=429)


def test_an_unknown_link_has_a_page(site: Site) -> None:
    assert "kennen we niet" in site.stranger().get("/uitnodiging/abc", status=404).text
    site.stranger().post("/uitnodiging/abc", status=404)


def test_who_has_an_account_types_a_code_elsewhere(site: Site, cast: Cast) -> None:
    with site.parts.database.writing() as db:
        token = link_of(
            db,
            invitations.create_invitation(
                db, person_id=cast.noor.id, by_id=cast.fatma.id, keyring=KEYRING, now=site.parts.clock.now()
            ),
        )
    visitor = site.stranger()
    assert "Fatma" in visitor.get(f"/uitnodiging/{token}").text
    visitor.post(f"/uitnodiging/{token}", status=422)
    visitor.follow(visitor.post(f"/uitnodiging/{token}/code"))
    visitor.post(f"/uitnodiging/{token}", {"code": code_of(site)})
    assert signed_in_as(site, visitor) == cast.noor.id


def test_an_invitation_takes_the_place_of_who_was_in(site: Site, cast: Cast) -> None:
    person_id, token = invited(site)
    visitor = site.visitor(cast.joris.id)
    assert "Joris van Leeuwen" in visitor.get(f"/uitnodiging/{token}").text
    visitor.post(f"/uitnodiging/{token}")
    assert signed_in_as(site, visitor) == person_id


def test_roles_lead_to_their_own_start(site: Site, cast: Cast) -> None:
    starts = {
        cast.noor.id: "/traject",
        cast.ruben.id: "/coach",
        cast.fatma.id: "/beheer",
        cast.sanne.id: "/organisatie",
    }
    for person_id, start in starts.items():
        assert site.visitor(person_id).get("/", status=303).headers["location"] == start


def test_a_second_role_is_kept_apart(site: Site, cast: Cast) -> None:
    with site.parts.database.reading() as db:
        assert accounts.roles_of(db, cast.fatma.id) == {"admin"}
