"""Each benchmark runs for a moment, small: its figures mean nothing then, but its checks do."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from bench import connections, fanout, live, nats, offers
from bench.__main__ import BENCHMARKS, parse
from bench.broken import Broken
from bench.hub import HubUnderTest

MOMENT = ["--seconds", "0.5", "--warmup", "0.2"]


def test_live_times_every_position_and_finds_every_alarm(hub: HubUnderTest) -> None:
    options = parse(["live", *MOMENT, "--seconds", "2", "--tablets", "10", "--viewers", "3", "--alarms", "2"])
    figures = live.measure(hub, options)
    assert figures["lost"] == 0
    assert 0 < figures["seen_share"] <= 1
    assert 0 < figures["live_p50_ms"] <= figures["live_p99_ms"]
    assert figures["echo_p99_ms"] > 0
    assert figures["cpu_hub"] > 0


@pytest.mark.skipif(nats.find_program() is None, reason="there is no nats-server: make bench installs it")
def test_fanout_shows_the_same_updates_in_every_way(hub: HubUnderTest) -> None:
    figures = fanout.measure(hub, parse(["fanout", *MOMENT, "--ambulances", "100", "--viewers", "6"]))
    for name in ("ratio", "ratio_batched", "floor_ratio", "area_ratio", "updates_per_cpu_s_with_ingest"):
        assert figures[name] > 0
    assert figures["updates_per_write"] == pytest.approx(10, rel=0.5)
    assert 0.2 < figures["area_updates_per_write"] / figures["updates_per_write"] < 1
    assert figures["area_frames_per_write"] > 2


def test_connections_weighs_tablets_that_stay_connected(hub: HubUnderTest) -> None:
    figures = connections.measure(hub, parse(["connections", *MOMENT, "--tablets", "60"]))
    assert figures["connections"] == figures["bare_connections"] == 60
    assert figures["handshakes_per_s"] > 0
    assert figures["bare_handshakes_per_s"] > 0


@pytest.mark.parametrize("name", ["fanout", "connections"])
def test_what_must_stand_beside_the_hub_says_so_of_an_existing_server(name: str) -> None:
    elsewhere = HubUnderTest("http://127.0.0.1:1", "postgresql://127.0.0.1:1/none")
    with pytest.raises(Broken, match="--url"):
        BENCHMARKS[name].measure(elsewhere, parse([name]))


async def send_home(dsn: str) -> None:
    """Put the ambulances of other measurements out of service: they may be nearer, and nobody is in them any more."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("UPDATE ambulances SET status = 'out_of_service'")
    await connection.close()


def test_offers_times_every_call_until_a_tablet_is_asked(hub: HubUnderTest) -> None:
    asyncio.run(send_home(hub.dsn))
    options = parse(["offers", *MOMENT, "--seconds", "2", "--tablets", "12", "--viewers", "2", "--calls", "3"])
    figures = offers.measure(hub, options)
    assert figures["calls"] == 6
    assert 0 < figures["offer_p50_ms"] <= figures["offer_p99_ms"]
    assert figures["answer_p50_ms"] > 0
