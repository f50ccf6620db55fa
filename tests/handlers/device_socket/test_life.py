"""What a device and the hub say to each other over a real socket, from the welcome to the close code."""

from __future__ import annotations

import asyncio
import time

import pytest

from hub.protocol.codec import JSON, MSGPACK, Codec
from tests.protocol.rig.hub import CREDIT, START_US, Served, Tablet, data, fix, until
from tests.protocol.rig.wire import PING, PONG, Ended, frame

CODECS = pytest.mark.parametrize("codec", [JSON, MSGPACK], ids=["json", "msgpack"])


@CODECS
async def test_what_is_acked_is_stored(served: Served, tablet: Tablet, codec: Codec) -> None:
    socket, stream, welcome = await tablet.join(codec)
    assert welcome["streams"] == [{"log_id": tablet.log_id, "stream": stream, "fence": 1, "acked": 0}]
    assert welcome["device"] == tablet.device_id
    socket.say(data(stream, 1, 3))
    ack = await socket.hear("ack")
    assert ack == {"type": "ack", "acks": [[stream, 3]], "credit": CREDIT}
    assert await served.stored(stream) == [1, 2, 3]
    await socket.say_goodbye()


async def test_a_frame_that_straddles_the_mark_is_trimmed(served: Served, tablet: Tablet) -> None:
    socket, stream, _ = await tablet.join()
    socket.say(data(stream, 1, 4))
    await socket.hear("ack")
    socket.say(data(stream, 3, 4))
    assert (await socket.hear())["acks"] == [[stream, 6]]
    assert await served.stored(stream) == [1, 2, 3, 4, 5, 6]
    await socket.say_goodbye()


async def test_a_gap_is_answered_once_with_where_to_go_back_to(served: Served, tablet: Tablet) -> None:
    socket, stream, _ = await tablet.join()
    for first in (5, 6, 7):
        socket.say(data(stream, first))
    assert await socket.hear() == {"type": "nack", "stream": stream, "expected": 1}
    socket.say(data(stream, 1, 7))
    assert (await socket.hear())["acks"] == [[stream, 7]]
    assert await served.stored(stream) == [1, 2, 3, 4, 5, 6, 7]
    await socket.say_goodbye()


async def test_a_connection_goes_on_where_the_last_one_was_acked(served: Served, tablet: Tablet) -> None:
    socket, stream, _ = await tablet.join()
    socket.say(data(stream, 1, 2))
    await socket.hear("ack")
    socket.abort()
    socket, again, welcome = await tablet.join()
    assert again == stream
    assert welcome["streams"][0]["acked"] == 2
    assert welcome["streams"][0]["fence"] == 2
    await socket.say_goodbye()


async def test_a_refused_sample_is_told_after_the_commit_and_its_neighbours_are_stored(
    served: Served, tablet: Tablet
) -> None:
    socket, stream, _ = await tablet.join()
    message = data(stream, 1, 3)
    message["fixes"] = [fix(1), fix(2, latitude=91.0), fix(3)]
    socket.say(message)
    nack = await socket.hear()
    assert (nack["type"], nack["stream"], nack["seq"], nack["code"]) == ("nack", stream, 2, "invalid_value")
    letters = await served.query("SELECT seq, code, body FROM dead_letters WHERE stream_id = $1", stream)
    assert [(row["seq"], row["code"]) for row in letters] == [(2, "invalid_value")]
    assert b"91.0" in letters[0]["body"]
    assert (await socket.hear())["acks"] == [[stream, 3]]
    assert await served.stored(stream) == [1, 3]
    await socket.say_goodbye()


async def test_a_sample_nested_deeper_than_json_is_written_is_refused_alone(served: Served, tablet: Tablet) -> None:
    socket, stream, _ = await tablet.join()
    socket.say_raw(JSON.dump(data(stream, 1) | {"fixes": "X"}).replace(b'"X"', b"[" * 300 + b"]" * 300))
    assert (await socket.hear())["code"] == "malformed"
    assert (await socket.hear())["acks"] == [[stream, 1]]
    await socket.say_goodbye()


