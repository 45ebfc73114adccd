"""Between the fields of a form and the text of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from app.courses.drafts import inputs, scripts
from app.courses.drafts.reading import Stored, library_of
from app.courses.drafts.rules import Kind, kind_of, lines_above
from app.kit.storage import Storage

if TYPE_CHECKING:
    from app.courses.files.heads import Split, Value
    from app.courses.files.problems import Problem

Mode = Literal["lesson", "session", "text", "file"]
MUST: Final = frozenset({"title", "minutes", "intro", "number", "goal"})
"""Keys that stay when they are emptied: then the checker asks for them."""
NUMBERS: Final = frozenset({"minutes", "number"})
OF_LESSON: Final = ("title", "minutes", "intro", "image", "image_alt", "image_caption")
OF_SESSION: Final = ("number", "title", "minutes", "goal")
MODELS: Final[dict[Mode, type[inputs.Written]]] = {
    "lesson": inputs.LessonWritten,
    "session": inputs.SessionWritten,
    "text": inputs.TextWritten,
}


def mode_of(path: str, text: str | None) -> Mode:
    """How a file is shown: in fields when its head can be taken apart, else as the text that it is."""
    if text is None:
        return "file"
    kind = kind_of(path)
    wanted = {Kind.LESSON: OF_LESSON, Kind.SESSION: OF_SESSION}.get(kind)
    split = _split(text) if wanted is not None else None
    if wanted is None or split is None:
        return "text"
    plain = all(isinstance(split.facts.get(name), str | int | None) for name in (*wanted, "required", "decorative"))
    if not plain:
        return "text"
    return "lesson" if kind is Kind.LESSON else "session"


def fields_of(mode: Mode, text: str) -> dict[str, str]:
    """What stands in the fields."""
    split = _split(text) if mode in {"lesson", "session"} else None
    if split is None:
        return {"text": text}
    names = OF_LESSON if mode == "lesson" else OF_SESSION
    found = {name: "" if split.facts.get(name) is None else str(split.facts[name]) for name in names}
    found["body"] = split.body.strip("\n")
    if mode == "session":
        rows = scripts.fields_in(split.facts)
        return found | {"rest": _without(split), "rows": "on" if rows is not None else ""} | (rows or {})
    ticks = {"required": split.facts.get("required", True), "decorative": split.facts.get("decorative", False)}
    return found | {name: "on" if value is True else "" for name, value in ticks.items()}


def text_from(mode: Mode, text: str, given: inputs.Written, raw: scripts.Raw) -> str | None:
    """The text with what was typed in it; None when its head cannot be read with that. `raw`: for rows of a script."""
    from app.courses.files.heads import with_body, with_facts, with_rest  # noqa: PLC0415 - few requests read courses

    if isinstance(given, inputs.TextWritten):
        return text if _same(text, given.text) else f"{given.text}\n"
    split = _split(text)
    if split is None:
        return None
    if isinstance(given, inputs.SessionWritten):
        rest = split if given.rows else with_rest(split, frozenset(OF_SESSION), given.rest)
        rows = scripts.facts_in(raw, given.materials) if given.rows else {}
        changed = with_facts(rest, _facts(OF_SESSION, given) | rows) if rest is not None else None
    elif isinstance(given, inputs.LessonWritten):
        changed = with_facts(split, _facts(OF_LESSON, given) | _ticked(split, given))
    else:
        raise TypeError(mode)
    return with_body(changed, given.body).text if changed is not None else None


def _facts(names: tuple[str, ...], given: inputs.Written) -> dict[str, Value]:
    facts: dict[str, Value] = {}
    for name in names:
        value = getattr(given, name)
        if name in NUMBERS and value.isascii() and value.isdigit():
            facts[name] = int(value[:9])
        else:
            facts[name] = value if value or name in MUST else None
    return facts


def _ticked(split: Split, given: inputs.LessonWritten) -> dict[str, Value]:
    """A lesson is required and its picture tells something, unless it says otherwise."""
    required, decorative = bool(given.required), bool(given.decorative)
    facts: dict[str, Value] = {}
    if required != split.facts.get("required", True):
        facts["required"] = required
    if decorative != split.facts.get("decorative", False):
        facts["decorative"] = decorative or None
    return facts


def _same(old: str, new: str) -> bool:
    return old.strip() == new.strip()


def _split(text: str) -> Split | None:
    from app.courses.files.heads import split  # noqa: PLC0415

    return split(text)


def _without(found: Split) -> str:
    from app.courses.files.heads import without  # noqa: PLC0415

    return without(found, frozenset(OF_SESSION))


@dataclass(frozen=True)
class Remark:
    """Something to mend in the text at hand. `line`: of the body, or of a file shown as it is; 0: above it.

    `family`, `row`: of the script above a session, as `scripts.row_at` tells. `field`: of what stands above a text.
    """

    line: int
    sentence: str
    hint: str
    family: str = ""
    row: int = 0
    field: str = ""


@dataclass(frozen=True)
class Seen:
    """How a text reads now. `html` with room for `blocks`; empty for what is no Markdown.

    `image`: what stands above a lesson, as an edition would keep it.
    """

    html: str
    blocks: tuple[Mapping[str, object], ...]
    remarks: tuple[Remark, ...]
    title: str
    intro: str
    image: Mapping[str, object] | None


def seen(path: str, text: str, mode: Mode, stored: Mapping[str, Stored], storage: Storage) -> Seen:
    """Read one text as it would be read when it is published."""
    from app.courses.files.looking import look_at  # noqa: PLC0415

    look = look_at(path, text, library_of(stored, storage))
    above = lines_above(path, text) if mode in {"lesson", "session"} else 0
    rows = scripts.places_in(text) if mode == "session" and look.problems else ()
    head = tuple(text.split("\n")[:above])
    remarks = tuple(_remark(problem, head, rows) for problem in look.problems)
    shown = look.text
    return Seen(
        html=shown.html if shown is not None else "",
        blocks=shown.blocks if shown is not None else (),
        remarks=remarks,
        title=str(getattr(look.head, "title", "")),
        intro=str(getattr(look.head, "intro", getattr(look.head, "goal", ""))),
        image=_image(look.head, stored),
    )


def _image(head: object, stored: Mapping[str, Stored]) -> Mapping[str, object] | None:
    name = getattr(head, "image", None)
    file = stored.get(f"images/{name}")
    if name is None or file is None:
        return None
    told = {"alt": getattr(head, "image_alt", ""), "caption": getattr(head, "image_caption", "")}
    return {"name": name, "width": file.width, "height": file.height, **told}


def _remark(problem: Problem, head: Sequence[str], rows: Sequence[scripts.Place]) -> Remark:
    line = max(problem.line - len(head), 0)
    field = field_at(head, problem.line) if not line else ""
    family, row = scripts.row_at(rows, problem.line) if not line and not field else ("", 0)
    return Remark(line, problem.sentence, problem.hint, family, row, field)


def field_at(head: Sequence[str], line: int) -> str:
    """Which field of a form holds what a line above a text says, counted from 1; empty for what is in none."""
    key = head[line - 1].partition(":")[0] if 0 < line <= len(head) else ""
    return key if key in {*OF_LESSON, *OF_SESSION} else ""
