"""One world with everybody and everything that a route may be about, made by the real actions.

The things are Noor's, but for the decision that Tessa waits for: what others may do with them depends on
who they are to her.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, text, update

from app.certification.actions import take_over
from app.certification.keeping_up import trainers
from app.certification.tables import Certificate
from app.courses.actions import availability, coaching, cohorts
from app.courses.commands import publish_folder
from app.courses.drafts import actions as drafts
from app.courses.drafts import intakes
from app.courses.drafts.questions import filled
from app.courses.drafts.tables import CourseDraft, DraftFile
from app.courses.files.check_text import read_check
from app.courses.inputs import AwayGiven, NewCohort
from app.courses.queries import interventions
from app.courses.rules import AwayReason
from app.courses.tables import CourseImage, HandbookSession, Lesson, Quiz
from app.delivery.tables import Delivery, TrainerRequest
from app.kit.localtime import local_day
from app.meetings.tables import Meeting
from app.outbox.tables import Message
from app.people.actions import accounts, invitations, own_data, sign_in
from app.people.actions.feeds import make_feed
from app.people.queries import viewer_for
from app.people.rules import Role
from app.people.tables import Account, CalendarFeed, Export, SignIn
from app.practice.actions import handover
from app.practice.actions.dates import call_off
from app.practice.admin_inputs import handover_form
from app.theory import lessons as reading
from app.theory import updating
from app.theory.answering import begin as begin_check
from app.theory.inputs import Note, Words
from app.theory.tables import UpdateTask
from app.worker.run import run_due
from migrations.models import metadata
from tests.apps import set_up_app
from tests.authz.days import make_up, plan_days
from tests.authz.meetings import bring_case, make_rounds
from tests.authz.practice import candidate, first_half, second_half
from tests.authz.shapes import shape_forms
from tests.authz.steps import (
    closed_group,
    fresh,
    newest_edition,
    publish_with_open_question,
)
from tests.checking import draft_of, form_of
from tests.editing import LAST_WORDS, OTHER_SCRIPT, OTHER_WORDS, publish_edited
from tests.people import INTERVENTION, KEYRING, Cast, link_of, make_cast
from tests.seeking import ask, bring_together, look

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.main import Parts

ROOT: Final = Path(__file__).parents[2]
COURSE: Final = "mijn-verhaal"
SMALL_COURSE: Final = "kort"
PAST: Final = timedelta(days=60)

OTHERS: Final = {
    "mina": ("Mina Aslan", "Welzijn Maasoever", Role.PROFESSIONAL, ""),
    "tessa": ("Tessa Blom", "Welzijn Maasoever", Role.PROFESSIONAL, ""),
    "bram": ("Bram Kuiper", "Welzijn Maasoever", Role.PROFESSIONAL, ""),
    "daan": ("Daan Smit", "", Role.COACH, ""),
    "els": ("Els Vermeer", "", Role.COACH, INTERVENTION),
    "peter": ("Peter Kok", "Zorggroep Linde", Role.ORGANISATION_CONTACT, ""),
    "iris": ("Iris de Boer", "", Role.FACILITATOR, ""),
    "aya": ("Aya Sato", "", Role.AUTHOR, ""),
    "otto": ("Otto Prins", "", Role.OWNER, ""),
}
"""Who there is beside the cast: name, organisation, role, for which intervention a coach coaches (all: empty)."""

WITH_APP: Final = ("noor", "ruben", "daan", "els", "fatma", "otto")
"""Who comes in with an app: coaches, admins and owners must, Noor wanted to."""
HALF_IN: Final = {"ruben": "half_ruben", "fatma": "half_fatma"}
"""Sessions of people who did not show theirs yet, as personas of their own (test_halfway)."""


@dataclass
class World:
    """Who is who, how each comes in, and the things that paths and forms name."""

    people: dict[str, int] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)


def make_world(parts: Parts, clock: MovableClock) -> World:
    """Tell the story from sixty days ago until the clock's present."""
    present = clock.now()
    world = World()
    clock.set(present - PAST)
    with parts.database.writing() as db:
        _spread_ids(db)
        cast = _people(db, world, now=clock.now())
        publish_with_open_question(
            db, ROOT / "courses" / COURSE, storage=parts.storage, now=clock.now(), by_id=cast.fatma.id
        )
        small = ROOT / "tests" / "courses" / SMALL_COURSE
        publish_folder(db, small, storage=parts.storage, now=clock.now(), by_id=cast.fatma.id)
        _cohort(db, world, cast, now=clock.now())
        _certificate(db, world, cast, now=clock.now())
        make_rounds(db, world, cast, present, now=clock.now())
        plan_days(db, world, cast.fatma, present, now=clock.now())
    bring_case(parts, world, clock.now())
    clock.advance(timedelta(days=1))
    with parts.database.writing() as db:
        coaching.assign_coach(
            db, by=cast.fatma, enrolment_id=world.things["enrolment"], coach_id=cast.ruben.id, now=clock.now()
        )
    clock.advance(timedelta(days=9))
    with parts.database.writing() as db:
        first_half(db, world, cast, present, now=clock.now())
    clock.set(present - timedelta(days=3))
    with parts.database.writing() as db:
        second_half(db, world, cast, storage=parts.storage, now=clock.now())
    clock.set(present)
    with parts.database.writing() as db:
        candidate(db, world, storage=parts.storage, course=SMALL_COURSE, now=clock.now())
        make_up(db, world, viewer_for(db, world.people["fatma"]), now=clock.now())
        _bring_together(db, world, clock.now())
        _publish_newer(db, parts, world, clock.now())
        _come_in(db, world, clock.now())
    run_due(parts.work)
    with parts.database.reading() as db:
        world.things["export"] = db.scalars(select(Export.id)).one()
    return world


