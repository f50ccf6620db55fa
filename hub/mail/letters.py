"""What the hub writes to people by e-mail: plain text, no clinical words, one link."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote


class Letter(NamedTuple):
    """One e-mail."""

    to: str  # one address
    subject: str
    text: str


def link_address(origin: str, token: str, email: str) -> str:
    """Return where a one-use link leads; what it carries stands after the `#`, which no server hears of."""
    return f"{origin}/#activate={token}/{quote(email)}"


def invitation(*, name: str, email: str, link: str, expires_at: datetime) -> Letter:
    """Return what somebody gets who was invited to choose a password."""
    return Letter(
        email,
        "Choose your password for Arogya Hub",
        f"Hello {name},\n\n"
        "an account at Arogya Hub is yours. Open this link to choose its password:\n\n"
        f"{link}\n\n"
        f"It works once, until {_moment(expires_at)}.\n",
    )


def forgotten(*, name: str, email: str, link: str, expires_at: datetime) -> Letter:
    """Return what somebody gets who said that the password is forgotten."""
    return Letter(
        email,
        "Choose a new password for Arogya Hub",
        f"Hello {name},\n\n"
        "somebody, we hope you, asked for a new password for your account at Arogya Hub. "
        "Open this link to choose one:\n\n"
        f"{link}\n\n"
        f"It works once, until {_moment(expires_at)}. If it was not you, do nothing: your password stays as it is.\n",
    )


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
