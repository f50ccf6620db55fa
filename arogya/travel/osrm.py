"""The table service of an OSRM server, version 5 and 6 of its HTTP interface. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from arogya.travel.server import NotUnderstood, Times
from hub.dispatch.unit import Place


class Table(msgspec.Struct, frozen=True):
    """What it answers, as far as it matters here; null: no way was found."""

    code: str
    durations: Times | None = None


class Osrm:
    """Asks for `/table/v1/driving/…`: all places in one list, and which of them are origins and goals."""

    name = "osrm"

    def request(self, base: str, origins: Sequence[Place], goals: Sequence[Place]) -> tuple[str, str, bytes | None]:
        """Return the question; it has the longitude first."""
        places = ";".join(f"{place.longitude:.6f},{place.latitude:.6f}" for place in (*origins, *goals))
        sources = ";".join(str(number) for number in range(len(origins)))
        destinations = ";".join(str(len(origins) + number) for number in range(len(goals)))
        asked = f"sources={sources}&destinations={destinations}&annotations=duration&generate_hints=false"
        return "GET", f"{base}/table/v1/driving/{places}?{asked}", None

    def read(self, reply: bytes) -> Times:
        """Return the times; raises `NotUnderstood` and `msgspec.DecodeError`."""
        table = msgspec.json.decode(reply, type=Table)
        if table.code != "Ok" or table.durations is None:
            raise NotUnderstood("no table")
        return table.durations