def _spread_ids(db: Session) -> None:
    """Ids of each table in a range of its own: an id of the wrong kind is then an id of nothing."""
    for number, table in enumerate(metadata.sorted_tables, start=1):
        if [column.name for column in table.primary_key] == ["id"]:
            given = {"name": table.name, "seq": number * 10_000}
            db.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"), given)


def _people(db: Session, world: World, *, now: datetime) -> Cast:
    cast = make_cast(db, now=now)
    world.people |= {short: getattr(cast, short).id for short in ("noor", "ruben", "fatma", "sanne", "joris")}
    for short, (name, organisation, role, intervention) in OTHERS.items():
        organisation_id = accounts.ensure_organisation(db, name=organisation, now=now) if organisation else None
        person_id = accounts.add_person(
            db, by_id=None, name=name, email=f"{short}@demo.example", organisation_id=organisation_id, now=now
        )
        accounts.create_account(db, person_id=person_id, now=now)
        contact_of = organisation_id if role is Role.ORGANISATION_CONTACT else None
        accounts.grant_role(
            db,
            by=None,
            person_id=person_id,
            role=role,
            organisation_id=contact_of,
            intervention=intervention,
            now=now,
        )
        world.people[short] = person_id
    world.people["newcomer"] = accounts.add_person(
        db, by_id=cast.fatma.id, name="Nieuwe Naam", email="nieuw@demo.example", organisation_id=None, now=now
    )
    world.things |= {"person": cast.noor.id, "organisation": cast.maasoever_id}
    return cast


def _cohort(db: Session, world: World, cast: Cast, *, now: datetime) -> None:
    """Noor, Mina, Joris and Bram in one cohort; Noor is coached by Els at first, the others by Daan."""
    cohort, enrolments = _make_cohort(
        db, cast, COURSE, [world.people[one] for one in ("noor", "mina", "joris", "bram")], now
    )
    of_noor, *others = enrolments
    coaching.assign_coach(db, by=cast.fatma, enrolment_id=of_noor, coach_id=world.people["els"], now=now)
    coaching.assign_coaches(db, by=cast.fatma, enrolment_ids=others, coach_id=world.people["daan"], now=now)
    world.things |= {"cohort": cohort, "enrolment": of_noor, "course": COURSE, "edition": newest_edition(db, COURSE)}
    people = [world.people["newcomer"]]
    [world.things["new_enrolment"]] = cohorts.enrol(db, by=cast.fatma, cohort_id=cohort, person_ids=people, now=now)
    lesson = db.execute(select(Lesson).where(Lesson.edition_id == world.things["edition"])).scalars().first()
    checks = db.scalars(select(Quiz).where(Quiz.edition_id == world.things["edition"]).order_by(Quiz.id)).all()
    quiz = next((one for one in checks if not one.draws), None)  # of which everybody gets the same questions
    image = db.scalars(select(CourseImage.name).where(CourseImage.edition_id == world.things["edition"])).first()
    script = db.scalars(select(HandbookSession.slug)).first()
    assert lesson is not None
    assert quiz is not None
    world.things |= {"lesson": lesson.slug, "quiz": quiz.slug, "attempt": 1, "image": image, "script": script}
    world.things |= {"module": lesson.module_slug, "media": "een-bladzijde-leggen.webm", "film": "een-bladzijde-leggen"}
    world.things |= {"reflecting": "wat-is-mijn-verhaal", "reflection": "jouw-foto"}
    world.things |= {"asking": "vragen-stellen-bij-beeld", "question": "open-of-dicht"}
    world.things["playing"] = "collage-tijdlijn-portret-voorwerp"
    noor, at = fresh(db, cast.noor.id, now), reading.Spot(COURSE, "wat-is-mijn-verhaal", "jouw-foto")
    reading.keep_words(db, by=noor, at=at, given=Words(words="Mijn deur."), now=now)
    world.things["lesson_note"] = reading.save_note(db, by=noor, at=at, given=Note(words="Terugkijken"), now=now)
    for short in ("mina", "joris"):  # each is making it
        by = viewer_for(db, world.people[short])
        begin_check(db, by=by, course_slug=COURSE, quiz_slug=quiz.slug, now=now)
    world.things["answers"] = form_of(draft_of(db, by, COURSE, quiz.slug))
    _, [of_tessa] = _make_cohort(db, cast, SMALL_COURSE, [world.people["tessa"]], now)
    coaching.assign_coach(db, by=cast.fatma, enrolment_id=of_tessa, coach_id=world.people["daan"], now=now)
    world.things["candidate"] = of_tessa


