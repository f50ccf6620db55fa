"""What makes the hubs of this machine nodes among others: their name, and the secret that all of them share."""

from __future__ import annotations

import re
import secrets
import socket
from pathlib import Path

from arogya.config import Settings
from arogya.running import write_private

SECRET_FILE = "node-secret"  # noqa: S105 - its name, in the state folder
SECRET_BYTES = 32
NAME_CHARACTERS = 60


def name_of(settings: Settings, host: str | None = None) -> str:
    """Return what the other nodes call this machine's hubs, before the worker's number."""
    if settings.nodes.name is not None:
        return settings.nodes.name
    usable = re.sub(r"[^A-Za-z0-9._-]+", "-", host or socket.gethostname()).strip("-")
    return usable[:NAME_CHARACTERS] or "hub"


def secret_of(settings: Settings, state: Path) -> str:
    """Return the secret of the nodes: the configured one, else the one that is kept in the state folder, made once."""
    if settings.nodes.secret is not None:
        return settings.nodes.secret
    kept = kept_secret(state)
    if kept is None:
        kept = secrets.token_urlsafe(SECRET_BYTES)
        write_private(state / SECRET_FILE, f"{kept}\n")
    return kept


def kept_secret(state: Path) -> str | None:
    """Return the secret in a state folder; None where none was made yet."""
    try:
        return (state / SECRET_FILE).read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None
