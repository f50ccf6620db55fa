"""The matrix service of a Valhalla server. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from arogya.travel.server import NotUnderstood, Times
from hub.dispatch.unit import Place


class Cell(msgspec.Struct, frozen=True):
    """One origin and goal; null: no way was found."""

    time: float | None = None  # s


class Terse(msgspec.Struct, frozen=True):
    """The short form of the answer, which newer servers give when they are asked for it."""

    durations: Times


class Matrix(msgspec.Struct, frozen=True):
    """What it answers, as far as it matters here."""

    sources_to_targets: list[list[Cell]] | Terse | None = None


class Valhalla:
    """Asks for `/sources_to_targets`, by car."""

    name = "valhalla"

    def request(self, base: str, origins: Sequence[Place], goals: Sequence[Place]) -> tuple[str, str, bytes | None]:
        """Return the question; an older server does not know `verbose`, and answers at length."""
        body = {
            "sources": [{"lat": place.latitude, "lon": place.longitude} for place in origins],
            "targets": [{"lat": place.latitude, "lon": place.longitude} for place in goals],
            "costing": "auto",
            "verbose": False,
        }
        return "POST", f"{base}/sources_to_targets", msgspec.json.encode(body)

    def read(self, reply: bytes) -> Times:
        """Return the times; raises `NotUnderstood` and `msgspec.DecodeError`."""
        found = msgspec.json.decode(reply, type=Matrix).sources_to_targets
        if found is None:
            raise NotUnderstood("no matrix")
        if isinstance(found, Terse):
            return found.durations
        return [[cell.time for cell in row] for row in found]
