"""Identifiers and secrets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.ids import (
    CODE_ALPHABET,
    CODE_LENGTH,
    MAX_ID,
    Keyring,
    check_symbol,
    digest,
    new_code,
    new_digits,
    new_nonce,
    new_token,
    read_code,
    read_id,
)

BODIES = st.text(CODE_ALPHABET, min_size=CODE_LENGTH, max_size=CODE_LENGTH)


def test_a_new_code_reads_as_itself() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(read_code(code) == code for code in codes)


@given(BODIES)
def test_how_a_code_is_typed_does_not_matter(body: str) -> None:
    code = body + check_symbol(body)
    typed = "-".join(code[at : at + 5] for at in range(0, len(code), 5)).lower()
    assert read_code(f" {typed} ") == code
    assert read_code(body.replace("0", "o").replace("1", "l") + code[-1]) == code


@given(BODIES, st.integers(0, CODE_LENGTH - 1), st.sampled_from(CODE_ALPHABET))
def test_one_wrong_sign_is_always_found(body: str, at: int, other: str) -> None:
    code = body + check_symbol(body)
    wrong = code[:at] + other + code[at + 1 :]
    assert read_code(wrong) == (code if wrong == code else None)


@given(BODIES, st.integers(0, CODE_LENGTH - 2))
def test_two_swapped_neighbours_are_always_found(body: str, at: int) -> None:
    code = body + check_symbol(body)
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    assert read_code(swapped) == (code if swapped == code else None)


@given(st.text())
def test_whatever_is_typed_is_a_code_or_nothing(text: str) -> None:
    found = read_code(text)
    assert found is None or (len(found) == CODE_LENGTH + 1 and check_symbol(found[:-1]) == found[-1])


@pytest.mark.parametrize("text", ["", "ABC", "U" * 19, "é" * 19, "ß" * 19, "0" * 18, "0" * 20, "0" * 10_000])
def test_what_cannot_be_a_code_is_none(text: str) -> None:
    assert read_code(text) is None


def test_secrets_are_random_and_say_what_they_open() -> None:
    tokens = {new_token("st") for _ in range(100)}
    assert len(tokens) == 100
    assert all(token.startswith("st_") and len(token) >= 43 for token in tokens)
    assert len({new_nonce() for _ in range(100)}) == 100
    assert all(len(code) == 6 and code.isdigit() for code in (new_digits() for _ in range(50)))


def test_a_token_follows_from_key_purpose_and_nonce_together() -> None:
    ring, nonce = Keyring(("new key",)), new_nonce()
    token = ring.mailed_token("invitation", nonce)
    assert token == ring.mailed_token("invitation", nonce)
    assert token != ring.mailed_token("meeting-answer", nonce)
    assert token != ring.mailed_token("invitation", new_nonce())
    assert token != Keyring(("other key",)).mailed_token("invitation", nonce)


def test_links_survive_a_change_of_key() -> None:
    nonce = new_nonce()
    wanted = digest(Keyring(("old key",)).mailed_token("invitation", nonce))
    changed = Keyring(("new key", "old key"))
    assert digest(changed.matching_token("invitation", nonce, wanted)) == wanted
    fresh = new_nonce()
    made_now = digest(changed.mailed_token("invitation", fresh))
    assert digest(changed.matching_token("invitation", fresh, made_now)) == made_now


def test_a_key_that_is_gone_opens_nothing() -> None:
    nonce = new_nonce()
    wanted = digest(Keyring(("old key",)).mailed_token("invitation", nonce))
    assert digest(Keyring(("new key",)).matching_token("invitation", nonce, wanted)) != wanted


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "+1", "1.0", " 1", "1\n", "²", "٣", "a", "1\x00", "9007199254740993", "9" * 5_000]
)
def test_what_cannot_be_an_id_is_none(text: str) -> None:
    assert read_id(text) is None


def test_an_id_is_read() -> None:
    assert [read_id(text) for text in ("1", "007", str(MAX_ID))] == [1, 7, MAX_ID]
