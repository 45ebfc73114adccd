"""Attendance of a round as a spreadsheet, for handing in at professional registers."""

from __future__ import annotations

from typing import Final

from app.access import Permission
from app.interop.spreadsheets import xlsx_of_rows
from app.kit.localtime import local
from app.people.rules import Register
from app.reports.attendance import AttendanceLine, attendance
from app.web.kit.ask import Answer, Ask, Content
from app.web.kit.route import Area

area = Area()
HEADS: Final = (
    "Naam",
    "Organisatie",
    "Bijeenkomst",
    "Datum",
    "Begin",
    "Einde",
    "Netto minuten",
    "SKJ",
    "Registerplein",
    "V&VN",
    "Ander register",
    "Nummer daar",
)
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@area.get(
    "/beheer/intervisie/{round:id}/aanwezigheid",
    policy=Permission.MANAGE,
    name="admin_intervision.registers",
    own_transactions=True,
    heavy=True,
)
def registers(ask: Ask, round: int) -> Answer:  # noqa: A002 - the name in the address
    """Who was there, from lists that are closed, with a column for each register."""
    with ask.services.database.reading(snapshot=True) as db:
        lines = attendance(db, round, now=ask.now)
    body = xlsx_of_rows(HEADS, [_cells(line) for line in lines], sheet="Aanwezigheid")
    return Content(body=body, media_type=XLSX, filename=f"aanwezigheid-{round}.xlsx")


def _cells(line: AttendanceLine) -> list[str | int]:
    starts, ends = local(line.starts_at), local(line.ends_at)
    return [
        line.name,
        line.organisation,
        line.title,
        f"{starts:%d-%m-%Y}",
        f"{starts:%H:%M}",
        f"{ends:%H:%M}",
        line.minutes,
        line.numbers.get(Register.SKJ, ""),
        line.numbers.get(Register.REGISTERPLEIN, ""),
        line.numbers.get(Register.VENVN, ""),
        line.other,
        line.numbers.get(Register.OTHER, ""),
    ]
