"""The road of one professional, as a row of moments: theory, a group, the three assignments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final, TypeVar

from app.conversation import actions as conversation
from app.conversation.queries import talk_page
from app.delivery import actions as delivery
from app.delivery import dates
from app.delivery.inputs import Group
from app.delivery.queries import own_group
from app.delivery.rules import Counts
from app.demo import words
from app.demo.checks import Making, make_check
from app.demo.course import Course, Step
from app.demo.engine import Act, Actor, Scene, Story, working_day
from app.demo.people import PLACES, Place
from app.kit.localtime import instant, local_day
from app.kit.pictures import Photo
from app.practice import inputs
from app.practice import talk_page as afterwards
from app.practice.actions import assessing, correcting, evidence, noting, records, reflections, talking, visits
from app.practice.agreements import agreements_of
from app.practice.observation_page import observation_page
from app.practice.rules.forms import Answer, Check, Observation, criteria_of
from app.practice.rules.states import Decision
from app.theory import actions as theory

Anything = TypeVar("Anything")
SESSIONS: Final = 8
VISITED: Final = 3  # the fourth session is the one that a coach looks at
FINALE_AFTER: Final = 63
STARTS: Final = (time(13, 30), time(10, 0), time(14, 0))  # as the plans in words.SESSIONS
LASTS_HOURS: Final = 2
BEGAN: Final = 10  # people in a group of the demo
FLU: Final = 5  # a session without a visit, which did not go on with some
COUNTED_WITHIN: Final = timedelta(days=4)
IN_TWO_WEEKS: Final = timedelta(days=14)
YES_AFTER: Final = 3  # days, so that a weekend lies between
PLAN, SESSION, FINALE = 0, 1, 2
SAID: Final = {Decision.SIGNED_OFF: "", Decision.RETURNED: words.BACK_TO, Decision.NOT_MET: words.TOGETHER}


def pick(options: Sequence[Anything], actor: Actor, turn: int = 0) -> Anything:
    """One of the options, always the same for the same person and turn."""
    return options[(actor.seed + turn) % len(options)]


@dataclass(frozen=True)
class Road:
    """Writes one professional's events into the story. Days count back from today."""

    story: Story
    course: Course
    actor: Actor
    coach: Actor | None
    photos: Mapping[str, Photo]

    # Theory ------------------------------------------------------------------------------------------------

    def learn(self, *, begin: int, end: int, steps: int | None = None, again: bool = False) -> None:
        """The first `steps` of theory, spread over the days; `again`: the first check needs a second try."""
        chosen = self.course.steps[:steps]
        for number, step in enumerate(chosen):
            ago = begin - number * (begin - end) // max(len(chosen) - 1, 1)
            moment = self._moment(ago, 9 + (self.actor.seed + number) % 8)
            if not step.check:
                self._do(moment, partial(self._read, step.slug))
                continue
            if again:
                self._do(moment, partial(self._check, step, wrong=2))
                again = False
            self._do(moment, partial(self._check, step, wrong=(self.actor.seed + number) % 2))

    def _read(self, slug: str, scene: Scene) -> None:
        by = scene.as_(self.actor)
        theory.finish_lesson(scene.db, by=by, course_slug=self.course.slug, lesson_slug=slug, now=scene.now)

    def _check(self, step: Step, scene: Scene, *, wrong: int) -> None:
        """Hand in a check. One wrong is a pass, unless it is a critical one; `wrong=2` misses a critical one."""
        own = pick(words.OPEN_ANSWERS, self.actor)
        seed = f"demo-{self.actor.seed}-{scene.now.isoformat()}"
        making = Making(self.course.slug, step.slug, seed=seed, wrong=wrong, words=own)
        make_check(scene.db, by=scene.as_(self.actor), making=making, now=scene.now)

    # The group ---------------------------------------------------------------------------------------------

    def dates(self, first: int) -> list[date]:
        """Eight weeks on the same weekday, and the end presentation two weeks later; no group on a holiday."""
        start = self.story.day(first)
        days = [start + timedelta(weeks=week) for week in range(SESSIONS)]
        return [working_day(day) for day in (*days, start + timedelta(days=FINALE_AFTER))]

    def enter_group(self, *, first: int, place: int, ago: int) -> None:
        """Enter it, and count what has been: not the latest days, so that there is something left to fill in."""
        days = self.dates(first)
        self._do(self._moment(ago, 12), partial(self._enter, PLACES[place], days))
        for number, day in enumerate(days):
            if day < self.story.today - COUNTED_WITHIN:
                self.story.at(instant(day, time(20, 15)), partial(self._count, number))

    def end_group(self, *, ago: int) -> None:
        self._do(self._moment(ago, 12), self._end)

    def _enter(self, place: Place, days: list[date], scene: Scene) -> None:
        starts = pick(STARTS, self.actor)
        fields: dict[str, object] = {
            "place": place.name,
            "address": place.address,
            "municipality": place.municipality,
            "goal_group": place.goal_group,
            "rows": len(days),
        }
        until = time(starts.hour + LASTS_HOURS, starts.minute)
        for number, day in enumerate(days, start=1):
            last = number == len(days)
            fields |= {f"day_{number}": day, f"starts_{number}": starts, f"ends_{number}": until}
            fields[f"kind_{number}"] = "end_presentation" if last else "session"
        given = Group.model_validate(fields)
        by = scene.as_(self.actor)
        delivery.save_group(scene.db, by=by, given=given, authorised=(), pinned=frozenset(), now=scene.now)

    def _count(self, number: int, scene: Scene) -> None:
        """How many were there that day. With some, one day without a visit was called off: everybody had the flu."""
        group = own_group(scene.db, self.actor.person_id)
        if group is None:
            return
        by, date = scene.as_(self.actor), group.dates[number]
        if number == FLU and self.actor.seed % 3 == 0:
            dates.call_off_date(scene.db, by=by, date_id=date.id, now=scene.now)
        else:
            attended = BEGAN - (self.actor.seed + number) % 4
            dates.count_date(scene.db, by=by, date_id=date.id, attended=attended, now=scene.now)

    def _end(self, scene: Scene) -> None:
        group = own_group(scene.db, self.actor.person_id)
        if group is None:
            return
        by = scene.as_(self.actor)
        for one in group.dates:  # the last days, when they are still to be counted
            if one.uncounted(scene.now):
                dates.count_date(scene.db, by=by, date_id=one.id, attended=BEGAN - 2, now=scene.now)
        counts = Counts(BEGAN, BEGAN - self.actor.seed % 3, 18 + self.actor.seed % 12)
        dates.end_group(scene.db, by=by, group_id=group.id, counts=counts, now=scene.now)

    # Assignments -------------------------------------------------------------------------------------------

    def prepare(self, which: int, *, ago: int) -> None:
        self._do(self._moment(ago, 11), partial(self._prepare, which))

    def plan_visit(self, which: int, day: date, *, ago: int) -> None:
        self._do(self._moment(ago, 15), partial(self._plan_visit, which, day))

    def hand_in(self, which: int, *, ago: int, late: bool = False, levels: tuple[int, ...] = (3, 4, 3)) -> None:
        self._do(self._moment(ago, 20 if late else 17), partial(self._hand_in, which, levels))

    def observe(self, which: int, *, ago: int, whole: bool = True) -> None:
        """The coach fills in the form; not whole: she began, and decides later."""
        self._do(self._moment(ago, 16), partial(self._observe, which, whole=whole, level=3))

    def decide(self, which: int, *, ago: int, decision: Decision = Decision.SIGNED_OFF) -> None:
        """The coach fills in the form and decides on it."""
        level = {Decision.SIGNED_OFF: 3, Decision.RETURNED: 2, Decision.NOT_MET: 1}[decision]
        self._do(self._moment(ago, 16), partial(self._observe, which, whole=True, level=level))
        self._do(self._moment(ago, 16), partial(self._agree, which))
        self._do(self._moment(ago, 16), partial(self._sign, which, decision))
        if self.actor.seed % 4 and ago > YES_AFTER:  # some did not say yes yet; the mail that asks goes out first
            self.story.at(self._moment(ago - YES_AFTER, 9), partial(self._confirm, which))
        if self.actor.seed % 3:  # most people open the mail the same evening
            self._do(self._moment(ago, 20), partial(self._see, which))

    def discuss(self, which: int, *, ago: int) -> None:
        """The two talked, on the coach's phone; her own yes is still to come."""
        self._do(self._moment(ago, 17), partial(self._agree, which))

    def ask_back(self, which: int, *, ago: int) -> None:
        """The coach finds that she signed something wrong, and asks to take it back."""
        self._do(self._moment(ago, 9), partial(self._ask_back, which))

    def talk(self, which: int, lines: Sequence[str], *, ago: int) -> None:
        """The two write in turn, the professional first, a day apart; nobody read the last line yet."""
        for turn, line in enumerate(lines):
            self._do(self._moment(ago - turn, 19 if turn % 2 else 18), partial(self._say, which, turn, line))

    def tell_way(self, which: int, *, ago: int) -> None:
        """She tells her coach how to get to the visit that was planned."""
        self._do(self._moment(ago, 18), partial(self._tell_way, which))

    def note(self, text: str, *, ago: int, back: int | None = None) -> None:
        """The coach notes something; `back`: when to come back to it."""
        self._do(self._moment(ago, 16), partial(self._note, text, back))

    def keep_agreement(self, *, ago: int) -> None:
        """She ticks the latest agreement as done."""
        self._do(self._moment(ago, 19), self._keep_agreement)

    def open(self, which: int, *, ago: int) -> None:
        self._do(self._moment(ago, 10), partial(self._open, which))

    def _open(self, which: int, scene: Scene) -> int:
        id_, definition = self.course.assignments[which]
        known = self.actor.records.get(definition.code)
        if known is None:
            known = records.open_record(scene.db, by=scene.as_(self.actor), assignment_id=id_, now=scene.now)
            self.actor.records[definition.code] = known
        return known

    def _say(self, which: int, turn: int, line: str, scene: Scene) -> None:
        record_id, by = self._open(which, scene), scene.as_(self._present_coach() if turn % 2 else self.actor)
        standing = talk_page(scene.db, by, record_id)
        if standing.new:
            conversation.read_to(scene.db, by=by, record_id=record_id, message_id=standing.last)
        conversation.say(scene.db, by=by, record_id=record_id, body=line, now=scene.now)

    def _prepare(self, which: int, scene: Scene) -> None:
        record_id = self._open(which, scene)
        written = pick((words.PLANS, words.SESSIONS, words.FINALES)[which], self.actor)
        given = inputs.Preparation(goal=written.goal, session_plan=written.plan, learning_question=written.question)
        records.prepare(scene.db, by=scene.as_(self.actor), record_id=record_id, given=given, now=scene.now)

    def _plan_visit(self, which: int, day: date, scene: Scene) -> None:
        record_id = self._open(which, scene)
        group = own_group(scene.db, self.actor.person_id)
        if group is None:
            raise RuntimeError(f"{self.actor.name} has no group")
        date_id = next(one.id for one in group.dates if local_day(one.starts_at) == day)
        visits.plan_visit(
            scene.db, by=scene.as_(self._present_coach()), record_id=record_id, date_id=date_id, now=scene.now
        )

    def _tell_way(self, which: int, scene: Scene) -> None:
        directions, contact = pick(words.WAYS, self.actor)
        given = inputs.TheWay(directions=directions, venue_contact=contact)
        record_id = self.actor.records[self._code(which)]
        visits.note_the_way(scene.db, by=scene.as_(self.actor), record_id=record_id, given=given, now=scene.now)

    def _note(self, text: str, back: int | None, scene: Scene) -> None:
        day = self.story.day(back) if back is not None else None
        by, given = scene.as_(self._present_coach()), inputs.Note(text=text, come_back_on=day)
        noting.write_note(scene.db, by=by, enrolment_id=self.actor.enrolment_id, given=given, now=scene.now)

    def _keep_agreement(self, scene: Scene) -> None:
        one = agreements_of(scene.db, [self.actor.enrolment_id])[self.actor.enrolment_id][0]
        given = inputs.KeptAgreement(sign_off_id=one.sign_off_id, number=one.number, kept="yes")
        noting.mark_agreement(scene.db, by=scene.as_(self.actor), given=given, now=scene.now)

    def _hand_in(self, which: int, levels: tuple[int, ...], scene: Scene) -> None:
        definition = self.course.assignments[which][1]
        record_id, by = self._open(which, scene), scene.as_(self.actor)
        if definition.needs_photo:
            self._add_photos(record_id, which, scene)
        scores = {
            f"self_{one.code}": levels[index % len(levels)]
            for index, one in enumerate(criteria_of(definition, self.course.rubric))
        }
        if definition.needs_reflection:
            given_back = inputs.Reflection.model_validate(pick(words.STARR, self.actor, which))
            reflections.keep_reflection(scene.db, by=by, record_id=record_id, given=given_back, now=scene.now)
        note = pick(words.NOTES, self.actor, which)
        given = inputs.self_view(definition, self.course.rubric).model_validate({**scores, "note": note})
        sent = records.submit(scene.db, by=by, record_id=record_id, given=given, now=scene.now)
        self.actor.handed_in[record_id] = sent

    def _add_photos(self, record_id: int, which: int, scene: Scene) -> None:
        by = scene.as_(self.actor)
        # On an ordinary day the photo is of the work alone; at the end it may be of the wall.
        names = [name for name in self.photos if which == FINALE or name.startswith("werk-")]
        for turn in range(1 + (self.actor.seed + which) % 2):
            name = pick(names, self.actor, which + turn)
            photo = self.photos[name]
            stored = evidence.store_photo(scene.parts.storage, photo, now=scene.now)
            caption = pick(words.CAPTIONS[name], self.actor)
            given = inputs.PhotoNote(recognisable="nobody", caption=caption)
            evidence.add_photo(scene.db, by=by, record_id=record_id, given=given, stored=stored, now=scene.now)

    def _observe(self, which: int, scene: Scene, *, whole: bool, level: int) -> None:
        record_id = self.actor.records[self._code(which)]
        self.actor.forms[record_id] = assessing.save_observation(
            scene.db,
            by=scene.as_(self._present_coach()),
            record_id=record_id,
            given=self._form(which, level=level),
            version=self.actor.forms.get(record_id),
            whole=whole,
            now=scene.now,
        )

    def _agree(self, which: int, scene: Scene) -> None:
        """What stands on the form is what they agreed: the list is one."""
        record_id = self.actor.records[self._code(which)]
        given = inputs.Agreement(
            version=self.actor.forms[record_id], agreement_1=pick(words.AGREEMENTS, self.actor, which)
        )
        by = scene.as_(self._present_coach())
        talking.agree(scene.db, by=by, record_id=record_id, given=given, now=scene.now)

    def _confirm(self, which: int, scene: Scene) -> None:
        record_id, by = self.actor.records[self._code(which)], scene.as_(self.actor)
        version = afterwards.talk_page(scene.db, by, record_id).talk_version
        given = inputs.Confirmation(version=version)
        talking.confirm(scene.db, by=by, record_id=record_id, given=given, now=scene.now)

    def _sign(self, which: int, decision: Decision, scene: Scene) -> None:
        record_id = self.actor.records[self._code(which)]
        again = decision is not Decision.SIGNED_OFF
        by = scene.as_(self._present_coach())
        basis = observation_page(scene.db, by, record_id, now=scene.now).basis
        given = inputs.Signature(
            decision=decision,
            version=self.actor.forms[record_id],
            submission_id=self.actor.handed_in[record_id],
            basis=basis.digest if basis else "",
            reason=SAID[decision],
            by_when=local_day(scene.now) + IN_TWO_WEEKS if again else None,
            seen="on",
        )
        self.actor.signed[record_id] = assessing.sign(scene.db, by=by, record_id=record_id, given=given, now=scene.now)
        if decision is Decision.NOT_MET:
            del self.actor.forms[record_id]

    def _see(self, which: int, scene: Scene) -> None:
        record_id, by = self.actor.records[self._code(which)], scene.as_(self.actor)
        correcting.see_result(
            scene.db, by=by, record_id=record_id, sign_off_id=self.actor.signed[record_id], now=scene.now
        )

    def _ask_back(self, which: int, scene: Scene) -> None:
        record_id, by = self.actor.records[self._code(which)], scene.as_(self._present_coach())
        correcting.ask_correction(
            scene.db,
            by=by,
            record_id=record_id,
            sign_off_id=self.actor.signed[record_id],
            reason=words.SIGNED_WRONG,
            now=scene.now,
        )

    def _form(self, which: int, *, level: int) -> Observation:
        """What the coach saw. `level` is that of the first critical criterion, or of the first one."""
        definition, rubric = self.course.assignments[which][1], self.course.rubric
        codes = [one.code for one in criteria_of(definition, rubric)]
        scores = {code: pick((3, 3, 4, 3), self.actor, index) for index, code in enumerate(codes)}
        if level < 3:
            scores[(definition.critical or definition.criteria)[0]] = level
        return Observation(
            scores=scores,
            notes={code: words.CRITERIA[code][scores[code] < 3] for code in codes},
            checks={slug: Check(Answer.YES) for slug in definition.adherence},
            strong=(pick(words.STRONG, self.actor, which), pick(words.STRONG, self.actor, which + 1)),
            growing=(pick(words.GROWING, self.actor, which),),
            agreements=(pick(words.AGREEMENTS, self.actor, which),),
        )

    # When --------------------------------------------------------------------------------------------------

    def _code(self, which: int) -> str:
        return self.course.assignments[which][1].code

    def _present_coach(self) -> Actor:
        if self.coach is None:
            raise RuntimeError(f"{self.actor.name} has no coach")
        return self.coach

    def _moment(self, ago: int, hour: int) -> datetime:
        return self.story.moment(ago, f"{hour:02d}:{self.actor.seed % 60:02d}")

    def _do(self, moment: datetime, act: Act) -> None:
        self.story.at(moment, act, who=self.actor)
