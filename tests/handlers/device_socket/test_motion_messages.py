"""Frames of motion that cannot be: refused as a whole or answered as a strike, and their neighbours are stored."""

from __future__ import annotations

import math
import random
import secrets

import pytest

from hub.protocol.codec import JSON, MSGPACK, Codec
from tests.faults.rig.ward import JOINTS
from tests.handlers.device_socket.conftest import MARKER
from tests.handlers.device_socket.motion import SAMPLES, Sensor, acked, angles, motion, rows
from tests.protocol.rig.hub import Tablet, data, until

pytestmark = pytest.mark.usefixtures("the_hub_goes_on")


def offsets(*after: object) -> dict[str, object]:
    """Replace the constant interval."""
    return {"interval_us": ..., "offsets_us": list(after)}


REFUSED_BIN: dict[str, dict[str, object]] = {
    "NaN": {"angles": angles(math.nan)},
    "infinity": {"angles": angles(math.inf)},
    "minus infinity": {"angles": angles(-math.inf)},
    "more than 360 degrees": {"angles": angles(355.0)},
    "a joint too few": {"angles": angles(joints=len(JOINTS) - 1)},
    "a joint too many": {"angles": angles(joints=len(JOINTS) + 1)},
    "a byte too few": {"angles": angles()[:-1]},
    "no angle": {"angles": b""},
    "a ragged array": {"angles": [[1.0] * SAMPLES, [1.0] * SAMPLES, [1.0]]},
    "an array in an array in an array": {"angles": [[[1.0]] * SAMPLES] * 3},
    "offsets that descend": offsets(0, 20, 10, 30),
    "an offset twice": offsets(0, 20, 20, 30),
    "offsets that begin late": offsets(1, 20, 30, 40),
    "an offset too few": offsets(0, 20, 30),
    "an offset too many": offsets(0, 20, 30, 40, 50),
    "an offset of 2^31": offsets(0, 1, 2, 2**31),
    "an offset that is true": offsets(0, True, 2, 3),
    "an offset of 1.5": offsets(0, 1.5, 2, 3),
    "an offset that is a text": offsets(0, MARKER, 2, 3),
}
REFUSED_JSON: dict[str, dict[str, object]] = {
    "more than 360 degrees": {"angles": rows(-360.5)},
    "more than a float32 holds": {"angles": rows(1e300)},
    "a whole number of 300 digits": {"angles": rows(10**18)},
    "null": {"angles": rows(None)},
    "a text": {"angles": rows(MARKER)},
    "true": {"angles": rows(value=True)},
    "an array": {"angles": rows([1.0])},
    "a joint too few": {"angles": rows(joints=len(JOINTS) - 1)},
    "a sample too many": {"angles": rows(samples=SAMPLES + 1)},
    "no joints": {"angles": []},
    "joints without angles": {"angles": [[], [], []]},
    "offsets that descend": offsets(0, 20, 10, 30),
}


async def refuses(sensor: Sensor, codec: Codec, changed: dict[str, object]) -> None:
    """Send a frame that can never be stored between two sound ones."""
    socket, stream = await sensor.join(codec)
    for place in range(3):
        socket.say(motion(codec, stream, place * SAMPLES + 1, **(changed if place == 1 else {})))
    nack = await socket.hear("nack")
    assert (nack["stream"], nack["seq"], nack["to"]) == (stream, SAMPLES + 1, 2 * SAMPLES)
    assert nack["code"] == "invalid_value"
    await acked(socket, stream, 3 * SAMPLES)
    assert await sensor.stored(stream) == [1, 2 * SAMPLES + 1]
    letters = await sensor.served.query("SELECT seq, code FROM dead_letters WHERE stream_id = $1", stream)
    assert [tuple(letter) for letter in letters] == [(SAMPLES + 1, "invalid_value")]
    assert MARKER not in str(socket.heard)
    await socket.say_goodbye()


@pytest.mark.parametrize("name", REFUSED_BIN)
async def test_a_frame_that_cannot_be_is_refused_and_its_neighbours_are_stored(sensor: Sensor, name: str) -> None:
    await refuses(sensor, MSGPACK, REFUSED_BIN[name])


@pytest.mark.parametrize("name", REFUSED_JSON)
async def test_a_frame_of_json_that_cannot_be_is_refused_and_its_neighbours_are_stored(
    sensor: Sensor, name: str
) -> None:
    await refuses(sensor, JSON, REFUSED_JSON[name])


STRIKES: dict[str, dict[str, object]] = {
    "no sample": {"samples": 0},
    "minus one sample": {"samples": -1},
    "2,001 samples": {"samples": 2_001},
    "a million samples": {"samples": 10**6},
    "samples 1.0": {"samples": 1.5},
    "samples true": {"samples": True},
    "an interval of nothing": {"interval_us": 0},
    "a negative interval": {"interval_us": -1},
    "an interval of more than 10 s": {"interval_us": 10_000_001},
    "an interval of 1.5": {"interval_us": 1.5},
    "an interval and offsets": {"offsets_us": [0, 1, 2, 3]},
    "neither an interval nor offsets": {"interval_us": ...},
    "offsets in a map": {"interval_us": ..., "offsets_us": {"0": 1}},
    "2,001 offsets": offsets(*range(2_001)),
    "no offset": offsets(),
    "no angles": {"angles": ...},
    "angles that are nothing": {"angles": None},
    "angles that are a text": {"angles": MARKER},
    "angles that are a number": {"angles": 30.0},
    "angles in a map": {"angles": {"right_knee_flexion": [30.0]}},
    "no start": {"started_at": ...},
    "a start in the year 10000": {"started_at": 253_402_300_800_000_000},
    "seq 0": {"seq": 0},
    "seq 2^53": {"seq": 2**53},
    "a negative repetition": {"repetition": -1},
    "fixes beside the angles": {"fixes": [[1]]},
    "fixes": data(1, 1),
    "a live hint": {"type": "live", "fix": [1, 48.0, 11.0, 0.0, 0.0, 1.0, 1.0]},
    "an unknown field": {MARKER: MARKER},
    "somebody else's stream": {"stream": 1_000_000},
    "joints of another number": {"joints": list(JOINTS)},
}


