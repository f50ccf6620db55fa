"""The fixes of trackers that post them, on the way to the same writers and the same map as everybody's.

Such a tracker keeps no log and no numbers: the hub numbers its fixes, on one stream of the device, and answers when
they are committed. Two hubs may have posts of one tracker in turn: each claims the stream, and what the former owner
could not store any more is stored by the one that is asked next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, NamedTuple

from hub.dispatch.policy import DispatchPolicy
from hub.errors import Forbidden, Overloaded, Restarting, StorageUnavailable
from hub.ingest.admission import Admitted, Place, admit
from hub.ingest.flags import ALARM, NULL_ISLAND
from hub.ingest.intake import Intake
from hub.ingest.stream import FixStream, Stream
from hub.trackers.device_clock import DeviceClock
from hub.trackers.owntracks import Pace
from hub.trackers.reading import TrackerFix
from hub.trackers.recent import REMEMBERED, Content, Recent
from storage import devices, trackers
from storage.batch import AlarmRow, Run
from storage.copy_encoding import AMBULANCE_POSITIONS, Row
from storage.pool import Database
from storage.trackers import Tracker

LOG_ID: Final = "0" * 32  # of the one stream of such a device, which names none itself
STORED_S: Final = 5.0  # until a post that could not be stored is answered: the app sends it again
WAITING_MAX: Final = 16  # posts of one tracker at a time; it sends one after the other
_TRIES: Final = 3  # of a post whose stream another hub takes meanwhile
_FLAGS: Final = -1  # the column of the flags
_MINUTE_US: Final = 60_000_000
_SEEN_S: Final = 60.0  # between two notes that a tracker was there
_IDLE: Final = frozenset({"available", "out_of_service", "offline"})  # what an ambulance without a call is


class Taken(NamedTuple):
    """What became of the fixes of a post."""

    stored: int
    duplicates: int


class _Held:
    """The stream of a tracker while this hub owns it."""

    def __init__(self, stream_id: int, fence: int, acked: int, ambulance_id: int, recent: Recent) -> None:
        self.stream = FixStream(self, stream_id, fence, acked, ambulance_id)
        self.recent = recent
        self.is_lost = False  # another hub has it, or the database was restored
        self.unsettled: tuple[asyncio.Future[bool], list[Content]] | None = None  # appended, and not known to be stored
        self._last_seq = acked  # the newest that was appended

    def append(self, intake: Intake, admitted: Admitted, contents: list[Content]) -> None:
        """Hand over fixes; `unsettled` tells what becomes of them."""
        first, self._last_seq = self._last_seq + 1, self._last_seq + len(contents)
        self.unsettled = asyncio.get_running_loop().create_future(), contents
        self.stream.admitted(self._last_seq, len(contents))
        run = Run(self.stream, AMBULANCE_POSITIONS, first, self._last_seq, admitted.rows, admitted.dead)
        run.alarms = admitted.alarms
        intake.append(run)

    @property
    def next_seq(self) -> int:
        """The number that the next fix gets."""
        return self._last_seq + 1

    def stream_committed(self, stream: Stream, settled: int) -> None:
        """Remember what is stored."""
        stream.take_refusals()
        if self.unsettled is not None and stream.acked >= self._last_seq:
            future, contents = self.unsettled
            self.unsettled = None
            for content in contents:
                self.recent.add(content)
            future.set_result(True)

    def stream_superseded(self) -> None:
        """Stop: what waits here is stored by whoever has the stream now, when the tracker sends it again."""
        self.is_lost = True
        if self.unsettled is not None:
            self.unsettled[0].set_result(False)
            self.unsettled = None

    def stream_set_back(self) -> None:
        """Stop: a new claim says where the stream is."""
        self.stream_superseded()


class _Posting:
    """One tracker that posts to this hub."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.waiting = 0  # posts that wait for their turn, or have it
        self.held: _Held | None = None
        self.clock = DeviceClock()
        self.pace = Pace()
        self.seen_s = float("-inf")  # when it was noted last that it is there, by the monotonic clock


