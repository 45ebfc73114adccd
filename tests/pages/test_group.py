"""My group: empty, entered without script, changed, refused."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.certification.actions import take_over
from app.courses.tables import Intervention
from app.delivery.tables import Delivery, DeliveryDate
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.storage import folder
from tests.blank_forms import asked_for
from tests.conftest import START
from tests.page import Site, make_test_parts
from tests.practising import Practising, begin, group_form
from tests.trained import in_second_course, in_training


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> Site:
    return Site(make_test_parts(sqlite_database, data_dir, clock))


def work(site: Site, clock: MovableClock, until: str = "open") -> Practising:
    return begin(site.parts.database, site.parts.storage, clock, until=until)


def certified(site: Site, at_work: Practising, intervention_id: int) -> int:
    """Joris was certified before this system; gives who he is."""
    cast = at_work.training.cast
    with site.parts.database.writing() as db:
        take_over(
            db,
            by_id=cast.fatma.id,
            person_id=cast.joris.id,
            intervention_id=intervention_id,
            since=date(2024, 1, 1),
            intervisions=0,
            now=START,
        )
    return cast.joris.id


def test_without_a_group_there_is_one_way_out(site: Site, clock: MovableClock, data_dir: Path) -> None:
    with site.parts.database.writing() as db:
        noor = in_training(db, folder(data_dir / "files"), now=clock.now()).cast.noor
    visitor = site.visitor(noor.id)
    page = visitor.get("/groep")
    assert "Je hebt nog geen groep ingevoerd" in page.text
    assert 'href="/groep/invoeren"' in page.text
    form = visitor.get("/groep/invoeren")
    assert form.text.count("Geen namen") >= 2
    saved = visitor.post("/groep/invoeren", group_form())
    assert saved.headers["location"] == "/groep"
    page = visitor.follow(saved)
    assert "Donderdag 3 december 2026" in page.text
    assert "Eindpresentatie" in page.text
    assert "Staat in jouw agenda en in die van Ruben." in page.text


def test_rows_come_and_go_without_script(site: Site, clock: MovableClock) -> None:
    visitor = site.visitor(work(site, clock).noor.id)
    more = visitor.post("/groep/invoeren", group_form(more="1", place="Nieuwe plek"), status=200)
    assert 'name="day_3" type="date" value="2026-12-17"' in more.text
    assert "Nieuwe plek" in more.text
    fewer = visitor.post("/groep/invoeren", group_form(drop="1"), status=200)
    assert 'name="day_2"' not in fewer.text
    assert 'name="day_1" type="date" value="2026-12-10"' in fewer.text
    with site.parts.database.reading() as db:
        assert len(db.scalars(select(DeliveryDate)).all()) == 2
        assert db.scalars(select(Delivery.place)).one() == "De Esdoorn"


def test_a_row_that_is_half_filled_in_says_all_that_lacks(site: Site, clock: MovableClock) -> None:
    visitor = site.visitor(work(site, clock).noor.id)
    given = group_form(starts_1="", ends_1="", place="De Esdoorn")
    answer = visitor.post("/groep/invoeren", given, status=422).text
    assert asked_for(answer) == {"starts_1", "ends_1"}
    assert '<a href="#f-starts_1">Bijeenkomst 1, van: Dit vakje is nog leeg.</a>' in answer


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"place": ""}, "Dit vakje is nog leeg."),
        ({"day_1": "2026-02-30"}, "Dit is geen datum die we kennen."),
        ({"ends_1": "12:00"}, "De eindtijd moet later zijn dan de begintijd."),
        ({"place": "x" * 100_000}, "Dit is te lang."),
        ({"place": "De\0Esdoorn"}, "een teken dat we niet kunnen bewaren"),
        ({"rows": "9999999"}, "Dit getal is te hoog."),
        ({"leader_id": "1"}, "Dit formulier is veranderd."),
    ],
)
def test_bad_input_comes_back_with_what_was_typed(
    site: Site, clock: MovableClock, changes: dict[str, str], sentence: str
) -> None:
    visitor = site.visitor(work(site, clock).noor.id)
    given = group_form(**({"goal_group": "Mannen van de biljartclub"} | changes))
    answer = visitor.post("/groep/invoeren", given, status=422)
    assert sentence in answer.text
    assert "Mannen van de biljartclub" in answer.text


def test_an_old_form_changes_nothing(site: Site, clock: MovableClock) -> None:
    visitor = site.visitor(work(site, clock).noor.id)
    with site.parts.database.reading() as db:
        group = db.scalars(select(Delivery)).one()
    given = group_form(group_id=group.id, version=group.version + 4, place="Verouderd")
    answer = visitor.post("/groep/invoeren", given, status=422)
    assert "in een ander venster veranderd" in answer.text
    assert "De Esdoorn, Dorpsstraat 1, Rotterdam" in answer.text
    assert 'value="Verouderd"' in answer.text
    assert f'name="version" value="{group.version}"' in answer.text
    with site.parts.database.reading() as db:
        assert db.scalars(select(Delivery.place)).one() == "De Esdoorn"
    visitor.post("/groep/invoeren", group_form(group_id=group.id + 7, version=1), status=404)


def test_visits_stand_with_their_date(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "planned")
    page = site.visitor(at_work.noor.id).get("/groep")
    assert "Ruben kijkt mee" in page.text
    assert f'href="/praktijk/{at_work.record_id}"' in page.text


def test_a_trainer_enters_her_group_and_sees_it(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    joris = certified(site, at_work, at_work.training.intervention_id)
    visitor = site.visitor(joris)
    page = visitor.get("/groep").text
    assert "Begin je met een nieuwe groep?" in page
    form = visitor.get("/groep/invoeren").text
    assert "coach" not in form.partition("<main")[2]
    assert "intervention_id" not in form  # there is one, so nothing to choose
    page = visitor.follow(visitor.post("/groep/invoeren", group_form())).text
    assert "De Esdoorn, Rotterdam" in page
    assert "Kort traject" in page
    assert "Donderdag 3 december 2026" in page
    visitor.get("/traject")


def test_a_trainer_of_two_interventions_says_which(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    with site.parts.database.writing() as db:
        training = in_second_course(db, site.parts.storage, at_work.training, intervention="langer", now=clock.now())
    for intervention_id in (at_work.training.intervention_id, training.intervention_id):
        joris = certified(site, at_work, intervention_id)
    visitor = site.visitor(joris)
    form = visitor.get("/groep/invoeren").text
    assert "Welke interventie geef je?" in form
    assert "Langer traject" in form
    again = visitor.post("/groep/invoeren", group_form(), status=422).text
    assert "Dit vakje is nog leeg." in again
    visitor.post("/groep/invoeren", group_form(intervention_id=training.intervention_id))
    assert "Langer traject" in visitor.get("/groep").text


@pytest.mark.parametrize(
    "days, sentence",
    [(760, "De verlenging van je certificaat loopt nog."), (1000, "Je certificaat is nu niet geldig")],
)
def test_a_certificate_that_ended_starts_no_group(site: Site, clock: MovableClock, days: int, sentence: str) -> None:
    at_work = work(site, clock)
    joris = certified(site, at_work, at_work.training.intervention_id)
    clock.advance(timedelta(days=days))
    visitor = site.visitor(joris)
    for path in ("/groep", "/groep/invoeren"):
        page = visitor.get(path).text
        assert sentence in page
        assert 'name="place"' not in page
    typed = visitor.post("/groep/invoeren", group_form(), status=422).text
    assert sentence in typed
    assert 'value="De Esdoorn"' in typed
    with site.parts.database.reading() as db:
        assert db.scalars(select(Delivery).where(Delivery.leader_id == joris)).all() == []


def test_others_stay_out(site: Site, clock: MovableClock) -> None:
    cast = work(site, clock).training.cast
    assert "De Esdoorn" not in site.visitor(cast.joris.id).get("/groep").text
    for person in (cast.ruben, cast.sanne):
        site.visitor(person.id).get("/groep", status=403)
        site.visitor(person.id).post("/groep/invoeren", group_form(), status=403)
    assert site.stranger().get("/groep", status=303).headers["location"].startswith("/inloggen")


def test_place_and_date_are_asked_for_in_one_go(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    visitor = site.visitor(at_work.noor.id)
    answer = visitor.post("/groep/invoeren", group_form(place="", day_2=""), status=422).text
    assert asked_for(answer) == {"place", "day_2"}
    nothing = group_form(place="", day_1="", starts_1="", ends_1="", day_2="", starts_2="", ends_2="")
    answer = visitor.post("/groep/invoeren", nothing, status=422).text
    assert asked_for(answer) == {"place", "day_1"}
    assert "Vul minstens één datum in." in answer


def test_a_second_group_has_a_page_of_its_own(site: Site, clock: MovableClock) -> None:
    """Noor gave something else before her training began, and that group still runs."""
    at_work = work(site, clock)
    with site.parts.database.writing() as db:
        given = Intervention(slug="langer-traject", name="Langer traject")
        db.add(given)
        db.flush()
        other = Delivery(
            leader_id=at_work.noor.id,
            intervention_id=given.id,
            place="Het Anker",
            address="Kade 1",
            municipality="Rotterdam",
            created_at=START,
        )
        db.add(other)
        db.flush()
        yesterday = clock.now() - timedelta(days=1)
        db.add(
            DeliveryDate(
                delivery_id=other.id,
                kind="session",
                starts_at=yesterday,
                ends_at=yesterday + timedelta(hours=2),
            )
        )
        other_id = other.id
    visitor = site.visitor(at_work.noor.id)
    where = f"/groep?groep={other_id}"
    first = visitor.get("/groep").text
    assert "De Esdoorn, Rotterdam" in first
    assert f'href="{where}"' in first
    page = visitor.get(where).text
    assert "Het Anker, Rotterdam" in page
    assert f'href="/groep/invoeren{where.removeprefix("/groep")}"' in page
    (date_id,) = _dates_of(site, other_id)
    answer = visitor.post(f"/groep/data/{date_id}", {"attended": "7"})
    assert answer.headers["location"] == where
    answer = visitor.post(f"/groep/afronden?groep={other_id}", {"started": "8", "finished": "7"})
    assert answer.headers["location"] == "/groep"
    with site.parts.database.reading() as db:
        closed = db.get_one(Delivery, other_id)
        assert (closed.started, closed.ended_at is not None) == (8, True)
        assert db.scalar(select(Delivery.ended_at).where(Delivery.place != "Het Anker")) is None
    page = visitor.get(f"/groep/{other_id}/getallen").text
    assert 'name="guests"' not in page  # there was no end presentation
    visitor.post(f"/groep/{other_id}/getallen", {"started": "9", "finished": "7", f"attended_{date_id}": "7"})
    with site.parts.database.reading() as db:
        assert db.get_one(Delivery, other_id).started == 9


def _dates_of(site: Site, group_id: int) -> list[int]:
    with site.parts.database.reading() as db:
        return list(db.scalars(select(DeliveryDate.id).where(DeliveryDate.delivery_id == group_id)))
