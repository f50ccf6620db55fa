"""The proxy's configuration: what it lets through, what it changes, what it tries again and what it writes down."""

from __future__ import annotations

import socket
import ssl
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.proxy import Proxy, free_port, logged_paths
from tests.deploy.tools import run
from tests.deploy.upstream import Upstream
from tests.system.processes import wait_until


@pytest.fixture
def hubs() -> Iterator[tuple[Upstream, Upstream]]:
    with Upstream() as first, Upstream() as second:
        yield first, second


@pytest.fixture
def proxy(tmp_path: Path, hubs: tuple[Upstream, Upstream]) -> Iterator[Proxy]:
    with Proxy(tmp_path / "nginx", [hub.port for hub in hubs]) as running:
        yield running


def seen_by(hubs: tuple[Upstream, Upstream], path: str) -> list[str]:
    """Return the methods that reached the hubs for a path, over both."""
    return [seen.method for hub in hubs for seen in hub.seen if seen.path == path]


def test_nginx_takes_the_configuration(tmp_path: Path) -> None:
    proxy = Proxy(tmp_path / "nginx", [1, 2])
    done = run(*proxy.command, "-t")
    assert (done.returncode, "warn" in done.stderr) == (0, False), done.stderr


def test_what_a_client_says_of_its_own_address_is_replaced(proxy: Proxy, hubs: tuple[Upstream, Upstream]) -> None:
    said = {
        "X-Forwarded-For": "6.6.6.6",
        "Forwarded": "for=6.6.6.6",
        "X-Real-IP": "6.6.6.6",
        "X-Forwarded-Proto": "http",
    }
    assert proxy.status("GET", "/who", headers=said) == 200
    (headers,) = [seen.headers for hub in hubs for seen in hub.seen if seen.path == "/who"]
    assert headers["x-forwarded-for"] == ["127.0.0.1"]
    assert headers["x-forwarded-proto"] == ["https"]
    assert headers["host"] == [f"localhost:{proxy.port}"]
    assert "6.6.6.6" not in str(headers)


def test_secrets_in_the_path_of_a_tracker_are_written_nowhere(proxy: Proxy, hubs: tuple[Upstream, Upstream]) -> None:
    paths = [
        "/track/secret-1",
        "/%74rack/secret-2",
        "//track/secret-3",
        "/TRACK/secret-4",
        "/track/secret-5?id=secret-6",
    ]
    for path in paths:
        assert proxy.status("POST", path) == 200
    assert proxy.status("POST", "/track/secret-7", plain=True) == 403
    for hub in hubs:
        hub.hangs_up = True  # errors are logged with the whole request
    assert proxy.status("GET", "/track/secret-8") == 502
    assert proxy.status("POST", "/track/secret-9") == 502
    assert proxy.status("POST", "/track/secret-10", headers={"Content-Length": "9999999"}) == 413
    for hub in hubs:
        hub.hangs_up = False
    assert proxy.status("GET", "/live?ticket=secret-11") in {200, 502}  # both were just taken for dead
    wait_until(lambda: "/live" in logged_paths(proxy.log), "the ordinary request is in the log")
    assert "secret" not in proxy.log


def test_the_numbers_of_the_hubs_are_for_nobody_outside(proxy: Proxy, hubs: tuple[Upstream, Upstream]) -> None:
    for path in ("/metrics", "/metrics/", "/%6detrics", "//metrics", "/metrics?x=1"):
        assert proxy.status("GET", path) == 404, path
    assert [seen.path for hub in hubs for seen in hub.seen if "etrics" in seen.path] == []


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_what_can_be_repeated_is_tried_at_the_other_hub(
    proxy: Proxy, hubs: tuple[Upstream, Upstream], method: str
) -> None:
    hubs[0].hangs_up = True
    assert [proxy.status(method, "/again") for _ in range(4)] == [200] * 4
    assert "/again" in {seen.path for seen in hubs[0].seen}


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_what_may_have_been_done_is_never_repeated(proxy: Proxy, hubs: tuple[Upstream, Upstream], method: str) -> None:
    for hub in hubs:
        hub.hangs_up = True
    assert proxy.status(method, "/once") == 502
    assert seen_by(hubs, "/once") == [method]


def test_a_dead_hub_costs_nobody_an_answer(tmp_path: Path) -> None:
    with Upstream() as living, Proxy(tmp_path / "nginx", [free_port(), living.port]) as proxy:
        assert [proxy.status("POST", "/") for _ in range(6)] == [200] * 6  # never reached the dead one: not repeated


def test_plain_http_leads_to_tls(proxy: Proxy, hubs: tuple[Upstream, Upstream]) -> None:
    assert proxy.status("GET", "/page", plain=True) == 301
    assert seen_by(hubs, "/page") == []


@pytest.mark.parametrize(
    ("version", "taken"),
    [(ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)],
)
def test_only_sound_versions_of_tls_are_spoken(proxy: Proxy, version: ssl.TLSVersion, taken: bool) -> None:
    context = proxy.tls()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the old version is what the test is about
        context.minimum_version = context.maximum_version = version
    context.set_ciphers("ALL:@SECLEVEL=0")
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as raw:
        try:
            with context.wrap_socket(raw, server_hostname="localhost") as spoken:
                assert (spoken.version() is not None) is taken
        except ssl.SSLError:
            assert not taken
