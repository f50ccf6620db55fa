"""The npm package @arogya/client, as somebody else's program gets it: packed, installed without a network, run."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from arogya.client import sign_in
from tests.browser.demo import Demo, running_demo
from tests.browser.tablet import Enrolled, Stored, enrol
from tests.browser.visit import DISPATCHER
from tests.docs.pages import blocks

pytestmark = pytest.mark.timeout(240)

WEB = Path(__file__).resolve().parents[2] / "web"

PROGRAM = """
import { DeviceClient, LiveClient, MemorySpool } from "@arogya/client";
const [hub, token, secret] = process.argv.slice(2);
const units = await new Promise((done) => {
  const live = new LiveClient({
    url: `${hub}/ws/live`,
    token: async () => token,
    filter: { status: ["available"] },
    onChange: () => {
      if (live.latency() === null) return;
      live.stop();
      done([...live.fleet.units.values()].map((unit) => unit.status));
    },
  });
  live.start();
});
const device = new DeviceClient({ url: `${hub}/ws/device`, token: async () => secret, spool: new MemorySpool() });
device.start();
for (let n = 0; n < 300; n += 1) {
  device.offer({ recordedAtUs: 1_790_000_000_000_000 + n * 1_000_000, latitude: 12.9, longitude: 77.6 });
}
await device.drained();
await device.stop();
console.log(JSON.stringify({ units, acked: device.counters.acked, phase: device.current.phase }));
"""

CONSUMER = """
import { DeviceClient, IndexedDbSpool, LiveClient, deviceTickets } from "@arogya/client";
import type { Change, DeviceState, Filter } from "@arogya/client";
const redraw = (change: Change): void => void change.whole;
const filter: Filter = { area: [12, 77, 13, 78], ids: [1] };
export const live = new LiveClient({ url: "wss://x", ticket: async () => "t", onChange: redraw });
live.setFilter(filter);
export const device = new DeviceClient({
  url: "wss://x", ticket: deviceTickets("https://x", "s"), spool: new IndexedDbSpool(),
  onState: (state: DeviceState) => void state.phase,
});
// @ts-expect-error a filter knows no such condition
live.setFilter({ colour: "red" });
"""
# What the examples of the package's README take from the program around them.
AROUND = """
import type { Socket } from "@arogya/client";
declare global {
  const url: string, secret: string, accessToken: string, sosButton: HTMLElement;
  const ticket: () => Promise<string>;
  const redraw: (...told: unknown[]) => void, show: (...told: unknown[]) => void, hide: (...told: unknown[]) => void;
  const NativeWebSocket: new (url: string, protocols: string[], more: object) => Socket;
}
"""


def node() -> str:
    """Return the node that the build uses."""
    command = [sys.executable, str(WEB / "build.py"), "--find-node"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def websocket_flags() -> list[str]:
    """Return what makes node have a WebSocket: Node 20 has that of its successors behind a flag."""
    version = subprocess.run([node(), "--version"], capture_output=True, text=True, check=True).stdout
    return ["--experimental-websocket"] if int(version[1:].split(".")[0]) < 22 else []


def npm(folder: Path, *words: str) -> str:
    """Run npm in a folder, without a network, and return what it says."""
    beside = Path(node()).resolve().parent.parent / "lib/node_modules/npm/bin/npm-cli.js"
    program = [node(), str(beside)] if beside.exists() else [shutil.which("npm") or "npm"]
    path = os.pathsep.join([str(Path(node()).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path, "npm_config_cache": str(folder / ".npm")}
    result = subprocess.run(
        [*program, *words, "--offline", "--no-audit", "--no-fund"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tarball, made in a copy of the sources as a developer would make it."""
    web = tmp_path_factory.mktemp("pack") / "web"
    left_out = shutil.ignore_patterns("dist", "test")
    shutil.copytree(WEB / "client", web / "client", ignore=left_out)
    shutil.copy(WEB / "tsconfig.json", web)
    (web / "node_modules").symlink_to(WEB / "node_modules")
    npm(web / "client", "pack")
    [tarball] = (web / "client").glob("*.tgz")
    return tarball


@pytest.fixture(scope="module")
def installed(packed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder into which the tarball was installed, offline."""
    folder = tmp_path_factory.mktemp("app")
    (folder / "package.json").write_text('{"name": "app", "private": true, "type": "module"}')
    npm(folder, "install", str(packed), "--ignore-scripts")
    return folder


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A hub with a fleet that moves."""
    with running_demo(tmp_path_factory.mktemp("demo") / "state") as running:
        yield running


@pytest.fixture(scope="module")
def enrolled(demo: Demo) -> Enrolled:
    """A device that nobody else sends for."""
    return enrol(demo, "NODE-1")


@pytest.fixture(scope="module")
def stored(demo: Demo, enrolled: Enrolled) -> Stored:
    """The database's view of that device."""
    return Stored(demo, enrolled)


def test_the_package_holds_what_it_needs_and_nothing_else(packed: Path) -> None:
    names = subprocess.run(["tar", "tzf", packed], capture_output=True, text=True, check=True).stdout.split()
    modules = {path.relative_to(WEB / "client/src").with_suffix("") for path in (WEB / "client/src").rglob("*.ts")}
    built = {f"package/dist/{module}{ending}" for module in modules for ending in (".js", ".d.ts")}
    assert set(names) == built | {"package/package.json", "package/README.md"}


def test_it_has_no_dependencies_and_names_no_registry(installed: Path) -> None:
    package = json.loads((installed / "node_modules/@arogya/client/package.json").read_text())
    assert "dependencies" not in package
    assert package["sideEffects"] is False
    assert [path.name for path in (installed / "node_modules").iterdir() if not path.name.startswith(".")] == [
        "@arogya"
    ]


def test_a_strict_program_takes_its_types_and_the_examples_of_its_readme(installed: Path) -> None:
    examples = blocks((WEB / "client/README.md").read_text(encoding="utf-8"), "ts")
    assert len(examples) >= 4
    sources = {"consumer.ts": CONSUMER, "around.ts": AROUND}
    sources |= {f"example{number}.ts": example for number, example in enumerate(examples)}
    for name, source in sources.items():
        (installed / name).write_text(source)
    options = ["--strict", "--noEmit", "--module", "nodenext", "--target", "es2022", "--types", ""]
    command = [node(), str(WEB / "node_modules/typescript/bin/tsc"), *options, *sources]
    result = subprocess.run(command, cwd=installed, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


async def test_in_plain_node_it_follows_and_feeds_a_real_hub(
    installed: Path, demo: Demo, enrolled: Enrolled, stored: Stored
) -> None:
    token = await sign_in(demo.url, DISPATCHER, demo.password)
    (installed / "program.mjs").write_text(PROGRAM)
    hub = demo.url.replace("http", "ws", 1)
    process = await asyncio.create_subprocess_exec(
        node(), *websocket_flags(), "program.mjs", hub, token, enrolled.secret, cwd=installed, stdout=-1, stderr=-1
    )
    said, complaints = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, complaints.decode()
    answer = json.loads(said)
    assert set(answer["units"]) == {"available"}
    assert (answer["acked"], answer["phase"]) == (300, "stopped")
    assert await stored.logs() == [list(range(300))]
