"""What one hub says is what the others understand, also when one of them is newer."""

from __future__ import annotations

from math import isnan

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.exchange.payload import (
    CallRow,
    FixRow,
    NotUnderstood,
    pack,
    pack_call,
    pack_device,
    pack_fix,
    unpack,
    unpack_calls,
    unpack_devices,
    unpack_fixes,
)
from hub.live.board import LiveFix

KEY = st.integers(1, 2**62)
NUMBER = st.floats(-1e6, 1e6) | st.just(float("nan"))
FIX = st.builds(LiveFix, st.floats(-90, 90), st.floats(-180, 180), NUMBER, NUMBER, NUMBER, KEY, st.just(0))
CALL = st.builds(CallRow, KEY, st.tuples(KEY, st.text(max_size=36)), KEY)


def _told(fix: LiveFix) -> tuple[object, ...]:
    return tuple(None if isnan(number) else number for number in fix)


@given(st.lists(st.tuples(KEY, FIX, KEY)), st.lists(CALL), st.lists(st.tuples(KEY, st.integers(0, 2**62))))
def test_what_is_said_is_heard(
    fixes: list[tuple[int, LiveFix, int]], calls: list[CallRow], devices: list[tuple[int, int]]
) -> None:
    rows = [pack_fix(*row) for row in fixes], [pack_call(row) for row in calls], [pack_device(*row) for row in devices]
    heard = unpack(pack(*rows))
    for found in (heard.fixes, unpack_fixes(rows[0])):
        assert [(key, _told(fix), by) for key, fix, by in found] == [(key, _told(fix), by) for key, fix, by in fixes]
    assert heard.calls == unpack_calls(rows[1]) == calls
    assert heard.devices == unpack_devices(rows[2]) == devices


def test_an_alarm_is_not_said_with_a_fix() -> None:
    fix = LiveFix(48.0, 11.0, 1.0, 2.0, 3.0, 4, alarm_at=5)
    assert unpack_fixes([pack_fix(7, fix, 3)]) == [FixRow(7, fix._replace(alarm_at=0), 3)]


def test_what_a_newer_hub_adds_is_passed_over() -> None:
    newer = msgpack.packb({"f": [[7, 48.0, 11.0, 1.0, 2.0, 3.0, 4, 9, "more"]], "z": [1], "d": [[1, 2, 3]]})
    heard = unpack(newer)
    assert heard.fixes == [FixRow(7, LiveFix(48.0, 11.0, 1.0, 2.0, 3.0, 4), 9)]
    assert heard.devices == [(1, 2)]


def test_an_older_hub_does_not_say_which_device_it_was() -> None:
    older = msgpack.packb({"f": [[7, 48.0, 11.0, 1.0, 2.0, 3.0, 4]]})
    assert unpack(older).fixes == [FixRow(7, LiveFix(48.0, 11.0, 1.0, 2.0, 3.0, 4), 0)]


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xc1",
        b"\x90",
        b"\x01",
        b"\x81\xa1f\x01",
        b"\x81\xa1f\x91\x91\x01",
        b"\x81\xa1d\x91\x92\x01\xa1x",
        b"\x80\x80",
    ],
)
def test_anything_else_is_refused(payload: bytes) -> None:
    with pytest.raises(NotUnderstood):
        unpack(payload)


@given(st.binary(max_size=60))
def test_no_bytes_raise_anything_else(payload: bytes) -> None:
    for take in (unpack, lambda row: unpack_fixes([row]), lambda row: unpack_calls([row])):
        try:
            take(payload)
        except NotUnderstood:
            continue
