"""What dispatch does by itself is done once, whichever hubs die, sleep or lose Redis while it is at it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from tests.faults.conftest import StartCluster
from tests.faults.rig.calls import Dispatcher
from tests.faults.rig.checker import wait_until
from tests.faults.rig.cluster import Cluster, Node
from tests.faults.rig.population import make_dispatcher
from tests.faults.rig.scene import Load
from tests.storage.world import Connection

TAKEN_OVER_S = 15.0  # some 4 s; the machine may be busy
OFFERED_S = 30.0
AUTOMATIC = {f"p{priority}_mode": "automatic" for priority in (1, 2, 3, 4)}
# Nobody answers in these tests: what runs out has to be seen soon, and nothing else to happen.
RULES: dict[str, dict[str, Any]] = {
    "dispatch": {**AUTOMATIC, "p2_offer_expires_s": 600.0, "p2_re_alert_s": 0.0, "undelivered_s": 600.0}
}


@pytest.fixture
async def watcher(fault_database: str) -> AsyncIterator[Connection]:
    """A connection that looks into the database."""
    connection = await asyncpg.connect(fault_database)
    yield connection
    await connection.close()


async def make_units(connection: Connection, count: int) -> None:
    """Add free units around the city, each seen just now."""
    await connection.execute(
        "INSERT INTO ambulances (plate_number, current_location, location_fix_at)"
        " SELECT 'U-' || n, point(73.85, 18.5 + n * 0.002), now() FROM generate_series(1, $1) AS n",
        count,
    )


async def leader_of(cluster: Cluster, connection: Connection) -> Node:
    """Return the node that runs the timers, once one does."""
    found: list[str] = []

    async def led() -> bool:
        found[:] = [
            str(row["holder"])
            for row in await connection.fetch("SELECT holder FROM leases WHERE expires_at > clock_timestamp()")
        ]
        return bool(found)

    await wait_until(led, TAKEN_OVER_S, "somebody leads")
    return next(node for node in cluster.nodes if node.name == found[0])


async def offers(connection: Connection) -> list[int]:
    """Return how many offers each call ever got."""
    rows = await connection.fetch(
        "SELECT count(a.id) AS offers FROM ambulance_requests r LEFT JOIN assignments a ON a.request_id = r.id"
        " GROUP BY r.id"
    )
    return [row["offers"] for row in rows]


async def all_offered(connection: Connection, calls: int) -> None:
    """Wait until every call has been offered to a unit."""

    async def done() -> bool:
        found = await offers(connection)
        return len(found) == calls and min(found) > 0

    await wait_until(done, OFFERED_S, "every call is offered")


async def unanswered_dispatcher(cluster: Cluster) -> Dispatcher:
    """Return somebody who takes calls and sends nobody."""
    return Dispatcher([hub.url for hub in cluster.hubs], await make_dispatcher(cluster.dsn))


@pytest.mark.timeout(180)
async def test_offers_are_made_once_while_the_hub_that_makes_them_is_killed_again_and_again(
    start_cluster: StartCluster, watcher: Connection, load: Load
) -> None:
    """F1 in the middle of offers."""
    kills, each = int(load.of(2, 10)), 6
    await make_units(watcher, kills * each + each)
    cluster = await start_cluster(2, options=RULES)
    dispatcher = await unanswered_dispatcher(cluster)
    for number in range(kills):
        leader = await leader_of(cluster, watcher)
        async with asyncio.TaskGroup() as tasks:
            for call in range(each):
                tasks.create_task(dispatcher.call(f"call {number}-{call}", 18.52))
            before = number * each

            async def begun(before: int = before) -> bool:
                return sum(await offers(watcher)) > before

            await wait_until(begun, OFFERED_S, "some are offered")
            await leader.hub.kill()
        await all_offered(watcher, (number + 1) * each)
        await leader.hub.start_ready()  # a hub that comes back waits for its turn, or takes what is free
    assert await offers(watcher) == [1] * (kills * each)
    assert await watcher.fetchval("SELECT count(*) FROM assignment_events") == kills * each
    assert await watcher.fetchval("SELECT count(*) FROM dispatch_decisions WHERE kind = 'offer'") == kills * each
    for hub in cluster.hubs:
        assert hub.complaints() == []


@pytest.mark.timeout(240)
async def test_a_hub_that_slept_runs_no_timer_that_another_one_has_taken_over(
    start_cluster: StartCluster, watcher: Connection, load: Load
) -> None:
    """F19: its lease is another's, and so is everything that became due meanwhile."""
    await make_units(watcher, 8)
    rules = {"dispatch": {**RULES["dispatch"], "p2_offer_expires_s": 5.0}}
    cluster = await start_cluster(2, options=rules)
    dispatcher = await unanswered_dispatcher(cluster)
    zombie = await leader_of(cluster, watcher)
    other = next(node for node in cluster.nodes if node is not zombie)
    dispatcher.urls = [other.hub.url]
    await dispatcher.call("before", 18.52)
    await all_offered(watcher, 1)
    zombie.hub.send(signal.SIGSTOP)
    await dispatcher.call("meanwhile", 18.52)
    assert await leader_of(cluster, watcher) is zombie  # until its lease runs out

    async def led_by_other() -> bool:
        return await leader_of(cluster, watcher) is other

    await wait_until(led_by_other, TAKEN_OVER_S, "the other one leads")
    await all_offered(watcher, 2)
    await asyncio.sleep(load.of(3, 60))
    zombie.hub.send(signal.SIGCONT)

    async def stepped_down() -> bool:
        return await zombie.hub.metric("hub_dispatch_leading") == 0

    await wait_until(stepped_down, TAKEN_OVER_S, "it knows that it has lost the work")
    assert await leader_of(cluster, watcher) is other
    assert "another hub does the work of one hub now" in zombie.hub.words()
    twice = await watcher.fetch(
        "SELECT assignment_id, status FROM assignment_events GROUP BY assignment_id, status HAVING count(*) > 1"
    )
    assert twice == []
    overlapping = await watcher.fetchval(
        "SELECT count(*) FROM assignments a JOIN assignments b ON a.request_id = b.request_id AND a.id <> b.id"
        " AND b.offered_at > a.offered_at AND b.offered_at < coalesce(a.expired_at, 'infinity')"
    )
    assert overlapping == 0  # an offer follows the end of the one before, and nobody asks two units at once
    for hub in cluster.hubs:
        assert hub.complaints() == []


