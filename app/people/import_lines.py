"""Lines of a list of people: read, checked and sorted into new, known and wrong. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from app.kit.text import LINE_MAX, can_be_printed, clean, fold
from app.people.rules import read_address

FIELDS: Final = ("name", "email", "organisation", "since", "intervisions")
LINES_MAX: Final = 5_000  # security.md 4, admin import
INTERVISIONS_MAX: Final = 20
HEADS: Final = (
    ("name", "naam"),
    ("email", "mail"),
    ("organisation", "organisatie"),
    ("intervisions", "intervisie"),
    ("since", "sinds"),
    ("since", "gecertificeerd"),
)
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_WRITTEN: Final = re.compile(r"(\d{1,2})\.?[- ]([a-z]{3,9})\.?[- ](\d{4})")
_YEAR_FIRST: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?")


MONTHS: Final = {
    word: number
    for number, name in enumerate(
        (
            "januari", "februari", "maart", "april", "mei", "juni",
            "juli", "augustus", "september", "oktober", "november", "december",
        ),
        start=1,
    )
    for word in (name, "mrt" if name == "maart" else name[:3])
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of the list: cells as typed, and what they mean when they are right.

    `problems` maps a field to the code of what is wrong. `person_id` is set for an address that we know;
    `employs` says that taking it over adds an employer, `new_organisation` that we do not know that one yet.
    """

    number: int
    cells: Mapping[str, str]
    name: str = ""
    email: str = ""
    organisation: str = ""
    since: date | None = None
    intervisions: int = 0
    problems: Mapping[str, str] = field(default_factory=dict)
    person_id: int | None = None
    repeats: int = 0
    employs: bool = False
    new_organisation: bool = False

    @property
    def outcome(self) -> str:
        if self.problems:
            return "wrong"
        return "known" if self.person_id is not None or self.repeats else "new"


def read_lines(rows: Sequence[Sequence[str]], *, today: date, without: int | None = None) -> list[Line]:
    """The lines of a list but one. A first row with the names of the columns tells their order."""
    order: Sequence[str] = FIELDS
    numbered = list(enumerate(rows, start=1))
    if numbered and (heads := _heads(numbered[0][1])):
        order, numbered = heads, numbered[1:]
    lines = []
    for number, row in numbered:
        if number == without:
            continue
        cells = dict.fromkeys(FIELDS, "")
        cells.update({name: cell for name, cell in zip(order, row, strict=False) if name})
        lines.append(check_line(Line(number, cells), today=today))
    return mark_repeats(lines)


def check_line(line: Line, *, today: date) -> Line:
    """The line with its meaning, or with what is wrong per cell."""
    problems: dict[str, str] = {}
    first, *others = (line.cells[name] for name in FIELDS)
    if "@" in first and "," in first and not any(others):
        return replace(line, problems={"name": "import_commas"})
    name = _text(line.cells["name"], "name", problems)
    organisation = _text(line.cells["organisation"], "organisation", problems)
    if not name:
        problems.setdefault("name", "import_no_name")
    elif not can_be_printed(name):
        problems.setdefault("name", "foreign_letters")
    email = _email(line.cells["email"], problems)
    since = _since(line.cells["since"], problems, today=today)
    intervisions = _count(line.cells["intervisions"], problems)
    if intervisions and since is None and "since" not in problems:
        problems["since"] = "import_since_missing"
    return replace(
        line,
        name=name,
        organisation=organisation,
        email=email,
        since=since,
        intervisions=intervisions,
        problems=problems,
        repeats=0,
    )


def mark_repeats(lines: Sequence[Line]) -> list[Line]:
    """The same line twice counts once; the same address with something else is wrong."""
    first: dict[str, Line] = {}
    marked = []
    for line in lines:
        earlier = first.get(line.email) if line.email else None
        if earlier is None:
            if line.email:
                first[line.email] = line
            marked.append(line)
        elif _meaning(earlier) == _meaning(line):
            marked.append(replace(line, repeats=earlier.number))
        else:
            marked.append(replace(line, problems={"email": "import_twice", **line.problems}))
    return marked


def corrected(rows: Sequence[Sequence[str]], fixes: Mapping[tuple[int, str], str]) -> list[list[str]]:
    """The rows with cells replaced by what was typed in the page, by line number and field.

    A whole line typed into the cell of the name, with semicolons, is a whole line again.
    """
    order = list(_heads(rows[0]) or FIELDS) if rows else list(FIELDS)
    changed = [list(row) for row in rows]
    for (number, name), text in fixes.items():
        if not 1 <= number <= len(changed) or name not in order:
            continue
        row, column = changed[number - 1], order.index(name)
        if name == "name" and ";" in text and not any(row[:column] + row[column + 1 :]):
            whole = dict(zip(FIELDS, (cell.strip() for cell in text.split(";")), strict=False))
            changed[number - 1] = [whole.get(one, "") for one in order]
            continue
        row.extend([""] * (column + 1 - len(row)))
        row[column] = text
    return changed


def _heads(row: Sequence[str]) -> list[str]:
    found = [next((name for name, word in HEADS if word in fold(cell)), "") for cell in row]
    is_head = "name" in found and not any("@" in cell for cell in row) and fold(row[found.index("name")]) == "naam"
    return found if is_head else []


def _meaning(line: Line) -> tuple[str, str, date | None, int]:
    return (fold(line.name), fold(line.organisation), line.since, line.intervisions)


def _text(cell: str, name: str, problems: dict[str, str]) -> str:
    try:
        text = " ".join(clean(cell).split())
    except ValueError:
        problems[name] = "odd_sign"
        return ""
    if len(text) > LINE_MAX:
        problems[name] = "import_long"
        return ""
    return text


def _email(cell: str, problems: dict[str, str]) -> str:
    text = cell.strip()
    if not text:
        problems["email"] = "import_no_email"
        return ""
    address = read_address(text)
    if address is None:
        problems["email"] = "import_two_addresses" if text.count("@") > 1 else "bad_address"
        return ""
    return address


def _since(cell: str, problems: dict[str, str], *, today: date) -> date | None:
    text = cell.strip()
    if not text or text in {"-", "–"} or fold(text) == "nee":
        return None
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
    elif found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    elif (found := _WRITTEN.fullmatch(fold(text))) and (month := MONTHS.get(found[2], 0)):
        day, year = int(found[1]), int(found[3])
    else:
        problems["since"] = "import_date"
        return None
    try:
        since = date(year, month, day)
    except ValueError:
        problems["since"] = "import_no_such_day"
        return None
    if since > today or since.year < 1990:
        problems["since"] = "import_future" if since > today else "import_date"
        return None
    return since


def _count(cell: str, problems: dict[str, str]) -> int:
    text = cell.strip()
    if not text or text in {"-", "–"}:
        return 0
    if not text.isascii() or not text.isdigit() or int(text) > INTERVISIONS_MAX:
        problems["intervisions"] = "import_count"
        return 0
    return int(text)
