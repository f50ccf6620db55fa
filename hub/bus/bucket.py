"""A token bucket as one number, so that many nodes can share it. Pure.

The generic cell rate algorithm (ITU-T I.371): the number is the theoretical arrival time, until when the bucket is
spent; each token moves it by one interval, and it may lie at most `burst` intervals ahead.
"""

from __future__ import annotations


def spend(spent_until_s: float, now_s: float, per_s: float, burst: float) -> tuple[float, float]:
    """Take a token; return until when the bucket is spent now, and 0.0 or after how many s there will be a token."""
    interval_s = 1.0 / per_s
    next_s = max(spent_until_s, now_s) + interval_s
    wait_s = next_s - now_s - burst * interval_s
    if wait_s > 1e-9:  # rounding is no reason to wait
        return spent_until_s, wait_s
    return next_s, 0.0
