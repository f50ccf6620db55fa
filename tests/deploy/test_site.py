"""Two real hubs behind the proxy: sockets through it, and everybody back through the other one when a hub dies."""

from __future__ import annotations

import json
import os
import re
import signal
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.deploy.proxy import Proxy, free_port
from tests.system.processes import Run, arogya, descendants, query, wait_until

pytestmark = pytest.mark.timeout(180)
TABLETS = 6
COUNT = "SELECT count(*) FROM ambulance_positions"
CONFIG = """
[server]
metrics_port = 0
trusted_proxies = ["127.0.0.1/32"]
public_origins = ["{origin}"]
[nodes]
redis_url = "{redis_url}"
secret = "of these two hubs, and of nobody else"
name = "{name}"
"""


class Site:
    """A proxy and two hubs on one database and one Valkey."""

    def __init__(self, stack: ExitStack, folder: Path, dsn: str, redis_url: str) -> None:
        self.dsn = dsn
        ports = [free_port(), free_port()]
        self.proxy = Proxy(folder / "nginx", ports)
        self.hubs = []
        for name, port in zip(("west", "east"), ports, strict=True):
            config = folder / f"{name}.toml"
            config.write_text(CONFIG.format(origin=self.proxy.url, redis_url=redis_url, name=name))
            words = ("--database", dsn, "--config", str(config), "--port", str(port))
            self.hubs.append(stack.enter_context(Run("serve", folder / name, *words)))
        for hub in self.hubs:
            hub.wait_ready()
        stack.enter_context(self.proxy)

    def tablets_of(self, hub: Run) -> int:
        """Return how many tablets are connected to one of the hubs."""
        found = re.search(r"metrics: (\S+)\)", hub.output)
        assert found
        with urllib.request.urlopen(found[1], timeout=10) as answer:  # noqa: S310 - what our own hub printed
            text = answer.read().decode()
        counted = re.search(r'^hub_sockets\{kind="device"\} ([\d.]+)$', text, re.MULTILINE)
        return int(float(counted[1])) if counted else 0


@pytest.fixture
def site(tmp_path: Path, database: str, valkey_url: str) -> Iterator[Site]:
    with ExitStack() as stack:
        yield Site(stack, tmp_path, database, valkey_url)


@pytest.fixture
def fleet(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Tablets that drive and report through the proxy, twice a second, and keep what is not acked in this folder."""
    plates = "".join(f"KA-01-AB-{number:04}\n" for number in range(TABLETS))
    (tmp_path / "fleet.csv").write_text(f"plate_number\n{plates}")
    words = ("--csv", str(tmp_path / "fleet.csv"), "--new-ambulance", "--secret", "--json", "--database", site.dsn)
    added = arogya("device", "add", *words)
    assert added.returncode == 0, added.stderr
    (tmp_path / "fleet.json").write_text(added.stdout)
    assert len(json.loads(added.stdout)) == TABLETS
    monkeypatch.setenv("SSL_CERT_FILE", str(site.proxy.ca))
    driving = ("--credentials", str(tmp_path / "fleet.json"), "--url", site.proxy.url, "--rate", "2")
    with Run("simulate", tmp_path / "nobody", "--spool", str(tmp_path / "spools"), *driving):
        yield tmp_path / "spools"


def test_tablets_and_pages_go_through_the_proxy_and_on_when_a_hub_dies(site: Site, fleet: Path, tmp_path: Path) -> None:
    wait_until(lambda: query(site.dsn, COUNT) >= 3 * TABLETS, "fixes are stored")
    # The proxy spreads them: nobody has them all.
    wait_until(lambda: all(0 < site.tablets_of(hub) < TABLETS for hub in site.hubs), "both hubs have tablets")
    assert site.proxy.status("GET", "/") == 200
    dead, living = site.hubs
    listed = arogya("nodes", "--config", str(tmp_path / "west.toml"), "--json")
    assert {node["node"] for node in json.loads(listed.stdout)["nodes"]} == {"west-1", "east-1"}, listed.stderr
    for pid in (dead.pid, *descendants(dead.pid)):
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: site.tablets_of(living) == TABLETS, "all tablets are with the other hub")
    stored = query(site.dsn, COUNT)
    wait_until(lambda: query(site.dsn, COUNT) >= stored + 3 * TABLETS, "their fixes are stored")
    assert query(site.dsn, "SELECT count(*) - count(DISTINCT (stream_id, seq)) FROM ambulance_positions") == 0
    assert query(site.dsn, "SELECT count(*) FROM stream_skips") == 0
    assert site.proxy.status("GET", "/ready") == 200


def test_nobody_outside_is_believed_about_his_address(site: Site) -> None:
    # A trusted proxy's word counts: with the client's own header, each attempt would come from another network.
    body = json.dumps({"email": "nobody@example.org", "password": "wrong", "client": "app"})

    def sign_in(place: int) -> int:
        headers = {"X-Forwarded-For": f"203.0.113.{place}", "Content-Type": "application/json"}
        return site.proxy.status("POST", "/api/v1/sessions", headers=headers, body=body)

    assert 429 in [sign_in(place) for place in range(20)]
