"""What a repetition of one joint is: which way it goes, how far it has to turn back, and when it is valid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

TOLERANCE_DEG: Final = 5.0  # a peak this far short of the target still reaches it
DELTA_DEG: Final = 25.0  # where no target is known
SMALLEST_DELTA_DEG: Final = 15.0  # two video sensors differ by 5 to 8 degrees: less is not a movement
DELTA_SHARE: Final = 0.3  # of the way from rest to target


@dataclass(frozen=True, slots=True)
class Target:
    """What a joint is to reach, degrees."""

    rest_angle: float | None = None  # None: the anatomical position
    target_angle: float | None = None  # None: every complete repetition is valid
    target_reps: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """How a joint is counted; angles are times the direction, so that a repetition always goes up and comes down."""

    direction: int = 1  # 1: flexion goes out; -1: extension does, as in a sit-to-stand
    delta_deg: float = DELTA_DEG  # as far as the angle has to turn back before it has turned
    reach_deg: float | None = None  # from there on the target is reached; None: no target


def rules_of(target: Target) -> Rules:
    """Return how to count towards a target."""
    if target.target_angle is None:
        return Rules()
    way = target.target_angle - (target.rest_angle or 0.0)
    direction = -1 if way < 0 else 1
    delta = max(SMALLEST_DELTA_DEG, DELTA_SHARE * abs(way))
    return Rules(direction, delta, direction * target.target_angle - TOLERANCE_DEG)
