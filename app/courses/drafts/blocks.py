"""Blocks of a text, written out of what a form says; and what a text can show of its course."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from app.courses.drafts import inputs
from app.courses.drafts.media import KINDS
from app.courses.drafts.reading import Stored
from app.courses.drafts.rules import Kind, kind_of

Wanted = Literal["beeld", "video", "geluid", "download"]
SUFFIXES: Final[Mapping[str, Wanted]] = {
    name: {"video": "video", "audio": "geluid", "pdf": "download"}[kind]  # type: ignore[misc]
    for name, kind in KINDS.items()
}
_PICTURE: Final = re.compile(
    r"^:::[ \t]*beeld[ \t]+(\S+)[ \t]*\n((?:(?!:::).*\n)*+):::[ \t]*$", re.MULTILINE
)  # no further than the next fence: a text without ends takes no more than its length
_ABOVE: Final = re.compile(r"^image:[ \t]*[\"']?([a-z0-9.-]+)", re.MULTILINE)
_HEAD: Final = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class KnownPicture:
    """A picture of the course, with the words that stand at it elsewhere; empty where it stands nowhere yet."""

    name: str
    alt: str = ""
    caption: str = ""
    decorative: bool = False


def pictures_of(stored: Mapping[str, Stored]) -> tuple[KnownPicture, ...]:
    """The pictures of a draft. The words of the first lesson that shows one are the ones that are proposed."""
    known = {path.removeprefix("images/"): None for path in stored if kind_of(path) is Kind.PICTURE}
    told: dict[str, KnownPicture] = {}
    for path, file in stored.items():
        if kind_of(path) is Kind.LESSON and file.text:
            for name, words, start in _told_in(file.text):
                if name in known and name not in told:
                    told[name] = _told(name, words, start)
    return tuple(told.get(name, KnownPicture(name)) for name in known)


def _told_in(text: str) -> Iterator[tuple[str, str, str]]:
    """Name of a picture, the lines that tell of it, and what its keys begin with."""
    for name, inside in _PICTURE.findall(text):
        yield name, inside, ""
    head = _HEAD.match(text)
    above = _ABOVE.search(head[1]) if head else None
    if head and above:
        yield above[1], head[1], "image_"


def _told(name: str, words: str, start: str) -> KnownPicture:
    facts = _facts(words)
    alt, caption = (str(facts.get(f"{start}{key}") or "") for key in ("alt", "caption"))
    return KnownPicture(name, alt, caption, facts.get("decorative") is True)


def _facts(text: str) -> Mapping[str, Any]:
    from app.courses.files.document import plain, read_yaml  # noqa: PLC0415 - few requests read courses
    from app.courses.files.problems import Problems  # noqa: PLC0415

    document = read_yaml(text, "", Problems())
    facts = plain(document.node) if document is not None else None
    return facts if isinstance(facts, dict) else {}


def media_for(wanted: str, paths: Iterable[str]) -> tuple[str, ...]:
    """The films, sounds or papers of a course that fit in a block."""
    names = (path.removeprefix("media/") for path in paths if kind_of(path) is Kind.MEDIA)
    return tuple(name for name in names if SUFFIXES.get(name.rpartition(".")[2]) == wanted)


def captions_in(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(path.removeprefix("media/") for path in paths if kind_of(path) is Kind.MEDIA and path.endswith(".vtt"))


# Written out


def picture(name: str, given: inputs.PictureGiven) -> str:
    lines = [f"::: beeld {name}"]
    lines.append("decorative: true" if given.decorative else f"alt: {_quoted(given.alt)}")
    if given.caption:
        lines.append(f"caption: {_quoted(given.caption)}")
    return "\n".join([*lines, ":::"])


def of_media(name: str, given: inputs.MediaGiven, captions: str) -> str:
    """A film, a sound or a paper. `captions`: the file with what is said in a film; a silent one has none."""
    if given.kind == "download":
        text = given.text.replace("\n:::", "\n :::")  # it would end the block
        return f"::: download {name} {given.title}\n{' ' * text.startswith(':::')}{text}\n:::"
    lines = [f"::: {given.kind} {name}", f"title: {_quoted(given.title)}"]
    if given.kind == "video":
        lines.append("silent: true" if given.silent or not captions else f"captions: {captions}")
    return "\n".join([*lines, "transcript: |", *_inward(given.transcript), ":::"])


def question(facts: Mapping[str, Any]) -> str:
    """A question with answers to choose from; its name is filled in where it is put in."""
    lines = ["::: vraag eigen-naam", f"type: {facts['type']}", f"text: {_quoted(facts['text'])}", "options:"]
    for one in facts["options"]:
        lines += [f"  - text: {_quoted(one['text'])}", f"    right: {'true' if one['right'] else 'false'}"]
        lines += [f"    feedback: {_quoted(one['feedback'])}"] if one["feedback"] else []
    if facts["explanation"]:
        lines.append(f"explanation: {_quoted(facts['explanation'])}")
    return "\n".join([*lines, ":::"])


def _inward(text: str) -> Iterator[str]:
    for line in text.strip().split("\n"):
        yield f"  {line}".rstrip()


def _quoted(words: str) -> str:
    """As YAML reads it, whatever stands in it."""
    return json.dumps(words, ensure_ascii=False)
