"""The law as viewers live it: they lag, reconnect, change filters and forget, and never see a picture that was not."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.live.area import cover, grid
from hub.live.board import FleetBoard, LiveFix, Unit
from hub.live.channel import Subscription
from hub.live.frames import SharedFrames
from hub.live.outbox import Outbox
from hub.live.view import FULL, View, view_of
from hub.protocol.codec import JSON, MSGPACK
from hub.protocol.filter import Area, Filter
from hub.protocol.viewer_frames import Subscribe
from tests.hub.live.viewer import Pipe, State, Viewer

STATUSES = ("available", "en_route", "offline")
PLACES = ((48.1, 11.5), (48.2, 11.5), (48.3, 11.9), (0.0, 180.0), (0.1, -179.9), (-0.1, 179.9), (90.0, 0.0))
ONE, TWO = Area(48.0, 11.0, 48.15, 11.6), Area(48.15, 11.0, 48.5, 12.0)
SEEN: list[tuple[str, Filter | None, View]] = [
    ("fleet", None, FULL),
    ("fleet", Filter(status=("available",)), FULL),
    ("fleet", Filter(status=("en_route", "offline")), FULL),
    ("fleet", Filter(ids=(1, 3)), FULL),
    ("fleet", Filter(area=ONE), FULL),
    ("fleet", Filter(area=TWO), FULL),
    ("fleet", Filter(area=Area(-1.0, 179.0, 1.0, -179.0)), FULL),
    ("fleet", Filter(area=Area(-90.0, -180.0, 90.0, 180.0)), FULL),
    ("fleet", Filter(area=TWO, status=("available", "offline")), FULL),
    ("fleet", Filter(area=ONE, ids=(1, 2), status=("available",)), FULL),
    ("fleet", Filter(ids=(2,)), FULL),
    ("ambulance:2", None, FULL),
    ("ambulance:2", None, view_of(frozenset({"plate_number", "current_location", "eta"}))),
    ("ambulance:2", None, view_of(frozenset({"status", "eta"}))),
]
VIEWERS = 4


def picture(whole: State, channel: str, wanted: Filter | None, view: View) -> State:
    """Return what a viewer should see of a whole fleet, worked out row by row."""
    ids = {int(channel.partition(":")[2])} if channel != "fleet" else None
    kept = [key for key in whole["units"] if _holds(whole, key, ids, wanted)]
    shown = view.rows({table: [rows[key] for key in kept if key in rows] for table, rows in whole.items()})
    return {table: {row[0]: row for row in rows} for table, rows in shown.items()}


def _holds(whole: State, key: object, ids: set[int] | None, wanted: Filter | None) -> bool:
    if ids is not None:
        return key in ids
    if wanted is None:
        return True
    unit, fix = whole["units"][key], whole["fixes"].get(key)
    if wanted.status is not None and unit[3] not in wanted.status:
        return False
    if wanted.ids is not None and key not in wanted.ids:
        return False
    if wanted.area is None:
        return True
    level, tiles = cover(wanted.area)
    return fix is not None and grid(level).tile(float(str(fix[1])), float(str(fix[2]))) in tiles


class Watcher:
    """One viewer with its socket, and what the hub keeps for it."""

    def __init__(self, board: FleetBoard, number: int) -> None:
        self.board = board
        self.pipe = Pipe(MSGPACK if number % 2 else JSON)
        self.viewer = Viewer()
        self.outbox = Outbox(slow_s=1e9, now_s=0.0)
        self.seen = SEEN[0]
        self.subscription = self._watch()

    def _watch(self) -> Subscription:
        channel, wanted, view = self.seen
        offset = self.viewer.offset if self.viewer.epoch else None
        return self.board.channel.watch(Subscribe(channel, self.viewer.epoch, offset, wanted), view)

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
        self.pipe.take()
        self.viewer.parts.clear()
        self.subscription.end()
        self.subscription = self._watch()

    def forget(self) -> None:
        """Reload the page."""
        self.viewer = Viewer()
        self.reconnect()

    def choose(self, place: int) -> None:
        """Watch something else, from the start."""
        self.seen = SEEN[place]
        self.forget()

    def serve(self, frames: SharedFrames) -> None:
        """Do what the hub does with a viewer in a tick."""
        if self.outbox.open(self.pipe.buffered_bytes()):
            frame = self.subscription.take(frames, self.pipe.codec)
            if frame:
                self.pipe.send(frame)


class World:
    """A fleet, its viewers and every state that ever was."""

    def __init__(self, tombstones_max: int) -> None:
        self.board = FleetBoard(tombstones_max=tombstones_max)
        self.frames = SharedFrames()
        self.clock = 0
        self.watchers = [Watcher(self.board, number) for number in range(VIEWERS)]
        self.history = {0: self.state()}

    def state(self) -> State:
        """Return what the whole holds now."""
        return {table: {row[0]: row for row in rows} for table, rows in self.board.state.whole.snapshot(()).items()}

    def do(self, step: tuple[object, ...]) -> None:
        """Do one step of a random history."""
        self.clock += 1
        match step:
            case ("unit", int(key), str(status)):
                self.board.upsert_unit(Unit(key, f"A-{key}", f"driver {self.clock}", status))
            case ("move", int(key), int(place)):
                self.board.move(key, LiveFix(*PLACES[place], 1.0, 2.0, 3.0, self.clock))
            case ("remove", int(key)):
                self.board.remove_unit(key)
            case ("choose", int(number), int(place)):
                self.watchers[number].choose(place)
            case (str(action), int(number)):
                getattr(self.watchers[number], action)()
            case _:
                self.tick()

    def tick(self) -> None:
        """Advance, serve everybody, and look at what they see."""
        self.board.channel.advance()
        self.history[self.board.state.offset] = self.state()
        self.frames.begin(0)
        for watcher in self.watchers:
            watcher.serve(self.frames)
            self.check(watcher)

    def check(self, watcher: Watcher) -> None:
        """Every picture that a viewer sees is one that was, each later than the one before."""
        viewer = watcher.viewer
        before = viewer.offset
        for message in watcher.pipe.take():
            viewer.apply(message)
            if viewer.parts:
                continue
            assert viewer.in_step, "the hub never sends a gap"
            assert viewer.state == picture(self.history[viewer.offset], *watcher.seen)
        assert not viewer.parts, "parts come with the message that they belong to"
        assert viewer.offset >= before, "never backwards"


KEY = st.integers(1, 4)
VIEWER = st.integers(0, VIEWERS - 1)
STEP = st.one_of(
    st.tuples(st.just("unit"), KEY, st.sampled_from(STATUSES)),
    st.tuples(st.just("move"), KEY, st.integers(0, len(PLACES) - 1)),
    st.tuples(st.just("move"), KEY, st.integers(0, len(PLACES) - 1)),
    st.tuples(st.just("remove"), KEY),
    st.just(("tick",)),
    st.just(("tick",)),
    st.tuples(st.sampled_from(["pause", "resume", "reconnect", "forget"]), VIEWER),
    st.tuples(st.just("choose"), VIEWER, st.integers(0, len(SEEN) - 1)),
)
LIFE = st.lists(STEP, min_size=25, max_size=100)  # about 50 steps: a short life sees no viewer lag and come back
CHOICES = st.lists(st.integers(0, len(SEEN) - 1), min_size=VIEWERS, max_size=VIEWERS)


@settings(max_examples=150, deadline=None)
@given(CHOICES, LIFE, st.integers(0, 4))
def test_viewers_only_see_pictures_that_were_and_end_in_the_one_that_is(
    choices: list[int], steps: list[tuple[object, ...]], tombstones_max: int
) -> None:
    world = World(tombstones_max)
    for watcher, place in zip(world.watchers, choices, strict=True):
        watcher.choose(place)
    for step in steps:
        world.do(step)
    for watcher in world.watchers:
        watcher.resume()
    world.tick()
    world.tick()
    for watcher in world.watchers:
        assert watcher.viewer.state == picture(world.state(), *watcher.seen)
        watcher.subscription.end()
    assert world.board.state.partitions == 1, "only the whole is kept while nobody watches"
    assert world.board.state.whole.viewers == 1


@settings(max_examples=40, deadline=None)
@given(LIFE)
def test_every_way_to_see_the_fleet_is_right_at_once(steps: list[tuple[object, ...]]) -> None:
    world = World(tombstones_max=1_000)
    world.watchers = [Watcher(world.board, number) for number in range(len(SEEN))]
    for place, watcher in enumerate(world.watchers):
        watcher.choose(place)
    for step in steps:
        world.do(step)
    for watcher in world.watchers:
        watcher.resume()
    world.tick()
    for watcher in world.watchers:
        assert watcher.viewer.state == picture(world.state(), *watcher.seen)


def test_a_lagging_viewer_costs_one_frame_however_much_it_missed() -> None:
    for place in range(len(SEEN)):
        world = World(tombstones_max=10)
        watcher = world.watchers[0]
        for key in range(1, 5):
            world.do(("unit", key, "available"))
            world.do(("move", key, key % 2))
        watcher.choose(place)
        world.tick()
        watcher.pause()
        for number in range(100):
            world.do(("unit", number % 4 + 1, "available"))
            world.tick()
        assert watcher.pipe.writes <= 2, "the snapshot, and one write that it has not read"
        watcher.resume()
        world.tick()
        assert watcher.pipe.writes <= 3
        assert watcher.viewer.state == picture(world.state(), *watcher.seen)
