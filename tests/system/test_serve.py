"""`arogya serve` as a user runs it: no made-up data, a fixed port, its own database or a given one."""

from __future__ import annotations

import http.client
import json
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.system.processes import DEADLINE_S, Run, arogya, query

pytestmark = pytest.mark.timeout(180)


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])


def config(tmp_path: Path, text: str = "") -> str:
    file = tmp_path / "arogya.toml"
    file.write_text(f"[server]\nmetrics_port = 0\n{text}")
    return str(file)


def test_it_serves_an_empty_hub_of_its_own(tmp_path: Path) -> None:
    port = free_port()
    with Run("serve", tmp_path / "state", "--port", port, "--config", config(tmp_path)) as run:
        assert run.wait_ready().answers()
        assert run.url == f"http://127.0.0.1:{port}"
        assert query(run.entry().dsn, "SELECT count(*) FROM users") == 0
        link = arogya("admin", "create", "--name", "Asha", "asha@example.org", "--state", str(tmp_path / "state"))
        assert link.stdout.startswith(f"{run.url}/#activate=")
        password, email = "nine quiet herons by the weir", "asha@example.org"
        token = link.stdout.partition("activate=")[2].partition("/")[0]
        assert post(run.url, "activations", token=token, password=password) == (204, "")
        credentials = {"email": email, "password": password}
        refused = (401, "second_factor_setup_required")
        assert post(run.url, "sessions", client="web", **credentials) == refused
        assert post(run.url, "totp", **credentials)[0] == 201


def post(url: str, path: str, **body: str) -> tuple[int, str]:
    """Return the status of an answer, and the code where it is a refusal."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        connection.request("POST", f"/api/v1/{path}", json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        said = json.loads(answer.read() or b"{}")
        return answer.status, said.get("code", "")
    finally:
        connection.close()


def test_a_given_database_is_served_once_it_is_migrated(empty_database: str, tmp_path: Path) -> None:
    words = ("--database", empty_database, "--port", free_port(), "--config", config(tmp_path))
    refused = arogya("serve", "--state", str(tmp_path / "state"), *words)
    assert refused.returncode == 1
    assert "run `arogya migrate`" in refused.stderr
    assert arogya("migrate", "--database", empty_database).returncode == 0
    with Run("serve", tmp_path / "state", *words) as run:
        assert run.wait_ready().answers()
        assert not (run.state / "postgres").exists()


def test_a_port_that_stays_taken_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        words = ("--state", str(tmp_path / "state"), "--config", config(tmp_path))
        refused = arogya("serve", "--port", port, *words, timeout_s=DEADLINE_S)
    assert refused.returncode == 1
    assert f"port {port}" in refused.stderr


def test_a_hub_that_cannot_start_ends_it_with_the_reason(database: str, tmp_path: Path) -> None:
    for name in ("cert.pem", "key.pem"):
        (tmp_path / name).write_text("not a certificate")
    tls = f"tls_certificate = '{tmp_path / 'cert.pem'}'\ntls_key = '{tmp_path / 'key.pem'}'\n"
    words = ("--state", str(tmp_path / "state"), "--port", free_port(), "--config", config(tmp_path, tls))
    refused = arogya("serve", "--database", database, *words)
    assert refused.returncode == 1
    assert "before it was ready" in refused.stderr
