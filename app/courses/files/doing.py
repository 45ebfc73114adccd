"""The blocks of a text that a page fills in: pictures, films and sounds, papers, questions, and room to write.

In the text stands only the room for each (`rules.spot`); what belongs there are facts beside it, since addresses
depend on the edition and answers on who reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, Self, TypeVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from app.courses.files.base import NAME_MOST, SLUG, FileModel, ImageName
from app.courses.files.document import read_yaml
from app.courses.files.models import MediaContent
from app.courses.files.prose import markdown
from app.courses.files.questions import QuestionBody
from app.courses.files.writing import Part, Writing
from app.courses.rules import spot
from app.kit.text import Line, OptionalParagraph, PageText

Model = TypeVar("Model", bound=FileModel)
FILM: Final = "video/"
SOUND: Final = "audio/"
PAPER: Final = "application/pdf"
IN_TEXT: Final = ("one", "several", "true_false")
"""Questions that a lesson can ask: those that are answered by choosing."""


class PictureBlock(FileModel):
    """A picture in the text: what is to be seen on it, or that it tells nothing."""

    alt: OptionalParagraph = ""
    caption: OptionalParagraph = ""
    decorative: bool = False

    @model_validator(mode="after")
    def _says_what_is_shown(self) -> Self:
        if not self.alt and not self.decorative:
            raise PydanticCustomError("picture_alt_missing", "a picture without a description")
        return self


class FilmBlock(FileModel):
    """A film: with captions, or `silent` when nothing is said; what is said or shown also stands there as text."""

    title: Line
    captions: str | None = None
    silent: bool = False
    poster: ImageName | None = None
    transcript: PageText

    @model_validator(mode="after")
    def _can_be_followed_without_sound(self) -> Self:
        if self.captions is None and not self.silent:
            raise PydanticCustomError("captions_missing", "a film without captions")
        return self


class SoundBlock(FileModel):
    """A sound, and what is said in it as text."""

    title: Line
    transcript: PageText


def _picture(part: Part, writing: Writing) -> str:
    given = _facts(part, writing, PictureBlock)
    image = writing.library.images.get(part.title)
    if image is None:
        sentence = f"Beeld ‘{part.title}’ staat niet in de map images."
        writing.problem(part.line - 1, sentence, "Zet het erbij of kies een ander.")
    if given is None or image is None:
        return ""
    id_ = writing.anchor(f"{part.title} {given.alt} {given.caption}")
    size = {"width": image.width, "height": image.height}
    return spot(writing.add_block("picture", id_, part.line - 1, file=part.title, **given.model_dump(), **size))


def _film(part: Part, writing: Writing) -> str:
    given, media = _facts(part, writing, FilmBlock), _media(part, writing, FILM)
    if given is None or media is None:
        return ""
    library = writing.library
    for name, known in ((given.captions, library.media), (given.poster, library.images)):
        if name is not None and name not in known:
            writing.problem(part.line - 1, f"‘{name}’ staat er niet bij.", "Zet het in de map media of images.")
        elif name is not None and name == given.captions and not name.endswith(".vtt"):
            writing.problem(part.line - 1, f"‘{name}’ zijn geen ondertitels.", "Kies een bestand dat op .vtt eindigt.")
    return _playable("video", part, writing, media, given)


def _sound(part: Part, writing: Writing) -> str:
    given, media = _facts(part, writing, SoundBlock), _media(part, writing, SOUND)
    return _playable("audio", part, writing, media, given) if given and media else ""


def _playable(kind: str, part: Part, writing: Writing, media: MediaContent, given: FilmBlock | SoundBlock) -> str:
    title, line = given.title, part.line - 1
    writing.anchor(title)
    transcript = markdown(Part("", "", given.transcript, part.line), writing)
    facts = given.model_dump(exclude={"transcript"})
    id_ = re.sub(r"[^a-z0-9]+", "-", part.title.rpartition(".")[0])
    known = {"file": part.title, "media_type": media.media_type, "transcript": transcript}
    return spot(writing.add_block(kind, id_, line, **known, **facts))


def _download(part: Part, writing: Writing) -> str:
    name, _, title = part.title.partition(" ")
    media = _media(Part(part.kind, name, part.text, part.line), writing, PAPER)
    if not title:
        writing.problem(part.line - 1, "Dit bestand heeft geen titel.", "Schrijf: ::: download naam.pdf De titel.")
    id_ = writing.anchor(title or name)
    text = markdown(part, writing)
    if media is None:
        return ""
    return spot(writing.add_block("download", id_, part.line - 1, file=name, title=title, size=media.size, html=text))


def _reflection(part: Part, writing: Writing) -> str:
    id_, _, title = part.title.partition(" ")
    if not _named(id_, part, writing):
        return ""
    if not title:
        hint = f"Schrijf: ::: reflectie {id_} Een titel."
        writing.problem(part.line - 1, "Deze reflectie heeft geen titel.", hint)
    heading = writing.new_id(title or "Denk na")
    text = markdown(part, writing)
    return spot(writing.add_block("reflection", id_, part.line - 1, title=title, heading=heading, html=text))


def _question(part: Part, writing: Writing) -> str:
    question = _facts(part, writing, QuestionBody)
    if not _named(part.title, part, writing) or question is None:
        return ""
    if question.type not in IN_TEXT:
        sentence = f"Een vraag van het soort ‘{question.type}’ kan alleen in een toets."
        writing.problem(part.line - 1, sentence, f"Kies in een les uit: {', '.join(IN_TEXT)}.")
    writing.anchor(question.text)
    return spot(writing.add_block("question", part.title, part.line - 1, question=question.model_dump()))


DOING: Final[dict[str, Callable[[Part, Writing], str]]] = {
    "beeld": _picture,
    "video": _film,
    "geluid": _sound,
    "download": _download,
    "reflectie": _reflection,
    "vraag": _question,
}
ANSWERED: Final = frozenset({"reflection", "question", "video", "audio"})
"""Kinds of blocks that a lesson may ask to be done."""


def _facts(part: Part, writing: Writing, model: type[Model]) -> Model | None:
    """What stands in a block as `name: value`."""
    document = read_yaml(part.text, writing.file, writing.problems, first_line=writing.first_line + part.line)
    if document is not None and document.node is None:
        writing.problem(part.line - 1, "In dit blok staat nog niets.", "Kijk hoe het in een andere les staat.")
        return None
    return document.into(model, writing.problems) if document is not None else None


def _named(id_: str, part: Part, writing: Writing) -> bool:
    if re.fullmatch(SLUG, id_) and len(id_) <= NAME_MOST:
        return True
    hint = f"Begin met een naam van kleine letters, cijfers en streepjes, hoogstens {NAME_MOST} tekens."
    writing.problem(part.line - 1, "Dit blok heeft geen naam.", hint)
    return False


def _media(part: Part, writing: Writing, wanted: str) -> MediaContent | None:
    media = writing.library.media.get(part.title)
    if media is None:
        sentence = f"Bestand ‘{part.title}’ staat niet in de map media."
        writing.problem(part.line - 1, sentence, "Zet het erbij of kies een ander.")
        return None
    if not media.media_type.startswith(wanted):
        writing.problem(part.line - 1, f"‘{part.title}’ hoort niet in dit blok.", "Kies een bestand van deze soort.")
        return None
    return media


def needed(block_ids: list[str], blocks: tuple[dict[str, Any], ...]) -> list[int]:
    """Which of the blocks that a lesson asks to be done are none of those that can be done, by their place."""
    known = {block["id"] for block in blocks if block["kind"] in ANSWERED}
    return [place for place, id_ in enumerate(block_ids) if id_ not in known]
