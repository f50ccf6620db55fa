"""The law for physio sessions: viewers lag, reconnect and forget, and see what the board has."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.live import physio_board, physio_trace
from hub.live.frames import SharedFrames
from hub.live.physio_channel import PhysioChannel
from hub.live.physio_news import JointNews, News
from hub.live.physio_rows import JOINT_ROWS, REPETITIONS, SESSION, THEIRS, TRACE
from hub.motion.decimate import Points
from hub.protocol.codec import JSON, MSGPACK
from hub.protocol.viewer_frames import Subscribe
from storage.motion_live import Counted, Goal, StoredSession
from tests.hub.live.viewer import Pipe, State, Viewer

SESSION_ID = UUID(int=7)
KNEE, HIP = "right_knee_flexion", "right_hip_flexion"
START_US = 1_790_000_000_000_000
SECOND_US = 1_000_000


def moved(joint: str, at: int, angle: float, points: int = 3) -> JointNews:
    """Return news of a joint whose last points end at a time."""
    times = [at - 30_000 * place for place in reversed(range(points))]
    return JointNews(joint, at, angle, "out", angle + 1, 0.5, Points(times, [angle] * points))


def repetition(joint: str, number: int, at: int = START_US, *, peak: float = 90.0, valid: bool = True) -> Counted:
    """Return a repetition that ended at a time."""
    return Counted(joint, number, at - 3 * SECOND_US, at - SECOND_US, at, peak, 80.0, 0.4, 2.0, 1.0, 0.5, valid)


def stored(*repetitions: Counted, status: str = "in_progress", target: float | None = 90.0) -> StoredSession:
    """Return a session as it is read."""
    goals = (Goal(KNEE, 0.0, target, 10),)
    return StoredSession(SESSION_ID, status, KNEE, START_US, None, None, goals, repetitions)


def whole(channel: PhysioChannel) -> State:
    """Return what a viewer of everything should have."""
    rows = channel.board.state.whole.snapshot(())
    return {table: {row[0]: row for row in each} for table, each in rows.items()}


class Watcher:
    """One viewer and its socket."""

    def __init__(self, channel: PhysioChannel, number: int) -> None:
        self.channel = channel
        self.pipe = Pipe(MSGPACK if number % 2 else JSON)
        self.viewer = Viewer()
        self.subscribe()

    def subscribe(self) -> None:
        """Ask from where it is."""
        offset = self.viewer.offset if self.viewer.epoch else None
        self.subscription = self.channel.watch(Subscribe(self.channel.name, self.viewer.epoch, offset), THEIRS)

    def look(self, frames: SharedFrames) -> None:
        """Take what there is, and check it against the board."""
        self.pipe.send(self.subscription.take(frames, self.pipe.codec))
        for message in self.pipe.take():
            self.viewer.apply(message)
        expected = whole(self.channel)
        assert self.viewer.in_step
        assert {table: self.viewer.state.get(table, {}) for table in expected} == expected


steps = st.one_of(
    st.tuples(st.just("move"), st.sampled_from([KNEE, HIP]), st.integers(0, 9_000)),
    st.tuples(st.just("repeat"), st.sampled_from([KNEE, HIP]), st.integers(1, 6)),
    st.tuples(st.just("read"), st.integers(0, 4), st.sampled_from([90.0, 70.0, None])),
    st.tuples(st.just("look"), st.integers(0, 2), st.just(0)),
    st.tuples(st.just("reconnect"), st.integers(0, 2), st.just(0)),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(steps, max_size=60), st.integers(3, 40))
def test_snapshot_and_deltas_are_what_the_board_has(history: list[tuple[str, object, object]], moves: int) -> None:
    channel, frames, now_us, now_s = PhysioChannel(SESSION_ID), SharedFrames(), START_US, 0.0
    channel.board.state._moves_max = moves
    for partition in channel.board.state._partitions.values():
        partition._moves_max = moves
    channel.board.stored(stored(), now_s)
    channel.advance()
    watchers = [Watcher(channel, number) for number in range(3)]
    for deed, what, how in history:
        now_s += 1.0
        if deed == "move":
            now_us += int(str(how)) * 1_000
            channel.board.take(News((moved(str(what), now_us, 40.0),)), now_s)
        elif deed == "repeat":
            channel.board.take(News((), (repetition(str(what), int(str(how)), now_us),)), now_s)
        elif deed == "read":
            known = [repetition(KNEE, number) for number in range(1, int(str(what)) + 1)]
            channel.board.stored(stored(*known, target=how if isinstance(how, float) else None), now_s)
        channel.advance()
        frames.begin(now_us)
        if deed in ("look", "reconnect"):
            watcher = watchers[int(str(what))]
            if deed == "reconnect":
                watcher.subscription.end()
                watcher.subscribe()
            watcher.look(frames)
    for watcher in watchers:
        watcher.look(frames)
    assert len(whole(channel)[TRACE]) <= physio_trace.STRETCHES_MAX


def drained(channel: PhysioChannel) -> State:
    """Advance, and return the rows."""
    channel.advance()
    return whole(channel)


def test_the_trace_is_half_a_minute_long() -> None:
    channel = PhysioChannel(SESSION_ID)
    for tenth in range(600):
        channel.board.take(News((moved(KNEE, START_US + tenth * 100_000, 1.0),)), tenth / 10)
    starts = [row[1] for row in drained(channel)[TRACE].values()]
    assert 290 <= len(starts) <= 302
    assert min(int(str(start)) for start in starts) >= START_US + 29 * SECOND_US


def test_a_repetition_says_how_far_it_was_from_the_target_also_when_that_changes() -> None:
    channel = PhysioChannel(SESSION_ID)
    channel.board.stored(stored(), 0.0)
    channel.board.take(News((), (repetition(KNEE, 1, peak=86.0, valid=False),)), 0.0)
    (row,) = drained(channel)[REPETITIONS].values()
    assert row[-2:] == [False, 4.0]
    (joint,) = drained(channel)[JOINT_ROWS].values()
    assert joint[5:7] == [1, 0]
    channel.board.stored(stored(repetition(KNEE, 1, peak=86.0, valid=False), target=80.0), 1.0)
    (row,) = drained(channel)[REPETITIONS].values()
    assert row[-1] == 0.0


def test_what_was_counted_anew_takes_the_place_of_what_was_told() -> None:
    channel = PhysioChannel(SESSION_ID)
    channel.board.take(News((), tuple(repetition(KNEE, number) for number in (1, 2, 3))), 0.0)
    channel.board.stored(stored(repetition(KNEE, 1), repetition(KNEE, 2, peak=70.0)), 60.0)
    rows = drained(channel)[REPETITIONS].values()
    assert sorted((row[2], row[6]) for row in rows) == [(1, 90.0), (2, 70.0)]


def test_what_was_told_a_moment_ago_need_not_be_stored_yet() -> None:
    channel = PhysioChannel(SESSION_ID)
    channel.board.take(News((), (repetition(KNEE, 1),)), 59.0)
    channel.board.stored(stored(), 60.0)
    assert len(drained(channel)[REPETITIONS]) == 1


def test_only_the_newest_repetitions_are_shown_and_all_are_counted() -> None:
    channel = PhysioChannel(SESSION_ID)
    many = [repetition(KNEE, number, START_US + number * SECOND_US) for number in range(1, physio_board.SHOWN_MAX + 11)]
    channel.board.stored(stored(*many), 0.0)
    rows = drained(channel)
    assert min(int(str(row[2])) for row in rows[REPETITIONS].values()) == 11
    (joint,) = rows[JOINT_ROWS].values()
    assert joint[5] == len(many)


def test_reading_the_same_again_is_no_news() -> None:
    channel = PhysioChannel(SESSION_ID)
    channel.board.stored(stored(repetition(KNEE, 1)), 0.0)
    channel.advance()
    offset = channel.board.state.offset
    channel.board.stored(stored(repetition(KNEE, 1)), 10.0)
    channel.advance()
    assert channel.board.state.offset == offset


def test_stored_points_are_drawn_where_the_sensor_has_drawn_none() -> None:
    channel = PhysioChannel(SESSION_ID)
    channel.board.take(News((moved(KNEE, START_US, 50.0),)), 0.0)
    times = [START_US - 2 * SECOND_US, START_US - SECOND_US, START_US, START_US + SECOND_US]
    channel.board.draw_stored(KNEE, Points(times, [1.0, 2.0, 3.0, 4.0]))
    rows = drained(channel)
    drawn = sorted((row[1], row[2]) for row in rows[TRACE].values())
    assert [at for at, _ in drawn] == [times[0], times[1], START_US - 60_000, times[3]]
    (joint,) = rows[JOINT_ROWS].values()
    assert joint[8:10] == [times[3], 4.0]


def test_a_clock_that_was_set_back_begins_a_new_trace() -> None:
    channel = PhysioChannel(SESSION_ID)
    channel.board.take(News((moved(KNEE, START_US, 50.0),)), 0.0)
    channel.board.take(News((moved(KNEE, START_US - 3_600 * SECOND_US, 20.0),)), 1.0)
    rows = drained(channel)
    assert [row[1] for row in rows[TRACE].values()] == [START_US - 3_600 * SECOND_US - 60_000]
    (joint,) = rows[JOINT_ROWS].values()
    assert joint[9] == 20.0


def test_the_session_row_says_how_it_stands() -> None:
    channel = PhysioChannel(SESSION_ID)
    channel.board.stored(stored(status="completed"), 0.0)
    assert drained(channel)[SESSION] == {0: [0, "completed", KNEE, START_US, None, None]}


def test_viewers_of_one_encoding_share_every_frame() -> None:
    channel, frames = PhysioChannel(SESSION_ID), SharedFrames()
    channel.board.stored(stored(), 0.0)
    channel.advance()
    watchers = [Watcher(channel, 0) for _ in range(50)]
    for tick in range(3):
        channel.board.take(News((moved(KNEE, START_US + tick * 100_000, 1.0),)), 0.0)
        channel.advance()
        frames.begin(START_US)
        for watcher in watchers:
            watcher.look(frames)
    assert frames.encoded == {"snapshot": 1, "delta": 2}
