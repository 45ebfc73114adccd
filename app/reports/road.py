"""Everything on `/traject`: where somebody is on the road, the one next step, dates, the coach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.certification.next_steps import LearningFacts, NextStep, TrainerFacts, next_step
from app.certification.queries import Candidate, PersonStanding, ToRead, own_candidate, standings
from app.certification.tables import CertificationDecision
from app.conversation.queries import new_messages
from app.courses.editions import edition_of
from app.courses.queries import current_enrolment
from app.courses.rules import EnrolmentFacts, EnrolmentStage
from app.courses.training_days.queries import next_day
from app.delivery.queries import date_today
from app.delivery.rules import DateFacts, DateKind
from app.intervision.queries.own import OwnPage, own_page
from app.kit.localtime import local_day
from app.ledger.tables import LedgerContent
from app.meetings.rules import AnswerTo
from app.people.queries import cards_and
from app.people.rules import PersonCard, Viewer
from app.practice.rules.progress import PracticeProgress
from app.theory.rules import TheoryProgress, on_day, quiz_href
from app.theory.words_back import new_words

DATES_SHOWN: Final = 5
WRITE_WITHIN: Final = timedelta(days=60)  # a learning point of long ago is no next step any more


class Mood(StrEnum):
    """How the page greets."""

    WELCOME = "welcome"
    STARTING = "starting"
    ON_THE_WAY = "on_the_way"
    HALFWAY = "halfway"
    NEARLY = "nearly"
    ALL_DONE = "all_done"
    TRAINER = "trainer"
    STOPPED = "stopped"


class DateOf(StrEnum):
    """What a date to remember is about."""

    VISIT = "visit"
    GROUP = "group"
    END_PRESENTATION = "end_presentation"
    INTERVISION = "intervision"
    TRAINING_DAY = "training_day"


@dataclass(frozen=True)
class RoadDate:
    """One date to remember."""

    kind: DateOf
    at: datetime
    place: str
    href: str
    today: bool
    script: str = ""
    """Where the script of this date stands, on the day itself."""


@dataclass(frozen=True)
class RefusalNote:
    """Why the certificate was not granted (yet). `reasons` is empty once its time to be kept is over."""

    day: date
    reasons: str
    object_until: date


@dataclass(frozen=True)
class RoadPage:
    """The road of one person."""

    first_name: str
    mood: Mood
    here: str
    next: NextStep
    enrolment: EnrolmentFacts | None
    theory: TheoryProgress | None
    practice: PracticeProgress | None
    trainer: PersonStanding | None
    dates: tuple[RoadDate, ...]
    coach: PersonCard | None
    contact: PersonCard | None
    refusal: RefusalNote | None
    seat_at: datetime | None
    to_answer: bool
    sample: bool
    new_messages: int
    new_in: int | None
    new_words: int
    words_in: str
    """Where the first stands of what her coach wrote back to an open answer, and she did not open yet."""
    to_read: ToRead | None

    @property
    def learning(self) -> bool:
        """Whether a training runs now."""
        return self.enrolment is not None and self.enrolment.stage is not EnrolmentStage.COMPLETED

    @property
    def today(self) -> RoadDate | None:
        """The date that she leads today, until it is over: then its script is what she came for."""
        return next((one for one in self.dates if one.script), None)


def road_page(db: Session, viewer: Viewer, *, now: datetime) -> RoadPage:
    """The page of the viewer; nobody else's."""
    today = local_day(now)
    enrolment = current_enrolment(db, viewer.id)
    found = _found(db, enrolment, today) if enrolment is not None else None
    held = standings(db, [viewer.id], today)[viewer.id]
    trainer, to_read = _trainer(held, enrolment), _to_read(held)
    meetings = own_page(db, viewer, now=now)
    to_answer = any(round_.to_answer for round_ in meetings.rounds)
    about = enrolment.id if enrolment is not None else 0
    coming = next_day(viewer.id, now=now) if enrolment is not None else ()
    people, told = cards_and(db, _beside(enrolment), *new_messages(viewer.id), *new_words(about), *coming)
    new, new_in, words, words_in, *day = told or (0, None, 0, None)
    training_day = (day[0], day[1]) if day and day[0] is not None else None
    learning = _learning_facts(found, training_day) if found is not None else None
    step = next_step(
        learning, _trainer_facts(trainer, meetings, now, to_answer=to_answer, to_read=to_read), today=today
    )
    leads = date_today(db, viewer.id, now) if _leads(found, trainer) else None
    return RoadPage(
        first_name=viewer.first_name,
        mood=_mood(found, trainer),
        here=_here(found, trainer),
        next=step,
        enrolment=enrolment,
        theory=found.theory if found is not None else None,
        practice=found.practice if found is not None else None,
        trainer=trainer,
        dates=_dates(found, meetings, now, leads=leads, training_day=training_day),
        coach=people.get(enrolment.coach_id or 0) if enrolment is not None else None,
        contact=people.get(enrolment.contact_id) if enrolment is not None else None,
        refusal=_refusal(db, found),
        seat_at=next((one.seat.meeting.starts_at for one in meetings.rounds if one.seat is not None), None),
        to_answer=to_answer,
        sample=enrolment.sample if enrolment is not None else False,
        new_messages=new,
        new_in=new_in,
        new_words=words,
        words_in=quiz_href(enrolment.course_slug, words_in) if enrolment is not None and words_in else "",
        to_read=to_read,
    )


