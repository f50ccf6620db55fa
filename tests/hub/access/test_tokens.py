"""Tokens and their digests."""

from __future__ import annotations

import hashlib

from hub.access import tokens


def test_a_token_has_its_shape_and_never_repeats() -> None:
    made = {tokens.new_token() for _ in range(1000)}
    assert len(made) == 1000
    assert all(tokens.is_token(token) for token in made)


def test_only_the_shape_of_a_token_is_one() -> None:
    good = "A" * 43
    for text in ("", good[:-1], good + "A", good[:-1] + "=", good[:-1] + "é", good[:-1] + "\0", good[:-1] + "\n"):
        assert not tokens.is_token(text), text


def test_the_digest_is_sha_256_of_any_text() -> None:
    assert tokens.digest("abc") == hashlib.sha256(b"abc").digest()
    assert len(tokens.digest("\ud800\0")) == 32


def test_a_claim_code_may_be_typed_in_any_way() -> None:
    code = tokens.new_claim_code()
    assert len(code) == 23
    assert tokens.claim_digest(code) == tokens.claim_digest(f" {code.replace('-', '').lower()}\n")
    assert tokens.claim_digest(code) != tokens.claim_digest(tokens.new_claim_code())
