"""Where no page is: who is in keeps her language and her menu, and learns nothing about what is there."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import select, text, update

from app.people.tables import Person, SignIn
from app.web.kit import route, sessions
from tests.people import make_cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from tests.page import Site, Visitor

TOO_MANY: Final = 9_999_999_999_999_999  # sixteen digits, as an address may have, but past every id


@pytest.fixture
def noor(site: Site, clock: MovableClock) -> Visitor:
    """Noor, signed in, whose language is English; her browser never chose one."""
    with site.parts.database.writing() as db:
        cast = make_cast(db, now=clock.now())
        db.execute(update(Person).where(Person.id == cast.noor.id).values(locale="en"))
    return site.visitor(cast.noor.id)


def same(text: str, path: str) -> str:
    return text.replace(path, "PATH")


@pytest.mark.parametrize("path", ["/bestaat-niet", "/praktijk/geen-nummer", f"/praktijk/{TOO_MANY}"])
def test_who_is_in_keeps_her_language_and_her_menu(noor: Visitor, path: str) -> None:
    page = noor.get(path, status=404).text
    assert '<html lang="en"' in page
    assert 'href="/traject"' in page
    assert "Noor" in page
    assert "Log in" not in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_is_none_reads_like_one_that_is_not_hers(noor: Visitor, method: str) -> None:
    """/praktijk/4 may be somebody's record; /praktijk/x can be nobody's."""
    somewhere, nowhere = "/praktijk/424242", "/praktijk/x"
    if method == "post":
        somewhere, nowhere = somewhere + "/inleveren", nowhere + "/inleveren"
    answers = [getattr(noor, method)(path, status=404) for path in (somewhere, nowhere)]
    assert same(answers[0].text, somewhere) == same(answers[1].text, nowhere)
    theirs, ours = ({k: v for k, v in answer.headers.items() if k != "content-length"} for answer in answers)
    assert theirs == ours


def test_a_part_of_a_page_that_is_not_there_goes_to_the_page(noor: Visitor) -> None:
    answer = noor.client.get("/bestaat-niet", headers={"hx-request": "true", "hx-request-type": "partial"})
    assert (answer.status_code, answer.headers["hx-retarget"]) == (404, "#inhoud")
    assert 'href="/traject"' in answer.text


def test_another_method_keeps_her_language_and_her_menu(noor: Visitor) -> None:
    answer = noor.client.put("/traject")
    assert answer.status_code == 405
    assert '<html lang="en"' in answer.text
    assert 'href="/traject"' in answer.text
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(
    "data, how, status",
    [
        ({"name": "x" * 600_000}, {}, 413),
        ({}, {"headers": {"sec-fetch-site": "cross-site"}}, 403),
        ({}, {"params": {"a": "\x00"}}, 400),
    ],
)
def test_what_the_edge_refuses_itself_is_said_in_her_language(
    noor: Visitor, data: dict[str, Any], how: dict[str, Any], status: int
) -> None:
    page = noor.post("/account", data, status=status, **how).text
    assert '<html lang="en"' in page
    assert 'href="/traject"' in page


def test_a_stranger_costs_the_database_nothing(site: Site) -> None:
    stranger = site.stranger()
    page = stranger.get("/wp-login.php", status=404).text
    assert "Hier hangt niets aan de muur" in page
    assert "Inloggen" in page
    assert stranger.statements == []


def test_an_ended_session_is_nobody(site: Site, noor: Visitor, clock: MovableClock) -> None:
    with site.parts.database.writing() as db:
        db.execute(update(SignIn).values(ended_at=clock.now()))
    page = noor.get("/bestaat-niet", status=404).text
    assert "Noor" not in page
    assert "Inloggen" in page


def test_a_look_at_nothing_writes_nothing_and_asks_little(site: Site, noor: Visitor) -> None:
    with site.parts.database.reading() as db:
        before = db.scalars(select(SignIn.last_seen_at)).all()
    noor.post("/bestaat-niet", status=404)
    assert len(noor.statements) == 1  # the session with its person and her roles
    assert not [statement for statement in noor.statements if not statement.startswith("SELECT")]
    with site.parts.database.reading() as db:
        assert db.scalars(select(SignIn.last_seen_at)).all() == before


def test_a_database_that_is_away_is_told_as_everywhere(
    site: Site, noor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.kit.db import Database, DatabaseBusy

    @contextmanager
    def busy(*_: object, **__: object) -> Iterator[Session]:
        raise DatabaseBusy
        yield  # type: ignore[unreachable]

    monkeypatch.setattr(Database, "reading", busy)
    assert noor.get("/bestaat-niet", status=503).headers["retry-after"] == "30"


def test_a_look_that_takes_too_long_is_told_as_everywhere(noor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is stopped, and the next page is served."""
    slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000000) SELECT count(*) FROM n"
    known = sessions.viewer_of

    def slowly(session: Session, *rest: Any, **more: Any) -> Any:
        session.execute(text(slow))
        return known(session, *rest, **more)

    with monkeypatch.context() as patch:
        patch.setattr(route, "DEADLINE_S", 0.2)
        patch.setattr(sessions, "viewer_of", slowly)
        started = time.perf_counter()
        assert noor.get("/bestaat-niet", status=503).headers["retry-after"] == "30"
        assert time.perf_counter() - started < 4
    noor.get("/bestaat-niet", status=404)
