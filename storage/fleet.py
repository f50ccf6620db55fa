"""Setting up the fleet: ambulances, the devices in them, and what the devices prove themselves with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

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
    protocol: str = "hub"  # or traccar, owntracks


class DeviceRow(NamedTuple):
    """A device as it is listed."""

    id: int
    kind: str
    protocol: str
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


async def describe_sensor(
    db: Transaction, device_id: int, *, model: str | None, joints: Sequence[str] | None, included_angle: bool
) -> None:
    """Make a device a sensor that measures these joints; raises `Poison` for one that is not on the list of joints."""
    await db.execute(_QUERIES.insert_physio_device, device_id=device_id)
    await db.execute(
        _QUERIES.describe_physio_device, device_id=device_id, model=model, joints=joints, included_angle=included_angle
    )


async def lock(transaction: Transaction, device_id: int) -> bool:
    """Hold a device until the transaction ends; False for one that is revoked."""
    return await transaction.fetch_one(_QUERIES.lock, device_id=device_id) is not None


async def set_claim(db: Transaction, device_id: int, claim_hash: bytes, expires_at: datetime) -> bool:
    """Give a device a claim code, an earlier one ends; False for one that is revoked."""
    return bool(
        await db.execute(_QUERIES.set_claim, device_id=device_id, claim_hash=claim_hash, claim_expires_at=expires_at)
    )


async def end_secrets(db: Transaction, device_id: int, ends_at: datetime) -> None:
    """Let the secrets that a device has count until then, not longer."""
    await db.execute(_QUERIES.end_secrets, device_id=device_id, ends_at=ends_at)


async def bind(db: Transaction, device_id: int, target: str, key: int | UUID | None) -> bool:
    """Bind a device to an `ambulance`, a `patient` or a `facility`, or (None) to none; False when it cannot be.

    A tablet goes with ambulances and a sensor with patients. Raises `Conflict` for a target that does not exist.
    """
    query = {"ambulance": _QUERIES.bind_ambulance, "patient": _QUERIES.bind_patient, "facility": _QUERIES.bind_facility}
    return bool(await db.execute(query[target], device_id=device_id, target=key))


async def measures_another(db: Transaction, device_id: int, patient_id: UUID) -> bool:
    """Say whether a sensor measures a session in progress of another patient."""
    row = await db.fetch_one(_QUERIES.measures_another, device_id=device_id, patient_id=patient_id)
    return row is not None and bool(row["found"])


async def within_facility(
    db: Database, facility_id: UUID | None, *, ambulance_id: int | None = None, patient_id: UUID | None = None
) -> bool:
    """Say whether an ambulance belongs to a facility, and a patient has business there."""
    row = await db.fetch_one(
        _QUERIES.within_facility, facility_id=facility_id, ambulance_id=ambulance_id, patient_id=patient_id
    )
    return row is not None and bool(row["within"])


async def within_care(db: Database, doctor_id: UUID | None, patient_id: UUID, *, now: datetime, days: int) -> bool:
    """Say whether a patient is in the care of a doctor."""
    row = await db.fetch_one(_QUERIES.within_care, doctor_id=doctor_id, patient_id=patient_id, now=now, days=days)
    return row is not None and bool(row["within"])


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


async def revoke_device(db: Database, device_id: int, now: datetime, entry: audit.Entry | None = None) -> bool:
    """End a device's right to connect; returns False when it does not exist or was revoked before."""
    async with db.transaction() as transaction:
        written = await transaction.execute(_QUERIES.revoke_device, device_id=device_id, now=now)
        if written:
            await transaction.execute(_QUERIES.revoke_secrets, device_id=device_id, now=now)
            await audit.record(transaction, entry or audit.Entry("devices.revoke", "devices", str(device_id)))
        return bool(written)


async def list_devices(db: Database) -> list[DeviceRow]:
    """Return every device, oldest first, revoked ones too."""
    return [DeviceRow(**row) for row in await db.fetch(_QUERIES.list_devices)]
