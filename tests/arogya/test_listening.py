"""The sockets that outlive a hub process."""

from __future__ import annotations

import os
import socket
import threading
import time

import pytest

from arogya.listening import PortTaken, bind, url_of


def test_zero_is_any_free_port() -> None:
    with bind("127.0.0.1", 0, backlog=5) as listener:
        assert listener.getsockname()[1] > 0
        with socket.create_connection(listener.getsockname()):
            pass


def test_a_taken_port_is_refused_with_advice() -> None:
    with bind("127.0.0.1", 0, backlog=5) as taken, pytest.raises(PortTaken, match="--port"):
        bind("127.0.0.1", taken.getsockname()[1], backlog=5)


def test_a_search_goes_on_to_the_next_free_port() -> None:
    with bind("127.0.0.1", 0, backlog=5) as taken:
        port = taken.getsockname()[1]
        with bind("127.0.0.1", port, backlog=5, search=True) as found:
            assert found.getsockname()[1] > port


@pytest.mark.parametrize("search", [False, True])
def test_a_port_that_there_is_not_is_refused(search: bool) -> None:
    with pytest.raises(PortTaken, match="no port 65536"):
        bind("127.0.0.1", 65536, backlog=5, search=search)


def test_patience_waits_for_the_port_to_come_free() -> None:
    taken = bind("127.0.0.1", 0, backlog=5)
    port = taken.getsockname()[1]
    timer = threading.Timer(0.3, taken.close)
    timer.start()
    began_at = time.monotonic()
    with bind("127.0.0.1", port, backlog=5, patience_s=20):
        assert time.monotonic() - began_at >= 0.25
    timer.join()


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(PortTaken, match="cannot listen"):
        bind("192.0.2.1", 0, backlog=5)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may take every port")
def test_a_privileged_port_is_refused() -> None:
    with pytest.raises(PortTaken, match="cannot listen"):
        bind("127.0.0.1", 80, backlog=5)


def test_the_address_is_one_that_a_browser_here_opens() -> None:
    with bind("127.0.0.1", 0, backlog=5) as listener:
        assert url_of(listener, tls=False) == f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert url_of(listener, tls=True).startswith("https://")
    with bind("0.0.0.0", 0, backlog=5) as listener:  # noqa: S104 - that is the case
        assert url_of(listener, tls=False).startswith("http://127.0.0.1:")
