"""What a value of a record is: its type in PostgreSQL and in Python. How it looks in JSON follows from that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID


class Place(NamedTuple):
    """A point in WGS84 degrees; stored as `point` with x = longitude."""

    latitude: float
    longitude: float


class Sighting(NamedTuple):
    """Where something that moves was last seen; degrees, m/s, degrees from north, m; none where it was not told."""

    latitude: float
    longitude: float
    speed: float | None
    heading: float | None
    accuracy: float | None
    fix_at: datetime
    age_s: float  # at the time of the answer


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value."""

    sql: str  # what a parameter is cast to
    python: type  # what a row holds, and what a body is read into


TEXT = Kind("text", str)
INTEGER = Kind("int", int)
BIGINT = Kind("bigint", int)
NUMBER = Kind("double precision", float)
MONEY = Kind("numeric", Decimal)  # in JSON a string with its decimals: "0.10" stays what it is
BOOLEAN = Kind("boolean", bool)
KEY = Kind("uuid", UUID)
DATE = Kind("date", date)
TIME = Kind("time", time)  # of a local day, without a zone
MOMENT = Kind("timestamptz", datetime)
PLACE = Kind("point", Place)
TEXTS = Kind("text[]", list)
DOCUMENT = Kind("jsonb", dict)  # read only
SIGHTING = Kind("jsonb", Sighting)  # read only

PHONE = r"[0-9+()/. -]+"  # what a telephone number is written with
