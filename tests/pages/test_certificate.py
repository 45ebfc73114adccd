"""The certificate, its PDF, the choice of a name, and the public check."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from app.certification import actions
from app.certification.queries import standings
from app.certification.tables import Certificate
from app.people.actions.accounts import grant_role
from app.people.rules import Role
from app.worker.handlers.certification import render
from app.worker.handlers.keeping import close_files
from tests.conftest import START
from tests.page import Site, Visitor, make_test_parts
from tests.people import make_person
from tests.trained import Training, make_ready

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> Site:
    return Site(make_test_parts(sqlite_database, data_dir, clock))


@pytest.fixture
def training(site: Site) -> Training:
    with site.parts.database.writing() as db:
        made = make_ready(db, site.parts.storage, now=START)
        actions.grant(db, by=made.cast.fatma, enrolment_id=made.enrolment_id, now=START)
        return made


@pytest.fixture
def certificate(site: Site, training: Training) -> Certificate:
    with site.parts.database.reading() as db:
        return db.scalars(select(Certificate)).one()


@pytest.fixture
def noor(site: Site, training: Training) -> Visitor:
    return site.visitor(training.cast.noor.id)


def test_the_holder_sees_it_and_gets_her_pdf(site: Site, certificate: Certificate, noor: Visitor) -> None:
    page = noor.get(f"/certificaat/{certificate.id}").text
    assert "Noor de Wit mag" in page
    assert certificate.number in page
    assert "De pdf wordt gemaakt" in page
    noor.get(f"/certificaat/{certificate.id}/pdf", status=404)
    render(site.parts.work, {"certificate_id": certificate.id})
    assert "Download als pdf" in noor.get(f"/certificaat/{certificate.id}").text
    pdf = noor.get(f"/certificaat/{certificate.id}/pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["content-type"] == "application/pdf"
    assert certificate.number in pdf.headers["content-disposition"]


def test_others_do_not_see_it(site: Site, training: Training, certificate: Certificate) -> None:
    path = f"/certificaat/{certificate.id}"
    assert site.stranger().get(path, status=303).headers["location"].startswith("/inloggen")
    for who in ("joris", "sanne", "ruben"):
        visitor = site.visitor(getattr(training.cast, who).id)
        visitor.get(path, status=404)
        visitor.get(f"{path}/pdf", status=404)
        visitor.post(f"{path}/naam", {"show": "name"}, status=404)
    fatma = site.visitor(training.cast.fatma.id)
    assert "Bewaar mijn keuze" not in fatma.get(path).text
    fatma.post(f"{path}/naam", {"show": "name"}, status=403)


def test_the_holder_chooses_what_the_public_sees(site: Site, certificate: Certificate, noor: Visitor) -> None:
    public = site.stranger()
    assert "N. de W." in public.get(f"/c/{certificate.code}").text
    noor.post(f"/certificaat/{certificate.id}/naam", {"show": "wat"}, status=422)
    noor.post(f"/certificaat/{certificate.id}/naam", {"show": "name"})
    assert "Noor de Wit" in public.get(f"/c/{certificate.code}").text
    noor.post(f"/certificaat/{certificate.id}/naam", {"show": "initials"})
    page = public.get(f"/c/{certificate.code}")
    assert "Noor" not in page.text
    assert page.headers["x-robots-tag"] == "noindex, nofollow"


def test_the_state_is_that_of_now(
    site: Site, training: Training, certificate: Certificate, clock: MovableClock
) -> None:
    public = site.stranger()
    spoken = f"{certificate.code[:5].lower()}-{certificate.code[5:]}"
    assert "Dit certificaat is echt en geldig" in public.get(f"/c/{spoken}").text
    clock.set(START + timedelta(days=735))
    assert "De verlenging loopt" in public.get(f"/c/{certificate.code}").text
    clock.set(START + timedelta(days=900))
    assert "niet actief sinds" in public.get(f"/c/{certificate.code}").text


def test_two_years_after_its_end_only_number_and_dates_are_left(
    site: Site, training: Training, certificate: Certificate, noor: Visitor, clock: MovableClock
) -> None:
    noor.post(f"/certificaat/{certificate.id}/naam", {"show": "name"})
    render(site.parts.work, {"certificate_id": certificate.id})
    clock.set(START + timedelta(days=1600))
    close_files(site.parts.work, {})
    noor = site.visitor(training.cast.noor.id)
    page = noor.get(f"/certificaat/{certificate.id}").text
    assert f"<h1>Certificaat {certificate.number}</h1>" in page
    assert "Je naam en de pdf zijn weg" in page
    assert "De pdf wordt gemaakt" not in page
    assert "Bewaar mijn keuze" not in page
    noor.get(f"/certificaat/{certificate.id}/pdf", status=404)
    noor.post(f"/certificaat/{certificate.id}/naam", {"show": "name"}, status=404)
    public = site.stranger().get(f"/c/{certificate.code}").text
    assert f"<h1>Certificaat {certificate.number}</h1>" in public
    assert "niet actief sinds" in public
    assert "De naam staat hier niet meer" in public
    assert "—</h1>" not in public


def test_a_code_that_is_not_ours_gets_one_answer(site: Site, certificate: Certificate) -> None:
    public = site.stranger()
    unknown = public.get("/c/00000000000000000000", status=404)
    assert "Deze code kennen we niet" in unknown.text
    other = "1" if certificate.code[0] != "1" else "2"
    for wrong in (other + certificate.code[1:], "wat", "%00", "a" * 300, certificate.number):
        answer = public.get(f"/c/{wrong}", status=404).text
        assert answer.partition("<main")[2] == unknown.text.partition("<main")[2]
    assert "Certificaat controleren" in public.get("/c").text
    assert public.get(f"/c?code={certificate.code}", status=303).headers["location"] == f"/c/{certificate.code}"
    assert "Deze code kennen we niet" in public.get("/c?code=wat", status=404).text


def test_sixty_an_hour_and_then_a_pause(site: Site, certificate: Certificate, clock: MovableClock) -> None:
    public = site.stranger()
    for _ in range(60):
        public.client.get("/c/wat")
    public.get(f"/c/{certificate.code}", status=429)
    clock.advance(timedelta(hours=1))
    public.get(f"/c/{certificate.code}")


def test_a_name_is_never_markup(site: Site, training: Training) -> None:
    with site.parts.database.writing() as db:
        who = make_person(db, "Kim <script>x</script> & Zoë", now=START, email="kim@demo.example")
        grant_role(db, by=None, person_id=who, role=Role.PROFESSIONAL, now=START)
        actions.take_over(
            db,
            by_id=None,
            person_id=who,
            intervention_id=training.intervention_id,
            since=START.date(),
            intervisions=0,
            now=START,
        )
        id_ = db.scalars(select(Certificate.id).where(Certificate.holder_name.startswith("Kim"))).one()
    page = site.visitor(who).get(f"/certificaat/{id_}").text
    assert "<script>x" not in page
    assert "Overgenomen in deze academie" in page


def test_in_grace_the_page_says_to_begin_nothing_new(
    site: Site, training: Training, certificate: Certificate, clock: MovableClock
) -> None:
    with site.parts.database.reading() as db:
        end = standings(db, [training.cast.noor.id], START.date())[training.cast.noor.id][0].standing.until
    assert end is not None
    clock.advance(timedelta(days=(end - START.date()).days + 5))
    page = site.visitor(training.cast.noor.id).get(f"/certificaat/{certificate.id}").text
    assert "Verlenging loopt" in page
    assert "Begin geen nieuwe." in page
    assert [words for words in ("Noor de Wit mag", "Geldig tot en met", "bevoegd bent") if words in page] == []
