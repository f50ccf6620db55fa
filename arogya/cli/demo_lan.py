"""The demonstration for phones of the same network: TLS, passwords that nobody else knows, and what the phone asks."""

from __future__ import annotations

import asyncio
import io
import json
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import segno

from arogya import lan
from arogya.cli.outcome import MISTAKEN, CommandError
from arogya.config import Settings, changed
from arogya.lan import LanCertificate
from arogya.running import write_private
from storage.demo_passwords import set_passwords
from storage.passwords import Passwords

FOLDER = "lan"  # in the state folder
PASSWORDS_FILE = "passwords.json"  # there
DEFAULT_HOST = "127.0.0.1"
# 60 bits: letters and digits that look like no other, in groups that are typed on a phone.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP = 3, 4


class Lan(NamedTuple):
    """How phones reach this run."""

    names: list[str]
    shown: LanCertificate | None  # None where the settings name a certificate


def prepare(settings: Settings, state: Path, host: str | None) -> tuple[Settings, Lan]:
    """Return the settings that listen on the local network with TLS; raises `CommandError`."""
    wanted = host or (settings.server.host if settings.server.host != DEFAULT_HOST else None)
    try:
        address = lan.address_of(wanted or "0.0.0.0")  # noqa: S104 - asks which one; nothing is bound
    except lan.NoNetwork:
        raise CommandError(
            "this machine has no address in a network; name the one to use with --host", MISTAKEN
        ) from None
    names = lan.names_for(address)
    settings = changed(settings, "server", host=wanted or address)
    if settings.server.tls_certificate is not None:
        return settings, Lan(names, None)
    shown = lan.certificate(state / FOLDER, names, datetime.now(UTC))
    pair = {"tls_certificate": str(shown.chain), "tls_key": str(shown.key)}
    return changed(settings, "server", **pair), Lan(names, shown)


def with_origins(settings: Settings, names: list[str]) -> Settings:
    """Return the settings that let browsers come by these names, once the port is known."""
    server = settings.server
    origins = lan.origins_of(names, server.port)
    return changed(settings, "server", public_origins=tuple(dict.fromkeys((*origins, *server.public_origins))))


def kept_passwords(state: Path) -> dict[str, str]:
    """Return the passwords of a state folder that was opened to a network once, by address; none otherwise."""
    try:
        kept: dict[str, str] = json.loads((state / FOLDER / PASSWORDS_FILE).read_text())
    except FileNotFoundError:
        return {}
    return kept


async def close_to_strangers(dsn: str, state: Path, emails: Iterable[str]) -> None:
    """Give every login a password of its own in place of the public one, and keep them to be shown.

    They stay for later runs, in a file that its owner alone reads; those that were given before are left alone.
    """
    kept = await asyncio.to_thread(kept_passwords, state)
    fresh = {email: _password() for email in emails if email not in kept}
    if not fresh:
        return
    passwords = Passwords()
    try:
        hashes = {email: await passwords.hash(password) for email, password in fresh.items()}
    finally:
        passwords.close()
    await set_passwords(dsn, hashes, datetime.now(UTC))
    (state / FOLDER).mkdir(mode=0o700, exist_ok=True)
    await asyncio.to_thread(write_private, state / FOLDER / PASSWORDS_FILE, json.dumps({**kept, **fresh}, indent=1))


def words_for_phones(settings: Settings, lan_: Lan) -> str:
    """Return what the owner of a phone needs to know, with the address as a QR code."""
    origins = lan.origins_of(lan_.names, settings.server.port)
    picture = io.StringIO()
    segno.make(origins[0], error="m").terminal(out=picture, compact=True, border=2)
    parts = [
        "  On a phone in the same network: scan this, or open",
        *(f"    {origin}" for origin in origins),
        picture.getvalue(),
        *(_of_certificate(lan_.shown) if lan_.shown is not None else ()),
        "    It asks for your place when it becomes a tablet or calls an ambulance: allow it while the page is used.",
        f"    As an ambulance's tablet: open {origins[0]}/tablet (docs/tablet.md).",
    ]
    return "\n".join(parts)


def _of_certificate(shown: LanCertificate) -> Iterable[str]:
    halves = (shown.fingerprint[:48], shown.fingerprint[48:])
    yield "    The phone warns that the connection is not private: this machine signed its certificate itself."
    yield "    Look whether the certificate's SHA-256 fingerprint is this one, and go on (Advanced):"
    yield from (f"      {half}" for half in halves)
    yield f"    Without a warning, and on an iPhone: install {shown.authority} there and trust it;"
    yield "    it vouches for this address alone."


def _password() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))
