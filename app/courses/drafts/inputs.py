"""What the forms of the editor may say.

A draft may be half done: nothing is refused for being empty or odd here, for what is typed has to stay. What is wrong
with it the checker says, at its line, before it is published.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from app.courses.drafts.rules import TEXT_MOST
from app.courses.inputs import Input
from app.kit.fields import KnownId, OptionalDay, OptionalId, blank_is_nothing
from app.kit.text import Line, OptionalLine, OptionalParagraph, Paragraph, cleaned

LongText = Annotated[str, StringConstraints(max_length=TEXT_MOST), BeforeValidator(cleaned)]
Ticked = str


class Written(Input):
    """What every form of a file says: the version that it began with, and whether the page kept it by itself."""

    version: KnownId
    whole: str = ""


class LessonWritten(Written):
    """A lesson: what stands above it, and its text."""

    title: OptionalLine = ""
    minutes: OptionalLine = ""
    intro: OptionalParagraph = ""
    required: Ticked = ""
    image: OptionalLine = ""
    image_alt: OptionalParagraph = ""
    image_caption: OptionalParagraph = ""
    decorative: Ticked = ""
    body: LongText = ""


class SessionWritten(Written):
    """A script of the handbook.

    `rows`: its steps and what else stands there were sent as rows (`scripts`); else they are `rest`, as YAML.
    """

    number: OptionalLine = ""
    title: OptionalLine = ""
    minutes: OptionalLine = ""
    goal: OptionalParagraph = ""
    rows: Ticked = ""
    materials: LongText = ""
    rest: LongText = ""
    body: LongText = ""


class TextWritten(Written):
    """A file as it is."""

    text: LongText = ""


class NewLesson(Input):
    module: Line
    title: Line


class NewCheck(Input):
    module: Line


class Place(Input):
    """Where to: a place up, or a place down."""

    do: str


class NewCourse(Input):
    """A course that begins with nothing but what it must have. `slug`: empty is one made of the title."""

    title: Line
    slug: OptionalLine = ""
    summary: Line


class PictureGiven(Input):
    """What is to be seen on a picture, or that it tells nothing. `name`: one that the course has, instead of a file."""

    name: OptionalLine = ""
    alt: OptionalParagraph = ""
    decorative: Ticked = ""
    caption: OptionalParagraph = ""


class ZipGiven(Input):
    """A zip, and whether a draft that is there may go."""

    replaces: Ticked = ""


class MediaGiven(Input):
    """A file. With a `kind` also what its block in a text says, and `name`: one that the course has, instead of a file.

    `captions`: the name of a file with what is said in a film; `silent`: nothing is.
    """

    kind: OptionalLine = ""
    name: OptionalLine = ""
    title: OptionalLine = ""
    captions: OptionalLine = ""
    silent: Ticked = ""
    transcript: LongText = ""
    text: OptionalParagraph = ""


class Publishing(Input):
    """`version`: of the draft that was looked at; `notes`: what is new. A handbook that changed gets a version.

    `newest`, `over`: the number of an edition that came after the one that the draft was made from, and that the draft
    goes before it.
    """

    version: KnownId
    handbook_version: OptionalLine = ""
    notes: OptionalParagraph = ""
    newest: OptionalId = None
    over: Ticked = ""


class Looked(Input):
    """The version of the draft that was looked at."""

    version: KnownId


class CourseSaid(Input):
    """The plain facts of a course. `seen`: what stood there when somebody began to change them."""

    title: Line
    summary: Paragraph
    target_group: Paragraph
    intervention_name: Line
    language: Literal["nl", "en"]
    sample: Ticked = ""
    active_minutes: Ticked = ""
    seen: OptionalLine = ""


class ModuleSaid(Input):
    """A module and what opens it: modules that come first, a day, and so many days after the start."""

    title: Line
    summary: Paragraph
    core_element: OptionalLine = ""
    after: Annotated[list[Line], Field(default_factory=list, max_length=20)]
    opens_on: OptionalDay = None
    opens_after_days: Annotated[Annotated[int, Field(ge=1, le=365)] | None, BeforeValidator(blank_is_nothing)] = None
    safety: Ticked = ""
    available: Ticked = ""
    seen: OptionalLine = ""


class NewModule(Input):
    """A module at the end. `lesson`: what its first lesson is called; `slug`: of lessons that stand in no module."""

    title: Line
    summary: Paragraph
    lesson: OptionalLine = ""
    slug: OptionalLine = ""


class PartSaid(Input):
    """What a lesson, check or assignment is called and takes. `module`: where a lesson stands."""

    title: Line
    minutes: Annotated[int, Field(ge=1, le=600)]
    module: OptionalLine = ""
    seen: OptionalLine = ""


class Going(Input):
    """`seen`: what there was to go along when somebody was asked."""

    seen: OptionalLine = ""


class CheckHead(Input):
    """What stands above the questions of a check. `seen`: what stood there when somebody began to change it."""

    title: Line
    minutes: Annotated[int, Field(ge=1, le=600)]
    intro: OptionalParagraph = ""
    seen: OptionalLine = ""
