"""What a demonstration of dispatch starts with: places and stations of its city, an exchange, and the last days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from storage.demo import DemoUser
from storage.pool import OWNER, Database, Transaction
from storage.sql import load

_QUERIES = load("demo_dispatch")
# The parameters of the statements, in the order of the fields below.
_PLACES = ("names", "kinds", "addresses", "longitudes", "latitudes")
_BASES = ("plates", "longitudes", "latitudes")
_PAST = (
    *("plates", "facilities", "priorities", "complaints", "notes", "longitudes", "latitudes", "requested"),
    *("offered", "accepted", "en_route", "on_scene", "transporting", "at_destination", "cleared"),
)


class DemoPlace(NamedTuple):
    """A place that callers name."""

    name: str
    kind: str  # landmark, street, crossing, station or area
    address: str | None
    longitude: float
    latitude: float


class DemoBase(NamedTuple):
    """Where an ambulance waits."""

    plate_number: str
    longitude: float
    latitude: float


class DemoPast(NamedTuple):
    """A call that is over, and the assignment that served it."""

    plate_number: str
    facility: str | None  # None: nobody was taken along
    priority: int
    complaint: str
    note: str
    longitude: float
    latitude: float
    requested_at: datetime
    offered_at: datetime
    accepted_at: datetime
    en_route_at: datetime
    on_scene_at: datetime
    transporting_at: datetime | None
    at_destination_at: datetime | None
    cleared_at: datetime


class DemoCity(NamedTuple):
    """All of it."""

    places: Sequence[DemoPlace]
    bases: Sequence[DemoBase]
    past: Sequence[DemoPast]


async def is_seeded(dsn: str) -> bool:
    """Say whether there are places; raises `StorageError`."""
    db = await Database.open(dsn, role=OWNER, size=1, command_timeout_s=30)
    try:
        row = await db.fetch_one(_QUERIES.is_seeded)
        return row is not None and bool(row["seeded"])
    finally:
        await db.close()


async def seed(dsn: str, city: DemoCity) -> None:
    """Store the city and its last days, all or nothing; raises `StorageError`."""
    db = await Database.open(dsn, role=OWNER, size=1, command_timeout_s=30)
    try:
        async with db.transaction() as transaction:
            await transaction.execute(_QUERIES.insert_places, **_columns(_PLACES, city.places))
            await transaction.execute(_QUERIES.set_bases, **_columns(_BASES, city.bases))
            await _insert_past(transaction, city.past)
    finally:
        await db.close()


async def ensure_caller(
    dsn: str, user: DemoUser, facility: str, password_hash: str, patients: Sequence[str]
) -> list[UUID]:
    """Give the login that puts calls through a new password; return the ids of patients by their logins.

    Raises `StorageError`.
    """
    db = await Database.open(dsn, role=OWNER, size=1, command_timeout_s=30)
    try:
        async with db.transaction() as transaction:
            await transaction.execute(
                _QUERIES.ensure_caller, name=user.name, email=user.email, password=password_hash, facility=facility
            )
            return [row["id"] for row in await transaction.fetch(_QUERIES.find_patients, emails=list(patients))]
    finally:
        await db.close()


async def _insert_past(transaction: Transaction, past: Sequence[DemoPast]) -> None:
    """Store calls without telling anybody; before the rows, since what is told waits for the commit."""
    await transaction.execute(_QUERIES.hush_requests)
    await transaction.execute(_QUERIES.hush_assignments)
    await transaction.execute(_QUERIES.insert_past, **_columns(_PAST, past))
    await transaction.execute(_QUERIES.tell_requests)
    await transaction.execute(_QUERIES.tell_assignments)


def _columns(names: Sequence[str], rows: Sequence[tuple[object, ...]]) -> dict[str, list[object]]:
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}
