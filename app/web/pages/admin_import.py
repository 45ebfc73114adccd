"""Taking over a list of people: paste or upload, look at every line, mend it here, then take it over."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from starlette.datastructures import FormData, UploadFile

from app.access import Permission
from app.certification.importing import TakenOver, certified_for_all, take_over_many
from app.courses.queries import interventions
from app.interop.spreadsheets import csv_row, rows_of_text, text_of_bytes, text_of_rows
from app.kit import child
from app.kit.errors import Refused
from app.kit.ids import digest, read_id
from app.people import inputs
from app.people.actions import importing
from app.people.import_lines import FIELDS, LINES_MAX, Line, corrected, read_lines
from app.web.kit.ask import Answer, Ask, Content, Page, Services, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.kit.words import sentence
from app.web.words.shared import N_

area = Area()
START: Final = "admin_people/import.html"
CHECK: Final = "admin_people/import_check.html"
FILE_BYTES: Final = 5 * 1024 * 1024  # security.md 4, admin import
BODY_BYTES: Final = 3 * FILE_BYTES  # the text travels once more, and a form grows by escaping
SHOWN: Final = 100
OUTCOMES: Final = ("wrong", "known", "new", "same")
FIX: Final = "fix-"
HEADS: Final = (N_("naam"), N_("e-mail"), N_("organisatie"), N_("al gecertificeerd sinds"), N_("eerdere intervisies"))


@dataclass(frozen=True)
class Cell:
    """One cell as typed, with its sentence when it is wrong; `name` is the field that mends it."""

    name: str
    text: str
    error: str


@dataclass(frozen=True)
class CheckedLine:
    """One line of the list as the page shows it. `outcome`: wrong, new, known (we add something) or same."""

    number: int
    outcome: str
    cells: dict[str, Cell]
    since: date | None
    new_organisation: bool


@dataclass(frozen=True)
class CheckPage:
    """The list line by line. At most a hundred of each kind are shown; all of them count."""

    lines: tuple[CheckedLine, ...]
    counts: dict[str, int]
    total: int
    certified: int
    interventions: tuple[tuple[int, str], ...]
    text: str


@dataclass(frozen=True)
class Uploaded:
    """What stood in the file, read in a process of its own; `refused` when it could not."""

    text: str = ""
    refused: Refused | None = None


def read_file(_services: Services, form: FormData) -> Uploaded:
    """The text of the file that was chosen, if any; away from the database."""
    given = form.get("file")
    if not isinstance(given, UploadFile) or not given.filename:
        return Uploaded()
    content = given.file.read(FILE_BYTES + 1)
    if len(content) > FILE_BYTES:
        return Uploaded(refused=Refused("import_file_large", "file"))
    if content[:2] == b"PK":
        try:
            _, text = child.call("app.interop.spreadsheets:text_of_xlsx", content, rows=LINES_MAX + 2)
        except child.ChildFailed:
            return Uploaded(refused=Refused("import_unreadable", "file"))
        return Uploaded(text.decode())
    if b"\x00" in content:
        return Uploaded(refused=Refused("import_unreadable", "file"))
    return Uploaded(text_of_bytes(content))


@area.get("/beheer/mensen/importeren", policy=Permission.MANAGE, name="admin_import.form")
def form(ask: Ask) -> Answer:
    """Where a list is pasted or chosen."""
    return render(START, form=Submitted.blank(ask.viewer.locale))


@area.post(
    "/beheer/mensen/importeren",
    policy=Permission.MANAGE,
    name="admin_import.check",
    prepare=read_file,
    body_bytes=BODY_BYTES,
)
def check(ask: Ask) -> Answer:
    """Show every line with what is wrong, or take the whole list over. No mail goes out."""
    form = _read(ask)
    uploaded: Uploaded = ask.prepared
    if uploaded.refused is not None:
        form.refuse(uploaded.refused)
    if not form.valid:
        return render(START, status=422, form=form)
    try:
        lines = _lines(ask, uploaded.text or form.given.text)
    except Refused as refused:
        return render(START, status=422, form=form.refuse(refused))
    if form.given.step == "edit":
        return render(START, form=Submitted.blank(ask.viewer.locale, text=_text_of(lines)))
    if form.given.step != "import":
        return _check_page(ask, lines, form)
    try:
        done = _take_over(ask, lines, form.given.intervention_id)
    except Refused as refused:
        return _check_page(ask, lines, form.refuse(refused), status=422)
    return redirect(
        "/beheer/mensen",
        toast=N_("De lijst staat in je academie. Er is nog geen mail verstuurd.")
        if done
        else N_("De lijst staat in je academie. De certificaten komen er in een paar minuten bij."),
    )


@area.post(
    "/beheer/mensen/importeren/fouten", policy=Permission.MANAGE, name="admin_import.mistakes", body_bytes=BODY_BYTES
)
def mistakes(ask: Ask) -> Answer:
    """Only the lines that are wrong, as a list to mend in a spreadsheet."""
    form = _read(ask)
    try:
        lines = _lines(ask, form.get("text"))
    except Refused as refused:
        return render(START, status=422, form=form.refuse(refused))
    rows = [[*HEADS, "wat er mis is"]]
    for line in lines:
        if line.problems:
            words = [sentence(code, {}, ask.viewer.locale) for code in line.problems.values()]
            rows.append(csv_row([*(line.cells[name] for name in FIELDS), " ".join(words)]))
    body = "\ufeff" + text_of_rows(rows)
    return Content(body=body.encode(), media_type="text/csv; charset=utf-8", filename="regels-met-een-fout.csv")


def _read(ask: Ask) -> Submitted[inputs.ImportList]:
    """The form without the cells that were mended: their names differ per list."""
    known = [(name, given) for name, given in ask.form.multi_items() if not name.startswith(FIX) and name != "file"]
    return Submitted.read(inputs.ImportList, FormData(known), ask.viewer.locale)


def _lines(ask: Ask, text: str) -> list[Line]:
    """The lines of the list with what was mended in the page, matched with whom we know. Raises: Refused."""
    try:
        rows = rows_of_text(text)
    except ValueError:
        raise Refused("import_unreadable", "text") from None
    without = read_id(str(ask.form.get("leave_out", "")))
    return importing.match(ask.db, read_lines(corrected(rows, _fixes(ask.form)), today=ask.today, without=without))


def _fixes(form: FormData) -> dict[tuple[int, str], str]:
    fixes: dict[tuple[int, str], str] = {}
    for key, given in form.multi_items():
        _, number, name = (*key.split("-"), "", "")[:3]
        line = read_id(number)
        if key.startswith(FIX) and line is not None and isinstance(given, str):
            fixes[line, name] = given[:500]
    return fixes


def _take_over(ask: Ask, lines: list[Line], intervention_id: int | None) -> bool:
    """Write everybody down and take over their certificates; False when jobs go on with those. Raises: Refused."""
    certified = [line for line in lines if line.since is not None and not line.repeats]
    known = [one.id for one in interventions(ask.db)]
    chosen = intervention_id or (known[0] if len(known) == 1 else None)
    if certified and not any(line.problems for line in lines):
        if not known:
            raise Refused("import_no_course")
        if chosen not in known:
            raise Refused("import_which_course", "intervention_id")
    people = importing.import_people(ask.db, by_id=ask.viewer.id, lines=lines, now=ask.now)
    if not certified or chosen is None:
        return True
    taken = [TakenOver(people[line.email], line.since, line.intervisions) for line in certified if line.since]
    key = digest(f"{ask.viewer.id}|{ask.now.isoformat()}")[:24]
    return take_over_many(ask.db, by_id=ask.viewer.id, intervention_id=chosen, people=taken, key=key, now=ask.now)


def _check_page(ask: Ask, lines: list[Line], form: Submitted[Any], *, status: int = 200) -> Page:
    taught = interventions(ask.db)
    have = [line.person_id for line in lines if line.since is not None and line.person_id is not None]
    certified = (
        certified_for_all(ask.db, person_ids=have, intervention_ids=[one.id for one in taught]) if have else set()
    )
    told = [(line, _outcome(line, certified)) for line in lines]
    shown = [one for outcome in OUTCOMES for one in [each for each in told if each[1] == outcome][:SHOWN]]
    counts = Counter(outcome for _, outcome in told)
    page = CheckPage(
        lines=tuple(_checked(*one, ask) for one in sorted(shown, key=lambda one: (one[1] != "wrong", one[0].number))),
        counts={outcome: counts[outcome] for outcome in OUTCOMES},
        total=len(lines),
        certified=sum(line.since is not None and outcome in {"known", "new"} for line, outcome in told),
        interventions=tuple((one.id, one.name) for one in taught),
        text=_text_of(lines),
    )
    wrong = [cell for line in page.lines for cell in line.cells.values() if cell.error]
    cells: Submitted[Any] = Submitted(
        {cell.name: [cell.text] for cell in wrong},
        ask.viewer.locale,
        problems=[(cell.name, cell.error) for cell in wrong],
    )
    still_wrong = bool(wrong) and form.get("step") == "again"
    return render(CHECK, page, status=422 if still_wrong else status, form=form, cells=cells, still_wrong=still_wrong)


def _outcome(line: Line, certified: set[int]) -> str:
    """What taking this line over would do: `same` when we know all of it already."""
    if line.outcome != "known" or line.employs:
        return line.outcome
    adds_certificate = line.since is not None and not line.repeats and line.person_id not in certified
    return "known" if adds_certificate else "same"


def _text_of(lines: list[Line]) -> str:
    """The list as it now stands, for the next round; a line keeps its number, so a head stays a head."""
    rows = [[line.cells[name] for name in FIELDS] for line in lines]
    return text_of_rows([list(HEADS), *rows] if lines[0].number > 1 else rows)


def _checked(line: Line, outcome: str, ask: Ask) -> CheckedLine:
    cells = {
        name: Cell(
            name=f"{FIX}{line.number}-{name}",
            text=line.cells[name],
            error=sentence(line.problems[name], {}, ask.viewer.locale) if name in line.problems else "",
        )
        for name in FIELDS
    }
    return CheckedLine(line.number, outcome, cells, line.since, line.new_organisation)
