"""The talk after the work, and how somebody grows: the pages."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.kit.clock import MovableClock
from app.kit.db import Database
from app.ledger.tables import LedgerEvent
from app.practice.tables.coaching import Assessment, Talk
from app.worker.run import run_due
from tests.blank_forms import blank_form
from tests.page import Site, make_test_parts
from tests.practising import OBSERVED, Practising, begin, observe, sign

PREFILLED = OBSERVED["agreement_1"]


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> Site:
    return Site(make_test_parts(sqlite_database, data_dir, clock))


def work(site: Site, clock: MovableClock, until: str = "observed") -> Practising:
    return begin(site.parts.database, site.parts.storage, clock, until=until)


def test_before_both_are_in_it_says_who_is_waited_for(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "visited")
    path = f"/praktijk/{at_work.record_id}/nagesprek"
    for person, who in ((at_work.noor, "als jij hebt ingeleverd"), (at_work.ruben, "als Noor heeft ingeleverd")):
        text = site.visitor(person.id).get(path).text
        assert who in text
        assert "Dit spreken we af" not in text
    site.visitor(at_work.training.cast.fatma.id).get(path, status=404)
    told = site.visitor(at_work.noor.id).post(path, {"version": "1", "agreement_1": "Vroeg"}, status=422).text
    assert "nog niet allebei ingevuld" in told
    assert "Dit is niet bewaard" in told


def test_typed_on_her_coachs_phone_and_confirmed_on_her_own(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    coach, noor = site.visitor(at_work.ruben.id), site.visitor(at_work.noor.id)
    path = f"/praktijk/{at_work.record_id}/nagesprek"
    page = coach.get(path).text
    assert "Ruben, vertel wat je zag" in page  # he saw more than she did
    assert page.index("Laten maken") < page.index("Afspraken bewaken")
    assert "Kwam rustig terug op de afspraak." in page
    assert PREFILLED in page
    form = blank_form(page, path)
    assert form is not None
    given = form.sent | {"agreement_1": PREFILLED, "agreement_2": "Ruben stuurt de kaart"}
    assert "De bevestiging volgt per mail" in coach.follow(coach.post(path, given)).text
    run_due(site.parts.work)
    mail = "".join(file.read_text() for file in (site.parts.settings.data_dir / "mail").glob("*agreed*"))
    assert f"/praktijk/{at_work.record_id}/nagesprek" in mail
    assert "kaart" not in mail  # what was agreed stands behind the link
    record = noor.get(f"/praktijk/{at_work.record_id}").text
    assert "Lees en bevestig" in record
    assert "Klopt dit?" in noor.get(path).text
    yes = blank_form(noor.get(path).text, f"{path}/bevestigen")
    assert yes is not None
    clock.advance(timedelta(hours=2))
    assert "Bevestigd" in noor.follow(noor.post(f"{path}/bevestigen", yes.sent)).text
    assert "Noor bevestigde dit op" in coach.get(path).text
    assert "Bevestigd door Noor" in coach.get(f"/coach/{at_work.record_id}/aftekenen").text
    with site.parts.database.reading() as db:
        assert db.scalars(select(Assessment.form)).one()["agreements"] == [PREFILLED, "Ruben stuurt de kaart"]
        assert db.scalars(select(Talk.confirmed_at)).one() == clock.now()


def test_two_phones_show_what_the_other_wrote(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    noor, coach = site.visitor(at_work.noor.id), site.visitor(at_work.ruben.id)
    path = f"/praktijk/{at_work.record_id}/nagesprek"
    form = blank_form(noor.get(path).text, path)
    assert form is not None
    theirs = blank_form(coach.get(path).text, path)
    assert theirs is not None
    coach.post(path, theirs.sent | {"agreement_1": "Van Ruben"})
    told = noor.post(path, form.sent | {"agreement_1": "Van Noor"}, status=422).text
    assert "op een andere telefoon veranderd" in told
    assert "Daar: Van Ruben" in told
    again = blank_form(told, path)
    assert again is not None
    noor.post(path, again.sent | {"agreement_1": "Van Noor"})
    assert "Van Noor" in coach.get(path).text


def test_an_empty_agreement_is_asked_for(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    path = f"/praktijk/{at_work.record_id}/nagesprek"
    visitor = site.visitor(at_work.noor.id)
    form = blank_form(visitor.get(path).text, path)
    assert form is not None
    told = visitor.post(path, form.sent | {"agreement_1": ""}, status=422).text
    assert "Schrijf minstens één afspraak op." in told
    assert "Dit is te lang" in visitor.post(path, form.sent | {"agreement_1": "x" * 201}, status=422).text


def test_bars_and_a_table_on_the_assignment_and_over_all(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    observe(site.parts.database, at_work, clock, version=1, score_SM1="0")
    for person, who in ((at_work.noor, "Jij"), (at_work.ruben, "Noor")):
        for path in (f"/praktijk/{at_work.record_id}", f"/praktijk/{at_work.record_id}/profiel"):
            text = site.visitor(person.id).get(path).text
            assert f'aria-label="{who}: Op weg"' in text
            assert 'aria-label="Ruben: Niet gezien"' in text
            assert 'data-k="Ruben"' in text
            assert not re.search(r"aria-label=\"[^\"]*\d[,.]\d", text)  # no figures
    fatma = site.visitor(at_work.training.cast.fatma.id)
    fatma.get(f"/praktijk/{at_work.record_id}/profiel")
    with site.parts.database.reading() as db:
        read = db.scalars(select(LedgerEvent.actor_id).where(LedgerEvent.action == "practice.scores_read")).all()
    assert read == [at_work.training.cast.fatma.id]


def test_nothing_to_compare_says_so(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "handed_in")
    observe(site.parts.database, at_work, clock, whole=False)
    for person in (at_work.noor, at_work.ruben):
        path = f"/praktijk/{at_work.record_id}/profiel"
        assert "nog niets te vergelijken" in site.visitor(person.id).get(path).text
    site.visitor(at_work.training.cast.joris.id).get(path, status=404)


def test_after_the_decision_it_is_to_read_and_to_confirm(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    coach, noor = site.visitor(at_work.ruben.id), site.visitor(at_work.noor.id)
    path = f"/praktijk/{at_work.record_id}/nagesprek"
    form = blank_form(coach.get(path).text, path)
    assert form is not None
    coach.post(path, form.sent | {"agreement_1": PREFILLED})
    sign(site.parts.database, at_work, clock)
    page = noor.get(path).text
    assert "Er moet iets anders" not in page
    assert "Lees en bevestig" in noor.get(f"/praktijk/{at_work.record_id}").text
    yes = blank_form(page, f"{path}/bevestigen")
    assert yes is not None
    noor.post(f"{path}/bevestigen", yes.sent)
    assert "Noor bevestigde dit op" in noor.get(path).text
