"""The steps of the road, each taken by the real action, for whoever a test sends along it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.courses.actions.publishing import publish
from app.courses.editions import edition_of
from app.courses.files.questions import QuestionFile
from app.courses.tables import Course, CourseEdition, Lesson, Quiz
from app.delivery import actions as delivery
from app.delivery.inputs import Group
from app.delivery.tables import Delivery, DeliveryDate
from app.kit.localtime import local_day
from app.kit.pictures import Photo
from app.people.queries import viewer_for
from app.practice import inputs
from app.practice.actions import assessing, evidence, observed_photos, records, reflections
from app.practice.rules.evidence import Kind
from app.practice.rules.forms import Answer, Check, Observation, checks_of, criteria_of
from app.practice.rules.reflections import NEEDED
from app.practice.rules.states import Decision
from app.practice.tables.coaching import Assessment
from app.practice.tables.evidence import Upload
from app.practice.tables.work import Submission
from app.theory.actions import finish_lesson
from tests.checking import make_check
from tests.practising import basis_now
from tests.trained import course_in

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.orm import Session

    from app.courses.rules import AssignmentDefinition
    from app.kit.storage import Storage
    from app.people.rules import Viewer


def newest_edition(db: Session, slug: str) -> int:
    """The newest edition of a course."""
    return (
        db.scalars(
            select(CourseEdition.id)
            .join(Course, Course.id == CourseEdition.course_id)
            .where(Course.slug == slug)
            .order_by(CourseEdition.id.desc())
        ).first()
        or 0
    )


def fresh(db: Session, person_id: int, now: datetime) -> Viewer:
    """Somebody who has just proved who she is."""
    return replace(viewer_for(db, person_id), factor_at=now)


def publish_with_open_question(db: Session, folder: Path, *, storage: Storage, now: datetime, by_id: int) -> int:
    """Publish a course whose first check also asks something that the coach reads."""
    course = course_in(folder)
    place, module = next((n, one) for n, one in enumerate(course.modules) if one.quiz is not None)
    assert module.quiz is not None
    asked = {"id": "open-vraag", "type": "open", "text": "Wat neem jij mee?", "good": "Iets van jezelf."}
    questions = [*module.quiz.questions, QuestionFile.model_validate(asked)]
    changed = replace(module, quiz=module.quiz.model_copy(update={"questions": questions}))
    modules = (*course.modules[:place], changed, *course.modules[place + 1 :])
    return publish(db, replace(course, modules=modules), by_id=by_id, storage=storage, now=now)


def learn(db: Session, viewer: Viewer, course: str, now: datetime) -> None:
    """Read every lesson and pass every check."""
    edition = newest_edition(db, course)
    for slug in db.scalars(select(Lesson.slug).where(Lesson.edition_id == edition).order_by(Lesson.position)).all():
        finish_lesson(db, by=viewer, course_slug=course, lesson_slug=slug, now=now)
    for slug in db.scalars(select(Quiz.slug).where(Quiz.edition_id == edition)).all():
        make_check(db, viewer, course, slug, now=now)


def enter_group(db: Session, leader: Viewer, *, days: tuple[int, ...], around: datetime, now: datetime) -> list[int]:
    """A group with dates so many days before or after `around`; gives the ids of the dates, first one first."""
    rows: dict[str, Any] = {"rows": len(days)}
    for number, ahead in enumerate(days, start=1):
        day = local_day(around) + timedelta(days=ahead)
        rows |= {f"day_{number}": day, f"starts_{number}": "13:30", f"ends_{number}": "15:30"}
    given = Group(place="Huis van de Wijk", address="Plein 1", municipality="Rotterdam", **rows)
    group = delivery.save_group(db, by=leader, given=given, authorised=(), pinned=frozenset(), now=now)
    found = select(DeliveryDate.id).where(DeliveryDate.delivery_id == group).order_by(DeliveryDate.starts_at)
    return list(db.scalars(found))


def picture(shade: int, kind: str = "WEBP") -> bytes:
    """A small picture of one shade."""
    from PIL import Image

    made = BytesIO()
    Image.new("RGB", (32, 32), (shade, shade, shade)).save(made, kind)
    return made.getvalue()


@dataclass(frozen=True)
class Assignment:
    """One assignment of an edition on somebody's way through it."""

    db: Session
    edition: int
    id: int
    definition: AssignmentDefinition

    @classmethod
    def number(cls, db: Session, edition: int, position: int) -> Assignment:
        """The assignment at a position, counted from nought."""
        id_, definition = edition_of(db, edition).assignments[position]
        return cls(db, edition, id_, definition)

    def begin(self, by: Viewer, now: datetime) -> int:
        """Open the record and write the preparation."""
        record = records.open_record(self.db, by=by, assignment_id=self.id, now=now)
        given = inputs.Preparation(
            goal="Iedereen maakt een eerste beeld.",
            session_plan="Kennismaken, maken, kijken.",
            learning_question="Wat?",
        )
        records.prepare(self.db, by=by, record_id=record, given=given, now=now)
        return record

    def photograph(self, by: Viewer, record: int, storage: Storage, now: datetime) -> int:
        """Add a photo; each record gets a shade of its own."""
        data = picture(record % 200)
        stored = evidence.store_photo(storage, Photo(large=data, small=data, width=32, height=32), now=now)
        note = inputs.PhotoNote(recognisable="nobody", caption="De tafel")
        return evidence.add_photo(self.db, by=by, record_id=record, given=note, stored=stored, now=now)

    def attach(self, by: Viewer, record: int, storage: Storage, now: datetime) -> int:
        """Add a PDF."""
        stored = storage.put(evidence.area(now), b"%PDF-1.7\n%%EOF\n", suffix=".pdf")
        kept = evidence.Kept(Kind.PDF, stored.sha256, stored.bytes, "application/pdf", key=stored.key)
        note = inputs.PhotoNote(recognisable="nobody", caption="Het plan")
        return evidence.add(self.db, by=by, record_id=record, given=note, kept=kept, now=now)

    def photograph_visit(self, coach: Viewer, record: int, storage: Storage, now: datetime) -> int:
        """Add a photo to the coach's form."""
        data = picture(record % 200 + 1)
        stored = evidence.store_photo(storage, Photo(large=data, small=data, width=32, height=32), now=now)
        note = inputs.VisitPhotoNote(recognisable="nobody", caption="De kring")
        return observed_photos.add_photo(
            self.db, by=coach, record_id=record, given=note, stored=stored, sent_key=None, now=now
        )

    def hand_in(self, by: Viewer, record: int, now: datetime) -> int:
        """Score oneself and hand in; gives the submission."""
        rubric = edition_of(self.db, self.edition).rubric
        scores: dict[str, Any] = {f"self_{one.code}": 3 for one in criteria_of(self.definition, rubric)}
        if self.definition.needs_reflection:
            words = dict.fromkeys(NEEDED, "Ik wachtte, en dat hielp.")
            reflections.keep_reflection(
                self.db, by=by, record_id=record, given=inputs.Reflection.model_validate(words), now=now
            )
        given = inputs.self_view(self.definition, rubric)(**scores)
        records.submit(self.db, by=by, record_id=record, given=given, now=now)
        return self.db.scalars(select(Submission.id).where(Submission.record_id == record)).one()

    def observe(self, coach: Viewer, record: int, now: datetime) -> int:
        """Fill in the whole observation form; gives its version."""
        rubric = edition_of(self.db, self.edition).rubric
        given = Observation(
            scores={one.code: 3 for one in criteria_of(self.definition, rubric)},
            notes={one.code: "Gezien." for one in criteria_of(self.definition, rubric)},
            checks={one.slug: Check(Answer.YES, "") for one in checks_of(self.definition, rubric)},
            strong=("Rustige uitleg", "Iedereen aan het woord"),
            growing=("Meer stilte",),
            agreements=("Volgende keer eerst samen kijken",),
        )
        assessing.save_observation(self.db, by=coach, record_id=record, given=given, version=None, whole=True, now=now)
        own = Assessment.record_id == record, Assessment.coach_id == coach.id
        return self.db.scalars(select(Assessment.version).where(*own)).one()

    def sign_off(self, coach: Viewer, record: int, submission: int, now: datetime) -> int:
        """Observe and sign off; gives the sign-off."""
        version = self.observe(coach, record, now)
        given = inputs.Signature(
            decision=Decision.SIGNED_OFF,
            version=version,
            submission_id=submission,
            basis=basis_now(self.db, coach, record),
            reason="Mooi werk.",
            seen="on",
        )
        return assessing.sign(self.db, by=coach, record_id=record, given=given, now=now)


def begin_upload(db: Session, person_id: int, record: int, now: datetime) -> int:
    """A file on its way. Begun by hand: the open record could not be handed in while it runs."""
    coming = Upload(
        record_id=record,
        person_id=person_id,
        attempt=1,
        kind="pdf",
        length=900,
        fingerprint="b" * 64,
        caption="Het plan",
        recognisable="nobody",
        purposes=[],
        begun_at=now,
        expires_at=now + timedelta(days=5),
    )
    db.add(coming)
    db.flush()
    return coming.id


def closed_group(db: Session, leader_id: int, intervention_id: int, *, now: datetime) -> int:
    """A group that its leader closed, which was never held."""
    closed = Delivery(
        leader_id=leader_id,
        intervention_id=intervention_id,
        place="De Kade",
        address="Kade 1",
        municipality="Rotterdam",
        created_at=now,
        ended_at=now,
        started=8,
        finished=0,
    )
    db.add(closed)
    db.flush()
    return closed.id
