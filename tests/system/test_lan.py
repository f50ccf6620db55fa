"""The demonstration for phones of the same network: real TLS, its own passwords, and a fleet that trusts it."""

from __future__ import annotations

import http.client
import json
import re
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.system.processes import Run, query, wait_until

pytestmark = pytest.mark.timeout(180)
PUBLIC = "ambulance-demo"
SUPERVISOR = re.compile(r"supervisor@arogya\.example\s+(\S+)")


class Phone:
    """A browser that was told to trust the hub's certificate."""

    def __init__(self, run: Run) -> None:
        self.origin = run.url
        self.trusting = ssl.create_default_context(cafile=str(run.state / "lan" / "authority.pem"))

    def sign_in(self, password: str, origin: str | None = None) -> tuple[int, str]:
        """Return the status and the cookies of a sign-in."""
        parts = urlsplit(self.origin)
        connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, context=self.trusting, timeout=10)
        body = {"email": "supervisor@arogya.example", "password": password, "client": "web"}
        headers = {"Content-Type": "application/json", "Origin": origin or self.origin, "X-Hub-CSRF": "1"}
        try:
            connection.request("POST", "/api/v1/sessions", json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Set-Cookie", "")
        finally:
            connection.close()


def test_a_phone_comes_in_by_tls_with_a_password_that_this_run_printed(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with Run("demo", state, "--lan", "--host", "127.0.0.1", "--port", "0") as run:
        run.wait_ready()
        printed = SUPERVISOR.search(run.output)
        assert run.url.startswith("https://127.0.0.1:") and printed is not None
        assert PUBLIC not in run.output
        phone, password = Phone(run), printed[1]
        assert phone.sign_in(PUBLIC)[0] == 401
        status, cookie = phone.sign_in(password)
        assert status == 201
        assert cookie.startswith("__Host-hub_session=") and "Secure" in cookie
        assert phone.sign_in(password, "https://elsewhere.example")[0] == 403
        stored = "SELECT count(*) FROM ambulance_positions"
        wait_until(lambda: query(run.entry().dsn, stored) > 0, "a fix of the fleet, which trusts the certificate too")
    with Run("demo", state, "--no-fleet", "--port", "0") as plain:
        plain.wait_ready()
        assert plain.url.startswith("http://127.0.0.1:")
        again = SUPERVISOR.search(plain.output)
        assert again is not None and again[1] == password  # the public one never counts in this folder again
