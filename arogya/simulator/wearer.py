"""Who wears a simulated sensor, and how they move: made-up movement, or a recording played again and again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arogya.replay.recordings import Recording, read_recording
from arogya.replay.traces import TraceError
from arogya.simulator.movement import Exercise, perform

STILL_S = 3.0  # before a recording, so that the rest pose can be measured
STILL_HZ = 50


class WearersError(Exception):
    """The file of wearers can not be used; says why."""


class Wearer(NamedTuple):
    """One patient with a sensor."""

    name: str
    secret: str  # the sensor's
    joint: str
    rest: float  # degrees
    target: float  # degrees
    others: dict[str, tuple[float, float]]  # joints that move along: where each rests, and its share of the way
    rate_hz: float
    tremor_deg: float = 0.0
    drift_deg_per_min: float = 0.0
    noise_deg: float = 0.5
    loss: float = 0.0  # share of the messages that never arrive
    email: str | None = None  # of somebody who begins sessions; None: others begin them
    password: str | None = None
    recording: str | None = None  # a file that is played instead

    @property
    def joints(self) -> tuple[str, ...]:
        """Return the joints of the sensor, in the order of the angles."""
        return (self.joint, *self.others)


class Block(NamedTuple):
    """A while of movement."""

    at_us: NDArray[np.int64]  # since its beginning, ascending
    angles: NDArray[np.float64]  # (joints, samples), degrees
    lasts_us: int


def read_wearers(path: Path) -> list[Wearer]:
    """Read a JSON list of wearers; raises `WearersError`."""
    try:
        return [Wearer(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))]
    except OSError as error:
        raise WearersError(f"{path}: {error.strerror}") from error
    except (ValueError, TypeError):
        raise WearersError(f"{path} is not a JSON list of patients with sensors") from None


def open_recording(wearer: Wearer) -> Recording | None:
    """Return the recording that somebody plays, None for nobody's; raises `WearersError`."""
    if wearer.recording is None:
        return None
    try:
        return read_recording(Path(wearer.recording))
    except TraceError as error:
        raise WearersError(str(error)) from error


def still(wearer: Wearer, rng: np.random.Generator) -> Block:
    """Return a second or two at rest."""
    return _made_up(wearer, replace(_exercise(wearer, wearer.target), repetitions=0), rng)


def repetition(wearer: Wearer, target: float, rng: np.random.Generator) -> Block:
    """Return one repetition towards a target, from rest and back to it."""
    return _made_up(wearer, _exercise(wearer, target), rng)


def recorded(recording: Recording) -> Iterator[Block]:
    """Yield a recording, after a while of standing as it begins."""
    angles = np.array(recording.angles)
    count = int(STILL_S * STILL_HZ)
    at = np.arange(count) * (1_000_000 // STILL_HZ)
    yield Block(at, np.repeat(angles[:, :1], count, axis=1), int(STILL_S * 1e6))
    yield Block(np.array(recording.at_us), angles, recording.at_us[-1] + 10_000)


def _exercise(wearer: Wearer, target: float) -> Exercise:
    return Exercise(
        wearer.joint,
        wearer.rest,
        target,
        repetitions=1,
        rate_hz=wearer.rate_hz,
        out_s=(0.8, 2.0),
        top_s=(0.2, 1.5),
        rest_s=(0.3, 1.5),
        tremor_deg=wearer.tremor_deg,
        drift_deg_per_min=wearer.drift_deg_per_min,
        noise_deg=wearer.noise_deg,
        loss=wearer.loss,
        loses_messages=True,
    )


def _made_up(wearer: Wearer, exercise: Exercise, rng: np.random.Generator) -> Block:
    movement = perform(exercise, rng)
    way = movement.angle.astype(np.float64) - wearer.rest
    angles = [wearer.rest + way, *(rest + share * way for rest, share in wearer.others.values())]
    at = movement.at_us
    return Block(at, np.clip(np.array(angles), -360.0, 360.0), int(at[-1]) + round(1e6 / wearer.rate_hz))
