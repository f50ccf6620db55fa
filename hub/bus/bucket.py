"""A token bucket as one number, so that many nodes can share it. Pure.

The generic cell rate algorithm (ITU-T I.371): the number is the theoretical arrival time, until when the bucket is
spent; each token moves it by one interval, and it may lie at most `burst` intervals ahead.
"""

from __future__ import annotations

ROUNDING_S = 1e-6


def spend(spent_until_s: float, now_s: float, per_s: float, burst: float) -> tuple[float, float]:
    """Take a token; return until when the bucket is spent now, and 0.0 or after how many s there will be a token."""
    interval_s = 1.0 / per_s
    ahead_s = burst * interval_s
    # Further ahead it can only be by a clock that was set back: noted, or the bucket would stay empty until then.
    spent_until_s = min(spent_until_s, now_s + ahead_s)
    next_s = max(now_s, spent_until_s) + interval_s
    wait_s = next_s - now_s - ahead_s
    return (spent_until_s, wait_s) if wait_s > ROUNDING_S else (next_s, 0.0)
