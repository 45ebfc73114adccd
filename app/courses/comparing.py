"""What differs between two editions of one course, for who read the one and gets the other. Pure.

Compared is what a reader reads: words, pictures, films and papers, never the HTML that they became.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol, TypeVar

from app.courses.handbook_parts import SessionText, read_of, session_parts


class Change(StrEnum):
    """What became of something in the newer edition."""

    SAME = "same"
    CHANGED = "changed"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True)
class LessonText:
    """A lesson as a reader reads it. `picture`: its digest, description and caption; `files`: digests of what plays.

    `pictures`: digests of those in the text.
    """

    slug: str
    title: str
    module: str
    minutes: int
    required: bool
    intro: str
    source: str
    picture: tuple[str, str, str] | None = None
    files: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckText:
    """A knowledge check. `questions`: with their answers, as they stand in the edition."""

    slug: str
    title: str
    intro: str
    questions: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class EditionText:
    """Everything of an edition that somebody reads or answers, in the order of the course."""

    lessons: tuple[LessonText, ...]
    checks: tuple[CheckText, ...]
    sessions: tuple[SessionText, ...]


_SHOWN: Final = re.compile(r"^::: *(beeld|video|geluid|download)\b.*\n(?:(?!:::).*\n)*+:::[ \t]*$", re.MULTILINE)
_EMPTY: Final = re.compile(r"\n\s*\n")


def _blocks(source: str, *, pictures: bool) -> tuple[str, ...]:
    """What is said at the pictures of a text, or at what plays and can be taken along."""
    return tuple(found[0] for found in _SHOWN.finditer(source) if (found[1] == "beeld") == pictures)


PARTS: Final[dict[str, Callable[[LessonText], Hashable]]] = {
    "title": lambda lesson: lesson.title,
    "intro": lambda lesson: lesson.intro,
    "text": lambda lesson: _EMPTY.sub("\n\n", _SHOWN.sub("", lesson.source)).strip(),
    "picture": lambda lesson: lesson.picture,
    "pictures": lambda lesson: (_blocks(lesson.source, pictures=True), lesson.pictures),
    "files": lambda lesson: (_blocks(lesson.source, pictures=False), lesson.files),
    "required": lambda lesson: lesson.required,
    "minutes": lambda lesson: lesson.minutes,
}
CHECK_PARTS: Final = ("title", "intro", "questions")
READ_FOR: Final = frozenset({"intro", "text", "picture", "pictures", "files"})
"""The parts that are a reason to read a lesson again; another title or another estimate is none."""


@dataclass(frozen=True)
class LessonChange:
    """One lesson in both. What stands here is of the newer edition; of one that is gone, of the older."""

    slug: str
    title: str
    module: str
    minutes: int
    required: bool
    change: Change
    parts: tuple[str, ...] = ()

    @property
    def reads_differently(self) -> bool:
        return self.change is Change.CHANGED and not READ_FOR.isdisjoint(self.parts)

    @property
    def to_read_again(self) -> bool:
        """Whether who had done it reads it again, unless somebody decides otherwise."""
        return self.required and self.reads_differently

    @property
    def news(self) -> bool:
        """Whether there is something in it for who knows the older edition."""
        return self.change is Change.NEW or self.reads_differently


@dataclass(frozen=True)
class CheckChange:
    """One knowledge check in both."""

    slug: str
    title: str
    change: Change
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class SessionChange:
    """One meeting of the handbook in both; `parts`: the kinds of parts that hold something new."""

    slug: str
    number: int
    title: str
    change: Change
    parts: tuple[str, ...] = ()

    @property
    def news(self) -> bool:
        return self.change is Change.NEW or (self.change is Change.CHANGED and bool(self.parts))


@dataclass(frozen=True)
class Differences:
    """Everything of both editions with what became of it: in the order of the newer one, then what is gone."""

    lessons: tuple[LessonChange, ...]
    checks: tuple[CheckChange, ...]
    sessions: tuple[SessionChange, ...]

    @property
    def any(self) -> bool:
        everything: tuple[LessonChange | CheckChange | SessionChange, ...] = (
            *self.lessons,
            *self.checks,
            *self.sessions,
        )
        return any(one.change is not Change.SAME for one in everything)


class _Named(Protocol):
    @property
    def slug(self) -> str: ...


Part = TypeVar("Part", bound=_Named)


def compare(old: EditionText, new: EditionText) -> Differences:
    """What the newer edition makes of the older one, by slug."""
    return Differences(
        lessons=tuple(_lesson(before, after) for before, after in _pairs(old.lessons, new.lessons)),
        checks=tuple(_check(before, after) for before, after in _pairs(old.checks, new.checks)),
        sessions=tuple(_session(before, after) for before, after in _pairs(old.sessions, new.sessions)),
    )


def blocks_alike(
    old: Iterable[Mapping[str, Any]], new: Iterable[Mapping[str, Any]], digests: tuple[Mapping[str, str], ...]
) -> frozenset[str]:
    """The blocks of a lesson, by id, of which both editions ask or play the same: what was done with them counts on.

    `digests`: of the files of the older edition and of the newer one, by name.
    """
    before, after = (
        {block["id"]: _asked(block, known) for block in blocks}
        for blocks, known in zip((old, new), digests, strict=True)
    )
    return frozenset(id_ for id_, asked in after.items() if before.get(id_) == asked)


def _asked(block: Mapping[str, Any], digests: Mapping[str, str]) -> Hashable:
    """What somebody does with a block is about this. Why an answer is right, and how a film is called, is not."""
    match block["kind"]:
        case "question":
            question = block["question"]
            options = tuple((one["text"], one["right"]) for one in question.get("options", ()))
            return block["kind"], question["type"], question["text"], options
        case "video" | "audio":
            return block["kind"], digests.get(block["file"], block["file"])
        case kind:
            return str(kind)


def _pairs(old: Iterable[Part], new: Iterable[Part]) -> Iterable[tuple[Part | None, Part | None]]:
    before, after = {one.slug: one for one in old}, {one.slug: one for one in new}
    yield from ((before.get(slug), one) for slug, one in after.items())
    yield from ((one, None) for slug, one in before.items() if slug not in after)


def _became(before: Part | None, after: Part | None, *, same: bool) -> tuple[Part, Change]:
    """The one to show, and what became of it. Raises: ValueError when neither is there."""
    if after is not None:
        return after, Change.NEW if before is None else Change.SAME if same else Change.CHANGED
    if before is None:
        raise ValueError("in neither edition")
    return before, Change.GONE


def _lesson(before: LessonText | None, after: LessonText | None) -> LessonChange:
    parts: tuple[str, ...] = ()
    if before is not None and after is not None:
        parts = tuple(name for name, part in PARTS.items() if part(before) != part(after))
        if before.source != after.source and {"text", "pictures", "files"}.isdisjoint(parts):
            parts = (*parts, "text")  # such as a picture that stands elsewhere in it
    shown, change = _became(before, after, same=not parts)
    return LessonChange(shown.slug, shown.title, shown.module, shown.minutes, shown.required, change, parts)


def _check(before: CheckText | None, after: CheckText | None) -> CheckChange:
    parts: tuple[str, ...] = ()
    if before is not None and after is not None:
        parts = tuple(name for name in CHECK_PARTS if getattr(before, name) != getattr(after, name))
    shown, change = _became(before, after, same=not parts)
    return CheckChange(shown.slug, shown.title, change, parts)


def _session(before: SessionText | None, after: SessionText | None) -> SessionChange:
    parts: tuple[str, ...] = ()
    if before is not None and after is not None:
        known, fresh = session_parts(before), session_parts(after)
        parts = tuple(kind for kind in fresh if set(fresh[kind]) - set(known[kind]))
    same = before is not None and after is not None and read_of(before) == read_of(after)
    shown, change = _became(before, after, same=same)
    return SessionChange(shown.slug, shown.number, shown.title, change, parts)
