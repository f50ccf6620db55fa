"""Sessions whose motion a sensor may not send, and what is sent when they are over."""

from __future__ import annotations

import pytest

from hub.protocol.codec import JSON, MSGPACK, Codec
from tests.faults.rig.ward import JOINTS
from tests.handlers.device_socket.conftest import MARKER
from tests.handlers.device_socket.motion import SAMPLES, Sensor, acked, motion, wear
from tests.protocol.rig.hub import START_US, Served, until
from tests.protocol.rig.wire import connect

ENCODINGS = pytest.mark.parametrize("codec", [MSGPACK, JSON], ids=["msgpack", "json"])
pytestmark = pytest.mark.usefixtures("the_hub_goes_on")


@ENCODINGS
async def test_sessions_that_are_not_its_own_are_refused_and_the_connection_goes_on(
    served: Served, sensor: Sensor, codec: Codec
) -> None:
    other = (await wear(served)).worn
    ended = await served.value(
        "INSERT INTO physio_sessions (patient_id, therapist_id, device_id, status, scheduled_at, started_at, ended_at) "
        "SELECT patient_id, therapist_id, device_id, 'completed', now() - interval '9 days', "
        "now() - interval '9 days', now() - interval '8 days' FROM physio_sessions WHERE id = $1 RETURNING id",
        sensor.worn.session_id,
    )
    claims = [
        sensor.claim(session=str(other.session_id)),
        sensor.claim(session=str(ended)),
        sensor.claim(session="00000000-0000-0000-0000-000000000000"),
        sensor.claim(joints=["right_tail_flexion"]),
        sensor.claim(),
    ]
    socket, welcome = await sensor.hello(codec, *claims)
    codes = {one["log_id"]: one["code"] for one in welcome["refused"]}
    expected = ["forbidden", "outside_session", "forbidden", "invalid_value"]
    assert [codes[str(claim["log_id"])] for claim in claims[:4]] == expected
    (mark,) = welcome["streams"]
    socket.say(motion(codec, mark["stream"], 1))
    await acked(socket, mark["stream"], SAMPLES)
    await socket.say_goodbye()


BAD_CLAIMS: dict[str, dict[str, object]] = {
    "no joints": {"joints": []},
    "33 joints": {"joints": [f"{MARKER}{number}" for number in range(33)]},
    "a joint twice": {"joints": [JOINTS[0], JOINTS[0]]},
    "a joint that is a number": {"joints": [1]},
    "joints in a text": {"joints": JOINTS[0]},
    "a session that is no uuid": {"session": MARKER},
    "a session in braces": {"session": "{00000000-0000-0000-0000-000000000000}"},
    "a session that is a number": {"session": 1},
    "another kind": {"kind": MARKER},
    "a log of another form": {"log_id": MARKER},
}


@pytest.mark.parametrize("name", BAD_CLAIMS)
async def test_a_claim_that_makes_no_sense_ends_the_connection(sensor: Sensor, name: str) -> None:
    socket = await connect(sensor.served.port, "/ws/device", token=sensor.worn.secret, codec=MSGPACK)
    socket.say({"type": "hello", "streams": [sensor.claim(**BAD_CLAIMS[name])]})
    assert (await socket.ending()).code == 4501
    assert MARKER not in str(socket.heard)


async def test_what_is_measured_after_the_end_is_refused_and_what_was_measured_before_is_stored(
    served: Served, sensor: Sensor
) -> None:
    socket, stream = await sensor.join(MSGPACK)
    socket.say(motion(MSGPACK, stream, 1))
    await acked(socket, stream, SAMPLES)
    await served.query(
        "UPDATE physio_sessions SET status = 'completed', ended_at = now() - interval '10 s' WHERE id = $1",
        sensor.worn.session_id,
    )
    seq = 1

    async def is_refused() -> bool:  # the hub hears of the end a moment later
        nonlocal seq
        seq += SAMPLES
        socket.say(motion(MSGPACK, stream, seq))
        await acked(socket, stream, seq + SAMPLES - 1)
        return any(message["type"] == "nack" for message in socket.heard)

    await until(is_refused)
    first_late = seq + SAMPLES
    sampled = START_US - 60_000_000
    socket.say(motion(MSGPACK, stream, first_late, started_at=sampled, sent_at=START_US))
    await acked(socket, stream, first_late + SAMPLES - 1)
    nacks = [message for message in socket.heard if message["type"] == "nack"]
    assert {nack["code"] for nack in nacks} == {"outside_session"}
    assert first_late not in [nack["seq"] for nack in nacks]
    assert first_late in await sensor.stored(stream)
    await socket.say_goodbye()
