"""The first start of a demo: the whole story or none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from app.kit.db import Database
from app.main import Parts
from app.people.tables import Person
from app.serving import prepare_demo
from app.settings import Settings
from tests.people import make_person


def names(settings: Settings) -> list[str]:
    database = Database.open(settings.database, data_dir=settings.data_dir)
    try:
        with database.reading() as db:
            return list(db.scalars(select(Person.name)))
    finally:
        database.close()


def test_a_first_start_that_was_broken_off_begins_again(
    migrated_sqlite: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(data_dir=data_dir)
    shutil.copyfile(migrated_sqlite, data_dir / "academie.db")
    interrupted = [True, False]

    def tell(parts: Parts) -> None:  # a short story; the long one has its own test
        with parts.database.writing() as db:
            make_person(db, "Noor de Wit", now=parts.clock.now())
        parts.storage.put_at("evidence/photo.webp", b"x")
        if interrupted.pop(0):
            raise KeyboardInterrupt

    monkeypatch.setattr("app.demo.story.tell", tell)
    with pytest.raises(KeyboardInterrupt):
        prepare_demo(settings)
    assert names(settings) == []
    assert prepare_demo(settings)
    assert names(settings) == ["Noor de Wit"]
    assert (data_dir / "files" / "evidence" / "photo.webp").read_bytes() == b"x"
    assert not (data_dir / "demo.unfinished").exists()
    assert not prepare_demo(settings)
    told = capfd.readouterr()
    assert told.out == ""  # the four lines of serve are the only ones on standard output
