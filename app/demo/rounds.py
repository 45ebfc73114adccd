"""The intervision of the demo: the last round, which is over, and this one, halfway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final

from app.certification.queries import invitees
from app.demo import words
from app.demo.engine import Act, Actor, Scene, Story
from app.intervision.actions import answering, learning
from app.intervision.actions import rounds as planned
from app.intervision.inputs import LearningPointGiven, RoundGiven, SessionGiven
from app.intervision.rules import Half, half_of
from app.kit.localtime import local_day
from app.meetings.actions import attendance
from app.meetings.queries import roll
from app.meetings.rules import AnswerTo, Attendance, Mark

SEATS: Final = 12
NEITHER, SILENT = -1, -2
CHOICES: Final = (0, 1, 0, 1, NEITHER, 0, 1, SILENT)
PROGRAMME: Final = timedelta(minutes=150)
FOOD: Final = "Soep en brood bij binnenkomst, thee en iets lekkers in de pauze"
BRING: Final = "Een vraag uit je eigen groep. Zonder namen."


@dataclass(frozen=True)
class Venue:
    """Where trainers meet."""

    name: str
    address: str
    access: str


ROTTERDAM: Final = Venue("Huis van de Wijk De Propeller", "Oldegaarde 200, Rotterdam", "Begane grond, geen drempels")
DORDRECHT: Final = Venue("Wijkcentrum De Sterrenhof", "Sterrenhof 21, Dordrecht", "Lift aanwezig, parkeren kan")
BREDA: Final = Venue("Ontmoetingsruimte Heksenwiel", "Heksenwiel 2, Breda", "Begane grond, bushalte om de hoek")


@dataclass
class Meeting:
    """One meeting of a round; `held` counts back from today. Its id comes when it is made."""

    venue: Venue
    held: int
    starts: time
    led_by: Actor
    id: int = 0


@dataclass
class Round:
    """A round by days that count back from today."""

    made: int
    published: int
    closes: int
    meetings: Sequence[Meeting]
    id: int = 0


@dataclass(frozen=True)
class Rounds:
    """Writes the rounds into the story."""

    story: Story
    intervention_id: int
    admin: Actor
    cast: Mapping[str, Actor]

    def tell(self, coaches: Sequence[Actor]) -> None:
        """The last half-year in two cities, and this one: a meeting two weeks ago, one in three weeks."""
        half = (self.story.today.year, half_of(self.story.today))
        last = Round(
            made=250,
            published=236,
            closes=190,
            meetings=(
                Meeting(ROTTERDAM, 176, time(13, 30), coaches[0]),
                Meeting(BREDA, 169, time(9, 30), coaches[3]),
            ),
        )
        this = Round(
            made=56,
            published=42,
            closes=-7,
            meetings=(
                Meeting(DORDRECHT, 14, time(13, 30), coaches[1]),
                Meeting(ROTTERDAM, -21, time(13, 30), coaches[0]),
            ),
        )
        self._plan(last, *_before(*half), answers_at=(232, 229, 221, 205))
        self._plan(this, *half, answers_at=(39, 37, 34, 29))
        for meeting in (*last.meetings, this.meetings[0]):
            self._hold(meeting)
        self._at(12, "10:30", partial(self._publish, this))  # whoever got a certificate since

    def _plan(self, round_: Round, year: int, half: Half, *, answers_at: Sequence[int]) -> None:
        self._at(round_.made, "09:40", partial(self._make, round_, year, half))
        self._at(round_.published, "10:15", partial(self._publish, round_))
        for turn, ago in enumerate(answers_at):
            self._at(ago, "19:20", partial(self._answer, round_, turn, len(answers_at)))

    def _hold(self, meeting: Meeting) -> None:
        self._at(meeting.held, "17:10", partial(self._mark, meeting))
        self._at(meeting.held - 3, "09:30", partial(self._settle, meeting))
        self._at(meeting.held - 4, "20:15", partial(self._learn, meeting))

    def _at(self, ago: int, at: str, act: Act) -> None:
        self.story.at(self.story.moment(ago, at), act)

    def _make(self, round_: Round, year: int, half: Half, scene: Scene) -> None:
        by = scene.as_(self.admin)
        closes = self.story.day(round_.closes)
        given = RoundGiven(intervention=self.intervention_id, year=year, half=half, signup_closes_on=closes)
        round_.id = planned.make_round(scene.db, by=by, given=given, now=scene.now)
        for meeting in round_.meetings:
            meeting.id = planned.add_session(
                scene.db, by=by, round_id=round_.id, given=self._given(meeting), now=scene.now
            )

    def _given(self, meeting: Meeting) -> SessionGiven:
        starts = meeting.starts
        return SessionGiven(
            day=self.story.day(meeting.held),
            starts=starts,
            ends=(datetime.combine(date.min, starts) + PROGRAMME).time(),
            seats=SEATS,
            venue=meeting.venue.name,
            address=meeting.venue.address,
            access=meeting.venue.access,
            food=FOOD,
            bring=BRING,
            facilitators=frozenset({meeting.led_by.person_id}),
        )

    def _publish(self, round_: Round, scene: Scene) -> None:
        found = invitees(scene.db, self.intervention_id, local_day(scene.now))
        planned.publish(
            scene.db,
            by=scene.as_(self.admin),
            round_id=round_.id,
            invitees=found,
            own_text=words.ROUND_TEXT,
            keyring=scene.parts.keyring,
            now=scene.now,
        )

    def _answer(self, round_: Round, turn: int, turns: int, scene: Scene) -> None:
        """A part of the people answer. Who leads a meeting comes; most others choose a day, some can do neither."""
        places = [
            {line.person_id: line for line in roll(scene.db, meeting.id, now=scene.now)} for meeting in round_.meetings
        ]
        people = sorted(places[0].keys() | places[1].keys())
        for number, person_id in enumerate(people):
            if number % turns != turn:
                continue
            mine = [place.get(person_id) for place in places]
            leads = next((i for i, one in enumerate(round_.meetings) if one.led_by.person_id == person_id), None)
            choice = leads if leads is not None else CHOICES[(number + round_.made) % len(CHOICES)]
            actor_id = person_id if number % 2 else None
            if choice == NEITHER:
                for line in mine:
                    if line is not None:
                        self._say(line.signup_id, AnswerTo.NO, actor_id, scene)
            elif choice != SILENT and (line := mine[choice]) is not None:
                self._say(line.signup_id, AnswerTo.YES, actor_id, scene)

    def _say(self, signup_id: int, said: AnswerTo, actor_id: int | None, scene: Scene) -> None:
        answering.answer(scene.db, signup_id=signup_id, answer=said, actor_id=actor_id, now=scene.now)

    def _mark(self, meeting: Meeting, scene: Scene) -> None:
        """Nearly everybody came; one had to leave early, one was ill."""
        coming = [line for line in roll(scene.db, meeting.id, now=scene.now) if line.answer is AnswerTo.YES]
        marks = {line.signup_id: Mark(Attendance.PRESENT) for line in coming}
        others = [line for line in coming if line.person_id != meeting.led_by.person_id]
        if len(others) > 3:
            marks[others[meeting.id % 2].signup_id] = Mark(Attendance.PARTIAL, 70)
            marks[others[2 + meeting.id % 2].signup_id] = Mark(Attendance.ABSENT_NOTIFIED)
        by = scene.as_(self.admin)
        attendance.mark_attendance(scene.db, by=by, meeting_id=meeting.id, marks=marks, now=scene.now)

    def _settle(self, meeting: Meeting, scene: Scene) -> None:
        attendance.settle(scene.db, by=scene.as_(self.admin), meeting_id=meeting.id, now=scene.now)

    def _learn(self, meeting: Meeting, scene: Scene) -> None:
        """Two of three write down what they take home."""
        by_id = {actor.person_id: actor for actor in self.cast.values()}
        there = [line for line in roll(scene.db, meeting.id, now=scene.now) if line.attendance.was_there]
        for number, line in enumerate(there):
            if number % 3 == 2:
                continue
            learned, next_step = words.LEARNING_POINTS[(number + meeting.id) % len(words.LEARNING_POINTS)]
            learning.write_learning_point(
                scene.db,
                by=scene.as_(by_id[line.person_id]),
                signup_id=line.signup_id,
                given=LearningPointGiven(learned=learned, next_step=next_step),
                now=scene.now,
            )


def _before(year: int, half: Half) -> tuple[int, Half]:
    return (year, Half.SPRING) if half is Half.AUTUMN else (year - 1, Half.AUTUMN)
