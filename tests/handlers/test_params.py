"""Reading bodies strictly, whatever bytes come."""

from __future__ import annotations

from typing import Annotated

import msgspec
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from handlers.params import parse_json
from hub.errors import BadInput, InvalidValue, Malformed, UnknownField


class Order(msgspec.Struct, forbid_unknown_fields=True):
    """Something to read."""

    count: Annotated[int, Meta(ge=0, le=10)]
    names: list[str] = []


def test_a_good_document_is_read() -> None:
    assert parse_json(b' {"count": 3, "names": ["a", "\xc3\xa9"]}\n', Order) == Order(3, ["a", "é"])


@pytest.mark.parametrize("raw", [b"", b"{", b'{"count":01}', b'{"count":1,"count":2}', b'{"count":NaN}', b"\xff"])
def test_what_is_not_json_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        parse_json(raw, Order)


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b'{"count":11}', "count"),
        (b'{"count":true}', "count"),
        (b'{"count":1.0}', "count"),
        (b'{"count":1,"names":[1]}', "names[0]"),
        (b"{}", "count"),
        (b"[]", None),
    ],
)
def test_a_wrong_value_names_its_field_and_not_itself(raw: bytes, field: str | None) -> None:
    with pytest.raises(InvalidValue) as refusal:
        parse_json(raw, Order)
    assert refusal.value.field == field


def test_an_unknown_field_is_not_quoted() -> None:
    with pytest.raises(UnknownField) as refusal:
        parse_json(b'{"count":1,"zq9":1}', Order)
    assert "zq9" not in refusal.value.detail
    assert refusal.value.field is None


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(raw: bytes) -> None:
    try:
        parse_json(raw, Order)
    except BadInput:
        pass


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=20))
def test_no_document_raises_anything_else(document: object) -> None:
    try:
        parse_json(orjson.dumps({"count": document}), Order)
    except BadInput:
        pass
