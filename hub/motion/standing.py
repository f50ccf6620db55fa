"""How a physio session stands, as those who take its samples need to know: pure, and shared by its streams."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from hub.clock import happened_us, to_us
from hub.motion.rules import Target
from storage.counters import SessionOf, TargetRow

LATE_US = 7 * 86_400_000_000  # after its end a session takes what was sampled before, for so long
SLACK_US = 2_000_000  # a device hears of the end a moment later
UNSET = Target()
_ALWAYS = -(2**62)  # before every time


class Targets:
    """What the joints of a session are to reach, since when."""

    def __init__(self, rows: Iterable[TargetRow] = ()) -> None:
        self._since: defaultdict[str, list[int]] = defaultdict(list)  # of each joint, ascending
        self._targets: defaultdict[str, list[Target]] = defaultdict(list)
        for row in rows:  # oldest first
            self._since[row.joint].append(_ALWAYS if row.set_at is None else row.set_at)
            self._targets[row.joint].append(Target(row.rest_angle, row.target_angle, row.target_reps))

    def at(self, joints: Sequence[str], received_at: int) -> tuple[Target, ...]:
        """Return what each joint is to reach in a frame that was received at this time, µs since 1970."""
        return tuple(self._at(joint, received_at) for joint in joints)

    def next_change(self, received_at: int) -> int | None:
        """Return when something changes after this time, None when nothing does."""
        later = [since for times in self._since.values() for since in times if since > received_at]
        return min(later, default=None)

    def changes(self) -> list[int]:
        """Return the times (µs since 1970) at which something that is to be reached changes, ascending."""
        return sorted({since for times in self._since.values() for since in times if since > _ALWAYS})

    def _at(self, joint: str, received_at: int) -> Target:
        place = bisect_right(self._since[joint], received_at) - 1 if joint in self._since else -1
        return UNSET if place < 0 else self._targets[joint][place]


class SessionStanding:
    """A session's status and targets; `read` brings them up to date."""

    def __init__(self, session: SessionOf, targets: Targets) -> None:
        self.session_id: UUID = session.id
        self.targets = targets
        self.is_watched = False  # somebody looks on while it is measured
        self._asked = self._read = 0  # turns: the last one, and that of what is known
        self.read(session, targets, self.ask())

    def ask(self) -> int:
        """Return the turn of a question what is stored now."""
        self._asked += 1
        return self._asked

    def read(self, session: SessionOf, targets: Targets, turn: int) -> bool:
        """Take what was stored at a turn; False where the answer to a later question is known."""
        if turn < self._read:
            return False
        self._read = turn
        self.targets = targets
        self.included_angle = session.included_angle
        self.is_live = session.status == "in_progress"  # its repetitions are counted as they come
        self._ended_at = None if session.ended_at is None else to_us(session.ended_at)
        return True

    def takes(self, received_at: int, sent_at: int, started_at: int) -> bool:
        """Tell whether a frame that begins at `started_at` is of this session; times in µs since 1970.

        While it is in progress everything is: what the clock of a device says of the age of its samples may be wrong.
        """
        if self.is_live:
            return True
        if self._ended_at is None or received_at > self._ended_at + LATE_US:
            return False
        return happened_us(received_at, sent_at, started_at) <= self._ended_at + SLACK_US


def is_open(session: SessionOf, now: datetime) -> bool:
    """Tell whether a stream of a session may be opened: it is in progress, or ended within the last 7 days."""
    if session.status == "in_progress":
        return True
    return (
        session.started_at is not None
        and session.ended_at is not None
        and (to_us(now) <= to_us(session.ended_at) + LATE_US)
    )
