"""What pages are told that their user may do."""

from __future__ import annotations

from tests.handlers.rig import Hub
from tests.handlers.world import World

RIGHTS = "/api/v1/rights"


async def test_everybody_is_told_their_own_rights(hub: Hub, world: World) -> None:
    told = {who: (await hub.call("GET", RIGHTS, token=world.tokens[who])).json for who in ("PT", "SA", "SV", "AD")}
    assert told["SV"]["codes"] == ["SA", "SV"]
    assert told["SA"]["tables"]["facilities"]["change"] == ["address", "phone"]
    assert told["AD"]["tables"]["facilities"]["remove"] is True
    assert told["PT"]["tables"]["facilities"]["create"] == []
    assert "created_at" not in told["PT"]["tables"]["facilities"]["fields"]
    assert "staff" not in told["PT"]["tables"]
    booking = told["PT"]["tables"]["appointments"]["create"]
    assert booking == ["doctor_id", "facility_id", "scheduled_at", "duration_min"]
    assert "facility_id" not in told["SA"]["tables"]["appointments"]["create"]
    assert "devices.C" in told["SA"]["actions"] and "devices.C" not in told["PT"]["actions"]


async def test_a_device_has_no_pages(hub: Hub, world: World) -> None:
    assert (await hub.call("GET", RIGHTS, token=world.tokens["TB"])).status == 403
