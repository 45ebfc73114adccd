"""What a course is made of, as far as other domains decide with it; and the stages of an enrolment."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, Self

from app.kit.text import fold

LEVELS: Final = 4
NOT_SEEN: Final = "niet-gezien"
KERN_SPOT: Final = '<span class="tile"></span>'
"""Where a page puts the picture of a core element in the text of a lesson."""
ATTENTION_SPOT: Final = '<span class="icon"></span>'  # where a page puts the icon of a warning
SPOT: Final = re.compile(r'<div id="blok-([a-z0-9-]+)" class="spot"></div>')
"""Where a page puts what is more than text: a film, a question, room to write."""


def spot(block_id: str) -> str:
    """The room that a text leaves for one of its blocks."""
    return f'<div id="blok-{block_id}" class="spot"></div>'


@dataclass(frozen=True)
class Policy:
    """The numbers of a certification policy; keys, defaults and origins in domain.md 8.4."""

    version: str = "1"
    theory_pass_mark_pct: int = 70
    quiz_attempts_free: int = 2
    quiz_wait_hours: int = 1
    first_visit_within_days: int = 60
    practice_start_within_days: int = 180
    enrolment_max_days: int = 365
    quiet_days: int = 14
    coach_visits_min: int = 2
    training_days_min: int = 0
    licence_required: bool = False
    four_eyes: str = "when_two_admins"
    assignment_attempts_max: int = 3
    review_within_working_days: int = 5
    certificate_validity_months: int = 36
    period_starts: str = "joined"
    intervisions_min: int = 4
    intervisions_offered: int = 6
    cases_brought_min: int = 1
    deliveries_min: int = 2
    refresher_min: int = 1
    observed_session_min: int = 0
    window_opens_days: int = 180
    reminder_days: tuple[int, ...] = (180, 90, 30, 7, 0)
    grace_days: int = 90
    reinstate_within_days: int = 365
    handbook_upgrade_days: int = 180
    appeal_days: int = 42
    coach_calibration_months: int = 12
    double_rating_pct: int = 10

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> Self:
        """The policy as it was stored; keys it did not know then have their default."""
        known = {item.name for item in fields(cls)}
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in facts.items()
        }
        return cls(**{key: value for key, value in values.items() if key in known})

    def as_facts(self) -> dict[str, Any]:
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


@dataclass(frozen=True)
class Criterion:
    """One line of the rubric with its four described levels."""

    code: str
    title: str
    core_element: str | None
    levels: tuple[str, ...]


@dataclass(frozen=True)
class AdherenceCheck:
    """Was it done: ja, nee, bewust anders. `must`: counts for the suggestion."""

    slug: str
    text: str
    core_element: str | None
    must: bool


@dataclass(frozen=True)
class CoreElement:
    """A working element of the intervention."""

    slug: str
    code: str
    title: str
    summary: str
    motif: str


@dataclass(frozen=True)
class Rubric:
    """The versioned form that coach and professional score with."""

    version: str
    level_names: tuple[str, ...]
    not_seen: str
    criteria: tuple[Criterion, ...]
    adherence: tuple[AdherenceCheck, ...]
    core_elements: tuple[CoreElement, ...]

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> Self:
        """The rubric as an edition stores it."""
        return cls(
            version=facts["version"],
            level_names=tuple(facts["level_names"]),
            not_seen=facts["not_seen"],
            criteria=tuple(Criterion(**{**item, "levels": tuple(item["levels"])}) for item in facts["criteria"]),
            adherence=tuple(AdherenceCheck(**item) for item in facts["adherence"]),
            core_elements=tuple(CoreElement(**item) for item in facts["core_elements"]),
        )

    def as_facts(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class AssignmentDefinition:
    """A practical assignment as the edition defines it (`PracticalAssignment.definition`)."""

    slug: str
    code: str
    title: str
    summary: str
    decides: bool
    final: bool
    needs_group: bool
    needs_visit: bool
    needs_photo: bool
    criteria: tuple[str, ...]
    critical: tuple[str, ...]
    adherence: tuple[str, ...]
    what_html: str
    good_html: str
    bring: tuple[str, ...]
    coach_looks_at_html: str
    needs_reflection: bool = False
    """Editions from before there was something to look back with do not say it."""

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> Self:
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in facts.items()
        }
        return cls(**values)

    def as_facts(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class OutlineLesson:
    """A lesson as the course page shows it. `needs`: the blocks without which it is not done."""

    slug: str
    title: str
    minutes: int
    required: bool
    needs: tuple[str, ...] = ()

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> Self:
        return cls(**{**facts, "needs": tuple(facts.get("needs", ()))})


@dataclass(frozen=True)
class OutlineQuiz:
    """A knowledge check as the course page shows it."""

    slug: str
    title: str
    minutes: int
    questions: int


@dataclass(frozen=True)
class OutlineModule:
    """A module. Not available: only a title that says that it follows later. `safety`: practice waits for it.

    It opens when the modules in `after` are done, on the day `opens_on`, and so many days after the cohort began.
    """

    slug: str
    title: str
    summary: str
    core_element: str | None
    available: bool
    safety: bool
    image: str | None
    lessons: tuple[OutlineLesson, ...]
    quiz: OutlineQuiz | None
    after: tuple[str, ...] = ()
    opens_on: date | None = None
    opens_after_days: int | None = None

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons) + (self.quiz.minutes if self.quiz else 0)

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> Self:
        """A module as an edition stores it; those from before there were locks have none."""
        day = facts.get("opens_on")
        return cls(
            **{
                **facts,
                "lessons": tuple(OutlineLesson.from_facts(lesson) for lesson in facts["lessons"]),
                "quiz": OutlineQuiz(**facts["quiz"]) if facts["quiz"] else None,
                "after": tuple(facts.get("after", ())),
                "opens_on": date.fromisoformat(day) if day else None,
            }
        )


@dataclass(frozen=True)
class OutlineSession:
    """A meeting of the handbook, as its overview shows it."""

    slug: str
    number: int
    title: str
    minutes: int
    goal: str


@dataclass(frozen=True)
class Outline:
    """What an edition is made of, without the texts. `notes`: what is new, said when it was published (no content)."""

    slug: str
    title: str
    summary: str
    target_group: str
    modules: tuple[OutlineModule, ...]
    handbook_version: str
    handbook_notes: str
    handbook_intro: str
    sessions: tuple[OutlineSession, ...]
    notes: str = ""
    active_minutes: bool = False

    @cached_property
    def open_modules(self) -> tuple[OutlineModule, ...]:
        return tuple(module for module in self.modules if module.available)

    @cached_property
    def _modules_by_slug(self) -> dict[str, OutlineModule]:
        return {one.slug: each for each in reversed(self.open_modules) for one in (*each.lessons, each.quiz) if one}

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> Self:
        """The outline as an edition stores it."""
        return cls(
            **{
                **facts,
                "modules": tuple(OutlineModule.from_facts(module) for module in facts["modules"]),
                "sessions": tuple(OutlineSession(**session) for session in facts["sessions"]),
            }
        )

    def as_facts(self) -> dict[str, Any]:
        facts = asdict(self)
        for module in facts["modules"]:
            module["opens_on"] = module["opens_on"] and module["opens_on"].isoformat()
        return facts

    def module_of(self, slug: str) -> OutlineModule | None:
        """The module that a lesson or a check belongs to."""
        return self._modules_by_slug.get(slug)

    def lesson_of(self, slug: str) -> OutlineLesson | None:
        """The lesson of that name, where it is open to read."""
        return next((one for module in self.open_modules for one in module.lessons if one.slug == slug), None)


class EnrolmentStage(StrEnum):
    """How far an enrolment is, apart from what theory and practice know of it."""

    INVITED = "invited"
    FOLLOWING = "following"
    PAUSED = "paused"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


IN_TRAINING: Final = frozenset({EnrolmentStage.FOLLOWING, EnrolmentStage.PAUSED})  # it runs: there is practice to do


@dataclass(frozen=True)
class EnrolmentFacts:
    """One enrolment with what other domains ask of it."""

    id: int
    person_id: int
    course_slug: str
    course_title: str
    intervention_id: int
    intervention_slug: str
    intervention_name: str
    edition_id: int
    practice_edition_id: int
    cohort_id: int
    cohort_name: str
    contact_id: int
    starts_on: date
    sample: bool
    coach_id: int | None
    created_at: datetime
    confirmed_at: datetime | None
    paused_at: datetime | None
    completed_at: datetime | None
    withdrawn_at: datetime | None
    expired_at: datetime | None

    @property
    def stage(self) -> EnrolmentStage:
        """The stage, from the moments; the last thing that happened counts."""
        for moment, stage in (
            (self.withdrawn_at, EnrolmentStage.WITHDRAWN),
            (self.expired_at, EnrolmentStage.EXPIRED),
            (self.completed_at, EnrolmentStage.COMPLETED),
            (self.paused_at, EnrolmentStage.PAUSED),
            (self.confirmed_at, EnrolmentStage.FOLLOWING),
        ):
            if moment is not None:
                return stage
        return EnrolmentStage.INVITED


PEOPLE_USUAL: Final = 12  # choice: what we count on until a coach or an admin says otherwise
VISITS_USUAL: Final = 3  # choice: a week
PEOPLE_MOST: Final = 100
VISITS_MOST: Final = 20
REGIONS_MOST: Final = 12


class AwayReason(StrEnum):
    """Why a coach is away: a kind, never a medical detail (domain.md 8.3, rule 4)."""

    ILL = "ill"
    HOLIDAY = "holiday"
    LEAVE = "leave"
    OTHER = "other"


@dataclass(frozen=True)
class Away:
    """A stretch of days on which a coach is away, both ends included; without an end it is not known yet."""

    id: int
    reason: AwayReason
    starts_on: date
    ends_on: date | None

    def covers(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True)
class CoachRoom:
    """How much a coach can take on, where, and when she is away. `told`: somebody filled it in."""

    coach_id: int
    people_max: int = PEOPLE_USUAL
    visits_per_week: int = VISITS_USUAL
    regions: tuple[str, ...] = ()
    away: tuple[Away, ...] = ()
    told: bool = False
    version: int = 0

    def away_on(self, day: date) -> Away | None:
        """The stretch that a day falls in."""
        return next((one for one in self.away if one.covers(day)), None)

    def is_near(self, places: Collection[str]) -> bool:
        """Whether one of these places is in a region that she named."""
        return not {fold(place) for place in places if place}.isdisjoint(fold(region) for region in self.regions)


EXTENSION_MOST: Final = 180  # days, domain.md 8.4: enrolment_max_days 365 (+180)
EXTENSIONS: Final = (30, 60, 90, 180)
