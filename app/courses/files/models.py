"""The files of a course folder as models: unknown keys, wrong types and odd names are errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.courses.files.base import Code, FileModel, ImageName, Minutes, Motif, Slug, Version
from app.courses.files.questions import QuizFile
from app.courses.rules import LEVELS, Policy
from app.kit.text import Line, OptionalParagraph, PageText, Paragraph


class CoreElementFile(FileModel):
    slug: Slug
    code: Code
    title: Line
    summary: Paragraph
    motif: Motif


class ModuleFile(FileModel):
    slug: Slug
    title: Line
    summary: Paragraph
    core_element: Slug | None = None
    available: bool = True
    safety: bool = False
    image: ImageName | None = None
    after: Annotated[list[Slug], Field(max_length=20)] = []
    opens_on: date | None = None
    opens_after_days: Annotated[int, Field(ge=1, le=365)] | None = None


class CourseFile(FileModel):
    """course.yaml."""

    slug: Slug
    title: Line
    intervention: Slug
    intervention_name: Line
    language: Literal["nl", "en"]
    sample: bool
    summary: Paragraph
    target_group: Paragraph
    active_minutes: bool = False
    core_elements: Annotated[list[CoreElementFile], Field(min_length=1, max_length=20)]
    modules: Annotated[list[ModuleFile], Field(min_length=1, max_length=40)]


class LessonHead(FileModel):
    """What stands above a lesson."""

    title: Line
    minutes: Minutes
    intro: Paragraph
    required: bool = True
    image: ImageName | None = None
    image_alt: OptionalParagraph = ""
    image_caption: OptionalParagraph = ""
    decorative: bool = False
    required_blocks: Annotated[list[Slug], Field(max_length=20)] = []

    @model_validator(mode="after")
    def _says_what_is_shown(self) -> Self:
        if self.image is None and (self.image_alt or self.image_caption):
            raise PydanticCustomError("alt_without_image", "a description without an image")
        if self.image is not None and not self.image_alt and not self.decorative:
            raise PydanticCustomError("alt_missing", "an image without a description")
        return self


class CriterionFile(FileModel):
    code: Code
    title: Line
    core_element: Slug | None
    levels: Annotated[list[Paragraph], Field(min_length=LEVELS, max_length=LEVELS)]


class AdherenceFile(FileModel):
    slug: Slug
    text: Line
    core_element: Slug | None
    must: bool


class RubricFile(FileModel):
    """rubric.yaml."""

    version: Version
    levels: Annotated[list[Line], Field(min_length=LEVELS, max_length=LEVELS)]
    not_seen: Line
    criteria: Annotated[list[CriterionFile], Field(min_length=1, max_length=60)]
    adherence: Annotated[list[AdherenceFile], Field(max_length=60)]


class AssignmentFile(FileModel):
    """assignments/<nn>-<slug>.yaml."""

    slug: Slug
    code: Code
    title: Line
    summary: Paragraph
    decides: bool
    final: bool = False
    needs_group: bool
    needs_visit: bool
    needs_photo: bool
    needs_reflection: bool = False
    minutes: Minutes
    criteria: list[Code]
    critical: list[Code] = []
    adherence: list[Slug] = []
    what: PageText
    good: PageText
    bring: list[Line] = []
    coach_looks_at: PageText


class HandbookFile(FileModel):
    """handbook/handbook.yaml."""

    version: Version
    change_notes: OptionalParagraph = ""
    intro: Paragraph


class StepFile(FileModel):
    minutes: Minutes
    title: Line
    text: Paragraph


class OtherwiseFile(FileModel):
    when: Line
    then: Paragraph


class WorkingFormFile(FileModel):
    title: Line
    core_element: Slug | None = None
    text: Paragraph
    minutes: Minutes
    materials: list[Line] = []


class SessionHead(FileModel):
    """What stands above a session of the handbook: the script itself."""

    in_fields: ClassVar[dict[str, str]] = {
        "number": "Het nummer",
        "title": "De titel",
        "minutes": "Het aantal minuten",
        "goal": "Het doel",
        "text": "De tekst",
        "when": "Wat er gebeurt",
        "then": "Wat je dan doet",
    }

    number: Annotated[int, Field(ge=1, le=99)]
    title: Line
    minutes: Minutes
    goal: Paragraph
    materials: list[Line] = []
    steps: Annotated[list[StepFile], Field(min_length=1, max_length=40)]
    otherwise: list[OtherwiseFile] = []
    working_forms: list[WorkingFormFile] = []


Count = Annotated[int, Field(ge=0, le=100)]
Days = Annotated[int, Field(ge=1, le=3_650)]
DaysOrNone = Annotated[int, Field(ge=0, le=3_650)]
Percent = Annotated[int, Field(ge=1, le=100)]


class PolicyFile(FileModel):
    """policy.yaml; keys and origins in domain.md 8.4. Every key is written, so that nothing is silent."""

    version: Version
    theory_pass_mark_pct: Percent
    quiz_attempts_free: Annotated[int, Field(ge=1, le=100)]
    quiz_wait_hours: Annotated[int, Field(ge=0, le=720)]
    first_visit_within_days: Days
    practice_start_within_days: Days
    enrolment_max_days: Days
    quiet_days: Days = Policy.quiet_days  # folders from before it was asked do not say it
    training_days_min: Count = Policy.training_days_min  # folders from before it was asked do not say it
    coach_visits_min: Count
    licence_required: bool
    four_eyes: Literal["always", "never", "when_two_admins"]
    assignment_attempts_max: Annotated[int, Field(ge=1, le=20)]
    review_within_working_days: Annotated[int, Field(ge=1, le=60)]
    certificate_validity_months: Annotated[int, Field(ge=1, le=240)]
    period_starts: Literal["joined", "completion", "calendar"]
    intervisions_min: Count
    intervisions_offered: Count
    cases_brought_min: Count
    deliveries_min: Count
    refresher_min: Count
    observed_session_min: Count
    window_opens_days: DaysOrNone
    reminder_days: Annotated[list[DaysOrNone], Field(max_length=20)]
    grace_days: DaysOrNone
    reinstate_within_days: DaysOrNone
    handbook_upgrade_days: DaysOrNone
    appeal_days: DaysOrNone
    coach_calibration_months: Annotated[int, Field(ge=1, le=120)]
    double_rating_pct: Annotated[int, Field(ge=0, le=100)]

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        if self.intervisions_min > self.intervisions_offered:
            facts = {"least": self.intervisions_min, "offered": self.intervisions_offered}
            raise PydanticCustomError("more_than_offered", "more needed than offered", facts)
        return self


@dataclass(frozen=True)
class Rendered:
    """A text as it is shown.

    `headings`: those a reader can jump to, as (id, title). `blocks`: what a page fills in where `rules.spot` left
    room for it. `passages`: each paragraph as (id, words), for search and for what somebody saves.
    """

    html: str
    headings: tuple[tuple[str, str], ...]
    blocks: tuple[dict[str, Any], ...] = ()
    passages: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class LessonContent:
    slug: str
    head: LessonHead
    text: Rendered
    source: str


@dataclass(frozen=True)
class ModuleContent:
    head: ModuleFile
    lessons: tuple[LessonContent, ...]
    quiz: QuizFile | None


@dataclass(frozen=True)
class AssignmentContent:
    head: AssignmentFile
    what: Rendered
    good: Rendered
    coach_looks_at: Rendered


@dataclass(frozen=True)
class SessionContent:
    slug: str
    head: SessionHead
    text: Rendered
    source: str


@dataclass(frozen=True)
class ImageContent:
    """A picture. `read` gives all of it; `size` in bytes. `stored`: where it stands in the store already."""

    read: Callable[[], bytes]
    sha256: str
    size: int
    width: int
    height: int
    stored: str = ""


@dataclass(frozen=True)
class MediaContent:
    """A film, a sound, captions or a paper. `read` gives all of it; `size` in bytes; `stored` as with a picture."""

    read: Callable[[], bytes]
    sha256: str
    size: int
    media_type: str
    stored: str = ""


@dataclass(frozen=True)
class CourseContent:
    """A course folder that was found right: everything that publishing needs."""

    head: CourseFile
    policy: PolicyFile
    rubric: RubricFile
    modules: tuple[ModuleContent, ...]
    assignments: tuple[AssignmentContent, ...]
    handbook: HandbookFile | None
    sessions: tuple[SessionContent, ...]
    images: dict[str, ImageContent]
    media: dict[str, MediaContent]
    texts: dict[str, str]
    """Every text file as it was read, by its path: what an export gives back."""
