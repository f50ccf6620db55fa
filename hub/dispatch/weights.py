"""What a choice weighs, in seconds of ETA: each number says how many of them something is worth. Pure."""

from __future__ import annotations

from dataclasses import dataclass

# km/h by the hour of the day, local time, with lights and siren in a city with two rush hours: what a straight line
# times the detour is driven at. A guess to begin with, for places without a road graph or a server that knows better.
SPEEDS_KMH = (
    *(42.0,) * 6,  # until 6
    *(38.0, 33.0, 27.0, 25.0, 27.0, 29.0),  # until noon
    *(30.0, 30.0, 30.0, 29.0, 28.0, 26.0),  # until 18
    *(24.0, 25.0, 28.0, 32.0, 36.0, 40.0),
)


@dataclass(frozen=True, slots=True)
class Weights:
    """What is added to the ETA of a unit, and when leaving a call waiting is cheaper."""

    stale_after_s: float = 60.0  # a fix older than this makes the ETA doubtful
    stale_penalty_s: float = 120.0  # of a fix as old as one can be that counts at all, and of a base in its place
    away_penalty_s: float = 90.0  # no tablet of it is connected: it has to be called by radio
    late_step_s: float = 600.0  # it would come after the target
    divert_penalty_s: float = 60.0  # it is on its way to a less urgent call, which then waits again
    spare_capability_s: float = 60.0  # for each step that a unit can do more than is needed; nothing for priority 1
    covered_within_s: float = 400.0  # a place is covered by the units that drive there within this: turnout comes first
    cell_m: float = 1_000.0  # side of a cell of demand
    job_s: float = 3_000.0  # how long a unit is away on a call, from the offer to clear
    soon_free_s: float = 900.0  # a busy unit that is free within this may be waited for
    relocate_gain: float = 0.01  # calls in time an hour, at least, that make a move worth it
    relocate_within_s: float = 1_500.0  # no post further away than this is advised
    speeds_kmh: tuple[float, ...] = SPEEDS_KMH  # 24 of them
