"""The second factor over HTTP: setting it up, signing in with it, and what stands in for it."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from hub.access import totp
from tests.handlers.clocks import MovableClock
from tests.handlers.rig import GOOD_PASSWORD, ORIGIN, SETTINGS, Answer, Hub, running
from tests.handlers.world import World, build_world, set_password

API = "/api/v1"
SET = replace(SETTINGS, totp_required=True, sign_ins_per_min=1e6, sign_ins_per_network_per_min=1e6)
WRONG = "blue kettle on a quiet moon"


class Shift:
    """A hub that asks for a second factor, a clock to move, and a dispatcher with a password."""

    def __init__(self, hub: Hub, world: World, clock: MovableClock) -> None:
        self.hub = hub
        self.world = world
        self.clock = clock
        self.secret = b""

    def code(self, steps: int = 0) -> str:
        """What the app shows now, or so many steps later."""
        return totp.code_at(self.secret, totp.step_at(self.clock.now().timestamp()) + steps)

    async def sign_in(
        self, code: str | None = None, *, who: str = "dp", client: str = "web", station: str | None = None
    ) -> Answer:
        body: dict[str, Any] = {"email": f"{who}@hub.test", "password": GOOD_PASSWORD, "client": client}
        if code is not None:
            body["code"] = code
        headers = {"Origin": ORIGIN} | ({} if station is None else {"Cookie": f"hub_workstation={station}"})
        return await self.hub.call("POST", f"{API}/sessions", json=body, headers=headers)

    async def post(self, path: str, who: str = "dp", password: str = GOOD_PASSWORD, **more: str) -> Answer:
        body = {"email": f"{who}@hub.test", "password": password, **more}
        return await self.hub.call("POST", f"{API}/{path}", json=body, headers={"Origin": ORIGIN})

    async def enrol(self, who: str = "dp", **more: str) -> Answer:
        """Set up a second factor, and leave the step behind whose code that took."""
        proposed = await self.post("totp", who, **more)
        assert proposed.status == 201, proposed
        text = proposed.json["secret"]
        self.secret = base64.b32decode(text + "=" * (-len(text) % 8))
        confirmed = await self.post("totp/confirm", who, code=self.code())
        assert confirmed.status == 201, confirmed
        self.clock.ahead_s += 60
        return confirmed


@pytest.fixture
async def shift(database: str) -> AsyncIterator[Shift]:
    clock = MovableClock()
    async with running(database, settings=SET, clock=clock) as hub:
        world = await build_world(hub, database)
        for who in ("DP", "PT", "AD"):
            await set_password(hub, database, world.users[who])
        yield Shift(hub, world, clock)


def refused(answer: Answer, code: str) -> None:
    assert (answer.status, answer.code) == (401, code), answer
    assert not answer.cookies


async def test_who_sees_the_records_of_others_sets_a_second_factor_up_first(shift: Shift) -> None:
    refused(await shift.sign_in(), "second_factor_setup_required")
    refused(await shift.sign_in("123456"), "second_factor_setup_required")
    assert (await shift.sign_in(who="pt")).status == 201  # patients do not


async def test_setting_up_gives_ten_recovery_codes_and_a_trusted_browser(shift: Shift) -> None:
    confirmed = await shift.enrol()
    assert len(set(confirmed.json["recovery_codes"])) == 10
    station = confirmed.cookies["hub_workstation"]
    assert "HttpOnly" in confirmed.headers["Set-Cookie"]
    assert "SameSite=Strict" in confirmed.headers["Set-Cookie"]
    assert (await shift.sign_in(station=station)).status == 201
    refused(await shift.sign_in(), "second_factor_required")
    refused(await shift.sign_in(who="ad", station=station), "second_factor_setup_required")


async def test_a_code_counts_once_within_a_step_of_the_clock(shift: Shift) -> None:
    await shift.enrol()
    for away in (-3, -2, 2, 3):
        refused(await shift.sign_in(shift.code(away)), "second_factor_required")
    early = shift.code(-1)
    assert (await shift.sign_in(early)).status == 201
    refused(await shift.sign_in(early), "second_factor_required")
    late = shift.code(1)
    assert (await shift.sign_in(f"{late[:3]} {late[3:]}")).status == 201
    refused(await shift.sign_in(shift.code()), "second_factor_required")  # older than what was taken


async def test_a_browser_is_trusted_for_a_shift_and_for_who_showed_a_code_there(shift: Shift) -> None:
    await shift.enrol("ad")
    await shift.enrol()
    first = await shift.sign_in(shift.code())
    station = first.cookies["hub_workstation"]
    assert (await shift.sign_in(station=station)).status == 201
    refused(await shift.sign_in(who="ad", station=station), "second_factor_required")
    shift.clock.ahead_s += 12 * 3_600 - 120
    assert (await shift.sign_in(station=station)).status == 201
    shift.clock.ahead_s += 240
    refused(await shift.sign_in(station=station), "second_factor_required")
    refused(await shift.sign_in(station="A" * 43), "second_factor_required")


async def test_two_people_share_a_workstation_and_its_secret_changes_with_each_code(shift: Shift) -> None:
    await shift.enrol()
    first = (await shift.sign_in(shift.code())).cookies["hub_workstation"]
    proposed = await shift.post("totp", "ad")
    secret = base64.b32decode(proposed.json["secret"])
    code = totp.code_at(secret, totp.step_at(shift.clock.now().timestamp()))
    body = {"email": "ad@hub.test", "password": GOOD_PASSWORD, "code": code}
    headers = {"Cookie": f"hub_workstation={first}"}
    confirmed = await shift.hub.call("POST", f"{API}/totp/confirm", json=body, headers=headers)
    second = confirmed.cookies["hub_workstation"]
    assert second != first
    for who in ("dp", "ad"):
        assert (await shift.sign_in(who=who, station=second)).status == 201
        refused(await shift.sign_in(who=who, station=first), "second_factor_required")


async def test_an_app_shows_a_code_each_time_and_keeps_nothing(shift: Shift) -> None:
    await shift.enrol()
    answer = await shift.sign_in(shift.code(), client="app")
    assert answer.status == 201
    assert "access_token" in answer.json
    assert not answer.cookies


async def test_each_recovery_code_counts_once(shift: Shift) -> None:
    codes = (await shift.enrol()).json["recovery_codes"]
    assert (await shift.sign_in(codes[0].lower().replace("-", " "))).status == 201
    refused(await shift.sign_in(codes[0]), "second_factor_required")
    token = (await shift.sign_in(codes[1], client="app")).json["access_token"]
    shown = await shift.hub.call("GET", f"{API}/totp", token=token)
    assert {**shown.json, "confirmed_at": None} == {
        "enabled": True,
        "required": True,
        "confirmed_at": None,
        "recovery_codes_left": 8,
    }
    wrong = await shift.hub.call("POST", f"{API}/totp/recovery_codes", token=token, json={"code": "000000"})
    assert (wrong.status, wrong.json["field"]) == (422, "code")
    renewed = await shift.hub.call("POST", f"{API}/totp/recovery_codes", token=token, json={"code": shift.code()})
    assert renewed.status == 201
    refused(await shift.sign_in(codes[2]), "second_factor_required")
    assert (await shift.sign_in(renewed.json["recovery_codes"][0])).status == 201


async def test_the_password_is_judged_before_any_code(shift: Shift) -> None:
    codes = (await shift.enrol()).json["recovery_codes"]
    body = {"email": "dp@hub.test", "password": WRONG, "client": "app", "code": codes[0]}
    answer = await shift.hub.call("POST", f"{API}/sessions", json=body)
    refused(answer, "unauthorized")
    assert (await shift.sign_in(codes[0])).status == 201  # it was not used up
    for path in ("totp", "totp/confirm"):
        refused(await shift.post(path, password=WRONG, code="123456"), "unauthorized")


async def test_a_second_factor_in_force_is_replaced_only_with_a_code(shift: Shift) -> None:
    codes = (await shift.enrol()).json["recovery_codes"]
    former = shift.code()
    refused(await shift.post("totp"), "second_factor_required")
    refused(await shift.post("totp", code="000000"), "second_factor_required")
    station = (await shift.sign_in(codes[0])).cookies["hub_workstation"]
    proposed = await shift.post("totp", code=codes[1])
    assert proposed.status == 201
    assert (await shift.sign_in(former)).status == 201  # the old one counts until the new one is confirmed
    shift.secret = base64.b32decode(proposed.json["secret"])
    wrong = await shift.post("totp/confirm", code="000000")
    assert (wrong.status, wrong.json["field"]) == (422, "code")
    assert (await shift.post("totp/confirm", code=shift.code())).status == 201
    refused(await shift.sign_in(station=station), "second_factor_required")  # trusted for the lost one
    refused(await shift.sign_in(codes[2]), "second_factor_required")
    again = await shift.post("totp/confirm", code=shift.code())
    assert (again.status, again.code) == (409, "conflict")


async def test_a_supervisor_lets_somebody_in_once(shift: Shift, superuser: asyncpg.Connection[asyncpg.Record]) -> None:
    await shift.enrol()
    path = f"{API}/users/{shift.world.users['DP']}/totp_bypass"
    issued = await shift.hub.call("POST", path, token=shift.world.tokens["SV"])
    assert issued.status == 201
    answer = await shift.sign_in(issued.json["code"])
    assert answer.status == 201
    assert "hub_workstation" not in answer.cookies  # for once, not for a shift
    refused(await shift.sign_in(issued.json["code"]), "second_factor_required")
    told = await superuser.fetchval("SELECT count(*) FROM notifications WHERE user_id = $1", shift.world.users["DP"])
    assert told == 1
    late = await shift.hub.call("POST", path, token=shift.world.tokens["AD"])
    shift.clock.ahead_s += 901
    refused(await shift.sign_in(late.json["code"]), "second_factor_required")


async def test_only_leaders_of_the_own_facility_and_administrators_give_bypasses(shift: Shift) -> None:
    users, tokens = shift.world.users, shift.world.tokens
    expected = {
        ("SV", "DP"): 201,
        ("SA", "RC"): 201,
        ("AD", "RC"): 201,
        ("SA", "DP"): 404,
        ("SV", "SV"): 403,
        ("AD", "AD"): 403,
        ("AD", "PT"): 409,
        ("DP", "RC elsewhere"): 403,
        ("DR", "RC"): 403,
    }
    for (who, whom), status in expected.items():
        path = f"{API}/users/{users[whom]}/totp_bypass"
        assert (await shift.hub.call("POST", path, token=tokens[who])).status == status, (who, whom)


async def test_guesses_at_a_secret_that_waits_are_limited_too(database: str) -> None:
    async with running(database, settings=replace(SET, codes_per_hour=3.0)) as hub:
        world = await build_world(hub, database)
        await set_password(hub, database, world.users["DP"])
        shift = Shift(hub, world, MovableClock())
        assert (await shift.post("totp")).status == 201
        guesses = [(await shift.post("totp/confirm", code=f"{number:06}")).status for number in range(4)]
        assert guesses == [422] * 3 + [429]


async def test_guesses_are_limited_and_the_owner_still_gets_in(database: str) -> None:
    clock = MovableClock()
    async with running(database, settings=replace(SET, codes_per_hour=5.0), clock=clock) as hub:
        world = await build_world(hub, database)
        await set_password(hub, database, world.users["DP"])
        shift = Shift(hub, world, clock)
        codes = (await shift.enrol()).json["recovery_codes"]
        guesses = [(await shift.sign_in(f"{number:06}")).status for number in range(7)]
        assert guesses == [401] * 5 + [429] * 2
        assert (await shift.sign_in(shift.code())).status == 429
        assert (await shift.sign_in(codes[0])).status == 201
        clock.ahead_s += 3_600
        assert (await shift.sign_in(shift.code())).status == 201


async def test_patients_have_none_and_devices_see_none(shift: Shift) -> None:
    answer = await shift.post("totp", "pt")
    assert (answer.status, answer.code) == (403, "forbidden")
    for who in ("PT", "TB", "PX"):
        assert (await shift.hub.call("GET", f"{API}/totp", token=shift.world.tokens[who])).status == 403


async def test_nothing_of_it_is_stored_where_it_can_be_read(
    shift: Shift, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    codes = (await shift.enrol()).json["recovery_codes"]
    station = (await shift.sign_in(codes[0])).cookies["hub_workstation"]
    for table in ("second_factor_codes", "workstations", "audit_log", "sessions"):
        rows = repr(await superuser.fetch(f"SELECT * FROM {table}"))  # noqa: S608 - the names stand above
        for secret in (*codes, *(code.replace("-", "") for code in codes), station):
            assert secret not in rows


async def test_where_it_is_off_nobody_is_asked(hub: Hub, world: World, database: str) -> None:
    await set_password(hub, database, world.users["AD"])
    body = {"email": "ad@hub.test", "password": GOOD_PASSWORD, "client": "app"}
    signed_in = await hub.call("POST", f"{API}/sessions", json=body)
    assert signed_in.status == 201
    shown = await hub.call("GET", f"{API}/totp", token=signed_in.json["access_token"])
    assert (shown.json["required"], shown.json["enabled"]) == (False, False)
