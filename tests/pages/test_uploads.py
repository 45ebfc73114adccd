"""The server of tus 1.0 as a phone meets it, and the files as a player meets them."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.storage import StorageTrouble
from app.practice.actions import uploads
from app.practice.rules.evidence import BYTES_MOST, Kind
from app.practice.tables.evidence import Evidence, Upload
from app.worker.run import run_due
from tests.page import SAME_ORIGIN, Site, Visitor, make_test_parts
from tests.practising import Practising, begin, hand_in
from tests.tus import BODY, TUS, asked, offset, patch, sent, start
from tests.unit.test_kit_media import PDF, film


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> Site:
    return Site(make_test_parts(sqlite_database, data_dir, clock))


@pytest.fixture
def at_work(site: Site, clock: MovableClock) -> Practising:
    return begin(site.parts.database, site.parts.storage, clock, until="visited")


@pytest.fixture
def noor(site: Site, at_work: Practising) -> Visitor:
    return site.visitor(at_work.noor.id)


def test_it_says_what_it_can(noor: Visitor, at_work: Practising) -> None:
    answer = noor.client.options(f"/praktijk/{at_work.record_id}/upload", headers=SAME_ORIGIN)
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == answer.headers["tus-resumable"] == "1.0.0"
    assert int(answer.headers["tus-max-size"]) == BYTES_MOST[Kind.VIDEO]


def test_a_file_goes_on_where_it_stopped(site: Site, noor: Visitor, at_work: Practising) -> None:
    content = film()
    href = start(noor, at_work, content)
    assert offset(noor, href) == 0
    assert patch(noor, href, 0, content[:900]).headers["upload-offset"] == "900"
    assert start(noor, at_work, content) == href  # the tab was killed; the same file is chosen again
    page = noor.get(f"/praktijk/{at_work.record_id}/bewijs").text
    assert f'data-resume="{href}"' in page
    assert "Kies hetzelfde bestand om verder te gaan." in page
    noor.get(f"/praktijk/{at_work.record_id}")
    patch(noor, href, offset(noor, href), content[900:])
    assert noor.get(f"{href}/stand").json()["state"] == "working"
    assert "We maken het klaar." in noor.get(f"/praktijk/{at_work.record_id}/bewijs").text
    run_due(site.parts.work)
    assert noor.get(f"{href}/stand").json()["state"] == "ready"
    page = noor.get(f"/praktijk/{at_work.record_id}/bewijs").text
    assert "<video" in page
    assert "Nog onderweg" not in page


def test_the_last_answer_is_lost(site: Site, noor: Visitor, at_work: Practising) -> None:
    """The phone sent the last piece and heard nothing: it asks again, and hears that all is in."""
    content = film()
    href = start(noor, at_work, content)
    patch(noor, href, 0, content)
    assert offset(noor, href) == len(content)  # while it is being made
    run_due(site.parts.work)
    assert offset(noor, href) == len(content)  # and when it is evidence
    patch(noor, href, 0, content, status=409)
    assert patch(noor, href, len(content), b"").headers["upload-offset"] == str(len(content))
    assert noor.get(f"{href}/stand").json() == {"state": "ready", "error": ""}
    with site.parts.database.reading() as db:
        assert len(db.scalars(select(Evidence)).all()) == 1


def test_a_refused_file_that_is_asked_for_again_says_why(site: Site, noor: Visitor, at_work: Practising) -> None:
    href = start(noor, at_work, PDF)
    patch(noor, href, 0, PDF)
    run_due(site.parts.work)
    assert offset(noor, href) == len(PDF)
    assert noor.get(f"{href}/stand").json()["state"] == "refused"


def test_why_it_cannot_be_is_said_with_its_numbers(
    site: Site, noor: Visitor, at_work: Practising, clock: MovableClock
) -> None:
    href = start(noor, at_work, b"x", "photo")
    with site.parts.database.writing() as db:
        upload_id, facts = db.scalars(select(Upload.id)).one(), {"pixels": 24, "most": 20}
        uploads.refuse(db, upload_id, code="photo_too_many_pixels", facts=facts, now=clock.now())
    told = "Deze foto heeft 24 megapixels. Kies een foto van hoogstens 20."
    assert noor.get(f"{href}/stand").json() == {"state": "refused", "error": told}
    assert told in noor.get(f"/praktijk/{at_work.record_id}/bewijs").text


def test_what_is_there_already_is_not_sent_again(site: Site, noor: Visitor, at_work: Practising) -> None:
    """The tab was killed before it heard that all was in: the same file is chosen again."""
    content = film()
    sent(site, noor, at_work, content)
    given = {"kind": "video", "length": str(len(content)), "recognisable": "nobody", "caption": "De finale"}
    given |= {"fingerprint": hashlib.sha256(content).hexdigest()}
    path = f"/praktijk/{at_work.record_id}/upload"
    [problem] = noor.post(path, given, status=422).json()["problems"]
    assert problem == {"field": "photo", "error": "Dit bestand staat er al bij."}
    with site.parts.database.reading() as db:
        [evidence_id] = db.scalars(select(Evidence.id))
    noor.post(f"/praktijk/{at_work.record_id}/bewijs/foto/{evidence_id}/weg")
    noor.post(path, given, status=201)  # she took it away, and wants it back


def test_who_is_signed_out_is_sent_to_sign_in(site: Site, noor: Visitor, at_work: Practising) -> None:
    """What the script in the page goes by: it says so once, and does not try again."""
    href = start(noor, at_work, film())
    noor.post("/account/sessies/alle")
    for answer in (
        noor.client.head(href, headers=TUS, follow_redirects=False),
        noor.client.get(f"{href}/stand", follow_redirects=False),
        noor.client.patch(
            href, content=film(), headers=SAME_ORIGIN | BODY | {"upload-offset": "0"}, follow_redirects=False
        ),
    ):
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/inloggen?next=")
    assert offset(site.visitor(at_work.noor.id), href) == 0


@pytest.mark.parametrize(
    ("at", "headers", "status"),
    [
        (5, {}, 409),
        (0, {"upload_offset": "minus"}, 400),
        (0, {"upload_offset": "-1"}, 400),
        (0, {"upload_offset": "9" * 400}, 400),
        (0, {"upload_offset": ""}, 400),
        (0, {"tus_resumable": "0.2.2"}, 412),
        (0, {"content_type": "application/json"}, 415),
        (0, {"content_length": "99999999999"}, 413),
        (0, {"sec_fetch_site": "cross-site"}, 403),
    ],
)
def test_what_is_not_right_changes_nothing(
    noor: Visitor, at_work: Practising, at: int, headers: dict[str, str], status: int
) -> None:
    content = film()
    href = start(noor, at_work, content)
    patch(noor, href, at, content[:10], status=status, **headers)
    assert offset(noor, href) == 0


def test_more_than_was_said_is_too_much(noor: Visitor, at_work: Practising) -> None:
    href = start(noor, at_work, b"x" * 50)
    patch(noor, href, 0, b"x" * 51, status=413)
    assert noor.client.head(href).status_code == 412  # of another version
    assert offset(noor, href) == 0


def test_what_is_wrong_is_said_before_the_first_byte(noor: Visitor, at_work: Practising) -> None:
    path = f"/praktijk/{at_work.record_id}/upload"
    given = {"kind": "video", "length": str(600 * 1024 * 1024), "recognisable": "nobody", "fingerprint": "a" * 64}
    [problem] = noor.post(path, given, status=422).json()["problems"]
    assert problem == {
        "field": "photo",
        "error": "Deze video is te groot. Een video mag 500 MB zijn. Maak hem korter, of kies een andere.",
    }
    for odd in ({"length": "0"}, {"length": "-5"}, {"kind": "exe"}, {"fingerprint": "../../x"}, {"recognisable": ""}):
        noor.post(path, given | {"length": "9"} | odd, status=422)
    [problem] = noor.post(path, given | {"length": "9", "recognisable": "attested"}, status=422).json()["problems"]
    assert problem["field"] == "purposes"


def test_nobody_else_finds_it(site: Site, noor: Visitor, at_work: Practising) -> None:
    content, cast = film(), at_work.training.cast
    href = start(noor, at_work, content)
    joris = site.visitor(cast.joris.id)
    assert joris.client.head(href, headers=TUS).status_code == 404
    patch(joris, href, 0, content, status=404)
    joris.get(f"{href}/stand", status=404)
    joris.post(href.replace("/upload/", "/bewijs/upload/") + "/weg", status=404)
    for person in (cast.ruben, cast.fatma):
        patch(site.visitor(person.id), href, 0, content, status=403)
    assert offset(noor, href) == 0
    noor.post(href.replace("/upload/", "/bewijs/upload/") + "/weg")
    assert noor.client.head(href, headers=TUS).status_code == 404


def test_the_store_is_away_in_the_middle(
    site: Site, noor: Visitor, at_work: Practising, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.pages.uploads.PIECE_BYTES", 500)
    content, put, calls = film(), site.parts.storage.put, []

    def sometimes(area: str, content: bytes, *, suffix: str = "") -> object:
        calls.append(area)
        if len(calls) == 3:
            raise StorageTrouble
        return put(area, content, suffix=suffix)

    href = start(noor, at_work, content)
    monkeypatch.setattr(site.parts.storage, "put", sometimes)
    patch(noor, href, 0, content, status=503)
    assert offset(noor, href) == 1_000  # what was kept before stays
    patch(noor, href, 1_000, content[1_000:])
    assert noor.get(f"{href}/stand").json()["state"] == "working"


def test_a_piece_that_is_refused_does_not_stay(
    site: Site, noor: Visitor, at_work: Practising, monkeypatch: pytest.MonkeyPatch, clock: MovableClock
) -> None:
    """Stopped in another window, or sent from it too, after we looked how far it was."""
    content, put = film(), site.parts.storage.put
    href, other = start(noor, at_work, content), start(noor, at_work, content[:900])
    elsewhere: list[str] = []

    def meanwhile(area: str, piece: bytes, *, suffix: str = "") -> object:
        stored = put(area, piece, suffix=suffix)
        with site.parts.database.writing() as db:
            upload_id = int(elsewhere[0].rsplit("/", 1)[1])
            changed = {"expires_at": clock.now()} if elsewhere[0] == href else {"received": 5}
            db.execute(update(Upload).where(Upload.id == upload_id).values(changed))
        return stored

    monkeypatch.setattr(site.parts.storage, "put", meanwhile)
    for address, piece, status in ((href, content, 404), (other, content[:900], 409)):
        elsewhere[:] = [address]
        patch(noor, address, 0, piece, status=status)
        assert site.parts.storage.keys("incoming/") == []


def test_a_player_gets_the_part_that_it_asks_for(site: Site, noor: Visitor, at_work: Practising) -> None:
    content = film()
    path = sent(site, noor, at_work, content)
    whole = noor.get(path)
    size = len(content)
    assert (len(whole.content), whole.headers["accept-ranges"]) == (size, "bytes")
    assert whole.headers["content-type"] == "video/mp4"
    assert "sandbox" in whole.headers["content-security-policy"]
    assert "content-disposition" not in whole.headers
    part = asked(noor, path, 206, range="bytes=10-19")
    assert part.content == whole.content[10:20]
    assert part.headers["content-range"] == f"bytes 10-19/{size}"
    assert asked(noor, path, 206, range="bytes=-7").content == whole.content[-7:]
    none = asked(noor, path, 416, range=f"bytes={size}-")
    assert none.headers["content-range"] == f"bytes */{size}"
    other = {"range": "bytes=0-3", "if-range": '"another"'}
    assert len(asked(noor, path, 200, **other).content) == size
    assert noor.client.head(path).headers["content-length"] == str(size)


def test_a_pdf_is_only_saved_never_shown(site: Site, noor: Visitor, at_work: Practising) -> None:
    path = sent(site, noor, at_work, PDF, "pdf")
    answer = noor.get(path)
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content == PDF
    ruben = site.visitor(at_work.ruben.id)
    assert path in ruben.get(f"/coach/{at_work.record_id}").text
    ruben.get(path)
    site.visitor(at_work.training.cast.joris.id).get(path, status=404)
    for key in site.parts.storage.keys("evidence/"):
        site.parts.storage.delete(key)
    noor.get(path, status=404)


def test_words_and_links(site: Site, noor: Visitor, at_work: Practising) -> None:
    base = f"/praktijk/{at_work.record_id}"
    noor.post(f"{base}/bewijs/tekst", {"words": "Wij zijn <b>trots</b>."})
    noor.post(f"{base}/bewijs/link", {"link": "https://voorbeeld.nl/finale?dag=3", "caption": "Het programma"})
    for page in (f"{base}/bewijs", base):
        text = noor.get(page).text
        assert "Wij zijn &lt;b&gt;trots&lt;/b&gt;." in text
        assert "<b>voorbeeld.nl</b>" in text
        assert 'rel="noopener noreferrer nofollow"' in text
    for odd in (
        "http://voorbeeld.nl",
        "javascript:alert(1)",
        "https://",
        "https://voorbeeld.nl@kwaad.nl/",
        "https://x y.nl",
        "//voorbeeld.nl",
        "https://voorbeeld.nl/" + "x" * 2_000,
        "https://[::1",
        "https://ééN.nl:99999/",
    ):
        assert 'id="f-link"' in noor.post(f"{base}/bewijs/link", {"link": odd}, status=422).text, odd
    noor.post(f"{base}/bewijs/tekst", {"words": " "}, status=422)
    with site.parts.database.reading() as db:
        kinds = [(row.kind, row.storage_key) for row in db.scalars(select(Evidence).order_by(Evidence.id))]
    assert kinds == [("text", ""), ("link", "")]
    noor.get(f"{base}/bestand/1", status=404)
    noor.post(f"{base}/bewijs/foto/1/weg")
    with site.parts.database.reading() as db:
        assert db.get_one(Evidence, 1).words == ""


def test_while_it_comes_the_work_is_not_handed_in(
    site: Site, noor: Visitor, at_work: Practising, clock: MovableClock
) -> None:
    sent(site, noor, at_work, film())
    href = start(noor, at_work, PDF, "pdf")
    scores = {"self_SM1": "2", "self_VS1": "3", "note": ""}
    path = f"/praktijk/{at_work.record_id}/inleveren"
    assert "Er is nog een bestand onderweg." in noor.post(path, scores, status=422).text
    clock.advance(timedelta(hours=23, minutes=1))
    noor = site.visitor(at_work.noor.id)
    assert noor.client.head(href, headers=TUS).status_code == 404
    hand_in(site.parts.database, at_work, clock)
    with site.parts.database.reading() as db:
        assert json.dumps(db.scalars(select(Upload.purposes)).all()) == "[[], []]"
