"""Planning rounds, inviting trainers, and what they do with it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.courses.tables import Intervention
from app.intervision.inputs import Chosen, LearningPointGiven, RoundGiven, SessionGiven
from app.intervision.queries.own import places_in_round
from app.intervision.queries.rounds import Batch, batch, elsewhere
from app.intervision.rules import Invitees
from app.intervision.tables import IntervisionRound, IntervisionSession, LearningPoint
from app.kit.errors import NotFound, Refused
from app.kit.ids import Keyring
from app.kit.localtime import end_of, local_day
from app.kit.storage import Storage
from app.ledger import actions as ledger
from app.meetings.actions import answering, planning
from app.meetings.actions.answering import Invited
from app.meetings.rules import AnswerTo, Attendance, MeetingState, state
from app.meetings.tables import Meeting, MeetingSignup
from app.outbox.actions import post
from app.people.queries import cards
from app.people.rules import Viewer


def make_round(db: Session, *, by: Viewer, given: RoundGiven, now: datetime) -> int:
    """A round without meetings yet; one for each intervention and half-year.

    Raises: NotFound for an unknown intervention; Refused when the round exists or its last day has passed.
    """
    if db.get(Intervention, given.intervention) is None:
        raise NotFound
    exists = select(IntervisionRound.id).where(
        IntervisionRound.intervention_id == given.intervention,
        IntervisionRound.year == given.year,
        IntervisionRound.half == given.half,
    )
    if db.scalar(exists) is not None:
        raise Refused("round_exists", "half")
    _refuse_past_day(given.signup_closes_on, now)
    made = IntervisionRound(
        intervention_id=given.intervention,
        year=given.year,
        half=given.half,
        signup_closes_on=given.signup_closes_on,
        created_at=now,
    )
    try:
        with db.begin_nested():
            db.add(made)
    except IntegrityError as clash:  # another admin was faster
        raise Refused("round_exists", "half") from clash
    _record(db, "round_made", by, made.id, now, year=given.year, half=given.half.value)
    return made.id


def change_closing(db: Session, *, by: Viewer, round_id: int, day: date, now: datetime) -> None:
    """Another last day to answer, also for meetings that are already published.

    Raises: NotFound; Refused for a day that has passed.
    """
    found = _locked(db, round_id)
    _refuse_past_day(day, now)
    before, found.signup_closes_on = found.signup_closes_on, day
    db.execute(
        update(Meeting)
        .where(Meeting.id.in_(_meetings_of(round_id)), Meeting.published_at.is_not(None))
        .values(signup_closes_at=end_of(day))
        .execution_options(synchronize_session=False)
    )
    _record(db, "closing_changed", by, round_id, now, before=before, after=day)


def add_session(db: Session, *, by: Viewer, round_id: int, given: SessionGiven, now: datetime) -> int:
    """A meeting in a round, in draft. Gives the meeting. Raises: NotFound; Refused as for any meeting."""
    found = _locked(db, round_id)
    _check_facilitator(db, given.facilitator)
    title = f"Intervisie {db.get_one(Intervention, found.intervention_id).name}"
    meeting_id = planning.make_meeting(db, by=by, title=title, given=given, now=now)
    db.add(IntervisionSession(round_id=round_id, meeting_id=meeting_id, facilitator_id=given.facilitator))
    return meeting_id


def change_session(
    db: Session, *, by: Viewer, meeting_id: int, given: SessionGiven, version: int, keyring: Keyring, now: datetime
) -> list[int]:
    """Change a meeting of a round and who leads it. Gives the people who are told that it moved.

    Once the meeting is published, who leads it gets a seat and a letter, and who no longer does gives it back.
    Raises: NotFound; Refused as for any meeting, and when no seat is left for who leads it.
    """
    session = db.scalar(select(IntervisionSession).where(IntervisionSession.meeting_id == meeting_id))
    if session is None:
        raise NotFound
    _check_facilitator(db, given.facilitator)
    _locked(db, session.round_id)
    told = planning.change(db, by=by, meeting_id=meeting_id, given=given, version=version, now=now)
    before, session.facilitator_id = session.facilitator_id, given.facilitator
    if before != given.facilitator and db.get_one(Meeting, meeting_id).published_at is not None:
        db.flush()
        _leads_no_more(db, meeting_id, before, by=by, now=now)
        if given.facilitator is not None:
            answering.invite(db, places=[(meeting_id, given.facilitator)], keyring=keyring, now=now)
            _let_lead(db, session.round_id, meeting_id, given.facilitator, by=by, now=now)
    return told


def cancel_session(db: Session, *, by: Viewer, meeting_id: int, own_text: str, now: datetime) -> list[int]:
    """Call a meeting of a round off. Who goes or went to another day of the round, hears of it only with a seat here.

    Gives the people who are told. Raises: NotFound; Refused as for any meeting.
    """
    round_id = db.scalar(select(IntervisionSession.round_id).where(IntervisionSession.meeting_id == meeting_id))
    if round_id is None:
        raise NotFound
    _locked(db, round_id)
    settled = elsewhere(db, round_id, meeting_id)
    return planning.cancel(db, by=by, meeting_id=meeting_id, own_text=own_text, now=now, settled=settled)


def publish(
    db: Session,
    *,
    by: Viewer,
    round_id: int,
    invitees: Invitees,
    own_text: str,
    keyring: Keyring,
    now: datetime,
) -> int:
    """Open the meetings that are ready and invite whoever was not invited to them yet; gives how many mails go out.

    Who leads a meeting is not asked whether she comes: she gets her seat, with a letter that says so.
    Two admins at once: the round is held, so the second finds that everybody has been invited.
    Raises: NotFound; Refused without a meeting ahead, after the last day to answer, or with nobody left to invite.
    """
    found = _locked(db, round_id)
    todo: Batch = batch(db, round_id, invitees, now=now)
    if not todo.meeting_ids:
        raise Refused("no_meeting_ahead")
    if end_of(found.signup_closes_on) <= now:
        raise Refused("closing_passed")
    if not todo.places and not todo.leaders:
        raise Refused("nobody_to_invite")
    closes = end_of(found.signup_closes_on)
    planning.publish(db, by=by, meeting_ids=todo.meeting_ids, signup_closes_at=closes, now=now)
    if found.published_at is None:
        found.published_at = now
    by_person: dict[int, list[Invited]] = defaultdict(list)
    for invited in answering.invite(db, places=todo.places, keyring=keyring, now=now):
        by_person[invited.person_id].append(invited)
    for person_id, invitations in by_person.items():
        _write_invitation(db, person_id, invitations, round_id=round_id, own_text=own_text, by=by, now=now)
    answering.invite(db, places=todo.leaders, keyring=keyring, now=now)
    for meeting_id, person_id in todo.leaders:
        _let_lead(db, round_id, meeting_id, person_id, by=by, now=now)
    _record(db, "published", by, round_id, now, meetings=todo.meeting_ids, invited=len(by_person))
    return len(by_person) + len(todo.leaders)


def answer(db: Session, *, signup_id: int, answer: AnswerTo, actor_id: int | None, now: datetime) -> bool:
    """Answer an invitation. One seat in a round: saying yes to another day gives the first one back.

    `actor_id` is None when the answer came through the link in the mail. False when nothing changed.
    Raises: NotFound; Refused as `meetings.answering.answer`, and for anything but yes from who leads a meeting.
    """
    round_id = db.scalar(
        select(IntervisionSession.round_id)
        .join(MeetingSignup, MeetingSignup.meeting_id == IntervisionSession.meeting_id)
        .where(MeetingSignup.id == signup_id)
    )
    if round_id is not None:
        _locked(db, round_id)  # two answers of one person wait for each other
        _refuse_leader(db, signup_id, round_id, answer, now)
    changed = answering.answer(db, signup_id=signup_id, answer=answer, actor_id=actor_id, now=now)
    if changed and answer is AnswerTo.YES and round_id is not None:
        for other in _other_seats(db, signup_id, round_id, now):
            answering.answer(db, signup_id=other, answer=AnswerTo.NO, actor_id=actor_id, now=now)
    return changed


def choose(db: Session, *, by: Viewer, given: Chosen, now: datetime) -> None:
    """Choose one day of a round, or say that none of them fits.

    Raises: NotFound for a round or place of somebody else; Refused as `answer`.
    """
    mine = places_in_round(db, by, given.round, now=now)
    if given.place is not None and given.place not in {item.id for item in mine}:
        raise NotFound
    if given.place is not None:
        answer(db, signup_id=given.place, answer=AnswerTo.YES, actor_id=by.id, now=now)
        return
    may = [item for item in mine if item.may_decline]
    if not may and not any(item.answer is AnswerTo.NO for item in mine):
        raise Refused("signup_closed")
    for item in may:
        answer(db, signup_id=item.id, answer=AnswerTo.NO, actor_id=by.id, now=now)


def write_learning_point(db: Session, *, by: Viewer, signup_id: int, given: LearningPointGiven, now: datetime) -> None:
    """Write, or write again, what somebody takes home; nobody else can read it.

    Raises: NotFound for somebody else's place; Refused before the meeting began, or when she was not there.
    """
    signup, meeting = _own_place(db, by, signup_id)
    if state(meeting, now) not in {MeetingState.HELD, MeetingState.SETTLED}:
        raise Refused("not_held_yet")
    seen = Attendance(signup.attendance)
    if not (seen.was_there or (seen is Attendance.UNKNOWN and signup.answer == AnswerTo.YES)):
        raise Refused("was_not_there")
    point = db.scalar(select(LearningPoint).where(LearningPoint.signup_id == signup_id))
    if point is None:
        db.add(
            LearningPoint(
                signup_id=signup_id,
                person_id=by.id,
                learned=given.learned,
                next_step=given.next_step,
                written_at=now,
            )
        )
    else:
        point.learned, point.next_step, point.written_at = given.learned, given.next_step, now
    _record(db, "learning_point_written", by, signup_id, now, kind="meeting_signup")


def remove_learning_point(db: Session, *, by: Viewer, signup_id: int, now: datetime) -> None:
    """Throw away the own learning point. Raises: NotFound."""
    _own_place(db, by, signup_id)
    db.execute(delete(LearningPoint).where(LearningPoint.signup_id == signup_id, LearningPoint.person_id == by.id))
    _record(db, "learning_point_removed", by, signup_id, now, kind="meeting_signup")


def erase(db: Session, *, person_id: int, storage: Storage, now: datetime) -> None:  # noqa: ARG001 - no files here
    """Learning points go; that somebody led a meeting stays as a number without a name."""
    db.execute(delete(LearningPoint).where(LearningPoint.person_id == person_id))


def _write_invitation(
    db: Session,
    person_id: int,
    invitations: list[Invited],
    *,
    round_id: int,
    own_text: str,
    by: Viewer,
    now: datetime,
) -> None:
    post(
        db,
        "intervision.invitation",
        person_id=person_id,
        key=f"round_invitation:{round_id}:{person_id}:{invitations[0].signup_id}",
        data={"round_id": round_id, "signup_ids": [invited.signup_id for invited in invitations]},
        own_text=own_text,
        reply_to_id=by.id,
        now=now,
    )


def _locked(db: Session, round_id: int) -> IntervisionRound:
    """The round, held until the transaction ends. Always before any meeting of it. Raises: NotFound."""
    query = select(IntervisionRound).where(IntervisionRound.id == round_id).with_for_update()
    found = db.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def _meetings_of(round_id: int) -> Any:
    return select(IntervisionSession.meeting_id).where(IntervisionSession.round_id == round_id)


def _other_seats(db: Session, signup_id: int, round_id: int, now: datetime) -> list[int]:
    here = select(MeetingSignup.person_id).where(MeetingSignup.id == signup_id).scalar_subquery()
    found = db.scalars(
        select(MeetingSignup.id)
        .join(Meeting, Meeting.id == MeetingSignup.meeting_id)
        .where(
            MeetingSignup.person_id == here,
            MeetingSignup.id != signup_id,
            MeetingSignup.answer == AnswerTo.YES,
            MeetingSignup.meeting_id.in_(_meetings_of(round_id)),
            ~exists().where(
                IntervisionSession.meeting_id == MeetingSignup.meeting_id,
                IntervisionSession.facilitator_id == MeetingSignup.person_id,
            ),
            Meeting.starts_at > now,
            Meeting.cancelled_at.is_(None),
        )
    )
    return list(found)


def _let_lead(db: Session, round_id: int, meeting_id: int, person_id: int, *, by: Viewer, now: datetime) -> None:
    """Give who leads a meeting her seat there, also when sign-up has closed; another seat in the round comes free."""
    signup_id = _signup_of(db, meeting_id, person_id)
    try:
        changed = answering.answer(
            db, signup_id=signup_id, answer=AnswerTo.YES, actor_id=by.id, now=now, closed_too=True
        )
    except Refused as refused:
        if refused.code == "meeting_full":
            raise Refused("no_seat_for_leader", "facilitator") from refused
        raise
    for other in _other_seats(db, signup_id, round_id, now) if changed else []:
        answering.answer(db, signup_id=other, answer=AnswerTo.NO, actor_id=by.id, now=now)


def _leads_no_more(db: Session, meeting_id: int, person_id: int | None, *, by: Viewer, now: datetime) -> None:
    query = select(MeetingSignup.id).where(
        MeetingSignup.meeting_id == meeting_id,
        MeetingSignup.person_id == person_id,
        MeetingSignup.answer == AnswerTo.YES,
    )
    signup_id = db.scalar(query)
    if signup_id is not None:
        answering.answer(db, signup_id=signup_id, answer=AnswerTo.NO, actor_id=by.id, now=now, why="leads_no_more")


def _signup_of(db: Session, meeting_id: int, person_id: int) -> int:
    query = select(MeetingSignup.id).where(MeetingSignup.meeting_id == meeting_id, MeetingSignup.person_id == person_id)
    return db.scalars(query).one()


def _refuse_leader(db: Session, signup_id: int, round_id: int, answer: AnswerTo, now: datetime) -> None:
    """Who leads a meeting ahead of a round comes to that one. Raises: Refused for any other answer."""
    signup = db.get_one(MeetingSignup, signup_id)
    led = db.scalars(
        select(IntervisionSession.meeting_id)
        .join(Meeting, Meeting.id == IntervisionSession.meeting_id)
        .where(
            IntervisionSession.round_id == round_id,
            IntervisionSession.facilitator_id == signup.person_id,
            Meeting.published_at.is_not(None),
            Meeting.cancelled_at.is_(None),
            Meeting.starts_at > now,
        )
    ).all()
    if led and (answer is not AnswerTo.YES or signup.meeting_id not in led):
        raise Refused("leads_it")


def _own_place(db: Session, by: Viewer, signup_id: int) -> tuple[MeetingSignup, Meeting]:
    row = db.execute(
        select(MeetingSignup, Meeting)
        .join(Meeting, Meeting.id == MeetingSignup.meeting_id)
        .where(MeetingSignup.id == signup_id, MeetingSignup.person_id == by.id)
    ).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


def _check_facilitator(db: Session, person_id: int | None) -> None:
    """Raises: Refused for somebody who does not exist."""
    if person_id is not None and person_id not in cards(db, [person_id]):
        raise Refused("unknown_facilitator", "facilitator")


def _refuse_past_day(day: date, now: datetime) -> None:
    if day < local_day(now):
        raise Refused("day_in_past", "signup_closes_on")


def _record(
    db: Session,
    what: str,
    by: Viewer,
    subject_id: int,
    now: datetime,
    *,
    kind: str = "intervision_round",
    **content: object,
) -> None:
    ledger.record(db, f"intervision.{what}", actor_id=by.id, subject=(kind, subject_id), now=now, **content)
