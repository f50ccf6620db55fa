"""Which fixes the map may show: every fix is stored, only a sound one moves the marker.

Pure and per ambulance: a `Track` is what the fixes so far say, `judge` adds one. It runs for every fix that comes in,
so it works on plain floats (degrees, metres) and integers (microseconds), and builds nothing.

The vehicle stands on an *anchor*: the place where it was last seen to arrive. A fix outside the circle around the
anchor is a movement and becomes the new anchor; after ten seconds inside the circle the vehicle stands, and its
marker rests in one place whatever the receiver's noise does.
"""

from __future__ import annotations

from enum import Enum
from math import cos, nan, radians, sqrt
from typing import Final, NamedTuple

from hub.dispatch.geo import METRES_PER_DEGREE
from hub.ingest.flags import ALL, CLOCK_SKEW, INACCURATE, JUMP, LATE, NULL_ISLAND, OUT_OF_RANGE, STATIONARY

SECOND_US: Final = 1_000_000
SKEW_MAX_US: Final = 10 * SECOND_US
ACCURACY_MAX_M: Final = 100.0
BETTER_FIX_LASTS_US: Final = 30 * SECOND_US
SPEED_MAX_M_S: Final = 70.0
AGREEING_FIXES: Final = 2  # that follow a candidate before it is believed
STAND_RADIUS_M: Final = 15.0
STAND_RADIUS_PER_ACCURACY: Final = 1.5
STAND_AFTER_US: Final = 10 * SECOND_US
# A receiver in a tunnel repeats one place and then catches up, so standing time counts as driving time; but only this
# much of it, or a vehicle parked over night could be shown anywhere in the country by one wild fix.
FROZEN_MAX_US: Final = 120 * SECOND_US

_NEVER: Final = -(2**63)


class Verdict(NamedTuple):
    """What becomes of one fix."""

    flags: int  # bits of hub.ingest.flags, stored with the fix
    show: bool  # the marker belongs at (track.latitude, track.longitude) now, as of this fix's time


# Built once: a verdict costs a look-up instead of a tuple.
_SHOWN: Final = tuple(Verdict(flags, show=True) for flags in range(ALL + 1))
_HIDDEN: Final = tuple(Verdict(flags, show=False) for flags in range(ALL + 1))


class Track:
    """What the fixes of one ambulance have said so far."""

    __slots__ = (
        "accuracy",
        "agreed",
        "anchor_fix_at",
        "anchor_latitude",
        "anchor_longitude",
        "anchor_recorded_at",
        "candidate_fix_at",
        "candidate_latitude",
        "candidate_longitude",
        "candidate_recorded_at",
        "latitude",
        "longitude",
        "metres_per_degree_east",
        "recorded_at",
        "shown_at",
        "standing",
    )

    def __init__(self) -> None:
        self.latitude = nan  # where the marker is; moves with every shown fix but those of a standing vehicle
        self.longitude = nan
        self.shown_at = _NEVER  # fix_at of the newest shown fix; never goes back
        self.recorded_at = 0  # recorded_at of the newest shown fix
        self.accuracy = 0.0  # of the newest shown fix; 0 where it stated none
        self.anchor_latitude = nan  # centre of the circle; moves when the circle is left, and once when standing starts
        self.anchor_longitude = nan
        self.anchor_recorded_at = 0  # when the vehicle was last seen to move, by its own clock
        self.anchor_fix_at = 0  # the same moment by the hub's
        self.metres_per_degree_east = 0.0  # at the anchor
        self.standing = False  # the vehicle has been in the circle for long enough
        self.agreed = -1  # fixes that agree with the candidate so far; -1: there is no candidate
        self.candidate_latitude = nan  # the newest fix too far away to be believed yet
        self.candidate_longitude = nan
        self.candidate_recorded_at = 0
        self.candidate_fix_at = 0


def judge(  # noqa: PLR0913 - called for every fix of every frame: a record to carry these would cost more than the rules
    track: Track,
    *,
    latitude: float,
    longitude: float,
    accuracy: float,
    fix_at: int,
    recorded_at: int,
    received_at: int,
    sent_at: int,
) -> Verdict:
    """Flag one fix and decide whether the marker follows it; updates `track`.

    Degrees, metres (NaN: not stated) and microseconds since 1970; `fix_at` is
    `received_at - max(0, sent_at - recorded_at)`, `recorded_at` and `sent_at` are the device's clock. Fixes of one
    stream come in the order of their seq. Where the verdict says show, the marker's place is the track's.
    """
    skew = received_at - sent_at
    flags = CLOCK_SKEW if not -SKEW_MAX_US <= skew <= SKEW_MAX_US or recorded_at - sent_at > SKEW_MAX_US else 0
    if not (-90.0 <= latitude <= 90.0 and -180.0 <= longitude <= 180.0):
        return _HIDDEN[flags | OUT_OF_RANGE]
    if latitude == 0.0 and longitude == 0.0:
        return _HIDDEN[flags | NULL_ISLAND]
    if accuracy > ACCURACY_MAX_M:
        flags |= INACCURATE
    if fix_at < track.shown_at:
        return _HIDDEN[flags | LATE]
    if flags & INACCURATE and track.accuracy < accuracy and fix_at - track.shown_at < BETTER_FIX_LASTS_US:
        return _HIDDEN[flags]
    return _follow(track, flags, latitude, longitude, accuracy, fix_at, recorded_at)


