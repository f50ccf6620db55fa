"""The bytes of a message between nodes."""

from __future__ import annotations

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.bus.bus import CONTROL, PROTOCOL, Peer
from hub.bus.message import (
    MAC_BYTES,
    Message,
    NotUnderstood,
    Seal,
    pack_control,
    pack_peer,
    unpack_control,
    unpack_peer,
)

SEAL = Seal("a secret that all nodes share")
PEER = Peer("a", "00" * 8, 1, "1.0", "host", 1, "http://x", 2, 3, 4, "serving", 0.5, 5)
messages = st.builds(
    Message,
    kind=st.integers(0, 255),
    channel=st.integers(0, CONTROL),
    node=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60),
    epoch=st.binary(min_size=8, max_size=8),
    seq=st.integers(0, 2**64 - 1),
    body=st.binary(max_size=300),
)


@given(messages, st.integers(PROTOCOL - 1, PROTOCOL + 1))
def test_a_message_comes_out_as_it_went_in(message: Message, protocol: int) -> None:
    assert SEAL.decode(SEAL.encode(message, protocol=protocol)) == message


@given(st.binary(max_size=400))
def test_bytes_of_somebody_else_are_not_understood(data: bytes) -> None:
    with pytest.raises(NotUnderstood):
        SEAL.decode(data)


@given(messages, st.data())
def test_a_message_that_was_touched_is_not_understood(message: Message, data: st.DataObject) -> None:
    whole = SEAL.encode(message)
    at = data.draw(st.integers(0, len(whole) - 1))
    touched = bytearray(whole)
    touched[at] ^= data.draw(st.integers(1, 255))
    for bad in (bytes(touched), whole[:at], whole + b"x"):
        with pytest.raises(NotUnderstood):
            SEAL.decode(bad)


@given(st.binary(max_size=100))
def test_even_a_right_mac_makes_no_message_of_anything(text: bytes) -> None:
    try:
        SEAL.decode(SEAL.mac(text) + text)
    except NotUnderstood as error:
        assert error.reason in ("malformed", "version")


@given(messages)
def test_another_secret_or_version_is_not_understood(message: Message) -> None:
    with pytest.raises(NotUnderstood) as other_secret:
        Seal(b"another secret").decode(SEAL.encode(message))
    assert (other_secret.value.reason, other_secret.value.node) == ("mac", "")
    for protocol in (PROTOCOL + 2, 255):
        with pytest.raises(NotUnderstood) as other_version:
            SEAL.decode(SEAL.encode(message, protocol=protocol))
        found = other_version.value
        assert (found.reason, found.node, found.protocol) == ("version", message.node, protocol)


def test_a_secret_in_bytes_is_the_same_secret() -> None:
    assert Seal("geheimnis ü").mac(b"x") == Seal("geheimnis ü".encode()).mac(b"x")
    assert len(SEAL.mac(b"")) == MAC_BYTES


@given(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.integers(0, 2**63),
)
def test_a_control_message_comes_out_as_it_went_in(kind: str, key: str, said_at: int) -> None:
    assert unpack_control(pack_control(kind, key, said_at)) == (kind, key, said_at)


def test_a_peer_comes_out_as_it_went_in() -> None:
    assert unpack_peer(pack_peer(PEER)) == PEER


def test_columns_of_a_newer_version_are_ignored() -> None:
    assert unpack_peer(msgpack.packb([*PEER, "new", {}])) == PEER
    assert unpack_control(msgpack.packb(["drain", "*", 5, {"of": ["a", "newer", "version"]}])) == ("drain", "*", 5)


@given(
    st.binary(max_size=100)
    | st.recursive(st.none() | st.integers(0, 9) | st.text(max_size=3), st.lists).map(msgpack.packb)
)
def test_a_body_of_anything_raises_nothing_else(body: bytes) -> None:
    for unpack in (unpack_control, unpack_peer):
        try:
            unpack(body)
        except NotUnderstood as error:
            assert error.reason == "malformed"


@pytest.mark.parametrize("column", range(len(PEER)))
def test_a_peer_with_a_column_of_another_type_is_malformed(column: int) -> None:
    columns = list(PEER)
    columns[column] = [True]
    with pytest.raises(NotUnderstood):
        unpack_peer(msgpack.packb(columns))
    columns[column] = True
    with pytest.raises(NotUnderstood):
        unpack_peer(msgpack.packb(columns))