@pytest.mark.timeout(120)
async def test_offers_are_made_while_redis_is_away_and_whichever_hub_takes_the_call(
    start_cluster: StartCluster, watcher: Connection
) -> None:
    """F10."""
    await make_units(watcher, 4)
    cluster = await start_cluster(2, options=RULES)
    dispatcher = await unanswered_dispatcher(cluster)
    await leader_of(cluster, watcher)
    await cluster.valkey.kill()
    for number, hub in enumerate(cluster.hubs):
        dispatcher.urls = [hub.url]
        await dispatcher.call(f"call {number}", 18.52)
    await all_offered(watcher, 2)
    assert await offers(watcher) == [1, 1]


@pytest.mark.timeout(120)
async def test_a_hub_that_stops_leaves_the_timers_to_another_one_at_once(
    start_cluster: StartCluster, watcher: Connection
) -> None:
    """F18."""
    await make_units(watcher, 2)
    cluster = await start_cluster(2, options=RULES)
    dispatcher = await unanswered_dispatcher(cluster)
    leader = await leader_of(cluster, watcher)
    leader.hub.send(signal.SIGTERM)
    await leader.hub.wait_ended(TAKEN_OVER_S)
    assert leader.hub.returncode == 0
    dispatcher.urls = [node.hub.url for node in cluster.nodes if node is not leader]
    await dispatcher.call("afterwards", 18.52)
    await all_offered(watcher, 1)
