"""Whether a sign-off may be taken back, and whether somebody may do that alone. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LATEST_ONLY: Final = "correction_not_latest"


@dataclass(frozen=True)
class CorrectionFacts:
    """What stands between a sign-off and taking it back."""

    stands: bool
    latest: bool
    readable: bool
    handed_in_since: bool
    visit_since: bool
    training_open: bool


def objection(facts: CorrectionFacts) -> str | None:
    """The code of why it cannot be; None when it can.

    Only the last decision on a record is taken back: what people did since then stands on it.
    """
    if not facts.stands:
        return "correction_done"
    if not facts.training_open:
        return "training_closed"
    if not facts.latest:
        return LATEST_ONLY
    if not facts.readable:
        return "correction_too_late"
    if facts.handed_in_since:
        return "correction_overtaken"
    return "correction_visit_planned" if facts.visit_since else None


def alone(four_eyes: str, *, is_admin: bool, admins: int) -> bool:
    """Whether it needs nobody else: only for an admin, and only where the policy lets her (domain.md 8.2)."""
    return is_admin and (four_eyes == "never" or (four_eyes == "when_two_admins" and admins < 2))
