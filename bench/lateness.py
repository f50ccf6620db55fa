"""How long each position took from its tablet to each viewer, joined by the numbers that the drives encode."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bench.frames import METRES_PER_DEGREE, SPEED_M_S
from bench.pictures import Pictures
from bench.tablet import start_of


class Span(NamedTuple):
    """Which positions count: those sent in this time, on the machine's monotonic clock."""

    from_ns: int
    to_ns: int


class Lateness(NamedTuple):
    """What the join found."""

    ms: npt.NDArray[np.float64]  # one for each position and viewer that saw it
    seen_share: float  # of the positions times viewers; the others were overtaken by a newer one within a tick


class Sightings(NamedTuple):
    """The positions of one message."""

    tablets: npt.NDArray[np.int64]  # places of the tablets
    samples: npt.NDArray[np.int64]  # numbers of their samples, from 0


def join(pictures: Pictures, sent_ns: npt.NDArray[np.int64], ids: list[int], span: Span) -> Lateness:
    """Join what viewers got with when it was sent.

    `sent_ns` has a row for each tablet and a column for each sample (0: none); `ids` are the tablets' ambulances.
    """
    places = {id_: place for place, id_ in enumerate(ids)}
    starts = np.array([start_of(place)[0] for place in range(len(ids))])
    sightings = [sightings_of(list(message.fixes.values()), places, starts) for message in pictures.messages]
    counts = (sent_ns >= span.from_ns) & (sent_ns < span.to_ns)
    late_ns = [np.zeros(0, np.int64)]
    for viewer in range(len(pictures.all)):
        newest = np.full(len(ids), -1, np.int64)
        for when_ns, number in zip(*pictures.recording.of(viewer), strict=True):
            tablets, samples = sightings[number]
            fresh = samples > newest[tablets]
            tablets, samples = tablets[fresh], samples[fresh]
            newest[tablets] = samples
            counted = counts[tablets, samples]
            late_ns.append(when_ns - sent_ns[tablets[counted], samples[counted]])
    ms = np.concatenate(late_ns) / 1e6
    return Lateness(ms, len(ms) / max(1, int(counts.sum()) * len(pictures.all)))


def sightings_of(rows: list[list[float]], places: dict[int, int], starts: npt.NDArray[np.float64]) -> Sightings:
    """Return which samples of which tablets the rows of a message show: each drives north by a known step."""
    known = [row for row in rows if row[0] in places]
    tablets = np.array([places[int(row[0])] for row in known], np.int64)
    metres = (np.array([row[1] for row in known]) - starts[tablets]) * METRES_PER_DEGREE
    return Sightings(tablets, np.rint(metres / SPEED_M_S).astype(np.int64) - 1)
