"""The professional's pages of practice: beginning, preparing, photos, handing in."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select, update

from app.courses.tables import Enrolment
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.ledger.tables import LedgerEvent
from app.practice.tables.evidence import Evidence
from app.practice.tables.work import AssignmentRecord, Preparation, Submission
from app.worker.handlers.keeping import close_files
from tests.blank_forms import asked_for, blank_form
from tests.page import SAME_ORIGIN, Site, Visitor, make_test_parts
from tests.practising import Practising, begin, look_back, observe, sign
from tests.unit.test_pictures import png_head_only, with_gps

PREPARED = {"goal": "Kiezen", "session_plan": "Kring", "learning_question": "Wachten", "version": ""}
SCORED = {"self_SM1": "2", "self_VS1": "3", "note": "Ik vond het spannend"}


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> Site:
    return Site(make_test_parts(sqlite_database, data_dir, clock))


def work(site: Site, clock: MovableClock, until: str = "open") -> Practising:
    return begin(site.parts.database, site.parts.storage, clock, until=until)


def count(site: Site, table: type) -> int:
    with site.parts.database.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def upload(visitor: Visitor, at_work: Practising, content: bytes, *, status: int = 422, **fields: str) -> str:
    given = {"recognisable": "nobody", "caption": "Huizen van karton"} | fields
    photo = {"photo": ("../../een foto.jpg", content, "image/jpeg")}
    return visitor.post(f"/praktijk/{at_work.record_id}/bewijs/foto", given, status=status, files=photo).text


def jpeg() -> bytes:
    out = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "JPEG")
    return out.getvalue()


def test_from_the_list_to_handed_in(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "planned")
    clock.advance(clock.now().replace(month=12, day=3, hour=16) - clock.now())
    visitor = site.visitor(at_work.noor.id)
    assert visitor.get("/praktijk", status=303).headers["location"] == f"/praktijk/{at_work.record_id}"
    assert "Laat zien wat jullie maakten" in visitor.get(f"/praktijk/{at_work.record_id}").text
    upload(visitor, at_work, with_gps(), status=303)
    visitor.post(f"/praktijk/{at_work.record_id}/zelf", {"self_SM1": "2", "note": "Half"})
    page = visitor.get(f"/praktijk/{at_work.record_id}")
    assert re.search(r'name="self_SM1" value="2" checked', page.text)
    assert "Half" in page.text
    look_back(site.parts.database, at_work, clock)
    answer = visitor.post(f"/praktijk/{at_work.record_id}/inleveren", SCORED | {"form_key": "k" * 24, "version": "1"})
    assert "Je werk is ingeleverd" in visitor.follow(answer).text
    again = visitor.post(f"/praktijk/{at_work.record_id}/inleveren", SCORED | {"form_key": "k" * 24, "version": "1"})
    assert again.headers["location"] == answer.headers["location"]
    assert count(site, Submission) == 1
    other = visitor.post(f"/praktijk/{at_work.record_id}/inleveren", SCORED | {"form_key": "m" * 24}, status=422)
    assert "Je werk is ingeleverd en ligt bij je coach." in other.text
    assert "Ik vond het spannend" in other.text


def test_beginning_is_one_press(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    with site.parts.database.writing() as db:
        record = db.get_one(AssignmentRecord, at_work.record_id)
        assignment_id = record.assignment_id
        db.delete(record)
    visitor = site.visitor(at_work.noor.id)
    assert "Begin met deze opdracht" in visitor.get("/praktijk").text
    begun = visitor.post("/praktijk/begin", {"assignment_id": str(assignment_id)})
    assert "Bereid je voor" in visitor.follow(begun).text
    for odd in ("", "x", "9" * 30):
        assert visitor.post("/praktijk/begin", {"assignment_id": odd}).headers["location"] == "/praktijk"
    visitor.post("/praktijk/begin", {"assignment_id": "999"}, status=404)


def test_preparing_keeps_what_was_typed(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    visitor = site.visitor(at_work.noor.id)
    path = f"/praktijk/{at_work.record_id}/voorbereiding"
    answer = visitor.post(path, PREPARED | {"goal": " "}, status=422)
    assert "Dit vakje is nog leeg." in answer.text
    assert "Wachten" in answer.text
    visitor.post(path, PREPARED)
    assert "Even wachten op een dag" in visitor.get(f"/praktijk/{at_work.record_id}").text
    assert count(site, Preparation) == 1


def test_two_tabs_before_the_first_save_lose_nothing(site: Site, clock: MovableClock) -> None:
    """Both saw an empty page; what the first kept stands beside what the second typed, and she chooses."""
    at_work = work(site, clock)
    visitor, page = site.visitor(at_work.noor.id), f"/praktijk/{at_work.record_id}"
    path = f"{page}/voorbereiding"
    tab = blank_form(visitor.get(page).text, path)
    assert tab is not None
    assert tab.sent["version"] == "0"
    visitor.post(path, PREPARED | {"version": "0", "goal": "Uit het eerste venster"})
    second = PREPARED | {"version": "0", "goal": "Uit het tweede venster"}
    told = visitor.post(path, second, status=422).text
    assert "in een ander venster bewaard" in told
    assert "Daar: Uit het eerste venster" in told
    assert re.search(r"<textarea[^>]*>\s*Uit het tweede venster", told)
    assert "Daar: Kring" not in told  # the same on both sides
    assert goal(site) == "Uit het eerste venster"
    chosen = blank_form(told, path)
    assert chosen is not None
    visitor.post(path, second | {"version": chosen.sent["version"]})
    assert goal(site) == "Uit het tweede venster"
    visitor.post(path, second)  # what stands already is no quarrel
    assert goal(site) == "Uit het tweede venster"


def test_own_scores_are_no_preparation_yet(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    visitor, page = site.visitor(at_work.noor.id), f"/praktijk/{at_work.record_id}"
    visitor.post(f"{page}/zelf", {"self_SM1": "2", "note": ""})
    visitor.post(f"{page}/voorbereiding", PREPARED | {"version": "0"})
    assert goal(site) == "Kiezen"


def goal(site: Site) -> str:
    with site.parts.database.reading() as db:
        return db.scalars(select(Preparation.goal)).one()


def test_what_lacks_is_asked_for_by_name(site: Site, clock: MovableClock) -> None:
    """Sent with nothing filled in: a photo, and the own scores."""
    at_work = work(site, clock, "visited")
    visitor = site.visitor(at_work.noor.id)
    page = f"/praktijk/{at_work.record_id}"
    for path, asked in ((f"{page}/bewijs/foto", {"photo", "recognisable"}), (f"{page}/inleveren", set())):
        if path.endswith("inleveren"):
            upload(visitor, at_work, jpeg(), status=303)
            look_back(site.parts.database, at_work, clock)
        blank = blank_form(visitor.get(f"{page}/bewijs" if path.endswith("foto") else page).text, path)
        assert blank is not None
        wanted = asked or {name for name in blank.fields if name.startswith("self_")}
        assert wanted
        assert asked_for(visitor.post(path, blank.sent, status=422).text) == wanted


@pytest.mark.parametrize(
    "content, sentence",
    [
        (b"%PDF-1.7 plan", "Dit bestand is geen foto."),
        (b"", "Dit bestand is leeg."),
        (b"\xff\xd8" + b"\0" * (16 * 1024 * 1024), "Een foto mag 15 MB zijn."),
        (b"\xff\xd8" + b"\0" * (40 * 1024 * 1024), "Een foto mag 15 MB zijn."),
        (jpeg()[:300], "Deze foto is niet heel"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 200, "HEIC"),
        (png_head_only(10_000, 10_000), "Deze foto heeft 100 megapixels."),
    ],
    ids=["pdf", "empty", "16 MB", "40 MB", "truncated", "heic", "bomb"],
)
def test_a_bad_file_gets_its_sentence_and_leaves_nothing(
    site: Site, clock: MovableClock, content: bytes, sentence: str
) -> None:
    at_work = work(site, clock, "visited")
    text = upload(site.visitor(at_work.noor.id), at_work, content)
    assert sentence in text
    assert 'value="Huizen van karton"' in text
    assert re.search(r'value="nobody" checked', text)
    assert count(site, Evidence) == 0
    assert site.parts.storage.keys("evidence/") == []


def test_a_photo_needs_its_answer(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "visited")
    visitor = site.visitor(at_work.noor.id)
    assert "Kies een van de antwoorden." in upload(visitor, at_work, jpeg(), recognisable="misschien")
    path = f"/praktijk/{at_work.record_id}/bewijs/foto"
    assert "Kies eerst een foto." in visitor.post(path, {"recognisable": "nobody"}, status=422).text
    assert count(site, Evidence) == 0


def test_a_photo_is_shown_as_a_picture_and_nothing_else(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "visited")
    visitor, cast = site.visitor(at_work.noor.id), at_work.training.cast
    upload(visitor, at_work, with_gps() + b"<script>alert(1)</script>", status=303)
    with site.parts.database.reading() as db:
        photo = db.scalars(select(Evidence)).one()
    path = f"/praktijk/{at_work.record_id}/foto/{photo.id}"
    answer = visitor.get(path)
    assert answer.headers["content-type"] == "image/webp"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert max(Image.open(BytesIO(answer.content)).size) == 1_600
    assert b"<script>" not in answer.content
    assert b"Exif" not in answer.content
    assert max(Image.open(BytesIO(visitor.get(f"{path}/klein").content)).size) == 480
    for person, status in ((cast.ruben, 200), (cast.fatma, 200), (cast.joris, 404), (cast.sanne, 404)):
        site.visitor(person.id).get(path, status=status)
        site.visitor(person.id).get(f"{path}/klein", status=status)
    visitor.post(path.replace("/foto/", "/bewijs/foto/") + "/weg")
    visitor.get(path, status=404)


def test_an_upload_from_elsewhere_is_not_even_looked_at(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "visited")
    cast = at_work.training.cast
    upload(site.visitor(cast.joris.id), at_work, jpeg(), status=404)
    upload(site.visitor(cast.ruben.id), at_work, jpeg(), status=403)
    upload(site.stranger(), at_work, jpeg(), status=303)
    visitor = site.visitor(at_work.noor.id)
    path = f"/praktijk/{at_work.record_id}/bewijs/foto"
    visitor.post(path, {}, status=403, headers=SAME_ORIGIN | {"sec-fetch-site": "cross-site"})
    assert site.parts.storage.keys("evidence/") == []


def test_the_store_is_down(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "visited")
    visitor = site.visitor(at_work.noor.id)
    upload(visitor, at_work, jpeg(), status=303)
    with site.parts.database.reading() as db:
        photo = db.scalars(select(Evidence)).one()
    for key in site.parts.storage.keys("evidence/"):
        site.parts.storage.delete(key)
    visitor.get(f"/praktijk/{at_work.record_id}/foto/{photo.id}", status=404)
    visitor.get(f"/praktijk/{at_work.record_id}")


def test_nobody_reads_the_coach_before_both_are_in(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "visited")
    observe(site.parts.database, at_work, clock, note_VS1="GEHEIM", strong_1="GEHEIM", agreement_1="GEHEIM")
    cast = at_work.training.cast
    for person in (cast.noor, cast.fatma):
        text = site.visitor(person.id).get(f"/praktijk/{at_work.record_id}").text
        assert "GEHEIM" not in text
        assert "Naast elkaar" not in text


def test_others_stay_out(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "handed_in")
    cast = at_work.training.cast
    path = f"/praktijk/{at_work.record_id}"
    missing = site.visitor(cast.joris.id).get("/praktijk/9999", status=404).text
    hidden = site.visitor(cast.joris.id).get(path, status=404).text
    assert hidden.replace(path, "") == missing.replace("/praktijk/9999", "")
    site.visitor(cast.sanne.id).get(path, status=404)
    for action, given in (("voorbereiding", PREPARED), ("zelf", SCORED), ("inleveren", SCORED)):
        site.visitor(cast.joris.id).post(f"{path}/{action}", given, status=404)
        site.visitor(cast.ruben.id).post(f"{path}/{action}", given, status=403)
    admin = site.visitor(cast.fatma.id).get(path).text
    assert "Lever in bij je coach" not in admin
    site.visitor(cast.ruben.id).get("/praktijk", status=403)


def test_who_manages_and_opens_scores_is_noted(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "handed_in")
    path, cast = f"/praktijk/{at_work.record_id}", at_work.training.cast

    def read_by() -> list[tuple[int | None, int | None]]:
        with site.parts.database.reading() as db:
            rows = db.scalars(select(LedgerEvent).where(LedgerEvent.action == "practice.scores_read"))
            return [(row.actor_id, row.subject_id) for row in rows]

    site.visitor(cast.fatma.id).get(path)
    assert read_by() == []  # there are no scores to see yet
    observe(site.parts.database, at_work, clock)
    for person in (at_work.noor, at_work.ruben):
        assert "Naast elkaar" in site.visitor(person.id).get(path).text
    assert read_by() == []
    assert "Naast elkaar" in site.visitor(cast.fatma.id).get(path).text
    assert read_by() == [(cast.fatma.id, at_work.record_id)]


def test_what_was_emptied_says_so(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "observed")
    sign(site.parts.database, at_work, clock)
    path = f"/praktijk/{at_work.record_id}"
    assert "Naast elkaar" in site.visitor(at_work.noor.id).get(path).text
    with site.parts.database.writing() as db:
        db.execute(update(Enrolment).values(withdrawn_at=clock.now()))
    clock.advance(timedelta(days=800))
    close_files(site.parts.work, {})
    for who in (at_work.noor, at_work.training.cast.fatma):
        page = site.visitor(who.id).get(path).text
        assert "Ruben Haddad besloot dit op" in page
        assert "Wat erbij stond, is weg" in page
        assert "Rust" not in page
        assert "Naast elkaar" not in page  # two empty sides would read as nobody having seen anything


def test_what_she_handed_in_stays_readable(site: Site, clock: MovableClock) -> None:
    """Her own scores and note after handing in; after a second time the old decision is past, not above."""
    at_work = work(site, clock, "handed_in")
    visitor, path = site.visitor(at_work.noor.id), f"/praktijk/{at_work.record_id}"
    page = visitor.get(path).text
    assert "Dit leverde je in" in page
    assert "Ik vond het spannend" in page
    assert "Op weg" in page
    assert "Dit leverde je in" not in site.visitor(at_work.training.cast.fatma.id).get(path).text
    observe(site.parts.database, at_work, clock)
    sign(site.parts.database, at_work, clock, "returned", reason="De foto is onscherp")
    page = visitor.get(path).text
    assert re.search(r'name="self_SM1" value="2" checked', page)  # what was good stays chosen
    assert page.index('id="besluit"') < page.index("Kijk naar jezelf")
    visitor.post(f"{path}/inleveren", SCORED | {"self_SM1": "0", "version": "1"})
    page = visitor.get(path).text
    assert page.index("Je werk is ingeleverd") < page.index("De foto is onscherp")
    assert 'id="besluit"' not in page
    assert "Kwam niet voor" in page
