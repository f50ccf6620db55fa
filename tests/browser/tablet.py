"""A phone's browser as a tablet: a page with the TypeScript client, on the hub's own origin."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from playwright.async_api import BrowserContext, Page, Route

from arogya import running
from tests.browser.demo import Demo

WEB = Path(__file__).resolve().parents[2] / "web"
PATH = "/tablet-under-test"
DRAINED_S = 60.0

# What an application writes around the client: a fix a number, so that the database can be asked for each of them.
APPLICATION = """
const BEGAN_US = 1_790_000_000_000_000;
const fixOf = (number) => ({
  recordedAtUs: BEGAN_US + number * 1_000_000,
  latitude: 12.9 + (number % 1000) * 1e-5, longitude: 77.6, speed: 5, heading: NaN, accuracy: 4,
});
window.begin = ({ secret, spool }) => {
  window.phases = [];
  window.refusals = [];
  window.commands = [];
  window.device = new Arogya.DeviceClient({
    url: `ws://${location.host}/ws/device`,
    ticket: Arogya.deviceTickets(location.origin, secret),
    spool: new Arogya.IndexedDbSpool(spool),
    agent: "browser test",
    onState: (state) => window.phases.push(state.phase),
    onRefused: (refused) => window.refusals.push(refused),
    onCommand: (command) => { window.commands.push(command); },
  });
  window.device.start();
};
window.offer = (from, to) => { for (let number = from; number < to; number += 1) window.device.offer(fixOf(number)); };
window.store = (from, to) =>
  Promise.all(Array.from({ length: to - from }, (_, place) => window.device.send(fixOf(from + place))));
"""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A device of the demonstration that nobody else sends for."""

    plate: str
    device_id: int
    secret: str


def enrol(demo: Demo, plate: str) -> Enrolled:
    """Add an ambulance with a device."""
    words = ["device", "add", "--plate", plate, "--new-ambulance", "--secret", "--json", "--state", str(demo.state)]
    command = [sys.executable, "-m", "arogya", *words]
    said = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    [made] = said if isinstance(said, list) else [said]
    return Enrolled(plate, int(made["id"]), str(made["secret"]))


def bundle(folder: Path) -> str:
    """Return the client as one script that defines `Arogya`."""
    node = subprocess.run([sys.executable, WEB / "build.py", "--find-node"], capture_output=True, text=True, check=True)
    target = folder / "client.js"
    command = [node.stdout.strip(), "node_modules/esbuild/bin/esbuild", "client/src/index.ts", "--bundle"]
    command += ["--format=iife", "--global-name=Arogya", f"--outfile={target}", "--log-level=warning"]
    subprocess.run(command, cwd=WEB, check=True)
    return target.read_text()


class BrowserTablet:
    """One page that runs a `DeviceClient`."""

    def __init__(self, page: Page, demo: Demo, enrolled: Enrolled, *, spool: dict[str, Any] | None = None) -> None:
        self.page = page
        self.enrolled = enrolled
        self._demo = demo
        self._spool = {"name": f"spool-{enrolled.device_id}", **(spool or {})}

    async def open(self) -> None:
        """Load the page, or load it anew, and begin."""
        await self.page.goto(self._demo.url + PATH)
        await self.page.evaluate("(wanted) => begin(wanted)", {"secret": self.enrolled.secret, "spool": self._spool})

    async def offer(self, first: int, end: int) -> None:
        """Hand over the fixes `first` to `end - 1` without waiting for the spool."""
        await self.page.evaluate("([first, end]) => offer(first, end)", [first, end])

    async def store(self, first: int, end: int) -> None:
        """Hand over the fixes and wait until the spool has each of them."""
        await self.page.evaluate("([first, end]) => store(first, end)", [first, end])

    async def phase(self, phase: str, within_s: float = 30.0) -> None:
        """Wait until the client is in a phase."""
        await self.page.wait_for_function(
            "(phase) => device.current.phase === phase", arg=phase, timeout=within_s * 1000
        )

    async def drained(self) -> None:
        """Wait until the hub has committed everything."""
        await asyncio.wait_for(self.page.evaluate("() => device.drained()"), DRAINED_S)


async def serve(context: BrowserContext, demo: Demo, script: str) -> None:
    """Let the context find the page on the hub's origin."""

    async def page(route: Route) -> None:
        html = f"<!doctype html><title>Tablet</title><script>{script}\n{APPLICATION}</script>"
        await route.fulfill(body=html, content_type="text/html; charset=utf-8")

    await context.route(demo.url + PATH, page)


class Stored:
    """What the hub's database has of a device."""

    def __init__(self, demo: Demo, enrolled: Enrolled) -> None:
        found = running.find(demo.state)
        assert found is not None
        self._dsn = found.dsn
        self._device_id = enrolled.device_id

    async def query(self, sql: str) -> list[asyncpg.Record]:
        """Run a statement with the device's id as $1; a database that is just coming back is waited for."""
        deadline = time.monotonic() + 20
        while True:
            try:
                connection = await asyncpg.connect(self._dsn)
                break
            except (OSError, asyncpg.PostgresError):
                assert time.monotonic() < deadline
                await asyncio.sleep(0.1)
        try:
            return list(await connection.fetch(sql, self._device_id))
        finally:
            await connection.close()

    async def logs(self) -> list[list[int]]:
        """Return the numbers of the fixes of each log, in the order of their seq; checks that seq has no doubles."""
        rows = await self.query(
            "SELECT s.id, p.seq, (extract(epoch FROM p.recorded_at) - 1790000000)::bigint AS number "
            "FROM streams s LEFT JOIN ambulance_positions p ON p.stream_id = s.id WHERE s.device_id = $1 "
            "ORDER BY s.id, p.seq"
        )
        logs: dict[int, dict[int, int]] = {}
        for row in rows:
            log = logs.setdefault(row["id"], {})
            if row["seq"] is not None:
                assert row["seq"] not in log, f"seq {row['seq']} is stored twice"
                log[row["seq"]] = row["number"]
        return [list(log.values()) for log in logs.values()]
