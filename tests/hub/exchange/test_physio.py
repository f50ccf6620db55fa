"""Physio sessions that are measured on one hub and watched on another: the same picture, also when hubs die."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import msgpack
import numpy as np
import pytest

from arogya.embedded.valkey import EmbeddedValkey
from hub.bus.memory import Ether, MemoryBus
from hub.bus.relay import RedisBus
from hub.exchange.payload import NotUnderstood, pack, unpack
from hub.exchange.physio_payload import pack_news, pack_watching, unpack_news, unpack_watching
from hub.live.physio_news import JointNews, News
from hub.motion.decimate import Points
from storage.motion_live import Counted
from tests.hub.live.physio_room import INTERVAL_US, KNEE, Room, Wearer, Witness, claim, rooms, squats, until
from tests.hub.motion.ward import Ward
from tests.hub.motion.ward import ward as ward_of
from tests.storage.world import Connection

NEWS = News(
    (
        JointNews(KNEE, 1_790_000_000_000_000, 12.5, "out", 13.0, 0.25, Points([1, 2], [3.0, 4.0])),
        JointNews("neck_flexion", 1_790_000_000_000_000, 1.0, "rest", None, 0.0, Points([], [])),
    ),
    (Counted(KNEE, 3, 1, 2, 3, 90.0, 80.0, 0.5, 1.0, 2.0, None, True),),
)


def test_what_is_said_is_what_was_heard() -> None:
    sessions = [UUID(int=number) for number in range(3)]
    assert unpack_watching(unpack(pack_watching(sessions)).watching) == sessions
    assert unpack_news(unpack(pack_news([(sessions[1], NEWS)])).physio) == [(sessions[1], NEWS)]
    said = unpack(pack([], [], []))
    assert (list(said.watching), list(said.physio)) == ([], [])


@pytest.mark.parametrize(
    "rows",
    [
        [b"short"],
        ["text"],
        [[UUID(int=1).bytes, [["no_such_joint", 1, 1.0, "out", None, 0.0, [], []]], []]],
        [[UUID(int=1).bytes, [[KNEE, 1, 1.0, "out", None, 0.0, [1], []]], []]],
        [[UUID(int=1).bytes, [], [[KNEE, 1]]]],
        [7],
    ],
    ids=["short", "text", "joint", "ragged", "cut", "number"],
)
def test_what_is_not_understood_is_said_so(rows: list[object]) -> None:
    with pytest.raises(NotUnderstood):
        unpack_news(unpack(msgpack.packb({"p": rows})).physio)


@pytest.fixture
async def ward(superuser: Connection) -> Ward:
    return await ward_of(superuser)


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    server = EmbeddedValkey(tmp_path / "valkey")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def ether() -> Ether:
    return Ether()


@pytest.fixture
async def two(database: str, ether: Ether) -> AsyncIterator[list[Room]]:
    async with rooms(database, MemoryBus("one", ether), MemoryBus("two", ether)) as both:
        yield both


async def asked(room: Room) -> None:
    """Wait until a hub knows that somebody watches elsewhere."""
    await until(lambda: len(room.relay) == 1)


async def test_what_happens_on_one_hub_is_seen_on_the_other(two: list[Room], ward: Ward) -> None:
    await seen_on_both(two[0], two[1], ward)


async def test_the_same_over_redis(database: str, ward: Ward, valkey: EmbeddedValkey) -> None:
    buses = (RedisBus(name, f"unix://{valkey.socket_path}", "secret") for name in ("one", "two"))
    async with rooms(database, *buses) as (one, other):
        await seen_on_both(one, other, ward)


async def seen_on_both(one: Room, other: Room, ward: Ward) -> None:
    """Watch a session on two hubs that is measured on one."""
    session_id = await ward.begun(target_angle=90.0)
    sensor = Wearer(one.intake, ward)
    await sensor.join(claim(session_id))
    far = await other.watch(session_id, "PT", ward.patient_id)
    near = await one.watch(session_id, "DR", ward.therapist_id)
    await asked(one)
    await sensor.move(squats(2))
    await until(lambda: far.numbers == near.numbers == [1, 2])
    assert far.joint[5:8] == near.joint[5:8] == [2, 2, "rest"]
    assert far.points > 20


async def test_nothing_is_said_of_what_nobody_watches_elsewhere(two: list[Room], ward: Ward) -> None:
    one, other = two
    session_id = await ward.begun()
    sensor = Wearer(one.intake, ward)
    await sensor.join(claim(session_id))
    watching = await one.watch(session_id, "PT", ward.patient_id)
    await sensor.move(squats(1))
    await until(lambda: watching.numbers == [1])
    assert len(one.relay) == 0
    far = await other.watch(session_id, "DR", ward.therapist_id)
    await asked(one)
    other.live.end(far.session, ConnectionError())
    far.session.drop_all()
    await until(lambda: len(one.relay) == 0, 8.0)
    assert len(one.intake.motion._taps[session_id]) == 1


async def shows(watching: Witness, angle: float) -> None:
    """Wait until the newest angle is this one."""
    await until(lambda: watching.rows("joints") and watching.joint[9] == angle)


async def test_a_sensor_that_comes_back_on_another_hub_is_seen_from_there(two: list[Room], ward: Ward) -> None:
    one, other = two
    session_id = await ward.begun(target_angle=90.0)
    log = claim(session_id)
    watching = await other.watch(session_id, "PT", ward.patient_id)
    sensor = Wearer(one.intake, ward)
    await sensor.join(log)
    await asked(one)
    await sensor.move(squats(1))
    await until(lambda: watching.numbers == [1])
    await sensor.acked(sensor.seq - 1)
    sensor.gone()
    here = Wearer(other.intake, ward)
    await here.join(log)
    await here.move(squats(1))
    await until(lambda: watching.numbers == [1, 2])
    await here.acked(here.seq - 1)
    here.gone()
    back = Wearer(one.intake, ward)
    await back.join(log)
    await back.move(np.full((1, 10), 33.0, np.float32))
    await shows(watching, 33.0)
    assert watching.numbers == [1, 2]


async def test_what_the_bus_does_not_carry_is_read_within_seconds(two: list[Room], ward: Ward, ether: Ether) -> None:
    one, other = two
    session_id = await ward.begun(target_angle=90.0)
    sensor = Wearer(one.intake, ward)
    await sensor.join(claim(session_id))
    watching = await other.watch(session_id, "PT", ward.patient_id)
    await asked(one)
    ether.cut("two")
    await sensor.move(squats(2))
    await until(lambda: watching.numbers == [1, 2], 5.0)
    await until(lambda: watching.points > 20, 5.0)


async def test_a_lost_message_is_made_up_for(two: list[Room], ward: Ward, ether: Ether) -> None:
    one, other = two
    session_id = await ward.begun(target_angle=90.0)
    sensor = Wearer(one.intake, ward)
    await sensor.join(claim(session_id))
    watching = await other.watch(session_id, "PT", ward.patient_id)
    await asked(one)
    angles, began = squats(2), time.time_ns() // 1_000 - 7_000_000
    for start in range(0, angles.shape[1], 50):
        ether.lose_one("one")
        await sensor.move(angles[:, start : start + 50], began=began + start * INTERVAL_US)
    await until(lambda: watching.numbers == [1, 2], 6.0)


async def test_a_hub_that_is_gone_is_told_nothing_more(two: list[Room], ward: Ward) -> None:
    one, other = two
    session_id = await ward.begun()
    await other.watch(session_id, "PT", ward.patient_id)
    await asked(one)
    one.relay.gone("two")
    assert len(one.relay) == 0
    assert session_id not in one.intake.motion._taps
    assert uuid4() not in one.intake.motion._taps
