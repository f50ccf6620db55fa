"""A fix is read as it was written, whatever numbers it holds, or refused."""

from __future__ import annotations

from math import isnan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import BadInput, InvalidValue, Malformed
from hub.protocol.codec import JSON, MSGPACK
from hub.protocol.fix import Alarm, Fix, parse_alarm, parse_fix
from tests.hub.protocol import strategies


@given(strategies.fixes)
def test_a_fix_comes_back_as_it_was_sent(fix: Fix) -> None:
    for codec in (JSON, MSGPACK):
        encoded = codec.dump({"fix": fix.wire()})
        message: Any = codec.load(encoded if codec.binary else encoded.decode())
        assert parse_fix(message["fix"]).wire() == fix.wire()


@given(st.lists(strategies.plain, max_size=9))
def test_any_array_is_a_fix_or_refused(raw: list[Any]) -> None:
    try:
        fix = parse_fix(raw)
    except BadInput:
        return
    assert -90 <= fix.latitude <= 90
    assert -180 <= fix.longitude <= 180
    assert isnan(fix.heading) or 0 <= fix.heading < 360


@given(strategies.fixes, st.integers(0, 7), strategies.plain)
def test_a_fix_with_any_element_replaced_is_sound_or_refused(fix: Fix, at: int, value: Any) -> None:
    raw = [*fix.wire(), None][:8]
    raw[at] = value
    try:
        parse_fix(raw)
    except BadInput as error:
        assert len(error.detail) < 120


@given(strategies.plain)
def test_anything_but_an_array_is_malformed(raw: Any) -> None:
    if not isinstance(raw, list):
        with pytest.raises(Malformed):
            parse_fix(raw)


def test_not_a_number_means_none() -> None:
    nan = float("nan")
    assert parse_fix([1, 2.0, 3.0, nan, nan, nan, nan]).wire() == [1, 2.0, 3.0, None, None, None, None]


def test_a_place_is_never_none() -> None:
    with pytest.raises(InvalidValue):
        parse_fix([1, float("nan"), 3.0, None, None, None, None])


def test_an_alarm_is_read() -> None:
    assert parse_alarm(["sos", "call-1"]) == Alarm("sos", "call-1")
    assert parse_alarm(None) is None
