"""A round from plan to learning point, on both databases."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.intervision import actions
from app.intervision.inputs import LearningPointGiven, SessionGiven
from app.intervision.queries import facts, own, rounds
from app.intervision.rules import Half, RoundState
from app.intervision.tables import IntervisionRound, LearningPoint
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import NotFound, Refused
from app.kit.localtime import end_of, instant
from app.kit.storage import folder
from app.ledger.tables import LedgerContent, LedgerEvent
from app.meetings import queries as meetings
from app.meetings.actions import attendance, own_data, planning
from app.meetings.rules import AnswerTo, Attendance, Mark, MeetingState
from app.meetings.tables import Meeting, MeetingSignup
from app.outbox.tables import Message
from tests.intervision import CLOSES, DAY, FACTS, add_session, make_round, place_of, publish
from tests.people import Cast, make_cast, make_person

START = instant(DAY, time(13, 30))
END = instant(DAY, time(16))


@dataclass
class Stage:
    """A published round with one meeting, Noor and Joris invited."""

    database: Database
    clock: MovableClock
    cast: Cast
    round_id: int
    meeting_id: int

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def do(self, work: Callable[[Session], Any]) -> Any:
        with self.database.writing() as db:
            return work(db)

    def see(self, work: Callable[[Session], Any]) -> Any:
        with self.database.reading() as db:
            return work(db)

    def place(self, person_id: int, meeting_id: int | None = None) -> int:
        return int(self.see(lambda db: place_of(db, person_id, meeting_id or self.meeting_id)))

    def answer(self, person_id: int, answer: str, meeting_id: int | None = None) -> bool:
        signup_id = self.place(person_id, meeting_id)
        return bool(
            self.do(
                lambda db: actions.answer(
                    db, signup_id=signup_id, answer=AnswerTo(answer), actor_id=person_id, now=self.now
                )
            )
        )

    def signup(self, person_id: int) -> MeetingSignup:
        found: MeetingSignup = self.see(lambda db: db.get_one(MeetingSignup, place_of(db, person_id, self.meeting_id)))
        return found

    def meeting(self, meeting_id: int | None = None) -> Meeting:
        found: Meeting = self.see(lambda db: db.get_one(Meeting, meeting_id or self.meeting_id))
        return found

    def messages(self, *kinds: str) -> list[tuple[str, int]]:
        query = select(Message.kind, Message.person_id).order_by(Message.id)
        rows = self.see(lambda db: db.execute(query.where(Message.kind.in_(kinds)) if kinds else query).all())
        return [(row.kind, row.person_id) for row in rows]

    def events(self, action: str) -> int:
        query = select(func.count()).select_from(LedgerEvent).where(LedgerEvent.action == action)
        return int(self.see(lambda db: db.scalar(query)))


@pytest.fixture
def stage(database: Database, clock: MovableClock) -> Stage:
    now = clock.now()
    with database.writing() as db:
        cast = make_cast(db, now=now)
        round_id = make_round(db, cast.fatma, now=now)
        meeting_id = add_session(db, cast.fatma, round_id, now=now)
        publish(db, cast.fatma, round_id, cast.noor.id, cast.joris.id, now=now)
    return Stage(database, clock, cast, round_id, meeting_id)


def at_once(jobs: list[Callable[[], Any]]) -> Counter[str]:
    """Start all jobs together and count how they ended: 'True', 'False' or the code of the refusal."""
    ready = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> str:
        ready.wait(timeout=20)
        try:
            return str(job())
        except Refused as refused:
            return refused.code

    with ThreadPoolExecutor(len(jobs)) as pool:
        return Counter(pool.map(run, jobs))


# Planning and publishing


def test_a_round_is_made_once_for_each_half_year(stage: Stage) -> None:
    with pytest.raises(Refused, match="round_exists"):
        stage.do(lambda db: make_round(db, stage.cast.fatma, now=stage.now))
    assert stage.events("intervision.round_made") == 1


def test_a_last_day_in_the_past_is_refused(stage: Stage) -> None:
    with pytest.raises(Refused, match="day_in_past"):
        stage.do(
            lambda db: actions.change_closing(
                db, by=stage.cast.fatma, round_id=stage.round_id, day=date(2026, 11, 22), now=stage.now
            )
        )


def test_another_last_day_holds_for_published_meetings_too(stage: Stage) -> None:
    later = CLOSES + timedelta(days=3)
    stage.do(
        lambda db: actions.change_closing(db, by=stage.cast.fatma, round_id=stage.round_id, day=later, now=stage.now)
    )
    assert stage.meeting().signup_closes_at == end_of(later)


def test_publishing_invites_each_trainer_once(stage: Stage) -> None:
    assert stage.messages() == [
        ("intervision.invitation", stage.cast.noor.id),
        ("intervision.invitation", stage.cast.joris.id),
    ]
    assert stage.meeting().published_at == stage.now
    assert stage.meeting().signup_closes_at == end_of(CLOSES)
    with pytest.raises(Refused, match="nobody_to_invite"):
        stage.do(lambda db: publish(db, stage.cast.fatma, stage.round_id, stage.cast.noor.id, now=stage.now))


def test_a_new_trainer_and_a_new_meeting_are_invited_afterwards(stage: Stage) -> None:
    cast = stage.cast
    sent = stage.do(
        lambda db: publish(db, cast.fatma, stage.round_id, cast.noor.id, cast.joris.id, cast.ruben.id, now=stage.now)
    )
    assert sent == 1
    second = stage.do(lambda db: add_session(db, cast.fatma, stage.round_id, now=stage.now, day=date(2026, 12, 15)))
    sent = stage.do(lambda db: publish(db, cast.fatma, stage.round_id, cast.noor.id, cast.joris.id, now=stage.now))
    assert sent == 2
    assert stage.meeting(second).published_at is not None
    assert Counter(stage.messages("intervision.invitation"))[("intervision.invitation", cast.noor.id)] == 2


def test_who_leads_a_meeting_is_invited_to_it(stage: Stage) -> None:
    cast = stage.cast
    second = stage.do(
        lambda db: add_session(
            db, cast.fatma, stage.round_id, now=stage.now, day=date(2026, 12, 15), facilitator=cast.ruben.id
        )
    )
    stage.do(lambda db: publish(db, cast.fatma, stage.round_id, now=stage.now))
    assert stage.place(cast.ruben.id, second)
    assert ("intervision.invitation", cast.ruben.id) in stage.messages()


def test_two_admins_publishing_at_once_send_each_mail_once(database: Database, clock: MovableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        cast = make_cast(db, now=now)
        people = [make_person(db, f"Trainer{n} Test", now=now, account=False) for n in range(12)]
        round_id = make_round(db, cast.fatma, now=now)
        add_session(db, cast.fatma, round_id, now=now)

    def work() -> int:
        with database.writing() as db:
            return publish(db, cast.fatma, round_id, *people, now=now)

    assert at_once([work, work]) == {"12": 1, "nobody_to_invite": 1}
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Message)) == 12
        assert db.scalar(select(func.count()).select_from(MeetingSignup)) == 12


def test_nothing_goes_out_without_a_meeting_or_after_the_last_day(stage: Stage) -> None:
    stage.clock.set(end_of(CLOSES))
    with pytest.raises(Refused, match="closing_passed"):
        stage.do(lambda db: publish(db, stage.cast.fatma, stage.round_id, stage.cast.ruben.id, now=stage.now))
    stage.clock.set(START)
    with pytest.raises(Refused, match="no_meeting_ahead"):
        stage.do(lambda db: publish(db, stage.cast.fatma, stage.round_id, stage.cast.ruben.id, now=stage.now))


# Answering


def test_yes_takes_a_seat_and_is_confirmed(stage: Stage) -> None:
    assert stage.answer(stage.cast.noor.id, "yes")
    assert stage.meeting().taken == 1
    signup = stage.signup(stage.cast.noor.id)
    assert (signup.answer, signup.sequence) == ("yes", 1)
    assert stage.messages("meetings.seat_confirmed") == [("meetings.seat_confirmed", stage.cast.noor.id)]
    assert stage.events("meetings.answered") == 1


def test_the_same_answer_again_changes_nothing(stage: Stage) -> None:
    stage.answer(stage.cast.noor.id, "yes")
    assert not stage.answer(stage.cast.noor.id, "yes")
    assert stage.meeting().taken == 1
    assert len(stage.messages("meetings.seat_confirmed")) == 1


def test_no_gives_the_seat_back_and_the_last_answer_counts(stage: Stage) -> None:
    for answer in ("yes", "no", "yes", "no"):
        stage.answer(stage.cast.noor.id, answer)
    assert stage.meeting().taken == 0
    assert stage.signup(stage.cast.noor.id).sequence == 4
    assert len(stage.messages("meetings.seat_given_up")) == 2


def test_declining_without_a_seat_sends_nothing(stage: Stage) -> None:
    stage.answer(stage.cast.noor.id, "no")
    assert stage.messages("meetings.seat_given_up", "meetings.seat_confirmed") == []


def test_after_the_last_day_a_seat_can_only_be_given_up(stage: Stage) -> None:
    stage.answer(stage.cast.noor.id, "yes")
    stage.clock.set(end_of(CLOSES))
    with pytest.raises(Refused, match="signup_closed"):
        stage.answer(stage.cast.joris.id, "yes")
    with pytest.raises(Refused, match="signup_closed"):
        stage.answer(stage.cast.joris.id, "no")
    assert stage.answer(stage.cast.noor.id, "no")
    with pytest.raises(Refused, match="signup_closed"):
        stage.answer(stage.cast.noor.id, "yes")
    assert stage.meeting().taken == 0


def test_a_meeting_that_began_or_was_called_off_takes_no_answers(stage: Stage) -> None:
    stage.answer(stage.cast.noor.id, "yes")
    stage.clock.set(START)
    with pytest.raises(Refused, match="meeting_past"):
        stage.answer(stage.cast.noor.id, "no")
    stage.clock.set(START - timedelta(days=8))
    stage.do(
        lambda db: planning.cancel(db, by=stage.cast.fatma, meeting_id=stage.meeting_id, own_text="", now=stage.now)
    )
    with pytest.raises(Refused, match="meeting_cancelled"):
        stage.answer(stage.cast.joris.id, "yes")


def test_a_full_meeting_refuses_and_keeps_the_answer_as_it_was(stage: Stage) -> None:
    with stage.database.writing() as db:
        meeting = db.get_one(Meeting, stage.meeting_id)
        meeting.seats, meeting.taken = 8, 8
    with pytest.raises(Refused, match="meeting_full"):
        stage.answer(stage.cast.noor.id, "yes")
    assert stage.signup(stage.cast.noor.id).answer == ""
    assert stage.messages("meetings.seat_confirmed") == []


def test_thirty_people_on_twelve_seats_are_exactly_twelve(database: Database, clock: MovableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        cast = make_cast(db, now=now)
        people = [make_person(db, f"Trainer{n} Test", now=now, account=False) for n in range(30)]
        round_id = make_round(db, cast.fatma, now=now)
        meeting_id = add_session(db, cast.fatma, round_id, now=now)
        publish(db, cast.fatma, round_id, *people, now=now)
        places = [place_of(db, person_id, meeting_id) for person_id in people]

    def yes(signup_id: int) -> Callable[[], bool]:
        def work() -> bool:
            with database.writing() as db:
                return actions.answer(db, signup_id=signup_id, answer=AnswerTo.YES, actor_id=None, now=now)

        return work

    assert at_once([yes(signup_id) for signup_id in places]) == {"True": 12, "meeting_full": 18}
    with database.reading() as db:
        assert db.get_one(Meeting, meeting_id).taken == 12
        seated = select(func.count()).select_from(MeetingSignup).where(MeetingSignup.answer == "yes")
        assert db.scalar(seated) == 12
        confirmed = select(func.count()).select_from(Message).where(Message.kind == "meetings.seat_confirmed")
        assert db.scalar(confirmed) == 12


def test_one_person_twice_at_once_gets_one_seat(stage: Stage) -> None:
    jobs: list[Callable[[], Any]] = [lambda: stage.answer(stage.cast.noor.id, "yes")] * 8
    assert at_once(jobs) == {"True": 1, "False": 7}
    assert stage.meeting().taken == 1
    assert len(stage.messages("meetings.seat_confirmed")) == 1


def test_another_day_in_the_round_gives_the_first_seat_back(stage: Stage) -> None:
    cast = stage.cast
    second = stage.do(lambda db: add_session(db, cast.fatma, stage.round_id, now=stage.now, day=date(2026, 12, 15)))
    stage.do(lambda db: publish(db, cast.fatma, stage.round_id, cast.noor.id, now=stage.now))
    stage.answer(cast.noor.id, "yes")
    stage.answer(cast.noor.id, "yes", second)
    assert (stage.meeting().taken, stage.meeting(second).taken) == (0, 1)
    assert stage.messages("meetings.seat_confirmed", "meetings.seat_given_up") == [
        ("meetings.seat_confirmed", cast.noor.id),
        ("meetings.seat_confirmed", cast.noor.id),
        ("meetings.seat_given_up", cast.noor.id),
    ]
    jobs: list[Callable[[], Any]] = [
        lambda: stage.answer(cast.noor.id, "yes"),
        lambda: stage.answer(cast.noor.id, "yes", second),
    ]
    at_once(jobs * 4)
    assert stage.meeting().taken + stage.meeting(second).taken == 1


# Changing and calling off


def changed(stage: Stage, *, version: int | None = None, **changes: Any) -> list[int]:
    given = SessionGiven(**(FACTS | changes))
    told: list[int] = stage.do(
        lambda db: actions.change_session(
            db,
            by=stage.cast.fatma,
            meeting_id=stage.meeting_id,
            given=given,
            version=version or db.get_one(Meeting, stage.meeting_id).version,
            now=stage.now,
        )
    )
    return told


def test_a_move_tells_everybody_with_a_seat_once(stage: Stage) -> None:
    stage.answer(stage.cast.noor.id, "yes")
    uid = stage.signup(stage.cast.noor.id).uid
    assert changed(stage, day=date(2026, 12, 17), venue="De Esdoorn") == [stage.cast.noor.id]
    signup = stage.signup(stage.cast.noor.id)
    assert (signup.uid, signup.sequence) == (uid, 2)
    assert stage.meeting().starts_at == instant(date(2026, 12, 17), time(13, 30))
    assert stage.messages("meetings.moved") == [("meetings.moved", stage.cast.noor.id)]
    assert stage.events("meetings.moved") == 1


def test_a_change_that_moves_nothing_tells_nobody(stage: Stage) -> None:
    stage.answer(stage.cast.noor.id, "yes")
    assert changed(stage, food="Soep en brood", seats=20, facilitator=stage.cast.ruben.id) == []
    assert stage.messages("meetings.moved") == []
    assert stage.meeting().food == "Soep en brood"
    assert stage.see(lambda db: rounds.session_page(db, stage.meeting_id, now=stage.now)).session.facilitator == (
        stage.cast.ruben.name
    )


def test_a_change_on_top_of_another_is_refused(stage: Stage) -> None:
    version = stage.meeting().version
    changed(stage, food="Soep")
    with pytest.raises(Refused, match="stale"):
        changed(stage, version=version, food="Taart")
    assert stage.meeting().food == "Soep"


def test_seats_cannot_be_fewer_than_people(stage: Stage) -> None:
    with stage.database.writing() as db:
        db.get_one(Meeting, stage.meeting_id).taken = 9
    with pytest.raises(Refused, match="fewer_seats_than_taken") as refused:
        changed(stage, seats=8)
    assert refused.value.facts == {"taken": 9}


def test_a_meeting_cannot_move_to_the_past(stage: Stage) -> None:
    with pytest.raises(Refused, match="day_in_past"):
        changed(stage, day=date(2026, 11, 20))


def test_calling_off_tells_seats_and_the_silent_but_not_who_declined(stage: Stage) -> None:
    cast = stage.cast
    stage.do(
        lambda db: publish(db, cast.fatma, stage.round_id, cast.noor.id, cast.joris.id, cast.ruben.id, now=stage.now)
    )
    stage.answer(cast.noor.id, "yes")
    stage.answer(cast.joris.id, "no")
    told = stage.do(
        lambda db: planning.cancel(db, by=cast.fatma, meeting_id=stage.meeting_id, own_text="Griep.", now=stage.now)
    )
    assert sorted(told) == sorted([cast.noor.id, cast.ruben.id])
    assert stage.messages("meetings.cancelled") == [
        ("meetings.cancelled", cast.noor.id),
        ("meetings.cancelled", cast.ruben.id),
    ]
    assert stage.signup(cast.noor.id).sequence == 2
    with pytest.raises(Refused, match="meeting_cancelled"):
        stage.do(lambda db: planning.cancel(db, by=cast.fatma, meeting_id=stage.meeting_id, own_text="", now=stage.now))


def test_a_draft_is_called_off_in_silence(stage: Stage) -> None:
    draft = stage.do(lambda db: add_session(db, stage.cast.fatma, stage.round_id, now=stage.now))
    told = stage.do(lambda db: planning.cancel(db, by=stage.cast.fatma, meeting_id=draft, own_text="", now=stage.now))
    assert told == []
    assert stage.meeting(draft).cancelled_at is not None


# Afterwards


def marked(stage: Stage, **marks: Mark) -> list[int]:
    places = {stage.place(getattr(stage.cast, name).id): mark for name, mark in marks.items()}
    changed_people: list[int] = stage.do(
        lambda db: attendance.mark_attendance(
            db, by=stage.cast.fatma, meeting_id=stage.meeting_id, marks=places, now=stage.now
        )
    )
    return changed_people


def test_attendance_counts_for_whoever_was_there(stage: Stage) -> None:
    stage.answer(stage.cast.noor.id, "yes")
    stage.clock.set(END)
    people = marked(stage, noor=Mark(Attendance.PRESENT), joris=Mark(Attendance.PRESENT, 99))
    assert sorted(people) == sorted([stage.cast.noor.id, stage.cast.joris.id])
    found = stage.see(lambda db: facts.attended(db, [stage.cast.noor.id, stage.cast.joris.id, stage.cast.ruben.id]))
    (noor,), (joris,) = found[stage.cast.noor.id], found[stage.cast.joris.id]
    assert (noor.day, noor.minutes, noor.full) == (DAY, 125, True)
    assert (joris.minutes, joris.full) == (99, False)  # less than four fifths of 125
    assert found[stage.cast.ruben.id] == []
    assert marked(stage, noor=Mark(Attendance.PRESENT)) == []
    assert stage.events("meetings.attendance_marked") == 2


def test_the_list_waits_for_the_start_and_takes_only_its_own_people(stage: Stage) -> None:
    with pytest.raises(Refused, match="not_held_yet"):
        marked(stage, noor=Mark(Attendance.PRESENT))
    stage.clock.set(END)
    with pytest.raises(NotFound):
        stage.do(
            lambda db: attendance.mark_attendance(
                db, by=stage.cast.fatma, meeting_id=stage.meeting_id, marks={9999: Mark(Attendance.PRESENT)}, now=END
            )
        )


def test_closing_the_list_asks_for_a_mark_for_each_seat(stage: Stage) -> None:
    stage.answer(stage.cast.noor.id, "yes")
    stage.clock.set(START)

    def settle() -> None:
        stage.do(lambda db: attendance.settle(db, by=stage.cast.fatma, meeting_id=stage.meeting_id, now=stage.now))

    with pytest.raises(Refused, match="not_ended_yet"):
        settle()
    stage.clock.set(END)
    with pytest.raises(Refused, match="marks_missing"):
        settle()
    marked(stage, noor=Mark(Attendance.ABSENT_NOTIFIED))
    settle()
    with pytest.raises(Refused, match="meeting_settled"):
        marked(stage, noor=Mark(Attendance.PRESENT))
    page = stage.see(lambda db: rounds.round_page(db, stage.round_id, now=stage.now))
    assert (page.state, page.sessions[0].meeting.state) == (RoundState.SETTLED, MeetingState.SETTLED)
    stage.do(lambda db: attendance.reopen(db, by=stage.cast.fatma, meeting_id=stage.meeting_id, now=stage.now))
    assert marked(stage, noor=Mark(Attendance.PRESENT)) == [stage.cast.noor.id]


def test_a_learning_point_is_written_after_the_meeting_by_oneself(stage: Stage) -> None:
    stage.answer(stage.cast.noor.id, "yes")
    signup_id = stage.place(stage.cast.noor.id)
    given = LearningPointGiven(learned="Stilte laten vallen.", next_step="Volgende keer tel ik tot tien.")

    def write(by: Any = stage.cast.noor) -> None:
        stage.do(lambda db: actions.write_learning_point(db, by=by, signup_id=signup_id, given=given, now=stage.now))

    with pytest.raises(Refused, match="not_held_yet"):
        write()
    stage.clock.set(END)
    with pytest.raises(NotFound):
        write(stage.cast.fatma)
    write()
    write()
    page = stage.see(lambda db: own.own_page(db, stage.cast.noor, now=stage.now))
    assert [item.learned for item in page.past] == ["Stilte laten vallen."]
    with stage.database.reading() as db:
        for content in db.scalars(select(LedgerContent.content)):
            assert "Stilte" not in str(content)
    stage.do(lambda db: actions.remove_learning_point(db, by=stage.cast.noor, signup_id=signup_id, now=stage.now))
    assert stage.see(lambda db: db.scalar(select(func.count()).select_from(LearningPoint))) == 0


def test_who_was_absent_writes_no_learning_point(stage: Stage) -> None:
    stage.answer(stage.cast.noor.id, "yes")
    stage.clock.set(END)
    marked(stage, noor=Mark(Attendance.ABSENT))
    with pytest.raises(Refused, match="was_not_there"):
        stage.do(
            lambda db: actions.write_learning_point(
                db,
                by=stage.cast.noor,
                signup_id=place_of(db, stage.cast.noor.id, stage.meeting_id),
                given=LearningPointGiven(learned="x", next_step="y"),
                now=stage.now,
            )
        )


# What others ask


def test_what_was_offered_and_what_comes(stage: Stage) -> None:
    draft = stage.do(lambda db: add_session(db, stage.cast.fatma, stage.round_id, now=stage.now))
    intervention = stage.see(lambda db: db.get_one(IntervisionRound, stage.round_id)).intervention_id
    assert [item.day for item in stage.see(lambda db: facts.offered(db, intervention))] == [DAY]
    coming = stage.see(lambda db: facts.coming(db, [stage.cast.noor.id, stage.cast.ruben.id], stage.now))
    assert [(item.venue, item.answer) for item in coming[stage.cast.noor.id]] == [("De Brede Brug", "")]
    assert coming[stage.cast.ruben.id] == []
    assert draft
    stage.do(
        lambda db: planning.cancel(db, by=stage.cast.fatma, meeting_id=stage.meeting_id, own_text="", now=stage.now)
    )
    assert [item.cancelled for item in stage.see(lambda db: facts.offered(db, intervention))] == [True]
    assert stage.see(lambda db: facts.coming(db, [stage.cast.noor.id], stage.now)) == {stage.cast.noor.id: []}


def test_what_waits_for_an_admin(stage: Stage) -> None:
    def whats() -> list[tuple[str, Half]]:
        return [(item.what, item.half) for item in stage.see(lambda db: rounds.waiting(db, now=stage.now))]

    assert whats() == [("to_plan", Half.SPRING)]  # 23 November is within 120 days of 1 March
    stage.clock.set(END)
    assert whats() == [("to_settle", Half.AUTUMN), ("to_plan", Half.SPRING)]


def test_erasing_frees_the_seat_and_kills_the_link(stage: Stage, data_dir: Any) -> None:
    stage.answer(stage.cast.noor.id, "yes")
    storage = folder(data_dir / "files")
    stage.do(lambda db: own_data.erase(db, person_id=stage.cast.noor.id, storage=storage, now=stage.now))
    stage.do(lambda db: actions.erase(db, person_id=stage.cast.noor.id, storage=storage, now=stage.now))
    signup = stage.signup(stage.cast.noor.id)
    assert (stage.meeting().taken, signup.answer, signup.nonce) == (0, "no", "")
    assert signup.token_hash == f"erased-{signup.id}"
    exported = stage.see(
        lambda db: meetings.export_of(db, stage.cast.noor.id) | facts.export_of(db, stage.cast.noor.id)
    )
    assert [line["antwoord"] for line in exported["bijeenkomsten"]] == ["no"]


def test_links_stop_90_days_after_the_meeting(stage: Stage) -> None:
    stage.answer(stage.cast.noor.id, "yes")
    before = stage.signup(stage.cast.noor.id)
    stage.clock.set(END + own_data.LINKS_KEPT)
    assert stage.do(lambda db: own_data.expire_links(db, now=stage.now)) == 0
    stage.clock.advance(timedelta(seconds=1))
    assert stage.do(lambda db: own_data.expire_links(db, now=stage.now)) == 2
    after = stage.signup(stage.cast.noor.id)
    assert (after.nonce, after.token_hash) == ("", f"expired-{after.id}")
    assert (after.answer, after.uid) == (before.answer, before.uid)
    assert stage.do(lambda db: own_data.expire_links(db, now=stage.now)) == 0
