"""Secrets that the program must be able to read again: sealed with its key, and only good for what they are for.

What is only compared is kept as a digest, and what can be made again from a nonce (see `Keyring`); this is for the
rest. Two keys may be valid at once: what an earlier one sealed still opens, and is sealed anew.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

from app.kit.ids import Keyring

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


class Unreadable(Exception):
    """None of the keys opens it: sealed with a key that is gone, for something else, or damaged."""


def seal(keyring: Keyring, purpose: str, text: str) -> str:
    """`text` for the database. `purpose` says what it is and whose: elsewhere it does not open."""
    return _box(keyring.keys[0], purpose).encrypt(text.encode()).decode()


def unseal(keyring: Keyring, purpose: str, sealed: str) -> str:
    """What was sealed. Raises: Unreadable."""
    return _opened(keyring, purpose, sealed)[0]


def sealed_anew(keyring: Keyring, purpose: str, sealed: str) -> str | None:
    """The same under the newest key; None when that is what it is. Raises: Unreadable."""
    text, with_newest = _opened(keyring, purpose, sealed)
    return None if with_newest else seal(keyring, purpose, text)


def _opened(keyring: Keyring, purpose: str, sealed: str) -> tuple[str, bool]:
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - few requests need it

    for number, key in enumerate(keyring.keys):
        try:
            return _box(key, purpose).decrypt(sealed.encode()).decode(), number == 0
        except InvalidToken:
            continue
    raise Unreadable


def _box(key: str, purpose: str) -> Fernet:
    from cryptography.fernet import Fernet  # noqa: PLC0415 - few requests need it

    own = hmac.new(key.encode(), f"sealed|{purpose}".encode(), hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(own))
