"""Words for scholingsdagen."""

from __future__ import annotations

from typing import Final

from app.courses.training_days.rules import MakeUp
from app.web.words.shared import N_

WORDS: Final[dict[str, str]] = {
    "was_there_already": N_("Deze persoon was er de hele dag. Inhalen is niet nodig."),
}

MAKE_UP_WORDS: Final = {
    MakeUp.COACH: N_("Met de coach doorgenomen"),
    MakeUp.ASSIGNMENT: N_("Met een opdracht thuis"),
    MakeUp.OTHER: N_("Op een andere manier"),
}
