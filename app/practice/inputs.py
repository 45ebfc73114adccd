"""What people may write about an assignment. The forms with criteria are made from the rubric."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    create_model,
    field_validator,
)
from pydantic_core import PydanticCustomError

from app.courses.rules import AssignmentDefinition, Rubric
from app.kit.fields import KnownId, OptionalDay, blank_is_nothing
from app.kit.ids import MAX_ID
from app.kit.text import OptionalLine, OptionalParagraph, PageText, Paragraph, cleaned
from app.practice.rules.evidence import ATTESTED, Kind, Purpose, consent_lacks
from app.practice.rules.forms import Answer, Check, Observation, checks_of, criteria_of
from app.practice.rules.reflections import Starr
from app.practice.rules.states import Decision

STRONG: Final = 3
GROWING: Final = 2
LINK_MOST: Final = 1_000
# A name with a dot in it, also in letters of other alphabets; no bare number.
HOST: Final = re.compile(r"(?:[^\W_](?:[^\W_]|-){0,62}\.)+[^\W\d_](?:[^\W_]|-){0,62}")
AGREEMENTS: Final = 2
MAX_ATTEMPT: Final = 1_000
AGREEMENTS_MAX: Final = 20  # what was agreed together may be more than the form has lines for


def _as_level(value: object) -> object:
    return int(value) if isinstance(value, str) and value in {"0", "1", "2", "3", "4"} else value


Level = Annotated[Literal[0, 1, 2, 3, 4] | None, BeforeValidator(_as_level), BeforeValidator(blank_is_nothing)]


def _ticked(value: str) -> str:
    """A box to tick that nobody ticked is not sent at all."""
    if not value:
        raise PydanticCustomError("tick_missing", "not ticked")
    return value


OptionalAnswer = Annotated[Answer | None, BeforeValidator(blank_is_nothing)]
Version = Annotated[int | None, Field(ge=0, le=MAX_ID), BeforeValidator(blank_is_nothing)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Preparation(_Form):
    """Goal, session plan and learning question."""

    goal: Paragraph
    session_plan: PageText
    learning_question: Paragraph
    version: Version = None


class Reflection(_Form):
    """Looking back in the parts of STARR. All may be empty, since a draft may.

    `whole`: "typing" when the page keeps it by itself.
    """

    version: Version = None
    whole: Literal["", "typing"] = ""
    situation: OptionalParagraph = ""
    task: OptionalParagraph = ""
    action: OptionalParagraph = ""
    result: OptionalParagraph = ""
    reflection: OptionalParagraph = ""
    transfer: OptionalParagraph = ""

    def starr(self) -> Starr:
        return Starr.of(self)


def _https(value: str) -> str:
    """An address on the web, of a host by its name, without somebody's name before it."""
    try:
        parts = urlsplit(value)
        good = (
            parts.scheme == "https"
            and HOST.fullmatch(parts.hostname or "") is not None
            and not parts.username
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        good = False
    if not good or any(char.isspace() or not char.isprintable() or char in "\\<>\"'`" for char in value):
        raise PydanticCustomError("link_https", "not an address")
    return value


HttpsAddress = Annotated[
    str, StringConstraints(min_length=1, max_length=LINK_MOST), BeforeValidator(cleaned), AfterValidator(_https)
]


class PhotoNote(_Form):
    """What goes with a photo. Nobody can be recognised, or who can be said yes to what is ticked."""

    recognisable: Literal["nobody", "attested"]
    purposes: Annotated[list[Purpose], Field(validate_default=True)] = []
    caption: OptionalLine = ""

    @field_validator("purposes")
    @classmethod
    def _for_the_assessment(cls, given: list[Purpose], others: ValidationInfo) -> list[Purpose]:
        """What is ticked counts only where somebody can be recognised."""
        if others.data.get("recognisable") != ATTESTED:
            return []
        if consent_lacks(ATTESTED, given):
            raise PydanticCustomError("consent_for_assessment", "no consent for the assessment")
        return sorted(set(given))


class UploadNote(PhotoNote):
    """What will come piece by piece. `fingerprint`: by what the browser knows the same file again."""

    kind: Literal[Kind.PHOTO, Kind.VIDEO, Kind.AUDIO, Kind.PDF]
    length: Annotated[int, Field(ge=0, le=MAX_ID)]
    fingerprint: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class TextNote(_Form):
    """Words as evidence."""

    words: Paragraph


class LinkNote(_Form):
    """The address of something elsewhere. Nobody here ever opens it."""

    link: HttpsAddress
    caption: OptionalLine = ""


class VisitPhotoNote(_Form):
    """What goes with a photo of a coach. She vouches for the assessment and for nothing else.

    `attempt`: the one that she made it for, which her phone may send when another has begun.
    """

    recognisable: Literal["nobody", "attested"]
    caption: OptionalLine = ""
    attempt: Annotated[int | None, Field(ge=1, le=MAX_ID)] = None

    @property
    def purposes(self) -> list[Purpose]:
        return [Purpose.ASSESSMENT] if self.recognisable == ATTESTED else []


class SelfView(_Form):
    """A professional's view of her own work; `self_<code>` fields are added for an assignment.

    `whole`: "typing" when the page keeps it by itself. `version`: of what she had before her.
    """

    version: Version = None
    whole: Literal["", "typing"] = ""
    note: OptionalParagraph = ""

    def scores(self) -> dict[str, int]:
        return _levels(self, "self_")


def self_view(definition: AssignmentDefinition, rubric: Rubric) -> type[SelfView]:
    """The form to score oneself with on one assignment."""
    fields: dict[str, Any] = {}
    if definition.decides:
        fields = {f"self_{criterion.code}": (Level, None) for criterion in criteria_of(definition, rubric)}
    return create_model("SelfViewOfAssignment", __base__=SelfView, **fields)


class ObservationForm(_Form):
    """A coach's observation; fields for criteria and checks are added for an assignment.

    All may be empty, since a draft may; what a whole form needs is told by `rules.forms.gaps`. `whole`: the button that
    was pressed, or "typing" when the page keeps the form by itself.
    """

    version: Version = None
    whole: Literal["", "1", "typing"] = ""
    strong_1: OptionalLine = ""
    strong_2: OptionalLine = ""
    strong_3: OptionalLine = ""
    growing_1: OptionalLine = ""
    growing_2: OptionalLine = ""
    agreement_1: OptionalLine = ""
    agreement_2: OptionalLine = ""

    def observation(self) -> Observation:
        given = self.model_dump()
        return Observation(
            scores=_levels(self, "score_"),
            notes={
                name.removeprefix("note_"): text for name, text in given.items() if name.startswith("note_") and text
            },
            checks={
                name.removeprefix("check_"): Check(answer, given[f"reason_{name.removeprefix('check_')}"])
                for name, answer in given.items()
                if name.startswith("check_") and answer is not None
            },
            strong=_lines(given, "strong", STRONG),
            growing=_lines(given, "growing", GROWING),
            agreements=_lines(given, "agreement", AGREEMENTS),
        )


class SentObservation(ObservationForm):
    """The same form as a phone sends it, perhaps days later and more than once.

    `person`: whose draft it is, whoever is signed in by now. `attempt`: what it is about. `device`, `number`: which of
    the sends of this device. A phone's clock says nothing here: only ours counts.
    """

    person: KnownId
    attempt: Annotated[int, Field(ge=1, le=MAX_ATTEMPT)]
    device: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{16,64}$")]
    number: Annotated[int, Field(ge=1, le=MAX_ID)]


def observation_form(definition: AssignmentDefinition, rubric: Rubric) -> type[ObservationForm]:
    """The form to observe one assignment with. A kijkbezoek has no scores and no list."""
    return create_model("ObservationOfAssignment", __base__=ObservationForm, **_of_assignment(definition, rubric))


def sent_observation(definition: AssignmentDefinition, rubric: Rubric) -> type[SentObservation]:
    """The form of one assignment as a phone sends it."""
    return create_model("ObservationFromPhone", __base__=SentObservation, **_of_assignment(definition, rubric))


def _of_assignment(definition: AssignmentDefinition, rubric: Rubric) -> dict[str, Any]:
    """The fields for its criteria and checks."""
    fields: dict[str, Any] = {}
    if definition.decides:
        for criterion in criteria_of(definition, rubric):
            fields[f"score_{criterion.code}"] = (Level, None)
            fields[f"note_{criterion.code}"] = (OptionalParagraph, "")
        for check in checks_of(definition, rubric):
            fields[f"check_{check.slug}"] = (OptionalAnswer, None)
            fields[f"reason_{check.slug}"] = (OptionalLine, "")
    return fields


def filled_in(observation: Observation) -> dict[str, object]:
    """The fields of the observation form with what stands in an observation."""
    fields: dict[str, object] = {f"score_{code}": level for code, level in observation.scores.items()}
    fields |= {f"note_{code}": text for code, text in observation.notes.items()}
    for slug, check in observation.checks.items():
        fields[f"check_{slug}"], fields[f"reason_{slug}"] = check.answer.value, check.reason
    for name, lines in (
        ("strong", observation.strong),
        ("growing", observation.growing),
        ("agreement", observation.agreements),
    ):
        fields |= {f"{name}_{number}": line for number, line in enumerate(lines, start=1)}
    return fields


class Agreement(_Form):
    """What the two agree, on the page that they look at together. `version`: of the coach's form."""

    version: Version = None
    agreement_1: OptionalLine = ""
    agreement_2: OptionalLine = ""

    def lines(self) -> tuple[str, ...]:
        return _lines(self.model_dump(), "agreement", AGREEMENTS)


class Confirmation(_Form):
    """A yes to the words that stood there: `version` is that of the talk."""

    version: Annotated[int, Field(ge=1, le=MAX_ID)]


class VisitPlan(_Form):
    """The date of the group that the coach comes to."""

    date_id: KnownId


class VisitCancel(_Form):
    """Why a visit does not go on."""

    reason: Paragraph


class TheWay(_Form):
    """How to get to a visit, and whom of the place to ask for."""

    directions: OptionalParagraph = ""
    venue_contact: OptionalLine = ""


class Note(_Form):
    """What a coach writes down, and when to come back to it. `version`: of the words that she had before her."""

    text: Paragraph
    come_back_on: OptionalDay = None
    version: Version = None


class KeptAgreement(_Form):
    """An agreement of a sign-off, counted from one, and whether it is done."""

    sign_off_id: KnownId
    number: Annotated[int, Field(ge=1, le=AGREEMENTS_MAX)]
    kept: Literal["yes", "no"]


class Signature(_Form):
    """The decision, and what it is about: this version of the form, this submission and this `basis`, no other."""

    decision: Decision
    version: Annotated[int, Field(ge=1, le=MAX_ID)]
    submission_id: KnownId
    basis: str = ""  # whatever it is, only the digest of what lies there now will do
    reason: OptionalParagraph = ""
    by_when: OptionalDay = None
    seen: Annotated[Literal["", "on"], AfterValidator(_ticked)] = Field(default="", validate_default=True)


class SignatureWithProof(Signature):
    """The same with the six digits, or a code from paper, where the proof of who she is has grown old."""

    code: OptionalLine = ""
    recovery: OptionalLine = ""


class CorrectionReason(_Form):
    """Why a result is taken back, or why it is not."""

    reason: Paragraph


def _levels(form: BaseModel, prefix: str) -> dict[str, int]:
    return {
        name.removeprefix(prefix): level
        for name, level in form.model_dump().items()
        if name.startswith(prefix) and level is not None
    }


def _lines(given: dict[str, Any], name: str, count: int) -> tuple[str, ...]:
    return tuple(line for number in range(1, count + 1) if (line := given[f"{name}_{number}"]))
