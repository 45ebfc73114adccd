"""Cohorts: who follows which edition, when, with whom; from invitation to the end."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.courses.actions.coaching import tell_groups, tell_professional
from app.courses.inputs import NewCohort
from app.courses.tables import CoachAssignment, Cohort, CourseEdition, Enrolment
from app.courses.training_days import actions as training_days
from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.ids import Keyring
from app.ledger.actions import record
from app.outbox.actions import post
from app.people.actions.accounts import grant_role, roles_of
from app.people.actions.invitations import create_invitation
from app.people.rules import INVITATION_DAYS, Role, Viewer
from app.people.tables import Invitation, Person

INVITATION = "courses.invitation"


def make_cohort(db: Session, *, by: Viewer, given: NewCohort, now: datetime) -> int:
    """Make an opleidingsgroep for an edition and give its id.

    Raises: Forbidden; Refused("cohort_ends_first" | "unknown_edition" | "contact_without_address").
    """
    _only_admins(by)
    if given.ends_on < given.starts_on:
        raise Refused("cohort_ends_first", "ends_on")
    if db.get(CourseEdition, given.edition_id) is None:
        raise Refused("unknown_edition", "edition_id")
    contact = db.get(Person, given.contact_id)
    if contact is None or contact.erased_at is not None or not contact.email:
        raise Refused("contact_without_address", "contact_id")
    cohort = Cohort(
        edition_id=given.edition_id,
        name=given.name,
        starts_on=given.starts_on,
        ends_on=given.ends_on,
        seats=given.seats,
        contact_id=given.contact_id,
        created_at=now,
    )
    db.add(cohort)
    db.flush()
    record(db, "courses.cohort_made", actor_id=by.id, subject=("cohort", cohort.id), now=now, **given.model_dump())
    return cohort.id


def enrol(db: Session, *, by: Viewer, cohort_id: int, person_ids: Collection[int], now: datetime) -> list[int]:
    """Give people a seat and give their enrolments; who has a seat here already keeps it. All or nobody.

    Raises: Forbidden; NotFound; Refused("cohort_full" | "already_enrolled" | "unknown_person").
    """
    _only_admins(by)
    cohort, course_id = _locked_cohort(db, cohort_id)
    people = _known_people(db, person_ids)
    taken = {row.person_id: row for row in _open_enrolments(db, cohort_id)}
    new = [id_ for id_ in dict.fromkeys(person_ids) if id_ not in taken]
    free = cohort.seats - len(taken)
    if len(new) > free:
        raise Refused("cohort_full", "person_ids", free=max(free, 0), asked=len(new))
    elsewhere = db.scalar(
        select(Enrolment.person_id)
        .where(
            Enrolment.person_id.in_(new),
            Enrolment.course_id == course_id,
            Enrolment.withdrawn_at.is_(None),
            Enrolment.expired_at.is_(None),
        )
        .limit(1)
    )
    if elsewhere is not None:
        raise Refused("already_enrolled", "person_ids", name=people[elsewhere].name)
    for person_id in new:
        taken[person_id] = _take_seat(db, cohort, by=by, course_id=course_id, person_id=person_id, now=now)
    return [taken[id_].id for id_ in dict.fromkeys(person_ids)]


def _take_seat(db: Session, cohort: Cohort, *, by: Viewer, course_id: int, person_id: int, now: datetime) -> Enrolment:
    """A new enrolment, or the one that was withdrawn here before, opened again in the edition it has.

    When the cohort moved meanwhile, the edge lets her come along (theory.moving).
    """
    enrolment = db.scalar(
        select(Enrolment).where(Enrolment.person_id == person_id, Enrolment.cohort_id == cohort.id).with_for_update()
    )
    if enrolment is None:
        enrolment = Enrolment(
            person_id=person_id,
            cohort_id=cohort.id,
            course_id=course_id,
            edition_id=cohort.edition_id,
            created_at=now,
        )
        db.add(enrolment)
    else:
        enrolment.withdrawn_at = enrolment.expired_at = enrolment.invitation_id = enrolment.confirmed_at = None
    db.flush()
    if Role.PROFESSIONAL not in roles_of(db, person_id):
        if person_id == by.id:
            raise Refused("not_yourself", "person_ids")
        grant_role(db, by=by, person_id=person_id, role=Role.PROFESSIONAL, now=now)
    record(
        db,
        "courses.enrolled",
        actor_id=by.id,
        subject=("enrolment", enrolment.id),
        now=now,
        person_id=person_id,
        cohort_id=cohort.id,
        edition_id=enrolment.edition_id,
    )
    return enrolment


def invite(
    db: Session,
    *,
    by: Viewer,
    cohort_id: int,
    enrolment_ids: Collection[int],
    own_text: str,
    keyring: Keyring,
    now: datetime,
) -> int:
    """Write to people who were not invited yet and give how many mails that makes; twice is one mail.

    Raises: Forbidden; NotFound; Refused("no_address").
    """
    _only_admins(by)
    cohort, _ = _locked_cohort(db, cohort_id)
    waiting = [row for row in _open_enrolments(db, cohort_id) if row.id in set(enrolment_ids)]
    waiting = [row for row in waiting if row.invitation_id is None and row.confirmed_at is None]
    for enrolment in waiting:
        _send_invitation(
            db, enrolment, by=by, contact_id=cohort.contact_id, own_text=own_text, keyring=keyring, now=now
        )
    return len(waiting)


def invite_again(
    db: Session, *, by: Viewer, cohort_id: int, enrolment_id: int, own_text: str, keyring: Keyring, now: datetime
) -> None:
    """A new link for one person who did not come in yet.

    Raises: Forbidden; NotFound; Refused("enrolled_is_in" | "no_address").
    """
    _only_admins(by)
    cohort, _ = _locked_cohort(db, cohort_id)
    enrolment = _open_in(db, cohort_id, enrolment_id)
    if enrolment.confirmed_at is not None:
        raise Refused("enrolled_is_in")
    _send_invitation(db, enrolment, by=by, contact_id=cohort.contact_id, own_text=own_text, keyring=keyring, now=now)


def _send_invitation(
    db: Session, enrolment: Enrolment, *, by: Viewer, contact_id: int, own_text: str, keyring: Keyring, now: datetime
) -> None:
    invitation_id = create_invitation(db, person_id=enrolment.person_id, by_id=by.id, keyring=keyring, now=now)
    enrolment.invitation_id = invitation_id
    post(
        db,
        INVITATION,
        person_id=enrolment.person_id,
        key=f"{INVITATION}:{enrolment.id}:{invitation_id}",
        data={"enrolment_id": enrolment.id, "invitation_id": invitation_id},
        own_text=own_text,
        reply_to_id=contact_id,
        not_after=now + timedelta(days=INVITATION_DAYS),
        now=now,
    )
    record(db, "courses.invited", actor_id=by.id, subject=("enrolment", enrolment.id), now=now)


def withdraw(db: Session, *, by: Viewer, cohort_id: int, enrolment_id: int, now: datetime) -> None:
    """Somebody stops: the seat is free, the coach is released, the link of the invitation no longer works.

    Raises: Forbidden; NotFound; Refused("already_complete").
    """
    _only_admins(by)
    _locked_cohort(db, cohort_id)
    enrolment = _open_in(db, cohort_id, enrolment_id)
    if enrolment.completed_at is not None:
        raise Refused("already_complete")
    enrolment.withdrawn_at = now
    db.execute(
        update(CoachAssignment)
        .where(CoachAssignment.enrolment_id == enrolment_id, CoachAssignment.until.is_(None))
        .values(until=now)
    )
    db.execute(
        update(Invitation)
        .where(Invitation.id == enrolment.invitation_id, Invitation.accepted_at.is_(None))
        .values(withdrawn_at=now)
    )
    tell_groups(db, enrolment_id=enrolment_id, now=now)
    training_days.give_back_seats(db, enrolment_id=enrolment_id, now=now)
    record(db, "courses.withdrawn", actor_id=by.id, subject=("enrolment", enrolment_id), now=now)


def confirm_enrolments(db: Session, *, person_id: int, now: datetime) -> None:
    """Somebody came in: her open enrolments are confirmed; harmless when they were."""
    waiting = db.scalars(
        select(Enrolment)
        .where(
            Enrolment.person_id == person_id,
            Enrolment.confirmed_at.is_(None),
            Enrolment.withdrawn_at.is_(None),
            Enrolment.expired_at.is_(None),
        )
        .order_by(Enrolment.id)
        .with_for_update()
    ).all()
    for enrolment in waiting:
        enrolment.confirmed_at = now
        record(db, "courses.confirmed", actor_id=person_id, subject=("enrolment", enrolment.id), now=now)
        tell_professional(db, enrolment, now=now)
        training_days.ask_for_seats(db, cohort_id=enrolment.cohort_id, now=now)


def complete(db: Session, *, enrolment_id: int, now: datetime) -> None:
    """The certificate is granted: the enrolment is done. Raises: NotFound; Refused("already_complete")."""
    enrolment = db.scalar(select(Enrolment).where(Enrolment.id == enrolment_id).with_for_update())
    if enrolment is None or enrolment.withdrawn_at is not None or enrolment.expired_at is not None:
        raise NotFound
    if enrolment.completed_at is not None:
        raise Refused("already_complete")
    enrolment.completed_at = now
    record(db, "courses.completed", actor_id=None, subject=("enrolment", enrolment_id), now=now)


def _only_admins(by: Viewer) -> None:
    if not by.is_admin:
        raise Forbidden


def _locked_cohort(db: Session, cohort_id: int) -> tuple[Cohort, int]:
    """The cohort with its course; locked, so that seats and mails are counted by one at a time."""
    cohort = db.scalar(select(Cohort).where(Cohort.id == cohort_id).with_for_update())
    if cohort is None:
        raise NotFound
    return cohort, db.scalars(select(CourseEdition.course_id).where(CourseEdition.id == cohort.edition_id)).one()


def _open_enrolments(db: Session, cohort_id: int) -> Sequence[Enrolment]:
    return db.scalars(
        select(Enrolment)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.withdrawn_at.is_(None), Enrolment.expired_at.is_(None))
        .order_by(Enrolment.id)
    ).all()


def _open_in(db: Session, cohort_id: int, enrolment_id: int) -> Enrolment:
    found = next((row for row in _open_enrolments(db, cohort_id) if row.id == enrolment_id), None)
    if found is None:
        raise NotFound
    return found


def _known_people(db: Session, person_ids: Collection[int]) -> dict[int, Person]:
    people = {
        person.id: person
        for person in db.scalars(select(Person).where(Person.id.in_(person_ids), Person.erased_at.is_(None)))
    }
    if not person_ids or set(person_ids) - set(people):
        raise Refused("unknown_person", "person_ids")
    return people
