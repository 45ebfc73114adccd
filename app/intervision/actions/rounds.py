"""Planning rounds and their meetings, and inviting trainers."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.courses.tables import Intervention
from app.intervision.actions.clashing import one_at_a_time, refuse_clash, refuse_strangers, refuse_unknown_venue
from app.intervision.actions.holding import locked, meetings_of, record
from app.intervision.actions.leading import leads_no_more, let_lead
from app.intervision.inputs import RoundGiven, SessionGiven
from app.intervision.queries.rounds import Batch, batch, elsewhere
from app.intervision.rules import Invitees
from app.intervision.tables import IntervisionGroup, IntervisionRound, IntervisionSession, SessionFacilitator
from app.kit.errors import NotFound, Refused
from app.kit.ids import Keyring
from app.kit.localtime import end_of, local_day
from app.meetings.actions import answering, planning, waiting
from app.meetings.actions.answering import Invited
from app.meetings.tables import Meeting
from app.outbox.actions import post
from app.people.rules import Viewer

NOBODY: Final = Invitees(frozenset())


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
    record(db, "round_made", by, made.id, now, year=given.year, half=given.half.value)
    return made.id


def change_closing(db: Session, *, by: Viewer, round_id: int, day: date, now: datetime) -> None:
    """Another last day to answer, also for meetings that are already published.

    Raises: NotFound; Refused for a day that has passed.
    """
    found = locked(db, round_id)
    _refuse_past_day(day, now)
    before, found.signup_closes_on = found.signup_closes_on, day
    db.execute(
        update(Meeting)
        .where(Meeting.id.in_(meetings_of(round_id)), Meeting.published_at.is_not(None))
        .values(signup_closes_at=end_of(day))
        .execution_options(synchronize_session=False)
    )
    record(db, "closing_changed", by, round_id, now, before=before, after=day)


def add_session(
    db: Session, *, by: Viewer, round_id: int, given: SessionGiven, now: datetime, trainers: Invitees = NOBODY
) -> int:
    """A meeting in a round, in draft. Gives the meeting. `trainers`: who may lead one beside those with a role for it.

    Raises: NotFound; Refused as for any meeting, for who may not lead it, and when room or person is taken then.
    """
    one_at_a_time(db)
    found = locked(db, round_id)
    refuse_strangers(db, given.facilitators, trainers=trainers.person_ids)
    refuse_clash(db, given, given.facilitators)
    title = f"Intervisie {db.get_one(Intervention, found.intervention_id).name}"
    meeting_id = planning.make_meeting(db, by=by, title=title, given=given, now=now)
    session = IntervisionSession(round_id=round_id, meeting_id=meeting_id)
    db.add(session)
    db.flush()
    db.add_all(SessionFacilitator(session_id=session.id, person_id=one) for one in sorted(given.facilitators))
    db.flush()
    return meeting_id


def change_session(
    db: Session,
    *,
    by: Viewer,
    meeting_id: int,
    given: SessionGiven,
    version: int,
    keyring: Keyring,
    now: datetime,
    trainers: Invitees = NOBODY,
) -> list[int]:
    """Change a meeting of a round and who leads it. Gives the people who are told that it moved.

    Once the meeting is published, who leads it gets a seat and a letter, and who no longer does gives it back.
    Who leads it already may stay, also when she is no trainer any more.
    Raises: NotFound; Refused as `add_session`, and when no seat is left for who leads it.
    """
    session = db.scalar(select(IntervisionSession).where(IntervisionSession.meeting_id == meeting_id))
    if session is None:
        raise NotFound
    one_at_a_time(db)
    locked(db, session.round_id)
    led = select(SessionFacilitator.person_id).where(SessionFacilitator.session_id == session.id)
    before = frozenset(db.scalars(led))
    refuse_strangers(db, given.facilitators - before, trainers=trainers.person_ids)
    refuse_clash(db, given, given.facilitators, meeting_id=meeting_id)
    told = planning.change(db, by=by, meeting_id=meeting_id, given=given, version=version, now=now)
    _change_leaders(db, session, before, given.facilitators, by=by, keyring=keyring, now=now)
    waiting.offer_seats(db, meeting_id=meeting_id, now=now)  # what is left once who leads it has hers
    return told


def _change_leaders(
    db: Session,
    session: IntervisionSession,
    before: frozenset[int],
    after: frozenset[int],
    *,
    by: Viewer,
    keyring: Keyring,
    now: datetime,
) -> None:
    """Other people lead the meeting; once it is published, seats and letters follow: first who goes, then who comes."""
    gone, come = sorted(before - after), sorted(after - before)
    if not gone and not come:
        return
    of_session = SessionFacilitator.session_id == session.id
    db.execute(delete(SessionFacilitator).where(of_session, SessionFacilitator.person_id.in_(gone)))
    at_tables = IntervisionGroup.session_id == session.id, IntervisionGroup.facilitator_id.in_(gone)
    db.execute(update(IntervisionGroup).where(*at_tables).values(facilitator_id=None))
    db.add_all(SessionFacilitator(session_id=session.id, person_id=one) for one in come)
    db.flush()
    record(db, "leaders_changed", by, session.meeting_id, now, kind="meeting", gone=gone, come=come)
    if db.get_one(Meeting, session.meeting_id).published_at is None:
        return
    for person_id in gone:
        leads_no_more(db, session.meeting_id, person_id, by=by, now=now)
    answering.invite(db, places=[(session.meeting_id, one) for one in come], keyring=keyring, now=now)
    for person_id in come:
        let_lead(db, session.round_id, session.meeting_id, person_id, by=by, now=now)


def cancel_session(db: Session, *, by: Viewer, meeting_id: int, own_text: str, now: datetime) -> list[int]:
    """Call a meeting of a round off. Who goes or went to another day of the round, hears of it only with a seat here.

    Gives the people who are told. Raises: NotFound; Refused as for any meeting.
    """
    round_id = db.scalar(select(IntervisionSession.round_id).where(IntervisionSession.meeting_id == meeting_id))
    if round_id is None:
        raise NotFound
    locked(db, round_id)
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
    Raises: NotFound; Refused without a meeting ahead or a room for it, after the last day, or with nobody left to
    invite.
    """
    found = locked(db, round_id)
    todo: Batch = batch(db, round_id, invitees, now=now)
    if not todo.meeting_ids:
        raise Refused("no_meeting_ahead")
    if end_of(found.signup_closes_on) <= now:
        raise Refused("closing_passed")
    refuse_unknown_venue(db, todo.meeting_ids)
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
        let_lead(db, round_id, meeting_id, person_id, by=by, now=now)
    record(db, "published", by, round_id, now, meetings=todo.meeting_ids, invited=len(by_person))
    return len(by_person) + len(todo.leaders)


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


def _refuse_past_day(day: date, now: datetime) -> None:
    if day < local_day(now):
        raise Refused("day_in_past", "signup_closes_on")
