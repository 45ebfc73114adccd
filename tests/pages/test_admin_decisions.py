"""Deciding about certificates, the overview, and what a contact sees."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, func, select, update

from app.certification import actions
from app.certification.tables import Certificate, CertificationDecision
from app.courses.tables import Intervention
from app.jobs.actions import enqueue
from app.jobs.tables import Job
from app.ledger.actions import record
from app.outbox.tables import Message
from app.people.tables import Export, SignIn
from app.worker.run import registered
from tests.conftest import START
from tests.page import Site, make_test_parts
from tests.trained import Training, make_ready

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database

ADMIN_PAGES = ("/beheer", "/beheer/besluiten")


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> Site:
    return Site(make_test_parts(sqlite_database, data_dir, clock))


@pytest.fixture
def training(site: Site) -> Training:
    with site.parts.database.writing() as db:
        return make_ready(db, site.parts.storage, now=START)


@pytest.mark.parametrize("path", ADMIN_PAGES)
def test_only_admins_come_here(site: Site, training: Training, path: str) -> None:
    assert site.stranger().get(path, status=303).headers["location"].startswith("/inloggen")
    for who in ("noor", "ruben", "sanne"):
        site.visitor(getattr(training.cast, who).id).get(path, status=403)
        site.visitor(getattr(training.cast, who).id).get(f"/beheer/besluiten/{training.enrolment_id}", status=403)


def test_a_grant_from_the_list_to_the_certificate(site: Site, training: Training) -> None:
    fatma = site.visitor(training.cast.fatma.id)
    assert "1 certificaat klaar voor een besluit" in fatma.get("/beheer").text
    assert "1 persoon heeft alles gedaan" in fatma.get("/beheer/besluiten").text
    page = fatma.get(f"/beheer/besluiten/{training.enrolment_id}").text
    assert "Afgetekend door Ruben Haddad" in page
    answer = fatma.post(f"/beheer/besluiten/{training.enrolment_id}/toekennen")
    assert answer.headers["location"].startswith("/beheer/besluiten")
    assert "Toegekend" in fatma.follow(answer).text
    with site.parts.database.reading() as db:
        id_ = db.scalars(select(Certificate.id)).one()
    certificate = fatma.get(f"/certificaat/{id_}").text
    assert "Noor de Wit mag" in certificate
    assert "Laat je opdrachtgever zien" not in certificate
    assert 'href="/intervisie"' not in certificate
    assert 'href="/beheer/besluiten"' in certificate
    assert "Laat je opdrachtgever zien" in site.visitor(training.cast.noor.id).get(f"/certificaat/{id_}").text
    again = fatma.post(f"/beheer/besluiten/{training.enrolment_id}/toekennen")
    assert again.headers["location"] == answer.headers["location"]
    with site.parts.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Certificate)) == 1
    listed = fatma.get("/beheer/besluiten").text
    assert "Je bent bij" in listed
    assert "Toegekend" in listed
    fatma.get(f"/beheer/besluiten/{training.enrolment_id}", status=404)


def test_a_refusal_needs_reasons(site: Site, training: Training) -> None:
    fatma = site.visitor(training.cast.fatma.id)
    path = f"/beheer/besluiten/{training.enrolment_id}/afwijzen"
    assert "Dit vakje is nog leeg" in fatma.post(path, {"reasons": " "}, status=422).text
    fatma.post(path, {"reasons": "x" * 3_000}, status=422)
    fatma.post(path, {"reasons": "Plan ontbreekt", "meer": "1"}, status=422)
    with site.parts.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(CertificationDecision)) == 0
    fatma.post(path, {"reasons": "Plan ontbreekt"})
    with site.parts.database.reading() as db:
        assert db.scalars(select(Message.kind).where(Message.kind == "certification.refused")).all()
    assert "Nog niet toegekend" in fatma.get("/beheer/besluiten").text
    assert "Hierover is al besloten" in fatma.post(path, {"reasons": "Nog eens"}, status=422).text


def test_deciding_asks_for_a_fresh_proof(site: Site, training: Training, clock: MovableClock) -> None:
    fatma = site.visitor(training.cast.fatma.id)
    with site.parts.database.writing() as db:
        db.execute(update(SignIn).values(factor_at=START - timedelta(minutes=31)))
    for answer in (
        fatma.get(f"/beheer/besluiten/{training.enrolment_id}", status=303),
        fatma.post(f"/beheer/besluiten/{training.enrolment_id}/toekennen"),
    ):
        assert answer.headers["location"].startswith("/bevestigen")
    with site.parts.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Certificate)) == 0


def test_unknown_and_impossible_ids(site: Site, training: Training) -> None:
    fatma = site.visitor(training.cast.fatma.id)
    for path in ("/beheer/besluiten/999999", "/beheer/besluiten/9223372036854775808"):
        fatma.get(path, status=404)
        fatma.post(f"{path}/toekennen", status=404)


def test_the_overview_of_an_empty_installation_is_honest(site: Site, training: Training) -> None:
    fatma = site.visitor(training.cast.fatma.id)
    page = fatma.get("/beheer").text
    assert "Maak de eerste stappen af" in page
    assert "Er is nog geen reservekopie gemaakt" in page
    assert "Het komende halve jaar verloopt er geen certificaat" in page


def test_failed_work_and_an_old_backup_ask_for_action(site: Site, training: Training) -> None:
    with site.parts.database.writing() as db:
        record(db, "backup.made", actor_id=None, subject=("backup", None), now=START - timedelta(days=3))
        enqueue(db, "certification.render", now=START, key="x", certificate_id=1)
        db.execute(update(Job).where(Job.key == "x").values(failed_at=START, ended_at=START))
    fatma = site.visitor(training.cast.fatma.id)
    page = fatma.get("/beheer").text
    assert "1 taak op de achtergrond mislukte" in page
    assert "Laatste reservekopie: vrijdag 20 november" in page
    fatma.post("/beheer/werk/opnieuw")
    assert "op de achtergrond mislukte" not in fatma.get("/beheer").text
    with site.parts.database.reading() as db:
        assert db.scalars(select(Job.failed_at).where(Job.key == "x")).one() is None


def test_what_the_night_found_asks_for_action_until_it_is_mended(
    site: Site, training: Training, clock: MovableClock
) -> None:
    check = registered()[0]["upkeep.check"]
    for _ in range(2):
        check(site.parts.work, {})
        assert "nachtelijke controle" not in site.visitor(training.cast.fatma.id).get("/beheer").text
        clock.advance(timedelta(days=1))
    with site.parts.database.writing() as db:
        lost = Export(person_id=training.cast.noor.id, asked_at=START, ready_at=START, storage_key="exports/lost")
        db.add(lost)
    for _ in range(2):
        check(site.parts.work, {})
        page = site.visitor(training.cast.fatma.id).get("/beheer").text
        assert "De nachtelijke controle vond 1 ding dat niet klopt" in page
        assert "python -m app doctor" in page
        assert "Sinds woensdag 25 november" in page  # the first night, not the last
        clock.advance(timedelta(days=1))
    with site.parts.database.writing() as db:
        db.execute(delete(Export))
    check(site.parts.work, {})
    assert "nachtelijke controle" not in site.visitor(training.cast.fatma.id).get("/beheer").text


def test_statements_of_the_overview_do_not_grow(site: Site, training: Training) -> None:
    from tests.people import make_person

    fatma = site.visitor(training.cast.fatma.id)
    with site.parts.database.writing() as db:
        actions.grant(db, by=training.cast.fatma, enrolment_id=training.enrolment_id, now=START)
    fatma.get("/beheer")
    before = len(fatma.statements)
    with site.parts.database.writing() as db:
        for number in range(8):
            actions.take_over(
                db,
                by_id=None,
                person_id=make_person(db, f"Trainer{number} Jansen", now=START),
                intervention_id=training.intervention_id,
                since=START.date(),
                intervisions=0,
                now=START,
            )
    fatma.get("/beheer")
    assert len(fatma.statements) == before


def test_a_contact_sees_stage_and_date_of_her_own_people_only(site: Site, training: Training) -> None:
    sanne = site.visitor(training.cast.sanne.id)
    page = sanne.get("/organisatie").text
    assert "Noor de Wit" in page
    assert "Joris" not in page
    with site.parts.database.writing() as db:
        actions.grant(db, by=training.cast.fatma, enrolment_id=training.enrolment_id, now=START)
    assert "23 november 2028" in sanne.get("/organisatie").text
    for who in ("noor", "ruben", "fatma"):
        site.visitor(getattr(training.cast, who).id).get("/organisatie", status=403)


def test_a_contact_sees_what_a_certificate_is_for(site: Site, training: Training) -> None:
    from tests.people import make_person

    with site.parts.database.writing() as db:
        person_id = make_person(db, "Kim Vos", now=START, organisation="Welzijn Maasoever")
        actions.take_over(
            db,
            by_id=None,
            person_id=person_id,
            intervention_id=training.intervention_id,
            since=START.date(),
            intervisions=0,
            now=START,
        )
        name = db.scalars(select(Intervention.name)).one()
    row = site.visitor(training.cast.sanne.id).get("/organisatie").text.split("Kim Vos")[1].split("</tr>")[0]
    assert name in row
