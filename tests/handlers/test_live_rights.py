"""Who sees which ambulance live, with which fields, and that it ends when the right does: over real sockets."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from hub.access import tokens
from hub.live.board import Unit
from hub.protocol.hub_frames import Error
from hub.protocol.live_frames import Delta, LiveMessage, Snapshot
from tests.handlers.floor import Floor, ask, close_code, hear, until
from tests.handlers.world import PEOPLE

AMBULANCES = ("live", "free", "cleared", "elsewhere")
ALL = set(AMBULANCES)
# Which ambulances each of them may watch; an assignment that was only offered, or is over, shows nothing.
SEEN: dict[str, set[str]] = {
    "PT": {"live"},
    "PT closed": set(),
    "DR": {"live"},
    "DR elsewhere": {"elsewhere"},
    "RC": {"live"},
    "RC elsewhere": {"elsewhere"},
    "SA": {"live"},
    "DP": ALL,
    "SV": ALL,
    "AD": ALL,
    "TB": {"live"},
}
FULL = ("MARK-LIVE", "somebody", "available", "advanced", "a call", "en_route", 1, 99)
# What they see of the unit beside its id, and whether of the position.
FIELDS = {
    "PT": (("MARK-LIVE", *[None] * 6, 99), True),
    **dict.fromkeys(("DR", "RC", "SA"), ((None, None, "available", *[None] * 4, 99), False)),
    **dict.fromkeys(("DP", "SV", "AD", "TB"), (FULL, True)),
}


def gone(message: LiveMessage) -> bool:
    """Tell whether a message is the answer to a channel that is not there, and only to that."""
    return isinstance(message, Error) and (message.code, message.detail) == ("not_found", "there is no such channel")


def test_everybody_is_asked() -> None:
    assert set(SEEN) == {*PEOPLE, "TB"}


@pytest.mark.parametrize("name", SEEN)
async def test_each_sees_exactly_the_ambulances_that_the_matrix_lets_them(floor: Floor, name: str) -> None:
    async with floor.viewer(name) as ws:
        seen, refusals = set(), set()
        for ambulance in (*AMBULANCES, "missing"):
            await ask(ws, channel=f"ambulance:{floor.world.ambulances.get(ambulance, 999)}")
            answer = await hear(ws)
            if isinstance(answer, Snapshot):
                seen.add(ambulance)
            else:
                assert isinstance(answer, Error) and gone(answer)
                refusals.add((answer.code, answer.detail))
        assert seen == SEEN[name]
        assert len(refusals) == (seen != {*AMBULANCES, "missing"}), "missing and foreign are the same answer"


@pytest.mark.parametrize("name", FIELDS)
async def test_each_sees_only_the_fields_that_are_theirs(floor: Floor, name: str) -> None:
    key = floor.world.ambulances["live"]
    floor.board.upsert_unit(Unit(key, *FULL))
    floor.move(17, key)
    unit, position = FIELDS[name]
    async with floor.viewer(name, channel=f"ambulance:{key}") as ws:
        snapshot = await hear(ws)
        assert isinstance(snapshot, Snapshot)
        assert snapshot.set["units"] == [[key, *unit]]
        assert snapshot.set["fixes"] == ([[key, 48, 11, 1, 2, 3, 17, None]] if position else [])
        floor.move(18, key)
        await until(lambda: floor.board.state.offset > snapshot.offset)
        floor.board.upsert_unit(Unit(key, *FULL)._replace(status="on_scene", eta_at=None))
        changes: list[Delta] = []
        while not any(change.set.get("units") for change in changes):
            delta = await hear(ws)
            assert isinstance(delta, Delta)
            changes.append(delta)
        assert any(change.set.get("fixes") for change in changes) == position


@pytest.mark.parametrize("name", ["PT", "DR", "RC", "SA"])
async def test_a_right_ends_with_the_assignment_within_two_seconds_and_the_connection_goes_on(
    floor: Floor, name: str
) -> None:
    key = floor.world.ambulances["live"]
    async with floor.viewer(name, channel=f"ambulance:{key}") as ws:
        assert isinstance(await hear(ws), Snapshot)
        await floor.execute("UPDATE assignments SET status = 'cancelled', cancelled_at = now() + interval '1 s'")
        async with asyncio.timeout(2.0):
            ended = await hear(ws)
        assert isinstance(ended, Error) and gone(ended) and ended.channel == f"ambulance:{key}"
        assert floor.board.state.partitions == 1
        floor.move(99, key)
        await ask(ws, channel=f"ambulance:{key}")
        assert gone(await hear(ws)), "and nothing more of it came before"


async def test_a_doctor_who_leaves_the_facility_sees_what_is_on_its_way_there_no_longer(floor: Floor) -> None:
    async with floor.viewer("DR", channel=f"ambulance:{floor.world.ambulances['live']}") as ws:
        assert isinstance(await hear(ws), Snapshot)
        await floor.execute("DELETE FROM doctor_facilities WHERE doctor_id = $1", floor.world.users["DR"])
        async with asyncio.timeout(2.0):
            assert gone(await hear(ws))


async def test_who_keeps_the_right_keeps_the_channel(floor: Floor) -> None:
    key = floor.world.ambulances["live"]
    async with floor.viewer("PT", channel=f"ambulance:{key}") as ws, floor.viewer("SV", channel="fleet") as other:
        assert isinstance(await hear(ws), Snapshot)
        assert isinstance(await hear(other), Snapshot)
        for _ in range(3):
            await floor.changes.rights.check()
        floor.move(5, key)
        assert isinstance(await hear(ws), Delta)


async def test_a_tablet_watches_its_own_ambulance_until_its_secret_is_withdrawn(floor: Floor) -> None:
    key, device_id = floor.world.ambulances["live"], floor.world.devices["TB"]
    async with floor.viewer("TB", channel=f"ambulance:{key}") as ws:
        assert isinstance(await hear(ws), Snapshot)
        floor.changes.heard("device", str(device_id))
        await floor.changes._apply("device", str(device_id))
        floor.move(5, key)
        assert isinstance(await hear(ws), Delta), "nothing had changed"
        await floor.execute("UPDATE device_secrets SET revoked_at = now() WHERE device_id = $1", device_id)
        await floor.changes._apply("device", str(device_id))
        assert await close_code(ws) == 4504
    assert await floor.refusal(name="TB") == 401


async def test_a_tablet_that_is_mounted_elsewhere_starts_anew(floor: Floor) -> None:
    world = floor.world
    async with floor.viewer("TB", channel=f"ambulance:{world.ambulances['live']}") as ws:
        assert isinstance(await hear(ws), Snapshot)
        await floor.execute(
            "UPDATE devices SET ambulance_id = $2 WHERE id = $1", world.devices["TB"], world.ambulances["free"]
        )
        await floor.changes._apply("device", str(world.devices["TB"]))
        assert await close_code(ws) == 4005
    async with floor.viewer("TB", channel=f"ambulance:{world.ambulances['free']}") as ws:
        assert isinstance(await hear(ws), Snapshot)


async def test_a_tablets_secret_that_runs_out_ends_its_connection_without_a_word_from_the_database(
    floor: Floor,
) -> None:
    async with floor.viewer("TB") as ws:
        soon = datetime.now(UTC) + timedelta(seconds=1)
        secret = tokens.digest(floor.world.tokens["TB"])
        await floor.execute("UPDATE device_secrets SET expires_at = $2 WHERE hash = $1", secret, soon)
        await floor.changes._apply("device", str(floor.world.devices["TB"]))
        assert await close_code(ws) == 4504
        assert datetime.now(UTC) >= soon


async def test_a_physio_device_has_no_place_here(floor: Floor) -> None:
    assert await floor.refusal(name="PX") == 403


async def test_while_the_database_is_away_those_who_have_to_be_judged_are_told_so(floor: Floor) -> None:
    key = floor.world.ambulances["live"]
    async with floor.viewer("PT") as ws, floor.viewer("SV", channel=f"ambulance:{key}") as other:
        assert isinstance(await hear(other), Snapshot)
        await floor.reader.close()
        await ask(ws, channel=f"ambulance:{key}")
        answer = await hear(ws)
        assert isinstance(answer, Error) and (answer.code, answer.channel) == (
            "storage_unavailable",
            f"ambulance:{key}",
        )
        floor.move(5, key)
        assert isinstance(await hear(other), Delta)
