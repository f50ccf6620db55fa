"""A sensor on a device socket, and the frames that it sends, sound ones and others."""

from __future__ import annotations

import itertools
import secrets
import struct
from dataclasses import dataclass
from typing import Any

from hub.protocol.codec import JSON, MSGPACK, Codec
from tests.faults.rig.sensor import SensorCredential
from tests.faults.rig.ward import JOINTS, make_sensors
from tests.protocol.rig.hub import START_US, Served
from tests.protocol.rig.wire import Socket, connect

SAMPLES = 4
NUMBERS = itertools.count(1)


def angles(value: float = 30.0, joints: int = len(JOINTS), samples: int = SAMPLES) -> bytes:
    """Return the angles of a frame as msgpack has them."""
    return struct.pack(f"<{joints * samples}f", *[value + place for place in range(joints * samples)])


def rows(value: object = 30.0, joints: int = len(JOINTS), samples: int = SAMPLES) -> list[list[object]]:
    """Return the angles of a frame as JSON has them; the value is the last one's."""
    return [
        [value if (joint, sample) == (joints - 1, samples - 1) else 30.0 + sample for sample in range(samples)]
        for joint in range(joints)
    ]


def motion(codec: Codec, stream: int = 1, seq: int = 1, /, **changed: object) -> dict[str, object]:
    """Return a sound frame with some fields replaced; those that are replaced by ... are left out."""
    message: dict[str, object] = {
        "type": "data",
        "stream": stream,
        "seq": seq,
        "sent_at": START_US + seq * 20_000,
        "samples": SAMPLES,
        "started_at": START_US + seq * 20_000,
        "interval_us": 20_000,
        "angles": angles() if codec.binary else rows(),
    }
    return {name: value for name, value in (message | changed).items() if value is not ...}


@dataclass
class Sensor:
    """A registered sensor whose session is in progress."""

    served: Served
    worn: SensorCredential

    def claim(self, **changed: object) -> dict[str, object]:
        """Return the claim of a new log."""
        joints = list(self.worn.joints)
        claim = {"log_id": secrets.token_hex(16), "kind": "motion", "session": str(self.worn.session_id)}
        return claim | {"joints": joints} | changed

    async def hello(self, codec: Codec, *claims: dict[str, object]) -> tuple[Socket, dict[str, Any]]:
        """Open a socket and say hello; returns it and the answer."""
        socket = await connect(self.served.port, "/ws/device", token=self.worn.secret, codec=codec)
        socket.say({"type": "hello", "streams": list(claims)})
        return socket, await socket.hear()

    async def join(self, codec: Codec) -> tuple[Socket, int]:
        """Open a socket and its stream; returns the socket and the stream's number."""
        socket, welcome = await self.hello(codec, self.claim())
        return socket, welcome["streams"][0]["stream"]

    async def stored(self, stream: int) -> list[int]:
        """Return where the stored frames of a stream begin, in order."""
        found = await self.served.query("SELECT seq FROM motion_frames WHERE stream_id = $1 ORDER BY seq", stream)
        return [row["seq"] for row in found]


async def wear(served: Served) -> Sensor:
    """Register a sensor whose session is in progress."""
    (worn,) = await make_sensors(served.dsn, 1, f"BAD-{next(NUMBERS):04}")
    return Sensor(served, worn)


async def take_into_use(served: Served) -> None:
    """Let a hub take motion in both encodings: what it loads for its first frames is not of any bad input."""
    sensor = await wear(served)
    for codec in (MSGPACK, JSON):
        socket, stream = await sensor.join(codec)
        for seq in range(1, 2_000, SAMPLES):
            changed: dict[str, object] = {"angles": b"" if codec.binary else []} if seq == 1 else {}
            socket.say(motion(codec, stream, seq, **changed))
            if seq % 200 == 1:
                await acked(socket, stream, seq + SAMPLES - 1)
        await socket.say_goodbye()


async def acked(socket: Socket, stream: int, seq: int) -> None:
    """Wait until everything up to a sample is acked."""
    while (await socket.hear("ack"))["acks"] != [[stream, seq]]:
        pass
