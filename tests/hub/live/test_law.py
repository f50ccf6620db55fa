"""The law as viewers live it: they lag, reconnect and forget, and never see a state that was not."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.live.channel import StateChannel
from hub.live.frames import SharedFrames
from hub.live.outbox import Flow, Outbox
from hub.live.subscription import Subscription
from hub.protocol.codec import JSON, MSGPACK
from tests.hub.live.viewer import Pipe, State, Viewer

VIEWERS = 3


def _row(key: int, value: object) -> list[object]:
    return [key, value]


class Watcher:
    """One viewer with its socket, and what the hub keeps for it."""

    def __init__(self, channel: StateChannel, number: int) -> None:
        self.channel = channel
        self.pipe = Pipe(MSGPACK if number % 2 else JSON)
        self.viewer = Viewer()
        self.outbox = Outbox(slow_s=1e9, now_s=0.0)
        self.wanted = Subscription(channel)

    def pause(self) -> None:
        """Stop to read."""
        self.pipe.reading = False

    def resume(self) -> None:
        """Read again."""
        self.pipe.reading = True
        self.pipe.read()

    def reconnect(self) -> None:
        """Lose what was under way, and go on from what is known."""
        self.pipe.unread = b""
        self.wanted = Subscription(self.channel, self.viewer.epoch, self.viewer.offset)

    def forget(self) -> None:
        """Reload the page."""
        self.pipe.unread = b""
        self.viewer = Viewer()
        self.wanted = Subscription(self.channel)

    def serve(self, frames: SharedFrames) -> None:
        """Do what the hub does with a viewer in a tick."""
        if self.outbox.look(self.pipe.buffered_bytes(), 0.0) is Flow.OPEN:
            frame = self.wanted.take(frames, self.pipe.codec)
            if frame:
                self.pipe.send(frame)


class World:
    """A channel, its viewers and every state that ever was."""

    def __init__(self, tombstones_max: int) -> None:
        self.channel = StateChannel("things", {"a": _row, "b": _row}, epoch="e1", tombstones_max=tombstones_max)
        self.frames = SharedFrames()
        self.watchers = [Watcher(self.channel, number) for number in range(VIEWERS)]
        self.history = {0: self.state()}

    def state(self) -> State:
        """Return what the channel holds now."""
        return {table: {row[0]: row for row in rows} for table, rows in self.channel.snapshot().items()}

    def do(self, step: tuple[object, ...]) -> None:
        """Do one step of a random history."""
        match step:
            case ("put", str(table), int(key), value):
                self.channel.put(table, key, value)
            case ("remove", str(table), int(key)):
                self.channel.remove(table, key)
            case (str(action), int(number)):
                getattr(self.watchers[number], action)()
            case _:
                self.tick()

    def tick(self) -> None:
        """Advance, serve everybody, and look at what they see."""
        self.channel.advance()
        self.history[self.channel.offset] = self.state()
        self.frames.begin(0)
        for watcher in self.watchers:
            watcher.serve(self.frames)
            self.check(watcher)

    def check(self, watcher: Watcher) -> None:
        """Every state that a viewer sees is one that was, each later than the one before."""
        viewer = watcher.viewer
        before = viewer.offset
        for message in watcher.pipe.take():
            viewer.apply(message)
            assert viewer.in_step, "the hub never sends a gap"
            assert viewer.state == self.history[viewer.offset]
        assert viewer.offset >= before, "never backwards"


STEP = st.one_of(
    st.tuples(st.just("put"), st.sampled_from("ab"), st.integers(0, 5), st.integers(0, 99)),
    st.tuples(st.just("remove"), st.sampled_from("ab"), st.integers(0, 5)),
    st.just(("tick",)),
    st.just(("tick",)),
    st.tuples(st.sampled_from(["pause", "resume", "reconnect", "forget"]), st.integers(0, VIEWERS - 1)),
)


@settings(max_examples=300)
@given(st.lists(STEP, max_size=80), st.integers(0, 3))
def test_viewers_only_see_states_that_were_and_end_in_the_one_that_is(
    steps: list[tuple[object, ...]], tombstones_max: int
) -> None:
    world = World(tombstones_max)
    for step in steps:
        world.do(step)
    for watcher in world.watchers:
        watcher.resume()
    world.tick()
    world.tick()
    for watcher in world.watchers:
        assert (watcher.viewer.state, watcher.viewer.offset) == (world.state(), world.channel.offset)


def test_a_lagging_viewer_costs_one_frame_however_much_it_missed() -> None:
    world = World(tombstones_max=10)
    watcher = world.watchers[0]
    world.tick()
    watcher.pause()
    for value in range(100):
        world.do(("put", "a", 1, value))
        world.tick()
    assert watcher.pipe.writes == 2, "the snapshot, and the one frame that it has not read"
    watcher.resume()
    world.tick()
    assert watcher.pipe.writes == 3
    assert watcher.viewer.state == world.state()
