"""A connection begins with a hello, soon, and with one that the protocol allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hub.protocol.codec import JSON, MSGPACK
from tests.handlers.device_socket.conftest import MARKER
from tests.protocol.rig.hub import Tablet, data

pytestmark = pytest.mark.usefixtures("the_hub_goes_on")


async def test_a_device_that_does_not_say_hello_is_closed(tablet: Tablet) -> None:
    socket = await tablet.dial()
    assert (await socket.ending()).code == 4002


def changed(**values: object) -> Callable[[Tablet], dict[str, object]]:
    """Return a hello with some fields replaced."""
    return lambda tablet: tablet.hello(**values)


def claims(*claimed: object) -> Callable[[Tablet], dict[str, object]]:
    """Return a hello of these streams."""
    return changed(streams=list(claimed))


ONE = {"log_id": "0" * 32, "kind": "fixes"}
BAD_HELLOS: dict[str, tuple[Callable[[Tablet], dict[str, object]], int]] = {
    "data": (lambda _: data(1, 1), 4501),
    "an unknown type": (changed(type="hullo"), 4501),
    "another device": (changed(device=10**9), 4502),
    "no device": (changed(device=0), 4501),
    "an unknown field": (changed(**{MARKER: 1}), 4501),
    "no stream": (claims(), 4501),
    "nine streams": (claims(*({"log_id": f"{n:032x}", "kind": "fixes"} for n in range(9))), 4501),
    "one stream twice": (claims(ONE, ONE), 4501),
    "an upper case log": (claims({"log_id": "A" * 32, "kind": "fixes"}), 4501),
    "a short log": (claims({"log_id": MARKER, "kind": "fixes"}), 4501),
    "an unknown kind": (claims({"log_id": "0" * 32, "kind": MARKER}), 4501),
    "an unknown field in a stream": (claims({**ONE, "fence": 9}), 4501),
    "a text for a stream": (claims(MARKER), 4501),
    "a long agent": (changed(agent="x" * 101), 4501),
    "a control character": (changed(agent="a\x00b"), 4501),
}


@pytest.mark.parametrize("name", BAD_HELLOS)
@pytest.mark.parametrize("codec", [JSON, MSGPACK], ids=["json", "msgpack"])
async def test_a_bad_hello_ends_the_connection(tablet: Tablet, name: str, codec: Any) -> None:
    message, code = BAD_HELLOS[name]
    socket = await tablet.dial(codec)
    socket.say(message(tablet))
    assert (await socket.ending()).code == code
    assert MARKER not in str(socket.heard)
