"""Who may follow which call at this moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from storage.pool import Database
from storage.sql import load

REQUEST = "request"
_PREFIX = f"{REQUEST}:"
_QUERIES = load("dispatch_following")


class Follower(NamedTuple):
    """Somebody who wants to follow a request, by one of these rights."""

    request_id: UUID
    everything: bool = False  # reads every request
    patient_id: UUID | None = None  # follows the own ones while they are open
    ambulance_id: int | None = None  # follows what this ambulance is on its way for


def channel_of(request_id: UUID) -> str:
    """Return the name of a request's channel, for those who subscribe too."""
    return f"{_PREFIX}{request_id}"


def request_of(channel: str) -> UUID | None:
    """Return the request whose channel this is, by its one spelling; None for any other name."""
    text = channel.removeprefix(_PREFIX)
    try:
        request_id = UUID(text)
    except ValueError:
        return None
    return request_id if channel == channel_of(request_id) else None


async def who_may(db: Database, asked: Sequence[Follower]) -> set[int]:
    """Return the places, from 0, of those who may follow what they name; one query for all. Raises `StorageError`."""
    rows = await db.fetch(
        _QUERIES.follow,
        request_ids=[one.request_id for one in asked],
        everything=[one.everything for one in asked],
        patient_ids=[one.patient_id for one in asked],
        ambulance_ids=[one.ambulance_id for one in asked],
    )
    return {row["place"] - 1 for row in rows}
