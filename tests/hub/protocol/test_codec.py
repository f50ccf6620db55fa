"""Both encodings carry every message unchanged, and refuse everything else with an error of the hub's own."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import HubError, Malformed, TooLarge
from hub.protocol.codec import CODECS, JSON, MSGPACK, Codec, Encodable
from hub.protocol.device_frames import FROM_DEVICE, Data
from hub.protocol.hub_frames import FROM_HUB
from hub.protocol.live_frames import FROM_LIVE
from hub.protocol.stream_frames import Hello
from hub.protocol.viewer_frames import FROM_VIEWER
from tests.hub.protocol import strategies

KINDS: list[dict[str, Callable[..., Any]]] = [dict(FROM_DEVICE), dict(FROM_HUB), dict(FROM_VIEWER), dict(FROM_LIVE)]
MARKER = "XMARKERX"
BOTH = pytest.mark.parametrize("codec", [JSON, MSGPACK], ids=["json", "msgpack"])
EVERY = st.one_of(
    strategies.device_messages.map(lambda message: (message, KINDS[0])),
    strategies.hub_messages.map(lambda message: (message, KINDS[1])),
    strategies.viewer_messages.map(lambda message: (message, KINDS[2])),
    strategies.live_messages.map(lambda message: (message, KINDS[3])),
)


def received(codec: Codec, payload: bytes) -> bytes | str:
    """Return a payload as a WebSocket hands it over."""
    return payload if codec.binary else payload.decode()


def try_all(codec: Codec, payload: bytes | str) -> None:
    """Read something as every kind of message; nothing but an error of the hub may come of it."""
    for kinds in KINDS:
        try:
            codec.decode(payload, kinds)
        except HubError as error:
            assert len(error.detail) < 120


@BOTH
@given(EVERY)
def test_every_message_comes_back_as_it_was_sent(
    codec: Codec, sent: tuple[Encodable, dict[str, Callable[..., Any]]]
) -> None:
    message, kinds = sent
    encoded = codec.encode(message)
    read = codec.decode(received(codec, encoded), kinds)
    assert type(read) is type(message)
    assert codec.encode(read) == encoded


@given(EVERY)
def test_both_encodings_carry_the_same_fields(sent: tuple[Encodable, object]) -> None:
    message, _ = sent
    assert JSON.load(JSON.encode(message).decode()) == MSGPACK.load(MSGPACK.encode(message))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_as_msgpack(payload: bytes) -> None:
    try_all(MSGPACK, payload)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_as_json(payload: str) -> None:
    try_all(JSON, payload)


@BOTH
@given(strategies.plain)
def test_any_document_is_read_or_refused(codec: Codec, document: Any) -> None:
    try_all(codec, received(codec, codec.dump(document)))


@BOTH
@given(EVERY, st.data())
def test_a_message_with_any_field_replaced_is_read_or_refused(
    codec: Codec, sent: tuple[Encodable, object], data: st.DataObject
) -> None:
    wire = sent[0].wire()
    field = data.draw(st.sampled_from(sorted(wire)))
    wire[field] = data.draw(strategies.plain)
    try_all(codec, received(codec, codec.dump(wire)))


@given(EVERY, st.data())
def test_a_message_with_any_byte_changed_is_read_or_refused(
    sent: tuple[Encodable, object], data: st.DataObject
) -> None:
    payload = bytearray(MSGPACK.encode(sent[0]))
    at = data.draw(st.integers(0, len(payload) - 1))
    payload[at] = data.draw(st.integers(0, 255))
    try_all(MSGPACK, bytes(payload))
    try_all(MSGPACK, bytes(payload[:at]))


@BOTH
@given(EVERY)
def test_an_unknown_field_is_never_read(codec: Codec, sent: tuple[Encodable, dict[str, Callable[..., Any]]]) -> None:
    message, kinds = sent
    with pytest.raises(HubError) as refused:
        codec.decode(received(codec, codec.dump(message.wire() | {MARKER: MARKER})), kinds)
    assert MARKER not in refused.value.detail


@BOTH
@pytest.mark.parametrize(
    "payload", [{"type": MARKER}, {"type": "hello", "streams": [{"log_id": MARKER, "kind": MARKER}]}]
)
def test_a_refusal_never_repeats_the_input(codec: Codec, payload: object) -> None:
    with pytest.raises(HubError) as refused:
        codec.decode(received(codec, codec.dump(payload)), FROM_DEVICE)
    assert MARKER not in refused.value.detail


@BOTH
def test_a_message_over_the_limit_is_too_large(codec: Codec) -> None:
    with pytest.raises(TooLarge):
        codec.decode(received(codec, b"x" * 101), FROM_DEVICE, bytes_max=100)


@BOTH
def test_the_other_kind_of_message_is_malformed(codec: Codec) -> None:
    with pytest.raises(Malformed):
        codec.decode("{}" if codec.binary else b"{}", FROM_DEVICE)


def test_a_key_that_stands_twice_is_malformed_at_every_level() -> None:
    claim = '{"log_id":"%s","kind":"fixes","kind":"fixes"}' % ("0" * 32)
    for text in (
        '{"type":"hello","type":"hello","streams":[]}',
        '{"type":"hello","\\u0074ype":"hello","streams":[]}',
        '{"type":"hello","streams":[' + claim + "]}",
    ):
        with pytest.raises(Malformed):
            JSON.decode(text, FROM_DEVICE)


def test_what_looks_like_a_key_in_a_text_is_none() -> None:
    agent = 'a":"b", "agent": "c'
    hello = Hello(tuple(), None, agent)
    wire = hello.wire() | {"streams": [{"log_id": "0" * 32, "kind": "fixes"}]}
    read = JSON.decode(JSON.dump(wire).decode(), FROM_DEVICE)
    assert isinstance(read, Hello)
    assert read.agent == agent


def test_arrays_that_only_claim_to_be_long_cost_nothing() -> None:
    nested = b"\xdd\x00\x01\x86\x9f" * 1_000  # each of them an array of 99,999, the next one its first element
    tracemalloc.start()
    try:
        with pytest.raises(Malformed):
            MSGPACK.load(nested)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_smaller_floats_of_msgpack_are_read() -> None:
    fix = [1, 48.5, 11.5, 2.5, None, None, None]
    packed = msgpack.packb(Data(1, 1, 1, [fix]).wire(), use_single_float=True)
    read = MSGPACK.decode(packed, FROM_DEVICE)
    assert isinstance(read, Data)
    assert read.fixes == [fix]


def test_each_subprotocol_has_its_codec() -> None:
    assert {name: codec.subprotocol for name, codec in CODECS.items()} == {name: name for name in CODECS}
