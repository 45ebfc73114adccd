"""What a piece of evidence is, how much of it there may be, and what it may be used for. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final

MEGABYTE: Final = 1024 * 1024


class Kind(StrEnum):
    """What shows the work."""

    PHOTO = "photo"
    VIDEO = "video"
    AUDIO = "audio"
    PDF = "pdf"
    TEXT = "text"
    LINK = "link"


class Purpose(StrEnum):
    """What people who can be recognised said yes to; one never implies another (domain.md 9.1)."""

    ASSESSMENT = "assessment"
    INTERVISION = "intervision"
    TRAINING = "training"
    PUBLICATION = "publication"


BYTES_MOST: Final[Mapping[Kind, int]] = {
    # security.md 4, upload
    Kind.PHOTO: 15 * MEGABYTE,
    Kind.VIDEO: 500 * MEGABYTE,
    Kind.AUDIO: 50 * MEGABYTE,
    Kind.PDF: 20 * MEGABYTE,
}
TOO_LARGE: Final[Mapping[Kind, str]] = {
    Kind.PHOTO: "photo_too_large",
    Kind.VIDEO: "video_too_large",
    Kind.AUDIO: "audio_too_large",
    Kind.PDF: "pdf_too_large",
}
TWICE: Final[Mapping[Kind, str]] = {kind: "photo_twice" if kind is Kind.PHOTO else "evidence_twice" for kind in Kind}
MOST: Final[Mapping[Kind, int]] = {
    Kind.PHOTO: 10,
    Kind.VIDEO: 3,
    Kind.AUDIO: 5,
    Kind.PDF: 5,
    Kind.TEXT: 5,
    Kind.LINK: 5,
}
"""Of each, by one person in one attempt."""
QUOTA_BYTES: Final = 3_000 * MEGABYTE  # of one person, in all her work; security.md 1.2 #23
ORGANISATION_BYTES: Final = 60_000 * MEGABYTE  # of all who work at one organisation: twenty who use all their room
UPLOAD_KEPT: Final = timedelta(hours=23)  # with an hour for the cleaner: gone within a day (security.md 4)
PIECE_BYTES: Final = 4 * MEGABYTE  # what is in memory of one upload, and what is lost at most when all goes dark
SHOWS_THE_WORK: Final = frozenset({Kind.PHOTO, Kind.VIDEO})
NOBODY: Final = "nobody"
ATTESTED: Final = "attested"


def may_be_used(recognisable: str, attested: Collection[Purpose], purpose: Purpose) -> bool:
    """Whether a file may be shown for a purpose: nobody can be recognised, or they said yes to this very thing."""
    return recognisable == NOBODY or purpose in attested


def consent_lacks(recognisable: str, purposes: Collection[Purpose]) -> bool:
    """Evidence is there to be assessed: what may not even be used for that cannot be handed in."""
    return not may_be_used(recognisable, purposes, Purpose.ASSESSMENT)
