"""A draft as its author finds her way in it: everything in its place, what changed, and what must be mended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.courses.differing import Change, What, compare
from app.courses.drafts import rules
from app.courses.drafts.queries import Draft, DraftFacts, EditionFacts, modules_in, title_of_course
from app.courses.drafts.reading import Stored, sides
from app.courses.drafts.rules import Kind, Numbered
from app.courses.drafts.scripts import Place, places_in, row_at
from app.courses.drafts.writing import field_at

if TYPE_CHECKING:
    from app.courses.files.problems import Problem

SETTINGS: Final = (Kind.COURSE, Kind.RUBRIC, Kind.HANDBOOK, Kind.POLICY, Kind.OTHER)


@dataclass(frozen=True)
class Item:
    """One file in the outline. `what`: what became of it since the edition; `first`, `last`: among its own."""

    id: int
    path: str
    kind: Kind
    title: str
    what: What | None
    moved: bool
    problems: int
    first: bool = False
    last: bool = False

    @property
    def removable(self) -> bool:
        return self.kind in rules.REMOVABLE


@dataclass(frozen=True)
class Part:
    """A module with its lessons and check."""

    slug: str
    title: str
    items: tuple[Item, ...]

    @property
    def has_check(self) -> bool:
        return any(item.kind is Kind.CHECK for item in self.items)


@dataclass(frozen=True)
class ProblemLine:
    """Something to mend, and where: a file of the draft (0: none), and its line; `shown`: as its page counts them.

    `family`, `row`, `field`: of a script in rows, as its remarks.
    """

    file_id: int
    where: str
    title: str
    line: int
    shown: int
    sentence: str
    hint: str
    family: str = ""
    row: int = 0
    field: str = ""


@dataclass(frozen=True)
class Outline:
    """A draft with everything in it, read at one moment. `newer`: its edition came after the one that it began from."""

    draft: DraftFacts
    title: str
    edition: EditionFacts | None
    modules: tuple[Part, ...]
    assignments: tuple[Item, ...]
    sessions: tuple[Item, ...]
    settings: tuple[Item, ...]
    files: tuple[Item, ...]
    removed: tuple[Item, ...]
    problems: tuple[ProblemLine, ...]
    changes: tuple[Change, ...]
    newer: bool

    @property
    def publishable(self) -> bool:
        return not self.problems and bool(self.changes or self.edition is None)


def outline_of(draft: Draft, problems: Collection[Problem], *, words: bool) -> Outline:
    """The outline: no database any more, for comparing and checking take their time.

    `words`: its changes also say which words differ.
    """
    changes = compare(sides(draft.published), sides(draft.stored), words=words)
    changed = {change.path: change for change in changes if change.what is not What.REMOVED}
    counts = Counter(problem.file for problem in problems)
    ids = {path: id_ for id_, path, removed in draft.rows if removed is None}

    def item(path: str, *, first: bool = False, last: bool = False) -> Item:
        change = changed.get(path)
        title = rules.title_in(draft.stored[path].text)
        what, moved = (change.what, change.moved) if change is not None else (None, False)
        return Item(ids[path], path, rules.kind_of(path), title, what, moved, counts[path], first, last)

    def row(kinds: Iterable[Kind]) -> tuple[Item, ...]:
        paths = [path for path in draft.stored if rules.kind_of(path) in set(kinds)]
        return tuple(item(one, first=one == paths[0], last=one == paths[-1]) for one in paths)

    def part(slug: str, title: str) -> Part:
        lessons = [p for p in draft.stored if rules.module_of(p) == slug and rules.kind_of(p) is Kind.LESSON]
        checks = [p for p in draft.stored if rules.module_of(p) == slug and rules.kind_of(p) is Kind.CHECK]
        items = [item(one, first=one == lessons[0], last=one == lessons[-1]) for one in lessons]
        return Part(slug, title, (*items, *(item(one) for one in checks)))

    scripts = {one.file for one in problems if one.file in draft.stored and rules.kind_of(one.file) is Kind.SESSION}
    placed = {path: places_in(draft.stored[path].text or "") for path in scripts}
    text = draft.stored["course.yaml"].text if "course.yaml" in draft.stored else ""
    modules = modules_in(text or "", draft.stored)
    return Outline(
        draft=draft.facts,
        title=title_of_course(draft.stored.get("course.yaml"), draft.facts.slug),
        edition=draft.edition,
        modules=tuple(part(slug, title) for slug, title in modules.items()),
        assignments=row([Kind.ASSIGNMENT]),
        sessions=row([Kind.SESSION]),
        settings=tuple(one for kind in SETTINGS for one in row([kind])),
        files=row([Kind.PICTURE, Kind.MEDIA]),
        removed=_removed(draft),
        problems=tuple(_line(problem, draft, ids, placed.get(problem.file, ())) for problem in problems),
        changes=changes,
        newer=draft.newer,
    )


def _removed(draft: Draft) -> tuple[Item, ...]:
    """What was taken away since the last edition; its words stand in no list any more, so its name does."""
    gone = [(id_, path) for id_, path, removed in draft.rows if removed is not None]
    return tuple(
        Item(id_, path, rules.kind_of(path), _named(path, draft.published), What.REMOVED, moved=False, problems=0)
        for id_, path in gone
    )


def _named(path: str, published: Mapping[str, Stored]) -> str:
    found = published.get(path)
    return (rules.title_in(found.text) if found is not None else "") or Numbered.of(path).slug.replace("-", " ")


def _line(problem: Problem, draft: Draft, ids: Mapping[str, int], rows: Sequence[Place]) -> ProblemLine:
    stored = draft.stored.get(problem.file)
    title = rules.title_in(stored.text) if stored is not None else ""
    id_ = ids.get(problem.file, 0)
    text = (stored.text or "") if stored is not None else ""
    above = rules.lines_above(problem.file, text)
    shown = max(problem.line - above, 0)
    field = field_at(text.split("\n")[:above], problem.line) if rows else ""
    family, row = row_at(rows, problem.line) if not shown and not field else ("", 0)
    return ProblemLine(
        id_, problem.file, title, problem.line, shown, problem.sentence, problem.hint, family, row, field
    )
