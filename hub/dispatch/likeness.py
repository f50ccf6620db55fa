"""Whether two calls are about the same: one accident is reported by everybody who passes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hub.dispatch.geo import distance_m

NEAR_M: Final = 300.0
RECENT: Final = timedelta(minutes=30)
AROUND_M: Final = 2_000.0  # as far as a caller may be wrong about where it is, if they describe the same
ALIKE: Final = 0.4  # of the trigrams of two complaints; pg_trgm's own limit is 0.3, which "pain" alone reaches


@dataclass(frozen=True, slots=True)
class NewCallFacts:
    """What is known of a call that is being taken."""

    place: tuple[float, float] | None  # latitude, longitude
    at: datetime


@dataclass(frozen=True, slots=True)
class OtherCall:
    """A call that was taken before, compared with it."""

    place: tuple[float, float] | None
    at: datetime
    same_number: bool
    same_patient: bool
    complaint_likeness: float  # 0 to 1


@dataclass(frozen=True, slots=True)
class Likeness:
    """Why two calls look the same, in the order of weight, and how much they do."""

    score: float
    why: tuple[str, ...]
    distance_m: float | None


def compare(new: NewCallFacts, other: OtherCall) -> Likeness | None:
    """Return why another call looks like a new one; None where nothing says so.

    The same number or patient says it alone. A place within 300 m says it for 30 minutes, and so does a like complaint
    within 2 km, or where one of the two has no place yet.
    """
    apart_m = _apart_m(new.place, other.place)
    recent = abs(new.at - other.at) <= RECENT
    minutes = max(0, round((new.at - other.at).total_seconds() / 60))
    score = 0.0
    why: list[str] = []
    if other.same_number:
        score, why = score + 1.0, [*why, "the same number"]
    if other.same_patient:
        score, why = score + 1.0, [*why, "the same patient"]
    if recent and apart_m is not None and apart_m <= NEAR_M:
        score, why = score + 0.8, [*why, f"{apart_m:.0f} m away, {minutes} min ago"]
    around = apart_m is None or apart_m <= AROUND_M
    if recent and around and other.complaint_likeness >= ALIKE:
        score, why = score + 0.6 * other.complaint_likeness, [*why, "a like complaint"]
    return Likeness(round(score, 3), tuple(why), apart_m) if why else None


def _apart_m(one: tuple[float, float] | None, other: tuple[float, float] | None) -> float | None:
    return None if one is None or other is None else distance_m(*one, *other)
