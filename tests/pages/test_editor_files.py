"""Files that an author sends: pictures are made anew, media are what their content says, and nothing else comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import select

from app.courses.commands import publish_folder
from app.courses.drafts.tables import DraftFile
from tests.authz.steps import picture
from tests.page import SAME_ORIGIN
from tests.pages.test_editor import HERE, LESSON, SHORT, author, fields, file_of, typing

if TYPE_CHECKING:
    from tests.page import Site, Visitor


@pytest.fixture
def aya(site: Site) -> Visitor:
    """An author, and the small course as an edition with a draft."""
    with site.parts.database.writing() as db:
        publish_folder(db, SHORT, storage=site.parts.storage, now=site.parts.clock.now())
    visitor = author(site)
    visitor.post(f"{HERE}/concept")
    return visitor


def add(visitor: Visitor, what: str, file: tuple[str, bytes, str], status: int, **given: str) -> Any:
    """Send a file as a script does: the answer is JSON."""
    headers = SAME_ORIGIN | {"accept": "application/json"}
    name = "photo" if what == "beeld" else "media"
    place = f"{HERE}/media/{what}"
    answer = visitor.client.post(place, data=given, files={name: file}, headers=headers, follow_redirects=False)
    assert answer.status_code == status, answer.text[:300]
    return answer


def test_a_picture_is_made_anew_and_told(site: Site, aya: Visitor) -> None:
    """New pixels as WebP, without words about where; refused without words for who does not see it."""
    photo = ("Foto van de Tafel.JPG", picture(200, "JPEG"), "image/jpeg")
    told = add(aya, "beeld", photo, 422).json()["problems"]
    assert [one["field"] for one in told] == ["alt"]
    made = add(aya, "beeld", photo, 201, alt='Een "tafel"', caption="{{7*7}}").json()
    assert made["name"] == "foto-van-de-tafel.webp"
    assert made["block"] == '::: beeld foto-van-de-tafel.webp\nalt: "Een \\"tafel\\""\ncaption: "{{7*7}}"\n:::'
    kept = aya.get(f"{HERE}/inhoud/foto-van-de-tafel.webp")
    assert kept.content[:4] == b"RIFF"
    assert b"Exif" not in kept.content
    assert "sandbox" in kept.headers["content-security-policy"]
    assert add(aya, "beeld", photo, 201, decorative="on").json()["name"] == made["name"]  # the very same one
    other = ("Foto van de Tafel.JPG", picture(90, "JPEG"), "image/jpeg")
    assert add(aya, "beeld", other, 201, decorative="on").json()["name"] == "foto-van-de-tafel-2.webp"
    lesson = file_of(site, LESSON)
    here = f"{HERE}/bestand/{lesson.id}"
    part = typing(aya, here, fields(aya.get(here).text) | {"body": made["block"], "whole": "typing"})
    assert 'src="/beheer/opleidingen/kort/inhoud/foto-van-de-tafel.webp"' in part
    assert "{{7*7}}" in part


NO_PICTURES: Final = {
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "gif": b"GIF89a" + b"\x00" * 100,
    "heic": b"\x00\x00\x00\x18ftypheic" + b"\x00" * 100,
    "pdf": b"%PDF-1.4 <script>",
    "empty": b"",
    "broken": b"\xff\xd8\xff\xe0 kapot",
}


@pytest.mark.parametrize("content", NO_PICTURES.values(), ids=NO_PICTURES)
def test_what_is_no_picture_is_refused_in_words(site: Site, aya: Visitor, content: bytes) -> None:
    told = add(aya, "beeld", ("foto.jpg", content, "image/jpeg"), 422, alt="Iets").json()["problems"]
    assert told[0]["field"] == "photo"
    assert told[0]["error"].endswith(".")
    aya.post(f"{HERE}/media/beeld", {"alt": "Iets"}, status=422, files={"photo": ("foto.jpg", content, "image/jpeg")})
    with site.parts.database.reading() as db:
        assert db.scalars(select(DraftFile.path).where(DraftFile.path.startswith("images/"))).all() == []


def test_media_are_what_their_content_says(site: Site, aya: Visitor) -> None:
    pdf = b"%PDF-1.7\n1 0 obj\n%%EOF\n"
    for name, content, code in (
        ("Kaart (1).pdf", pdf, 303),
        ("stem.mp3", pdf, 422),
        ("film.mp4", b"<script>", 422),
        ("les.vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\nDag\n", 303),
        ("les.vtt", b"geen ondertitels", 422),
        ("spel.exe", b"MZ", 422),
        ("tekening.svg", b"<svg/>", 422),
    ):
        aya.post(f"{HERE}/media/bestand", {}, status=code, files={"media": (name, content, "application/x")})
    aya.post(f"{HERE}/media/bestand", {}, status=422)
    with site.parts.database.reading() as db:
        paths = db.scalars(select(DraftFile.path).where(DraftFile.path.startswith("media/"))).all()
    assert sorted(paths) == ["media/kaart-1.pdf", "media/les.vtt"]
    saved = aya.get(f"{HERE}/inhoud/kaart-1.pdf")
    assert saved.headers["content-disposition"].startswith("attachment")
    assert "kaart-1.pdf" in aya.get(f"{HERE}/media").text
    aya.get(f"{HERE}/inhoud/niets.pdf", status=404)
