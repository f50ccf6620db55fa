"""Setting up the fleet: ambulances, the devices in them, and what the devices prove themselves with."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from storage import audit
from storage.pool import Database, Transaction
from storage.sql import load

_QUERIES = load("fleet")


class NewDevice(NamedTuple):
    """A device to be added; a claim hash and its end come together."""

    kind: str  # tablet or physio
    name: str
    ambulance_id: int | None = None  # tablets only
    claim_hash: bytes | None = None
    claim_expires_at: datetime | None = None


class DeviceRow(NamedTuple):
    """A device as it is listed."""

    id: int
    kind: str
    name: str
    plate_number: str | None
    created_at: datetime
    revoked_at: datetime | None
    claim_expires_at: datetime | None  # None once it is claimed
    secrets: int  # how many count now
    samples: int  # stored from all of its streams


async def find_ambulance(db: Database | Transaction, plate_number: str) -> int | None:
    """Return the id of an ambulance, or None."""
    row = await db.fetch_one(_QUERIES.find_ambulance, plate_number=plate_number)
    return None if row is None else int(row["id"])


async def ensure_ambulance(db: Database | Transaction, plate_number: str) -> int:
    """Return the id of an ambulance, adding it when there is none with this plate.

    Raises `Conflict` when somebody else adds it in the same moment.
    """
    found = await find_ambulance(db, plate_number)
    if found is not None:
        return found
    rows = await db.fetch(_QUERIES.insert_ambulance, plate_number=plate_number)
    await audit.record(db, audit.Entry("ambulances.create", "ambulances", str(rows[0]["id"])))
    return int(rows[0]["id"])


async def create_device(db: Database | Transaction, device: NewDevice) -> int:
    """Add a device and return its id; raises `Conflict` for an ambulance that does not exist."""
    rows = await db.fetch(_QUERIES.insert_device, **device._asdict())
    device_id = int(rows[0]["id"])
    if device.kind == "physio":
        await db.execute(_QUERIES.insert_physio_device, device_id=device_id)
    await audit.record(db, audit.Entry("devices.create", "devices", str(device_id)))
    return device_id


async def ensure_tablet(db: Database | Transaction, name: str, ambulance_id: int) -> int:
    """Return the id of an ambulance's tablet of this name, adding it when there is none."""
    row = await db.fetch_one(_QUERIES.find_tablet, name=name, ambulance_id=ambulance_id)
    return int(row["id"]) if row else await create_device(db, NewDevice("tablet", name, ambulance_id))


async def add_secret(
    db: Database | Transaction, device_id: int, secret_hash: bytes, now: datetime, expires_at: datetime | None = None
) -> None:
    """Store the hash of one more secret; raises `Conflict` for a device that does not exist."""
    await db.execute(_QUERIES.insert_secret, hash=secret_hash, device_id=device_id, now=now, expires_at=expires_at)


async def rotate_secret(db: Database, device_id: int, secret_hash: bytes, now: datetime, old_ends_at: datetime) -> None:
    """Store a new secret; the ones before count until `old_ends_at`, so that the device can change over."""
    async with db.transaction() as transaction:
        await transaction.execute(_QUERIES.end_secrets, device_id=device_id, ends_at=old_ends_at)
        await add_secret(transaction, device_id, secret_hash, now)
        await audit.record(transaction, audit.Entry("devices.rotate", "devices", str(device_id)))


async def renew_claim(db: Database, device_id: int, claim_hash: bytes, expires_at: datetime) -> bool:
    """Give a device a new claim code; returns False when it does not exist or is revoked.

    Its secrets count until the code is used.
    """
    async with db.transaction() as transaction:
        written = await transaction.execute(
            _QUERIES.set_claim, device_id=device_id, claim_hash=claim_hash, claim_expires_at=expires_at
        )
        if written:
            await audit.record(transaction, audit.Entry("devices.renew_claim", "devices", str(device_id)))
        return bool(written)


async def revoke_device(db: Database, device_id: int, now: datetime) -> bool:
    """End a device's right to connect; returns False when it does not exist or was revoked before."""
    async with db.transaction() as transaction:
        written = await transaction.execute(_QUERIES.revoke_device, device_id=device_id, now=now)
        if written:
            await transaction.execute(_QUERIES.revoke_secrets, device_id=device_id, now=now)
            await audit.record(transaction, audit.Entry("devices.revoke", "devices", str(device_id)))
        return bool(written)


async def list_devices(db: Database) -> list[DeviceRow]:
    """Return every device, oldest first, revoked ones too."""
    return [DeviceRow(**row) for row in await db.fetch(_QUERIES.list_devices)]