def _found(db: Session, enrolment: EnrolmentFacts, today: date) -> Candidate:
    """How far she is, with what is open to her today as the next thing to read."""
    found = own_candidate(db, enrolment)
    outline = edition_of(db, enrolment.edition_id).outline
    return replace(found, theory=on_day(outline, found.theory, starts_on=enrolment.starts_on, today=today))


def _beside(enrolment: EnrolmentFacts | None) -> list[int]:
    """Who stands beside somebody in training: the coach, and who answers questions."""
    if enrolment is None or enrolment.stage is EnrolmentStage.COMPLETED:
        return []
    return [one for one in (enrolment.coach_id, enrolment.contact_id) if one is not None]


def _trainer(found: list[PersonStanding], enrolment: EnrolmentFacts | None) -> PersonStanding | None:
    """The certification of the training at hand, or the one that lasts longest."""
    if enrolment is not None:
        same = [one for one in found if one.intervention_id == enrolment.intervention_id]
        found = same or found
    return max(found, key=lambda one: one.standing.until or date.min, default=None)


def _to_read(held: list[PersonStanding]) -> ToRead | None:
    """What is new to read for a certificate that holds; what is due first when there is more."""
    found = [one.to_read for one in held if one.to_read is not None and one.standing.state.holds]
    return min(found, key=lambda one: one.due_on, default=None)


def _learning_facts(found: Candidate, training_day: tuple[datetime, str] | None) -> LearningFacts:
    return LearningFacts(
        stage=found.enrolment.stage,
        theory_complete=found.theory.complete,
        lesson=found.theory.next,
        opens_on=found.theory.opens_on,
        practice=found.practice.next,
        practice_complete=found.practice.complete,
        ready=found.ready_on is not None,
        refused=found.ready_on is not None and not found.waits,
        days_missing=found.theory.days_missing,
        training_day=local_day(training_day[0]) if training_day is not None else None,
    )


def _trainer_facts(
    trainer: PersonStanding | None, meetings: OwnPage, now: datetime, *, to_answer: bool, to_read: ToRead | None
) -> TrainerFacts | None:
    if trainer is None:
        return None
    to_write = (
        one.place.id
        for one in meetings.past
        if one.may_write and not one.learned and now - one.meeting.starts_at <= WRITE_WITHIN
    )
    return TrainerFacts(
        standing=trainer.standing,
        certificate_id=trainer.certificate_id,
        issued_on=local_day(trainer.issued_at) if trainer.issued_at is not None else trainer.starts_on,
        to_answer=to_answer,
        to_write=next(to_write, None),
        seat=any(one.seat is not None for one in meetings.rounds),
        update=(to_read.task_id, to_read.due_on) if to_read else None,
    )


def _mood(found: Candidate | None, trainer: PersonStanding | None) -> Mood:
    if found is None or found.enrolment.stage is EnrolmentStage.COMPLETED:
        if trainer is None:
            return Mood.WELCOME
        return Mood.TRAINER if trainer.standing.state.holds else Mood.STOPPED
    if found.ready_on is not None:
        return Mood.ALL_DONE if found.waits else Mood.NEARLY
    theory, practice = found.theory, found.practice
    read = (theory.lessons_done + theory.quizzes_passed) / max(1, theory.lessons_total + theory.quizzes_total)
    done = read / 2 + practice.signed_off / max(1, practice.required) / 2
    if done == 0:
        return Mood.STARTING
    bounds = ((0.4, Mood.ON_THE_WAY), (0.7, Mood.HALFWAY))
    return next((mood for bound, mood in bounds if done < bound), Mood.NEARLY)


