"""The page of the talk after the work: for the two whom it is about, on one phone, once both sides are in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.courses.editions import edition_of
from app.courses.queries import enrolment_facts
from app.courses.rules import AssignmentDefinition, EnrolmentFacts, Rubric
from app.courses.tables import CoachAssignment
from app.kit.errors import NotFound
from app.people.queries import person_names
from app.people.rules import Viewer
from app.practice.paths import STANDS, RecordPath, paths_of, records_visible_to
from app.practice.results import level_words, own_words
from app.practice.rules.forms import Observation
from app.practice.rules.talks import Agreed, TalkFacts, agreed
from app.practice.rules.views import Pair, Pattern, pairs_of, to_talk_about
from app.practice.sight import Sight, sight_of
from app.practice.tables.coaching import Assessment, Talk
from app.practice.tables.proof import SignOff
from app.practice.tables.work import AssignmentRecord, Preparation, Submission


@dataclass(frozen=True)
class Ground:
    """What a talk is about: the latest submission of a record, and the coach's form on it. `signed`: decided."""

    submission_id: int
    attempt: int
    self_scores: dict[str, Any]
    note: str
    signed: bool
    coach_id: int | None
    form: Assessment | None
    talk: TalkFacts | None

    @property
    def both_in(self) -> bool:
        """Whether both sides are in, and still kept."""
        return self.form is not None and self.form.finished_at is not None and bool(self.form.form)

    @property
    def observation(self) -> Observation:
        return Observation.from_facts(self.form.form if self.form is not None else {})


@dataclass(frozen=True)
class EarlierTalk:
    """What she agreed with a coach and confirmed: it stays when that coach goes, or her form is open again."""

    coach: str
    agreements: tuple[str, ...]
    confirmed_at: datetime


@dataclass(frozen=True)
class TalkSoFar:
    """How far the two are with their talk. `agreed` is None before both sides are in."""

    agreed: Agreed | None = None
    earlier: EarlierTalk | None = None


@dataclass(frozen=True)
class TalkLine:
    """One criterion as both saw it, and how the two differ. `note`: what the coach wrote about it."""

    title: str
    own: str
    own_text: str
    coach: str
    coach_text: str
    note: str
    pattern: Pattern


@dataclass(frozen=True)
class TalkPage:
    """Everything on the page that two people look at together.

    `version`: of the coach's form, whose list of agreements this is; `talk_version`: what she would say yes to.
    """

    sample: bool
    record_id: int
    attempt: int
    title: str
    mine: bool
    person: str
    coach: str
    handed_in: bool
    both_in: bool
    decided: bool
    lines: tuple[TalkLine, ...]
    strong: tuple[str, ...]
    growing: tuple[str, ...]
    learning_question: str
    note: str
    agreements: tuple[str, ...]
    agreed: Agreed
    discussed_at: datetime | None
    discussed_by: str
    confirmed_at: datetime | None
    version: int
    talk_version: int
    earlier: EarlierTalk | None

    @property
    def may_agree(self) -> bool:
        return self.both_in and not self.decided

    @property
    def may_confirm(self) -> bool:
        return self.mine and self.both_in and self.agreed is Agreed.DISCUSSED


def talk_page(db: Session, viewer: Viewer, record_id: int) -> TalkPage:
    """Raises: NotFound for everybody but the professional and her present coach."""
    visible = select(AssignmentRecord.id).where(
        AssignmentRecord.id == record_id, AssignmentRecord.id.in_(records_visible_to(viewer))
    )
    path = next(iter(paths_of(db, visible)), None)
    if path is None:
        raise NotFound
    enrolment = enrolment_facts(db, [path.enrolment_id])[path.enrolment_id]
    if viewer.person_id not in {enrolment.person_id, enrolment.coach_id}:
        raise NotFound
    edition = edition_of(db, enrolment.practice_edition_id)
    definition = dict(edition.assignments)[path.assignment_id]
    ground = ground_of(db, record_id, enrolment)
    shown = _shown(ground, sight_of(db, viewer, path, enrolment))
    talk = shown.talk if shown else None
    people = {enrolment.person_id, enrolment.coach_id, shown.coach_id if shown else None}
    names = person_names(db, {id_ for id_ in people if id_ is not None})
    seen = shown.observation if shown else Observation()
    question = select(Preparation.learning_question).where(Preparation.record_id == record_id)
    return TalkPage(
        sample=enrolment.sample,
        record_id=record_id,
        attempt=ground.attempt if ground else path.attempt,
        title=definition.title,
        mine=enrolment.person_id == viewer.person_id,
        person=names.get(enrolment.person_id, ""),
        coach=names.get((shown.coach_id if shown else enrolment.coach_id) or 0, ""),
        handed_in=ground is not None,
        both_in=shown is not None,
        decided=ground is not None and ground.signed,
        lines=_lines(shown, definition, edition.rubric) if shown else (),
        strong=seen.strong,
        growing=seen.growing,
        learning_question=(db.scalar(question) or "") if shown else "",
        note=shown.note if shown else "",
        agreements=seen.agreements,
        agreed=agreed(seen.agreements, talk),
        discussed_at=talk.discussed_at if talk else None,
        discussed_by=names.get(talk.discussed_by, "") if talk else "",
        confirmed_at=talk.confirmed_at if talk else None,
        version=shown.form.version if shown and shown.form else 0,
        talk_version=talk.version if talk else 0,
        earlier=_earlier(db, ground, enrolment),
    )