async def test_a_skip_is_stored_and_the_stream_goes_on_behind_it(served: Served, tablet: Tablet) -> None:
    socket, stream, _ = await tablet.join()
    socket.say({"type": "skip", "stream": stream, "from": 1, "to": 40, "reason": "spool_full"})
    assert (await socket.hear())["acks"] == [[stream, 40]]
    socket.say(data(stream, 41))
    assert (await socket.hear())["acks"] == [[stream, 41]]
    rows = await served.query("SELECT first_seq, last_seq, reason FROM stream_skips WHERE stream_id = $1", stream)
    assert [tuple(row) for row in rows] == [(1, 40, "spool_full")]
    await socket.say_goodbye()


async def test_an_alarm_is_stored_once_however_often_it_is_sent(served: Served, tablet: Tablet) -> None:
    socket, stream, _ = await tablet.join()
    message = data(stream, 1, 2)
    message["fixes"] = [[*fix(1), ["sos", "call-7"]], [*fix(2), ["sos", "call-7"]]]
    for _ in range(3):
        socket.say(message)
    assert (await socket.hear())["acks"] == [[stream, 2]]
    rows = await served.query("SELECT alarm_id, kind, seq FROM alarms WHERE device_id = $1", tablet.device_id)
    assert [tuple(row) for row in rows] == [("call-7", "sos", 1)]
    await socket.say_goodbye()


async def test_a_live_hint_is_shown_and_not_stored(served: Served, tablet: Tablet) -> None:
    socket, stream, _ = await tablet.join()
    hint = {"type": "live", "stream": stream, "seq": 900, "sent_at": START_US, "fix": fix(0, latitude=47.5)}
    socket.say(hint)
    place = "SELECT current_location[1] FROM ambulances WHERE id = $1"

    async def shown() -> bool:
        return bool(await served.value(place, tablet.ambulance_id) == 47.5)

    await until(shown)
    assert await served.stored(stream) == []
    socket.say(data(stream, 1))
    assert (await socket.hear())["acks"] == [[stream, 1]], "the hint itself was not answered"
    await socket.say_goodbye()


async def test_a_command_is_sent_at_once_and_again_until_it_is_answered(served: Served, tablet: Tablet) -> None:
    socket, _, _ = await tablet.join()
    order = "INSERT INTO device_commands (device_id, kind, body) VALUES ($1, 'reporting', $2::jsonb) RETURNING id::text"
    command_id = await served.value(order, tablet.device_id, '{"interval_s": 5}')
    expected = {"type": "command", "id": command_id, "kind": "reporting", "body": {"interval_s": 5}}
    assert await socket.hear() == expected
    socket.abort()
    socket, _, _ = await tablet.join()
    assert await socket.hear() == expected
    answer = {"type": "command_ack", "id": command_id, "status": "done", "detail": "every 5 s"}
    socket.say(answer)

    async def answered() -> str | None:
        status: str | None = await served.value("SELECT status FROM device_commands WHERE id = $1::uuid", command_id)
        return status

    assert await until(answered) == "done"
    for _ in range(4):  # no strike
        socket.say(answer)
        assert (await socket.hear())["code"] == "not_found"
    await socket.say_goodbye()
    socket, stream, _ = await tablet.join()
    socket.say(data(stream, 1))
    assert (await socket.hear())["type"] == "ack", "an answered command is not sent again"
    await socket.say_goodbye()


async def test_a_command_never_overtakes_the_welcome(served: Served, tablet: Tablet) -> None:
    socket = await tablet.dial()
    order = "INSERT INTO device_commands (device_id, kind, body) VALUES ($1, 'reporting', '{}') RETURNING id"
    await served.value(order, tablet.device_id)
    await asyncio.sleep(0.1)
    socket.say(tablet.hello())
    assert (await socket.hear())["type"] == "welcome"
    assert (await socket.hear())["type"] == "command"
    socket.abort()


async def test_more_than_the_credit_ends_the_connection(served: Served, tablet: Tablet) -> None:
    socket, stream, _ = await tablet.join()
    for first in range(1, 2 * CREDIT + 1, 250):
        socket.say(data(stream, first, 250))
    ended = await socket.ending()
    assert (ended.code, ended.reason) == (4003, "credit_exceeded")
    assert socket.heard[-1]["code"] == "credit_exceeded"