def _follow(  # noqa: PLR0913 - see judge
    track: Track, flags: int, latitude: float, longitude: float, accuracy: float, fix_at: int, recorded_at: int
) -> Verdict:
    """Move the marker, let it rest, or hold the fix as a candidate."""
    if track.shown_at == _NEVER:
        _anchor(track, latitude, longitude, fix_at, recorded_at)
        _show(track, latitude, longitude, accuracy, fix_at, recorded_at)
        return _SHOWN[flags]
    north = (latitude - track.anchor_latitude) * METRES_PER_DEGREE
    degrees_east = longitude - track.anchor_longitude
    if not -180.0 <= degrees_east <= 180.0:
        degrees_east -= 360.0 if degrees_east > 0 else -360.0
    east = degrees_east * track.metres_per_degree_east
    moved = sqrt(north * north + east * east)
    radius = STAND_RADIUS_PER_ACCURACY * accuracy
    if moved <= (radius if radius > STAND_RADIUS_M else STAND_RADIUS_M):  # NaN compares false: the least radius
        return _stay(track, flags, latitude, longitude, accuracy, fix_at, recorded_at)
    if moved > _reach_m(track, fix_at, recorded_at) and not _agrees(track, latitude, longitude, fix_at, recorded_at):
        return _HIDDEN[flags | JUMP]
    _anchor(track, latitude, longitude, fix_at, recorded_at)
    _show(track, latitude, longitude, accuracy, fix_at, recorded_at)
    return _SHOWN[flags]


def _stay(  # noqa: PLR0913 - see judge
    track: Track, flags: int, latitude: float, longitude: float, accuracy: float, fix_at: int, recorded_at: int
) -> Verdict:
    """Take a fix inside the circle: creeping at first, standing after a while."""
    if not track.standing:
        by_device = _elapsed_us(track.anchor_recorded_at, track.anchor_fix_at, recorded_at, fix_at)
        # Both clocks must have seen the time pass: one that was set forward has not stood anywhere.
        if by_device < STAND_AFTER_US or fix_at - track.anchor_fix_at < STAND_AFTER_US:
            _show(track, latitude, longitude, accuracy, fix_at, recorded_at)
            return _SHOWN[flags]
        # The circle moves to where the vehicle came to rest, so that its marker need not step back to the old centre.
        track.standing = True
        track.anchor_latitude = latitude
        track.anchor_longitude = longitude
    _show(track, track.anchor_latitude, track.anchor_longitude, accuracy, fix_at, recorded_at)
    return _SHOWN[flags | STATIONARY]


def _reach_m(track: Track, fix_at: int, recorded_at: int) -> float:
    """Return how far from the anchor the vehicle can be: driven since it last moved, give or take two sigma."""
    since_moving = _elapsed_us(track.anchor_recorded_at, track.anchor_fix_at, recorded_at, fix_at)
    since_shown = _elapsed_us(track.recorded_at, track.shown_at, recorded_at, fix_at)
    return _distance_in_m(min(since_moving, since_shown + FROZEN_MAX_US)) + 2 * track.accuracy


def _agrees(track: Track, latitude: float, longitude: float, fix_at: int, recorded_at: int) -> bool:
    """Hold the fix as a candidate, or tell that enough fixes now agree on the new place."""
    if track.agreed >= 0:
        north = (latitude - track.candidate_latitude) * METRES_PER_DEGREE
        east = (longitude - track.candidate_longitude) * METRES_PER_DEGREE * cos(radians(latitude))
        elapsed = _elapsed_us(track.candidate_recorded_at, track.candidate_fix_at, recorded_at, fix_at)
        near = north * north + east * east <= _distance_in_m(elapsed) ** 2
        track.agreed = track.agreed + 1 if near else 0
    else:
        track.agreed = 0
    track.candidate_latitude = latitude
    track.candidate_longitude = longitude
    track.candidate_recorded_at = recorded_at
    track.candidate_fix_at = fix_at
    return track.agreed >= AGREEING_FIXES


def _elapsed_us(recorded_from: int, fix_from: int, recorded_to: int, fix_to: int) -> int:
    """Return the time between two fixes by the device's clock, or by the hub's where the device's went back."""
    elapsed = recorded_to - recorded_from
    return elapsed if elapsed > 0 else fix_to - fix_from


def _distance_in_m(elapsed_us: int) -> float:
    """Return how far a vehicle gets at most; trackers with whole-second clocks need a second at least."""
    return SPEED_MAX_M_S * (elapsed_us if elapsed_us > SECOND_US else SECOND_US) / SECOND_US


def _anchor(track: Track, latitude: float, longitude: float, fix_at: int, recorded_at: int) -> None:
    track.anchor_latitude = latitude
    track.anchor_longitude = longitude
    track.anchor_fix_at = fix_at
    track.anchor_recorded_at = recorded_at
    track.metres_per_degree_east = METRES_PER_DEGREE * cos(radians(latitude))
    track.standing = False


def _show(track: Track, latitude: float, longitude: float, accuracy: float, fix_at: int, recorded_at: int) -> None:
    track.latitude = latitude
    track.longitude = longitude
    track.shown_at = fix_at
    track.recorded_at = recorded_at
    track.accuracy = accuracy if accuracy == accuracy else 0.0
    track.agreed = -1


class Silence(Enum):
    """How worrying it is that an ambulance has said nothing; its age is shown in every case."""

    FRESH = "fresh"
    WARN = "warn"  # on an assignment, for 30 s
    ALERT = "alert"  # on an assignment, for 90 s
    STALE = "stale"  # otherwise, for 60 s
    OFFLINE = "offline"  # otherwise, for 300 s


def silence_of(age_s: float, *, assigned: bool) -> Silence:
    """Return what an age of the newest fix in seconds means."""
    if assigned:
        return Silence.ALERT if age_s >= 90 else Silence.WARN if age_s >= 30 else Silence.FRESH
    return Silence.OFFLINE if age_s >= 300 else Silence.STALE if age_s >= 60 else Silence.FRESH
