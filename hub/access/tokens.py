"""Opaque tokens: 256 random bits to the holder, their SHA-256 in the database."""

from __future__ import annotations

import base64
import hashlib
import secrets

TOKEN_CHARACTERS = 43  # 32 bytes in unpadded base64url
_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is misread on a printed claim code


def new_token() -> str:
    """Return 43 base64url characters holding 256 random bits."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()


def new_claim_code() -> str:
    """Return a one-use code that a person can type, `XXXXX-XXXXX-XXXXX-XXXXX`: 98 random bits."""
    letters = [secrets.choice(_CODE_ALPHABET) for _ in range(20)]
    return "-".join("".join(letters[start : start + 5]) for start in range(0, 20, 5))


def digest(token: str) -> bytes:
    """Return the 32 bytes that stand for a token in the database.

    A plain SHA-256 is enough: the input has 256 random bits, so there is nothing to guess (OWASP ASVS 5.0, 7.2).
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def is_token(text: str) -> bool:
    """Say whether a text has the shape of a token, so that anything else is refused without a query."""
    return len(text) == TOKEN_CHARACTERS and _ALPHABET.issuperset(text)


def claim_digest(code: str) -> bytes:
    """Return the 32 bytes that stand for a claim code; case, spaces and hyphens do not matter."""
    return digest("".join(character for character in code.upper() if character.isalnum()))
