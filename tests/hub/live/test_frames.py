"""One encode per encoding, cell and tick, whoever asks."""

from __future__ import annotations

import pytest

from hub.live.board import FleetBoard, LiveFix, Unit
from hub.live.frames import SharedFrames
from hub.live.subscription import StateSubscription
from hub.live.view import FULL, view_of
from hub.protocol.codec import JSON, MSGPACK, Codec
from hub.protocol.filter import Area, Filter
from hub.protocol.live_frames import FROM_LIVE, Delta, LiveMessage, Snapshot
from hub.protocol.viewer_frames import Subscribe
from tests.hub.live.viewer import split

CITY = Filter(area=Area(48.0, 11.0, 48.4, 11.9))
NO_CALL = [None] * 5  # what a viewer does not see of a unit: what it can do, and its call


class Floor:
    """A fleet of nine on a grid, and viewers of it."""

    def __init__(self) -> None:
        self.board = FleetBoard()
        self.frames = SharedFrames()
        for key in range(9):
            self.board.upsert_unit(Unit(key + 1, f"A-{key}", None, ("available", "offline")[key % 2]))
        self.move(0)
        self.tick()

    def move(self, fix_at: int) -> None:
        """Move everybody a little."""
        for key in range(9):
            self.board.move(key + 1, LiveFix(48.05 + key // 3 / 8, 11.1 + key % 3 / 4, 1.0, 2.0, 3.0, fix_at))

    def tick(self, now_us: int = 0) -> None:
        """Advance and forget the former frames."""
        self.board.channel.advance()
        self.frames.begin(now_us)

    def watch(self, filter: Filter | None = None, offset: int | None = None) -> StateSubscription:
        """Subscribe to the fleet."""
        epoch = None if offset is None else self.board.state.epoch
        return self.board.channel.watch(Subscribe("fleet", epoch, offset, filter), FULL)

    def encoded(self) -> dict[str, int]:
        """Return how many messages of each kind were encoded since the last time."""
        found = dict(self.frames.encoded)
        self.frames.encoded.clear()
        return found


def read(frames: bytes, codec: Codec = JSON) -> list[LiveMessage]:
    """Return the messages of a write."""
    return [
        codec.decode(payload if codec.binary else payload.decode(), FROM_LIVE, bytes_max=2**24)
        for _, payload in split(frames)
    ]


def test_all_viewers_of_a_tick_share_one_frame_per_encoding() -> None:
    floor = Floor()
    viewers = [(floor.watch(), codec) for codec in (JSON, MSGPACK) for _ in range(100)]
    assert len({id(viewer.take(floor.frames, codec)) for viewer, codec in viewers}) == 2
    assert floor.encoded() == {"snapshot": 2}
    floor.move(1)
    floor.tick()
    assert len({id(viewer.take(floor.frames, codec)) for viewer, codec in viewers}) == 2
    assert floor.encoded() == {"delta": 2}


def test_viewers_of_overlapping_areas_share_the_part_of_each_tile() -> None:
    floor = Floor()
    boxes = [Area(48.0, 11.0, 48.4, 11.9), Area(48.0, 11.05, 48.35, 11.9), Area(48.01, 11.0, 48.4, 11.85)]
    viewers = [(floor.watch(Filter(area=box)), codec) for codec in (JSON, MSGPACK) for box in boxes for _ in range(50)]
    assert floor.board.state.partitions == 2
    for viewer, codec in viewers:
        viewer.take(floor.frames, codec)
    feed = viewers[0][0]._feed
    assert feed is not None
    cells = len(feed.partition)
    snapshots = floor.encoded()
    assert snapshots["part"] <= 2 * cells
    assert snapshots["snapshot"] == 2, "the closing message is shared too"
    floor.move(1)
    floor.tick()
    writes = [viewer.take(floor.frames, codec) for viewer, codec in viewers]
    assert floor.encoded() == {"part": snapshots["part"], "delta": 2}
    assert all(write.endswith(writes[0][-40:]) for write in writes[:150])


def test_the_viewers_of_one_status_share_their_frame_and_no_other() -> None:
    floor = Floor()
    free = [floor.watch(Filter(status=("available",))) for _ in range(10)]
    away = [floor.watch(Filter(status=("offline",))) for _ in range(10)]
    assert len({id(viewer.take(floor.frames, JSON)) for viewer in (*free, *away)}) == 2
    assert floor.encoded() == {"snapshot": 2}


def test_a_view_has_frames_of_its_own() -> None:
    floor = Floor()
    patient = view_of(frozenset({"plate_number", "current_location"}))
    viewers = [floor.board.channel.watch(Subscribe("ambulance:1"), view) for view in (FULL, FULL, patient, patient)]
    assert len({viewer.take(floor.frames, JSON) for viewer in viewers}) == 2
    assert floor.encoded() == {"snapshot": 2}


def test_laggards_of_the_same_offset_share_their_frame_too() -> None:
    for wanted in (None, CITY):
        floor = Floor()
        keeping = floor.watch(wanted)
        floor.move(1)
        floor.tick()
        laggards = [floor.watch(wanted, 1) for _ in range(10)]
        assert len({viewer.take(floor.frames, JSON) for viewer in laggards}) == 1
        assert floor.encoded()["delta"] == 1
        keeping.end()


def test_a_frame_says_the_time_of_its_own_tick() -> None:
    floor = Floor()
    for now_us in (5, 6):
        floor.tick(now_us)
        (message,) = read(floor.watch().take(floor.frames, JSON))
        assert isinstance(message, Snapshot) and message.server_time == now_us


@pytest.mark.parametrize("wanted", [None, CITY, Filter(ids=(1,))])
def test_a_viewer_that_missed_nothing_is_told_so_once(wanted: Filter | None) -> None:
    floor = Floor()
    keeping = floor.watch(wanted)
    viewer = floor.watch(wanted, 1)
    assert read(viewer.take(floor.frames, JSON)) == [Delta("fleet", floor.board.state.epoch, 1, 1, 0)]
    assert viewer.take(floor.frames, JSON) == b""
    keeping.end()


def test_a_viewer_whose_cells_did_not_change_is_not_written_to_and_its_next_delta_still_fits() -> None:
    for wanted in (Filter(ids=(1, 2)), Filter(ids=(1,))):
        floor = Floor()
        viewer = floor.watch(wanted)
        assert viewer.take(floor.frames, JSON)
        for fix_at in range(1, 4):
            floor.board.move(5, LiveFix(1.0, 1.0, 1.0, 1.0, 1.0, fix_at))
            floor.tick()
            assert viewer.take(floor.frames, JSON) == b""
        floor.board.move(1, LiveFix(1.0, 1.0, 1.0, 1.0, 1.0, 9))
        floor.tick()
        *_, delta = read(viewer.take(floor.frames, JSON))
        assert isinstance(delta, Delta) and (delta.base, delta.offset) == (1, 5)


def test_a_viewer_who_was_told_less_shares_no_delta_that_would_leave_it_a_gap() -> None:
    for wanted in (Filter(ids=(1, 2)), Filter(ids=(1,))):
        floor = Floor()
        early = floor.watch(wanted)
        early.take(floor.frames, JSON)
        floor.board.move(5, LiveFix(1.0, 1.0, 1.0, 1.0, 1.0, 1))
        floor.tick()
        late = floor.watch(wanted)
        assert (early.take(floor.frames, JSON), bool(late.take(floor.frames, JSON))) == (b"", True)
        floor.board.move(1, LiveFix(1.0, 1.0, 1.0, 1.0, 1.0, 9))
        floor.tick()
        bases = []
        for viewer in (late, early):
            *_, delta = read(viewer.take(floor.frames, JSON))
            assert isinstance(delta, Delta)
            bases.append(delta.base)
        assert bases == [2, 1]


def test_a_viewer_who_may_not_see_a_position_does_not_hear_that_it_changed() -> None:
    floor = Floor()
    viewer = floor.board.channel.watch(Subscribe("ambulance:1"), view_of(frozenset({"status"})))
    (snapshot,) = read(viewer.take(floor.frames, JSON))
    assert isinstance(snapshot, Snapshot)
    assert snapshot.set == {"units": [[1, None, None, "available", *NO_CALL]], "fixes": []}
    floor.move(1)
    floor.tick()
    assert viewer.take(floor.frames, JSON) == b""
    floor.board.upsert_unit(Unit(1, "A-0", "somebody", "offline"))
    floor.tick()
    (delta,) = read(viewer.take(floor.frames, JSON))
    assert isinstance(delta, Delta) and delta.set == {"units": [[1, None, None, "offline", *NO_CALL]]}
    floor.board.remove_unit(1)
    floor.tick()
    (delta,) = read(viewer.take(floor.frames, JSON))
    assert isinstance(delta, Delta) and delta.removed == {"units": [1]}


def test_nothing_of_a_tick_is_kept_for_the_next() -> None:
    floor = Floor()
    for wanted in (None, CITY):
        floor.watch(wanted).take(floor.frames, JSON)
    assert len(floor.frames) > 0
    floor.tick()
    assert len(floor.frames) == 0
