"""Granting, refusing, taking over: effects on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from app.certification import actions, documents, issuing, queries
from app.certification.rules import State, certificate_number
from app.certification.tables import (
    Certificate,
    Certification,
    CertificationDecision,
    CertificationPeriod,
    StandingSpan,
)
from app.courses.tables import Enrolment
from app.delivery.rules import Authorised, Barred
from app.jobs.tables import Job
from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.ids import read_code
from app.kit.storage import StoredFile, folder
from app.ledger.tables import LedgerContent, LedgerEvent
from app.outbox.tables import Message
from app.people.actions.accounts import revoke_role
from app.people.rules import Role
from tests.conftest import START
from tests.people import make_person
from tests.trained import Training, finish_theory, in_training, make_ready, second_admin, sign_everything

if TYPE_CHECKING:
    from app.kit.db import Database
    from app.kit.storage import Storage

TODAY = date(2026, 11, 23)
END = date(2028, 11, 23)


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


def count(db: Any, table: Any) -> int:
    return int(db.scalar(select(func.count()).select_from(table)) or 0)


def test_a_grant_makes_everything_that_belongs_to_it(database: Database, storage: Storage) -> None:
    with database.writing() as db:
        training = make_ready(db, storage, now=START, grace_days=90)
        cast = training.cast
        certificate_id = actions.grant(db, by=cast.fatma, enrolment_id=training.enrolment_id, now=START)
    with database.reading() as db:
        certificate = db.get_one(Certificate, certificate_id)
        assert certificate.number == certificate_number(2026, 1)
        assert read_code(certificate.code) == certificate.code
        assert (certificate.holder_name, certificate.show_name, certificate.pdf_key) == ("Noor de Wit", False, "")
        assert (certificate.printed["coach"], certificate.printed["decided_by"]) == ("Ruben Haddad", cast.fatma.name)
        assert "Knipsel van certificaat" in certificate.seal_svg
        period = db.get_one(CertificationPeriod, certificate.period_id)
        assert (period.starts_on, period.ends_on) == (TODAY, END)
        assert db.get_one(Enrolment, training.enrolment_id).completed_at == START
        decision = db.scalars(select(CertificationDecision)).one()
        assert (decision.kind, decision.four_eyes, decision.decided_by_id) == ("granted", True, cast.fatma.id)
        assert decision.facts["visits"] == 1
        assert db.get_one(LedgerEvent, decision.event_id).action == "certification.granted"
        message = db.scalars(select(Message).where(Message.kind == "certification.granted")).one()
        assert (message.person_id, message.reply_to_id) == (cast.noor.id, cast.fatma.id)
        assert db.scalars(select(Job.key).where(Job.kind == "certification.render")).one()
        spans = [(span.state, span.starts_on) for span in db.scalars(select(StandingSpan).order_by(StandingSpan.id))]
        assert [state for state, _ in spans] == ["valid", "expiring", "in_grace", "lapsed"]
        assert spans[0][1] == TODAY
        found = queries.standings(db, [cast.noor.id, cast.joris.id], TODAY)
        assert found[cast.joris.id] == []
        assert found[cast.noor.id][0].standing.state is State.VALID
        assert queries.invitees(db, training.intervention_id, TODAY).person_ids == {cast.noor.id}
        assert queries.invitees(db, training.intervention_id, END + timedelta(days=90)).person_ids == {cast.noor.id}
        assert queries.invitees(db, training.intervention_id, END + timedelta(days=91)).person_ids == frozenset()
        proof = Authorised(cast.noor.id, training.intervention_id, END)
        assert queries.authorised(db, cast.noor.id, TODAY) == (proof,)
        barred = Barred(cast.noor.id, training.intervention_id, in_grace=True)
        assert queries.authorised(db, cast.noor.id, END + timedelta(days=1)) == (barred,)
        assert queries.ready_for_decision(db) == []


def test_twenty_at_once_make_one_certificate(database: Database, storage: Storage) -> None:
    with database.writing() as db:
        training = make_ready(db, storage, now=START)

    def grant(_: int) -> int:
        with database.writing() as db:
            return actions.grant(db, by=training.cast.fatma, enrolment_id=training.enrolment_id, now=START)

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(grant, range(20)))
    assert len(made) == 1
    with database.reading() as db:
        assert [count(db, table) for table in (Certificate, Certification, CertificationDecision)] == [1, 1, 1]
        letters = select(func.count()).select_from(Message).where(Message.kind == "certification.granted")
        assert db.scalar(letters) == 1


@pytest.mark.parametrize("missing", ["theory_incomplete", "assignments_open", "visits_missing"])
def test_nothing_is_granted_that_was_not_earned(database: Database, storage: Storage, missing: str) -> None:
    with database.writing() as db:
        visits: dict[str, Any] = {"coach_visits_min": 2} if missing == "visits_missing" else {}
        training = in_training(db, storage, now=START, **visits)
        if missing != "theory_incomplete":
            finish_theory(db, training, now=START)
        if missing != "assignments_open":
            sign_everything(db, training, now=START)
    with pytest.raises(Refused) as refused, database.writing() as db:
        actions.grant(db, by=training.cast.fatma, enrolment_id=training.enrolment_id, now=START)
    assert refused.value.code == missing
    with database.reading() as db:
        assert count(db, Certificate) == count(db, CertificationDecision) == 0


def test_only_an_admin_decides_and_not_about_herself(database: Database, storage: Storage) -> None:
    with database.writing() as db:
        training = make_ready(db, storage, now=START)
    with database.writing() as db:
        with pytest.raises(Forbidden):
            actions.grant(db, by=training.cast.ruben, enrolment_id=training.enrolment_id, now=START)
        with pytest.raises(NotFound):
            actions.grant(db, by=training.cast.fatma, enrolment_id=999_999, now=START)
        own = replace(training.cast.fatma, person_id=training.cast.noor.id)
        with pytest.raises(Refused, match="own_certificate"):
            actions.grant(db, by=own, enrolment_id=training.enrolment_id, now=START)


def test_who_signed_needs_somebody_else_or_a_reason(database: Database, storage: Storage) -> None:
    with database.writing() as db:
        training = make_ready(db, storage, now=START, four_eyes="when_two_admins")
        fatma = training.cast.fatma
        other = signed_by_herself(db, training)
    with database.writing() as db, pytest.raises(Refused, match="reason_needed"):
        actions.grant(db, by=fatma, enrolment_id=other, now=START)
    with database.writing() as db:
        ilse = second_admin(db, "Ilse de Graaf", now=START)
    with database.writing() as db, pytest.raises(Refused, match="four_eyes"):
        actions.grant(db, by=fatma, enrolment_id=other, reason="Niemand anders", now=START)
    with database.writing() as db:
        revoke_role(db, by=None, person_id=ilse, role=Role.ADMIN, now=START)
        actions.grant(db, by=fatma, enrolment_id=other, reason="Niemand anders", now=START)
        decision = db.scalars(select(CertificationDecision)).one()
        assert decision.four_eyes is False
        content = db.get_one(LedgerContent, decision.event_id).content
        assert (content["reason"], content["alone"]) == ("Niemand anders", True)


def signed_by_herself(db: Any, training: Training) -> int:
    """Joris follows the course too and has finished; Fatma herself signed."""
    from app.courses.actions import cohorts

    (enrolment_id,) = cohorts.enrol(
        db,
        by=training.cast.fatma,
        cohort_id=training.cohort_id,
        person_ids=[training.cast.joris.id],
        now=START,
    )
    cohorts.confirm_enrolments(db, person_id=training.cast.joris.id, now=START)
    finish_theory(db, training, now=START, enrolment_id=enrolment_id)
    sign_everything(db, training, now=START, enrolment_id=enrolment_id, coach_id=training.cast.fatma.id)
    return enrolment_id


def test_a_refusal_tells_why_and_waits_for_something_new(database: Database, storage: Storage) -> None:
    with database.writing() as db:
        training = make_ready(db, storage, now=START)
        cast = training.cast
        assert [one.enrolment.id for one in queries.ready_for_decision(db) if one.waits] == [training.enrolment_id]
        actions.refuse(db, by=cast.fatma, enrolment_id=training.enrolment_id, reasons="Plan ontbreekt", now=START)
        with pytest.raises(Refused, match="refused_already"):
            actions.refuse(db, by=cast.fatma, enrolment_id=training.enrolment_id, reasons="Nog eens", now=START)
        decision = db.scalars(select(CertificationDecision)).one()
        assert decision.kind == "refused"
        assert db.get_one(LedgerContent, decision.event_id).content["reasons"] == "Plan ontbreekt"
        assert db.scalars(select(Message.data).where(Message.kind == "certification.refused")).one() == {
            "decision_id": decision.id
        }
        assert [one.waits for one in queries.ready_for_decision(db)] == [False]
        assert db.get_one(Enrolment, training.enrolment_id).completed_at is None
        later = START + timedelta(days=3)
        with pytest.raises(Refused, match="refused_meanwhile"):  # from a page that was opened before the refusal
            actions.grant(db, by=cast.fatma, enrolment_id=training.enrolment_id, now=later)
        assert count(db, Certificate) == 0
        actions.grant(db, by=cast.fatma, enrolment_id=training.enrolment_id, anew=True, now=later)
        assert count(db, Certificate) == 1
        with pytest.raises(Refused, match="already_granted"):
            actions.refuse(db, by=cast.fatma, enrolment_id=training.enrolment_id, reasons="Toch niet", now=START)


def test_taken_over_starts_on_the_import_day_and_twice_is_once(database: Database, storage: Storage) -> None:
    with database.writing() as db:
        training = in_training(db, storage, now=START)
        who = make_person(db, "Daan Verhoeven", now=START)
        facts: dict[str, Any] = {
            "by_id": training.cast.fatma.id,
            "person_id": who,
            "intervention_id": training.intervention_id,
            "since": date(2019, 2, 1),
            "intervisions": 2,
            "now": START,
        }
        first = actions.take_over(db, **facts)
        assert actions.take_over(db, **facts) == first
        (one,) = queries.standings(db, [who], TODAY)[who]
        assert (one.source, one.since, one.starts_on) == ("taken_over", date(2019, 2, 1), TODAY)
        assert (one.standing.state, one.standing.requirements[0].have) == (State.VALID, 2)
        assert count(db, Certificate) == 1
        assert count(db, Message) == db.scalar(
            select(func.count()).select_from(Message).where(Message.kind.not_like("certification.%"))
        )
        with pytest.raises(Refused, match="since_in_future"):
            actions.take_over(db, **facts | {"since": date(2027, 1, 1)})


def test_a_second_certificate_joins_the_first_period(database: Database, storage: Storage) -> None:
    with database.writing() as db:
        training = make_ready(db, storage, now=START)
        actions.take_over(
            db,
            by_id=None,
            person_id=training.cast.noor.id,
            intervention_id=training.intervention_id,
            since=TODAY,
            intervisions=0,
            now=START,
        )
        actions.grant(db, by=training.cast.fatma, enrolment_id=training.enrolment_id, now=START)
        periods = db.scalars(select(CertificationPeriod).order_by(CertificationPeriod.number)).all()
        assert [(period.number, period.starts_on) for period in periods] == [(1, TODAY), (2, END + timedelta(days=1))]
        assert len(set(db.scalars(select(Certificate.number)))) == 2


def test_the_public_sees_initials_until_the_holder_says_otherwise(database: Database, storage: Storage) -> None:
    with database.writing() as db:
        training = make_ready(db, storage, now=START)
        cast = training.cast
        id_ = actions.grant(db, by=cast.fatma, enrolment_id=training.enrolment_id, now=START)
        code = db.get_one(Certificate, id_).code
        seen = documents.verification(db, f" {code[:5].lower()}-{code[5:]}", on=TODAY)
        assert seen is not None
        assert (seen.name, seen.named, seen.standing.state) == ("N. de W.", False, State.VALID)
        assert documents.verification(db, "0" * 19, on=TODAY) is None
        assert documents.verification(db, "wat?", on=TODAY) is None
        with pytest.raises(Forbidden):
            issuing.choose_name(db, by=cast.fatma, certificate_id=id_, show_name=True, now=START)
        with pytest.raises(NotFound):
            issuing.choose_name(db, by=cast.joris, certificate_id=id_, show_name=True, now=START)
        issuing.choose_name(db, by=cast.noor, certificate_id=id_, show_name=True, now=START)
        db.expire_all()
        shown = documents.verification(db, code, on=TODAY)
        assert shown is not None
        assert shown.name == "Noor de Wit"
        actors = db.scalars(select(LedgerEvent.actor_id).where(LedgerEvent.action == "certification.name_chosen"))
        assert list(actors) == [cast.noor.id]


def test_erasing_leaves_number_state_and_dates(database: Database, storage: Storage) -> None:
    with database.writing() as db:
        training = make_ready(db, storage, now=START)
        id_ = actions.grant(db, by=training.cast.fatma, enrolment_id=training.enrolment_id, now=START)
        stored = storage.put("certificates", b"%PDF", suffix=".pdf")
        assert issuing.attach_pdf(db, certificate_id=id_, stored=stored)
        assert not issuing.attach_pdf(db, certificate_id=id_, stored=StoredFile("other", 1, "0"))
        assert documents.export_of(db, training.cast.noor.id)["certificaten"][0]["van"] == "2026-11-23"
        issuing.erase(db, person_id=training.cast.noor.id, storage=storage, now=START)
        code = db.get_one(Certificate, id_).code
        seen = documents.verification(db, code, on=TODAY)
        assert seen is not None
        assert (seen.name, seen.standing.state) == ("", State.VALID)
        with pytest.raises(FileNotFoundError):
            storage.get(stored.key)


def test_spans_say_what_the_rule_says(database: Database, storage: Storage) -> None:
    with database.writing() as db:
        training = make_ready(db, storage, now=START)
        actions.grant(db, by=training.cast.fatma, enrolment_id=training.enrolment_id, now=START)
        before = [(span.state, span.starts_on) for span in db.scalars(select(StandingSpan))]
        actions.reassess(db, certification_ids=list(db.scalars(select(Certification.id))))
        assert [(span.state, span.starts_on) for span in db.scalars(select(StandingSpan))] == before
        noor = training.cast.noor.id
        for days in range(-2, 1_300, 13):
            on = TODAY + timedelta(days=days)
            (one,) = queries.standings(db, [noor], on)[noor]
            state = one.standing.state
            assert queries.state_counts(db, on) == ({} if state is State.NONE else {state: 1})
            assert db.scalars(queries.people_standing(on, [state])).all() == ([] if state is State.NONE else [noor])


def statements(db: Any, do: Any) -> int:
    from sqlalchemy import event

    seen: list[str] = []
    connection = db.connection()

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    do()
    event.remove(connection, "before_cursor_execute", note)
    return len(seen)


def test_statements_do_not_grow_with_people(sqlite_database: Database, storage: Storage) -> None:
    with sqlite_database.writing() as db:
        training = make_ready(db, storage, now=START)
        actions.grant(db, by=training.cast.fatma, enrolment_id=training.enrolment_id, now=START)
        ids = [training.cast.noor.id]
        one = statements(db, lambda: queries.standings(db, ids, TODAY))
        for number in range(6):
            who = make_person(db, f"Trainer{number} Jansen", now=START)
            ids.append(who)
            actions.take_over(
                db,
                by_id=None,
                person_id=who,
                intervention_id=training.intervention_id,
                since=TODAY,
                intervisions=0,
                now=START,
            )
        assert statements(db, lambda: queries.standings(db, ids, TODAY)) == one
