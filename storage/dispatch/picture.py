"""What the engine and the advisor look at: units, open requests, who was asked, and where calls come from."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from storage.pool import Database, HeldConnection
from storage.sql import load

_QUERIES = load("dispatch_picture")


class UnitRow(NamedTuple):
    """An ambulance; where it is now is known by the board alone."""

    id: int
    plate_number: str
    capability: str
    status: str
    base_latitude: float | None
    base_longitude: float | None
    tablet_ids: list[int]  # of the devices that can take an offer


class OpenRequest(NamedTuple):
    """A request that has not ended."""

    id: UUID
    status: str
    priority: int
    needs: str | None
    requested_at: datetime
    scheduled_for: datetime | None
    unserved_since: datetime | None
    is_verified: bool
    ambulance_id: int | None
    latitude: float | None
    longitude: float | None
    destination_latitude: float | None
    destination_longitude: float | None


class AskedUnit(NamedTuple):
    """An assignment of an open request, live or ended; the columns of `assignments`."""

    id: UUID
    request_id: UUID
    ambulance_id: int
    status: str
    offered_at: datetime
    offer_expires_at: datetime | None
    offered_by: UUID | None  # None: the engine
    delivered_at: datetime | None
    seen_at: datetime | None
    re_alerted_at: datetime | None
    accepted_at: datetime | None
    moved_at: datetime | None
    en_route_at: datetime | None
    scene_noticed_at: datetime | None
    on_scene_at: datetime | None
    left_noticed_at: datetime | None
    transporting_at: datetime | None
    destination_noticed_at: datetime | None
    at_destination_at: datetime | None
    declined_at: datetime | None
    expired_at: datetime | None
    cancelled_at: datetime | None
    diverted_at: datetime | None
    decline_reason: str | None
    cancel_reason: str | None
    eta_at: datetime | None
    promised_at: datetime | None


class Demand(NamedTuple):
    """How many calls came from one cell of some 1 km, by its middle."""

    latitude: float
    longitude: float
    calls: int
    first_at: datetime


class PostRow(NamedTuple):
    """A place where ambulances wait."""

    name: str
    latitude: float
    longitude: float


async def units(db: Database | HeldConnection) -> list[UnitRow]:
    """Return every ambulance."""
    return [UnitRow(*row) for row in await db.fetch(_QUERIES.units)]


async def open_requests(db: Database | HeldConnection) -> list[OpenRequest]:
    """Return the open requests, most urgent and oldest first."""
    return [OpenRequest(*row) for row in await db.fetch(_QUERIES.open_requests)]


async def assignments(db: Database | HeldConnection) -> list[AskedUnit]:
    """Return everybody who was asked to take an open request, in the order of the offers."""
    return [AskedUnit(*row) for row in await db.fetch(_QUERIES.assignments_of_open)]


async def signs_of_life(
    db: Database | HeldConnection, ambulance_ids: Collection[int], *, since: datetime
) -> frozenset[int]:
    """Return those of some ambulances that sent fixes, usable or not, since a moment."""
    if not ambulance_ids:
        return frozenset()
    rows = await db.fetch(_QUERIES.signs_of_life, ids=list(ambulance_ids), since=since)
    return frozenset(row["id"] for row in rows)


async def demand(db: Database | HeldConnection, *, since: datetime, cells_max: int) -> list[Demand]:
    """Return from where calls came since a moment, the busiest cells first."""
    rows = await db.fetch(_QUERIES.demand, since=since, cells_max=cells_max)
    return [Demand(*row) for row in rows]


async def posts(db: Database | HeldConnection, *, posts_max: int) -> list[PostRow]:
    """Return where ambulances wait, by name."""
    return [PostRow(*row) for row in await db.fetch(_QUERIES.posts, posts_max=posts_max)]
