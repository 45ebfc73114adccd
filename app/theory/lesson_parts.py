"""What stands in a lesson: stretches of text, and the blocks that a page fills in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from markupsafe import Markup

from app.courses.rules import SPOT
from app.theory.questions import Question


@dataclass(frozen=True)
class LessonPicture:
    """A picture; an empty alt is one that tells nothing."""

    href: str
    alt: str
    caption: str
    width: int
    height: int


@dataclass(frozen=True)
class FilePlace:
    """Where the pictures and files of a text stand: how their addresses begin."""

    images: str
    files: str

    @classmethod
    def of(cls, edition_id: int) -> FilePlace:
        return cls(f"/opleiding/beeld/{edition_id}/", f"/opleiding/bestand/{edition_id}/")


@dataclass(frozen=True)
class Text:
    """A stretch of text that was cleaned when it was published."""

    html: Markup
    kind: Literal["text"] = "text"


@dataclass(frozen=True)
class Picture:
    """A picture in the text."""

    id: str
    picture: LessonPicture
    kind: Literal["picture"] = "picture"


@dataclass(frozen=True)
class Playable:
    """A film or a sound. `parts` and `at`: the seconds that were played, and where she was."""

    id: str
    title: str
    href: str
    media_type: str
    captions: str
    poster: str
    transcript: Markup
    needed: bool
    done: bool
    parts: str
    at: float
    kind: Literal["video", "audio"]


@dataclass(frozen=True)
class Paper:
    """Something to download, with its size in kilobytes."""

    id: str
    title: str
    href: str
    kilobytes: int
    html: Markup
    kind: Literal["download"] = "download"


@dataclass(frozen=True)
class Reflecting:
    """A question to write about, with what she wrote. `version` is 0 before the first word."""

    id: str
    title: str
    heading: str
    html: Markup
    needed: bool
    done: bool
    words: str
    version: int
    saved_at: datetime | None
    shared_at: datetime | None
    kind: Literal["reflection"] = "reflection"


@dataclass(frozen=True)
class Asked:
    """A question in the text, with what she chose last time; `right` is None before that."""

    id: str
    question: Question
    needed: bool
    done: bool
    chosen: tuple[int, ...]
    right: bool | None
    kind: Literal["question"] = "question"


Part = Text | Picture | Playable | Paper | Reflecting | Asked


@dataclass(frozen=True)
class Work:
    """What the reader did with a block. `facts` are empty where they were about a block that became another one."""

    words: str
    facts: Mapping[str, Any]
    version: int
    saved_at: datetime
    done: bool
    shared_at: datetime | None


def parts_of(
    html: str,
    blocks: Iterable[Mapping[str, Any]],
    shelf: FilePlace,
    *,
    needs: tuple[str, ...] = (),
    work: Mapping[str, Work] = MappingProxyType({}),
) -> Iterator[Part]:
    """The text cut where something else stands in it, in order. `html` and what is in `blocks` were cleaned.

    In a text that is not right yet two blocks may have one name: each stands where its author put it.
    """
    known: dict[str, list[Mapping[str, Any]]] = {}
    for block in blocks:
        known.setdefault(block["id"], []).append(block)
    for place, piece in enumerate(SPOT.split(html)):
        if place % 2 == 0:
            if piece.strip():
                yield Text(Markup(piece))  # noqa: S704 - cleaned against an allow-list when it was rendered
        elif named := known.get(piece):
            block = named.pop(0) if len(named) > 1 else named[0]
            yield _part(shelf, block, needed=piece in needs, work=work.get(piece))


def _part(shelf: FilePlace, block: Mapping[str, Any], *, needed: bool, work: Work | None) -> Part:
    id_, done = block["id"], work is not None and work.done
    facts = work.facts if work else {}
    match block["kind"]:
        case "picture":
            return Picture(id_, picture_of(shelf, {**block, "name": block["file"]}))
        case "download":
            href, kilobytes = shelf.files + block["file"], max(1, block["size"] // 1000)
            return Paper(id_, block["title"], href, kilobytes, Markup(block["html"]))  # noqa: S704 - cleaned too
        case "reflection":
            return Reflecting(
                id_,
                block["title"],
                block["heading"],
                Markup(block["html"]),  # noqa: S704 - cleaned too
                needed=needed,
                done=done,
                words=work.words if work else "",
                version=work.version if work else 0,
                saved_at=work.saved_at if work else None,
                shared_at=work.shared_at if work else None,
            )
        case "question":
            question = Question.from_facts({**block["question"], "id": id_})
            chosen = tuple(facts.get("chosen", ()))
            right = question.is_right(chosen) if chosen else None
            return Asked(id_, question, needed=needed, done=done, chosen=chosen, right=right)
        case _:
            return _playable(shelf, block, facts, needed=needed, done=done)


def _playable(
    shelf: FilePlace, block: Mapping[str, Any], facts: Mapping[str, Any], *, needed: bool, done: bool
) -> Playable:
    captions, poster = block.get("captions"), block.get("poster")
    return Playable(
        id=block["id"],
        title=block["title"],
        href=shelf.files + block["file"],
        media_type=block["media_type"],
        captions=shelf.files + captions if captions else "",
        poster=shelf.images + poster if poster else "",
        transcript=Markup(block["transcript"]),  # noqa: S704 - cleaned when it was published
        needed=needed,
        done=done,
        parts=",".join(f"{start:g},{end:g}" for start, end in facts.get("parts", ())),
        at=float(facts.get("at", 0)),
        kind=block["kind"],
    )


def picture_of(shelf: FilePlace, image: Mapping[str, Any]) -> LessonPicture:
    href = shelf.images + image["name"]
    return LessonPicture(href, image["alt"], image["caption"], image["width"], image["height"])
