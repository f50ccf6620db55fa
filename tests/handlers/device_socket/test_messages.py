"""Messages that cannot be taken are answered, cost nothing that is queued, and the third ends the connection."""

from __future__ import annotations

from uuid import UUID

import msgpack
import pytest

from hub.protocol.codec import JSON, MSGPACK
from hub.protocol.limits import SEQ_MAX
from tests.handlers.device_socket.conftest import MARKER
from tests.protocol.rig.hub import Served, Tablet, data, fix, until
from tests.protocol.rig.wire import BINARY, frame

pytestmark = pytest.mark.usefixtures("the_hub_goes_on")


def packed(**values: object) -> bytes:
    """Return a data message with some fields replaced, as msgpack."""
    return bytes(MSGPACK.dump(data(1, 1) | values))


REPORT: dict[str, object] = {
    "type": "report",
    "id": "r",
    "kind": "message",
    "at": 1,
    "sent_at": 1,
    "body": {"text": "x"},
}
BAD_MSGPACK: dict[str, bytes] = {
    "nothing": b"",
    "a truncated map": packed()[:-3],
    "a trailing byte": packed() + b"\xc0",
    "a reserved byte": b"\xc1",
    "an array of 4 G": b"\xdd\xff\xff\xff\xff",
    "a map of 4 G": b"\xdf\xff\xff\xff\xff",
    "a text of 4 GB": b"\xdb\xff\xff\xff\xff",
    "60,000 nested arrays": b"\x91" * 60_000 + b"\xc0",
    "60,000 nested maps": b"\x81\xa1a" * 60_000 + b"\xc0",
    "a bin key": msgpack.packb({b"type": "data"}),
    "a map as a key": b"\x81\x80\xc0",
    "a number as a key": msgpack.packb({1: "data"}),
    "a key twice": b"\x82\xa4type\xa4data\xa4type\xa4data",
    "an extension": packed(stream=msgpack.ExtType(5, b"x")),
    "a timestamp": packed(sent_at=msgpack.Timestamp(1, 0)),
    "an empty extension": packed(stream=msgpack.ExtType(5, b"")),
    "a text that is not UTF-8": b"\x81\xa4type\xa2\xff\xfe",
    "seq -1": packed(seq=-1),
    "seq 0": packed(seq=0),
    "seq 2^63": packed(seq=2**63),
    "seq 2^53": packed(seq=SEQ_MAX + 1),
    "seq 1.0": packed(seq=1.0),
    "seq true": packed(seq=True),
    "seq NaN": packed(seq=float("nan")),
    "stream true": packed(stream=True),
    "stream nil": packed(stream=None),
    "sent_at of the year 10000": packed(sent_at=253_402_300_800_000_000),
    "no samples": packed(fixes=[]),
    "501 samples": packed(fixes=[fix(1)] * 501),
    "100,001 samples": packed(fixes=[1] * 100_001),
    "samples in a map": packed(fixes={"a": 1}),
    "an unknown field": packed(**{MARKER: MARKER}),
    "an unknown type": packed(type=MARKER),
    "a stream of somebody else": packed(stream=1_000_000),
    "a second hello": MSGPACK.dump({"type": "hello", "streams": [{"log_id": "0" * 32, "kind": "fixes"}]}),
    "a hub's message": MSGPACK.dump({"type": "ack", "acks": [[1, 1]], "credit": 1}),
    "a skip backwards": MSGPACK.dump({"type": "skip", "stream": 1, "from": 5, "to": 4, "reason": "expired"}),
    "a skip without reason": MSGPACK.dump({"type": "skip", "stream": 1, "from": 5, "to": 6, "reason": MARKER}),
    "a hint that is no fix": MSGPACK.dump({"type": "live", "stream": 1, "seq": 1, "sent_at": 1, "fix": [MARKER]}),
    "an answer to nothing": MSGPACK.dump({"type": "command_ack", "id": MARKER, "status": "done"}),
    "a report of a list": MSGPACK.dump(REPORT | {"body": [MARKER]}),
    "a report without a body": MSGPACK.dump({key: value for key, value in REPORT.items() if key != "body"}),
    "a report with a long id": MSGPACK.dump(REPORT | {"id": MARKER * 10}),
    "a report of the year 10000": MSGPACK.dump(REPORT | {"at": 253_402_300_800_000_000}),
    "a report with a text of 9 KB": MSGPACK.dump(REPORT | {"body": {"text": "x" * 9_000}}),
    "a list": b"\x90",
    "a million samples": b"\x85\xa4type\xa4data\xa5fixes\xdd\x00\x0f\x42\x40" + b"\xc0" * 200_000,
}
BAD_JSON: dict[str, bytes] = {
    "nothing": b"",
    "a truncated object": b'{"type":"data"',
    "two documents": b"{}{}",
    "NaN": b'{"type":"data","stream":NaN}',
    "Infinity": b'{"type":"data","stream":Infinity}',
    "seq 2^64": JSON.dump(data(1, 1)).replace(b'"seq":1', b'"seq":18446744073709551616'),
    "300 digits": JSON.dump(data(1, 1)).replace(b'"seq":1', b'"seq":' + b"9" * 300),
    "true for an integer": JSON.dump(data(1, 1) | {"seq": True}),
    "1.0 for an integer": JSON.dump(data(1, 1)).replace(b'"seq":1', b'"seq":1.0'),
    "a key twice": b'{"type":"data","type":"data","stream":1,"seq":1,"sent_at":1,"fixes":[1]}',
    "a key twice, escaped": b'{"type":"data","\\u0074ype":"data","stream":1,"seq":1,"sent_at":1,"fixes":[1]}',
    "100,000 nested arrays": b"[" * 100_000 + b"]" * 100_000,
    "33 nested objects": b'{"a":' * 33 + b"1" + b"}" * 33,
    "a lone surrogate": b'{"type":"\\ud800"}',
    "NUL": b'{"type":"da\\u0000ta"}',
    "a raw control character": b'{"type":"da\x01ta"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "__proto__": JSON.dump({"type": "data", "__proto__": {"stream": 1}, "constructor": MARKER}),
    "a list": b"[]",
    "a text": b'"data"',
    "a stream of somebody else": JSON.dump(data(1_000_000, 1)),
}


