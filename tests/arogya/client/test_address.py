"""Where the endpoints of a hub are."""

from __future__ import annotations

import pytest

from arogya.client.address import http_url, websocket_url


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("http://127.0.0.1:8080", "ws://127.0.0.1:8080/ws/device"),
        ("https://hub.example.org/", "wss://hub.example.org/ws/device"),
        ("https://example.org/hub/", "wss://example.org/hub/ws/device"),
        ("wss://example.org/hub/ws/live", "wss://example.org/hub/ws/device"),
        ("ws://[::1]:80/ws/device?x=1#y", "ws://[::1]:80/ws/device"),
    ],
)
def test_any_address_of_a_hub_leads_to_its_endpoint(given: str, expected: str) -> None:
    assert websocket_url(given, "/ws/device") == expected


def test_the_api_is_reached_from_a_websocket_address_too() -> None:
    assert http_url("wss://example.org/ws/live", "/api/v1/sessions") == "https://example.org/api/v1/sessions"


@pytest.mark.parametrize("given", ["hub.example.org", "ftp://example.org", "http://", ""])
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        websocket_url(given, "/ws/device")