def _make_cohort(db: Session, cast: Cast, course: str, people: list[int], now: datetime) -> tuple[int, list[int]]:
    today = local_day(now)
    given = NewCohort(
        edition_id=newest_edition(db, course),
        name=f"Rotterdam, {course}",
        starts_on=today,
        ends_on=today + timedelta(days=200),
        seats=12,
        contact_id=cast.fatma.id,
    )
    cohort = cohorts.make_cohort(db, by=cast.fatma, given=given, now=now)
    enrolments = cohorts.enrol(db, by=cast.fatma, cohort_id=cohort, person_ids=people, now=now)
    cohorts.invite(
        db, by=cast.fatma, cohort_id=cohort, enrolment_ids=enrolments, own_text="Welkom", keyring=KEYRING, now=now
    )
    for person_id in people:
        cohorts.confirm_enrolments(db, person_id=person_id, now=now)
    return cohort, enrolments


def _certificate(db: Session, world: World, cast: Cast, *, now: datetime) -> None:
    """Noor was trained for the other intervention before all this began."""
    intervention = next(one.id for one in interventions(db) if one.slug == SMALL_COURSE)
    take_over(
        db,
        by_id=cast.fatma.id,
        person_id=cast.noor.id,
        intervention_id=intervention,
        since=local_day(now) - timedelta(days=400),
        intervisions=1,
        now=now,
    )
    certificate, code = db.execute(select(Certificate.id, Certificate.code)).one()
    world.things |= {"certificate": certificate, "code": code, "intervention": intervention}


def _bring_together(db: Session, world: World, now: datetime) -> None:
    """Noor was brought together with Sanne's organisation; Mina still looks, and so does another request."""
    sanne, fatma = (viewer_for(db, world.people[one]) for one in ("sanne", "fatma"))
    noor, mina = (viewer_for(db, world.people[one]) for one in ("noor", "mina"))
    kind = db.get_one(Delivery, world.things["group"]).intervention_id
    linked = look(db, noor, now=now)
    bring_together(db, fatma, linked, ask(db, sanne, now=now, intervention_id=kind), now=now)
    world.things["ended_group"] = closed_group(db, noor.id, kind, now=now - PAST)
    wanted = ask(db, sanne, now=now, intervention_id=kind)
    world.things |= {"linked_search": linked, "search": look(db, mina, now=now), "wanted": wanted}
    world.things |= {"own_intervention": kind, "wanted_version": db.get_one(TrainerRequest, wanted).version}


def _publish_newer(db: Session, parts: Parts, world: World, now: datetime) -> None:
    """The small course has two more editions, while Tessa follows the first; Noor reads the second as a trainer."""
    publish_edited(db, parts.storage, OTHER_WORDS | OTHER_SCRIPT, now=now)
    fatma = viewer_for(db, world.people["fatma"])
    lesson, script = ("lesson", "een-afspraak"), ("session", "eerste-keer")
    who = trainers(db, world.things["intervention"], local_day(now))
    updating.ask(db, by=fatma, course_slug=SMALL_COURSE, number=2, chosen={lesson, script}, trainers=who, now=now)
    publish_edited(db, parts.storage, LAST_WORDS, now=now)
    world.things |= {"small_course": SMALL_COURSE, "newer": 2, "newest": 3, "small_lesson": lesson[1]}
    world.things |= {"small_script": script[1], "update_task": db.scalars(select(UpdateTask.id)).one()}


