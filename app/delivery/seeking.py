"""Who looks for a group and which organisations look for a trainer: for themselves, and side by side for an admin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, false, select
from sqlalchemy.orm import Session

from app.courses.tables import Course, Enrolment, Intervention
from app.delivery.linking import contact_names, wishes_of
from app.delivery.rules import Fit, PartOfDay, Weekday, fit
from app.delivery.tables import GroupLink, GroupSearch, TrainerRequest
from app.kit.errors import NotFound
from app.kit.localtime import local_day
from app.people.queries import cards
from app.people.rules import Viewer
from app.people.tables import Organisation, Person


@dataclass(frozen=True)
class When:
    """Where and when, as it was ticked."""

    regions: tuple[str, ...]
    days: tuple[Weekday, ...]
    parts: tuple[PartOfDay, ...]


@dataclass(frozen=True)
class Wanted:
    """What an organisation asks. `trainer`: who was found for it, in a link that holds."""

    id: int
    organisation_id: int
    organisation: str
    intervention: str
    place: str
    when: When
    goal_group: str
    contact_name: str
    contact_email: str
    contact_phone: str
    since: datetime
    waits_days: int
    version: int
    trainer: str
    search_id: int | None
    linked_at: datetime | None


@dataclass(frozen=True)
class Choice:
    """A request that somebody who looks could be brought together with, and how the two lie.

    `told`: who of the organisation would get the letter; nobody when it has no contact here.
    """

    request: Wanted
    fit: Fit
    told: tuple[str, ...]


@dataclass(frozen=True)
class Seeker:
    """Somebody who looks for a group. `choices`: the best first; only those that fit whole are suggestions."""

    search_id: int
    person_id: int
    name: str
    organisation: str
    phone: str
    email: str
    intervention: str
    when: When
    offer: str
    since: datetime
    waits_days: int
    version: int
    linked: Wanted | None
    choices: tuple[Choice, ...]

    @property
    def suggestions(self) -> tuple[Choice, ...]:
        return tuple(choice for choice in self.choices if choice.fit.whole)


@dataclass(frozen=True)
class SeekingPage:
    """Everybody who looks, longest first: people, organisations, and those who were brought together.

    `late_days`, `asked_late_days`: from when a wait asks for action.
    """

    seekers: tuple[Seeker, ...]
    wanted: tuple[Wanted, ...]
    linked: tuple[Seeker, ...]
    late_days: int
    asked_late_days: int


@dataclass(frozen=True)
class OwnSearch:
    """The search of the viewer herself, with the organisation that she was brought together with."""

    intervention_id: int
    when: When
    offer: str
    since: datetime
    version: int
    linked: Wanted | None


def requests_visible_to(viewer: Viewer) -> Select[int]:
    """The requests that a viewer may know of: of her own organisations, all for an admin."""
    ids = select(TrainerRequest.id)
    if viewer.is_admin:
        return ids
    return ids.where(TrainerRequest.organisation_id.in_(viewer.contact_of) if viewer.contact_of else false())


def seeking_page(
    db: Session, viewer: Viewer, *, now: datetime, late_after: timedelta, asked_late_after: timedelta
) -> SeekingPage:
    """The page of an admin; empty for everybody else. The number of statements does not grow with who looks."""
    wanted = requests(db, viewer, now=now) if viewer.is_admin else ()
    found = _seekers(db, GroupSearch.ended_at.is_(None), wanted, now=now) if viewer.is_admin else ()
    return SeekingPage(
        seekers=tuple(one for one in found if one.linked is None),
        wanted=tuple(one for one in wanted if one.linked_at is None),
        linked=tuple(one for one in found if one.linked is not None),
        late_days=late_after.days,
        asked_late_days=asked_late_after.days,
    )


def seeker(db: Session, viewer: Viewer, search_id: int, *, now: datetime) -> Seeker:
    """One who looks, with every request that stands. For admins. Raises: NotFound."""
    if not viewer.is_admin:
        raise NotFound
    about = and_(GroupSearch.id == search_id, GroupSearch.ended_at.is_(None))
    found = _seekers(db, about, requests(db, viewer, now=now), now=now)
    if not found:
        raise NotFound
    return found[0]


def own_search_page(db: Session, viewer: Viewer, *, now: datetime) -> OwnSearch | None:
    """What the viewer looks for herself; None when she does not look."""
    row = db.execute(
        select(GroupSearch, GroupLink.request_id)
        .outerjoin(GroupLink, and_(GroupLink.search_id == GroupSearch.id, GroupLink.undone_at.is_(None)))
        .where(GroupSearch.person_id == viewer.id, GroupSearch.ended_at.is_(None))
    ).first()
    if row is None:
        return None
    search = row.GroupSearch
    linked = _wanted(db, TrainerRequest.id == row.request_id, now=now) if row.request_id is not None else ()
    return OwnSearch(
        intervention_id=search.intervention_id,
        when=_when(search),
        offer=search.offer,
        since=search.since,
        version=search.version,
        linked=linked[0] if linked else None,
    )


def requests(db: Session, viewer: Viewer, *, now: datetime) -> tuple[Wanted, ...]:
    """The requests that stand and that the viewer may know of, the one that waits longest first."""
    about = and_(TrainerRequest.id.in_(requests_visible_to(viewer)), TrainerRequest.ended_at.is_(None))
    return _wanted(db, about, now=now)


def request(db: Session, viewer: Viewer, request_id: int, *, now: datetime) -> Wanted:
    """One request. Raises: NotFound."""
    found = next((one for one in requests(db, viewer, now=now) if one.id == request_id), None)
    if found is None:
        raise NotFound
    return found


def organisations(db: Session, viewer: Viewer) -> list[tuple[int, str]]:
    """The organisations that the viewer may ask a trainer for, by name."""
    query = select(Organisation.id, Organisation.name).order_by(Organisation.folded_name)
    if not viewer.is_admin:
        query = query.where(Organisation.id.in_(viewer.contact_of))
    return [(row.id, row.name) for row in db.execute(query)]


def places_in_use(db: Session, *, most: int = 12) -> tuple[str, ...]:
    """Places that others name now: who writes the same name is found by it."""
    rows = [*db.scalars(select(TrainerRequest.regions).where(TrainerRequest.ended_at.is_(None)))]
    rows += db.scalars(select(GroupSearch.regions).where(GroupSearch.ended_at.is_(None)))
    return tuple(sorted({place for row in rows for place in row})[:most])


def looking_since(db: Session, *, before: datetime) -> list[tuple[int, datetime]]:
    """Who looks since before a moment and was brought together with nobody: person and since when, longest first."""
    linked = select(GroupLink.search_id).where(GroupLink.undone_at.is_(None))
    rows = db.execute(
        select(GroupSearch.person_id, GroupSearch.since)
        .where(GroupSearch.ended_at.is_(None), GroupSearch.since <= before, GroupSearch.id.not_in(linked))
        .order_by(GroupSearch.since)
    )
    return [(row.person_id, row.since) for row in rows]


def enrolments_looking() -> Select[int]:
    """The trainings of which somebody looks for a group, and was brought together with nobody."""
    linked = select(GroupLink.search_id).where(GroupLink.undone_at.is_(None))
    return (
        select(Enrolment.id)
        .join(Course, Course.id == Enrolment.course_id)
        .join(
            GroupSearch,
            and_(
                GroupSearch.person_id == Enrolment.person_id,
                GroupSearch.intervention_id == Course.intervention_id,
                GroupSearch.ended_at.is_(None),
            ),
        )
        .where(GroupSearch.id.not_in(linked))
    )


def asked_since(db: Session, *, before: datetime) -> list[tuple[str, datetime]]:
    """Which organisations wait for a trainer since before a moment: name and since when, longest first."""
    linked = select(GroupLink.request_id).where(GroupLink.undone_at.is_(None))
    rows = db.execute(
        select(Organisation.name, TrainerRequest.since)
        .join(Organisation, Organisation.id == TrainerRequest.organisation_id)
        .where(TrainerRequest.ended_at.is_(None), TrainerRequest.since <= before, TrainerRequest.id.not_in(linked))
        .order_by(TrainerRequest.since)
    )
    return [(row.name, row.since) for row in rows]


def _when(row: GroupSearch | TrainerRequest) -> When:
    days = tuple(Weekday(day) for day in row.days)
    return When(tuple(row.regions), days, tuple(PartOfDay(part) for part in row.parts))


def _wanted(db: Session, about: object, *, now: datetime) -> tuple[Wanted, ...]:
    rows = db.execute(
        select(
            TrainerRequest,
            Organisation.name.label("organisation"),
            Intervention.name.label("intervention"),
            GroupLink.linked_at,
            GroupSearch.id.label("search_id"),
            Person.name.label("trainer"),
        )
        .join(Organisation, Organisation.id == TrainerRequest.organisation_id)
        .join(Intervention, Intervention.id == TrainerRequest.intervention_id)
        .outerjoin(GroupLink, and_(GroupLink.request_id == TrainerRequest.id, GroupLink.undone_at.is_(None)))
        .outerjoin(GroupSearch, GroupSearch.id == GroupLink.search_id)
        .outerjoin(Person, Person.id == GroupSearch.person_id)
        .where(about)  # type: ignore[arg-type]
        .order_by(TrainerRequest.since, TrainerRequest.id)
    ).all()
    return tuple(
        Wanted(
            id=row.TrainerRequest.id,
            organisation_id=row.TrainerRequest.organisation_id,
            organisation=row.organisation,
            intervention=row.intervention,
            place=row.TrainerRequest.place,
            when=_when(row.TrainerRequest),
            goal_group=row.TrainerRequest.goal_group,
            contact_name=row.TrainerRequest.contact_name,
            contact_email=row.TrainerRequest.contact_email,
            contact_phone=row.TrainerRequest.contact_phone,
            since=row.TrainerRequest.since,
            waits_days=_days(row.TrainerRequest.since, now),
            version=row.TrainerRequest.version,
            trainer=row.trainer or "",
            search_id=row.search_id,
            linked_at=row.linked_at,
        )
        for row in rows
    )


def _seekers(db: Session, about: object, wanted: Sequence[Wanted], *, now: datetime) -> tuple[Seeker, ...]:
    rows = db.execute(
        select(GroupSearch, Intervention.name.label("intervention"))
        .join(Intervention, Intervention.id == GroupSearch.intervention_id)
        .where(about)  # type: ignore[arg-type]
        .order_by(GroupSearch.since, GroupSearch.id)
    ).all()
    people = cards(db, [row.GroupSearch.person_id for row in rows])
    asked = {one.id: one for one in db.scalars(select(TrainerRequest).where(TrainerRequest.ended_at.is_(None)))}
    told = contact_names(db, asked.values())
    found = []
    for row in rows:
        search, person = row.GroupSearch, people[row.GroupSearch.person_id]
        mine = wishes_of(search)
        choices = [
            Choice(one, fit(mine, wishes_of(asked[one.id])), told[one.id]) for one in wanted if one.linked_at is None
        ]
        found.append(
            Seeker(
                search_id=search.id,
                person_id=person.id,
                name=person.name,
                organisation=person.organisation,
                phone=person.phone,
                email=person.email,
                intervention=row.intervention,
                when=_when(search),
                offer=search.offer,
                since=search.since,
                waits_days=_days(search.since, now),
                version=search.version,
                linked=next((one for one in wanted if one.search_id == search.id), None),
                choices=tuple(sorted(choices, key=lambda choice: choice.fit.rank)),
            )
        )
    return tuple(found)


def _days(since: datetime, now: datetime) -> int:
    return (local_day(now) - local_day(since)).days
