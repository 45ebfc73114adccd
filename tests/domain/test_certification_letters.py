"""The letters of certification, and the PDF that the worker makes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from app.certification import actions
from app.certification.paper.press import certificate
from app.certification.paper.sheet import Document, Printed, sheet
from app.certification.tables import Certificate
from app.kit import child
from app.kit.papercut import seal_svg
from app.letters.desk import NotDue, write
from app.outbox.tables import Message
from app.worker.handlers.certification import reassess, render
from tests.conftest import START
from tests.page import make_test_parts
from tests.trained import Training, make_ready

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.main import Parts


@pytest.fixture
def parts(database: Database, data_dir: Path, clock: MovableClock) -> Parts:
    return make_test_parts(database, data_dir, clock)


def granted(parts: Parts, name: str = "") -> tuple[Training, int]:
    with parts.database.writing() as db:
        training = make_ready(db, parts.storage, now=START)
        id_ = actions.grant(db, by=training.cast.fatma, enrolment_id=training.enrolment_id, now=START)
        if name:
            db.execute(update(Certificate).values(holder_name=name))
        return training, id_


def letter(parts: Parts, kind: str) -> Any:
    with parts.database.reading() as db:
        return write(db, db.scalars(select(Message).where(Message.kind == kind)).one(), parts.work.desk)


def test_the_letter_of_a_grant_says_where_and_until_when(parts: Parts) -> None:
    _, id_ = granted(parts)
    mail = letter(parts, "certification.granted")
    assert mail.subject.startswith("Gefeliciteerd, je bent trainer van ")
    assert f"https://academie.test/certificaat/{id_}" in mail.text
    assert "https://academie.test/c/" in mail.text
    assert "23 november 2028" in mail.html
    assert mail.reply_to == "fatma@demo.example"


def test_the_letter_of_a_refusal_says_why_and_how_to_object(parts: Parts) -> None:
    with parts.database.writing() as db:
        training = make_ready(db, parts.storage, now=START)
        actions.refuse(
            db, by=training.cast.fatma, enrolment_id=training.enrolment_id, reasons="Het plan ontbreekt.", now=START
        )
    mail = letter(parts, "certification.refused")
    assert "Het plan ontbreekt." in mail.text
    assert "4 januari 2027" in mail.text  # 42 days later
    with parts.database.writing() as db:
        actions.grant(db, by=training.cast.fatma, enrolment_id=training.enrolment_id, anew=True, now=START)
    with pytest.raises(NotDue):
        letter(parts, "certification.refused")


def test_the_worker_makes_the_pdf_once(parts: Parts) -> None:
    _, id_ = granted(parts)
    render(parts.work, {"certificate_id": id_})
    with parts.database.reading() as db:
        kept = db.get_one(Certificate, id_)
    pdf = parts.storage.get(kept.pdf_key)
    assert pdf.startswith(b"%PDF-")
    assert b"pdfuaid" in pdf
    render(parts.work, {"certificate_id": id_})
    assert parts.storage.keys("certificates") == [kept.pdf_key]
    reassess(parts.work, {})


@pytest.mark.parametrize(
    "name",
    ["Bo", "Wilhelmina van der Heijden-Ősz " * 4, "Q" * 120, "Ναταλία Ђорђевић", "Nguyễn Thị Ánh", "Trần Hữu Phước"],
)
def test_every_name_can_be_set(name: str) -> None:
    """The press knows no database. Whether it is beautiful is for eyes to say."""
    document = Document(
        name=name[:120],
        number="SA-2026-0001-X",
        code="0123456789ABCDEFGHJ",
        seal_svg=seal_svg("SA-2026-0001-X", "Knipsel"),
        starts_on=START.date(),
        ends_on=START.date(),
        certified_since=START.date(),
        printed=Printed(
            "Mijn Verhaal", (("Veiligheid", "boom"),), name[:120], name[:120], taken_over=False, sample=True
        ),
    )
    words = json.dumps(sheet(document, address="https://academie.test", provider="Stadstrainers")).encode()
    facts, pdf = certificate(words, made_at=1_795_000_000)
    assert facts["bytes"] == len(pdf) < 200_000
    assert certificate(words, made_at=1_795_000_000)[1] == pdf


def test_a_sign_without_a_shape_is_no_half_certificate(parts: Parts) -> None:
    _, id_ = granted(parts, "\U00012000 \U00010330")
    with pytest.raises(child.ChildFailed):
        render(parts.work, {"certificate_id": id_})
    with parts.database.reading() as db:
        assert db.get_one(Certificate, id_).pdf_key == ""
    assert parts.storage.keys("certificates") == []
