"""The chain of the ledger: what each seal is made from. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

BEGINNING: Final = "0" * 64
"""What the first seal follows."""


@dataclass(frozen=True)
class SealedEvent:
    """An event as it is sealed: everything about it but its words, which may be erased; their digest stays."""

    id: int
    at: datetime
    action: str
    actor_id: int | None
    subject_kind: str
    subject_id: int | None
    digest: str


def link(seq: int, previous: str, event: SealedEvent) -> str:
    """The hash of one seal: SHA-256 over its place, the seal before it and the event."""
    facts = [
        seq,
        previous,
        event.id,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.action,
        event.actor_id,
        event.subject_kind,
        event.subject_id,
        event.digest,
    ]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Head:
    """The end of the chain at a moment, as it is kept outside the database."""

    seq: int
    hash: str
    at: str

    def mac(self, key: str) -> str:
        """Proof that the program itself wrote this head: without its key nobody can make one."""
        return hmac.new(key.encode(), f"ledger-head|{self.seq}|{self.hash}|{self.at}".encode(), "sha256").hexdigest()

    def as_text(self, key: str) -> str:
        return json.dumps({"seq": self.seq, "hash": self.hash, "at": self.at, "mac": self.mac(key)}, sort_keys=True)

    @classmethod
    def from_text(cls, text: str, keys: tuple[str, ...]) -> Self | None:
        """The head that a file holds; None when it is not one that the program wrote."""
        try:
            facts: dict[str, Any] = json.loads(text)
            head = cls(int(facts["seq"]), str(facts["hash"]), str(facts["at"]))
            given = str(facts["mac"])
        except (ValueError, KeyError, TypeError):
            return None
        return head if any(hmac.compare_digest(head.mac(key).encode(), given.encode()) for key in keys) else None
