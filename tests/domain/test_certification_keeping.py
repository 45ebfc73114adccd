"""The file of a certificate goes two years after the certificate ended, also of somebody who keeps coming in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, update

from app.certification import actions as certification
from app.certification.issuing import issue
from app.certification.paper.sheet import Printed
from app.certification.tables import Certificate, CertificationDecision, CertificationPeriod
from app.courses.tables import Enrolment
from app.kit.ids import Keyring
from app.kit.storage import folder
from app.ledger.tables import LedgerContent, LedgerEvent
from app.people.tables import Person
from app.practice.rules.forms import digest_of
from app.practice.tables.coaching import Assessment
from app.practice.tables.proof import SignOff, SignOffContent
from app.practice.tables.work import AssignmentRecord, CoachVisit, Submission
from app.settings import Settings
from app.theory.tables import LessonNote, LessonWork
from app.upkeep.invariants import invariants
from app.worker.handlers.certification import render
from app.worker.handlers.keeping import close_files
from app.worker.work import Work
from tests.conftest import START
from tests.people import KEYRING
from tests.practising import Practising, begin, sign
from tests.trained import Training, finish_theory, in_second_course, in_training, sign_everything

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database

WORDS = (
    "Kwam rustig terug",
    "Vaker open vragen",
    "drie vragen op",
    "Thuis zeg ik dit nooit",
    "chosen",
    "Dit tegen Els",
)
"""What the coach wrote, see `tests.practising.OBSERVED`, and what she wrote herself in her lessons."""


@pytest.fixture
def work(database: Database, data_dir: Path, clock: MovableClock) -> Work:
    return Work(Settings(data_dir=data_dir), clock, database, folder(data_dir / "files"), Keyring(KEYRING.keys))


def night(work: Work, clock: MovableClock, day: date) -> None:
    """The nightly job in the morning of a day."""
    clock.set(datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC))
    close_files(work, {})


def told(work: Work) -> str:
    """What is left of scores and words, of everybody."""
    with work.database.reading() as db:
        columns = (
            Assessment.form,
            Submission.self_scores,
            SignOffContent.content,
            CoachVisit.cancel_reason,
            Certificate.holder_name,
            Certificate.printed,
            CertificationDecision.facts,
            LessonWork.words,
            LessonWork.facts,
            LessonNote.words,
        )
        values = [value for column in columns for value in db.scalars(select(column))]
        return " ".join(str(value) for value in values if value and value != {"sample": True})


def closings(work: Work) -> list[dict[str, Any]]:
    with work.database.reading() as db:
        of_it = select(LedgerContent.content).join(LedgerEvent, LedgerEvent.id == LedgerContent.event_id)
        return list(db.scalars(of_it.where(LedgerEvent.action == "certification.files_closed")))


def learn(db: Session, training: Training, *, now: datetime) -> None:
    """What she wrote, chose and saved in a lesson."""
    place: dict[str, Any] = {
        "enrolment_id": training.enrolment_id, "edition_id": training.edition_id, "lesson_slug": "een-afspraak",
    }  # fmt: skip
    reflection = LessonWork(**place, block_id="eigen", kind="reflection", saved_at=now, words="Thuis zeg ik dit nooit")
    choice = LessonWork(**place, block_id="keuze", kind="question", saved_at=now, facts={"chosen": [1]}, done_at=now)
    note = LessonNote(**place, anchor="p1", quote="Eén afspraak.", made_at=now, words="Dit tegen Els zeggen")
    db.add_all([reflection, choice, note])


def certified(work: Work, clock: MovableClock) -> tuple[Practising, int]:
    """Noor with a certificate that holds until 3 December 2028, its grace until 1 February 2029."""
    at_work = begin(work.database, work.storage, clock, until="observed")
    sign(work.database, at_work, clock)
    with work.database.writing() as db:
        fatma, enrolment = at_work.training.cast.fatma, at_work.training.enrolment_id
        made = certification.grant(db, by=fatma, enrolment_id=enrolment, now=clock.now())
        learn(db, at_work.training, now=clock.now())
    render(work, {"certificate_id": made})
    return at_work, made


def test_scores_and_names_go_two_years_after_the_end_and_the_account_stays(work: Work, clock: MovableClock) -> None:
    at_work, certificate_id = certified(work, clock)
    with work.database.reading() as db:
        proof = db.scalars(select(SignOff)).one()
        content = db.scalars(select(SignOffContent)).one()
        certificate = db.get_one(Certificate, certificate_id)
        assert proof.digest == digest_of(content.salt, content.content)
        assert (db.scalars(select(CertificationPeriod.ends_on)).one(), certificate.holder_name) == (
            date(2028, 12, 3),
            "Noor de Wit",
        )
    night(work, clock, date(2031, 2, 1))
    assert [words for words in WORDS if words not in told(work)] == []
    assert work.storage.get(certificate.pdf_key)
    for _ in range(2):  # the second time there is nothing left to do
        night(work, clock, date(2031, 2, 2))
    assert told(work) == ""
    with pytest.raises(FileNotFoundError):
        work.storage.get(certificate.pdf_key)
    with work.database.reading(snapshot=True) as db:
        assert db.get_one(Person, at_work.noor.id).name == "Noor de Wit"
        kept = db.scalars(select(SignOff)).one()
        assert (kept.digest, kept.decision, kept.coach_id) == (proof.digest, "signed_off", at_work.ruben.id)
        stub = db.get_one(Certificate, certificate_id)
        assert (stub.number, stub.code, stub.issued_at) == (certificate.number, certificate.code, certificate.issued_at)
        assert (stub.show_name, stub.pdf_key) == (False, "")
        assert db.scalar(select(func.count()).select_from(Submission)) == 1
        assert invariants(db) == []
    assert closings(work) == [{"assessments": 1, "submissions": 1, "sign_offs": 1, "decisions": 1, "certificates": 1,
                                "lesson_works": 2, "lesson_notes": 1}]  # fmt: skip


def test_a_renewed_certificate_counts_from_its_last_end(work: Work, clock: MovableClock) -> None:
    certified(work, clock)
    with work.database.writing() as db:
        first = db.scalars(select(CertificationPeriod)).one()
        renewed = CertificationPeriod(
            certification_id=first.certification_id,
            number=2,
            starts_on=date(2028, 12, 4),
            ends_on=date(2030, 12, 4),
            policy=first.policy,
            event_id=first.event_id,
        )
        db.add(renewed)
        db.flush()
        printed = Printed("Kort traject", (), "Ruben", "Fatma", taken_over=False, sample=True)
        issue(db, renewed, 1, printed, now=clock.now())
        certification.reassess(db, certification_ids=[first.certification_id])
    night(work, clock, date(2031, 6, 1))  # two years after the first period
    assert [words for words in WORDS if words not in told(work)] == []
    night(work, clock, date(2033, 2, 2))
    assert [words for words in WORDS if words not in told(work)] == []
    night(work, clock, date(2033, 2, 3))
    assert told(work) == ""
    assert closings(work)[0]["certificates"] == 2
    with work.database.reading() as db:  # what was given on sample content says so for as long as it can be checked
        assert [one.printed for one in db.scalars(select(Certificate))] == [{"sample": True}] * 2


@pytest.mark.parametrize("intervention", ["kort", "langer"])
def test_newer_work_stays(work: Work, clock: MovableClock, intervention: str) -> None:
    """She lapsed and follows another training: for the same intervention or for a new one."""
    at_work, _ = certified(work, clock)
    later = datetime(2030, 9, 2, 9, 0, tzinfo=UTC)
    with work.database.writing() as db:
        newer = in_second_course(db, work.storage, at_work.training, intervention=intervention, now=later)
        finish_theory(db, newer, now=later)
        sign_everything(db, newer, now=later)
        learn(db, newer, now=later)
        records = select(AssignmentRecord.id).where(AssignmentRecord.enrolment_id == newer.enrolment_id)
        db.execute(update(Assessment).where(Assessment.record_id.in_(records)).values(form={"strong": ["Nieuw werk"]}))
        db.execute(update(Submission).where(Submission.record_id.in_(records)).values(self_scores={"SM1": 2}))
    night(work, clock, date(2031, 2, 2))
    learned = "Thuis zeg ik dit nooit {'chosen': [1]} Dit tegen Els zeggen"
    assert told(work) == "{'strong': ['Nieuw werk']} {'SM1': 2} " + learned
    with work.database.reading(snapshot=True) as db:
        assert invariants(db) == []
    with work.database.writing() as db:  # the same certification goes on: its end is the new end
        certification.grant(db, by=newer.cast.fatma, enrolment_id=newer.enrolment_id, now=later)
    night(work, clock, date(2034, 1, 1))
    assert "Nieuw werk" in told(work)
    night(work, clock, date(2034, 12, 1))
    assert told(work) == ""


@pytest.mark.parametrize("ended", ["withdrawn_at", "expired_at"])
def test_a_training_without_a_certificate_counts_from_its_own_end(work: Work, clock: MovableClock, ended: str) -> None:
    at_work = begin(work.database, work.storage, clock, until="observed")
    sign(work.database, at_work, clock, "returned", reason="Nog niet alles gezien")
    with work.database.writing() as db:
        learn(db, at_work.training, now=clock.now())
    night(work, clock, date(2031, 6, 1))
    assert "Vaker open vragen" in told(work)  # as long as she is busy
    with work.database.writing() as db:
        db.execute(update(Enrolment).values({ended: START}))
    night(work, clock, date(2028, 11, 23))
    assert "Vaker open vragen" in told(work)
    night(work, clock, date(2028, 11, 24))
    assert told(work) == ""
    with work.database.reading(snapshot=True) as db:
        assert db.scalars(select(SignOff.decision)).one() == "returned"
        assert invariants(db) == []


def test_the_name_of_somebody_who_was_taken_over_goes_too(work: Work, clock: MovableClock) -> None:
    with work.database.writing() as db:
        training = in_training(db, work.storage, now=START)
        certification.take_over(
            db,
            by_id=training.cast.fatma.id,
            person_id=training.cast.joris.id,
            intervention_id=training.intervention_id,
            since=date(2020, 1, 1),
            intervisions=0,
            now=START,
        )
    night(work, clock, date(2031, 1, 22))  # 23 November 2028, 60 days of grace, 24 months
    assert "Joris van Leeuwen" in told(work)
    night(work, clock, date(2031, 1, 23))
    assert told(work) == ""
