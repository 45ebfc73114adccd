"""My group from day to day: a date is off in one tap, numbers are filled in, the group is closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.delivery.tables import Delivery, DeliveryDate
from app.kit.clock import MovableClock
from app.practice.tables.work import CoachVisit
from tests.blank_forms import asked_for
from tests.page import Site
from tests.practising import VISIT_AT, Practising, begin


def work(site: Site, clock: MovableClock, until: str = "open") -> Practising:
    return begin(site.parts.database, site.parts.storage, clock, until=until)


def rows(site: Site) -> list[tuple[int | None, bool]]:
    """How many were there on each date, and whether it was called off."""
    with site.parts.database.reading() as db:
        found = db.scalars(select(DeliveryDate).order_by(DeliveryDate.starts_at)).all()
        return [(date.attended, date.called_off_at is not None) for date in found]


def test_one_tap_calls_a_date_off_and_one_puts_it_back(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "planned")
    visitor = site.visitor(at_work.noor.id)
    first = f"/groep/data/{at_work.dates[0]}"
    assert f'action="{first}/niet-door"' in visitor.get("/groep").text
    page = visitor.follow(visitor.post(f"{first}/niet-door")).text
    assert "De bijeenkomst gaat niet door. Je coach weet het en kiest een andere dag." in page
    assert "Ruben kijkt mee" not in page
    assert rows(site) == [(None, True), (None, False)]
    assert f'action="{first}/toch-door"' in page
    page = visitor.follow(visitor.post(f"{first}/toch-door")).text
    assert "De bijeenkomst gaat toch door." in page
    assert rows(site) == [(None, False), (None, False)]
    with site.parts.database.reading() as db:
        assert db.scalars(select(CoachVisit.cancelled_at)).one() is not None


def test_the_page_of_a_date_says_what_calling_off_does(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "planned")
    page = site.visitor(at_work.noor.id).get(f"/groep/data/{at_work.dates[0]}").text
    assert "dan is het bezoek van Ruben ook afgezegd" in page


def test_after_the_session_one_number_is_asked(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    clock.set(VISIT_AT + timedelta(hours=3))
    visitor = site.visitor(at_work.noor.id)
    page = visitor.get("/groep").text
    assert "Hoe was het donderdag 3 december?" in page
    assert "Geen namen." in page
    path = f"/groep/data/{at_work.dates[0]}"
    for typed, sentence in (("", "nog leeg"), ("0", "te laag"), ("61", "te hoog"), ("veel", "heel getal")):
        again = visitor.post(path, {"attended": typed}, status=422).text
        assert sentence in again
    page = visitor.follow(visitor.post(path, {"attended": "8"})).text
    assert "8 deelnemers" in page
    assert rows(site) == [(8, False), (None, False)]
    assert 'value="8"' in visitor.get(path).text
    visitor.post(f"{path}/niet-door", status=409)


def test_before_it_began_nothing_is_counted(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    answer = site.visitor(at_work.noor.id).post(f"/groep/data/{at_work.dates[0]}", {"attended": "8"}, status=422)
    assert "nog niet begonnen" in answer.text
    assert rows(site) == [(None, False), (None, False)]


def test_closing_asks_for_all_that_lacks(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    visitor = site.visitor(at_work.noor.id)
    assert "Er komen nog data" in visitor.get("/groep/afronden").text
    clock.set(VISIT_AT + timedelta(days=8))
    visitor = site.visitor(at_work.noor.id)
    assert 'href="/groep/afronden"' in visitor.get("/groep").text
    first, last = at_work.dates
    page = visitor.get("/groep/afronden").text
    assert "Geen namen" in page or "geen namen" in page or "nergens namen" in page
    empty = {f"attended_{first}": "", f"attended_{last}": "", "started": "", "finished": "", "guests": ""}
    answer = visitor.post("/groep/afronden", empty, status=422).text
    assert asked_for(answer) == {f"attended_{first}", f"attended_{last}", "started", "finished", "guests"}
    both = {f"attended_{first}": "8", f"off_{first}": "on", f"attended_{last}": "8"}
    typed = empty | both | {"started": "9", "finished": "10", "guests": "20"}
    assert "Kies een van de twee." in visitor.post("/groep/afronden", typed, status=422).text
    assert rows(site) == [(None, False), (None, False)]


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"finished": "10"}, "Er kunnen niet meer mensen klaar zijn dan er begonnen: dat waren er 9."),
        ({"started": "7"}, "Op een van de data waren er 8."),
    ],
)
def test_what_contradicts_itself_changes_nothing(
    site: Site, clock: MovableClock, changes: dict[str, str], sentence: str
) -> None:
    at_work = work(site, clock)
    clock.set(VISIT_AT + timedelta(days=8))
    first, last = at_work.dates
    given = {f"attended_{first}": "8", f"attended_{last}": "8", "started": "9", "finished": "7", "guests": "20"}
    answer = site.visitor(at_work.noor.id).post("/groep/afronden", given | changes, status=422).text
    assert sentence in answer
    assert f'name="attended_{first}" type="number" value="8"' in answer  # typed stays typed
    assert rows(site) == [(None, False), (None, False)]  # half of it is not written either
    with site.parts.database.reading() as db:
        assert db.scalars(select(Delivery.ended_at)).one() is None


def test_a_closed_group_stands_in_numbers(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    clock.set(VISIT_AT + timedelta(days=8))
    visitor = site.visitor(at_work.noor.id)
    first, last = at_work.dates
    given = {f"off_{first}": "on", f"attended_{first}": "", f"attended_{last}": "8"}
    page = visitor.follow(
        visitor.post("/groep/afronden", given | {"started": "9", "finished": "7", "guests": "24"})
    ).text
    assert "Je hebt nog geen groep ingevoerd" in page
    assert "Eerdere groepen" in page
    assert "1 gehouden, 1 niet" in page
    assert rows(site) == [(None, True), (8, False)]
    with site.parts.database.reading() as db:
        group = db.scalars(select(Delivery)).one()
        assert (group.started, group.finished, group.guests) == (9, 7, 24)
    assert visitor.get("/groep/afronden", status=303).headers["location"] == "/groep"


def test_nobody_else_reaches_her_dates(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    cast = at_work.training.cast
    path = f"/groep/data/{at_work.dates[0]}"
    visitor = site.visitor(cast.joris.id)
    visitor.get(path, status=404)
    for what in ("", "/niet-door", "/toch-door"):
        visitor.post(path + what, {"attended": "5"} if not what else {}, status=404)
    for one in (cast.ruben, cast.fatma, cast.sanne):
        site.visitor(one.id).get(path, status=403)
    assert rows(site) == [(None, False), (None, False)]
