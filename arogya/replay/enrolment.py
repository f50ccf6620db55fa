"""What replayed vehicles sign in with: their ambulances and devices in the hub's database, their secrets in a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from arogya.running import write_private
from hub.access.tokens import digest, new_token
from storage import fleet
from storage.pool import APP, Database

DEVICE_NAME = "replay"
SECRETS_FILE = "secrets.json"  # beside the spools: a log belongs to its device
SECRET_LIFE = timedelta(days=30)  # longer than any replay that is taken up again


async def enrol(dsn: str, plates: Sequence[str]) -> dict[str, str]:
    """Return a fresh secret for each vehicle, adding its ambulance and device where missing; raises `StorageError`."""
    if not plates:
        return {}
    now = datetime.now(UTC)
    secrets = {plate: new_token() for plate in plates}
    db = await Database.open(dsn, role=APP, size=1, command_timeout_s=10)
    try:
        async with db.transaction() as transaction:
            for plate, secret in secrets.items():
                ambulance_id = await fleet.ensure_ambulance(transaction, plate)
                device_id = await fleet.ensure_tablet(transaction, DEVICE_NAME, ambulance_id)
                await fleet.add_secret(transaction, device_id, digest(secret), now, now + SECRET_LIFE)
    finally:
        await db.close()
    return secrets


def remembered(folder: Path) -> dict[str, str]:
    """Return the secrets that an earlier replay left with its spools."""
    try:
        secrets = json.loads((folder / SECRETS_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(plate): str(secret) for plate, secret in secrets.items()} if isinstance(secrets, dict) else {}


def remember(folder: Path, secrets: dict[str, str]) -> None:
    """Leave the secrets with the spools, for their owner only."""
    write_private(folder / SECRETS_FILE, json.dumps(secrets, indent=1))
