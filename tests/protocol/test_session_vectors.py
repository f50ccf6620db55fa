"""The conversations of the vectors, held with a real hub in both encodings."""

from __future__ import annotations

from typing import Any

import pytest

from hub.protocol.codec import JSON, MSGPACK, Codec
from tests.protocol.rig.hub import Served, Tablet, until
from tests.protocol.rig.wire import Ended, Socket
from tests.protocol.vectors import each


@pytest.mark.parametrize("codec", [JSON, MSGPACK], ids=["json", "msgpack"])
@each("sessions")
async def test_a_conversation_goes_as_documented(
    served: Served, tablet: Tablet, vector: dict[str, Any], codec: Codec
) -> None:
    if vector["acked"]:
        await begin(served, tablet, vector["acked"])
    socket, stream, welcome = await tablet.join(codec)
    assert welcome["streams"][0]["acked"] == vector["acked"]
    closed = False
    for step in vector["steps"]:
        if "device" in step:
            socket.say(known(step["device"], stream))
        elif "hub" in step:
            await heard(socket, known(step["hub"], stream))
        else:
            with pytest.raises(Ended) as ended:
                await socket.hear()
            assert ended.value.code == step["close"]
            closed = True
    if not closed:
        await socket.say_goodbye()
    assert await until(lambda: same(served, tablet, stream, vector["after"]))


async def begin(served: Served, tablet: Tablet, acked: int) -> None:
    """Let the stream have a mark already."""
    await served.query(
        "INSERT INTO streams (device_id, log_id, kind, ambulance_id, last_seq) VALUES ($1, $2, 'fixes', $3, $4)"
        " RETURNING id",
        tablet.device_id,
        tablet.log_id,
        tablet.ambulance_id,
        acked,
    )


def known(value: Any, stream: int) -> Any:
    """Put the stream's number in."""
    if isinstance(value, dict):
        return {key: known(inner, stream) for key, inner in value.items()}
    if isinstance(value, list):
        return [known(inner, stream) for inner in value]
    return stream if value == "$stream" else value


async def heard(socket: Socket, expected: dict[str, Any]) -> None:
    """Wait for a message; an ack of less than is expected is a piece of it."""
    while True:
        got = await socket.hear()
        piece = got["type"] == expected["type"] == "ack" and got["acks"][0][1] < expected["acks"][0][1]
        if not piece:
            break
    assert got.keys() == expected.keys()
    assert {key: "$any" if expected[key] == "$any" else value for key, value in got.items()} == expected


async def same(served: Served, tablet: Tablet, stream: int, after: dict[str, Any]) -> bool:
    """Compare what is stored."""

    async def rows(sql: str, key: int = stream) -> list[list[Any]]:
        return [list(row) for row in await served.query(sql, key)]

    found = {
        "acked": await served.value("SELECT last_seq FROM streams WHERE id = $1", stream),
        "stored": await served.stored(stream),
        "dead_letters": await rows("SELECT seq, code FROM dead_letters WHERE stream_id = $1 ORDER BY seq"),
        "skips": await rows("SELECT first_seq, last_seq, reason FROM stream_skips WHERE stream_id = $1"),
        "alarms": await rows("SELECT alarm_id, kind, seq FROM alarms WHERE device_id = $1", tablet.device_id),
    }
    return found == {"dead_letters": [], "skips": [], "alarms": []} | after
