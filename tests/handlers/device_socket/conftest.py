"""A real hub for everything that happens on a device socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from arogya.embedded.postgres import EmbeddedPostgres
from tests.faults.rig.processes import HubProcess
from tests.handlers.device_socket.motion import Sensor, take_into_use, wear
from tests.protocol.rig.hub import OPTIONS, Served, Tablet, data, serve

HEARTBEAT_S = 1.0
MARKER = "XMARKERX"  # part of many inputs, and of nothing that the hub says
GROWTH_BYTES = 5_000_000


@pytest.fixture(scope="session")
def served(cluster: EmbeddedPostgres, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A hub process that all tests of this folder share."""
    yield from serve(cluster, template, tmp_path_factory.mktemp("device_socket"))


@pytest.fixture
async def tablet(served: Served) -> Tablet:
    """A tablet of its own for each test."""
    return await served.tablet()


@pytest.fixture(scope="session")
def motion_in_use(served: Served) -> None:
    """The hub has taken frames of motion before."""
    asyncio.run(take_into_use(served))


@pytest.fixture
async def sensor(served: Served, motion_in_use: None) -> Sensor:
    """A sensor of its own for each test."""
    return await wear(served)


@pytest.fixture(scope="session")
def other_hub(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A second, impatient hub on the same database."""
    ingest = {**OPTIONS["ingest"], "heartbeat_s": HEARTBEAT_S}
    log = tmp_path_factory.mktemp("other_hub") / "hub.log"
    process = HubProcess(served.dsn, log, options={**OPTIONS, "ingest": ingest})
    asyncio.run(process.start_ready())
    yield Served(process, served.dsn)
    asyncio.run(process.close())
    assert not process.complaints()


@pytest.fixture
async def the_hub_goes_on(served: Served, tablet: Tablet) -> AsyncIterator[None]:
    """What every bad input is followed by: it runs, said little, takes the next connection, and kept its size."""
    said, memory = len(served.process.words()), served.process.memory_bytes()
    yield
    assert served.process.alive()
    socket, stream, welcome = await tablet.join()
    acked = welcome["streams"][0]["acked"]
    socket.say(data(stream, acked + 1))
    assert (await socket.hear("ack"))["acks"] == [[stream, acked + 1]]
    await socket.say_goodbye()
    words = served.process.words()[said:]
    assert MARKER not in words
    assert "Traceback" not in words
    assert '"status":5' not in words
    assert sum("device_refused" in line for line in words.splitlines()) <= 1
    assert served.process.memory_bytes() - memory < GROWTH_BYTES
