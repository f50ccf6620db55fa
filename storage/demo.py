"""What a demonstration starts with: places, a login for every role, ambulances and their tablets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from storage.pool import OWNER, Database, Transaction
from storage.sql import load

_QUERIES = load("demo")


class DemoFacility(NamedTuple):
    """A place of the demonstration."""

    name: str
    address: str
    type: str  # clinic or hospital
    longitude: float
    latitude: float


class DemoUser(NamedTuple):
    """A login of the demonstration."""

    name: str
    email: str
    role: str  # patient, doctor, staff or admin
    staff_role: str | None = None  # receptionist or admin, for staff
    duty: str | None = None  # dispatcher or supervisor, for staff


class DemoAmbulance(NamedTuple):
    """An ambulance with its tablet."""

    plate_number: str
    driver_name: str
    capability: str
    secret_hash: bytes  # SHA-256 of what the tablet signs in with


async def is_seeded(dsn: str, email: str) -> bool:
    """Say whether this login exists; raises `StorageError`."""
    db = await Database.open(dsn, role=OWNER, size=1, command_timeout_s=30)
    try:
        return await db.fetch_one(_QUERIES.find_user, email=email) is not None
    finally:
        await db.close()


async def seed(
    dsn: str,
    *,
    facilities: Sequence[DemoFacility],
    users: Sequence[DemoUser],
    ambulances: Sequence[DemoAmbulance],
    password_hash: str,
) -> None:
    """Store what is missing, all or nothing, and give every tablet its secret; raises `StorageError`."""
    db = await Database.open(dsn, role=OWNER, size=1, command_timeout_s=30)
    try:
        async with db.transaction() as transaction:
            places = [await _facility(transaction, facility) for facility in facilities]
            for user in users:
                await _user(transaction, user, password_hash, places[0])
            for number, ambulance in enumerate(ambulances):
                await _ambulance(transaction, ambulance, facilities[number % len(facilities)])
    finally:
        await db.close()


async def _facility(transaction: Transaction, facility: DemoFacility) -> UUID:
    row = await transaction.fetch_one(_QUERIES.ensure_facility, **facility._asdict())
    if row is None:
        raise LookupError("a facility was neither found nor made")
    place: UUID = row["id"]
    return place


async def _user(transaction: Transaction, user: DemoUser, password_hash: str, facility_id: UUID) -> None:
    row = await transaction.fetch_one(
        _QUERIES.insert_user, name=user.name, email=user.email, role=user.role, password=password_hash
    )
    if row is None:
        return  # it is there already
    if user.role == "patient":
        await transaction.execute(_QUERIES.insert_patient, id=row["id"])
    elif user.role == "doctor":
        await transaction.execute(_QUERIES.insert_doctor, id=row["id"], facility_id=facility_id)
    elif user.role == "staff":
        await transaction.execute(
            _QUERIES.insert_staff, id=row["id"], facility_id=facility_id, role=user.staff_role, duty=user.duty
        )


async def _ambulance(transaction: Transaction, ambulance: DemoAmbulance, base: DemoFacility) -> None:
    row = await transaction.fetch_one(
        _QUERIES.ensure_ambulance,
        plate_number=ambulance.plate_number,
        driver_name=ambulance.driver_name,
        capability=ambulance.capability,
        longitude=base.longitude,
        latitude=base.latitude,
    )
    if row is None:
        raise LookupError("an ambulance was neither found nor made")
    await transaction.execute(
        _QUERIES.give_tablet,
        ambulance_id=row["id"],
        name=f"Tablet of {ambulance.plate_number}",
        hash=ambulance.secret_hash,
    )
