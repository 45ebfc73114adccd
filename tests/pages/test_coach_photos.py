"""The page on which a coach adds photos to her form, and the same from a phone that sends them later."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select

from app.kit.clock import MovableClock
from app.kit.db import Database
from app.practice.tables.evidence import Evidence
from tests.blank_forms import asked_for, blank_form
from tests.page import SAME_ORIGIN, Site, Visitor, make_test_parts
from tests.practising import Practising, add_photo, begin, hand_in, sign
from tests.unit.test_pictures import with_gps

JSON = {"accept": "application/json"}
KEY = "k" * 24


@pytest.fixture
def site(database: Database, data_dir: Path, clock: MovableClock) -> Site:
    return Site(make_test_parts(database, data_dir, clock))


def work(site: Site, clock: MovableClock, until: str = "visited") -> Practising:
    return begin(site.parts.database, site.parts.storage, clock, until=until)


def count(site: Site) -> int:
    with site.parts.database.reading() as db:
        return db.scalar(select(func.count()).select_from(Evidence)) or 0


def picture(shade: str = "teal") -> bytes:
    out = BytesIO()
    Image.new("RGB", (64, 48), shade).save(out, "JPEG")
    return out.getvalue()


def send(visitor: Visitor, at_work: Practising, content: bytes, *, status: int, **more: str) -> str:
    given = {"recognisable": "nobody", "caption": "De kring", "form_key": KEY} | more
    file = {"photo": ("IMG_1.jpg", content, "image/jpeg")}
    path = f"/coach/{at_work.record_id}/foto"
    return visitor.post(path, given, status=status, files=file, headers=JSON).text


def test_a_photo_is_added_looked_at_and_taken_back(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    visitor = site.visitor(at_work.ruben.id)
    record, path = f"/coach/{at_work.record_id}", f"/coach/{at_work.record_id}/foto"
    assert f'href="{path}"' in visitor.get(record).text
    assert blank_form(visitor.get(path).text, path) is not None
    file = {"photo": ("IMG_1.jpg", with_gps(), "image/jpeg")}
    answer = visitor.post(path, {"recognisable": "nobody", "caption": "De kring"}, files=file)
    assert answer.headers["location"] == f"{record}#fotos"
    with site.parts.database.reading() as db:
        photo = db.scalars(select(Evidence)).one()
    assert (photo.added_by_id, photo.caption, photo.media_type) == (at_work.ruben.id, "De kring", "image/webp")
    picture_path = f"/praktijk/{at_work.record_id}/foto/{photo.id}"
    assert picture_path in visitor.get(record).text
    visitor.get(picture_path)
    noor = site.visitor(at_work.noor.id)
    noor.get(picture_path, status=404)
    assert picture_path not in noor.get(f"/praktijk/{at_work.record_id}").text
    visitor.post(f"{path}/{photo.id}/weg")
    assert "De kring" not in visitor.get(path).text
    visitor.get(picture_path, status=404)


def test_an_empty_form_says_what_lacks(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    path = f"/coach/{at_work.record_id}/foto"
    answer = site.visitor(at_work.ruben.id).post(path, {}, status=422)
    assert asked_for(answer.text) == {"photo", "recognisable"}


def test_a_phone_that_sends_again_gets_the_same_answer(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    visitor = site.visitor(at_work.ruben.id)
    first = send(visitor, at_work, picture(), status=200)
    clock.advance(timedelta(days=3))
    visitor = site.visitor(at_work.ruben.id)
    assert {send(visitor, at_work, picture(), status=200) for _ in range(3)} == {first}
    assert count(site) == 1
    send(visitor, at_work, picture("navy"), status=200)  # who takes another photo is not repeating herself
    assert count(site) == 2


def test_sent_at_the_same_moment_it_is_there_once(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    visitor = site.visitor(at_work.ruben.id)
    given = {"recognisable": "nobody", "form_key": KEY}

    def post(_: int) -> tuple[int, str]:
        file = {"photo": ("IMG_1.jpg", picture(), "image/jpeg")}
        path = f"/coach/{at_work.record_id}/foto"
        answer = visitor.client.post(path, data=given, files=file, headers=SAME_ORIGIN | JSON)
        return answer.status_code, answer.text

    with visitor.client, ThreadPoolExecutor(4) as pool:  # one loop, as in the program
        answers = set(pool.map(post, range(4)))
    assert {status for status, _ in answers} == {200}
    assert len(answers) == 1
    assert count(site) == 1


def test_what_is_wrong_is_said_as_json(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    visitor = site.visitor(at_work.ruben.id)
    assert "geen foto" in send(visitor, at_work, b"%PDF-1.7", status=422)
    assert '"field": "recognisable"' in send(visitor, at_work, picture(), status=422, recognisable="")
    add_photo(site.parts.database, at_work, clock)
    hand_in(site.parts.database, at_work, clock)
    assert count(site) == 1


def test_when_it_is_too_late_the_phone_hears_so(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "observed")
    sign(site.parts.database, at_work, clock)
    visitor = site.visitor(at_work.ruben.id)
    assert '{"error": "Dit formulier is nu niet open' in send(visitor, at_work, picture(), status=409)
    assert "Er kan nu geen foto bij" in visitor.get(f"/coach/{at_work.record_id}/foto").text
    assert count(site) == 1  # the one that was handed in
