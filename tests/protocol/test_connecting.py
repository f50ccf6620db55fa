"""The ways in, as the page describes them: claim, bearer, tickets and Origin, from a tablet to a dispatcher's map."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from hub.access.tokens import claim_digest, new_claim_code
from hub.protocol.codec import MSGPACK
from tests.protocol.rig.hub import ORIGIN, Served, Tablet, data
from tests.protocol.rig.wire import Refused, connect


async def post(served: Served, path: str, body: dict[str, str], **headers: str) -> tuple[int, dict[str, Any]]:
    """Send one request."""
    url = f"http://127.0.0.1:{served.port}/api/v1{path}"
    async with aiohttp.ClientSession() as http, http.post(url, json=body, headers=headers) as answer:
        return answer.status, await answer.json(content_type=None)


async def ticket_of(served: Served, token: str, purpose: str) -> str:
    """Buy a ticket."""
    bearer = {"Authorization": f"Bearer {token}", "Origin": ORIGIN}
    status, answer = await post(served, "/ws-tickets", {"purpose": purpose}, **bearer)
    assert status == 201, answer
    ticket: str = answer["ticket"]
    return ticket


async def test_a_claim_code_becomes_a_secret_once(served: Served, tablet: Tablet) -> None:
    code = new_claim_code()
    await served.query(
        "UPDATE devices SET claim_hash = $2, claim_expires_at = now() + interval '1 day' WHERE id = $1",
        tablet.device_id,
        claim_digest(code),
    )
    status, answer = await post(served, "/devices/claim", {"code": code.lower().replace("-", " ")})
    assert status == 201
    assert set(answer) == {"device_id", "ambulance", "secret"}
    assert set(answer["ambulance"]) == {"id", "plate_number"}
    with pytest.raises(Refused) as refused:
        await tablet.dial()
    assert refused.value.status == 401, "a claim ends earlier secrets"
    tablet.secret = answer["secret"]
    socket, _, welcome = await tablet.join()
    assert welcome["device"] == answer["device_id"] == tablet.device_id
    await socket.say_goodbye()
    status, answer = await post(served, "/devices/claim", {"code": code})
    assert (status, answer["code"]) == (404, "not_found")


async def test_a_browser_is_a_tablet_with_a_ticket(served: Served, tablet: Tablet) -> None:
    ticket = await ticket_of(served, tablet.secret, "device")
    browser: dict[str, Any] = {"protocols": ["hub.v1", f"ticket.{ticket}"], "headers": {"Origin": ORIGIN}}
    socket = await connect(served.port, "/ws/device", **browser)
    socket.say(tablet.hello())
    assert (await socket.hear())["type"] == "welcome"
    await socket.say_goodbye()
    with pytest.raises(Refused) as refused:
        await connect(served.port, "/ws/device", **browser)
    assert refused.value.status == 401, "a ticket counts once"
    assert ticket not in served.process.words()


@pytest.mark.parametrize(
    ("purpose", "origin", "status"),
    [("live", ORIGIN, 401), ("device", "http://elsewhere.test", 403), ("device", "", 401)],
)
async def test_a_ticket_counts_for_its_purpose_and_origin_only(
    served: Served, tablet: Tablet, purpose: str, origin: str, status: int
) -> None:
    token = tablet.secret if purpose == "device" else await served.dispatcher()
    ticket = await ticket_of(served, token, purpose)
    with pytest.raises(Refused) as refused:
        await connect(served.port, "/ws/device", protocols=["hub.v1", f"ticket.{ticket}"], headers={"Origin": origin})
    assert refused.value.status == status


async def test_a_fix_travels_from_a_tablet_to_a_dispatchers_browser(served: Served, tablet: Tablet) -> None:
    ticket = await ticket_of(served, await served.dispatcher(), "live")
    protocols = ["hub.v1.msgpack", "hub.v1", f"ticket.{ticket}"]
    viewer = await connect(served.port, "/ws/live", codec=MSGPACK, protocols=protocols, headers={"Origin": ORIGIN})
    assert set(await viewer.hear()) == {"type", "session", "heartbeat_s", "server_time"}
    viewer.say({"type": "subscribe", "channel": "fleet"})
    snapshot = await viewer.hear("snapshot")
    assert tablet.ambulance_id in {row[0] for row in snapshot["set"]["units"]}
    socket, stream, _ = await tablet.join()
    socket.say(data(stream, 1))
    offset = snapshot["offset"]
    while True:
        delta = await viewer.hear("delta")
        assert delta["epoch"] == snapshot["epoch"]
        assert delta["base"] <= offset < delta["offset"]
        offset = delta["offset"]
        moved = [row for row in delta.get("set", {}).get("fixes", ()) if row[0] == tablet.ambulance_id]
        if moved:
            break
    assert moved[0][1:6] == [48.1001, 11.5, 11.0, 0.0, 4.0]
    await socket.say_goodbye()
    await viewer.say_goodbye()
