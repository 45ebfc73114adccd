"""What an admin adds in her own words to the letters before the meetings of a round."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intervision.actions.holding import locked, record
from app.intervision.rules import PlannedLetter
from app.intervision.tables import RoundLetter
from app.kit.errors import Refused
from app.people.rules import Viewer


def write_letter(
    db: Session, *, by: Viewer, round_id: int, letter: PlannedLetter, own_text: str, version: int, now: datetime
) -> None:
    """Keep the words; they stand in every letter of this kind that goes out from now on.

    `version` is the one that was looked at, 0 for none. Raises: NotFound; Refused when somebody was faster.
    """
    locked(db, round_id)
    found = db.scalar(select(RoundLetter).where(RoundLetter.round_id == round_id, RoundLetter.kind == letter))
    if (found.version if found else 0) != version:
        raise Refused("stale")
    if found is None:
        db.add(RoundLetter(round_id=round_id, kind=letter.value, own_text=own_text))
    else:
        found.own_text = own_text
    record(db, "letter_written", by, round_id, now, letter=letter.value, words=len(own_text.split()))
