"""What every file of a course has in common: strict models, and names of a fixed form."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

NAME_MOST: Final = 80
"""Signs in a name that becomes part of an address."""
SLUG: Final = r"^[a-z0-9]+(-[a-z0-9]+)*$"
CODE: Final = r"^[A-Z]{1,4}[0-9]{0,2}$"
IMAGE: Final = r"^[a-z0-9]+([-_][a-z0-9]+)*\.webp$"
MEDIA: Final = r"^[a-z0-9]+([-_][a-z0-9]+)*\.(mp4|webm|mp3|m4a|ogg|pdf|vtt)$"

Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=NAME_MOST)]
Code = Annotated[str, StringConstraints(pattern=CODE)]
ImageName = Annotated[str, StringConstraints(pattern=IMAGE, max_length=NAME_MOST)]
Version = Annotated[str, StringConstraints(min_length=1, max_length=20)]
Minutes = Annotated[int, Field(ge=1, le=600)]
Motif = Literal["hand", "huis", "boom", "portret", "kring", "boek", "ster"]


class FileModel(BaseModel):
    """Strict, frozen, and no keys that nobody reads."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
