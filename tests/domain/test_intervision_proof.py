"""After a meeting: the proof of attendance, and what an organisation may know of it; on both databases."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from app.certification.proofs import proof_of
from app.kit import child
from app.kit.clock import MovableClock
from app.kit.errors import NotFound
from app.kit.localtime import local_day
from app.meetings.actions import attendance
from app.meetings.rules import Attendance, Mark
from app.people.rules import Viewer
from app.reports.organisation import organisation_page
from tests.intervision_stage import END, START, Stage
from tests.page import Site, make_test_parts


def held(stage: Stage, **marks: Mark) -> None:
    """Noor and Joris had a seat, and were marked."""
    people = {"noor": stage.cast.noor.id, "joris": stage.cast.joris.id}
    for person in people.values():
        stage.answer(person, "yes")
    stage.clock.set(START)
    given = {stage.place(people[name]): mark for name, mark in marks.items()}
    stage.do(
        lambda db: attendance.mark_attendance(
            db, by=stage.cast.fatma, meeting_id=stage.meeting_id, marks=given, now=stage.now
        )
    )
    stage.clock.set(END)


def settle(stage: Stage) -> None:
    stage.do(lambda db: attendance.settle(db, by=stage.cast.fatma, meeting_id=stage.meeting_id, now=stage.now))


def words(stage: Stage, viewer: Viewer, whose: int) -> dict[str, str]:
    place = stage.place(whose)
    found = stage.see(lambda db: proof_of(db, viewer, place, provider="Stadstrainers", now=stage.now))
    return {"all": json.dumps(found, ensure_ascii=False)} | {one["label"]: one["words"] for one in found["facts"]}


def test_it_says_who_was_where_for_how_long_and_nothing_of_what_was_said(stage: Stage) -> None:
    noor, joris = stage.cast.noor, stage.cast.joris
    held(stage, noor=Mark(Attendance.PARTIAL, 60), joris=Mark(Attendance.ABSENT))
    with pytest.raises(NotFound):  # the list is still open
        words(stage, noor, noor.id)
    settle(stage)
    said = words(stage, noor, noor.id)
    assert said["Naam"] == "Noor de Wit"
    assert said["Datum"] == "donderdag 10 december 2026"
    assert said["Tijd"] == "13.30 tot 16.00 uur"
    assert said["Netto tijd"] == "60 minuten, zonder inloop en pauze"
    assert said["Plaats"] == "De Brede Brug, Voorstraat 100, Dordrecht"
    assert "Joris" not in said["all"]
    assert words(stage, replace(noor, locale="en"), noor.id)["Net time"] == "60 minutes, without reception and break"
    for viewer, whose in ((noor, joris.id), (joris, noor.id), (joris, joris.id), (stage.cast.fatma, noor.id)):
        with pytest.raises(NotFound):
            words(stage, viewer, whose)
    stage.do(lambda db: attendance.reopen(db, by=stage.cast.fatma, meeting_id=stage.meeting_id, now=stage.now))
    with pytest.raises(NotFound):
        words(stage, noor, noor.id)


def test_an_organisation_sees_its_own_people_while_they_worked_there(stage: Stage) -> None:
    held(stage, noor=Mark(Attendance.PRESENT), joris=Mark(Attendance.PRESENT))

    def seen() -> list[tuple[str, str, int]]:
        page = stage.see(lambda db: organisation_page(db, stage.cast.sanne, on=local_day(stage.now)))
        return [(row.name, row.attendance.value, row.minutes) for row in page.attendance]

    assert seen() == []
    settle(stage)
    assert seen() == [("Noor de Wit", "present", 125)]


def test_each_has_a_page_of_her_own(stage: Stage, data_dir: Path, clock: MovableClock) -> None:
    noor, joris, sanne = stage.cast.noor, stage.cast.joris, stage.cast.sanne
    held(stage, noor=Mark(Attendance.PRESENT), joris=Mark(Attendance.ABSENT))
    settle(stage)
    site = Site(make_test_parts(stage.database, data_dir, clock))
    path = f"/intervisie/{stage.place(noor.id)}/bewijs"
    assert path in site.visitor(noor.id).get("/intervisie").text
    assert "/bewijs" not in site.visitor(joris.id).get("/intervisie").text
    answer = site.visitor(noor.id).get(path)
    assert (answer.headers["content-type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    site.visitor(joris.id).get(path, status=404)
    employer = site.visitor(sanne.id).get("/organisatie").text
    assert "Bij intervisie geweest" in employer
    assert "125" in employer
    assert "Joris" not in employer


def test_the_press_sets_it_with_any_name() -> None:
    facts = {
        "lang": "nl",
        "provider": "Stadstrainers",
        "title": "Bewijs",
        "heading": "Bewijs van deelname",
        "was_there": "Thế Anh Nguyễn #link('x') nam deel.",
        "facts": [{"label": "Naam", "words": "Wolfeschlegelsteinhausenbergerdorff" * 3}],
        "description": "Begeleide intervisie.",
        "closed": "Afgerond.",
    }
    told, pdf = child.call("app.certification.paper.press:proof", json.dumps(facts).encode(), made_at=0)
    assert told == {"bytes": len(pdf)}
    assert pdf.startswith(b"%PDF")
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    assert any(b"pdfuaid" in one or b"pdfuaid" in _plain(one) for one in streams)


def _plain(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""
