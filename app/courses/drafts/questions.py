"""A question of a check as a form: its rows of answers, what was typed in them, and what is not right about it.

The fields of a row are called after its family and its place: `o2-text` is the text of the third answer. A row that
was left empty counts for nothing, so that nobody has to take it away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import ValidationError

from app.courses.drafts.rules import free, slug_from
from app.kit.text import LINE_MAX

if TYPE_CHECKING:
    from app.courses.files.check_text import CheckText, HalfQuestion
    from app.courses.files.questions import Kind

Raw = Mapping[str, Sequence[str]]
Typed = dict[str, list[str]]
Row = dict[str, str]
Family = Literal["o", "p", "x", "i"]
KINDS: Final[tuple[Kind, ...]] = ("one", "several", "true_false", "match", "order", "open")
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "o": ("text", "right", "feedback"),
    "p": ("left", "right"),
    "x": ("text",),
    "i": ("text",),
}
"""The fields of a row of each family: options, pairs, right sides that belong nowhere, items in order."""
FAMILIES: Final[Mapping[Kind, tuple[Family, ...]]] = {
    "one": ("o",),
    "several": ("o",),
    "true_false": ("o",),
    "match": ("p", "x"),
    "order": ("i",),
    "open": (),
}
FRESH: Final[Mapping[Kind, Mapping[str, int]]] = {
    "one": {"o": 3},
    "several": {"o": 4},
    "true_false": {"o": 2},
    "match": {"p": 3},
    "order": {"i": 4},
    "open": {},
}
"""With how many rows a new question begins."""
KEYS: Final[Mapping[str, str]] = {"o": "options", "p": "pairs", "x": "extra", "i": "items"}
MOST: Final[Mapping[str, int]] = {"o": 10, "p": 10, "x": 5, "i": 10}
ID_MOST: Final = 40
"""Signs of the words in an id; a whole one may be twice as long."""
ROWS_MOST: Final = 40
"""More rows than any page of ours sends."""
_FIELD: Final = re.compile(r"([opxi])(\d{1,2})-(\w+)")
_ID: Final = re.compile(r"\bid:[ \t]*[\"']?([a-z0-9-]+)")
_PRESSED: Final = re.compile(r"(add|drop|up|down)-([opxi])(\d{1,2})?")
WHOLE: Final[Mapping[str, str]] = {"one_right": "options", "some_right": "options", "two_options": "options"}
"""Where a misfit of the whole question is told."""
CODES: Final[Mapping[str, str]] = {
    "one_right": "one_right_needed",
    "some_right": "some_right_needed",
    "two_options": "two_answers_needed",
    "answer_twice": "answer_given_twice",
    "one_choice": "nothing_to_choose",
    "pool_critical": "pool_not_critical",
    "part_missing": "answers_lacking",
    "too_short": "answers_too_few",
    "too_long": "answers_too_many",
}
"""What a form calls what the checker of courses finds: a file is told about its keys, a form about its fields."""


@dataclass(frozen=True)
class Misfit:
    """What is not right. `field`: its name in the form."""

    field: str
    code: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Pressed:
    """A button beside a row. `row`: the one that it stands at, or that a new one gets."""

    what: Literal["add", "drop", "up", "down"]
    family: Family
    row: int


# Rows


def rows_of(raw: Raw, family: str) -> list[Row]:
    """The rows of a family in their order, with every field that a row has."""
    places = {int(found[2]) for name in raw if (found := _FIELD.fullmatch(name)) and found[1] == family}
    return [_row(raw, family, place) for place in sorted(places)[:ROWS_MOST]]


def _row(raw: Raw, family: str, place: int) -> Row:
    return {part: ([*raw.get(f"{family}{place}-{part}", ())] or [""])[-1] for part in PARTS[family]}


def named(family: str, rows: Iterable[Row]) -> Typed:
    """Rows as fields, numbered from nought on."""
    return {f"{family}{n}-{part}": [row.get(part, "")] for n, row in enumerate(rows) for part in PARTS[family]}


def arranged(raw: Raw, kind: Kind, pressed: Pressed | None = None) -> Typed:
    """What was typed, its rows numbered anew after a button; rows of other kinds are left out."""
    typed: Typed = {name: list(raw[name]) for name in raw if not _FIELD.fullmatch(name)}
    for family in FAMILIES[kind]:
        rows = rows_of(raw, family)
        if pressed is not None and pressed.family == family:
            rows = _after(rows, pressed)
        typed |= named(family, rows)
    return typed


def _after(rows: list[Row], pressed: Pressed) -> list[Row]:
    place = pressed.row
    match pressed.what:
        case "add":
            return [*rows, {}][: max(MOST[pressed.family], len(rows))]
        case "drop" if place < len(rows):
            return [*rows[:place], *rows[place + 1 :]]
        case "up" | "down":
            other = place + (-1 if pressed.what == "up" else 1)
            if 0 <= other < len(rows) and place < len(rows):
                rows[place], rows[other] = rows[other], rows[place]
    return rows


def pressed_in(raw: Raw) -> Pressed | None:
    """The button beside a row that was pressed; None for the one that keeps the question."""
    found = _PRESSED.fullmatch(([*raw.get("do", ())] or [""])[-1])
    if found is None:
        return None
    family: Family = found[2]  # type: ignore[assignment]
    row = int(found[3]) if found[3] else len(rows_of(raw, family))
    return Pressed(found[1], family, row)  # type: ignore[arg-type]


# Between the question and its fields


def kind_in(raw: Raw) -> Kind | None:
    given = ([*raw.get("kind", ())] or [""])[-1]
    return next((kind for kind in KINDS if kind == given), None)


def blank(kind: Kind) -> Typed:
    """The fields of a question that nobody wrote yet."""
    typed: Typed = {"kind": [kind]}
    for family, count in FRESH[kind].items():
        typed |= named(family, [{}] * count)
    if kind == "true_false":
        typed |= {"o0-text": ["Waar"], "o1-text": ["Niet waar"]}  # courses are Dutch
    return typed


def filled(question: HalfQuestion) -> Typed:
    """The fields of a question as it stands."""
    rows: dict[str, list[Row]] = {
        "o": [{"text": o.text, "right": "on" if o.right else "", "feedback": o.feedback} for o in question.options],
        "p": [{"left": pair.left, "right": pair.right} for pair in question.pairs],
        "x": [{"text": text} for text in question.extra],
        "i": [{"text": text} for text in question.items],
    }
    typed: Typed = {
        "kind": [question.type],
        "text": [question.text],
        "explanation": [question.explanation],
        "good": [question.good],
        "critical": ["on" if question.critical else ""],
        "pool": [question.pool or ""],
    }
    for family in FAMILIES[question.type]:
        typed |= named(family, rows[family])
    return typed


def facts_in(raw: Raw, kind: Kind) -> dict[str, Any]:
    """What was typed as a question of a file; empty rows and empty fields are not there."""
    facts: dict[str, Any] = {"type": kind}
    for name in ("text", "explanation", *(["good"] if kind == "open" else [])):
        facts[name] = _last(raw, name)
    facts["critical"] = kind != "open" and bool(_last(raw, "critical"))
    facts["pool"] = pool_named(_last(raw, "pool"))
    for family in FAMILIES[kind]:
        facts[KEYS[family]] = [_answer(family, row) for _, row in _written(raw, family)]
    return facts


def pool_named(typed: str) -> str | None:
    """A pool as a file names it."""
    return slug_from(typed) or None


def _last(raw: Raw, name: str) -> str:
    return ([*raw.get(name, ())] or [""])[-1].replace("\r\n", "\n").strip()


def _written(raw: Raw, family: str) -> Iterator[tuple[int, Row]]:
    """The rows in which something stands, with their places; a tick alone is nothing."""
    for place, row in enumerate(rows_of(raw, family)):
        if any(row[part].strip() for part in PARTS[family] if (family, part) != ("o", "right")):
            yield place, row


def _answer(family: str, row: Row) -> Any:
    if family == "o":
        return {"text": _clean(row["text"]), "right": row["right"] == "on", "feedback": _clean(row["feedback"])}
    if family == "p":
        return {"left": _clean(row["left"]), "right": _clean(row["right"])}
    return _clean(row["text"])


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def wanted(facts: Mapping[str, Any], before: HalfQuestion | None) -> dict[str, Any]:
    """The facts as they are put in the file: what is empty is not written, what stood there empty stays."""
    found: dict[str, Any] = {}
    for key, value in facts.items():
        old = getattr(before, key, None) if before is not None else None
        if key == "options":
            found[key] = [one | {"feedback": one["feedback"] or None} for one in value]
        elif value in ("", [], None, False) and not old:
            continue
        else:
            found[key] = value if value not in ("", []) else None
    return found


def misfits(raw: Raw, kind: Kind) -> list[Misfit]:
    """What is not right about the question that was typed, each at its field."""
    facts = _given(facts_in(raw, kind))
    found = _checked(raw, facts)
    found += (
        _checked(raw, _as_if_filled(facts)) if found else []
    )  # what the whole lacks is told with what a field lacks
    return list({(one.field, one.code): one for one in found}.values())


def _checked(raw: Raw, facts: Mapping[str, Any]) -> list[Misfit]:
    from app.courses.files.questions import QuestionFile  # noqa: PLC0415 - few requests read courses

    try:
        QuestionFile.model_validate({"id": "vraag", **facts})
    except ValidationError as wrong:
        return [_misfit(raw, error["type"], error["loc"], error.get("ctx") or {}) for error in wrong.errors()]
    return []


def _as_if_filled(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The question as if every field had words that fit in it."""
    made = {key: _fits(value) if key in {"text", "explanation", "good"} else value for key, value in facts.items()}
    for key in KEYS.values():
        if key in facts:
            made[key] = [_all_fit(one, f"? {n}") for n, one in enumerate(facts[key])]
    return made | {"text": made["text"] or "?"}


