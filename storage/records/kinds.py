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

# What nobody sees in a text, and what turns the text around it (UAX 9); joiners are letters' own in Indian scripts.
_UNSEEN = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2060-\u206f\ufeff"
_BLANK = r" \u00a0\u1680\u2000-\u200f\u202f\u205f\u3000"
NAME = rf"[{_BLANK}]*[^{_BLANK}{_UNSEEN}][^{_UNSEEN}]*"  # one line in which something stands
# One address and no list of them: these go into the headers of e-mails.
_ADDRESS = rf"""[^@\s,;:<>()\[\]\\"{_BLANK}{_UNSEEN}]+"""
EMAIL = f"{_ADDRESS}@{_ADDRESS}"
PHONE = r"[0-9+()/. -]+"  # what a telephone number is written with
