"""The sessions that a made-up patient had at home in the last days, as the sensor recorded them."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arogya.simulator.movement import Exercise, perform
from arogya.simulator.wearer import Wearer

RATE_HZ = 50
REPS = (6, 10)
DILIGENT = 0.75  # of the days are exercised on
GAINS = 0.1  # so much of the way is gained over the days: who began stiff bends further now


class PastMotion(NamedTuple):
    """A session that is over."""

    started_at: datetime
    interval_us: int
    angles: NDArray[np.float32]  # (joints, samples), degrees
    pain_before: int
    pain_after: int


def past_motion(wearer: Wearer, now: datetime, *, days: int, seed: int) -> list[PastMotion]:
    """Return a session on most of the last days, but not today; `now` is local time."""
    rng = Random(f"{seed}:{wearer.name}:past")  # noqa: S311 - the same days for the same seed
    noise = np.random.default_rng(rng.randrange(2**32))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    found = []
    for ago in range(days, 0, -1):
        if rng.random() >= DILIGENT:
            continue
        started_at = midnight - timedelta(days=ago) + timedelta(hours=rng.uniform(7.0, 20.0))
        reached = 1.0 - GAINS * ago / days
        before = min(8, max(0, round(6 * ago / days) + rng.randrange(-1, 2)))
        angles = _angles(wearer, reached, rng.randint(*REPS), noise)
        found.append(PastMotion(started_at, 1_000_000 // RATE_HZ, angles, before, max(0, before - rng.randrange(3))))
    return found


def _angles(wearer: Wearer, reached: float, reps: int, noise: np.random.Generator) -> NDArray[np.float32]:
    way = (wearer.target - wearer.rest) * reached
    exercise = Exercise(
        wearer.joint,
        wearer.rest,
        wearer.rest + way,
        repetitions=reps,
        rate_hz=RATE_HZ,
        partial_share=0.15,
        out_s=(0.7, 1.8),
        top_s=(0.1, 1.0),
        rest_s=(0.3, 1.2),
        tremor_deg=wearer.tremor_deg,
        noise_deg=wearer.noise_deg,
    )
    moved = perform(exercise, noise).angle - np.float32(wearer.rest)
    rows = [wearer.rest + moved, *(rest + share * moved for rest, share in wearer.others.values())]
    return np.clip(np.array(rows, np.float32), -360.0, 360.0)