@pytest.mark.parametrize("name", BAD_MSGPACK)
async def test_bad_msgpack_is_answered_and_the_third_ends_the_connection(tablet: Tablet, name: str) -> None:
    socket, _, _ = await tablet.join(MSGPACK)
    for _ in range(2):
        socket.say_raw(BAD_MSGPACK[name])
        error = await socket.hear()
        assert error["type"] == "error"
        assert error["code"] in ("malformed", "unknown_field", "invalid_value", "not_found")
    socket.say_raw(BAD_MSGPACK[name])
    assert (await socket.ending()).code == 4501
    assert MARKER not in str(socket.heard)


@pytest.mark.parametrize("name", BAD_JSON)
async def test_bad_json_is_answered_and_the_third_ends_the_connection(tablet: Tablet, name: str) -> None:
    socket, _, _ = await tablet.join(JSON)
    for _ in range(2):
        socket.say_raw(BAD_JSON[name])
        assert (await socket.hear())["type"] == "error"
    socket.say_raw(BAD_JSON[name])
    assert (await socket.ending()).code == 4501
    assert MARKER not in str(socket.heard)


BAD_BODIES: dict[str, tuple[str, dict[str, object]]] = {
    "nothing": ("accept", {}),
    "an unknown kind": (MARKER, {}),
    "an unknown field": ("accept", {"assignment": str(UUID(int=1)), MARKER: MARKER}),
    "no uuid": ("seen", {"assignment": MARKER}),
    "a nested object": ("seen", {"assignment": {"id": MARKER}}),
    "bytes": ("message", {"text": b"\xff"}),
    "NUL": ("message", {"text": "\x00" + MARKER}),
    "a million": ("duty", {"status": 10**6}),
    "NaN": ("destination", {"assignment": str(UUID(int=1)), "latitude": float("nan"), "longitude": 1.0}),
    "off the Earth": ("destination", {"assignment": str(UUID(int=1)), "latitude": 91.0, "longitude": 181.0}),
    "a stage of nobody's": ("stage", {"assignment": str(UUID(int=1)), "stage": "cleared"}),
}


@pytest.mark.parametrize("name", BAD_BODIES)
async def test_a_report_that_makes_no_sense_is_refused_and_is_no_strike(tablet: Tablet, name: str) -> None:
    kind, body = BAD_BODIES[name]
    socket, _, _ = await tablet.join(MSGPACK)
    for number in range(4):
        socket.say(REPORT | {"id": str(number), "kind": kind, "body": body})
        ack = await socket.hear()
        assert (ack["type"], ack["id"], ack["status"]) == ("report_ack", str(number), "refused")
        assert ack["code"] in ("malformed", "unknown_field", "invalid_value", "not_found")
    assert MARKER not in str(socket.heard)
    await socket.say_goodbye()


async def test_the_other_encoding_is_malformed(tablet: Tablet) -> None:
    socket, stream, _ = await tablet.join(JSON)
    socket.write(frame(BINARY, MSGPACK.dump(data(stream, 1))))
    assert (await socket.hear())["code"] == "malformed"
    await socket.say_goodbye()


async def test_two_strikes_cost_nothing_that_was_queued(served: Served, tablet: Tablet) -> None:
    socket, stream, _ = await tablet.join()
    socket.say(data(stream, 1, 5))
    socket.say_raw(b"{")
    socket.say(data(stream, 6, 5))
    socket.say_raw(b"{")
    socket.say(data(stream, 11, 5))
    while (await socket.hear("ack"))["acks"] != [[stream, 15]]:
        pass
    assert await served.stored(stream) == list(range(1, 16))
    await socket.say_goodbye()


async def test_what_came_before_the_third_strike_is_stored(served: Served, tablet: Tablet) -> None:
    socket, stream, _ = await tablet.join()
    socket.say(data(stream, 1, 5))
    for _ in range(3):
        socket.say_raw(b"{")
    assert (await socket.ending()).code == 4501

    async def stored() -> bool:
        return await served.stored(stream) == [1, 2, 3, 4, 5]

    await until(stored)


async def test_another_device_cannot_send_on_a_stream(served: Served, tablet: Tablet) -> None:
    socket, stream, _ = await tablet.join()
    thief, _, _ = await (await served.tablet()).join()
    thief.say(data(stream, 1))
    assert (await thief.hear())["code"] == "not_found"
    assert await served.stored(stream) == []
    await thief.say_goodbye()
    await socket.say_goodbye()


async def test_the_same_log_of_another_device_is_another_stream(served: Served, tablet: Tablet) -> None:
    socket, stream, _ = await tablet.join()
    other = await served.tablet()
    other.log_id = tablet.log_id
    second, its_stream, welcome = await other.join()
    assert its_stream != stream
    assert welcome["streams"][0]["fence"] == 1
    await second.say_goodbye()
    await socket.say_goodbye()
