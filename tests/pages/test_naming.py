"""The warning for what looks as if it names a resident: at the field, and once after saving. It never blocks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import pytest
from httpx2 import Response
from sqlalchemy import select

from app.kit.clock import MovableClock
from app.kit.db import Database
from app.practice.tables.coaching import Assessment
from app.practice.tables.work import CoachVisit, Preparation
from tests.blank_forms import blank_form
from tests.contracts.test_house import ROOT
from tests.page import Site, make_test_parts
from tests.practising import begin, group_form

NAMED: Final = "Mevrouw Jansen (06-12345678) kiest zelf"
TOLD: Final = "Staat er een naam in je tekst?"


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> Site:
    return Site(make_test_parts(sqlite_database, data_dir, clock))


def typed(page: str, path: str, **words: str) -> dict[str, Any]:
    """The form on a page with these words in it, as a browser sends it: a name may stand in it more than once."""
    form = blank_form(page, path)
    assert form is not None
    inside = page[page.index(f'action="{path}"') :]
    inside = inside[: inside.index("</form>")]
    return form.sent | words | {"about_people": re.findall(r'name="about_people" value="([a-z0-9_-]+)"', inside)}


def toast_of(answer: Response) -> str:
    return unquote(answer.headers.get("set-cookie", ""))


def test_it_is_kept_and_said_at_the_field_and_once(site: Site, clock: MovableClock) -> None:
    at_work = begin(site.parts.database, site.parts.storage, clock)
    noor = site.visitor(at_work.noor.id)
    path = f"/praktijk/{at_work.record_id}"
    plan = {"session_plan": "Kring", "learning_question": "Wachten"}
    given = typed(noor.get(path).text, f"{path}/voorbereiding", goal="Met mevrouw Jansen", **plan)
    assert given["about_people"] == ["goal", "session_plan", "learning_question"]
    answer = noor.post(f"{path}/voorbereiding", given)
    with site.parts.database.reading() as db:
        assert db.get_one(Preparation, at_work.record_id).goal == "Met mevrouw Jansen"
    assert "Jansen" not in toast_of(answer)  # a cookie is no place for what must not be written down
    page = noor.follow(answer).text
    assert "Je voorbereiding is bewaard." in page
    assert page.count(TOLD) == 1
    assert '<details class="fold" id="voorbereiding" open>' in page  # mended in one step
    assert re.search(r'id="f-goal-people" role="status">\s*<div class="people">', page)
    assert "‘<span data-said>mevrouw Jansen</span>’" in page
    assert re.search(r'id="f-session_plan-people" role="status">\s*</div>', page)
    again = noor.get(path).text
    assert TOLD not in again
    assert "‘<span data-said>mevrouw Jansen</span>’" in again  # at the field it stays for as long as it is there
    mended = typed(again, f"{path}/voorbereiding", goal="Met een deelnemer", **plan)
    after = noor.follow(noor.post(f"{path}/voorbereiding", mended)).text
    assert TOLD not in after
    assert "data-said>mevrouw" not in after


def test_a_form_that_comes_back_says_it_at_the_field(site: Site, clock: MovableClock) -> None:
    at_work = begin(site.parts.database, site.parts.storage, clock)
    noor = site.visitor(at_work.noor.id)
    path = f"/praktijk/{at_work.record_id}/voorbereiding"
    page = noor.post(path, {"goal": NAMED, "session_plan": "", "learning_question": "", "version": ""}, status=422)
    assert "data-said>Mevrouw Jansen<" in page.text
    assert "data-said>06-12345678<" in page.text
    assert "toast=" not in page.headers.get("set-cookie", "")
    lost = noor.post(
        f"/praktijk/{at_work.record_id}/inleveren", {"note": "x", "about_people": "a_very_long_field"}, status=422
    )
    assert "a_very_long_field" not in lost.text


def test_several_kinds_are_told_as_one(site: Site, clock: MovableClock) -> None:
    at_work = begin(site.parts.database, site.parts.storage, clock, until="handed_in")
    ruben = site.visitor(at_work.ruben.id)
    path = f"/coach/{at_work.record_id}"
    given = typed(ruben.get(path).text, f"{path}/formulier", strong_1=NAMED, whole="")
    answer = ruben.post(f"{path}/formulier", given)
    assert "Is iemand te herkennen in je tekst?" in ruben.follow(answer).text
    with site.parts.database.reading() as db:
        assert db.scalars(select(Assessment)).one().form["strong"] == [NAMED]


def test_a_place_that_is_not_about_people_is_left_alone(site: Site, clock: MovableClock) -> None:
    """The address of a group has numbers and names of streets."""
    at_work = begin(site.parts.database, site.parts.storage, clock, until="open")
    noor = site.visitor(at_work.noor.id)
    group = group_form(address="Mevrouw Meijerstraat 3")
    given = typed(noor.get("/groep/invoeren").text, "/groep/invoeren", **group)
    assert given["about_people"] == ["place", "goal_group"]
    assert TOLD not in noor.follow(noor.post("/groep/invoeren", given)).text
    group = group_form(goal_group="Buren van mevrouw Jansen")
    given = typed(noor.get("/groep/invoeren").text, "/groep/invoeren", **group)
    assert TOLD in noor.follow(noor.post("/groep/invoeren", given)).text


def test_the_reason_of_a_visit_that_does_not_go_on_too(site: Site, clock: MovableClock) -> None:
    at_work = begin(site.parts.database, site.parts.storage, clock, until="planned")
    ruben = site.visitor(at_work.ruben.id)
    path = f"/coach/{at_work.record_id}"
    given = typed(ruben.get(path).text, f"{path}/bezoek/afzeggen", reason="Meneer de Boer is ziek")
    page = ruben.follow(ruben.post(f"{path}/bezoek/afzeggen", given)).text
    assert TOLD in page
    with site.parts.database.reading() as db:
        assert db.scalars(select(CoachVisit)).one().cancel_reason == "Meneer de Boer is ziek"


def test_every_hint_about_names_has_its_warning() -> None:
    """Where a field asks for no names, it looks as well."""
    silent = [
        f"{path.name}: {line.strip()[:80]}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if "design" not in path.parts
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"\b(?:area|field)\(", line) and "een namen" in line and not re.search("about_people|number", line)
    ]
    assert silent == []
