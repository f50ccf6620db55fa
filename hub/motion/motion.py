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
from hub.motion.admission import Frame, anatomical, columns_of, flags_of, possible, times_of
from hub.motion.bank import Bank, Counted
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
ROUNDS_MAX: Final = 8  # frames of one stream in a turn: a backlog shares the hub with everybody
KEEP_US: Final = 10_000_000  # between two states of a stream's counters that are stored
_BODY_BYTES_MAX: Final = 1_024  # of a refused frame: enough to see what it was


class Motion:
    """What all motion streams of a hub share: the counters, the sessions' standing, and who looks on."""

    def __init__(self, db: Database, append: Callable[[Run], None], metrics: Metrics) -> None:
        self.bank = Bank()
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

    def unwatch(self, session_id: UUID, tap: Tap) -> None:
        """Stop showing it."""
        taps = [one for one in self._taps.pop(session_id, ()) if one is not tap]
        if taps:
            self._taps[session_id] = taps

    def standing_of(self, session_id: UUID) -> SessionStanding | None:
        """Return how a session stands, if a stream of it is connected here."""
        streams = self._streams.get(session_id)
        return streams[0].standing if streams else None

    def began(self, stream: MotionStream) -> None:
        """Know a stream that was opened, whose counters are where its mark is."""
        self._streams[stream.session_id].append(stream)

    def ended(self, stream: MotionStream) -> None:
        """Let go of a stream; what was taken of it is handed to the writers."""
        self.turn(rounds_max=None)
        streams = self._streams.get(stream.session_id, [])
        if stream in streams:
            streams.remove(stream)
        if not streams:
            self._streams.pop(stream.session_id, None)
        if len(stream.slots):
            self.bank.release(stream.slots)
            stream.slots = stream.slots[:0]

    async def changed(self, session_id: UUID) -> None:
        """Read how a session stands now, for its streams and those who look on; raises `StorageError`."""
        standing = self.standing_of(session_id)
        if standing is not None:
            session = await counters.read_session(self._db, session_id)
            if session is not None:
                standing.read(session, Targets(await counters.list_targets(self._db, session_id)))
                for stream in self.streams_of(session_id):
                    stream.targets_until = ANYTIME
        for tap in self._taps.get(session_id, ()):
            tap.changed()

    async def changed_all(self) -> None:
        """Read all sessions again: nobody knows what was missed. Raises `StorageError`."""
        for session_id in {*self._streams, *self._taps}:
            await self.changed(session_id)

    def take(self, frame: Frame) -> None:
        """Take a frame; it goes to the writer with the next turn."""
        self._frames.append(frame)
        if self._turn is None:
            self._turn = asyncio.get_running_loop().call_later(self._wait_s, self.turn)

    def turn(self, rounds_max: int | None = ROUNDS_MAX) -> None:
        """Judge, count and hand over what has come, at most so many frames of each stream."""
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None
        frames, self._frames = self._frames, []
        self._wait_s = min(TURN_S * max(len(frames) / FEW_FRAMES, 1.0), TURN_MAX_S)
        rounds: list[dict[tuple[int, int, bool], list[Frame]]] = []
        seen: defaultdict[MotionStream, int] = defaultdict(int)
        for frame in frames:
            place = seen[frame.stream]
            if rounds_max is not None and place == rounds_max:
                self._frames.append(frame)
                continue
            seen[frame.stream] += 1
            if place == len(rounds):
                rounds.append({})
            shape = (len(frame.stream.joints), frame.samples, frame.offsets is None)
            rounds[place].setdefault(shape, []).append(frame)
        for round_ in rounds:
            for alike in round_.values():
                self._judge(alike)
        if self._frames:
            self._turn = asyncio.get_running_loop().call_later(0, self.turn)

    def _judge(self, frames: list[Frame]) -> None:
        """Store frames of one shape, of a different stream each; refuse those that no joint can have made."""
        at_us, angles = times_of(frames), anatomical(frames)
        fits = possible(angles)
        if not fits.all():
            for place in np.flatnonzero(~fits).tolist():
                self.refuse(frames[place], "invalid_value", "an angle is from -360 to 360 degrees")
            frames = [frame for frame, fit in zip(frames, fits.tolist(), strict=True) if fit]
            at_us, angles = at_us[fits], angles[fits]
            if not frames:
                return
        repetitions = self._count(frames, at_us, angles)
        flags = flags_of(at_us, angles)
        rows = MOTION_FRAMES.rows_of(columns_of(frames, angles, flags))
        for place, frame in enumerate(frames):
            stream = frame.stream
            run = Run(stream, MOTION_FRAMES, frame.first, frame.last, [rows[place]])
            if place in repetitions:
                run.repetitions = repetitions[place]
            if frame.received_at - stream.counters_kept_at >= KEEP_US and len(stream.slots):
                stream.counters_kept_at = frame.received_at
                run.counters = CounterState(stream.stream_id, frame.last, self.bank.save(stream.slots))
            self._append(run)

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
        """Count the frames of sessions in progress, and show them; return the repetitions of each frame."""
        live = [
            place for place, frame in enumerate(frames) if frame.stream.standing.is_live and len(frame.stream.slots)
        ]
        if not live:
            return {}
        if len(live) < len(frames):
            at_us, angles = at_us[live], angles[live]
        for place in live:
            if frames[place].received_at >= frames[place].stream.targets_until:
                self.follow_targets(frames[place].stream, frames[place].received_at)
        slots = np.concatenate([frames[place].stream.slots for place in live]).reshape(len(live), -1)
        seq = np.array([frames[place].first for place in live], np.int64)
        counted = self.bank.count(slots, seq, at_us, angles)
        if self._taps:
            self._show([frames[place] for place in live], at_us, angles, counted)
        found: defaultdict[int, list[RepetitionRow]] = defaultdict(list)
        for one in counted:
            place = live[one.frame]
            found[place].append(row_of(frames[place].stream, one))
        return found

    def _show(
        self,
        frames: list[Frame],
        at_us: NDArray[np.int64],
        angles: NDArray[np.float32],
        counted: Sequence[Counted],
    ) -> None:
        for place, frame in enumerate(frames):
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
            self.bank.set_rules(stream.slots, [rules_of(target) for target in wanted])
            stream.taken_targets = wanted
        later = targets.next_change(received_at)
        stream.targets_until = NEVER if later is None else later


def row_of(stream: MotionStream, counted: Counted) -> RepetitionRow:
    """Return a repetition as it is stored."""
    return RepetitionRow(stream.stream_id, stream.joints[counted.joint], *counted.repetition)
