"""Identifiers and secrets: one way to make each."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MAX_ID: Final = 2**53  # what JavaScript and JSON carry without loss
CODE_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base32: no I, L, O, U
CHECK_ALPHABET: Final = CODE_ALPHABET + "*~$=U"
CODE_LENGTH: Final = 18  # 18 x 5 = 90 random bits


def read_id(text: str) -> int | None:
    """The id that somebody's address or form names; None for anything that cannot be one."""
    if not text.isascii() or not text.isdigit() or len(text) > len(str(MAX_ID)):
        return None
    return int(text) if 1 <= int(text) <= MAX_ID else None


def new_nonce() -> str:
    """32 random bytes as text: the seed of a secret that can be made again with the program's key."""
    return secrets.token_urlsafe(32)


def digest(text: str) -> str:
    """SHA-256 as hex; how secrets and content stand in the database."""
    return hashlib.sha256(text.encode()).hexdigest()


def new_token(prefix: str) -> str:
    """A random secret of 32 bytes that says by its prefix what it opens."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def new_digits(length: int = 6) -> str:
    """A code that a person types over from a mail."""
    return "".join(secrets.choice("0123456789") for _ in range(length))


@dataclass(frozen=True)
class Keyring:
    """The program's secrets, newest first. Two may be valid at once, so that a key can be changed."""

    keys: Sequence[str]

    def mailed_token(self, purpose: str, nonce: str) -> str:
        """The secret of a link in a mail, made from a nonce that stands in the database.

        The database alone cannot make it, the program's key alone neither, and the outbox need not hold it.
        """
        return _mailed(self.keys[0], purpose, nonce)

    def matching_token(self, purpose: str, nonce: str, wanted: str) -> str:
        """The token whose digest is `wanted`, also when it was made with an earlier key."""
        for key in self.keys:
            token = _mailed(key, purpose, nonce)
            if hmac.compare_digest(digest(token), wanted):
                return token
        return self.mailed_token(purpose, nonce)


def _mailed(key: str, purpose: str, nonce: str) -> str:
    mac = hmac.new(key.encode(), f"{purpose}|{nonce}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def new_code() -> str:
    """A public code of 90 random bits with a check symbol (Crockford base32)."""
    body = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    return body + check_symbol(body)


def check_symbol(body: str) -> str:
    """The Crockford check symbol: the value modulo 37."""
    value = 0
    for char in body:
        value = value * 32 + CODE_ALPHABET.index(char)
    return CHECK_ALPHABET[value % 37]


def read_code(text: str) -> str | None:
    """The code as stored, from what a person typed or scanned; None when it cannot be a code.

    Case, spaces and hyphens do not matter; O reads as 0, I and L as 1.
    """
    code = text.upper().replace(" ", "").replace("-", "")
    body = code[:CODE_LENGTH].replace("O", "0").replace("I", "1").replace("L", "1")
    if len(code) != CODE_LENGTH + 1 or any(char not in CODE_ALPHABET for char in body):
        return None
    return body + code[-1] if check_symbol(body) == code[-1] else None
