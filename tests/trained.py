"""Somebody on the road of the tiny course: enrolled by the real actions, her work written down as rows.

How lessons, visits and sign-offs come about is tested where they belong; here they are facts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, update

from app.courses.actions import cohorts, publishing
from app.courses.editions import edition_of
from app.courses.files.reader import read_course
from app.courses.inputs import NewCohort
from app.courses.queries import enrolment_facts
from app.courses.tables import Enrolment, Intervention
from app.delivery.tables import Delivery, DeliveryDate
from app.kit.ids import digest
from app.ledger.actions import record
from app.people.queries import viewer_for
from app.people.rules import Role
from app.practice import queries as practice
from app.practice.rules.progress import PracticeProgress
from app.practice.tables.coaching import Assessment
from app.practice.tables.proof import SignOff
from app.practice.tables.work import AssignmentRecord, CoachVisit, Preparation, Submission
from app.theory import queries as theory
from app.theory.rules import TheoryProgress
from app.theory.tables import LessonCompletion, QuizAttempt
from tests.people import Cast, make_cast
from tests.support.again import again

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.courses.files.models import CourseContent
    from app.kit.storage import Storage
    from app.people.rules import Viewer

SHORT_COURSE: Final = Path(__file__).parent / "courses" / "kort"


@dataclass(frozen=True)
class Training:
    """The cast with Noor in a cohort of the tiny course, coached by Ruben."""

    cast: Cast
    edition_id: int
    intervention_id: int
    cohort_id: int
    enrolment_id: int


@cache
def course_in(folder: Path) -> CourseContent:
    """The course of a folder, read once for each process: reading takes longer than many a test."""
    course, problems = read_course(folder)
    assert course is not None, problems
    return course


def theory_of(db: Session, enrolment_id: int) -> TheoryProgress:
    """How far an enrolment is with theory."""
    return theory.progress_of(db, enrolment_facts(db, [enrolment_id]).values())[enrolment_id]


def practice_of(db: Session, enrolment_id: int) -> PracticeProgress:
    """How far an enrolment is with practice."""
    return practice.progress_of(db, enrolment_facts(db, [enrolment_id]).values())[enrolment_id]


def in_training(
    db: Session,
    storage: Storage,
    *,
    now: datetime,
    folder: Path = SHORT_COURSE,
    decides: bool = True,
    **policy: Any,
) -> Training:
    """Noor is in: enrolled, confirmed, with a coach. `policy`: what differs from the course's own.

    Without `decides` her coach only comes to look.
    """
    key = ("training", now, folder, decides, *sorted(policy.items()))
    return again(
        db,
        storage,
        key,
        lambda: _put_in_training(db, storage, now=now, course=_changed(course_in(folder), decides, policy)),
    )


def _changed(course: CourseContent, decides: bool, policy: dict[str, Any]) -> CourseContent:
    looked_at = tuple(
        replace(one, head=one.head.model_copy(update={"decides": one.head.decides and decides}))
        for one in course.assignments
    )
    return replace(course, policy=course.policy.model_copy(update=policy), assignments=looked_at)


def _put_in_training(db: Session, storage: Storage, *, now: datetime, course: CourseContent) -> Training:
    from app.courses.actions.coaching import assign_coach
    from app.people.actions.accounts import grant_role

    cast = make_cast(db, now=now)
    edition_id = publishing.publish(db, course, by_id=cast.fatma.id, storage=storage, now=now)
    intervention_id, slug = db.execute(select(Intervention.id, Intervention.slug)).one()
    grant_role(db, by=None, person_id=cast.ruben.id, role=Role.COACH, intervention=slug, now=now)
    cohort_id = make_cohort(db, cast.fatma, edition_id, now=now)
    (enrolment_id,) = cohorts.enrol(db, by=cast.fatma, cohort_id=cohort_id, person_ids=[cast.noor.id], now=now)
    assign_coach(db, by=cast.fatma, enrolment_id=enrolment_id, coach_id=cast.ruben.id, now=now)
    cohorts.confirm_enrolments(db, person_id=cast.noor.id, now=now)
    db.flush()
    return Training(cast, edition_id, intervention_id, cohort_id, enrolment_id)


def in_second_course(
    db: Session, storage: Storage, training: Training, *, intervention: str, now: datetime
) -> Training:
    """The same Noor in another course, for the same intervention or another one."""
    course = course_in(SHORT_COURSE)
    names = {"slug": "tweede", "title": "Tweede", "intervention": intervention, "intervention_name": "Langer traject"}
    if intervention == course.head.intervention:
        names["intervention_name"] = course.head.intervention_name
    course = replace(course, head=course.head.model_copy(update=names))
    edition_id = publishing.publish(db, course, by_id=training.cast.fatma.id, storage=storage, now=now)
    intervention_id = db.scalars(select(Intervention.id).where(Intervention.slug == intervention)).one()
    cohort_id = make_cohort(db, training.cast.fatma, edition_id, now=now)
    people = [training.cast.noor.id]
    (enrolment_id,) = cohorts.enrol(db, by=training.cast.fatma, cohort_id=cohort_id, person_ids=people, now=now)
    cohorts.confirm_enrolments(db, person_id=training.cast.noor.id, now=now)
    db.flush()
    return Training(training.cast, edition_id, intervention_id, cohort_id, enrolment_id)


def make_cohort(db: Session, by: Viewer, edition_id: int, *, now: datetime) -> int:
    """A cohort that begins now."""
    day = now.date()
    given = NewCohort(
        edition_id=edition_id,
        name="Najaar",
        starts_on=day,
        ends_on=day + timedelta(days=200),
        seats=20,
        contact_id=by.id,
    )
    return cohorts.make_cohort(db, by=by, given=given, now=now)


def finish_theory(db: Session, training: Training, *, now: datetime, enrolment_id: int | None = None) -> None:
    """Every lesson read, every check passed."""
    enrolment_id = enrolment_id or training.enrolment_id
    outline = edition_of(db, training.edition_id).outline
    for module in outline.modules:
        for lesson in module.lessons:
            db.add(
                LessonCompletion(
                    enrolment_id=enrolment_id,
                    edition_id=training.edition_id,
                    lesson_slug=lesson.slug,
                    completed_at=now,
                )
            )
        if module.quiz is not None:
            db.add(
                QuizAttempt(
                    enrolment_id=enrolment_id,
                    edition_id=training.edition_id,
                    quiz_slug=module.quiz.slug,
                    number=1,
                    answers={},
                    score_pct=100,
                    critical_right=True,
                    passed=True,
                    submitted_at=now,
                )
            )
    db.flush()


def sign_everything(
    db: Session, training: Training, *, now: datetime, coach_id: int | None = None, enrolment_id: int | None = None
) -> None:
    """Every assignment visited, handed in and signed off."""
    enrolment_id = enrolment_id or training.enrolment_id
    coach = coach_id or training.cast.ruben.id
    db.execute(update(Enrolment).where(Enrolment.id == enrolment_id).values(practice_edition_id=training.edition_id))
    group = Delivery(
        leader_id=training.cast.noor.id,
        intervention_id=training.intervention_id,
        place="Huis van de Wijk",
        address="Dorpsstraat 1",
        municipality="Rotterdam",
        created_at=now,
        enrolment_id=enrolment_id,
    )
    db.add(group)
    db.flush()
    for assignment_id, definition in edition_of(db, training.edition_id).assignments:
        starts = now - timedelta(days=1) + timedelta(hours=assignment_id)
        date = DeliveryDate(
            delivery_id=group.id, kind="session", starts_at=starts, ends_at=starts + timedelta(minutes=30)
        )
        path = AssignmentRecord(enrolment_id=enrolment_id, assignment_id=assignment_id, created_at=now)
        db.add_all([date, path])
        db.flush()
        db.add(
            Preparation(
                record_id=path.id, goal="Iedereen vertelt", session_plan="Rustig", learning_question="", written_at=now
            )
        )
        uid = f"visit-{path.id}@academie.test"
        db.add(CoachVisit(record_id=path.id, attempt=1, date_id=date.id, coach_id=coach, uid=uid, planned_at=now))
        work = Submission(record_id=path.id, number=1, attempt=1, self_scores={}, note="", submitted_at=now)
        form = Assessment(
            record_id=path.id,
            attempt=1,
            coach_id=coach,
            edition_id=training.edition_id,
            form={},
            saved_at=now,
            finished_at=now,
        )
        db.add_all([work, form])
        db.flush()
        event_id = record(db, "practice.signed_off", actor_id=coach, subject=("record", path.id), now=now)
        db.add(
            SignOff(
                record_id=path.id,
                submission_id=work.id,
                assessment_id=form.id,
                attempt=1,
                decision="signed_off",
                suggested="signed_off",
                coach_id=coach,
                signed_at=now,
                digest=digest(definition.code),
                event_id=event_id,
            )
        )
    db.flush()


def make_ready(db: Session, storage: Storage, *, now: datetime, **policy: Any) -> Training:
    """Noor has done everything and waits for a decision."""
    training = in_training(db, storage, now=now, **policy)
    finish_theory(db, training, now=now)
    sign_everything(db, training, now=now)
    return training


def second_admin(db: Session, name: str, *, now: datetime) -> int:
    """Another admin, with an account."""
    from app.people.actions.accounts import grant_role
    from tests.people import make_person

    person_id = make_person(db, name, now=now)
    grant_role(db, by=None, person_id=person_id, role=Role.ADMIN, now=now)
    assert viewer_for(db, person_id).is_admin
    return person_id
