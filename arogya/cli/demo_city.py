"""The demonstration's city as the database holds it: its places, where its ambulances wait, and its last days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from random import Random

from arogya.simulator import city, gazetteer, history
from arogya.simulator.callers import COMPLAINTS
from arogya.simulator.city import City
from storage.demo import DemoFacility
from storage.demo_dispatch import DemoBase, DemoCity, DemoPast, DemoPlace

DAYS, PER_DAY = 4, 90.0


def found(seed: int, plates: Sequence[str], facilities: Sequence[DemoFacility]) -> DemoCity:
    """Return the city of a seed, for ambulances with these plates and the facilities of the demonstration."""
    made = city.build(seed)
    named = gazetteer.places_of(made)
    places = [DemoPlace(one.name, one.kind, one.address, *_point(made, one.node)) for one in named]
    homes = [made.stations[number % len(made.stations)] for number in range(len(plates))]
    bases = [DemoBase(plate, *_point(made, home)) for plate, home in zip(plates, homes, strict=True)]
    return DemoCity(places, bases, _past(made, plates, facilities))


def _past(made: City, plates: Sequence[str], facilities: Sequence[DemoFacility]) -> list[DemoPast]:
    """Return the last days; patients came to the hospitals of the demonstration, in turns with those of the city."""
    rng = Random(f"{made.seed}:past")  # noqa: S311 - the same days for the same seed
    hospitals = [facility.name for facility in facilities if facility.type == "hospital"]
    names = {node: hospitals[number % len(hospitals)] for number, node in enumerate(made.hospitals)}
    named = gazetteer.places_of(made)
    now = datetime.now().astimezone()
    return [
        DemoPast(
            plates[past.unit],
            None if past.hospital is None else names[past.hospital],
            past.priority,
            rng.choice(COMPLAINTS[past.priority - 1]),
            f"Near {gazetteer.near(named, made, past.node)}",
            *_point(made, past.node),
            *past[4:],  # type: ignore[arg-type] # the times, in the same order
        )
        for past in history.past_calls(made, now, units=len(plates), days=DAYS, per_day=PER_DAY)
    ]


def _point(made: City, node: int) -> tuple[float, float]:
    """Return longitude and latitude of a crossing."""
    latitude, longitude = made.place(node)
    return longitude, latitude