def _all_fit(answer: Any, words: str) -> Any:
    if isinstance(answer, str):
        return _fits(answer, words)
    return {part: _fits(value, "" if part == "feedback" else words) for part, value in answer.items()}


def _fits(value: Any, words: str = "") -> Any:
    if not isinstance(value, str) or 0 < len(value) <= LINE_MAX:
        return value
    return f"{value[: LINE_MAX // 2]}{words}"


def _given(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if value not in ([], None)}


def _misfit(raw: Raw, code: str, loc: Sequence[int | str], facts: Mapping[str, Any]) -> Misfit:
    family = next((one for one, key in KEYS.items() if loc and loc[0] == key), None)
    if family is None:
        lacks = code == "part_missing"  # the one key of an open question
        return Misfit(WHOLE.get(code, str(loc[0]) if loc else ""), "missing" if lacks else CODES.get(code, code), facts)
    if len(loc) == 1:
        return Misfit(KEYS[family], CODES.get(code, code), facts)
    place = [place for place, _ in _written(raw, family)][int(loc[1])]
    part = loc[2] if len(loc) > 2 else "text"
    return Misfit(f"{family}{place}-{part}", CODES.get(code, code), facts)


def new_id(text: str, taken: Iterable[str]) -> str:
    """The id of a new question: from its words, so that who reads the file knows it; it never changes again.

    Two letters stand before it: an id is the name of a field when the question is asked, and others have names too.
    """
    words = slug_from(text) or "vraag"
    if len(words) > ID_MOST:
        words = words[:ID_MOST].rpartition("-")[0] or words[:ID_MOST]
    return free(f"v-{words}", taken)


