"""Mijn Verhaal from the first lesson to the intervision that counts, through the actions that the pages call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import Image
from sqlalchemy import func, select

from app.certification import actions as certification
from app.certification.queries import invitees, standings
from app.certification.rules import State
from app.courses.actions import coaching, cohorts
from app.courses.commands import publish_folder
from app.courses.editions import edition_of
from app.courses.inputs import NewCohort
from app.courses.rules import AssignmentDefinition, Outline, Rubric
from app.courses.tables import Intervention, Quiz
from app.delivery import actions as delivery
from app.delivery.inputs import Group
from app.delivery.tables import DeliveryDate
from app.intervision.actions import answering, learning, rounds
from app.intervision.inputs import LearningPointGiven, RoundGiven, SessionGiven
from app.intervision.rules import Half
from app.kit.pictures import Photo
from app.kit.storage import folder
from app.ledger.tables import LedgerEvent
from app.meetings.actions.attendance import mark_attendance, settle
from app.meetings.rules import AnswerTo, Attendance, Mark
from app.meetings.tables import MeetingSignup
from app.people.rules import Viewer
from app.practice import inputs
from app.practice.actions import assessing, evidence, records, reflections, visits
from app.practice.rules.forms import Answer, Check, Observation, checks_of, criteria_of
from app.practice.rules.reflections import NEEDED
from app.practice.rules.states import Decision
from app.practice.tables.proof import SignOff
from app.theory import actions as theory
from tests.checking import make_check
from tests.people import KEYRING, make_cast
from tests.practising import basis_now
from tests.trained import practice_of, theory_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.kit.storage import Storage

COURSE: Final = Path(__file__).parents[2] / "courses" / "mijn-verhaal"
FIRST: Final = date(2027, 1, 12)
MEETING: Final = date(2027, 10, 14)


def at(day: date, hour: int = 17) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=UTC)


def test_noor_becomes_and_stays_a_trainer(database: Database, data_dir: Path, clock: MovableClock) -> None:
    storage = folder(data_dir / "files")
    with database.writing() as db:
        cast = make_cast(db, now=clock.now())
        edition_id = publish_folder(db, COURSE, storage=storage, now=clock.now())
        intervention_id = db.scalars(select(Intervention.id)).one()
        enrolment_id = follow(db, cast.fatma, cast.noor, cast.ruben, edition_id, now=clock.now())
        learn(db, cast.noor, edition_id, now=clock.now())
        assert theory_of(db, enrolment_id).complete
        dates = run_a_group(db, cast.noor, now=clock.now())
        pair = Pair(cast.noor, cast.ruben, storage, edition_of(db, edition_id).rubric)
        for assignment, visit in zip(edition_of(db, edition_id).assignments, (1, 2, 8), strict=True):
            date_id, day = dates[visit]
            practise(db, pair, assignment, date_id=date_id, day=day)
        practice = practice_of(db, enrolment_id)
        assert (practice.signed_off, practice.required, practice.complete) == (3, 3, True)
    decided = at(FIRST + timedelta(days=70))
    with database.writing() as db:
        fatma = replace(cast.fatma, factor_at=decided)
        certification.grant(db, by=fatma, enrolment_id=enrolment_id, now=decided)
        meet(db, cast.fatma, cast.noor, intervention_id, decided)
    with database.reading() as db:
        (standing,) = standings(db, [cast.noor.id], MEETING)[cast.noor.id]
        assert standing.standing.state is State.VALID
        (requirement,) = standing.standing.requirements
        assert (requirement.have, requirement.need) == (1, 4)
        assert {"courses.published", "certification.granted"} <= set(db.scalars(select(LedgerEvent.action)))
        assert db.scalar(select(func.count()).select_from(SignOff)) == 3


def follow(db: Session, fatma: Viewer, noor: Viewer, ruben: Viewer, edition_id: int, *, now: datetime) -> int:
    given = NewCohort(
        edition_id=edition_id,
        name="Rotterdam, najaar 2026",
        starts_on=now.date(),
        ends_on=now.date() + timedelta(days=300),
        seats=8,
        contact_id=fatma.id,
    )
    cohort_id = cohorts.make_cohort(db, by=fatma, given=given, now=now)
    (enrolment_id,) = cohorts.enrol(db, by=fatma, cohort_id=cohort_id, person_ids=[noor.id], now=now)
    coaching.assign_coach(db, by=fatma, enrolment_id=enrolment_id, coach_id=ruben.id, now=now)
    cohorts.invite(
        db, by=fatma, cohort_id=cohort_id, enrolment_ids=[enrolment_id], own_text="Welkom", keyring=KEYRING, now=now
    )
    cohorts.confirm_enrolments(db, person_id=noor.id, now=now)
    return enrolment_id


def learn(db: Session, noor: Viewer, edition_id: int, *, now: datetime) -> None:
    outline: Outline = edition_of(db, edition_id).outline
    lessons = [lesson for module in outline.open_modules for lesson in module.lessons]
    assert len(lessons) == 24
    for lesson in lessons:
        theory.finish_lesson(db, by=noor, course_slug=outline.slug, lesson_slug=lesson.slug, now=now)
    quizzes = db.scalars(select(Quiz).where(Quiz.edition_id == edition_id)).all()
    assert len(quizzes) == 7
    for quiz in quizzes:
        make_check(db, noor, outline.slug, quiz.slug, now=now)


def run_a_group(db: Session, noor: Viewer, *, now: datetime) -> list[tuple[int, date]]:
    days = [FIRST + timedelta(weeks=week) for week in range(9)]
    fields: dict[str, object] = {"place": "De Esdoorn", "address": "Laan 1", "municipality": "Rotterdam", "rows": 9}
    for number, day in enumerate(days, start=1):
        fields |= {f"day_{number}": day, f"starts_{number}": time(13, 30), f"ends_{number}": time(15, 30)}
        fields[f"kind_{number}"] = "end_presentation" if number == len(days) else "session"
    given = Group.model_validate(fields)
    delivery.save_group(db, by=noor, given=given, authorised=(), pinned=frozenset(), now=now)
    return list(zip(db.scalars(select(DeliveryDate.id).order_by(DeliveryDate.starts_at)), days, strict=True))


@dataclass(frozen=True)
class Pair:
    """A professional and her coach, with what they work with."""

    noor: Viewer
    ruben: Viewer
    storage: Storage
    rubric: Rubric


def practise(db: Session, pair: Pair, assignment: tuple[int, AssignmentDefinition], *, date_id: int, day: date) -> None:
    assignment_id, definition = assignment
    rubric, storage = pair.rubric, pair.storage
    before, after = at(day - timedelta(days=7)), at(day)
    noor, ruben = replace(pair.noor, factor_at=after), replace(pair.ruben, factor_at=after)
    record_id = records.open_record(db, by=noor, assignment_id=assignment_id, now=before)
    plan = inputs.Preparation(goal="Een doel", session_plan="Een plan", learning_question="Een vraag")
    records.prepare(db, by=noor, record_id=record_id, given=plan, now=before)
    if definition.needs_visit:
        visits.plan_visit(db, by=ruben, record_id=record_id, date_id=date_id, now=before)
    if definition.needs_photo:
        note = inputs.PhotoNote(recognisable="nobody", caption="Het werk")
        stored = evidence.store_photo(storage, photo(shade=assignment_id), now=after)
        evidence.add_photo(db, by=noor, record_id=record_id, given=note, stored=stored, now=after)
    if definition.needs_reflection:
        looked_back = inputs.Reflection.model_validate(dict.fromkeys(NEEDED, "Ik wachtte."))
        reflections.keep_reflection(db, by=noor, record_id=record_id, given=looked_back, now=after)
    own = {f"self_{one.code}": 3 for one in criteria_of(definition, rubric)}
    self_view = inputs.self_view(definition, rubric).model_validate(own)
    submission_id = records.submit(db, by=noor, record_id=record_id, given=self_view, now=after)
    seen = Observation(
        scores={one.code: 3 for one in criteria_of(definition, rubric)},
        notes={},
        checks={one.slug: Check(Answer.YES) for one in checks_of(definition, rubric)},
        strong=("Rust",),
        growing=("Open vragen",),
        agreements=("Drie vragen opschrijven",),
    )
    version = assessing.save_observation(
        db, by=ruben, record_id=record_id, given=seen, version=None, whole=True, now=after
    )
    signature = inputs.Signature(
        decision=Decision.SIGNED_OFF,
        version=version,
        submission_id=submission_id,
        basis=basis_now(db, ruben, record_id),
        seen="on",
    )
    assessing.sign(db, by=ruben, record_id=record_id, given=signature, now=after)


def photo(*, shade: int) -> Photo:
    out = BytesIO()
    Image.new("RGB", (16, 12), (200, 120, 40 * shade)).save(out, "WEBP", lossless=True)
    return Photo(out.getvalue(), out.getvalue() + b"\0", 16, 12)


def meet(db: Session, fatma: Viewer, noor: Viewer, intervention_id: int, now: datetime) -> None:
    given = RoundGiven(
        intervention=intervention_id, year=2027, half=Half.AUTUMN, signup_closes_on=MEETING - timedelta(days=14)
    )
    round_id = rounds.make_round(db, by=fatma, given=given, now=now)
    session = SessionGiven(
        day=MEETING, starts=time(13, 30), ends=time(16), seats=8, venue="De Esdoorn", address="Laan 1"
    )
    meeting_id = rounds.add_session(db, by=fatma, round_id=round_id, given=session, now=now)
    people = invitees(db, intervention_id, now.date())
    assert noor.id in people.person_ids
    rounds.publish(db, by=fatma, round_id=round_id, invitees=people, own_text="", keyring=KEYRING, now=now)
    signup_id = db.scalars(select(MeetingSignup.id).where(MeetingSignup.person_id == noor.id)).one()
    answering.answer(db, signup_id=signup_id, answer=AnswerTo.YES, actor_id=noor.id, now=now)
    after = at(MEETING, 18)
    mark_attendance(db, by=fatma, meeting_id=meeting_id, marks={signup_id: Mark(Attendance.PRESENT)}, now=after)
    settle(db, by=fatma, meeting_id=meeting_id, now=after)
    learned = LearningPointGiven(learned="Stilte is ook een antwoord", next_step="Tot tien tellen")
    learning.write_learning_point(db, by=noor, signup_id=signup_id, given=learned, now=after)