def talk_of(db: Session, viewer: Viewer, path: RecordPath, enrolment: EnrolmentFacts, *, sight: Sight) -> TalkSoFar:
    """How far the two are with their talk; nothing for everybody else."""
    if viewer.person_id not in {enrolment.person_id, enrolment.coach_id}:
        return TalkSoFar()
    ground = ground_of(db, path.id, enrolment)
    shown = _shown(ground, sight)
    state = agreed(shown.observation.agreements, shown.talk) if shown else None
    return TalkSoFar(state, _earlier(db, ground, enrolment))


def ground_of(db: Session, record_id: int, enrolment: EnrolmentFacts, *, hold: bool = False) -> Ground | None:
    """What there is to talk about; None before anything was handed in. `hold` keeps others off the form.

    The latest submission counts, also when its attempt is over: what two people agreed may be confirmed later.
    """
    row = db.execute(
        select(Submission, SignOff.coach_id, Talk)
        .select_from(Submission)
        .outerjoin(SignOff, and_(SignOff.submission_id == Submission.id, STANDS))
        .outerjoin(Talk, Talk.submission_id == Submission.id)
        .where(Submission.record_id == record_id)
        .order_by(Submission.number.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    submission, signed_by, talk = row
    coach_id = signed_by or enrolment.coach_id
    found = select(Assessment).where(
        Assessment.record_id == record_id,
        Assessment.attempt == submission.attempt,
        Assessment.coach_id == (coach_id or 0),
    )
    return Ground(
        submission.id,
        submission.attempt,
        submission.self_scores,
        submission.note,
        signed_by is not None,
        coach_id,
        db.scalar(found.with_for_update() if hold else found),
        facts_of(talk),
    )


def facts_of(talk: Talk | None) -> TalkFacts | None:
    """The row as the rules see it; None when there is none, or when its words are no longer kept."""
    if talk is None or not talk.agreements:
        return None
    return TalkFacts(tuple(talk.agreements), talk.discussed_at, talk.discussed_by_id, talk.confirmed_at, talk.version)


def _earlier(db: Session, ground: Ground | None, enrolment: EnrolmentFacts) -> EarlierTalk | None:
    """What was confirmed about this work and does not stand on the form that is open now.

    Her coach became somebody else, or decides anew and has a draft again. Only a yes of both passes: what a coach
    wrote and nobody said yes to stays hers.
    """
    talk = ground.talk if ground else None
    if ground is None or talk is None or talk.confirmed_at is None:
        return None
    if ground.both_in and agreed(ground.observation.agreements, talk) is Agreed.CONFIRMED:
        return None
    coach_id = db.scalar(
        select(CoachAssignment.coach_id)
        .where(CoachAssignment.enrolment_id == enrolment.id, CoachAssignment.since < talk.discussed_at)
        .order_by(CoachAssignment.since.desc(), CoachAssignment.id.desc())
        .limit(1)
    )
    if coach_id is None or (coach_id == ground.coach_id and ground.both_in):  # then the two changed it themselves
        return None
    return EarlierTalk(person_names(db, [coach_id]).get(coach_id, ""), talk.agreements, talk.confirmed_at)


def _shown(ground: Ground | None, sight: Sight) -> Ground | None:
    """What may be looked at: both sides are in, and the viewer is not bound to look for herself first."""
    if ground is None or not ground.both_in or not sight.shows(ground.coach_id, attempt=ground.attempt):
        return None
    return ground


def _lines(ground: Ground, definition: AssignmentDefinition, rubric: Rubric) -> tuple[TalkLine, ...]:
    seen = ground.observation
    pairs = pairs_of(ground.self_scores, seen.scores, definition, rubric)
    return tuple(_line(pair, seen, rubric) for pair in to_talk_about(pairs))


def _line(pair: Pair, seen: Observation, rubric: Rubric) -> TalkLine:
    criterion = next(one for one in rubric.criteria if one.code == pair.code)
    return TalkLine(
        criterion.title,
        *own_words(criterion, rubric, pair.own),
        *level_words(criterion, rubric, pair.coach),
        seen.notes.get(pair.code, ""),
        pair.pattern,
    )
