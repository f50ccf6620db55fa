"""One stream of joint angles on one connection: whose they are, and how far its repetitions are counted."""

from __future__ import annotations

from typing import Final, Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from hub.ingest.stream import Stream, StreamSession
from hub.motion.repetitions import Counter, Repetition
from hub.motion.rules import Target
from hub.motion.standing import SessionStanding
from storage.marks import Claim

ANYTIME: Final = -(2**62)  # µs: before every time
NEVER: Final = 2**62


class Tap(Protocol):
    """Who looks on while a session is measured; nothing here waits or raises."""

    def moved(self, stream: MotionStream, at_us: NDArray[np.int64], angles: NDArray[np.float32]) -> None:
        """Show samples (S,) by the hub's clock with the angles (joints, S), before they are stored."""

    def repeated(self, stream: MotionStream, joint: int, repetition: Repetition) -> None:
        """Show a repetition of one of the stream's joints."""

    def changed(self) -> None:
        """Know that the session's status or its targets may have changed."""


class MotionStream(Stream):
    """A stream of a physio session's angles."""

    __slots__ = ("bodies", "counters", "counters_kept_at", "joints", "standing", "taken_targets", "targets_until")

    def __init__(
        self, session: StreamSession, claim: Claim, joints: tuple[str, ...], standing: SessionStanding
    ) -> None:
        super().__init__(session, claim.stream, claim.fence, claim.acked)
        self.joints = joints
        self.standing = standing  # of the physio session, shared by its streams
        self.counters: list[Counter] = []  # one a joint; none: nothing is counted live
        self.taken_targets: tuple[Target, ...] = ()  # what the counters go by
        self.bodies: dict[int, int] = {}  # of the last few frames: by the last sample, what tells two bodies apart
        self.targets_until = ANYTIME  # frames received from then on may have others
        self.counters_kept_at = 0  # µs since 1970: when the state of the counters was put with a batch last

    @property
    def session_id(self) -> UUID:
        """The physio session."""
        return self.standing.session_id

    @property
    def is_counted(self) -> bool:
        """Whether its repetitions are counted as they come."""
        return self.standing.is_live and bool(self.counters)