def _here(found: Candidate | None, trainer: PersonStanding | None) -> str:
    """The stop where somebody is; empty when the road has not begun."""
    if found is None or found.enrolment.stage is EnrolmentStage.COMPLETED:
        return "" if trainer is None else "intervision"
    if found.ready_on is not None:
        return "certificate"
    return "practice" if found.theory.complete or found.practice.signed_off else "theory"


def _leads(found: Candidate | None, trainer: PersonStanding | None) -> bool:
    """Whether her groups are those of a trainer: in training they come with it."""
    learning = found is not None and found.enrolment.stage is not EnrolmentStage.COMPLETED
    return trainer is not None and trainer.standing.state.holds and not learning


def _dates(
    found: Candidate | None,
    meetings: OwnPage,
    now: datetime,
    *,
    leads: tuple[int, datetime, str] | None,
    training_day: tuple[datetime, str] | None,
) -> tuple[RoadDate, ...]:
    """`leads`: the date that a trainer leads today; `training_day`: when and where the next scholingsdag is."""
    today = local_day(now)
    dates: list[RoadDate] = []

    def add(kind: DateOf, at: datetime, place: str, href: str, date_id: int | None = None) -> None:
        is_today = local_day(at) == today
        script = f"/groep/data/{date_id}/draaiboek" if is_today and date_id is not None else ""
        dates.append(RoadDate(kind, at, place, href, is_today, script))

    if leads is not None:
        add(DateOf.GROUP, leads[1], leads[2], "/groep", leads[0])
    if training_day is not None:
        add(DateOf.TRAINING_DAY, training_day[0], training_day[1], "/scholingsdagen")

    if found is not None and found.enrolment.stage is not EnrolmentStage.COMPLETED:
        visits = {one.visit_date_id: f"/praktijk/{one.record_id}" for one in found.practice.assignments}
        group = found.practice.group
        for one in group.coming if group is not None else ():
            if one.ends_at > now:
                place, href = group.place if group else "", visits.get(one.id, "/groep")
                add(_kind(one, visits), one.starts_at, place, href, one.id if found.has_scripts else None)
    seats = [own for round_ in meetings.rounds for own in round_.places]
    seats += [own for own in meetings.past if own.leads and own.meeting.ends_at > now]  # she leads it at this moment
    for own in seats:
        if own.place.answer is AnswerTo.YES and not own.meeting.cancelled:
            near = own.leads and local_day(own.meeting.starts_at) <= today + timedelta(days=1)
            href = f"/gesprek/{own.meeting.id}" if near else "/intervisie"
            add(DateOf.INTERVISION, own.meeting.starts_at, own.meeting.venue, href)
    dates.sort(key=lambda one: one.at)
    weighty = [one for one in dates if one.kind is not DateOf.GROUP]
    first = [one for one in dates if one.kind is DateOf.GROUP][:2]
    return tuple(sorted([*weighty, *first], key=lambda one: one.at)[:DATES_SHOWN])


def _kind(one: DateFacts, visits: Mapping[int | None, str]) -> DateOf:
    if one.id in visits:
        return DateOf.VISIT
    return DateOf.END_PRESENTATION if one.kind is DateKind.END_PRESENTATION else DateOf.GROUP


def _refusal(db: Session, found: Candidate | None) -> RefusalNote | None:
    """The last refusal, while it is what stands between somebody and the certificate."""
    if found is None or found.refused_on is None or found.waits or found.enrolment.stage is EnrolmentStage.COMPLETED:
        return None
    content = db.scalar(
        select(LedgerContent.content)
        .join(CertificationDecision, CertificationDecision.event_id == LedgerContent.event_id)
        .where(CertificationDecision.enrolment_id == found.enrolment.id, CertificationDecision.kind == "refused")
        .order_by(CertificationDecision.id.desc())
        .limit(1)
    )
    return RefusalNote(
        day=found.refused_on,
        reasons=str(content.get("reasons", "")) if content else "",
        object_until=found.refused_on + timedelta(days=found.policy.appeal_days),
    )