@pytest.mark.parametrize("name", STRIKES)
async def test_what_is_no_frame_is_a_strike_and_the_third_ends_the_connection(sensor: Sensor, name: str) -> None:
    codec = MSGPACK
    socket, stream = await sensor.join(codec)
    socket.say(motion(codec, stream, 1))
    bad = motion(codec, stream, SAMPLES + 1, **STRIKES[name])
    bad = {field: value for field, value in bad.items() if name != "fixes" or field in data(1, 1)} | (
        {"stream": stream} if name == "fixes" else {}
    )
    for strike in range(3):
        socket.say(bad)
        if strike < 2:
            error = await socket.hear("error")
            assert error["code"] in ("malformed", "unknown_field", "invalid_value", "not_found")
            socket.say(motion(codec, stream, (strike + 1) * SAMPLES + 1))
    assert (await socket.ending()).code == 4501
    assert MARKER not in str(socket.heard)

    async def is_stored() -> bool:
        return await sensor.stored(stream) == [1, SAMPLES + 1, 2 * SAMPLES + 1]

    await until(is_stored)


BAD_BYTES: dict[str, bytes] = {
    "a truncated frame": MSGPACK.dump(motion(MSGPACK))[:-5],
    "a truncated head": MSGPACK.dump(motion(MSGPACK))[:20],
    "a trailing byte": MSGPACK.dump(motion(MSGPACK)) + b"\xc0",
    "angles of 4 GB": b"\x81\xa6angles\xc6\xff\xff\xff\xff" + angles(),
    "angles that are an extension": MSGPACK.dump(motion(MSGPACK, angles=0)).replace(
        b"\xa6angles\x00", b"\xa6angles\xc7\x30\x05" + angles()
    ),
    "angles twice": b"\x89" + MSGPACK.dump(motion(MSGPACK))[1:] + b"\xa6angles\xc4\x00",
    "60,000 nested arrays of angles": b"\x82\xa4type\xa4data\xa6angles" + b"\x91" * 60_000 + b"\xc0",
}


@pytest.mark.parametrize("name", BAD_BYTES)
async def test_bytes_that_are_no_frame_are_a_strike(sensor: Sensor, name: str) -> None:
    socket, _ = await sensor.join(MSGPACK)
    for _ in range(2):
        socket.say_raw(BAD_BYTES[name])
        assert (await socket.hear("error"))["code"] in ("malformed", "unknown_field", "invalid_value")
    socket.say_raw(BAD_BYTES[name])
    assert (await socket.ending()).code == 4501


NOT_NUMBERS = ["NaN", "Infinity", "-Infinity", "1e999", "0x10", "1_0", "٣"]


@pytest.mark.parametrize("token", NOT_NUMBERS, ids=[f"token {place}" for place in range(len(NOT_NUMBERS))])
async def test_json_that_says_what_json_cannot_say_stores_nothing(sensor: Sensor, token: str) -> None:
    socket, stream = await sensor.join(JSON)
    text = JSON.dump(motion(JSON, stream, 1, angles=rows(77.25)))
    assert b"77.25" in text
    socket.say_raw(text.replace(b"77.25", token.encode()))
    assert (await socket.hear())["type"] in ("error", "nack")
    assert await sensor.stored(stream) == []
    await socket.say_goodbye()


async def test_frames_with_random_bytes_changed_break_nothing(sensor: Sensor) -> None:
    seed = random.SystemRandom().randrange(10_000)
    print(f"seed {seed}")  # noqa: T201  (pytest shows it with a failure)
    chance = random.Random(seed)  # noqa: S311  (replayable)
    for _ in range(30):
        socket, stream = await sensor.join(MSGPACK)
        socket.say(motion(MSGPACK, stream, 1))
        for _ in range(3):
            frame = bytearray(MSGPACK.dump(motion(MSGPACK, stream, SAMPLES + 1)))
            for _ in range(chance.randint(1, 6)):
                frame[chance.randrange(len(frame))] = chance.randrange(256)
            socket.say_raw(bytes(frame))
        await acked_at_least(sensor, stream)
        socket.abort()


async def acked_at_least(sensor: Sensor, stream: int) -> None:
    """Wait until the sound frame before the others is stored."""

    async def is_stored() -> bool:
        return 1 in await sensor.stored(stream)

    await until(is_stored)


async def test_a_tablet_sends_no_motion_and_a_sensor_no_fixes(sensor: Sensor, tablet: Tablet) -> None:
    socket, stream, _ = await tablet.join(MSGPACK)
    socket.say(motion(MSGPACK, stream, 1))
    assert (await socket.hear("error"))["code"] == "malformed"
    await socket.say_goodbye()
    socket, answer = await sensor.hello(MSGPACK, {"log_id": secrets.token_hex(16), "kind": "fixes"})
    assert answer["code"] == "forbidden"
    assert (await socket.ending()).code == 4502
