"""Frames that RFC 6455 forbids end a connection with the code that it prescribes; odd ones that it allows are read."""

from __future__ import annotations

import struct

import pytest

from hub.protocol.codec import JSON
from hub.protocol.limits import MESSAGE_BYTES_MAX
from tests.protocol.rig.hub import Tablet, data
from tests.protocol.rig.wire import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame

pytestmark = pytest.mark.usefixtures("the_hub_goes_on")

BROKEN_FRAMES = {
    "a reserved bit": (frame(TEXT, b"{}", reserved=1), 1002),
    "the bit of compression": (frame(TEXT, b"{}", reserved=4), 1002),
    "a reserved opcode": (frame(0x3, b"{}"), 1002),
    "a reserved control opcode": (frame(0xB), 1002),
    "a ping of 126 bytes": (frame(PING, b"x" * 126), 1002),
    "a fragmented ping": (frame(PING, b"x", final=False), 1002),
    "a continuation of nothing": (frame(CONTINUATION, b"x"), 1002),
    "a message within a message": (frame(TEXT, b"a", final=False) + frame(TEXT, b"b"), 1002),
    "bad UTF-8": (frame(TEXT, b"\xff\xfe"), 1007),
    "bad UTF-8 in the reason of a close": (frame(CLOSE, b"\x03\xe8\xff"), 1007),
    "half a close code": (frame(CLOSE, b"\x03"), 1002),
    "close code 1005": (frame(CLOSE, struct.pack("!H", 1005)), 1002),
    "close code 999": (frame(CLOSE, struct.pack("!H", 999)), 1002),
    "one byte too many": (frame(TEXT, b"x" * (MESSAGE_BYTES_MAX + 1)), 1009),
    "too many bytes in fragments": (frame(TEXT, b"x" * 200_000, final=False) + frame(0, b"x" * 200_000), 1009),
    "four gigabytes announced": (frame(BINARY, b"", claim=2**32), 1009),
    "2^63 bytes announced": (frame(BINARY, b"", claim=2**63), 1009),
}


@pytest.mark.parametrize("name", BROKEN_FRAMES)
async def test_a_broken_frame_ends_the_connection_with_its_code(tablet: Tablet, name: str) -> None:
    sent, code = BROKEN_FRAMES[name]
    socket, _, _ = await tablet.join()
    socket.write(sent)
    assert (await socket.ending()).code == code


async def test_ten_thousand_empty_fragments_are_one_message(tablet: Tablet) -> None:
    socket, stream, _ = await tablet.join()
    whole = JSON.dump(data(stream, 1))
    socket.write(frame(TEXT, whole, final=False) + frame(CONTINUATION, final=False) * 10_000 + frame(CONTINUATION))
    assert (await socket.hear())["acks"] == [[stream, 1]]
    await socket.say_goodbye()


async def test_a_message_may_come_in_fragments_with_pings_between(tablet: Tablet) -> None:
    socket, stream, _ = await tablet.join()
    whole = JSON.dump(data(stream, 1))
    socket.write(frame(TEXT, whole[:9], final=False) + frame(PING, b"here?") + frame(CONTINUATION, whole[9:]))
    assert await socket.frame() == (PONG, b"here?")
    assert (await socket.hear())["acks"] == [[stream, 1]]
    await socket.say_goodbye()


async def test_a_message_of_exactly_the_limit_is_read(tablet: Tablet) -> None:
    socket, stream, _ = await tablet.join()
    whole = JSON.dump(data(stream, 1))
    socket.say_raw(whole + b" " * (MESSAGE_BYTES_MAX - len(whole)))
    assert (await socket.hear())["acks"] == [[stream, 1]]
    await socket.say_goodbye()


async def test_a_flood_of_pings_is_survived(tablet: Tablet) -> None:
    socket, stream, _ = await tablet.join()
    socket.write(frame(PING, b"x" * 125) * 5_000)
    socket.say(data(stream, 1))
    assert (await socket.hear("ack"))["acks"] == [[stream, 1]]
    await socket.say_goodbye()


async def test_a_peer_that_leaves_within_a_frame_is_forgotten(tablet: Tablet) -> None:
    socket, _, _ = await tablet.join()
    socket.write(frame(TEXT, b"x" * 100)[:-50])
    await socket.flush()
    socket.abort()


async def test_an_unmasked_frame_does_no_harm(tablet: Tablet) -> None:
    # RFC 6455 wants 1002 here. aiohttp reads it, and masking protects proxies, not the hub.
    socket, stream, _ = await tablet.join()
    socket.write(frame(TEXT, JSON.dump(data(stream, 1)), masked=False))
    assert (await socket.hear())["acks"] == [[stream, 1]]
    await socket.say_goodbye()
