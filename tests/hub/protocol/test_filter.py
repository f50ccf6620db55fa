"""Filters as viewers write them, right and wrong."""

from __future__ import annotations

import re
from math import inf, nan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import BadInput, InvalidValue, Malformed, UnknownField
from hub.protocol.codec import JSON, MSGPACK, Codec
from hub.protocol.filter import STATUSES, Area, Filter
from hub.protocol.viewer_frames import FROM_VIEWER, Subscribe


@pytest.mark.parametrize("codec", [JSON, MSGPACK], ids=["json", "msgpack"])
@pytest.mark.parametrize(
    "wanted",
    [
        Filter(status=("available",)),
        Filter(status=tuple(sorted(STATUSES))),
        Filter(ids=(1, 2**53 - 1)),
        Filter(ids=tuple(range(1, 201))),
        Filter(area=Area(-90.0, -180.0, 90.0, 180.0)),
        Filter(area=Area(-1.0, 179.0, 1.0, -179.0)),
        Filter(("offline",), (7,), Area(48.0, 11.0, 48.5, 11.5)),
    ],
)
def test_a_filter_is_read_as_it_is_written(wanted: Filter, codec: Codec) -> None:
    payload = codec.encode(Subscribe("fleet", filter=wanted))
    read = codec.decode(payload if codec.binary else payload.decode(), FROM_VIEWER)
    assert read == Subscribe("fleet", filter=wanted)


WRONG: list[tuple[object, type[BadInput]]] = [
    ({}, InvalidValue),
    (None, Malformed),
    ([], Malformed),
    ("status", Malformed),
    (7, Malformed),
    (True, Malformed),
    ({"plate": ["A"]}, UnknownField),
    ({"status": ["available"], "x": 1}, UnknownField),
    ({"__proto__": []}, UnknownField),
    ({"status": "available"}, Malformed),
    ({"status": None}, Malformed),
    ({"status": []}, InvalidValue),
    ({"status": ["busy"]}, InvalidValue),
    ({"status": ["Available"]}, InvalidValue),
    ({"status": [""]}, InvalidValue),
    ({"status": ["x" * 300]}, InvalidValue),
    ({"status": [1]}, Malformed),
    ({"status": [None]}, Malformed),
    ({"status": [["available"]]}, Malformed),
    ({"status": ["available", "available"]}, InvalidValue),
    ({"status": [*sorted(STATUSES), "available"]}, InvalidValue),
    ({"ids": []}, InvalidValue),
    ({"ids": 7}, Malformed),
    ({"ids": {"7": 7}}, Malformed),
    ({"ids": [0]}, InvalidValue),
    ({"ids": [-1]}, InvalidValue),
    ({"ids": [2**53]}, InvalidValue),
    ({"ids": [1.0]}, Malformed),
    ({"ids": [True]}, Malformed),
    ({"ids": ["1"]}, Malformed),
    ({"ids": [1, 2, 1]}, InvalidValue),
    ({"ids": list(range(1, 202))}, InvalidValue),
    ({"area": []}, InvalidValue),
    ({"area": [1.0, 2.0, 3.0]}, Malformed),
    ({"area": [1.0, 2.0, 3.0, 4.0, 5.0]}, InvalidValue),
    ({"area": {"south": 1}}, Malformed),
    ({"area": [2.0, 1.0, 1.0, 2.0]}, InvalidValue),
    ({"area": [1.0, 1.0, 1.0, 2.0]}, InvalidValue),
    ({"area": [-90.1, 0.0, 0.0, 1.0]}, InvalidValue),
    ({"area": [0.0, 0.0, 90.1, 1.0]}, InvalidValue),
    ({"area": [0.0, -180.1, 1.0, 1.0]}, InvalidValue),
    ({"area": [0.0, 0.0, 1.0, 180.1]}, InvalidValue),
    ({"area": [False, 0.0, 1.0, 1.0]}, Malformed),
    ({"area": ["0", 0.0, 1.0, 1.0]}, Malformed),
    ({"area": [None, 0.0, 1.0, 1.0]}, Malformed),
    ({"area": [2**70, 0.0, 1.0, 1.0]}, BadInput),
]


@pytest.mark.parametrize("codec", [JSON, MSGPACK], ids=["json", "msgpack"])
@pytest.mark.parametrize(("wrong", "kind"), WRONG, ids=[repr(wrong)[:40] for wrong, _ in WRONG])
def test_a_wrong_filter_is_refused_by_its_field(wrong: object, kind: type[BadInput], codec: Codec) -> None:
    try:
        payload = codec.dump({"type": "subscribe", "channel": "fleet", "filter": wrong})
    except (TypeError, OverflowError):
        return  # this encoding cannot even say it
    with pytest.raises(kind) as refused:
        codec.decode(payload if codec.binary else payload.decode(), FROM_VIEWER)
    assert "x" * 300 not in refused.value.detail


@pytest.mark.parametrize("number", [nan, inf, -inf])
def test_what_is_no_number_of_degrees_is_refused(number: float) -> None:
    for place in range(4):
        area = [0.0, 0.0, 1.0, 1.0]
        area[place] = number
        with pytest.raises(InvalidValue):
            Filter.read({"area": area})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=5)
            | st.dictionaries(st.sampled_from(["status", "ids", "area", "x"]), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_whatever_is_asked_it_is_a_filter_or_bad_input(wrong: object) -> None:
    payload = JSON.dump({"type": "subscribe", "channel": "fleet", "filter": None})
    try:
        payload = MSGPACK.dump({"type": "subscribe", "channel": "fleet", "filter": wrong})
    except (OverflowError, ValueError, TypeError):
        return
    try:
        read = MSGPACK.decode(payload, FROM_VIEWER)
    except BadInput:
        return
    assert isinstance(read, Subscribe) and isinstance(read.filter, Filter)


def test_the_statuses_are_those_of_the_schema() -> None:
    schema = (Path(__file__).parents[3] / "schema.sql").read_text()
    table = schema[schema.index("CREATE TABLE ambulances (") :]
    listed = re.search(r"status IN \((.*?)\)", table, re.DOTALL)
    assert listed and set(re.findall(r"'(\w+)'", listed[1])) == STATUSES