def _come_in(db: Session, world: World, now: datetime) -> None:
    """Everybody signs in; Bram is blocked while his session still runs. A newcomer has a link."""
    for short in WITH_APP:
        set_up_app(db, world.people[short], now=now - PAST)
    for short, person_id in world.people.items():
        if short != "newcomer":
            world.sessions[short] = sign_in.start_session(
                db, person_id=person_id, device="test", now=now, second=short in WITH_APP
            )
    for short, half in HALF_IN.items():
        world.sessions[half] = sign_in.start_session(db, person_id=world.people[short], device="test", now=now)
    db.execute(update(Account).where(Account.person_id == world.people["bram"]).values(blocked_at=now))
    invitation = invitations.create_invitation(
        db, person_id=world.people["newcomer"], by_id=world.people["fatma"], keyring=KEYRING, now=now
    )
    db.flush()
    own_data.ask_export(db, by=viewer_for(db, world.people["noor"]), now=now)
    token = make_feed(db, by=viewer_for(db, world.people["noor"]), label="Telefoon", now=now)
    feed = db.scalars(select(CalendarFeed.id).where(CalendarFeed.person_id == world.people["noor"])).one()
    world.things |= {"feed": feed, "feed_token": token}
    ruben = viewer_for(db, world.people["ruben"])
    ahead = local_day(now) + timedelta(days=20)
    days = AwayGiven(reason=AwayReason.HOLIDAY, starts_on=ahead, ends_on=ahead + timedelta(days=7))
    absence = availability.note_absence(db, by=ruben, person_id=ruben.id, given=days, now=now)
    world.things |= {"coach": ruben.id, "absence": absence}
    _lend(db, world, now)
    _write(db, world, now)
    world.things["today"] = local_day(now)
    held, _, coming, off = world.things["dates"]
    call_off(db, by=viewer_for(db, world.people["noor"]), date_id=off, now=now)
    world.things |= {"held_date": held, "date": coming, "off_date": off}
    world.things["group_version"] = db.get_one(Delivery, world.things["group"]).version
    world.things["meeting_version"] = db.get_one(Meeting, world.things["meeting"]).version
    world.things["invitation_token"] = link_of(db, invitation)
    world.things["message"] = db.scalars(select(Message.id).order_by(Message.id).limit(1)).one()
    world.things["session"] = db.scalars(
        select(SignIn.id).where(SignIn.person_id == world.people["noor"]).order_by(SignIn.id.desc())
    ).first()


def _write(db: Session, world: World, now: datetime) -> None:
    """Aya writes at the next edition of the course."""
    draft = drafts.begin_draft(db, by=viewer_for(db, world.people["aya"]), slug=COURSE, now=now)
    lesson = select(DraftFile.id).where(
        DraftFile.draft_id == draft, DraftFile.path.endswith("02-wat-is-mijn-verhaal.md")
    )
    world.things["draft_file"] = db.scalars(lesson).one()
    world.things["draft_version"] = db.get_one(CourseDraft, draft).version
    check = select(DraftFile.id, DraftFile.text).where(
        DraftFile.draft_id == draft, DraftFile.path.endswith("02-eigenwaarde-en-meedoen/toets.yaml")
    )
    file_id, text = db.execute(check).one()
    sheet = read_check(text or "")
    assert sheet is not None
    world.things["draft_check"] = file_id
    world.things["draft_question"] = sheet.check.questions[1].id
    world.things["draft_question_form"] = filled(sheet.check.questions[1])
    world.things["draft_check_form"] = sheet.check.model_dump(include={"title", "minutes", "intro"})
    world.things |= shape_forms(db, draft, world.things["module"])
    aya = viewer_for(db, world.people["aya"])
    world.things["intake"], _ = intakes.send(
        db, by=aya, key="intake/weg.zip", size=100, replaces=False, sent_key=None, now=now
    )


def _lend(db: Session, world: World, now: datetime) -> None:
    """Daan gives Joris to Els for a while."""
    daan, fatma = world.people["daan"], viewer_for(db, world.people["fatma"])
    given = {"reason": "holiday", "how": "until", "back_on": local_day(now) + timedelta(days=40)}
    to: dict[str, int | None] = {
        f"to_{id_}": world.people["els"] if one.person_id == world.people["joris"] else None
        for id_, one in handover.people_of_coach(db, daan).items()
    }
    form = handover_form(to).model_validate(given | to)
    world.things["handover"] = handover.hand_over(db, by=fatma, coach_id=daan, given=form, now=now)
    world.things["lender"] = daan
