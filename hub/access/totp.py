"""One-time codes by the clock: TOTP (RFC 6238) with SHA-1, 30 s and six digits, as every authenticator app has it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator
from urllib.parse import quote, urlencode

STEP_S = 30  # RFC 6238, 5.2
DIGITS = 6
SECRET_BYTES = 20  # RFC 4226, 4: as long as the hash
SKEW_STEPS = 1  # a code counts one step early and one late: clocks differ, and people type slowly
RECOVERY_CODES = 10
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is misread on paper
_CODE = re.compile(r"[0-9]{6}", re.ASCII)


def new_secret() -> bytes:
    """Return 160 random bits."""
    return secrets.token_bytes(SECRET_BYTES)


def step_at(now_s: float) -> int:
    """Return the number of the time step that a moment, in seconds since 1970, lies in."""
    return int(now_s // STEP_S)


def code_at(secret: bytes, step: int, *, digits: int = DIGITS) -> str:
    """Return the code of a time step (RFC 4226, 5.3, with the step as its counter)."""
    mac = hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha1)
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def matching_step(secret: bytes, code: str, now_s: float) -> int | None:
    """Return the time step, near to this moment, that a code is of; None for a wrong one.

    All near steps are compared, in the same time whichever matches. Whether the step was used before is for the
    caller to find out: a code counts once (RFC 6238, 5.2).
    """
    found = None
    for step in _near(step_at(now_s)):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode("utf-8", "replace")):
            found = step
    return found


def plain(text: str) -> str:
    """Return a code as it was meant: apps show six digits in two groups, and recovery codes have hyphens."""
    return "".join(character for character in text if not character.isspace() and character != "-").upper()


def is_code(text: str) -> bool:
    """Say whether a plain text has the shape of an app's code; what has not may be a recovery code."""
    return _CODE.fullmatch(text) is not None


def new_code() -> str:
    """Return a code for once, `XXXX-XXXX-XXXX`: 58 random bits, short enough to be read out on the telephone."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    return "-".join(letters[start : start + 4] for start in range(0, 12, 4))


def base32(secret: bytes) -> str:
    """Return a secret as apps take it where no camera is at hand."""
    return base64.b32encode(secret).decode().rstrip("=")


def uri(secret: bytes, *, account: str, issuer: str) -> str:
    """Return what the QR code holds (the Key URI Format that authenticator apps agree on)."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='@')}"
    facts = {"secret": base32(secret), "issuer": issuer, "algorithm": "SHA1", "digits": DIGITS, "period": STEP_S}
    return f"otpauth://totp/{label}?{urlencode(facts, quote_via=quote)}"


def _near(step: int) -> Iterator[int]:
    yield from range(max(0, step - SKEW_STEPS), step + SKEW_STEPS + 1)
