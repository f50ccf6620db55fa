"""Who may open a device socket is decided before the 101, which version it speaks right after."""

from __future__ import annotations

import pytest

from hub.protocol.codec import JSON
from tests.handlers.device_socket.conftest import MARKER
from tests.protocol.rig.hub import ORIGIN, Served, Tablet
from tests.protocol.rig.wire import Refused

pytestmark = pytest.mark.usefixtures("the_hub_goes_on")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://elsewhere.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Authorization": ""}, 401),
        ({"Authorization": "Bearer " + "A" * 43}, 401),
        ({"Authorization": f"Bearer {MARKER}"}, 401),
        ({"Authorization": "", "Cookie": "hub_session=" + "A" * 43}, 401),
        ({"Upgrade": ""}, 400),
        ({"Connection": ""}, 400),
        ({"Sec-WebSocket-Version": "8"}, 400),
        ({"Sec-WebSocket-Version": ""}, 400),
        ({"Sec-WebSocket-Key": ""}, 400),
        ({"Sec-WebSocket-Key": MARKER}, 400),
    ],
)
async def test_a_bad_handshake_is_refused_before_the_101(tablet: Tablet, headers: dict[str, str], status: int) -> None:
    with pytest.raises(Refused) as refused:
        await tablet.dial(headers=headers)
    assert refused.value.status == status
    assert MARKER.encode() not in refused.value.body
    assert JSON.load(refused.value.body.decode())["request_id"]  # type: ignore[index]


async def test_an_allowed_origin_is_let_in(tablet: Tablet) -> None:
    socket, _, _ = await tablet.join(headers={"Origin": ORIGIN})
    await socket.say_goodbye()


@pytest.mark.parametrize("protocols", [["hub.v9"], ["chat"], []])
async def test_without_a_common_version_the_close_code_says_so(tablet: Tablet, protocols: list[str]) -> None:
    socket = await tablet.dial(protocols=protocols)
    assert (await socket.ending()).code == 4506


async def test_a_device_bound_to_no_ambulance_is_refused(served: Served) -> None:
    with pytest.raises(Refused) as refused:
        await (await served.tablet(bound=False)).dial()
    assert refused.value.status == 403


async def test_a_sixth_connection_of_one_device_is_too_many(tablet: Tablet) -> None:
    sockets = [await tablet.dial() for _ in range(5)]
    last = await tablet.dial()
    assert (await last.ending()).code == 4505
    for socket in sockets:
        socket.abort()