class Trackers:
    """Takes the posts of all trackers of this hub."""

    def __init__(self, intake: Intake, db: Database, app: Database, *, stored_s: float = STORED_S) -> None:
        self._intake = intake
        self._db = db  # role arogya_ingest
        self._app = app
        self._stored_s = stored_s
        self._posting: dict[int, _Posting] = {}  # by device: at most one for each that ever posted

    async def take(self, tracker: Tracker, fixes: Sequence[TrackerFix]) -> Taken:
        """Store what is not stored yet, and return when it is committed.

        Raises what is answered with "send it again": `Overloaded`, `Restarting`, `StorageUnavailable`, `StorageError`;
        and `Forbidden` for a tracker that is in no ambulance.
        """
        if self._intake.draining:
            raise Restarting("this hub is going away")
        posting = self._of(tracker)
        if posting.waiting >= WAITING_MAX:
            raise Overloaded("this tracker posts more than is stored")
        posting.waiting += 1
        try:
            async with posting.turn:
                return await self._take(posting, tracker, fixes)
        finally:
            posting.waiting -= 1

    async def saw(self, tracker: Tracker) -> None:
        """Note that a tracker is there, once a minute; raises `StorageError`."""
        posting, now_s = self._of(tracker), self._intake.clock.monotonic_s()
        if now_s - posting.seen_s >= _SEEN_S:
            posting.seen_s = now_s
            await devices.saw(self._app, {tracker.device_id}, self._intake.clock.now())

    def answer(self, tracker: Tracker, policy: DispatchPolicy) -> bytes:
        """Return what OwnTracks is told now: to report as often as its ambulance needs."""
        unit = None if tracker.ambulance_id is None else self._intake.board.unit(tracker.ambulance_id)
        return self._of(tracker).pace.answer(
            is_assigned=unit is not None and unit.status not in _IDLE,
            close_s=policy.assigned_interval_s,
            idle_s=policy.idle_interval_s,
            now_s=self._intake.clock.monotonic_s(),
        )

    def _of(self, tracker: Tracker) -> _Posting:
        posting = self._posting.get(tracker.device_id)
        if posting is None:
            posting = self._posting[tracker.device_id] = _Posting()
        return posting

    async def _take(self, posting: _Posting, tracker: Tracker, fixes: Sequence[TrackerFix]) -> Taken:
        received_at = self._intake.clock.now_us()
        dated = [(fix, _taken_at(fix, received_at)) for fix in fixes]
        for _ in range(_TRIES):
            held = await self._hold(posting, tracker)
            fresh = _fresh(dated, await self._known(held, len(dated)))
            if not fresh:
                return Taken(0, len(fixes))
            self._append(posting, tracker, held, fresh, received_at)
            if await self._settled(held):
                return Taken(len(fresh), len(fixes) - len(fresh))
        raise Overloaded("another hub takes the posts of this tracker", retry_after_s=1.0)

    async def _hold(self, posting: _Posting, tracker: Tracker) -> _Held:
        """Return the stream as this hub owns it; claims it where it does not, or the tracker has moved."""
        held = posting.held
        if held is not None and not held.is_lost and held.unsettled is not None:
            await self._settled(held)  # of a post that was not waited for to the end: it may be this very one
        if held is not None and not held.is_lost and held.stream.ambulance_id == tracker.ambulance_id:
            return held
        claim = await self._intake.claim(tracker.device_id, LOG_ID)
        if claim.ambulance_id is None:
            raise Forbidden("the tracker is in no ambulance")
        recent = await self._stored(claim.stream, REMEMBERED)
        posting.held = held = _Held(claim.stream, claim.fence, claim.acked, claim.ambulance_id, recent)
        self._intake.own(held.stream)
        return held

    async def _known(self, held: _Held, count: int) -> Recent:
        """Return what a post of so many fixes may repeat: of one with more than are remembered, the database knows."""
        return held.recent if count <= REMEMBERED else await self._stored(held.stream.stream_id, 2 * count)

    async def _stored(self, stream_id: int, count: int) -> Recent:
        stored = await trackers.newest_fixes(self._db, stream_id, count)
        contents = ((fix.recorded_at, fix.latitude, fix.longitude, bool(fix.flags & ALARM)) for fix in stored)
        return Recent(contents, count)

    async def _settled(self, held: _Held) -> bool:
        """Wait until what was appended is stored (True) or was lost to another hub; raises `StorageUnavailable`."""
        if held.unsettled is None:
            return not held.is_lost
        try:
            async with asyncio.timeout(self._stored_s):
                return await asyncio.shield(held.unsettled[0])
        except TimeoutError:
            raise StorageUnavailable("it is not stored yet", retry_after_s=1.0) from None

    def _append(
        self,
        posting: _Posting,
        tracker: Tracker,
        held: _Held,
        fresh: list[tuple[TrackerFix, int]],
        received_at: int,
    ) -> None:
        stream = held.stream
        track = self._intake.markers.track(stream.ambulance_id, tracker.device_id)
        whole = Admitted()
        for seq, (fix, recorded_at) in enumerate(fresh, held.next_seq):
            sent_at = posting.clock.sent_at(recorded_at, received_at)
            place = Place(stream.stream_id, tracker.device_id, stream.ambulance_id, received_at, sent_at)
            admitted = admit([_wire(fix, recorded_at)], seq, place, track)
            whole.rows += admitted.rows
            whole.dead += admitted.dead
            whole.alarms += [_placed(alarm, admitted.rows) for alarm in admitted.alarms]
            if admitted.shown is not None:
                self._intake.markers.follow(place, admitted.shown, admitted.shown_at)
        held.append(self._intake, whole, [_content(fix, recorded_at) for fix, recorded_at in fresh])
        for alarm in whole.alarms:
            self._intake.call(stream.ambulance_id, (tracker.device_id, alarm.alarm_id), alarm.raised_at)


def _fresh(dated: list[tuple[TrackerFix, int]], recent: Recent) -> list[tuple[TrackerFix, int]]:
    """Return the fixes that are not stored yet, each once."""
    by_content = {_content(fix, recorded_at): (fix, recorded_at) for fix, recorded_at in reversed(dated)}
    return [one for content, one in reversed(by_content.items()) if content not in recent]


def _taken_at(fix: TrackerFix, received_at: int) -> int:
    """Return when a fix was taken, or when it came; to the minute for a call for help, which may come again."""
    if fix.recorded_at is not None:
        return fix.recorded_at
    return received_at - received_at % _MINUTE_US if fix.is_sos else received_at


def _content(fix: TrackerFix, recorded_at: int) -> Content:
    return recorded_at, fix.latitude, fix.longitude, fix.is_sos


def _wire(fix: TrackerFix, recorded_at: int) -> list[object]:
    """Return a fix as the protocol writes it; a call for help is known by its second, however often it is sent."""
    alarm = ["sos", f"tracker-{recorded_at // 1_000_000}"] if fix.is_sos else None
    return [recorded_at, *fix[1:7], alarm]


def _placed(alarm: AlarmRow, rows: list[Row]) -> AlarmRow:
    """Return a call for help without a place where its fix has none."""
    last = rows[-1][_FLAGS]
    if isinstance(last, int) and last & NULL_ISLAND:
        return alarm._replace(latitude=None, longitude=None)
    return alarm