# In the check


def with_question(before: CheckText, question: str, facts: Mapping[str, Any]) -> CheckText | None:
    """The check with these facts of a question, below the others when it is not there; None where that cannot be."""
    from app.courses.files.check_text import added, changed  # noqa: PLC0415

    place = before.place_of(question)
    if place is None:
        made = added(before, {"id": question, **wanted(facts, None)})
    else:
        made = changed(before, question, wanted(facts, before.cuts[place].question))
    return drawn_well(made) if made is not None else None


def drawn_well(made: CheckText) -> CheckText:
    """The check with a draw for each pool that a question is in, and for no other: one at first."""
    from app.courses.files.check_text import with_head  # noqa: PLC0415

    pools = list(dict.fromkeys(one.pool for one in made.check.questions if one.pool))
    draws = made.check.draws
    if set(pools) == set(draws):
        return made
    wished: dict[str, int | None] = {pool: draws.get(pool, 1) for pool in pools}
    wished |= {pool: None for pool in draws if pool not in wished}
    return with_head(made, {"draws": wished if pools else None}) or made


def is_there(before: CheckText, facts: Mapping[str, Any]) -> str:
    """The id of a question that says exactly this; empty when there is none: a form sent twice adds one question."""
    from app.courses.files.fitting import alike  # noqa: PLC0415

    for one in before.check.questions:
        if alike(_said(facts_in(filled(one), one.type)), _said(facts)):
            return one.id
    return ""


def _said(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if value not in ("", None, False, [])}


def ids_in(texts: Iterable[str | None]) -> set[str]:
    """Every name in these checks that may be an id: they are told apart in the whole course."""
    return {found for text in texts for found in _ID.findall(text or "")}
