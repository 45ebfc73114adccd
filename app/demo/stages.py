"""How far each learner of the demo came: a stage, written out as steps on the road."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from app.demo import words
from app.demo.people import Learner, Stage
from app.demo.road import FINALE, FINALE_AFTER, PLAN, SESSION, VISITED, Road
from app.practice.rules.states import Decision

WEEK: Final = 7
TO_VISIT: Final = VISITED * WEEK
SLOW: Final = 58  # days for theory, beside a job


def walk(road: Road, learner: Learner) -> None:
    """Write the whole road of one learner into the story, as far as she came."""
    _WALKS[learner.stage](road, learner)


def _theory(road: Road, learner: Learner) -> None:
    done = max(learner.group + 27, learner.came - SLOW)
    road.learn(begin=learner.came - 1, end=done, again=road.actor.seed % 5 == 0)


def _stuck(road: Road, learner: Learner) -> None:
    road.learn(begin=learner.came - 1, end=47, steps=5)
    road.note(words.NOTED["stuck"], ago=26, back=2)


def _reading(road: Road, learner: Learner) -> None:
    road.learn(begin=learner.came - 1, end=4, steps=6)


def _in_safety(road: Road, learner: Learner) -> None:
    """The first module, and one lesson of the second."""
    road.learn(begin=learner.came - 1, end=2, steps=road.course.first_steps + 1)


def _withdrawn(road: Road, learner: Learner) -> None:
    road.learn(begin=learner.came - 1, end=learner.came - 40, steps=7)


def _seeking(road: Road, learner: Learner) -> None:
    road.learn(begin=learner.came - 1, end=30 + road.actor.seed % 20)
    road.note(words.NOTED["seeking"], ago=14, back=-5)


def _grouped(road: Road, learner: Learner) -> None:
    _theory(road, learner)
    road.enter_group(first=learner.group, place=learner.place, ago=learner.group + 21)


def _plan_waits(road: Road, learner: Learner) -> None:
    _grouped(road, learner)
    road.prepare(PLAN, ago=learner.group + 16)
    road.hand_in(PLAN, ago=learner.group + 12)


def _plan_done(road: Road, learner: Learner) -> None:
    _plan_waits(road, learner)
    road.decide(PLAN, ago=learner.group + 9)


def _planning(road: Road, learner: Learner) -> None:
    _plan_done(road, learner)
    road.open(SESSION, ago=learner.group + 6)


def _visit_planned(road: Road, learner: Learner) -> None:
    """The coach comes to the fourth session."""
    _plan_done(road, learner)
    road.plan_visit(SESSION, road.dates(learner.group)[VISITED], ago=learner.group - 8)
    road.prepare(SESSION, ago=learner.group - 11)
    road.tell_way(SESSION, ago=learner.group - 11)
    if learner.stage == "visit" and learner.group - 12 >= len(words.TALK):  # a line a day, the last one yesterday
        road.talk(SESSION, words.TALK, ago=learner.group - 12)


def _before_visit(road: Road, learner: Learner) -> None:
    _visit_planned(road, learner)
    road.note(words.NOTED["visit"], ago=learner.group - 12, back=0)


def _visit_waits(road: Road, learner: Learner) -> None:
    _visit_planned(road, learner)
    road.keep_agreement(ago=learner.group - 14)
    road.hand_in(SESSION, ago=learner.group - TO_VISIT, late=learner.late_words)
    if learner.late_words:
        road.talk(SESSION, words.QUESTION, ago=2)
    if not learner.late_words and road.actor.seed % 4 == 1:
        road.observe(SESSION, ago=learner.group - TO_VISIT - 2, whole=False)
    elif not learner.late_words:
        road.observe(SESSION, ago=learner.group - TO_VISIT - 2)
        road.discuss(SESSION, ago=learner.group - TO_VISIT - 2)


def _second_attempt(road: Road, learner: Learner) -> None:
    """Samen nog een keer: another visit is planned, to the last session."""
    _visit_planned(road, learner)
    road.hand_in(SESSION, ago=learner.group - TO_VISIT, levels=(2, 3, 2))
    road.decide(SESSION, ago=learner.group - TO_VISIT - 4, decision=Decision.NOT_MET)
    road.plan_visit(SESSION, road.dates(learner.group)[VISITED + 4], ago=learner.group - TO_VISIT - 9)
    road.prepare(SESSION, ago=learner.group - TO_VISIT - 17)


def _session_done(road: Road, learner: Learner) -> None:
    _visit_planned(road, learner)
    road.hand_in(SESSION, ago=learner.group - TO_VISIT)
    road.decide(SESSION, ago=learner.group - TO_VISIT - 4)


def _finale_waits(road: Road, learner: Learner) -> None:
    _session_done(road, learner)
    road.plan_visit(FINALE, road.dates(learner.group)[-1], ago=learner.group - 40)
    road.prepare(FINALE, ago=learner.group - 58)
    road.hand_in(FINALE, ago=learner.group - FINALE_AFTER - 1)


def _returned(road: Road, learner: Learner) -> None:
    _finale_waits(road, learner)
    road.decide(FINALE, ago=learner.group - FINALE_AFTER - 4, decision=Decision.RETURNED)
    road.ask_back(PLAN, ago=learner.group - FINALE_AFTER - 5)


def _ready(road: Road, learner: Learner) -> None:
    _finale_waits(road, learner)
    road.decide(FINALE, ago=learner.group - FINALE_AFTER - 4)
    road.end_group(ago=learner.group - FINALE_AFTER - 5)


_WALKS: Final[Mapping[Stage, Callable[[Road, Learner], None]]] = {
    "stuck": _stuck,
    "reading": _reading,
    "safety": _in_safety,
    "withdrawn": _withdrawn,
    "seeking": _seeking,
    "grouped": _grouped,
    "plan_waits": _plan_waits,
    "planning": _planning,
    "visit": _before_visit,
    "visit_waits": _visit_waits,
    "second_attempt": _second_attempt,
    "returned": _returned,
    "ready": _ready,
    "certified": _ready,
}
