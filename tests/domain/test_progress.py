"""Who is where: whose turn it is, who stands still, what stops people; the same in one read for however many."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import event, insert, select, update

from app.certification.keeping_up import late_reading
from app.courses.actions import cohorts
from app.courses.tables import CoachAssignment, Enrolment, EnrolmentExtension
from app.kit.errors import NotFound
from app.kit.localtime import local_day
from app.kit.storage import folder
from app.people.actions.accounts import revoke_role
from app.people.queries import viewer_for
from app.people.rules import Role
from app.practice.rules.turns import Awaited
from app.practice.tables.work import AssignmentRecord
from app.reports.following import coached_by, in_cohort, standing_still, watched
from app.reports.progress import Asked, Show, asked_for, coach_progress, cohort_progress
from app.reports.worklist import Work, work_list
from app.theory.stumbling import check_results
from app.theory.tables import LessonCompletion, QuizAttempt
from tests.following import FIRST, attempt, crowd
from tests.page import ENGINE_WORDS
from tests.people import KEYRING, make_person
from tests.seeking import look
from tests.trained import Training, finish_theory, in_training, sign_everything

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.reports.following import Following

DAY: Final = timedelta(days=1)
PAGE_MOST: Final = 9  # beside the one that finds the viewer


class World:
    """Noor in training since now, with Ruben; more people come by `add`."""

    def __init__(self, database: Database, clock: MovableClock, place: Path) -> None:
        self.database, self.clock = database, clock
        with database.writing() as db:
            self.training: Training = in_training(db, folder(place), now=clock.now())
            self.ruben = viewer_for(db, self.training.cast.ruben.id)  # with the role for this course
        self.noor, self.fatma = self.training.enrolment_id, self.training.cast.fatma

    def add(self, db: Session, name: str, *, come_in: bool = True, invite: bool = True) -> int:
        """Somebody more in the cohort, coached by Ruben."""
        now, id_ = self.clock.now(), make_person(db, name, now=self.clock.now())
        [enrolment] = cohorts.enrol(db, by=self.fatma, cohort_id=self.training.cohort_id, person_ids=[id_], now=now)
        db.execute(insert(CoachAssignment).values(enrolment_id=enrolment, coach_id=self.ruben.id, since=now, reason=""))
        if invite:
            cohorts.invite(
                db,
                by=self.fatma,
                cohort_id=self.training.cohort_id,
                enrolment_ids=[enrolment],
                own_text="Welkom",
                keyring=KEYRING,
                now=now,
            )
        if come_in:
            cohorts.confirm_enrolments(db, person_id=id_, now=now)
        return enrolment

    def read(self, db: Session, enrolment_id: int, lesson: str) -> None:
        edition = self.training.edition_id
        row = {"enrolment_id": enrolment_id, "edition_id": edition, "lesson_slug": lesson}
        db.execute(insert(LessonCompletion).values(**row, completed_at=self.clock.now()))

    def everybody(self) -> dict[int, Following]:
        with self.database.reading() as db:
            found = in_cohort(db, self.training.cohort_id, now=self.clock.now())
        return {one.enrolment.id: one for one in found}

    def shown(self, show: Show, days: int | None = None) -> list[int]:
        with self.database.reading() as db:
            asked = Asked(show=show, days=days)
            found = asked_for(db, self.fatma, self.training.cohort_id, asked, now=self.clock.now())
        return [one.enrolment.id for one in found]

    def still(self) -> list[int]:
        """As the work list finds them: the database looks first, then the rule."""
        with self.database.reading() as db:
            return [one.enrolment.id for one in standing_still(db, now=self.clock.now())]


@pytest.fixture
def world(database: Database, clock: MovableClock, tmp_path: Path) -> World:
    return World(database, clock, tmp_path / "files")


def test_whose_turn_it_is_from_the_list_to_the_certificate(world: World) -> None:
    with world.database.writing() as db:
        listed = world.add(db, "Lies Bos", come_in=False, invite=False)
        invited = world.add(db, "Ida Vos", come_in=False)
        reading = world.add(db, "Rosa Kok")
        seeking = world.add(db, "Zara Dal")
        done = world.add(db, "Dina Roos")
        begun = world.add(db, "Bea Smit")
        for one in (seeking, done, begun):
            finish_theory(db, world.training, now=world.clock.now(), enrolment_id=one)
        look(db, viewer_for(db, person_of(db, seeking)), now=world.clock.now())
        sign_everything(db, world.training, now=world.clock.now(), enrolment_id=done)
        world.read(db, reading, "een-afspraak")
        db.execute(update(Enrolment).where(Enrolment.id == world.noor).values(paused_at=world.clock.now()))
    found = {id_: one.awaited for id_, one in world.everybody().items()}
    assert found == {
        listed: Awaited.INVITE,
        invited: Awaited.COME_IN,
        reading: Awaited.LEARN,
        seeking: Awaited.BRING_TOGETHER,
        done: Awaited.DECIDE,
        begun: Awaited.FIND_GROUP,
        world.noor: Awaited.PAUSE,
    }
    assert world.shown(Show.NOT_BEGUN) == [invited, listed]  # by name; who is paused is asked nothing
    assert world.shown(Show.THEORY_DONE) == [begun, done, seeking]
    assert world.shown(Show.ADMIN) == [done, listed, seeking]
    assert (world.shown(Show.PAUSED), world.shown(Show.COACH)) == ([world.noor], [])

    world.clock.advance(15 * DAY)
    assert world.everybody()[invited].awaited is Awaited.INVITE_AGAIN
    # Only who is to act herself stands still; who was invited and did not come in is another matter.
    assert world.shown(Show.STILL) == [begun, reading]
    assert set(world.still()) == {begun, reading}

    world.clock.advance(400 * DAY)
    assert world.everybody()[reading].awaited is Awaited.MORE_TIME
    with world.database.writing() as db:
        db.execute(
            insert(EnrolmentExtension),
            [
                {"enrolment_id": reading, "days": 180, "granted_at": world.clock.now(), "granted_by_id": world.fatma.id}
                for _ in range(2)
            ],
        )
    assert world.everybody()[reading].awaited is Awaited.LEARN
    assert (world.shown(Show.STILL), world.still()) == ([reading], [reading])


def person_of(db: Session, enrolment_id: int) -> int:
    return db.scalars(select(Enrolment.person_id).where(Enrolment.id == enrolment_id)).one()


def test_a_step_ends_standing_still_and_days_count_from_the_last(world: World) -> None:
    """Fourteen days by the policy: not a day earlier. Seven or thirty when somebody asks for that."""
    world.clock.advance(13 * DAY)
    assert (world.shown(Show.STILL), world.still()) == ([], [])
    assert world.shown(Show.STILL, 7) == [world.noor]
    world.clock.advance(DAY)
    assert world.shown(Show.STILL) == world.still() == [world.noor]
    assert world.shown(Show.STILL, 30) == []
    assert (world.everybody()[world.noor].last_step, world.everybody()[world.noor].quiet) == (None, 14)
    with world.database.writing() as db:
        world.read(db, world.noor, "een-afspraak")
        db.execute(
            insert(QuizAttempt).values(
                enrolment_id=world.noor,
                edition_id=world.training.edition_id,
                **attempt(world.clock.now() + 5 * DAY, {"k1": [1], "k2": [1]}, passed=False),
            )
        )
    assert (world.shown(Show.STILL), world.still()) == ([], [])
    world.clock.advance(14 * DAY)  # to try is no step: who fails a check and stops is stuck
    assert world.still() == [world.noor]
    one = world.everybody()[world.noor]
    assert (one.quiet, one.theory.next.slug if one.theory.next else "") == (14, "samen-iets-maken")


def test_the_database_and_the_rule_find_the_same_people(world: World) -> None:
    """What the work list asks of the database leaves nobody out that the rule would name."""
    with world.database.writing() as db:
        crowd(db, world.training, 60, now=world.clock.now())
    for _ in range(3):
        by_rule = {id_ for id_, one in world.everybody().items() if one.stands_still()}
        assert set(world.still()) == by_rule
        with world.database.reading() as db:
            watching = {one.enrolment.id for one in watched(db, now=world.clock.now())}
        assert by_rule <= watching
        world.clock.advance(6 * DAY)
    assert len(by_rule) > 30


def test_a_coach_sees_her_own_people_and_no_others(world: World) -> None:
    with world.database.writing() as db:
        crowd(db, world.training, 8, now=world.clock.now())
        db.execute(update(CoachAssignment).where(CoachAssignment.enrolment_id == FIRST).values(coach_id=world.fatma.id))
    with world.database.reading() as db:
        page = coach_progress(db, world.ruben, Asked(), now=world.clock.now())
        assert {row.enrolment_id for row in page.rows} == {world.noor, *range(FIRST + 1, FIRST + 8)}
        assert {row.href for row in page.rows} == {f"/coach/mensen/{row.enrolment_id}" for row in page.rows}
        assert coached_by(db, world.training.cast.noor, now=world.clock.now()) == []
        for who in (world.ruben, world.training.cast.noor):
            with pytest.raises(NotFound):
                cohort_progress(db, who, world.training.cohort_id, Asked(), now=world.clock.now())
        with pytest.raises(NotFound):
            cohort_progress(db, world.fatma, 999, Asked(), now=world.clock.now())
    with world.database.writing() as db:
        revoke_role(
            db, by=world.fatma, person_id=world.ruben.id, role=Role.COACH, intervention="kort", now=world.clock.now()
        )
    with world.database.reading() as db:
        assert coached_by(db, viewer_for(db, world.ruben.id), now=world.clock.now()) == []


def test_where_people_are_and_which_question_goes_wrong(world: World) -> None:
    """Of four people no question is told; from five on the one with the largest share. Erased answers do not count."""
    now = world.clock.now()

    def page() -> Any:
        with world.database.reading() as db:
            return cohort_progress(db, world.fatma, world.training.cohort_id, Asked(), now=now)

    with world.database.writing() as db:
        crowd(db, world.training, 16, now=now)
    stops = {(stop.kind, stop.title): stop for stop in page().stops}
    first = stops["lesson", "Een afspraak"]
    assert (first.people, first.names, first.half) == (5, ("Extra 0000 Mens", "Extra 0004 Mens", "Extra 0008 Mens"), 40)
    quiz = next(stop for (kind, _), stop in stops.items() if kind == "quiz")
    assert (quiz.people, quiz.half) == (4, 10)  # 2, 6, 10 and 14 days ago
    [check] = page().checks
    assert (check.result.attempts, check.result.people, check.result.first_time) == (4, 4, 4)
    assert check.result.stumble is None
    with world.database.writing() as db:
        crowd(db, world.training, 4, now=now, begin=16)
        failed = attempt(now, {"k1": [2], "k2": [0]}, passed=False) | {"enrolment_id": world.noor}
        again = attempt(now, {"k1": [1], "k2": [0]}, number=2, passed=False) | {"enrolment_id": world.noor}
        db.execute(insert(QuizAttempt), [one | {"edition_id": world.training.edition_id} for one in (failed, again)])
    [check] = page().checks
    assert (check.result.attempts, check.result.people, check.result.first_time) == (7, 6, 5)
    assert check.result.stumble is not None
    assert (check.result.stumble.wrong, check.result.stumble.of) == (4, 6)  # her second try does not count again
    assert check.result.stumble.question == "Jij vertelt de groep wat een werkstuk betekent."
    with world.database.writing() as db:
        two = select(QuizAttempt.id).where(QuizAttempt.enrolment_id >= FIRST).limit(2)
        db.execute(update(QuizAttempt).where(QuizAttempt.id.in_(two)).values(answers={}))
    [check] = page().checks
    assert (check.result.people, check.result.stumble) == (6, None)
    with world.database.reading() as db:
        assert check_results(db, []) == []


@pytest.mark.parametrize("scope", ["cohort", "coach"])
def test_a_page_asks_as_little_for_a_thousand_as_for_ten(world: World, scope: str) -> None:
    asked = []
    for begin, more in ((0, 10), (10, 90), (100, 900)):
        with world.database.writing() as db:
            crowd(db, world.training, more, now=world.clock.now(), begin=begin)
        look_at(world, scope, begin + more)  # the first look also reads the edition, once for each process
        statements = look_at(world, scope, begin + more)
        asked.append(len(statements))
    assert asked[0] == asked[1] == asked[2] <= PAGE_MOST, statements


def look_at(world: World, scope: str, number: int) -> list[str]:
    """The statements of one page about so many people and Noor; it shows a hundred at most."""
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(ENGINE_WORDS):
            statements.append(statement)

    event.listen(world.database.reader, "before_cursor_execute", count)
    try:
        with world.database.reading() as db:
            if scope == "coach":
                page = coach_progress(db, world.ruben, Asked(), now=world.clock.now())
            else:
                page = cohort_progress(db, world.fatma, world.training.cohort_id, Asked(), now=world.clock.now())
    finally:
        event.remove(world.database.reader, "before_cursor_execute", count)
    assert (page.total, len(page.rows)) == (number + 1, min(number + 1, 100))
    assert page.next == (100 if number >= 100 else None)
    return statements


def test_the_work_list_tells_of_who_stands_still_once(world: World) -> None:
    def lines() -> dict[Work, Any]:
        with world.database.reading() as db:
            assert late_reading(db, local_day(world.clock.now())) is None
            found = work_list(db, now=world.clock.now(), first_steps_open=False).lines
        return {line.what: line for line in found}

    assert Work.STANDING_STILL not in lines()
    world.clock.advance(14 * DAY)
    line = lines()[Work.STANDING_STILL]
    assert (line.count, line.names) == (1, ("Noor de Wit",))
    assert line.href == f"/beheer/opleidingsgroepen/{world.training.cohort_id}/voortgang?toon=stil"
    assert line.since == (world.clock.now() - 14 * DAY).date()
    world.clock.advance(300 * DAY)  # past its end: that is another line, for somebody else to act on
    found = lines()
    assert Work.STANDING_STILL not in found
    assert found[Work.OVER_TIME].names == ("Noor de Wit",)


def test_a_decision_is_a_step_in_whatever_attempt(world: World) -> None:
    """Handed in and decided on: the next attempt begins that day, not when the record was made."""
    with world.database.writing() as db:
        finish_theory(db, world.training, now=world.clock.now())
        sign_everything(db, world.training, now=world.clock.now() + 20 * DAY)
        db.execute(update(AssignmentRecord).values(attempt=2))
    world.clock.advance(30 * DAY)
    one = world.everybody()[world.noor]
    assert one.last_step is not None
    assert one.quiet < 12
    assert not one.stands_still()
