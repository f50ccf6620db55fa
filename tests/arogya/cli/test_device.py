"""`arogya device` and `arogya simulate` against a real hub, and the client libraries with what they hand out."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from arogya.cli.demo_data import PASSWORD
from arogya.client import Command, DeviceClient, Fix, LiveClient, sign_in
from arogya.client.hooks import Hooks
from tests.arogya.client.tiny_hub import until
from tests.system.processes import COMMAND, Run, arogya, query

pytestmark = pytest.mark.timeout(120)

DISPATCHER = "dispatcher@arogya.example"


def device(demo: Run, *words: str) -> subprocess.CompletedProcess[str]:
    return arogya("device", *words, "--state", str(demo.state))


def added(demo: Run, *words: str) -> list[dict[str, Any]]:
    done = device(demo, "add", *words, "--json")
    assert done.returncode == 0, done.stderr
    result: list[dict[str, Any]] = json.loads(done.stdout)
    return result


def fix(number: int) -> Fix:
    return Fix(time.time_ns() // 1_000, 18.5 + number / 1e4, 73.85)


def test_a_device_added_with_a_secret_can_send_until_it_is_revoked(demo: Run) -> None:
    (made,) = added(demo, "--plate", "D-1", "--new-ambulance", "--secret")

    async def send() -> int | None:
        async with DeviceClient(demo.url, made["secret"]) as client:
            await client.send(fix(1))
            await client.drained(10)
            done = await asyncio.to_thread(device, demo, "revoke", str(made["id"]))
            assert done.returncode == 0, done.stderr
            await until(lambda: client.last_ending is not None, 5)
            assert client.last_ending is not None
            return client.last_ending.close_code

    assert asyncio.run(send()) == 4504
    assert device(demo, "revoke", str(made["id"])).returncode == 1
    assert f"{made['id']}  tablet  D-1" in " ".join(device(demo, "list").stdout.split("\n")).replace("   ", "  ")


def test_a_tracker_gets_a_link_that_it_can_post_to(demo: Run) -> None:
    (made,) = added(demo, "--plate", "D-9", "--new-ambulance", "--protocol", "traccar")
    assert made["setup_link"].startswith(f"{demo.url}/track/")
    path = made["setup_link"].partition("/track/")[2].partition("?")[0]
    (again,) = json.loads(device(demo, "rotate", str(made["id"]), "--json").stdout)

    async def post() -> list[int]:
        paths = (path, again["setup_link"].partition("/track/")[2].partition("?")[0], path[::-1])
        params = {"lat": "18.5", "lon": "73.85", "timestamp": str(int(time.time()))}
        async with aiohttp.ClientSession() as http:
            return [(await http.post(f"{demo.url}/track/{each}", params=params)).status for each in paths]

    assert asyncio.run(post()) == [200, 200, 404]
    listed = device(demo, "list").stdout
    assert next(line.split()[1] for line in listed.splitlines() if "D-9" in line) == "traccar"
    shown = device(demo, "add", "--plate", "D-9", "--protocol", "owntracks")
    assert "owntracks:///config?inline=" in shown.stdout
    assert device(demo, "add", "--kind", "physio", "--protocol", "traccar").returncode == 2


def test_a_sensor_says_which_angle_it_sends(demo: Run) -> None:
    added(demo, "--kind", "physio", "--name", "Knee", "--included-angle")
    assert query(demo.entry().dsn, "SELECT included_angle FROM physio_devices ORDER BY id DESC LIMIT 1") is True
    assert device(demo, "add", "--plate", "D-9", "--included-angle").returncode == 2


def test_the_list_says_when_nobody_can_tell_who_is_connected(demo: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    added(demo, "--plate", "D-6", "--new-ambulance")
    monkeypatch.setenv("AROGYA_NODES__REDIS_URL", "redis://127.0.0.1:1")
    listed = device(demo, "list")
    assert (listed.returncode, listed.stdout.splitlines()[-1].split()[-1]) == (0, "?")
    assert "redis://127.0.0.1:1 does not answer" in listed.stderr


def test_a_tablet_is_asked_to_report_more_often_and_answers(demo: Run) -> None:
    (made,) = added(demo, "--plate", "D-8", "--new-ambulance", "--secret")
    asked: list[Command] = []

    async def note(command: Command) -> None:
        asked.append(command)

    async def listen() -> None:
        async with DeviceClient(demo.url, made["secret"], hooks=Hooks(on_command=note)) as client:
            await client.send(fix(1))
            await client.drained(10)
            done = await asyncio.to_thread(device, demo, "report", str(made["id"]), "--every", "2.5")
            assert done.returncode == 0, done.stderr
            await until(lambda: asked, 5)

    asyncio.run(listen())
    assert [(command.kind, command.body) for command in asked] == [("reporting", {"interval_s": 2.5})]
    assert device(demo, "report", str(made["id"]), "--every", "0").returncode == 2
    assert device(demo, "report", "999999", "--every", "1").returncode == 1


def test_a_claim_code_becomes_a_secret_once(demo: Run) -> None:
    (made,) = added(demo, "--plate", "D-2", "--new-ambulance", "--name", "front")

    async def claim() -> tuple[int, dict[str, Any], int]:
        async with aiohttp.ClientSession() as session:
            url = f"{demo.url}/api/v1/devices/claim"
            async with session.post(url, json={"code": made["claim_code"]}) as answer:
                status, body = answer.status, await answer.json()
            async with session.post(url, json={"code": made["claim_code"]}) as answer:
                return status, body, answer.status

    status, body, again = asyncio.run(claim())
    assert (status, body["device_id"], body["ambulance"]["plate_number"]) == (201, made["id"], "D-2")
    assert again != 201

    async def send() -> None:
        async with DeviceClient(demo.url, body["secret"]) as client:
            await client.send(fix(1))
            await client.drained(10)

    asyncio.run(send())


def test_a_rotated_secret_and_the_one_before_both_count(demo: Run) -> None:
    (made,) = added(demo, "--plate", "D-3", "--new-ambulance", "--secret")
    done = device(demo, "rotate", str(made["id"]), "--secret", "--json")
    (rotated,) = json.loads(done.stdout)

    async def send(secret: str) -> None:
        async with DeviceClient(demo.url, secret) as client:
            await client.send(fix(1))
            await client.drained(10)

    for secret in (made["secret"], rotated["secret"]):
        asyncio.run(send(secret))
    assert device(demo, "rotate", "999999").returncode == 1


def test_a_list_is_added_whole_or_not_at_all(demo: Run, tmp_path: Path) -> None:
    path = tmp_path / "fleet.csv"
    path.write_text("plate_number,name,kind\nD-4,a,tablet\nD-5,b,tablet\n,c,physio\n", encoding="utf-8")
    refused = device(demo, "add", "--csv", str(path))
    assert refused.returncode == 2
    assert "line 2: there is no ambulance D-4" in refused.stderr
    assert "line 3: there is no ambulance D-5" in refused.stderr
    assert "D-4" not in device(demo, "list").stdout
    done = device(demo, "add", "--csv", str(path), "--new-ambulance")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 4
    assert "D-5" in device(demo, "list").stdout


def test_simulated_ambulances_are_seen_to_move_and_leave_with_their_supervisor(demo: Run, tmp_path: Path) -> None:
    path = tmp_path / "fleet.csv"
    path.write_text("plate_number\n" + "".join(f"S-{number}\n" for number in range(5)), encoding="utf-8")
    fleet_file = tmp_path / "fleet.json"
    fleet_file.write_text(json.dumps(added(demo, "--csv", str(path), "--new-ambulance", "--secret")), encoding="utf-8")
    words = ["simulate", "--credentials", str(fleet_file), "--url", demo.url, "--rate", "5", "--until-eof"]

    async def watch() -> None:
        token = lambda: sign_in(demo.url, DISPATCHER, PASSWORD)  # noqa: E731 - as the documentation has it
        async with LiveClient(demo.url, token) as fleet:
            seen: dict[str, set[tuple[float, float]]] = {}

            def moved() -> bool:
                for ambulance in fleet.ambulances.values():
                    plate = ambulance.plate_number or ""
                    if plate.startswith("S-") and ambulance.position:
                        seen.setdefault(plate, set()).add(ambulance.position[:2])
                return len(seen) == 5 and any(len(places) > 3 for places in seen.values())

            await until(moved, 60)

    with subprocess.Popen([*COMMAND, *words], stdin=subprocess.PIPE) as simulation:
        try:
            asyncio.run(watch())
        finally:
            assert simulation.stdin is not None
            simulation.stdin.close()
        assert simulation.wait(10) == 0


def test_a_simulation_stops_on_sigterm(demo: Run, tmp_path: Path) -> None:
    fleet_file = tmp_path / "fleet.json"
    fleet_file.write_text('[{"plate_number": "S-9", "secret": "wrong"}]', encoding="utf-8")
    words = ["simulate", "--credentials", str(fleet_file), "--state", str(demo.state)]
    with subprocess.Popen([*COMMAND, *words], stderr=subprocess.PIPE) as simulation:
        assert simulation.stderr is not None
        assert b"1 ambulances drive" in simulation.stderr.readline()
        simulation.send_signal(signal.SIGTERM)
        assert simulation.wait(10) == 0


@pytest.mark.parametrize("text", ["", "{}", '[{"plate_number": "a"}]', "[1]"])
def test_credentials_of_another_shape_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "fleet.json").write_text(text, encoding="utf-8")
    done = arogya("simulate", "--credentials", str(tmp_path / "fleet.json"), "--url", "http://127.0.0.1:1")
    assert done.returncode == 2
    assert "fleet.json" in done.stderr or "nobody to drive" in done.stderr