async def test_a_second_connection_takes_the_stream_over(served: Served, tablet: Tablet) -> None:
    first, _, _ = await tablet.join()
    second, stream, welcome = await tablet.join()
    assert welcome["streams"][0]["fence"] == 2
    assert (await first.ending()).code == 4503
    second.say(data(stream, 1))
    assert (await second.hear("ack"))["acks"] == [[stream, 1]]
    await second.say_goodbye()


async def test_a_revoked_device_is_closed_within_two_seconds(served: Served, tablet: Tablet) -> None:
    socket, _, _ = await tablet.join()
    started = time.monotonic()
    await served.query("UPDATE devices SET revoked_at = now() WHERE id = $1", tablet.device_id)
    assert (await socket.ending()).code == 4504
    assert time.monotonic() - started < 2.0


async def test_a_device_in_another_ambulance_begins_a_new_connection(served: Served, tablet: Tablet) -> None:
    socket, _, _ = await tablet.join()
    other = await served.tablet()
    await served.query("UPDATE devices SET ambulance_id = $2 WHERE id = $1", tablet.device_id, other.ambulance_id)
    assert (await socket.ending()).code == 4005


async def test_a_withdrawn_secret_closes_the_connection_that_it_opened(served: Served, tablet: Tablet) -> None:
    socket, _, _ = await tablet.join()
    started = time.monotonic()
    await served.query("UPDATE device_secrets SET revoked_at = now() WHERE device_id = $1", tablet.device_id)
    assert (await socket.ending()).code == 4504
    assert time.monotonic() - started < 2.0


async def test_a_rotated_secret_that_runs_out_closes_its_connection(served: Served, tablet: Tablet) -> None:
    socket, stream, _ = await tablet.join()
    await served.query(
        "UPDATE device_secrets SET expires_at = now() + interval '1 second' WHERE device_id = $1", tablet.device_id
    )
    socket.say(data(stream, 1))
    assert (await socket.hear("ack"))["acks"] == [[stream, 1]]
    assert (await socket.ending()).code == 4504


async def test_another_hub_takes_a_stream_over_within_two_seconds(
    served: Served, other_hub: Served, tablet: Tablet
) -> None:
    first, _, _ = await tablet.join()
    started = time.monotonic()
    moved = Tablet(other_hub.port, tablet.device_id, tablet.ambulance_id, tablet.secret, tablet.log_id)
    second, stream, welcome = await moved.join()
    assert welcome["streams"][0]["fence"] == 2
    second.say(data(stream, 1))
    assert (await second.hear("ack"))["acks"] == [[stream, 1]]
    second.abort()
    assert (await first.ending()).code == 4503
    assert time.monotonic() - started < 2.0


async def test_a_silent_device_is_pinged_and_then_closed(other_hub: Served, tablet: Tablet) -> None:
    quiet = Tablet(other_hub.port, tablet.device_id, tablet.ambulance_id, tablet.secret)
    socket, _, _ = await quiet.join()
    assert (await socket.frame()).opcode == PING
    with pytest.raises(Ended) as ended:
        await socket.frame()  # without an answer to the ping
    assert ended.value.code == 4002


async def test_a_silent_device_that_answers_pings_stays(other_hub: Served, tablet: Tablet) -> None:
    quiet = Tablet(other_hub.port, tablet.device_id, tablet.ambulance_id, tablet.secret)
    socket, stream, _ = await quiet.join()
    for _ in range(2):
        ping = await socket.frame()
        assert ping.opcode == PING
        socket.write(frame(PONG, ping.payload))
    socket.say(data(stream, 1))
    assert (await socket.hear("ack"))["acks"] == [[stream, 1]]
    await socket.say_goodbye()


async def test_a_ping_is_answered_with_the_hubs_clock(tablet: Tablet) -> None:
    socket, _, welcome = await tablet.join()
    socket.say({"type": "ping", "id": 7})
    pong = await socket.hear("pong")
    assert pong["id"] == 7
    assert pong["server_time"] >= welcome["server_time"]
    await socket.say_goodbye()
