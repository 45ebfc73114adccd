"""Numbers in registers, and attendance as a spreadsheet with them; on both databases."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook
from sqlalchemy import select

from app.kit.clock import MovableClock
from app.kit.storage import folder
from app.meetings.actions import attendance
from app.meetings.rules import Attendance, Mark
from app.people.actions import own_data
from app.people.tables import RegistrationNumber
from tests.intervision_stage import END, START, Stage
from tests.page import Site, make_test_parts

HEADS = ("Naam", "Organisatie", "Bijeenkomst", "Datum", "Begin", "Einde", "Netto minuten", "SKJ")


def sheet(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def test_numbers_go_along_as_text_with_net_minutes(stage: Stage, data_dir: Path, clock: MovableClock) -> None:
    noor, joris, fatma = stage.cast.noor, stage.cast.joris, stage.cast.fatma
    site = Site(make_test_parts(stage.database, data_dir, clock))
    hers = site.visitor(noor.id)
    hers.post("/account/registers", {"skj": "0012345", "other": "=1+1", "other_name": ""}, status=422)
    hers.post("/account/registers", {"skj": "x" * 41}, status=422)
    hers.post("/account/registers", {"skj": "0012345", "venvn": "9", "other": "=1+1", "other_name": "VIT"})
    hers.post("/account/registers", {"skj": "0012345", "other": "=1+1", "other_name": "VIT"})
    assert 'value="0012345"' in hers.get("/account/registers").text
    assert "0012345" not in site.visitor(joris.id).get("/account/registers").text
    for person in (noor, joris):
        stage.answer(person.id, "yes")
    office = site.visitor(fatma.id)
    path = f"/beheer/intervisie/{stage.round_id}/aanwezigheid"
    assert len(sheet(office.get(path).content)) == 1
    clock.set(START)
    marks = {stage.place(noor.id): Mark(Attendance.PARTIAL, 60), stage.place(joris.id): Mark(Attendance.ABSENT)}
    stage.do(
        lambda db: attendance.mark_attendance(db, by=fatma, meeting_id=stage.meeting_id, marks=marks, now=stage.now)
    )
    clock.set(END)
    assert len(sheet(site.visitor(fatma.id).get(path).content)) == 1  # the list is still open
    stage.do(lambda db: attendance.settle(db, by=fatma, meeting_id=stage.meeting_id, now=stage.now))
    office = site.visitor(fatma.id)
    assert path in office.get(f"/beheer/intervisie/{stage.round_id}").text
    heads, *rows = sheet(office.get(path).content)
    assert tuple(heads[:8]) == HEADS
    assert rows == [
        ["Noor de Wit", "Welzijn Maasoever", "Intervisie Mijn Verhaal", "10-12-2026", "13:30", "16:00", 60.0,
         "0012345", "", "", "VIT", "=1+1"]
    ]  # fmt: skip
    office.get("/beheer/intervisie/999/aanwezigheid", status=404)


def test_they_are_in_the_copy_and_go_with_the_person(stage: Stage, data_dir: Path, clock: MovableClock) -> None:
    site = Site(make_test_parts(stage.database, data_dir, clock))
    noor = stage.cast.noor.id
    site.visitor(noor).post("/account/registers", {"registerplein": "007"})
    told = stage.see(lambda db: own_data.export_of(db, noor)["registraties"])
    assert told == [{"register": "registerplein", "nummer": "007"}]
    storage = folder(data_dir / "files")
    stage.do(lambda db: own_data.erase(db, person_id=noor, storage=storage, now=stage.now))
    assert stage.see(lambda db: db.scalars(select(RegistrationNumber)).all()) == []
