"""The motion of one hub's sensors: frames are judged, counted and shown together, some milliseconds at a time.

Together, because the cost of a frame is that of the calls it takes: a thousand frames in one array are counted in the
time of twenty by themselves. What a turn makes of them goes to the writers, repetitions in the transaction of their
frames.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from hub.metrics import Metrics
from hub.motion.admission import Frame, alike, anatomical, columns_of, flags_of, possible, times_of
from hub.motion.counter_state import save
from hub.motion.repetitions import Counted, count
from hub.motion.rules import rules_of
from hub.motion.standing import SessionStanding, Targets
from hub.motion.stream import ANYTIME, NEVER, MotionStream, Tap
from storage import counters
from storage.batch import CounterState, DeadLetter, RepetitionRow, Run
from storage.motion_encoding import MOTION_FRAMES
from storage.pool import Database

TURN_S: Final = 0.01  # a frame waits this long for others
FEW_FRAMES: Final = 50  # of a turn; where more come together they wait longer, so that each costs less
TURN_MAX_S: Final = 0.05
FRAMES_MAX: Final = 2_000  # of a turn: a backlog shares the hub with everything else that it does
KEEP_US: Final = 10_000_000  # between two states of a stream's counters that are stored
_BODY_BYTES_MAX: Final = 1_024  # of a refused frame: enough to see what it was


class Motion:
    """What all motion streams of a hub share: their turns, the sessions' standing, and who looks on."""

    def __init__(self, db: Database, append: Callable[[Run], None], metrics: Metrics) -> None:
        self._db = db  # role arogya_ingest
        self._append = append
        self._metrics = metrics
        self._frames: list[Frame] = []  # of this turn, in the order of their arrival; bounded by credit
        self._turn: asyncio.TimerHandle | None = None  # while there are frames
        self._wait_s = TURN_S
        self._streams: defaultdict[UUID, list[MotionStream]] = defaultdict(list)  # by session
        self._taps: dict[UUID, list[Tap]] = {}  # by session; no empty lists

    def streams_of(self, session_id: UUID) -> list[MotionStream]:
        """Return the streams of a session that are connected here."""
        return list(self._streams.get(session_id, ()))

    def watch(self, session_id: UUID, tap: Tap) -> None:
        """Show somebody what is measured in a session, until `unwatch`."""
        self._taps.setdefault(session_id, []).append(tap)
        self._note_taps(session_id)

    def unwatch(self, session_id: UUID, tap: Tap) -> None:
        """Stop showing it."""
        taps = [one for one in self._taps.pop(session_id, ()) if one is not tap]
        if taps:
            self._taps[session_id] = taps
        self._note_taps(session_id)

    def _note_taps(self, session_id: UUID) -> None:
        standing = self.standing_of(session_id)
        if standing is not None:
            standing.is_watched = session_id in self._taps

    def standing_of(self, session_id: UUID) -> SessionStanding | None:
        """Return how a session stands, if a stream of it is connected here."""
        streams = self._streams.get(session_id)
        return streams[0].standing if streams else None

    def began(self, stream: MotionStream) -> None:
        """Know a stream that is being opened: from now on it hears of what changes."""
        self._streams[stream.session_id].append(stream)
        self._note_taps(stream.session_id)

    def ended(self, stream: MotionStream) -> None:
        """Let go of a stream; what was taken of it is handed to the writers."""
        self.turn(frames_max=None)
        streams = self._streams.get(stream.session_id, [])
        if stream in streams:
            streams.remove(stream)
        if not streams:
            self._streams.pop(stream.session_id, None)
        stream.counters = []

    async def changed(self, session_id: UUID) -> None:
        """Read how a session stands now, for its streams and those who look on; raises `StorageError`."""
        await self.read(session_id)
        for tap in self._taps.get(session_id, ()):
            tap.changed()

    async def read(self, session_id: UUID) -> None:
        """Read how a session stands now, for its streams; raises `StorageError`."""
        standing = self.standing_of(session_id)
        if standing is None:
            return
        turn = standing.ask()
        session = await counters.read_session(self._db, session_id)
        targets = Targets(await counters.list_targets(self._db, session_id))
        if session is not None and standing.read(session, targets, turn):
            for stream in self.streams_of(session_id):
                stream.targets_until = ANYTIME

    async def changed_all(self) -> None:
        """Read all sessions again: nobody knows what was missed. Raises `StorageError`."""
        for session_id in {*self._streams, *self._taps}:
            await self.changed(session_id)

    def take(self, frame: Frame) -> None:
        """Take a frame; it goes to the writer with the next turn."""
        self._frames.append(frame)
        if self._turn is None:
            self._turn = asyncio.get_running_loop().call_later(self._wait_s, self.turn)

    def turn(self, frames_max: int | None = FRAMES_MAX) -> None:
        """Judge, count and hand over what has come, at most so many frames of it."""
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None
        frames, self._frames = self._frames, []
        self._wait_s = min(TURN_S * max(len(frames) / FEW_FRAMES, 1.0), TURN_MAX_S)
        if frames_max is not None and len(frames) > frames_max:
            frames, self._frames = frames[:frames_max], frames[frames_max:]
            self._turn = asyncio.get_running_loop().call_later(0, self.turn)
        for group in alike(frames):
            self._judge(group)

    def _judge(self, frames: list[Frame]) -> None:
        """Store frames of one shape; refuse those that no joint can have made."""
        at_us, angles = times_of(frames), anatomical(frames)
        fits = possible(angles)
        if not fits.all():
            self._judge_singly(frames, fits)
            return
        repetitions = self._count(frames, at_us, angles)
        rows = MOTION_FRAMES.rows_of(columns_of(frames, angles, flags_of(at_us, angles)))
        runs = [
            Run(frame.stream, MOTION_FRAMES, frame.first, frame.last, [row])
            for frame, row in zip(frames, rows, strict=True)
        ]
        for place, found in repetitions.items():
            runs[place].repetitions = found
        self._keep(frames, runs)
        for run in runs:
            self._append(run)

    def _keep(self, frames: list[Frame], runs: list[Run]) -> None:
        """Put the counters' state with the last frame of each stream of which it was not kept for some time."""
        due = {
            frame.stream: (frame, run)
            for frame, run in zip(frames, runs, strict=True)
            if frame.received_at - frame.stream.counters_kept_at >= KEEP_US and frame.stream.counters
        }
        for stream, (frame, run) in due.items():
            stream.counters_kept_at = frame.received_at
            run.counters = CounterState(stream.stream_id, frame.last, save(stream.counters))

    def _judge_singly(self, frames: list[Frame], fits: NDArray[np.bool_]) -> None:
        """Store frames of which some are refused, in their order."""
        for frame, fine in zip(frames, fits.tolist(), strict=True):
            if fine:
                self._judge([frame])
            else:
                self.refuse(frame, "invalid_value", "an angle is from -360 to 360 degrees")

    def refuse(self, frame: Frame, code: str, detail: str) -> None:
        """Keep a frame that can never be stored as a dead letter, and tell the device once that is committed."""
        stream = frame.stream
        body = frame.angles[:_BODY_BYTES_MAX]
        letter = DeadLetter(stream.stream_id, frame.first, frame.received_at, code, detail, body, frame.last)
        stream.refused(letter)
        self._metrics.samples_refused.labels(code).inc(frame.samples)
        self._append(Run(stream, MOTION_FRAMES, frame.first, frame.last, dead=[letter]))

    def _count(
        self, frames: list[Frame], at_us: NDArray[np.int64], angles: NDArray[np.float32]
    ) -> dict[int, list[RepetitionRow]]:
        """Count the frames of sessions in progress, and show them; return the repetitions of each frame, by place."""
        live = [place for place, frame in enumerate(frames) if frame.stream.is_counted]
        if len(live) < len(frames):
            frames, at_us, angles = [frames[place] for place in live], at_us[live], angles[live]
        for frame in frames:
            if frame.received_at >= frame.stream.targets_until:
                self.follow_targets(frame.stream, frame.received_at)
        seq = np.array([frame.first for frame in frames], np.int64)
        counted = count([frame.stream.counters for frame in frames], seq, at_us, angles)
        if self._taps:
            self._show(frames, at_us, angles, counted)
        found: defaultdict[int, list[RepetitionRow]] = defaultdict(list)
        for one in counted:
            found[live[one.frame]].append(row_of(frames[one.frame].stream, one))
        return found

    def _show(
        self,
        frames: list[Frame],
        at_us: NDArray[np.int64],
        angles: NDArray[np.float32],
        counted: Sequence[Counted],
    ) -> None:
        """Show what was counted to those who look on."""
        for place, frame in enumerate(frames):
            if not frame.stream.standing.is_watched:
                continue
            for tap in self._taps.get(frame.stream.session_id, ()):
                # By the hub's clock: never later than now, whatever the device believes.
                shift = frame.received_at - max(frame.sent_at, int(at_us[place, -1]))
                tap.moved(frame.stream, at_us[place] + shift, angles[place])
        for one in counted:
            stream = frames[one.frame].stream
            for tap in self._taps.get(stream.session_id, ()):
                tap.repeated(stream, one.joint, one.repetition)

    def follow_targets(self, stream: MotionStream, received_at: int) -> None:
        """Let a stream's counters go by what is to be reached in a frame that was received at this time."""
        if received_at < stream.targets_until:
            return
        targets = stream.standing.targets
        wanted = targets.at(stream.joints, received_at)
        if wanted != stream.taken_targets:
            for counter, target in zip(stream.counters, wanted, strict=True):
                counter.set_rules(rules_of(target))
            stream.taken_targets = wanted
        later = targets.next_change(received_at)
        stream.targets_until = NEVER if later is None else later


def row_of(stream: MotionStream, counted: Counted) -> RepetitionRow:
    """Return a repetition as it is stored."""
    return RepetitionRow(stream.stream_id, stream.joints[counted.joint], *counted.repetition)
