"""Devices as the sign-in sees them: secrets and claim codes, by their hashes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from storage import audit
from storage.pool import Database
from storage.sql import load

_QUERIES = load("devices")


class Device(NamedTuple):
    """A device that counts now."""

    device_id: int
    kind: str  # tablet or physio
    ambulance_id: int | None
    facility_id: UUID | None
    secret_expires_at: datetime | None = None  # of the secret that it was found by, once that was rotated


class Connected(NamedTuple):
    """What a connection of a device rests on."""

    device_id: int
    credential: bytes | None  # hash of the secret that opened it; None where a ticket did
    ambulance_id: int | None  # that it speaks for


class Claimed(NamedTuple):
    """What a claim code turned into."""

    device_id: int
    ambulance_id: int | None
    plate_number: str | None


async def find_by_secret(db: Database, secret_hash: bytes, now: datetime) -> Device | None:
    """Return the device that a secret stands for, or None."""
    rows = await db.fetch_together(_QUERIES.find_by_secret, hash=secret_hash, now=now)
    return Device(*rows[0][1:]) if rows else None


async def find_by_id(db: Database, device_id: int) -> Device | None:
    """Return a device that is not revoked, or None."""
    rows = await db.fetch_together(_QUERIES.find_by_id, device_id=device_id)
    return Device(*rows[0][1:]) if rows else None


async def find_fallen(db: Database, connections: Sequence[Connected], now: datetime) -> set[int]:
    """Return the devices of those connections that would be refused today."""
    rows = await db.fetch(
        _QUERIES.find_fallen,
        device_ids=[each.device_id for each in connections],
        hashes=[each.credential for each in connections],
        ambulance_ids=[each.ambulance_id for each in connections],
        now=now,
    )
    return {connections[row["n"] - 1].device_id for row in rows}


async def saw(db: Database, device_ids: Collection[int], now: datetime) -> None:
    """Note that these devices are connected."""
    await db.execute(_QUERIES.saw, ids=sorted(device_ids), now=now)


async def claim(db: Database, code_hash: bytes, secret_hash: bytes, now: datetime) -> Claimed | None:
    """Use a claim code up and store the device's new secret; None when the code does not count.

    Earlier secrets of the device end here: a claim is a new tablet, or the old one set up again.
    """
    async with db.transaction() as transaction:
        row = await transaction.fetch_one(_QUERIES.claim, hash=code_hash, now=now)
        if row is None:
            return None
        device_id: int = row["device_id"]
        await transaction.execute(_QUERIES.revoke_secrets, device_id=device_id, now=now)
        await transaction.execute(_QUERIES.insert_secret, hash=secret_hash, device_id=device_id, now=now)
        plate = await transaction.fetch_one(_QUERIES.plate_of, ambulance_id=row["ambulance_id"])
        await audit.record(
            transaction,
            audit.Entry("devices.claim", "devices", str(device_id), actor_kind="device", actor_id=str(device_id)),
        )
        return Claimed(device_id, row["ambulance_id"], None if plate is None else plate["plate_number"])
