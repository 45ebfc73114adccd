"""Lists from and for spreadsheets: csv, text that was pasted, xlsx."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any, Final

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
SEPARATORS: Final = ("\t", ";", ",")  # the first that stands in the text: cells hold commas, hardly semicolons


def rows_of_text(text: str) -> list[list[str]]:
    """Cells of text as it was pasted or stood in a csv file. Empty lines are left out.

    Raises: ValueError for text that no csv reader understands.
    """
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip(" ;,\t")]
    if not lines:
        return []
    separator = next((sign for sign in SEPARATORS if any(sign in line for line in lines)), ";")
    try:
        found = list(csv.reader(lines, delimiter=separator, skipinitialspace=True))
    except csv.Error as broken:
        raise ValueError("csv") from broken
    return [[cell.strip() for cell in row] for row in found if any(cell.strip() for cell in row)]


def text_of_bytes(content: bytes) -> str:
    """Text of a file: UTF-8, else the encoding that Excel uses in the Netherlands."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def text_of_xlsx(content: bytes, *, rows: int) -> tuple[dict[str, Any], bytes]:
    """The first sheet of a workbook as csv text. Runs in a child process: a workbook is a zip from outside."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - few requests need it

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    found = [[_cell(value) for value in row] for row in sheet.to_python(nrows=rows)]
    return {}, text_of_rows(row for row in found if any(row)).encode()


def text_of_rows(rows: Iterable[Iterable[str]]) -> str:
    """Rows as text that `rows_of_text` reads back."""
    target = io.StringIO()
    csv.writer(target, delimiter=";", lineterminator="\n").writerows(rows)
    return target.getvalue()


def xlsx_of_rows(heads: Iterable[str], rows: Iterable[Iterable[str | int]], *, sheet: str) -> bytes:
    """A workbook with one sheet. Text stays text: no formula, no link, and zeros in front of a number stay."""
    import xlsxwriter  # type: ignore[import-untyped]  # noqa: PLC0415 - 118 ms that few requests need

    target = io.BytesIO()
    how = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, how) as book:
        page = book.add_worksheet(sheet)
        bold = book.add_format({"bold": True})
        for column, head in enumerate(heads):
            page.write_string(0, column, head, bold)
            page.set_column(column, column, 22)
        for line, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells):
                if isinstance(cell, int):
                    page.write_number(line, column, cell)
                else:
                    page.write_string(line, column, cell)
        page.freeze_panes(1, 0)
    return target.getvalue()


def csv_row(cells: Iterable[str]) -> list[str]:
    """Cells that a spreadsheet shows and never calculates: a formula gets an apostrophe in front."""
    return [f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells]


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())
