"""The supervisor's own decisions; tests/system kills it in earnest."""

from __future__ import annotations

import http.server
import signal
import socket
import sys
import threading
from collections.abc import Iterator

import pytest

from arogya.child import Child
from arogya.supervisor import STARTS_BEFORE_READY, NotReady, Stopped, Supervisor, is_ready


class Answers(http.server.BaseHTTPRequestHandler):
    """Is ready when its server says so."""

    def do_GET(self) -> None:
        self.send_response(self.server.status)  # type: ignore[attr-defined]  # set by the fixture
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[http.server.HTTPServer]:
    with http.server.HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("status", "ready"), [(200, True), (503, False), (404, False)])
def test_only_a_200_is_ready(server: http.server.HTTPServer, status: int, ready: bool) -> None:
    server.status = status  # type: ignore[attr-defined]
    assert is_ready(f"http://127.0.0.1:{server.server_port}") is ready


def test_nobody_there_is_not_ready() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert not is_ready(url, timeout_s=0.1)  # it accepts and says nothing
    assert not is_ready(url)


def supervisor(*program: str) -> Supervisor:
    return Supervisor(Child("the hub", [sys.executable, "-c", *program]), postgres=None, shutdown_s=1)


def test_a_hub_that_dies_at_once_again_and_again_is_given_up() -> None:
    with supervisor("raise SystemExit(3)") as kept:
        kept.hub.start()
        with pytest.raises(NotReady, match="before it was ready"):
            kept.wait_ready("http://127.0.0.1:1", 30)
        assert kept.hub.starts > STARTS_BEFORE_READY


def test_a_hub_that_never_answers_is_given_up() -> None:
    with supervisor("import time; time.sleep(60)") as kept:
        kept.hub.start()
        with pytest.raises(NotReady, match=r"not ready after 0"):
            kept.wait_ready("http://127.0.0.1:1", 0.1)


def test_a_signal_while_things_are_started_stops_that() -> None:
    with supervisor("import time; time.sleep(60)") as kept:
        kept.hub.start()
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(Stopped):
            kept.wait_ready("http://127.0.0.1:1", 30)
        kept.run()  # returns at once
    assert not kept.hub.alive()


def test_a_helper_that_dies_is_started_again() -> None:
    with supervisor("import time; time.sleep(60)") as kept:
        helper = Child("a helper", [sys.executable, "-c", "import sys; sys.stdin.read()"])
        kept.helpers.append(helper)
        kept.hub.start()
        helper.start()
        helper.signal(signal.SIGKILL)
        threading.Timer(3.0, signal.pthread_kill, (threading.main_thread().ident, signal.SIGTERM)).start()
        kept.run()
        assert helper.starts == 2


def test_the_signals_are_given_back() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)]
    with supervisor("pass"):
        pass
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)] == before
