"""The demo: an empty database becomes an academy of three and a half years, by the real actions only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import select

from app.certification import actions as certification
from app.certification.importing import TakenOver, take_over_some
from app.courses.actions import coaching, cohorts
from app.courses.commands import publish_folder
from app.courses.inputs import NewCohort
from app.courses.queries import interventions
from app.demo import people, words
from app.demo.coaches import tell as tell_of_coaches
from app.demo.course import Course, read_course
from app.demo.engine import Actor, Scene, Story
from app.demo.people import CITIES, Class, Colleague, Learner, Veteran, address_of
from app.demo.road import Road
from app.demo.rounds import Rounds
from app.demo.seeking import Seeking
from app.demo.stages import walk
from app.intervision.rules import Half, half_of
from app.kit.localtime import local_day
from app.kit.pictures import Photo, photo_from
from app.main import Parts
from app.people.actions import accounts, invitations, passwords, sign_in
from app.people.actions.first_admin import create_first_admin
from app.people.rules import Role
from app.people.tables import Invitation, Person
from app.practice.actions.keeping import expire_files
from app.settings import DEMO_PASSWORD

ROOT: Final = Path(__file__).parents[2]
COURSE: Final = "mijn-verhaal"
FIRST_DAY: Final = 1_290
LATE_BY: Final = 4  # days after the start from which somebody came later than her class


def tell(parts: Parts) -> bool:
    """Fill an empty database with the story. False, and nothing done, when somebody is there already."""
    with parts.database.reading() as db:
        if db.scalar(select(Person.id).limit(1)) is not None:
            return False
    _Telling(parts).tell()
    return True


@dataclass
class _Telling:
    """The whole of the story while it is being written."""

    parts: Parts
    cast: dict[str, Actor] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)
    edition_id: int = 0
    password_hash: str = ""

    def tell(self) -> None:
        self.password_hash = passwords.hash_password(DEMO_PASSWORD)
        folder = ROOT / self.parts.settings.courses_dir / COURSE
        photos = {name: photo_from((folder / "images" / name).read_bytes()) for name in words.CAPTIONS}
        story = Story(self.parts)
        self._open_the_doors(story, folder)
        story.play()
        with self.parts.database.reading() as db:
            course = read_course(db, self.edition_id, interventions(db)[0].id)
        for veteran in people.VETERANS:
            self._take_over(story, veteran, course)
        for class_ in (people.FINISHED, people.NEARLY_FINISHED, people.RUNNING):
            self._teach(story, class_, course, photos)
        self._ask_for_next(story)
        self._look_in(story)
        tell_of_coaches(story, self.cast)
        coaches = [self.cast[name] for name in (people.RUBEN, people.MARJOLEIN, people.SAMUEL, people.INEKE)]
        Rounds(story, course.intervention_id, self.cast[people.ADMIN], self.cast).tell(coaches)
        Seeking(story, self.cast, self.organisations, course.intervention_id).tell()
        story.play()
        _clean_up(self.parts)

    # The first days ------------------------------------------------------------------------------------------

    def _open_the_doors(self, story: Story, folder: Path) -> None:
        owner = self._actor(people.OWNER)
        story.at(story.moment(FIRST_DAY, "09:00"), partial(self._begin, owner, folder), who=owner)
        for number, colleague in enumerate(people.STAFF):
            actor = self._actor(colleague.name)
            asked = story.moment(FIRST_DAY - 1, f"10:{number * 5:02d}")
            story.at(asked, partial(self._ask_colleague, colleague), who=actor)
            story.at(story.moment(FIRST_DAY - 4 - number % 3, "11:20"), partial(self._come_in, actor), who=actor)

    def _begin(self, owner: Actor, folder: Path, scene: Scene) -> None:
        db, now, keyring = scene.db, scene.now, scene.parts.keyring
        for name, city in CITIES.items():
            self.organisations[name] = accounts.ensure_organisation(db, name=name, city=city, now=now)
        token = create_first_admin(db, name=owner.name, email=owner.email, keyring=keyring, now=now)
        owner.person_id = self._accept(owner, token, scene)
        self.edition_id = publish_folder(db, folder, storage=scene.parts.storage, now=now, by_id=owner.person_id)

    def _ask_colleague(self, colleague: Colleague, scene: Scene) -> None:
        owner, actor = scene.as_(self.cast[people.OWNER]), self.cast[colleague.name]
        self._write_down(actor, colleague.organisation, scene, by_id=owner.id, phone=colleague.phone)
        accounts.grant_role(
            scene.db,
            by=owner,
            person_id=actor.person_id,
            role=colleague.role,
            organisation_id=self.organisations.get(colleague.organisation),
            intervention=COURSE if colleague.role is Role.COACH else "",
            now=scene.now,
        )
        self._invite(actor, scene, by=self.cast[people.OWNER])

    # Trainers from before ------------------------------------------------------------------------------------

    def _take_over(self, story: Story, veteran: Veteran, course: Course) -> None:
        actor = self._actor(veteran.name)
        story.at(story.moment(veteran.taken_over, "14:10"), partial(self._import, veteran, course), who=actor)
        story.at(story.moment(veteran.taken_over - 4, "19:45"), partial(self._come_in, actor), who=actor)

    def _import(self, veteran: Veteran, course: Course, scene: Scene) -> None:
        admin, actor = scene.as_(self.cast[people.ADMIN]), self.cast[veteran.name]
        self._write_down(actor, veteran.organisation, scene, by_id=admin.id)
        since = local_day(scene.now) - timedelta(days=365 * veteran.trained_years_before + 40)
        take_over_some(
            scene.db,
            by_id=admin.id,
            intervention_id=course.intervention_id,
            people=[TakenOver(actor.person_id, since, veteran.intervisions)],
            now=scene.now,
        )
        self._invite(actor, scene, by=self.cast[people.ADMIN])

    # Classes -------------------------------------------------------------------------------------------------

    def _teach(self, story: Story, class_: Class, course: Course, photos: Mapping[str, Photo]) -> None:
        starts_on = story.day(class_.started)
        ends_on = starts_on + timedelta(days=class_.lasts)
        given = self._cohort(season_of(starts_on), starts_on, ends_on, class_.seats)
        group = _Group(given)
        story.at(story.moment(class_.started + 30, "10:20"), partial(self._make, group))
        in_time = [one for one in class_.people if one.came >= class_.started - LATE_BY]
        story.at(story.moment(class_.started + 6, "11:05"), partial(self._welcome, group, in_time))
        for learner in class_.people:
            actor = self._actor(learner.name)
            if learner not in in_time:
                asked = story.moment(learner.came + 3, "11:05")
                story.at(asked, partial(self._welcome, group, [learner]), who=actor)
            story.at(story.moment(learner.came, "18:30"), partial(self._come_in, actor), who=actor)
            walk(Road(story, course, actor, self.cast.get(learner.coach), photos), learner)
            if learner.stage == "certified":
                story.at(story.moment(learner.decided, "15:40"), partial(self._grant, actor), who=actor)
            elif learner.stage == "withdrawn":
                stops = story.moment(learner.came - 60, "09:50")
                story.at(stops, partial(self._withdraw, group, actor), who=actor)

    def _ask_for_next(self, story: Story) -> None:
        """The class after the running one: made, and nobody of it came in yet."""
        starts_on = next_start(story.today, after=season_of(story.day(people.RUNNING.started)))
        name = season_of(starts_on)
        group = _Group(self._cohort(name, starts_on, starts_on + timedelta(days=270), people.NEXT_SEATS))
        story.at(story.moment(25, "10:20"), partial(self._make, group))
        for invited in people.NEXT:
            actor = self._actor(invited.name)
            learner = Learner(invited.name, invited.organisation, "reading", 0, people.MARJOLEIN)
            story.at(story.exactly(invited.invited, "13:15"), partial(self._welcome, group, [learner]), who=actor)

    def _look_in(self, story: Story) -> None:
        """Those who mostly look: they were here lately."""
        for name, ago in people.LOOKED_IN:
            actor = self.cast[name]
            story.at(story.moment(ago, "11:45"), partial(_sign_in, actor), who=actor)

    def _cohort(self, name: str, starts_on: date, ends_on: date, seats: int) -> NewCohort:
        return NewCohort(
            edition_id=self.edition_id,
            name=name,
            starts_on=starts_on,
            ends_on=ends_on,
            seats=seats,
            contact_id=self.cast[people.ADMIN].person_id,
        )

    def _make(self, group: _Group, scene: Scene) -> None:
        by = scene.as_(self.cast[people.OWNER])
        group.id = cohorts.make_cohort(scene.db, by=by, given=group.given, now=scene.now)

    def _welcome(self, group: _Group, learners: Sequence[Learner], scene: Scene) -> None:
        """Write people down, give them a seat and a coach, and write to them."""
        by = scene.as_(self.cast[people.ADMIN])
        for learner in learners:
            actor = self.cast[learner.name]
            self._write_down(actor, learner.organisation, scene, by_id=by.id, phone=learner.phone)
        actors = [self.cast[learner.name] for learner in learners]
        ids = [actor.person_id for actor in actors]
        enrolments = cohorts.enrol(scene.db, by=by, cohort_id=group.id, person_ids=ids, now=scene.now)
        for actor, enrolment_id in zip(actors, enrolments, strict=True):
            actor.enrolment_id = enrolment_id
        for coach in sorted({learner.coach for learner in learners if learner.coach}):
            mine = [self.cast[learner.name].enrolment_id for learner in learners if learner.coach == coach]
            coach_id = self.cast[coach].person_id
            coaching.assign_coaches(scene.db, by=by, enrolment_ids=mine, coach_id=coach_id, now=scene.now)
        cohorts.invite(
            scene.db,
            by=by,
            cohort_id=group.id,
            enrolment_ids=enrolments,
            own_text=words.INVITATION,
            keyring=scene.parts.keyring,
            now=scene.now,
        )

    def _grant(self, actor: Actor, scene: Scene) -> None:
        by = scene.as_(self.cast[people.ADMIN])
        certification.grant(scene.db, by=by, enrolment_id=actor.enrolment_id, now=scene.now)

    def _withdraw(self, group: _Group, actor: Actor, scene: Scene) -> None:
        by = scene.as_(self.cast[people.ADMIN])
        cohorts.withdraw(scene.db, by=by, cohort_id=group.id, enrolment_id=actor.enrolment_id, now=scene.now)

    # People --------------------------------------------------------------------------------------------------

    def _actor(self, name: str) -> Actor:
        return self.cast.setdefault(name, Actor(name, address_of(name)))

    def _write_down(self, actor: Actor, organisation: str, scene: Scene, *, by_id: int, phone: str = "") -> None:
        actor.person_id = accounts.add_person(
            scene.db,
            by_id=by_id,
            name=actor.name,
            email=actor.email,
            organisation_id=self.organisations.get(organisation),
            now=scene.now,
            phone=phone,
        )

    def _invite(self, actor: Actor, scene: Scene, *, by: Actor) -> None:
        invitations.invite(
            scene.db,
            by=scene.as_(by),
            person_ids=[actor.person_id],
            own_text="",
            keyring=scene.parts.keyring,
            now=scene.now,
        )

    def _come_in(self, actor: Actor, scene: Scene) -> None:
        """Open the link of the mail."""
        found = scene.db.scalars(select(Invitation).where(Invitation.person_id == actor.person_id)).one()
        token = scene.parts.keyring.matching_token(invitations.PURPOSE, found.nonce, found.token_hash)
        self._accept(actor, token, scene)

    def _accept(self, actor: Actor, token: str, scene: Scene) -> int:
        """Accept, choose the password, and close the browser."""
        person_id, session = invitations.accept_invitation(
            scene.db, token=token, now=scene.now, device=actor.device, proved=True
        )
        cohorts.confirm_enrolments(scene.db, person_id=person_id, now=scene.now)
        passwords.set_password(scene.db, person_id=person_id, password_hash=self.password_hash, now=scene.now)
        sign_in.end_session_of_token(scene.db, token=session, now=scene.now)
        return person_id


def _sign_in(actor: Actor, scene: Scene) -> None:
    scene.as_(actor)


@dataclass
class _Group:
    """An opleidingsgroep; its id comes when it is made."""

    given: NewCohort
    id: int = 0


def _clean_up(parts: Parts) -> None:
    """What the nights of all those years would have taken away: else it goes before the eyes of who looks first."""
    with parts.database.writing() as db:
        expired = expire_files(db, now=parts.clock.now())
    for key in expired.keys:
        parts.storage.delete(key)


def season_of(day: date) -> str:
    """How a class is called: by the half-year that it starts in."""
    return f"{'Voorjaar' if half_of(day) is Half.SPRING else 'Najaar'} {day.year}"


def next_start(today: date, *, after: str) -> date:
    """The first Monday in three weeks; early in the next half-year when this one has its class already."""
    day = today + timedelta(days=21)
    while season_of(day) == after or day.weekday() != 0:
        day += timedelta(days=1)
    return day
