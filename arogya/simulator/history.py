"""The calls that a made-up city had in the last days, as somebody has written them down: who went, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

import numpy as np

from arogya.simulator.calls import Call, calls_of
from arogya.simulator.city import PACE, City

TAKING_S = 75.0  # from the call to the first unit being asked
RETURN_S = 240.0  # from being in service again to being at the station
OVER_BEFORE = timedelta(minutes=10)  # of now: what goes on is not history


class Past(NamedTuple):
    """A call that is over; the times of its one assignment, of which a patient who stayed has left two open."""

    unit: int  # place in the fleet
    node: int  # crossing of the scene
    hospital: int | None  # crossing; None: nobody was taken along
    priority: int
    requested_at: datetime
    offered_at: datetime
    accepted_at: datetime
    en_route_at: datetime
    on_scene_at: datetime
    transporting_at: datetime | None
    at_destination_at: datetime | None
    cleared_at: datetime


def past_calls(city: City, now: datetime, *, units: int, days: int, per_day: float) -> list[Past]:
    """Return the calls of some days, each served by the unit that could be there first; `now` is local time."""
    rng = Random(f"{city.seed}:history")  # noqa: S311 - the same days for the same seed
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days)
    homes = [city.stations[unit % len(city.stations)] for unit in range(units)]
    from_home = city.graph.from_nodes(np.array(homes))
    to_hospital = city.graph.from_nodes(np.array(city.hospitals))
    free_at = [midnight] * units
    served = []
    for call in calls_of(city, per_day, days + 1, 1):
        called_at = midnight + timedelta(seconds=call.at_s)
        pace = PACE[called_at.hour] / call.drive
        away_s = (from_home[:, call.node] / pace).tolist()
        asked_at = called_at + timedelta(seconds=rng.expovariate(1 / TAKING_S))
        unit = min(range(units), key=lambda one: max(asked_at, free_at[one]) + timedelta(seconds=away_s[one]))
        ride_s = None if call.hospital is None else to_hospital[city.hospitals.index(call.hospital), call.node] / pace
        past = _served(call, unit, called_at, max(asked_at, free_at[unit]), (away_s[unit], ride_s), rng)
        if past.cleared_at > now - OVER_BEFORE:
            break
        free_at[unit] = past.cleared_at + timedelta(seconds=RETURN_S)
        served.append(past)
    return served


def _served(
    call: Call, unit: int, called_at: datetime, offered_at: datetime, drives_s: tuple[float, float | None], rng: Random
) -> Past:
    accepted_at = offered_at + timedelta(seconds=rng.uniform(4.0, 25.0))
    en_route_at = accepted_at + timedelta(seconds=call.turnout_s)
    on_scene_at = en_route_at + timedelta(seconds=drives_s[0] + 20.0)
    left_at = on_scene_at + timedelta(seconds=call.scene_s)
    if drives_s[1] is None:
        stages: Sequence[datetime | None] = (None, None, left_at)
    else:
        arrived_at = left_at + timedelta(seconds=drives_s[1] + 20.0)
        stages = (left_at, arrived_at, arrived_at + timedelta(seconds=call.handover_s))
    times = (called_at, offered_at, accepted_at, en_route_at, on_scene_at, *stages)
    return Past(unit, call.node, call.hospital, call.priority, *times)  # type: ignore[arg-type] # the last is a time
