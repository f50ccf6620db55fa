"""How late viewers see joints move: what they were sent, joined with what sensors wrote and when."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import msgpack
import numpy as np
from numpy.typing import NDArray

from bench.broken import Broken
from bench.hub import HubUnderTest
from bench.movements import MOVEMENTS, Movement
from bench.recording import Recording
from bench.viewer_accounts import AT_ONCE, sign_in
from bench.wards import Ward
from bench.worker import Worker, working

SETTLE_S = 0.5  # after the last ack: several ticks
FRAMES_BACK = 30  # among which a picture is looked for: of the last three seconds
SHOWN_DEG = 0.051  # angles are shown in tenths


class Late(NamedTuple):
    """What the join found; ms, one for each frame and viewer that saw it."""

    sent: NDArray[np.float64]  # from the write of the frame
    measured: NDArray[np.float64]  # from the instant of each of its samples
    seen_share: float  # of the frames that were sent


class Sent(NamedTuple):
    """What one sensor wrote."""

    movement: Movement
    base_us: int  # device clock of the first sample
    sent_ns: NDArray[np.int64]  # monotonic, of each frame


@contextlib.contextmanager
def watching(hub: HubUnderTest, ward: Ward, places: list[int]) -> Iterator[Worker]:
    """Let the therapists watch those of their sessions that are at some places, until the block ends."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        tokens = list(pool.map(lambda email: sign_in(hub, email, ward.password), ward.therapists))
    channels: list[list[str]] = [[] for _ in tokens]
    for place in places:
        channels[ward.therapist_of(place)].append(f"physio:{ward.sessions[place]}")
    job: dict[str, Any] = {"host": hub.host, "port": hub.port, "tokens": tokens, "channels": [], "filters": []}
    job["channels_of"] = channels
    with working("viewers", job) as worker:
        worker.report()
        yield worker


def recording_of(viewers: Worker, folder: Path) -> Recording:
    """End the watching and return what everybody was sent; raises `Broken` when a viewer was lost."""
    time.sleep(SETTLE_S)
    file = folder / "recording.npz"
    viewers.tell(str(file))
    ended = viewers.report()
    if ended["lost"] or ended["errors"]:
        raise Broken(f"{ended['lost']} viewers lost their connection: {ended['errors']}")
    recording = Recording.load(file)
    file.unlink()
    return recording


def join(
    recording: Recording,
    sent: dict[str, Sent],
    joints: list[str],
    samples: int,
    interval_us: int,
    span: tuple[int, int],
) -> Late:
    """Time every frame that a viewer saw and that was written in a span of monotonic time, ns.

    A frame is found by the newest angle of each joint, which is in every delta; `sent` is by session.
    """
    lates: list[float] = []
    ages: list[NDArray[np.float64]] = []
    seen: dict[tuple[int, str], int] = {}  # the newest frame of a session, by viewer
    shown = [newest_of(payload, joints) for payload in recording.payloads]
    epoch_ns = time.time_ns() - time.monotonic_ns()
    # What the samples of a frame, the last one first, were older than its end.
    steps_ms = np.arange(samples) * interval_us / 1e3
    arrivals = zip(recording.when_ns.tolist(), recording.viewers.tolist(), recording.messages.tolist(), strict=True)
    for when_ns, viewer, message in arrivals:
        for session, at_us, angles in shown[message]:
            one = sent[session]
            newest = frame_of(one, at_us, angles, samples, interval_us)
            if newest is None:
                continue
            before = seen.get((viewer, session), newest - 1)
            seen[viewer, session] = max(newest, before)
            for frame in range(before + 1, newest + 1):  # more than one, where several came with one tick
                sent_ns = int(one.sent_ns[frame])
                if span[0] <= sent_ns < span[1]:
                    lates.append((when_ns - sent_ns) / 1e6)
                    last_us = one.base_us + ((frame + 1) * samples - 1) * interval_us
                    ages.append((when_ns + epoch_ns) / 1e6 - last_us / 1e3 + steps_ms)
    written = sum(int(((one.sent_ns >= span[0]) & (one.sent_ns < span[1])).sum()) for one in sent.values())
    measured = np.concatenate(ages) if ages else np.zeros(0)
    return Late(np.array(lates), measured, len(lates) / max(1, written))


def newest_of(payload: bytes, joints: list[str]) -> list[tuple[str, int, list[float]]]:
    """Return the session of a delta, the time of its newest sample and its angles; nothing of other messages."""
    wire = msgpack.unpackb(payload)
    if wire["type"] != "delta":
        return []
    rows = {row[1]: row for row in wire.get("set", {}).get("joints", ())}
    if not rows.keys() >= set(joints) or any(rows[joint][9] is None for joint in joints):
        return []
    session = wire["channel"].removeprefix("physio:")
    return [(session, rows[joints[0]][8], [rows[joint][9] for joint in joints])]


def frame_of(sent: Sent, at_us: int, angles: list[float], samples: int, interval_us: int) -> int | None:
    """Return the newest frame whose last angles are these, None where there is none."""
    newest = min((at_us - sent.base_us) // (samples * interval_us), len(sent.sent_ns) - 1)
    for frame in range(int(newest), max(-1, int(newest) - FRAMES_BACK), -1):
        last = ((frame + 1) * samples - 1) % sent.movement.cycle
        if np.abs(sent.movement.angles[:, last] - angles).max() <= SHOWN_DEG:
            return frame if sent.sent_ns[frame] else None
    return None


def sent_of(file: Path, ward: Ward, movements: list[Movement], places: list[int]) -> dict[str, Sent]:
    """Read what the sensors at some places wrote, by session."""
    with np.load(file) as saved:
        row_of = {int(place): row for row, place in enumerate(saved["places"])}
        return {
            ward.sessions[place]: Sent(
                movements[place % MOVEMENTS], int(saved["base_us"][row_of[place]]), saved["sent_ns"][row_of[place]]
            )
            for place in places
        }
