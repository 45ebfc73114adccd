"""The shape of a draft as its author sees it: its modules with what opens them, and what is in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from app.courses.drafts import rules
from app.courses.drafts.reading import Stored
from app.courses.drafts.rules import Kind

if TYPE_CHECKING:
    from app.courses.files.course_text import CourseText, HalfModule
    from app.courses.files.problems import Problem

SHAPE: Final = "course.yaml"
OF_COURSE: Final = (
    "title",
    "summary",
    "target_group",
    "intervention_name",
    "language",
    "sample",
    "active_minutes",
)
OF_MODULE: Final = (
    "title",
    "summary",
    "core_element",
    "after",
    "opens_on",
    "opens_after_days",
    "safety",
    "available",
)
_ASKS: Final = re.compile(r"^::: *(?:reflectie|vraag)\b", re.MULTILINE)


@dataclass(frozen=True)
class Row:
    """A lesson, check or assignment. `first`, `last`: among what it can change places with."""

    id: int
    kind: Kind
    title: str
    minutes: int
    problems: int
    first: bool
    last: bool


@dataclass(frozen=True)
class ModuleRow:
    """A module. `after`: titles of what has to be done first; `listed`: it stands in the course."""

    slug: str
    title: str
    rows: tuple[Row, ...]
    minutes: int
    listed: bool
    summary: str = ""
    available: bool = True
    safety: bool = False
    after: tuple[str, ...] = ()
    opens_on: date | None = None
    opens_after_days: int | None = None
    first: bool = True
    last: bool = True

    @property
    def has_check(self) -> bool:
        return any(row.kind is Kind.CHECK for row in self.rows)


@dataclass(frozen=True)
class ShapeRemark:
    """Something to mend in the shape. `line`: of the text; `form`: whether a form may have it.

    `module`: where; empty: in the facts of the course.
    """

    line: int
    sentence: str
    hint: str
    form: bool
    module: str = ""
    title: str = ""


@dataclass(frozen=True)
class Shape:
    """All of a draft that its shape shows. `elsewhere`: so many things to mend in what is in it."""

    modules: tuple[ModuleRow, ...]
    assignments: tuple[Row, ...]
    remarks: tuple[ShapeRemark, ...]
    elsewhere: int


def shape_of(
    sheet: CourseText, stored: Mapping[str, Stored], ids: Mapping[str, int], problems: Collection[Problem]
) -> Shape:
    """The shape. `ids`: of the files, by path."""
    counts = Counter(problem.file for problem in problems)
    modules = sheet.course.modules
    titles = {one.slug: one.title or one.slug for one in modules}

    def rows(paths: Iterable[str]) -> tuple[Row, ...]:
        order = sorted(paths, key=_place)
        movable = [path for path in order if rules.kind_of(path) in rules.MOVABLE]
        return tuple(_row(path, stored[path], ids[path], counts[path], movable) for path in order)

    def module(one: HalfModule) -> ModuleRow:
        return _module(one, titles, rows(parts_of(stored, one.slug)), modules)

    folders = dict.fromkeys(slug for path in sorted(stored) if (slug := rules.module_of(path)) and slug not in titles)
    return Shape(
        modules=(*(module(one) for one in modules), *(_loose(slug, rows(parts_of(stored, slug))) for slug in folders)),
        assignments=rows(path for path in stored if rules.kind_of(path) is Kind.ASSIGNMENT),
        remarks=tuple(_remark(problem, sheet) for problem in problems if problem.file == SHAPE),
        elsewhere=sum(counts.values()) - counts[SHAPE],
    )


def parts_of(stored: Iterable[str], module: str) -> list[str]:
    """The lessons and check of a module."""
    return [path for path in stored if rules.module_of(path) == module]


def _place(path: str) -> tuple[bool, int, str]:
    """Lessons by their number; a check comes last."""
    return rules.kind_of(path) is Kind.CHECK, rules.Numbered.of(path).number, path


def _row(path: str, file: Stored, id_: int, problems: int, movable: list[str]) -> Row:
    title = rules.title_in(file.text) or path.rpartition("/")[2]
    first, last = movable[:1] == [path], movable[-1:] == [path]
    return Row(id_, rules.kind_of(path), title, rules.minutes_in(file.text), problems, first, last)


def _module(
    one: HalfModule, titles: Mapping[str, str], rows: tuple[Row, ...], modules: Collection[HalfModule]
) -> ModuleRow:
    order = [each.slug for each in modules]
    return ModuleRow(
        slug=one.slug,
        title=titles[one.slug],
        summary=one.summary,
        available=one.available,
        safety=one.safety,
        after=tuple(titles.get(name, name) for name in one.after),
        opens_on=one.opens_on,
        opens_after_days=one.opens_after_days,
        minutes=sum(row.minutes for row in rows),
        rows=rows,
        first=order[0] == one.slug,
        last=order[-1] == one.slug,
        listed=True,
    )


def _loose(slug: str, rows: tuple[Row, ...]) -> ModuleRow:
    title = slug.replace("-", " ").capitalize()
    return ModuleRow(slug, title, rows, sum(row.minutes for row in rows), listed=False)


def _remark(problem: Problem, sheet: CourseText) -> ShapeRemark:
    """Where it is: lines are counted from the top of the file, which the modules were cut from."""
    from app.courses.files.course_text import LISTS, key_at  # noqa: PLC0415 - few requests read courses

    told = (problem.line, problem.sentence, problem.hint)
    line = len(sheet.listed.top)
    for module, cut in zip(sheet.course.modules, sheet.listed.cuts, strict=True):
        line += len(cut.above)
        if line < problem.line <= line + len(cut.lines):
            return ShapeRemark(*told, form=True, module=module.slug, title=module.title)
        line += len(cut.lines)
    return ShapeRemark(*told, form=key_at(sheet, problem.line) not in LISTS)


def asks_in(text: str | None) -> int:
    """How many questions and reflections stand in a lesson."""
    return len(_ASKS.findall(text or ""))


# What stood there when somebody began


def digest(facts: Mapping[str, Any]) -> str:
    return rules.digest_of(repr(sorted(facts.items())))


def facts_of(module: HalfModule) -> dict[str, Any]:
    """What a form asks of a module."""
    facts = {name: getattr(module, name) for name in OF_MODULE}
    return facts | {"after": list(module.after), "core_element": module.core_element or None}


def going_with(module: HalfModule, hashes: Mapping[str, str]) -> str:
    """All that goes when a module goes, to the letter. `hashes`: of the files, by path."""
    return digest(facts_of(module) | {path: hashes[path] for path in parts_of(hashes, module.slug)})
