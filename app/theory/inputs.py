"""What somebody may send while she reads a lesson or makes a check. Answers to a check are read in `filling`."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from app.kit.fields import blank_is_nothing
from app.kit.ids import MAX_ID
from app.kit.text import OptionalParagraph, cleaned

ANCHOR: Final = r"^[a-z0-9]+(-[a-z0-9]+)*$"
WORDS_MOST: Final = 5_000
QUOTE_MOST: Final = 1_000
LATE_MOST_S: Final = 30 * 24 * 3600
"""A device that was away longer tells when it arrives, not when it was."""
DAY_MOST_S: Final = 4 * 3600
"""More than this on one day is no reading any more."""

Anchor = Annotated[str, StringConstraints(pattern=ANCHOR, max_length=100)]
Version = Annotated[int | None, Field(ge=0, le=MAX_ID), BeforeValidator(blank_is_nothing)]
Ago = Annotated[int, Field(ge=0, le=LATE_MOST_S), BeforeValidator(lambda value: value or 0)]
"""Seconds since it happened, by the clock of the device: a difference, since the clock itself may be wrong."""


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Place(_Form):
    """Which paragraph stood before her."""

    anchor: Anchor
    ago: Ago = 0


class Active(_Form):
    """For how many seconds she was active in a lesson since the last time that the page told it."""

    seconds: Annotated[int, Field(ge=1, le=DAY_MOST_S)]
    ago: Ago = 0


class Finished(_Form):
    """The lesson is done; perhaps some time ago, without a connection. `edition`: the one that the page showed."""

    ago: Ago = 0
    edition: Version = None


_Reflection = Annotated[str, StringConstraints(max_length=WORDS_MOST), BeforeValidator(cleaned)]


class Words(_Form):
    """What she wrote at a reflection question. `whole` says that the page sent it by itself while she types."""

    words: _Reflection = ""
    version: Version = None
    whole: OptionalParagraph = ""


class Sharing(_Form):
    """Whether her coach may read it. `words` and `version`: what stands in the box, kept before it is shared."""

    shared: bool
    words: _Reflection | None = None
    version: Version = None


Seconds = Annotated[float, Field(ge=0, le=24 * 3600, allow_inf_nan=False)]


class Watched(_Form):
    """What was played of a film or sound: seconds from and to, two by two; where she is, and how long it is."""

    parts: Annotated[list[Seconds], Field(max_length=400)] = []
    at: Seconds = 0
    length: Annotated[float, Field(gt=0, le=24 * 3600, allow_inf_nan=False)]


class Note(_Form):
    """A saved passage, with or without a note, or a note on the whole lesson."""

    anchor: Annotated[str, StringConstraints(max_length=100)] = ""
    words: Annotated[str, StringConstraints(max_length=WORDS_MOST), BeforeValidator(cleaned)] = ""


class NoteWords(_Form):
    """Other words for a note."""

    words: Annotated[str, StringConstraints(max_length=WORDS_MOST), BeforeValidator(cleaned)] = ""
    version: Version = None


class WordsBack(_Form):
    """What a coach writes under an open answer; nothing: she read it. `version`: of what she saw."""

    words: OptionalParagraph = ""
    version: Annotated[int, Field(ge=1)]


class Meant(_Form):
    """What goes along with the answers of a check.

    `number`: of the attempt that they are for; `version`: of the draft that the page showed. `do`: "typing" when the
    page keeps them by itself, "later" to keep them and go, "there" to take what another window kept, or to hand in.
    """

    number: Annotated[int, Field(ge=1)]
    version: Annotated[int, Field(ge=1)]
    do: Literal["", "typing", "later", "there"] = ""
