"""The questions of a check as an author writes them: what belongs to each kind, and what can be answered.

What a question lacks is told at its own line, also where it stands in the text of a lesson (`QuestionBody`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Final, Literal, LiteralString, Self

from pydantic import Field, SerializerFunctionWrapHandler, ValidationError, model_serializer, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from app.courses.files.base import FileModel, Minutes, Slug
from app.kit.text import Line, OptionalParagraph, Paragraph

Kind = Literal["one", "several", "true_false", "match", "order", "open"]
Steps = tuple[int | str, ...]
NEEDED: Final[Mapping[Kind, str]] = {
    "one": "options",
    "several": "options",
    "true_false": "options",
    "match": "pairs",
    "order": "items",
    "open": "good",
}
"""The key that a kind of question cannot do without."""
OWN: Final[Mapping[Kind, frozenset[str]]] = {
    kind: frozenset({needed, "extra"} if kind == "match" else {needed}) for kind, needed in NEEDED.items()
}
PARTS: Final = frozenset().union(*OWN.values())
"""Keys that belong to some kinds of questions only."""


class OptionFile(FileModel):
    text: Paragraph
    right: bool
    feedback: OptionalParagraph = ""


class PairFile(FileModel):
    left: Line
    right: Line


def _wrong(code: LiteralString, *steps: int | str, **facts: Any) -> InitErrorDetails:
    return InitErrorDetails(type=PydanticCustomError(code, code, facts), loc=steps, input=None)


def _twice(places: Iterable[tuple[Steps, str]]) -> Iterator[InitErrorDetails]:
    """Two answers that read alike cannot be told apart."""
    seen: set[str] = set()
    for steps, text in places:
        if text in seen:
            yield _wrong("answer_twice", *steps, value=text)
        seen.add(text)


class _Told(FileModel):
    """A model that tells all of its misfits at once, each at its place."""

    def misfits(self) -> Iterator[InitErrorDetails]:
        yield from ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if found := list(self.misfits()):
            raise ValidationError.from_exception_data(type(self).__name__, found)
        return self


class QuestionBody(_Told):
    """A question without its place: as a check asks it, or the text of a lesson.

    A right side may be the answer to more than one left side; `extra` ones are the answer to none. `items` stand in
    the right order. `good` says what a good answer to an open question holds, and is shown afterwards.
    """

    type: Kind
    text: Paragraph
    options: Annotated[list[OptionFile], Field(min_length=2, max_length=10)] = []
    pairs: Annotated[list[PairFile], Field(min_length=2, max_length=10)] = []
    extra: Annotated[list[Line], Field(max_length=5)] = []
    items: Annotated[list[Line], Field(min_length=3, max_length=10)] = []
    good: OptionalParagraph = ""
    explanation: OptionalParagraph = ""

    def misfits(self) -> Iterator[InitErrorDetails]:
        needed = NEEDED[self.type]
        for name in sorted((PARTS & self.model_fields_set) - OWN[self.type]):
            yield _wrong("other_kind", name, type=self.type, needed=needed)
        if not getattr(self, needed):
            yield _wrong("part_missing", needed, type=self.type)
        elif needed == "options":
            yield from self._options()
        elif needed == "pairs":
            yield from self._pairs()
        elif needed == "items":
            yield from _twice((("items", n), item) for n, item in enumerate(self.items))

    def _options(self) -> Iterator[InitErrorDetails]:
        right = sum(option.right for option in self.options)
        if self.type == "several":
            if right == 0:
                yield _wrong("some_right")
        elif right != 1:
            yield _wrong("one_right", right=right)
        if self.type == "true_false" and len(self.options) != 2:
            yield _wrong("two_options", options=len(self.options))
        yield from _twice((("options", n, "text"), option.text) for n, option in enumerate(self.options))

    def _pairs(self) -> Iterator[InitErrorDetails]:
        yield from _twice((("pairs", n, "left"), pair.left) for n, pair in enumerate(self.pairs))
        rights = dict.fromkeys(pair.right for pair in self.pairs)
        places: list[tuple[Steps, str]] = [((), right) for right in rights]
        yield from _twice([*places, *((("extra", n), one) for n, one in enumerate(self.extra))])
        if len(rights) + len(self.extra) < 2:
            yield _wrong("one_choice", "pairs")

    @model_serializer(mode="wrap")
    def _only_its_own(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without the keys of other kinds: what an author did not write makes no other edition of a course."""
        facts: dict[str, Any] = write(self)
        others = PARTS - OWN[self.type]
        return {name: value for name, value in facts.items() if name not in others and (name, value) != ("pool", None)}


class QuestionFile(QuestionBody):
    """A question of a check. `pool`: some of its pool are asked, others of it another time."""

    id: Slug
    critical: bool = False
    pool: Slug | None = None

    def misfits(self) -> Iterator[InitErrorDetails]:
        yield from super().misfits()
        if self.critical and self.type == "open":
            yield _wrong("open_critical", "critical")
        if self.critical and self.pool is not None:
            yield _wrong("pool_critical", "pool")

    @property
    def counts(self) -> bool:
        """Whether it counts in the percentage: an open answer is read, not scored."""
        return self.type != "open"


class QuizFile(_Told):
    """toets.yaml. `draws`: from each pool so many questions are asked."""

    slug: Slug
    title: Line
    minutes: Minutes
    intro: OptionalParagraph = ""
    draws: dict[Slug, Annotated[int, Field(ge=1)]] = {}
    questions: Annotated[list[QuestionFile], Field(min_length=1, max_length=50)]

    @property
    def asked(self) -> int:
        """How many questions one attempt has."""
        return sum(question.pool is None for question in self.questions) + sum(self.draws.values())

    def misfits(self) -> Iterator[InitErrorDetails]:
        sizes = Counter(question.pool for question in self.questions if question.pool is not None)
        places = {question.pool: n for n, question in reversed(list(enumerate(self.questions)))}
        for pool in sizes:
            if pool not in self.draws:
                yield _wrong("pool_not_drawn", "questions", places[pool], "pool", pool=pool)
        for pool, number in self.draws.items():
            if pool not in sizes:
                yield _wrong("pool_empty", "draws", pool, pool=pool)
            elif number >= sizes[pool]:
                yield _wrong("draws_all", "draws", pool, pool=pool, number=number, size=sizes[pool])
        if not self._counts_for_sure():
            yield _wrong("nothing_counts", "questions")

    def _counts_for_sure(self) -> bool:
        """Whether every draw has a question that counts: without one there is no percentage."""
        open_ones = Counter(question.pool for question in self.questions if not question.counts)
        always = any(question.counts and question.pool is None for question in self.questions)
        return always or any(number > open_ones[pool] for pool, number in self.draws.items())

    @model_serializer(mode="wrap")
    def _without_empty_draws(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        facts: dict[str, Any] = write(self)
        return {name: value for name, value in facts.items() if (name, value) != ("draws", {})}
