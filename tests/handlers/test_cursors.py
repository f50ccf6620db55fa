"""Cursors of lists."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arogya import composition, config
from handlers.context import HttpSettings
from handlers.cursors import Cursors
from hub.errors import InvalidValue
from tests.handlers.rig import SETTINGS, running
from tests.handlers.world import build_world

CURSORS = Cursors(b"k" * 32)


@given(st.lists(st.integers(-(2**62), 2**62), min_size=1, max_size=6), st.text())
def test_a_cursor_opens_to_what_was_sealed(position: list[int], binding: str) -> None:
    assert CURSORS.open(binding, CURSORS.seal(binding, position), len(position)) == position


def test_every_flipped_bit_is_noticed() -> None:
    sealed = CURSORS.seal("me list", [1, 2])
    raw = bytearray(base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)))
    for bit in range(len(raw) * 8):
        raw[bit // 8] ^= 1 << bit % 8
        with pytest.raises(InvalidValue):
            CURSORS.open("me list", base64.urlsafe_b64encode(raw).decode().rstrip("="), 2)
        raw[bit // 8] ^= 1 << bit % 8


def test_another_caller_list_key_or_length_is_refused() -> None:
    sealed = CURSORS.seal("me list", [1, 2])
    for cursors, binding, length in (
        (CURSORS, "you list", 2),
        (Cursors(b"j" * 32), "me list", 2),
        (Cursors(b""), "me list", 2),
        (CURSORS, "me list", 1),
    ):
        with pytest.raises(InvalidValue):
            cursors.open(binding, sealed, length)


@given(st.text(max_size=100))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        CURSORS.open("me list", text, 1)


async def test_a_cursor_of_one_hub_goes_on_at_another_with_the_same_secret(database: str) -> None:
    def of(secret: str | None) -> HttpSettings:
        settings = config.changed(config.load(env={}), "nodes", secret=secret)
        return replace(SETTINGS, cursor_key=composition.cursor_key(settings))

    same, other = "s" * 40, "o" * 40
    async with (
        running(database, settings=of(same)) as one,
        running(database, settings=of(same)) as two,
        running(database, settings=of(other)) as foreign,
    ):
        world = await build_world(one, database)
        token = world.tokens["DP"]
        page = await one.call("GET", "/api/v1/ambulances?limit=1", token=token)
        rest = f"/api/v1/ambulances?limit=1&cursor={page.json['next_cursor']}"
        here, there = [await hub.call("GET", rest, token=token) for hub in (one, two)]
        assert here.status == there.status == 200
        assert [item["id"] for item in here.json["items"]] == [item["id"] for item in there.json["items"]]
        assert (await foreign.call("GET", rest, token=token)).status == 422
    assert composition.cursor_key(config.load(env={})) == b""  # a hub alone draws its own
    assert of(same).cursor_key != same.encode()
